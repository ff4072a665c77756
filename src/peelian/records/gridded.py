"""Rows that give places on a grid of their own: their points, each once, made degrees."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyproj

from peelian.records.map import Mapping as Layout
from peelian.records.map.functions import Expr
from peelian.records.map.grid import eastings, names_of, no_place
from peelian.records.store.transaction import Transaction

_GLOBE = "EPSG:4326"
_METRE = 1.0  # or a foot, as the grid counts
_DEGREES = pa.schema(
    [
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("turned", pa.bool_()),
    ]
)


def in_degrees(t: Transaction, layout: Layout, raw: Expr) -> Expr:
    """Return raw rows with the longitude and latitude of their eastings and northings beside them.

    Only distinct points are worked out, so the cost follows places and not records.

    Args:
        t: The load's transaction.
        layout: A mapping that names a grid.
        raw: The rows as they came.
    """
    move = Degrees(layout.crs, layout.bounds)
    for route, (x, y) in eastings(layout, raw, t.store.timezone, t.store.codes).items():
        lon, lat, turned = names_of(route)
        told = raw.mutate(_x=x, _y=y).filter(~no_place(x, y))
        points = told.select(x="_x", y="_y").distinct()
        found = t.lookup_batches(move.rows(t.batches(points)), _DEGREES)
        # Numbered, so that a second route's columns do not meet the first's.
        found = found.select(
            **{f"_x{route}": found["x"], f"_y{route}": found["y"]},
            **{lon: found["lon"], lat: found["lat"], turned: found["turned"]},
        )
        numbered = raw.mutate(**{f"_x{route}": x, f"_y{route}": y})
        joined = numbered.left_join(found, [f"_x{route}", f"_y{route}"])
        raw = t.wider(raw, joined.select(*raw.columns, lon, lat, turned))
    return raw


class Degrees:
    """Turns eastings and northings of one grid into longitude and latitude.

    Args:
        crs: The grid.
        bounds: West, south, east, north that hold every place; None if that is not known.
    """

    def __init__(self, crs: str, bounds: tuple[float, float, float, float] | None) -> None:
        self._to_globe = pyproj.Transformer.from_crs(crs, _GLOBE, always_xy=True)
        self._bounds = bounds

    def rows(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield, for batches of `x` and `y`, where on the globe each lies; null for nowhere."""
        for batch in batches:
            x = batch["x"].to_numpy(zero_copy_only=False)
            y = batch["y"].to_numpy(zero_copy_only=False)
            lon, lat = self._at(x, y)
            turned = self._inside(*self._at(y, x)) & ~self._inside(lon, lat)
            yield pa.RecordBatch.from_arrays(
                [batch["x"], batch["y"], _numbers(lon), _numbers(lat), pa.array(turned)],
                schema=_DEGREES,
            )

    def _at(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        lon, lat = self._to_globe.transform(x, y)
        # Far beyond a grid the formulae go round the globe again: such a place does not come back.
        again = self._to_globe.transform(lon, lat, direction="INVERSE")
        with np.errstate(invalid="ignore"):  # infinity less infinity is no place either
            there = np.hypot(again[0] - x, again[1] - y) < _METRE
        return np.where(there, lon, np.nan), np.where(there, lat, np.nan)

    def _inside(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        if self._bounds is None:
            return np.zeros(len(lon), dtype=bool)
        west, south, east, north = self._bounds
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _numbers(values: np.ndarray) -> pa.Array:
    return pa.array(values, pa.float64(), from_pandas=True)
