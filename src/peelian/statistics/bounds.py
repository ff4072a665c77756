"""What a share must lie between, one assumption at a time: the ladder of bounds.

Where only some logs were read, the rest may be anything, and the share lies between what was found
and that with all unread logs added (Manski 1989). Each assumption one is willing to make narrows
that; the ladder shows what each of them buys, so that a reader may stop where belief ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from peelian.statistics.intervals import mid_p, quantile_of_normal
from peelian.statistics.two_phase import Strata, stratified
from peelian.statistics.weighted_shares import bisect


@dataclass(frozen=True, slots=True)
class Rung:
    """What one more assumption buys.

    Args:
        assumption: What is assumed, in plain words.
        low: The least the share can be.
        high: The most it can be.
        lower: Lower end of the interval that holds the share, with luck in what was read allowed
            for; `low` where there is none.
        upper: Its upper end.
        against: What the logs read say against the assumption; empty if nothing.
    """

    assumption: str
    low: float
    high: float
    lower: float
    upper: float
    against: str = ""


def ladder(
    flagged: int,
    n: int,
    read: ArrayLike,
    positive_read: ArrayLike,
    *,
    false_positive: float | None = None,
    error: float | None = None,
    strata: Strata | None = None,
    level: float = 0.95,
) -> tuple[Rung, ...]:
    """Return the bounds of the share of n logs, one assumption after another.

    Rungs that assume only what the flag means, and none of how logs were chosen to be read, need no
    allowance for luck. The last ones do: they take logs read for a random draw of their kind.

    >>> for rung in ladder(40, 1000, [20, 80], [16, 2], false_positive=0.3):
    ...     print(f"{rung.low:.3f} to {rung.high:.3f}: {rung.assumption}")
    0.018 to 0.918: nothing of the logs that nobody read
    0.038 to 0.918: every flagged log is one
    0.030 to 0.918: at most 30% of flagged logs are not one
    0.030 to 0.742: unflagged logs are one no more often than flagged ones
    0.056 to 0.056: logs read are like those unread, flagged or not

    Args:
        flagged: Logs that are flagged.
        n: Logs in all.
        read: Logs read among the flagged and among the others: shape (2,).
        positive_read: Of those, how many were one: shape (2,).
        false_positive: The most of flagged logs that are not one.
        error: The most of all logs whose flag is wrong, either way.
        strata: The strata of an audit, for a last rung within them.
        level: How often an interval shall hold the share.

    Source:
        Manski (1989, 2003); Horowitz and Manski (1995) for a bounded error; Imbens and Manski
        (2004) for the interval that holds the share and not the whole of its bounds.
    """
    reads, found = np.asarray(read, dtype=float), np.asarray(positive_read, dtype=float)
    sizes = np.array([flagged, n - flagged], dtype=float)
    if not ((found >= 0) & (found <= reads) & (reads <= sizes)).all():
        raise ValueError("among flagged logs and others, positive ≤ read ≤ how many there are")
    seen, left = found.sum() / n, (sizes - reads) / n
    top = float(seen + left.sum())
    rungs = [_certain("nothing of the logs that nobody read", seen, top)]
    wrong = reads[0] - found[0]
    against = f"{wrong:.0f} of {reads[0]:.0f} flagged logs read are not one" if wrong else ""
    rungs.append(_certain("every flagged log is one", seen + left[0], top, against))
    floor = seen
    if false_positive is not None:
        floor = seen + max(0.0, (1 - false_positive) * flagged - found[0]) / n
        floor = min(floor, seen + left[0])
        said = f"at most {false_positive:.0%} of flagged logs are not one"
        against = _more_wrong(wrong, reads[0], false_positive, level)
        rungs.append(_certain(said, floor, top, against))
    if error is not None:
        rungs.append(_horowitz_manski(flagged / n, error, seen, top))
    if reads[0]:
        rungs.append(_no_more_often(sizes, reads, found, floor, level))
    if reads.all():
        said = "logs read are like those unread, flagged or not"
        rungs.append(_as_read(said, Strata(sizes, reads, found), level))
    if strata is not None:
        rungs.append(_as_read("logs read are like those unread in their stratum", strata, level))
    return tuple(rungs)


def imbens_manski(
    low: float, high: float, se_low: float, se_high: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval that holds a share known only to lie between two estimated bounds.

    It is narrower than two intervals' outer ends, since the share cannot be at both bounds at once
    (Imbens and Manski 2004).

    >>> [round(end, 3) for end in imbens_manski(0.2, 0.2, 0.01, 0.01)]
    [0.18, 0.22]
    >>> [round(end, 4) for end in imbens_manski(0.2, 0.6, 0.01, 0.01)]
    [0.1836, 0.6164]
    """
    most = max(se_low, se_high)
    if not most:
        return low, high
    apart = (high - low) / most
    reach = bisect(
        lambda c: float(ndtr(c + apart) - ndtr(-c)) >= level, 0.0, quantile_of_normal(level) + 1
    )
    return max(0.0, low - reach * se_low), min(1.0, high + reach * se_high)


def _certain(said: str, low: float, high: float, against: str = "") -> Rung:
    low, high = float(max(0.0, low)), float(min(1.0, high))
    return Rung(said, low, high, low, high, against)


def _more_wrong(wrong: float, read: float, most: float, level: float) -> str:
    if not read or mid_p(wrong, read, level)[0] <= most:
        return ""
    return f"{wrong:.0f} of {read:.0f} flagged logs read are not one"


def _horowitz_manski(apparent: float, error: float, seen: float, top: float) -> Rung:
    low, high = max(seen, apparent - error), min(top, apparent + error)
    said = f"at most {error:.0%} of all flags are wrong"
    if low > high:
        return _certain(said, min(seen, top), top, "what was read leaves no share that would do")
    return _certain(said, low, high)


def _no_more_often(sizes, reads, found, floor: float, level: float) -> Rung:
    """Return the rung of monotone selection: what is not flagged is one no more often."""
    n, share = sizes.sum(), found[0] / reads[0]
    left = (sizes - reads) / n
    high = found.sum() / n + left[0] + left[1] * share
    doubt = left[1] * np.sqrt(share * (1 - share) / max(1.0, reads[0] - 1))
    low, high = min(floor, high), float(min(1.0, high))
    lower, upper = imbens_manski(low, high, 0.0, float(doubt), level)
    said = "unflagged logs are one no more often than flagged ones"
    against = ""
    if reads[1] and mid_p(found[1], reads[1], level)[0] > mid_p(found[0], reads[0], level)[1]:
        against = "unflagged logs that were read are one more often"
    return Rung(said, float(low), high, lower, upper, against)


def _as_read(said: str, strata: Strata, level: float) -> Rung:
    found = stratified(strata, level)
    return Rung(said, found.value, found.value, found.low, found.high)
