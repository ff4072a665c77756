"""The rows of files as they came, read once into Parquet, several files side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

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
    engine.run(f"CREATE TABLE {named(name + '_lines')} ({_LINES})")
    threads = int(engine.run("SELECT current_setting('threads')").fetchone()[0])
    if len(batches) < 2 * threads:
        for batch in batches:
            _read(engine.run, name, batch, columns, folder)
            tell(batch.first + len(batch.files), len(files))
    else:
        engine.run("SET threads = 1")
        try:
            _side_by_side(engine, name, batches, columns, folder, threads, tell)
        finally:
            engine.run(f"SET threads = {threads}")
    paths = ", ".join(literal_path(_path(folder, name, batch)) for batch in batches)
    engine.run(
        f"CREATE VIEW {named(name)} AS SELECT * EXCLUDE (file_row_number), "
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
    columns: Sequence[str],
    folder: Path,
    workers: int,
    tell: Callable[[int, int], None],
) -> None:
    cursors: list[Any] = []

    def read(batch: _Batch) -> int:
        cursor = engine.cursor()
        cursors.append(cursor)
        try:
            _read(cursor.execute, name, batch, columns, folder)
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
    run: Callable[[str], Any], name: str, batch: _Batch, columns: Sequence[str], folder: Path
) -> None:
    first = batch.files[0]
    mine = f"{name}_{batch.number}"
    paths = ", ".join(literal_path(file.path) for file in batch.files)
    what = "".join(f"CAST({named(c)} AS VARCHAR) AS {named(c)}, " for c in columns)
    if first.form == "parquet":
        source = f"read_parquet([{paths}])"
    else:
        types = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in first.header)
        source = (
            f"read_csv([{paths}], auto_detect=false, header=true, columns={{{types}}}, "
            f"delim={quoted(first.delimiter)}, quote='\"', escape='\"', store_rejects=true, "
            f"rejects_table={quoted(f'{mine}_rejects')}, rejects_scan={quoted(f'{mine}_scans')})"
        )
    run(
        f"COPY (SELECT {what}(file_index + {batch.first})::INTEGER AS _file FROM {source}) "
        f"TO {quoted(_path(folder, name, batch))} "
        "(FORMAT parquet, COMPRESSION uncompressed, WRITE_BLOOM_FILTER false)"
    )
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
