"""Sites of partner services: where calls come from, and where people are taken."""

from dataclasses import dataclass

import numpy as np

from peelian.records.synth.outlines import Floats, points_inside
from peelian.records.synth.places.earth import Earth
from peelian.records.synth.places.ground import Ground, Integers
from peelian.records.synth.places.names import Names
from peelian.records.synth.places.plan import SITES, PlacesPlan

_HOMES = ("House", "Lodge", "Court", "Grange", "View")


@dataclass(frozen=True, slots=True)
class Sites:
    """The sites of one service, in the order of their areas.

    Args:
        area: Which area each lies in.
        lon, lat: Where, to six decimals.
        name: What it is called.
    """

    area: Integers
    lon: Floats
    lat: Floats
    name: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.area)


def draw_sites(
    rings: list[Floats],
    residents: Integers,
    ground: Ground,
    plan: PlacesPlan,
    names: Names,
    earth: Earth,
    rng: np.random.Generator,
) -> dict[str, Sites]:
    """Return the sites of every service; of none where the plan switches partners off.

    Args:
        rings: Outlines, metres.
        residents: Who lives where.
        ground: Towns, and their centres.
        plan: Residents to a site.
        names: Of the towns.
        earth: Where the metres lie.
        rng: Where it all comes from.
    """
    found = {}
    for kind, each in zip(SITES, plan.residents_per_site, strict=True):
        count = max(1, round(residents.sum() / each)) if plan.partners else 0
        pull = residents * _pull(kind, ground, rng)
        if kind == "care_home":  # several in one area are usual
            area = rng.choice(len(pull), size=count, p=pull / pull.sum())
        else:  # spread out: no two in one area while there are others
            count = min(count, int((pull > 0).sum()))
            area = rng.choice(len(pull), size=count, p=pull / pull.sum(), replace=False)
        area = np.sort(area)
        places = [points_inside(rings[a], 1, rng)[0] for a in area]
        lonlat = earth.to_lonlat(np.array(places).reshape(-1, 2))
        found[kind] = Sites(
            area, lonlat[:, 0], lonlat[:, 1], _named(kind, area, ground, names, rng)
        )
    return found


def _pull(kind: str, ground: Ground, rng: np.random.Generator) -> Floats:
    """Return how readily a resident's area has a site of a kind."""
    uneven = rng.gamma(0.8, size=ground.areas)
    town = (ground.district < len(ground.towns)).astype(float)
    near = ground.inner
    return {
        "ambulance_station": 0.6 + town,
        "emergency_department": town * near * (ground.district == 0) + 1e-6 * town,
        "crisis_cafe": town * near**2,
        "mental_health_hospital": town * (1 - near) + 1e-6,
        "care_home": uneven * (1.2 - 0.6 * near),
    }[kind]


def _named(
    kind: str, area: Integers, ground: Ground, names: Names, rng: np.random.Generator
) -> tuple[str, ...]:
    towns = (*names.towns, names.country)
    where = [towns[d] for d in ground.district[area]]
    word = rng.integers(len(names.words), size=len(area))
    home = rng.integers(len(_HOMES), size=len(area))
    words = [names.words[w] for w in word]
    if kind == "care_home":
        return tuple(f"{w} {_HOMES[h]}" for w, h in zip(words, home, strict=True))
    pattern = {
        "ambulance_station": "{town} {word} Road Ambulance Station",
        "emergency_department": "{town} {word} Infirmary",
        "crisis_cafe": "The {word} Café, {town}",
        "mental_health_hospital": "{word} Hospital, {town}",
    }[kind]
    return tuple(pattern.format(town=t, word=w) for t, w in zip(where, words, strict=True))
