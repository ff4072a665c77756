"""What is worked out once, as records come in: local dates, the grid, the area of a point."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.operations as ops
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely

from peelian.records.map.functions import Expr, at_zone, wall_clock
from peelian.schema import TABLES

if TYPE_CHECKING:
    from peelian.statistics.polygons import PolygonIndex

_NEVER = ibis.null("timestamp(6)")
Floats = npt.NDArray[np.float64]


def local_clock(table: str, columns: Mapping[str, Expr], zone: str) -> Expr | None:
    """Return what local clocks showed when records happened; None where the table has no time.

    The clock is the first of the table's clock columns that is filled.

    Args:
        table: A canonical table.
        columns: What fills it.
        zone: The zone of local dates.
    """
    clocks = [columns[name] for name in TABLES[table].clock if name in columns]
    if not clocks:
        return None
    walls = [_wall(moment, zone) for moment in clocks]
    return ibis.coalesce(*walls) if len(walls) > 1 else walls[0]


def _wall(moment: Expr, zone: str) -> Expr:
    """Return the local clock at a moment; where it was read from that clock, as it was read."""
    node = moment.op()
    if isinstance(node, type(at_zone(ibis.literal(zone), _NEVER).op())):
        place, wall = node.args
        if isinstance(place, ops.Literal) and place.value == zone:
            return wall.to_expr()
    return wall_clock(ibis.literal(zone), moment)


def local_time(wall: Expr, known: Expr) -> dict[str, Expr]:
    """Return `local_date`, `local_hour` and `local_weekday` of records.

    An hour is given only where the time is known, a weekday where at least the day is: a month's
    first day is not when it was.

    Args:
        wall: The local clock.
        known: The time's precision.
    """
    hour: Expr = ibis.null("int64")
    weekday: Expr = hour
    if _may_be(known, {"instant"}):
        hour = ibis.ifelse(known == "instant", wall.hour().cast("int64"), None)
    if _may_be(known, {"instant", "day"}):
        finer = known.isin(["instant", "day"])
        weekday = ibis.ifelse(finer, wall.day_of_week.index().cast("int64"), None)
    return {"local_date": wall.date(), "local_hour": hour, "local_weekday": weekday}


def _may_be(known: Expr, words: set[str]) -> bool:
    """Say whether a precision can be one of some words; that of a column of months never can."""
    case = known.op()
    if not isinstance(case, ops.SearchedCase):
        return True
    told = [*case.results, case.default]
    return any(not isinstance(one, ops.Literal) or one.value in words for one in told)


def at_midnight(wall: Expr, known: Expr) -> Expr:
    """Return whether a time that should be known to the second is exactly local midnight.

    Many of them mean that some times were not known and were written as the start of the day.
    """
    if not _may_be(known, {"instant"}):
        return ibis.literal(False)
    return ibis.ifelse(known == "instant", wall == wall.truncate("D"), False)


@dataclass(frozen=True, slots=True)
class AreaMap:
    """The outlines of one vintage, ready to be asked which of them a point lies in."""

    vintage: str
    codes: npt.NDArray[np.object_]
    index: "PolygonIndex"

    @classmethod
    def of(cls, vintage: str, areas: pa.Table) -> "AreaMap":
        """Make ready the areas of one vintage, from rows of `areas`."""
        # Compiled kernels take a moment to load; most loads bring their areas with them.
        from peelian.statistics.polygons import PolygonIndex

        mine = areas.filter(pc.field("vintage") == vintage)
        outlines = shapely.from_wkb(np.array(mine["geometry"].to_pylist(), object))
        return cls(vintage, np.array(mine["area_code"].to_pylist(), object), PolygonIndex(outlines))


_POINTS = pa.schema(
    [
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("point_area", pa.string()),
        ("point_vintage", pa.string()),
    ]
)


class Places:
    """Turns points into grid coordinates and areas.

    Args:
        crs: The store's grid.
        maps: The vintages whose outlines the store holds, the preferred one first: a point takes
            its area from the first that holds it.
    """

    schema = _POINTS

    def __init__(self, crs: str, maps: Sequence[AreaMap] = ()) -> None:
        self._to_grid = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        self._maps = tuple(maps)

    def rows(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield, for batches of `lon` and `lat`, what is known of each point."""
        for batch in batches:
            lon = batch["lon"].to_numpy(zero_copy_only=False)
            lat = batch["lat"].to_numpy(zero_copy_only=False)
            x, y = self.grid(lon, lat)
            area, vintage = self.areas(lon, lat)
            yield pa.RecordBatch.from_arrays(
                [batch["lon"], batch["lat"], _numbers(x), _numbers(y), area, vintage],
                schema=_POINTS,
            )

    def grid(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Return eastings and northings in metres, not-a-number where the grid does not reach."""
        x, y = self._to_grid.transform(lon, lat)
        reached = np.isfinite(x) & np.isfinite(y)
        return np.where(reached, x, np.nan), np.where(reached, y, np.nan)

    def areas(self, lon: Floats, lat: Floats) -> tuple[pa.Array, pa.Array]:
        """Return the code and the vintage of the area each point lies in, null for none."""
        code = np.full(len(lon), None, object)
        vintage = np.full(len(lon), None, object)
        for one in self._maps:
            found = one.index.locate(lon, lat)
            mine = (found >= 0) & (vintage == None)  # noqa: E711  (elementwise)
            code[mine], vintage[mine] = one.codes[found[mine]], one.vintage
        return pa.array(code, pa.string()), pa.array(vintage, pa.string())


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
