"""Whatever lies at some paths: what is read, under which name, and what is listed as not read."""

import csv
import datetime
import gzip
import hashlib
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from peelian.records.read import find

TABLE = b"Crime ID,Month\nabc,2022-01\ndef,2022-02\n"


@pytest.fixture
def delivery(tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    return folder


def read_one(path, tmp_path):
    (extract,) = find([path], workdir=tmp_path / "work").extracts
    return extract


def test_a_folder_is_searched_to_the_bottom_in_the_order_of_names(delivery, tmp_path):
    for month in ("2022-02", "2022-01"):
        (delivery / month).mkdir()
        (delivery / month / f"{month}-street.csv").write_bytes(TABLE)
    (delivery / "README.md").write_text("about")
    (delivery / "notes.txt").write_text("Just words, in a sentence.\nAnd more.\n" * 2)
    (delivery / ".DS_Store").write_bytes(b"x")
    (delivery / "licence.pdf").write_bytes(b"%PDF-1.4")
    found = find([delivery], workdir=tmp_path / "work")
    names = [extract.name for extract in found.extracts if extract.name != "notes.txt"]
    assert names == ["2022-01-street.csv", "2022-02-street.csv"]
    assert {name for name, _ in found.not_read} >= {"README.md", ".DS_Store", "licence.pdf"}
    assert all(why for _, why in found.not_read)


def test_a_file_named_twice_is_read_once(delivery, tmp_path):
    (delivery / "a.csv").write_bytes(TABLE)
    found = find([delivery, delivery / "a.csv"], workdir=tmp_path / "work")
    assert len(found.extracts) == 1


def test_the_fingerprint_is_of_the_file_as_given_and_of_a_zip_its_members(delivery, tmp_path):
    plain = delivery / "a.csv"
    plain.write_bytes(TABLE)
    packed = delivery / "b.csv.gz"
    packed.write_bytes(gzip.compress(TABLE))
    archive = delivery / "c.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("2022/inside.csv", TABLE)
    extracts = find([plain, packed, archive], workdir=tmp_path / "work").extracts
    assert [extract.name for extract in extracts] == ["a.csv", "b.csv.gz", "c.zip: inside.csv"]
    assert [extract.rows for extract in extracts] == [2, 2, 2]
    ours = [hashlib.sha256(data).hexdigest() for data in (TABLE, packed.read_bytes(), TABLE)]
    assert [extract.sha256 for extract in extracts] == ours
    assert extracts[0].path == plain
    assert extracts[1].path.read_bytes() == extracts[2].path.read_bytes() == TABLE


@pytest.mark.parametrize(
    ("data", "header", "delimiter"),
    [
        (b"\xef\xbb\xbfCrime ID,Month\n", ("Crime ID", "Month"), ","),
        (b'"Crime ID" ; "Month"\n', ("Crime ID", "Month"), ";"),
        (b"Crime ID\tMonth\n", ("Crime ID", "Month"), "\t"),
        (b"Crime ID|Month\n", ("Crime ID", "Month"), "|"),
        (b'"At, or near",Month,,Month\n', ("At, or near", "Month", "column (3)", "Month (4)"), ","),
        (b'"Crime\n ID",Month\n', ("Crime ID", "Month"), ","),
        (b"Only\n", ("Only",), ","),
    ],
)  # fmt: skip
def test_headers_are_read_however_they_are_written(delivery, tmp_path, data, header, delimiter):
    (delivery / "a.csv").write_bytes(data + delimiter.join("x" * len(header)).encode() + b"\n")
    extract = read_one(delivery / "a.csv", tmp_path)
    assert tuple(name.strip('" ') for name in extract.header) == header
    assert (extract.delimiter, extract.rows) == (delimiter, 1)


def test_a_header_alone_is_a_table_of_no_rows_and_is_said(delivery, tmp_path):
    for data in (b"Crime ID,Month\n", b"Crime ID,Month"):
        (delivery / "a.csv").write_bytes(data)
        extract = read_one(delivery / "a.csv", tmp_path)
        assert extract.rows == 0
        assert "it holds a header and no rows" in extract.notes


def test_headers_repeated_in_a_file_put_end_to_end_are_no_records(delivery, tmp_path):
    marked = b"\xef\xbb\xbf" + TABLE
    (delivery / "all.csv").write_bytes(TABLE + TABLE + marked + TABLE.replace(b"\n", b"\r\n"))
    extract = read_one(delivery / "all.csv", tmp_path)
    assert extract.rows == 8
    assert any("3 repeated headers" in note for note in extract.notes)
    assert extract.path.read_text(encoding="utf-8").count("Crime ID") == 1
    assert extract.sha256 == hashlib.sha256((delivery / "all.csv").read_bytes()).hexdigest()


def test_a_row_that_only_begins_like_the_header_is_a_record(delivery, tmp_path):
    (delivery / "a.csv").write_bytes(b"a,b\n1,2\na,bc\nxa,b\n")
    extract = read_one(delivery / "a.csv", tmp_path)
    assert (extract.rows, extract.path) == (3, delivery / "a.csv")


@pytest.mark.parametrize("data", [b"\n\na,b\n1,2\n", b"a,b\r\n1,2\n3,4\r\n", b"a,b\r1,2\r3,4\r"])
def test_odd_line_ends_are_made_alike_and_said(delivery, tmp_path, data):
    (delivery / "a.csv").write_bytes(data)
    extract = read_one(delivery / "a.csv", tmp_path)
    text = extract.path.read_bytes()
    assert b"\r" not in text
    assert text.startswith(b"a,b\n1,2\n")
    assert extract.rows == text.count(b"\n") - 1
    assert extract.notes


def test_excel_sheets_come_out_as_csv(delivery, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Calls"
    sheet.append(["Call ID", "Received", "Minutes", "Flag", "Words"])
    sheet.append(
        [7303185.0, datetime.datetime(2019, 1, 5, 23, 30), 12.5, True, 'say "hi"\nand, so']
    )
    sheet.append([None, None, None, None, None])
    sheet.append([8, None, None, None, None])
    sheet.append([None, None, None, None, "only words"])
    book.create_sheet("Empty")
    hidden = book.create_sheet("Hidden")
    hidden.append(["secret"])
    hidden.sheet_state = "hidden"
    book.save(delivery / "calls.xlsx")
    extract = read_one(delivery / "calls.xlsx", tmp_path)
    assert (extract.name, extract.form, extract.rows) == ("calls.xlsx", "csv", 3)
    with extract.path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["7303185", "2019-01-05T23:30:00", "12.5", "true", 'say "hi"\nand, so']
    assert rows[3] == ["", "", "", "", "only words"]


def test_each_sheet_of_a_workbook_is_an_extract_with_its_own_fingerprint(delivery, tmp_path):
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["a"])
    book.create_sheet("Two").append(["b"])
    book.save(delivery / "two.xlsx")
    extracts = find([delivery], workdir=tmp_path / "work").extracts
    assert [extract.name for extract in extracts] == ["two.xlsx: Sheet", "two.xlsx: Two"]
    assert len({extract.sha256 for extract in extracts}) == 2


def test_parquet_is_read_where_it_lies(delivery, tmp_path):
    pq.write_table(pa.table({"id": ["a", "b"], "n": [1, 2]}), delivery / "a.parquet")
    extract = read_one(delivery / "a.parquet", tmp_path)
    assert (extract.form, extract.rows, extract.header) == ("parquet", 2, ("id", "n"))
    assert extract.path == delivery / "a.parquet"


def test_progress_reaches_the_whole(delivery, tmp_path):
    (delivery / "a.csv").write_bytes(TABLE)
    (delivery / "b.csv.gz").write_bytes(gzip.compress(TABLE))
    told = []
    find([delivery], workdir=tmp_path / "work", tell=lambda *step: told.append(step))
    whole = sum(path.stat().st_size for path in delivery.iterdir())
    assert told[-1] == ("reading b.csv.gz", whole, whole)
    assert all(0 <= done <= total for _, done, total in told[:-1] if "b.csv" not in _)


@pytest.mark.shared
def test_the_real_files_have_the_rows_their_publisher_says(shared, tmp_path):
    folder = shared / "data" / "uk_northumbria"
    found = find([folder], workdir=tmp_path / "work")
    rows = {extract.name: extract.rows for extract in found.extracts}
    assert rows == {
        "northumbria-outcomes.csv.gz": 250_684,
        "northumbria-stop-and-search.csv.gz": 12_861,
        "northumbria-street.csv.gz": 524_070,
    }
    assert [name for name, _ in found.not_read] == ["README.md"]
