"""Shared arcs: each stretch of border held once, with the areas on its left and its right."""

from dataclasses import dataclass

import numpy as np
import shapely

UNITS_PER_DEGREE = 10_000_000  # coordinates are held to a hundred-millionth of a circle: 11 mm
_ON_THE_LINE = 1.0  # in those units: a vertex this near a side lies on it, but for rounding


@dataclass(frozen=True)
class Arcs:
    """The borders of a set of areas.

    Args:
        left: For each arc, the place in the list of areas of the one on its left as it runs.
        right: The one on its right; -1 on the outside.
        lines: The stretches, as line strings in longitude and latitude.
        metres: Their lengths on the ellipsoid.
        vertices_added: Vertices one side of a border had and the other lacked, now on both.
        crowded: Sides claimed by two areas on the same hand: overlaps in the file.
    """

    left: np.ndarray
    right: np.ndarray
    lines: np.ndarray
    metres: np.ndarray
    vertices_added: int
    crowded: int

    def neighbours(self) -> np.ndarray:
        """Return each pair of areas that share a stretch of border, once: shape (pairs, 2)."""
        inner = (self.right >= 0) & (self.right != self.left)
        pairs = np.column_stack([self.left[inner], self.right[inner]])
        return np.unique(np.sort(pairs, axis=1), axis=0)


@dataclass(frozen=True)
class _Rings:
    """Closed rings, one after another, each with its area on the left."""

    units: np.ndarray  # (n, 2) whole units
    ring: np.ndarray  # (n,) the ring of each vertex
    area: np.ndarray  # (rings,) the area of each ring


@dataclass(frozen=True)
class _Sides:
    """The sides of rings, in ring order, each with the other side of the same border."""

    start: np.ndarray  # vertex numbers
    end: np.ndarray
    ring: np.ndarray
    area: np.ndarray
    at: np.ndarray  # where its first vertex stands among the rings' vertices
    twin: np.ndarray  # the side that runs the other way, or -1
    vertices: np.ndarray  # (vertices, 2) whole units
    crowded: int

    @property
    def other(self) -> np.ndarray:
        """Return the area on the right of each side, or -1."""
        return np.where(self.twin >= 0, self.area[self.twin], -1)


def rounded(geometries: np.ndarray) -> np.ndarray:
    """Return geometries in degrees with every coordinate a whole number of our units."""
    points = np.rint(shapely.get_coordinates(geometries) * UNITS_PER_DEGREE) / UNITS_PER_DEGREE
    return shapely.set_coordinates(geometries.copy(), points)


def arcs_of(areas: np.ndarray) -> Arcs:
    """Cut the outlines of areas into stretches of border, each held once.

    Two outlines share a border where they share vertices, to 11 mm. Where one outline has a vertex
    in the middle of the other's side, the other is given it too.

    Args:
        areas: Polygons and multipolygons in longitude and latitude, valid and `rounded`.

    Assumes:
        The outlines come from one drawing. Outlines drawn apart do not meet vertex to vertex, and
        then every stretch has an area on its left alone.
    """
    rings = _rings(areas)
    sides = _sides(rings)
    rings, added = _with_missing_vertices(rings, sides)
    if added:
        sides = _sides(rings)
    return _joined(sides, added)


def segment_metres(lon_lat: np.ndarray, to_lon_lat: np.ndarray) -> np.ndarray:
    """Return the length in metres of short straight stretches on the WGS 84 ellipsoid.

    The local radii at the middle are used, which is right to one part in a million below 10 km.

    Args:
        lon_lat: Where each begins, degrees, shape (n, 2).
        to_lon_lat: Where each ends.
    """
    axis, flattening = 6_378_137.0, 1 / 298.257223563
    eccentricity = flattening * (2 - flattening)
    middle = np.radians((lon_lat[:, 1] + to_lon_lat[:, 1]) / 2)
    bulge = 1 - eccentricity * np.sin(middle) ** 2
    east = np.radians(to_lon_lat[:, 0] - lon_lat[:, 0]) * np.cos(middle) * axis / np.sqrt(bulge)
    north = np.radians(to_lon_lat[:, 1] - lon_lat[:, 1]) * axis * (1 - eccentricity) / bulge**1.5
    return np.hypot(east, north)


def _rings(areas: np.ndarray) -> _Rings:
    parts, part_area = shapely.get_parts(areas, return_index=True)
    lines, line_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(lines, return_index=True)
    units = np.rint(points * UNITS_PER_DEGREE).astype(np.int64)
    outer = np.r_[True, line_part[1:] != line_part[:-1]] if len(lines) else np.empty(0, bool)
    first, count = _spans(ring, len(lines))
    turns_left = _turns_left(units, ring, first)
    place = np.arange(len(units)) - first[ring]
    turned = np.where((turns_left == outer)[ring], place, count[ring] - 1 - place)
    return _Rings(units[first[ring] + turned], ring, part_area[line_part])


def _spans(groups: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    count = np.bincount(groups, minlength=n)
    return np.cumsum(count) - count, count


def _turns_left(units: np.ndarray, ring: np.ndarray, first: np.ndarray) -> np.ndarray:
    near = (units - units[first[ring]]).astype(float)  # small numbers, so that products stay exact
    same = ring[1:] == ring[:-1]
    cross = (near[:-1, 0] * near[1:, 1] - near[1:, 0] * near[:-1, 1])[same]
    return np.bincount(ring[:-1][same], cross, minlength=len(first)) > 0


def _sides(rings: _Rings) -> _Sides:
    vertices, number = _numbered(rings.units)
    real = (rings.ring[1:] == rings.ring[:-1]) & (number[1:] != number[:-1])
    at = np.flatnonzero(real)
    start, end, ring = number[at], number[at + 1], rings.ring[at]
    area = rings.area[ring]
    twin, crowded = _twins(start, end, area, len(vertices))
    return _Sides(start, end, ring, area, at, twin, vertices, crowded)


def _numbered(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct vertices, and for each vertex its number among them."""
    lowest = units.min(axis=0) if len(units) else np.zeros(2, np.int64)
    packed = ((units[:, 0] - lowest[0]) << 32) | (units[:, 1] - lowest[1])
    distinct, number = np.unique(packed, return_inverse=True)
    pairs = np.column_stack([distinct >> 32, distinct & 0xFFFFFFFF]) + lowest
    return pairs, number


def _twins(
    start: np.ndarray, end: np.ndarray, area: np.ndarray, n_vertices: int
) -> tuple[np.ndarray, int]:
    """Pair each side with the one running the other way; count those claimed twice on one hand."""
    border = np.minimum(start, end) * n_vertices + np.maximum(start, end)
    forward = start < end
    hand = border * 2 + forward
    order = np.argsort(hand, kind="stable")
    new = np.r_[True, _changes(hand[order])][: len(order)]
    begins = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    turn = np.empty(len(order), np.int64)
    turn[order] = np.arange(len(order)) - begins  # the k-th claim on this hand of this border
    order = order[np.argsort(turn[order], kind="stable")]  # by turn, then border, then hand
    met = ~_changes(border[order]) & ~_changes(turn[order])
    twin = np.full(len(order), -1, np.int64)
    twin[order[:-1][met]], twin[order[1:][met]] = order[1:][met], order[:-1][met]
    return twin, len(np.unique(border[turn > 0]))


def _changes(values: np.ndarray) -> np.ndarray:
    return values[1:] != values[:-1]


def _with_missing_vertices(rings: _Rings, sides: _Sides) -> tuple[_Rings, int]:
    """Give each unpaired side the vertices of other areas' unpaired sides that lie upon it."""
    alone = np.flatnonzero(sides.twin < 0)
    begin, finish = sides.vertices[sides.start[alone]], sides.vertices[sides.end[alone]]
    segments = shapely.linestrings(np.stack([begin, finish], axis=1).astype(float))
    tree = shapely.STRtree(np.asarray(segments, object))
    ends = np.unique(np.r_[sides.start[alone], sides.end[alone]])
    points = shapely.points(sides.vertices[ends].astype(float))
    end, side = tree.query(points, predicate="dwithin", distance=_ON_THE_LINE)
    vertex = ends[end]
    run = (finish - begin)[side].astype(float)
    gone = (sides.vertices[vertex] - begin[side]).astype(float)
    share = (run * gone).sum(axis=1) / (run * run).sum(axis=1)
    # An outline gets a vertex once, and only if it lacks it, or it would turn back on itself.
    wanted = sides.area[alone][side] * len(sides.vertices) + vertex
    has = sides.area * len(sides.vertices) + sides.start
    lacks = ~np.isin(wanted, has[np.isin(has, np.unique(wanted))])
    new = np.flatnonzero((share > 0) & (share < 1) & lacks)
    new = new[np.unique(wanted[new], return_index=True)[1]]
    new = new[np.lexsort((share[new], side[new]))]
    after = sides.at[alone][side[new]] + 1
    units = np.insert(rings.units, after, sides.vertices[vertex[new]], axis=0)
    ring = np.insert(rings.ring, after, rings.ring[after - 1])
    return _Rings(units, ring, rings.area), len(after)


def _joined(sides: _Sides, added: int) -> Arcs:
    """Join sides that run on into one another with the same areas on both hands."""
    if not len(sides.start):
        none = np.empty(0, np.int64)
        return Arcs(none, none, np.empty(0, object), np.empty(0), added, 0)
    order, opens = _in_runs(sides)
    mine = _held_here(sides)[order]
    order, opens = order[mine], opens[mine]
    run = np.cumsum(opens) - 1
    first = np.flatnonzero(opens)
    last = np.r_[first[1:], len(order)] - 1
    degrees = sides.vertices / UNITS_PER_DEGREE
    start, end = degrees[sides.start[order]], degrees[sides.end[order]]
    points = np.insert(start, last + 1, end[last], axis=0)
    runs = np.insert(run, last + 1, run[last])
    return Arcs(
        sides.area[order[first]],
        sides.other[order[first]],
        np.asarray(shapely.linestrings(points, indices=runs), object),
        np.bincount(run, segment_metres(start, end)),
        added,
        sides.crowded,
    )


def _held_here(sides: _Sides) -> np.ndarray:
    """Say which of two twins holds the arc: the one of the area that comes first."""
    place = np.arange(len(sides.twin))
    first = (sides.area < sides.other) | ((sides.area == sides.other) & (place < sides.twin))
    return (sides.twin < 0) | first


def _in_runs(sides: _Sides) -> tuple[np.ndarray, np.ndarray]:
    """Return sides ring by ring, each ring begun where a run opens, and where runs open."""
    n_rings = int(sides.ring.max()) + 1
    first, count = _spans(sides.ring, n_rings)
    before = np.arange(len(sides.ring)) - 1
    begins = first[count > 0]
    before[begins] = begins + count[count > 0] - 1
    held = _held_here(sides)
    ends = np.r_[sides.start[held], sides.end[held]]
    meets = np.bincount(ends, minlength=len(sides.vertices)) != 2
    opens = meets[sides.start] | (sides.other != sides.other[before])
    place = np.arange(len(sides.ring)) - first[sides.ring]
    shift = np.full(n_rings, np.iinfo(np.int64).max)
    np.minimum.at(shift, sides.ring[opens], place[opens])
    shift[shift == np.iinfo(np.int64).max] = 0  # an island: one closed stretch
    order = np.lexsort(((place - shift[sides.ring]) % count[sides.ring], sides.ring))
    opens = opens[order]
    opens[begins] = True
    return order, opens
