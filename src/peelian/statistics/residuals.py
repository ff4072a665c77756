"""Does a fitted process leave nothing unexplained? Its events, rescaled and thinned, are even."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from peelian.statistics.density import Smooth
from peelian.statistics.hawkes import Background, Events, Fit
from peelian.statistics.kernels_recursion import sums_before

Floats = NDArray[np.float64]
At = Callable[[Floats, Floats], Floats]
_FAR, _LONG = 4.5, 7.0  # standard deviations and mean delays: as far as the fit looks
_MOST_POINTS = 4000  # of residuals: more make the envelope slow and tell little more
_AT_ONCE = 500  # points whose excitement is added up together


@dataclass(frozen=True, slots=True)
class Rescaled:
    """Events on the clock of what was expected: if the process is right, one a unit, at random.

    Args:
        gaps: Between events, on that clock, in order: shape (events,).
        p_gaps: How often gaps of a right process are as far from exponential (Kolmogorov-Smirnov).
        p_course: How often events of a right process are as unevenly spread along the clock.
        expected: Quantiles of the exponential: shape (quantiles,).
        observed: The same quantiles of the gaps.
        low: Where 95 of 100 right processes have each quantile, at least.
        high: At most.
    """

    gaps: Floats
    p_gaps: float
    p_course: float
    expected: Floats
    observed: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Points:
    """Events thinned out where many were expected, and points added where few were.

    Args:
        x: Eastings in metres: shape (points,).
        y: Northings in metres.
        t: Days since the beginning.
        kept: How many of the events were kept.
        rate: How many there are a square metre and day, if the process is right.
    """

    x: Floats
    y: Floats
    t: Floats
    kept: int
    rate: float

    def __len__(self) -> int:
        return len(self.t)


@dataclass(frozen=True, slots=True)
class Closeness:
    """Pairs of points near one another, beside what chance has.

    Args:
        within_metres: Distances: shape (distances,).
        within_days: Days a pair lies apart at most; infinite where time is not looked at.
        pairs: Pairs within each distance: shape (distances,).
        expected: Their mean by chance.
        low: Where 95 of 100 runs of chance have them, at least.
        high: At most.
        p: How often chance is as far out at the distance where it is furthest out.
    """

    within_metres: Floats
    within_days: float
    pairs: NDArray[np.int64]
    expected: Floats
    low: Floats
    high: Floats
    p: float


def without_excitement(events: Events, background: Background) -> Fit:
    """Return the process in which nobody excites anybody: the background alone.

    Args:
        events: The events.
        background: Gives the background's density at events from their chances of being of it.
    """
    density = background(np.ones(len(events)))
    likelihood = float(np.log(density).sum() - len(events))
    return Fit(0.0, 1.0, 1.0, density, np.zeros(len(events)), likelihood, 0)


def rescale(events: Events, fit: Fit, *, quantiles: int = 50) -> Rescaled:
    """Put events on the clock of what the process expects over the whole map (time rescaling).

    Args:
        events: The events.
        fit: The process.
        quantiles: How many of the gaps' quantiles are set beside the exponential's.

    Assumes:
        No two events are of the same moment: those of one day are spread over it first. The
        process was fitted to the same events, so that chances of being as far out are a little
        too large.

    Cannot show:
        That places are right, as all are put together. With many events at once over a large map
        the gaps hide that some follow others next door; see `near_one_another`.

    Source:
        Brown and others (2002); Ogata (1988).
    """
    from scipy.stats import beta, kstest

    n, t = len(events), events.t
    share = _inside_box(events, fit.spread) if fit.theta else np.zeros(n)
    total, with_gap = np.empty(n), np.empty(n)
    sums_before(t, share, 1 / fit.mean_days, total, with_gap)
    earlier = np.concatenate([[0.0], np.cumsum(share)[:-1]])
    background = float((1 - fit.excited).sum())
    clock = background * t / events.days + fit.theta * (earlier - total)
    left = share * np.exp(-(events.days - t) / fit.mean_days)
    end = background + fit.theta * float(share.sum() - left.sum())
    gaps = np.diff(clock, prepend=0.0)
    at = (np.arange(quantiles) + 0.5) / quantiles
    rank = at * n
    low, high = (beta.ppf(side, rank, n - rank + 1) for side in (0.025, 0.975))
    expected, least, most = (-np.log1p(-v) for v in (at, low, high))
    return Rescaled(
        gaps,
        float(kstest(gaps, "expon").pvalue),
        float(kstest(np.clip(clock / end, 0, 1), "uniform").pvalue),
        expected,
        np.quantile(gaps, at),
        least,
        most,
    )


def super_thin(
    events: Events,
    fit: Fit,
    background_at: At,
    rng: np.random.Generator,
    *,
    rate: float | None = None,
) -> Points:
    """Keep an event with a chance that falls with its density, and add points where that is low.

    If the process is right, what results is even over the map and the time, at a known rate.

    Args:
        events: The events.
        fit: The process.
        background_at: Gives the background's density at any places (eastings, northings).
        rng: Draws whom to keep and what to add.
        rate: Points a square metre and day; the events' own, or fewer where they are very many.

    Source:
        Clements, Schoenberg and Veen (2012).
    """
    left, bottom, right, top = events.box
    room = events.area * events.days
    rate = rate or min(len(events), _MOST_POINTS) / room
    density = fit.background / np.maximum(1 - fit.excited, 1e-12)
    kept = rng.random(len(events)) * density < rate
    many = rng.poisson(rate * room)
    x, y = rng.uniform(left, right, many), rng.uniform(bottom, top, many)
    t = rng.uniform(0, events.days, many)
    there = background_at(x, y) + excitement_at(events, fit, x, y, t)
    added = rng.random(many) * rate > there
    return Points(
        np.append(events.x[kept], x[added]),
        np.append(events.y[kept], y[added]),
        np.append(events.t[kept], t[added]),
        int(kept.sum()),
        rate,
    )


def excitement_at(events: Events, fit: Fit, x: Floats, y: Floats, t: Floats) -> Floats:
    """Return how much events before excite places and times: a square metre and day.

    Args:
        events: The events.
        fit: The process.
        x: Eastings in metres: shape (points,).
        y: Northings in metres.
        t: Days since the beginning.
    """
    found = np.zeros(len(t))
    if fit.theta == 0:
        return found
    tree = KDTree(np.column_stack([events.x, events.y]))
    at, squared = np.column_stack([x, y]), 2 * fit.spread**2
    for first in range(0, len(t), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        near = KDTree(at[part]).sparse_distance_matrix(
            tree, _FAR * fit.spread, output_type="ndarray"
        )
        gap = t[part][near["i"]] - events.t[near["j"]]
        before = (gap > 0) & (gap <= _LONG * fit.mean_days)
        near, gap = near[before], gap[before]
        kernel = np.exp(-gap / fit.mean_days - near["v"] ** 2 / squared)
        found[part] = np.bincount(near["i"], kernel, minlength=len(at[part]))
    return found * fit.theta / (fit.mean_days * np.pi * squared)


def evenly_at(events: Events, fit: Fit) -> At:
    """Return an even background's density anywhere."""
    density = float((1 - fit.excited).sum()) / (events.area * events.days)
    return lambda x, y: np.full(len(x), density)


def smoothly_at(events: Events, fit: Fit, bandwidth: float) -> At:
    """Return the density anywhere of a background by Gaussian kernels over the events.

    Args:
        events: The events.
        fit: The process, which says how likely each is of the background.
        bandwidth: In metres.
    """
    least = 1e-3 * len(events) / (events.area * events.days)

    def at(x: Floats, y: Floats) -> Floats:
        # places are events of no weight, so that they are read off the same sums
        sums = Smooth(np.append(events.x, x), np.append(events.y, y), bandwidth)
        weight = np.append(1 - fit.excited, np.zeros(len(x)))
        return np.maximum(sums.at_events(weight)[len(events) :] / events.days, least)

    return at


def near_one_another(
    points: Points,
    events: Events,
    within_metres: Floats,
    rng: np.random.Generator,
    *,
    within_days: float = np.inf,
    runs: int = 199,
) -> Closeness:
    """Are points nearer one another than chance has it (Ripley's K, up to a factor)?

    Without `within_days`, chance drops as many points evenly over the rectangle: places are looked
    at. With it, chance deals the points' own times out over their own places: only time is looked
    at, whether or not the background has the places right.

    Args:
        points: The points.
        events: Says which rectangle they lie in.
        within_metres: Distances, rising: shape (distances,).
        rng: Drops the points, or deals their times.
        within_days: Count only pairs that lie no more days apart.
        runs: How often.

    Source:
        Diggle and others (1995) for pairs in place and time; a global envelope by the largest
        standardised distance from the mean (Myllymäki and others, 2017).
    """
    left, bottom, right, top = events.box
    metres, n = np.asarray(within_metres, float), len(points)
    counted = np.empty((runs + 1, len(metres)), np.int64)
    apart = _pairs(points.x, points.y, metres)
    counted[0] = _within(apart, points.t, metres, within_days)
    for run in range(1, runs + 1):
        if np.isfinite(within_days):
            counted[run] = _within(apart, rng.permutation(points.t), metres, within_days)
        else:
            dropped = _pairs(rng.uniform(left, right, n), rng.uniform(bottom, top, n), metres)
            counted[run] = _within(dropped, points.t, metres, within_days)
    # what was seen is one of the runs, so that each stands beside the same mean
    out = np.abs(counted - counted.mean(axis=0)) / np.maximum(counted.std(axis=0), 1e-9)
    furthest = out.max(axis=1)
    low, high = np.quantile(counted[1:], (0.025, 0.975), axis=0)
    return Closeness(
        metres,
        within_days,
        counted[0],
        counted[1:].mean(axis=0),
        low,
        high,
        float((furthest >= furthest[0] - 1e-12).mean()),
    )


def _pairs(x: Floats, y: Floats, metres: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the pairs within the furthest distance, nearest first, and how far apart they are."""
    close = KDTree(np.column_stack([x, y])).query_pairs(float(metres[-1]), output_type="ndarray")
    apart = np.hypot(x[close[:, 0]] - x[close[:, 1]], y[close[:, 0]] - y[close[:, 1]])
    order = np.argsort(apart)
    return close[order], apart[order]


def _within(
    found: tuple[NDArray[np.int64], Floats], t: Floats, metres: Floats, days: float
) -> NDArray[np.int64]:
    """Count pairs within each distance, and within some days."""
    pairs, apart = found
    reached = np.searchsorted(apart, metres, side="right")
    if not np.isfinite(days):
        return reached
    soon = np.abs(t[pairs[:, 0]] - t[pairs[:, 1]]) <= days
    return np.concatenate([[0], np.cumsum(soon)])[reached]


def _inside_box(events: Events, spread: float) -> Floats:
    """Return the share of each event's excitement that falls in the rectangle."""
    from scipy.special import ndtr

    left, bottom, right, top = events.box
    share = np.ones(len(events))
    for v, low, high in ((events.x, left, right), (events.y, bottom, top)):
        share *= ndtr((high - v) / spread) - ndtr((low - v) / spread)
    return share
