"""Close pairs are found each once, as a table of all distances finds them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from peelian.statistics.pairs import Near


def _found(near: Near, most: int) -> list[tuple[int, int, int]]:
    return sorted(
        (*sorted((int(near.order[a]), int(near.order[b]))), int(k))
        for part in near.chunks(most)
        for a, b, k in zip(part.one, part.other, part.band, strict=True)
    )


def _by_table(x, y, edges, metric: str) -> list[tuple[int, int, int]]:
    table = squareform(pdist(np.stack([x, y], axis=1), metric))
    return [
        (i, j, int(np.searchsorted(edges, table[i, j], side="right")) - 1)
        for i in range(len(x))
        for j in range(i + 1, len(x))
        if edges[0] <= table[i, j] < edges[-1]
    ]


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=1, max_size=60),
    st.sampled_from([[0, 1, 3, 10], [2, 5], [0, 500]]),
    st.booleans(),
    st.sampled_from([1, 7, 10**6]),
)
def test_every_close_pair_is_found_once_in_its_band(points, edges, manhattan, most):
    """Whole metres, so that a distance that lies on an edge lies on it exactly."""
    x, y = np.array(points, float).T
    near = Near(x, y, edges, manhattan=manhattan)
    expected = _by_table(x, y, edges, "cityblock" if manhattan else "euclidean")
    assert _found(near, most) == sorted(expected)
    assert len(near) == len(expected)


def test_a_single_far_event_costs_no_grid_of_the_whole_earth():
    x, y = np.array([0.0, 1.0, 4e7]), np.array([0.0, 0.0, 4e7])
    near = Near(x, y, [0, 2])
    assert len(near.cells.begin) < 5e6
    assert _found(near, 10) == [(0, 1, 0)]


@pytest.mark.parametrize("edges", [[0], [1, 1], [-1, 2], [0, np.inf]])
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(ValueError, match="edges"):
        Near(np.zeros(2), np.zeros(2), edges)


def test_a_place_that_is_none_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Near(np.array([0.0, np.nan]), np.zeros(2), [0, 1])
