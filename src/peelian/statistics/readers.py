"""People misread logs too: what two readings of each log say of the readers, and of the share.

Two people read each log without knowing of one another, and a third settles where they differ. What
both took the same way is never looked at again, so some of it is wrong twice over. How much can be
worked back as animals are counted that are caught twice (Lincoln and Petersen; for readers of one
text, Sekar and Deming 1949): if one reader passes over a tenth of what the other finds, both pass
over a hundredth.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from peelian.errors import CannotAnswer
from peelian.statistics.intervals import Estimate, mid_p
from peelian.statistics.two_phase import Strata, stratified

_WORST = 0.49  # both pass over so much of what either alone finds three in ten of


@dataclass(frozen=True, eq=False)
class TwoReadings:
    """Logs that were read by two people, by stratum: how often they agreed, and how it was settled.

    Args:
        size: Logs of each stratum: shape (strata,).
        both: Both found the log to be so.
        settled_yes: They differed, and a third reader found it to be so.
        settled_no: They differed, and a third reader found it not to be so.
        neither: Neither found it to be so.
        unsettled: They differed, and nobody has settled it yet; none if not given.

    Raises:
        ValueError: If the arrays do not fit one another.
    """

    size: ArrayLike
    both: ArrayLike
    settled_yes: ArrayLike
    settled_no: ArrayLike
    neither: ArrayLike
    unsettled: ArrayLike | None = None

    def __post_init__(self) -> None:
        none = np.zeros(np.size(self.size))
        object.__setattr__(self, "unsettled", none if self.unsettled is None else self.unsettled)
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, np.atleast_1d(np.asarray(getattr(self, name), float)))
            if np.shape(getattr(self, name)) != np.shape(self.size):
                raise ValueError("all counts are of one length")

    def strata(self, unsettled: float = 0.0) -> Strata:
        """Return what was found, with unsettled logs taken as so by this share of them."""
        names = ("both", "settled_yes", "settled_no", "neither", "unsettled")
        both, yes, no, neither, undecided = (
            np.asarray(getattr(self, name), dtype=float) for name in names
        )
        found = both + yes + unsettled * undecided
        left = no + neither + (1 - unsettled) * undecided
        return Strata(self.size, found + left, found)


def reader(readings: TwoReadings, level: float = 0.95) -> tuple[Estimate, Estimate]:
    """Return the sensitivity and the specificity of one reader, as the other makes them out.

    >>> two = TwoReadings([5000], [45], [10], [4], [441])
    >>> [round(one.value, 3) for one in reader(two)]
    [0.9, 0.995]

    Raises:
        CannotAnswer: If nothing was found by anybody, or nothing was left by both.

    Assumes:
        Readers err alike, and each without regard to the other: a log that is hard for one is no
        harder for the other. Where some logs are hard for both, they look better than they are. A
        third reader settles rightly. Logs that are not settled tell nothing here.
    """
    parts = (readings.both, readings.settled_yes), (readings.neither, readings.settled_no)
    found = []
    for name, (twice, once) in zip(("sensitivity", "specificity"), parts, strict=True):
        agreed, seen = float(np.sum(twice)), float(np.sum(twice) + np.sum(once))
        _refuse_none(seen, name)
        low, high = mid_p(agreed, seen, level)
        share, low, high = (_of_one(end) for end in (agreed / seen, low, high))
        slope = 2 / (1 + agreed / seen) ** 2
        se = slope * np.sqrt(agreed / seen * (1 - agreed / seen) / seen)
        found.append(Estimate(share, low, high, float(se), f"{name} of a reader, two readings"))
    return found[0], found[1]


def read_twice(readings: TwoReadings, level: float = 0.95) -> Estimate:
    """Return the share of all logs, with what both readers got wrong allowed for.

    >>> two = TwoReadings([5000], [45], [10], [4], [441])
    >>> found = read_twice(two)
    >>> round(found.value, 4), round(found.low, 3), round(found.high, 3)
    (0.1111, 0.087, 0.14)

    Args:
        readings: Logs of each stratum, and how those that were read were read.
        level: How often the interval shall hold the share.

    Raises:
        CannotAnswer: If of some stratum nothing was read.

    Assumes:
        As `two_phase.stratified` and `reader`; and that one reader alone finds three in ten of
        what is so, which bounds what both may miss where nearly nothing was found. Unsettled logs
        are taken as none and as all of them so, and the interval reaches from the one's lower to
        the other's upper end.

    Cannot show:
        Logs that everybody would misread: what nobody could tell from the text.
    """

    def with_open(part: float) -> Estimate:
        return allow_for(stratified(readings.strata(part), level), readings, level)

    found = with_open(0.5)
    if not _open(readings):
        return found
    low, high = with_open(0.0), with_open(1.0)
    return replace(found, low=low.low, high=high.high, note=_open(readings))


def allow_for(found: Estimate, readings: TwoReadings, level: float = 0.95) -> Estimate:
    """Return an estimate made of settled readings, with what both readers got wrong allowed for.

    What both passed over is added and what both took wrongly is taken off (as Rogan and Gladen
    would for a test), and the distances from estimate to ends grow by the doubt about either, by
    their squares (Zou and Donner 2008).

    Args:
        found: A share in which a log counts if both found it so, or it was settled so.
        readings: The readings it was made of.
        level: The level of its interval.
    """
    missed = _both_err(readings.both, readings.settled_yes, level)
    wrong = _both_err(readings.neither, readings.settled_no, level)
    gain = 1 - missed[1] - wrong[1]

    def share(of: float, lost: float, taken: float) -> float:
        return (of - taken) / (1 - lost - taken)

    value, most = (share(of, missed[1], wrong[1]) for of in (found.value, found.high))
    below = (
        (found.value - found.low) / gain,
        value - share(found.value, missed[0], wrong[1]),
        value - share(found.value, missed[1], wrong[2]),
    )
    above = (  # what is missed is a part of what there is, which may be as much as the upper end
        (found.high - found.value) / gain,
        share(found.high, missed[2], wrong[1]) - most,
        share(found.high, missed[1], wrong[0]) - most,
    )
    low = value - np.sqrt(np.sum(np.square(below)))
    high = value + np.sqrt(np.sum(np.square(above)))
    value, low, high = (float(np.clip(x, 0, 1)) for x in (value, low, high))
    method = f"{found.method}, read twice"
    return Estimate(value, low, high, found.se / gain, method, found.note)


def _both_err(twice: ArrayLike, once: ArrayLike, level: float) -> tuple[float, float, float]:
    """Return how often both err on a log of a kind: the least, as estimated, the most."""
    agreed, seen = float(np.sum(twice)), float(np.sum(twice) + np.sum(once))
    if not seen:
        return 0.0, 0.0, _WORST
    low, high = mid_p(agreed, seen, level)
    least, middle, most = (
        min(_WORST, (1 - _of_one(end)) ** 2) for end in (high, agreed / seen, low)
    )
    return least, middle, most


def _of_one(agreed: float) -> float:
    """Return how often one reader is right, from how often both are where either is."""
    return 2 * agreed / (1 + agreed)


def _open(readings: TwoReadings) -> str:
    left = int(np.sum(np.asarray(readings.unsettled, dtype=float)))
    return f"{left} logs the readers differ about are not settled" if left else ""


def _refuse_none(seen: float, what: str) -> None:
    if not seen:
        raise CannotAnswer(
            f"Two readings do not show the {what} of a reader: there is no log of that kind.",
            found="no such log among those read twice",
            try_="having more logs read twice, among them more that are likely to be so",
            read="explanation/corrected-shares",
        )
