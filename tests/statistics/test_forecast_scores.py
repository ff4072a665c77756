"""Scores of forecasts of places: the published gate, budgets, ties, and intervals that cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.statistics.forecast_scores import best, differences, scores, taken, tally


def _scored(observed, predicted, area, budgets, **how):
    return scores([tally(taken(observed, predicted, area, **how), best(observed, area), budgets)])


def test_gate_p12_pai_and_pei_are_those_of_the_published_example():
    observed, predicted = [6, 7, 3, 2, 1, 0], [8, 4, 4, 2, 1, 0]
    found = _scored(observed, predicted, np.ones(6), (1 / 6, 2 / 6, 3 / 6))
    assert found.pai == pytest.approx([1.894737, 1.421053, 1.684211], abs=1e-6)
    assert found.pei == pytest.approx([0.857143, 0.692308, 1], abs=1e-6)
    assert found.pei_star == pytest.approx(found.pei)


def test_a_tie_is_told_against_a_forecast_or_by_chance():
    observed, predicted = [0, 4, 8], [1, 1, 1]
    against = taken(observed, predicted, np.ones(3))
    chance = taken(observed, predicted, np.ones(3), ties="by chance")
    assert [against.hits(k / 3) for k in (1, 2, 3)] == [0, 4, 12]
    assert [chance.hits(k / 3) for k in (1, 2, 3)] == pytest.approx([4, 8, 12])


def test_cells_are_taken_whole_and_events_outside_are_not_found():
    one = taken([2, 3], [5, 1], [30.0, 70.0], outside=5)
    assert [one.places(share) for share in (0.29, 0.3, 0.99, 1)] == [0, 1, 1, 2]
    found = scores([tally(one, best([2, 3], [30.0, 70.0], outside=5), (0.29, 0.5, 1.0))])
    assert found.hit_rate == pytest.approx([0, 0.2, 0.5])
    assert found.covered == pytest.approx([0, 0.3, 1])
    assert np.isnan(found.pai[0])
    # with half of the area, one who knew takes the small cell too: of seventy only nought fits
    assert found.pei_star[1] == 1


def test_dense_places_come_before_full_ones():
    assert list(taken([0, 0], [3, 4], [1.0, 2.0]).order) == [0, 1]


def test_mean_hits_are_the_area_under_the_curve_up_to_the_most():
    one = taken([4, 2, 0, 0], [4, 3, 2, 1], np.ones(4))
    # nothing up to a quarter, four up to a half, six up to three quarters
    assert one.mean_hits(0.75) == pytest.approx((0 + 4 + 6) / 3)


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=30),
    st.randoms(use_true_random=False),
    st.floats(0.05, 0.9),
)
def test_none_is_better_than_one_who_knew(observed, random, budget):
    predicted = [random.random() for _ in observed]
    area = np.full(len(observed), 7.0)
    sure, one = best(observed, area), taken(observed, predicted, area)
    assert one.hits(budget) <= sure.hits(budget)
    assert one.hits(budget / 2) <= one.hits(budget)


@pytest.mark.parametrize(
    ("observed", "predicted", "area"),
    [([1, 2], [1], [1, 1]), ([1, 2], [1, np.nan], [1, 1]), ([1, 2], [1, 2], [1, 0])],
)
def test_what_cannot_be_scored_is_refused(observed, predicted, area):
    with pytest.raises(ValueError, match=r"place|areas"):
        taken(observed, predicted, np.asarray(area, float))


def test_too_few_windows_have_no_interval():
    with pytest.raises(ValueError, match="six windows"):
        differences(np.ones((5, 1)), np.ones(5))


def test_intervals_of_six_comparisons_hold_together():
    """Gaps like their neighbours in time, around noughts: all six hold in nine of ten or more."""
    rng, whole, runs = np.random.default_rng(8), 0, 300
    for _ in range(runs):
        noise = rng.normal(size=(28, 6)) @ np.linalg.cholesky(0.6 + 0.4 * np.eye(6)).T
        gaps = noise[2:] + 0.4 * noise[1:-1]
        found = differences(gaps, np.full(26, 40.0), draws=299, seed=3)
        whole += bool((found.low <= 0).all() and (found.high >= 0).all())
    assert 0.92 * runs <= whole < runs


def test_a_lead_that_is_there_is_shown_and_one_alone_is_narrower():
    rng = np.random.default_rng(4)
    found = differences(rng.normal([3, 0], 1, (26, 2)), np.full(26, 50.0))
    assert found.low[0] > 0 > found.low[1]
    assert (found.alone_high - found.alone_low <= found.high - found.low + 1e-12).all()
    assert found.value[0] == pytest.approx(3 / 50, abs=0.02)
