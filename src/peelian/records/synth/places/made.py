"""All that is known of a made-up force's places, and how it is put together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.outlines import Edge, Floats, close_areas, draw_edges
from peelian.records.synth.places.codes import draw_labels
from peelian.records.synth.places.earth import Earth
from peelian.records.synth.places.ground import Integers, settle_people
from peelian.records.synth.places.names import draw_names
from peelian.records.synth.places.need import Domain, draw_domains, draw_need, ranked, standard
from peelian.records.synth.places.partners import Sites, draw_sites
from peelian.records.synth.places.people import (
    draw_groups,
    draw_households,
    draw_presence,
    draw_residents,
)
from peelian.records.synth.places.plan import PlacesPlan
from peelian.records.synth.places.points import MapPoints, draw_points
from peelian.records.synth.places.vintages import Pieces, cut, undo
from peelian.records.synth.streams import stream
from peelian.records.synth.who import Who

VINTAGE, OLDER_VINTAGE = "MADEUP21", "MADEUP11"


@dataclass(frozen=True, slots=True, kw_only=True)
class Older:
    """The areas of the older vintage, each array in their order.

    Args:
        codes, names: Of the areas.
        district_codes, district_names: Of the district each lies in.
        rings: Closed outlines in longitude and latitude, anticlockwise, to six decimals.
        residents, households: The same people and homes as in the newer areas, counted anew.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    district_codes: tuple[str, ...]
    district_names: tuple[str, ...]
    rings: tuple[Floats, ...]
    residents: Integers
    households: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """How older areas became newer ones: each array has one value a link.

    Args:
        older, newer: The numbers of the areas.
        change: U unchanged, S split, M merged, X irregular.
        weight: Share of the older area's residents who live in the newer one.
    """

    older: Integers
    newer: Integers
    change: NDArray[np.str_]
    weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The areas of the made-up force, each array in the order of the areas.

    Args:
        earth: Where its metres lie.
        codes, names: Of the areas.
        district_codes, district_names: Of the district each lies in.
        towns: Names of the towns, largest first, and of the country around them last.
        town: Of each area, its number in `towns`.
        middle: Of each area, the number of the town whose centre it is part of, or -1.
        rings: Closed outlines in longitude and latitude, anticlockwise, to six decimals.
        deprivation: The common score behind all domains; high is more deprived; mean 0 and
            variance 1 over the made-up nation.
        domains: Score, rank (1 is most deprived) and decile (1 is most deprived) by domain,
            `deprivation` itself being one.
        residents, households: People who live there; their homes.
        visitors: People who are in a town centre by day and live elsewhere.
        daytime, night: Everyone who is there on a working day, and late in the evening.
        group_residents: Residents by ethnic group (`GROUPS`), shape (areas, groups).
        mood_and_anxiety: A measure of mood and anxiety disorders, with its rank and decile.
        points: Where records are put.
        sites: Sites of partner services, by kind (`SITES`).
        older: The areas of the older vintage.
        links: How those became these.
    """

    earth: Earth
    codes: tuple[str, ...]
    names: tuple[str, ...]
    district_codes: tuple[str, ...]
    district_names: tuple[str, ...]
    towns: tuple[str, ...]
    town: Integers
    middle: Integers
    rings: tuple[Floats, ...]
    deprivation: Floats
    domains: dict[str, Domain]
    residents: Integers
    households: Integers
    visitors: Integers
    daytime: Integers
    night: Integers
    group_residents: Integers
    mood_and_anxiety: Domain
    points: MapPoints
    sites: dict[str, Sites]
    older: Older
    links: Links

    @property
    def decile(self) -> Integers:
        """Return the decile of deprivation, 1 the most deprived tenth of the made-up nation."""
        return self.domains["deprivation"].decile

    @property
    def group_shares(self) -> Floats:
        """Return the share of each ethnic group among residents, shape (areas, groups)."""
        return self.group_residents / self.residents[:, None]


def make_places(plan: PlacesPlan, who: Who) -> Places:
    """Return the areas of a made-up force.

    Args:
        plan: What is planted.
        who: Which force.

    Assumes:
        The plan has no `problems`.
    """

    def chance(part: str) -> np.random.Generator:
        return stream(who.seed, f"{who.slug}/places/{part}")

    earth = Earth(who.origin)
    ground = settle_people(plan.areas, plan.towns, plan.country, chance("ground"))
    names = draw_names(len(ground.towns), chance("names"))
    towns = (*names.towns, names.country)
    cuts = cut(ground, plan, chance("vintages"))
    pieces = cuts if plan.vintages else undo(cuts)
    edges = draw_edges(pieces.seeds, pieces.number, chance("edges"))
    on_earth = [Edge(e.left, e.right, e.start, e.end, earth.to_lonlat(e.line)) for e in edges]
    in_metres = close_areas(edges, pieces.newer)
    need = draw_need(ground, plan, chance("need"))
    residents = draw_residents(ground, plan, chance("residents"))
    households = draw_households(residents, plan, chance("households"))
    presence = draw_presence(residents, ground, plan, chance("presence"))
    health = chance("health").normal(size=plan.areas)
    mood = plan.mood * standard(need) + np.sqrt(1 - plan.mood**2) * health
    district = ground.district[pieces.newer]
    labels, older_labels = draw_labels(
        pieces.seeds[: pieces.number], district, towns, who.prefix, pieces
    )
    people, homes = (_in_pieces(count, pieces) for count in (residents, households))
    first = np.unique(pieces.older, return_index=True)[1]
    return Places(
        earth=earth,
        codes=labels.codes,
        names=labels.names,
        **_districts(ground.district, towns, who.prefix),
        towns=towns,
        town=ground.district,
        middle=ground.middle,
        rings=tuple(close_areas(on_earth, pieces.newer)),
        deprivation=need,
        domains=draw_domains(need, ground, plan, chance("domains")),
        residents=residents,
        households=households,
        visitors=presence.visitors,
        daytime=presence.daytime,
        night=presence.night,
        group_residents=draw_groups(residents, need, ground, plan, chance("groups")),
        mood_and_anxiety=ranked(plan.need_level + plan.need_spread * mood),
        points=draw_points(in_metres, ground.middle >= 0, earth, names, chance("points")),
        sites=draw_sites(in_metres, residents, ground, plan, names, earth, chance("partners")),
        older=Older(
            codes=older_labels.codes,
            names=older_labels.names,
            **_districts(district[first], towns, who.prefix),
            rings=tuple(close_areas(on_earth, pieces.older)),
            residents=np.bincount(pieces.older, people).astype(np.int64),
            households=np.bincount(pieces.older, homes).astype(np.int64),
        ),
        links=_links(pieces, people),
    )


def _districts(
    district: Integers, towns: tuple[str, ...], prefix: str
) -> dict[str, tuple[str, ...]]:
    return {
        "district_codes": tuple(f"{prefix}07{d + 1:06d}" for d in district.tolist()),
        "district_names": tuple(towns[d] for d in district.tolist()),
    }


def _in_pieces(count: Integers, pieces: Pieces) -> Integers:
    """Return a count of the newer areas by piece: whole numbers, none lost."""
    part = np.floor(count[pieces.newer] * pieces.share).astype(np.int64)
    lacking = count - np.bincount(pieces.newer, part).astype(np.int64)
    first = np.unique(pieces.newer, return_index=True)[1]
    part[first] += lacking
    return part


def _links(pieces: Pieces, people: Integers) -> Links:
    """Return each pair of an older and a newer area that share ground, by their people."""
    n_newer = int(pieces.newer.max()) + 1
    pair, first, at = np.unique(
        pieces.older * n_newer + pieces.newer, return_index=True, return_inverse=True
    )
    older, newer = pair // n_newer, pair % n_newer
    size = np.bincount(at, people)
    return Links(
        older=older,
        newer=newer,
        change=pieces.change[first],
        weight=size / np.bincount(older, size)[older],
    )
