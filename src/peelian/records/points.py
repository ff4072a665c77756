"""Where points lie: their coordinates in the store's grid, and the area that holds each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely

if TYPE_CHECKING:
    from peelian.statistics.polygons import PolygonIndex

Floats = npt.NDArray[np.float64]


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
