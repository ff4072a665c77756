"""Regions that nobody publishes and that may be small counts: what an outsider could subtract."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.disclosure.rows import names, wide
from peelian.statistics.moves import Matrix

_SAME = 1e-6


def watched(
    regions: Sequence[Matrix], matrix: Matrix, at: NDArray, exact: NDArray[np.int64], need: float
) -> tuple[Matrix, NDArray[np.int64]]:
    """Keep the regions that may be small counts, and that are no cell already.

    They are the regions between the cuts, and what is left of any cell when another that lies
    in it is taken away (a longer period less a shorter one, a district less some of its areas).
    With them come the pairs of cells that leave each: shape (pairs, 3).
    """
    none = np.empty((0, 3), np.int64)
    if not regions:
        return sparse.csr_array((0, matrix.shape[1])), none
    left, outer, inner = _left(matrix, at, exact, need)
    whole = wide([*regions, left], matrix.shape[1])
    value, first = whole @ at, whole.shape[0] - left.shape[0]
    small = np.flatnonzero((value > 1 - _SAME) & (value < need - _SAME))
    whole = whole[small]
    cell = dict.fromkeys(names(matrix), -1)
    keep, pairs = [], []
    for i, name in enumerate(names(whole)):
        if name not in cell:
            cell[name] = len(keep)
            keep.append(i)
        pair = small[i] - first
        if pair >= 0 and cell[name] >= 0:
            pairs.append((matrix.shape[0] + cell[name], outer[pair], inner[pair]))
    return whole[keep], np.array(pairs, np.int64) if pairs else none


def _left(
    matrix: Matrix, at: NDArray, exact: NDArray[np.int64], below: float
) -> tuple[Matrix, NDArray[np.int64], NDArray[np.int64]]:
    """Return what is left of each cell when one that lies in it is taken away, where that is small.

    Args:
        matrix: The cells.
        at: The atoms.
        exact: The cells that somebody may know to the last record.
        below: What is small.

    Returns:
        What is left, and the outer and the inner cell of each.
    """
    rows = matrix[exact]
    value, size = rows @ at, np.diff(rows.indptr)
    shared = (rows @ rows.T).tocoo()
    outer, inner = shared.coords
    left = value[outer] - value[inner]
    nested = (shared.data == size[inner]) & (size[outer] > size[inner])
    some = nested & (left > 1 - _SAME) & (left < below - _SAME)
    outer, inner = outer[some], inner[some]
    return sparse.csr_array(rows[outer] - rows[inner]), exact[outer], exact[inner]
