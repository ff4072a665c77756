"""Held-back cells of adding tables: proved unsure by other tables, checked by another programme."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from peelian.statistics import suppression
from peelian.statistics.fitting import fit
from peelian.statistics.moves import Sums
from peelian.statistics.suppression import Cells, Unprotectable, protect


def system(counts, need, *, known=(), cost=None):
    """Every cell of a two-way table and its margins; known cells by position."""
    counts = np.asarray(counts)
    at = np.arange(counts.size).reshape(counts.shape)
    members = [[i] for i in at.ravel()]
    members += [list(line) for line in (*at, *at.T)]
    members.append(list(at.ravel()))
    matrix = np.zeros((len(members), counts.size))
    for row, cells in enumerate(members):
        matrix[row, cells] = 1
    values = matrix @ counts.ravel()
    shut = np.zeros(len(members), bool)
    shut[list(known)] = True
    sums = Sums(
        matrix=csr_array(matrix), at=counts.ravel().astype(float), loose=np.zeros((len(members), 2))
    )
    cells = Cells(
        sums=sums,
        known=shut,
        held=(values > 0) & (values < need) & ~shut,
        silent=np.zeros(len(members), bool),
        need=np.full(len(members), float(need)),
        cost=np.where(np.arange(len(members)) < counts.size, 1.0, 3.0) if cost is None else cost,
        follows=np.empty((0, 2), np.int64),
    )
    return cells, matrix, values


def widths(matrix, values, held):
    """How wide an interval is left to each held-back cell, by another programme."""
    found = {}
    for cell in np.flatnonzero(held):
        ends = [
            linprog(sign * matrix[cell], A_eq=matrix[~held], b_eq=values[~held], method="highs")
            if (~held).any()
            else linprog(sign * matrix[cell], method="highs")
            for sign in (1, -1)
        ]
        found[cell] = np.inf if ends[1].status == 3 else -ends[1].fun - ends[0].fun
    return found


@settings(deadline=None, max_examples=40)
@given(
    st.integers(2, 4).flatmap(
        lambda wide: st.lists(
            st.lists(st.integers(0, 25), min_size=wide, max_size=wide), min_size=2, max_size=4
        )
    ),
    st.sampled_from([3, 5, 10]),
)
def test_no_held_back_cell_can_be_placed_more_narrowly_than_its_need(counts, need):
    cells, matrix, values = system(counts, need)
    held = protect(cells)
    assert (held | ~cells.held).all()
    assert min(widths(matrix, values, held).values(), default=np.inf) >= need - 1e-6


def test_nothing_is_held_back_where_nothing_must_be():
    cells, *_ = system([[10, 20], [30, 40]], 5)
    assert not protect(cells).any()


def test_three_more_cells_protect_one_where_margins_are_dear():
    dear = np.where(np.arange(16) < 9, 1.0, 100.0)
    cells, *_ = system([[2, 30, 40], [50, 60, 70], [80, 90, 99]], 5, cost=dear)
    assert protect(cells).sum() == 4


def test_two_small_cells_of_a_row_may_protect_each_other():
    """Four and two in a known total of six: each from nought to six, though neither can rise by
    five from where it stands."""
    cells, matrix, values = system([[4, 2]], 5, known=[2, 5])
    held = protect(cells)
    assert widths(matrix, values, held)[0] == 6


def test_a_secret_that_is_known_already_is_refused():
    cells, *_ = system([[3, 20], [30, 40]], 5, known=[1, 4])
    with pytest.raises(Unprotectable):
        protect(cells)


def test_what_follows_a_held_back_cell_is_held_back_too():
    cells, *_ = system([[3, 20], [30, 40]], 5)
    tied = Cells(
        sums=cells.sums, known=cells.known, held=cells.held, silent=cells.silent,
        need=cells.need, cost=cells.cost, follows=np.array([[0, 3]]),
    )  # fmt: skip
    assert protect(tied)[3]


def test_a_silent_region_that_would_be_pinned_as_small_is_kept_unsure():
    """Two cells of nobody's table: a sum of all three and one of two leave the third."""
    matrix = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 1]], float)
    at = np.array([40.0, 57.0, 3.0])
    sums = Sums(matrix=csr_array(matrix), at=at, loose=np.zeros((3, 2)))
    cells = Cells(
        sums=sums, known=np.array([True, False, False]), held=np.zeros(3, bool),
        silent=np.array([False, False, True]), need=np.array([5.0, 5.0, 5.0]), cost=np.ones(3),
        follows=np.empty((0, 2), np.int64),
    )  # fmt: skip
    assert protect(cells).tolist() == [False, True, False]


def test_the_same_table_is_protected_in_the_same_way():
    cells, *_ = system([[2, 30, 40], [50, 3, 70], [80, 90, 99]], 5)
    assert (protect(cells) == protect(cells)).all()


def test_a_fit_meets_every_sum_that_can_be_met():
    truth = np.array([3.0, 8.0, 0.0, 12.0])
    rows = np.array([r for r in product((0.0, 1.0), repeat=4) if sum(r) in (2, 3)])
    found = fit(csr_array(rows), rows @ truth, np.ones(len(rows)), blur=np.zeros(len(rows)))
    assert found.tolist() == truth.tolist()


def test_a_fit_of_sums_that_contradict_one_another_keeps_to_the_dearest():
    rows = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    found = fit(csr_array(rows), np.array([10.0, 12.0, 4.0]), np.array([1.0, 5.0, 9.0]),
                blur=np.zeros(3))  # fmt: skip
    assert found.sum() == 12
    assert found[0] == 4


def test_targets_that_share_only_a_long_sum_are_served_by_one_programme():
    """Twenty districts of five areas in two stretches: one target of each district at once."""
    at = np.arange(200).reshape(20, 5, 2)
    members = [*at.reshape(-1, 1), *at.reshape(-1, 2), *at.reshape(20, 10), *at.reshape(-1, 2).T]
    matrix = np.zeros((len(members), 200))
    for row, cells in enumerate(members):
        matrix[row, cells] = 1
    none = np.zeros(len(members), bool)
    cells = Cells(
        sums=Sums(matrix=csr_array(matrix), at=np.full(200, 9.0), loose=np.zeros((len(none), 2))),
        known=none,
        held=none,
        silent=none,
        need=np.full(len(none), 5.0),
        cost=np.ones(len(none)),
        follows=np.empty((0, 2), np.int64),
    )
    work = suppression._Work(cells, np.random.default_rng(1))
    chosen = work._apart(np.arange(200))
    assert sorted(chosen // 10) == list(range(20))
