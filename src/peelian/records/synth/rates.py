"""How many events each area may expect of each kind in each month: the truth that is drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from peelian.records.synth.categories import Category
from peelian.records.synth.keys import Problem, key
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.who import Who

DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesPlan:
    """What makes areas and months differ in how many events they may expect."""

    gradient: bool = key(
        True,
        "Whether rates rise with deprivation. Off: each category has one rate everywhere.",
        "each category's gradient stands near Northumbria's public files, 2020 to 2023",
    )
    heterogeneity: bool = key(
        True,
        "Whether areas differ beyond deprivation, by gamma factors of mean 1.",
        "ours: areas of one decile differ in the public files of Northumbria",
    )
    area_spread: float = key(
        9.0,
        "Shape of the gamma factor an area has for all kinds together; small is very uneven.",
        "ours: areas of one decile then differ by a third (1 / sqrt(9)), near Northumbria's files",
    )
    seasons: bool = key(
        True,
        "Whether months differ by season, beyond their length.",
        "each category's swing and busiest month stand near Northumbria's public files",
    )
    trends: bool = key(
        True,
        "Whether each category grows or falls by its own factor a year.",
        "ours: small trends either way, as most series have",
    )
    uneven_growth: float = key(
        1.0,
        "Factor a year by which every kind grows in the largest town, and nowhere else.",
        "ours: none by default; methods/near_repeat_and_hawkes.md, K13: growth is no contagion",
        unit="a year",
    )

    def problems(self, period: Period) -> Iterator[Problem]:
        """Return why this part cannot be carried out."""
        if not 0 < self.area_spread < np.inf:
            yield Problem(f"area_spread = {self.area_spread}", "a shape above 0, such as 9")
        years = period.length / 12
        if not 0 < self.uneven_growth <= 100 ** (1 / years):
            yield Problem(
                f"uneven_growth = {self.uneven_growth} over {period.length} months",
                "a factor a year above 0, that grows less than a hundredfold over the period",
            )


@dataclass(frozen=True, slots=True)
class Rates:
    """The planted truth of one kind of event.

    Args:
        category: The kind.
        relative: What deprivation alone does to each area's rate: 1 midway between deciles 5 and 6.
        own: The area's gamma factor beyond deprivation, of mean 1 over all forces.
        people: Residents, and visitors at what they count for this kind.
        months: What each month of the plan does, with its length; sums to years covered where
            there is no swing or trend.
        expected: Events expected in each area and month; shape (areas, months of the plan).
    """

    category: Category
    relative: Floats
    own: Floats
    people: Floats
    months: Floats
    expected: Floats


def number_for_each(values: Sequence[object], names: Sequence[str]) -> bool:
    """Say whether a list of a plan has one number for each name, none below 0 or without end."""
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return len(numbers) == len(values) == len(names) and all(0 <= n < np.inf for n in numbers)


def gradient_of(category: Category, decile: Integers) -> Floats:
    """Return the rate of each decile over the rate midway: decile 1 over decile 10 is the gradient.

    >>> kind = Category("Burglary", 4.0, 3.0, 0.0, 10.0, 0.0, 1)
    >>> first, last = gradient_of(kind, np.array([1, 10]))
    >>> round(float(first / last), 6)
    3.0
    """
    return category.gradient ** ((5.5 - decile) / 9)


def make_rates(
    plan: RatesPlan, categories: Sequence[Category], places: Places, period: Period, who: "Who"
) -> tuple[Rates, ...]:
    """Return what is expected of every kind of event, in the order of the categories.

    The factor an area has for all kinds is drawn from a stream of its own name, so that crimes,
    calls and stops, asked for apart, share it.
    """
    areas = len(places.codes)
    together = np.ones(areas)
    if plan.heterogeneity:
        rng = stream(who.seed, f"{who.slug}/rates/area")
        together = rng.gamma(plan.area_spread, 1 / plan.area_spread, size=areas)
    return tuple(_rates(plan, places, period, kind, together, who) for kind in categories)


def _rates(
    plan: RatesPlan,
    places: Places,
    period: Period,
    kind: Category,
    together: Floats,
    who: "Who",
) -> Rates:
    own = together
    if plan.heterogeneity:
        rng = stream(who.seed, f"{who.slug}/rates/{kind.name}")
        own = together * rng.gamma(kind.spread, 1 / kind.spread, size=len(together))
    relative = gradient_of(kind, places.decile) if plan.gradient else np.ones(len(together))
    people = places.residents + kind.visitors * places.visitors
    months = _months(plan, period, kind)
    a_year = kind.rate / 1000 * people * relative * own
    expected = a_year[:, None] * months * _growth(plan, places, period)
    return Rates(kind, relative, own, people, months, expected)


def _months(plan: RatesPlan, period: Period, kind: Category) -> Floats:
    """Return each month's length in years, times its season and the trend since the first month."""
    months = period.days / DAYS_A_YEAR
    if plan.seasons:
        number = period.starts.astype("M8[M]").astype(np.int64) % 12 + 1
        months = months * (1 + kind.swing * np.cos(2 * np.pi * (number - kind.peak) / 12))
    if plan.trends:
        months = months * kind.trend ** (np.arange(period.length) / 12)
    return months


def _growth(plan: RatesPlan, places: Places, period: Period) -> Floats:
    """Return how far the largest town has outgrown the rest: shape (areas, months)."""
    since = np.arange(period.length) / 12
    return np.where((places.town == 0)[:, None], plan.uneven_growth**since, 1.0)
