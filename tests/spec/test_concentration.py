"""What `places.concentration` counts as places and records, and what it refuses or says."""

from functools import partial

import pytest

from peelian.analysis.places.concentration import concentration
from peelian.errors import CannotAnswer, MissingDenominator, UsageError

LETTERS = "ABCDEFGHIJ"
AREAS = "\nareas\narea_code | vintage | name | geometry\n" + "\n".join(
    f"{letter} | V1 | - | g" for letter in LETTERS
)
COVERAGE = """

coverage
source | layout | table  | month   | load_id | n
force  | p      | crimes | 2022-01 | x       | 9
force  | p      | crimes | 2022-02 | x       | 9
force  | p      | crimes | 2022-04 | x       | 9
"""
# Ten areas: over the two parts of one month, A holds most both times and B only once.
GIVEN = (
    """
crimes
area_code | area_vintage | crime_type  | local_date | times
A         | V1           | burglary    | 2022-01    | 12
B         | V1           | burglary    | 2022-01    | 12
C         | V1           | burglary    | 2022-01    | 1
A         | V1           | burglary    | 2022-02    | 20
D         | V1           | burglary    | 2022-02    | 5
E         | V1           | burglary    | 2022-03    | 3
E         | V1           | drugs       | 2022-01    | 7
-         | -            | burglary    | 2022-01    | 4
Z         | V1           | burglary    | 2022-01    | 2
"""
    + AREAS
    + COVERAGE
)
burglary = partial(concentration, categories=("burglary",), months_a_part=1)


def test_how_few_places_hold_how_much(spec):
    """Of 50 burglaries in covered months, A holds 32, B 12, D 5 and C 1; six areas hold none."""
    spec(
        GIVEN,
        burglary,
        """
        holding
        part | n  | places | share
        0.25 | 32 | 1      | 0.1
        0.5  | 32 | 1      | 0.1
        0.8  | 44 | 2      | 0.2

        totals
        n  | places | half_places | gini  | gini_plain | months | months_missing
        50 | 10     | 1           | 0.800 | 0.800      | 3      | 1

        records_used
        records | used | undated | not_placed | outside | other_category
        crimes  | 50   | 3       | 4          | 2       | 7
        """,
    )  # fmt: skip


def test_the_curve_is_the_lorenz_curve_from_the_busiest_place(spec):
    spec(
        GIVEN,
        burglary,
        """
        curve
        places | n  | share
        0.01   | 3  | 0.064
        0.02   | 3  | 0.128
        0.05   | 10 | 0.32
        0.1    | 16 | 0.64
        0.2    | 12 | 0.88
        0.3    | 5  | 0.98
        0.4    | 1  | 1
        0.5    | 0  | 1
        0.75   | 0  | 1
        1      | 0  | 1
        """,
    )


def test_the_busiest_places_are_followed_from_part_to_part(spec):
    """A and B hold half of January; of February A alone does, which then is half of those two.

    A part without a record is no part, and no month stands in for the one that is missing.
    """
    spec(
        GIVEN,
        burglary,
        """
        parts
        month   | until   | n  | half | same | by_chance | later
        2022-01 | 2022-01 | 25 | 0.2  | -    | -         | -
        2022-02 | 2022-02 | 25 | 0.1  | 0.5  | 0.1       | 0.8
        """,
    )


def test_no_place_is_named_anywhere(result_of):
    result = result_of(GIVEN, burglary)
    for table in result.tables.values():
        assert not set(table.data.column_names) & {"area_code", "area_name", "x", "y"}


def test_records_that_fall_evenly_are_not_shown_to_be_concentrated(result_of, said):
    rows = "\n".join(f"{letter} | V1 | burglary | 2022-01 | 5" for letter in LETTERS)
    head = "crimes\narea_code | area_vintage | crime_type | local_date | times\n"
    result = result_of(head + rows + "\n" + AREAS + COVERAGE, concentration)
    assert said(result, result.answer).startswith("Not shown")
    checks = {check.name: check.held for check in result.diagnostics}
    assert checks["More concentrated than equal risk"] is False
    assert checks["The busiest stay the busiest"] is None


def test_risk_that_is_named_is_what_the_records_are_set_beside(result_of, said):
    """Counts that follow the residents are concentrated by area and not by resident."""
    people = dict(zip(LETTERS, (900, 800, 100, 100, 100, 100, 50, 50, 50, 0), strict=True))
    head = "crimes\narea_code | area_vintage | crime_type | local_date | times\n"
    rows = "\n".join(f"{a} | V1 | burglary | 2022-01 | {n // 10}" for a, n in people.items() if n)
    values = "\n".join(f"V1 | {a} | population | {n}" for a, n in people.items())
    given = f"""{head}{rows}
{AREAS}

measures
measure    | vintage | scale | unit
population | V1      | count | people

area_measures
vintage | area_code | measure | value
{values}
{COVERAGE}"""
    with pytest.raises(CannotAnswer, match="too few places"):
        result_of(given, partial(concentration, risk="population"))
    given = given.replace("J | population | 0", "J | population | 1")
    result = result_of(given, partial(concentration, risk="population"))
    assert said(result, result.answer).startswith("Not shown")
    assert "each person with the same risk" in said(result, result.answer)
    blind = result_of(given.replace("measures\n", "measures\n", 1), concentration)
    assert "if each area had the same risk" in said(blind, blind.answer)


POINTS = """
crimes
x    | y  | location_precision | crime_type | local_date | times
10   | 10 | exact              | burglary   | 2022-01    | 6
49   | 1  | exact              | burglary   | 2022-01    | 4
-10  | 10 | exact              | burglary   | 2022-02    | 5
500  | 10 | exact              | burglary   | 2022-02    | 5
-    | -  | none               | burglary   | 2022-02    | 3
"""


def test_points_are_put_in_cells_and_shares_are_of_all_places(spec):
    """The first two lie in one cell of fifty metres; the third is west of it."""
    spec(
        POINTS + COVERAGE,
        partial(concentration, unit="points", places_in_all=100),
        """
        holding
        part | n  | places | share
        0.25 | 10 | 1      | 0.01
        0.5  | 10 | 1      | 0.01
        0.8  | 20 | 3      | 0.03

        totals
        n  | places | observed | not_placed
        20 | 100    | 3        | 3
        """,
    )


def test_points_that_the_publisher_moved_are_refused(result_of):
    moved = POINTS.replace("| exact              | burglary   | 2022-02    | 5\n500",
                           "| snapped            | burglary   | 2022-02    | 5\n500")  # fmt: skip
    with pytest.raises(CannotAnswer, match="unit=areas"):
        result_of(moved + COVERAGE, partial(concentration, unit="points", places_in_all=100))


def test_a_share_of_points_needs_the_number_of_places(result_of):
    with pytest.raises(MissingDenominator, match="3 places with a record"):
        result_of(POINTS + COVERAGE, partial(concentration, unit="points"))
    with pytest.raises(UsageError, match="places_in_all"):
        result_of(POINTS + COVERAGE, partial(concentration, unit="points", places_in_all=2))


COUNTS = (
    """
counts
series | area_code | area_vintage | period_start | period_end | category | n
one    | A         | V1           | 2022-01-01   | 2022-01-31 | burglary | 32
one    | B         | V1           | 2022-01-01   | 2022-01-31 | burglary | 8
one    | C         | V1           | 2022-02-01   | 2022-02-28 | burglary | 10
"""
    + "\n".join(
        f"one | {letter} | V1 | 2022-02-01 | 2022-02-28 | burglary | 0" for letter in LETTERS[3:]
    )
    + "\n"
    + AREAS
    + "\nK | V1 | - | g"
    + """

coverage
source | layout | table  | month   | load_id | n
force  | one    | counts | 2022-01 | x       | 9
force  | one    | counts | 2022-02 | x       | 9
"""
)


def test_counts_are_counted_as_records_are(spec, said):
    """K is an area that the counts do not name: it was not counted, and is no place."""
    result = spec(
        COUNTS,
        partial(concentration, records="counts", months_a_part=1),
        """
        holding
        part | n  | places | share
        0.25 | 32 | 1      | 0.1
        0.5  | 32 | 1      | 0.1
        0.8  | 42 | 2      | 0.2

        totals
        n  | places | not_covered
        50 | 10     | 1
        """,
    )
    assert any("already counted (one)" in said(result, c) for c in result.caveats)


def test_series_of_counts_are_never_added(result_of):
    both = COUNTS.replace("one    | A ", "two    | A ")
    with pytest.raises(CannotAnswer, match="never added up"):
        result_of(both, partial(concentration, records="counts"))
    others = COUNTS.replace("one    | C ", "two    | C ")
    with pytest.raises(CannotAnswer, match="9 areas"):
        result_of(others, partial(concentration, records="counts", series="one"))
    with pytest.raises(UsageError, match="three"):
        result_of(both, partial(concentration, records="counts", series="three"))


def test_counts_have_no_points(result_of):
    with pytest.raises(CannotAnswer, match="no points"):
        result_of(COUNTS, partial(concentration, records="counts", unit="points"))


LINKED = """
crimes
area_code | area_vintage | crime_type | local_date | times
a         | V0           | burglary   | 2022-01    | 40
b         | V0           | burglary   | 2022-01    | 10
c         | V0           | burglary   | 2022-01    | 6

area_links
from_vintage | from_code | to_vintage | to_code | change | weight
V0           | a         | V1         | A       | S      | 0.75
V0           | a         | V1         | B       | S      | 0.25
V0           | b         | V1         | C       | M      | 1
V0           | c         | V1         | C       | M      | 1
""" + AREAS + COVERAGE  # fmt: skip


def test_records_of_another_vintage_come_through_links_and_none_is_lost(spec, said):
    result = spec(
        LINKED,
        partial(concentration, vintage="V1"),
        """
        holding
        part | n  | places
        0.25 | 30 | 1
        0.5  | 30 | 1
        0.8  | 46 | 2

        totals
        n  | moved | shared
        56 | 56    | 40
        """,
    )
    assert any("shared out among several areas" in said(result, c) for c in result.caveats)
