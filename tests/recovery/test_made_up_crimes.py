"""Crimes follow crimes as planted, and not where switched off; records and outcomes likewise.

All of it is worked out here by other code than the force's own: parents are counted, distances
are measured on a sphere, kernels and chances are written out again from the plan's words.
"""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from scipy import stats
from scipy.spatial import cKDTree

from peelian.records.synth.categories import CATEGORIES
from peelian.records.synth.crimes import make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.outcomes import ENDINGS
from peelian.records.synth.period import Period
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.recording import RecordingPlan
from peelian.records.synth.who import Who

SEEDS = range(300, 320)
PERIOD = Period("2022-01", 24)
DAY = np.timedelta64(86_400, "s")
KIND = {kind.name: kind for kind in CATEGORIES}
BURGLARY, VEHICLE = "Burglary", "Vehicle crime"
VIOLENCE = "Violence and sexual offences"
PLAN = CrimesPlan()


@pytest.fixture(scope="module")
def cities():
    return {seed: make_places(PlacesPlan(areas=60), Who(seed=seed)) for seed in SEEDS}


def made(cities, seed, plan=PLAN, *, kinds=(BURGLARY,), recording=None, period=PERIOD):
    who = Who(seed=seed)
    chosen = [KIND[name] for name in kinds]
    return make_crimes(plan, cities[seed], period, who, recording=recording, kinds=chosen)


def metres_between(lon, lat, other_lon, other_lat):
    """Great-circle distance by the haversine, on a sphere with 111,320 m to the degree."""
    radius = 111_320.0 * 180 / np.pi
    a, b, c, d = (np.radians(part) for part in (lon, lat, other_lon, other_lat))
    half = np.sin((d - b) / 2) ** 2 + np.cos(b) * np.cos(d) * np.sin((c - a) / 2) ** 2
    return 2 * radius * np.arcsin(np.sqrt(half))


def well_inside(places, offences, metres):
    """Say which offences lie farther than so many metres from the force's border."""
    force = shapely.union_all([shapely.Polygon(ring) for ring in places.rings])
    stretch = np.cos(np.radians(54.5))
    border = shapely.transform(force, lambda p: p * (stretch, 1)).boundary
    at = shapely.points(offences.lon * stretch, offences.lat)
    return shapely.distance(border, at) * 111_320 > metres


def families(city, offences, *, margin, days, kind=0):
    """Return, of parents whose offspring cannot be cut off: how many each has; delays; distances.

    Such parents lie `margin` metres from the border, and `days` before the records end; offspring
    after more days than that are not counted for anyone.
    """
    ending = PERIOD.end - int(days) * DAY
    begun = offences.occurred >= PERIOD.starts[0]
    fair = well_inside(city, offences, margin) & (offences.occurred < ending) & begun
    fair &= offences.kind == kind
    child = np.flatnonzero(offences.parent >= 0)
    parent = offences.parent[child]
    delay = (offences.occurred[child] - offences.occurred[parent]) / DAY
    counted = fair[parent] & (delay <= days)
    child, parent, delay = child[counted], parent[counted], delay[counted]
    each = np.bincount(parent, minlength=len(offences))[fair]
    far = metres_between(
        *(part[at] for at in (child, parent) for part in (offences.lon, offences.lat))
    )
    return each, delay, far


def pooled(cities, plan, name, days):
    parts = []
    for seed in SEEDS:
        offences = made(cities, seed, plan, kinds=(name,)).offences
        parts.append(families(cities[seed], offences, margin=1200, days=days))
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


@pytest.mark.parametrize(("name", "planted"), [(BURGLARY, 0.18), (VEHICLE, 0.15), (VIOLENCE, 0.10)])
def test_an_event_has_as_many_offspring_as_its_branching_ratio(cities, name, planted):
    """Counted from true parents: Poisson about the ratio. Other ratios are told apart."""
    # A Lomax of mean 7 and shape 2.5 keeps (1 + 200 / 10.5) ** -2.5 beyond 200 days: 1 in 2,000.
    each, _, _ = pooled(cities, PLAN, name, 200)
    error = np.sqrt(planted / len(each))
    assert abs(each.mean() - planted) < 3.5 * error
    assert error < 0.1 * planted
    assert abs(each.var() / each.mean() - 1) < 4 * np.sqrt(2 / len(each)) + 0.02


def test_the_share_of_offspring_is_the_branching_ratio_but_for_the_edges(cities):
    shares = []
    for seed in SEEDS:
        offences = made(cities, seed).offences
        within = offences.occurred >= PERIOD.starts[0]
        shares.append((offences.parent[within] != -1).mean())
    assert 0.165 < np.mean(shares) < 0.185


def exponential(t):
    return 1 - np.exp(-t / 10)


def lomax(t):
    return 1 - (1 + t / 10.5) ** -2.5


def even(t):
    return t / 10


@pytest.mark.parametrize(
    ("shape", "days", "right", "wrong"),
    [
        ("exponential", 10.0, exponential, even),
        ("power-law", 7.0, lomax, exponential),
        ("step", 10.0, even, exponential),
    ],
)
def test_delays_are_as_the_kernel_says(cities, shape, days, right, wrong):
    plan = replace(PLAN, burglary_delay=shape, burglary_days=days, burglary_branching=0.3)
    _, delays, _ = pooled(cities, plan, BURGLARY, 200)
    assert len(delays) > 2000

    def fit(theory):
        return stats.kstest(delays, lambda t: np.minimum(theory(t) / min(theory(200), 1), 1)).pvalue

    assert fit(right) > 0.001
    assert fit(wrong) < 1e-6


@pytest.mark.parametrize(("shape", "metres"), [("gaussian", 150.0), ("step", 300.0)])
def test_distances_are_as_the_kernel_says(cities, shape, metres):
    plan = replace(PLAN, burglary_distance=shape, burglary_metres=metres, burglary_branching=0.3)
    _, _, far = pooled(cities, plan, BURGLARY, 200)
    same = far == 0
    assert abs(same.mean() - 0.15) < 3.5 * np.sqrt(0.15 * 0.85 / len(far))
    theory = {
        "gaussian": lambda d: 1 - np.exp(-(d**2) / (2 * metres**2)),
        "step": lambda d: np.clip(d**2 / metres**2, 0, 1),
    }
    other = "step" if shape == "gaussian" else "gaussian"
    assert stats.kstest(far[~same], theory[shape]).pvalue > 0.001
    assert stats.kstest(far[~same], theory[other]).pvalue < 1e-6


def close_pairs(crimes, metres, days, rng, permutations):
    """Knox (1964): pairs close in space and time, and the same with the dates dealt out again."""
    offences = crimes.offences
    east = offences.lon * 111_320 * np.cos(np.radians(54.5))
    tree = cKDTree(np.stack([east, offences.lat * 111_320], axis=1))
    one, other = tree.query_pairs(metres, output_type="ndarray").T
    day = offences.occurred.astype(np.int64) / 86_400

    def count(dates):
        return int((np.abs(dates[one] - dates[other]) <= days).sum())

    return count(day), [count(rng.permutation(day)) for _ in range(permutations)]


def knox_p_values(cities, plan):
    found = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        crimes = made(cities, seed, plan, period=Period("2022-01", 12))
        seen, null = close_pairs(crimes, 200, 7, rng, 99)
        found.append((1 + sum(n >= seen for n in null)) / 100)
    return np.array(found)


def test_close_pairs_exceed_chance_only_where_contagion_is_planted(cities):
    """The control is as clustered by place, season and hour, and shows no excess."""
    on = knox_p_values(cities, PLAN)
    off = knox_p_values(cities, PLAN.off())
    assert (on <= 0.05).mean() >= 0.9
    # More than 4 of 20 at 5 % come by chance in 3 of 1,000 runs of 20 seeds.
    assert (off <= 0.05).sum() <= 4
    assert stats.kstest(off, "uniform").pvalue > 0.001


def test_switched_off_nothing_has_a_parent_and_the_background_stays(cities):
    for seed in list(SEEDS)[:5]:
        on = made(cities, seed, kinds=(BURGLARY, VIOLENCE))
        off = made(cities, seed, PLAN.off(), kinds=(BURGLARY, VIOLENCE))
        assert (off.offences.parent == -1).all()
        assert (on.offences.parent != -1).any()
        for one, other in zip(on.rates, off.rates, strict=True):
            assert (one.expected == other.expected).all()
        background = on.offences.parent == -1
        calm = set(zip(off.offences.occurred.tolist(), off.offences.lon.tolist(), strict=True))
        begun = background & (on.offences.occurred >= PERIOD.starts[0])
        rows = zip(on.offences.occurred[begun].tolist(), on.offences.lon[begun], strict=True)
        assert all(row in calm for row in rows)


@pytest.mark.parametrize("plan", [PLAN, PLAN.off()], ids=["on", "off"])
def test_an_area_keeps_the_total_its_rates_expect(cities, plan):
    """By fifths of the areas, from what is expected least to most: near repeats move little."""
    found = []
    for seed in SEEDS:
        crimes = made(cities, seed, plan)
        expected = crimes.rates[0].expected.sum(axis=1)
        n = np.bincount(crimes.area[crimes.point >= 0], minlength=len(expected))
        order = np.argsort(expected)
        for fifth in np.array_split(order, 5):
            found.append((n[fifth].sum(), expected[fifth].sum()))
    n, expected = np.array(found).reshape(len(SEEDS), 5, 2).sum(axis=0).T
    # Clusters of mean size 1 / (1 - .18) make counts vary more than Poisson ones: by at most 1.6.
    away = (n - expected) / np.sqrt(1.6 * expected)
    assert (np.abs(away) < 3.5).all()
    assert abs(n.sum() / expected.sum() - 1) < 0.025


def decile_of(city):
    return city.domains["deprivation"].decile


def chance_of_report(base, decile, odds_of_group, gradient):
    """Write the plan's words out again: odds, times the group's, times a power of the decile."""
    odds = base / (1 - base) * odds_of_group * gradient ** ((5.5 - decile) / 9)
    return odds / (1 + odds)


def reported_by(cities, recording, name):
    """Return, by group and half of the deciles: offences, and those that became records."""
    tally = np.zeros((5, 2, 3))
    for seed in SEEDS:
        crimes = made(cities, seed, kinds=(name,), recording=recording)
        offences = crimes.offences
        known = np.isin(np.arange(len(offences)), crimes.offence)
        # Reports that come after the last month are not held: leave room for them.
        early = (offences.occurred >= PERIOD.starts[0]) & (
            offences.occurred < PERIOD.end - 240 * DAY
        )
        decile = decile_of(cities[seed])[offences.area]
        odds = np.array([1.0, 0.85, 0.75, 0.9, 0.85])[offences.group]
        theory = chance_of_report(0.5, decile, odds, 0.7)
        half = (decile > 5).astype(int)
        for layer, weight in enumerate((np.ones(len(known)), known, theory)):
            np.add.at(
                tally[..., layer], (offences.group[early], half[early]), weight[early].astype(float)
            )
    return tally


def test_reports_come_as_often_as_planted_by_group_and_deprivation(cities):
    tally = reported_by(cities, RecordingPlan(), VIOLENCE)
    offences, known, theory = np.moveaxis(tally, -1, 0)
    share, planted = known / offences, theory / offences
    error = np.sqrt(planted * (1 - planted) / offences)
    assert (np.abs(share - planted) < 3.5 * error).all()
    assert (share[0] > share[2] + 0.03).all()
    assert share[0, 1] > share[0, 0] + 0.03


def test_switched_off_every_group_and_decile_reports_alike(cities):
    tally = reported_by(cities, RecordingPlan().off(), VIOLENCE)
    offences, known, _ = np.moveaxis(tally, -1, 0)
    assert (np.abs(known / offences - 0.5) < 3.5 * np.sqrt(0.25 / offences)).all()


def test_with_no_under_reporting_every_offence_is_recorded(cities):
    everything = RecordingPlan(under_reporting=False)
    crimes = made(cities, SEEDS[0], kinds=("Drugs",), recording=everything)
    early = crimes.offences.occurred < PERIOD.end - 240 * DAY
    known = np.isin(np.arange(len(early)), crimes.offence)
    assert known[early].all()
    usual = made(cities, SEEDS[0], kinds=("Drugs",))
    assert len(crimes) > 5 * len(usual)


def poisson_slopes(n, exposure, columns):
    """Fit log n = log exposure + columns by Newton's method; return slopes and standard errors."""
    x = np.column_stack([np.ones(len(n)), *columns])
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(n.sum() / exposure.sum())
    for _ in range(30):
        mean = exposure * np.exp(x @ beta)
        information = x.T @ (x * mean[:, None])
        beta = beta + np.linalg.solve(information, x.T @ (n - mean))
    return beta[1:], np.sqrt(np.diag(np.linalg.inv(information)))[1:]


def found_by_looking(cities, recording):
    """Fit how often police find an unreported offence of drugs, by decile and by residents."""
    many = replace(KIND["Drugs"], rate=20.0)  # ten times the usual, to fit slopes closely
    n, exposure, decile, others = [], [], [], []
    for seed in SEEDS:
        city, who = cities[seed], Who(seed=seed)
        crimes = make_crimes(PLAN, city, PERIOD, who, recording=recording, kinds=[many])
        areas = len(city.codes)
        told = np.zeros(len(crimes.offences), dtype=bool)
        told[crimes.offence[crimes.by_public]] = True
        within = (crimes.offences.occurred >= PERIOD.starts[0]) & (
            crimes.offences.occurred < PERIOD.end - 30 * DAY
        )
        found = np.zeros(len(told), dtype=bool)
        found[crimes.offence[~crimes.by_public]] = True
        at = crimes.offences.area
        n.append(np.bincount(at[found & within], minlength=areas))
        exposure.append(np.bincount(at[~told & within], minlength=areas))
        decile.append(decile_of(city))
        others.append(1 - city.group_residents[:, 0] / city.group_residents.sum(axis=1))
    n, exposure, decile, others = (np.concatenate(part) for part in (n, exposure, decile, others))
    slopes, errors = poisson_slopes(n, exposure, (decile / 9.0, others))
    return slopes, errors, n.sum() / exposure.sum()


def test_police_find_drugs_where_they_look_as_planted(cities):
    """Looking is scaled force by force, which the pooled fit does not know: a little is allowed."""
    slopes, errors, mean = found_by_looking(cities, RecordingPlan())
    assert abs(slopes[0] + np.log(2.6)) < 3.5 * errors[0] + 0.05
    assert abs(slopes[1] - np.log(2.0)) < 3.5 * errors[1] + 0.05
    assert errors.max() < 0.05
    assert 0.09 < mean < 0.13


def test_switched_off_police_find_drugs_evenly(cities):
    slopes, errors, mean = found_by_looking(cities, RecordingPlan().off())
    assert (np.abs(slopes) < 3.5 * errors).all()
    assert abs(mean - 0.10) < 0.005


def test_a_switch_changes_the_record_and_not_what_happened(cities):
    for name in ("Drugs", BURGLARY):
        on = made(cities, SEEDS[0], kinds=(name,))
        off = made(cities, SEEDS[0], kinds=(name,), recording=RecordingPlan().off())
        for field in ("occurred", "lon", "area", "group"):
            one, other = (
                getattr(crimes.offences, field)[crimes.offences.occurred >= PERIOD.starts[0]]
                for crimes in (on, off)
            )
            assert (one == other).all()
        assert len(on) != len(off)


# By hand from the field's order of things: thefts end without a suspect, violence without a
# victim's support, drugs with a charge.
@pytest.mark.parametrize(
    ("name", "pathway", "share"),
    [
        (BURGLARY, "no suspect", 0.80),
        (BURGLARY, "charge", 0.08),
        (VIOLENCE, "no suspect", 0.20),
        (VIOLENCE, "victim does not support", 0.61 * 0.65),
        (VIOLENCE, "evidential", 0.61 * 0.35),
        ("Drugs", "charge", 0.33),
        ("Drugs", "out of court", 0.43),
    ],
)
def test_pathways_end_in_their_shares(cities, name, pathway, share):
    numbers = [number for number, end in enumerate(ENDINGS) if end.pathway == pathway]
    endings = np.concatenate([made(cities, seed, kinds=(name,)).ending for seed in SEEDS])
    found = np.isin(endings, numbers).mean()
    assert abs(found - share) < 3.5 * np.sqrt(share * (1 - share) / len(endings))


@pytest.mark.parametrize(("code", "median"), [("18", 8.0), ("16", 26.0), ("15", 45.0), ("1", 42.0)])
def test_waits_have_their_medians_and_a_long_right_tail(cities, code, median):
    number = [end.code for end in ENDINGS].index(code)
    waits = []
    for seed in SEEDS:
        crimes = made(cities, seed, kinds=(VIOLENCE,))
        chosen = crimes.ending == number
        waits.append((crimes.ended[chosen] - crimes.recorded[chosen]) / DAY)
    waits = np.concatenate(waits)
    below = (waits < median).mean()
    assert abs(below - 0.5) < 3.5 * 0.5 / np.sqrt(len(waits))
    assert 1.65 < waits.mean() / np.median(waits) < 2.0


def test_odds_and_waits_of_outcomes_can_be_planted(cities):
    """Withdrawal, .3965 of violence by default, at twice the odds; waits three times as long."""
    plan = replace(PLAN, withdrawal_odds=2.0, waits=3.0)
    made_so = [made(cities, seed, plan, kinds=(VIOLENCE,)) for seed in SEEDS]
    ending = np.concatenate([crimes.ending for crimes in made_so])
    wait = np.concatenate([(crimes.ended - crimes.recorded) / DAY for crimes in made_so])
    at = [number for number, end in enumerate(ENDINGS) if end.pathway == "victim does not support"]
    share = 2 * 0.3965 / (1 + 0.3965)
    assert abs(np.isin(ending, at).mean() - share) < 3.5 * 0.5 / np.sqrt(len(ending))
    charged = wait[ending == [end.code for end in ENDINGS].index("1")]
    assert abs((charged < 3 * 42).mean() - 0.5) < 3.5 * 0.5 / np.sqrt(len(charged))


def test_some_are_under_investigation_at_the_end_and_more_of_the_late_ones(cities):
    crimes = made(cities, SEEDS[0], kinds=(VIOLENCE,))
    still = crimes.ended >= PERIOD.end
    late = crimes.recorded >= PERIOD.end - 30 * DAY
    assert still[late].mean() > 0.4
    assert still[~late].mean() < 0.1
    told = np.concatenate([crimes.ended_in(number) for number in range(PERIOD.length)])
    assert not still[told].any()
    assert len(told) == (~still).sum()


def test_growth_of_one_town_is_planted_only_when_asked_for(cities):
    def ratio(plan):
        grown = 0.0
        for seed in SEEDS:
            crimes = made(cities, seed, plan)
            town = cities[seed].town[crimes.area] == 0
            late = crimes.recorded_in >= 12
            table = [(town & late).sum() * (~town & ~late).sum(), (town & ~late).sum()]
            grown += np.log(table[0] / table[1] / (~town & late).sum()) / len(SEEDS)
        return grown

    still = replace(PLAN, contagion=False)
    assert abs(ratio(still)) < 0.06
    assert abs(ratio(replace(still, uneven_growth=2.0)) - np.log(2.0)) < 0.06
