"""What is planted in stops and searches: how many, of whom, on how strong a suspicion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import GROUPS
from peelian.records.synth.rates import RatesPlan, number_for_each

_NAMES = ", ".join(GROUPS)
_SEEN = (
    "ours: people of mixed and other backgrounds are most often seen as something else; "
    "methods/fairness.md asks for both ethnicities, never merged"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopsPlan(RatesPlan):
    """How often people are stopped and searched, at which disparity, and what comes of it."""

    rate: float = key(
        3.2,
        "Stops and searches per 1,000 people a year, midway between deciles 5 and 6.",
        "Northumbria's public files",
        unit="per 1,000 people a year",
    )
    disparity: bool = key(
        True,
        "Whether groups are stopped at rates of their own. Off: every group of an area at the "
        "area's rate, and areas as before.",
        "ours: the control that keeps the geography",
    )
    rate_ratios: tuple[float, ...] = key(
        (1.0, 1.5, 1.3, 3.0, 1.1),
        "Each group's rate over the first's among the residents of one area: " + _NAMES + ".",
        "ours, below the national rates by residents (general knowledge: about 4 for Black "
        "people), of which where people live is a part",
    )
    unequal_bar: bool = key(
        True,
        "Whether groups are searched on suspicions of their own strength. Off: all at the first's.",
        "methods/fairness.md, the threshold test (Simoiu, Corbett-Davies & Goel 2017)",
    )
    bars: tuple[float, ...] = key(
        (0.22, 0.18, 0.18, 0.13, 0.20),
        "The chance of a find from which a person of each group is searched: " + _NAMES + ".",
        "ours; methods/fairness.md has lower bars for Black and Hispanic drivers",
    )
    carrying: tuple[float, ...] = key(
        (0.15, 0.15, 0.15, 0.15, 0.15),
        "Mean chance of a find among people of each group who come to notice: " + _NAMES + ".",
        "ours: equal; unequal, hit rates differ without any bias (infra-marginality)",
    )
    certainty: float = key(
        20.0,
        "How alike those chances are: the two parameters of their beta distribution add up to it.",
        "ours: with a bar of .22, one search in four finds something, near the public files",
    )
    misseen: bool = key(
        True, "Whether officers see some people as of another group than they say.", _SEEN
    )
    seen_white: tuple[float, ...] = key(
        (0.97, 0.01, 0.005, 0.005, 0.01), "How officers see people of the first group.", _SEEN
    )
    seen_mixed: tuple[float, ...] = key(
        (0.25, 0.40, 0.05, 0.25, 0.05), "How they see people of the second.", _SEEN
    )
    seen_asian: tuple[float, ...] = key(
        (0.02, 0.02, 0.90, 0.01, 0.05), "How they see people of the third.", _SEEN
    )
    seen_black: tuple[float, ...] = key(
        (0.01, 0.04, 0.01, 0.92, 0.02), "How they see people of the fourth.", _SEEN
    )
    seen_other: tuple[float, ...] = key(
        (0.25, 0.05, 0.15, 0.05, 0.50), "How they see people of the fifth.", _SEEN
    )
    self_missing: float = key(
        0.20,
        "Share who do not say, or are not asked, what they are.",
        "methods/fairness.md: 20 % and more",
    )
    observed_missing: float = key(
        0.025, "Share of whom the officer writes nothing.", "Northumbria's public files"
    )
    not_placed: float = key(0.04, "Share without a place.", "domain/places.md: 4 to 5 %")

    @property
    def seen(self) -> Floats:
        """Return the chance of each observed group (columns) by each group (rows)."""
        if not self.misseen:
            return np.eye(len(GROUPS))
        return np.array([getattr(self, f"seen_{name}") for name in GROUPS])

    @property
    def ratios(self) -> Floats:
        """Return the rate ratios in force."""
        return np.array(self.rate_ratios) if self.disparity else np.ones(len(GROUPS))

    @property
    def bars_in_force(self) -> Floats:
        """Return the bars in force."""
        return np.array(self.bars if self.unequal_bar else (self.bars[0],) * len(GROUPS))

    def problems(self, period: Period) -> Iterator[Problem]:
        """Return why this part cannot be carried out."""
        yield from RatesPlan.problems(self, period)
        if not 0 <= self.rate < 1000:
            yield Problem(f"rate = {self.rate}", "stops per 1,000 people a year, from 0")
        if not 0 < self.certainty < 10_000:
            yield Problem(f"certainty = {self.certainty}", "a number above 0, such as 20")
        for name in ("self_missing", "observed_missing", "not_placed"):
            if not 0 <= getattr(self, name) <= 0.95:
                yield Problem(f"{name} = {getattr(self, name)}", "a share from 0 to 0.95")
        unfit = list(self._unfit_lists())
        yield from unfit
        if not unfit:
            yield from self._list_problems()

    def _unfit_lists(self) -> Iterator[Problem]:
        for name in ("rate_ratios", "bars", "carrying", *(f"seen_{name}" for name in GROUPS)):
            values = getattr(self, name)
            if not number_for_each(values, GROUPS):
                yield Problem(
                    f"{name} = {list(values)}", f"{len(GROUPS)} numbers from 0 up: {_NAMES}"
                )

    def _list_problems(self) -> Iterator[Problem]:
        for name in GROUPS:
            total = sum(getattr(self, f"seen_{name}"))
            if abs(total - 1) > 1e-9:
                yield Problem(f"seen_{name} adds up to {total:g}", "shares that add up to 1")
        if self.rate_ratios[0] != 1:
            yield Problem(
                f"rate_ratios begins with {self.rate_ratios[0]}",
                "1.0 first: the others are measured by it",
            )
        if max(self.bars) > 0.9:
            yield Problem(f"bars = {list(self.bars)}", "chances from 0 to 0.9")
        if not all(0 < chance < 1 for chance in self.carrying):
            yield Problem(f"carrying = {list(self.carrying)}", "chances between 0 and 1")

    def off(self) -> Self:
        """Return stops in the same places, at no disparity and on one bar for all."""
        return replace(self, disparity=False, unequal_bar=False)
