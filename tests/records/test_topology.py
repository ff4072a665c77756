"""Borders are held once: nothing of an outline is lost, nothing is held twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.records.areas import read_areas
from peelian.records.topology import UNITS_PER_DEGREE, arcs_of, rounded, segment_metres


def polygons(*rings):
    return np.array([shapely.Polygon(ring) for ring in rings], object)


def box(west, south, east, north):
    """A square of hundredths of a degree."""
    return shapely.box(west / 100, 50 + south / 100, east / 100, 50 + north / 100)


def rebuilt(arcs, area):
    """Return the outline that the arcs of one area enclose."""
    mine = (arcs.left == area) | (arcs.right == area)
    return shapely.build_area(shapely.geometrycollections(arcs.lines[mine]))


def steps(lines):
    """Return every step of some lines, as pairs of points in whole units."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    units = np.rint(points * UNITS_PER_DEGREE).astype(int).tolist()
    return [(*units[n], *units[n + 1]) for n in range(len(units) - 1) if line[n] == line[n + 1]]


def steps_around(arcs, area):
    """Return the steps of the arcs of one area, each with the area on its left."""
    forward = arcs.lines[arcs.left == area]
    backward = shapely.reverse(arcs.lines[arcs.right == area])
    return sorted(steps(np.r_[forward, backward]))


def steps_of(outline):
    """Return the steps of an outline, each with the outline's inside on its left."""
    turned = shapely.orient_polygons(outline, exterior_cw=False)
    return sorted(steps(shapely.get_rings(shapely.get_parts(turned))))


def perimeter(outline):
    """Return the length of an outline's rings, in metres."""
    lines = shapely.get_rings(shapely.get_parts(outline))
    rings, ring = shapely.get_coordinates(lines, return_index=True)
    same = ring[1:] == ring[:-1]
    return segment_metres(rings[:-1][same], rings[1:][same]).sum()


def hold(outlines, arcs):
    """Check what must be true of any arcs."""
    for number, outline in enumerate(outlines):
        if arcs.vertices_added:
            assert shapely.equals(rebuilt(arcs, number), outline)
        else:
            assert steps_around(arcs, number) == steps_of(outline)
    assert (arcs.left >= 0).all()
    assert (arcs.left != arcs.right).all()
    around = sum(perimeter(outline) for outline in outlines)
    both = arcs.metres * (1 + (arcs.right >= 0))
    assert both.sum() == pytest.approx(around)
    starts_on_left(outlines, arcs)


def starts_on_left(outlines, arcs):
    """The area on the left of an arc lies to the left of its first step."""
    for left, line in zip(arcs.left, arcs.lines, strict=True):
        (x1, y1), (x2, y2) = shapely.get_coordinates(line)[:2]
        turn = np.array([y1 - y2, x2 - x1]) * 1e-3
        beside = shapely.Point(np.array([(x1 + x2) / 2, (y1 + y2) / 2]) + turn)
        assert shapely.contains(outlines[left], beside)


def test_two_neighbours_share_one_arc():
    outlines = rounded(np.array([box(0, 0, 1, 1), box(1, 0, 2, 1)], object))
    arcs = arcs_of(outlines)
    assert sorted(zip(arcs.left.tolist(), arcs.right.tolist(), strict=True)) == [
        (0, -1),
        (0, 1),
        (1, -1),
    ]
    assert arcs.neighbours().tolist() == [[0, 1]]
    hold(outlines, arcs)


def test_an_island_is_one_closed_arc():
    outlines = rounded(np.array([box(0, 0, 1, 1), box(5, 5, 6, 6)], object))
    arcs = arcs_of(outlines)
    assert arcs.right.tolist() == [-1, -1]
    assert shapely.is_closed(arcs.lines).all()
    assert not len(arcs.neighbours())
    hold(outlines, arcs)


def test_a_lake_filled_by_another_area():
    outer = shapely.difference(box(0, 0, 3, 3), box(1, 1, 2, 2))
    outlines = rounded(np.array([outer, box(1, 1, 2, 2)], object))
    arcs = arcs_of(outlines)
    assert arcs.neighbours().tolist() == [[0, 1]]
    assert len(arcs.left) == 2
    hold(outlines, arcs)


def test_an_area_in_two_parts_and_areas_that_meet_at_a_corner():
    parts = shapely.union(box(0, 0, 1, 1), box(2, 0, 3, 1))
    outlines = rounded(np.array([parts, box(1, 0, 2, 1), box(3, 1, 4, 2)], object))
    arcs = arcs_of(outlines)
    assert arcs.neighbours().tolist() == [[0, 1]]  # the third only touches a corner
    hold(outlines, arcs)


def test_a_vertex_that_one_side_lacks_is_given_to_it():
    """Two small areas beside one large one whose long side has no vertex where they part."""
    outlines = rounded(np.array([box(0, 0, 1, 2), box(1, 0, 2, 1), box(1, 1, 2, 2)], object))
    arcs = arcs_of(outlines)
    assert arcs.vertices_added == 1
    assert arcs.neighbours().tolist() == [[0, 1], [0, 2], [1, 2]]
    hold(outlines, arcs)


def test_overlaps_are_counted_and_lose_nothing():
    outlines = rounded(np.array([box(0, 0, 2, 1), box(0, 0, 2, 1), box(5, 0, 6, 1)], object))
    arcs = arcs_of(outlines)
    assert arcs.crowded == 4
    assert [shapely.equals(rebuilt(arcs, n), outlines[n]) for n in range(3)] == [True] * 3


def test_no_areas_no_arcs():
    assert len(arcs_of(np.array([], object)).left) == 0


def test_lengths_are_those_of_the_ellipsoid():
    """A minute of latitude at the pole is 1,861.6 m and at the equator 1,842.9 m."""
    there = np.array([[0.0, 1 / 120], [0.0, 90 - 1 / 120]])
    back = np.array([[0.0, -1 / 120], [0.0, 90 + 1 / 120 - 2 / 120 + 1 / 60]])
    metres = segment_metres(back, there)
    assert metres[0] == pytest.approx(1842.9, abs=0.05)
    assert metres[1] == pytest.approx(1861.6, abs=0.3)


@st.composite
def patchworks(draw):
    """Areas made of the cells of a small grid: any shape, with holes, parts and gaps."""
    side = draw(st.integers(1, 5))
    owner = draw(st.lists(st.integers(-1, 4), min_size=side * side, max_size=side * side))
    cells = {}
    for place, name in enumerate(owner):
        if name >= 0:
            row, column = divmod(place, side)
            cells.setdefault(name, []).append(box(column, row, column + 1, row + 1))
    return np.array([shapely.union_all(each) for each in cells.values()], object)


@settings(deadline=None)
@given(patchworks())
def test_any_patchwork_is_rebuilt_from_its_arcs(outlines):
    outlines = rounded(outlines)
    arcs = arcs_of(outlines)
    hold(outlines, arcs)
    pairs = {
        (i, j)
        for i in range(len(outlines))
        for j in range(i + 1, len(outlines))
        if shapely.length(shapely.intersection(outlines[i], outlines[j])) > 1e-4
    }
    assert set(map(tuple, arcs.neighbours().tolist())) == pairs


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "pairs"),
    [
        ("uk_geography_deprivation/northumbria_lsoa11_boundaries.geojson.gz", 2524),
        ("uk_london/london-2021-lsoa-gen20.shp", 14550),
    ],
)
def test_the_neighbours_of_real_areas_are_those_that_share_a_border(shared, file, pairs):
    areas = read_areas(shared / "data" / file)
    outlines = shapely.from_wkb(areas["areas"]["geometry"].to_pylist())
    near = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    i, j = near[:, near[0] < near[1]]
    borders = shapely.length(shapely.intersection(outlines[i], outlines[j])) > 0
    codes = np.array(areas["areas"]["area_code"].to_pylist())
    true = {frozenset(pair) for pair in zip(codes[i[borders]], codes[j[borders]], strict=True)}
    arcs = areas["area_arcs"].to_pylist()
    found = {frozenset((a["left_code"], a["right_code"])) for a in arcs if a["right_code"]}
    assert len(true) == pairs
    assert found == true  # every one of them, and no other


@pytest.mark.shared
def test_real_outlines_are_rebuilt_from_their_arcs(shared):
    areas = read_areas(shared / "data/uk_london/london-2021-lsoa-gen20.shp")["areas"]
    outlines = shapely.from_wkb(areas["geometry"].to_pylist())
    arcs = arcs_of(outlines)
    for number in range(0, len(outlines), 10):
        assert steps_around(arcs, number) == steps_of(outlines[number])
    around = sum(perimeter(outline) for outline in outlines)
    assert (arcs.metres * (1 + (arcs.right >= 0))).sum() == pytest.approx(around)
    assert np.array_equal(
        np.rint(shapely.get_coordinates(outlines) * UNITS_PER_DEGREE) / UNITS_PER_DEGREE,
        shapely.get_coordinates(outlines),
    )
