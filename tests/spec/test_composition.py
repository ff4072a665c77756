"""What `demand.composition` counts, side by side, and how it shows what is missing."""

from datetime import date
from functools import partial

import pytest

from peelian.analysis.demand.composition import composition
from peelian.errors import CannotAnswer, UsageError, VintageMismatch

COVERAGE = """
coverage
source | layout | table     | month   | load_id | n
force  | p      | crimes    | 2022-01 | x       | 9
force  | p      | crimes    | 2022-03 | x       | 9
force  | p      | incidents | 2022-01 | x       | 9
force  | p      | incidents | 2022-02 | x       | 9
force  | p      | outcomes  | 2022-05 | x       | 9
"""
BOTH = (
    """
crimes
area_code | area_vintage | crime_type  | local_date | times
A         | V1           | burglary    | 2022-01    | 3
A         | V1           | burglary    | 2022-03    | 2
B         | V1           | shoplifting | 2022-03    | 1
-         | -            | -           | 2022-03    | 4
X         | V1           | burglary    | 2022-01    | 1

incidents
area_code | area_vintage | category              | opening_code | grade  | local_date | times
A         | V1           | anti-social-behaviour | NOISE        | -      | 2022-01    | 5
B         | V1           | -                     | CONCERN      | priority | 2022-02    | 2

areas
area_code | vintage | name  | geometry
A         | V1      | Alpha | g
B         | V1      | -     | g
C         | V1      | Gamma | g
D         | V2      | Delta | g
"""
    + COVERAGE
)


def test_crimes_and_incidents_are_counted_by_category_side_by_side(spec):
    spec(
        BOTH,
        composition,
        """
        by_category
        records   | category              | category_name         | n | share
        crimes    | burglary              | Burglary              | 6 | 0.545
        crimes    | not-stated            | Not stated            | 4 | 0.364
        crimes    | shoplifting           | Shoplifting           | 1 | 0.091
        incidents | anti-social-behaviour | Anti-social behaviour | 5 | 0.714
        incidents | CONCERN               | CONCERN               | 2 | 0.286

        totals
        crimes | incidents | crimes_top_share | incidents_own_words | crimes_unstated
        11     | 7         | 0.545            | 2                   | 4

        records_used
        records   | used | undated | not_placed | outside
        crimes    | 11   | 0       | 4          | 1
        incidents | 7    | 0       | 0          | 0
        """,
    )


def test_a_month_that_nothing_covers_is_missing_and_not_nought(spec, said):
    result = spec(
        BOTH,
        composition,
        """
        by_month
        records   | month   | n  | status
        crimes    | 2022-01 | 4  | recorded
        crimes    | 2022-02 | -  | missing
        crimes    | 2022-03 | 7  | recorded
        incidents | 2022-01 | 5  | recorded
        incidents | 2022-02 | 2  | recorded
        incidents | 2022-03 | -  | missing

        by_month_category
        records   | month   | category              | n
        crimes    | 2022-01 | burglary              | 4
        crimes    | 2022-01 | not-stated            | 0
        crimes    | 2022-01 | shoplifting           | 0
        crimes    | 2022-02 | burglary              | -
        crimes    | 2022-02 | not-stated            | -
        crimes    | 2022-02 | shoplifting           | -
        crimes    | 2022-03 | burglary              | 2
        crimes    | 2022-03 | not-stated            | 4
        crimes    | 2022-03 | shoplifting           | 1
        incidents | 2022-01 | anti-social-behaviour | 5
        incidents | 2022-01 | CONCERN               | 0
        incidents | 2022-02 | anti-social-behaviour | 0
        incidents | 2022-02 | CONCERN               | 2
        incidents | 2022-03 | anti-social-behaviour | -
        incidents | 2022-03 | CONCERN               | -
        """,
    )
    caveats = [said(result, caveat) for caveat in result.caveats]
    assert "No crimes are loaded for February 2022: missing, not none." in caveats
    assert "No incidents are loaded for March 2022: missing, not none." in caveats


def test_every_loaded_area_is_counted_and_others_are_said(spec):
    """D is of a vintage that no record uses; X is of the right vintage and not loaded."""
    spec(
        BOTH,
        composition,
        """
        by_area
        records   | area_vintage | area_code | area_name | n
        crimes    | V1           | A         | Alpha     | 5
        crimes    | V1           | B         | B         | 1
        crimes    | V1           | C         | Gamma     | 0
        incidents | V1           | A         | Alpha     | 5
        incidents | V1           | B         | B         | 2
        incidents | V1           | C         | Gamma     | 0
        """,
    )


def test_areas_of_a_vintage_without_boundaries_stand_under_their_codes(spec):
    spec(
        """
        crimes
        area_code | area_vintage | crime_type | local_date | times
        B7        | BEAT         | burglary   | 2022-01    | 3
        """
        + COVERAGE,
        partial(composition, records=("crimes",)),
        """
        by_area
        records | area_vintage | area_code | area_name | n
        crimes  | BEAT         | B7        | B7        | 3
        """,
    )


def test_a_month_that_only_some_sources_cover_is_marked(spec, said):
    result = spec(
        """
        crimes
        crime_type | local_date | times
        burglary   | 2022-01    | 3
        burglary   | 2022-02    | 2

        coverage
        source | layout | table  | month   | load_id | n
        one    | p      | crimes | 2022-01 | x       | 9
        one    | p      | crimes | 2022-02 | x       | 9
        other  | p      | crimes | 2022-01 | x       | 9
        """,
        partial(composition, records=("crimes",)),
        """
        by_month
        records | month   | n | status
        crimes  | 2022-01 | 3 | recorded
        crimes  | 2022-02 | 2 | partly
        """,
    )
    assert any("too low" in said(result, caveat) for caveat in result.caveats)


def test_kinds_and_columns_may_be_chosen(spec):
    spec(
        BOTH,
        partial(composition, records=("incidents",), incidents_by="grade"),
        """
        by_category
        records   | category   | category_name | n
        incidents | not-stated | Not stated    | 5
        incidents | priority   | Priority      | 2
        """,
    )


def test_what_is_not_loaded_is_said_and_not_taken_for_none(result_of, said):
    result = result_of(
        """
        crimes
        crime_type | local_date
        burglary   | 2022-01

        coverage
        source | layout | table  | month   | load_id | n
        one    | p      | crimes | 2022-01 | x       | 9
        """,
        composition,
    )
    assert "incidents" not in result.tables["totals"].fields
    assert any(said(result, c).startswith("No incidents are loaded") for c in result.caveats)


def test_records_in_months_that_no_load_covers_are_not_counted_and_said(spec, said):
    result = spec(
        """
        crimes
        crime_type | local_date | times
        burglary   | 2022-01    | 3
        burglary   | 2021-07    | 2
        burglary   | -          | 1

        coverage
        source | layout | table  | month   | load_id | n
        one    | p      | crimes | 2022-01 | x       | 9
        """,
        partial(composition, records=("crimes",)),
        """
        totals
        crimes | crimes_undated
        3      | 3
        """,
    )
    assert any("not counted: 3." in said(result, caveat) for caveat in result.caveats)


def test_a_period_without_records_is_refused(result_of):
    with pytest.raises(CannotAnswer):
        result_of(COVERAGE.replace("crimes ", "stops  ").replace("incidents", "stops    "),
                  composition)  # fmt: skip


def test_a_kind_is_named_once(result_of):
    with pytest.raises(UsageError):
        result_of(BOTH, partial(composition, records=("crimes", "crimes")))


def test_months_that_were_asked_for_and_are_not_covered_are_missing_too(spec, said):
    result = spec(
        BOTH,
        partial(
            composition,
            records=("crimes",),
            period=(date(2021, 12, 1), date(2022, 5, 31)),
        ),
        """
        by_month
        records | month   | n | status
        crimes  | 2021-12 | - | missing
        crimes  | 2022-01 | 4 | recorded
        crimes  | 2022-02 | - | missing
        crimes  | 2022-03 | 7 | recorded
        crimes  | 2022-04 | - | missing
        crimes  | 2022-05 | - | missing
        """,
    )
    caveats = [said(result, caveat) for caveat in result.caveats]
    assert any("for December 2021, February 2022, April 2022 to May 2022" in c for c in caveats)


COUNTED = """
counts
series | area_code | area_vintage | period_start | period_end | category    | n
one    | A         | V1           | 2022-01-01   | 2022-01-31 | shoplifting | 30
one    | B         | V1           | 2022-01-01   | 2022-01-31 | arson       | 0
one    | B         | V1           | 2022-03-01   | 2022-03-31 | arson       | 5
one    | B         | V1           | 2022-03-01   | 2022-03-31 | SLEDGING    | 2

coverage
source | layout | table  | month   | load_id | n
force  | one    | counts | 2022-01 | x       | 9
force  | one    | counts | 2022-03 | x       | 9
force  | two    | counts | 2022-02 | x       | 9
"""


def test_counts_are_counted_by_what_they_hold_and_words_outside_the_list_stand(spec, said):
    """Not by rows: the row of shoplifting holds thirty. Another series' month is not this one's."""
    result = spec(
        COUNTED,
        partial(composition, records=("counts",)),
        """
        by_category
        records | category    | category_name | n
        counts  | shoplifting | Shoplifting   | 30
        counts  | arson       | Arson         | 5
        counts  | SLEDGING    | SLEDGING      | 2

        by_month
        records | month   | n  | status
        counts  | 2022-01 | 30 | recorded
        counts  | 2022-02 | -  | missing
        counts  | 2022-03 | 7  | recorded

        by_area
        records | area_vintage | area_code | n
        counts  | V1           | A         | 30
        counts  | V1           | B         | 7
        """,
    )
    assert "37 counted events were recorded" in said(result, result.answer)
    assert any("already counted (one)" in said(result, c) for c in result.caveats)


def test_series_are_never_added_and_stand_alone(result_of):
    both = COUNTED.replace("one    | A ", "two    | A ")
    with pytest.raises(CannotAnswer, match="never added up"):
        result_of(both, partial(composition, records=("counts",)))
    one = result_of(both, partial(composition, records=("counts",), series="one"))
    assert one.tables["totals"].data["counts"].to_pylist() == [7]
    with pytest.raises(UsageError, match="Did you mean one"):
        result_of(both, partial(composition, records=("counts",), series="on"))
    for settings in ({"records": ("counts", "crimes")}, {"records": ("crimes",), "series": "one"}):
        with pytest.raises(UsageError):
            result_of(both, partial(composition, **settings))


TWO_VINTAGES = """
crimes
area_code | area_vintage | crime_type | local_date | times
u         | V0           | burglary   | 2022-01    | 7
s         | V0           | burglary   | 2022-01    | 4
m1        | V0           | burglary   | 2022-01    | 2
m2        | V0           | burglary   | 2022-01    | 3
x         | V0           | burglary   | 2022-01    | 10
lost      | V0           | burglary   | 2022-01    | 1
U         | V1           | burglary   | 2022-01    | 1
-         | -            | burglary   | 2022-01    | 5

areas
area_code | vintage | name | geometry
U         | V1      | U    | g
S1        | V1      | S1   | g
S2        | V1      | S2   | g
M         | V1      | M    | g
X1        | V1      | X1   | g
X2        | V1      | X2   | g

area_links
from_vintage | from_code | to_vintage | to_code | change | weight
V0           | u         | V1         | U       | U      | 1
V0           | s         | V1         | S1      | S      | 0.25
V0           | s         | V1         | S2      | S      | 0.75
V0           | m1        | V1         | M       | M      | 1
V0           | m2        | V1         | M       | M      | 1
V0           | x         | V1         | X1      | X      | 0.6
V0           | x         | V1         | X2      | X      | 0.3
V0           | x         | V1         | M       | X      | 0.1

coverage
source | layout | table  | month   | load_id | n
force  | p      | crimes | 2022-01 | x       | 9
"""


def test_records_are_brought_to_one_vintage_and_none_is_lost(spec, said):
    """Unchanged, split, merged and irregular; what no link leads on stays where it is coded."""
    result = spec(
        TWO_VINTAGES,
        partial(composition, records=("crimes",), vintage="V1"),
        """
        by_area
        records | area_vintage | area_code | n
        crimes  | V1           | M         | 6.0
        crimes  | V1           | S1        | 1.0
        crimes  | V1           | S2        | 3.0
        crimes  | V1           | U         | 8.0
        crimes  | V1           | X1        | 6.0
        crimes  | V1           | X2        | 3.0
        crimes  | V0           | lost      | 1.0

        totals
        crimes | crimes_placed | crimes_moved | crimes_shared | crimes_not_placed | crimes_unnamed
        33     | 27            | 26           | 14            | 5                 | 1
        """,
    )
    assert any("brought to these areas" in said(result, c) for c in result.caveats)
    with pytest.raises(VintageMismatch, match="No areas of the vintage V9"):
        spec(TWO_VINTAGES, partial(composition, vintage="V9"), "")
