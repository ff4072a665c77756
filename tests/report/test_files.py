"""The files beside the page open elsewhere, and show nothing that the page holds back."""

import csv
import json

import numpy as np
import pyogrio.raw
import pytest
import shapely

from fixtures.made_up import composition_release, profile_release
from peelian.report import write_report
from peelian.schema.kinds import Sensitivity


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    made = [composition_release(Sensitivity.INTERNAL), profile_release(240, Sensitivity.INTERNAL)]
    page = write_report(made, folder, title="A made-up study", purpose="To try it")
    assert page == folder / "report.html"
    return folder


def _layer(path, layer):
    meta, _, shapes, values = pyogrio.raw.read(path, layer=layer)
    return meta, shapely.from_wkb(shapes), dict(zip(meta["fields"], values, strict=True))


def test_every_table_is_a_csv_that_excel_knows(out):
    names = {path.name for path in (out / "tables").iterdir()}
    assert "places-profile-areas.csv" in names
    assert "demand-composition-by-month.csv" in names
    assert "columns.csv" in names
    assert not any("outlines" in name for name in names)
    for path in (out / "tables").iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_geopackage_holds_every_area_with_its_outline(out):
    meta, shapes, columns = _layer(out / "areas.gpkg", "areas")
    assert meta["crs"] == "EPSG:4326"
    assert len(shapes) == 240
    assert shapely.is_valid(shapes).all()
    assert {shape.geom_type for shape in shapes} == {"MultiPolygon"}
    assert columns["area_code"][7] == "E01000007"
    middle = shapes[7].centroid
    assert -2.7 < middle.x < -1.2
    assert 54.7 < middle.y < 55.8


def test_held_back_cells_are_empty_and_named_in_every_form(out):
    held = profile_release(240, Sensitivity.INTERNAL).tables["areas"].held_back
    rows = set(held["n"].nonzero()[0].tolist())
    assert rows
    _, _, columns = _layer(out / "areas.gpkg", "areas")
    assert set(np.flatnonzero(np.isnan(columns["n"].astype(float)))) == rows
    features = json.loads((out / "areas.geojson").read_text("utf-8"))["features"]
    assert {i for i, f in enumerate(features) if f["properties"]["n"] is None} == rows
    with (out / "tables" / "places-profile-areas.csv").open(encoding="utf-8-sig") as file:
        cells = [row["n"] for row in csv.DictReader(file)]
    assert {i for i, cell in enumerate(cells) if cell == "[c]"} == rows
    release = json.loads((out / "release.json").read_text("utf-8"))["releases"][1]
    assert set(release["tables"]["areas"]["held_back"]["n"]) == rows
    for row in rows:
        assert "n, rate" in columns["held_back"][row]
        assert "n, rate" in features[row]["properties"]["held_back"]


def test_an_area_with_no_denominator_is_empty_but_not_called_held_back(out):
    _, _, columns = _layer(out / "areas.gpkg", "areas")
    assert np.isnan(columns["rate"][5])
    assert columns["held_back"][5] == ""


def test_geojson_runs_its_outer_rings_anticlockwise(out):
    features = json.loads((out / "areas.geojson").read_text("utf-8"))["features"]
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    assert all(shape.exterior.is_ccw for shape in shapes if shape.geom_type == "Polygon")
    _, layer, _ = _layer(out / "areas.gpkg", "areas")
    assert shapely.area(shapes).sum() == pytest.approx(shapely.area(layer).sum(), rel=1e-6)


def test_the_release_is_strict_json_with_everything_that_made_it(out):
    def refuse(word):
        raise AssertionError(word)

    told = json.loads((out / "release.json").read_text("utf-8"), parse_constant=refuse)
    assert told["title"] == "A made-up study"
    assert [r["provenance"]["analysis"] for r in told["releases"]] == [
        "demand.composition",
        "places.profile",
    ]
    assert told["releases"][1]["provenance"]["seed"] == 1829


def test_a_second_report_leaves_no_layer_of_the_first(tmp_path):
    twice = [profile_release(), profile_release()]
    write_report(twice, tmp_path, title="Two", purpose="To try it")
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "areas.gpkg")}
    assert layers == {"areas", "places-profile-2-areas"}
    assert (tmp_path / "tables" / "places-profile-2-areas.csv").exists()
    write_report(twice[:1], tmp_path, title="One", purpose="To try it")
    assert [name for name, _ in pyogrio.list_layers(tmp_path / "areas.gpkg")] == ["areas"]


def test_formulas_in_names_are_inert_in_every_file(tmp_path):
    made = profile_release(240, hostile="")
    names = made.tables["areas"].data.column("area_name").to_pylist()
    names[3] = "=HYPERLINK(1)"
    table = made.tables["areas"]
    at = table.data.column_names.index("area_name")
    changed = table.data.set_column(at, "area_name", [names])
    before = table.data
    object.__setattr__(table, "data", changed)
    try:
        write_report([made], tmp_path, title="Inert", purpose="To try it")
    finally:
        object.__setattr__(table, "data", before)
    _, _, columns = _layer(tmp_path / "areas.gpkg", "areas")
    assert columns["area_name"][3] == "'=HYPERLINK(1)"
    features = json.loads((tmp_path / "areas.geojson").read_text("utf-8"))["features"]
    assert features[3]["properties"]["area_name"] == "'=HYPERLINK(1)"
    text = (tmp_path / "tables" / "places-profile-areas.csv").read_text("utf-8-sig")
    assert ",'=HYPERLINK(1)," in text


def test_a_study_without_a_map_has_no_area_files(tmp_path):
    write_report([composition_release()], tmp_path, title="No map", purpose="To try it")
    assert not (tmp_path / "areas.gpkg").exists()
    assert not (tmp_path / "areas.geojson").exists()
