"""What was asked and what was found, gathered for the tables and the sentences."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.places.profile.estimate import Estimates
from peelian.analysis.places.profile.targets import Targets
from peelian.placing.areas import Areas
from peelian.placing.counts import Counts, Weights, names_of
from peelian.placing.kinds import noun_of
from peelian.placing.need import Measure, Measured, Need
from peelian.placing.period import Months


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Everything the answer is drawn from. Arrays are over `areas`, in their order.

    Args:
        kind: Which records: crimes, incidents or counts.
        series: Of counts, which series.
        categories: The categories asked for; empty for all.
        read: How many records there are in the period, of any category.
        covered: Whether each area is counted at all: of counts, those that the series names.
        harm: The weights, if harm was asked for.
        measured: The denominator, need and vulnerability of each area.
        visitors: Whether residents may not be who is there; False where it was not judged.
        visitors_judged: Whether signs of visitors could be looked for: residents as denominator,
            and crimes by category.
        crimes_read: Crimes read to judge visitors, where incidents were asked about.
    """

    kind: str
    series: str
    categories: tuple[str, ...]
    read: int
    areas: Areas
    counts: Counts
    covered: np.ndarray
    months: Months
    harm: Weights | None
    measured: Measured
    visitors: np.ndarray
    visitors_judged: bool
    crimes_read: int
    found: Estimates
    targets: Targets
    draws: int

    @property
    def denominator(self) -> Measure:
        """Return what rates are counted against."""
        return self.measured.denominator

    @property
    def per(self) -> np.ndarray:
        """Return how much of the denominator each area has; nan where unknown."""
        return self.measured.per

    @property
    def need(self) -> Need:
        """Return the measure of need."""
        return self.measured.need

    @property
    def vulnerability(self) -> Need | None:
        """Return the second measure, if one was named."""
        return self.measured.vulnerability

    @property
    def in_need(self) -> np.ndarray:
        """Say of each area whether it is of high need on every measure that was named."""
        return self.measured.in_need

    @property
    def records(self) -> str:
        """Return what is counted, in words."""
        noun = noun_of(self.kind)
        return f"{noun} ({names_of(self.kind, self.categories)})" if self.categories else noun

    @property
    def per_words(self) -> str:
        """Return what the rate is per, in words."""
        of = self.denominator.unit or self.denominator.measure
        return f"per 1,000 {of} a year"

    @property
    def rate_words(self) -> str:
        """Return the unit of the rate, in words."""
        return f"days of harm {self.per_words}" if self.harm else self.per_words

    @property
    def need_words(self) -> str:
        """Return what high need is, in words."""
        if self.vulnerability is None:
            return "high need"
        return "high need and high vulnerability"

    @property
    def both(self) -> np.ndarray:
        """Say of each area whether it is of high need and of high rate."""
        return self.in_need & (self.found.rate_class == "high")

    @property
    def shown(self) -> bool:
        """Whether the data show that anywhere need and a high rate meet."""
        return self.found.differ and bool((self.both & self.found.firm).any())
