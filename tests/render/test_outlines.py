"""Outlines keep their shape: areas close, neighbours meet, and thinning opens no gap."""

import base64

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.made_up import profile_release
from peelian.disclosure import ReleasedTable
from peelian.render.outlines import Outlines, mercator, pack, thin
from peelian.results import Field


def _outlines(*arcs: tuple[str | None, str | None, list]) -> Outlines:
    data = pa.table(
        {
            "arc": range(len(arcs)),
            "left_code": [arc[0] for arc in arcs],
            "right_code": pa.array([arc[1] for arc in arcs], pa.string()),
            "line": [shapely.to_wkb(shapely.LineString(arc[2])) for arc in arcs],
        }
    )
    fields = {name: Field(role="key", label=name) for name in data.column_names}
    table = ReleasedTable(caption="", data=data, fields=fields, held_back={}, for_machine=True)
    return Outlines.read(table)


def _ring_with_an_island() -> Outlines:
    """A square `out` with a hole that is filled by `in`, and a far island of `out`."""
    square = [(0, 0), (9, 0), (9, 9), (0, 9), (0, 0)]
    hole = [(3, 3), (6, 3), (6, 6), (3, 6), (3, 3)]
    island = [(20, 0), (21, 0), (21, 1), (20, 1), (20, 0)]
    return _outlines(("out", None, square), ("in", "out", hole), ("out", None, island))


def test_holes_and_islands_come_back():
    outlines = _ring_with_an_island()
    shapes = dict(zip(outlines.codes, outlines.polygons(), strict=True))
    assert shapes["in"].area == 9
    assert shapes["out"].area == 81 - 9 + 1
    assert shapes["out"].geom_type == "MultiPolygon"


def test_rings_are_closed_chains_of_arcs():
    outlines = _ring_with_an_island()
    rings = dict(zip(outlines.codes, outlines.rings(), strict=True))
    assert sorted(map(tuple, rings["out"])) == [(-2,), (0,), (2,)]  # -2 is arc 1 run backwards
    assert rings["in"] == [[1]]


def test_areas_of_a_whole_force_cover_it_once():
    outlines = Outlines.read(profile_release().tables["outlines"])
    shapes = outlines.polygons()
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum())


def test_thinning_holds_every_end_and_opens_no_gap():
    outlines = Outlines.read(profile_release().tables["outlines"])
    flat = mercator(outlines.lines)
    thinned = thin(flat, shapely.get_num_coordinates(flat).sum() // 3)
    assert shapely.get_num_coordinates(thinned).sum() < shapely.get_num_coordinates(flat).sum() / 2
    assert (shapely.get_point(thinned, 0) == shapely.get_point(flat, 0)).all()
    assert (shapely.get_point(thinned, -1) == shapely.get_point(flat, -1)).all()
    shapes = Outlines(outlines.codes, thinned, outlines.sides).polygons()
    assert shapely.is_valid(shapes).all()
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum())


def _unpack(packed, areas: int) -> tuple[list[np.ndarray], list[list[list[int]]]]:
    """Read packed outlines as the page's script does, written apart from what packs them."""
    numbers, number, shift = [], 0, 0
    for byte in base64.b64decode(packed.bytes):
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(number)
            number, shift = 0, 0
    queue = iter(numbers)

    def signed(n: int) -> int:
        return -(n + 1) // 2 if n % 2 else n // 2

    arcs = []
    for _ in range(packed.arcs):
        steps = [(signed(next(queue)), signed(next(queue))) for _ in range(next(queue))]
        arcs.append(np.cumsum(steps, axis=0))
    rings = []
    for _ in range(areas):
        rings.append([])
        for _ in range(next(queue)):
            last, ring = 0, []
            for _ in range(next(queue)):
                last += signed(next(queue))
                ring.append(signed(last))
            rings[-1].append(ring)
    assert next(queue, None) is None  # nothing is left over
    return arcs, rings


def test_what_is_packed_can_be_unpacked():
    outlines = Outlines.read(profile_release().tables["outlines"])
    packed = pack(outlines)
    arcs, rings = _unpack(packed, len(outlines.codes))
    assert rings == outlines.rings()
    assert len(arcs) == len(outlines.lines)
    first = np.array(mercator(outlines.lines)[0].coords[0])
    assert np.abs(arcs[0][0] * packed.step + packed.origin - first).max() <= packed.step


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.integers(1, 12))
def test_any_grid_of_squares_comes_back(wide, high):
    arcs = []
    for x in range(wide + 1):
        for y in range(high):
            left = f"{x - 1},{y}" if x else None
            right = f"{x},{y}" if x < wide else None
            way = [(x, y), (x, y + 1)]
            arcs.append((left, right, way) if left else (right, None, way[::-1]))
    for y in range(high + 1):
        for x in range(wide):
            above = f"{x},{y}" if y < high else None
            below = f"{x},{y - 1}" if y else None
            way = [(x, y), (x + 1, y)]
            arcs.append((above, below, way) if above else (below, None, way[::-1]))
    outlines = _outlines(*arcs)
    assert shapely.area(outlines.polygons()).tolist() == [1.0] * (wide * high)
    assert all(len(rings) == 1 and len(rings[0]) == 4 for rings in outlines.rings())


def test_a_line_that_thinning_would_lay_across_another_is_left_as_it_was():
    """A road stands in a bay; thinned alone, the bay's shore would run across it."""
    bay = shapely.LineString([(0, 0), (4, 0), (5, 3), (6, 0), (10, 0)])
    road = shapely.LineString([(5, -1), (5, 2)])
    ring = shapely.LineString([(20, 0), (21, 0), (21, 1), (20, 0)])
    lines = shapely.transform(np.array([bay, road, ring]), lambda points: points * 1e-5)
    thinned = thin(lines, 6)
    assert shapely.get_num_coordinates(thinned).tolist() == [5, 2, 4]
    assert not shapely.crosses(thinned[0], thinned[1])
    apart = thin(lines[[0, 2]], 4)  # with no road in the way, the bay may go
    assert shapely.get_num_coordinates(apart)[0] == 2
