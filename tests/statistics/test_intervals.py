"""Intervals for a share of n: checked against the binomial itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from peelian.statistics.intervals import blaker, clopper_pearson, mid_p, wilson

CASES = [(0, 20), (1, 20), (7, 20), (20, 20), (3, 250), (50, 1000)]


@pytest.mark.parametrize(("x", "n"), CASES)
def test_half_of_the_chance_of_what_was_seen_counts_as_more_extreme(x, n):
    low, high = mid_p(x, n)
    if x > 0:
        assert binom.sf(x, n, low) + binom.pmf(x, n, low) / 2 == pytest.approx(0.025, abs=1e-9)
    if x < n:
        assert binom.cdf(x, n, high) - binom.pmf(x, n, high) / 2 == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(("x", "n"), CASES)
def test_clopper_pearson_leaves_a_fortieth_on_either_side(x, n):
    low, high = clopper_pearson(x, n)
    assert x == 0 or binom.sf(x - 1, n, low) == pytest.approx(0.025, abs=1e-9)
    assert x == n or binom.cdf(x, n, high) == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize(("x", "n"), CASES)
def test_wilsons_ends_are_where_the_score_test_turns(x, n):
    for end in wilson(x, n):
        if 0 < end < 1:
            assert abs(x / n - end) / np.sqrt(end * (1 - end) / n) == pytest.approx(1.96, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_blaker_lies_within_clopper_and_pearson(of):
    inner, outer = blaker(*of), clopper_pearson(*of)
    assert outer[0] <= inner[0] <= of[0] / of[1] <= inner[1] <= outer[1]


@pytest.mark.parametrize("share", [0.01, 0.06, 0.3])
def test_blaker_never_holds_less_often_than_it_says(share):
    n = 60
    chance = binom.pmf(np.arange(n + 1), n, share)
    held = [low <= share <= high for low, high in (blaker(x, n) for x in range(n + 1))]
    assert chance @ np.array(held) >= 0.95


@pytest.mark.parametrize("interval", [wilson, clopper_pearson, blaker, mid_p])
def test_counting_the_others_turns_the_interval_about(interval):
    low, high = interval(3, 40)
    assert interval(37, 40) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@pytest.mark.parametrize("interval", [wilson, clopper_pearson, blaker, mid_p])
@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 5), (0, 0)])
def test_what_is_no_share_is_refused(interval, x, n):
    with pytest.raises(ValueError, match="is no share"):
        interval(x, n)
