"""Metres east and north of a force's middle, and longitude and latitude."""

from dataclasses import dataclass

import numpy as np

from peelian.records.synth.outlines import Floats

_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Earth:
    """Where metres lie on the earth.

    A plain scaling, with no projection library between, so that every machine agrees to the bit.

    Args:
        origin: Longitude and latitude of the middle, degrees.
    """

    origin: tuple[float, float]

    def to_lonlat(self, metres: Floats) -> Floats:
        """Return longitude and latitude, to six decimals, of metres east and north."""
        return np.round(metres / self._scale + self.origin, 6)

    def to_metres(self, lonlat: Floats) -> Floats:
        """Return metres east and north of the middle."""
        return (lonlat - self.origin) * self._scale

    @property
    def _scale(self) -> Floats:
        north = _METRES_PER_DEGREE
        return np.array([north * np.cos(np.radians(self.origin[1])), north])
