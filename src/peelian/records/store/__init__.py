"""Where records live: a folder of Delta tables and one pointer, opened on DuckDB or on Spark."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from peelian.errors import StoreError, UsageError, nearest
from peelian.records.store.pointer import (
    CODES,
    GENERATIONS,
    PAGE,
    TABLES,
    About,
    Pointer,
    read_about,
    read_pointer,
    write_about,
    write_pointer,
)
from peelian.records.store.tables import DataFile, arrow_schema, files_of
from peelian.schema import TABLES as SCHEMA

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from peelian.records.store.engines import Engine

__all__ = ["Load", "Store", "fingerprint_of", "ledger_rows", "make_empty"]


@dataclass(frozen=True, kw_only=True)
class Load:
    """One file that was read: a row of the ledger.

    Always read = loaded + quarantined + duplicates.

    Args:
        tables: The rows it has in each table now: fewer than it loaded where a later load replaced
            some of its months.
        notes: What was noticed, in words, each with how many rows it is about.
    """

    load_id: str
    source: str
    file: str
    sha256: str
    layout: str
    sensitivity: str
    read: int
    loaded: int
    quarantined: int
    duplicates: int
    tables: Mapping[str, int]
    first_month: date | None
    last_month: date | None
    notes: Mapping[str, Any]
    loaded_at: datetime | None
    peelian: str


class Store:
    """A store, opened at the generation its pointer named at that moment.

    Loads that happen while it is open do not change what it shows.
    """

    def __init__(self, path: Path, about: About, pointer: Pointer, engine: "Engine") -> None:
        self.path, self.crs, self.timezone = path, about.crs, about.timezone
        self.engine, self.fingerprint = engine.name, pointer.fingerprint
        self._pointer, self._engine = pointer, engine
        self._tables: dict[str, ir.Table] = {}
        self._loads: tuple[Load, ...] | None = None

    @classmethod
    def create(
        cls, path: str | Path, *, crs: str = "EPSG:27700", timezone: str = "Europe/London"
    ) -> "Store":
        """Make an empty store.

        Args:
            path: A folder that is not there yet, or is empty.
            crs: The grid, in metres, of `x` and `y`.
            timezone: The zone of local dates where a mapping names none.

        Raises:
            StoreError: Something lies there already.
            UsageError: There is no such grid or zone, or the grid is not in metres.
        """
        make_empty(Path(path), crs=crs, timezone=timezone)
        return cls.open(path)

    @classmethod
    def open(cls, path: str | Path, *, engine: str = "duckdb") -> "Store":
        """Open a store for reading.

        Args:
            path: The store's folder.
            engine: `duckdb`, or `spark` where it is installed.

        Raises:
            StoreError: There is no store here, or it is damaged or of a newer peelian.
            EngineMissing: The engine is not installed.
        """
        from peelian.records.store.engines import engine_called

        path = Path(path)
        about, pointer = read_about(path), read_pointer(path)
        return cls(path, about, pointer, engine_called(engine))

    def table(self, name: str) -> "ir.Table":
        """Return a canonical table: empty if nothing was loaded into it.

        Raises:
            UsageError: There is no such table.
            StoreError: Its files cannot be found.
        """
        if name not in SCHEMA:
            raise UsageError(
                "There is no such table.",
                found=name,
                try_=nearest(name, SCHEMA),
                read="reference/tables",
            )
        if name not in self._tables:
            files = self.files(name)
            _check_there(name, files)
            self._tables[name] = self._engine.table(name, [file.path for file in files])
        return self._tables[name]

    @property
    def codes(self) -> Path:
        """The folder where a force keeps code lists of its own."""
        return self.path / CODES

    @property
    def generation(self) -> int:
        """The number of the generation that is shown."""
        return self._pointer.generation

    def files(self, name: str) -> tuple[DataFile, ...]:
        """Return the Parquet files that hold a table in this generation."""
        return files_of(self.path, self._pointer, name)

    def loads(self) -> tuple[Load, ...]:
        """Return the ledger: every file that was read, in the order of loading."""
        if self._loads is None:  # it is one generation's, and stays as it is
            self._loads = self._read_loads()
        return self._loads

    def _read_loads(self) -> tuple[Load, ...]:
        told = self._engine.fetch(self.table("loads"))
        rows = told.cast(arrow_schema("loads")).to_pylist()
        rows.sort(key=lambda row: (row["loaded_at"], row["file"], row["load_id"]))
        return tuple(
            Load(**row | {part: json.loads(row[part] or "{}") for part in ("tables", "notes")})
            for row in rows
        )

    def data_as_at(self, tables: Iterable[str]) -> str:
        """Return the last month (YYYY-MM) that any record of these tables covers, or nothing."""
        coverage: Any = self.table("coverage")
        last = coverage.filter(coverage["table"].isin(sorted(tables))).month.max().to_pyarrow()
        return f"{last.as_py():%Y-%m}" if last.is_valid else ""

    def check_there(self) -> None:
        """Check that every file of this generation is there, and of its size.

        Raises:
            StoreError: One is not.
        """
        for name in self._pointer.versions:
            _check_there(name, self.files(name))

    def verify(self) -> int:
        """Check that every file of this generation is there and whole; return how many tables are.

        Raises:
            StoreError: A file is missing or of another size, or a table has other rows than the
                ledger says.
        """
        self.check_there()
        told: dict[str, int] = {}
        for load in self.loads():
            for name, rows in load.tables.items():
                told[name] = told.get(name, 0) + rows
        for name, rows in told.items():
            held = int(self.table(name).count().to_pyarrow().as_py())
            if held != rows:
                raise StoreError(
                    f"The table {name} is not what the ledger says.",
                    found=f"{held} rows; the ledger says {rows}",
                    try_="copy the store from a backup",
                    read=PAGE,
                )
        return len(self._pointer.versions)

    def close(self) -> None:
        """Let go of the engine."""
        self._tables.clear()
        self._engine.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def ledger_rows(loads: Iterable[Load]) -> list[dict[str, Any]]:
    """Return loads as rows of the ledger's table; those without a moment were loaded now."""
    now = datetime.now(UTC)
    rows = []
    for load in loads:
        kept = asdict(load) | {"loaded_at": load.loaded_at or now}
        rows.append(kept | {"tables": _json(load.tables), "notes": _json(load.notes)})
    return rows


def _json(words: Mapping[str, Any]) -> str:
    return json.dumps(dict(words), ensure_ascii=False, sort_keys=True, default=str)


def make_empty(path: Path, *, crs: str, timezone: str) -> None:
    """Make an empty store, as `Store.create` does, without opening it.

    Raises:
        StoreError: Something lies there already.
        UsageError: There is no such grid or zone, or the grid is not in metres.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise StoreError(
            "There is something else where the store should go.",
            found=path.name,
            try_="another folder, or an empty one",
            read=PAGE,
        )
    _check_grid(crs)
    _check_zone(timezone)
    try:
        for folder in (TABLES, GENERATIONS, CODES):
            (path / folder).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreError(
            "No store can be made there.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="a folder you may write to",
            read=PAGE,
        ) from problem
    write_pointer(path, Pointer(0, {}, fingerprint_of(())))
    write_about(path, About(crs, timezone))


def fingerprint_of(loads: Iterable[Load]) -> str:
    """Return what was loaded as one word: the same on any machine, in any order of loading."""
    lines = sorted(json.dumps([load.load_id, sorted(load.tables.items())]) for load in loads)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _check_there(name: str, files: Iterable[DataFile]) -> None:
    broken = [f for f in files if not f.path.is_file() or f.path.stat().st_size != f.size]
    if broken:
        raise StoreError(
            "The store is damaged.",
            found=f"{len(broken)} files of the table {name} are missing or of another size",
            try_="copy the store from a backup",
            read=PAGE,
        )


def _check_grid(crs: str) -> None:
    import pyproj
    from pyproj.exceptions import CRSError

    try:
        grid = pyproj.CRS.from_user_input(crs)
    except CRSError as problem:
        raise UsageError(
            "There is no such grid.", found=crs, try_="EPSG:27700", read=PAGE
        ) from problem
    if not grid.is_projected or {axis.unit_name for axis in grid.axis_info} != {"metre"}:
        raise UsageError(
            "The grid is not in metres, so distances cannot be.",
            found=f"{crs}: {grid.name}",
            try_="a projected grid such as EPSG:27700 (Britain) or EPSG:32610 (a UTM zone)",
            read=PAGE,
        )


def _check_zone(timezone: str) -> None:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(timezone)
    except (KeyError, OSError, ValueError) as problem:
        raise UsageError(
            "There is no such time zone.",
            found=timezone,
            try_=nearest(timezone, available_timezones()),
            read=PAGE,
        ) from problem
