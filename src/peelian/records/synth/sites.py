"""Sites that incidents come from: hospitals, care homes and stations, and how much each draws."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.facts import PLACE_KINDS
from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.places import Places
    from peelian.records.synth.who import Who

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HOSPITAL, CARE_HOME, STATION = (PLACE_KINDS.index(k) for k in ("hospital", "care_home", "station"))
_SERVICES = {
    "emergency_department": HOSPITAL,
    "mental_health_hospital": HOSPITAL,
    "care_home": CARE_HOME,
}
# How much each draws beside one care home, and how unequal sites of one kind are; ours.
_PULL = {HOSPITAL: 25.0, CARE_HOME: 1.0, STATION: 6.0}
_UNEQUAL = 1.2


class Sites(NamedTuple):
    """Places that many incidents come from: each array has one value a site.

    Args:
        kind: Number in PLACE_KINDS.
        area: The area that holds it.
        point: The map point nearest to it in that area.
        lon, lat: Where it is, degrees.
        name: What it is called.
        weight: What share of all such incidents comes from it; sums to 1.
    """

    kind: Integers
    area: Integers
    point: Integers
    lon: Floats
    lat: Floats
    name: tuple[str, ...]
    weight: Floats

    def __len__(self) -> int:
        return len(self.kind)


def make_sites(places: "Places", who: "Who") -> Sites:
    """Return the sites of a force, the same in every month: partners', and the stations."""
    points = places.points
    kinds, areas, lons, lats, names = [], [], [], [], []
    for service, kind in _SERVICES.items():
        held = places.sites[service]
        kinds.append(np.full(len(held), kind))
        areas.append(held.area)
        lons.append(held.lon)
        lats.append(held.lat)
        names += held.name
    stations = np.array([n for n, name in enumerate(points.name) if "Station" in name], dtype=int)
    stations = stations[[places.middle[points.area[n]] >= 0 for n in stations.tolist()]]
    kinds.append(np.full(len(stations), STATION))
    areas.append(points.area[stations])
    lons.append(points.lon[stations])
    lats.append(points.lat[stations])
    names += [points.name[n] for n in stations.tolist()]
    kind, area, lon, lat = (np.concatenate(part) for part in (kinds, areas, lons, lats))
    rng = stream(who.seed, f"{who.slug}/calls/sites")
    weight = np.array([_PULL[int(k)] for k in kind]) * rng.gamma(
        _UNEQUAL, 1 / _UNEQUAL, size=len(kind)
    )
    point = _nearest(places, area, lon, lat)
    return Sites(kind, area, point, lon, lat, tuple(names), weight / weight.sum())


def _nearest(places: "Places", area: Integers, lon: Floats, lat: Floats) -> Integers:
    """Return the map point nearest to each site among those of its area."""
    points = places.points
    first = np.searchsorted(points.area, area, side="left").tolist()
    last = np.searchsorted(points.area, area, side="right").tolist()
    found = []
    for low, high, east, north in zip(first, last, lon.tolist(), lat.tolist(), strict=True):
        gap = ((points.lon[low:high] - east) * 0.6) ** 2 + (points.lat[low:high] - north) ** 2
        found.append(low + int(np.argmin(gap)))
    return np.array(found, dtype=np.int64)
