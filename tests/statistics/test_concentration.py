"""Concentration over places: the published formula, hand-worked cases, and the null's verdict."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.statistics.concentration import (
    beside_equal_risk,
    busiest,
    generalised_gini,
    gini,
    kept,
    lorenz,
    places_holding,
)

SPARSE = [3, 1, 1] + [0] * 7


def test_gate_p11_three_ginis_of_five_records_in_ten_places():
    assert gini(SPARSE) == pytest.approx(0.78, abs=1e-12)
    assert generalised_gini(SPARSE) == pytest.approx(0.56, abs=1e-12)
    assert generalised_gini(SPARSE, unbiased=True) == pytest.approx(0.70, abs=1e-12)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=40).filter(any))
def test_gini_is_half_the_mean_difference_of_all_pairs_over_the_mean(counts):
    pairs = [abs(a - b) for a in counts for b in counts]
    meant = sum(pairs) / len(pairs) / (2 * sum(counts) / len(counts))
    assert gini(counts) == pytest.approx(meant, abs=1e-9)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=30).filter(any))
def test_the_curve_never_falls_and_the_busiest_stand_above_the_diagonal(counts):
    at = np.linspace(0, 1, 23)
    share = lorenz(counts, at)
    assert (np.diff(share) >= -1e-12).all()
    assert (share >= at - 1e-12).all()
    assert share[[0, -1]] == pytest.approx([0, 1])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30).filter(any), st.floats(0.01, 1))
def test_no_fewer_places_hold_a_part(counts, part):
    k = places_holding(counts, part)
    most = sorted(counts, reverse=True)
    assert sum(most[:k]) >= part * sum(counts) - 1e-9
    assert sum(most[: k - 1]) < part * sum(counts)
    assert busiest(counts, part).sum() == k


def test_one_record_in_each_place_is_no_concentration_however_many_are_empty():
    assert generalised_gini([1] * 20 + [0] * 80) == pytest.approx(0)
    assert gini([1] * 20 + [0] * 80) == pytest.approx(0.8)


def test_gate_p13_equal_risk_is_not_taken_for_concentration():
    """300 records on 1,000 places of one risk: their plain Gini is high, and nothing is found."""
    rng = np.random.default_rng(11)
    verdicts, plain = [], []
    for run in range(300):
        counts = np.bincount(rng.integers(0, 1000, 300), minlength=1000)
        found = beside_equal_risk(counts, generalised_gini, draws=99, seed=run)
        verdicts.append(found.p[0] > 0.05)
        plain.append(gini(counts))
    assert np.mean(plain) > 0.7
    assert np.mean(verdicts) >= 0.93


def test_planted_concentration_is_found():
    rng = np.random.default_rng(5)
    risk = np.where(np.arange(1000) < 50, 9.0, 1.0)
    found = [
        beside_equal_risk(
            rng.multinomial(300, risk / risk.sum()), generalised_gini, draws=99, seed=run
        ).p[0]
        for run in range(50)
    ]
    assert np.mean(np.array(found) <= 0.05) >= 0.95


def test_unequal_risk_that_is_named_is_no_concentration():
    rng = np.random.default_rng(5)
    risk = rng.gamma(1, 1, 500)
    counts = rng.multinomial(2000, risk / risk.sum())
    blind = beside_equal_risk(counts, generalised_gini, draws=99, seed=1)
    told = beside_equal_risk(counts, generalised_gini, risk=risk, draws=99, seed=1)
    assert blind.p[0] <= 0.05 < told.p[0]
    assert told.low[0] <= told.value[0] <= told.high[0]


def test_the_busiest_places_are_followed_into_the_next_part():
    found = kept([5, 4, 1, 0], [0, 5, 5, 0], 0.9)
    assert (found.same, found.by_chance, found.then, found.later) == (0.5, 0.5, 0.9, 0.5)
