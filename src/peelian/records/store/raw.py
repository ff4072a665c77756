"""The rows of files as they came, read once into Parquet, several files side by side."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.types as ir

from peelian.errors import InputError
from peelian.records.read import Extract
from peelian.records.store.engines import DuckDB, literal_path, named, quoted

# What the engine calls a line that is no record, and what we call it.
_REJECTED = {
    "MISSING COLUMNS": "fewer fields than the header has columns",
    "TOO MANY COLUMNS": "more fields than the header has columns",
    "UNQUOTED VALUE": "a quote in the middle of a field",
    "LINE SIZE OVER MAXIMUM": "longer than any row can be",
    "INVALID ENCODING": "not written in UTF-8",
}
# What the engine raises over bytes that are no rows, beside an error of no kind; a full disk or
# memory is none of these.
_UNREADABLE = (
    *(duckdb.InvalidInputException, duckdb.ConversionException, duckdb.BinderException),
    *(duckdb.OutOfRangeException, duckdb.SerializationException, duckdb.NotImplementedException),
)
_LINES = "_file INTEGER, line BIGINT, reason VARCHAR, row VARCHAR"
_BATCH = 64 << 20  # bytes of files that are read as one, so that small files cost little each
_ROWS = 40  # bits for the rows of a batch; the batch's number stands above them


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files that one statement reads.

    Args:
        number: Its place among the batches.
        first: The place of its first file among all files.
        files: The files.
    """

    number: int
    first: int
    files: tuple[Extract, ...]


def read_raw(
    engine: DuckDB,
    name: str,
    files: Sequence[Extract],
    columns: Sequence[str],
    folder: Path,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> ir.Table:
    """Read columns of files of one header once, into Parquet files of the work folder.

    To keep rows in the order of their files, the engine reads one file hardly faster with two cores
    than with one. So where there are several, each core reads files of its own.

    Args:
        engine: The loader's DuckDB.
        name: What to call the view of the rows.
        files: The extracts: of one header, form and delimiter.
        columns: Which of their columns to read.
        folder: The work folder.
        tell: Told how many of the files have been read, and of how many.

    Returns:
        The rows as they came, all text, with `_file` (a file's place in `files`) and `_row` (their
        order over all files). Lines that are no records are in the table `<name>_lines`.
    """
    batches = _batches(files)
    # DuckDB breaks over a broken letter in a column that it was not asked for, so it is asked
    # for all of them, those not wanted by names that nothing else has.
    called = {column: column for column in columns}
    if any(file.broken for file in files):
        header = files[0].header
        called |= {c: f"_spare_{n}" for n, c in enumerate(header) if c not in called}
    engine.run(f"CREATE TABLE {named(name + '_lines')} ({_LINES})")
    threads = int(engine.run("SELECT current_setting('threads')").fetchone()[0])
    if len(batches) < 2 * threads:
        for batch in batches:
            _read(engine.run, name, batch, called, folder)
            tell(batch.first + len(batch.files), len(files))
    else:
        engine.run("SET threads = 1")
        try:
            _side_by_side(engine, name, batches, called, folder, threads, tell)
        finally:
            engine.run(f"SET threads = {threads}")
    spare = [named(ours) for column, ours in called.items() if column not in columns]
    without = ", ".join(["file_row_number", *spare])
    paths = ", ".join(literal_path(_path(folder, name, batch)) for batch in batches)
    engine.run(
        f"CREATE VIEW {named(name)} AS SELECT * EXCLUDE ({without}), "
        f"(file_index::BIGINT << {_ROWS}) + file_row_number AS _row "
        f"FROM read_parquet([{paths}], file_row_number=true)"
    )
    return engine.ibis.table(name)


def _batches(files: Sequence[Extract]) -> list[_Batch]:
    batches: list[_Batch] = []
    held: list[Extract] = []
    size = 0
    for number, file in enumerate(files):
        held.append(file)
        size += file.path.stat().st_size
        if size >= _BATCH or number == len(files) - 1:
            batches.append(_Batch(len(batches), number + 1 - len(held), tuple(held)))
            held, size = [], 0
    return batches


def _side_by_side(
    engine: DuckDB,
    name: str,
    batches: Sequence[_Batch],
    called: Mapping[str, str],
    folder: Path,
    workers: int,
    tell: Callable[[int, int], None],
) -> None:
    cursors: list[Any] = []

    def read(batch: _Batch) -> int:
        cursor = engine.cursor()
        cursors.append(cursor)
        try:
            _read(cursor.execute, name, batch, called, folder)
        finally:
            cursor.close()
        return len(batch.files)

    done, total = 0, sum(len(batch.files) for batch in batches)
    with ThreadPoolExecutor(workers) as pool:
        try:
            for read_now in pool.map(read, batches):
                done += read_now
                tell(done, total)
        except BaseException:  # Ctrl-C as well: whoever pressed it should not wait for a file
            pool.shutdown(wait=False, cancel_futures=True)
            for cursor in cursors:
                cursor.interrupt()
            raise


def _path(folder: Path, name: str, batch: _Batch) -> Path:
    return folder / f"{name}-{batch.number:05}.parquet"


def _read(
    run: Callable[[str], Any], name: str, batch: _Batch, called: Mapping[str, str], folder: Path
) -> None:
    """Read the files of one batch: each column asked for, by what it is called."""
    first = batch.files[0]
    mine = f"{name}_{batch.number}"
    paths = ", ".join(literal_path(file.path) for file in batch.files)
    theirs = {column: column for column in called}
    if first.form == "parquet":
        source = f"read_parquet([{paths}])"
    else:
        # Called by their places: to the engine, two names that differ in case alone are one.
        theirs = {column: f"c{place}" for place, column in enumerate(first.header)}
        types = ", ".join(f"c{place}: 'VARCHAR'" for place in range(len(first.header)))
        source = (
            f"read_csv([{paths}], auto_detect=false, header=true, compression='none', "
            f"columns={{{types}}}, "
            f"delim={quoted(first.delimiter)}, quote='\"', escape='\"', store_rejects=true, "
            f"rejects_table={quoted(f'{mine}_rejects')}, rejects_scan={quoted(f'{mine}_scans')})"
        )
    what = "".join(
        f"CAST({named(theirs[column])} AS VARCHAR) AS {named(ours)}, "
        for column, ours in called.items()
    )
    statement = (
        f"COPY (SELECT {what}(file_index + {batch.first})::INTEGER AS _file FROM {source}) "
        f"TO {quoted(_path(folder, name, batch))} "
        "(FORMAT parquet, COMPRESSION uncompressed, WRITE_BLOOM_FILTER false)"
    )
    try:
        run(statement)
    except duckdb.Error as problem:  # its words quote what it stumbled over, so they stop here
        if not isinstance(problem, _UNREADABLE) and type(problem) is not duckdb.Error:
            raise
        named_files = ", ".join(file.name for file in batch.files[:5])
        raise InputError(
            "The engine cannot read the rows of a file, so nothing was loaded.",
            found=f"{named_files}: {type(problem).__name__}",
            try_="save it anew as CSV UTF-8; of several files, load one at a time to see which",
            read="how-to/load-records",
        ) from problem
    if first.form == "csv":
        _keep_rejects(run, name, mine, batch.first)


def _keep_rejects(run: Callable[[str], Any], name: str, mine: str, first: int) -> None:
    """Keep the lines that were no records, one row a line; the engine has one for each error."""
    whens = " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in _REJECTED.items())
    run(
        f"""INSERT INTO {named(name + "_lines")}
        SELECT (file_id + {first})::INTEGER, line::BIGINT,
        CASE arg_min(error_type::VARCHAR, byte_position) {whens}
        ELSE 'not a row of this table' END,
        trim(any_value(csv_line), chr(10) || chr(13))
        FROM {named(mine + "_rejects")} GROUP BY ALL"""
    )
