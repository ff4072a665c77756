"""Sacramento's dispatch calls: every share against counting the rows of the file by hand."""

import csv
import gzip
import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from peelian.records.load import load
from peelian.records.store import Store
from peelian.render.words import say
from peelian.study import Period, Question, answer

pytestmark = pytest.mark.shared
EXAMPLE = Path(__file__).parents[2] / "examples" / "sacramento"
FILE = "data/us_calls_sacramento/sacramento_dispatch_2019-01.csv.gz"
JANUARY = Period.read("2019-01")
NEVER = "-2208988800000"


@pytest.fixture(scope="module")
def rows(shared):
    """The rows received in January: those of 1 February are another month's."""
    with gzip.open(shared / FILE, "rt", encoding="utf-8", newline="") as file:
        every = list(csv.DictReader(file))
    months = [datetime.fromtimestamp(int(r["Received_Date"]) / 1000, UTC).month for r in every]
    return [row for row, month in zip(every, months, strict=True) if month == 1]


@pytest.fixture(scope="module")
def store(shared, tmp_path_factory):
    path = tmp_path_factory.mktemp("sacramento") / "store"
    Store.create(path, crs="EPSG:26943", timezone="America/Los_Angeles").close()
    load(path, [shared / FILE], layout="incidents", mapping=EXAMPLE / "incidents.toml")
    with Store.open(path) as opened:
        yield opened


def asked(store, analysis, **settings):
    return answer(store, Question(analysis, settings), JANUARY, purpose="a test")


def test_dates_alone_give_no_hour_no_minutes_and_no_flow_and_it_is_said(store, rows):
    released = asked(store, "demand.composition", records=("incidents",))
    assert not {"time", "hour_of_week", "flows"} & set(released.tables)
    told = " ".join(say(released, caveat) for caveat in released.caveats)
    assert "No incident has a time of day" in told
    assert "never of time" in told
    totals = released.tables["totals"].data.to_pylist()[0]
    assert totals["incidents"] == len(rows) == 24_916
    empty = {
        row["field"]: row["n"]
        for row in released.tables["missing"].data.to_pylist()
        if row["state"] == "empty"
    }
    assert empty["dispatched_at"] == sum(row["Dispatch_Date"] == NEVER for row in rows)
    assert empty["arrived_at"] == sum(row["At_Scene_Date"] == NEVER for row in rows)
    assert empty["local_hour"] == len(rows)
    districts = Counter(row["Police_District"] for row in rows)
    found = {r["area_code"]: r["n"] for r in released.tables["by_area"].data.to_pylist()}
    assert found == {code: districts[code] for code in "123456"}


RULES = {
    "welfare-code": lambda row: row["Call_Type"] == "981",
    "welfare-words": lambda row: any(
        word in row["Description"] for word in ("WELFARE", "MEDICAL AID", "ABUSE", "NEGLECT")
    ),
    "found-by-officers": lambda row: any(
        word in row["Description"]
        for word in (
            *("TRAFFIC STOP", "SUBJECT STOP", "BUSINESS CHECK", "PARK CHECK", "PATROL", "ERRAND"),
            *("SUPPLEMENTAL EMPLOYMENT", "POP ACTIVITY", "ATTEMPT PICKUP"),
        )
    ),
    "disturbance": lambda row: row["Call_Type"].startswith("415"),
}


@pytest.mark.parametrize("name", RULES)
def test_a_definition_of_the_city_s_own_counts_what_its_rule_says(store, rows, name):
    path = str(EXAMPLE / "definitions" / f"{name}.toml")
    released = asked(
        store, "demand.share", definitions=(path,), denominators=("incidents", "attended"), by=()
    )
    shares = {row["denominator"]: row for row in released.tables["shares"].data.to_pylist()}
    attended = [row for row in rows if row["At_Scene_Date"] != NEVER]
    for denominator, among in (("incidents", rows), ("attended", attended)):
        counted = sum(map(RULES[name], among))
        assert shares[denominator]["share"] == pytest.approx(counted / len(among), abs=1e-9)
        assert shares[denominator]["low"] < counted / len(among) < shares[denominator]["high"]


def test_how_few_addresses_bring_how_much_is_what_sorting_them_gives(store, rows):
    released = asked(store, "demand.repeat", of="addresses")
    # 168 calls lie at the grid's origin, which the publisher's longitudes put in the Pacific, and
    # five beyond the bounds of the mapping: they have no place, or would be the busiest address.
    there = [
        row
        for row in rows
        if -122.0 <= float(row["lon_derived"]) <= -121.2
        and 38.3 <= float(row["lat_derived"]) <= 38.8
    ]
    assert len(rows) - len(there) == 172
    points = Counter((row["X_Coordinate"], row["Y_Coordinate"]) for row in there)
    held = sorted(points.values(), reverse=True)
    totals = released.tables["totals"].data.to_pylist()[0]
    # The publisher's feet and its own longitudes agree to a metre but for a few points.
    assert totals["sources"] == pytest.approx(len(points), rel=0.01)
    busiest = {row["group"]: row for row in released.tables["busiest"].data.to_pylist()}
    hundredth = busiest["the busiest hundredth of addresses"]
    share = sum(held[: math.ceil(0.01 * len(held))]) / len(there)
    assert hundredth["share"] == pytest.approx(share, abs=0.002)
    assert "cannot be told: it takes two months" in say(released, released.answer)
