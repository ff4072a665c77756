"""How many pairs an event and what it leads to make, how soon and how near."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from peelian.statistics.lags import Bands, Lagged

Floats = NDArray[np.float64]
_NO_TAIL = 1e-3
_TAILS = (0.9, 1.3)  # the heaviest of lags and of squared distances; beyond, most lie out of sight
_A_TAIL = 2.0  # in log-likelihood: a tail is only taken up where it makes the counts likelier
_NEWTON = 4
_LEAST = 0.05  # pairs expected in a cell, so that one pair in an empty cell does not decide


@dataclass(frozen=True, slots=True)
class Kernel:
    """How soon and how near.

    Args:
        days: The scale of lags: their mean where they have no heavy tail.
        metres: That of distances: the standard deviation along each axis where they have none.
        tails: How heavy the tails of lags and of squared distances are: 0 is an exponential (so,
            of place, a Gaussian), 1 / k falls as the power k.
    """

    days: float
    metres: float
    tails: tuple[float, float] = (0.0, 0.0)

    def half(self) -> tuple[float, float]:
        """Return the days and the metres within which half lies."""
        lag, square = (-np.log(0.5) if t < _NO_TAIL else (2.0**t - 1) / t for t in self.tails)
        return float(lag * self.days), float(self.metres * np.sqrt(2 * square))

    def drawn(self, size: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
        """Return lags in days, and steps east and north in metres."""
        lag, square = (
            rng.exponential(size=size)
            if t < _NO_TAIL
            else np.expm1(rng.exponential(size=size) * t) / t
            for t in self.tails
        )
        away, turn = self.metres * np.sqrt(2 * square), rng.uniform(0, 2 * np.pi, size)
        return self.days * lag, away * np.cos(turn), away * np.sin(turn)

    def shares(self, bands: Bands) -> Floats:
        """Return the share in each band of distance and bin of lags: shape (bands, bins).

        What is missing to 1 lies beyond.
        """
        within = _below(bands.metres**2 / (2 * self.metres**2), self.tails[1])
        if bands.tick:  # of events known to the day, the lag is that between moments of two days
            whole = np.rint(bands.days / bands.tick).astype(np.int64)
            area = _area(np.arange(whole[-1] + 1) * bands.tick / self.days, self.tails[0])
            until = np.append(0.0, np.diff(area) * self.days / bands.tick)[whole]
        else:
            until = _below(bands.days / self.days, self.tails[0])
        return np.outer(np.diff(within), np.diff(until))


@dataclass(frozen=True, slots=True)
class Clusters:
    """Pairs beyond chance, and what they look like.

    Args:
        pairs: For one event, beyond those that chance gives; below 0 where there are fewer.
        kernel: How soon and how near the two are, over all generations.
    """

    pairs: float
    kernel: Kernel


def branching(pairs: float) -> float:
    """Return the branching ratio that makes so many pairs of one event, all generations counted.

    The covariance of a self-exciting process, added up over all lags, is its rate times
    1 / (1 - theta)^2 - 1 (Hawkes, 1971; Hardiman and Bouchaud, 2014); half of it are pairs.
    Fewer pairs than by chance give a ratio below 0.
    """
    return float(1 - 1 / np.sqrt(1 + 2 * max(pairs, -0.4)))


def pairs_of(theta: float) -> float:
    """Return how many pairs a branching ratio makes of one event: `branching` turned round."""
    return float((1 / (1 - theta) ** 2 - 1) / 2)


def found(table: Lagged, bands: Bands, n: int, like: Kernel | None = None) -> Clusters:
    """Read pairs beyond chance off a table: how many, how soon, how near.

    The kernel is the one under which the counts are likeliest (a likelihood of pairs as if they
    were independent: Guan, 2006). How many there are is then the mean over the table, weighted by
    where they lie, which may fall below nought. Pairs beyond chance that are as common at every lag
    come of places that wax and wane over longer times: they are allowed for, band by band, and not
    counted.

    Args:
        table: Pairs by distance and lag.
        bands: Its bands.
        n: How many events there are.
        like: Where to start looking, instead of all over.
    """
    expected = np.maximum(table.expected, _LEAST)
    alike = table.by_lag

    def loss(at: Floats) -> float:
        model = expected + n * np.exp(at[0]) * _kernel(at).shares(bands)
        model = model + _waning(table.near, model, alike)[:, None] * alike
        return float((model - table.near * np.log(model)).sum() + _A_TAIL * at[3:].sum())

    low = np.log([1e-3, max(bands.days[1], bands.tick) / 2, bands.metres[1] / 4])
    high = np.log([20.0, bands.longest / 3, bands.metres[-1] / 2.5])
    scales = list(zip(low, high, strict=True))
    tried = []
    for start in _starts(bands) if like is None else [like]:
        many = max(counted(table, n, start.shares(bands)), 2e-3)
        at = np.clip(np.log([many, start.days, start.metres]), low, high)
        at = np.append(at, np.clip(start.tails, 2 * _NO_TAIL, _TAILS))
        without_tails = [*scales, (at[3], at[3]), (at[4], at[4])]
        tried.append(minimize(loss, at, method="SLSQP", bounds=without_tails))
    best = min(tried, key=lambda one: one.fun).x
    if like is None:
        best[3:] = 0.25
    tails = [(2 * _NO_TAIL, most) for most in _TAILS]
    kernel = _kernel(minimize(loss, best, method="SLSQP", bounds=[*scales, *tails]).x)
    return Clusters(counted(table, n, kernel.shares(bands)), kernel)


def _kernel(at: Floats) -> Kernel:
    return Kernel(float(np.exp(at[1])), float(np.exp(at[2])), (float(at[3]), float(at[4])))


def _starts(bands: Bands) -> list[Kernel]:
    days = np.geomspace(max(bands.days[1], bands.tick, bands.longest / 1000), bands.longest / 4, 3)
    return [Kernel(float(d), float(bands.metres[-1]) / k) for d in days for k in (10, 4)]


def counted(table: Lagged, n: int, shares: Floats) -> float:
    """Return the pairs beyond chance of one event that have the lags and distances of a kernel.

    Within each band, only what falls off with the lag as the kernel does is counted: least squares
    beside a column for pairs that are as common at every lag.

    Args:
        table: Pairs by distance and lag.
        n: How many events there are.
        shares: The kernel's, by band and bin.
    """
    variance, pairs, alike = table.variance, 0.0, table.by_lag
    for _ in range(3):  # what the excess varies by depends on how large it is
        weight = 1 / (variance + n * max(pairs, 0.0) * shares)
        of_lag = (weight * alike * shares).sum(axis=1) / (weight * alike**2).sum(axis=1)
        ours = weight * (shares - of_lag[:, None] * alike)
        pairs = float((ours * table.excess).sum() / (ours * shares).sum() / n)
    return pairs


def _waning(near: Floats, model: Floats, alike: Floats) -> Floats:
    """Return how many more pairs each band has at every lag alike, where that is more than none.

    Each is where the likelihood of the band's pairs is highest, by Newton's steps.
    """
    more = np.zeros(len(near))
    for _ in range(_NEWTON):
        whole = model + more[:, None] * alike
        slope = (alike * (near / whole - 1)).sum(axis=1)
        bend = (alike**2 * near / whole**2).sum(axis=1)
        more = np.maximum(more + slope / np.maximum(bend, 1e-12), 0.0)
    return more


def _below(at: Floats, tail: float) -> Floats:
    """Return the share below, of an exponential or, with a tail, of a Lomax distribution."""
    if tail < _NO_TAIL:
        return -np.expm1(-at)
    return -np.expm1(-np.log1p(at * tail) / tail)


def _area(at: Floats, tail: float) -> Floats:
    """Return the integral of `_below` from 0."""
    if tail < _NO_TAIL:
        return at + np.expm1(-at)
    if abs(tail - 1) < _NO_TAIL:
        return at - np.log1p(at)
    return at + np.expm1((1 - 1 / tail) * np.log1p(at * tail)) / (1 - tail)
