"""Areas come in from any file of boundaries: in degrees, sound, each once, in their districts."""

import gzip
import json

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from peelian.errors import InputError, MappingError
from peelian.records.areas import SETTINGS, read_areas, square_km
from peelian.records.boundaries import find_boundaries, fingerprint
from peelian.records.settings_map import read_settings
from peelian.schema import TABLES

SQUARE = [[0.0, 50.0], [0.1, 50.0], [0.1, 50.1], [0.0, 50.1], [0.0, 50.0]]
BESIDE = [[x + 0.1, y] for x, y in SQUARE]
BOW_TIE = [[0.5, 50.0], [0.6, 50.1], [0.6, 50.0], [0.5, 50.1], [0.5, 50.0]]


def feature(ring, kind="Polygon", **properties):
    geometry = ring and {"type": kind, "coordinates": [ring] if kind == "Polygon" else ring}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def geojson(path, *features):
    text = json.dumps({"type": "FeatureCollection", "features": features})
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(text)
    return path


def two(path, **first):
    return geojson(
        path,
        feature(SQUARE, LSOA21CD="E01000001", LSOA21NM="North Tyneside 030E", **first),
        feature(BESIDE, LSOA21CD="E01000002", LSOA21NM="North Tyneside 030F", **first),
    )


def test_columns_of_statistical_offices_are_known(tmp_path):
    arrival = read_areas(two(tmp_path / "a.geojson", LAD22CD="E08000022", LAD22NM="Elsewhere"))
    row = arrival["areas"].to_pylist()[0]
    assert (row["area_code"], row["vintage"]) == ("E01000001", "LSOA21")
    assert (row["parent_code"], row["parent_name"]) == ("E08000022", "Elsewhere")
    assert (arrival.read, arrival.loaded) == (2, 2)


def test_the_tables_are_those_of_the_schema(tmp_path):
    arrival = read_areas(two(tmp_path / "a.geojson"))
    for name in ("areas", "area_arcs"):
        meant = [c for c in TABLES[name].names if c not in ("source", "load_id")]
        assert arrival[name].column_names == meant


def test_the_district_is_read_from_the_areas_own_name_where_nothing_else_says_it(tmp_path):
    areas = read_areas(two(tmp_path / "a.geojson"))["areas"]
    assert areas["parent_name"].to_pylist() == ["North Tyneside"] * 2
    assert areas["parent_code"].to_pylist() == [None, None]


def test_a_column_full_of_district_codes_is_the_district(tmp_path):
    areas = read_areas(two(tmp_path / "a.geojson", FILE="E06000048"))["areas"]
    assert areas["parent_code"].to_pylist() == ["E06000048"] * 2


def test_the_finest_areas_named_are_the_ones_outlined(tmp_path):
    areas = read_areas(two(tmp_path / "a.geojson", MSOA21CD="E02000001"))["areas"]
    assert areas["vintage"].to_pylist() == ["LSOA21"] * 2


def test_packed_or_not_it_is_the_same(tmp_path):
    plain = read_areas(two(tmp_path / "a.geojson"))
    packed = read_areas(two(tmp_path / "b.geojson.gz"))
    assert plain["areas"].equals(packed["areas"])
    assert plain["area_arcs"].equals(packed["area_arcs"])


@pytest.mark.parametrize(("ending", "driver"), [(".gpkg", "GPKG"), (".shp", "ESRI Shapefile")])
def test_a_national_grid_becomes_degrees(tmp_path, ending, driver):
    path = tmp_path / f"grid{ending}"
    outlines = np.array([shapely.box(430000, 560000, 431000, 562000)], object)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(outlines),
        field_data=[np.array(["Q01"], object)],
        fields=np.array(["BEAT24CD"], object),
        driver=driver,
        geometry_type="Polygon",
        crs="EPSG:27700",
    )
    row = read_areas(path)["areas"].to_pylist()[0]
    back = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    east, north = back.transform(row["centre_lon"], row["centre_lat"])
    assert 430000 < east < 431000
    assert 560000 < north < 562000
    # the national grid's own scale is 4 parts in 10,000 short at its middle
    assert row["square_km"] == pytest.approx(2.0, rel=1e-3)
    assert row["vintage"] == "BEAT24"


def test_a_shapefile_that_does_not_say_its_grid_is_refused_unless_told(tmp_path):
    path = tmp_path / "grid.shp"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.box(430000, 560000, 431000, 562000)], object)),
        field_data=[np.array(["Q01"], object)],
        fields=np.array(["BEAT24CD"], object),
        driver="ESRI Shapefile",
        geometry_type="Polygon",
        crs="EPSG:27700",
    )
    (tmp_path / "grid.prj").unlink()
    with pytest.raises(InputError, match="does not say what its coordinates are"):
        read_areas(path)
    assert read_areas(path, crs="EPSG:27700").loaded == 1


def test_eastings_taken_for_degrees_are_refused(tmp_path):
    far = [[x * 1e6, y * 1e4] for x, y in SQUARE]
    path = geojson(tmp_path / "a.geojson", feature(far, LSOA21CD="E01000001"))
    with pytest.raises(InputError, match="do not lie on the earth"):
        read_areas(path)


def test_outlines_that_cross_themselves_are_repaired_and_counted(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(SQUARE, LSOA21CD="E01000001"),
        feature(BOW_TIE, LSOA21CD="E01000002"),
    )
    arrival = read_areas(path)
    mended = shapely.from_wkb(arrival["areas"]["geometry"][1].as_py())
    assert arrival.notes["outlines crossed themselves and were repaired"] == 1
    assert mended.is_valid
    assert mended.area == pytest.approx(0.005)  # both wings


def test_what_has_no_code_or_no_extent_is_set_aside_with_its_reason(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(SQUARE, LSOA21CD="E01000001"),
        feature(BESIDE, LSOA21CD=" "),
        feature(None, LSOA21CD="E01000003"),
        feature([0.0, 50.0], "Point", LSOA21CD="E01000004"),
        feature([[0, 50], [1, 50], [0, 50]], LSOA21CD="E01000005"),
    )
    arrival = read_areas(path)
    assert (arrival.read, arrival.loaded, arrival.quarantined.num_rows) == (5, 1, 4)
    reasons = arrival.quarantined["reason"].to_pylist()
    assert reasons[0] == "the area has no code"
    assert reasons[2] == "the outline is a point or a line, not an area"
    assert json.loads(arrival.quarantined["row"][1].as_py())["outline"] == 3


def test_the_same_code_twice_is_refused_without_being_quoted(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(SQUARE, LSOA21CD="E01000001"),
        feature(BESIDE, LSOA21CD="E01000001"),
    )
    with pytest.raises(InputError, match="1 codes repeated among 2 outlines") as refusal:
        read_areas(path)
    assert "E01000001" not in str(refusal.value)


def test_a_forces_own_beats_through_a_mapping(tmp_path):
    path = geojson(
        tmp_path / "a.geojson",
        feature(SQUARE, beat=1.0, title="Harbour", sector="N"),
        feature(BESIDE, beat=2.0, title="Market", sector="N"),
    )
    with pytest.raises(InputError, match="No column of the file is known"):
        read_areas(path)
    mapping = tmp_path / "beats.toml"
    mapping.write_text('vintage = "beats-24"\ncode = "beat"\nname = "title"\nparent = "sector"\n')
    areas = read_areas(path, **read_settings(mapping, SETTINGS, "how-to/load-areas"))["areas"]
    assert areas["area_code"].to_pylist() == ["1", "2"]
    assert areas["name"].to_pylist() == ["Harbour", "Market"]
    assert areas["parent_code"].to_pylist() == ["N", "N"]


@pytest.mark.parametrize("text", ['vintag = "x"', "vintage = 3", "vintage ="])
def test_a_mapping_that_says_something_else_is_refused(tmp_path, text):
    mapping = tmp_path / "beats.toml"
    mapping.write_text(text)
    with pytest.raises(MappingError):
        read_settings(mapping, SETTINGS, "how-to/load-areas")


def test_a_column_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(MappingError, match="Did you mean LSOA21NM"):
        read_areas(two(tmp_path / "a.geojson"), name="LSOA21NAME")


def test_the_centre_is_inside_even_a_crescent(tmp_path):
    disc = shapely.Point(0.5, 50.5).buffer(0.2)
    moon = disc.difference(shapely.Point(0.55, 50.5).buffer(0.19))
    ring = shapely.get_coordinates(shapely.get_parts(moon)[0]).tolist()
    row = read_areas(geojson(tmp_path / "a.geojson", feature(ring, LSOA21CD="E01000001")))["areas"]
    outline = shapely.from_wkb(row["geometry"][0].as_py())
    assert outline.contains(
        shapely.Point(row["centre_lon"][0].as_py(), row["centre_lat"][0].as_py())
    )


def test_sizes_are_those_of_the_ellipsoid():
    outlines = np.array([shapely.box(-2, 52, -1.9, 52.1), shapely.box(0, 60, 1, 61)], object)
    geod = pyproj.Geod(ellps="WGS84")
    # the sides of a box follow parallels, which geodesics do not: many short steps do
    fine = shapely.segmentize(outlines, 1e-3)
    true = [abs(geod.geometry_area_perimeter(outline)[0]) / 1e6 for outline in fine]
    assert square_km(fine) == pytest.approx(true, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.geojson", b"<!doctype html><html></html>"),
        ("pointer.geojson", b"<OGRVRTDataset><OGRVRTLayer/></OGRVRTDataset>"),
        ("pointer.geojson", b'{"type": "gdal_streamed_alg", "command_line": "read x"}'),
        ("empty.geojson", b""),
        ("broken.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Fea'),
        ("not.gpkg", b"PK\x03\x04"),
        ("half.gpkg", b"SQLite format 3\x00" + b"\x00" * 50),
        ("table.csv", b"code,name\n1,2\n"),
        ("cut.geojson.gz", gzip.compress(b'{"type": "FeatureCollection", "features": []}')[:-6]),
        ("notpacked.geojson.gz", b"plain words"),
    ],
)
def test_files_that_are_not_boundaries_are_refused_in_words(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as refusal:
        read_areas(path)
    assert name in refusal.value.found
    assert str(tmp_path) not in str(refusal.value)


def test_words_of_bytes_that_are_no_letters_are_refused_wherever_they_stand(tmp_path):
    """In a column that is no code and no name, too: it might have been the district's."""
    path = tmp_path / "bad.geojson"
    corners = "[[[0, 51], [0.01, 51], [0.01, 51.01], [0, 51]]]"
    path.write_bytes(
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        b'{"LSOA21CD": "E01000001", "LSOA21NM": "A", "other": "E0\xbb"}, "geometry": '
        b'{"type": "Polygon", "coordinates": ' + corners.encode() + b"}}]}"
    )
    with pytest.raises(InputError, match="cannot be read"):
        read_areas(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_areas(tmp_path / "gone.geojson")


def test_folders_are_searched_and_the_parts_of_a_shapefile_are_no_strangers(tmp_path):
    two(tmp_path / "a.geojson")
    for part in ("b.shp", "b.dbf", "b.prj", "c.dbf", "notes.txt", "z.zip"):
        (tmp_path / part).write_bytes(b"x")
    files, not_read = find_boundaries([tmp_path])
    assert [file.name for file in files] == ["a.geojson", "b.shp"]
    assert [name for name, _ in not_read] == ["c.dbf", "notes.txt", "z.zip"]
    assert "unpack it" in not_read[2][1]


def test_the_fingerprint_of_a_shapefile_is_that_of_all_its_parts(tmp_path):
    for part in ("b.shp", "b.dbf"):
        (tmp_path / part).write_bytes(b"x")
    before = fingerprint(tmp_path / "b.shp")
    (tmp_path / "b.dbf").write_bytes(b"y")
    assert fingerprint(tmp_path / "b.shp") != before


@pytest.mark.shared
def test_northumbria(shared):
    path = shared / "data/uk_geography_deprivation/northumbria_lsoa11_boundaries.geojson.gz"
    arrival = read_areas(path)
    assert (arrival.read, arrival.loaded, arrival.quarantined.num_rows) == (916, 916, 0)
    assert arrival.notes["outlines crossed themselves and were repaired"] == 3
    areas = arrival["areas"]
    assert set(areas["vintage"].to_pylist()) == {"LSOA11"}
    assert set(areas["parent_name"].to_pylist()) == {
        *("Gateshead", "Newcastle upon Tyne", "North Tyneside"),
        *("Northumberland", "South Tyneside", "Sunderland"),
    }
    outlines = shapely.from_wkb(areas["geometry"].to_pylist())
    assert shapely.is_valid(outlines).all()
    assert sum(areas["square_km"].to_pylist()) == pytest.approx(5570, abs=15)


@pytest.mark.shared
def test_london(shared):
    areas = read_areas(shared / "data/uk_london/london-2021-lsoa-gen20.shp")["areas"]
    assert areas.num_rows == 4994
    assert len(set(areas["parent_name"].to_pylist())) == 33
    assert sum(areas["square_km"].to_pylist()) == pytest.approx(1573, abs=2)
