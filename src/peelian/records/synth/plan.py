"""What is planted in the made-up force: every strength, its default, and where that comes from."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from peelian.errors import UsageError
from peelian.records.synth.categories import ASB, CATEGORIES, Category

__all__ = ["ASB", "CATEGORIES", "Category", "Plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the made-up force is made of. Each part can be switched off: the negative controls.

    Args:
        areas: How many small areas, of about 1,600 residents each: 20 to 2,000.
        first_month: The first month with files, as YYYY-MM.
        months: How many months, counting a missing one.
        missing_month: A month without files, as happens in the public files; "" for none.
        gradient: Whether rates rise with deprivation. Off: each category has one rate everywhere.
        heterogeneity: Whether areas differ beyond deprivation, by gamma factors of mean 1.
        visitors: Whether town centres have people in them who live elsewhere.
        seasons: Whether months differ beyond their length (swing and trend).
        area_spread: Shape of the gamma factor an area has for all kinds together. Two areas of one
            decile then differ in their rate by about a third (1 / sqrt(shape)), near what is left
            between areas of one decile in the public files.
        not_placed: Share of street rows without a place. Northumbria: 0.0013.
        outside: Share of street rows placed beyond the force. Northumbria: 0.002.
        stop_rate: Stops and searches per 1,000 people a year. Northumbria: 3.2.
        categories: The kinds of event.
    """

    areas: int = 300
    first_month: str = "2022-01"
    months: int = 26
    missing_month: str = "2023-03"
    gradient: bool = True
    heterogeneity: bool = True
    visitors: bool = True
    seasons: bool = True
    area_spread: float = 9.0
    not_placed: float = 0.0013
    outside: float = 0.001
    stop_rate: float = 3.2
    categories: tuple[Category, ...] = CATEGORIES

    def __post_init__(self) -> None:
        calendar = self.calendar
        problems = [
            (
                not 20 <= self.areas <= 2000,
                f"{self.areas} areas",
                "from 20 areas to 2,000: a larger force would reach a real coast",
            ),
            (self.months < 1, f"{self.months} months", "at least one month"),
            (
                bool(self.missing_month) and self.missing_month not in calendar,
                f"missing_month = {self.missing_month!r}",
                f"a month from {self.first_month} on that the plan holds, or none",
            ),
            (
                not 0 <= self.not_placed + self.outside <= 0.5,
                f"not_placed + outside = {self.not_placed + self.outside}",
                "shares of rows that together leave at least half of them placed",
            ),
            (
                any(c.rate < 0 or c.gradient <= 0 or c.spread <= 0 for c in self.categories),
                "a category with a rate below zero, or a gradient or spread not above it",
                "rate >= 0, gradient > 0, spread > 0",
            ),
        ]
        for wrong, found, try_ in problems:
            if wrong:
                raise UsageError(
                    "That plan cannot be carried out.",
                    found=found,
                    try_=try_,
                    read="explanation/the-made-up-force",
                )

    @property
    def calendar(self) -> tuple[str, ...]:
        """Return every month of the plan, the missing one among them."""
        start = np.datetime64(self.first_month, "M")
        return tuple(str(start + step) for step in range(max(self.months, 0)))

    @property
    def present(self) -> tuple[str, ...]:
        """Return the months for which there are files."""
        return tuple(month for month in self.calendar if month != self.missing_month)

    def flat(self) -> "Plan":
        """Return the same force with nothing to find in it: every area has the same rate."""
        return replace(self, gradient=False, heterogeneity=False, visitors=False)

    def as_json(self) -> dict[str, Any]:
        """Return the whole plan as plain words and numbers."""
        return asdict(self)
