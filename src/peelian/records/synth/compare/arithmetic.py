"""The arithmetic of the moments: one definition each, for real records and for made-up ones."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RUN = 91  # days: a quarter of a year
_BLOCK = 2048


def gini(counts: Integers) -> float:
    """Return how unevenly events lie over areas: 0 where all have as many, to 1 where one has all.

    Half the mean difference between two areas over the mean; areas without any event count.

    >>> gini(np.array([2, 2, 2])), round(gini(np.array([0, 0, 0, 4])), 2)
    (0.0, 0.75)
    """
    n = np.sort(np.asarray(counts, dtype=np.float64))
    rank = np.arange(1, len(n) + 1)
    return float((2 * rank - len(n) - 1) @ n / (len(n) * n.sum()))


def beyond_chance(counts: Integers) -> float:
    """Return how much areas differ beyond Poisson chance: the square of a coefficient of variation.

    The variance of the counts less their mean, over the square of their mean. It does not grow or
    shrink with how long one counts, as a variance over a mean does.

    >>> beyond_chance(np.array([0, 4]))
    1.5
    """
    n = np.asarray(counts, dtype=np.float64)
    return float((n.var(ddof=1) - n.mean()) / n.mean() ** 2)


def of_busiest_tenth(counts: Integers) -> float:
    """Return the share of all events that lie in the tenth of areas with most of them.

    >>> of_busiest_tenth(np.array([11] + [1] * 9))
    0.55
    """
    n = np.sort(np.asarray(counts, dtype=np.float64))[::-1]
    return float(n[: max(1, round(len(n) / 10))].sum() / n.sum())


def per_area_by_decile(counts: Integers, decile: Integers) -> Floats:
    """Return events an area of each decile has, over events an area has; nan where none is of it.

    >>> per_area_by_decile(np.array([6, 2, 4]), np.array([1, 1, 10])).tolist()[::9]
    [1.0, 1.0]
    """
    n, d = np.asarray(counts, dtype=np.float64), np.asarray(decile)
    areas = np.bincount(d - 1, minlength=10)
    events = np.bincount(d - 1, weights=n, minlength=10)
    with np.errstate(invalid="ignore", divide="ignore"):
        return events / areas / n.mean()


def most_over_least(counts: Integers, decile: Integers) -> float:
    """Return events an area of deciles 1 and 2 has, over those an area of deciles 9 and 10 has.

    Nan where either end has fewer than ten areas, or the least deprived end has no event.

    >>> most_over_least(np.repeat([6, 3], 10), np.repeat([1, 10], 10))
    2.0
    """
    n, d = np.asarray(counts, dtype=np.float64), np.asarray(decile)
    most, least = n[d <= 2], n[d >= 9]
    if min(len(most), len(least)) < 10 or least.sum() == 0:
        return float("nan")
    return float(most.mean() / least.mean())


def daily(months: Mapping[str, int]) -> tuple[Integers, Floats]:
    """Return the number of each month (from January 1970) and its events a day."""
    number = np.array(sorted(np.datetime64(m, "M").astype(np.int64) for m in months))
    as_months = number.astype("M8[M]")
    days = ((as_months + 1).astype("M8[D]") - as_months.astype("M8[D]")).astype(np.int64)
    return number, np.array([months[str(m)] for m in as_months]) / days


def swing(months: Mapping[str, int]) -> float:
    """Return how far the yearly wave stands above its mean, as a share of it.

    Events a day of each month are fitted by least squares to a mean and one yearly wave and, from
    two years on, a straight trend. Nan where there are fewer than twelve months.

    Args:
        months: Events by month (YYYY-MM); months without records are left out, not nought.
    """
    if len(months) < 12:
        return float("nan")
    number, rate = daily(months)
    turn = 2 * np.pi * (number % 12) / 12
    terms = [np.ones(len(rate)), np.cos(turn), np.sin(turn)]
    if number[-1] - number[0] >= 23:
        terms.append(number - number.mean())
    found, *_ = np.linalg.lstsq(np.stack(terms, axis=1), rate, rcond=None)
    return float(np.hypot(found[1], found[2]) / rate.mean())


def by_calendar_month(months: Mapping[str, int]) -> Floats:
    """Return how far each calendar month's events a day lie from the mean month's, over the mean.

    Nan where a calendar month has no records.
    """
    number, rate = daily(months)
    calendar = number % 12
    with np.errstate(invalid="ignore"):
        mean = np.bincount(calendar, weights=rate, minlength=12) / np.bincount(
            calendar, minlength=12
        )
    return mean / np.nanmean(mean) - 1


def near_repeat(x: Floats, y: Floats, day: Integers, *, metres: float, days: int) -> float:
    """Return how many pairs are near in both space and time, over what chance would make (Knox).

    Within each run of `RUN` days, chance makes as many pairs near in both as there are pairs near
    in space, times the share of pairs that is near in time. Runs are told apart so that a slow
    change over years is not taken for things that follow one another. 1 where place and time have
    nothing to do with one another; nan where chance would make no pair.

    Args:
        x: Easting, in metres.
        y: Northing, in metres.
        day: The day, as a whole number.
        metres: How near counts as near; a pair at this very distance counts.
        days: How many days apart still counts as soon; 0 is the same day.
    """
    order = np.argsort(day, kind="stable")
    at, day = np.stack([x, y], axis=1)[order].astype(np.float64), np.asarray(day)[order]
    edges = np.searchsorted(day, np.arange(day[0], day[-1] + RUN, RUN))
    edges = [*edges.tolist(), len(day)]
    found = np.array(
        [_pairs(at[a:b], day[a:b], metres, days) for a, b in pairwise(edges) if b - a > 1]
    ).reshape(-1, 2)
    observed, expected = found.sum(axis=0)
    return float(observed / expected) if expected else float("nan")


def _pairs(at: Floats, day: Integers, metres: float, days: int) -> tuple[float, float]:
    """Return the pairs of one run that are near in both, and how many chance would make.

    Counted block by block in the order of days, so that memory follows the densest days.
    """
    n = len(day)
    tree = KDTree(at)
    near = (tree.count_neighbors(tree, metres) - n) / 2
    until = np.searchsorted(day, day + days, side="right")
    soon = float((until - np.arange(n) - 1).sum())
    both = sum(_both(at, until, first, metres) for first in range(0, n, _BLOCK))
    return float(both), near * soon / (n * (n - 1) / 2)


def _both(at: Floats, until: Integers, first: int, metres: float) -> int:
    """Count the pairs near and soon whose earlier event is in the block that begins at `first`."""
    last = min(first + _BLOCK, len(at))
    end = int(until[last - 1])
    pairs = KDTree(at[first:last]).sparse_distance_matrix(
        KDTree(at[first:end]), metres, output_type="ndarray"
    )
    earlier, later = pairs["i"] + first, pairs["j"] + first
    return int(((later > earlier) & (later < until[earlier])).sum())


def at_share(histogram: Mapping[int, int], share: float) -> float:
    """Return the value that this share of values lies at or below, from how often each occurs.

    >>> at_share({10: 1, 20: 2, 40: 1}, 0.5)
    20.0
    """
    values = np.array(sorted(histogram))
    reached = np.cumsum([histogram[int(v)] for v in values])
    return float(values[np.searchsorted(reached, share * reached[-1], side="left")])
