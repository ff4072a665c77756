"""The same question asked of other units: does what is called stay called with other borders?"""

from dataclasses import dataclass

import numpy as np

from peelian.placing.areas import Areas
from peelian.statistics.autocorrelation import standard_rates
from peelian.statistics.local_autocorrelation import chances, discoveries, draws_needed
from peelian.statistics.regrouping import between, merged
from peelian.statistics.weights import Neighbours

WAYS = 10
ONCE, TWICE = "Areas merged with a neighbour", "Areas merged with neighbours twice"
_FEWEST = 8  # of fewer units than this, hardly any could be called
_LEAST_DRAWS, _MOST_DRAWS = 1_999, 19_999


@dataclass(frozen=True, kw_only=True)
class Values:
    """What is compared over areas, so that it can be added up over groups of them.

    Args:
        counts: Records of each area.
        people: How much of the denominator each has; None where none was named.
    """

    counts: np.ndarray
    people: np.ndarray | None

    def compared(self) -> np.ndarray:
        """Return the values themselves: counts, or rates in standard deviations of chance."""
        if self.people is None:
            return self.counts.astype(float)
        return standard_rates(self.counts, self.people)

    def over(self, group: np.ndarray, groups: int) -> "Values":
        """Add up over groups; areas of group -1 are in none."""
        inside = group >= 0

        def add(values: np.ndarray) -> np.ndarray:
            return np.bincount(group[inside], values[inside], minlength=groups)

        return Values(
            counts=add(self.counts), people=None if self.people is None else add(self.people)
        )


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What came of asking the same of one other kind of unit.

    Args:
        name: What the units are.
        ways: In how many ways areas were put into them.
        groups: How many there are; of several ways, the middle one.
        high: How many of them are called among high ones; the middle one.
        kept: Of the areas called among high ones, the share in units so called; the middle one.
        kept_least: The least over all ways.
        of_all: Of all areas, the share in units so called; the middle one.
    """

    name: str
    ways: int
    groups: float
    high: float
    kept: float
    kept_least: float
    of_all: float


def other_units(
    values: Values,
    near: Neighbours,
    high: np.ndarray,
    areas: Areas,
    at: np.ndarray,
    *,
    rate: float,
    seed: int,
) -> tuple[Unit, ...]:
    """Ask the same of areas merged with neighbours once and twice, and of the areas they nest in.

    Args:
        values: What is compared.
        near: Who neighbours whom.
        high: Of each area, whether it is called among high ones.
        areas: The areas in use, for what they nest in.
        at: Where the areas asked about stand among those in use.
        rate: The share of false alarms allowed.
        seed: For the regroupings and the draws.
    """
    rng = np.random.default_rng(seed)
    once, twice = [], []
    for _ in range(WAYS):
        pairs = merged(near, rng)
        once.append(pairs)
        twice.append(merged(between(near, pairs), rng)[pairs])
    asked = (
        (ONCE, once),
        (TWICE, twice),
        ("Areas they nest in", _parents(areas, at)),
    )
    found = (_unit(name, ways, values, near, high, rate, seed) for name, ways in asked)
    return tuple(one for one in found if one is not None)


def _parents(areas: Areas, at: np.ndarray) -> list[np.ndarray]:
    names = np.array([areas.districts[i] or "" for i in at], dtype=object)
    known = sorted(set(names) - {""})
    number = {name: i for i, name in enumerate(known)} | {"": -1}
    return [np.array([number[name] for name in names], np.int64)] if known else []


def _unit(
    name: str,
    ways: list[np.ndarray],
    values: Values,
    near: Neighbours,
    high: np.ndarray,
    rate: float,
    seed: int,
) -> Unit | None:
    """Ask of every way; None where the units are too few or alike to ask of."""
    rows = []
    for group in ways:
        apart = between(near, group)
        called = called_high(values.over(group, len(apart)), apart, rate, seed)
        if called is None:
            continue
        inside = (group >= 0) & called[group]
        kept = inside[high].mean() if high.any() else np.nan
        rows.append((len(apart), called.sum(), kept, inside.mean()))
    return middle_of(name, rows)


def middle_of(name: str, rows: list[tuple[float, float, float, float]]) -> Unit | None:
    """Return what came of a kind of unit in the middle of its ways; None where there were none.

    Args:
        name: What the units are.
        rows: Of each way, how many units, how many called, the share kept and the share of all.
    """
    if not rows:
        return None
    groups, called, kept, of_all = np.median(np.array(rows, float), axis=0)
    return Unit(
        name=name,
        ways=len(rows),
        groups=groups,
        high=called,
        kept=kept,
        kept_least=min(row[2] for row in rows),
        of_all=of_all,
    )


def called_high(values: Values, near: Neighbours, rate: float, seed: int) -> np.ndarray | None:
    """Say of each unit whether it is called among high ones; None where they cannot be asked of."""
    linked = near.many > 0
    if linked.sum() < _FEWEST or near.many.max() >= len(near) - 1:
        return None
    compared = values.compared()
    if np.ptp(compared) == 0:
        return None
    # twice what it takes to call one, two-sided, since an area is set against some draws only
    enough = 4 * (draws_needed(len(near), 1, rate) + 1)
    draws = min(max(enough, _LEAST_DRAWS), _MOST_DRAWS)
    found = chances(compared, near, permutations=draws, seed=seed)
    called = np.zeros(len(near), dtype=bool)
    called[linked] = discoveries(found.two_sided[linked], rate)
    return called & (found.high < found.low)
