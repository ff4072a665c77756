"""A share from logs that were sorted into strata, some of each then read by people.

All logs are sorted by what costs nothing (a flag, a machine's score, the class of call), so that
the size of every stratum is known. People then read some of each, drawn at random. The strata's
shares, weighted by their sizes, give the share of all; it is right on average whatever the flag or
the score is worth, since those say only where to read. What they are worth shows in the width.

The usual interval (the estimate and two standard errors) fails here: of a great stratum of unlikely
logs sixty may be read and none found, which makes its standard error nought, though one in twenty
might be so. `stratified` carries the mid-p interval over the strata instead (`weighted_shares`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.errors import CannotAnswer
from peelian.statistics.intervals import Estimate
from peelian.statistics.weighted_shares import Known, bisect, chance_ratio_below, known

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_PAGE = "explanation/corrected-shares"


@dataclass(frozen=True, eq=False)
class Strata:
    """Logs sorted into strata, and what people found in those they read.

    Args:
        size: Logs of each stratum: shape (strata,).
        read: Of those, how many were read, drawn at random.
        positive: Of those, how many were so.

    Raises:
        ValueError: If the three do not fit one another.
    """

    size: ArrayLike
    read: ArrayLike
    positive: ArrayLike

    def __post_init__(self) -> None:
        for name in ("size", "read", "positive"):
            object.__setattr__(self, name, np.atleast_1d(np.asarray(getattr(self, name), float)))
        if not self.sizes.shape == self.reads.shape == self.found.shape:
            raise ValueError("size, read and positive are of one length")
        if not ((self.found >= 0) & (self.found <= self.reads) & (self.reads <= self.sizes)).all():
            raise ValueError("in each stratum, positive ≤ read ≤ size")
        if not self.sizes.sum():
            raise ValueError("strata without a log")

    @property
    def sizes(self) -> Floats:
        """Return the logs of each stratum."""
        return np.asarray(self.size)

    @property
    def reads(self) -> Floats:
        """Return the logs of each that were read."""
        return np.asarray(self.read)

    @property
    def found(self) -> Floats:
        """Return the logs of each that were found to be so."""
        return np.asarray(self.positive)

    @property
    def unread(self) -> NDArray[np.bool_]:
        """Return which strata have logs, but none that was read."""
        return (self.sizes > 0) & (self.reads == 0)


def stratified(strata: Strata, level: float = 0.95) -> Estimate:
    """Return the share of all logs, from what was read in each stratum.

    >>> found = stratified(Strata([9000, 1000], [100, 100], [0, 60]))
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.06, 0.052, 0.087)

    Args:
        strata: Sizes, logs read, and logs found to be so.
        level: How often the interval shall hold the share.

    Raises:
        CannotAnswer: If of some stratum nothing was read.

    Assumes:
        Logs were drawn at random within each stratum, and read without error; strata were made
        before anything was read.

    Cannot show:
        Anything of a stratum that nobody read, or of logs that were in no stratum.

    The interval is mid-p carried over strata: see `weighted_shares`. The standard error is the
    textbook one (Cochran 1977, 5.11), with the finite population corrected for.
    """
    _refuse_unread(strata)
    what = known(strata.sizes, strata.reads, strata.found)
    weight = strata.sizes / strata.sizes.sum()
    share = np.divide(strata.found, strata.reads, out=np.zeros_like(weight), where=weight > 0)
    value = float(weight @ share)
    low, high = _ends(what, level)
    # What was found is there, and what was found not to be so is not.
    low = max(low, strata.found.sum() / strata.sizes.sum())
    high = min(high, 1 - (strata.reads - strata.found).sum() / strata.sizes.sum())
    method = f"stratified by {int((weight > 0).sum())}, mid-p over strata"
    low, high = float(min(low, value)), float(max(high, value))
    return Estimate(value, low, high, _error(strata, share), method)


def simple(size: int, read: int, positive: int, level: float = 0.95) -> Estimate:
    """Return the share of all logs from logs read at random among all of them."""
    return stratified(Strata([size], [read], [positive]), level)


def accuracy(strata: Strata, marked: ArrayLike, level: float = 0.95) -> tuple[Estimate, Estimate]:
    """Return the sensitivity and the specificity of a flag, over all logs.

    >>> strata = Strata([9000, 1000], [100, 100], [1, 60])
    >>> [round(one.value, 3) for one in accuracy(strata, [False, True])]
    [0.87, 0.957]

    Args:
        strata: Sizes, logs read, and logs found to be so.
        marked: Which strata the flag marks: each is marked wholly or not at all.
        level: How often the interval shall hold the share.

    Raises:
        CannotAnswer: If of some stratum nothing was read.

    Assumes:
        As `stratified`. Nought of what is sought in what was read leaves the sensitivity unknown:
        its interval is then all there is.
    """
    _refuse_unread(strata)
    on = np.asarray(marked, dtype=bool)
    return (
        _part(strata.sizes, strata.reads, strata.found, on, level, "sensitivity"),
        _part(strata.sizes, strata.reads, strata.reads - strata.found, ~on, level, "specificity"),
    )


def _part(
    sizes: Floats, reads: Floats, found: Floats, on: NDArray[np.bool_], level: float, name: str
) -> Estimate:
    """Return what share of all that is so lies in some of the strata."""
    share = np.divide(found, reads, out=np.zeros_like(sizes), where=reads > 0)
    inside, outside = float(sizes[on] @ share[on]), float(sizes[~on] @ share[~on])
    total = sizes.sum()
    parts = []
    for which in (on, ~on):
        rest = float(total - sizes[which].sum())
        # What lies in the other strata is known to be none of this part.
        parts.append(known([*sizes[which], rest], [*reads[which], rest], [*found[which], 0.0]))
    one, other = parts
    tail = (1 - level) / 2
    low, high = (
        bisect(lambda ratio, at=at: chance_ratio_below(one, other, ratio) > at)
        for at in (tail, 1 - tail)
    )
    if not inside + outside:
        return Estimate(
            float("nan"), 0.0, 1.0, float("nan"), f"{name}, two-phase", "none was found"
        )
    value = inside / (inside + outside)
    spread = np.hypot((1 - value) * one.sd, value * other.sd) * total / (inside + outside)
    return Estimate(value, min(low, value), max(high, value), float(spread), f"{name}, two-phase")


def rule_of_three(n: int, level: float = 0.95) -> float:
    """Return the highest share still likely where none was found among n.

    >>> round(rule_of_three(300), 5)
    0.00994

    Args:
        n: Logs read.
        level: How often a share shall lie below it (one-sided): 3 / n for 0.95.
    """
    return 1.0 if n <= 0 else float(1 - (1 - level) ** (1 / n))


def allocate(
    size: ArrayLike, guess_share: ArrayLike, total: int, least: int = 5, *, worth: float = 50
) -> Counts:
    """Return how many logs to read of each stratum so that the share is as sure as can be.

    >>> allocate([9000, 900, 100], [0.01, 0.3, 0.9], 300).tolist()
    [221, 73, 6]

    Neyman's (1934) allocation: in proportion to size and to the spread within. A stratum is never
    read to more than its end, nor less than `least` times where it has as many.

    Args:
        size: Logs of each stratum.
        guess_share: What share of each is thought to be so.
        total: Logs to be read in all.
        least: Of each stratum at least so many, if it has them.
        worth: How many logs read the guesses are worth. They are drawn towards a half as if so
            many had been read, so that no stratum is ever taken to be empty.

    Raises:
        CannotAnswer: If `total` is too small for `least` of each.
    """
    sizes, guess = np.asarray(size, dtype=float), np.asarray(guess_share, dtype=float)
    floor = np.minimum(sizes, least)
    if total < floor.sum():
        raise CannotAnswer(
            "There are too few logs to read for so many strata.",
            found=f"{total} to read, {int((sizes > 0).sum())} strata of at least {least}",
            try_=f"reading {int(floor.sum())}, or fewer strata",
            read=_PAGE,
        )
    share = (guess * worth + 0.5) / (worth + 1)
    return _shared(sizes, sizes * np.sqrt(share * (1 - share)), min(total, int(sizes.sum())), floor)


def _shared(sizes: Floats, pull: Floats, total: int, floor: Floats) -> Counts:
    """Share out a total in proportion to a pull, between a floor and the stratum's size."""
    pull = np.where(sizes > 0, np.maximum(pull, 1e-300), 0.0)

    def given(rate: float) -> Floats:
        return np.clip(rate * pull, floor, sizes)

    most = float((sizes[sizes > 0] / pull[sizes > 0]).max(initial=1.0))
    exact = given(bisect(lambda rate: given(rate).sum() >= total, 0.0, most))
    whole = np.floor(exact + 1e-9)
    for _ in range(round(float(total - whole.sum()))):
        room = np.where(whole < sizes, exact - whole, -np.inf)
        whole[int(np.argmax(room))] += 1
    return whole.astype(np.int64)


def expected_width(
    size: ArrayLike, read: ArrayLike, guess_share: ArrayLike, level: float = 0.95
) -> float:
    """Return how wide the interval will be, if the guesses are right and luck is even.

    Args:
        size: Logs of each stratum.
        read: Logs of each that would be read.
        guess_share: What share of each is thought to be so.
        level: How often the interval shall hold the share.
    """
    reads = np.asarray(read, dtype=float)
    low, high = _ends(known(size, reads, reads * np.asarray(guess_share, dtype=float)), level)
    return high - low


def against_simple(
    size: ArrayLike, read: ArrayLike, guess_share: ArrayLike, level: float = 0.95
) -> float:
    """Return the width a plan should give, as a part of that of a simple random audit as large."""
    sizes = np.asarray(size, dtype=float)
    share = float(sizes @ np.asarray(guess_share, dtype=float) / sizes.sum())
    alone = expected_width([sizes.sum()], [np.sum(read)], [share], level)
    return expected_width(sizes, read, guess_share, level) / alone


def needed(strata: Strata, width: float, level: float = 0.95) -> Counts:
    """Return how many more logs of each stratum to read, for an interval of some width.

    The strata's shares are taken as what was read makes them most likely, drawn towards a half by
    half a log. The fewest are sought that should do, shared out as `allocate` does; nothing that
    was read is read again.

    Args:
        strata: Sizes, logs read, and logs found to be so; strata may be unread.
        width: From one end of the interval to the other.
        level: How often the interval shall hold the share.

    Raises:
        ValueError: If the width is not above nought.
    """
    if not width > 0:
        raise ValueError("an interval cannot be of no width")
    sizes, reads = strata.sizes, strata.reads
    share = (strata.found + 0.5) / (reads + 1)
    pull = sizes * np.sqrt(share * (1 - share))
    least, most = int(reads.sum()), int(sizes.sum())

    def plan(total: int) -> Counts:
        return _shared(sizes, pull, total, reads)

    while least < most:
        total = (least + most) // 2
        reached = expected_width(sizes, plan(total), share, level) <= width
        least, most = (least, total) if reached else (total + 1, most)
    return plan(least) - reads.astype(np.int64)


def _refuse_unread(strata: Strata) -> None:
    if strata.unread.any():
        raise CannotAnswer(
            "A stratum of which nothing was read may hold anything.",
            found=f"{int(strata.unread.sum())} of {strata.sizes.size} strata unread,"
            f" {int(strata.sizes[strata.unread].sum())} logs",
            try_="reading some of each, or joining strata before anything is read",
            read=_PAGE,
        )


def _ends(what: Known, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low, high = what.quantile(tail), what.quantile(1 - tail)
    return max(0.0, low), min(1.0, high)


def _error(strata: Strata, share: Floats) -> float:
    weight = strata.sizes / strata.sizes.sum()
    left = 1 - np.divide(strata.reads, strata.sizes, out=np.ones_like(weight), where=weight > 0)
    spread = share * (1 - share) / np.maximum(1, strata.reads - 1)
    return float(np.sqrt((weight**2 * left * spread).sum()))
