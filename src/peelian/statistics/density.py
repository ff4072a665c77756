"""How dense events are on a map: Gaussian kernels, binned, filtered and checked against sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import gaussian_filter1d, map_coordinates
from scipy.spatial import KDTree
from scipy.special import ndtr

from peelian.statistics.pairs import Near

Floats = NDArray[np.float64]
_FINE = 16  # points of the lattice to a bandwidth
_COARSE = 4  # where it is read at events and chance errors are far larger
_TAPS = 18  # steps of that lattice to which an event reaches: four and a half bandwidths
_LINKS_A_POINT = 2  # more links between places than this are more work than the lattice
_MOST_LINKS = 6_000_000
_REACH = 6.0  # bandwidths: what lies beyond weighs 1.5e-8 of the middle
_MOST_POINTS = 40_000_000


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle cut into equal square or oblong cells, in metres."""

    left: float
    bottom: float
    right: float
    top: float
    columns: int
    rows: int

    @classmethod
    def around(cls, x: Floats, y: Floats, side: float, margin: float = 0.0) -> "Box":
        """Return a box of square cells of a side around events, with a margin."""
        left, bottom = float(np.min(x)) - margin, float(np.min(y)) - margin
        columns = max(int(np.ceil((float(np.max(x)) + margin - left) / side)), 1)
        rows = max(int(np.ceil((float(np.max(y)) + margin - bottom) / side)), 1)
        return cls(left, bottom, left + columns * side, bottom + rows * side, columns, rows)

    @property
    def cell(self) -> tuple[float, float]:
        """How wide and how high a cell is, in metres."""
        return (self.right - self.left) / self.columns, (self.top - self.bottom) / self.rows

    @property
    def middles(self) -> tuple[Floats, Floats]:
        """The eastings and the northings of the middles of cells: shape (columns,), (rows,)."""
        wide, high = self.cell
        across, up = (np.arange(n, dtype=np.float64) + 0.5 for n in (self.columns, self.rows))
        return self.left + wide * across, self.bottom + high * up

    def count(self, x: Floats, y: Floats, weight: Floats | None = None) -> Floats:
        """Return the weight of events in each cell: shape (rows, columns); outside ones in none."""
        wide, high = self.cell
        column, row = np.floor((x - self.left) / wide), np.floor((y - self.bottom) / high)
        column[x == self.right] = self.columns - 1
        row[y == self.top] = self.rows - 1
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        at = (row[inside] * self.columns + column[inside]).astype(np.int64)
        held = None if weight is None else weight[inside]
        counts = np.bincount(at, held, minlength=self.rows * self.columns)
        return counts.reshape(self.rows, self.columns).astype(float)


def density(
    x: Floats,
    y: Floats,
    bandwidth: float,
    box: Box,
    *,
    weight: Floats | None = None,
    inside: NDArray[np.bool_] | None = None,
) -> Floats:
    """How many events a square metre lie round the middle of each cell?

    Each event is shared out between the four nearest points of a fine lattice, whence Gaussians
    reach the cells; as sharing out widens a kernel by a sixth of the lattice's step squared, they
    are made that much narrower. Events outside the box count too.

    Args:
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        bandwidth: The Gaussian's standard deviation, in metres.
        box: Where it is wanted.
        weight: What each event counts; one each by default.
        inside: Cells that belong to the region: shape (rows, columns). The density of a cell is
            then divided by the share of its kernel that lies inside (Diggle, 1985), so that it
            does not sink at the edge; None for no correction.

    Returns:
        Shape (rows, columns), from the bottom row up.

    Raises:
        ValueError: The bandwidth is not above nought, or so small beside the box that binning it
            would take too much memory.
    """
    if not bandwidth > 0:
        raise ValueError("a bandwidth is above nought")
    step = bandwidth / _FINE
    axes = [_Axis(middles, bandwidth, step) for middles in box.middles]
    if axes[0].size * axes[1].size > _MOST_POINTS:
        raise ValueError("the bandwidth is too small for a box of this size")
    made = axes[1].kernel @ _shared(x, y, weight, axes) @ axes[0].kernel.T
    if inside is None:
        return made
    across, up = (_within(middles, bandwidth) for middles in box.middles)
    share = up @ inside.astype(float) @ across.T
    return np.where(inside, made / np.where(share > 0, share, 1), 0.0)


class _Axis:
    """Points of the lattice along one axis, and how much of each reaches the middles of cells."""

    def __init__(self, middles: Floats, bandwidth: float, step: float) -> None:
        self.step, self.start = step, middles[0] - _REACH * bandwidth
        self.size = int(np.ceil((middles[-1] + _REACH * bandwidth - self.start) / step)) + 2
        self.middles, self.spread = middles, np.sqrt(bandwidth**2 - step**2 / 6)

    @property
    def kernel(self) -> Floats:
        """The Gaussian from each point (columns) at each middle (rows)."""
        points = self.start + self.step * np.arange(self.size)
        away = (self.middles[:, None] - points) / self.spread
        return np.exp(-(away**2) / 2) / (np.sqrt(2 * np.pi) * self.spread)


def _shared(x: Floats, y: Floats, weight: Floats | None, axes: Sequence[_Axis]) -> Floats:
    """Share each event out between the four points round it: shape (rows, columns)."""
    place = [(v - axis.start) / axis.step for v, axis in zip((x, y), axes, strict=True)]
    low = [np.floor(v).astype(np.int64) for v in place]
    inside = np.ones(len(x), bool)
    for at, axis in zip(low, axes, strict=True):
        inside &= (at >= 0) & (at < axis.size - 1)
    part = [(v - at)[inside] for v, at in zip(place, low, strict=True)]
    column, row = (at[inside] for at in low)
    whole = np.ones(len(column)) if weight is None else weight[inside]
    points = np.zeros(axes[0].size * axes[1].size)
    for right in (0, 1):
        for above in (0, 1):
            across = part[0] if right else 1 - part[0]
            up = part[1] if above else 1 - part[1]
            at = (row + above) * axes[0].size + column + right
            points += np.bincount(at, whole * across * up, minlength=len(points))
    return points.reshape(axes[1].size, axes[0].size)


def _within(middles: Floats, bandwidth: float) -> Floats:
    """Return the share of the kernel at each middle (rows) that lies over each cell (columns)."""
    half = (middles[1] - middles[0]) / 2 if len(middles) > 1 else np.inf
    away = middles - middles[:, None]
    return ndtr((away + half) / bandwidth) - ndtr((away - half) / bandwidth)


def at_events(grid: Floats, box: Box, x: Floats, y: Floats) -> Floats:
    """Return what a grid says at events, straight between the middles of cells."""
    wide, high = box.cell
    at = np.stack([(y - box.bottom) / high - 0.5, (x - box.left) / wide - 0.5])
    return map_coordinates(grid, at, order=1, mode="nearest")


def held_out_bandwidth(
    x: Floats, y: Floats, parts: NDArray[np.int64], bandwidths: Sequence[float]
) -> tuple[float, Floats]:
    """Choose the bandwidth under which events left out are likeliest, given those kept.

    Args:
        x: Eastings in metres.
        y: Northings in metres.
        parts: Which part each event is left out with. Parts that are stretches of time leave an
            event out together with those it may have led to, so that these do not make the
            bandwidth small.
        bandwidths: Those to try, in metres, rising.

    Returns:
        The best, and the mean log-density of left-out events under each: shape (bandwidths,).

    Raises:
        ValueError: There are fewer than two parts.
    """
    if len(np.unique(parts)) < 2:
        raise ValueError("there are two parts to leave out, or more")
    # an event far from every other has a density of nought, which no logarithm takes: it is taken
    # to be a thousandth of what it were, spread evenly over the box
    least = 1e-3 / (max(float(np.ptp(x)), 1.0) * max(float(np.ptp(y)), 1.0))
    score = np.zeros(len(bandwidths))
    for k, bandwidth in enumerate(bandwidths):
        found = _by_other_parts(x, y, parts, bandwidth)
        score[k] = np.log(np.maximum(found, least)).mean()
    return float(bandwidths[int(np.argmax(score))]), score


def least_bandwidth(x: Floats, y: Floats) -> float:
    """Return the smallest bandwidth, in metres, that `Smooth` takes for events so far apart.

    Args:
        x: Eastings in metres.
        y: Northings in metres.
    """
    wide, high = (max(float(np.ptp(v)), 1.0) for v in (x, y))
    # (wide / step + 5) (high / step + 5) points: five more each way than the events take up
    along = 5 * (wide + high)
    fine = (np.sqrt(along**2 + 4 * wide * high * (_MOST_POINTS - 25)) - along) / (2 * wide * high)
    return float(_COARSE / fine)


def _by_other_parts(x: Floats, y: Floats, parts: NDArray[np.int64], bandwidth: float) -> Floats:
    """Return the density at each event by the events of other parts, which add up to one."""
    numbers, part, size = np.unique(parts, return_inverse=True, return_counts=True)
    others = (len(x) - size)[part]
    try:
        smooth = Smooth(x, y, bandwidth)
    except ValueError:  # too fine a lattice: then few events are near one another
        return _by_pairs(x, y, part, bandwidth) / others
    found = np.empty(len(x))
    for i in range(len(numbers)):
        out = part == i
        found[out] = smooth.at_events((~out).astype(float))[out]
    return found / others


def _filtered(values: NDArray[Any], axis: int) -> Floats:
    # sharing out and reading between points widen a kernel by a sixth of a squared step each
    spread = np.sqrt(_COARSE**2 - 1 / 3)
    return gaussian_filter1d(values, spread, axis=axis, mode="constant", radius=_TAPS)


@dataclass(frozen=True, slots=True)
class _Links:
    """What the lattice passes from each place to those near it: the same sums, without it.

    Args:
        place: The place of each event.
        half: From each place to those near it with a higher number: shape (places, places).
        itself: From each place to itself.
    """

    place: NDArray[np.int64]
    half: Any
    itself: Floats

    def at_events(self, weight: Floats) -> Floats:
        held = np.bincount(self.place, weight, minlength=len(self.itself))
        return (self.half @ held + self.half.T @ held + self.itself * held)[self.place]


def _linked(at: Floats, points: int) -> _Links | None:
    """Return the links between places on a lattice, where these are less work than filtering it.

    Most of a wide city's lattice holds nothing, and every filtering would go through all of it.

    Args:
        at: Where events lie, in steps of the lattice: shape (events, 2).
        points: Of the lattice.
    """
    places, place = np.unique(at, axis=0, return_inverse=True)
    low = places.astype(np.int64)
    _, crowd = np.unique(low // (_TAPS + 1), axis=0, return_counts=True)
    # a place reaches as much as four such blocks hold, and every pair is kept once
    if 2.0 * float((crowd.astype(float) ** 2).sum()) > min(_LINKS_A_POINT * points, _MOST_LINKS):
        return None
    pairs = KDTree(low).query_pairs(_TAPS + 1.5, p=np.inf, output_type="ndarray")
    one, other = pairs.T
    taps = np.zeros(2 * _TAPS + 5)  # two more each way, at which nothing is passed on
    taps[2:-2] = _filtered(np.eye(1, 2 * _TAPS + 1, _TAPS).ravel(), 0)
    over, within = low[other] - low[one], places - low
    weight = _passed(taps, over, within[one], within[other])
    itself = _passed(taps, np.zeros_like(low), within, within)
    half = sparse.csr_array((weight, (one, other)), (len(places), len(places)))
    return _Links(place.ravel(), half, itself)


def _passed(taps: Floats, over: NDArray[np.int64], out: Floats, into: Floats) -> Floats:
    """Return what is shared out, filtered and read between points, along both axes at once."""
    middle = len(taps) // 2
    along = [
        ((1 - u) * (1 - v) + u * v) * taps[middle + d]
        + (1 - u) * v * taps[middle + d + 1]
        + u * (1 - v) * taps[middle + d - 1]
        for d, u, v in zip(over.T, out.T, into.T, strict=True)
    ]
    return along[0] * along[1]


class Smooth:
    """Gaussian sums of weights at the events themselves, again and again for other weights.

    Weights are shared out over a lattice, filtered, and read between its points: an event's own
    weight is among them. Within 1 % of exact sums where ten events or more weigh in.

    Args:
        x: Eastings in metres.
        y: Northings in metres.
        bandwidth: The Gaussian's standard deviation, in metres.

    Raises:
        ValueError: The bandwidth is so small beside the box that a lattice would take too much.
    """

    def __init__(self, x: Floats, y: Floats, bandwidth: float) -> None:
        step = bandwidth / _COARSE
        self.bandwidth, self.step = bandwidth, step
        at = [(v - v.min()) / step + 1 for v in (y, x)]
        self.shape = tuple(int(v.max()) + 3 for v in at)
        if self.shape[0] * self.shape[1] > _MOST_POINTS:
            raise ValueError("the bandwidth is too small for a box of this size")
        self.links = _linked(np.stack(at, axis=1), self.shape[0] * self.shape[1])
        low = [v.astype(np.int64) for v in at]
        up, across = (v - i for v, i in zip(at, low, strict=True))
        first = low[0] * self.shape[1] + low[1]
        steps = (0, 1, self.shape[1], self.shape[1] + 1)
        self.points = np.stack([first + k for k in steps])
        self.shares = np.stack(
            [(1 - up) * (1 - across), (1 - up) * across, up * (1 - across), up * across]
        )

    def itself(self) -> Floats:
        """Return what an event of weight one adds to the density at itself: shape (events,).

        On the lattice that is a little more or less than the Gaussian's height, by where the event
        lies between points.
        """
        spread = np.sqrt(_COARSE**2 - 1 / 3)
        beside = np.exp(-(np.arange(2) ** 2) / (2 * spread**2)) / (np.sqrt(2 * np.pi) * spread)
        rise = self.shares[2] + self.shares[3]
        run = self.shares[1] + self.shares[3]
        along = [
            (v**2 + (1 - v) ** 2) * beside[0] + 2 * v * (1 - v) * beside[1] for v in (rise, run)
        ]
        return along[0] * along[1] / self.step**2

    def at_events(self, weight: Floats) -> Floats:
        """Return the density of weights, a square metre, at every event: shape (events,)."""
        if self.links is not None:
            return self.links.at_events(weight) / self.step**2
        held = np.bincount(
            self.points.ravel(), (self.shares * weight).ravel(), minlength=np.prod(self.shape)
        ).reshape(self.shape)
        for axis in (0, 1):
            held = _filtered(held, axis)
        return (held.ravel()[self.points] * self.shares).sum(axis=0) / self.step**2


def _by_pairs(x: Floats, y: Floats, part: NDArray[np.int64], bandwidth: float) -> Floats:
    near, found = Near(x, y, np.array([0.0, _REACH * bandwidth])), np.zeros(len(x))
    for pairs in near.chunks():
        one, other = near.order[pairs.one], near.order[pairs.other]
        apart = part[one] != part[other]
        one, other = one[apart], other[apart]
        squared = (x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2
        weight = np.exp(-squared / (2 * bandwidth**2)) / (2 * np.pi * bandwidth**2)
        for at in (one, other):
            found += np.bincount(at, weight, minlength=len(x))
    return found
