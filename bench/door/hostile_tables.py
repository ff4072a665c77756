"""The same hostile rows as workbooks and Parquet files, with the traps that those kinds have."""

import datetime
import io
import random
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from bench.door.hostile_make import Hostile, Sheet

_NO_CELL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def as_workbook(deal: random.Random, sheet: "Sheet", hostile: "Hostile") -> None:
    """Write rows as a workbook; some are then changed inside, where no program would write so."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(deal.choice(("Sheet1", "Ünï", "a'b", "=x")))
    page.append(sheet.header)
    for row in sheet.rows:
        page.append([_cell(_NO_CELL.sub("", cell)) for cell in row])
    if deal.random() < 0.1:
        book.create_sheet("empty")
    packed = io.BytesIO()
    book.save(packed)
    hostile.data, hostile.name = packed.getvalue(), hostile.name + ".xlsx"
    hostile.tricks.append("xlsx")
    if deal.random() < 0.3:
        trick = deal.choice((*_XML,))
        hostile.data = _changed(hostile.data, *_XML[trick])
        hostile.tricks.append(trick)
        hostile.expect, hostile.rows, hostile.tokens = "either", None, []


def _cell(word: str) -> Any:
    if word.startswith("="):
        return "'" + word  # a formula without its last value reads as nothing
    return float(word) if re.fullmatch(r"-?\d+\.\d+", word) else word


# What is changed in which part of a workbook.
_XML: dict[str, tuple[str, bytes, bytes]] = {
    "far dimension": ("sheet1.xml", b"<sheetData", b'<dimension ref="A1:XFD1048576"/><sheetData'),
    "far row": ("sheet1.xml", b'<row r="2"', b'<row r="1048576"'),
    "farther row": ("sheet1.xml", b'<row r="2"', b'<row r="999999999"'),
    "row of no number": ("sheet1.xml", b'<row r="2"', b'<row r="x"'),
    "far column": ("sheet1.xml", b'r="A2"', b'r="ZZZZ2"'),
    "lost string": ("sheet1.xml", b"<v>0</v>", b"<v>987654</v>"),
    "no number": ("sheet1.xml", b"<v>54.9</v>", b"<v>qzk</v>"),
    "odd kind": ("sheet1.xml", b't="n"', b't="d"'),
    "error": ("sheet1.xml", b't="n"', b't="e"'),
    "cut XML": ("sheet1.xml", b"</sheetData>", b""),
    "cut within": ("sheet1.xml", b'<row r="2"', b"<row "),
    "no sheet": ("workbook.xml", b"<sheet ", b"<shoot "),
    "odd relation": ("workbook.xml.rels", b"worksheets/sheet1.xml", b"worksheets/../../../x.xml"),
    "hidden": ("workbook.xml", b'state="visible"', b'state="hidden"'),
    "cut strings": ("sharedStrings.xml", b"</sst>", b""),
    "cut styles": ("styles.xml", b"</styleSheet>", b""),
    "style beyond": ("sheet1.xml", b't="n"', b's="99999" t="n"'),
}


def _changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith(part):
                content = content.replace(old, new)
            target.writestr(member.filename, content)
    return packed.getvalue()


def as_parquet(deal: random.Random, sheet: "Sheet", hostile: "Hostile") -> None:
    """Write rows as Parquet: words, or types that a table of records does not have."""
    columns: dict[str, pa.Array] = {
        name: pa.array([row[place] for row in sheet.rows], pa.string())
        for place, name in enumerate(sheet.header)
    }
    names, arrays = [*columns], [*columns.values()]
    last, n = len(names) - 1, len(sheet.rows)
    chance = deal.random()
    if chance < 0.4:
        trick, array = deal.choice([*_typed(n).items()])
        arrays[last] = array
        hostile.tricks.append(trick)
        if trick == "broken letters":
            hostile.expect = "either"  # every row holds some
    elif chance < 0.5:
        trick, place = "another type in a column that is read", deal.randrange(last)
        arrays[place] = deal.choice([*_typed(n).values()])
        hostile.tricks.append(trick)
        hostile.expect, hostile.tokens, hostile.faulty = "either", [], 0
    elif chance < 0.58:
        extra = deal.choice((names[0], names[0].upper(), "", "a.b", 'say "x"', "x" * 3_000))
        names, arrays = [*names, extra], [*arrays, arrays[last]]
        hostile.tricks.append("odd column")
        hostile.expect = "either"
    elif chance < 0.63:
        names, arrays, hostile.rows, hostile.tokens = [], [], None, []
        hostile.expect, hostile.faulty = "either", 0
        hostile.tricks.append("no columns")
    table = pa.Table.from_arrays(arrays, names=names)
    if chance > 0.97:
        table = table.slice(0, 0)
        hostile.rows, hostile.tokens, hostile.expect, hostile.faulty = 0, [], "either", 0
        hostile.tricks.append("no rows")
    out = io.BytesIO()
    packing = deal.choice(("snappy", "zstd", "gzip", "brotli", "lz4", "none"))
    pq.write_table(table, out, compression=packing, row_group_size=deal.choice((1, 7, 1000)))
    hostile.data, hostile.name = out.getvalue(), hostile.name + ".parquet"
    hostile.tricks.append(f"parquet {packing}")


def _typed(n: int) -> dict[str, pa.Array]:
    """Return columns of other types, each of n values."""
    broken = pa.Array.from_buffers(
        pa.string(), n, [None, pa.py_buffer(_offsets(n)), pa.py_buffer(b"\xff\xfe\xc0" * n)]
    )
    moment = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
    return {
        "list": pa.array([[1, None]] * n),
        "struct": pa.array([{"a": 1, "b": "qzk"}] * n),
        "map": pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())),
        "binary": pa.array([b"\x00\xffqzk"] * n),
        "broken letters": broken,
        "nothing": pa.nulls(n),
        "decimal": pa.array([None] * n, pa.decimal128(38, 10)),
        "far moment": pa.array([2**62] * n, pa.timestamp("us")),
        "moment": pa.array([moment] * n, pa.timestamp("us", "UTC")),
        "nanoseconds": pa.array([2**62] * n, pa.timestamp("ns")),
        "time": pa.array([datetime.time(1, 2)] * n),
        "span": pa.array([datetime.timedelta(1)] * n),
        "large": pa.array([2**64 - 1] * n, pa.uint64()),
        "not a number": pa.array([float("nan"), *[float("inf")] * (n - 1)]),
        "dictionary": pa.array(["a"] * n).dictionary_encode(),
        "far day": pa.array([2**31 - 1] * n, pa.date32()),
        "flag": pa.array([True] * n),
        "half": pa.array([None] * n, pa.float16()),
    }


def _offsets(n: int) -> bytes:
    return b"".join((3 * k).to_bytes(4, "little") for k in range(n + 1))
