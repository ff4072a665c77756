"""What may be done to a finished file: packed, packed badly, cut, changed, named to hurt."""

import functools
import gzip
import io
import os
import random
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.door.hostile_make import Hostile


def _zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _gzip(deal: random.Random, hostile: "Hostile") -> None:
    """Pack it; now and then in two parts, or with rubbish behind."""
    half = len(hostile.data) // 2
    parts = [hostile.data[:half], hostile.data[half:]] if deal.random() < 0.3 else [hostile.data]
    hostile.data = b"".join(gzip.compress(part, mtime=0) for part in parts)
    hostile.name += ".gz"
    hostile.tricks.append("gz")
    if hostile.name.endswith(".xlsx.gz"):
        hostile.expect = "either"


def _cut_gzip(deal: random.Random, hostile: "Hostile") -> None:
    packed = gzip.compress(hostile.data, mtime=0)
    hostile.data = packed[: deal.randrange(12, len(packed) - 1)]
    hostile.name += ".gz"
    hostile.expect = "refuse"
    hostile.tricks.append("cut gz")


def _zipped(deal: random.Random, hostile: "Hostile") -> None:
    method = deal.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    member = deal.choice((hostile.name, f"deep/er/{hostile.name}", f"Ünï\u202e/{hostile.name}"))
    junk = deal.choice(((), (("__MACOSX/._x.csv", b"\0"),), (("readme.pdf", b"%PDF"),)))
    hostile.data = _zip(*junk, (member, hostile.data), method=method)
    hostile.name += ".zip"
    hostile.tricks.append("zip")


def _climbing(deal: random.Random, hostile: "Hostile") -> None:
    name = deal.choice(("../../escaped.csv", "/tmp/escaped.csv", "C:\\escaped.csv", "..\\e.csv"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("placeholder")
        member.filename = name
        archive.writestr(member, hostile.data)
    hostile.data, hostile.expect = packed.getvalue(), "refuse"
    hostile.name += ".zip"
    hostile.tricks.append("climbs out")


def _nested(deal: random.Random, hostile: "Hostile") -> None:
    inner = hostile.data
    for depth in range(deal.randrange(1, 5)):
        inner = _zip((f"inner{depth}.zip", inner))
    hostile.data, hostile.expect = _zip(("outer.zip", inner)), "refuse"
    hostile.name += ".zip"
    hostile.tricks.append("zip in zip")


@functools.cache
def _zeros(kind: str) -> bytes:
    zeros = bytes(40 << 20)
    if kind == "gz":
        return gzip.compress(b"a,b\n" + b"0" * (80 << 20), 1)
    head = b"<?xml version='1.0'?>" if kind == "xlsx" else b"a,b\n"
    name = "xl/worksheets/sheet1.xml" if kind == "xlsx" else "2031-01-x.csv"
    return _zip(("xl/workbook.xml" if kind == "xlsx" else "a.txt", head), (name, head + zeros * 2))


def _bomb(deal: random.Random, hostile: "Hostile") -> None:
    kind = deal.choice(("gz", "zip", "xlsx"))
    hostile.data, hostile.expect = _zeros(kind), "refuse"
    hostile.name += {"gz": ".csv.gz", "zip": ".zip", "xlsx": ".xlsx"}[kind]
    hostile.tricks.append(f"{kind} bomb")


def _laughs(deal: random.Random, hostile: "Hostile") -> None:
    """A workbook whose XML names itself over and over."""
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)
    )
    sheet = f'<?xml version="1.0"?><!DOCTYPE w [{entities}]><w>&l9;</w>'.encode()
    part = deal.choice(("xl/workbook.xml", "xl/sharedStrings.xml"))
    hostile.data = _zip(
        ("[Content_Types].xml", sheet), ("xl/workbook.xml", sheet), (part + "2", sheet)
    )
    hostile.name, hostile.expect = f"f{hostile.seed}.xlsx", "refuse"
    hostile.tricks.append("laughs")


def _cut(deal: random.Random, hostile: "Hostile") -> None:
    """Cut a packed file, or a Parquet file or workbook; cut text is text, with a row fewer."""
    if hostile.name.endswith(".csv"):
        hostile.data = _zip((hostile.name, hostile.data))
        hostile.name += ".zip"
    hostile.data = hostile.data[: deal.randrange(4, len(hostile.data) - 1)]
    hostile.expect = "refuse"
    hostile.tricks.append("cut")


def _changed(deal: random.Random, hostile: "Hostile") -> None:
    """Change some bytes: what is left of the rows is anybody's guess, but the sum must be right."""
    if hostile.name.endswith(".csv"):
        pack = deal.choice((_gzip, _zipped))
        pack(deal, hostile)
    data = bytearray(hostile.data)
    for _ in range(deal.choice((1, 1, 3, 20))):
        data[deal.randrange(len(data))] = deal.randrange(256)
    hostile.data, hostile.rows, hostile.tokens = bytes(data), None, []
    hostile.expect = "either"
    hostile.tricks.append("bytes changed")


def _misnamed(deal: random.Random, hostile: "Hostile") -> None:
    """Give it the ending of another kind of file: its first bytes say what it is."""
    hostile.name += deal.choice((".csv", ".xlsx", ".parquet", ".gz", ".zip", ".txt", ".pdf", "."))
    hostile.expect = "either"
    hostile.tricks.append("misnamed")


def _other(deal: random.Random, hostile: "Hostile") -> None:
    """Put something else in its place altogether."""
    hostile.data = deal.choice(
        (
            b"", b" ", b"\n\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\0", b"PAR1",
            b"PK\x03\x04",
            b"PK\x05\x06" + bytes(18), b"\x1f\x8b", b"\x1f\x8b\x08\0", b'"', b'"\n"', b",", b"\0",
            b"<!DOCTYPE html><p>" + b"sign in", b'{"rows": []}', b"a", b"a\n", b"\r", b"\x1a",
            deal.randbytes(deal.randrange(1, 4_000)), b"PAR1" + deal.randbytes(500) + b"PAR1",
            b"a,b\r" + b"x" * 300_000, b"," * 5_000, b"a" * 1_200_000, b'"' * 10_001,
        )
    )  # fmt: skip
    hostile.rows, hostile.tokens, hostile.expect, hostile.faulty = None, [], "either", 0
    hostile.tricks = ["something else"]


PACKED = (
    *(_gzip, _gzip, _cut_gzip, _zipped, _zipped, _zipped, _climbing, _nested, _laughs, _cut, _cut),
    *(_changed, _changed, _changed, _changed, _misnamed, _misnamed, _other, _other, _other, _bomb),
)


def named_hostile(deal: random.Random, name: str) -> str:
    """Return a name that hurts programs which put names into commands, patterns or messages."""
    before = deal.choice(
        (
            "it's ", 'say "x" ', "[a-z]*? ", "$(id) ", "-rf ", "%d%s ", "\u202egpj ", "Ünïcødé ",
            ";",
            "\U0001f525", "a\nb", "{x}", "~", "#", "a" * 150, "&amp;", "\\", "tab\there",
            "\x1b[31m",
            "raw\udcff\udc80",
        )
    )  # fmt: skip
    if os.name == "nt":
        before = "".join(sign for sign in before if sign not in '\\/:*?"<>|\n\t\x1b')
    return before + name
