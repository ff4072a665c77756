"""What `places.profile` takes for need, and how areas of another vintage are brought along."""

from functools import partial

import pytest

from peelian.analysis.places.profile import profile
from peelian.errors import CannotAnswer, VintageMismatch

per_head = partial(profile, denominator="population")

CRIMES = """
crimes
area_code | area_vintage | crime_type | local_date | times
A         | V1           | burglary   | 2022-01    | 60
B         | V1           | burglary   | 2022-02    | 20
C         | V1           | burglary   | 2022-02    | 20

"""
AREAS = """
areas
area_code | vintage | geometry
A         | V1      | g
B         | V1      | g
C         | V1      | g

"""
YEAR = "coverage\nsource | layout | table | month | load_id | n\n" + "\n".join(
    f"force | police-uk | crimes | 2022-{month:02d} | x | 0" for month in range(1, 13)
)
POPULATION = """
measures
measure    | vintage | scale  | unit   | need_is | circular | bands | title
population | V1      | count  | people | -       | -        | -     | Residents
"""
HEADS = """
area_measures
vintage | area_code | measure    | value
V1      | A         | population | 1000
V1      | B         | population | 1000
V1      | C         | population | 1000
"""


def given(measures="", values="", crimes=CRIMES, more=""):
    """Draw the same crimes and heads with other measures beside them."""
    return crimes + AREAS + POPULATION + measures + HEADS + values + "\n" + more + YEAR


DECILE = "imd_decile | V1 | decile | - | low | part | - | Deprivation\n"
DECILES = "V1 | A | imd_decile | 2\nV1 | B | imd_decile | 3\nV1 | C | imd_decile | 6\n"


def test_need_is_in_fixed_national_bands(spec):
    spec(
        given(DECILE, DECILES),
        per_head,
        """
        areas
        area_code | need | need_band
        A         | 2    | high
        B         | 3    | middle
        C         | 6    | low
        """,
    )


def test_deprivation_of_the_latest_edition_is_meant_by_imd(spec):
    spec(
        given(
            "imd2015_decile | V1 | decile | - | low | part | - | Old\n"
            "imd2019_decile | V1 | decile | - | low | part | - | New\n"
            "imd2019_rank | V1 | rank | - | low | part | - | Rank\n",
            "V1 | A | imd2015_decile | 9\nV1 | A | imd2019_decile | 1\n",
        ),
        per_head,
        """
        areas
        area_code | need
        A         | 1
        B         | -
        C         | -
        """,
    )


def test_a_measure_with_recorded_crime_in_it_is_used_with_a_warning(spec, said):
    result = spec(given(DECILE, DECILES), per_head, "totals\nno_need\n0")
    assert any("itself a part of the measure" in said(result, c) for c in result.caveats)


def test_a_measure_made_of_recorded_crime_is_refused(result_of):
    circular = "crime2019_decile | V1 | decile | - | low | wholly | - | Crime\n"
    with pytest.raises(CannotAnswer, match="circular"):
        result_of(
            given(circular, "V1 | A | crime2019_decile | 1\n"),
            partial(per_head, need="crime2019_decile"),
        )


def test_a_score_is_put_in_tenths_of_all_the_areas_it_is_known_for(spec, said):
    """Thirty areas have the score, three are shown: A is 1st of 30, B 7th and C 30th."""
    others = "".join(
        f"V1 | X{place} | sick | {100 - place}\n"
        for place in range(1, 31)
        if place not in (1, 7, 30)
    )
    result = spec(
        given(
            "sick | V1 | score | - | high | no | - | Sickness\n",
            "V1 | A | sick | 99\nV1 | B | sick | 93\nV1 | C | sick | 70\n" + others,
        ),
        partial(per_head, need="sick"),
        """
        areas
        area_code | need | need_band
        A         | 1    | high
        B         | 3    | middle
        C         | 10   | low

        totals
        ranked_over
        30
        """,
    )
    assert any("put in tenths" in said(result, caveat) for caveat in result.caveats)


def test_tenths_of_a_handful_of_areas_are_refused(result_of):
    with pytest.raises(CannotAnswer, match="too few areas"):
        result_of(
            given("sick | V1 | score | - | high | no | - | Sickness\n", "V1 | A | sick | 99\n"),
            partial(per_head, need="sick"),
        )


def test_a_measure_may_declare_its_own_bands(spec):
    spec(
        given(
            "no_car | V1 | ratio | per cent | high | no | 30, 20 | No car\n",
            "V1 | A | no_car | 30\nV1 | B | no_car | 29.9\nV1 | C | no_car | 5\n",
        ),
        partial(per_head, need="no_car"),
        """
        areas
        area_code | need | need_band
        A         | 30.0 | high
        B         | 29.9 | middle
        C         | 5.0  | low
        """,
    )


def test_a_count_is_no_measure_of_need(result_of):
    with pytest.raises(CannotAnswer, match="more people live"):
        result_of(
            given("ill | V1 | count | people | high | no | - | Ill\n", "V1 | A | ill | 9\n"),
            partial(per_head, need="ill"),
        )


def test_a_measure_without_a_direction_is_no_measure_of_need(result_of):
    with pytest.raises(CannotAnswer, match="which end"):
        result_of(
            given("odd | V1 | score | - | neither | no | - | Odd\n", "V1 | A | odd | 9\n"),
            partial(per_head, need="odd"),
        )


def test_listed_areas_are_high_on_need_and_on_vulnerability(spec):
    """A, B and C are all of high need; only A and C are vulnerable, and C has few crimes."""
    spec(
        given(
            DECILE + "health_decile | V1 | decile | - | low | no | - | Health\n",
            "V1 | A | imd_decile | 1\nV1 | B | imd_decile | 1\nV1 | C | imd_decile | 1\n"
            "V1 | A | health_decile | 1\nV1 | B | health_decile | 5\nV1 | C | health_decile | 2\n",
            crimes=CRIMES.replace("B         | V1           | burglary   | 2022-02    | 20",
                                  "B         | V1           | burglary   | 2022-02    | 70"),
        ),
        partial(per_head, vulnerability="health_decile"),
        """
        areas
        area_code | need | vulnerability | vulnerability_band
        A         | 1    | 1             | high
        B         | 1    | 5             | middle
        C         | 1    | 2             | high

        targets
        rank | area_code
        1    | A

        totals
        high_need
        2
        """,
    )  # fmt: skip


LINKS = """
area_links
from_vintage | from_code | to_vintage | to_code | change | weight
OLD          | a         | V1         | A       | U      | 1
OLD          | bc        | V1         | B       | S      | 0.25
OLD          | bc        | V1         | C       | S      | 0.75

"""
OLD_CRIMES = """
crimes
area_code | area_vintage | crime_type | local_date | times
A         | V1           | burglary   | 2022-01    | 60
B         | V1           | burglary   | 2022-02    | 15
C         | V1           | burglary   | 2022-02    | 10
a         | OLD          | burglary   | 2022-01    | 10
bc        | OLD          | burglary   | 2022-01    | 20

"""


def test_records_of_another_vintage_are_shared_among_the_areas_they_became(spec, said):
    result = spec(
        given(DECILE, DECILES, crimes=OLD_CRIMES, more=LINKS),
        per_head,
        """
        areas
        area_code | n  | n_least | n_most
        A         | 70 | 70.0    | 70.0
        B         | 20 | 15.0    | 35.0
        C         | 25 | 10.0    | 30.0

        totals
        n   | moved | shared | other_vintage
        115 | 30    | 20     | 0
        """,
    )
    said_of_links = [said(result, c) for c in result.caveats if "through links" in c.template]
    assert len(said_of_links) == 1
    assert ": 30;" in said_of_links[0]
    assert "weights of residents: 20." in said_of_links[0]


def test_records_of_another_vintage_without_links_are_refused(result_of):
    with pytest.raises(VintageMismatch, match="30 of 115"):
        result_of(given(DECILE, DECILES, crimes=OLD_CRIMES), per_head)


def test_links_that_do_not_say_how_to_share_are_refused(result_of):
    with pytest.raises(VintageMismatch, match="20 of 115"):
        result_of(
            given(DECILE, DECILES, crimes=OLD_CRIMES, more=LINKS.replace("0.25", "-")), per_head
        )


def test_a_few_records_that_no_link_brings_along_are_left_out_and_said(spec, said):
    """One record in 1,001 is of an old area that was split nobody knows how."""
    crimes = """
crimes
area_code | area_vintage | crime_type | local_date | times
A         | V1           | burglary   | 2022-01    | 600
B         | V1           | burglary   | 2022-02    | 400
bc        | OLD          | burglary   | 2022-01    | 1

"""
    result = spec(
        given(DECILE, DECILES, crimes=crimes, more=LINKS.replace("0.25", "-")),
        per_head,
        """
        totals
        n    | other_vintage | outside
        1000 | 1             | 0
        """,
    )
    assert any("coded by another vintage 1." in said(result, c) for c in result.caveats)


def test_links_that_lose_counts_are_refused(result_of):
    with pytest.raises(VintageMismatch, match="do not conserve"):
        result_of(
            given(DECILE, DECILES, crimes=OLD_CRIMES, more=LINKS.replace("0.25", "0.5")), per_head
        )


def test_a_denominator_of_another_vintage_is_shared_too(spec):
    spec(
        given(
            DECILE + "homes | OLD | count | households | - | - | - | Homes\n",
            DECILES + "OLD | a | homes | 400\nOLD | bc | homes | 800\n",
            more=LINKS,
        ),
        partial(profile, denominator="homes"),
        """
        areas
        area_code | denominator
        A         | 400
        B         | 200
        C         | 600
        """,
    )


def test_need_of_another_vintage_is_kept_where_the_area_did_not_change(spec, said):
    result = spec(
        given(
            "imd_decile | OLD | decile | - | low | part | - | Deprivation\n",
            "OLD | a | imd_decile | 1\nOLD | bc | imd_decile | 2\n",
            more=LINKS,
        ),
        per_head,
        """
        areas
        area_code | need | need_band
        A         | 1    | high
        B         | -    | -
        C         | -    | -
        """,
    )
    assert any("from OLD, since they did not change: 1." in said(result, c)
               for c in result.caveats)  # fmt: skip


def test_a_measure_of_other_areas_is_refused_by_name(result_of):
    with pytest.raises(CannotAnswer, match="imd_decile is loaded for areas of OLD"):
        result_of(
            given(
                "imd_decile | OLD | decile | - | low | part | - | Deprivation\n",
                "OLD | a | imd_decile | 1\n",
            ),
            partial(per_head, need="imd_decile"),
        )


def test_a_vintage_may_be_asked_for(result_of):
    with pytest.raises(VintageMismatch, match="areas of V1"):
        result_of(given(DECILE, DECILES), partial(per_head, vintage="V2"))
