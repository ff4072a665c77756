"""The store: made once, opened at a generation, never half changed, and clear when it is broken."""

import json
import shutil

import pyarrow as pa
import pytest

from peelian.errors import StoreBusy, StoreError, UsageError
from peelian.records.load import load
from peelian.records.store import Store
from peelian.records.store.transaction import Transaction
from peelian.schema import TABLES
from police_rows import STREET, street, write


@pytest.fixture
def store(tmp_path):
    Store.create(tmp_path / "store").close()
    return tmp_path / "store"


@pytest.fixture
def month(tmp_path):
    return write(tmp_path / "2022-05.csv", STREET, street(40))


def rows(path, table):
    with Store.open(path) as opened:
        return opened.table(table).to_pyarrow()


def test_an_empty_store_has_every_table_typed_by_the_schema(store):
    with Store.open(store) as opened:
        for name, table in TABLES.items():
            found = opened.table(name).schema()
            assert tuple(found.names) == table.names
            assert [str(t) for t in found.types] == [c.kind.ibis for c in table.columns]
            assert opened.table(name).count().execute() == 0
        assert opened.loads() == ()
        assert opened.data_as_at(["crimes"]) == ""
        assert opened.verify() == 0


def test_what_a_store_is_stays_what_it_was_made(tmp_path):
    with Store.create(tmp_path / "s", crs="EPSG:32610", timezone="America/Los_Angeles"):
        pass
    with Store.open(tmp_path / "s") as opened:
        assert (opened.crs, opened.timezone, opened.engine) == (
            "EPSG:32610", "America/Los_Angeles", "duckdb",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"crs": "EPSG:4326"}, "not in metres"),
        ({"crs": "EPSG:nonsense"}, "no such grid"),
        ({"timezone": "Europe/Atlantis"}, "no such time zone"),
    ],
)
def test_a_store_is_not_made_on_a_grid_or_zone_that_is_none(tmp_path, wrong, says):
    with pytest.raises(UsageError, match=says):
        Store.create(tmp_path / "s", **wrong)
    assert not (tmp_path / "s").exists()


def test_a_store_is_not_made_over_something_else(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="something else"):
        Store.create(tmp_path)


def test_a_reader_keeps_the_generation_it_opened(store, month, tmp_path):
    """A replacement of the very rows it reads does not change what a reader sees."""
    load(store, [month], layout="police-uk")
    with Store.open(store) as reader:
        before = reader.table("crimes").count().execute()
        better = write(tmp_path / "better.csv", STREET, street(80))
        load(store, [better], layout="police-uk", replace=True)
        assert reader.table("crimes").count().execute() == before == 30
        assert reader.table("incidents").count().execute() == 10
    assert rows(store, "crimes").num_rows == 60


def test_the_fingerprint_tells_what_was_loaded_and_not_when(tmp_path, month):
    other = write(tmp_path / "2022-06.csv", STREET, street(12, "2022-06"))
    prints = []
    for name, order in (("a", (month, other)), ("b", (other, month))):
        path = tmp_path / name
        Store.create(path).close()
        for file in order:
            load(path, [file], layout="police-uk")
        with Store.open(path) as opened:
            prints.append(opened.fingerprint)
    assert prints[0] == prints[1]
    with Store.create(tmp_path / "c") as empty:
        assert empty.fingerprint != prints[0]


def test_leaving_a_transaction_without_commit_changes_nothing(store, month):
    load(store, [month], layout="police-uk")
    with Store.open(store) as opened:
        was = opened.fingerprint
    with Transaction(store) as t:
        t.add("people", pa.table({"person_id": ["p1"], "source": ["x"], "load_id": ["y"]}))
    assert not list((store / "tables" / "people").glob("*.parquet"))
    with Store.open(store) as opened:
        assert opened.fingerprint == was
        assert opened.table("people").count().execute() == 0
    assert not (store / ".work").exists()


def test_one_loader_at_a_time(store, month):
    with Transaction(store), pytest.raises(StoreBusy, match="Another load"):
        load(store, [month], layout="police-uk")
    assert load(store, [month], layout="police-uk").as_json()["loaded"] == 40


def test_a_folder_that_is_no_store_is_refused(tmp_path):
    with pytest.raises(StoreError, match="no store here"):
        Store.open(tmp_path)


def test_a_store_of_a_newer_peelian_is_refused(store):
    about = json.loads((store / "peelian.json").read_text(encoding="utf-8"))
    (store / "peelian.json").write_text(json.dumps(about | {"format": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match="newer peelian"):
        Store.open(store)


@pytest.mark.parametrize("damage", ["", "{", '{"generation": 1}', "[]"])
def test_a_damaged_pointer_is_said_to_be_damaged(store, damage):
    (store / "current.json").write_text(damage, encoding="utf-8")
    with pytest.raises(StoreError, match="damaged"):
        Store.open(store)


def test_missing_and_cut_files_are_found(store, month):
    load(store, [month], layout="police-uk")
    with Store.open(store) as opened:
        assert opened.verify() == 4  # crimes, incidents, loads, coverage
        file = opened.files("crimes")[0].path
    file.write_bytes(file.read_bytes()[:-8])
    with Store.open(store) as opened, pytest.raises(StoreError, match="damaged"):
        opened.verify()
    file.unlink()
    with Store.open(store) as opened, pytest.raises(StoreError, match="damaged"):
        opened.table("crimes")
    shutil.rmtree(store / "tables" / "crimes" / "_delta_log")
    with Store.open(store) as opened, pytest.raises(StoreError, match="damaged"):
        opened.table("crimes")


def test_only_tables_of_the_schema_can_be_asked_for(store):
    with Store.open(store) as opened, pytest.raises(UsageError, match="no such table"):
        opened.table("../truth/plan")


def test_a_store_lies_where_its_folder_has_odd_signs(tmp_path):
    path = tmp_path / "a store [1] it's 100% {x}"
    Store.create(path).close()
    file = write(tmp_path / "rows [2] *.csv", STREET, street(8))
    assert load(path, [file], layout="police-uk").as_json()["loaded"] == 8
    assert rows(path, "crimes").num_rows == 6
