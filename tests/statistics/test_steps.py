"""Steps in daily shares: exact where nothing is random, honest where days depend on one another."""

import numpy as np
import pytest

from peelian.statistics.steps import fit_share, long_run, search, season_columns, steps_at

DAYS = np.datetime64("2021-03-01") + np.arange(730)
DAY = np.datetime64("2022-03-01")


def test_a_step_without_chance_is_found_to_the_figure_whatever_the_season():
    """Seven weekdays of unlike sizes, twelve months of unlike sizes: the ratio is still 1.3."""
    weekday = np.array([10.0, 11, 9, 12, 14, 20, 16])[np.arange(730) % 7]
    share = np.where(DAYS >= DAY, 0.13, 0.10)
    found = steps_at([(weekday * share * 1000, weekday * 1000)], DAYS, DAY)
    assert np.exp(found.value[0]) == pytest.approx(1.3, rel=1e-9)
    assert found.se[0] < 1e-9


def test_days_without_calls_and_missing_months_are_left_out():
    kept = (DAYS.astype("datetime64[M]") != np.datetime64("2021-08")).copy()
    share = np.where(DAYS >= DAY, 0.13, 0.10)[kept]
    base = np.full(kept.sum(), 500.0)
    base[5] = 0
    found = steps_at([(base * share, base)], DAYS[kept], DAY)
    assert np.exp(found.value[0]) == pytest.approx(1.3, rel=1e-9)


def test_a_trend_is_no_jump_where_a_trend_is_allowed_for():
    base = np.full(730, 1000.0)
    events = base * 0.05 * 1.2 ** (np.arange(730) / 365.25)
    plain = steps_at([(events, base)], DAYS, DAY)
    beyond = steps_at([(events, base)], DAYS, DAY, trend=True)
    assert plain.value[0] > 0.1
    assert beyond.value[0] == pytest.approx(0, abs=1e-9)
    assert beyond.seasons_told < plain.seasons_told


@pytest.mark.parametrize("memory", [0.0, 0.8])
def test_intervals_hold_though_days_depend_on_one_another(memory):
    """Poisson counts about a level that wanders, with no step: 95 of 100 hold nought."""
    chance, held = np.random.default_rng(3), 0
    runs = 120
    for _ in range(runs):
        level = np.empty(730)
        here = 0.0
        for day, push in enumerate(chance.normal(0, 0.12 * np.sqrt(1 - memory**2), 730)):
            here = memory * here + push
            level[day] = here
        events = chance.poisson(40 * np.clip(1 + level, 0.1, None)).astype(float)
        found = steps_at([(events, np.full(730, 800.0))], DAYS, DAY)
        held += abs(found.value[0]) < 2.03 * found.se[0]
    assert held >= 106  # 114 expected; 106 is below 99.5 of 100 such trials


def test_two_shares_of_the_same_days_are_estimated_together():
    """A share twice over is its own copy: correlation one; a share turned round, minus one."""
    chance = np.random.default_rng(4)
    base, events = np.full(730, 400.0), chance.poisson(20, 730).astype(float)
    found = steps_at([(events, base), (2 * events, base), (400 - events, base)], DAYS, DAY)
    spread = found.covariance / np.outer(found.se, found.se)
    assert spread[0, 1] == pytest.approx(1)
    assert spread[0, 2] < -0.99


def test_the_long_run_variance_of_days_that_are_chance_is_their_sum():
    chance = np.random.default_rng(5)
    found = np.mean([long_run(chance.normal(0, 2, (700, 1)))[0][0, 0] for _ in range(60)])
    assert found == pytest.approx(4 * 700, rel=0.1)


def test_what_cannot_be_told_apart_is_refused():
    base = np.full(730, 100.0)
    with pytest.raises(ValueError, match="told apart"):
        steps_at([(base / 10, base)], DAYS, np.datetime64("2019-01-01"))
    with pytest.raises(ValueError, match="no event"):
        fit_share(0 * base, base, season_columns(DAYS))
    with pytest.raises(ValueError, match="no day"):
        search([(base / 10, base)], DAYS, DAYS[:0])


def test_a_searched_day_is_found_and_searching_is_paid_for():
    chance = np.random.default_rng(6)
    base = np.full(730, 1000.0)
    events = chance.poisson(base * np.where(DAYS >= DAY, 0.05, 0.04)).astype(float)
    tried = DAYS[150:-150:7]
    found = search([(events, base)], DAYS, tried, draws=499)
    assert abs((found.day - DAY).astype(int)) <= 30
    assert found.low <= DAY <= found.high
    assert found.chance <= 0.01
    assert 2.2 < found.beyond < 4
    assert found.beyond_less < found.beyond
    still = chance.poisson(base * 0.04).astype(float)
    assert search([(still, base)], DAYS, tried, draws=499).chance > 0.05
