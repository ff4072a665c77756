"""Where residents may not be who is there: town centres, stations, hospitals, the coast."""

import numpy as np

from peelian.analysis.places.profile.counts import Placed, is_of
from peelian.analysis.places.profile.estimate import Estimates
from peelian.schema import code_list

# A rate this many times the average, and a share of crime of the kind that befalls visitors this
# many times that of all areas together. Both must hold: a high rate alone is no sign of visitors.
BUSY, VISITED = 3.0, 1.5


def visited(crimes: Placed | None, found: Estimates) -> np.ndarray:
    """Say of each area whether there are signs that residents are not who is there.

    Args:
        crimes: Recorded crime of every category, by area; None where the denominator does not
            count residents, so that nothing is judged.
        found: The rates asked for, against residents.
    """
    busy = np.nan_to_num(found.crude) >= BUSY * found.average
    if crimes is None or not crimes.tallied.num_rows:
        return np.zeros_like(busy)
    kinds = code_list("crime_type").in_group("visitor-type")
    theirs = crimes.over(is_of(crimes.tallied, kinds))
    every = crimes.over(np.ones(crimes.tallied.num_rows, dtype=bool))
    if not theirs.sum():
        return np.zeros_like(busy)
    usual = theirs.sum() / every.sum()
    share = np.divide(theirs, every, out=np.zeros_like(theirs), where=every > 0)
    return busy & (share >= VISITED * usual)
