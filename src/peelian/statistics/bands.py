"""National tenths of a measure, and the three bands of need over them."""

from typing import Literal

import numpy as np

HIGH, MIDDLE, LOW = "high", "middle", "low"


def deciles(values: np.ndarray, *, need_is: Literal["low", "high"]) -> np.ndarray:
    """Return the tenth of all areas each is in: 1 the tenth in most need, 10 in least.

    The tenths are those of the English Indices of Deprivation: of n areas, the one in place r has
    decile ceil(10 r / n). Equal values share the place of the first of them, so a tenth can be
    larger or smaller than the others.

    Args:
        values: A measure of every area of the nation, shape (areas,); nan where there is none.
        need_is: Which end means more need.

    Returns:
        Deciles as small integers, 0 where there is no value.

    Assumes:
        Every area of the nation is there. Tenths of a part of it are not national deciles.
    """
    known = ~np.isnan(values)
    found = np.zeros(len(values), np.int8)
    if not known.any():
        return found
    order = values[known] if need_is == "low" else -values[known]
    place = np.searchsorted(np.sort(order), order, side="left") + 1
    found[known] = -(-place * 10 // known.sum())
    return found


def need_bands(tenths: np.ndarray) -> np.ndarray:
    """Return the band of need of each decile: high for 1-2, middle for 3-5, low for 6-10, else ''.

    Args:
        tenths: Deciles, 1 in most need; anything else has no band.
    """
    bands = np.full(len(tenths), "", object)
    bands[(tenths >= 1) & (tenths <= 2)] = HIGH
    bands[(tenths >= 3) & (tenths <= 5)] = MIDDLE
    bands[(tenths >= 6) & (tenths <= 10)] = LOW
    return bands
