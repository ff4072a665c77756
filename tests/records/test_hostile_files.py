"""Files that are damaged, hostile or not what they seem: each gets a message one can use."""

import gzip
import io
import os
import stat
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from peelian.errors import InputError
from peelian.records.load import load
from peelian.records.read import Limits, find
from peelian.records.store import Store

SECRET = "SECRETNAME"
TABLE = f"Crime ID,Month,Place\nabc,2022-01,{SECRET}\ndef,2022-02,{SECRET}\n".encode()


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(path: Path, tmp_path: Path, limits: Limits | None = None) -> str:
    """Return the message with which a file is refused, which must name the file and no value."""
    with pytest.raises(InputError) as refused:
        find([path], workdir=tmp_path / "work", limits=limits or Limits())
    message = refused.value.text()
    assert path.name in message
    assert SECRET not in message
    assert "Try:" in message
    return message


def test_a_truncated_gzip_is_refused(tmp_path):
    packed = gzip.compress(TABLE * 2000)
    message = refusal(put(tmp_path, "cut.csv.gz", packed[: len(packed) // 2]), tmp_path)
    assert "cut short or damaged" in message
    assert "nothing was loaded" in message


def test_a_gzip_with_a_broken_middle_is_refused(tmp_path):
    packed = bytearray(gzip.compress(bytes(range(256)) * 400))
    packed[200:260] = bytes(60)
    assert "damaged" in refusal(put(tmp_path, "broken.csv.gz", bytes(packed)), tmp_path)


def test_a_gzip_bomb_is_stopped_while_it_unpacks(tmp_path):
    path = put(tmp_path, "bomb.csv.gz", gzip.compress(b"a,b\n" + b"0" * (8 << 20)))
    message = refusal(path, tmp_path, Limits(free=1 << 20))
    assert "made to fill a disk" in message
    assert sum(f.stat().st_size for f in (tmp_path / "work").iterdir()) < 4 << 20


def test_a_zip_bomb_is_stopped_while_it_unpacks(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("2022-01-street.csv", b"a,b\n" + b"0" * (8 << 20))
    assert "made to fill a disk" in refusal(path, tmp_path, Limits(free=1 << 20))


def test_a_zip_whose_members_together_are_too_large_is_stopped(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}.csv", TABLE * 100)
    assert "in all" in refusal(path, tmp_path, Limits(archive=20_000))


@pytest.mark.parametrize(
    "name",
    ["../escape.csv", "a/../../escape.csv", "/etc/escape.csv", "C:\\escape.csv", "..\\e.csv"],
)
def test_a_zip_that_climbs_out_is_refused_and_writes_nothing_outside(tmp_path, name):
    home = tmp_path / "home"
    home.mkdir()
    path = home / "climbs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", TABLE)
        member = zipfile.ZipInfo("placeholder")
        member.filename = name
        archive.writestr(member, TABLE)
    assert "outside its own folder" in refusal(path, home)
    assert not list(tmp_path.rglob("*.csv"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home"]


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", TABLE)
        link = zipfile.ZipInfo("passwd.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    found = find([path], workdir=tmp_path / "work")
    assert [extract.name for extract in found.extracts] == ["links.zip: good.csv"]
    assert found.not_read == (("links.zip: passwd.csv", "a link to another file, not data"),)


def test_an_encrypted_zip_is_refused(tmp_path):
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", TABLE)
    data = bytearray(path.read_bytes())
    data[6] |= 1  # the flag in the member's own header, and the one in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in refusal(path, tmp_path)


def test_a_damaged_zip_is_refused(tmp_path):
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.csv", TABLE * 50)
    data = bytearray(path.read_bytes())
    data[300:320] = bytes(20)
    assert "damaged" in refusal(put(tmp_path, "damaged.zip", bytes(data)), tmp_path)
    assert "damaged" in refusal(put(tmp_path, "cut.zip", bytes(data[:200])), tmp_path)


def test_an_archive_inside_an_archive_is_said_not_to_be_read(tmp_path):
    path = tmp_path / "outer.zip"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("deep.csv", TABLE)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert "archive inside an archive" in refusal(path, tmp_path)


@pytest.mark.parametrize(
    "page",
    [b"<!DOCTYPE html><html>", b"\n <html>\n", b"\xef\xbb\xbf<?xml version='1.0'?>", b"<div >"],
)
def test_a_web_page_saved_as_csv_is_refused(tmp_path, page):
    assert "a web page" in refusal(put(tmp_path, "street.csv", page + TABLE), tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.csv", b"", "it is empty"),
        ("spaces.csv", b" \n \n", "it is empty"),
        ("report.csv", b"%PDF-1.7 ...", "it is a PDF"),
        ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        ("feed.csv", b'{"rows": []}', "looks like JSON"),
        ("numbers.csv", b"1,2,3\n4,5,6\n", "holds no column names"),
        ("binary.csv", b"a,b\n\0\0\0,1\n", "empty (NUL) bytes"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(tmp_path, name, data, says):
    assert says in refusal(put(tmp_path, name, data), tmp_path)


def test_empty_bytes_far_down_a_file_are_found(tmp_path):
    data = TABLE + b"x,2022-01,y\n" * 200_000 + b"\0\0\0,2022-01,\n"
    assert "empty (NUL) bytes" in refusal(put(tmp_path, "holes.csv", data), tmp_path)


def test_ten_thousand_columns_are_refused_and_counted(tmp_path):
    header = ",".join(f"column_{n}" for n in range(10_000))
    message = refusal(put(tmp_path, "wide.csv", f"{header}\n{',' * 9_999}\n".encode()), tmp_path)
    assert "10,000 columns" in message
    assert "on its side" in message


def test_a_quote_that_is_never_closed_is_refused_with_where_it_began(tmp_path):
    message = refusal(put(tmp_path, "open.csv", TABLE + b'ghi,2022-03,"lost\n' + TABLE), tmp_path)
    assert "never closes" in message
    assert "3 lines" in message


def test_a_gigantic_line_is_refused(tmp_path):
    path = put(tmp_path, "giant.csv", b"a,b\n1," + b"x" * (3 << 20) + b"\n")
    assert "longer than 1 MB" in refusal(path, tmp_path, Limits(line=1 << 20))


def test_utf_16_is_read_and_said_to_be_rewritten(tmp_path):
    for encoding, name in (("utf-16", "marked.csv"), ("utf-16-le", "bare.csv")):
        text = "Crime ID\tPlace\nabc\tCafé “x”\ndef\tb\n"
        found = find([put(tmp_path, name, text.encode(encoding))], workdir=tmp_path / "work")
        (extract,) = found.extracts
        assert (extract.rows, extract.delimiter) == (2, "\t")
        assert extract.header == ("Crime ID", "Place")
        assert "Café “x”" in extract.path.read_text(encoding="utf-8")
        assert any("UTF-16" in note for note in extract.notes)


def test_windows_letters_are_read_and_said_to_be_rewritten(tmp_path):
    data = "Crime ID,Place\nabc,Café\ndef,£5 “quoted”\n".encode("cp1252")
    (extract,) = find([put(tmp_path, "win.csv", data)], workdir=tmp_path / "work").extracts
    assert extract.rows == 2
    assert "Café\ndef,£5 “quoted”" in extract.path.read_text(encoding="utf-8")
    assert any("Windows-1252" in note for note in extract.notes)


def test_one_broken_letter_in_a_utf_8_file_leaves_the_others_alone(tmp_path):
    data = "a,b\n1,café\n2,naïve\n3,crème\n".encode() + b"4,caf\xe9\n"
    (extract,) = find([put(tmp_path, "mixed.csv", data)], workdir=tmp_path / "work").extracts
    assert extract.path == tmp_path / "mixed.csv"
    assert extract.rows == 4
    assert any("1 bytes are not UTF-8" in note for note in extract.notes)


def test_a_workbook_that_would_fill_the_disk_is_not_opened(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (8 << 20))
    assert "made to fill a disk" in refusal(path, tmp_path, Limits(free=1 << 20))


def test_a_damaged_workbook_is_refused(tmp_path):
    path = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<not a workbook")
    assert "damaged" in refusal(path, tmp_path)


def test_a_damaged_parquet_file_is_refused(tmp_path):
    assert "damaged" in refusal(put(tmp_path, "bad.parquet", b"PAR1" + b"x" * 100), tmp_path)


def test_an_empty_workbook_is_refused(tmp_path):
    path = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(path)
    assert "none of its sheets holds a table" in refusal(path, tmp_path)


def test_a_missing_path_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nowhere.csv", tmp_path)


@pytest.mark.skipif(not hasattr(Path, "symlink_to"), reason="this system has no links")
def test_links_in_a_folder_are_listed_and_not_followed(tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    elsewhere = put(tmp_path, "elsewhere.csv", TABLE)
    try:
        (folder / "link.csv").symlink_to(elsewhere)
    except OSError:
        pytest.skip("this account may not make links")
    put(folder, "own.csv", TABLE)
    found = find([folder], workdir=tmp_path / "work")
    assert [extract.name for extract in found.extracts] == ["own.csv"]
    assert found.not_read[0][0] == "link.csv"


def resaved(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """Change a piece of XML inside a workbook."""
    members = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    assert old in members[part]
    members[part] = members[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def workbook(folder: Path, name: str = "rows.xlsx") -> Path:
    book = openpyxl.Workbook()
    for row in (["name", "place"], ["a", "x"], ["b", "y"], ["c", "z"]):
        book.active.append(row)
    book.save(folder / name)
    return folder / name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<dimension ref="A1:B4"', b'<dimension ref="A1:XFD1048576"'),
        (b'<dimension ref="A1:B4"', b'<dimension ref="A1:A2"'),
        (b'<row r="4"', b'<row r="999999999"'),
        (b'<row r="4"', b'<row r="2"'),
    ],
    ids=["says it is vast", "says it is small", "a row far down", "rows out of order"],
)
def test_a_workbook_is_read_whole_whatever_it_says_of_its_size(tmp_path, old, new):
    path = resaved(workbook(tmp_path), "xl/worksheets/sheet1.xml", old, new)
    (extract,) = find([path], workdir=tmp_path / "work").extracts
    assert extract.rows == 3
    written = extract.path.read_text(encoding="utf-8").splitlines()
    assert sorted(written[1:]) == ['"a","x"', '"b","y"', '"c","z"']


def test_a_cell_beyond_the_last_column_is_refused(tmp_path):
    path = resaved(workbook(tmp_path), "xl/worksheets/sheet1.xml", b'r="B3"', b'r="ZZZ3"')
    assert "further right" in refusal(path, tmp_path)


def test_a_sheet_that_breaks_off_is_refused(tmp_path):
    path = resaved(workbook(tmp_path), "xl/worksheets/sheet1.xml", b"</sheetData>", b"")
    assert "damaged" in refusal(path, tmp_path)


def test_a_workbook_inside_a_zip_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        archive.write(workbook(tmp_path), "rows.xlsx")
    (extract,) = find([tmp_path / "sent.zip"], workdir=tmp_path / "work").extracts
    assert extract.rows == 3


def test_a_column_keeps_its_own_name_where_another_is_told_apart_by_its_place(tmp_path):
    path = put(tmp_path, "twice.csv", b"a,a (3),a\n1,2,3\n")
    (extract,) = find([path], workdir=tmp_path / "work").extracts
    assert extract.header == ("a", "a (3)", "a (3)'")


@pytest.mark.parametrize("ending", ["bz2", "lzma"])
def test_damage_in_a_packed_member_of_any_packing_is_refused(tmp_path, ending):
    method = {"bz2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}[ending]
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("good.csv", TABLE * 50)
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    assert "damaged" in refusal(put(tmp_path, "damaged.zip", bytes(data)), tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes on its disk")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    os.mkfifo(folder / "pipe.csv")
    put(folder, "own.csv", TABLE)
    found = find([folder], workdir=tmp_path / "work")
    assert [extract.name for extract in found.extracts] == ["own.csv"]
    assert found.not_read == (("pipe.csv", "a pipe or a device, not a file"),)


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_file_whose_name_is_no_text_is_refused(tmp_path):
    path = tmp_path / os.fsdecode(b"raw\xff.csv")
    try:
        path.write_bytes(TABLE)
    except OSError:
        pytest.skip("this disk takes only names that are text")
    with pytest.raises(InputError, match="name is not text"):
        find([path], workdir=tmp_path / "work")


def test_a_message_cannot_steer_a_terminal_or_turn_its_text_about(tmp_path):
    path = put(tmp_path, "\u202egpj.csv", b"")
    with pytest.raises(InputError) as refused:
        find([path], workdir=tmp_path / "work")
    assert "\u202e" not in refused.value.text()
    assert "\\u202egpj.csv" in refused.value.text()


def test_a_line_of_sixty_megabytes_is_refused_in_seconds(tmp_path):
    """To join a long line piece by piece would copy it two hundred times."""
    path = put(tmp_path, "giant.csv", b"a,b\n1," + b"x" * (65 << 20))
    began = time.process_time()
    assert "longer than 64 MB" in refusal(path, tmp_path)
    assert time.process_time() - began < 2


def test_text_whose_name_says_it_is_packed_is_read_as_text(tmp_path):
    """The engine would go by the name."""
    Store.create(tmp_path / "store").close()
    rows = b"".join(b"%d,x\n" % n for n in range(3))
    path = put(tmp_path, "logs.csv.gz", b"Log,Code\n" + rows)
    mapping = '[[route]]\ntable = "incident_codes"\n[route.columns]\n'
    mapping += 'incident_id = { column = "Log" }\ncode = { column = "Code" }\n'
    (tmp_path / "map.toml").write_text(f'layout = "x"\nsource = "x"\n{mapping}', encoding="utf-8")
    report = load(
        tmp_path / "store", [path], layout="incident_codes", mapping=tmp_path / "map.toml"
    )
    assert report.files[0].loaded == 3


def test_a_header_that_stands_again_is_left_out_of_a_file_of_old_line_ends(tmp_path):
    data = b'name,place\rname,place\r"a\nb",x\rname,place\rc,y\r'
    path = put(tmp_path, "old.csv", data)
    (extract,) = find([path], workdir=tmp_path / "work").extracts
    assert extract.rows == 2
