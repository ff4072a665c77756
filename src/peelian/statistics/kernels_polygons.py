"""Kernels of the polygon index: sides of lines exactly, rows of borders, cells, and points."""

from typing import NamedTuple

import numpy as np

from peelian.statistics.compile import compiled

# Below this share of its parts a determinant's sign may be rounding (Shewchuk, 1997).
_UNSURE = 3.3306690738754716e-16
_SPLIT = 134_217_729.0  # 2**27 + 1: parts a double into two halves whose products are exact
_PAD = 1e-6  # of a cell: a border this near a cell counts as in it, which rounding cannot outrun


class Grid(NamedTuple):
    """A raster laid over the polygons."""

    x0: float
    y0: float
    x1: float
    y1: float
    per_x: float  # cells per unit
    per_y: float
    columns: int
    rows: int


class Borders(NamedTuple):
    """Sides of polygons, listed for each row of the raster that they touch.

    Side i runs from vertex i to vertex i + 1. The sides of polygon q in row r are
    `sides[begin[k]:begin[k + 1]]` with k = `slab[q] + r - first_row[q]`.
    """

    x: np.ndarray
    y: np.ndarray
    first_row: np.ndarray
    slab: np.ndarray
    begin: np.ndarray
    sides: np.ndarray


class Cells(NamedTuple):
    """What is known of each cell.

    `label` is a polygon that covers the whole cell, -1 for none, or -2 - k: then the polygons to
    try are `tried[begin[k]:begin[k + 1]]`.
    """

    label: np.ndarray
    begin: np.ndarray
    tried: np.ndarray


@compiled
def _sum(a, b):
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@compiled
def _product(a, b):
    p = a * b
    t = _SPLIT * a
    ah = t - (t - a)
    t = _SPLIT * b
    bh = t - (t - b)
    al, bl = a - ah, b - bh
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


@compiled
def _grow(parts, n, term):
    """Add a number to a sum held in n parts that do not overlap; it then has one more."""
    for k in range(n):
        term, parts[k] = _sum(parts[k], term)
    parts[n] = term


@compiled
def _grow_by_product(parts, n, a, b):
    high, low = _product(a, b)
    _grow(parts, n, low)
    _grow(parts, n + 1, high)
    return n + 2


@compiled
def _exact_side(ax, ay, bx, by, px, py):
    """Return the sign of the determinant in `side`, from sums that lose nothing."""
    ax, ax_low = _sum(ax, -px)
    by, by_low = _sum(by, -py)
    ay, ay_low = _sum(ay, -py)
    bx, bx_low = _sum(bx, -px)
    parts, n = np.zeros(16), np.int64(0)
    n = _grow_by_product(parts, n, ax_low, by_low)
    n = _grow_by_product(parts, n, ax_low, by)
    n = _grow_by_product(parts, n, ax, by_low)
    n = _grow_by_product(parts, n, ax, by)
    n = _grow_by_product(parts, n, -ay_low, bx_low)
    n = _grow_by_product(parts, n, -ay_low, bx)
    n = _grow_by_product(parts, n, -ay, bx_low)
    n = _grow_by_product(parts, n, -ay, bx)
    for k in range(15, -1, -1):  # the last part that is not nought outweighs all before it
        if parts[k] != 0.0:
            return parts[k]
    return 0.0


@compiled
def side(ax, ay, bx, by, px, py):
    """Return a number above 0 where p is left of the line from a to b, below 0 right, 0 on it."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    found = left - right
    if abs(found) > _UNSURE * (abs(left) + abs(right)):
        return found
    return _exact_side(ax, ay, bx, by, px, py)


@compiled
def _row(grid, y):
    return min(max(int((y - grid.y0) * grid.per_y), 0), grid.rows - 1)


@compiled
def touches(borders, polygon, row, x, y):
    """Say whether a point of this row is inside a polygon or on its border.

    A ray to the right crosses the border an odd number of times from inside. Only sides in the
    point's own row can cross it.
    """
    k = borders.slab[polygon] + row - borders.first_row[polygon]
    inside = False
    for n in range(borders.begin[k], borders.begin[k + 1]):
        i = borders.sides[n]
        x1, y1, x2, y2 = borders.x[i], borders.y[i], borders.x[i + 1], borders.y[i + 1]
        if (y1 > y) != (y2 > y):
            if x < x1 and x < x2:
                inside = not inside
            elif x <= x1 or x <= x2:
                found = side(x1, y1, x2, y2, x, y)
                if found == 0.0:
                    return True
                if (found > 0.0) == (y2 > y1):
                    inside = not inside
        elif y1 == y2:
            if y == y1 and min(x1, x2) <= x <= max(x1, x2):
                return True
        elif (y == y1 and x == x1) or (y == y2 and x == x2):
            return True
    return inside


@compiled
def count_sides(x, y, owner, joined, grid, first_row, slab, n_slabs):
    """Return where the sides of each polygon and row begin, as `Borders.begin`."""
    begin = np.zeros(n_slabs + 1, np.int64)
    for i in range(x.size - 1):
        if joined[i]:
            q = owner[i]
            low, high = _row(grid, min(y[i], y[i + 1])), _row(grid, max(y[i], y[i + 1]))
            for r in range(low, high + 1):
                begin[slab[q] + r - first_row[q] + 1] += 1
    for k in range(n_slabs):
        begin[k + 1] += begin[k]
    return begin


@compiled
def list_sides(x, y, owner, joined, grid, first_row, slab, begin):
    """Return the sides of each polygon and row, as `Borders.sides`."""
    sides = np.empty(begin[-1], np.int32)
    filled = begin[:-1].copy()
    for i in range(x.size - 1):
        if joined[i]:
            q = owner[i]
            low, high = _row(grid, min(y[i], y[i + 1])), _row(grid, max(y[i], y[i + 1]))
            for r in range(low, high + 1):
                k = slab[q] + r - first_row[q]
                sides[filled[k]] = i
                filled[k] += 1
    return sides


@compiled
def _mark(borders, grid, k, row, stamp, marks):
    """Stamp the columns of a row that the sides touch; return the first and the last of them."""
    first, last = grid.columns, -1
    for n in range(borders.begin[k], borders.begin[k + 1]):
        i = borders.sides[n]
        u1, v1 = (borders.x[i] - grid.x0) * grid.per_x, (borders.y[i] - grid.y0) * grid.per_y
        u2, v2 = (
            (borders.x[i + 1] - grid.x0) * grid.per_x,
            (borders.y[i + 1] - grid.y0) * grid.per_y,
        )
        if v1 > v2:
            u1, v1, u2, v2 = u2, v2, u1, v1
        low, high = u1, u2
        if v2 > v1:
            slope = (u2 - u1) / (v2 - v1)
            if v1 < row - _PAD:
                low = u1 + (row - _PAD - v1) * slope
            if v2 > row + 1 + _PAD:
                high = u1 + (row + 1 + _PAD - v1) * slope
        west = max(int(np.floor(min(low, high) - _PAD)), 0)
        east = min(int(np.floor(max(low, high) + _PAD)), grid.columns - 1)
        west = min(west, grid.columns - 1)
        first, last = min(first, west), max(last, east)
        for c in range(west, east + 1):
            marks[c] = stamp
    return first, last


@compiled
def count_borders(borders, grid, last_row):
    """Return for each cell how many polygons have a border in it."""
    counts = np.zeros(grid.rows * grid.columns, np.int32)
    marks = np.full(grid.columns, -1, np.int64)
    stamp = 0
    for q in range(borders.first_row.size):
        for r in range(borders.first_row[q], last_row[q] + 1):
            k = borders.slab[q] + r - borders.first_row[q]
            first, last = _mark(borders, grid, k, r, stamp, marks)
            for c in range(first, last + 1):
                if marks[c] == stamp:
                    counts[r * grid.columns + c] += 1
            stamp += 1
    return counts


@compiled
def cover(borders, grid, last_row, counts):
    """Label the cells that a polygon covers whole; count the border cells of others it covers.

    Of several that cover a cell whole, the first is its label.
    """
    label = np.full(counts.size, -1, np.int32)
    covered = np.zeros(counts.size, np.int32)
    marks = np.full(grid.columns, -1, np.int64)
    stamp = 0
    for q in range(borders.first_row.size):
        for r in range(borders.first_row[q], last_row[q] + 1):
            k = borders.slab[q] + r - borders.first_row[q]
            first, last = _mark(borders, grid, k, r, stamp, marks)
            known, within = False, False
            for c in range(first, last + 1):
                if marks[c] == stamp:
                    known = False
                    continue
                if not known:  # one test settles the whole gap between two borders
                    x, y = grid.x0 + (c + 0.5) / grid.per_x, grid.y0 + (r + 0.5) / grid.per_y
                    known, within = True, touches(borders, q, r, x, y)
                if within:
                    cell = r * grid.columns + c
                    if counts[cell] > 0:
                        covered[cell] += 1
                    elif label[cell] == -1:
                        label[cell] = q
            stamp += 1
    return label, covered


@compiled
def list_tried(borders, grid, last_row, label, begin, any_covered):
    """Return the polygons to try in each cell with a border, in their own order."""
    tried = np.empty(begin[-1], np.int32)
    filled = begin[:-1].copy()
    marks = np.full(grid.columns, -1, np.int64)
    stamp = 0
    for q in range(borders.first_row.size):
        for r in range(borders.first_row[q], last_row[q] + 1):
            k = borders.slab[q] + r - borders.first_row[q]
            first, last = _mark(borders, grid, k, r, stamp, marks)
            known, within = False, False
            for c in range(first, last + 1):
                cell = r * grid.columns + c
                hit = marks[c] == stamp
                if hit:
                    known = False
                elif any_covered:
                    if not known:
                        x, y = grid.x0 + (c + 0.5) / grid.per_x, grid.y0 + (r + 0.5) / grid.per_y
                        known, within = True, touches(borders, q, r, x, y)
                    hit = within and label[cell] < -1
                if hit:
                    slot = -2 - label[cell]
                    tried[filled[slot]] = q
                    filled[slot] += 1
            stamp += 1
    return tried


@compiled
def locate(x, y, found, grid, borders, cells):
    """Write into `found` the first polygon that each point is in or on the border of, or -1."""
    for n in range(x.size):
        px, py = x[n], y[n]
        found[n] = -1
        if not (grid.x0 <= px <= grid.x1 and grid.y0 <= py <= grid.y1):  # also where not a number
            continue
        column = min(int((px - grid.x0) * grid.per_x), grid.columns - 1)
        row = min(int((py - grid.y0) * grid.per_y), grid.rows - 1)
        label = cells.label[row * grid.columns + column]
        if label >= -1:
            found[n] = label
            continue
        for k in range(cells.begin[-2 - label], cells.begin[-1 - label]):
            q = cells.tried[k]
            if touches(borders, q, row, px, py):
                found[n] = q
                break


def warm() -> None:
    """Compile every kernel here by locating one point in one triangle."""
    import shapely

    from peelian.statistics.polygons import PolygonIndex

    index = PolygonIndex(np.array([shapely.Polygon([(0, 0), (2, 0), (0, 2)])]))
    index.locate(np.array([1.0]), np.array([1.0]))  # on its border: the exact sums compile too
