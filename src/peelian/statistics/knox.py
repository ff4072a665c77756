"""Close in space and in time: Knox's table, beside what dealing the dates out again would give."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.kernels_pairs import count_below
from peelian.statistics.pairs import Near, Pairs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SHUFFLES = 64  # at once: a row of times then fills four lines of the cache
_TICKS = 2**30
_ROUNDING = 2e-9  # days: what a double loses of a moment counted in days since the year 1
_MOST_HELD = 60_000_000  # pairs: beyond these they are found again for every batch of shuffles
_PART = 2**31 // 4  # pairs counted before a cell could outgrow its 32 bits


@dataclass(frozen=True, slots=True)
class Knox:
    """Pairs of events by how near they are in space (rows) and in time (columns).

    Args:
        observed: Pairs in each cell; the last row and column hold all that lie beyond.
        shuffled: The same for each shuffle of the times: shape (shuffles, rows, columns).
        together: Pairs at the same point at the same moment, which may be one event recorded twice.
    """

    observed: Ints
    shuffled: Ints
    together: int

    @property
    def mean_ratio(self) -> Floats:
        """How many times as many pairs as the mean of the shuffles; NaN where they have none."""
        return _over(self.observed, self.shuffled.mean(axis=0))

    @property
    def median_ratio(self) -> Floats:
        """How many times as many pairs as the median of the shuffles."""
        return _over(self.observed, np.median(self.shuffled, axis=0))

    @property
    def p(self) -> Floats:
        """How often chance gives as many pairs, cell by cell: (as many + 1) / (shuffles + 1)."""
        return ((self.shuffled >= self.observed).sum(axis=0) + 1) / (len(self.shuffled) + 1)

    def p_of_all(self, rows: int | None = None, columns: int | None = None) -> Floats:
        """How often the furthest of all cells is as far out by chance as each cell is.

        Westfall and Young's single step: each cell is measured in its own standard deviations over
        the shuffles, and set against the largest of any cell in each shuffle.

        Args:
            rows: Only so many rows are looked at together; all but the last by default.
            columns: Likewise columns.
        """
        rows = self.observed.shape[0] - 1 if rows is None else rows
        columns = self.observed.shape[1] - 1 if columns is None else columns
        mean, spread = self.shuffled.mean(axis=0), self.shuffled.std(axis=0, ddof=1)
        spread = np.where(spread > 0, spread, np.inf)
        most = ((self.shuffled - mean) / spread)[:, :rows, :columns].max(axis=(1, 2))
        here = (self.observed - mean) / spread
        return ((most[:, None, None] >= here).sum(axis=0) + 1) / (len(most) + 1)


def knox(
    x: Floats,
    y: Floats,
    times: Floats,
    *,
    within: Floats,
    after: Floats,
    permutations: int = 999,
    seed: int = 1829,
    manhattan: bool = False,
) -> Knox:
    """Count pairs close in space and in time, and again with the times dealt out at random.

    The test of Knox (1964) with the null of Besag and Diggle (1977): the places and the times stay
    as they are and only which time belongs to which place is shuffled, so that neither hot spots
    nor busy seasons can make the table uneven.

    Args:
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        times: When, in days: whole days, or fractions.
        within: Edges of the bands of distance in metres, rising from 0: a band holds its lower
            edge and not its upper. What lies beyond the last is a band too.
        after: Likewise of the gap in days.
        permutations: How often times are shuffled.
        seed: For the shuffles.
        manhattan: Whether distance is along a grid of streets.

    Raises:
        ValueError: There are fewer than two events, a number is not finite, or edges do not rise.

    Assumes:
        Each event's time belongs to it alone, and growth is the same everywhere: where one district
        grows and another does not, its events are near in time with no contagion.

    Cannot show:
        That one event led to another.
    """
    if len(times) < 2:
        raise ValueError("a pair needs two events")
    near = Near(x, y, within, manhattan=manhattan)
    ticks, limits = _in_ticks(np.asarray(times, float)[near.order], np.asarray(after, float))
    held = list(near.chunks()) if len(near) <= _MOST_HELD else None
    beyond = _by_gap(ticks, limits), _by_distance(near, held)

    def counted(shuffles: NDArray[np.int32]) -> Ints:
        below = np.zeros((len(within) - 1, len(limits), shuffles.shape[1]), np.int32)
        total = np.zeros(below.shape, np.int64)
        for pairs in held if held is not None else near.chunks():
            for part in _parts(pairs):
                below[:] = 0
                count_below(part.one, part.other, part.band, shuffles, limits, below)
                total += below
        return _with_beyond(np.moveaxis(total, 2, 0), *beyond)

    rng = np.random.default_rng(seed)
    batches = [min(_SHUFFLES, permutations - i) for i in range(0, permutations, _SHUFFLES)]
    streams = rng.spawn(len(batches))
    with ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, 4))) as pool:
        done = pool.map(
            lambda job: counted(_shuffled(ticks, *job)), zip(batches, streams, strict=True)
        )
        shuffled = [np.empty((0, len(within), len(after)), np.int64), *done]
    observed = counted(np.ascontiguousarray(ticks[:, None]))[0]
    return Knox(observed, np.concatenate(shuffled), _together(near, ticks))


def _parts(pairs: Pairs) -> list[Pairs]:
    size = len(pairs.one)
    cuts = [slice(i, i + _PART) for i in range(0, size, _PART)]
    return [Pairs(pairs.one[cut], pairs.other[cut], pairs.band[cut]) for cut in cuts]


def _shuffled(ticks: NDArray[np.int32], size: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Deal the times out at random, so many times: shape (events, shuffles)."""
    return np.ascontiguousarray(np.stack([rng.permutation(ticks) for _ in range(size)], axis=1))


def _in_ticks(times: Floats, edges: Floats) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Write times as whole ticks, exactly where they are whole days, hours, minutes or seconds.

    Otherwise a tick is the whole span cut in 2**30: .03 seconds of a year.
    """
    if not (np.isfinite(times).all() and np.isfinite(edges).all()):
        raise ValueError("times and edges are finite numbers")
    if len(edges) < 2 or edges[0] != 0 or not (np.diff(edges) > 0).all():
        raise ValueError("edges rise from nought")
    since = times - times.min()
    span = float(since.max()) or 1.0
    for per_day in (1, 24, 1440, 86400):
        whole = since * per_day
        if span * per_day < _TICKS and np.abs(whole - np.rint(whole)).max() < _ROUNDING * per_day:
            break
    else:
        per_day = _TICKS / span
    # a gap of whole ticks is below an edge where it is below the edge's next whole tick
    limits = np.minimum(np.ceil(edges[1:] * per_day - 1e-6), 2**31 - 1)
    return np.rint(since * per_day).astype(np.int32), limits.astype(np.int32)


def _by_gap(ticks: NDArray[np.int32], limits: NDArray[np.int32]) -> Ints:
    """Count all pairs, near or not, by their gap in time, with those beyond the last limit."""
    order = np.sort(ticks).astype(np.int64)
    before = np.arange(len(order))
    below = [int((np.searchsorted(order, order + limit) - before - 1).sum()) for limit in limits]
    whole = len(order) * (len(order) - 1) // 2
    return np.diff([0, *below, whole])


def _by_distance(near: Near, held: list[Pairs] | None) -> Ints:
    counts = np.zeros(len(near.edges) - 1, np.int64)
    for pairs in held if held is not None else near.chunks():
        counts += np.bincount(pairs.band, minlength=len(counts))
    return counts


def _with_beyond(below: Ints, by_gap: Ints, by_distance: Ints) -> Ints:
    """Turn counts below each limit into cells, with the row and the column of what lies beyond."""
    inside = np.diff(below, axis=2, prepend=0)
    shape = (below.shape[0], len(by_distance) + 1, len(by_gap))
    cells = np.empty(shape, np.int64)
    cells[:, :-1, :-1] = inside
    cells[:, :-1, -1] = by_distance - inside.sum(axis=2)
    cells[:, -1, :] = by_gap - cells[:, :-1, :].sum(axis=1)
    return cells


def _together(near: Near, ticks: NDArray[np.int32]) -> int:
    """Count pairs at one point at one moment, without looking at pairs."""
    at = np.stack([near.cells.x, near.cells.y, ticks.astype(float)], axis=1)
    _, times = np.unique(at, axis=0, return_counts=True)
    return int((times * (times - 1) // 2).sum())


def _over(observed: Ints, expected: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, observed / expected, np.nan)
