"""Made-up rows written straight into a store are those that `load` would have made of them."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.store.filling import Filling
from peelian.records.synth.store_writer import Finish, local_micros
from peelian.schema import TABLES

INSTANT = pa.timestamp("us", "UTC")
START = datetime(2024, 3, 30, 22, 15, 7, tzinfo=UTC)
# Half-hourly over the night in which British clocks go forward, and the one in which they go back.
SPRING = [START + timedelta(minutes=30 * step) for step in range(12)]
AUTUMN = [
    datetime(2024, 10, 26, 22, 15, 7, tzinfo=UTC) + timedelta(minutes=30 * s) for s in range(12)
]
MOMENTS = SPRING + AUTUMN
N = len(MOMENTS)
LON = [None if i % 7 == 3 else round(1.40 + i / 500, 6) for i in range(N)]
LAT = [None if i % 7 == 3 else round(54.50 - i / 700, 6) for i in range(N)]
AREA = [None if i % 7 == 3 and i % 2 else f"Q01{i % 5 + 1:06d}" for i in range(N)]


def placed(**more):
    rows = {"lon": pa.array(LON, pa.float64()), "lat": pa.array(LAT, pa.float64())}
    return rows | {"area_code": pa.array(AREA, pa.string())} | more


ROWS = {
    "incidents": {
        "incident_id": pa.array([f"L{i}" for i in range(N)]),
        "reported_at": pa.array(MOMENTS, INSTANT),
        "closed_at": pa.array([m + timedelta(hours=3) for m in MOMENTS], INSTANT),
        "category": pa.array(["alarm", "civil-dispute"] * (N // 2)),
        "narrative": pa.array([f'"Quoted", {i}\nand a line' for i in range(N)]),
        "unit_minutes": pa.array([None if i % 3 else i / 3 for i in range(N)], pa.float64()),
        **placed(),
    },
    "crimes": {
        "crime_id": pa.array([f"C{i}" for i in range(N)]),
        "occurred_from": pa.array([m - timedelta(hours=5) for m in MOMENTS], INSTANT),
        "recorded_at": pa.array([None if i == 4 else m for i, m in enumerate(MOMENTS)], INSTANT),
        "crime_type": pa.array(["burglary", "drugs"] * (N // 2)),
        **placed(location_precision=pa.array(["snapped"] * N)),
    },
    "stops": {
        "stopped_at": pa.array([MOMENTS[i // 2] for i in range(N)], INSTANT),
        "kind": pa.array(["person"] * N),
        "outcome": pa.array([None] * N, pa.string()),
        "outcome_linked": pa.array([None, None, True, False] * (N // 4), pa.bool_()),
    },
    "deployments": {
        "incident_id": pa.array([f"L{i}" for i in range(N)]),
        "assigned_at": pa.array([None if i == 2 else m for i, m in enumerate(MOMENTS)], INSTANT),
        "crew_size": pa.array([None if i % 4 else 2 for i in range(N)], pa.int64()),
    },
}
AREAS = """{{"type":"FeatureCollection","features":[{0}]}}"""
ONE = (
    '{{"type":"Feature","properties":{{"MADEUP21CD":"Q01{0:06d}","MADEUP21NM":"A {0}"}},'
    '"geometry":{{"type":"Polygon","coordinates":[[[{1},50],[{2},50],[{2},51],[{1},51],[{1},50]]]}}}}'
)


def mapping_of(table, columns):
    lines = [f'layout = "as-{table}"', 'source = "Merrowshire Police"', "[[route]]"]
    lines += [f'table = "{table}"', "[route.columns]"]
    lines += [f'{name} = "{name}"' for name in columns if name != "location_precision"]
    if "lon" in columns:
        said = "snapped" if "location_precision" in columns else "exact"
        lines.append(f'location_precision = {{ value = "{said}" }}')
    return "\n".join(lines)


def rows_of(store, table):
    with Store.open(store) as opened:
        rows = opened.table(table).to_pyarrow().to_pylist()
    for row in rows:
        del row["load_id"]
    return sorted(rows, key=lambda row: repr(sorted(row.items(), key=str)))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The rows as CSV, through `load` with a mapping: what load itself makes of them."""
    folder = tmp_path_factory.mktemp("loaded")
    store = folder / "store"
    Store.create(store).close()
    outlines = AREAS.format(",".join(ONE.format(n, n, n + 1) for n in range(1, 6)))
    (folder / "areas.geojson").write_text(outlines, encoding="utf-8")
    names = 'vintage = "MADEUP21"\ncode = "MADEUP21CD"\nname = "MADEUP21NM"\n'
    (folder / "areas.toml").write_text(names, encoding="utf-8")
    load(store, [folder / "areas.geojson"], layout="areas", mapping=folder / "areas.toml")
    for table, columns in ROWS.items():
        path, mapping = folder / f"{table}.csv", folder / f"{table}.toml"
        pacsv.write_csv(pa.table(columns), path)
        mapping.write_text(mapping_of(table, columns), encoding="utf-8")
        done = load(store, [path], layout=table, mapping=mapping)
        assert done.files[0].loaded == N
    return store


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The same rows, written straight into a store."""
    store = tmp_path_factory.mktemp("written") / "store"
    Store.create(store).close()
    with Filling(store) as filling:
        finish = Finish("Merrowshire Police", "load", "MADEUP21", filling.about.crs)
        for table, columns in ROWS.items():
            one = finish.write(table, pa.table(columns), filling.work / "made", "march")
            assert one is not None
            assert filling.adopt(table, one.path) == N
        filling.commit([], [])
    return store


@pytest.mark.parametrize("table", ROWS)
def test_rows_written_straight_are_the_rows_load_makes(loaded, written, table):
    made, real = rows_of(written, table), rows_of(loaded, table)
    for column in TABLES[table].names:
        if column != "load_id":
            assert [r[column] for r in made] == [r[column] for r in real], column


def test_the_comparison_looks_at_columns_that_are_worked_out(written):
    rows = rows_of(written, "crimes")
    for column in ("local_date", "local_hour", "time_precision", "x", "y", "area_vintage"):
        assert any(row[column] is not None for row in rows), column
    assert {row["location_precision"] for row in rows} == {"snapped", "area", "none"}
    assert sum(row["repeats_row"] for row in rows_of(written, "stops")) > 0


def test_a_place_without_its_area_is_refused():
    finish = Finish("A", "load", "MADEUP21", "EPSG:27700")
    rows = pa.table({"incident_id": ["1"], "lon": [1.4], "lat": [54.5]})
    with pytest.raises(ValueError, match="a place has no area"):
        finish.table("incidents", rows)


def test_a_column_that_is_not_the_tables_is_refused():
    finish = Finish("A", "load", "MADEUP21", "EPSG:27700")
    with pytest.raises(ValueError, match="colour"):
        finish.table("incidents", pa.table({"colour": ["red"]}))


def test_local_clocks_of_moments_far_apart_are_those_of_moments_close_together():
    import numpy as np

    few = np.array([0, 1_718_000_000_000_000], np.int64)
    many = np.arange(0, 3_000 * 3_600_000_000, 3_600_000_000, dtype=np.int64)
    assert (local_micros(few, "Europe/London") - few).tolist() == [3_600_000_000] * 2
    each = [local_micros(one, "Europe/London")[0] for one in np.split(many, len(many))]
    assert local_micros(many, "Europe/London").tolist() == each


def test_only_a_file_with_the_tables_own_columns_is_taken_in(tmp_path):
    import pyarrow.parquet as pq

    store = tmp_path / "store"
    Store.create(store).close()
    with Filling(store) as filling:
        odd = filling.work / "odd.parquet"
        pq.write_table(pa.table({"crime_id": ["1"]}), odd)
        with pytest.raises(ValueError, match="other columns"):
            filling.adopt("crimes", odd)
    with Store.open(store) as opened:
        assert opened.table("crimes").count().to_pyarrow().as_py() == 0
