"""Outlines that look drawn by history: Voronoi cells whose shared edges wander, each drawn once."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

Floats = NDArray[np.float64]

# How near an edge may come to the border of its kite. Below 1, no two edges can meet.
_ROOM = 0.8


@dataclass(frozen=True, slots=True)
class Edge:
    """One stretch of border between two cells.

    Args:
        left, right: The cells on its sides as it runs; the right one may lie outside the force.
        start, end: The numbers of the corners it runs between.
        line: Its points, both ends included; shape (n, 2).
    """

    left: int
    right: int
    start: int
    end: int
    line: Floats


def settle(seeds: Floats, movable: int, rounds: int) -> Floats:
    """Move the first `movable` seeds towards the middles of their cells: no cell stays a sliver.

    Args:
        seeds: Cell centres, metres, shape (n, 2); the first `movable` of them have bounded cells.
        movable: How many may move; the others hold the outside in place.
        rounds: How often.
    """
    seeds = seeds.copy()
    for _ in range(rounds):
        cells = Voronoi(seeds)
        for number in range(movable):
            corners = cells.vertices[cells.regions[cells.point_region[number]]]
            seeds[number] = corners.mean(axis=0)
    return seeds


def wander(start: Floats, end: Floats, seed: Floats, rng: np.random.Generator) -> Floats:
    """Return a line from `start` to `end` that wanders but never leaves its kite.

    The kite is the edge's two ends with the two cell centres on either side. Kites of different
    edges share no inside, so lines that stay within theirs can never cross: the cells they bound
    fit together without gaps or overlaps, by construction.

    Args:
        start: Where it begins, metres.
        end: Where it ends.
        seed: The centre of the cell on either side (a Voronoi edge lies midway, so both will do).
        rng: Where its wandering comes from.
    """
    along = end - start
    length = float(np.hypot(*along))
    if length < 1.0:
        return np.stack([start, end])
    points = int(np.clip(length / 70, 2, 40)) + 1
    t = np.linspace(0, 1, points + 1)
    waves = np.arange(1, max(3, points // 2) + 1)
    heights = rng.normal(size=waves.size) * 0.11 / waves**1.15
    wish = length * np.sin(np.pi * t[:, None] * waves) @ heights
    room = _ROOM * _kite_height(start, along / length, length, seed, t * length)
    with np.errstate(invalid="ignore", divide="ignore"):
        aside = np.where(room > 0, room * np.tanh(wish / room), 0.0)
    normal = np.array([-along[1], along[0]]) / length
    line = start + t[:, None] * along + aside[:, None] * normal
    line[0], line[-1] = start, end
    return line


def _kite_height(start: Floats, unit: Floats, length: float, seed: Floats, at: Floats) -> Floats:
    """Return how far the kite reaches to either side of its edge, at distances along it."""
    to_seed = seed - start
    foot = float(to_seed @ unit)
    tip = abs(float(to_seed[0] * unit[1] - to_seed[1] * unit[0]))
    rising = tip * at / foot if foot > 0 else np.full_like(at, np.inf)
    beyond = length - foot
    falling = tip * (length - at) / beyond if beyond > 0 else np.full_like(at, np.inf)
    return np.minimum(rising, falling)


def draw_edges(seeds: Floats, inside: int, rng: np.random.Generator) -> list[Edge]:
    """Return every border of the first `inside` cells, each once, in a fixed order.

    Args:
        seeds: Cell centres, metres, shape (n, 2); those from `inside` on surround the force.
        inside: How many of them are areas of the force.
        rng: Where the wandering comes from.
    """
    cells = Voronoi(seeds)
    pairs = np.sort(cells.ridge_points, axis=1)
    edges = []
    for number in np.lexsort((pairs[:, 1], pairs[:, 0])):
        left, right = (int(n) for n in pairs[number])
        if left >= inside:
            continue
        first, last = cells.ridge_vertices[number]
        a, b = cells.vertices[first] - seeds[left], cells.vertices[last] - seeds[left]
        if a[0] * b[1] - a[1] * b[0] < 0:  # run with the left cell on the left
            first, last = last, first
        line = wander(cells.vertices[first], cells.vertices[last], seeds[left], rng)
        edges.append(Edge(left, right, first, last, line))
    return edges


def close_areas(edges: list[Edge], area_of: NDArray[np.int64]) -> list[Floats]:
    """Join the borders of areas, each made of one cell or several, into closed rings.

    Args:
        edges: The borders of the cells; a line may have been turned into other coordinates.
        area_of: Which area each cell lies in, numbered from 0; cells beyond it lie in none.

    Returns:
        For each area its ring, anticlockwise, beginning where its first border does.

    Raises:
        ValueError: The cells of an area do not make one ring.
    """
    inside = len(area_of)
    sides: list[dict[int, tuple[int, Floats]]] = [{} for _ in range(int(area_of.max()) + 1)]
    for edge in edges:
        left = int(area_of[edge.left])
        right = int(area_of[edge.right]) if edge.right < inside else -1
        if left == right:
            continue
        sides[left][edge.start] = (edge.end, edge.line)
        if right >= 0:
            sides[right][edge.end] = (edge.start, edge.line[::-1])
    return [_ring(from_corner) for from_corner in sides]


def _ring(from_corner: dict[int, tuple[int, Floats]]) -> Floats:
    """Follow borders from corner to corner until they close."""
    first = corner = next(iter(from_corner))
    lines = []
    for _ in from_corner:
        corner, line = from_corner[corner]
        lines.append(line[:-1])
        if corner == first:
            break
    if len(lines) != len(from_corner):
        raise ValueError("the cells of an area do not make one ring")
    return np.concatenate([*lines, lines[0][:1]])


def points_inside(ring: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Return points strictly inside a ring, spread evenly.

    Args:
        ring: A closed ring, metres, shape (n, 2).
        count: How many.
        rng: Where they come from.
    """
    polygon = shapely.Polygon(ring)
    west, south, east, north = polygon.bounds
    # Keep clear of the border, so that rounding a coordinate cannot move a point across it.
    room = polygon.buffer(-0.02 * min(east - west, north - south), quad_segs=2)
    room = polygon if room.is_empty else room
    found = np.empty((0, 2))
    while len(found) < count:
        tries = rng.uniform((west, south), (east, north), size=(4 * count, 2))
        found = np.concatenate([found, tries[shapely.contains_xy(room, *tries.T)]])
    return found[:count]
