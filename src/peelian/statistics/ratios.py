"""Shares as ratios of two sums, of records or of their minutes: linearised, and drawn again.

A share is Σy/Σx, where x counts something of every record (1, its contacts, its minutes) and y is x
where the record is marked and nought elsewhere. Both sums are random, so each cluster of records
adds the residual (y - R x)/Σx, and the variance of R is that of the sum of these (Taylor
linearisation: Woodruff 1971; Särndal, Swensson and Wretman 1992, section 5.6).

Records of one run of days share what those days were like, and records of one caller share the
caller. Both sums of clusters are taken: the variance by runs of days, and what callers who call
again add to it (two-way clusters after Cameron, Gelbach and Miller 2011, their extra part never
below nought). An interval follows Korn and Graubard (1998): Clopper and Pearson's, at the number of
independent records that would give this variance, so that it holds for rare shares too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Linear:
    """Shares, and what each cluster adds to the error of each.

    Args:
        value: The shares; NaN where there is nothing to share: shape (shares,).
        residual: The residual of each cluster, which sum to nought: shape (clusters, shares).
    """

    value: Floats
    residual: Floats


@dataclass(frozen=True)
class Minutes:
    """Of each cluster, records by what is known of their minutes: each of shape (clusters, shares).

    Args:
        known: The sum of known minutes.
        with_minutes: Records whose minutes are known.
        sent: Records to which a unit was sent, whether or not its minutes are known.
    """

    known: Floats
    with_minutes: Floats
    sent: Floats


def ratio(part: ArrayLike, whole: ArrayLike) -> Linear:
    """Return the shares of some sums in others, with each cluster's residual.

    >>> ratio([[1.0], [3.0]], [[10.0], [10.0]]).value.tolist()
    [0.2]

    Args:
        part: The sum of each cluster over what is marked: shape (clusters, shares).
        whole: The sum of each cluster over everything: shape (clusters, shares) or (clusters, 1).
    """
    y, x = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    total = np.where(x.sum(axis=0) > 0, x.sum(axis=0), np.nan)
    value = y.sum(axis=0) / total
    return Linear(value, (y - value * x) / total)


def filled(marked: Minutes, others: Minutes) -> Linear:
    """Return shares of minutes where those missing are taken as the mean of their own side.

    A marked record that a unit was sent to, and whose minutes are missing, counts as the marked
    records whose minutes are known do on average; likewise the others.

    Args:
        marked: The marked records.
        others: All others.

    Assumes:
        Minutes are missing at random within each side.
    """
    mine, add = _whole_side(marked)
    theirs, add_theirs = _whole_side(others)
    total = np.where(mine + theirs > 0, mine + theirs, np.nan)
    value = mine / total
    return Linear(value, ((1 - value) * add - value * add_theirs) / total)


def _whole_side(side: Minutes) -> tuple[Floats, Floats]:
    """Return a side's minutes with its missing ones, and each cluster's part of their error."""
    known, n, sent = (v.sum(axis=0) for v in (side.known, side.with_minutes, side.sent))
    up = np.divide(sent, n, out=np.ones_like(known), where=n > 0)
    mean = np.divide(known, n, out=np.zeros_like(known), where=n > 0)
    own = side.known - mean * side.with_minutes
    return up * known, up * own + mean * side.sent


def variance(residual: ArrayLike) -> Floats:
    """Return the variance of a sum of clusters' residuals, the clusters taken as independent.

    NaN for fewer than two clusters.

    Args:
        residual: Shape (clusters, shares).
    """
    z = np.asarray(residual, dtype=float)
    clusters = z.shape[0]
    if clusters < 2:
        return np.full(z.shape[1:], np.nan)
    return clusters / (clusters - 1) * ((z - z.mean(axis=0)) ** 2).sum(axis=0)


def degrees(residual: ArrayLike) -> Floats:
    """Return how surely a variance is known, as degrees of freedom, from the residuals themselves.

    A few large clusters among many small ones make the variance as unsure as those few clusters
    would: the variance of Σz² by its fourth moment (Satterthwaite 1946). Never more than the
    clusters less one, and never below one.

    >>> degrees([[1.0], [-1.0], [1.0], [-1.0]]).tolist()
    [3.0]

    Args:
        residual: Shape (clusters, shares).
    """
    z = np.asarray(residual, dtype=float)
    clusters = z.shape[0]
    second, fourth = (z**2).sum(axis=0), (z**4).sum(axis=0)
    unsure = fourth - second**2 / max(clusters, 1)
    free = np.divide(2 * second**2, unsure, out=np.full(second.shape, np.inf), where=unsure > 0)
    return np.clip(free, 1.0, max(clusters - 1.0, 1.0))


def both(first: ArrayLike, second: ArrayLike, free: ArrayLike, free_second: ArrayLike) -> Floats:
    """Return the degrees of freedom of a sum of two variances (Satterthwaite 1946).

    >>> both([1.0], [0.0], [9.0], [2.0]).tolist()
    [9.0]

    Args:
        first: One variance.
        second: The other.
        free: The degrees of freedom of the first.
        free_second: Those of the second.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    unsure = a**2 / np.asarray(free, dtype=float) + b**2 / np.asarray(free_second, dtype=float)
    least = np.asarray(free, dtype=float)
    return np.divide((a + b) ** 2, unsure, out=least.copy(), where=unsure > 0)


def from_records(
    value: ArrayLike, squares: ArrayLike, all_squares: ArrayLike, whole: ArrayLike
) -> Floats:
    """Return the variance that shares would have were every record independent of all others.

    >>> from_records([0.2], [2.0], [10.0], [10.0]).round(4).tolist()
    [0.016]

    Args:
        value: The shares.
        squares: Σx² over marked records.
        all_squares: Σx² over all records.
        whole: Σx over all records.
    """
    r, of, all_ = (np.asarray(v, dtype=float) for v in (value, squares, all_squares))
    total = np.asarray(whole, dtype=float)
    return ((1 - r) ** 2 * of + r**2 * (all_ - of)) / np.where(total > 0, total, np.nan) ** 2


def added_by_repeats(residual: ArrayLike, alone: ArrayLike) -> Floats:
    """Return what records of one caller, being alike, add to the variance; never below nought.

    Callers are dealt into groups at random (by a hash of their key), so that the groups' sums are
    independent, whatever is shared within a caller: the method of random groups.

    Args:
        residual: The sum of residuals of each group of callers: shape (groups, shares).
        alone: The variance were all records independent: shape (shares,).
    """
    return np.maximum(0.0, variance(residual) - np.asarray(alone, dtype=float))


def interval(
    value: ArrayLike, spread: ArrayLike, n: ArrayLike, free: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the interval of shares (Korn and Graubard 1998), of known variance.

    Args:
        value: The shares.
        spread: Their variances.
        n: How many records each rests on: the interval is never narrower than theirs, all
            independent, would be.
        free: How surely the variances are known: their degrees of freedom, as a rule the clusters
            less one.
        level: How often it holds.

    Returns:
        The lower and upper ends; NaN where the variance is not known.
    """
    arrays = (np.asarray(a, dtype=float) for a in (value, spread, n, free))
    r, v, count, known_by = np.broadcast_arrays(*arrays)
    tail = (1 - level) / 2
    known = np.isfinite(r) & np.isfinite(v) & (count > 0) & (known_by >= 1)
    settled = known & (r > 0) & (r < 1) & (v > 0)
    fair = np.divide(r * (1 - r), v, out=count.astype(float).copy(), where=settled)
    wider = (stdtrit(np.maximum(count - 1, 1), tail) / stdtrit(np.maximum(known_by, 1), tail)) ** 2
    size = np.minimum(np.where(settled, fair * wider, count), count)
    size = np.where(known, np.maximum(size, 1e-9), np.nan)
    part = np.clip(np.where(known, r, np.nan), 0, 1) * size
    with np.errstate(invalid="ignore"):
        low = np.where(part > 0, betaincinv(np.maximum(part, 1e-12), size - part + 1, tail), 0.0)
        rest = np.maximum(size - part, 1e-12)
        high = np.where(size - part > 0, betaincinv(part + 1, rest, 1 - tail), 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def run_length(days: int) -> int:
    """Return how many days in a row are taken as one cluster: the cube root of their number.

    That is the rate at which blocks of a series must grow for its variance to be found (Künsch
    1989); of a year it is a week.

    >>> [run_length(days) for days in (31, 90, 365, 1095)]
    [3, 4, 7, 10]
    """
    return max(1, round(days ** (1 / 3)))


def drawn_again(
    part: ArrayLike, whole: ArrayLike, *, draws: int, rng: np.random.Generator, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the percentile interval of shares from a bootstrap of groups of records.

    Records are dealt into groups at random, and the groups are drawn again with replacement: what
    a bootstrap of single records comes to, with no record at hand.

    Args:
        part: The sum of each group over what is marked: shape (groups, shares).
        whole: The sum of each group over everything, in the same shape.
        draws: How often.
        rng: Where chance comes from.
        level: How much of the draws lies within.
    """
    y, x = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    groups = y.shape[0]
    times = rng.multinomial(groups, np.full(groups, 1 / groups), size=draws).astype(float)
    total = times @ x
    shares = np.divide(times @ y, total, out=np.full(total.shape, np.nan), where=total > 0)
    tail = (1 - level) / 2
    ends = np.quantile(shares, (tail, 1 - tail), axis=0)
    return ends[0], ends[1]
