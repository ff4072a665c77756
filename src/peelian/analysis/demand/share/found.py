"""All that was found, in one place for the tables, the sentences and the pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from peelian.analysis.demand.share.asked import Asked, Refused
from peelian.analysis.demand.share.counting import Wanted
from peelian.analysis.demand.share.groups import Grouped
from peelian.analysis.demand.share.measured import Counted, Shares
from peelian.definitions import Definition

FEW = 30  # a share that rests on fewer marked records is left out of the range that is told


@dataclass(frozen=True)
class Choice:
    """One share among all: which definition, of what, under which rule.

    Args:
        at: The number of the definition.
        shares: The shares it is one of.
    """

    at: int
    shares: Shares

    @property
    def value(self) -> float:
        """The share."""
        return float(self.shares.value[self.at])

    @property
    def n(self) -> float:
        """How many are marked."""
        return float(self.shares.marked.n[self.at])


@dataclass(frozen=True)
class Found:
    """What was asked, what was counted, and what came of it.

    Args:
        asked: What was asked for.
        wanted: The definitions that could be applied, and where minutes come from.
        counted: What the engine counted.
        shares: The shares, for each denominator and rule.
        groups: The leading definition by group.
        refused: What cannot be worked out here.
        months: Every month from the first to the last.
        covered: Those that a load of incidents covers.
        months_apart: How much more months differ than runs of days say.
        undated: Incidents without a date.
        districts: Names of districts by code.
    """

    asked: Asked
    wanted: Wanted
    counted: Counted
    shares: tuple[Shares, ...]
    groups: tuple[Grouped, ...]
    refused: tuple[Refused, ...]
    months: np.ndarray
    covered: np.ndarray
    months_apart: float
    undated: int
    districts: Mapping[str, str]

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The definitions that could be applied, the leading one first."""
        return self.wanted.definitions

    @property
    def lead(self) -> Definition:
        """The definition that was asked first, of those that could be applied."""
        return self.definitions[0]

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Every share that can be worked out: the plain ones first, then other rules."""
        every = [
            Choice(at, shares)
            for shares in sorted(self.shares, key=lambda one: bool(one.rule))
            for at in range(len(self.definitions))
            if shares.denominator != "contacts" or self.counted.everyone_asked[at]
        ]
        return tuple(choice for choice in every if np.isfinite(choice.value))

    @cached_property
    def plain(self) -> tuple[Choice, ...]:
        """The shares with minutes as they are recorded."""
        return tuple(choice for choice in self.choices if not choice.shares.rule)

    @cached_property
    def ends(self) -> tuple[int, int]:
        """Where the least and the largest share stand among all choices."""
        sure = [i for i, choice in enumerate(self.choices) if choice.n >= FEW]
        among = sure or list(range(len(self.choices)))
        by_value = sorted(among, key=lambda i: self.choices[i].value)
        return by_value[0], by_value[-1]

    @cached_property
    def leading(self) -> int:
        """Where the share that was asked first stands among all choices."""
        first = (i for i, choice in enumerate(self.choices) if choice.at == 0)
        return next(first, 0)

    @cached_property
    def target(self) -> int | None:
        """The number of the definition that the steps lead to; None where there is one alone."""
        names = [one.name for one in self.definitions]
        if self.asked.to in names[1:]:
            return names.index(self.asked.to)
        marked = self.counted.days.met.T @ self.counted.days.sums["incidents"]
        return 1 + int(np.argmax(marked[1:])) if len(names) > 1 else None

    @property
    def has_months_missing(self) -> bool:
        """Whether a month from the first to the last is covered by no load."""
        return len(self.covered) < len(self.months)
