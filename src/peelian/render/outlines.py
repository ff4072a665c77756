"""Outlines: shared stretches of border put together into areas, thinned and packed for a page."""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from peelian.disclosure import ReleasedTable

VERTICES_PER_AREA = 36  # what a page can carry: about 110 KB of outline for 900 areas
MOST_VERTICES = 130_000
FEWEST_VERTICES = 16_000
_THINNEST = 1e-9  # of the web Mercator square of side 1: a few centimetres


@dataclass(frozen=True)
class Outlines:
    """The borders of areas, each stretch held once.

    Args:
        codes: The areas' codes.
        lines: The stretches (arcs), in longitude and latitude.
        sides: Shape (arcs, 2): the area on the left and on the right of each, as places in
            `codes`; -1 on the outside.
    """

    codes: tuple[str, ...]
    lines: np.ndarray
    sides: np.ndarray

    @classmethod
    def read(cls, table: ReleasedTable) -> "Outlines":
        """Read the table of arcs that an analysis hands over for its map."""
        left = table.data.column("left_code").to_pylist()
        right = table.data.column("right_code").to_pylist()
        codes = tuple(sorted({code for code in (*left, *right) if code}))
        place = {code: i for i, code in enumerate(codes)}
        sides = np.array(
            [(place.get(a, -1), place.get(b, -1)) for a, b in zip(left, right, strict=True)],
            dtype=np.int64,
        ).reshape(-1, 2)
        lines = shapely.from_wkb(_binary(table.data.column("line")))
        return cls(codes, lines, sides)

    def polygons(self) -> np.ndarray:
        """Return each area's outline as one shape, holes and islands included, at full detail."""
        arc, _ = np.nonzero(self.sides >= 0)
        area = self.sides[self.sides >= 0]
        inner = self.sides[arc, 0] == self.sides[arc, 1]  # a border with itself bounds nothing
        order = np.argsort(area[~inner], kind="stable")
        arc, area = arc[~inner][order], area[~inner][order]
        gathered = shapely.multilinestrings(self.lines[arc], indices=_dense(area))
        shapes = np.full(len(self.codes), shapely.Polygon(), dtype=object)
        shapes[np.unique(area)] = shapely.build_area(gathered)
        return shapes

    def rings(self) -> list[list[list[int]]]:
        """Return each area's rings as chains of arcs; arc `i` run backwards is written `~i`."""
        ends = [(line.coords[0], line.coords[-1]) for line in self.lines]
        going: list[list[int]] = [[] for _ in self.codes]
        for arc, (left, right) in enumerate(self.sides):
            if left == right:
                continue
            if left >= 0:
                going[left].append(arc)
            if right >= 0:
                going[right].append(~arc)
        return [_chain(arcs, ends) for arcs in going]


def _binary(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False), dtype=object)


def _dense(area: np.ndarray) -> np.ndarray:
    return np.unique(area, return_inverse=True)[1]


def _chain(arcs: list[int], ends: Sequence[tuple[tuple, tuple]]) -> list[list[int]]:
    """Join arcs end to end into closed rings."""
    begins: dict[tuple, list[int]] = {}
    for arc in arcs:
        begins.setdefault(_start(arc, ends), []).append(arc)
    rings = []
    while begins:
        start = next(iter(begins))
        ring, here = [], start
        while here in begins:
            arc = begins[here].pop()
            if not begins[here]:
                del begins[here]
            ring.append(arc)
            here = _start(~arc, ends)
            if here == start:
                break
        rings.append(ring)
    return rings


def _start(arc: int, ends: Sequence[tuple[tuple, tuple]]) -> tuple:
    return ends[arc][0] if arc >= 0 else ends[~arc][1]


@dataclass(frozen=True, slots=True)
class Packed:
    """Outlines small enough for a page: whole numbers on a grid, each the step from the last.

    Args:
        bytes: Base64 of variable-length whole numbers: for each arc its number of points and their
            steps; then for each area its number of rings, and for each ring its arcs.
        origin: Where the grid begins, on the web Mercator square of side 1.
        step: The side of a grid cell, on that square.
        arcs: How many arcs.
        vertices: How many points were kept.
    """

    bytes: str
    origin: tuple[float, float]
    step: float
    arcs: int
    vertices: int


def pack(outlines: Outlines) -> Packed:
    """Thin and pack outlines for a page.

    Ends of arcs are held and no line is let cross another, so that neighbours still meet without
    gaps; how much is thinned depends on how many areas there are.
    """
    lines = thin(mercator(outlines.lines), _budget(len(outlines.codes)))
    coords, arc_of = shapely.get_coordinates(lines, return_index=True)
    origin = coords.min(axis=0)
    extent = float(np.ptp(coords, axis=0).max())
    step = max(extent / 2**16, _THINNEST)
    grid = np.rint((coords - origin) / step).astype(np.int64)
    numbers: list[int] = []
    for points in np.split(grid, np.flatnonzero(np.diff(arc_of)) + 1):
        steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        numbers += [len(points), *map(_zigzag, steps.ravel().tolist())]
    for rings in outlines.rings():
        numbers.append(len(rings))
        for ring in rings:
            numbers.append(len(ring))
            previous = 0
            for arc in ring:
                signed = _zigzag(arc)
                numbers.append(_zigzag(signed - previous))
                previous = signed
    packed = base64.b64encode(_varints(numbers)).decode("ascii")
    return Packed(packed, (float(origin[0]), float(origin[1])), step, len(lines), len(coords))


def _budget(areas: int) -> int:
    return min(max(areas * VERTICES_PER_AREA, FEWEST_VERTICES), MOST_VERTICES)


def mercator(lines: np.ndarray) -> np.ndarray:
    """Return lines on the web Mercator square, x to the right and y downwards, both 0 to 1."""

    def project(points: np.ndarray) -> np.ndarray:
        x = (points[:, 0] + 180) / 360
        y = 0.5 - np.arcsinh(np.tan(np.radians(points[:, 1]))) / (2 * math.pi)
        return np.stack([x, y], axis=1)

    return shapely.transform(lines, project)


def thin(lines: np.ndarray, vertices: int) -> np.ndarray:
    """Return lines thinned to about so many points, ends held and nothing newly crossing.

    Each line is thinned alone (Douglas and Peucker, 1973); one that then crosses or covers another,
    or itself, is put back as it was, until none does. Thinning all together takes ten times longer.
    """
    if shapely.get_num_coordinates(lines).sum() <= vertices:
        return lines
    low, high = 1e-10, 1e-3  # from a few millimetres to tens of kilometres
    for _ in range(12):
        middle = math.sqrt(low * high)
        kept = shapely.get_num_coordinates(shapely.simplify(lines, middle, preserve_topology=False))
        low, high = (middle, high) if kept.sum() > vertices else (low, middle)
    thinned = shapely.simplify(lines, high, preserve_topology=False)
    changed = np.ones(len(lines), dtype=bool)
    while (spoilt := changed & _spoilt(thinned)).any():
        thinned = np.where(spoilt, lines, thinned)
        changed &= ~spoilt
    return thinned


def _spoilt(lines: np.ndarray) -> np.ndarray:
    """Return which lines cross or lie on another, cross themselves, or are rings that fell in."""
    fell_in = shapely.is_closed(lines) & (shapely.get_num_coordinates(lines) < 4)
    spoilt = fell_in | ~shapely.is_simple(lines)
    tree = shapely.STRtree(lines)
    for relation in ("crosses", "overlaps", "covers"):
        one, other = tree.query(lines, predicate=relation)
        apart = one != other
        spoilt[one[apart]] = spoilt[other[apart]] = True
    return spoilt


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varints(numbers: Sequence[int]) -> bytes:
    """Write whole numbers in as few bytes as each needs, seven bits a byte."""
    out = bytearray()
    for given in numbers:
        number = given
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)
