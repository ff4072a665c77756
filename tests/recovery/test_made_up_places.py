"""The made-up places are what their plan says, and nothing where the plan switches it off.

Everything is worked out here by other code than the force's own, over twenty seeds.
"""

from collections import defaultdict
from dataclasses import fields, replace

import numpy as np
import pytest
import shapely
from scipy import stats

from peelian.records.synth.places import DOMAINS, GROUPS, SITES, PlacesPlan, make_places
from peelian.records.synth.who import Who

SEEDS = range(400, 420)
PLAN = PlacesPlan(areas=100)
SMALL = PlacesPlan(areas=60)


def force(seed):
    return Who(name="Test Police", slug="test", seed=seed, origin=(-30.0, 45.0), prefix="ZB")


def made(plan, seeds=SEEDS):
    return [make_places(plan, force(seed)) for seed in seeds]


@pytest.fixture(scope="module")
def planted():
    return made(PLAN)


def polygons(areas):
    return np.array([shapely.Polygon(ring) for ring in areas.rings])


@pytest.fixture(scope="module")
def neighbours(planted):
    """Say which areas touch, force by force: switches do not move outlines (tested below)."""
    outlines = [polygons(places) for places in planted]
    return [shapely.STRtree(one).query(one, predicate="touches") for one in outlines]


def moran(values, pairs):
    """Return Moran's I with neighbours that touch, each pair counted alike."""
    one, other = pairs
    gap = values - values.mean()
    return len(values) / len(one) * (gap[one] @ gap[other]) / (gap @ gap)


def log_odds(places, group):
    """Return the log of a group's odds beside the largest group, nobody's house being empty."""
    people = places.group_residents + 0.5
    return np.log(people[:, group] / people[:, 0])


def residual(values, on):
    slope, intercept, *_ = stats.linregress(on, values)
    return values - intercept - slope * on


def mean_and_error(values):
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


def parts_that_meet(links):
    """Group older and newer areas that links join, directly or through others."""
    root = {}

    def find(node):
        while root.setdefault(node, node) != node:
            node = root[node]
        return node

    for older, newer in zip(links.older.tolist(), links.newer.tolist(), strict=True):
        root[find(("older", older))] = find(("newer", newer))
    parts = defaultdict(lambda: (set(), set()))
    for kind, number in list(root):
        parts[find((kind, number))][kind == "newer"].add(number)
    return list(parts.values())


def test_both_vintages_tile_the_same_ground(planted):
    """No gap and no overlap in either, and the same land under both."""
    for places in planted:
        newer, older = polygons(places), polygons(places.older)
        land = shapely.union_all(newer)
        assert land.geom_type == "Polygon"
        assert not list(land.interiors)
        for outlines in (newer, older):
            assert shapely.is_valid(outlines).all()
            assert shapely.area(outlines).sum() == pytest.approx(land.area, rel=1e-12)
        assert shapely.symmetric_difference(land, shapely.union_all(older)).area == 0


@pytest.mark.deep
@pytest.mark.parametrize(("areas", "seeds"), [(20, 200), (37, 100), (300, 40), (2000, 4)])
def test_every_size_tiles_and_meets_each_kind_of_link(areas, seeds):
    for seed in range(seeds):
        places = make_places(PlacesPlan(areas=areas), force(seed))
        outlines, points = polygons(places), places.points
        land = shapely.union_all(outlines)
        assert land.geom_type == "Polygon"
        for vintage in (outlines, polygons(places.older)):
            assert shapely.is_valid(vintage).all()
            assert shapely.area(vintage).sum() == pytest.approx(land.area, rel=1e-12)
        assert shapely.contains_xy(outlines[points.area], points.lon, points.lat).all()
        assert set(places.links.change.tolist()) == {"U", "S", "M", "X"}
        assert len(set(places.codes)) == len(set(places.names)) == areas


def test_links_say_what_the_outlines_show(planted):
    """Unchanged is the same outline, split is its parts, merged is the union; the rest redrawn."""
    met = set()
    for places in planted:
        newer, older = polygons(places), polygons(places.older)
        said = defaultdict(set)
        for a, b, change in zip(
            places.links.older, places.links.newer, places.links.change, strict=True
        ):
            said["older", int(a)].add(str(change))
            said["newer", int(b)].add(str(change))
        for before, after in parts_that_meet(places.links):
            change = set().union(*(said["older", n] for n in before))
            assert len(change) == 1
            (change,) = change
            met.add(change)
            shape = {"U": (1, 1), "M": (2, 1), "X": (2, 2)}.get(change)
            assert (len(before), len(after)) == shape or (
                change == "S" and len(before) == 1 and len(after) in (2, 3)
            )
            was, now = shapely.union_all(older[list(before)]), shapely.union_all(newer[list(after)])
            assert was.equals(now)
            same_name = {places.older.codes[n] for n in before} & {places.codes[n] for n in after}
            assert bool(same_name) == (change == "U")
            if change == "X":
                assert not any(shapely.equals(older[a], newer[b]) for a in before for b in after)
    assert met == {"U", "S", "M", "X"}


def test_links_conserve_residents(planted):
    """Older counts sent along the links are the newer counts, to the person."""
    for places in planted:
        links = places.links
        leaving = np.bincount(links.older, links.weight)
        assert leaving == pytest.approx(1.0, abs=1e-12)
        arriving = np.bincount(links.newer, places.older.residents[links.older] * links.weight)
        assert np.abs(arriving - places.residents).max() < 1e-6
        assert places.older.households.sum() == places.households.sum()


def test_areas_change_about_as_often_as_real_ones():
    """Of England's 32,844 areas of 2011, 834 were split, 194 merged, 6 changed otherwise."""
    places = make_places(PlacesPlan(areas=1000), force(1))
    older = len(places.older.codes)
    kinds = {c: len(set(places.links.older[places.links.change == c].tolist())) for c in "SMX"}
    assert kinds["S"] / older == pytest.approx(834 / 32844, abs=0.002)
    assert kinds["M"] / older == pytest.approx(194 / 32844, abs=0.001)
    assert kinds["X"] == 2  # the least there is: six in the whole of England
    assert 1000 / older == pytest.approx(33755 / 32844, abs=0.01)


def test_domains_have_the_planned_correlations():
    """Whatever the plan asks of them, over twenty forces, to within sampling error."""
    wanted = (0.9, 0.5, 0.0, -0.3, 0.7, 0.2)
    found = defaultdict(list)
    for places in made(replace(SMALL, loadings=wanted, mood=0.4)):
        for name in DOMAINS:
            score = places.domains[name].score
            found[name].append(np.corrcoef(places.deprivation, score)[0, 1])
        mood = places.mood_and_anxiety.score
        found["mood"].append(np.corrcoef(places.deprivation, mood)[0, 1])
    for name, target in zip((*DOMAINS, "mood"), (*wanted, 0.4), strict=True):
        mean, error = mean_and_error(found[name])
        assert abs(mean - target) < 4 * error + 0.01, name


def test_ranks_are_of_the_nation():
    """A force like its nation has a tenth of its areas in each decile, a poorer one more low."""
    like = made(replace(PLAN, need_level=0.0, need_spread=1.0, need_clusters=False))
    deciles = np.concatenate([places.domains["income"].decile for places in like])
    shares = np.bincount(deciles, minlength=11)[1:] / len(deciles)
    assert np.abs(shares - 0.1).max() < 0.035
    for places in like:
        for domain in places.domains.values():
            assert stats.spearmanr(domain.score, -domain.rank)[0] > 0.9999
            assert (domain.decile == np.ceil(domain.rank / 3300)).all()
    poor = made(replace(SMALL, need_level=1.0))
    assert np.mean([(places.decile <= 2).mean() for places in poor]) > 0.4


def test_groups_have_the_planned_shares_in_every_force():
    wanted = (0.60, 0.08, 0.17, 0.10, 0.05)
    for places in made(replace(SMALL, group_shares=wanted)):
        people = places.group_residents
        assert (people.sum(axis=1) == places.residents).all()
        assert people.min() >= 0
        assert people.sum(axis=0) / people.sum() == pytest.approx(wanted, abs=2e-3)


def test_groups_cluster_and_do_not_where_that_is_off(planted, neighbours):
    """Neighbours are alike beyond deprivation; dealt out, they are not, and just as uneven."""
    plan = replace(PLAN, groups_cluster=False)
    dealt = made(plan)
    for group in range(1, len(GROUPS)):
        on, off, uneven = [], [], []
        for one, other, pairs in zip(planted, dealt, neighbours, strict=True):
            left = [residual(log_odds(p, group), p.deprivation) for p in (one, other)]
            on.append(moran(left[0], pairs))
            off.append(moran(left[1], pairs))
            uneven.append(left[1].std() / left[0].std())
        assert np.mean(on) > 0.4, GROUPS[group]
        assert min(on) > 0.15, GROUPS[group]
        mean, error = mean_and_error(off)
        assert abs(mean + 1 / (PLAN.areas - 1)) < 4 * error, GROUPS[group]
        assert np.mean(uneven) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("wanted", [0.0, 0.5])
@pytest.mark.parametrize("clustered", [True, False])
def test_groups_go_with_deprivation_as_planned(wanted, clustered):
    """The confounder stays, or goes, whether or not groups cluster."""
    plan = replace(SMALL, groups_by_need=wanted, groups_cluster=clustered, residents=5000)
    for places in made(plan):
        for group in range(1, len(GROUPS)):
            found = np.corrcoef(log_odds(places, group), places.deprivation)[0, 1]
            assert found == pytest.approx(wanted, abs=0.03)


def test_deprivation_clusters_and_does_not_where_that_is_off(planted, neighbours):
    dealt = made(replace(PLAN, need_clusters=False))
    on, off = (
        [moran(p.deprivation, pairs) for p, pairs in zip(forces, neighbours, strict=True)]
        for forces in (planted, dealt)
    )
    assert np.mean(on) > 0.25
    assert min(on) > 0.05
    mean, error = mean_and_error(off)
    assert abs(mean + 1 / (PLAN.areas - 1)) < 4 * error
    for one, other in zip(planted, dealt, strict=True):
        assert np.sort(one.deprivation) == pytest.approx(np.sort(other.deprivation))


def test_people_are_somewhere_by_day_and_night(planted):
    """Nobody is lost: the force holds as many by day and by night as live in it."""
    for places in planted:
        centre = places.middle >= 0
        assert places.daytime.sum() == places.night.sum() == places.residents.sum()
        assert places.daytime.min() > 0
        assert (places.visitors[centre] > places.residents[centre]).all()
        assert not places.visitors[~centre].any()
        assert (places.night[~centre] < places.residents[~centre]).all()


def test_partner_sites_lie_in_their_areas_and_are_as_many_as_planned(planted):
    for places in planted:
        outlines, people = polygons(places), places.residents.sum()
        for kind, each in (("care_home", 3800), ("ambulance_station", 60_000)):
            assert len(places.sites[kind]) == round(people / each)
        for sites in places.sites.values():
            assert len(sites) >= 1
            assert shapely.contains_xy(outlines[sites.area], sites.lon, sites.lat).all()
        towns = len(places.towns) - 1
        assert (places.town[places.sites["emergency_department"].area] < towns).all()


# What each switch may touch; everything else must be the same to the last bit.
TOUCHED = {
    "need_clusters": {"deprivation", "domains", "mood_and_anxiety", "group_residents"},
    "groups_cluster": {"group_residents"},
    "visitors": {"visitors", "daytime", "night"},
    "vintages": {"codes", "names", "older", "links"},
    "partners": {"sites"},
}


@pytest.mark.parametrize("switch", TOUCHED)
def test_a_switch_leaves_the_rest_as_it_was(planted, switch):
    for one, other in zip(
        planted[:4], made(replace(PLAN, **{switch: False}), SEEDS[:4]), strict=True
    ):
        changed = {
            f.name for f in fields(one) if not same(getattr(one, f.name), getattr(other, f.name))
        }
        assert changed == TOUCHED[switch]


def same(one, other):
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return one == other


def test_switched_off_the_vintages_agree_and_nobody_moves():
    places = make_places(replace(PLAN, vintages=False, visitors=False), force(3))
    assert places.codes == places.older.codes
    assert set(places.links.change.tolist()) == {"U"}
    assert same(places.rings, places.older.rings)
    assert (places.daytime == places.residents).all()
    assert not places.visitors.any()


def test_switched_off_partners_have_no_site():
    places = make_places(replace(PLAN, partners=False), force(3))
    assert {kind: len(sites) for kind, sites in places.sites.items()} == dict.fromkeys(SITES, 0)


def test_areas_are_as_large_as_statistical_areas_are_made(planted):
    """1,000 to 3,000 people in 400 to 1,200 homes."""
    people = np.concatenate([places.residents for places in planted])
    homes = np.concatenate([places.households for places in planted])
    assert 1000 <= people.min() < people.max() <= 3000
    assert 400 <= homes.min() < homes.max() <= 1200
    assert people.mean() == pytest.approx(1670, rel=0.04)
    assert people.sum() / homes.sum() == pytest.approx(2.4, abs=0.1)
    alone = make_places(replace(PLAN, household_size=1.3), force(1))
    assert alone.residents.sum() / alone.households.sum() == pytest.approx(1.3, abs=0.06)
