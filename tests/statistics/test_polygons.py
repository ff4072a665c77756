"""The polygon index answers as shapely does, point for point, on borders too."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Voronoi

from peelian.statistics.kernels_polygons import side
from peelian.statistics.polygons import PolygonIndex

whole = st.integers(-20, 20)
corners = st.lists(st.tuples(whole, whole), min_size=3, max_size=9)


def first_that_covers(polygons, x, y):
    """Return the same answer the slow way: every point with every polygon."""
    points = shapely.points(x, y)
    hits = np.array([shapely.covers(polygon, points) for polygon in polygons])
    return np.where(hits.any(axis=0), hits.argmax(axis=0), -1)


def touches_exactly(polygon, x, y):
    """Say by exact fractions whether a point is in a polygon or on its border."""
    x, y, inside = Fraction(float(x)), Fraction(float(y)), False
    for ring in shapely.get_rings(shapely.get_parts(polygon)):
        corners = [tuple(map(Fraction, xy)) for xy in shapely.get_coordinates(ring).tolist()]
        for (x1, y1), (x2, y2) in pairwise(corners):
            turn = (x1 - x) * (y2 - y) - (y1 - y) * (x2 - x)
            if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return True
            inside ^= (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1)
    return inside


def test_a_point_is_on_a_border_to_the_last_bit():
    """Shapely 2.2 reckons with 106 bits and says that this point is outside; it is on the line."""
    corners = [(-2, 0), (0, 0), (0, -1), (-6, -4), (-0.8571428571428571, -0.5714285714285714)]
    polygon = shapely.Polygon(corners)
    assert touches_exactly(polygon, -4.5, -3.0)
    index = PolygonIndex(np.array([polygon], object))
    assert index.locate(np.array([-4.5]), np.array([-3.0])).tolist() == [0]


@st.composite
def shapes(draw):
    """A convex shape, or one with a bite or a hole, or two in one."""
    hulls = [shapely.MultiPoint(draw(corners)).convex_hull for _ in range(2)]
    a, b = (hull if hull.geom_type == "Polygon" else shapely.box(0, 0, 3, 2) for hull in hulls)
    found = draw(st.sampled_from([shapely.union, shapely.difference, shapely.intersection]))(a, b)
    return found if found.geom_type in ("Polygon", "MultiPolygon") and not found.is_empty else a


@settings(deadline=None)
@given(st.lists(shapes(), min_size=1, max_size=5))
def test_the_first_polygon_inside_or_on_whose_border_a_point_is(polygons):
    polygons = np.array(polygons, object)
    lattice = np.arange(-21, 21.5, 0.5)  # full of corners and of points on borders
    x, y = (axis.ravel() for axis in np.meshgrid(lattice, lattice))
    found = PolygonIndex(polygons).locate(x, y)
    for n in np.flatnonzero(found != first_that_covers(polygons, x, y)):
        # overlays have corners that are no whole numbers, and then a point can be on a border by
        # less than the 106 bits shapely reckons with: exact fractions are the judge
        exact = [k for k, polygon in enumerate(polygons) if touches_exactly(polygon, x[n], y[n])]
        assert found[n] == min(exact, default=-1)


@settings(deadline=None)
@given(
    st.lists(shapes(), min_size=1, max_size=3),
    st.integers(-1_000_000, 1_000_000),
    st.integers(-1_000_000, 1_000_000),
)
def test_moving_everything_changes_nothing(polygons, east, north):
    hulls = np.array([shapely.convex_hull(polygon) for polygon in polygons], object)
    grid = shapely.set_coordinates(hulls, np.rint(shapely.get_coordinates(hulls)))
    grid = np.array([g if g.is_valid and g.area else shapely.box(0, 0, 1, 1) for g in grid], object)
    moved = shapely.transform(grid, lambda xy: xy + np.array([east, north]))
    lattice = np.arange(-21.0, 21.5, 0.5)
    x, y = (axis.ravel() for axis in np.meshgrid(lattice, lattice))
    here, there = PolygonIndex(grid).locate(x, y), PolygonIndex(moved).locate(x + east, y + north)
    assert (here == there).all()


def tiles(seed=3, n=60):
    """Voronoi cells of a square: they meet along borders and fill it."""
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0, 100, (n, 2))
    mirrored = [seeds, seeds * [-1, 1], seeds * [1, -1]]
    mirrored += [[200, 0] + seeds * [-1, 1], [0, 200] + seeds * [1, -1]]
    cells = Voronoi(np.vstack(mirrored))
    regions = [cells.regions[cells.point_region[i]] for i in range(n)]
    return np.array([shapely.Polygon(cells.vertices[region]) for region in regions], object)


def test_a_point_on_a_shared_border_is_in_one_polygon_the_first():
    polygons = tiles()
    corners = shapely.get_coordinates(polygons)
    middles = (corners[:-1] + corners[1:]) / 2
    x, y = np.vstack([corners, middles]).T
    assert (PolygonIndex(polygons).locate(x, y) == first_that_covers(polygons, x, y)).all()


@pytest.mark.parametrize("shrink", [1.0, 1e-3, 1e-7])
def test_degrees_do_as_well_as_metres(shrink):
    polygons = shapely.transform(tiles(), lambda xy: [-1.6, 54.97] + xy * shrink)
    rng = np.random.default_rng(5)
    x, y = ([-1.6, 54.97] + rng.uniform(-5, 105, (20_000, 2)) * shrink).T
    assert (PolygonIndex(polygons).locate(x, y) == first_that_covers(polygons, x, y)).all()


def test_points_a_hair_from_a_border_are_on_their_own_side():
    polygons = tiles()
    rng = np.random.default_rng(8)
    lines = shapely.get_coordinates(polygons)
    share = rng.uniform(0, 1, (len(lines) - 1, 1))
    near = lines[:-1] * (1 - share) + lines[1:] * share  # on the line, but for the last bit
    x, y = np.vstack([near, np.nextafter(near, np.inf), np.nextafter(near, -np.inf)]).T
    assert (PolygonIndex(polygons).locate(x, y) == first_that_covers(polygons, x, y)).all()


def test_holes_islands_and_overlaps():
    ring = shapely.Point(0, 0).buffer(10).difference(shapely.Point(0, 0).buffer(5))
    island = shapely.MultiPolygon([shapely.box(-1, -1, 1, 1), shapely.box(20, 20, 22, 22)])
    everything = shapely.box(-30, -30, 30, 30)
    index = PolygonIndex(np.array([ring, island, everything], object))
    x = np.array([7.0, 0.0, 21.0, 3.0, 25.0, 31.0])
    y = np.array([0.0, 0.0, 21.0, 0.0, 0.0, 0.0])
    assert index.locate(x, y).tolist() == [0, 1, 1, 2, 2, -1]


def test_nothing_holds_what_is_no_place():
    index = PolygonIndex(np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], object))
    x = np.array([np.nan, np.inf, 0.5, 0.5, 2.0])
    y = np.array([0.5, 0.5, np.nan, 0.5, -np.inf])
    assert index.locate(x, y).tolist() == [-1, -1, -1, 2, -1]


def test_no_polygon_at_all():
    assert PolygonIndex(np.array([], object)).locate(np.zeros(2), np.zeros(2)).tolist() == [-1, -1]
    assert PolygonIndex(np.array([None], object)).locate(np.zeros(1), np.zeros(1)).tolist() == [-1]


def test_lines_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="only polygons"):
        PolygonIndex(np.array([shapely.LineString([(0, 0), (1, 1)])], object))
    with pytest.raises(ValueError, match="shapes"):
        PolygonIndex(tiles()).locate(np.zeros(2), np.zeros(3))


def test_any_kind_of_array_and_more_points_than_are_taken_at_once():
    polygons = tiles(n=12)
    rng = np.random.default_rng(2)
    both = rng.uniform(0, 100, (1_100_000, 2))  # columns of one array: not side by side in memory
    found = PolygonIndex(polygons).locate(both[:, 0], both[:, 1])
    assert found.dtype == np.int32
    areas = shapely.area(polygons) / shapely.area(polygons).sum()
    assert np.bincount(found) / len(both) == pytest.approx(areas, abs=0.002)
    few = rng.integers(0, 100, (50, 2))
    assert (PolygonIndex(polygons).locate(*few.T) == first_that_covers(polygons, *few.T)).all()


doubles = st.floats(-1e6, 1e6, allow_nan=False, width=64).filter(lambda v: v == 0 or abs(v) > 1e-90)


def true_side(numbers):
    ax, ay, bx, by, px, py = map(Fraction, numbers)
    found = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (found > 0) - (found < 0)


@given(st.tuples(*[doubles] * 6))
def test_sides_are_exact(numbers):
    assert np.sign(side(*numbers)) == true_side(numbers)


@given(st.tuples(*[doubles] * 4), st.floats(0, 1))
def test_sides_are_exact_next_to_the_line(line, share):
    ax, ay, bx, by = line
    numbers = (*line, ax + (bx - ax) * share, ay + (by - ay) * share)
    assert np.sign(side(*numbers)) == true_side(numbers)
