"""Rules run over a made-up city of the force's own rates, and what became of patrol."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
from scipy.stats import ttest_rel

from peelian.analysis.fairness.feedback.counting import Held
from peelian.statistics.feedback import City, Loop, Rule, Variant, burden, loop

VARIANTS: tuple[Variant, ...] = ("plain", "corrected", "reports-only", "no-feedback")
_P = 0.01
MATTERS = 0.02  # of patrol: the least that is worth a word
_REPORTED = (0.25, 0.5, 0.75)
_DETECTION = (0.1, 0.2, 0.4)
_FEWER_RUNS = 60


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The rule and what is assumed; see `feedback` for each."""

    rule: Literal["share", "busiest", "trailing"]
    places: float
    memory: int
    reported: float
    detection: float
    explore: float
    weeks: int
    runs: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What comes of other assumptions.

    Args:
        reported: The share of events that is reported.
        detection: Of the others, what an even patrol finds.
        kept: How much more of patrol the areas patrolled at first keep at the end.
        feeds: Whether that is called feeding on itself.
    """

    reported: float
    detection: float
    kept: float
    feeds: bool


@dataclass(frozen=True, kw_only=True)
class Found:
    """What became of patrol.

    Args:
        held: The records.
        asked: The rule and what is assumed.
        loops: Each variant's runs.
        assumptions: The plain rule under other assumptions.
        burdens: By variant, how much patrol people of the group live with, over everybody; empty
            where not asked for.
        even_burden: The same where patrol goes by what happens.
    """

    held: Held
    asked: Asked
    loops: Mapping[str, Loop]
    assumptions: tuple[Assumption, ...]
    burdens: Mapping[str, float]
    even_burden: float

    @property
    def kept(self) -> np.ndarray:
        """How much more of patrol the areas patrolled at first keep, plain over no feedback."""
        return kept_of(self.loops["plain"], self.loops["no-feedback"])

    @property
    def feeds(self) -> bool:
        """Whether the plain rule is called feeding on itself."""
        return feeds_on(self.loops["plain"], self.loops["no-feedback"])


def looped(held: Held, asked: Asked) -> Found:
    """Run the rule in all its variants, and the plain one under other assumptions.

    Args:
        held: The records.
        asked: The rule and what is assumed.
    """
    loops = {variant: _run(held, asked, variant) for variant in VARIANTS}
    fewer = replace(asked, runs=min(asked.runs, _FEWER_RUNS))
    assumptions = []
    for reported in _REPORTED:
        for detection in _DETECTION:
            other = replace(fewer, reported=reported, detection=detection)
            plain, still = (_run(held, other, v) for v in ("plain", "no-feedback"))
            assumptions.append(
                Assumption(
                    reported=reported,
                    detection=detection,
                    kept=float(kept_of(plain, still).mean()),
                    feeds=feeds_on(plain, still),
                )
            )
    burdens, even = {}, np.nan
    if held.people is not None and held.burdened is not None:
        who = held.people, held.burdened
        burdens = {name: burden(one.patrol, *who) for name, one in loops.items()}
        even = burden(held.a_week / held.a_week.sum(), *who)
    return Found(
        held=held,
        asked=asked,
        loops=loops,
        assumptions=tuple(assumptions),
        burdens=burdens,
        even_burden=even,
    )


def kept_of(plain: Loop, still: Loop) -> np.ndarray:
    """Return how much more of patrol the areas patrolled at first keep, run by run.

    Args:
        plain: Runs in which what patrol finds is recorded.
        still: Runs in which patrol finds everywhere alike.
    """
    last = max(len(plain.top) // 4, 1)  # a quarter of the time: single weeks are uneven
    return plain.top[-last:].mean(axis=0) - still.top[-last:].mean(axis=0)


def feeds_on(plain: Loop, still: Loop) -> bool:
    """Say whether records feed on themselves: patrol is kept by its own finds, beyond chance.

    Either the areas patrolled at first keep more of it than they would, or it gets less even.

    Args:
        plain: Runs in which what patrol finds is recorded.
        still: Runs in which patrol finds everywhere alike.
    """
    last = max(len(plain.gini) // 4, 1)
    pairs = (
        (plain.top[-last:].mean(axis=0), still.top[-last:].mean(axis=0)),
        (plain.gini[-last:].mean(axis=0), still.gini[-last:].mean(axis=0)),
    )
    for one, other in pairs:
        more = one - other
        if more.mean() < MATTERS or not more.std() > 0:
            continue
        if cast("float", ttest_rel(one, other, alternative="greater").pvalue) < _P / len(pairs):
            return True
    return False


def _run(held: Held, asked: Asked, variant: Variant) -> Loop:
    on_record = asked.reported + (1 - asked.reported) * asked.detection
    city = City.of(held.a_week / max(on_record, 1e-6), asked.reported, asked.detection)
    rule: Rule = "share" if asked.rule == "share" else "busiest"
    areas = len(held.areas)
    return loop(
        city,
        variant=variant,
        rule=rule,
        memory=asked.memory if asked.rule == "trailing" else 0,
        places=min(max(round(asked.places * areas), 1), areas - 1) if rule == "busiest" else 0,
        periods=asked.weeks,
        runs=asked.runs,
        explore=asked.explore,
        seed=asked.seed,
    )
