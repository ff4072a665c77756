"""Kernels of close pairs: found cell by cell, and counted by time for many shuffles at once."""

from typing import NamedTuple

import numpy as np

from peelian.statistics.compile import compiled


class Cells(NamedTuple):
    """Events sorted into the cells of a grid whose side is the furthest distance asked for.

    The events of cell c are `begin[c]` to `begin[c + 1]`; cells are numbered row by row.
    """

    x: np.ndarray
    y: np.ndarray
    begin: np.ndarray
    columns: int
    rows: int


@compiled
def _band(dx, dy, edges, manhattan):
    """Return the band a distance lies in, the first edge it is below; -1 beyond the last."""
    d = abs(dx) + abs(dy) if manhattan else np.sqrt(dx * dx + dy * dy)
    if d >= edges[-1] or d < edges[0]:
        return -1
    band = 0
    while d >= edges[band + 1]:
        band += 1
    return band


@compiled
def _walk(cells, cell, edges, manhattan, one, other, band, found):
    """Find the close pairs that begin in one cell; write them where there is room; count them."""
    column, row = cell % cells.columns, cell // cells.columns
    room = len(one)
    for a in range(cells.begin[cell], cells.begin[cell + 1]):
        for step in range(5):
            # the cell itself, the next in its row, and the three of the row above: each pair once
            across = 1 if step == 1 else step - 3
            up = 0 if step < 2 else 1
            if step == 0:
                across = 0
            c, r = column + across, row + up
            if c < 0 or c >= cells.columns or r >= cells.rows:
                continue
            there = r * cells.columns + c
            first = a + 1 if step == 0 else cells.begin[there]
            for b in range(first, cells.begin[there + 1]):
                k = _band(cells.x[a] - cells.x[b], cells.y[a] - cells.y[b], edges, manhattan)
                if k >= 0:
                    if found < room:
                        one[found], other[found], band[found] = a, b, k
                    found += 1
    return found


@compiled
def find_pairs(cells, first, last, edges, manhattan, one, other, band):
    """Write the close pairs that begin in cells `first` to `last`; return how many there are.

    Where there are more than there is room for, those beyond are counted and not written.
    """
    found = 0
    for cell in range(first, last):
        found = _walk(cells, cell, edges, manhattan, one, other, band, found)
    return found


@compiled
def count_pairs(cells, edges, manhattan, counts):
    """Count, for every cell, the close pairs that begin in it: shape (cells,)."""
    one, other = np.empty(0, np.int32), np.empty(0, np.int32)
    band = np.empty(0, np.int8)
    for cell in range(len(cells.begin) - 1):
        counts[cell] = _walk(cells, cell, edges, manhattan, one, other, band, 0)


@compiled
def count_below(one, other, band, ticks, limits, counts):
    """Add up close pairs whose gap in time is below each limit, for every shuffle.

    A row of `ticks` holds one event's time in every shuffle, so that a pair's two rows are read
    one after the other: events near in space are near in memory.

    Args:
        one: The first event of each pair.
        other: The second.
        band: The band of its distance.
        ticks: Times in whole ticks: shape (events, shuffles).
        limits: The limits, in ticks, rising.
        counts: Added to: shape (bands, limits, shuffles).
    """
    for k in range(len(one)):
        a, b, here = ticks[one[k]], ticks[other[k]], counts[band[k]]
        for i in range(len(limits)):
            limit, row = limits[i], here[i]
            for p in range(len(a)):
                row[p] += np.int32(abs(a[p] - b[p]) < limit)


def warm() -> None:
    """Run every kernel on a tiny input."""
    xy = np.array([0.0, 0.5])
    cells = Cells(xy, xy, np.array([0, 2]), 1, 1)
    edges, counts = np.array([0.0, 1.0]), np.zeros(1, np.int64)
    one, other, band = np.empty(1, np.int32), np.empty(1, np.int32), np.empty(1, np.int8)
    for manhattan in (False, True):
        count_pairs(cells, edges, manhattan, counts)
        find_pairs(cells, 0, 1, edges, manhattan, one, other, band)
    ticks = np.zeros((2, 1), np.int32)
    count_below(one, other, band, ticks, np.ones(1, np.int32), np.zeros((1, 1, 1), np.int32))
