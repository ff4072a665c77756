"""From what is expected to single records: how many, in which month, at which map point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.places import Integers, Places
from peelian.records.synth.plan import Category
from peelian.records.synth.rates import Rates
from peelian.records.synth.streams import stream

# A row without a place, and a row placed beyond the force, instead of a map point's number.
NO_PLACE, OUTSIDE = -1, -2


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one kind: each array has one value an event.

    Args:
        month: The number of its month within the plan.
        area: The area it happened in: the truth, even where the record does not say.
        point: The map point it is recorded at, or NO_PLACE, or OUTSIDE.
    """

    month: Integers
    area: Integers
    point: Integers

    def __len__(self) -> int:
        return len(self.month)

    def where(self, chosen: NDArray[np.bool_] | Integers) -> "Events":
        """Return the chosen ones, in that order."""
        return Events(self.month[chosen], self.area[chosen], self.point[chosen])


def draw(
    rates: Rates, places: Places, seed: int, *, not_placed: float = 0.0, outside: float = 0.0
) -> Events:
    """Draw the events of one kind: Poisson about what is expected, put at the area's map points.

    Args:
        rates: What is expected.
        places: Where.
        seed: The force's seed.
        not_placed: Share of all rows that have no place. They are drawn over and above what the
            areas expect, so that the count of an area stays Poisson about its expectation.
        outside: Share of all rows that are placed beyond the force; drawn likewise.
    """
    rng = stream(seed, f"events/{rates.category.name}")
    counts = rng.poisson(rates.expected)
    area, month = np.nonzero(counts)
    each = counts[area, month]
    area, month = np.repeat(area, each), np.repeat(month, each)
    point = points_of(area, places, rates.category, rng)
    placed = Events(month, area, point)
    elsewhere = stream(seed, f"events/{rates.category.name}/elsewhere")
    return _with_lost(placed, not_placed, outside, elsewhere)


def points_of(area: Integers, places: Places, kind: Category, rng: np.random.Generator) -> Integers:
    """Return a map point for each event: shops and nights out draw visitors' kinds."""
    pull = (1 - kind.visitors) * places.points.homes + kind.visitors * places.points.shops
    # Points stand in the order of their areas, so one running sum serves every area: the pulls of
    # area k fill the stretch from k to k + 1.
    reached = np.cumsum(pull)
    found = np.searchsorted(reached, area + rng.uniform(size=len(area)), side="right")
    first = np.searchsorted(places.points.area, area, side="left")
    last = np.searchsorted(places.points.area, area, side="right") - 1
    return np.clip(found, first, last)


def _with_lost(
    placed: Events, not_placed: float, outside: float, rng: np.random.Generator
) -> Events:
    """Return the placed events with a few more that have no place, or one beyond the force."""
    share = not_placed + outside
    extra = rng.poisson(len(placed) * share / (1 - share))
    if not extra:
        return placed
    copied = placed.where(rng.integers(len(placed), size=extra))
    lost = np.where(rng.uniform(size=extra) * share < not_placed, NO_PLACE, OUTSIDE)
    return Events(
        np.concatenate([placed.month, copied.month]),
        np.concatenate([placed.area, copied.area]),
        np.concatenate([placed.point, lost]),
    )
