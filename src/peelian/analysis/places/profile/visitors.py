"""Where residents may not be who is there: town centres, stations, hospitals, the coast."""

import numpy as np

from peelian.analysis.places.profile.estimate import Estimates
from peelian.placing.counts import Placed, is_of
from peelian.placing.kinds import LISTS
from peelian.schema import code_list

# A rate this many times the average, and a share of crime of the kind that befalls visitors this
# many times that of all areas together. Both must hold: a high rate alone is no sign of visitors.
BUSY, VISITED = 3.0, 1.5
_GROUP = "visitor-type"


def visitor_kinds(kind: str) -> tuple[str, ...]:
    """Return the categories of a kind of record that befall visitors; none where it has no such."""
    listed = code_list(LISTS[kind])
    return listed.in_group(_GROUP) if _GROUP in listed.groups else ()


def can_judge(crimes: Placed | None, kind: str, kinds: tuple[str, ...]) -> bool:
    """Say whether signs of visitors can be looked for at all in these records.

    Args:
        crimes: What they are looked for in: None where the denominator does not count residents.
        kind: What was asked about. Counts may be of anything, so one of their categories must be
            one that befalls visitors.
        kinds: The categories that befall visitors.
    """
    if crimes is None or not crimes.tallied.num_rows:
        return False
    return kind != "counts" or bool(kinds and is_of(crimes.tallied, kinds).any())


def visited(crimes: Placed | None, found: Estimates, kinds: tuple[str, ...]) -> np.ndarray:
    """Say of each area whether there are signs that residents are not who is there.

    Args:
        crimes: Recorded crime of every category, by area; None where the denominator does not
            count residents, so that nothing is judged.
        found: The rates asked for, against residents.
        kinds: The categories that befall visitors.
    """
    busy = np.nan_to_num(found.crude) >= BUSY * found.average
    if crimes is None or not crimes.tallied.num_rows or not kinds:
        return np.zeros_like(busy)
    theirs = crimes.over(is_of(crimes.tallied, kinds))
    every = crimes.over(np.ones(crimes.tallied.num_rows, dtype=bool))
    if not theirs.sum():
        return np.zeros_like(busy)
    usual = theirs.sum() / every.sum()
    share = np.divide(theirs, every, out=np.zeros_like(theirs), where=every > 0)
    return busy & (share >= VISITED * usual)
