"""Binned kernels against sums over every event."""

import numpy as np
import pytest

from peelian.statistics.density import (
    Box,
    Smooth,
    at_events,
    density,
    held_out_bandwidth,
    least_bandwidth,
)


def _by_sums(x, y, bandwidth, box, weight):
    wide, high = box.cell
    gx = box.left + wide * (np.arange(box.columns) + 0.5)
    gy = box.bottom + high * (np.arange(box.rows) + 0.5)
    kernels = [
        np.exp(-((g[:, None] - v) ** 2) / (2 * bandwidth**2)) / np.sqrt(2 * np.pi * bandwidth**2)
        for g, v in ((gy, y), (gx, x))
    ]
    return (kernels[0] * weight) @ kernels[1].T


@pytest.mark.parametrize("bandwidth", [60.0, 150.0, 900.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_within_a_thousandth_of_the_exact_sum(bandwidth, weighted):
    rng = np.random.default_rng(1)
    x, y = rng.normal(2500, 700, 4000), rng.uniform(0, 5000, 4000)
    weight = rng.random(4000) if weighted else np.ones(4000)
    inside = (x >= 0) & (x <= 5000)
    x, y, weight = x[inside], y[inside], weight[inside]
    box = Box(0, 0, 5000, 5000, 40, 25)
    found = density(x, y, bandwidth, box, weight=weight)
    exact = _by_sums(x, y, bandwidth, box, weight)
    dense = exact > exact.max() / 100
    assert np.abs(found / exact - 1)[dense].max() < 1e-3
    assert np.abs(found - exact).max() < 1e-4 * exact.max()


def test_it_adds_up_to_the_events_where_the_box_holds_all_of_them():
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 300, (2, 500))
    box = Box.around(x, y, 50, 1000)
    assert density(x, y, 120, box).sum() * 50 * 50 == pytest.approx(500, rel=1e-4)


def test_events_spread_evenly_are_as_dense_at_the_edge_once_it_is_corrected():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1000, (2, 200_000))
    box = Box(0, 0, 1000, 1000, 20, 20)
    plain = density(x, y, 100, box)
    corrected = density(x, y, 100, box, inside=np.ones((20, 20), bool))
    assert plain[0, 0] < 0.5 * 0.2
    assert corrected.min() > 0.93 * 0.2
    half = np.zeros((20, 20), bool)
    half[:, :10] = True
    kept = x < 500
    shown = density(x[kept], y[kept], 100, box, inside=half)
    assert shown[:, :10].min() > 0.93 * 0.2
    assert (shown[:, 10:] == 0).all()


def test_a_grid_is_read_between_its_middles():
    box = Box(0, 0, 40, 20, 4, 2)
    grid = np.array([[0, 1, 2, 3.0], [10, 11, 12, 13]])
    read = at_events(grid, box, np.array([5, 10, 20, 39.9]), np.array([5, 10, 5, 15.0]))
    assert read == pytest.approx([0, 5.5, 1.5, 13])


@pytest.mark.parametrize("bandwidth", [80.0, 400.0])
def test_sums_at_events_are_those_of_all_pairs(bandwidth):
    rng = np.random.default_rng(5)
    x, y, weight = rng.normal(0, 500, 1500), rng.normal(0, 800, 1500), rng.random(1500)
    squared = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    exact = np.exp(-squared / (2 * bandwidth**2)) @ weight / (2 * np.pi * bandwidth**2)
    found = Smooth(x, y, bandwidth).at_events(weight)
    many = exact * 2 * np.pi * bandwidth**2 > 10
    assert many.sum() > 200
    assert np.abs(found / exact - 1)[many].max() < 1e-2


def test_a_small_bandwidth_is_scored_by_pairs_as_by_a_lattice(monkeypatch):
    rng = np.random.default_rng(6)
    x, y = rng.normal(0, 500, (2, 2000))
    parts = rng.integers(0, 5, 2000)
    _, by_lattice = held_out_bandwidth(x, y, parts, [60.0, 200.0])
    monkeypatch.setattr("peelian.statistics.density._MOST_POINTS", 10)
    _, by_pairs = held_out_bandwidth(x, y, parts, [60.0, 200.0])
    assert by_pairs == pytest.approx(by_lattice, abs=0.02)


def test_the_bandwidth_is_near_that_of_the_clusters_and_not_of_their_repeats():
    """Each event is followed at once, next door: parts by time leave the repeats out with it."""
    rng = np.random.default_rng(4)
    centre = rng.uniform(0, 20_000, (30, 2))[rng.integers(0, 30, 1500)]
    first = centre + rng.normal(0, 500, (1500, 2))
    again = first + rng.normal(0, 15, (1500, 2))
    (x, y), day = np.concatenate([first, again]).T, np.tile(rng.uniform(0, 360, 1500), 2)
    tried, i = [50.0, 100, 200, 400, 800, 1600], np.arange(3000)
    best, _ = held_out_bandwidth(x, y, (day // 72).astype(int), tried)
    assert 100 <= best <= 400
    misled, _ = held_out_bandwidth(x, y, (i + (i >= 1500)) % 5, tried)
    assert misled < best


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, float("nan")])
def test_a_bandwidth_that_is_none_is_refused(bandwidth):
    with pytest.raises(ValueError, match="above nought"):
        density(np.zeros(2), np.zeros(2), bandwidth, Box(0, 0, 1, 1, 1, 1))


def test_a_bandwidth_too_small_for_the_map_is_refused():
    with pytest.raises(ValueError, match="too small"):
        density(np.zeros(2), np.zeros(2), 0.1, Box(0, 0, 20_000, 20_000, 100, 100))


@pytest.mark.parametrize(("wide", "high"), [(340_000, 250_000), (9, 700_000), (5_000, 5_000)])
def test_the_least_bandwidth_is_taken_and_half_of_it_is_not(wide, high):
    x, y = np.array([0.0, wide, 7.0]), np.array([0.0, high, 5.0])
    least = least_bandwidth(x, y)
    assert np.isfinite(Smooth(x, y, least).itself()).all()
    with pytest.raises(ValueError, match="too small"):
        Smooth(x, y, least / 2)


def test_links_between_places_say_what_the_whole_lattice_says():
    """The same sums in another order: where few places share a wide map, and where many do not."""
    rng = np.random.default_rng(4)
    x, y = rng.uniform(0, 40_000, 2000), rng.uniform(0, 30_000, 2000)
    x[:400], y[:400] = x[400:800], y[400:800]  # some share their place
    weight = rng.uniform(0, 1, 2000)
    smooth = Smooth(x, y, 150.0)
    assert smooth.links is not None
    linked = smooth.at_events(weight)
    smooth.links = None
    np.testing.assert_allclose(linked, smooth.at_events(weight), rtol=1e-12)
    assert Smooth(x / 40, y / 40, 150.0).links is None
