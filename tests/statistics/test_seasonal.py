"""Series taken apart, beside what R says of the same series, and with gaps."""

from pathlib import Path

import numpy as np
import pytest

from peelian.statistics.seasonal import decompose

DATA = Path(__file__).parents[1] / "data"


def read(name):
    return np.loadtxt(DATA / f"{name}.csv", skiprows=1)


def test_gate_d6_a_season_that_never_changes_is_that_of_r():
    """R's `stl(nottem, s.window = "periodic")`."""
    found = decompose(read("nottem"), [12], scale="plain", windows=[None])
    assert found.seasons[0, :3] == pytest.approx([-9.3471980, -9.8552496, -6.8533008], abs=1e-6)
    assert found.trend[:3] == pytest.approx([49.680673, 49.545521, 49.410369], abs=1e-6)
    assert found.rest.var(ddof=1) == pytest.approx(4.061344, abs=1e-6)


def test_gate_d7_a_season_that_changes_slowly_is_that_of_r():
    """R's `stl(log(co2), s.window = 21)`."""
    found = decompose(read("co2"), [12], scale="log", windows=[21])
    assert found.seasons[0, 0] == pytest.approx(-1.8493e-4, abs=1e-8)
    assert found.trend[0] == pytest.approx(5.7535411, abs=1e-7)
    assert found.rest[0] == pytest.approx(5.4896e-4, abs=1e-8)


def test_gate_d8_two_seasons_are_those_of_r():
    """R's `forecast::mstl(taylor)`: days and weeks of half hours."""
    found = decompose(read("taylor"), [48, 336], scale="plain")
    row = [found.trend[0], *found.seasons[:, 0], found.rest[0]]
    assert row == pytest.approx([30213.46, -5816.189, -1767.813, -367.461], abs=0.01)
    spread = [part.var(ddof=1) for part in (found.trend, *found.seasons, found.rest)]
    assert spread == pytest.approx([364_888, 22_943_919, 7_468_413, 94_265], rel=1e-5)


def made(years=6, missing=()):
    t = np.arange(12 * years)
    x = (20 + 0.05 * t + 3 * np.cos(2 * np.pi * t / 12)) ** 2
    x[list(missing)] = np.nan
    return t, x


def test_what_was_put_together_is_taken_apart():
    t, x = made()
    found = decompose(x, [12], windows=[None])
    assert found.trend == pytest.approx(20 + 0.05 * t, abs=0.05)
    assert found.seasons[0] == pytest.approx(3 * np.cos(2 * np.pi * t / 12), abs=0.05)
    assert found.fitted_counts == pytest.approx(x, rel=0.01)
    assert found.trend_counts == pytest.approx((20 + 0.05 * t) ** 2, rel=0.01)


def test_a_gap_stays_a_gap_and_moves_nothing_else():
    gaps = [7, 30, 31, 32]
    _, whole = made()
    _, broken = made(missing=gaps)
    found, full = decompose(broken, [12]), decompose(whole, [12])
    for part in (found.trend, found.seasons[0], found.rest, found.fitted_counts):
        assert np.flatnonzero(np.isnan(part)).tolist() == gaps
    held = ~np.isnan(broken)
    assert found.trend[held] == pytest.approx(full.trend[held], abs=0.02)
    assert found.seasons[0][held] == pytest.approx(full.seasons[0][held], abs=0.02)


def test_a_gap_is_never_taken_for_nought():
    _t, x = made(missing=[30])
    nought = np.nan_to_num(x)
    found, wrong = decompose(x, [12]), decompose(nought, [12])
    assert abs(found.trend[29] - (20 + 0.05 * 29)) < 0.1
    assert abs(wrong.trend[29] - (20 + 0.05 * 29)) > 0.5


def test_one_step_far_below_is_told_from_usual_departures():
    rng = np.random.default_rng(1)
    _, x = made()
    x = (np.sqrt(x) + 0.3 * rng.standard_normal(len(x))) ** 2
    assert not decompose(x, [12], robust=True).far_below(8).any()
    x[40] /= 3
    assert np.flatnonzero(decompose(x, [12], robust=True).far_below(8)).tolist() == [40]


@pytest.mark.parametrize("x", [np.ones(23), np.append(np.ones(23), np.full(10, np.nan))])
def test_less_than_two_cycles_is_refused(x):
    with pytest.raises(ValueError, match="two cycles"):
        decompose(x, [12])


def test_what_has_no_logarithm_is_refused():
    with pytest.raises(ValueError, match="no log"):
        decompose(np.arange(36.0), [12], scale="log")
