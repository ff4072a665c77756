"""Forecasts at one origin after another: none sees what comes later, each is what it says it is."""

import numpy as np
import pytest
from scipy.stats import norm

from peelian.statistics.rolling_places import (
    BOOSTED,
    DENSITY,
    EXCITED,
    LONG_RUN,
    MODELS,
    PERSISTENCE,
    Windows,
    rolling,
    surfaces_of,
)

WINDOWS = Windows(begin=100.0, end=100.0 + 31 * 7, horizon=7.0, tested=8)


def _events(seed=1, n=900):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 3000, (2, n))
    return x, y, 100.0 + np.floor(rng.uniform(0, 31 * 7, n))


def _rolled(x, y, days, **how):
    surfaces = surfaces_of(x, y, days, WINDOWS)
    return rolling(x, y, days, WINDOWS, surfaces, side=300, **how)


def test_windows_end_with_the_last_day_and_the_rest_comes_before():
    windows = Windows(begin=0.0, end=100.0, horizon=7.0, tested=6)
    assert windows.before == 8
    assert windows.origins[-1] == 93
    assert windows.first == 2
    assert list(windows.number(np.array([1.0, 2.0, 99.0]))) == [-1, 0, 13]


def test_no_forecast_sees_what_comes_after_its_origin():
    """Events from the fourth window on are all put elsewhere: four forecasts stay as they were."""
    x, y, days = _events()
    known = np.random.default_rng(5).normal(size=(len(x), 1))
    before = [w.expected for w in _rolled(x, y, days, measures=known)]
    later = days >= WINDOWS.origins[3]
    moved = np.where(later, x[::-1] * 0.1, x)
    changed = np.where(later[:, None], 99.0, known)
    after = [w.expected for w in _rolled(moved, y, days, measures=changed)]
    for k in range(4):
        for name in before[k]:
            assert np.array_equal(before[k][name], after[k][name]), (k, name)
    for name in before[0]:  # and it would have been seen
        assert not np.allclose(before[5][name], after[5][name]), name


def test_counts_are_of_cells_and_windows_and_what_is_outside_is_told():
    x, y, days = _events()
    late = np.argmax(days)
    x[late] = 9e4
    rolled = _rolled(x, y, days)
    windows = list(rolled)
    tested = days >= WINDOWS.origins[0]
    assert sum(w.observed.sum() + w.outside for w in windows) == tested.sum()
    assert windows[-1].outside >= 1
    cell = rolled.grid.unit(x, y)
    here = (days >= WINDOWS.origins[2]) & (days < WINDOWS.origins[3])
    assert windows[2].observed.sum() == (cell[here] >= 0).sum()
    last = (days >= WINDOWS.origins[1]) & (days < WINDOWS.origins[2]) & (cell >= 0)
    counts = np.bincount(cell[last], minlength=len(rolled.grid))
    assert np.array_equal(windows[2].expected[PERSISTENCE], counts)


def test_long_run_is_the_mean_of_all_windows_before():
    x, y, days = _events()
    rolled = _rolled(x, y, days)
    third = list(rolled)[3]
    cell = rolled.grid.unit(x, y)
    inside = (days >= WINDOWS.first) & (days < WINDOWS.origins[3]) & (cell >= 0)
    counts = np.bincount(cell[inside], minlength=len(rolled.grid))
    assert third.expected[LONG_RUN] == pytest.approx(counts / (WINDOWS.before + 3), abs=1e-6)


def test_kernel_density_is_the_sum_of_gaussians_over_cells():
    x, y, days = _events(n=200)
    rolled = _rolled(x, y, days)
    first = next(iter(rolled)).expected[DENSITY]
    past, width = days < WINDOWS.origins[0], rolled.surfaces.bandwidth
    across, up = rolled.grid.frame(x[past], y[past])
    days_before = WINDOWS.origins[0] - WINDOWS.begin
    for cell in (0, len(rolled.grid) // 2):
        low, high = rolled.grid.middles[cell] - 150, rolled.grid.middles[cell] + 150
        share = [
            norm.cdf(high[k], at, width) - norm.cdf(low[k], at, width)
            for k, at in enumerate((across, up))
        ]
        exact = (share[0] * share[1]).sum() * 7 / days_before
        assert first[cell] == pytest.approx(exact, rel=0.02)


def test_all_models_expect_about_what_comes():
    """Events come evenly, so each window holds a thirty-first of them."""
    x, y, days = _events(n=3000)
    for window in _rolled(x, y, days):
        for name in (LONG_RUN, DENSITY, EXCITED, BOOSTED):
            assert window.expected[name].sum() == pytest.approx(3000 / 31, rel=0.2), name


def test_an_event_yesterday_raises_what_self_excitation_expects_nearby():
    rng = np.random.default_rng(2)
    first = np.stack([rng.uniform(0, 3000, 600), rng.uniform(0, 3000, 600),
                      rng.integers(0, 31 * 7 - 2, 600)])  # fmt: skip
    child = first + np.stack([*rng.normal(0, 20, (2, 600)), rng.integers(0, 3, 600)])
    x, y, days = np.concatenate([first, child], axis=1)
    x[0], y[0] = 1510.0, 1510.0
    told = {}
    for name, day in (("yesterday", WINDOWS.origins[0] - 101), ("long ago", 3)):
        days[0] = day
        rolled = _rolled(x, y, days + 100.0)
        cell = rolled.grid.unit(x[:1], y[:1])[0]
        told[name] = {model: v[cell] for model, v in next(iter(rolled)).expected.items()}
        assert rolled.surfaces.fitted[0].theta > 0.3
    assert told["yesterday"][EXCITED] > told["long ago"][EXCITED] + 0.1
    assert told["yesterday"][DENSITY] == pytest.approx(told["long ago"][DENSITY])


def test_trees_learn_from_what_is_known_of_places():
    """A tenth of places hold all, and only a measure tells which of those without events yet."""
    x, y, days = _events(n=2000)
    strip = (x // 300).astype(int) % 5 == 0
    x, y, days, strip = (v[strip | (np.arange(2000) % 40 == 0)] for v in (x, y, days, strip))
    rolled = _rolled(x, y, days, measures=strip[:, None].astype(float))
    expected = next(iter(rolled)).expected[BOOSTED]
    held = rolled.known.fixed[:, 2]
    assert np.isnan(held).any()
    assert expected[held > 0.9].mean() > 5 * expected[held < 0.1].mean()


def test_the_same_seed_forecasts_the_same():
    one, two = (
        [w.expected[name] for w in _rolled(*_events()) for name in MODELS] for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
