"""Shares of draws in which an item is among the top."""

import numpy as np
import pytest

from peelian.statistics.ranking import share_in_top


def test_each_draw_chooses_so_many():
    rng = np.random.default_rng(1)
    blocks = [rng.normal(size=(100, 30)), rng.normal(size=(50, 30))]
    share = share_in_top(blocks, 7)
    assert share.sum() == pytest.approx(7)
    every = np.concatenate(blocks)
    best = np.argsort(-every, axis=1)[:, :7]
    assert share == pytest.approx([(best == i).any(axis=1).mean() for i in range(30)])


def test_where_there_are_fewer_than_asked_for_all_are_chosen():
    assert share_in_top([np.zeros((5, 3))], 4).tolist() == [1, 1, 1]


def test_an_order_needs_a_draw():
    with pytest.raises(ValueError, match="at least one draw"):
        share_in_top([], 3)
