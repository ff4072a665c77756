"""One load, all or nothing: files are written beside the old ones, then one pointer is swapped."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from peelian.errors import StoreError
from peelian.records.read import Extract
from peelian.records.store import Load, Store, fingerprint_of, ledger_rows
from peelian.records.store.emptying import empty, is_marked, mark
from peelian.records.store.engines import DuckDB, Expr, duckdb_type, literal_path, named, quoted
from peelian.records.store.faults import GAVE_WAY, in_words
from peelian.records.store.pointer import (
    TABLES,
    WORK,
    Pointer,
    hold,
    read_about,
    read_pointer,
    write_pointer,
)
from peelian.records.store.raw import read_raw
from peelian.records.store.repeats import flag_repeats, set_repeats_aside
from peelian.records.store.staging import Staged, Way, stage
from peelian.records.store.tables import DataFile, arrow_schema, commit, roll_back
from peelian.schema import TABLES as SCHEMA

MEMORY = "1GB"
_WRITE = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false"


class Transaction:
    """The one way to change a store. Leaving it without `commit` changes nothing.

    Args:
        path: The store's folder.
        tell: Told what is going on.
        memory: The most that the engine may hold before it spills into the store's folder.

    Raises:
        StoreBusy: Another load holds the store.
        StoreError: There is no store, or it is damaged.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        tell: Callable[[str, int, int], None] | None = None,
        memory: str = MEMORY,
    ) -> None:
        self.path, self.tell = Path(path), tell or (lambda *_: None)
        self._memory = memory
        self._added: dict[str, list[DataFile]] = {}
        self._removed: dict[str, list[DataFile]] = {}
        self._ledger: dict[str, Load] = {}
        self._names = 0

    def __enter__(self) -> "Transaction":
        about = read_about(self.path)
        try:
            self._lock = hold(self.path)
        except OSError as problem:
            raise in_words(problem, self.path) from problem
        try:
            self._pointer = read_pointer(self.path)
            self.generation = self._pointer.generation + 1
            self.work = self._fresh_work()
            roll_back(self.path, self._pointer)
            if is_marked(self.path):  # an erasure was killed before its old files were gone
                empty(self.path, self._pointer)
            self.engine = DuckDB(memory=self._memory, spill=self.work / "spill")
            self.store = Store(self.path, about, self._pointer, self.engine)
            self.store.check_there()
            self._ledger = {load.load_id: load for load in self.store.loads()}
        except GAVE_WAY as problem:
            self._lock.release()
            raise in_words(problem, self.path) from problem
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
        shown = self._is_shown()
        try:
            self.engine.close()
            # What was written and not committed goes now; after a kill, the next loader does it.
            if not shown:
                for file in [file for files in self._added.values() for file in files]:
                    with suppress(OSError):  # the next loader does it
                        file.path.unlink()
            shutil.rmtree(self.work, ignore_errors=True)
        finally:
            self._lock.release()
        if isinstance(problem, GAVE_WAY):
            raise in_words(problem, self.path, done=shown) from problem

    def _is_shown(self) -> bool:
        """Say whether the store shows what was written here, or may: then no file may go.

        A load that is stopped just after its pointer was swapped was committed all the same.
        """
        try:
            return read_pointer(self.path).generation >= self.generation
        except StoreError:
            return True

    def _fresh_work(self) -> Path:
        work = self.path / WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        return work

    def raw(self, files: Sequence[Extract], columns: Sequence[str]) -> ir.Table:
        """Read columns of files of one header, form and delimiter, once, as they came.

        Returns:
            Rows of text, with `_file` (the file's place in `files`) and `_row` (their order).
        """

        def tell(done: int, total: int) -> None:
            self.tell("reading rows", done, total)

        return read_raw(self.engine, self.name("raw"), files, columns, self.work, tell)

    def stage(
        self,
        raw: ir.Table,
        fault: Expr,
        ways: Sequence[Way],
        marks: Mapping[str, Expr],
    ) -> Staged:
        """Find the faults of raw rows, and name the values of the sound ones.

        Args:
            raw: Rows as they came, from `raw`.
            fault: Why a row cannot be loaded, or null.
            ways: Where sound rows go; no two take the same row.
            marks: Further columns to name, beginning with an underscore.
        """
        return stage(self.engine, raw, fault, ways, marks)

    def set_repeats_aside(self, staged: Staged, source: str) -> ir.Table | None:
        """Return the rows whose key is known already, as duplicates or with a reason; None if none.

        Columns: `_row`, `_file`, `_way`, `month`, `reason` (null of a duplicate), `row`.
        """
        held = {}
        for table in {way.table for way in staged.ways}:
            if self.files(table):
                held[table] = self.now(table).get_name()
        return set_repeats_aside(staged, held, source, self.name("repeats"))

    def flag_repeats(self, staged: Staged, way: int) -> ir.Table | None:
        """Return `_row` of rows of one way that repeat an earlier row of their file; or None."""
        return flag_repeats(staged, way, self.name("repeated"))

    def files(self, table: str) -> list[DataFile]:
        """Return the files of a table as this load has left it so far."""
        gone = self._removed.get(table, [])
        kept = [file for file in self.store.files(table) if file not in gone]
        return kept + self._added.get(table, [])

    def now(self, table: str) -> Expr:
        """Return a canonical table as this load has left it so far."""
        files = [file.path for file in self.files(table)]
        return self.engine.table(self.name(table), files, like=table)

    def fetch(self, rows: ir.Table) -> pa.Table:
        """Return rows of this load, or of the store as it leaves it, as Arrow."""
        return self.engine.fetch(rows)

    def rows(self, rows: ir.Table) -> Iterator[dict[str, Any]]:
        """Yield a few rows as dictionaries."""
        yield from self.fetch(rows).to_pylist()

    def batches(self, rows: ir.Table) -> Iterator[pa.RecordBatch]:
        """Yield rows in batches; nothing else may be asked of this load until all are read."""
        yield from self.engine.run(ibis.to_sql(rows, dialect="duckdb")).to_arrow_reader(1 << 20)

    def count(self, rows: ir.Table) -> int:
        """Return how many rows there are."""
        return int(self.fetch(rows.aggregate(n=rows.count()))["n"][0].as_py())

    def lookup(self, rows: pa.Table) -> ir.Table:
        """Return a small Arrow table as one that can be joined to staged rows."""
        name = self.name("lookup")
        self.engine.ibis.con.register(f"{name}_arrow", rows)
        self.engine.run(f"CREATE TABLE {named(name)} AS SELECT * FROM {named(name + '_arrow')}")
        self.engine.ibis.con.unregister(f"{name}_arrow")
        return self.engine.ibis.table(name)

    def lookup_batches(self, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> ir.Table:
        """Return rows that come in batches as a table that can be joined to staged rows."""
        name = self.name("lookup")
        path = self.work / f"{name}.parquet"
        with pq.ParquetWriter(path, schema, compression="snappy") as writer:
            for batch in batches:
                writer.write_batch(batch)
        self.engine.run(
            f"CREATE VIEW {named(name)} AS SELECT * FROM read_parquet({literal_path(path)})"
        )
        return self.engine.ibis.table(name)

    def hold(self, rows: ir.Table) -> ir.Table:
        """Work rows out once, and return them as a table of the engine's own."""
        name = self.name("held")
        self.engine.run(f"CREATE TABLE {named(name)} AS {ibis.to_sql(rows, dialect='duckdb')}")
        return self.engine.ibis.table(name)

    def wider(self, raw: ir.Table, rows: ir.Table) -> ir.Table:
        """Return raw rows with more columns beside what came; lines that are no rows go along.

        Args:
            raw: Rows from `raw`.
            rows: The same rows, with all their columns and further ones, named from an underscore.
        """
        wider = self.hold(rows)
        lines = (named(table.get_name() + "_lines") for table in (wider, raw))
        self.engine.run("CREATE VIEW {} AS SELECT * FROM {}".format(*lines))
        return wider

    def add(self, table: str, rows: ir.Table | pa.Table) -> int:
        """Write rows for a canonical table, and return how many.

        Args:
            table: The table.
            rows: Some or all of its columns; those it lacks are empty. Others are refused.
        """
        if isinstance(rows, pa.Table):
            return self.add(table, self.lookup(rows)) if rows.num_rows else 0
        strange = set(rows.columns) - set(SCHEMA[table].names)
        if strange:
            raise ValueError(f"{table} has no columns {sorted(strange)}")
        return self._write(table, ibis.to_sql(rows, dialect="duckdb"), set(rows.columns))

    def _write(self, table: str, sql: str, there: set[str]) -> int:
        what = ", ".join(
            f"CAST({named(c.name) if c.name in there else 'NULL'} AS {duckdb_type(c.kind)}) "
            f"AS {named(c.name)}"
            for c in SCHEMA[table].columns
        )
        folder = self.path / TABLES / table
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.generation:06}-{uuid4().hex}.parquet"
        try:
            # Rows of a table have no order, and keeping one would hold the engine's threads up.
            self.engine.run("SET preserve_insertion_order = false")
            rows = self.engine.run(
                f"COPY (SELECT {what} FROM ({sql})) TO {quoted(path)} ({_WRITE})"
            ).fetchone()[0]
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            self.engine.run("SET preserve_insertion_order = true")
        if rows:
            file = DataFile(path, rows, path.stat().st_size)
            self._added.setdefault(table, []).append(file)
        else:
            path.unlink()
        return rows

    def keep_only(self, table: str, keep: Callable[[Expr], Expr]) -> int:
        """Drop the store's rows of a table for which `keep` is not true; return how many went.

        Files that hold none of them stay as they are; readers of the old generation keep the rest.
        """
        went = 0
        for file in self.files(table):
            rows: Expr = self.engine.table(self.name(table), [file.path], like=table)
            kept = rows.filter(keep(rows).fill_null(False))
            left = self.count(kept)
            if left == file.rows:
                continue
            went += file.rows - left
            if left:
                self.add(table, kept)
            self._forget(table, file)
        return went

    def _forget(self, table: str, file: DataFile) -> None:
        """Leave a file out of the next generation; one of this load itself goes at once."""
        mine = self._added.get(table, [])
        if file in mine:
            mine.remove(file)
            file.path.unlink()
        else:
            self._removed.setdefault(table, []).append(file)

    @property
    def current(self) -> Pointer:
        """The generation that the store shows."""
        return self._pointer

    def loads(self) -> tuple[Load, ...]:
        """Return the ledger as this load has left it so far."""
        return tuple(self._ledger.values())

    def known(self, load_id: str) -> Load | None:
        """Return what the ledger says of a load, or None."""
        return self._ledger.get(load_id)

    def ledger(self, load: Load) -> None:
        """Write one load into the ledger, in place of what it said of that load."""
        self._ledger[load.load_id] = load

    def quarantine(self, rows: ir.Table | pa.Table) -> None:
        """Keep rows that were set aside: load_id, line, reason, row."""
        self.add("quarantine", rows)

    def coverage(self, rows: ir.Table | pa.Table) -> None:
        """Write which months of which tables the load covers."""
        self.add("coverage", rows)

    def commit(self) -> Pointer:
        """Make everything written here the store's next generation.

        Delta commits come first and change nothing for anyone; the pointer's swap does.
        """
        self._rewrite_ledger()
        at = int(time.time() * 1000)
        versions = dict(self._pointer.versions)
        for table in sorted(self._added.keys() | self._removed.keys()):
            added, removed = self._added.get(table, []), self._removed.get(table, [])
            versions[table] = commit(self.path, table, added, removed, at)
        pointer = Pointer(
            self.generation,
            versions,
            fingerprint_of(self._ledger.values()),
            self._pointer.fingerprint,
        )
        write_pointer(self.path, pointer)
        self._pointer = pointer
        self._added.clear()
        self._removed.clear()
        return pointer

    def commit_erasure(self) -> Pointer:
        """Make the next generation, and empty all older ones: what was dropped is gone for good.

        Raises:
            StoreError: An old file cannot be removed yet; the generation is in place.
        """
        mark(self.path)
        pointer = self.commit()
        empty(self.path, pointer)
        return pointer

    def _rewrite_ledger(self) -> None:
        """Write the whole ledger anew: it is small, and earlier loads may hold fewer rows now."""
        self._removed["loads"] = list(self.store.files("loads"))
        rows = ledger_rows(self._ledger.values())
        self.add("loads", pa.Table.from_pylist(rows, schema=arrow_schema("loads")))

    def name(self, what: str) -> str:
        """Return a name for a table of the engine that nothing else has."""
        self._names += 1
        return f"_{what}_{self._names}"


__all__ = ["Transaction"]
