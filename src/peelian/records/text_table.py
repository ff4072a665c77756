"""A small table of words, row by row with its lines, from whatever the reading room can open."""

import csv
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from peelian.errors import InputError
from peelian.records.read import Extract, find

_BEYOND = "beyond the header"

Row = tuple[int, Sequence[str | None]]  # the line a row begins on, and its words


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read.

    Args:
        name: The file's own name; of a workbook with several tables, with the sheet's.
        header: The column names.
        rows: The rows, once; bytes that are no text stand in them as lone surrogates.
        n: How many there are, counted apart from reading them.
        notes: What was noticed on the way.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterator[Row]
    n: int
    notes: tuple[str, ...]

    def fault(self, row: Sequence[str | None]) -> str:
        """Return why a row cannot be told apart into its fields, or nothing."""
        if len(row) != len(self.header):
            return f"the row has {len(row)} fields and the header {len(self.header)}"
        letters = (letter for word in row for letter in word or "")
        return "the row holds bytes that are no text" if any(map(_no_text, letters)) else ""

    def as_it_came(self, row: Sequence[str | None]) -> dict[str, object]:
        """Return a row's words by column; those beyond the header's last column stand as a list."""
        words: dict[str, object] = dict(zip(self.header, row, strict=False))
        if beyond := list(row[len(self.header) :]):
            name = _BEYOND
            while name in words:
                name += "'"
            words[name] = beyond
        return words


def _no_text(letter: str) -> bool:
    return "\udc80" <= letter <= "\udcff"


@contextmanager
def open_table(
    path: Path, page: str, fits: Callable[[Sequence[str]], bool] = lambda _: True
) -> Iterator[Table]:
    """Open the one table of a file: CSV, Excel or Parquet, packed or not.

    Args:
        path: The file.
        page: The docs page an error sends the reader to.
        fits: Whether a header is of the table that is meant, where a workbook or an archive holds
            several. A file with one table is that table whatever its header.

    Raises:
        InputError: The file cannot be read, or it cannot be told which table of it is meant.
    """
    with tempfile.TemporaryDirectory(prefix="peelian-", ignore_cleanup_errors=True) as folder:
        extracts = find([path], workdir=Path(folder)).extracts
        extract = _meant(path.name, extracts, fits, page)
        read = _of_parquet(extract.path) if extract.form == "parquet" else _of_text(extract, page)
        with closing(read) as rows:
            yield Table(extract.name, extract.header, rows, extract.rows, extract.notes)


def _meant(
    name: str,
    extracts: Sequence[Extract],
    fits: Callable[[Sequence[str]], bool],
    page: str,
) -> Extract:
    fitting = [e for e in extracts if fits(e.header)] if len(extracts) > 1 else list(extracts)
    if len(fitting) != 1:
        raise InputError(
            "The file holds several tables, and it cannot be told which is meant."
            if extracts
            else "The file holds no table.",
            found=f"{name}: {len(extracts)} tables, of which {len(fitting)} have the columns",
            try_="save the one that is meant as CSV, and load that",
            read=page,
        )
    return fitting[0]


def _of_text(extract: Extract, page: str) -> Generator[Row]:
    try:
        with extract.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=extract.delimiter)
            next(reader, None)  # the header, which the reading room has made unique
            begins = reader.line_num + 1
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
    except csv.Error as problem:
        raise InputError(
            "A row of the file is no row of a table.",
            found=f"{extract.name}: {problem}",
            try_="look for a quotation mark that is never closed",
            read=page,
        ) from problem


def _of_parquet(path: Path) -> Generator[Row]:
    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            for values in zip(*map(_words, batch.columns), strict=True):
                number += 1
                yield number, values


def _words(column: pa.Array) -> list[str | None]:
    """Return a column's values as words; letters that are none stand as lone surrogates."""
    try:
        return [None if value is None else str(value) for value in column.to_pylist()]
    except (OverflowError, ValueError):
        pass  # a moment that Python has no date for, or letters that are none
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if word is None else word.decode("utf-8", "surrogateescape") for word in raw]
    if pa.types.is_temporal(kind):
        return column.cast(pa.string()).to_pylist()
    return ["\udcff"] * len(column)  # nothing that a table of words can hold
