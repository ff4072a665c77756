"""The map points that records are snapped to, with their street names and what each draws."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.outlines import Floats, points_inside
from peelian.records.synth.places.earth import Earth
from peelian.records.synth.places.ground import Integers
from peelian.records.synth.places.names import Names

_SHOP_POINTS = ("Shopping Area", "Supermarket", "Parking Area", "Nightclub", "Bus/Coach Station")
_OTHER_POINTS = ("Supermarket", "Petrol Station", "Sports/Recreation Area", "Park/Open Space")
_FEWEST, _MOST = 14, 25


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


def draw_points(
    rings: list[Floats],
    centre: NDArray[np.bool_],
    earth: Earth,
    names: Names,
    rng: np.random.Generator,
) -> MapPoints:
    """Return the points records are snapped to, with what each draws to it.

    Args:
        rings: Outlines, metres.
        centre: Which areas are town centres.
        earth: Where the metres lie.
        names: What streets are named from.
        rng: Where all of it comes from.
    """
    areas, places, words, homes, shops = [], [], [], [], []
    for area, ring in enumerate(rings):
        count = int(rng.integers(_FEWEST, _MOST + 1))
        busy = _SHOP_POINTS if centre[area] else tuple(rng.permutation(_OTHER_POINTS)[:2])
        streets = rng.permutation(len(names.words))[: count - len(busy)]
        kinds = rng.integers(len(names.kinds), size=len(streets))
        areas.append(np.full(count, area))
        places.append(points_inside(ring, count, rng))
        words += [str(word) for word in busy]
        words += [f"{names.words[w]} {names.kinds[k]}" for w, k in zip(streets, kinds, strict=True)]
        pull = rng.gamma(1.2, size=count)
        homes.append(pull / pull.sum())
        pull[: len(busy)] += 6.0 * pull.max()
        shops.append(pull / pull.sum())
    lonlat = earth.to_lonlat(np.concatenate(places))
    return MapPoints(
        area=np.concatenate(areas),
        lon=lonlat[:, 0],
        lat=lonlat[:, 1],
        name=tuple(words),
        homes=np.concatenate(homes),
        shops=np.concatenate(shops),
    )
