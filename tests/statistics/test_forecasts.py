"""Forecasts, beside another program's state space, and scored by hand."""

import numpy as np
import pytest
from scipy import stats

from peelian.statistics.count_trend import harmonics
from peelian.statistics.forecasts import (
    Ahead,
    gain,
    level,
    line,
    mean_of,
    naive,
    origins,
    score,
)
from trend_simulators import series


def columns(steps, year=12):
    t = np.arange(steps)
    return np.column_stack([np.ones(steps), harmonics(t / year, 2)])


def ask(method, y, ahead=3, cycle=12):
    x = columns(len(y) + ahead)
    return method(y, np.ones(len(y)), x[: len(y)], x[len(y) :], cycle)


def test_the_naive_repeats_the_last_of_its_place():
    y = np.arange(1.0, 31.0) * 10
    assert ask(naive, y, 14).counts(1) == pytest.approx([*(y[18:30] + 0.5), *(y[18:20] + 0.5)])
    y[18] = np.nan
    assert ask(naive, y).counts(1)[0] == pytest.approx(y[6] + 0.5)


def test_the_level_is_that_of_a_local_level_by_the_kalman_filter():
    """With one share of wandering, the same forecast as statsmodels' state space has."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    from peelian.statistics import forecasts

    y = series(np.random.default_rng(2), steps=48)
    y[20] = np.nan
    x = columns(51)
    at = np.arange(51.0)
    mine = forecasts._predict(
        y, np.ones(48), x[:48], x[48:], [(1.0, 0.3, np.minimum.outer(at, at))]
    )
    beside = UnobservedComponents(
        np.log(y + 0.5), "local level", exog=x[:48, 1:], mle_regression=False
    )
    noise = 0.01
    beside.ssm.initialize_approximate_diffuse(1e8)
    told = beside.smooth([noise, 0.3 * noise]).get_forecast(3, exog=x[48:, 1:])
    assert mine.mean == pytest.approx(told.predicted_mean, abs=1e-4)
    ratio = mine.variance / told.var_pred_mean
    assert ratio == pytest.approx(ratio[0], rel=1e-3)


def test_the_line_goes_on_and_the_level_does_not():
    t = np.arange(60)
    y = np.round(1000 * np.exp(0.2 * t / 12))
    truth = 1000 * np.exp(0.2 * np.arange(60, 66) / 12)
    assert ask(line, y, 6).counts(1) == pytest.approx(truth, rel=0.01)
    assert (ask(level, y, 6).counts(1) < ask(line, y, 6).counts(1)).all()


def test_the_mean_of_two_lies_between_and_is_no_surer():
    y = series(np.random.default_rng(4), steps=48, growth=0.3)
    one, other, both = ask(level, y), ask(line, y), ask(mean_of(level, line), y)
    assert both.mean == pytest.approx((one.mean + other.mean) / 2)
    assert (both.variance >= np.minimum(one.variance, other.variance)).all()


def test_further_ahead_is_less_sure():
    spread = ask(
        level, series(np.random.default_rng(9), steps=60, shape="second order"), 6
    ).variance
    assert (np.diff(spread) >= 0).all()


def test_an_interval_is_of_students_distribution():
    said = Ahead(np.log([100.0]), np.array([0.04]), 9.0)
    low, high = said.within([2.0], 0.8)
    width = 0.2 * stats.t.ppf(0.9, 9)
    assert [low[0], high[0]] == pytest.approx([200 * np.exp(-width), 200 * np.exp(width)])


def test_scores_are_of_what_was_known_then():
    """A method that peeks is told by its error: it would be nought."""
    seen = []

    def spying(counts, exposure, so_far, ahead, cycle):
        seen.append(len(counts))
        assert len(so_far) == len(counts)
        return naive(counts, exposure, so_far, ahead, cycle)

    y = series(np.random.default_rng(1), steps=40)
    cuts = sorted(origins(40, 24, 3, 1))
    assert cuts == list(range(24, 38))
    score({"naive": naive, "spying": spying}, y, np.ones(40), columns(40), cuts, ahead=3,
          cycle=12, longest=30)  # fmt: skip
    assert seen == [min(cut, 30) for cut in cuts]


def test_the_scaled_error_is_beside_the_naive_within_the_first_window():
    y = np.tile([10.0, 20.0], 12) + np.arange(24.0)
    found = score({"naive": naive}, y, np.ones(24), np.ones((24, 1)), [20], ahead=2, cycle=2,
                  longest=24)  # fmt: skip
    # Each naive is 2 below (and 0.5 above, for the half that keeps noughts off the logarithm).
    assert found["naive"].mase == pytest.approx(1.5 / 2)
    assert found["naive"].gained == pytest.approx([0.0])


def test_a_missing_count_is_not_scored():
    y = series(np.random.default_rng(1), steps=40)
    y[39] = np.nan
    found = score({"naive": naive}, y, np.ones(40), columns(40), [36, 37], ahead=3, cycle=12,
                  longest=40)  # fmt: skip
    assert found["naive"].counts == 5


def test_the_gain_is_students_test_where_origins_do_not_overlap():
    d = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 2.0])
    found = gain(d, 1)
    low, high = stats.t.interval(0.95, 5, d.mean(), stats.sem(d))
    assert [found.low, found.high] == pytest.approx([low, high])
    assert found.p == pytest.approx(stats.ttest_1samp(d, 0).pvalue)


def test_overlapping_origins_are_less_sure():
    d = np.repeat([3.0, -1.0, 4.0, 0.0, 5.0], 3)
    assert gain(d, 3).high - gain(d, 3).low > gain(d, 1).high - gain(d, 1).low
    assert np.isnan(gain([1.0, 2.0], 1).low)
