"""The made-up places written straight to tables are what `load` makes of their files."""

import tomllib

import pyarrow as pa
import pytest

from peelian.records.area_links import read_area_links
from peelian.records.areas import read_areas
from peelian.records.load import load
from peelian.records.measures import read_measures
from peelian.records.store import Store
from peelian.records.synth.force import forces_of_nation, one_force
from peelian.records.synth.places import PlacesPlan, make_places, place_files, place_tables
from peelian.schema import TABLES
from peelian.schema.scales import SCALES

TABLE_NAMES = ("areas", "area_arcs", "area_links", "measures", "area_measures")


@pytest.fixture(
    scope="module",
    params=[(one_force(1829), 60), (forces_of_nation(3)[30], 45), (one_force(2), 20)],
    ids=["alone", "of a nation", "smallest"],
)
def made(request, tmp_path_factory):
    who, areas = request.param
    places = make_places(PlacesPlan(areas=areas), who)
    folder = tmp_path_factory.mktemp("places")
    for file in place_files(places, who):
        (folder / file.name).write_text(file.text, encoding="utf-8", newline="\n")
    return places, who, folder


def settings(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def arrivals(folder):
    for tail in ("_2011", ""):
        names = settings(folder / f"areas{tail}.toml")
        yield read_areas(folder / f"areas{tail}.geojson", **names)
        mapping = folder / f"measures{tail}.toml"
        yield read_measures(folder / f"measures{tail}.csv", mapping=mapping)
    yield read_area_links(folder / "links.csv")


def test_every_row_is_the_one_load_makes(made):
    """Geometry to the bit, weights and values too, in the same order."""
    places, who, folder = made
    read = {name: [] for name in TABLE_NAMES}
    for arrival in arrivals(folder):
        assert arrival.loaded == arrival.read > 0
        for name, table in arrival.tables.items():
            read[name].append(table)
    tables = place_tables(places, who)
    assert set(tables) == set(TABLE_NAMES)
    for name, table in tables.items():
        assert table.equals(pa.concat_tables(read[name])), name


def test_nothing_in_the_files_needs_mending(made):
    _, _, folder = made
    for arrival in arrivals(folder):
        for words, value in arrival.notes.items():
            if "repaired" in words or "overlap" in words or "added" in words or "blank" in words:
                assert value == 0, words


def test_every_measure_says_what_it_is(made):
    places, who, _ = made
    rows = place_tables(places, who)["measures"].to_pylist()
    assert len(rows) == len({(row["vintage"], row["measure"]) for row in rows})
    for row in rows:
        assert row["scale"] in SCALES
        assert "(made up)" in row["title"]
        assert (row["need_is"] == "high") == (row["scale"] == "score")
        assert (row["need_is"] == "low") == (row["scale"] in ("rank", "decile"))
    for name in TABLE_NAMES:
        wanted = [c.name for c in TABLES[name].columns if c.name not in ("source", "load_id")]
        assert place_tables(places, who)[name].column_names == wanted


def test_a_store_takes_both_vintages_and_their_links(made, tmp_path):
    places, _, folder = made
    store = tmp_path / "store"
    Store.create(store).close()
    for stem, layout in (("areas", "areas"), ("measures", "measures")):
        for tail in ("_2011", ""):
            ending = "geojson" if stem == "areas" else "csv"
            file, mapping = folder / f"{stem}{tail}.{ending}", folder / f"{stem}{tail}.toml"
            load(store, [file], layout=layout, mapping=mapping, source="Made up")
    load(store, [folder / "links.csv"], layout="area-links", source="Made up")
    with Store.open(store) as held:
        areas = held.table("areas").to_pyarrow()
        links = held.table("area_links").to_pyarrow()
    assert areas.num_rows == len(places.codes) + len(places.older.codes)
    assert set(links["change"].to_pylist()) == {"U", "S", "M", "X"}
