"""Clusters of chosen areas: against a walk over borders, one step at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from peelian.statistics.neighbours import clusters

graphs = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30),
        st.lists(st.integers(0, n - 1), unique=True, max_size=n),
    )
)


def walked(chosen, pairs):
    """Number clusters by walking from each chosen area in turn."""
    found, number = {}, 0
    for start in chosen:
        if start in found:
            continue
        number += 1
        todo = [start]
        while todo:
            at = todo.pop()
            if at in found:
                continue
            found[at] = number
            todo += [b for a, b in pairs if a == at and b in chosen]
            todo += [a for a, b in pairs if b == at and a in chosen]
    return [found[area] for area in chosen]


@given(graphs)
def test_clusters_are_where_a_walk_over_borders_leads(graph):
    pairs, chosen = graph
    found = clusters(np.array(chosen, dtype=int), np.array(pairs, dtype=int).reshape(-1, 2))
    assert found.tolist() == walked(chosen, pairs)
