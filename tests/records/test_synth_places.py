"""The made-up force's areas fit together without gaps or overlaps, and could not be real ones."""

import csv
import itertools
import re
from collections import Counter

import numpy as np
import pytest
import shapely

from peelian.errors import UsageError
from peelian.records.synth import Plan
from peelian.records.synth.outlines import wander
from peelian.records.synth.places import COUNTRY, TOWNS, make_places
from peelian.records.synth.plan import CATEGORIES


@pytest.fixture(scope="module", params=[(300, 1829), (300, 7), (60, 11), (900, 3)])
def places(request):
    areas, seed = request.param
    return make_places(Plan(areas=areas), seed)


def polygons(places):
    return np.array([shapely.Polygon(ring) for ring in places.rings])


def test_outlines_tile_the_force(places):
    """No gap, no overlap, no hole: the areas' sizes add up to the size of their union."""
    cells = polygons(places)
    assert shapely.is_valid(cells).all()
    whole = shapely.union_all(cells)
    assert whole.geom_type == "Polygon"
    assert not list(whole.interiors)
    assert shapely.area(cells).sum() == pytest.approx(whole.area, rel=1e-12)


def test_a_shared_border_is_the_same_points_on_both_sides(places):
    """Every stretch between two areas is drawn twice, point for point; the rest is the outside."""
    drawn = Counter()
    for ring in places.rings:
        points = [tuple(point) for point in ring.tolist()]
        drawn.update(frozenset(pair) for pair in itertools.pairwise(points))
    assert set(drawn.values()) == {1, 2}
    outside = shapely.union_all(polygons(places)).exterior
    assert sum(n == 1 for n in drawn.values()) == len(outside.coords) - 1


def test_borders_wander(places):
    """They are no straight edges: an outline is longer than its hull, and has many points."""
    cells = polygons(places)
    longer = shapely.length(cells) / shapely.length(shapely.convex_hull(cells))
    assert np.median(longer) > 1.04
    assert np.median([len(ring) for ring in places.rings]) > 40


def test_a_wandering_line_stays_in_its_kite():
    rng = np.random.default_rng(0)
    for _ in range(200):
        ends = rng.normal(scale=900, size=(2, 2))
        along = ends[1] - ends[0]
        seed = ends[0] + rng.uniform(0.05, 0.95) * along
        seed = seed + rng.uniform(0.05, 1) * np.array([-along[1], along[0]])
        mirrored = 2 * (ends[0] + along * ((seed - ends[0]) @ along) / (along @ along)) - seed
        kite = shapely.Polygon([ends[0], mirrored, ends[1], seed]).buffer(1e-6)
        assert kite.contains(shapely.LineString(wander(*ends, seed, rng)))


def test_every_map_point_lies_in_its_area(places):
    points = places.points
    inside = shapely.contains_xy(polygons(places)[points.area], points.lon, points.lat)
    assert inside.all()
    for pull in (points.homes, points.shops):
        assert np.bincount(points.area, weights=pull) == pytest.approx(1.0)


def test_names_and_codes_fit_the_layout_and_are_nobodys(places):
    assert len(set(places.codes)) == len(set(places.names)) == len(places.rings)
    assert all(re.fullmatch(r"Q01\d{6}", code) for code in places.codes)
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d{3}[A-E]", name) for name in places.names)
    # No statistical office of Britain or Ireland begins a code with Q.
    assert not any(code[0] in "EWSNKJLM" for code in places.codes)


@pytest.mark.shared
def test_no_real_district_has_these_names(shared):
    import gzip

    table = shared / "data/uk_geography_deprivation/lsoa11_msoa11_lad17_lookup.csv.gz"
    with gzip.open(table, "rt", encoding="utf-8-sig") as file:
        real = {row["LSOA11NM"].rsplit(" ", 1)[0] for row in csv.DictReader(file)}
    assert len(real) > 300
    assert not real & {COUNTRY, *(town.name for town in TOWNS)}


def test_it_lies_in_the_open_sea(places):
    """Nobody's community is drawn: the whole force lies well off the east coast, in the sea."""
    west, south, east, north = shapely.total_bounds(polygons(places))
    assert 0.8 < west < east < 2.0
    assert 54.1 < south < north < 54.9


def test_need_has_every_level_and_its_domains_agree(places):
    rank = places.domains["deprivation"].rank
    assert set(places.decile) == set(range(1, 11))
    assert np.all(np.diff(rank[np.argsort(-places.deprivation)]) >= 0)  # 1 is the most deprived
    for name, least in (("income", 0.8), ("health", 0.7), ("education", 0.7)):
        together = np.corrcoef(places.deprivation, places.domains[name].score)[0, 1]
        assert together > least, name
    assert np.corrcoef(places.deprivation, places.mood_and_anxiety.score)[0, 1] > 0.5


def test_need_is_like_its_neighbours(places):
    """Deprivation is smooth over the map: neighbours agree more than areas at random."""
    cells = polygons(places)
    tree = shapely.STRtree(cells)
    one, other = tree.query(cells, predicate="touches")
    score = places.deprivation - places.deprivation.mean()
    moran = (score[one] * score[other]).mean() / (score**2).mean()
    assert moran > 0.2


def test_town_centres_have_few_residents_and_many_visitors():
    places = make_places(Plan(), 1829)
    centre = places.visitors > 0
    assert 3 <= centre.sum() <= 12
    assert (places.visitors[centre] > 3 * places.residents[centre]).all()
    assert places.residents[centre].mean() < 0.8 * places.residents[~centre].mean()
    assert not make_places(Plan(visitors=False), 1829).visitors.any()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"areas": 5}, "from 20 areas to 2,000"),
        ({"areas": 9000}, "real coast"),
        ({"months": 0, "missing_month": ""}, "at least one month"),
        ({"missing_month": "1999-01"}, "a month from 2022-01"),
        ({"not_placed": 0.9}, "shares of rows"),
        ({"categories": (CATEGORIES[0].__class__("X", -1, 1, 0, 1, 0, 1),)}, "rate >= 0"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(wrong, words):
    with pytest.raises(UsageError, match=words):
        Plan(**wrong)
