"""A table of atoms that fits what is known of its sums, as nearly as may be."""

import numpy as np
from scipy import sparse

from peelian.statistics.moves import Floats, Matrix, solve

_SURE = 1.0  # a sum of one atom that is at least as dear as this is that atom


def fit(
    matrix: Matrix, values: Floats, weight: Floats, *, blur: Floats, whole: bool = True
) -> Floats:
    """Find atoms, none below nought, whose sums are the values or stray from them least.

    Args:
        matrix: Which atoms each sum adds up, or takes away: shape (sums, atoms), entries 1 or -1.
        values: What each sum is known to be: shape (sums,).
        weight: How dear it is to stray from each by one.
        blur: How far each sum may lie from its value for nothing: shape (sums,).
        whole: Whether atoms are whole numbers.

    Returns:
        The atoms: shape (atoms,).
    """
    at = np.full(matrix.shape[1], np.nan)
    alone = np.flatnonzero(np.diff(matrix.indptr) == 1)
    alone = alone[
        (matrix.data[matrix.indptr[alone]] > 0) & (weight[alone] >= _SURE) & (blur[alone] == 0)
    ]
    order = alone[np.argsort(weight[alone], kind="stable")]  # the dearest is written last
    at[matrix.indices[matrix.indptr[order]]] = values[order]
    open_ = np.flatnonzero(np.isnan(at))
    if not len(open_):
        return at
    rest = values - matrix @ np.nan_to_num(at)
    columns = matrix[:, open_]
    met = np.diff(columns.indptr) > 0
    columns, rest, weight, blur = columns[met], rest[met], weight[met], blur[met]
    eye = sparse.eye_array(len(rest))
    found = solve(
        np.concatenate([np.full(len(open_), 1e-4), weight, weight]),
        sparse.hstack([columns, eye, -eye], format="csr"),
        (rest - blur, rest + blur),
        np.full(len(open_) + 2 * len(rest), np.inf),
        whole=whole,
    )
    at[open_] = 0.0 if found is None else found[: len(open_)]
    return at
