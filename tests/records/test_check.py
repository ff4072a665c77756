"""When faults are odd rows, and when they are a file that was taken for something it is not."""

import pytest

from peelian.errors import InputError
from peelian.records.check import misread, refusal
from peelian.records.load import load
from peelian.records.store import Store

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
ROW = "id{},2022-06,A,A,-1.6,54.9,On or near X,E01000001,N 001A,Burglary,Under investigation,"


@pytest.mark.parametrize(
    ("read", "faulty", "refused"),
    [
        (0, 0, False), (1000, 0, False), (1000, 1, False), (1000, 500, False), (1000, 501, True),
        (12, 9, False), (12, 10, True), (3, 2, False), (3, 3, True), (1, 1, True),
    ],
)  # fmt: skip
def test_odd_rows_are_set_aside_and_a_misread_file_is_refused(read, faulty, refused):
    assert misread(read, faulty) is refused


def test_a_refusal_names_the_commonest_reasons_first_and_counts_them():
    text = refusal("a.csv", "police-uk-street", 30, {"Month: not a month": 5, "A: x": 20}).text()
    assert "25 of its 30 rows" in text
    assert "Found: A: x (20 rows); Month: not a month (5 rows)" in text


@pytest.fixture
def store(tmp_path):
    with Store.create(tmp_path / "store"):
        pass
    return tmp_path / "store"


def put(tmp_path, rows):
    path = tmp_path / "street.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_file_whose_cells_are_shifted_is_refused_naming_the_columns(store, tmp_path):
    shifted = [",".join(["", *ROW.format(n).split(",")[:-1]]) for n in range(20)]
    path = put(tmp_path, shifted)
    with pytest.raises(InputError) as refused:
        load(store, [path], layout="police-uk")
    text = refused.value.text()
    assert "street.csv cannot be read as police-uk-street: 20 of its 20 rows" in text
    assert "Month: not a month" in text
    assert "id1" not in text
    with Store.open(store) as unchanged:
        assert unchanged.loads() == ()


def test_odd_rows_go_to_quarantine_each_with_its_line_and_reason(store, tmp_path):
    rows = [ROW.format(n) for n in range(20)]
    rows[4] = rows[4].replace("2022-06", "junk")
    rows[11] = rows[11].replace("-1.6,54.9", "54.9,-1.6")
    rows[15] = "too,few"
    report = load(store, [put(tmp_path, rows)], layout="police-uk").as_json()
    assert (report["read"], report["loaded"], report["quarantined"]) == (20, 17, 3)
    with Store.open(store) as held:
        kept = held.table("quarantine").select("line", "reason").order_by("line").to_pyarrow()
    assert kept["reason"].to_pylist()[0] == "Month: not a month"
    assert "swapped" in kept["reason"].to_pylist()[1]
    assert kept["line"].to_pylist()[2] == 17
