"""An empty store filled at once with files that were written for it: no engine is started."""

import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from peelian.errors import StoreError
from peelian.records.store import Load, fingerprint_of, ledger_rows
from peelian.records.store.pointer import (
    PAGE,
    TABLES,
    WORK,
    Pointer,
    hold,
    read_about,
    read_pointer,
    write_pointer,
)
from peelian.records.store.tables import DataFile, arrow_schema, commit, roll_back

# Its functions are made at run time, out of a type checker's sight.
pq: Any = pyarrow.parquet
_FIRST = 1  # the generation that is made


class Filling:
    """The one way to fill a new store without `load`. Leaving it without `commit` changes nothing.

    Args:
        path: The folder of a store that holds nothing yet.

    Raises:
        StoreBusy: A load holds the store.
        StoreError: There is no store, it is damaged, or it holds something.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._added: dict[str, list[DataFile]] = {}

    def __enter__(self) -> "Filling":
        self.about = read_about(self.path)
        self._lock = hold(self.path)
        try:
            self._pointer = read_pointer(self.path)
            if self._pointer.generation:
                raise StoreError(
                    "The store holds something already.",
                    found=f"generation {self._pointer.generation}",
                    try_="a new folder",
                    read=PAGE,
                )
            roll_back(self.path, self._pointer)
            self.work = self.path / WORK
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for files in self._added.values():
                for file in files:
                    file.path.unlink(missing_ok=True)
            shutil.rmtree(self.work, ignore_errors=True)
        finally:
            self._lock.release()

    def adopt(self, table: str, path: Path) -> int:
        """Take in a Parquet file, and return its rows.

        The file moves into the table's folder. Its name stays, behind the generation's number.

        Args:
            table: The table.
            path: A file in the working folder, with the table's very columns, in order.

        Raises:
            ValueError: It has other columns.
        """
        about = pq.read_metadata(path)
        if not about.schema.to_arrow_schema().equals(arrow_schema(table)):
            raise ValueError(f"{path.name} has other columns than {table}")
        folder = self.path / TABLES / table
        folder.mkdir(parents=True, exist_ok=True)
        own = path.replace(folder / f"{_FIRST:06}-{path.name}")
        self._added.setdefault(table, []).append(DataFile(own, about.num_rows, own.stat().st_size))
        return about.num_rows

    def commit(self, loads: Sequence[Load], covered: Iterable[Mapping[str, Any]]) -> Pointer:
        """Make all that was taken in the store's first generation.

        Args:
            loads: The ledger.
            covered: Rows of `coverage`.
        """
        self._write("loads", ledger_rows(loads))
        self._write("coverage", covered)
        at = int(time.time() * 1000)
        versions = {
            table: commit(self.path, table, files, (), at)
            for table, files in sorted(self._added.items())
        }
        pointer = Pointer(_FIRST, versions, fingerprint_of(loads), self._pointer.fingerprint)
        write_pointer(self.path, pointer)
        self._added.clear()
        return pointer

    def _write(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        path = self.work / f"{table}.parquet"
        whole = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
        pq.write_table(whole, path, compression="zstd", store_schema=False)
        if whole.num_rows:
            self.adopt(table, path)


__all__ = ["Filling"]
