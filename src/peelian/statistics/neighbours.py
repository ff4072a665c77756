"""Which chosen areas touch one another."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components


def clusters(chosen: NDArray[np.integer], pairs: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the number of the cluster each chosen area lies in, counted from 1 in the given order.

    Two chosen areas are in one cluster if a walk over borders leads from one to the other without
    leaving the chosen areas.

    >>> clusters(np.array([7, 2, 5]), np.array([[2, 7], [5, 6], [6, 7]])).tolist()
    [1, 1, 2]

    Args:
        chosen: Positions of the chosen areas, each once.
        pairs: Positions of areas that touch: shape (pairs, 2).
    """
    size = len(chosen)
    if not size:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(chosen)
    edges = np.asarray(pairs).reshape(-1, 2)
    inside = edges[np.isin(edges, chosen).all(axis=1)]
    one, other = order[np.searchsorted(chosen[order], inside)].T
    graph = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    _, first, member = np.unique(label, return_index=True, return_inverse=True)
    return (np.argsort(np.argsort(first)) + 1)[member]
