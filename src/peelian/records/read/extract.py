"""What reading hands on: one extract for each table of rows, and what was not read, with why."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

# Told of progress: what is being read, how much is done, how much there is (in bytes).
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Extract:
    """One table of rows as it arrived, in a form that an engine reads.

    Args:
        name: The file's own name without its folders; of an archive, `archive.zip: member.csv`.
        path: A UTF-8 CSV or a Parquet file; it may be a temporary copy in the work folder.
        form: `csv` or `parquet`.
        sha256: Fingerprint of the file as it was given; of an archive, of the member.
        header: The column names as the file spells them, made unique.
        rows: Records below the header, counted without the engine. Blank lines are no records,
            unless there is only one column: there they are records that say nothing.
        delimiter: What stands between fields; empty for Parquet.
        notes: What was noticed or changed on the way, in words that quote no value.
        lines: Lines of a CSV, if they were counted: a record with a line end inside has several.
        broken: Bytes of a CSV that are no UTF-8.
    """

    name: str
    path: Path
    form: Literal["csv", "parquet"]
    sha256: str
    header: tuple[str, ...]
    rows: int
    delimiter: str = ","
    notes: tuple[str, ...] = ()
    lines: int | None = None
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What lay at the paths: the extracts in order, and the files that are no data, with why."""

    extracts: tuple[Extract, ...]
    not_read: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a file may go before it is taken for damaged or hostile.

    Args:
        columns: Most columns a table may have.
        line: Longest line, in bytes.
        unpacked: Most bytes that one member of an archive may unpack to.
        archive: Most bytes that a whole archive may unpack to.
        ratio: Most bytes unpacked for each byte packed, once `free` bytes have been unpacked.
        free: Bytes unpacked before the ratio is looked at: small files may be very repetitive.
        members: Most members of an archive.
    """

    columns: int = 2_000
    line: int = 64 << 20
    unpacked: int = 64 << 30
    archive: int = 256 << 30
    ratio: int = 300
    free: int = 64 << 20
    members: int = 100_000


LIMITS = Limits()
