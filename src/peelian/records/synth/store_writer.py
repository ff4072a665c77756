"""Canonical tables of made-up records made whole, as `load` makes them, and written as Parquet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet
from numpy.typing import NDArray

from peelian.records.points import Places as Points
from peelian.records.store.tables import arrow_schema
from peelian.schema import TABLES, Kind

# Their functions are made at run time, out of a type checker's sight.
pc: Any = pyarrow.compute
pq: Any = pyarrow.parquet
Instants = NDArray[np.int64]  # microseconds since 1970, UTC
_HOUR = 3_600_000_000
_DAY = 24 * _HOUR
# Words that repeat: worth a dictionary. Of keys and free words nearly every value is its own.
_REPEATING = {Kind.CODE, Kind.INTEGER, Kind.DAY, Kind.FLAG}
_ALSO_REPEATING = {"source", "load_id", "area_code", "area_vintage", "vintage", "measure", "code"}
_ALSO_REPEATING |= {"location_text", "lon", "lat", "x", "y", "unit_id", "codebook", "opening_code"}


@dataclass(frozen=True, slots=True)
class Written:
    """One Parquet file of one table: its rows, and how many of them are of each month."""

    table: str
    path: Path
    rows: int
    months: Mapping[date, int]


@dataclass(frozen=True)
class Finish:
    """What the records of one load have in common.

    Args:
        source: Who supplied them.
        load_id: The load's name in the ledger.
        vintage: Of the area codes.
        crs: The store's grid.
        timezone: The store's zone of local dates.
    """

    source: str
    load_id: str
    vintage: str
    crs: str
    timezone: str = "Europe/London"

    def table(self, name: str, rows: pa.Table) -> pa.Table:
        """Return rows with every column of a canonical table, in its order and types.

        What `load` works out is worked out here likewise: the local date and hour from the first
        clock that is filled, how exactly time and place are known, the grid, the vintage of area
        codes, and which rows say again what an earlier one said.

        Args:
            name: The canonical table.
            rows: Some of its columns; a placed table gives the area of every place it gives.

        Raises:
            ValueError: A column is not the table's, or a place has no area.
        """
        table = TABLES[name]
        strange = set(rows.column_names) - set(table.names)
        if strange:
            raise ValueError(f"{name} has no columns {sorted(strange)}")
        columns = {column: _whole(rows[column]) for column in rows.column_names}
        if table.timed:
            columns |= self._time(name, columns)
        if table.placed:
            columns |= self._place(name, columns, len(rows))
        if "repeats_row" in table:
            columns["repeats_row"] = _repeats(rows)
        if not table.kept_by_store:
            columns["source"] = _always(self.source, len(rows))
            columns["load_id"] = _always(self.load_id, len(rows))
        schema = arrow_schema(name)
        return pa.table(
            [_typed(columns.get(field.name), field.type, len(rows)) for field in schema],
            names=schema.names,
        )

    def _time(self, name: str, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        clocks = [columns[clock] for clock in TABLES[name].clock if clock in columns]
        if not clocks:
            return {}
        moment = clocks[0] if len(clocks) == 1 else pc.coalesce(*clocks)
        unknown = moment.is_null().to_numpy(zero_copy_only=False)
        micros = moment.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).fill_null(0)
        local = local_micros(micros.to_numpy(zero_copy_only=False), self.timezone)
        day = local // _DAY
        found = {
            "local_date": pa.array(day.astype(np.int32), pa.int32(), mask=unknown).cast(
                pa.date32()
            ),
            "local_hour": pa.array(local % _DAY // _HOUR, pa.int64(), mask=unknown),
            # 1970 began on a Thursday.
            "local_weekday": pa.array((day + 3) % 7, pa.int64(), mask=unknown),
        }
        known = _always("instant", len(unknown))
        if unknown.any():
            known = pc.if_else(pa.array(unknown), pa.scalar(None, pa.string()), _plain(known))
        return {"time_precision": known} | found

    def _place(self, name: str, columns: dict[str, pa.Array], n: int) -> dict[str, pa.Array]:
        area = columns.get("area_code", pa.nulls(n, pa.string()))
        lon, lat = columns.get("lon"), columns.get("lat")
        pointed = pa.array(np.zeros(n, bool)) if lon is None else lon.is_valid()
        if pc.any(pc.and_(pointed, area.is_null())).as_py():
            raise ValueError(f"{name}: a place has no area")
        without = pc.if_else(area.is_valid(), "area", "none")
        said = columns.get("location_precision")
        exactness = _plain(said) if said is not None else pa.scalar("exact")
        found: dict[str, pa.Array] = {
            "location_precision": pc.if_else(pointed, exactness, without),
            "area_vintage": pc.if_else(
                area.is_valid(), pa.scalar(self.vintage), pa.scalar(None, pa.string())
            ),
        }
        if lon is not None and lat is not None:
            x, y = _grid(self.crs).grid(
                lon.to_numpy(zero_copy_only=False), lat.to_numpy(zero_copy_only=False)
            )
            found |= {
                "x": pa.array(x, pa.float64(), from_pandas=True),
                "y": pa.array(y, pa.float64(), from_pandas=True),
            }
        return found

    def write(self, name: str, rows: pa.Table, folder: Path, called: str) -> Written | None:
        """Write rows of a canonical table as one Parquet file; None where there are none.

        Args:
            name: The canonical table.
            rows: As `table` takes them.
            folder: Where the file goes, in a folder of the table's own.
            called: The file's name, without its ending.
        """
        if not rows.num_rows:
            return None
        whole = self.table(name, rows)
        path = folder / name / f"{called}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(whole, path, _repeating(name))
        return Written(name, path, whole.num_rows, _months(name, whole))


@lru_cache(maxsize=4)
def _grid(crs: str) -> Points:
    """Return the grid; to look one up takes longer than to place a month of records in it."""
    return Points(crs)


def write_parquet(rows: pa.Table, path: Path, repeating: list[str]) -> None:
    """Write rows to a Parquet file, the same bytes for the same rows.

    Args:
        rows: The rows.
        path: The file.
        repeating: Columns whose values come again and again.
    """
    pq.write_table(
        rows,
        path,
        compression="zstd",
        compression_level=1,
        use_dictionary=repeating,
        store_schema=False,
        row_group_size=1 << 17,
    )


def local_micros(micros: Instants, timezone: str) -> Instants:
    """Return what local clocks showed at moments, as microseconds since 1970 on that clock.

    Args:
        micros: Microseconds since 1970, UTC.
        timezone: The zone, whose clocks change on whole hours UTC.
    """
    if not len(micros):
        return micros
    years = micros.astype("M8[us]").astype("M8[Y]").astype(np.int64)
    starts, offsets = _clocks(timezone, int(years.min()), int(years.max()))
    return micros + offsets[np.searchsorted(starts, micros, side="right") - 1]


@lru_cache(maxsize=64)
def _clocks(timezone: str, first: int, last: int) -> tuple[Instants, Instants]:
    """Return the moments from which each offset from UTC holds, and the offsets: microseconds.

    Args:
        timezone: The zone.
        first: The first year, counted from 1970.
        last: The last year, likewise.
    """
    zone = ZoneInfo(timezone)
    begin, end = np.array([first, last + 1]).astype("M8[Y]").astype("M8[h]").astype(np.int64)
    starts, offsets = [int(begin)], [_offset(int(begin), zone)]
    for day in range(int(begin), int(end), 24):
        if _offset(day + 24, zone) != offsets[-1]:
            # The clocks changed within this day: at the first hour that shows it.
            hour = next(h for h in range(day, day + 25) if _offset(h, zone) != offsets[-1])
            starts.append(hour)
            offsets.append(_offset(hour, zone))
    return np.array(starts, np.int64) * _HOUR, np.array(offsets, np.int64)


def _offset(hour: int, zone: ZoneInfo) -> int:
    shift = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset()
    assert shift is not None
    return int(shift.total_seconds() * 1_000_000)


def recipe(*parts: str) -> str:
    """Return the fingerprint of what records are made from: the same parts, the same records."""
    return sha256("\n".join(parts).encode()).hexdigest()


def _months(name: str, rows: pa.Table) -> dict[date, int]:
    """Count rows by the first day of their month; none where the table has no time."""
    if not TABLES[name].timed:
        return {}
    days = rows["local_date"].drop_null().cast(pa.int32()).to_numpy()
    months = days.astype("M8[D]").astype("M8[M]")
    found, counts = np.unique(months, return_counts=True)
    first = found.astype("M8[D]").astype(object).tolist()
    return dict(zip(first, counts.tolist(), strict=True))


def _repeats(rows: pa.Table) -> pa.Array:
    """Return which rows say word for word what an earlier row says."""
    numbered = rows.append_column("_row", pa.array(np.arange(len(rows))))
    firsts = numbered.group_by(rows.column_names).aggregate([("_row", "min")])
    again = np.ones(len(rows), bool)
    again[firsts["_row_min"].to_numpy()] = False
    return pa.array(again)


def _repeating(name: str) -> list[str]:
    return [
        column.name
        for column in TABLES[name].columns
        if column.kind in _REPEATING or column.name in _ALSO_REPEATING
    ]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _always(value: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([value]))


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


def _typed(column: pa.Array | None, wanted: pa.DataType, n: int) -> pa.Array:
    """Return a column in its canonical type; repeated words stay a dictionary until written."""
    if column is None:
        return pa.nulls(n, wanted)
    if isinstance(column, pa.DictionaryArray) and column.type.value_type == wanted:
        return column
    return column if column.type == wanted else column.cast(wanted)
