"""The figures of repeat demand: how few bring how much, who goes on, and what comes in bouts."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.demand.repeat.counting import PAGE, Held
from peelian.errors import CannotAnswer, UsageError
from peelian.statistics.bouts import Bouts, Stretch, bouts
from peelian.statistics.recurrence import (
    Beside,
    Persistence,
    Sources,
    beside_equal_rate,
    beside_gamma_rates,
    persistence,
)

_PARTS = (0.01, 0.05, 0.10, 0.20)
_FEWEST_SOURCES = 100  # of fewer, the busiest hundredth is nobody
# Two groups of the busiest may differ by no fewer sources than this, nor by ones of which one or
# two bring nearly all, so that nobody's own number can be had by taking one sum from another.
_APART, _REST = 10, 0.10
_CHANCE = 0.05
_FEWEST_OFTEN = 10  # of fewer who came often, nothing is said of whether such go on
_ENOUGH_PAIRS = 5.0  # expected: of fewer, a normal law for close pairs is no guide
_STARTS = (2, 3, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class Group:
    """The busiest few: how many they are, what they bring, and the two largest parts of it."""

    words: str
    sources: float
    events: float
    largest: float
    second: float
    at: int


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """Repeat demand, worked out.

    Args:
        held: What was counted.
        sources: How many sources brought how many events.
        groups: The busiest few, from few to many.
        starts: Where bands of numbers of incidents begin, from 1.
        shares: Of each group the share of events, beside equal rates.
        smooth: The same, beside rates that differ smoothly.
        gini: The generalised Gini coefficient beside equal rates.
        after: What became of those who came often.
        bouts: Close pairs; None where days are not known.
        often, within, draws: As asked.
    """

    held: Held
    sources: Sources
    groups: tuple[Group, ...]
    starts: tuple[int, ...]
    shares: Beside
    smooth: Beside
    gini: Beside
    after: Persistence | None
    bouts: Bouts | None
    often: int
    within: int
    draws: int

    @property
    def concentrated(self) -> bool:
        """Say whether the busiest bring more than equal rates would let them."""
        return bool(self.shares.p[self.headline] <= _CHANCE)

    @property
    def few(self) -> bool:
        """Say whether a few stand out: more than rates that differ smoothly would let them."""
        return self.concentrated and bool(self.smooth.p[self.headline] <= _CHANCE)

    @property
    def headline(self) -> int:
        """Return the group that the answer tells of: the busiest hundredth, if not too few."""
        enough = [i for i, group in enumerate(self.groups) if group.sources >= _APART]
        hundredth = [i for i in enough if self.groups[i].words == _words(_PARTS[0])]
        return next(iter([*hundredth, *enough]), 0)

    @property
    def goes_on(self) -> bool | None:
        """Say whether those who came often go on; None where it cannot be told."""
        if self.after is None or np.isnan(self.after.low) or self.after.sources < _FEWEST_OFTEN:
            return None
        return self.after.low > 0

    @property
    def in_bouts(self) -> bool | None:
        """Say whether events come in bouts; None where it cannot be told."""
        if self.bouts is None or self.bouts.expected < _ENOUGH_PAIRS:
            return None
        return self.bouts.shown


def measure(
    held: Held,
    *,
    in_all: int | None,
    most: tuple[int, ...],
    often: int,
    within: int,
    draws: int,
    seed: int,
) -> Repeats:
    """Work out the figures of repeat demand.

    Args:
        held: What was counted.
        in_all: How many sources there are, silent ones too.
        most: How many of the busiest to tell of.
        often: How many events in the first half make a source one that comes often.
        within: How many days apart is close.
        draws: Draws of equal rates, and of the bootstrap.
        seed: Where they start.

    Raises:
        CannotAnswer: Too few sources.
        UsageError: Fewer sources in all than were seen.
    """
    sizes = held.sizes
    n, number = np.asarray(sizes["n"], float), np.asarray(sizes["sources"], float)
    seen = number.sum()
    _refuse_few(seen, held, in_all)
    sources = Sources.of(n, number, None if in_all is None else in_all - seen)
    groups = _groups(sources, most)
    at = np.array([group.sources for group in groups])

    def busiest(of: Sources) -> np.ndarray:
        return of.of_first(np.minimum(at, of.in_all)) / of.total

    first, later = np.asarray(sizes["first"], float), np.asarray(sizes["later"], float)
    after = None
    if held.half and (number @ first) and (number @ later):
        after = persistence(
            first, later, number, often=often, draws=draws, seed=seed, in_all=in_all
        )  # fmt: skip
    return Repeats(
        held=held,
        sources=sources,
        groups=groups,
        starts=_starts(sources, groups),
        shares=beside_equal_rate(sources, busiest, draws=draws, seed=seed),
        smooth=beside_gamma_rates(sources, busiest, draws=draws, seed=seed),
        gini=beside_equal_rate(sources, Sources.gini, draws=draws, seed=seed),
        after=after,
        bouts=None if held.pairs is None else bouts(_stretches(held), held.pairs, within=within),
        often=often,
        within=within,
        draws=draws,
    )


def _refuse_few(seen: float, held: Held, in_all: int | None) -> None:
    if seen < _FEWEST_SOURCES:
        raise CannotAnswer(
            f"There are too few {held.chosen.of} to say how concentrated anything is in them.",
            found=f"fewer than {_FEWEST_SOURCES} in {held.events:,} incidents",
            try_="a longer period, or fewer left out",
            read=PAGE,
        )
    if in_all is not None and in_all < seen:
        raise UsageError(
            f"There cannot be fewer {held.chosen.of} in all than were seen.",
            found=f"in_all={in_all}, and {seen:,.0f} were seen",
            try_="leave in_all out, or give the number of all that there are",
            read=PAGE,
        )


def _words(part: float) -> str:
    return {0.01: "hundredth", 0.05: "twentieth", 0.10: "tenth", 0.20: "fifth"}[part]


def _groups(sources: Sources, most: tuple[int, ...]) -> tuple[Group, ...]:
    """Return the busiest few that can stand beside one another, from few to many.

    Shares of the sources come before numbers of them: where two are too near, the share stays.
    """
    wanted = [(float(np.ceil(part * sources.seen)), _words(part), 0) for part in _PARTS]
    wanted += [(float(number), "", number) for number in most]
    kept: list[Group] = []
    for at, words, number in wanted:
        # The busiest of all may be few or dominated by one: that is for the door to hold back.
        others = [group.sources for group in kept]
        if _stands(sources, at, [*others, sources.seen]):
            events = float(sources.of_first(at))
            kept.append(Group(words, at, events, *_largest(sources, 0, at), number))
    return tuple(sorted(kept, key=lambda group: group.sources))


def _starts(sources: Sources, groups: tuple[Group, ...]) -> tuple[int, ...]:
    """Return where bands of numbers begin, so that none tells of few beside another or a group."""
    kept, edges = [1], [sources.seen, *(group.sources for group in groups)]
    for start in _STARTS:
        at, _ = sources.from_at_least(start)
        if at and _stands(sources, at, edges):
            kept.append(start)
            edges.append(at)
    return tuple(kept)


def _stands(sources: Sources, at: float, others: list[float]) -> bool:
    """Say whether a rank is far enough from others for no one's number to be had by taking away."""
    edges = sorted({0.0, at, *others})
    place = edges.index(at)
    if at in others or place == len(edges) - 1:
        return False
    beside = (edges[place - 1], at), (at, edges[place + 1])
    return all(_sound(sources, *span) for span in beside if span[0] > 0)


def _sound(sources: Sources, first: float, last: float) -> bool:
    """Say whether what those between two ranks bring tells of none of them."""
    events = float(sources.of_first(last) - sources.of_first(first))
    top, second = _largest(sources, first, last)
    return last - first >= _APART and events - top - second >= _REST * top


def _largest(sources: Sources, first: float, last: float) -> tuple[float, float]:
    """Return what the first two after a rank bring, as far as there are two."""
    at = np.minimum([first, first + 1, first + 2], last)
    one, two = np.diff(sources.of_first(at))
    return float(one), float(two)


def _stretches(held: Held) -> list[Stretch]:
    """Return, for each month, how many sources brought how many, its days and their events."""
    months = np.asarray(held.by_month["month"]).astype("datetime64[M]")
    n, number = (np.asarray(held.by_month[c], float) for c in ("n", "sources"))
    days = np.asarray(held.by_day["day"]).astype("datetime64[D]")
    events = np.asarray(held.by_day["n"], float)
    of_day = days.astype("datetime64[M]")
    return [
        Stretch(
            Sources.of(n[months == month], number[months == month]),
            days[of_day == month].astype(np.int64),
            events[of_day == month],
        )
        for month in np.unique(months)
    ]
