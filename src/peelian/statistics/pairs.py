"""Events near one another: every pair within a distance, in bands."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.kernels_pairs import Cells, count_pairs, find_pairs

Floats = NDArray[np.float64]
_MOST_CELLS = 4_000_000  # a finer grid would cost more memory than it saves time
_AT_ONCE = 20_000_000  # pairs held in memory together: 180 MB


@dataclass(frozen=True, slots=True)
class Pairs:
    """Some of the close pairs.

    Args:
        one: The first event of each, by its number in the grid's order.
        other: The second.
        band: The band of its distance.
    """

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    band: NDArray[np.int8]


class Near:
    """Which events lie within a distance of one another, found by laying a grid over them.

    Args:
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        edges: Edges of the bands of distance, rising, in metres; a band holds its lower edge and
            not its upper. Shape (bands + 1,).
        manhattan: Whether distance is along a grid of streets instead of straight.

    Raises:
        ValueError: A coordinate or an edge is not a finite number, or the edges do not rise.
    """

    def __init__(self, x: Floats, y: Floats, edges: Floats, *, manhattan: bool = False) -> None:
        x, y, edges = (np.ascontiguousarray(v, float) for v in (x, y, edges))
        if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(edges).all()):
            raise ValueError("coordinates and edges are finite numbers")
        if len(edges) < 2 or edges[0] < 0 or not (np.diff(edges) > 0).all():
            raise ValueError("edges rise from nought or above")
        self.edges, self.manhattan = edges, manhattan
        wide, high = (float(np.ptp(v)) if len(v) else 0.0 for v in (x, y))
        side = max(float(edges[-1]), np.sqrt(wide * high / _MOST_CELLS), max(wide, high) / 1e6)
        columns, rows = int(wide // side) + 1, int(high // side) + 1
        low = (float(x.min()), float(y.min())) if len(x) else (0.0, 0.0)
        cell = ((y - low[1]) // side).astype(np.int64) * columns
        cell += ((x - low[0]) // side).astype(np.int64)
        self.order = np.argsort(cell, kind="stable")
        begin = np.searchsorted(cell[self.order], np.arange(columns * rows + 1))
        self.cells = Cells(x[self.order], y[self.order], begin, columns, rows)
        self._counts = np.zeros(columns * rows, np.int64)
        count_pairs(self.cells, edges, manhattan, self._counts)

    def __len__(self) -> int:
        return int(self._counts.sum())

    def chunks(self, most: int = _AT_ONCE) -> Iterator[Pairs]:
        """Yield every close pair once, at most so many at a time, unless one cell has more."""
        total = np.concatenate([[0], np.cumsum(self._counts)])
        first, last = 0, len(self._counts)
        while first < last:
            stop = int(np.searchsorted(total, total[first] + most, side="right")) - 1
            stop = min(max(stop, first + 1), last)
            size = int(total[stop] - total[first])
            if size:
                pairs = Pairs(
                    np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.int8)
                )
                find_pairs(
                    self.cells, first, stop, self.edges, self.manhattan,
                    pairs.one, pairs.other, pairs.band,
                )  # fmt: skip
                yield pairs
            first = stop
