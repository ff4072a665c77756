"""A small table of words, row by row with its lines: CSV, packed or not, or Parquet."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from pyarrow import ArrowInvalid

from peelian.errors import InputError

Rows = Iterator[tuple[int, Sequence[str | None]]]


def open_table(path: Path, page: str) -> tuple[tuple[str, ...], Rows]:
    """Return the header of a file, and each row with the line on which it begins.

    Args:
        path: CSV (plain or .gz, with or without a byte-order mark) or Parquet.
        page: The docs page an error sends the reader to.

    Raises:
        InputError: There is no such file, it is empty, damaged, or not text.
    """
    if not path.is_file():
        raise InputError("There is no such file.", found=path.name, read=page)
    if path.suffix.lower() == ".parquet":
        return _open_parquet(path, page)
    lines = _lines(path, page)
    first = next(lines, None)
    if first is None or not any(word and word.strip() for word in first[1]):
        raise InputError("The file is empty.", found=path.name, read=page)
    return tuple(word or "" for word in first[1]), lines


def _open_parquet(path: Path, page: str) -> tuple[tuple[str, ...], Rows]:
    try:
        file = pq.ParquetFile(path)
    except (ArrowInvalid, OSError) as problem:
        raise InputError(
            "The file is not Parquet, or is damaged.", found=path.name, read=page
        ) from problem

    def rows() -> Rows:
        number = 0
        with file:
            for batch in file.iter_batches():
                for values in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                    number += 1
                    yield number, [None if v is None else str(v) for v in values]

    return tuple(file.schema_arrow.names), rows()


def _lines(path: Path, page: str) -> Rows:
    opener = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = max(",;\t|", key=first.count)
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter)
            begins = 1
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InputError(
            "The file cannot be read as a table of text.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="save it as CSV in UTF-8",
            read=page,
        ) from problem
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise InputError(
            "The packed file is damaged or was cut short.",
            found=path.name,
            try_="fetch or copy it again",
            read=page,
        ) from problem
