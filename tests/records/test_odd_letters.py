"""Letters that are none, in columns that are read and in those that are not: rows set aside."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from peelian.errors import InputError
from peelian.records.load import load
from peelian.records.measures import read_measures
from peelian.records.store import Store

MAPPING = """
layout = "logs"
source = "Nowhere"
[[route]]
table = "incident_codes"
[route.columns]
incident_id = { column = "Log" }
code = { column = "Code" }
"""
MEASURES = """
vintage = "beats"
area_column = "Area"
[[measures]]
name = "people"
scale = "count"
column = "People"
"""


@pytest.fixture
def store(tmp_path):
    Store.create(tmp_path / "store").close()
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")

    def read(path):
        return load(
            tmp_path / "store", [path], layout="incident_codes", mapping=tmp_path / "map.toml"
        ).files[0]

    return read


def broken(words: list[bytes]) -> pa.Array:
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    buffers = [None, pa.array(offsets, pa.int32()).buffers()[1], pa.py_buffer(b"".join(words))]
    return pa.Array.from_buffers(pa.string(), len(words), buffers)


def test_a_broken_letter_in_a_column_that_is_not_read_breaks_nothing(store, tmp_path):
    """DuckDB 1.5 falls over such a letter where the column lies beyond those it was asked for."""
    header = b"Log,Code," + b",".join(b"more %d" % n for n in range(12)) + b"\n"
    rows = [b"%d,x" % n + b",y" * 12 + b"\n" for n in range(30)]
    rows[7] = b"7,x" + b",y" * 11 + b",caf\xe9\n"
    (tmp_path / "logs.csv").write_bytes(header + "é".encode() + b"".join(rows))
    report = store(tmp_path / "logs.csv")
    assert (report.read, report.loaded, report.quarantined) == (30, 29, 1)


def test_two_columns_that_differ_in_case_alone_are_two(store, tmp_path):
    (tmp_path / "logs.csv").write_text("Log,Code,Spare,SPARE\n1,x,a,b\n2,y,c,d\n", encoding="utf-8")
    assert store(tmp_path / "logs.csv").loaded == 2


def test_broken_letters_in_parquet_are_refused_without_quoting_them(store, tmp_path):
    table = pa.table({"Log": pa.array(["1", "2"]), "Code": broken([b"SECRET\xff", b"ok"])})
    pq.write_table(table, tmp_path / "logs.parquet")
    with pytest.raises(InputError, match="cannot read the rows") as refused:
        store(tmp_path / "logs.parquet")
    assert "SECRET" not in refused.value.text()


def test_parquet_measures_with_odd_values_set_their_rows_aside(tmp_path):
    (tmp_path / "map.toml").write_text(MEASURES, encoding="utf-8")
    table = pa.table(
        {
            "Area": broken([b"A1", b"A2", b"A\xff"]),
            "People": pa.array([1, 2, 3]),
            "Day": pa.array([2**31 - 1, 0, 0], pa.date32()),
        }
    )
    pq.write_table(table, tmp_path / "measures.parquet")
    arrival = read_measures(tmp_path / "measures.parquet", mapping=tmp_path / "map.toml")
    assert (arrival.read, arrival.loaded, arrival.quarantined.num_rows) == (3, 2, 1)


def test_parquet_with_two_columns_of_one_name_is_refused(store, tmp_path):
    table = pa.table([pa.array(["1"]), pa.array(["x"]), pa.array(["y"])], ["Log", "Code", "CODE"])
    pq.write_table(table, tmp_path / "logs.parquet")
    with pytest.raises(InputError, match="one name"):
        store(tmp_path / "logs.parquet")
