"""Do events excite others in time alone: one stream, fitted by EM in a walk over its events."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.kernels_recursion import sums_before

Floats = NDArray[np.float64]
_STEADY = 1e-7
_STEP = 1e-3  # of the logarithms, for the curvature


@dataclass(frozen=True, slots=True)
class TimeFit:
    """A fitted stream of events.

    Args:
        background: Events a day that no other led to.
        theta: The branching ratio: how many events one event leads to, on average.
        rate: By how much a day the excitement falls: 1 / the mean delay.
        errors: Standard errors of the logarithms of the three, from the curvature of the
            log-likelihood; not a number where it does not curve.
        likelihood: Its logarithm.
        rounds: Rounds of EM.
    """

    background: float
    theta: float
    rate: float
    errors: tuple[float, float, float]
    likelihood: float
    rounds: int


def fit_times(
    t: Floats, days: float, *, start: tuple[float, float] = (0.3, 0.1), rounds: int = 2000
) -> TimeFit:
    """Fit an even background, a branching ratio and an exponential delay to times, by EM.

    Args:
        t: When events happened, in days from the beginning: shape (events,), in order.
        days: How long was looked at.
        start: Theta and rate to start from.
        rounds: At most so many rounds.

    Raises:
        ValueError: There are fewer than two events, or they are out of order or outside.

    Assumes:
        The background is even over time. Each event excites the same; those of the same moment do
        not excite one another.

    Source:
        Veen and Schoenberg (2008) for EM; Ogata (1981) for the walk.
    """
    if len(t) < 2 or t[0] < 0 or t[-1] > days or (np.diff(t) < 0).any():
        raise ValueError("there are two times or more, in order, within what was looked at")
    theta, rate = start
    background = (1 - theta) * len(t) / days
    total, with_gap, ones = np.empty(len(t)), np.empty(len(t)), np.ones(len(t))
    left = days - t
    done = 0
    for done in range(1, rounds + 1):  # noqa: B007  (told with the fit)
        before = np.log((background, theta, rate))
        sums_before(t, ones, rate, total, with_gap)
        share = theta * rate / (background + theta * rate * total)
        excited, gaps = (share * total).sum(), (share * with_gap).sum()
        beyond = theta * np.exp(-rate * left)
        background = (len(t) - excited) / days
        theta = max(excited / (1 - np.exp(-rate * left)).sum(), 1e-9)
        # those that fall after the end are counted in, each with the gap it has on average
        rate = (excited + beyond.sum()) / (gaps + (beyond * (left + 1 / rate)).sum())
        if np.abs(np.log((background, theta, rate)) - before).max() < _STEADY:
            break
    found = np.log((background, theta, rate))
    value = _likelihood(t, days, found)
    return TimeFit(background, theta, rate, _errors(t, days, found, value), value, done)


def _likelihood(t: Floats, days: float, logs: Floats) -> float:
    background, theta, rate = np.exp(logs)
    total, with_gap = np.empty(len(t)), np.empty(len(t))
    sums_before(t, np.ones(len(t)), rate, total, with_gap)
    expected = background * days + theta * (1 - np.exp(-rate * (days - t))).sum()
    return float(np.log(background + theta * rate * total).sum() - expected)


def _errors(t: Floats, days: float, at: Floats, value: float) -> tuple[float, float, float]:
    """Return standard errors from second differences of the log-likelihood."""
    steps = np.eye(3) * _STEP
    curve = np.empty((3, 3))
    for i in range(3):
        for j in range(i, 3):
            corners = [
                _likelihood(t, days, at + a * steps[i] + b * steps[j])
                for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]
            bent = corners[0] - corners[1] - corners[2] + corners[3]
            curve[i, j] = curve[j, i] = -bent / (4 * _STEP**2)
    if not np.isfinite(value) or np.linalg.eigvalsh(curve)[0] <= 0:
        return np.nan, np.nan, np.nan
    one, two, three = np.sqrt(np.diag(np.linalg.inv(curve)))
    return float(one), float(two), float(three)
