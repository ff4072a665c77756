"""Streets and borders: where along a street a crime lies, and which area holds it."""

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import KDTree

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.who import Who

_METRES_PER_DEGREE = 111_320.0
# A map point stands for a stretch of street: this far either way along it, and across.
_ALONG, _ACROSS = 90.0, 12.0
# Farther apart, in degrees, than any two places of a force: keeps a search within its area.
_APART = 100.0


class Streets:
    """Areas and streets, ready to be asked about many places at once.

    Args:
        places: The areas and their map points.
        who: The force, for its middle and its stream of chance.
    """

    def __init__(self, places: Places, who: "Who") -> None:
        self._areas = np.array([shapely.Polygon(ring) for ring in places.rings])
        shapely.prepare(self._areas)
        self._index = shapely.STRtree(self._areas)
        self._points = places.points
        self._scale = _METRES_PER_DEGREE * np.array([np.cos(np.radians(who.origin[1])), 1.0])
        rng = stream(who.seed, f"{who.slug}/streets")
        self._runs = rng.uniform(0, np.pi, size=len(places.points.area))
        columns = (places.points.lon, places.points.lat, _APART * places.points.area)
        self._near = KDTree(np.stack(columns, axis=1))

    def moved(self, lon: Floats, lat: Floats, east: Floats, north: Floats) -> tuple[Floats, Floats]:
        """Return places moved by metres, to six decimals; not moved at all, they are the same."""
        return (
            np.round(lon + east / self._scale[0], 6),
            np.round(lat + north / self._scale[1], 6),
        )

    def area_of(self, lon: Floats, lat: Floats, guess: Integers) -> Integers:
        """Return the area that holds each place, or -1 where none does.

        Args:
            lon: Their longitudes.
            lat: Their latitudes.
            guess: An area to look in first; most places are in it.
        """
        area = np.where(shapely.contains_xy(self._areas[guess], lon, lat), guess, -1)
        rest = np.flatnonzero(area < 0)
        found, held = self._index.query(shapely.points(lon[rest], lat[rest]), predicate="within")
        area[rest[found]] = held
        return area

    def along(self, point: Integers, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """Return a place on the street of each map point, within the point's own area.

        A place that would lie beyond its area's border is drawn in towards the point.
        """
        along = rng.uniform(-_ALONG, _ALONG, size=len(point))
        across = rng.uniform(-_ACROSS, _ACROSS, size=len(point))
        run = self._runs[point]
        east = along * np.cos(run) - across * np.sin(run)
        north = along * np.sin(run) + across * np.cos(run)
        from_lon, from_lat = self._points.lon[point], self._points.lat[point]
        area = self._areas[self._points.area[point]]
        lon, lat = self.moved(from_lon, from_lat, east, north)
        for share in (0.5, 0.2, 0.0):
            out = np.flatnonzero(~shapely.contains_xy(area, lon, lat))
            if not len(out):
                break
            shorter = (from_lon[out], from_lat[out], share * east[out], share * north[out])
            lon[out], lat[out] = self.moved(*shorter)
        return lon, lat

    def nearest_point(self, area: Integers, lon: Floats, lat: Floats) -> Integers:
        """Return the nearest map point of the area that holds each place."""
        _, point = self._near.query(np.stack([lon, lat, _APART * area], axis=1))
        return np.asarray(point, dtype=np.int64)
