"""Northumbria's open records: the profile against sums done by hand over the files themselves."""

import csv
import gzip
from collections import Counter

import pytest

from peelian.records.load import load
from peelian.records.store import Store
from peelian.render.words import say
from peelian.study import Period, Question, answer

pytestmark = pytest.mark.shared
FIRST, LAST = "2022-02", "2023-02"
MONTHS = 13
_AREA = "LSOA code (2011)"
_PEOPLE = "Total population: mid 2015 (excluding prisoners)"
_DECILE = "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"


@pytest.fixture(scope="module")
def folders(shared):
    return shared / "data/uk_northumbria", shared / "data/uk_geography_deprivation"


@pytest.fixture(scope="module")
def store(folders, tmp_path_factory):
    police, places = folders
    path = tmp_path_factory.mktemp("northumbria") / "store"
    Store.create(path).close()
    for name, layout in (
        ("northumbria_lsoa11_boundaries.geojson.gz", "areas"),
        ("File_2_-_IoD2019_Domains_of_Deprivation.csv.gz", "measures"),
        ("File_6_-_IoD2019_Population_Denominators.csv.gz", "measures"),
    ):
        load(path, [places / name], layout=layout)
    load(path, [police / "northumbria-street.csv.gz"], layout="police-uk")
    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def profiled(store):
    question = Question("places.profile", {"denominator": "population"})
    return answer(store, question, Period.read(f"{FIRST}..{LAST}"))


@pytest.fixture(scope="module")
def by_hand(folders):
    """Count crimes by area, and read residents and deciles, with the csv module alone."""
    police, places = folders

    def rows(path):
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)

    crimes = Counter(
        row["LSOA code"]
        for row in rows(police / "northumbria-street.csv.gz")
        if FIRST <= row["Month"] <= LAST and row["Crime type"] != "Anti-social behaviour"
    )
    people = {
        row[_AREA]: int(row[_PEOPLE].replace(",", ""))
        for row in rows(places / "File_6_-_IoD2019_Population_Denominators.csv.gz")
    }
    deciles = {
        row[_AREA]: int(row[_DECILE])
        for row in rows(places / "File_2_-_IoD2019_Domains_of_Deprivation.csv.gz")
    }
    return crimes, people, deciles


def areas_of(released):
    return {row["area_code"]: row for row in released.tables["areas"].data.to_pylist()}


def test_every_area_has_the_crimes_the_people_and_the_decile_of_the_files(profiled, by_hand):
    crimes, people, deciles = by_hand
    areas = areas_of(profiled)
    assert len(areas) == 916
    for code, row in areas.items():
        assert row["n"] == crimes[code]
        assert row["denominator"] == people[code]
        assert row["need"] == deciles[code]
        assert row["rate"] == pytest.approx(1000 * crimes[code] / people[code] * 12 / MONTHS)


def test_every_crime_is_accounted_for(profiled, by_hand):
    crimes, _, _ = by_hand
    (used,) = profiled.tables["records_used"].data.to_pylist()
    inside = sum(n for code, n in crimes.items() if code in areas_of(profiled))
    assert used["used"] == inside
    assert used["not_placed"] == crimes[""]
    assert used["outside"] == crimes.total() - inside - crimes[""]


def test_the_steadied_rate_is_marshalls(profiled, by_hand):
    """Worked out again in plain arithmetic, a step at a time."""
    crimes, people, _ = by_hand
    areas = areas_of(profiled)
    years = {code: people[code] * MONTHS / 12 for code in areas}
    total = sum(years.values())
    mean = sum(crimes[code] for code in areas) / total
    spread = sum(years[c] * (crimes[c] / years[c] - mean) ** 2 for c in areas) / total
    spread -= mean / (total / len(areas))
    for code, row in areas.items():
        own = crimes[code] / years[code]
        steadied = mean + spread / (spread + mean / years[code]) * (own - mean)
        assert row["smoothed"] == pytest.approx(1000 * steadied, rel=1e-9)


def test_the_listed_areas_are_of_high_need_and_lead(profiled):
    areas = areas_of(profiled)
    listed = profiled.tables["targets"].data.to_pylist()
    assert len(listed) == 20
    assert all(row["need"] <= 2 for row in listed)
    least = min(row["expected_excess"] for row in listed)
    others = set(areas) - {row["area_code"] for row in listed}
    assert all(
        areas[c]["expected_excess"] <= least for c in others if areas[c]["need_band"] == "high"
    )


def test_the_answer_speaks_from_the_records(profiled):
    said = say(profiled, profiled.answer)
    assert said.startswith("Over February 2022 to February 2023, ")
    assert "99.7 per 1,000 people a year" in said


def test_over_the_gap_the_missing_month_is_named_and_not_counted(store):
    released = answer(
        store,
        Question("places.profile", {"denominator": "population"}),
        Period.read("2021-11..2022-02"),
    )
    totals = released.tables["totals"].data.to_pylist()[0]
    assert (totals["months"], totals["months_missing"]) == (3, 1)
    assert any("No records cover January 2022" in say(released, c) for c in released.caveats)
