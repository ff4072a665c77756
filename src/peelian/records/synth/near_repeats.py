"""Events that follow events: kernels of known shape, unfolded a generation at a time."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places import Integers
from peelian.records.synth.streets import Streets

DELAYS = ("exponential", "power-law", "step")
DISTANCES = ("gaussian", "step")
DAY = 86_400.0
# Parents beside an event's own row: none, and one that happened before the records begin.
NONE, BEFORE = -1, -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """How one event brings others: how many, when, and where.

    Args:
        branching: Mean offspring of one event, and so, where nothing is cut off at an edge, the
            share of events that are offspring; below 1.
        delay: `exponential` and `power-law` (Lomax) have mean `days`; `step` is even from 0 to
            `days`.
        days: See `delay`.
        tail: Shape of the power law; its mean needs more than 1.
        distance: `gaussian` has standard deviation `metres` on either axis; `step` is even over
            the disc of radius `metres`.
        metres: See `distance`.
        same: Share of offspring at the very place of their parent.
    """

    branching: float
    delay: str
    days: float
    tail: float
    distance: str
    metres: float
    same: float

    def delays(self, count: int, rng: np.random.Generator) -> Floats:
        """Return seconds from parent to offspring."""
        if self.delay == "exponential":
            drawn = rng.exponential(size=count)
        elif self.delay == "power-law":
            drawn = (self.tail - 1) * rng.pareto(self.tail, size=count)
        else:
            drawn = rng.uniform(size=count)
        return self.days * DAY * drawn

    def steps(self, count: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return metres east and north from parent to offspring."""
        if self.distance == "gaussian":
            out = rng.rayleigh(self.metres, size=count)
        else:
            out = self.metres * np.sqrt(rng.uniform(size=count))
        out[rng.uniform(size=count) < self.same] = 0.0
        angle = rng.uniform(0, 2 * np.pi, size=count)
        return out * np.cos(angle), out * np.sin(angle)


class Chain(NamedTuple):
    """Events with their parents: each array has one value an event.

    Args:
        moment: Local time, in seconds since 1970.
        lon, lat: Where, to six decimals.
        area: The area that holds it.
        parent: The row of its parent, or NONE.
    """

    moment: Floats
    lon: Floats
    lat: Floats
    area: Integers
    parent: Integers

    def where(self, chosen: np.ndarray) -> "Chain":
        """Return the chosen events; the parent of one whose parent is left out becomes BEFORE."""
        row = np.full(len(self.moment) + 2, BEFORE)
        row[:-2][chosen] = np.arange(int(chosen.sum()))
        row[NONE] = NONE
        return Chain(
            self.moment[chosen],
            self.lon[chosen],
            self.lat[chosen],
            self.area[chosen],
            row[self.parent[chosen]],
        )


def unfold(
    first: Chain, kernel: Kernel, streets: Streets, end: float, rng: np.random.Generator
) -> Chain:
    """Return events with all their offspring, the offspring's offspring among them.

    Draws the number of offspring of every event of a generation at once, as a branching process
    (Hawkes & Oakes 1974, the cluster representation): no event is visited by itself.

    Args:
        first: Events that came of themselves.
        kernel: How events bring events.
        streets: Where the force is. Offspring that fall outside it are dropped, so that near its
            border an event leaves fewer than `branching`.
        end: Offspring from this moment on are dropped likewise.
        rng: Where chance comes from.
    """
    generations = [first]
    parents, row = first, 0
    while kernel.branching > 0 and len(parents.moment):
        each = rng.poisson(kernel.branching, size=len(parents.moment))
        at = np.repeat(np.arange(len(each)), each)
        moment = parents.moment[at] + kernel.delays(len(at), rng)
        east, north = kernel.steps(len(at), rng)
        lon, lat = streets.moved(parents.lon[at], parents.lat[at], east, north)
        area = streets.area_of(lon, lat, parents.area[at])
        kept = (moment < end) & (area >= 0)
        children = Chain(moment[kept], lon[kept], lat[kept], area[kept], (row + at)[kept])
        row += len(parents.moment)
        generations.append(children)
        parents = children
    return Chain(*(np.concatenate(parts) for parts in zip(*generations, strict=True)))
