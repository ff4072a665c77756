"""A strange force's real file: drafted, finished by a person; its local dates stay its dates."""

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from peelian.records.draft import draft
from peelian.records.load import load
from peelian.records.map import Mapping
from peelian.records.store import Store

EXAMPLE = Path(__file__).parents[2] / "examples" / "sacramento" / "incidents.toml"
FILE = "sacramento_dispatch_2019-01.csv.gz"
NEVER = "-2208988800000"


@pytest.fixture(scope="module")
def calls(shared):
    return shared / "data" / "us_calls_sacramento" / FILE


@pytest.mark.shared
def test_the_finished_mapping_is_the_draft_with_small_edits(calls):
    drafted = Mapping.parse(draft(calls, "incidents"), "draft")
    finished = Mapping.read(EXAMPLE)
    ours = {reading.name: reading for reading in finished.routes[0].readings}
    theirs = {reading.name: reading for reading in drafted.routes[0].readings}
    assert not set(theirs) - set(ours)
    assert set(ours) - set(theirs) == {"category", "narrative", "area_vintage"}
    # A beat is too small to show; a district is not.
    assert (theirs["area_code"].columns, ours["area_code"].columns) == (
        ("Beat",),
        ("Police_District",),
    )
    for name in ("incident_id", "reported_at", "dispatched_at", "arrived_at", "closed_at", "lon"):
        a, b = theirs[name], ours[name]
        assert (a.columns, a.how, a.epoch, a.null) == (b.columns, b.how, b.epoch, b.null)


@pytest.mark.shared
def test_local_dates_stay_the_dates_they_were(calls, tmp_path):
    with Store.create(tmp_path / "store", crs="EPSG:26943", timezone="America/Los_Angeles"):
        pass
    report = load(tmp_path / "store", [calls], layout="incidents", mapping=EXAMPLE).as_json()
    assert (report["read"], report["loaded"], report["quarantined"]) == (25_000, 25_000, 0)

    with gzip.open(calls, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = Counter(
        datetime.fromtimestamp(int(row["Received_Date"]) / 1000, UTC).date() for row in rows
    )
    with Store.open(tmp_path / "store") as store:
        incidents = store.table("incidents")
        held = incidents.select(
            "local_date", "local_hour", "time_precision", "dispatched_at", "arrived_at", "category"
        ).to_pyarrow()
    assert Counter(held["local_date"].to_pylist()) == days
    assert set(held["time_precision"].to_pylist()) == {"day"}
    assert held["local_hour"].null_count == 25_000
    assert held["dispatched_at"].null_count == sum(row["Dispatch_Date"] == NEVER for row in rows)
    assert held["arrived_at"].null_count == sum(row["At_Scene_Date"] == NEVER for row in rows)
    welfare = sum(row["Description"] == "WELFARE CHECK" for row in rows)
    assert held["category"].to_pylist().count("concern-for-safety") == welfare == 1_455
