"""A share seen through an imperfect test: Rogan and Gladen's correction, and what is left in doubt.

A flag that misses some logs and marks others wrongly does not show how many there are, but if its
sensitivity and specificity are known, from the same kind of logs in the same months, the true share
can be worked back (Rogan and Gladen 1978). It is only as good as those two numbers: where the true
share is small, nearly all that is flagged may be wrongly flagged, and a specificity in doubt by one
per cent puts the answer in doubt by one per cent of all logs.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from peelian.errors import CannotAnswer
from peelian.statistics.intervals import (
    Estimate,
    blaker,
    clopper_pearson,
    quantile_of_normal,
    wilson,
)
from peelian.statistics.weighted_shares import Known, bisect, of_one

Interval = Literal["lang-reiczigel", "mid-p", "delta", "wilson", "blaker", "clopper-pearson"]
BELOW = "below what this test can see"
ABOVE = "above what this test can see"
_PAGE = "explanation/corrected-shares"
_OF_COUNTS = {"wilson": wilson, "blaker": blaker, "clopper-pearson": clopper_pearson}


def rogan_gladen(
    positive: int,
    n: int,
    sensitivity: float,
    specificity: float,
    *,
    n_se: int | None = None,
    n_sp: int | None = None,
    level: float = 0.95,
    interval: Interval = "lang-reiczigel",
) -> Estimate:
    """Return the true share behind an apparent one (Rogan and Gladen 1978).

    >>> found = rogan_gladen(50, 1000, 0.80, 0.98, interval="wilson")
    >>> round(found.value, 6), round(found.low, 6), round(found.high, 6)
    (0.038462, 0.023244, 0.058095)

    Args:
        positive: Logs the test marks.
        n: Logs it was put to.
        sensitivity: Share of true ones that it marks.
        specificity: Share of others that it leaves.
        n_se: True ones the sensitivity was estimated from; None if it is known for certain.
        n_sp: Others the specificity was estimated from; None if it is known for certain.
        level: How often the interval shall hold the share.
        interval: `lang-reiczigel` (2014), `mid-p` and `delta` allow for estimated accuracy.
            `mid-p` holds as often as it says; `lang-reiczigel` holds more often and is wider where
            few are marked; `delta` fails there. The others carry an interval for the apparent
            share over (Reiczigel and others 2010), and take the accuracy as known.

    Raises:
        CannotAnswer: If sensitivity and specificity add up to one or less: then the test says
            nothing, or the opposite.

    Assumes:
        Both were learnt from the same population and period, with errors that do not depend on
        anything else that makes a log likelier to be one. If they vary by class of log, correct
        within class (`stratified`).
    """
    _check(positive, n, sensitivity, specificity)
    if interval not in get_args(Interval):
        raise ValueError(f"no interval {interval!r}: one of {', '.join(get_args(Interval))}")
    estimated = n_se is not None or n_sp is not None
    if interval in _OF_COUNTS and estimated:
        raise ValueError(f"{interval} takes sensitivity and specificity as known")
    apparent, gain = positive / n, sensitivity + specificity - 1
    value = (apparent + specificity - 1) / gain
    variance = _variance(apparent, n, value, (sensitivity, n_se), (specificity, n_sp))
    if interval == "delta":
        reach = quantile_of_normal(level) * np.sqrt(variance)
        low, high = value - reach, value + reach
    elif interval == "lang-reiczigel":
        low, high = _lang_reiczigel(positive, n, (sensitivity, n_se), (specificity, n_sp), level)
    elif interval == "mid-p":
        low, high = _mid_p(positive, n, (sensitivity, n_se), (specificity, n_sp), level)
    else:
        ends = _OF_COUNTS[interval](positive, n, level)
        low, high = ((end + specificity - 1) / gain for end in ends)
    return _within(value, low, high, np.sqrt(variance), f"Rogan-Gladen, {interval}")


def stratified(
    positive: ArrayLike,
    n: ArrayLike,
    sensitivity: ArrayLike,
    specificity: ArrayLike,
    *,
    n_se: ArrayLike | None = None,
    n_sp: ArrayLike | None = None,
    size: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimate:
    """Return the true share over classes of log whose flags err differently.

    Each class is corrected by its own sensitivity and specificity. The interval adds up the
    distances from estimate to end of each class's Lang-Reiczigel interval, by their squares (Zou
    and Donner 2008), before anything is cut off at nought.

    Args:
        positive: Logs marked in each class.
        n: Logs the test was put to.
        sensitivity: Of each class.
        specificity: Of each class.
        n_se: True ones behind each sensitivity; None if known.
        n_sp: Others behind each specificity; None if known.
        size: Logs of each class in all; `n` if not given.
        level: How often the interval shall hold the share.

    Raises:
        CannotAnswer: If in any class the two add up to one or less.
    """
    marked, tested = np.asarray(positive), np.asarray(n)
    se, sp = np.asarray(sensitivity, dtype=float), np.asarray(specificity, dtype=float)
    of_se, of_sp = _counts(n_se, marked.size), _counts(n_sp, marked.size)
    weight = np.asarray(tested if size is None else size, dtype=float)
    weight = weight / weight.sum()
    value, below, above, variance = 0.0, 0.0, 0.0, 0.0
    for at, share in enumerate(weight):
        _check(marked[at], tested[at], se[at], sp[at])
        apparent = marked[at] / tested[at]
        here = (apparent + sp[at] - 1) / (se[at] + sp[at] - 1)
        known = (float(se[at]), of_se[at]), (float(sp[at]), of_sp[at])
        low, high = _lang_reiczigel(marked[at], tested[at], *known, level)
        value += share * here
        below += (share * (here - low)) ** 2
        above += (share * (high - here)) ** 2
        variance += share**2 * _variance(apparent, tested[at], here, *known)
    ends = value - np.sqrt(below), value + np.sqrt(above)
    return _within(value, *ends, np.sqrt(variance), "Rogan-Gladen by class, lang-reiczigel")


def implied_sensitivity(positive: int, n: int, share: float, specificity: float = 1.0) -> float:
    """Return the sensitivity a flag must have if the true share is known from elsewhere.

    With a specificity of one it is the highest the sensitivity can be.

    >>> round(implied_sensitivity(20, 1000, 0.1), 3)
    0.2

    Args:
        positive: Logs the flag marks.
        n: Logs in all.
        share: The true share, above nought.
        specificity: Of the flag.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a true share lies above 0 and up to 1, not at {share}")
    return (positive / n - (1 - share) * (1 - specificity)) / share


def _check(positive: float, n: float, sensitivity: float, specificity: float) -> None:
    if not 0 <= positive <= n or n <= 0:
        raise ValueError(f"{positive} of {n} is no share")
    if not (0 <= sensitivity <= 1 and 0 <= specificity <= 1):
        raise ValueError("sensitivity and specificity lie between 0 and 1")
    if sensitivity + specificity <= 1:
        raise CannotAnswer(
            "A test whose sensitivity and specificity add up to one or less tells nothing.",
            found=f"sensitivity {sensitivity:.3g}, specificity {specificity:.3g}",
            try_="reading a sample of logs drawn at random, and counting them without the test",
            read=_PAGE,
        )


def _counts(of: ArrayLike | None, classes: int) -> list[int | None]:
    return [None] * classes if of is None else [int(one) for one in np.asarray(of).ravel()]


def _variance(
    apparent: float, n: float, share: float, se: tuple[float, float | None], sp: tuple
) -> float:
    """Return the variance of the corrected share, by the delta method."""
    parts = apparent * (1 - apparent) / n
    parts += share**2 * _doubt(*se) + (1 - share) ** 2 * _doubt(*sp)
    return parts / (se[0] + sp[0] - 1) ** 2


def _doubt(share: float, n: float | None) -> float:
    return 0.0 if n is None else share * (1 - share) / n


def _lang_reiczigel(
    positive: float, n: float, se: tuple[float, int | None], sp: tuple, level: float
) -> tuple[float, float]:
    """Return the ends of Lang and Reiczigel (2014), uncut: equations 6, 7, 16 and 17.

    A success and a failure are added to each count behind the accuracy, and half of z squared of
    each to the count of marked logs, as Agresti and Coull do; the centre is then moved by what the
    first order leaves. Their equation 4 has a slip, (1 + P) for (1 - P).
    """
    z = quantile_of_normal(level)
    better_se, better_sp = _added(*se), _added(*sp)
    gain = better_se[0] + better_sp[0] - 1
    if gain <= 0:  # so few were read that the test may say nothing at all
        return 0.0, 1.0
    many = n + z * z
    apparent = (positive + z * z / 2) / many
    share = (apparent + better_sp[0] - 1) / gain
    moved = 2 * z * z * (share * _doubt(*better_se) - (1 - share) * _doubt(*better_sp))
    reach = z * np.sqrt(_variance(apparent, many, share, better_se, better_sp))
    return float(share + moved - reach), float(share + moved + reach)


def _mid_p(
    positive: float, n: float, se: tuple[float, int | None], sp: tuple, level: float
) -> tuple[float, float]:
    """Return the ends between which the share lies, if each of the three is known by mid-p.

    A share of at most t is as likely as an apparent one of at most t Se + (1 - t)(1 - Sp), which
    is linear in each: no corrected share need be worked out where Se and 1 - Sp lie close.
    """
    apparent, wrong = of_one(n, positive), _some(1 - sp[0], sp[1])
    right, of_right = _some(*se).nodes(64)
    # The surer of the two is taken at a few points, and the other as it is.
    by_points = apparent if apparent.sd < wrong.sd else wrong
    points, of_points = by_points.nodes(24)
    weight = np.outer(of_points, of_right)

    def most(share: float) -> float:
        true = share * right[None, :]
        if by_points is apparent:
            marked = (points[:, None] - true) / max(1 - share, 1e-12)
            return float((weight * (1 - wrong.below(marked))).sum())
        return float((weight * apparent.below(true + (1 - share) * points[:, None])).sum())

    tail = (1 - level) / 2
    low, high = (bisect(lambda share, at=at: most(share) >= at) for at in (tail, 1 - tail))
    return (0.0 if most(0.0) > tail else low), high


def _some(share: float, n: int | None) -> Known:
    return of_one(1e9 if n is None else n, share * (1e9 if n is None else n))


def _added(share: float, n: int | None) -> tuple[float, float | None]:
    return (share, None) if n is None else ((n * share + 1) / (n + 2), n + 2)


def _within(value: float, low: float, high: float, se: float, method: str) -> Estimate:
    note = BELOW if value <= 0 else ABOVE if value >= 1 else ""
    value, low, high = (float(min(1.0, max(0.0, end))) for end in (value, low, high))
    return Estimate(value, min(low, value), max(high, value), float(se), method, note)
