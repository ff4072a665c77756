"""London's public counts: what is held and answered, against sums over the files themselves."""

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from peelian.errors import MappingError
from peelian.records.load import load
from peelian.records.store import Store
from peelian.study import Period, Question, answer

pytestmark = pytest.mark.shared
LONDON = Path(__file__).parents[2] / "examples" / "london"
PERIOD = Period.read("2024-03..2026-02")


@pytest.fixture(scope="module")
def rows(shared):
    return pq.read_table(shared / "data/uk_london/recorded-crime-lsoa.parquet").to_pylist()


@pytest.fixture(scope="module")
def by_area(rows):
    months = [name for name in rows[0] if name.isdigit() and name != "202402"]
    sums = Counter()
    for row in rows:
        sums[row["lsoa_code"]] += sum(row[month] for month in months)
    return sums


@pytest.fixture(scope="module")
def store(shared, tmp_path_factory):
    data, places = shared / "data/uk_london", shared / "data/uk_geography_deprivation"
    path = tmp_path_factory.mktemp("london") / "store"
    Store.create(path).close()
    load(path, [data / "london-2021-lsoa-gen20.shp"], layout="areas")
    for name in ("imd2025_england_lsoa21", "census21_deprivation_england_wales_lsoa21"):
        load(path, [places / f"{name}.csv.gz"], layout="measures")
    for name, mapping in (
        ("recorded-crime-lsoa", "recorded-crime"),
        ("vawg-offences", "violence-by-offence"),
        ("vawg-offences", "violence-by-ward"),
    ):
        load(path, [data / f"{name}.parquet"], layout="counts", mapping=LONDON / f"{mapping}.toml")
    with Store.open(path) as opened:
        yield opened


def test_each_row_of_each_file_is_accounted_for(store):
    told = {
        load.layout: (load.read, load.loaded, load.quarantined, load.duplicates, load.tables)
        for load in store.loads()
        if "counts" in load.tables
    }
    assert told == {
        "met-lsoa": (105_620, 105_620, 0, 0, {"counts": 2_640_500}),
        "met-vawg-by-offence": (411_341, 97_180, 0, 314_161, {"counts": 1_235}),
        "met-vawg-by-ward": (411_341, 306_285, 7_876, 97_180, {"counts": 99_021}),
    }


def test_every_area_has_the_sum_of_its_rows_and_the_city_has_none(store, by_area):
    settings = {"records": "counts", "series": "met-lsoa", "denominator": "households"}
    released = answer(store, Question("places.profile", settings), PERIOD)
    areas = {row["area_code"]: row for row in released.tables["areas"].data.to_pylist()}
    assert len(areas) == 4994
    assert {code: row["n"] for code, row in areas.items() if row["n"] is not None} == dict(by_area)
    city = [row for code, row in areas.items() if code not in by_area]
    assert len(city) == 6
    assert {row["district"] for row in city} == {"City of London"}
    assert all(row["rate"] is None for row in city)


def test_how_few_areas_hold_half_is_what_counting_down_gives(store, by_area):
    settings = {"records": "counts", "series": "met-lsoa", "draws": 99}
    released = answer(store, Question("places.concentration", settings), PERIOD)
    totals = released.tables["totals"].data.to_pylist()[0]
    held, half = 0, 0
    for n in sorted(by_area.values(), reverse=True):
        if held >= sum(by_area.values()) / 2:
            break
        held, half = held + n, half + 1
    assert (totals["places"], totals["half_places"], totals["not_covered"]) == (4988, half, 6)
    assert totals["n"] == sum(by_area.values()) == 1_730_393


def test_the_groups_of_a_kind_are_the_publishers_own(store, rows):
    months = [name for name in rows[0] if name.isdigit() and name != "202402"]
    theirs = Counter()
    for row in rows:
        theirs[row["major_category"]] += sum(row[month] for month in months)
    groups = {"burglary": "BURGLARY", "robbery": "ROBBERY", "vehicle": "VEHICLE OFFENCES",
              "theft": "THEFT", "drugs": "DRUG OFFENCES", "damage": "ARSON AND CRIMINAL DAMAGE",
              "disorder": "PUBLIC ORDER OFFENCES"}  # fmt: skip
    for group, major in groups.items():
        settings = {"records": "counts", "series": "met-lsoa", "group": group, "draws": 99}
        released = answer(store, Question("places.concentration", settings), PERIOD)
        assert released.tables["totals"].data["n"][0].as_py() == theirs[major], group


def test_the_two_sheets_hold_the_same_and_are_never_added(store, shared, tmp_path):
    kinds = {}
    for series in ("met-vawg-by-offence", "met-vawg-by-ward"):
        settings = {"records": "counts", "series": series}
        released = answer(store, Question("demand.composition", settings))
        kinds[series] = sum(released.tables["by_category"].data["n"].to_pylist())
    table = pq.read_table(shared / "data/uk_london/vawg-offences.parquet")
    sheets = Counter()
    unplaced = 0
    for sheet, ward, n in zip(
        *(table[c].to_pylist() for c in ("sheet", "ward_name_clean_2", "count")), strict=True
    ):
        sheets[sheet] += n
        unplaced += n if sheet.endswith("location") and ward in (None, "N/K") else 0
    assert set(sheets.values()) == {kinds["met-vawg-by-offence"]} == {1_612_003}
    assert kinds["met-vawg-by-ward"] == 1_612_003 - unplaced
    both = tmp_path / "both.toml"
    text = (LONDON / "violence-by-offence.toml").read_text(encoding="utf-8").split("[only]")[0]
    both.write_text(text.replace('"crimsec_group"', '{ value = "all" }'), encoding="utf-8")
    Store.create(tmp_path / "store").close()
    file = shared / "data/uk_london/vawg-offences.parquet"
    with pytest.raises(MappingError, match="must not be added"):
        load(tmp_path / "store", [file], layout="counts", mapping=both)
