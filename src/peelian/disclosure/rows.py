"""Sums over atoms as they are gathered; equal ones become one cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.statistics.moves import Matrix

_NOTHING: Mapping[str, float | bool] = {
    "new": np.nan,  # what it comes to, by the result at hand
    "old": np.nan,  # what an earlier release said it came to
    "must": False,  # held back because it is small
    "was_held": False,  # held back in an earlier release
    "shown": False,  # stands in a table of the result
    "assumed": False,  # a total that may be known elsewhere
    "link": False,  # the same records, counted along other dimensions
    "blur": 0.0,  # how far from the truth the earlier release may have told it
    "need": 0.0,
    "cost": 1.0,
}


@dataclass
class Rows:
    """Sums over atoms as they are gathered, before equal ones become one cell."""

    matrix: list[Matrix] = field(default_factory=list)
    parts: dict[str, list[NDArray]] = field(default_factory=dict)
    count: int = 0

    def add(self, matrix: Matrix, **given: NDArray | float | bool) -> NDArray[np.int64]:
        """Add sums with what is known of them; return their numbers."""
        rows = matrix.shape[0]
        told = dict(_NOTHING) | given
        for name, value in told.items():
            self.parts.setdefault(name, []).append(np.broadcast_to(value, (rows,)))
        self.matrix.append(matrix)
        self.count += rows
        return np.arange(self.count - rows, self.count)

    def __getitem__(self, name: str) -> NDArray:
        return np.concatenate(self.parts[name])


def wide(parts: Sequence[Matrix], atoms: int) -> Matrix:
    """Stack sums that were gathered while there were fewer atoms."""
    for part in parts:
        part.resize((part.shape[0], atoms))
    stacked = sparse.csr_array(sparse.vstack(parts, format="csr"))
    stacked.sum_duplicates()
    stacked.eliminate_zeros()
    return stacked


def names(matrix: Matrix) -> list[bytes]:
    """Return a name for each sum: equal sums have equal names."""
    matrix.sort_indices()
    ends = matrix.indptr
    signed = matrix.indices.astype(np.int64) * 2 + (matrix.data < 0)
    return [signed[a:b].tobytes() for a, b in pairwise(ends)]


def merged(matrix: Matrix) -> tuple[Matrix, NDArray[np.int64]]:
    """Make equal sums one cell; return the cells and, for each sum, its cell."""
    first: dict[bytes, int] = {}
    cell_of = np.array([first.setdefault(name, len(first)) for name in names(matrix)], np.int64)
    _, where = np.unique(cell_of, return_index=True)
    return matrix[where], cell_of
