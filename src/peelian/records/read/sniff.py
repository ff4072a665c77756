"""What a file is, from its first bytes: its kind, its encoding, its delimiter and its header."""

import csv
import io
import re
from dataclasses import dataclass

from peelian.records.read.extract import LIMITS, Limits

# How many first bytes are looked at: room for a very wide header.
HEAD = 1 << 20
# Kinds of file that carry tables but are not for us, with what to do about each.
_OTHER = (
    (b"%PDF", "it is a PDF: ask for the table behind it as CSV"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook: save it as .xlsx or CSV"),
    (b"Rar!", "it is a RAR archive: unpack it first"),
    (b"7z\xbc\xaf", "it is a 7z archive: unpack it first"),
    (b"BZh", "it is packed with bzip2: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "it is packed with zstandard: unpack it first"),
    (b"\xfd7zXZ", "it is packed with xz: unpack it first"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|\?xml|script|[a-z]+[ >])", re.IGNORECASE)
_BOM = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


class NotATable(Exception):
    """Why some bytes are no table; the caller knows the file's name and makes the error."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the first bytes say.

    Args:
        encoding: How they are written: utf-8, utf-8-sig, utf-16-le or utf-16-be.
        delimiter: What stands between fields.
        header: The column names, made unique.
        line: The header as bytes, without its line end; empty where it spans lines.
        notes: What was noticed.
    """

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    line: bytes
    notes: tuple[str, ...] = ()


def kind_of(first: bytes) -> str:
    """Return `gz`, `zip`, `parquet` or `text` for a file's first bytes.

    Raises:
        NotATable: They begin something that holds no table for us.
    """
    if first.startswith(b"\x1f\x8b"):
        return "gz"
    if first.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if first.startswith(b"PAR1"):
        return "parquet"
    for magic, why in _OTHER:
        if first.startswith(magic):
            raise NotATable(why)
    return "text"


def sniff(first: bytes, limits: Limits = LIMITS) -> Head:
    """Return what the first bytes of a text file say of its table.

    Raises:
        NotATable: They are empty, markup, binary, or hold no usable header.
    """
    if not first.strip():
        raise NotATable("it is empty")
    if _MARKUP.match(first.removeprefix(b"\xef\xbb\xbf")):
        raise NotATable(
            "it is a web page (HTML or XML), not a table: download the file itself again"
        )
    encoding = _encoding(first)
    text = first.decode(encoding, "replace").removeprefix("\ufeff").lstrip("\r\n")
    if text.lstrip().startswith(("{", "[")):
        raise NotATable("it looks like JSON, not a table")
    delimiter = _delimiter(text)
    names, notes = name_columns(_first_record(text, delimiter), limits)
    return Head(encoding, delimiter, names, _line(first), notes)


def _encoding(first: bytes) -> str:
    for mark, name in _BOM.items():
        if first.startswith(mark):
            return name
    half = len(first) // 2 or 1
    # Text in two bytes a letter without a mark: every other byte of western text is empty.
    if first[1::2].count(0) > 0.4 * half:
        return "utf-16-le"
    if first[::2].count(0) > 0.4 * half:
        return "utf-16-be"
    if b"\0" in first:
        raise NotATable("it holds empty (NUL) bytes: it is binary, or damaged")
    return "utf-8"


def _delimiter(text: str) -> str:
    line = re.sub(r'"[^"]*"', "", text[:HEAD].splitlines()[0] if text.splitlines() else "")
    counts = {mark: line.count(mark) for mark in (",", ";", "\t", "|")}
    best = max(counts, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _first_record(text: str, delimiter: str) -> list[str]:
    previous = csv.field_size_limit(HEAD)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return next(rows, [])
    except csv.Error as problem:
        raise NotATable("its header cannot be read: a quote may be left open") from problem
    finally:
        csv.field_size_limit(previous)


def name_columns(cells: list[str], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the column names, each once; an unnamed or repeated one is told apart by its place.

    Raises:
        NotATable: There are too many, or none is a name.
    """
    if len(cells) > limits.columns:
        raise NotATable(
            f"its header has {len(cells):,} columns; a table of records has no more than "
            f"{limits.columns:,}: is it turned on its side?"
        )
    own = {" ".join(cell.split()) for cell in cells}
    names: dict[str, None] = {}
    unclear = 0
    for place, cell in enumerate(cells, 1):
        name = " ".join(cell.split())
        if not name or name in names:
            unclear += 1
            name = f"{name or 'column'} ({place})"
            while name in own or name in names:  # as another column is called
                name += "'"
        names[name] = None
    if not any(re.search(r"[^\W\d]", cell) for cell in cells):
        raise NotATable("its first line holds no column names")
    notes = (f"{unclear} columns without a name of their own",) if unclear else ()
    return tuple(names), notes


def _line(first: bytes) -> bytes:
    line = re.split(rb"[\r\n]", first.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"), maxsplit=1)[0]
    return line if line.count(b'"') % 2 == 0 else b""
