"""Neighbours told in pairs or by distance, and sums over them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.statistics.weights import Neighbours


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.just(n), st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))
        )
    ),
    st.randoms(use_true_random=False),
)
def test_sums_are_those_of_a_full_table(asked, random):
    n, pairs = asked
    pairs = [(a, b) for a, b in pairs if a != b]
    table = np.zeros((n, n))
    for a, b in pairs:
        table[a, b] = table[b, a] = 1
    values = np.array([random.randint(-9, 9) for _ in range(n)], float)
    near = Neighbours.of_pairs(np.array(pairs, int).reshape(-1, 2), n)
    assert near.sums(values).tolist() == (table @ values).tolist()
    assert near.many.tolist() == table.sum(axis=1).tolist()
    assert near.islands.tolist() == np.flatnonzero(table.sum(axis=1) == 0).tolist()


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=25))
def test_those_within_reach_are_neighbours_at_the_very_distance_too(points):
    x, y = np.array(points, float).T
    near = Neighbours.within(x, y, 5)
    far = np.hypot(x[:, None] - x, y[:, None] - y)
    assert near.many.tolist() == ((far <= 5).sum(axis=1) - 1).tolist()


def test_an_area_that_is_none_or_itself_is_refused():
    with pytest.raises(ValueError, match="position"):
        Neighbours.of_pairs(np.array([[0, 3]]), 3)
    with pytest.raises(ValueError, match="itself"):
        Neighbours.of_pairs(np.array([[1, 1]]), 3)
