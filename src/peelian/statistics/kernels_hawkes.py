"""Kernels of self-excitation: sums over earlier events nearby, walked cell by cell, none stored."""

from typing import NamedTuple

import numpy as np

from peelian.statistics.compile import compiled


class Grid(NamedTuple):
    """Events sorted by cell and, within a cell, by time.

    The events of cell c are `begin[c]` to `begin[c + 1]`; cells are numbered row by row. No two
    events nearer than `reach` metres lie in cells that do not touch.
    """

    x: np.ndarray
    y: np.ndarray
    t: np.ndarray
    begin: np.ndarray
    column: np.ndarray  # of each event
    row: np.ndarray
    columns: int
    rows: int


@compiled
def first_after(t, low, high, since):
    """Return the first event from `low` to `high` whose time is not before `since`."""
    while low < high:
        middle = (low + high) // 2
        if t[middle] < since:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def _expect_one(grid, i, rate, spread, tmax, d2max):
    """Add up, over earlier events near event i, how much each excites it, per unit of theta.

    Returns the sum of the kernels, and the same weighted by the gap in days and by the square of
    the distance.
    """
    total = with_gap = with_distance = 0.0
    at = rate / (2 * np.pi * spread * spread)
    half = 1 / (2 * spread * spread)
    x, y, t = grid.x[i], grid.y[i], grid.t[i]
    for r in range(max(grid.row[i] - 1, 0), min(grid.row[i] + 2, grid.rows)):
        for c in range(max(grid.column[i] - 1, 0), min(grid.column[i] + 2, grid.columns)):
            cell = r * grid.columns + c
            end = grid.begin[cell + 1]
            j = first_after(grid.t, grid.begin[cell], end, t - tmax)
            while j < end and grid.t[j] < t:
                d2 = (grid.x[j] - x) ** 2 + (grid.y[j] - y) ** 2
                if d2 <= d2max:
                    gap = t - grid.t[j]
                    kernel = at * np.exp(-rate * gap - half * d2)
                    total += kernel
                    with_gap += kernel * gap
                    with_distance += kernel * d2
                j += 1
    return total, with_gap, with_distance


@compiled
def expect(grid, background, theta, rate, spread, tmax, d2max, excited):
    """Share each event out between the background and the events before it.

    Args:
        grid: The events.
        background: Its density at each event, per square metre and day.
        theta: How many events one event leads to, on average.
        rate: By how much a day the excitement falls: 1 / its mean.
        spread: How far it reaches: the Gaussian's standard deviation, in metres.
        tmax: The longest gap looked at, in days.
        d2max: The square of the furthest distance looked at.
        excited: Written: the chance that each event was led to by another.

    Returns:
        The sum of those chances, of gaps and of squared distances weighted by them, and the sum of
        the logarithms of the density of events.
    """
    events = gaps = distances = likelihood = 0.0
    for i in range(len(grid.t)):
        total, with_gap, with_distance = _expect_one(grid, i, rate, spread, tmax, d2max)
        density = background[i] + theta * total
        share = theta / density
        excited[i] = share * total
        events += share * total
        gaps += share * with_gap
        distances += share * with_distance
        likelihood += np.log(density)
    return events, gaps, distances, likelihood


def warm() -> None:
    """Run every kernel on a tiny input."""
    one = np.array([0.0, 1.0])
    at = np.zeros(2, np.int64)
    grid = Grid(one, one, one, np.array([0, 2]), at, at, 1, 1)
    expect(grid, np.ones(2), 0.1, 1.0, 1.0, 9.0, 9.0, np.empty(2))
