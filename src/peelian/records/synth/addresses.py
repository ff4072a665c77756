"""Addresses: where along its street a house stands, and how a control room writes the place."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray

from peelian.records.synth.drawn import NO_HOUSE

if TYPE_CHECKING:
    from peelian.records.synth.crimes import Crimes
    from peelian.records.synth.drawn import Drawn
    from peelian.records.synth.places import Places
    from peelian.records.synth.sites import Sites

Floats = NDArray[np.float64]

pc: Any = pyarrow.compute  # its functions are made when it is imported

# Map points keep clear of their area's border by a fiftieth of its narrower side (see
# `points_inside`): houses stand within a little less of them, so that none lies in another area.
_REACH = 0.015
_TURN = 2.399963  # the golden angle: houses of one street stand all around its point


def coordinates(
    drawn: "Drawn", places: "Places", sites: "Sites", crimes: "Crimes", rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return longitude and latitude of where each incident truly is, to six decimals.

    One address is one pair, in every month: repeats can be seen. Out of doors no two are the same.
    """
    points = places.points
    reach_lon, reach_lat = _reaches(places)
    house = np.where(drawn.house == NO_HOUSE, 1000 * rng.uniform(size=len(drawn)), drawn.house)
    out = np.sqrt((house * 0.618034) % 1.0)
    lon = points.lon[drawn.true_point] + out * np.cos(_TURN * house) * reach_lon[drawn.area]
    lat = points.lat[drawn.true_point] + out * np.sin(_TURN * house) * reach_lat[drawn.area]
    at_site, crime = np.flatnonzero(drawn.site >= 0), np.flatnonzero(drawn.crime >= 0)
    lon[at_site], lat[at_site] = sites.lon[drawn.site[at_site]], sites.lat[drawn.site[at_site]]
    lon[crime], lat[crime] = crimes.lon[drawn.crime[crime]], crimes.lat[drawn.crime[crime]]
    return np.round(lon, 6), np.round(lat, 6)


def _reaches(places: "Places") -> tuple[Floats, Floats]:
    """Return how far from a map point a house may stand, by area: degrees east and north."""
    rings = np.concatenate(places.rings)
    starts = np.cumsum([0] + [len(ring) for ring in places.rings[:-1]])
    size = np.maximum.reduceat(rings, starts) - np.minimum.reduceat(rings, starts)
    squeeze = np.cos(np.radians(rings[0, 1]))
    reach = _REACH * np.minimum(size[:, 0] * squeeze, size[:, 1])
    return reach / squeeze, reach


def written(drawn: "Drawn", places: "Places", sites: "Sites") -> pa.Array:
    """Return each place as the log has it: house and street, or the site's name, and the town."""
    street = pa.array(places.points.name).take(pa.array(drawn.true_point))
    numbered = drawn.house != NO_HOUSE
    house = pc.cast(pa.array(drawn.house), pa.string())
    house = pc.if_else(pa.array(numbered), pc.binary_join_element_wise(house, " ", ""), "")
    line = pc.binary_join_element_wise(house, street, "")
    at_site = drawn.site >= 0
    if at_site.any():
        named = pa.array(sites.name).take(pa.array(np.maximum(drawn.site, 0)))
        line = pc.if_else(pa.array(at_site), named, line)
    town = pa.array(places.district_names).take(pa.array(drawn.area))
    return pc.binary_join_element_wise(line, town, ", ")
