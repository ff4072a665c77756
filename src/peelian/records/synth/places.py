"""Towns and country of small areas: outlines, names, deprivation, people, and map points."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peelian.records.synth.outlines import (
    Edge,
    Floats,
    close_cells,
    draw_edges,
    points_inside,
    settle,
)
from peelian.records.synth.plan import Plan
from peelian.records.synth.streams import stream

Integers = NDArray[np.int64]

VINTAGE = "MADEUP21"
FORCE = "Merrowshire Police"
# In the open North Sea, some ninety kilometres from the nearest coast: no community is drawn here.
SEA_LON, SEA_LAT = 1.40, 54.50
_METRES_PER_DEGREE = 111_320.0
# The made-up nation that ranks and deciles are out of: about as many areas as England has.
NATION = 33_000

DOMAINS = ("income", "employment", "education", "health", "barriers", "living")
# How much of each domain is the common deprivation; barriers to services run the other way, as
# they do in England, where the country is far from everything.
_LOADINGS = (0.95, 0.93, 0.88, 0.90, -0.25, 0.45)


class Town(NamedTuple):
    """A district: its share of the areas, where its middle lies, and how far it reaches."""

    name: str
    share: float
    x: float  # of the force's radius
    y: float
    reach: float  # of the force's radius
    visitors: int  # in its middle on a usual day


TOWNS = (
    Town("Harrowmere", 0.42, 0.30, -0.12, 0.33, 36_000),
    Town("Tollenby", 0.22, -0.45, 0.28, 0.22, 20_000),
    Town("Vessingford", 0.13, 0.36, 0.60, 0.15, 10_000),
)
COUNTRY = "Wendlefell"
# Small places in the country: where, as shares of the force's radius, with a few areas each.
_VILLAGES = ((-0.35, -0.52), (-0.92, -0.12), (0.90, 0.35), (-0.15, 0.68))

_STREET_WORDS = (
    *("Alder", "Anvil", "Bramble", "Chandler", "Curlew", "Drover", "Ferry", "Fuller", "Gorse"),
    *("Hawthorn", "Heron", "Kestrel", "Lantern", "Linnet", "Mallow", "Meadow", "Orchard"),
    *("Pinfold", "Quarry", "Rowan", "Saddler", "Sorrel", "Tanner", "Teasel", "Weaver", "Willow"),
)
_STREET_KINDS = ("Avenue", "Close", "Court", "Crescent", "Drive", "Lane", "Road", "Street", "Way")
_SHOP_POINTS = ("Shopping Area", "Supermarket", "Parking Area", "Nightclub", "Bus/Coach Station")
_OTHER_POINTS = ("Supermarket", "Petrol Station", "Sports/Recreation Area", "Park/Open Space")


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain of deprivation over the areas."""

    score: Floats
    rank: Integers
    decile: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPoints:
    """The points that records are snapped to: each lies in one area.

    Args:
        area: Which area each lies in, in the order of the areas.
        lon, lat: Where, to six decimals.
        name: What the public files would call it, without "On or near".
        homes: Its share of its area's events of homes and streets; sums to 1 over an area.
        shops: Its share of its area's events of shops and nights out; sums to 1 over an area.
    """

    area: Integers
    lon: Floats
    lat: Floats
    name: tuple[str, ...]
    homes: Floats
    shops: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The areas of the made-up force, each array in the order of the areas.

    Args:
        codes, names: Of the areas.
        district_codes, district_names: Of the district each lies in.
        rings: Closed outlines in longitude and latitude, anticlockwise, to six decimals.
        deprivation: The common score behind all domains; high is more deprived; mean 0 and
            variance 1 over the made-up nation.
        domains: Score, rank (1 is most deprived) and decile (1 is most deprived) by domain,
            `deprivation` itself being one.
        residents, households: People who live there; their homes.
        visitors: People who are there on a usual day and live elsewhere.
        mood_and_anxiety: A measure of mood and anxiety disorders, with its rank and decile.
        points: Where records are put.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    district_codes: tuple[str, ...]
    district_names: tuple[str, ...]
    rings: tuple[Floats, ...]
    deprivation: Floats
    domains: dict[str, Domain]
    residents: Integers
    households: Integers
    visitors: Integers
    mood_and_anxiety: Domain
    points: MapPoints

    @property
    def decile(self) -> Integers:
        """Return the decile of deprivation, 1 the most deprived tenth of the made-up nation."""
        return self.domains["deprivation"].decile


def make_places(plan: Plan, seed: int) -> Places:
    """Return the areas of a made-up force.

    Args:
        plan: What is planted.
        seed: The force's seed.
    """
    radius = 15_000.0 * np.sqrt(plan.areas / 300)
    seeds, district, middle = _settle_people(plan.areas, radius, stream(seed, "places/seeds"))
    edges = draw_edges(seeds, plan.areas, stream(seed, "places/edges"))
    on_earth = [Edge(e.left, e.right, to_lonlat(e.line)) for e in edges]
    rings = close_cells(on_earth, to_lonlat(seeds), plan.areas)
    in_metres = close_cells(edges, seeds, plan.areas)
    centres = seeds[: plan.areas]
    deprivation = _deprivation(centres, district, radius, stream(seed, "places/need"))
    residents, households = _people(district, middle, stream(seed, "places/people"))
    visitors = _visitors(middle) if plan.visitors else np.zeros(plan.areas, dtype=np.int64)
    names, codes = _names(centres, district)
    health = stream(seed, "places/health")
    names_of_districts = [town.name for town in TOWNS] + [COUNTRY]
    return Places(
        codes=codes,
        names=names,
        district_codes=tuple(f"Q07{d + 1:06d}" for d in district),
        district_names=tuple(names_of_districts[d] for d in district),
        rings=tuple(rings),
        deprivation=deprivation,
        domains=_domains(deprivation, stream(seed, "places/domains")),
        residents=residents,
        households=households,
        visitors=visitors,
        mood_and_anxiety=_ranked(0.75 * deprivation + 0.66 * health.normal(size=plan.areas)),
        points=_map_points(in_metres, middle >= 0, stream(seed, "places/points")),
    )


def to_lonlat(metres: Floats) -> Floats:
    """Return longitude and latitude, to six decimals, of metres east and north of the middle.

    A plain scaling, with no projection library between, so that every machine agrees to the bit.
    """
    scale = np.array([_METRES_PER_DEGREE * np.cos(np.radians(SEA_LAT)), _METRES_PER_DEGREE])
    return np.round(metres / scale + (SEA_LON, SEA_LAT), 6)


def _settle_people(
    areas: int, radius: float, rng: np.random.Generator
) -> tuple[Floats, Integers, Integers]:
    """Return cell centres (and a ring outside), each area's district, whose town centre it is."""
    in_towns = [round(town.share * areas) for town in TOWNS]
    groups = [_town(town, count, radius, rng) for town, count in zip(TOWNS, in_towns, strict=True)]
    groups.append(_country(areas - sum(in_towns), radius, rng))
    district = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    seeds = np.concatenate([*groups, _outside(radius, rng)])
    seeds = settle(seeds, areas, rounds=3)
    return seeds, district, _middles(seeds[:areas], district, radius)


def _town(town: Town, count: int, radius: float, rng: np.random.Generator) -> Floats:
    """Return a town's areas: densest in the middle, longer than it is wide."""
    out = town.reach * radius * rng.uniform(size=count) ** 0.6
    angle = rng.uniform(0, 2 * np.pi, size=count)
    turn = rng.uniform(0, np.pi)
    flat = np.stack([1.2 * out * np.cos(angle), 0.8 * out * np.sin(angle)], axis=1)
    turned = flat @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return turned + radius * np.array([town.x, town.y])


def _country(count: int, radius: float, rng: np.random.Generator) -> Floats:
    """Return the country's areas: wide ones kept apart, and a few villages of small ones."""
    hamlets = radius * np.array(_VILLAGES)
    in_village = count // 3
    villages = hamlets[np.arange(in_village) % len(hamlets)]
    villages = villages + rng.normal(scale=0.028 * radius, size=(in_village, 2))
    chosen = np.empty((0, 2))
    towns = radius * np.array([(town.x, town.y) for town in TOWNS])
    reach = radius * np.array([town.reach for town in TOWNS])
    while len(chosen) < count - in_village:
        tries = rng.uniform(-1.4 * radius, 1.4 * radius, size=(60, 2))
        tries = tries[np.hypot(*tries.T) < 0.93 * _coast(tries, radius)]
        gaps = np.hypot(*(tries[:, None] - towns).T).T
        clear = gaps > 1.25 * reach
        tries = tries[clear.all(axis=1)]
        if len(tries):
            near = np.concatenate([chosen, hamlets])
            gaps = np.hypot(*(tries[:, None] - near).T).T.min(axis=1)
            chosen = np.concatenate([chosen, tries[[np.argmax(gaps)]]])
    return np.concatenate([villages, chosen])


def _coast(points: Floats, radius: float) -> Floats:
    """Return how far the force reaches in the direction of each point."""
    angle = np.arctan2(points[:, 1], points[:, 0])
    bays = 0.10 * np.cos(2 * angle + 0.3) + 0.06 * np.cos(3 * angle + 2.0)
    return radius * (1.05 + bays + 0.04 * np.cos(5 * angle + 4.1))


def _outside(radius: float, rng: np.random.Generator) -> Floats:
    """Return cell centres beyond the force: two rings, so that every area is bounded."""
    rings = []
    for count, out in ((64, 1.09), (24, 1.7)):
        angle = 2 * np.pi * (np.arange(count) + rng.uniform(-0.3, 0.3, size=count)) / count
        unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        reach = out * _coast(unit, radius) * rng.uniform(0.97, 1.03, size=count)
        rings.append(unit * reach[:, None])
    return np.concatenate(rings)


def _middles(centres: Floats, district: Integers, radius: float) -> Integers:
    """Return the town whose centre an area is part of, or -1: a few areas of each town."""
    middle = np.full(len(centres), -1)
    for number, town in enumerate(TOWNS):
        gap = np.hypot(*(centres - radius * np.array([town.x, town.y])).T)
        gap[district != number] = np.inf
        count = max(1, round(0.025 * int((district == number).sum())))
        middle[np.argsort(gap, kind="stable")[:count]] = number
    return middle


def _deprivation(
    centres: Floats, district: Integers, radius: float, rng: np.random.Generator
) -> Floats:
    """Return a common score of need: smooth over neighbours, higher in towns' inner areas."""
    field = np.zeros(len(centres))
    for _ in range(150):
        hill = radius * rng.uniform(-1.2, 1.2, size=2)
        width = radius * rng.uniform(0.05, 0.12)
        field += rng.normal() * np.exp(-((centres - hill) ** 2).sum(axis=1) / (2 * width**2))
    field /= field.std()
    urban = district < len(TOWNS)
    inner = np.zeros(len(centres))
    for number, town in enumerate(TOWNS):
        gap = np.hypot(*(centres - radius * np.array([town.x, town.y])).T) / (town.reach * radius)
        inner[district == number] = np.exp(-2.0 * gap[district == number] ** 2)
    score = 0.75 * field + 0.8 * inner + 0.35 * urban + 0.45 * rng.normal(size=len(centres))
    # A little more deprived than its nation, and as various.
    return 0.25 + 1.05 * (score - score.mean()) / score.std()


def _domains(deprivation: Floats, rng: np.random.Generator) -> dict[str, Domain]:
    """Return every domain with its score, national rank and decile."""
    scores = {"deprivation": deprivation}
    for name, loading in zip(DOMAINS, _LOADINGS, strict=True):
        own = rng.normal(size=len(deprivation))
        scores[name] = loading * deprivation + np.sqrt(1 - loading**2) * own
    return {name: _ranked(score) for name, score in scores.items()}


def _ranked(score: Floats) -> Domain:
    rank = np.floor((1 - ndtr(score)) * NATION).astype(np.int64) + 1
    rank = np.clip(rank, 1, NATION)
    return Domain(np.round(score, 3), rank, (rank - 1) * 10 // NATION + 1)


def _people(
    district: Integers, middle: Integers, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Return residents and households: near the sizes statistical areas are made to."""
    residents = 1600 * np.exp(rng.normal(scale=0.17, size=len(district)))
    residents = np.where(middle >= 0, 0.65 * residents, residents)
    residents = np.round(np.clip(residents, 850, 3000)).astype(np.int64)
    return residents, np.round(residents / rng.uniform(1.9, 2.6, size=len(district))).astype(
        np.int64
    )


def _visitors(middle: Integers) -> Integers:
    """Return who is there and lives elsewhere: a town's visitors, shared by its centre's areas."""
    visitors = np.zeros(len(middle), dtype=np.int64)
    for number, town in enumerate(TOWNS):
        here = middle == number
        visitors[here] = town.visitors // max(1, int(here.sum()))
    return visitors


def _names(centres: Floats, district: Integers) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names and codes: neighbours share a number, and numbers run from north to south."""
    names = [""] * len(centres)
    words = [town.name for town in TOWNS] + [COUNTRY]
    for number, word in enumerate(words):
        left = list(np.flatnonzero(district == number))
        left.sort(key=lambda area: -centres[area, 1])
        group = 0
        while left:
            group += 1
            gaps = np.hypot(*(centres[left] - centres[left[0]]).T)
            taken = [left[i] for i in np.argsort(gaps, kind="stable")[:5]]
            for letter, area in zip("ABCDE", sorted(taken, key=left.index), strict=False):
                names[area] = f"{word} {group:03d}{letter}"
            left = [area for area in left if area not in taken]
    in_order = sorted(range(len(names)), key=names.__getitem__)
    codes = [""] * len(names)
    for at, area in enumerate(in_order):
        codes[area] = f"Q01{at + 1:06d}"
    return tuple(names), tuple(codes)


def _map_points(
    rings: list[Floats], centre: NDArray[np.bool_], rng: np.random.Generator
) -> MapPoints:
    """Return the points records are snapped to, with what each draws to it."""
    areas, places, names, homes, shops = [], [], [], [], []
    for area, ring in enumerate(rings):
        count = int(rng.integers(14, len(_STREET_WORDS)))
        busy = _SHOP_POINTS if centre[area] else tuple(rng.permutation(_OTHER_POINTS)[:2])
        words = rng.permutation(len(_STREET_WORDS))[: count - len(busy)]
        kinds = rng.integers(len(_STREET_KINDS), size=len(words))
        areas.append(np.full(count, area))
        places.append(points_inside(ring, count, rng))
        names += [*busy]
        names += [
            f"{_STREET_WORDS[w]} {_STREET_KINDS[k]}" for w, k in zip(words, kinds, strict=True)
        ]
        pull = rng.gamma(1.2, size=count)
        homes.append(pull / pull.sum())
        pull[: len(busy)] += 6.0 * pull.max()
        shops.append(pull / pull.sum())
    lonlat = to_lonlat(np.concatenate(places))
    return MapPoints(
        area=np.concatenate(areas),
        lon=lonlat[:, 0],
        lat=lonlat[:, 1],
        name=tuple(names),
        homes=np.concatenate(homes),
        shops=np.concatenate(shops),
    )
