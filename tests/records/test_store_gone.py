"""What a store says when files of it are gone, or it cannot be made: a refusal, never a fault."""

import pytest

from peelian.errors import StoreError, UsageError
from peelian.records.load import load
from peelian.records.store import Store
from police_rows import STREET, street, write


def test_a_load_into_a_store_with_a_file_missing_is_refused(tmp_path):
    path = tmp_path / "store"
    Store.create(path).close()
    first = write(tmp_path / "a.csv", STREET, street(8, "2031-01"))
    load(path, [first], layout="police-uk")
    next((path / "tables" / "crimes").glob("*.parquet")).unlink()
    second = write(tmp_path / "b.csv", STREET, street(8, "2031-02"))
    with pytest.raises(StoreError, match="damaged"):
        load(path, [second], layout="police-uk")


def test_a_store_where_nothing_can_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError):
        Store.create(tmp_path / "file" / "store")


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc"])
def test_a_zone_that_is_none_is_refused(tmp_path, zone):
    with pytest.raises(UsageError, match="no such time zone"):
        Store.create(tmp_path / "store", timezone=zone)
