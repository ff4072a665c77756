"""Intervals of shares hold the share they are of: records drawn from processes known here."""

import numpy as np
import pytest

from peelian.statistics.ratios import (
    Minutes,
    drawn_again,
    filled,
    interval,
    ratio,
    run_length,
    variance,
)
from share_simulators import DAYS, GROUPS, draw, held_in, in_time, intervals


@pytest.mark.parametrize("share", [0.01, 0.06, 0.20])
@pytest.mark.parametrize(
    "process",
    [{}, {"shock": 0.3}, {"callers": 0.2}],
    ids=["records alone", "days differ", "callers call again"],
)
def test_the_share_lies_in_its_interval_nineteen_times_in_twenty(share, process):
    held = draw(np.random.default_rng(1), 1000, share, **process)
    _, low, high = intervals(held, 1.0)
    assert 0.93 <= held_in(share, low, high) <= 0.99


@pytest.mark.parametrize("share", [0.06, 0.20])
@pytest.mark.parametrize("process", [{}, {"callers": 0.2}], ids=["alone", "callers"])
def test_so_does_the_share_of_minutes(share, process):
    held = draw(np.random.default_rng(2), 1000, share, **process)
    _, low, high = intervals(held, held.minutes)
    assert 0.92 <= held_in(in_time(share), low, high) <= 0.99


def test_without_the_callers_the_interval_is_far_too_narrow():
    held = draw(np.random.default_rng(3), 1000, 0.2, callers=0.2, calls_each=10)
    _, low, high = intervals(held, 1.0, by_caller=False)
    assert held_in(0.2, low, high) < 0.85


def test_a_handful_of_callers_who_make_most_of_it_is_nine_in_ten_and_not_more():
    """Three callers, on average, with ten marked calls each: whoever was not seen is in no sum."""
    held = draw(np.random.default_rng(11), 1000, 0.06, callers=0.2, calls_each=10)
    _, low, high = intervals(held, 1.0)
    assert 0.87 <= held_in(0.06, low, high) < 0.95


def test_days_that_remember_the_day_before_are_held_by_runs_of_days_and_not_by_days():
    """The process the interval does not assume: shocks with a memory of days (0.7 a day).

    Runs of days lose some of it, single days most.
    """
    held = draw(np.random.default_rng(4), 1000, 0.2, shock=0.5, ar=0.7)
    by_run = held_in(0.2, *intervals(held, 1.0)[1:])
    by_day = held_in(0.2, *intervals(held, 1.0, run=1)[1:])
    assert by_run >= 0.85
    assert by_day < 0.78


def test_a_year_unlike_others_is_outside_what_the_interval_says():
    """A shock to the whole period is in no interval made of one period, and ours claims none."""
    held = draw(np.random.default_rng(5), 400, 0.06)
    away = draw(np.random.default_rng(6), 400, 0.06 * 1.5)
    assert held_in(0.06, *intervals(held, 1.0)[1:]) > 0.93
    assert held_in(0.06, *intervals(away, 1.0)[1:]) < 0.10


def test_missing_minutes_are_filled_and_the_interval_knows_it():
    """Marked records lose their minutes twice as often: as recorded the share is too low."""
    rng, share = np.random.default_rng(7), 0.2
    held = draw(rng, 1000, share)
    known = rng.random(len(held.day)) > np.where(held.marked, 0.4, 0.2)
    run = run_length(DAYS)
    at, clusters = held.day // run, -(-DAYS // run)

    def side(mine):
        return Minutes(
            held.sums(at, clusters, held.minutes * known * mine),
            held.sums(at, clusters, 1.0 * known * mine),
            held.sums(at, clusters, 1.0 * mine),
        )

    found = filled(side(held.marked), side(~held.marked))
    n = held.sums(0 * at, 1, 1.0 * known)[0]
    low, high = interval(found.value, variance(found.residual), n, clusters - 1)
    assert 0.92 <= held_in(in_time(share), low, high) <= 0.99
    plain = ratio(
        held.sums(at, clusters, held.minutes * known * held.marked),
        held.sums(at, clusters, held.minutes * known),
    )
    assert plain.value.mean() < in_time(share) - 0.02
    assert abs(found.value.mean() - in_time(share)) < 0.005


def test_linearised_and_drawn_again_agree():
    rng = np.random.default_rng(8)
    held = draw(rng, 1, 0.2)
    group = held.rng.integers(0, GROUPS, len(held.day))
    part, whole = (held.sums(group, GROUPS, w) for w in (held.minutes * held.marked, held.minutes))
    found = ratio(part, whole)
    reach = 1.96 * np.sqrt(variance(found.residual))
    low, high = drawn_again(part, whole, draws=1000, rng=rng)
    assert high - low == pytest.approx(2 * reach, rel=0.12)
    assert low < found.value < high


def test_linearised_is_the_derivative_of_the_share_itself():
    """Against the share worked out again with each cluster left out: the jackknife."""
    rng = np.random.default_rng(9)
    whole = rng.gamma(3.0, 20.0, (200, 1))
    part = whole * rng.beta(2, 8, (200, 1))
    found = ratio(part, whole)
    without = (part.sum() - part[:, 0]) / (whole.sum() - whole[:, 0])
    jackknife = 199 / 200 * ((without - without.mean()) ** 2).sum()
    assert variance(found.residual)[0] == pytest.approx(jackknife, rel=0.03)


def test_none_of_many_has_an_upper_end_and_nothing_of_nothing_has_none():
    low, high = interval([0.0, 1.0], [0.0, 0.0], [100, 100], 39)
    assert (low[0], high[1]) == (0.0, 1.0)
    assert high[0] == pytest.approx(1 - 0.025 ** (1 / 100))  # the chance of none of 100
    assert low[1] == pytest.approx(0.025 ** (1 / 100))
    assert np.isnan(interval([np.nan], [np.nan], [0], 39)).all()
    assert np.isnan(interval([0.1], [0.1], [10], 0)).all()
    assert np.isnan(ratio([[0.0], [0.0]], [[0.0], [0.0]]).value).all()
    assert np.isnan(variance([[0.1]])).all()


@pytest.mark.deep
@pytest.mark.parametrize("share", [0.01, 0.06, 0.20])
@pytest.mark.parametrize("process", [{"shock": 0.3, "callers": 0.2}, {"shock": 0.3, "ar": 0.5}])
def test_over_many_more_periods(share, process, capsys):
    held = draw(np.random.default_rng(10), 5000, share, **process)
    for weight, truth in ((1.0, share), (held.minutes, in_time(share))):
        _, low, high = intervals(held, weight)
        with capsys.disabled():
            print(process, share, held_in(truth, low, high))  # noqa: T201
        assert 0.90 <= held_in(truth, low, high) <= 0.99
