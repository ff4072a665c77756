"""How many events each area may expect of each kind in each month: the truth that is drawn from."""

from dataclasses import dataclass

import numpy as np

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.plan import Category, Plan
from peelian.records.synth.streams import stream

DAYS_A_YEAR = 365.25


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


def gradient_of(category: Category, decile: Integers) -> Floats:
    """Return the rate of each decile over the rate midway: decile 1 over decile 10 is the gradient.

    >>> kind = Category("Burglary", 4.0, 3.0, 0.0, 10.0, 0.0, 1)
    >>> first, last = gradient_of(kind, np.array([1, 10]))
    >>> round(float(first / last), 6)
    3.0
    """
    return category.gradient ** ((5.5 - decile) / 9)


def make_rates(plan: Plan, places: Places, seed: int) -> tuple[Rates, ...]:
    """Return what is expected of every kind of event, in the order of the plan."""
    areas = len(places.codes)
    together = np.ones(areas)
    if plan.heterogeneity:
        rng = stream(seed, "rates/area")
        together = rng.gamma(plan.area_spread, 1 / plan.area_spread, size=areas)
    return tuple(_rates(plan, places, kind, together, seed) for kind in plan.categories)


def _rates(plan: Plan, places: Places, kind: Category, together: Floats, seed: int) -> Rates:
    own = together
    if plan.heterogeneity:
        rng = stream(seed, f"rates/{kind.name}")
        own = together * rng.gamma(kind.spread, 1 / kind.spread, size=len(together))
    relative = gradient_of(kind, places.decile) if plan.gradient else np.ones(len(together))
    people = places.residents + kind.visitors * places.visitors
    months = _months(plan, kind)
    a_year = kind.rate / 1000 * people * relative * own
    return Rates(kind, relative, own, people, months, a_year[:, None] * months)


def _months(plan: Plan, kind: Category) -> Floats:
    """Return each month's length in years, times its season and the trend since the first month."""
    first = np.datetime64(plan.first_month, "M") + np.arange(plan.months)
    days = ((first + 1).astype("M8[D]") - first.astype("M8[D]")).astype(np.int64)
    years = days / DAYS_A_YEAR
    if not plan.seasons:
        return years
    number = first.astype(np.int64) % 12 + 1
    season = 1 + kind.swing * np.cos(2 * np.pi * (number - kind.peak) / 12)
    return years * season * kind.trend ** (np.arange(plan.months) / 12)
