"""The figures of a concentration: how few places hold how much, beside equal risk, and how long."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from peelian.analysis.places.concentration.counting import Held
from peelian.errors import CannotAnswer
from peelian.placing.counts import names_of
from peelian.placing.kinds import noun_of
from peelian.placing.period import Months
from peelian.statistics.concentration import (
    Figure,
    Kept,
    beside_equal_risk,
    generalised_gini,
    gini,
    kept,
    lorenz,
    places_holding,
)

PARTS = (0.25, 0.5, 0.8)
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
CHANCE = 0.05
HALF = 0.5
STEADY = 0.5  # of the busiest places, the share that must be busiest again


@dataclass(frozen=True)
class Part:
    """One part of the time: some covered months in a row.

    Args:
        months: Its months.
        n: Records in it.
        gini: Its generalised Gini coefficient.
        half: The share of places that holds half of its records.
        kept: How far the busiest places of the part before stayed the busiest; None of the first.
    """

    months: np.ndarray
    n: float
    gini: float
    half: float
    kept: Kept | None


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """Everything the answer is drawn from.

    Args:
        held: The records by place and month.
        months: The months that loads cover, and those missing.
        counts: Records of each place in the covered months.
        undated: Records in places without a month, or in one that no load covers.
        gini: The plain coefficient.
        found: Generalised Gini, the places that hold each of `PARTS`, and the share of records in
            the busiest of each of `SHARES`, in that order, beside equal risk.
        parts: The parts of the time that are compared.
        spare: Covered months at the end that fill no part.
        months_a_part: How many months a part has.
        draws: How many draws equal risk has.
    """

    held: Held
    months: Months
    counts: np.ndarray
    undated: float
    gini: float
    found: Figure
    parts: tuple[Part, ...]
    spare: int
    months_a_part: int
    draws: int

    @property
    def places(self) -> int:
        """Return how many places there are."""
        return len(self.counts)

    @property
    def records(self) -> str:
        """Return what is counted, in words."""
        noun, chosen = noun_of(self.held.records.kind), self.held.categories
        return f"{noun} ({names_of(self.held.records.kind, chosen)})" if chosen else noun

    @property
    def concentrated(self) -> bool:
        """Whether records are more concentrated than equal risk would make them."""
        return bool(self.found.p[0] <= CHANCE)

    @property
    def kept(self) -> list[Kept]:
        """Return how far the busiest places stayed so, from each part to the next."""
        return [part.kept for part in self.parts if part.kept is not None]


def measure(
    held: Held, months: Months, *, months_a_part: int, draws: int, seed: int
) -> Concentration:
    """Work out the figures.

    Args:
        held: The records by place and month.
        months: The months that loads cover.
        months_a_part: How many covered months make a part.
        draws: Draws of equal risk.
        seed: Where they start.

    Raises:
        CannotAnswer: No record lies in a place in a covered month.
    """
    covered = np.isin(held.months, months.covered)
    counts = held.by_month[:, covered].sum(axis=1)
    if counts.sum() < 1:
        raise CannotAnswer(
            "No record lies in a place in these months.",
            found=f"{held.total} records, none of them in a place and a covered month",
            try_="load the boundaries they lie in, or ask of another period",
            read="how-to/read-a-concentration",
        )
    found = beside_equal_risk(counts, _figures, risk=held.risk, draws=draws, seed=seed)
    parts = _parts(held, months, months_a_part)
    return Concentration(
        held=held,
        months=months,
        counts=counts,
        undated=held.without_month + float(held.by_month[:, ~covered].sum()),
        gini=gini(counts),
        found=found,
        parts=parts,
        spare=len(months.covered) - sum(len(part.months) for part in parts),
        months_a_part=months_a_part,
        draws=draws,
    )


def _figures(counts: np.ndarray) -> np.ndarray:
    holding = [places_holding(counts, part) for part in PARTS]
    return np.concatenate([[generalised_gini(counts)], holding, lorenz(counts, SHARES)])


def _parts(held: Held, months: Months, months_a_part: int) -> tuple[Part, ...]:
    """Cut the covered months into parts of one length; parts without a record are left out."""
    whole = len(months.covered) // months_a_part * months_a_part
    groups = months.covered[:whole].reshape(-1, months_a_part)
    sums = [held.by_month[:, np.isin(held.months, group)].sum(axis=1) for group in groups]
    told = [(group, counts) for group, counts in zip(groups, sums, strict=True) if counts.any()]
    follows = [None, *(kept(a, b, HALF) for (_, a), (_, b) in pairwise(told))]
    return tuple(
        Part(
            group,
            float(counts.sum()),
            generalised_gini(counts),
            places_holding(counts, HALF) / len(counts),
            follow,
        )
        for (group, counts), follow in zip(told, follows, strict=False)
    )
