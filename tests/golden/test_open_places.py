"""Three cities' open records through the examples' mappings, beside what others published of them.

The tables of near repeats are those of the package NearRepeat and of Temple's calculator on
Chicago's January of 2016, as noted in `docs/explanation/` with their source.
"""

import csv
import gzip
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from peelian.errors import CannotAnswer
from peelian.records.load import load
from peelian.records.store import Store
from peelian.render.words import say
from peelian.report import write_report
from peelian.study import Period, Question, Study, answer

pytestmark = pytest.mark.shared
EXAMPLES = Path(__file__).parents[2] / "examples"
CHICAGO = "data/burglary_chicago_nearrepeat/chicago_be.csv.gz"
WASHINGTON = "data/gunshots_washington_dc/WashingtonDC_Incidents_2006-2013_Raw_Data_2.csv.gz"
NEW_YORK = "data/shootings_nyc/NYPD_Shooting_Incident_Data__Historic_.csv.gz"
CITIES = {
    "chicago-burglary": (CHICAGO, "crimes", "EPSG:26971", "America/Chicago"),
    "washington-gunshots": (WASHINGTON, "incidents", "EPSG:26985", "America/New_York"),
    "nyc-shootings": (NEW_YORK, "incidents", "EPSG:32118", "America/New_York"),
}
SHOTS = {"records": "incidents", "categories": ["firearms-incident"]}


@pytest.fixture(scope="module")
def cities(shared, tmp_path_factory):
    """Return a store of each city, open, with the report of its load."""
    stores, reports = {}, {}
    for name, (file, table, crs, zone) in CITIES.items():
        path = tmp_path_factory.mktemp(name) / "store"
        Store.create(path, crs=crs, timezone=zone).close()
        mapping = EXAMPLES / name / f"{table}.toml"
        reports[name] = load(path, [shared / file], layout=table, mapping=mapping).as_json()
        stores[name] = Store.open(path)
    yield stores, reports
    for store in stores.values():
        store.close()


def rows_of(shared, file):
    with gzip.open(shared / file, "rt", encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def asked(cities, city, analysis, period, **settings):
    question = Question(analysis, settings)
    return answer(cities[0][city], question, Period.read(period), purpose="a test")


def table(released, name):
    return released.tables[name].data.to_pylist()


def test_every_row_of_the_files_is_accounted_for(cities, shared):
    told = {
        name: tuple(report[part] for part in ("read", "loaded", "quarantined", "duplicates"))
        for name, report in cities[1].items()
    }
    victims = rows_of(shared, NEW_YORK)
    incidents = {row["INCIDENT_KEY"] for row in victims}
    assert told == {
        "chicago-burglary": (11_701, 11_700, 1, 0),
        "washington-gunshots": (39_066, 39_066, 0, 0),
        "nyc-shootings": (20_659, 16_255, 0, 4_404),
    }
    assert (len(victims), len(incidents)) == (20_659, 16_255)


def test_no_sex_age_or_race_of_anybody_shot_is_in_the_store(cities):
    rows = cities[0]["nyc-shootings"].table("incidents").to_pyarrow()
    filled = {n for n in rows.column_names if rows.column(n).null_count < rows.num_rows}
    assert not filled & {"narrative", "location_text", "caller_id", "opening_code"}
    for name in ("people", "involvements"):
        assert cities[0]["nyc-shootings"].table(name).count().to_pyarrow().as_py() == 0


def test_points_of_a_grid_lie_where_the_file_says_and_within_the_city(cities, shared):
    """Illinois East in metres on both sides: what the file gives comes back to the millimetre."""
    rows = cities[0]["chicago-burglary"].table("crimes").to_pyarrow()
    given = Counter(
        (round(float(row["X"]), 1), round(float(row["Y"]), 1))
        for row in rows_of(shared, CHICAGO)
        if row["date"] not in ("NA", "")
    )
    pairs = zip(rows["x"].to_pylist(), rows["y"].to_pylist(), strict=True)
    assert Counter((round(x, 1), round(y, 1)) for x, y in pairs) == given


def test_one_shot_has_no_place_and_times_are_the_citys(cities, shared):
    store = cities[0]["washington-gunshots"]
    rows = store.table("incidents").to_pyarrow().to_pylist()
    assert sum(row["x"] is None for row in rows) == 1
    hours = Counter(
        datetime.strptime(row["Date Time"], "%m/%d/%y %H:%M").hour
        for row in rows_of(shared, WASHINGTON)
    )
    assert Counter(row["local_hour"] for row in rows) == hours


@pytest.mark.parametrize(
    ("bands", "within", "after", "published"),
    [
        # NearRepeat on its own data, 970 burglaries: labels 100 m and 7 days counted in.
        ("as-labelled", (100, 200, 300), (7, 14, 21),
         [[29, 4, 5], [45, 15, 7], [106, 48, 21], [88, 64, 46]]),
        # The older calculator's cells under the same labels: up to, and not at, the upper end.
        ("older-calculator", (100, 200, 300), (7, 14, 21),
         [[28, 5, 5], [44, 13, 8], [97, 56, 19], [77, 67, 45]]),
    ],
)  # fmt: skip
def test_january_holds_the_pairs_that_others_counted(cities, bands, within, after, published):
    released = asked(
        cities, "chicago-burglary", "places.near_repeats", "2016-01",
        categories=["burglary"], within_metres=list(within),
        after_days=list(after), bands=bands, permutations=199,
    )  # fmt: skip
    pairs = table(released, "pairs")
    counted = {}
    for row in pairs:
        counted.setdefault(row["apart"], []).append(row["n"])
    told = [n for row in counted.values() for n in row]
    theirs = [n for row in published for n in row]
    # Fewer than five pairs are held back, and with them those that would give them away.
    assert sum(n is None for n in told) == (4 if min(theirs) < 5 else 0)
    assert all(mine in (None, n) for mine, n in zip(told, theirs, strict=True))
    # Theirs had 970: the other is of 31 December 2015, and in no pair of these cells.
    assert table(released, "records_used")[0]["used"] == 969


def test_of_every_day_kept_apart_fireworks_are_left_out_and_told(cities, shared):
    released = asked(
        cities, "washington-gunshots", "places.near_repeats", "2012-01..2012-12", **SHOTS,
        leave_out=["12-31", "01-01", "07-03", "07-04", "07-05"], within_metres=[150, 300],
        after_days=[1, 7], distance="straight", permutations=99,
    )  # fmt: skip
    days = Counter(
        row["Date Time"].split()[0]
        for row in rows_of(shared, WASHINGTON)
        if row["Date Time"].split()[0].endswith("/12")
    )
    out = sum(days[f"{d}/12"] for d in ("12/31", "1/1", "7/3", "7/4", "7/5"))
    used = table(released, "records_used")[0]
    assert used["left_out"] == out > 500
    assert used["not_placed"] is None  # the one shot without a place is too few to be told
    assert used["used"] + 1 + out == sum(days.values())
    assert "31 December of every year" in " ".join(say(released, c) for c in released.caveats)


def test_a_forecast_of_the_last_quarter_counts_every_burglary_of_it(cities, shared, tmp_path):
    released = asked(
        cities, "chicago-burglary", "places.forecast", "2016-01..2016-12",
        categories=["burglary"], windows=13, side=500, budgets=[0.01, 0.05],
    )  # fmt: skip
    last = sum("2016-10-02" <= row["date"][:10] <= "2016-12-31" for row in rows_of(shared, CHICAGO))
    events = {row["events"] for row in table(released, "curves")}
    assert events == {last}
    said = say(released, released.answer)
    assert said.startswith("Not shown")
    words = "Not for deployment without an equality assessment"
    assert words in said
    page = write_report([released], tmp_path, title="A trial", purpose="a test")
    for file in (page, tmp_path / "release.json"):
        assert file.read_text(encoding="utf-8").count(words) >= 2  # the answer, and a caveat


def test_a_month_of_one_day_is_no_month_before_it(cities):
    """One burglary is of 31 December 2015: asked of all, that month counts as covered."""
    with pytest.raises(CannotAnswer, match="too little before"):
        asked(
            cities, "chicago-burglary", "places.forecast", "2016-01..2016-03",
            categories=["burglary"], windows=13,
        )  # fmt: skip


@pytest.mark.parametrize("name", CITIES)
def test_the_study_of_each_city_is_one_that_can_be_asked(name):
    study = Study.read(EXAMPLES / name / "study.toml")
    assert study.period is not None
    assert len(study.questions) == 3
