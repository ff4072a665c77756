"""Moves around boxes leave every total as it was."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from peelian.statistics.boxes import Boxes
from peelian.statistics.moves import Sums

SHAPE = (3, 4, 5)


@pytest.fixture
def sums():
    """A table of three ways whose cells are its atoms and its totals along every line."""
    at = np.arange(60).reshape(SHAPE)
    rows = [np.eye(60)]
    for way in range(3):
        for line in np.moveaxis(at, way, -1).reshape(-1, SHAPE[way]):
            rows.append(np.isin(np.arange(60), line)[None, :].astype(float))
    matrix = np.vstack(rows)
    place = np.stack(np.unravel_index(np.arange(60), SHAPE), axis=1)
    counts = np.full(60, 20.0)
    counts[0] = 2
    return Sums(matrix=csr_array(matrix), at=counts, loose=np.zeros((len(matrix), 2)), place=place)


def test_a_box_lifts_its_atom_and_changes_no_total(sums):
    shut = np.zeros(sums.matrix.shape[0], bool)
    move = Boxes(sums, np.random.default_rng(1)).lift(0, 5.0, shut, np.ones(len(shut)))
    assert move is not None
    assert move[0] == 5
    assert np.abs(move).sum() == 8 * 5
    assert not (sums.matrix @ move)[60:].any()
    assert (sums.at + move >= 0).all()


def test_a_box_keeps_clear_of_what_is_known(sums):
    shut = np.zeros(sums.matrix.shape[0], bool)
    shut[1:60:2] = True
    move = Boxes(sums, np.random.default_rng(1)).lift(0, 5.0, shut, np.ones(len(shut)))
    assert move is None or not move[1:60:2].any()


def test_no_box_falls_below_nought(sums):
    low = Sums(matrix=sums.matrix, at=np.full(60, 3.0), loose=sums.loose, place=sums.place)
    shut = np.zeros(sums.matrix.shape[0], bool)
    assert Boxes(low, np.random.default_rng(1)).lift(0, 5.0, shut, np.ones(len(shut))) is None


def test_the_cheapest_of_the_boxes_tried_is_taken(sums):
    cost = np.ones(sums.matrix.shape[0])
    cheap = [np.ravel_multi_index(c, SHAPE) for c in np.ndindex(2, 2, 2)]
    cost[cheap] = 0
    shut = np.zeros(len(cost), bool)
    move = Boxes(sums, np.random.default_rng(1)).lift(0, 5.0, shut, cost)
    assert move is not None
    assert set(np.flatnonzero(move)) == set(cheap)
