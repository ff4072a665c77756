"""Rates of areas, steadied by what all areas share: empirical Bayes, and the doubt that is left.

An area's observed rate is its true rate and luck. Marshall (1991) takes the mean and the spread of
the true rates from all areas together, with the spread that luck alone would give taken off, and
draws each area's rate towards the mean by as much as its own count is unsure. Counts are taken as
Poisson and true rates as Gamma with that mean and spread, so that each area's rate given its count
is Gamma again; its mean is exactly Marshall's estimate.

The spread is itself an estimate, and where areas are few or counts small it is often found to be
nought when it is not; intervals that take it as known then hold the truth far too seldom (46 times
in 100, with 30 areas of four events). So what is known of a rate is made as wide as a spread larger
by one standard error would make it, about the same mean: see tests/recovery/test_rates.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.special import gammaincc, gammaincinv

from peelian.statistics.dispersion import chance_variance

Floats = NDArray[np.float64]
Places = NDArray[np.integer]  # positions of areas

_BLOCK = 4_000_000  # draws held at once: 32 MB


@dataclass(frozen=True, slots=True)
class Spread:
    """What all areas share.

    Args:
        mean: The mean of their true rates.
        variance: The variance of those, beyond what luck does to the observed ones.
        doubt: The standard error of that variance, were there none.
    """

    mean: float
    variance: float
    doubt: float = 0.0


def spread_of(counts: ArrayLike, exposure: ArrayLike) -> Spread:
    """Return the mean and variance of the true rates (Marshall 1991, global).

    >>> spread = spread_of([2, 2, 2], [10, 10, 10])
    >>> spread.mean, spread.variance, round(spread.doubt, 4)
    (0.2, 0.0, 0.0122)

    Args:
        counts: Events in each area.
        exposure: What they are counted against in each area (person-years); above zero.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    mean = y.sum() / n.sum()
    observed = (n * (y / n - mean) ** 2).sum() / n.sum()
    luck = mean / n.mean()
    doubt = luck * np.sqrt(chance_variance(y.sum(), n)) / n.size
    return Spread(float(mean), float(max(0.0, observed - luck)), float(doubt))


def smoothed(counts: ArrayLike, exposure: ArrayLike, spread: Spread) -> Floats:
    """Return each area's rate, drawn towards the mean by as much as its count is unsure.

    >>> smoothed([8, 0], [10, 10], Spread(0.4, 0.04)).round(3).tolist()
    [0.6, 0.2]
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    mean, variance = spread.mean, spread.variance
    if not variance:
        return np.full(y.shape, mean)
    return mean + variance / (variance + mean / n) * (y / n - mean)


def smoothed_locally(counts: ArrayLike, exposure: ArrayLike, pairs: NDArray[np.integer]) -> Floats:
    """Return each area's rate, drawn towards the mean of its own neighbourhood.

    The neighbourhood of an area is itself and the areas it touches. The spread of a neighbourhood
    is taken about the means of its members' own neighbourhoods, as in the published figures for
    Auckland.

    Args:
        counts: Events in each area.
        exposure: What they are counted against.
        pairs: Positions of areas that touch, each pair once: shape (pairs, 2).
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    near = _with_itself(len(y), pairs)
    total = near @ n
    mean = (near @ y) / total
    observed = (near @ (n * (y / n - mean) ** 2)) / total
    size = np.asarray(near.sum(axis=1)).ravel()
    variance = np.maximum(0.0, observed - mean / (total / size))
    luck = mean / n
    pull = np.divide(variance, variance + luck, out=np.zeros_like(mean), where=variance + luck > 0)
    return mean + pull * (y / n - mean)


def _with_itself(size: int, pairs: NDArray[np.integer]) -> sparse.csr_array:
    one, other = np.asarray(pairs).reshape(-1, 2).T
    each = np.arange(size)
    rows, columns = np.concatenate([each, one, other]), np.concatenate([each, other, one])
    near = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size)).tocsr()
    near.data[:] = 1.0  # a pair given twice is still one pair
    return near


@dataclass(frozen=True)
class Summary:
    """What is known of each area's rate, in figures.

    Args:
        low: Lower end of the central interval.
        high: Upper end.
        above: For each limit that was given, the probability that the rate is over it.
        beyond: By how much the rate is expected to lie over a mark: E max(0, rate - mark).
    """

    low: Floats
    high: Floats
    above: tuple[Floats, ...]
    beyond: Floats


class Posterior(Protocol):
    """What is known of each area's true rate once its count is seen."""

    @property
    def mean(self) -> Floats:
        """Return each area's expected rate."""
        ...

    def summary(self, limits: Sequence[float], mark: float, level: float = 0.95) -> Summary:
        """Return the interval that holds the rate so often, and where it lies to some limits."""
        ...

    def blocks(self, rng: np.random.Generator, draws: int, at: Places) -> Iterator[Floats]:
        """Yield draws of the rates of the areas at these positions, as blocks (draws, areas)."""
        ...


def posterior(counts: ArrayLike, exposure: ArrayLike, spread: Spread | None = None) -> Posterior:
    """Return what is known of each area's rate, given its count and what all areas share.

    Args:
        counts: Events in each area.
        exposure: What they are counted against; above zero.
        spread: What all areas share; taken from these areas if not given.

    Assumes:
        Events fall independently, given an area's rate. With fewer than some thirty areas the
        mean and spread are too unsure for the intervals to be relied on.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    shared = spread or spread_of(y, n)
    variance = shared.variance + shared.doubt
    if not variance or not shared.mean:
        return Level(shared.mean, y.size)
    rate = shared.mean / variance + n
    return GammaRates(smoothed(y, n, shared) * rate, rate)


@dataclass(frozen=True)
class GammaRates:
    """Rates known as Gamma distributions, one an area.

    Args:
        shape: Of each area: what is shared, and its count.
        rate: Of each area: what is shared, and its exposure.
    """

    shape: Floats
    rate: Floats

    @property
    def mean(self) -> Floats:
        """Return each area's expected rate: Marshall's estimate."""
        return self.shape / self.rate

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return the ends of each area's central interval."""
        tail = (1 - level) / 2
        low, high = (gammaincinv(self.shape, q) / self.rate for q in (tail, 1 - tail))
        return low, high

    def above(self, limit: float) -> Floats:
        """Return the probability that each area's rate is over a limit."""
        return gammaincc(self.shape, self.rate * limit)

    def expected_above(self, limit: float) -> Floats:
        """Return E max(0, rate - limit), in closed form."""
        beyond = gammaincc(self.shape + 1, self.rate * limit)
        return np.maximum(0.0, self.mean * beyond - limit * self.above(limit))

    def summary(self, limits: Sequence[float], mark: float, level: float = 0.95) -> Summary:
        """Return the figures, each in closed form."""
        above = tuple(self.above(limit) for limit in limits)
        return Summary(*self.interval(level), above, self.expected_above(mark))

    def blocks(self, rng: np.random.Generator, draws: int, at: Places) -> Iterator[Floats]:
        """Yield draws in blocks, so that memory does not grow with their number."""
        shape, rate = self.shape[at], self.rate[at]
        for size in _sizes(draws, shape.size):
            yield rng.standard_gamma(shape, (size, shape.size)) / rate


@dataclass(frozen=True)
class Level:
    """Every area at one rate, for certain: what is left where nothing could differ."""

    level: float
    areas: int

    @property
    def mean(self) -> Floats:
        """Return the one rate, for each area."""
        return np.full(self.areas, self.level)

    def summary(self, limits: Sequence[float], mark: float, level: float = 0.95) -> Summary:
        """Return the one rate as both ends, and on which side of each limit it is."""
        above = tuple(np.full(self.areas, float(self.level > limit)) for limit in limits)
        beyond = np.full(self.areas, max(0.0, self.level - mark))
        return Summary(self.mean, self.mean, above, beyond)

    def blocks(self, rng: np.random.Generator, draws: int, at: Places) -> Iterator[Floats]:
        """Yield the one rate again and again."""
        areas = np.size(at)
        for size in _sizes(draws, areas):
            yield np.full((size, areas), self.level)


class WeightedRates:
    """Rates of kinds of event added up by a weight each, such as harm: known through draws.

    Args:
        kinds: What is known of the rates of each kind, over the same areas.
        weights: The weight of one event of each kind.
        draws: Draws behind each figure.
        seed: Where the draws start.
    """

    def __init__(
        self, kinds: Sequence[Posterior], weights: Sequence[float], *, draws: int, seed: int
    ) -> None:
        self._kinds, self._weights = tuple(kinds), tuple(weights)
        self._draws, self._seed = draws, seed
        self.mean: Floats = np.sum(
            [w * kind.mean for kind, w in zip(kinds, weights, strict=True)], axis=0
        )

    def summary(self, limits: Sequence[float], mark: float, level: float = 0.95) -> Summary:
        """Return the figures, all from the same draws, made for a few areas at a time."""
        rng = np.random.default_rng(self._seed)
        areas, width = len(self.mean), max(1, _BLOCK // self._draws)
        parts = []
        for start in range(0, areas, width):
            at = np.arange(start, min(start + width, areas))
            drawn = np.concatenate(list(self.blocks(rng, self._draws, at)))
            low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
            above = [(drawn > limit).mean(axis=0) for limit in limits]
            parts.append([low, high, *above, np.maximum(0.0, drawn - mark).mean(axis=0)])
        low, high, *above, beyond = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Summary(low, high, tuple(above), beyond)

    def blocks(self, rng: np.random.Generator, draws: int, at: Places) -> Iterator[Floats]:
        """Yield draws of the weighted sum in blocks."""
        for size in _sizes(draws, np.size(at)):
            yield sum(
                (
                    weight * next(kind.blocks(rng, size, at))
                    for kind, weight in zip(self._kinds, self._weights, strict=True)
                ),
                start=np.zeros((size, np.size(at))),
            )


def _sizes(draws: int, areas: int) -> Iterator[int]:
    most = max(1, _BLOCK // max(1, areas))
    while draws > 0:
        yield min(most, draws)
        draws -= most
