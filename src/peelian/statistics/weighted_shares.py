"""What is known of a share made of several strata, each read in part: mid-p, carried over strata.

Of one stratum alone, of which n logs were read and x found to be so, what is known of its share is
taken as half of Beta(x, n - x + 1) and half of Beta(x + 1, n - x): its quantiles are exactly the
mid-p interval, and with nothing found they end at the rule of three. Those halves are the two ends
between which the next log's doubt lies (Hannig 2009; Fay and others 2015 call it melding).

Over several strata that doubt must be counted once and not once a stratum, or many empty strata
push the whole upwards: then the lower end misses one truth in ten where one log in a hundred is so.
As Fay and Feuer (1997) do for weighted counts, it is given to the stratum where one log read stands
for the most logs: once among strata where few are so, and once among those where most are. The
others are Betas with the mean x / n and the variance that is right on average. What strata tell is
independent, so the whole is their weighted sum.

The sum is worked out on a grid, without drawing anything: the same counts always give the same
interval. That it holds is measured, not proved: docs/explanation/corrected-shares.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv

Floats = NDArray[np.float64]

_CELLS = 2048  # steps over which the sum is spread; one standard error is some two hundred
_ENDLESS = 1e12
_FAR = 1e-6  # the tail that is left off at either end of a stratum


@dataclass(frozen=True)
class Known:
    """What is known of a share: chances on an even grid.

    Args:
        start: The first point of the grid.
        step: How far points lie apart.
        mass: The chance at each point; adds up to one.
    """

    start: float
    step: float
    mass: Floats

    @property
    def points(self) -> Floats:
        """Return the points of the grid."""
        return self.start + self.step * np.arange(self.mass.size, dtype=np.float64)

    @property
    def mean(self) -> float:
        """Return the expected share."""
        return float(self.mass @ self.points)

    @property
    def sd(self) -> float:
        """Return its standard deviation."""
        return float(np.sqrt(max(0.0, self.mass @ (self.points - self.mean) ** 2)))

    def quantile(self, chance: float) -> float:
        """Return the share below which so much of the chance lies."""
        below = np.cumsum(self.mass)
        if chance <= below[0]:
            return self.start
        return float(np.interp(chance, below, self._edges))

    def below(self, share: ArrayLike) -> Floats:
        """Return the chance that it is less than each of these."""
        at, held = np.asarray(share, dtype=float), np.cumsum(self.mass)
        spread = np.interp(at, self._edges, held, left=held[0])
        return np.where(at <= self.start, 0.0, spread).astype(np.float64)

    def nodes(self, number: int) -> tuple[Floats, Floats]:
        """Return a few shares that stand for all of them, and the chance of each."""
        at = np.minimum(np.arange(self.mass.size) * number // self.mass.size, number - 1)
        mass = np.bincount(at, self.mass, minlength=number)
        mean = np.bincount(at, self.mass * self.points, minlength=number)
        some = mass > 1e-12
        return mean[some] / mass[some], mass[some] / mass[some].sum()

    @property
    def _edges(self) -> Floats:
        return self.start + self.step * (np.arange(self.mass.size, dtype=np.float64) + 0.5)


def known(size: ArrayLike, read: ArrayLike, positive: ArrayLike) -> Known:
    """Return what is known of the share of all logs, given what was read in each stratum.

    >>> one = known([10**9], [100], [0])
    >>> round(one.quantile(0.975), 3)
    0.03

    Args:
        size: Logs of each stratum, all together: what is not read is allowed for, and nothing is
            left in doubt of a stratum that was read to its end.
        read: Logs of each that were read, drawn at random from it.
        positive: Of those, how many were so; may be a fraction, for counts that are expected.
    """
    sizes, reads = np.asarray(size, dtype=float), np.asarray(read, dtype=float)
    found, total = np.asarray(positive, dtype=float), float(np.sum(size))
    doubted = _doubted(sizes, reads, found)
    keys = [
        (float(n), float(r), float(x), bool(at))
        for n, r, x, at in zip(sizes, reads, found, doubted, strict=True)
        if n > 0
    ]
    reach = [(_span(*key), key[0] / total) for key in keys]
    start = sum(low * weight for (low, _), weight in reach)
    span = sum((high - low) * weight for (low, high), weight in reach)
    # A power of two, so that like counts meet like grids and are worked out once.
    step = 2.0 ** np.ceil(np.log2(max(span, 1e-12))) / _CELLS
    product = np.ones(_CELLS + 1, dtype=complex)
    for key, (_, weight) in zip(keys, reach, strict=True):
        product = product * _spread(*key, weight, step)
    mass = np.maximum(0.0, np.fft.irfft(product, 2 * _CELLS))
    return Known(start, step, mass / mass.sum())


def _doubted(sizes: Floats, reads: Floats, found: Floats) -> NDArray[np.bool_]:
    """Return which strata bear the doubt about the next log: one that may rise, one that may fall.

    Among strata in which few logs are so it is that where one log read stands for the most; among
    those in which most are so, likewise, since there it is those that are not that may be missed.
    """
    weight = np.where(reads > 0, (sizes - reads) / np.maximum(1, reads), sizes + 1.0)
    most = 2 * found > reads
    chosen = np.zeros(sizes.shape, dtype=bool)
    for side in (~most, most):
        if side.any():
            chosen[np.flatnonzero(side)[np.argmax(weight[side])]] = True
    return chosen


def of_one(read: float, positive: float) -> Known:
    """Return what is known of one share, of a stratum without end."""
    return known([_ENDLESS], [read], [positive])


def _pieces(size: float, read: float, positive: float, doubted: bool) -> list[tuple[float, float]]:
    """Return the Betas that stand for what was not read, each as likely.

    They have the mean and the variance of the share among a limited number of unread logs, which
    is Beta-binomial: with few left to read, there is less to be known.
    """
    left, negative = size - read, read - positive
    if left <= 0:
        return []
    if doubted or not read:
        ends = [(positive, negative + 1), (positive + 1, negative)]
    else:
        like = max(read - 2, 1e-3) / read  # then the variance is that of the textbook
        ends = [(positive * like, negative * like)]
    scaled = []
    for a, b in ends:
        scale = (left * (a + b + 1) / (a + b + left) - 1) / (a + b)
        scaled.append((a * scale, b * scale))
    return scaled


def _unread(size: float, read: float) -> float:
    return max(0.0, size - read) / size


@lru_cache(maxsize=4096)
def _span(size: float, read: float, positive: float, doubted: bool) -> tuple[float, float]:
    """Return between which shares of the stratum nearly all of the chance lies."""
    seen, left = positive / size, _unread(size, read)
    pieces = _pieces(size, read, positive, doubted)
    if not pieces:
        return seen, seen
    low = min(_beta_quantile(a, b, _FAR) for a, b in pieces)
    high = max(_beta_quantile(a, b, 1 - _FAR) for a, b in pieces)
    return seen + left * low, seen + left * high


@lru_cache(maxsize=512)
def _spread(
    size: float, read: float, positive: float, doubted: bool, weight: float, step: float
) -> NDArray:
    """Return the transform of a stratum's part in the sum, on the grid and from its own start."""
    low, _ = _span(size, read, positive, doubted)
    edges = low + (np.arange(_CELLS) + 0.5) * step / weight
    edges[-1] = np.inf
    cells = np.zeros(2 * _CELLS)
    left = _unread(size, read)
    pieces = _pieces(size, read, positive, doubted)
    if not pieces:
        cells[0] = 1.0
        return np.fft.rfft(cells)
    unread = np.clip((edges - positive / size) / left, 0, 1).astype(np.float64)
    below = np.mean([_beta_below(a, b, unread) for a, b in pieces], axis=0)
    cells[:_CELLS] = np.diff(below, prepend=0.0)
    return np.fft.rfft(cells)


def _beta_quantile(a: float, b: float, chance: float) -> float:
    if a <= 0 or b <= 0:
        return 0.0 if a <= 0 else 1.0
    return float(betaincinv(a, b, chance))


def _beta_below(a: float, b: float, share: Floats) -> Floats:
    if a <= 0:
        return np.ones_like(share)
    if b <= 0:
        return (share >= 1).astype(float)
    return betainc(a, b, share)


def chance_ratio_below(one: Known, other: Known, ratio: float) -> float:
    """Return the chance that one is at most such a part of the sum of both."""
    if ratio >= 1:
        return 1.0
    most = np.minimum(other.points * ratio / (1 - ratio), 2.0)
    return float(other.mass @ one.below(np.nextafter(most, 3.0)))


def bisect(holds: Callable[[float], bool], low: float = 0.0, high: float = 1.0) -> float:
    """Return where something that does not hold at the low end begins to hold."""
    for _ in range(32):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return (low + high) / 2
