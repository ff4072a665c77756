"""One share and how sure it is: the estimate, and the usual intervals for a share of n."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, ndtri

Floats = NDArray[np.float64]

_STEP = 1e-4  # Blaker's own programme moves the ends by so much at a time, and epiR with it


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimated share (or agreement), with the interval that holds it.

    Args:
        value: The estimate.
        low: Lower end of the interval.
        high: Upper end.
        se: Its standard error; nought where the records show no variation, so that no interval
            should be made of it.
        method: How estimate and interval were made, in a few words.
        note: What its reader must know before using it; empty if nothing.
    """

    value: float
    low: float
    high: float
    se: float
    method: str
    note: str = ""

    @property
    def width(self) -> float:
        """Return how far its ends lie apart."""
        return self.high - self.low


def quantile_of_normal(level: float) -> float:
    """Return how many standard errors either side hold so much of a normal distribution.

    >>> round(quantile_of_normal(0.95), 4)
    1.96
    """
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    return float(ndtri((1 + level) / 2))


def wilson(positive: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's (1927) interval for a share: where the score test does not reject.

    >>> [round(end, 4) for end in wilson(50, 1000)]
    [0.0381, 0.0653]
    """
    _check(positive, n)
    z = quantile_of_normal(level)
    centre = positive + z * z / 2
    reach = z * np.sqrt(positive * (n - positive) / n + z * z / 4)
    low, high = (centre - reach) / (n + z * z), (centre + reach) / (n + z * z)
    return (float(low) if positive > 0 else 0.0), (float(high) if positive < n else 1.0)


def clopper_pearson(positive: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson (1934): never too narrow, often too wide.

    >>> [round(end, 4) for end in clopper_pearson(50, 1000)]
    [0.0373, 0.0654]
    """
    _check(positive, n)
    tail = (1 - level) / 2
    low = betaincinv(positive, n - positive + 1, tail) if positive > 0 else 0.0
    high = betaincinv(positive + 1, n - positive, 1 - tail) if positive < n else 1.0
    return float(low), float(high)


def blaker(positive: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Blaker's (2000) interval: never too narrow, and inside Clopper and Pearson's.

    Each of their ends is moved inwards by a ten-thousandth at a time for as long as the share
    there stays unacceptable, as his own programme does.

    >>> [round(end, 4) for end in blaker(50, 1000)]
    [0.0375, 0.0652]
    """
    low, high = clopper_pearson(positive, n, level)
    odd = partial(_odd, positive, n, 1 - level)
    while positive > 0 and low + _STEP < 1 and odd(low + _STEP):
        low += _STEP
    while positive < n and high - _STEP > 0 and odd(high - _STEP):
        high -= _STEP
    return low, high


def _odd(positive: int, n: int, allowed: float, share: float) -> bool:
    """Return whether so many of n are less likely at this share than is allowed.

    The smaller tail is met by the largest tail on the other side that is no more likely than it.
    """
    seen = np.arange(n + 1)
    at_most = np.append(betainc(n - seen[:-1], seen[:-1] + 1, 1 - share), 1.0)
    at_least = np.append(1.0, betainc(seen[1:], n - seen[1:] + 1, share))
    up, down = at_least[positive], at_most[positive]
    other_down, other_up = at_most[at_most <= up], at_least[at_least <= down]
    above = up + (other_down.max() if other_down.size else 0.0)
    below = down + (other_up.max() if other_up.size else 0.0)
    return bool(min(above, below) < allowed)


def mid_p(positive: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the mid-p interval (Lancaster 1961): neither end is on average too far out.

    It is where half of the chance of the very count seen is counted as more extreme. With none of
    n it gives the rule of three.

    >>> [round(end, 4) for end in mid_p(0, 100)]
    [0.0, 0.0295]
    """
    _check(positive, n)
    tail = (1 - level) / 2
    low = _solve(positive, n, tail) if positive > 0 else 0.0
    high = _solve(positive, n, 1 - tail) if positive < n else 1.0
    return low, high


def _solve(positive: float, n: float, chance: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        upper = betainc(positive, n - positive + 1, share) if positive > 0 else 1.0
        lower = betainc(positive + 1, n - positive, share) if positive < n else 0.0
        low, high = (share, high) if (upper + lower) / 2 < chance else (low, share)
    return (low + high) / 2


def _check(positive: float, n: float) -> None:
    if not 0 <= positive <= n or n <= 0:
        raise ValueError(f"{positive:g} of {n:g} is no share")
