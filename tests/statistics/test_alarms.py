"""Farrington's limit and CUSUMs, beside values that others published."""

import numpy as np
import pytest
from scipy import stats

from peelian.statistics.alarms import (
    Watch,
    benjamini_hochberg,
    cusum,
    height_for,
    judge,
    limits,
    outlier_weights,
    run_length,
)

WEEKS = Watch(year=365.25 / 7, years_back=3, half_window=3, parts=10, skip=26, alpha=0.01)
MONTHS = Watch(year=12, years_back=3, half_window=1, parts=4, skip=3, alpha=0.01)


def test_the_limit_is_that_of_the_r_package():
    """Of the tests of `surveillance`: a mean of 5 with error 0.2, and alpha a twentieth."""
    mean, limit, _ = judge(8, 5, 0.2, 1, 0.05)
    assert mean == 5
    assert limit == pytest.approx(9.115482, abs=1e-6)
    # Its score, how far up between mean and limit the count lies.
    assert (8 - mean) / (limit - mean) == pytest.approx(0.7289546, abs=1e-6)


def test_a_count_at_its_limit_has_the_chance_alpha():
    _, limit, _ = judge(0, 30, 2, 1.7, 0.01)
    assert judge(limit, 30, 2, 1.7, 0.01)[2] == pytest.approx(0.01)


def test_weights_are_those_of_the_algorithm():
    """All alike below the threshold; beyond it by one over the square; they add to their number."""
    y = np.array([[10.0, 10, 10, 40]])
    mean = np.full((1, 4), 10.0)
    weights = outlier_weights(y, mean, np.ones((1, 1)), np.zeros((1, 4)))
    far = 1.5 * (40 ** (2 / 3) * 10 ** (-1 / 6) - 10**0.5)
    assert weights.sum() == pytest.approx(4)
    assert weights[0, 3] / weights[0, 0] == pytest.approx(far**-2)
    assert outlier_weights(mean, mean, np.ones((1, 1)), np.zeros((1, 4))) == pytest.approx(1)


def flat(steps, level=50.0, seed=0):
    return np.random.default_rng(seed).poisson(level, steps).astype(float)


def test_a_burst_is_above_its_limit_and_the_week_before_is_not():
    y = flat(260)
    y[250] = 110
    found = limits(y, WEEKS, last=20)
    above = np.flatnonzero(y > found.limit)
    assert 250 in above
    assert 249 not in above
    assert found.p[250] < 1e-6
    assert np.isnan(found.limit[:240]).all()


def test_a_past_burst_at_the_same_time_of_the_year_hides_nothing():
    """Down-weighted: without that, the limit would rise towards the past burst."""
    y = flat(260)
    y[200:203] += 150  # 50 weeks before the last: in its window
    burst = limits(y, WEEKS, last=10).limit[-1]
    quiet = limits(flat(260), WEEKS, last=10).limit[-1]
    assert burst < 1.15 * quiet


def test_the_season_and_the_length_of_months_are_expected():
    t = np.arange(72)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31.0])[t % 12]
    # A season of the past three years, in which the window itself stands out.
    y = days * np.where(t % 12 == 11, 20.0, 10.0)
    found = limits(
        y, Watch(year=12, years_back=3, half_window=0, parts=4, skip=3, alpha=0.01), days
    )
    assert found.expected[71] == pytest.approx(620, rel=0.01)


def test_missing_steps_are_neither_judged_nor_rested_on():
    y = flat(72, 400)
    y[70] = np.nan
    found = limits(y, MONTHS)
    assert np.isnan(found.limit[70])
    assert not np.isnan(found.limit[71])
    with_noughts = y.copy()
    y[50] = np.nan
    with_noughts[50] = 0
    assert limits(y, MONTHS).expected[71] > limits(with_noughts, MONTHS).expected[71]


def test_a_year_whose_window_is_missing_is_not_made_up_for():
    y = flat(72, 400)
    y[46:49] = np.nan  # the window of month 71 one... two years before: 47 and its neighbours
    assert np.isnan(limits(y, MONTHS).limit[71])


def test_many_series_at_once_are_each_as_alone():
    rows = np.stack([flat(72, 400, seed) for seed in range(3)])
    together = limits(rows, MONTHS, last=5)
    for row, limit in zip(rows, together.limit, strict=True):
        assert limits(row, MONTHS, last=5).limit == pytest.approx(limit, nan_ok=True)


def exact_run(mean, reference, height):
    """Return the run length of a Poisson CUSUM by its Markov chain (Lucas 1985)."""
    states = np.arange(height)
    onward = np.zeros((height, height))
    for s in states:
        for to in states:
            step = to - s + reference
            onward[s, to] = (
                stats.poisson.cdf(step, mean) if to == 0 else stats.poisson.pmf(step, mean)
            )
    return np.linalg.solve(np.eye(height) - onward, np.ones(height))[0]


def test_the_chain_itself_gives_published_run_lengths():
    """Of R's IAcsSPCR, after Lucas (1985): mean 1.88, reference 2, limit 6; and shifted to 3.2."""
    assert exact_run(1.88, 2, 6) == pytest.approx(37.2, abs=0.05)
    assert exact_run(1.88 + 0.9627 * 1.88**0.5, 2, 6) == pytest.approx(5.49, abs=0.005)


def test_the_measured_run_length_is_that_of_the_chain():
    """A likelihood-ratio CUSUM of Poisson counts is Lucas's: same path in other units."""
    mean, reference, height = 1.88, 2, 6
    from scipy.optimize import brentq

    ratio = brentq(lambda r: mean * (r - 1) / np.log(r) - reference, 1.01, 3)
    rng = np.random.default_rng(5)
    y = rng.poisson(mean, (4000, 300)).astype(float)
    sums = cusum(y, np.full_like(y, mean), np.zeros(4000), ratio) / np.log(ratio)
    found = run_length(sums >= height - 1e-6)
    assert found.steps == pytest.approx(exact_run(mean, reference, height), rel=0.05)
    assert found.least < found.steps


def test_the_height_gives_the_run_that_was_asked_for():
    rng = np.random.default_rng(6)
    still = rng.poisson(30, (2000, 60)).astype(float)
    sums = cusum(still, np.full_like(still, 30), np.zeros(2000), 1.2)
    height = height_for(sums[:1000], 60, 600)
    assert run_length(sums[1000:] > height).steps == pytest.approx(600, rel=0.3)


def test_a_cusum_of_negative_binomials_adds_up_log_likelihood_ratios():
    y, mean, a, ratio = np.array([12.0, 30, 25]), np.array([20.0, 20, 20]), 0.05, 1.5
    size = 1 / a
    gain = [
        stats.nbinom.logpmf(n, size, size / (size + ratio * m))
        - stats.nbinom.logpmf(n, size, size / (size + m))
        for n, m in zip(y, mean, strict=True)
    ]
    by_hand, so_far = [], 0.0
    for one in gain:
        so_far = max(0.0, so_far + one)
        by_hand.append(so_far)
    assert cusum(y, mean, a, ratio) == pytest.approx(by_hand)
    y[1] = np.nan
    assert cusum(y, mean, a, ratio)[1] == cusum(y, mean, a, ratio)[0]


def test_false_discoveries_are_those_of_benjamini_and_hochberg():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.005])
    assert benjamini_hochberg(p) == pytest.approx([0.02, np.nan, 0.04, 0.04, 0.02], nan_ok=True)


def test_where_nothing_was_seen_the_run_has_only_a_bound():
    found = run_length(np.zeros((10, 50)))
    assert found.steps == np.inf
    assert found.least == pytest.approx(500 / -np.log(0.025), rel=1e-6)
