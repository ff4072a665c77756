"""Records and areas may come in either order: the store holds the same."""

import json

import pytest

from peelian.records.load import load
from peelian.records.store import Store

INCIDENTS = """
layout = "points"
source = "Moor Police"
[[route]]
table = "incidents"
[route.columns]
incident_id = { column = "ref" }
reported_at = { column = "day", as = "day" }
lon = { column = "lon" }
lat = { column = "lat" }
location_precision = { value = "exact" }
"""


@pytest.fixture
def files(tmp_path):
    """Two squares side by side, and calls in each, between them and far away."""
    squares = [
        {
            "type": "Feature",
            "properties": {"code": f"M{i}", "name": f"Moor {i}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[i, 50], [i + 1, 50], [i + 1, 51], [i, 51], [i, 50]]],
            },
        }
        for i in range(2)
    ]
    areas = tmp_path / "moor.geojson"
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    areas_map = tmp_path / "areas.toml"
    areas_map.write_text('vintage = "MOOR"\ncode = "code"\nname = "name"\n')
    points = tmp_path / "calls.csv"
    points.write_text(
        "ref,day,lon,lat\na,2031-01-05,0.5,50.5\nb,2031-01-06,1.5,50.5\n"
        "c,2031-01-07,9.0,59.0\nd,2031-01-08,,\ne,2031-02-01,0.5,50.5\n"
    )
    mapping = tmp_path / "calls.toml"
    mapping.write_text(INCIDENTS)
    return {
        "areas": ([areas], {"layout": "areas", "mapping": areas_map}),
        "calls": ([points], {"layout": "incidents", "mapping": mapping}),
    }


def made(path, files, order):
    Store.create(path).close()
    reports = [load(path, files[part][0], **files[part][1]) for part in order]
    with Store.open(path) as store:
        store.verify()
        rows = store.table("incidents").order_by("incident_id").to_pyarrow().to_pylist()
        return store.fingerprint, rows, reports


def test_the_order_of_loading_changes_nothing(tmp_path, files):
    first, rows, _ = made(tmp_path / "a", files, ("areas", "calls"))
    second, again, _ = made(tmp_path / "b", files, ("calls", "areas"))
    assert rows == again
    assert first == second
    assert [row["area_code"] for row in again] == ["M0", "M1", None, None, "M0"]
    assert [row["area_vintage"] for row in again] == ["MOOR", "MOOR", None, None, "MOOR"]


def test_the_areas_say_how_many_records_they_placed(tmp_path, files):
    _, _, (_, areas) = made(tmp_path / "b", files, ("calls", "areas"))
    notes = areas.as_json()["files"][0]["notes"]
    assert any(note.startswith("3 records that were loaded earlier") for note in notes)
