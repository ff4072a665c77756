"""What must be held back of a result before anything is added up."""

import numpy as np
from numpy.typing import NDArray

from peelian.disclosure.blocks import Must, counts_of
from peelian.results import Result, ResultTable
from peelian.schema.kinds import Sensitivity

# From here on nothing is told of places smaller than a district.
_SMALL_PLACES = Sensitivity.SENSITIVE
# The p% rule: nobody may be able to work out the largest part of an amount to within this share.
_DOMINANT = 0.10
# Counts of health records to the nearest five are held back up to this, as NHS England's rules for
# hospital episodes have it.
_HELD_IF_ROUNDED = 7
HEALTH = 5


def must_hold(result: Result, sensitivity: Sensitivity, base: int = 0) -> Must:
    """Say what must be held back whatever else is shown: small counts, small places, one's part.

    Args:
        result: The result.
        sensitivity: That of its records.
        base: What counts are rounded to; nought where they are not.
    """
    limit = max(sensitivity.threshold, _HELD_IF_ROUNDED + 1 if base else 0)
    held: dict[tuple[str, str], NDArray[np.bool_]] = {}
    need: dict[tuple[str, str], NDArray[np.float64]] = {}
    for name, table in result.tables.items():
        all_ = np.full(table.data.num_rows, _small_places(table, sensitivity))
        for column in table.columns_of("count"):
            counts = counts_of(table, column)
            held[name, column] = all_ | ((counts > 0) & (counts < limit))
            need[name, column] = np.full(len(counts), float(max(sensitivity.threshold, base)))
        for column in table.columns_of("amount"):
            few = [held[name, count] for count in table.fields[column].of if (name, count) in held]
            dominated, width = _dominated(table, column)
            held[name, column] = np.logical_or.reduce([all_, dominated, *few])
            need[name, column] = width
    return Must(held, need)


def hides_order(table: ResultTable, sensitivity: Sensitivity) -> bool:
    """Say whether small places stand in an order that may not be told.

    An order tells of counts even without them, so everything of such a table is held back.
    """
    listed = any(f.below_district and f.role == "label" for f in table.fields.values())
    return listed and sensitivity >= _SMALL_PLACES


def _small_places(table: ResultTable, sensitivity: Sensitivity) -> bool:
    named = any(meaning.below_district for meaning in table.fields.values())
    return named and sensitivity >= _SMALL_PLACES


def _dominated(table: ResultTable, column: str) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Apply the p% rule: whoever knows the second largest part could work out the largest.

    Returns the amounts that are dominated, and how wide an interval must stay: the same share of
    the largest part, or of the whole where the parts are not told.
    """
    amount = np.nan_to_num(counts_of(table, column))
    parts = table.fields[column].largest
    if parts is None:
        return np.zeros(len(amount), bool), _DOMINANT * amount
    first, second = (np.nan_to_num(counts_of(table, part)) for part in parts)
    rest = amount - first - second
    return (first > 0) & (rest < _DOMINANT * first), _DOMINANT * first
