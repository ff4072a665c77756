"""Kernels of lags: pairs of events by how far and how long apart they are, counted and not kept."""

import numpy as np

from peelian.statistics.compile import compiled
from peelian.statistics.kernels_hawkes import Grid, first_after

_ROUNDING = 1e-9  # days: what doubles lose of a whole tick


@compiled
def count_lags(grid, d2_edges, lag_edges, longest, middle, until, cycle, near, early, late):
    """Count close pairs by distance and lag, and those of longer lags by their phase.

    Args:
        grid: The events, in cells no smaller than the furthest distance.
        d2_edges: Squares of the edges of the bands of distance, rising from nought.
        lag_edges: Edges of the bins of lags in days, rising from nought to `longest`.
        longest: Lags below it are counted in `near`.
        middle: Lags from `longest` to this are counted in `early`.
        until: Lags from there to this are counted in `late`.
        cycle: Days after which lags are alike: longer lags are counted by how far they
            are from a whole number of cycles.
        near: Added to: shape (bands, bins).
        early: Added to: shape (bands, bins + 1), those of no bin in the last.
        late: Added to, likewise.
    """
    last = d2_edges[-1]
    for i in range(len(grid.t)):
        x, y, t = grid.x[i], grid.y[i], grid.t[i]
        for r in range(max(grid.row[i] - 1, 0), min(grid.row[i] + 2, grid.rows)):
            for c in range(max(grid.column[i] - 1, 0), min(grid.column[i] + 2, grid.columns)):
                cell = r * grid.columns + c
                end = grid.begin[cell + 1]
                j = first_after(grid.t, grid.begin[cell], end, t - until + _ROUNDING)
                while j < end and grid.t[j] <= t:
                    d2 = (grid.x[j] - x) ** 2 + (grid.y[j] - y) ** 2
                    if d2 < last and (grid.t[j] < t or j < i):
                        band = 0
                        while d2 >= d2_edges[band + 1]:
                            band += 1
                        lag = t - grid.t[j] + _ROUNDING
                        into = near if lag < longest else early if lag < middle else late
                        if lag >= longest:
                            lag = abs((lag + cycle / 2) % cycle - cycle / 2) + 2 * _ROUNDING
                        place = 0
                        while lag >= lag_edges[place + 1]:
                            place += 1
                        into[band, place] += 1
                    j += 1


@compiled
def count_below(t, limits, counts):
    """Count, of all pairs, those whose lag is below each limit.

    Args:
        t: Times in days, rising.
        limits: Limits in days.
        counts: Written: shape (limits,).
    """
    for k in range(len(limits)):
        first, total, limit = 0, 0, limits[k] - _ROUNDING
        for i in range(len(t)):
            while t[i] - t[first] >= limit and first < i:
                first += 1
            total += i - first
        counts[k] = total


def warm() -> None:
    """Run every kernel on a tiny input."""
    one = np.array([0.0, 1.0])
    at = np.zeros(2, np.int64)
    grid = Grid(one, one, one, np.array([0, 2]), at, at, 1, 1)
    counts = np.zeros((1, 1), np.int64)
    edges = np.array([0.0, 9.0])
    count_lags(grid, edges, edges, 4.0, 6.0, 9.0, 7.0, counts, counts, counts)
    count_below(one, one, np.zeros(2, np.int64))
