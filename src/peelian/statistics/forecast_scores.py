"""How good a forecast of places was: events found in the area that it put first, over budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ties = Literal["against", "by chance"]
_ROUNDING = 1e-9  # of the whole area: budgets that fit to within this fit


@dataclass(frozen=True, slots=True)
class Taken:
    """Places in the order that a forecast puts them, and what each then held.

    Args:
        order: The places, first to last: shape (units,).
        area: The area up to and with each place.
        events: The events found up to and with each place.
        whole: All area.
        every: All events, those outside every place too.
    """

    order: NDArray[np.int64]
    area: Floats
    events: Floats
    whole: float
    every: float

    def places(self, budget: float) -> int:
        """Return how many places fit into a budget, which is a share of all area."""
        return int(np.searchsorted(self.area, (budget + _ROUNDING) * self.whole, side="right"))

    def hits(self, budget: float) -> float:
        """Return how many events lie in the places that fit into a budget."""
        held = self.places(budget)
        return float(self.events[held - 1]) if held else 0.0

    def covered(self, budget: float) -> float:
        """Return the area of the places that fit into a budget."""
        held = self.places(budget)
        return float(self.area[held - 1]) if held else 0.0

    def mean_hits(self, most: float) -> float:
        """Return the events found on average over all budgets from nought to the most."""
        ends = np.append(np.minimum(self.area, most * self.whole), most * self.whole)
        return float((self.events * np.diff(ends)).sum() / (most * self.whole))


def taken(
    observed: ArrayLike,
    predicted: ArrayLike,
    area: ArrayLike,
    *,
    outside: float = 0.0,
    ties: Ties = "against",
) -> Taken:
    """In which order does a forecast take places, and how many events has it found by each?

    Places are taken by what is expected in each square metre, most first, whole, and as long as
    they fit; the first that does not fit ends it.

    Args:
        observed: Events that each place then held: shape (units,).
        predicted: Events expected there: shape (units,).
        area: Of each place, in square metres.
        outside: Events that lay in no place, which no choice could find.
        ties: Of places expected to hold alike, `against` takes those first that held least (the
            package ptools does so), `by chance` gives each what they held on average. The first is
            the strict way to score a model, the second the fair way to score what it must beat: a
            count of the last week is the same in most places, and would lose by its ties alone.

    Raises:
        ValueError: Shapes differ, an area is not above nought, or a prediction is no number.

    Source:
        The order of ties and the gate's figures: Wheeler's package ptools (methods, gate P12).
    """
    held, thought, size = (np.asarray(v, dtype=float) for v in (observed, predicted, area))
    if not (held.shape == thought.shape == size.shape) or held.ndim != 1:
        raise ValueError("each place has what it held, what was expected and an area")
    if not (size > 0).all() or not np.isfinite(thought).all():
        raise ValueError("areas are above nought and predictions are numbers")
    dense, found = thought / size, held / size
    order = np.lexsort((found, -dense))
    events, sizes = held[order], size[order]
    if ties == "by chance":
        group = np.cumsum(np.append(0, np.diff(dense[order]) != 0))
        whole = np.bincount(group, events) / np.bincount(group, sizes)
        events = whole[group] * sizes
    return Taken(
        order,
        np.cumsum(sizes),
        np.cumsum(events),
        float(size.sum()),
        float(held.sum()) + outside,
    )


def best(observed: ArrayLike, area: ArrayLike, *, outside: float = 0.0) -> Taken:
    """Return the order of one who knew beforehand: what no forecast can be better than."""
    return taken(observed, observed, area, outside=outside)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one forecast of one window found, for several budgets: arrays of shape (budgets,).

    Args:
        hits: Events found.
        covered: The share of all area that was taken.
        same: The most events that the area taken could have held.
        most: The most events that the whole budget could have held.
        mean_hits: Events found on average over all budgets up to the largest.
        every: All events.
    """

    hits: Floats
    covered: Floats
    same: Floats
    most: Floats
    mean_hits: float
    every: float


def tally(chosen: Taken, sure: Taken, budgets: Sequence[float]) -> Tally:
    """Return what a forecast found with each budget, beside what one who knew would have.

    Args:
        chosen: What the forecast took.
        sure: What one would have taken who knew: from `best`, of the same window.
        budgets: Shares of all area.
    """
    covered = np.array([chosen.covered(budget) for budget in budgets]) / chosen.whole
    return Tally(
        hits=np.array([chosen.hits(budget) for budget in budgets]),
        covered=covered,
        same=np.array([sure.hits(share) for share in covered]),
        most=np.array([sure.hits(budget) for budget in budgets]),
        mean_hits=chosen.mean_hits(max(budgets)),
        every=chosen.every,
    )


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of forecasts added up, for several budgets: arrays of shape (budgets,).

    Args:
        hits: Events found.
        every: All events.
        covered: The share of the area that was taken, on average.
        hit_rate: The share of all events that was found.
        pai: Hit rate over the share of the area: one is what chance gives, nan where no place fits.
        pei: Events found over the most that the same area could have held.
        pei_star: Events found over the most that the whole budget could have held. Where places
            are alike in size, both are the same.
    """

    hits: Floats
    every: float
    covered: Floats
    hit_rate: Floats
    pai: Floats
    pei: Floats
    pei_star: Floats


def scores(tallies: Sequence[Tally]) -> Scores:
    """How good were these forecasts, all windows added up?

    Args:
        tallies: One for each window, of the same budgets.

    Source:
        PAI: Chainey, Tompson and Uhlig 2008; PEI: Hunt 2016; PEI* divides by the most that could
        be had with the area allowed, as NIJ's challenge of 2017 did.
    """
    hits, same, most = (
        np.sum([getattr(one, name) for one in tallies], axis=0) for name in ("hits", "same", "most")
    )
    every = sum(one.every for one in tallies)
    covered = np.mean([one.covered for one in tallies], axis=0)
    rate = _over(hits, np.full(len(hits), every))
    return Scores(
        hits=hits,
        every=every,
        covered=covered,
        hit_rate=rate,
        pai=_over(rate, covered),
        pei=_over(hits, same),
        pei_star=_over(hits, most),
    )


def _over(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one share of events exceeds another, over windows of time.

    Args:
        value: The difference: shape (comparisons,).
        low: The lower end of its interval; all intervals hold together.
        high: The upper end.
        alone_low: The lower end of the interval of this comparison alone.
        alone_high: The upper end.
        block: How many windows in a row are drawn together.
    """

    value: Floats
    low: Floats
    high: Floats
    alone_low: Floats
    alone_high: Floats
    block: int


def differences(
    more: ArrayLike,
    every: ArrayLike,
    *,
    level: float = 0.95,
    block: int = 0,
    draws: int = 1999,
    seed: int = 1829,
) -> Difference:
    """By how much do hit rates differ, over windows of which those near in time are alike?

    Windows are drawn anew with replacement, some in a row together, the same for both of a pair.
    The intervals of all comparisons are as wide as the furthest of them asks, so that all hold at
    once.

    Args:
        more: Events that the one found and the other did not, net: shape (windows, comparisons).
        every: All events of each window: shape (windows,).
        level: How often the intervals should hold.
        block: Windows drawn together; 0 for the square root of their number: in trials the cube
            root was too short for windows that are like their neighbours.
        draws: How often.
        seed: Where the draws start.

    Raises:
        ValueError: There are fewer than six windows, or none of them has an event.

    Assumes:
        Windows further apart than a block are as good as independent, and no window is unlike the
        others in kind.

    Source:
        Circular blocks: Politis and Romano 1992; all comparisons at once by the largest of their
        standardised draws: Westfall and Young 1993, Romano and Wolf 2005.
    """
    gap, count = np.asarray(more, dtype=float), np.asarray(every, dtype=float)
    n = len(count)
    if n < 6 or gap.shape[0] != n or gap.ndim != 2:
        raise ValueError("there are six windows or more, each with its differences")
    if not count.sum() > 0:
        raise ValueError("some window has an event")
    size = block or round(np.sqrt(n))
    # what each stretch of windows holds, from every window on and round the end
    ring = (np.arange(n)[:, None] + np.arange(size)) % n
    gaps, counts = gap[ring].sum(axis=1), count[ring].sum(axis=1)
    value = gap.sum(axis=0) / count.sum()
    starts = np.random.default_rng(seed).integers(0, n, (draws, -(-n // size)))
    total = np.maximum(counts[starts].sum(axis=1), 1e-9)
    drawn = gaps[starts].sum(axis=1) / total[:, None] - value
    spread = np.sqrt((drawn**2).mean(axis=0))
    far = np.abs(drawn) / np.where(spread > 0, spread, 1)
    error = spread * np.sqrt(n / (n - size))  # drawn values lie about their own mean: too near
    wide, alone = (
        _students(np.quantile(v, level, axis=0), n / size - 1) * error
        for v in (far.max(axis=1), far)
    )
    return Difference(value, value - wide, value + wide, value - alone, value + alone, size)


def _students(normal: ArrayLike, freedom: float) -> Floats:
    """Return the quantile of Student's t as far out as a normal one: spread is of few blocks."""
    from scipy.special import ndtr, stdtrit

    return stdtrit(freedom, ndtr(normal))
