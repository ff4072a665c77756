"""The made-up force's areas fit together without gaps or overlaps, and could not be real ones."""

import csv
import itertools
import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import shapely

from peelian.records.synth.force import forces_of_nation, one_force
from peelian.records.synth.keys import keys_of
from peelian.records.synth.outlines import wander
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.places.names import compounds


@pytest.fixture(scope="module", params=[(300, 1829), (20, 7), (60, 11), (900, 3)])
def places(request):
    areas, seed = request.param
    return make_places(PlacesPlan(areas=areas), one_force(seed))


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
    assert np.median([len(ring) for ring in places.rings]) > 35


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
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d{3}[A-Z]", name) for name in places.names)
    # No statistical office of Britain or Ireland begins a code with Q.
    assert not any(code[0] in "EWSNKJLM" for code in places.codes)


@pytest.mark.shared
def test_no_real_district_has_these_names(shared):
    import gzip

    table = shared / "data/uk_geography_deprivation/lsoa11_msoa11_lad17_lookup.csv.gz"
    with gzip.open(table, "rt", encoding="utf-8-sig") as file:
        real = {row["LSOA11NM"].rsplit(" ", 1)[0] for row in csv.DictReader(file)}
    assert len(real) > 300
    named = set(compounds())
    assert len(named) > 500
    assert not real & named


def test_it_lies_in_the_open_sea(places):
    """Nobody's community is drawn: the whole force lies well off the east coast, in the sea."""
    west, south, east, north = shapely.total_bounds(polygons(places))
    assert 0.8 < west < east < 2.0
    assert 54.1 < south < north < 54.9


def test_need_has_every_level_and_its_domains_agree(places):
    rank = places.domains["deprivation"].rank
    if len(places.codes) >= 300:
        assert set(places.decile) == set(range(1, 11))
    assert np.all(np.diff(rank[np.argsort(-places.deprivation)]) >= 0)  # 1 is the most deprived
    for name, least in (("income", 0.8), ("health", 0.6), ("education", 0.6)):
        together = np.corrcoef(places.deprivation, places.domains[name].score)[0, 1]
        assert together > least, name
    assert np.corrcoef(places.deprivation, places.mood_and_anxiety.score)[0, 1] > 0.4


def test_town_centres_have_few_residents_and_many_visitors():
    places = make_places(PlacesPlan(), one_force(1829))
    centre = places.visitors > 0
    assert 3 <= centre.sum() <= 12
    assert (places.visitors[centre] > 3 * places.residents[centre]).all()
    assert places.residents[centre].mean() < 0.8 * places.residents[~centre].mean()


def test_forces_of_a_nation_share_no_ground_code_or_names():
    """The same plan elsewhere makes another county, with other towns, streets and codes."""
    forces = forces_of_nation(5)[:3]
    one, other, third = (make_places(PlacesPlan(areas=40), who) for who in forces)
    assert not {*one.codes, *one.older.codes} & {*other.codes, *other.older.codes}
    assert set(one.towns) != set(other.towns) != set(third.towns)
    assert set(one.points.name) - set(other.points.name)
    assert not shapely.union_all(polygons(one)).intersects(shapely.union_all(polygons(other)))


def test_the_same_force_is_the_same_wherever_it_lies():
    """Moving a force out to sea moves its outlines and nothing else."""
    home = one_force(4)
    away = replace(home, origin=(home.origin[0] - 20, home.origin[1]))
    one, other = (make_places(PlacesPlan(areas=30), who) for who in (home, away))
    assert one.names == other.names
    for here, there in zip(one.rings, other.rings, strict=True):
        assert np.abs(here - there - (20, 0)).max() < 3e-6


def test_every_key_of_the_plan_says_what_it_sets_and_where_it_comes_from():
    for key in keys_of(PlacesPlan):
        assert key.means, key.name
        assert key.source, key.name


@pytest.mark.parametrize(
    ("wrong", "found", "try_"),
    [
        ({"areas": 19}, "places.areas = 19", "from 20 areas to 2,000"),
        ({"areas": 2001}, "places.areas = 2001", "real coast"),
        ({"towns": 9}, "places.towns = 9", "from 1 town to 8"),
        ({"country": 0.9}, "places.country = 0.9", "a share from 0 to 0.6"),
        ({"away_by_day": -0.1}, "places.away_by_day = -0.1", "a share"),
        ({"group_shares": (0.5, 0.5, 0.1, 0.1, 0.1)}, "sum 1.3", "add up to 1"),
        ({"group_shares": (0.5, 0.5)}, "2 of them", "white, mixed, asian, black, other"),
        ({"loadings": (0.9,) * 5}, "5 of them", "income"),
        ({"loadings": (1.2,) * 6}, "6 of them", "from -1 to 1"),
        ({"groups_by_need": 1.5}, "places.groups_by_need = 1.5", "from -1 to 1"),
        ({"need_spread": 0.0}, "places.need_spread = 0.0", "above 0"),
        ({"split": 0.2, "merged": 0.1}, "split + merged + irregular", "three older areas in four"),
        ({"residents_per_site": (1.0,) * 5}, "residents_per_site", "500 or more"),
        ({"residents": 100}, "places.residents = 100", "300 to 20,000"),
    ],
)
def test_places_that_cannot_be_made_are_named(wrong, found, try_):
    problems = list(replace(PlacesPlan(), **wrong).problems())
    assert any(found in p.found and try_ in p.try_ for p in problems), problems


def test_the_default_places_can_be_made():
    assert not list(PlacesPlan().problems())
    assert not list(PlacesPlan().off().problems())
