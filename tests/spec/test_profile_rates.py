"""What `places.profile` counts, what it counts it against, and how it classes the rate."""

from datetime import date
from functools import partial

import pytest

from peelian.analysis.places.profile import profile
from peelian.errors import CannotAnswer, MissingDenominator, UsageError

per_head = partial(profile, denominator="population")

AREAS = """
areas
area_code | vintage | name  | parent_name | geometry
A         | V1      | Alpha | North       | g
B         | V1      | Beta  | North       | g
C         | V1      | -     | South       | g

"""
MEASURES = """
measures
measure    | vintage | scale  | unit   | need_is | title
population | V1      | count  | people | -       | Residents
imd_decile | V1      | decile | -      | low     | Deprivation

"""
VALUES = """
area_measures
vintage | area_code | measure    | value
V1      | A         | population | 1000
V1      | B         | population | 1000
V1      | C         | population | 2000
V1      | A         | imd_decile | 1
V1      | B         | imd_decile | 5
V1      | C         | imd_decile | 10

"""
A_YEAR = "coverage\nsource | layout | table | month | load_id | n\n" + "\n".join(
    f"force | police-uk | {table} | 2022-{month:02d} | x | 0"
    for table in ("crimes", "incidents")
    for month in range(1, 13)
)
PLACES = AREAS + MEASURES + VALUES + A_YEAR
CRIMES = """
crimes
area_code | area_vintage | crime_type  | local_date | times
A         | V1           | burglary    | 2022-01    | 60
B         | V1           | burglary    | 2022-02    | 10
B         | V1           | shoplifting | 2022-02    | 10
C         | V1           | burglary    | 2022-12    | 40

"""


def test_a_rate_is_records_per_thousand_a_year_of_a_denominator_that_is_named(spec):
    spec(
        CRIMES + PLACES,
        per_head,
        """
        areas
        area_code | area_name | district | n  | denominator | rate  | need | need_band
        A         | Alpha     | North    | 60 | 1000        | 60.00 | 1    | high
        B         | Beta      | North    | 20 | 1000        | 20.00 | 5    | middle
        C         | C         | South    | 40 | 2000        | 20.00 | 10   | low

        totals
        areas | rated | n   | denominator | average | months | months_missing
        3     | 3     | 120 | 4000        | 30.00   | 12     | 0
        """,
    )


def test_a_rate_is_classed_against_two_thirds_and_one_and_a_half_of_the_average(spec):
    """With counts this large hardly anything is drawn in, and the steadied rate is the rate."""
    spec(
        """
        crimes
        area_code | area_vintage | crime_type | local_date | times
        A         | V1           | burglary   | 2022-01    | 6000
        B         | V1           | burglary   | 2022-02    | 2700
        C         | V1           | burglary   | 2022-12    | 3300
        """
        + "\n"
        + PLACES,
        per_head,
        """
        areas
        area_code | rate    | ratio | rate_class | class_stability
        A         | 6000.0  | 2.0   | high       | 1.00
        B         | 2700.0  | 0.9   | middle     | 1.00
        C         | 1650.0  | 0.6   | low        | 1.00

        classes
        need_band | rate_class | areas | denominator | n
        high      | low        | 0     | 0           | 0
        high      | middle     | 0     | 0           | 0
        high      | high       | 1     | 1000        | 6000
        middle    | low        | 0     | 0           | 0
        middle    | middle     | 1     | 1000        | 2700
        middle    | high       | 0     | 0           | 0
        low       | low        | 1     | 2000        | 3300
        low       | middle     | 0     | 0           | 0
        low       | high       | 0     | 0           | 0
        """,
    )


def test_no_rate_without_a_denominator(result_of):
    with pytest.raises(MissingDenominator, match="population"):
        result_of(CRIMES + PLACES, profile)


def test_an_unknown_denominator_is_refused_with_the_nearest_that_is_loaded(result_of):
    with pytest.raises(MissingDenominator, match="Did you mean population"):
        result_of(CRIMES + PLACES, partial(profile, denominator="populaton"))


def test_a_decile_cannot_be_divided_by(result_of):
    with pytest.raises(CannotAnswer, match="cannot be divided by"):
        result_of(CRIMES + PLACES, partial(profile, denominator="imd_decile"))


def test_only_the_categories_asked_for_are_counted_and_the_others_accounted_for(spec):
    spec(
        CRIMES + PLACES,
        partial(per_head, categories=("Shoplifting",)),
        """
        areas
        area_code | n  | rate
        A         | 0  | 0.00
        B         | 10 | 10.00
        C         | 0  | 0.00

        records_used
        records | used | not_placed | outside | other_vintage | other_category
        crimes  | 10   | 0          | 0       | 0             | 110
        """,
    )


def test_a_group_stands_for_its_categories(spec):
    spec(
        CRIMES + PLACES,
        partial(per_head, group="visitor-type"),
        """
        totals
        n
        10
        """,
    )


def test_a_category_nobody_knows_is_refused(result_of):
    with pytest.raises(UsageError, match="Did you mean burglary"):
        result_of(CRIMES + PLACES, partial(per_head, categories=("burglry",)))


def test_incidents_are_counted_by_category_or_by_what_they_were_first_said_to_be(spec):
    spec(
        """
        incidents
        area_code | area_vintage | category               | opening_code | local_date | times
        A         | V1           | anti-social-behaviour  | NOISE        | 2022-01    | 30
        A         | V1           | -                      | NOISE        | 2022-01    | 5
        B         | V1           | -                      | -            | 2022-01    | 2
        """
        + "\n"
        + PLACES,
        partial(per_head, records="incidents", categories=("anti-social-behaviour", "NOISE")),
        """
        areas
        area_code | n
        A         | 35
        B         | 0
        C         | 0

        records_used
        records   | used | not_placed | outside | other_vintage | other_category
        incidents | 35   | 0          | 0       | 0             | 2
        """,
    )


def test_years_are_the_months_that_are_covered_and_gaps_are_named(spec, said):
    """Two months of four: the same records make a rate twice as high as over the whole span."""
    result = spec(
        CRIMES + AREAS + MEASURES + VALUES + "coverage\n"
        "source | layout | table | month | load_id | n\n"
        "force | police-uk | crimes | 2022-01 | x | 60\n"
        "force | police-uk | crimes | 2022-04 | x | 60\n"
        "force | police-uk | outcomes | 2022-05 | x | 60",
        per_head,
        """
        areas
        area_code | rate
        A         | 360.00
        B         | 120.00
        C         | 120.00

        totals
        months | months_missing
        2      | 2
        """,
    )
    assert any("No records cover February 2022 to March 2022" in c for c in told(result, said))


def test_months_that_were_asked_for_and_are_not_covered_are_named(spec, said):
    """They make no year longer: the rate is that of the months that are covered."""
    result = spec(
        CRIMES + PLACES,
        partial(per_head, period=(date(2021, 11, 1), date(2023, 1, 31))),
        """
        totals
        months | months_missing | average
        12     | 3              | 30.00
        """,
    )
    missing = "No records cover November 2021 to December 2021, January 2023"
    assert any(missing in caveat for caveat in told(result, said))


def told(result, said):
    return [said(result, caveat) for caveat in result.caveats]


def test_records_that_are_in_no_area_are_counted_and_named(spec, said):
    result = spec(
        CRIMES.rstrip()
        + """
-         | -            | burglary    | 2022-01    | 7
X         | V1           | burglary    | 2022-01    | 5
A         | OLD          | burglary    | 2022-01    | 1

"""
        + PLACES,
        per_head,
        """
        totals
        n   | not_placed | outside | other_vintage
        120 | 7          | 5       | 1

        records_used
        records | used | not_placed | outside | other_vintage | other_category
        crimes  | 120  | 7          | 5       | 1             | 0
        """,
    )
    assert any(
        "without an area 7, in other areas 5, coded by another vintage 1" in c
        for c in told(result, said)
    )


def test_an_area_without_a_denominator_or_without_need_is_shown_and_not_rated(spec, said):
    values = "\n".join(
        line
        for line in VALUES.strip().splitlines()
        if not line.startswith(("V1      | B         | pop", "V1      | C         | imd"))
    )
    result = spec(
        CRIMES + AREAS + MEASURES + values + "\n\n" + A_YEAR,
        per_head,
        """
        areas
        area_code | n  | denominator | rate  | smoothed | rate_class | need | need_band
        A         | 60 | 1000        | 60.00 | 57.58    | high       | 1    | high
        B         | 20 | -           | -     | -        | -          | 5    | middle
        C         | 40 | 2000        | 20.00 | 20.63    | low        | -    | -

        totals
        areas | rated | not_rated | no_need
        3     | 2     | 1         | 1
        """,
    )
    assert any("not rated: 1." in caveat for caveat in told(result, said))


def test_harm_weighs_each_category_and_names_the_weights(spec, said):
    """60 burglaries at 221.61 days; 10 at that and 10 shopliftings at 1; 40 burglaries."""
    result = spec(
        CRIMES + PLACES,
        partial(per_head, harm_weights="harm_weights"),
        """
        areas
        area_code | n  | harm     | rate
        A         | 60 | 13296.60 | 13296.60
        B         | 20 | 2226.10  | 2226.10
        C         | 40 | 8864.40  | 4432.20
        """,
    )
    assert any("CCHI 2026" in c and "secondary source" in c for c in told(result, said))


def test_a_category_without_a_weight_is_refused_and_never_weighed_as_nought(result_of):
    incidents = """
        incidents
        area_code | area_vintage | category              | local_date | times
        A         | V1           | anti-social-behaviour | 2022-01    | 30

        """
    with pytest.raises(CannotAnswer, match="Anti-social behaviour") as refusal:
        result_of(
            incidents + PLACES,
            partial(per_head, records="incidents", harm_weights="harm_weights"),
        )
    assert "no weight" in refusal.value.problem


def test_a_period_without_records_is_refused(result_of):
    with pytest.raises(CannotAnswer):
        result_of(PLACES, per_head)


def test_records_that_all_lie_elsewhere_are_refused(result_of):
    crimes = CRIMES.replace("A   ", "X   ").replace("B   ", "X   ").replace("C   ", "X   ")
    with pytest.raises(CannotAnswer, match="nothing to compare"):
        result_of(crimes + PLACES, per_head)


def test_one_area_alone_is_refused(result_of):
    alone = MEASURES + VALUES.replace("| B         | pop", "| Y         | pop").replace(
        "| C         | pop", "| Z         | pop"
    )
    with pytest.raises(CannotAnswer, match="1 areas with a denominator"):
        result_of(CRIMES + AREAS + alone + A_YEAR, per_head)


def test_a_list_of_no_areas_and_too_few_draws_are_refused(result_of):
    for settings in ({"targets": 0}, {"draws": 5}):
        with pytest.raises(UsageError, match="at least one area"):
            result_of(CRIMES + PLACES, partial(per_head, **settings))


def test_without_areas_there_is_no_profile(result_of):
    with pytest.raises(CannotAnswer, match="--as areas"):
        result_of(CRIMES + MEASURES + A_YEAR, per_head)


def test_busy_places_of_visitors_are_marked(spec):
    """C is busy and is shopped in; A is as busy and is not; B is shopped in and quiet."""
    spec(
        """
        crimes
        area_code | area_vintage | crime_type  | local_date | times
        A         | V1           | violence-and-sexual-offences | 2022-01 | 300
        B         | V1           | shoplifting | 2022-02    | 2
        C         | V1           | shoplifting | 2022-12    | 300
        D         | V1           | burglary    | 2022-12    | 20

        areas
        area_code | vintage | geometry
        A         | V1      | g
        B         | V1      | g
        C         | V1      | g
        D         | V1      | g
        """
        + "\n"
        + MEASURES
        + """
area_measures
vintage | area_code | measure    | value
V1      | A         | population | 1000
V1      | B         | population | 1000
V1      | C         | population | 1000
V1      | D         | population | 9000
V1      | A         | imd_decile | 1

"""
        + A_YEAR,
        per_head,
        """
        areas
        area_code | visitors
        A         | no
        B         | no
        C         | yes
        D         | no
        """,
    )


COUNTED = """
counts
series | area_code | area_vintage | period_start | period_end | category    | n
one    | A         | V1           | 2022-01-01   | 2022-01-31 | arson       | 60
one    | B         | V1           | 2022-02-01   | 2022-02-28 | arson       | 10
one    | B         | V1           | 2022-02-01   | 2022-02-28 | shoplifting | 10
one    | C         | V1           | 2022-12-01   | 2022-12-31 | arson       | 40

"""
COUNTED_PLACES = PLACES.replace("police-uk | incidents", "one | counts")


def test_counts_give_the_rates_that_the_same_records_would(spec, result_of, said):
    """The numbers are those of the crimes above, counted before they came."""
    result = spec(
        COUNTED + COUNTED_PLACES,
        partial(per_head, records="counts"),
        """
        areas
        area_code | n  | rate
        A         | 60 | 60.0
        B         | 20 | 20.0
        C         | 40 | 20.0
        """,
    )
    of_records = result_of(CRIMES + PLACES, per_head)
    columns = ("n", "rate", "smoothed", "low", "high", "rate_class", "class_stability")
    for name in columns:
        assert result.tables["areas"].data[name].equals(of_records.tables["areas"].data[name])
    assert any("already counted (one)" in said(result, c) for c in result.caveats)


def test_groups_of_counts_are_those_of_their_own_list(spec):
    spec(
        COUNTED + COUNTED_PLACES,
        partial(per_head, records="counts", group="damage"),
        """
        areas
        area_code | n
        A         | 60
        B         | 10
        C         | 40

        records_used
        records | used | other_category
        counts  | 110  | 10
        """,
    )


def test_visitors_are_not_looked_for_in_counts_of_something_else(result_of):
    harm = COUNTED.replace("arson      ", "self harm  ").replace("shoplifting", "overdose   ")
    for given, judged in ((COUNTED, True), (harm, False)):
        result = result_of(given + COUNTED_PLACES, partial(per_head, records="counts"))
        checks = {check.name: check.held for check in result.diagnostics}
        assert (checks["Residents are who is there"] is not None) is judged


def test_a_whole_group_of_categories_goes_by_the_groups_name():
    """Four kinds of anti-social behaviour are one word to a reader; three of them are not."""
    from peelian.placing.counts import names_of

    kinds = ("asb-nuisance", "asb-personal", "asb-environmental", "anti-social-behaviour")
    assert names_of("incidents", kinds) == "Anti-social behaviour"
    assert names_of("incidents", kinds[:2]).count("Anti-social behaviour: ") == 2
    assert names_of("crimes", ("burglary",)) == "Burglary"


def test_an_area_that_the_counts_do_not_name_has_no_rate_and_no_nought(spec, said):
    """D is loaded and has residents, and the series says nothing of it; C is said to hold none."""
    given = COUNTED.replace("| arson       | 40", "| arson       | 0 ") + COUNTED_PLACES.replace(
        "C         | V1      | -     | South       | g",
        "C         | V1      | -     | South       | g\nD | V1 | - | South | g",
    ).replace(
        "V1      | C         | population | 2000",
        "V1      | C         | population | 2000\nV1 | D | population | 2000",
    )
    result = spec(
        given,
        partial(per_head, records="counts"),
        """
        areas
        area_code | n  | rate
        A         | 60 | 60.0
        B         | 20 | 20.0
        C         | 0  | 0.0
        D         | -  | -

        totals
        areas | rated | not_covered | not_rated
        4     | 3     | 1           | 0
        """,
    )
    assert any("not counted is not nought: 1" in said(result, c) for c in result.caveats)
