"""A grid of square cells, turned by an angle: what each holds, and what spreads over it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peelian.statistics.weights import Neighbours

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_FINE = 4  # points of the lattice to a cell's side
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, slots=True)
class Turned:
    """Square cells of a turned grid, of which some are asked about.

    Args:
        angle: By how much it is turned, in degrees anticlockwise.
        middle: Round which point it is turned: easting and northing.
        left: Where its columns begin, in its own frame, in metres from that point.
        bottom: Where its rows begin.
        side: Of a cell, in metres.
        shape: How many rows and columns.
        cell: The number of each cell asked about, row by row, rising: shape (units,).
    """

    angle: float
    middle: tuple[float, float]
    left: float
    bottom: float
    side: float
    shape: tuple[int, int]
    cell: Whole

    @classmethod
    def over(
        cls, x: Floats, y: Floats, *, side: float, angle: float = 0.0, ring: int = 1
    ) -> "Turned":
        """Lay a grid over points: the cells that hold one, and those so many steps round them.

        Args:
            x: Eastings in metres.
            y: Northings in metres.
            side: Of a cell, in metres.
            angle: By how much it is turned, in degrees.
            ring: How many steps further.
        """
        middle = float((x.min() + x.max()) / 2), float((y.min() + y.max()) / 2)
        across, up = _turn(x - middle[0], y - middle[1], angle)
        # an edge on a round number of cells, so that a point more does not shift the grid
        left, bottom = (float((np.floor(v.min() / side) - ring) * side) for v in (across, up))
        rows, columns = (
            int((v.max() - low) // side) + 1 + ring for v, low in ((up, bottom), (across, left))
        )
        held = np.zeros((rows, columns), bool)
        held[((up - bottom) // side).astype(int), ((across - left) // side).astype(int)] = True
        for _ in range(ring):
            held = _grown(held)
        return cls(angle, middle, left, bottom, side, (rows, columns), np.flatnonzero(held))

    def __len__(self) -> int:
        return len(self.cell)

    def frame(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return how far points lie along columns and rows, in metres from the grid's corner."""
        across, up = _turn(x - self.middle[0], y - self.middle[1], self.angle)
        return across - self.left, up - self.bottom

    def unit(self, x: Floats, y: Floats) -> Whole:
        """Return which of the cells asked about holds each point; -1 for none."""
        across, up = (np.floor(v / self.side) for v in self.frame(x, y))
        rows, columns = self.shape
        inside = (across >= 0) & (across < columns) & (up >= 0) & (up < rows)
        number = np.where(inside, up * columns + across, -1).astype(np.int64)
        at = np.minimum(np.searchsorted(self.cell, number), len(self.cell) - 1)
        return np.where(self.cell[at] == number, at, -1)

    @property
    def middles(self) -> Floats:
        """How far along the columns and rows the middles of cells lie: shape (units, 2)."""
        row, column = np.divmod(self.cell, self.shape[1])
        return (np.stack([column, row], axis=1) + 0.5) * self.side

    @property
    def near(self) -> Neighbours:
        """Which of the cells asked about touch, be it at a corner."""
        number = np.full((self.shape[0] + 2, self.shape[1] + 2), -1)
        row, column = np.divmod(self.cell, self.shape[1])
        number[row + 1, column + 1] = np.arange(len(self.cell))
        pairs = []
        for down, along in _STEPS:
            other = number[row + 1 + down, column + 1 + along]
            there = np.flatnonzero(other >= 0)
            pairs.append(np.stack([there, other[there]], axis=1))
        return Neighbours.of_pairs(np.concatenate(pairs), len(self.cell))

    def spread(self, x: Floats, y: Floats, weight: Floats, width: float) -> Floats:
        """Spread weights out by a Gaussian, and add up what falls in each cell asked about.

        Integrals over cells and not heights at their middles, since a cell may be wider than what
        is spread. Wide ones are shared out over a lattice first, which widens a Gaussian by a sixth
        of a squared step: it is made that much narrower.

        Args:
            x: Eastings in metres.
            y: Northings in metres.
            weight: What each point weighs.
            width: The Gaussian's standard deviation, in metres.

        Returns:
            Shape (units,).
        """
        step = self.side / _FINE
        if width <= step:
            return self._spread_narrowly(x, y, weight, width)
        narrow = np.sqrt(width**2 - step**2 / 6)
        size = [n * _FINE for n in self.shape]
        low, part = zip(*(np.divmod(v / step - 0.5, 1) for v in self.frame(x, y)), strict=True)
        column, row = (v.astype(np.int64) for v in low)
        points = np.zeros(size[0] * size[1])
        for right in (0, 1):
            for above in (0, 1):
                c, r = column + right, row + above
                share = np.abs(1 - right - part[0]) * np.abs(1 - above - part[1]) * weight
                inside = (c >= 0) & (c < size[1]) & (r >= 0) & (r < size[0])
                at = r[inside] * size[1] + c[inside]
                points += np.bincount(at, share[inside], minlength=len(points))
        up, across = (_kernel(n, step, narrow) for n in self.shape)
        return (up @ points.reshape(size) @ across.T).ravel()[self.cell]

    def _spread_narrowly(self, x: Floats, y: Floats, weight: Floats, width: float) -> Floats:
        """Spread what reaches no further than the cells next to a point's own, each by itself."""
        rows, columns = self.shape
        own, shares = [], []
        for along in self.frame(x, y):
            cell = np.floor(along / self.side)
            edges = (cell[:, None] + np.arange(-1, 3)) * self.side - along[:, None]
            own.append(cell.astype(np.int64))
            shares.append(np.diff(ndtr(edges / width), axis=1))
        found = np.zeros(rows * columns)
        for right in (-1, 0, 1):
            for above in (-1, 0, 1):
                c, r = own[0] + right, own[1] + above
                inside = (c >= 0) & (c < columns) & (r >= 0) & (r < rows)
                share = weight * shares[0][:, right + 1] * shares[1][:, above + 1]
                at = r[inside] * columns + c[inside]
                found += np.bincount(at, share[inside], minlength=len(found))
        return found[self.cell]


def _turn(x: Floats, y: Floats, angle: float) -> tuple[Floats, Floats]:
    """Return coordinates along axes turned anticlockwise."""
    radians = np.deg2rad(angle)
    return (x * np.cos(radians) + y * np.sin(radians), y * np.cos(radians) - x * np.sin(radians))


def _grown(held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return cells with those that touch them."""
    wide = np.pad(held, 1)
    rows, columns = held.shape
    return np.logical_or.reduce(
        [
            wide[down : down + rows, along : along + columns]
            for down in range(3)
            for along in range(3)
        ]
    )


def _kernel(cells: int, step: float, width: float) -> Floats:
    """Return how much of each point of the lattice (columns) falls in each cell (rows)."""
    points = (np.arange(cells * _FINE) + 0.5) * step
    edges = np.arange(cells + 1) * _FINE * step
    below = ndtr((edges[:, None] - points) / width)
    return np.diff(below, axis=0)
