"""Regroupings: every area in one group that hangs together, and another seed draws others."""

import numpy as np
import pytest

from peelian.statistics.regrouping import between, merged
from peelian.statistics.weights import Neighbours


def _lattice(wide: int, high: int) -> Neighbours:
    at = np.arange(wide * high).reshape(high, wide)
    across = np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], axis=1)
    down = np.stack([at[:-1].ravel(), at[1:].ravel()], axis=1)
    return Neighbours.of_pairs(np.concatenate([across, down]), wide * high)


def _hangs_together(near: Neighbours, members: set[int]) -> bool:
    seen, waiting = set(), [min(members)]
    while waiting:
        area = waiting.pop()
        if area in seen:
            continue
        seen.add(area)
        waiting += [o for o in near.of[near.begin[area] : near.begin[area + 1]] if o in members]
    return seen == members


@pytest.mark.parametrize("seed", range(5))
def test_every_area_is_in_a_group_with_a_neighbour_and_groups_hang_together(seed):
    near = _lattice(9, 7)
    group = merged(near, np.random.default_rng(seed))
    assert set(group) == set(range(group.max() + 1))
    for number in range(group.max() + 1):
        members = set(np.flatnonzero(group == number).tolist())
        assert len(members) >= 2
        assert _hangs_together(near, members)
    assert 63 / 4 < group.max() + 1 <= 63 / 2


def test_an_area_that_touches_none_is_alone():
    near = Neighbours.of_pairs(np.array([[0, 1], [1, 2]]), 4)
    group = merged(near, np.random.default_rng(1))
    assert len(set(group[:3])) == 1
    assert (group == group[3]).sum() == 1


def test_the_draws_decide_who_merges():
    near = _lattice(9, 7)
    one, again, other = (merged(near, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_groups_touch_where_their_areas_do():
    """In a row of six, two and two and two: the middle group touches both others."""
    near = _lattice(6, 1)
    groups = between(near, np.array([0, 0, 1, 1, 2, 2]))
    assert groups.many.tolist() == [1, 2, 1]
    assert between(near, np.array([0, 0, -1, -1, 1, 1])).many.tolist() == [0, 0]
