"""Turned grids: every point in its own cell, and what is spread out adds up as integrals do."""

import numpy as np
import pytest
from scipy.integrate import quad

from peelian.statistics.turned_grid import Turned


@pytest.fixture
def points():
    return np.random.default_rng(3).uniform(-900, 1700, (2, 300))


@pytest.mark.parametrize("angle", [0, 30, 45, 77])
def test_points_lie_in_the_cell_whose_middle_is_nearest(points, angle):
    x, y = points
    grid = Turned.over(x, y, side=200, angle=angle)
    unit = grid.unit(x, y)
    assert (unit >= 0).all()
    away = np.stack(grid.frame(x, y), axis=1) - grid.middles[unit]
    assert (np.abs(away) <= 100 + 1e-9).all()


def test_turning_keeps_distances(points):
    x, y = points
    across, up = Turned.over(x, y, side=200, angle=33).frame(x, y)
    assert np.hypot(across[0] - across[1], up[0] - up[1]) == pytest.approx(
        np.hypot(x[0] - x[1], y[0] - y[1])
    )


def test_far_points_lie_in_no_cell(points):
    grid = Turned.over(*points, side=200)
    assert (grid.unit(np.array([9e4, 1700 + 900.0]), np.array([0.0, 9e5])) == -1).all()


def test_the_ring_is_those_that_touch():
    grid = Turned.over(np.array([0.0]), np.array([0.0]), side=100)
    assert len(grid) == 9
    many = np.bincount(grid.near.of, minlength=9)
    assert sorted(many) == [3, 3, 3, 3, 5, 5, 5, 5, 8]


def _height(at, middle, width):
    return np.exp(-((at - middle) ** 2) / 2 / width**2) / (width * np.sqrt(2 * np.pi))


@pytest.mark.parametrize("width", [2.0, 15.0, 26.0, 60.0, 300.0])
def test_what_is_spread_out_is_the_integral_of_a_gaussian(width):
    x, y = np.array([37.0, 260.0]), np.array([12.0, -140.0])
    grid = Turned.over(x, y, side=100, angle=20, ring=2)
    spread = grid.spread(x, y, np.array([2.0, 1.0]), width)
    for number in (0, len(grid) // 2, int(spread.argmax())):
        whole = 0.0
        left, low = grid.middles[number] - 50
        for point, weight in zip(np.stack(grid.frame(x, y), axis=1), (2, 1), strict=True):
            held = [
                quad(_height, start, start + 100, args=(middle, width), points=[middle])[0]
                for start, middle in ((left, point[0]), (low, point[1]))
            ]
            whole += weight * held[0] * held[1]
        assert spread[number] == pytest.approx(whole, abs=0.01 * spread.max() + 1e-9)


def test_mass_is_kept_where_the_grid_is_wide():
    x, y = np.random.default_rng(1).uniform(0, 300, (2, 50))
    grid = Turned.over(x, y, side=100, ring=9)
    assert grid.spread(x, y, np.ones(50), 80.0).sum() == pytest.approx(50, rel=1e-3)
