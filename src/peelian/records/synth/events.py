"""At which map point of its area an event is put: homes and streets, or shops and nights out."""

import numpy as np

from peelian.records.synth.categories import Category
from peelian.records.synth.places import Integers, Places

# A record without a place, and one placed beyond the force, instead of a map point's number.
NO_PLACE, OUTSIDE = -1, -2


def points_of(area: Integers, places: Places, kind: Category, rng: np.random.Generator) -> Integers:
    """Return a map point for each event: shops and nights out draw visitors' kinds.

    Args:
        area: The area of each.
        places: The areas and their map points.
        kind: What happens: as much as visitors count for it, points of shops draw it.
        rng: Where chance comes from.
    """
    pull = (1 - kind.visitors) * places.points.homes + kind.visitors * places.points.shops
    # Points stand in the order of their areas, so one running sum serves every area: the pulls of
    # area k fill the stretch from k to k + 1.
    reached = np.cumsum(pull)
    found = np.searchsorted(reached, area + rng.uniform(size=len(area)), side="right")
    first = np.searchsorted(places.points.area, area, side="left")
    last = np.searchsorted(places.points.area, area, side="right") - 1
    return np.clip(found, first, last)
