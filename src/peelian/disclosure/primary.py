"""What must be held back of a result before anything is added up: small counts, small places."""

import numpy as np
from numpy.typing import NDArray

from peelian.disclosure.blocks import counts_of
from peelian.results import Result, ResultTable
from peelian.schema.kinds import Sensitivity

# From here on nothing is told of places smaller than a district.
_SMALL_PLACES = Sensitivity.SENSITIVE


def held_at_once(
    result: Result, sensitivity: Sensitivity
) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Say, for every column of counts of every table, which rows must be held back."""
    return {
        (name, column): _at_once(table, column, sensitivity)
        for name, table in result.tables.items()
        for column in table.columns_of("count")
    }


def hides_order(table: ResultTable, sensitivity: Sensitivity) -> bool:
    """Say whether small places stand in an order that may not be told.

    An order tells of counts even without them, so everything of such a table is held back.
    """
    listed = any(f.below_district and f.role == "label" for f in table.fields.values())
    return listed and sensitivity >= _SMALL_PLACES


def _at_once(table: ResultTable, column: str, sensitivity: Sensitivity) -> NDArray[np.bool_]:
    counts = counts_of(table, column)
    small_places = any(meaning.below_district for meaning in table.fields.values())
    if small_places and sensitivity >= _SMALL_PLACES:
        return np.ones(len(counts), bool)
    return (counts > 0) & (counts < sensitivity.threshold)
