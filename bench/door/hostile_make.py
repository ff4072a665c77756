"""Hostile files made from a seed: what each holds is known to whoever made it, row by row."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.door import hostile_tables as tables
from bench.door.hostile_packed import PACKED, named_hostile

# A value that may stand in a table or in the quarantine and nowhere else; none begins so by chance.
CANARY = "qzk"
_LAST_MONTH = 1080  # months from 2010 on that the public files may be of


@dataclass
class Hostile:
    """One file and what is known of it.

    Args:
        seed: What it was made from.
        name: Its name, as bytes of a file system would hold it.
        data: Its bytes.
        kind: `street`, `contacts`, `codes`, `measures`, `links` or `areas`.
        tokens: One word for each row written: each must turn up in the store, or nothing.
        rows: How many rows it has, or None where a broken quote or byte makes that a question.
        faulty: How many of them cannot be loaded, at least.
        expect: `load`, `refuse` or `either`.
        tricks: What was done to it.
        copies: Rows written again word for word.
    """

    seed: int
    name: str
    data: bytes
    kind: str
    tokens: list[str]
    rows: int | None
    faulty: int
    expect: str
    tricks: list[str] = field(default_factory=list)
    copies: int = 0


def make(seed: int) -> Hostile:
    """Return the file of a seed: of a table that peelian reads, with some tricks played on it."""
    deal = random.Random(seed)
    kind = deal.choices(tuple(_KINDS), weights=[w for w, _ in _KINDS.values()])[0]
    if kind == "areas":
        return _areas(deal, seed)
    sheet = _KINDS[kind][1](deal, seed)
    form = "csv" if kind == "street" else deal.choices(("csv", "xlsx", "parquet"), (6, 2, 2))[0]
    hostile = Hostile(
        seed, f"f{seed}", b"", kind, sheet.tokens, len(sheet.rows), sheet.faulty,
        sheet.expect, sheet.tricks, sheet.copies,
    )  # fmt: skip
    if form == "csv":
        _as_text(deal, sheet, hostile)
    elif form == "xlsx":
        tables.as_workbook(deal, sheet, hostile)
    else:
        tables.as_parquet(deal, sheet, hostile)
    if deal.random() < 0.2:
        deal.choice(PACKED)(deal, hostile)
    if deal.random() < 0.15:
        hostile.name = named_hostile(deal, hostile.name)
        hostile.tricks.append("name")
        if "\udcff" in hostile.name and hostile.expect == "load":
            hostile.expect = "either"  # no text, so it may be refused
    return hostile


@dataclass
class Sheet:
    """A table of words before it is written: header, rows, and what is known of them."""

    header: list[str]
    rows: list[list[str]]
    tokens: list[str]
    faulty: int = 0
    expect: str = "load"
    tricks: list[str] = field(default_factory=list)
    copies: int = 0

    def spoil(self, deal: random.Random, columns: dict[int, Sequence[str]], free: Sequence[int]):
        """Spoil some cells: in `columns` with words that cannot be read there, `free` with any."""
        for n, row in enumerate(self.rows):
            chance = deal.random()
            if chance < 0.08:
                column = deal.choice([*columns])
                row[column] = deal.choice(columns[column]).replace("@", self.tokens[n])
                self.faulty += 1
            elif chance < 0.25:
                word = deal.choice(POISON)
                row[deal.choice(free)] = word.replace("@", self.tokens[n])
        if self.faulty * 2 > len(self.rows) or self.faulty == len(self.rows):
            self.expect = "either"  # most rows at fault: the file was misread


# Cells that say nothing hurtful to a program that takes them for words.
POISON = (
    "\u202e@ evil", "\u2066@\u2069", "@\u200b\u200d", "\ufeff@", "@\ufffd", "=cmd|' /C calc'!A0 @",
    "@;DROP TABLE crimes;--", "'@'", "<script>alert('@')</script>", "<img src=x onerror=@>",
    "@\x01\x02\x1b[31m", "@\x0b\x0c", "@\x1c\x1d\x1e", "@\u2028\u2029", "@\x85", "@\U0001f525",
    "+@", "-@", "%s%n@", "{@}", "${jndi:ldap://@}", "../../@", "@\\", "\\@\\n", "NULL@", "@\t",
    "@\x7f", "e\u0301" * 40 + "@", "@" + "\u0489" * 60, "@ \u00a0 ", "Nul\u2400@",
    "@" + "x" * 5_000,
)  # fmt: skip
_HEADER = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
]
_MONTHS = ("2031-13", "@", "", "31/01/2031", "2031-1", "1899-12", "2031-00", "9999-12", "20 31-01")
_TIMES = ("@", "", "2031-02-30 10:00", "2031-01-01 25:00", "31/12/2030 10:00", "2031", "-1", "0")
_SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\ufeff"


def _count(deal: random.Random) -> int:
    return deal.choices((deal.randrange(1, 6), deal.randrange(6, 40)), (2, 3))[0]


def _tokens(deal: random.Random, seed: int) -> list[str]:
    return [f"{CANARY}{seed:x}x{n}z" for n in range(_count(deal))]


def _street(deal: random.Random, seed: int) -> Sheet:
    year, month = divmod(seed % _LAST_MONTH, 12)
    tokens = _tokens(deal, seed)
    rows = [
        [
            *[f"{seed:032x}{n:032x}", f"{2010 + year}-{month + 1:02}", "Nowhere Police"],
            *["Nowhere Police", "-1.5", "54.9", f"On or near {token}", "E01000001"],
            *["Nowhere 001A", "Drugs", "Under investigation", ""],
        ]
        for n, token in enumerate(tokens)
    ]
    sheet = Sheet([*_HEADER], rows, tokens)
    sheet.spoil(deal, {1: _MONTHS, 4: ("@", "999", "1e400")}, (3, 8, 11))
    return sheet


def _contacts(deal: random.Random, seed: int) -> Sheet:
    tokens = _tokens(deal, seed)
    day = f"20{10 + seed % 70}-{seed % 12 + 1:02}"
    rows = [
        [f"{seed}-{n}", f"{day}-{n % 28 + 1:02} 10:{n % 60:02}", "999", token, "-1.5", "54.9", ""]
        for n, token in enumerate(tokens)
    ]
    header = ["Ref", "Answered", "Channel", "Where", "Lon", "Lat", "Spare"]
    sheet = Sheet(header, rows, tokens)
    sheet.spoil(deal, {1: _TIMES[:1] + _TIMES[2:5], 0: ("",), 2: ("@", "carrier pigeon @")}, (6,))
    return sheet


def _codes(deal: random.Random, seed: int) -> Sheet:
    tokens = _tokens(deal, seed)
    rows = [[f"{seed}-{n}", token, str(n + 1), ""] for n, token in enumerate(tokens)]
    sheet = Sheet(["Log", "Code", "Place", "Spare"], rows, tokens)
    sheet.spoil(deal, {2: ("@", "1.5.2", "one @", "1e999"), 0: ("",)}, (3,))
    return sheet


def _measures(deal: random.Random, seed: int) -> Sheet:
    tokens = _tokens(deal, seed)
    rows = [[token, str(deal.randrange(10_000)), f"{n}.5", ""] for n, token in enumerate(tokens)]
    sheet = Sheet(["Area", "People", "Score", "Spare"], rows, tokens)
    sheet.spoil(deal, {1: ("@", "12 people @", "1e999", "--", "=1+1 @")}, (3,))
    return sheet


def _links(deal: random.Random, seed: int) -> Sheet:
    tokens = _tokens(deal, seed)
    rows = [[token, f"E{seed}{n:03}", "U", ""] for n, token in enumerate(tokens)]
    sheet = Sheet(["LSOA11CD", "LSOA21CD", "CHGIND", "Spare"], rows, tokens)
    sheet.spoil(deal, {2: ("@", "Q", "UU @"), 1: ("", "  ")}, (3,))
    return sheet


_KINDS: dict[str, tuple[int, Callable[[random.Random, int], Sheet]]] = {
    "street": (30, _street),
    "contacts": (20, _contacts),
    "codes": (12, _codes),
    "measures": (16, _measures),
    "links": (12, _links),
    "areas": (10, _street),
}


def _as_text(deal: random.Random, sheet: Sheet, hostile: Hostile) -> None:
    """Write a table as text, in one of the ways that systems and saboteurs write one."""
    comma = deal.choices((",", ";", "\t", "|"), (6, 1, 1, 1))[0]
    end = deal.choices(("\n", "\r\n", "\r", "mixed"), (6, 3, 1, 1))[0]
    _header_tricks(deal, sheet, hostile)
    if deal.random() < 0.1 and sheet.rows:
        again = [[*deal.choice(sheet.rows)] for _ in range(deal.randrange(1, 3))]
        sheet.rows += again
        hostile.copies = len(again)
        hostile.tricks.append("copies")
    lines = [_line(deal, row, comma) for row in sheet.rows]
    hostile.rows = len(lines)
    _row_tricks(deal, lines, sheet, hostile, comma)
    text = [_line(random.Random(0), sheet.header, comma), *lines]
    if deal.random() < 0.05:
        text[1:1] = [text[0]] * 2
        hostile.tricks.append("headers again")
    if deal.random() < 0.08 and len(sheet.header) > 1:
        text.insert(deal.randrange(len(text) + 1), "")
        hostile.tricks.append("blank line")
    marks = ["\n", "\r\n", "\r"] if end == "mixed" else [end]
    whole = "".join(line + deal.choice(marks) for line in text)
    if deal.random() < 0.3:
        whole = whole.rstrip("\r\n")
    hostile.data = _encoded(deal, whole, hostile)
    hostile.name += ".csv"
    hostile.tricks.append({"\n": "lf", "\r\n": "crlf", "\r": "cr"}.get(end, end))


def _line(deal: random.Random, row: Sequence[str], comma: str) -> str:
    """Return one row as text: quoted where it must be, and now and then where it need not."""
    always = deal.random() < 0.1
    return comma.join(
        '"' + cell.replace('"', '""') + '"'
        if always or any(sign in cell for sign in (comma, '"', "\n", "\r"))
        else cell
        for cell in row
    )


def _header_tricks(deal: random.Random, sheet: Sheet, hostile: Hostile) -> None:
    chance = deal.random()
    if chance < 0.05:
        order = list(range(len(sheet.header)))
        deal.shuffle(order)
        sheet.header = [sheet.header[n] for n in order]
        sheet.rows = [[row[n] for n in order] for row in sheet.rows]
        hostile.tricks.append("columns in another order")
    elif chance < 0.12:
        more = deal.choice((["Spare"], ["SPARE", "spare"], ["", ""], ["x", "x", "x (99)", "x"]))
        wide = deal.random() < 0.15
        more = [f"w{n}" for n in range(deal.choice((300, 1_900, 2_500)))] if wide else more
        sheet.header += more
        sheet.rows = [[*row, *([""] * len(more))] for row in sheet.rows]
        hostile.tricks.append(f"{len(more)} more columns")
        if len(sheet.header) > 2_000:
            hostile.expect = "refuse"
    elif chance < 0.15:
        sheet.header = [f"  {name} " for name in sheet.header]
        hostile.tricks.append("padded header")
    elif chance < 0.17:
        gone = deal.randrange(2)
        sheet.header[gone] = "Something else"
        hostile.expect = "either"  # of the table's columns one may be spared
        hostile.tricks.append("header lacks a column")


def _row_tricks(
    deal: random.Random, lines: list[str], sheet: Sheet, hostile: Hostile, comma: str
) -> None:
    """Damage whole lines; each is still one row, unless a quote is left open."""
    if deal.random() > 0.22:
        return
    trick, n = deal.choice([*_LINES]), deal.randrange(len(lines))
    wide = len(sheet.header)
    token = sheet.tokens[n] if n < len(sheet.tokens) else "x"  # of a copy: its own stands above
    cells = [cell.replace("@", token).replace(";", comma) for cell in _LINES[trick]]
    if trick == "gigantic field":
        cells = [token + "y" * deal.choice((50_000, 400_000, 2_200_000))]
    if trick == "ragged":
        cells, wide = _ragged(deal, sheet.rows[n], token), 0
    lines[n] = comma.join([*cells, *["x"] * (wide - len(cells))])
    hostile.tricks.append(trick)
    if trick == "nul":
        hostile.expect = "refuse"
    elif hostile.expect == "load":
        hostile.expect = "either"  # the damaged line may be the one too many
    if trick == "open quote":
        hostile.rows = None


def _ragged(deal: random.Random, row: Sequence[str], token: str) -> list[str]:
    cells = [token, *[""] * deal.choice((0, 1, len(row), len(row) + 5))]
    if len(cells) > len(row):  # its fields can be told apart: of these, the columns read are kept
        for at, cell in enumerate(row):
            cells[at] = token if token in cell else cells[at]
    return cells


# The first cells of a damaged line: @ is the row's token, ; the delimiter.
_LINES: dict[str, tuple[str, ...]] = {
    "ragged": (),
    "quote in a field": ('5" @ near',),
    "letters after a quote": ('"@"x',),
    "line ends in a field": ('"a;b\nc\r\nd @"',),
    "open quote": ("@", '"open'),
    "gigantic field": (),
    "nul": ("@", "\0"),
}
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "broken")


def _encoded(deal: random.Random, text: str, hostile: Hostile) -> bytes:
    how = deal.choices(_ENCODINGS, (60, 8, 5, 4, 6, 3, 6))[0]
    if how != "utf-8":
        hostile.tricks.append(how)
    if how.startswith("utf-16"):
        mark = "\ufeff" if deal.random() < 0.7 else ""
        if not mark and hostile.expect == "load":
            hostile.expect = "either"  # much of it may be beyond ASCII
        return (mark + text).encode(how)
    if how == "broken":
        return _broken(deal, text, hostile)
    if how in ("cp1252", "latin-1"):
        return text.replace("Nowhere 001A", "Café £").encode(how, "replace")
    return text.encode(how)


def _broken(deal: random.Random, text: str, hostile: Hostile) -> bytes:
    """Return text in which a few letters of the second half are bytes that are none."""
    data = bytearray(text.encode())
    for _ in range(deal.randrange(1, 4)):
        place = deal.randrange(len(data) // 2, len(data))
        if chr(data[place]).isalpha() and chr(data[place]) not in "qzkx":
            data[place] = deal.choice((0x80, 0xC0, 0xED, 0xFF))
    hostile.expect, hostile.tokens = "either", []  # a token may be what broke
    if "headers again" in hostile.tricks:
        hostile.rows = None  # a header that broke is one no more, and a row
    return bytes(data)


def _areas(deal: random.Random, seed: int) -> Hostile:
    """Return a file of boundaries: squares with names, and now and then something worse."""
    tokens = _tokens(deal, seed)
    shapes, faulty = [], 0
    for n, token in enumerate(tokens):
        x, y = -1.5 + n * 0.01, 54 + seed % 50 * 0.01
        ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
        shape: object = {"type": "Polygon", "coordinates": [ring]}
        code: object = token
        chance = deal.random()
        if chance < 0.04:
            shape, faulty = None, faulty + 1
        elif chance < 0.08:
            shape, faulty = {"type": "Point", "coordinates": [x, y]}, faulty + 1
        elif chance < 0.1:
            shape, faulty = {"type": "Polygon", "coordinates": []}, faulty + 1
        name = deal.choice(POISON).replace("@", token) if chance > 0.8 else token
        properties = {"LSOA21CD": code, "LSOA21NM": name}
        shapes.append({"type": "Feature", "properties": properties, "geometry": shape})
    hostile = Hostile(seed, f"f{seed}.geojson", b"", "areas", tokens, len(tokens), faulty, "load")
    if faulty:
        hostile.expect = "either"
    data = json.dumps({"type": "FeatureCollection", "features": shapes}).encode()
    hostile.data = _spoilt_areas(deal, data, hostile)
    return hostile


def _spoilt_areas(deal: random.Random, data: bytes, hostile: Hostile) -> bytes:
    chance = deal.random()
    if chance < 0.5:
        return data
    hostile.expect, hostile.rows, hostile.tokens = "either", None, []
    if chance < 0.6:
        hostile.tricks.append("cut")
        return data[: deal.randrange(len(data))]
    if chance < 0.7:
        hostile.tricks.append("bytes changed")
        changed = bytearray(data)
        for _ in range(deal.randrange(1, 8)):
            changed[deal.randrange(len(changed))] = deal.randrange(256)
        return bytes(changed)
    if chance < 0.78:
        hostile.tricks.append("numbers changed")
        number = deal.choice((b"1e999", b"-181", b"NaN", b"9" * 400, b"null", b'"@"', b"91"))
        return data.replace(b"54.", number + b".", 1) if deal.random() < 0.3 else data.replace(
            b"[[[-1.5,", b"[[[" + number + b",", 1
        )  # fmt: skip
    if chance < 0.86:
        hostile.tricks.append("gzip")
        hostile.name += ".gz"
        packed = gzip.compress(data)
        return packed[: deal.randrange(len(packed))] if deal.random() < 0.5 else packed
    if chance < 0.93:
        hostile.tricks.append("wrong kind")
        hostile.name = f"f{hostile.seed}" + deal.choice((".gpkg", ".shp", ".kml", ".json"))
        return deal.choice((data, b"SQLite format 3\x00" + bytes(200), b"\0\0\x27\x0a" + data))
    hostile.tricks.append("nested")
    return b'{"type":' * deal.choice((10, 3_000, 100_000)) + b"1"


def zipped(*members: tuple[str, bytes]) -> bytes:
    """Return a zip of some files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()
