"""What chance gives an area's neighbours, and how many areas are rightly called."""

from itertools import combinations

import numpy as np
import pytest

from peelian.statistics.local_autocorrelation import (
    chances,
    discoveries,
    draws_needed,
    gi_star,
)
from peelian.statistics.weights import Neighbours


def _grid(side: int) -> Neighbours:
    at = np.arange(side * side).reshape(side, side)
    pairs = [
        np.stack([one.ravel(), other.ravel()], axis=1)
        for one, other in (
            (at[:, :-1], at[:, 1:]), (at[:-1], at[1:]),
            (at[:-1, :-1], at[1:, 1:]), (at[:-1, 1:], at[1:, :-1]),
        )
    ]  # fmt: skip
    return Neighbours.of_pairs(np.concatenate(pairs), side * side)


def test_chances_are_those_of_every_set_of_others():
    """On a small map every set of neighbours there could be is looked at."""
    rng = np.random.default_rng(6)
    near = _grid(4)
    values = rng.integers(0, 5, 16).astype(float)  # with ties
    found = chances(values, near, permutations=60_000)
    here = near.sums(values)
    for area in range(16):
        others = np.delete(values, area)
        sets = [sum(s) for s in combinations(others, int(near.many[area]))]
        high = np.mean(np.array(sets) >= here[area])
        assert found.high[area] == pytest.approx(high, abs=4.5 * np.sqrt(high / 20_000) + 1e-4)
        low = np.mean(np.array(sets) <= here[area])
        assert found.low[area] == pytest.approx(low, abs=4.5 * np.sqrt(low / 20_000) + 1e-4)


def test_a_draw_that_holds_the_area_itself_is_not_counted():
    values = np.zeros(40)
    values[3] = 1e6  # any draw with it would be higher than the others
    near = Neighbours.of_pairs(np.array([[3, 4], [5, 6]]), 40)
    found = chances(values, near, permutations=4000)
    assert found.high[3] == 1.0  # its neighbour has nothing, and so have all others
    assert found.draws[3] == pytest.approx(4000 * 39 / 40, rel=0.02)


def test_islands_are_never_called():
    near = Neighbours.of_pairs(np.array([[0, 1]]), 9)
    found = chances(np.arange(9.0), near, permutations=99)
    assert found.high[2:].tolist() == [1.0] * 7
    assert found.draws[2:].tolist() == [0] * 7


def test_an_area_among_all_others_is_refused():
    with pytest.raises(ValueError, match="all others"):
        chances(np.arange(3.0), Neighbours.of_pairs(np.array([[0, 1], [0, 2]]), 3))


def test_the_units_of_values_change_nothing():
    rng = np.random.default_rng(7)
    near, values = _grid(12), rng.gamma(2, 1, 144)
    one, other = (chances(v, near, permutations=500) for v in (values, 1e-7 * values))
    assert (one.high == other.high).all()


def _false_and_found(seed: int, ratio: float) -> tuple[int, int, int]:
    """Return false alarms, discoveries and hot cells found on 900 cells, ten of them hot.

    A cell is rightly called where a hot one lies among its neighbours, which is what is tested.
    """
    rng = np.random.default_rng([14, seed])
    near = _grid(30)
    hot = np.zeros(900, bool)
    block = 30 * rng.integers(2, 26) + rng.integers(2, 24)
    hot[[block + 30 * r + c for r in range(2) for c in range(5)]] = True  # ten cells side by side
    values = rng.poisson(np.where(hot, ratio, 1.0) * 10).astype(float)
    called = discoveries(chances(values, near, permutations=19_999, seed=seed).high)
    right = near.sums(hot.astype(float)) > 0 if ratio > 1 else np.zeros(900, bool)
    return int((called & ~right).sum()), int(called.sum()), int((called & hot).sum())


def test_gate_p14_false_alarms_among_discoveries_are_as_few_as_promised():
    runs = 60
    found = np.array([_false_and_found(seed, 3.0) for seed in range(runs)])
    share = found[:, 0] / np.maximum(found[:, 1], 1)
    assert share.mean() <= 0.05 + 3 * share.std() / np.sqrt(runs)
    assert found[:, 2].mean() >= 8  # power: of ten hot cells with three times the rate


def test_gate_p14_where_nothing_is_hot_seldom_anything_is_called():
    runs = 60
    any_ = np.array([_false_and_found(seed, 1.0)[1] > 0 for seed in range(100, 100 + runs)])
    assert any_.mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_discoveries_by_the_rule_written_out():
    p = np.array([0.001, 0.2, 0.012, 0.03, 0.9, 0.011])
    # ranks .001 .011 .012 .03 against .0083 .0167 .025 .033: the fourth still holds
    assert discoveries(p).tolist() == [True, False, True, True, False, True]
    assert not discoveries(np.array([0.5, 0.06])).any()
    assert discoveries(np.array([])).tolist() == []


def test_too_few_draws_could_call_nothing():
    needed = draws_needed(900, 10)
    p = np.ones(900)
    p[:10] = 1 / (needed + 1)
    assert discoveries(p).sum() == 10
    p[:10] = 1 / needed
    assert not discoveries(p).any()


def test_gi_star_is_a_standard_score_under_chance():
    rng = np.random.default_rng(8)
    near, values = _grid(10), rng.gamma(1, 1, 100)
    scores = np.array([gi_star(rng.permutation(values), near)[[0, 55]] for _ in range(8000)])
    assert scores.mean(axis=0) == pytest.approx([0, 0], abs=0.05)
    assert scores.std(axis=0) == pytest.approx([1, 1], rel=0.04)
