"""Rates of areas, steadied; their class against the average, and how firmly they stand in it."""

from dataclasses import dataclass

import numpy as np

from peelian.errors import CannotAnswer
from peelian.placing.counts import Counts, Placed, Weights, is_of
from peelian.statistics.dispersion import dispersion
from peelian.statistics.rates import Posterior, WeightedRates, posterior, spread_of

LOW, HIGH = 2 / 3, 3 / 2  # limits of the classes, as ratios to the average
STEADY = 0.8  # a class is firm if this share of draws keeps it
CHANCE = 0.05  # how often chance may make areas seem to differ when they do not


@dataclass(frozen=True)
class Kind:
    """One kind of event: its counts by area, and the weight of one."""

    counts: np.ndarray
    weight: float = 1.0


@dataclass(frozen=True)
class Estimates:
    """What is known of each area's rate. Arrays over all areas; nan or None where not rated.

    Args:
        burden: Events in each area, each by its weight.
        exposure: Person-years, or what the denominator makes of them.
        rated: Whether an area has a rate: it has a denominator above zero.
        average: The rate of all rated areas together.
        posterior: What is known of the rates, over the rated areas alone.
        crude: Burden over exposure.
        smoothed: Expected rate given the counts.
        low: Lower end of the 95% interval.
        high: Upper end.
        rate_class: low, middle or high against the average, by the smoothed rate.
        stability: Probability of the class shown.
        exceeds: Probability of a rate over one and a half times the average.
        excess: Expected burden over the average, in the period: never below zero.
        p: How often chance alone would make areas differ as much.
        varies: Whether the rates are found to vary at all beyond chance.
    """

    burden: np.ndarray
    exposure: np.ndarray
    rated: np.ndarray
    average: float
    posterior: Posterior
    crude: np.ndarray
    smoothed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rate_class: np.ndarray
    stability: np.ndarray
    exceeds: np.ndarray
    excess: np.ndarray
    p: float
    varies: bool

    @property
    def differ(self) -> bool:
        """Whether areas differ more than chance would make them."""
        return self.p <= CHANCE and self.varies

    @property
    def ratio(self) -> np.ndarray:
        """Return the smoothed rate over the average."""
        return self.smoothed / self.average

    @property
    def firm(self) -> np.ndarray:
        """Say of each area whether enough draws keep its class."""
        return np.nan_to_num(self.stability) >= STEADY

    def at(self, areas: np.ndarray) -> np.ndarray:
        """Return where areas, given by their positions among all, stand among the rated ones."""
        return np.cumsum(self.rated)[areas] - 1


def estimate(kinds: list[Kind], exposure: np.ndarray, *, draws: int, seed: int) -> Estimates:
    """Return what is known of each area's rate.

    Args:
        kinds: Kinds of event, each with its counts by area and its weight. One kind of weight 1 is
            a plain count; several make a weighted rate, each kind steadied on its own.
        exposure: What they are counted against; nan or zero where there is nothing.
        draws: Draws behind the figures of a weighted rate.
        seed: Where draws start.

    Raises:
        CannotAnswer: Fewer than two areas have a rate, or none of them holds a record.
    """
    rated = np.nan_to_num(exposure) > 0
    n = exposure[rated]
    burden = sum((k.weight * k.counts for k in kinds), start=np.zeros(len(exposure)))
    _refuse_nothing_to_compare(burden[rated], n.size)
    average = float(burden[rated].sum() / n.sum())
    spreads = [spread_of(kind.counts[rated], n) for kind in kinds]
    each = [posterior(k.counts[rated], n, s) for k, s in zip(kinds, spreads, strict=True)]
    weights = [kind.weight for kind in kinds]
    known = each[0] if weights == [1.0] else WeightedRates(each, weights, draws=draws, seed=seed)
    told = known.summary((LOW * average, HIGH * average), average)
    below, over = 1 - told.above[0], told.above[1]
    ratio = known.mean / average
    rate_class = np.select([ratio < LOW, ratio >= HIGH], ["low", "high"], "middle")
    stability = np.select([ratio < LOW, ratio >= HIGH], [below, over], 1 - below - over)

    def spread(values: np.ndarray) -> np.ndarray:
        out = np.full(len(exposure), np.nan)
        out[rated] = values
        return out

    classes = np.full(len(exposure), None, dtype=object)
    classes[rated] = rate_class
    # Over several kinds the hardest test counts, by Bonferroni's bound.
    tests = [dispersion(k.counts[rated], n).p for k in kinds]
    return Estimates(
        burden=burden,
        exposure=exposure,
        rated=rated,
        average=average,
        posterior=known,
        crude=spread(burden[rated] / n),
        smoothed=spread(known.mean),
        low=spread(told.low),
        high=spread(told.high),
        rate_class=classes,
        stability=spread(np.clip(stability, 0, 1)),
        exceeds=spread(over),
        excess=spread(told.beyond * n),
        p=min(1.0, len(tests) * min(tests)),
        varies=any(one.variance > 0 for one in spreads),
    )


def kinds_of(placed: Placed, counts: Counts, rows: np.ndarray, harm: Weights | None) -> list[Kind]:
    """Return the kinds of event behind the rate: all together, or each category by its weight."""
    if harm is None:
        return [Kind(counts.by_area)]
    return [
        Kind(placed.over(rows & is_of(placed.tallied, (code,))), weight)
        for code, weight in zip(harm.codes, harm.weights, strict=True)
    ]


def _refuse_nothing_to_compare(burden: np.ndarray, areas: int) -> None:
    if areas >= 2 and burden.sum() > 0:
        return
    raise CannotAnswer(
        "There is nothing to compare: a profile sets the rates of areas against one another.",
        found=f"{areas} areas with a denominator, and {'some' if burden.sum() else 'no'} records "
        "in them",
        try_="load boundaries and a denominator for the whole force, or ask of a longer period",
        read="how-to/read-a-profile",
    )
