"""One store on two engines: the same tables, to the value."""

import shutil
from importlib.util import find_spec

import pytest

from conftest import skip_or_fail
from peelian.errors import EngineMissing, UsageError
from peelian.records.load import load
from peelian.records.store import Store, engines
from peelian.schema import TABLES
from police_rows import OUTCOMES, STOPS, STREET, key, outcome, stop, street, write

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    if find_spec("pyspark") is None or shutil.which("java") is None:
        skip_or_fail("Spark or Java is not installed")
    folder = tmp_path_factory.mktemp("engines")
    path = folder / "a store [1]"
    Store.create(path).close()
    rows = street(60) + street(60, "2022-06")
    rows.append([*rows[0][:1], "May", *rows[0][2:]])
    write(folder / "in" / "street.csv", STREET, rows)
    write(folder / "in" / "outcomes.csv", OUTCOMES, [outcome(key(1)), outcome(key(1))])
    write(folder / "in" / "stops.csv", STOPS, [stop(), stop("2022-12-01T09:00:00+00:00")])
    load(path, [folder / "in"], layout="police-uk")
    return path


@pytest.fixture(scope="module")
def opened(store):
    with Store.open(store) as duckdb, Store.open(store, engine="spark") as spark:
        yield duckdb, spark


def test_each_engine_says_its_name(opened):
    assert [store.engine for store in opened] == ["duckdb", "spark"]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_the_same_on_both(opened, name):
    one, other = (store.table(name) for store in opened)
    assert one.columns == other.columns
    kinds = zip(one.schema().types, other.schema().types, strict=True)
    assert all(type(a) is type(b) for a, b in kinds)
    assert values(one) == values(other)


def values(table):
    return sorted(map(repr, table.to_pyarrow().cast(arrow(table)).to_pylist()))


def arrow(table):
    from peelian.records.store.tables import arrow_schema

    (name,) = [n for n, t in TABLES.items() if t.names == tuple(table.columns)]
    return arrow_schema(name)


def test_the_ledger_is_the_same_on_both(opened):
    duckdb, spark = opened
    assert duckdb.loads() == spark.loads()
    assert duckdb.fingerprint == spark.fingerprint
    assert spark.data_as_at(["crimes"]) == duckdb.data_as_at(["crimes"]) == "2022-06"
    assert spark.verify() == duckdb.verify()


def test_local_hours_are_stored_so_that_engines_cannot_disagree(opened):
    hours = [
        sorted(row["local_hour"] for row in s.table("stops").to_pyarrow().to_pylist())
        for s in opened
    ]
    assert hours == [[0, 9], [0, 9]]


def test_an_engine_that_is_not_there_is_said_so(store, monkeypatch):
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    with pytest.raises(EngineMissing, match="not installed"):
        Store.open(store, engine="spark")


def test_an_engine_that_does_not_exist_is_refused(store):
    with pytest.raises(UsageError, match="Did you mean spark"):
        Store.open(store, engine="sparc")
