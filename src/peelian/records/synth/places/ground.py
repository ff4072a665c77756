"""Where people settled: towns, villages and wide country within a coast."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.outlines import Floats, settle

Integers = NDArray[np.int64]

# A force of 300 areas reaches this far; areas are as large on average whatever their number.
_RADIUS, _AREAS = 15_000.0, 300
_FEWEST_IN_TOWN = 3
_AREAS_A_VILLAGE = 5
_VILLAGE_METRES = 420.0
_TRIES = 60
# Areas this far out, as a share of the way to the coast, have a mirror image beyond it.
_NEAR_COAST = 0.5
# The strip along the coast, as a share of the way there, that holds those drawn in from the sea.
_SHORE = 0.12
_FAR = 24
_ROUNDS = 3


class Town(NamedTuple):
    """A town: its share of the areas, where its middle lies, and how far it reaches, in metres."""

    share: float
    x: float
    y: float
    reach: float


class Ground(NamedTuple):
    """Where the areas lie.

    Args:
        seeds: Cell centres, metres, areas first and then the sea around them.
        district: Of each area, which town it lies in; the country comes after the last town.
        middle: Of each area, the town whose centre it is part of, or -1.
        towns: The towns, largest first.
        radius: How far the force reaches, about, in metres.
    """

    seeds: Floats
    district: Integers
    middle: Integers
    towns: tuple[Town, ...]
    radius: float

    @property
    def areas(self) -> int:
        """Return how many areas there are."""
        return len(self.district)

    @property
    def inner(self) -> Floats:
        """Return how far into its town each area lies: 1 in the middle, 0 in the country."""
        inner = np.zeros(self.areas)
        for number, town in enumerate(self.towns):
            here = self.district == number
            gap = np.hypot(*(self.seeds[: self.areas][here] - (town.x, town.y)).T) / town.reach
            inner[here] = np.exp(-2.0 * gap**2)
        return inner


class _Coast(NamedTuple):
    """The edge of the land: how far it reaches in each direction, as a few waves."""

    radius: float
    heights: Floats
    shifts: Floats

    def reach(self, points: Floats) -> Floats:
        """Return how far the land reaches in the direction of each point."""
        angle = np.arctan2(points[:, 1], points[:, 0])
        orders = np.arange(2, 2 + len(self.heights))
        waves = np.cos(angle[:, None] * orders + self.shifts) @ self.heights
        return self.radius * (1.05 + waves)


def settle_people(areas: int, towns: int, country: float, rng: np.random.Generator) -> Ground:
    """Return where the areas lie.

    Args:
        areas: How many.
        towns: How many towns; 0 to draw two to five.
        country: Share of the areas outside towns.
        rng: Where it all comes from.
    """
    radius = _RADIUS * np.sqrt(areas / _AREAS)
    drawn = int(rng.integers(2, 6))
    coast = _draw_coast(radius, rng)
    most = max(1, int(areas * (1 - country)) // _FEWEST_IN_TOWN // 3)
    found = _place_towns(min(towns or drawn, most), country, coast, rng)
    in_towns = [max(_FEWEST_IN_TOWN, round(town.share * areas)) for town in found]
    groups = [_town(town, count, rng) for town, count in zip(found, in_towns, strict=True)]
    groups.append(_country(max(1, areas - sum(in_towns)), found, coast, rng))
    district = np.repeat(np.arange(len(groups)), [len(group) for group in groups])[:areas]
    inside = np.concatenate(groups)[:areas]
    for _ in range(_ROUNDS):
        inside = _ashore(inside, coast)
        seeds = np.concatenate([inside, _sea(inside, coast, rng)])
        inside = settle(seeds, areas, rounds=1)[:areas]
    inside = _ashore(inside, coast)
    seeds = np.concatenate([inside, _sea(inside, coast, rng)])
    return Ground(seeds, district, _middles(seeds[:areas], district, found), found, radius)


def _draw_coast(radius: float, rng: np.random.Generator) -> _Coast:
    """Return bays and headlands: the finer, the lower."""
    orders = np.arange(2, 26)
    heights = rng.normal(size=len(orders)) * 0.2 / orders
    heights *= min(1.0, 0.4 / np.abs(heights).sum())
    return _Coast(radius, heights, rng.uniform(0, 2 * np.pi, size=len(orders)))


def _place_towns(
    count: int, country: float, coast: _Coast, rng: np.random.Generator
) -> tuple[Town, ...]:
    """Return towns apart from one another, each smaller than the last (near Zipf's rule)."""
    weights = 1 / (1 + np.arange(count)) ** rng.uniform(0.7, 1.2)
    shares = (1 - country) * weights / weights.sum()
    reaches = 0.5 * coast.radius * np.sqrt(shares)
    towns: list[Town] = []
    for share, reach in zip(shares, reaches, strict=True):
        tries = rng.uniform(-coast.radius, coast.radius, size=(400, 2))
        # Clear of the coast and of the towns before it, as well as can be.
        clear = coast.reach(tries) - np.hypot(*tries.T) - 0.9 * reach
        clear = np.minimum(clear, 0.15 * coast.radius)
        for town in towns:
            gap = np.hypot(*(tries - (town.x, town.y)).T) - 1.25 * (reach + town.reach)
            clear = np.minimum(clear, gap)
        best = tries[np.argmax(clear > 0) if (clear > 0).any() else np.argmax(clear)]
        towns.append(Town(float(share), float(best[0]), float(best[1]), float(reach)))
    return tuple(towns)


def _town(town: Town, count: int, rng: np.random.Generator) -> Floats:
    """Return a town's areas: densest in the middle, longer than it is wide, with arms."""
    out = rng.uniform(size=count) ** 0.6
    angle = rng.uniform(0, 2 * np.pi, size=count)
    # Towns grow out along their roads: further in some directions than in others.
    arms, turn = rng.integers(3, 6), rng.uniform(0, 2 * np.pi)
    out = town.reach * out * (1 + 0.22 * out * np.cos(arms * angle + turn))
    flat = np.stack([1.15 * out * np.cos(angle), 0.85 * out * np.sin(angle)], axis=1)
    tilt = rng.uniform(0, np.pi)
    turned = flat @ np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    return turned + np.array([town.x, town.y])


def _country(
    count: int, towns: tuple[Town, ...], coast: _Coast, rng: np.random.Generator
) -> Floats:
    """Return the country's areas: wide ones kept apart, and villages of a few small ones."""
    in_village = count // 3
    villages = max(1, in_village // _AREAS_A_VILLAGE)
    chosen = _apart(villages + count - in_village, towns, coast, rng)
    hamlets, wide = chosen[:villages], chosen[villages:]
    small = hamlets[np.arange(in_village) % villages]
    small = small + rng.normal(scale=_VILLAGE_METRES, size=(in_village, 2))
    return np.concatenate([small, wide])


def _apart(count: int, towns: tuple[Town, ...], coast: _Coast, rng: np.random.Generator) -> Floats:
    """Return points on the land and clear of towns, each the furthest of many from the others."""
    middles = np.array([(town.x, town.y) for town in towns])
    reach = np.array([town.reach for town in towns])
    chosen = np.empty((count, 2))
    done = 0
    while done < count:
        tries = rng.uniform(-1.4 * coast.radius, 1.4 * coast.radius, size=(_TRIES, 2))
        tries = tries[np.hypot(*tries.T) < 0.93 * coast.reach(tries)]
        gaps = np.hypot(*(tries[:, None] - middles).T).T
        tries = tries[(gaps > 1.15 * reach).all(axis=1)]
        if not len(tries):
            continue
        gaps = np.hypot(*(tries[:, None] - chosen[:done]).T).T
        nearest = gaps.min(axis=1) if done else np.zeros(len(tries))
        chosen[done] = tries[np.argmax(nearest)]
        done += 1
    return chosen


def _ashore(points: Floats, coast: _Coast) -> Floats:
    """Return points on land: those by the sea and beyond it drawn in, the further the closer."""
    reach, out = coast.reach(points), np.hypot(*points.T)
    share = out / reach
    drawn = 1 - _SHORE * np.exp(-(share - 1 + _SHORE) / _SHORE)
    return points * np.where(share > 1 - _SHORE, drawn / np.maximum(share, 1e-9), 1.0)[:, None]


def _sea(inside: Floats, coast: _Coast, rng: np.random.Generator) -> Floats:
    """Return cell centres beyond the land: its outer areas mirrored in the coast, and a far ring.

    The border between an area and its mirror image is the coast, so that areas end at one shore
    instead of each bulging into the sea; and every area is bounded.
    """
    reach = coast.reach(inside)
    out = np.hypot(*inside.T)
    near = out > _NEAR_COAST * reach
    images = inside[near] * ((2 * reach - out) / out)[near, None]
    angle = 2 * np.pi * (np.arange(_FAR) + rng.uniform(-0.3, 0.3, size=_FAR)) / _FAR
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.concatenate([images, 2.0 * coast.reach(unit)[:, None] * unit])


def _middles(centres: Floats, district: Integers, towns: tuple[Town, ...]) -> Integers:
    """Return the town whose centre an area is part of, or -1: a few areas of each town."""
    middle = np.full(len(centres), -1)
    for number, town in enumerate(towns):
        gap = np.hypot(*(centres - (town.x, town.y)).T)
        gap[district != number] = np.inf
        count = max(1, round(0.025 * int((district == number).sum())))
        middle[np.argsort(gap, kind="stable")[:count]] = number
    return middle
