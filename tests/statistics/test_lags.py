"""Close pairs by distance and lag, set beside a plain count of every pair."""

import numpy as np
import pytest

from peelian.statistics.hawkes import Events
from peelian.statistics.lags import CYCLE, Bands, lagged

DAYS = 200.0


def events(seed, n, tick=0.0):
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0, DAYS, n) ** 1.1 / DAYS**0.1)
    t = np.floor(t / tick) * tick if tick else t
    return Events.of(rng.uniform(0, 3000, n), rng.beta(2, 2, n) * 3000, t, DAYS)


def every_pair(some):
    i, j = np.triu_indices(len(some), 1)
    return np.hypot(some.x[i] - some.x[j], some.y[i] - some.y[j]), np.abs(some.t[i] - some.t[j])


@pytest.mark.parametrize("tick", [0.0, 1.0, 1 / 24])
def test_every_close_pair_is_counted_in_its_band_and_bin(tick):
    some, bands = events(1, 400, tick), Bands.of(900.0, 20.0, tick)
    distance, lag = every_pair(some)
    edges = bands.days - (1e-7 if tick else 0)
    plain = np.histogram2d(distance, lag, [bands.metres, edges])[0]
    assert np.array_equal(lagged(some, bands).near, plain)


@pytest.mark.parametrize("tick", [0.0, 1.0, 1 / 24])
def test_each_bin_is_set_against_lags_of_the_same_place_in_the_week(tick):
    some, bands = events(2, 400, tick), Bands.of(900.0, 20.0, tick)
    distance, lag = every_pair(some)
    table = lagged(some, bands)
    longer = (lag >= bands.longest - 1e-7) & (lag < bands.until - 1e-7)
    into_week = np.abs((lag + CYCLE / 2) % CYCLE - CYCLE / 2)
    for k, (low, high) in enumerate(zip(bands.days[:-1], bands.days[1:], strict=True)):
        first, last = (0.0, bands.days[len(bands.brief)]) if k in bands.brief else (low, high)
        alike = (into_week > first - 1e-7) & (into_week < last - 1e-7) | (last > CYCLE / 2)
        here = longer & alike
        plain = np.histogram(distance[here], bands.metres)[0]
        assert np.array_equal(table.control[:, k], plain)
        in_bin = (lag > low - 1e-7) & (lag < high - 1e-7)
        assert table.share[k] == pytest.approx(in_bin.sum() / max(here.sum(), 1))


def test_bands_of_whole_days_begin_and_end_on_days():
    bands = Bands.of(1000.0, 30.0, 1.0)
    assert bands.days[:4].tolist() == [0, 1, 2, 3]
    assert bands.longest == 30
    assert np.array_equal(bands.days, np.rint(bands.days))


def test_bands_are_no_finer_than_places_are_known():
    assert Bands.of(1000.0, 30.0, 1.0, nearest=100.0).metres[1] >= 100


def test_bands_as_wide_as_places_are_known_are_one():
    assert Bands.of(1000.0, 30.0, 1.0, nearest=1000.0).metres.tolist() == [0, 1000]


def test_where_nothing_wanes_the_table_is_hardly_extrapolated():
    bands = Bands.of(900.0, 20.0, 0.0)
    away = [
        table.extrapolated(bands).expected.sum() / table.expected.sum()
        for table in (lagged(events(seed, 1500), bands) for seed in range(3, 13))
    ]
    assert np.mean(away) == pytest.approx(1, abs=0.03)
