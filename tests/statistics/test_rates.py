"""Empirical Bayes rates: the published figures, the shape of the doubt, and the symmetries."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from peelian.statistics.rates import (
    GammaRates,
    Level,
    Spread,
    WeightedRates,
    posterior,
    smoothed,
    smoothed_locally,
    spread_of,
)

DATA = Path(__file__).parents[1] / "data"


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ends(known):
    """Return the ends of the 95% intervals."""
    told = known.summary((), 0.0)
    return told.low, told.high


@pytest.fixture(scope="module")
def sids():
    rows = table("nc_sids.csv")
    return np.array([float(r["deaths"]) for r in rows]), np.array(
        [float(r["births"]) for r in rows]
    )


@pytest.fixture(scope="module")
def auckland():
    rows = table("auckland.csv")
    pairs = [(i, int(j) - 1) for i, row in enumerate(rows) for j in row["touches"].split()]
    deaths = np.array([float(r["deaths"]) for r in rows])
    return deaths, 9 * np.array([float(r["under_5"]) for r in rows]), np.array(pairs)


def test_north_carolina_comes_out_as_published(sids):
    spread = spread_of(*sids)
    assert spread.mean == pytest.approx(0.002021445, rel=1e-6)
    assert spread.variance == pytest.approx(7.692931e-7, rel=1e-6)
    first = [0.00169730, 0.00170538, 0.00177309, 0.00201287, 0.00353491]
    assert smoothed(*sids, spread)[:5] == pytest.approx(first, rel=1e-5)


def test_auckland_comes_out_as_published(auckland):
    deaths, years, _ = auckland
    spread = spread_of(deaths, years)
    assert spread.variance == pytest.approx(7.2841729e-7, rel=1e-6)
    assert spread.mean == pytest.approx(0.0026334362, rel=1e-6)
    assert np.median(smoothed(deaths, years, spread)) == pytest.approx(0.00254936, rel=1e-5)


def test_auckland_by_neighbourhood_comes_out_as_published(auckland):
    assert np.median(smoothed_locally(*auckland)) == pytest.approx(0.00250790, rel=1e-5)


def test_a_border_given_from_both_sides_is_one_border(auckland):
    deaths, years, pairs = auckland
    once = np.unique(np.sort(pairs, axis=1), axis=0)
    assert len(once) < len(pairs)
    assert smoothed_locally(deaths, years, once) == pytest.approx(
        smoothed_locally(deaths, years, pairs)
    )


def test_an_area_that_touches_none_keeps_its_own_rate():
    none = np.zeros((0, 2), dtype=int)
    assert smoothed_locally([3, 5], [10, 10], none).tolist() == [0.3, 0.5]


def test_the_mean_of_what_is_known_is_the_smoothed_rate(sids):
    assert posterior(*sids).mean == pytest.approx(smoothed(*sids, spread_of(*sids)), rel=1e-12)


def test_what_is_known_is_a_gamma_distribution(sids):
    """Against scipy's own, worked out the long way, with the spread taken as known."""
    deaths, births = sids
    found = spread_of(deaths, births)
    spread = Spread(found.mean, found.variance)
    known = posterior(deaths, births, spread)
    assert isinstance(known, GammaRates)
    shape = spread.mean**2 / spread.variance + deaths
    scale = 1 / (spread.mean / spread.variance + births)
    low, high = known.interval(0.9)
    assert low == pytest.approx(gamma.ppf(0.05, shape, scale=scale))
    assert high == pytest.approx(gamma.ppf(0.95, shape, scale=scale))
    limit = 1.5 * spread.mean
    assert known.above(limit) == pytest.approx(gamma.sf(limit, shape, scale=scale))
    grid = np.linspace(limit, 20 * limit, 200_001)
    beyond = np.trapezoid(gamma.sf(grid, shape[3], scale=scale[3]), grid)
    assert known.expected_above(limit)[3] == pytest.approx(beyond, rel=1e-6)


def test_doubt_about_the_spread_widens_what_is_known_about_the_same_mean(sids):
    found = spread_of(*sids)
    sure = posterior(*sids, Spread(found.mean, found.variance))
    unsure = posterior(*sids, found)
    assert unsure.mean == pytest.approx(sure.mean, rel=1e-12)
    (low, high), (lower, higher) = ends(sure), ends(unsure)
    assert (higher - lower > high - low).all()


def test_the_doubt_is_the_spread_that_chance_alone_would_show():
    rng = np.random.default_rng(2)
    n = rng.uniform(500, 2000, 100)
    found = []
    for _ in range(2000):
        y = rng.poisson(0.005 * n)
        observed = (n * (y / n - y.sum() / n.sum()) ** 2).sum() / n.sum()
        found.append(observed - y.sum() / n.sum() / n.mean())
    assert np.std(found) == pytest.approx(spread_of(rng.poisson(0.005 * n), n).doubt, rel=0.15)


def test_draws_are_of_what_is_known(sids):
    known = posterior(*sids)
    at = np.array([3, 60])
    drawn = np.concatenate(list(known.blocks(np.random.default_rng(1), 40_000, at)))
    assert drawn.shape == (40_000, 2)
    assert drawn.mean(axis=0) == pytest.approx(known.mean[at], rel=0.01)
    low, high = ends(known)
    assert ((drawn > low[at]) & (drawn < high[at])).mean() == pytest.approx(0.95, abs=0.005)


def test_a_seed_draws_the_same_again(sids):
    def drawn(seed):
        return np.concatenate(
            list(posterior(*sids).blocks(np.random.default_rng(seed), 50, np.arange(100)))
        )

    assert (drawn(1) == drawn(1)).all()
    assert (drawn(1) != drawn(2)).any()


def test_draws_come_in_blocks_that_do_not_grow_with_their_number():
    known = GammaRates(np.full(50_000, 3.0), np.full(50_000, 2.0))
    sizes = [len(block) for block in known.blocks(np.random.default_rng(1), 200, np.arange(50_000))]
    assert sum(sizes) == 200
    assert max(sizes) * 50_000 <= 4_000_000


def test_where_there_is_no_spread_beyond_luck_every_area_is_at_the_average_with_doubt():
    known = posterior([10, 10, 10], [100, 100, 100])
    low, high = ends(known)
    assert known.mean == pytest.approx([0.1, 0.1, 0.1])
    assert (low < 0.09).all()
    assert (high > 0.11).all()


def test_where_nothing_could_differ_the_rate_is_one_level():
    known = posterior([10, 10, 10], [100, 100, 100], Spread(0.1, 0.0))
    assert isinstance(known, Level)
    assert known.mean.tolist() == [0.1, 0.1, 0.1]
    told = known.summary((0.15, 0.05), 0.04)
    assert (told.low.tolist(), told.high.tolist()) == ([0.1] * 3, [0.1] * 3)
    assert [above.tolist() for above in told.above] == [[0] * 3, [1] * 3]
    assert told.beyond == pytest.approx([0.06] * 3)
    (drawn,) = known.blocks(np.random.default_rng(1), 7, np.array([0, 2]))
    assert drawn.tolist() == [[0.1, 0.1]] * 7


def test_weighted_kinds_add_up():
    """Twice a rate, through draws, is the rate in closed form at twice the scale."""
    one = GammaRates(np.array([3.0, 40.0]), np.array([2.0, 10.0]))
    twice = WeightedRates([one], [2.0], draws=20_000, seed=1)
    assert twice.mean == pytest.approx(2 * one.mean)
    drawn, exact = twice.summary((4.0, 7.0), 4.0), one.summary((2.0, 3.5), 2.0)
    assert drawn.low == pytest.approx(2 * exact.low, rel=0.03)
    assert drawn.high == pytest.approx(2 * exact.high, rel=0.03)
    for above, other in zip(drawn.above, exact.above, strict=True):
        assert above == pytest.approx(other, abs=0.02)
    assert drawn.beyond == pytest.approx(2 * exact.beyond, rel=0.06)


def test_weighted_kinds_keep_their_own_spread():
    """Two independent kinds: means add, and so do variances, weights squared."""
    one = GammaRates(np.array([3.0]), np.array([2.0]))
    other = GammaRates(np.array([8.0]), np.array([4.0]))
    both = WeightedRates([one, other], [1.0, 10.0], draws=40_000, seed=1)
    drawn = np.concatenate(
        list(both.blocks(np.random.default_rng(2), 40_000, np.array([0])))
    ).ravel()
    assert both.mean[0] == pytest.approx(1.5 + 20)
    assert drawn.mean() == pytest.approx(21.5, rel=0.01)
    assert drawn.var() == pytest.approx(3 / 4 + 100 * 8 / 16, rel=0.03)


areas = st.lists(
    st.tuples(st.integers(0, 400), st.integers(50, 5000)), min_size=3, max_size=40
).filter(lambda rows: sum(y for y, _ in rows) > 0)


@given(areas, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_areas_changes_nothing(rows, shuffler):
    order = list(range(len(rows)))
    shuffler.shuffle(order)
    y, n = np.array(rows, dtype=float).T
    one, other = posterior(y, n), posterior(y[order], n[order])
    assert other.mean == pytest.approx(one.mean[order], rel=1e-9)
    for end, shuffled in zip(ends(one), ends(other), strict=True):
        assert shuffled == pytest.approx(end[order], rel=1e-6, abs=1e-12)


@given(areas, st.floats(0.01, 100))
@settings(max_examples=60, deadline=None)
def test_the_unit_of_the_denominator_scales_rates_and_nothing_else(rows, unit):
    y, n = np.array(rows, dtype=float).T
    one, other = spread_of(y, n), spread_of(y, n * unit)
    assert other.mean == pytest.approx(one.mean / unit, rel=1e-9)
    assert smoothed(y, n * unit, other) * unit == pytest.approx(
        smoothed(y, n, one), rel=1e-6, abs=1e-9
    )


@given(areas)
@settings(max_examples=60, deadline=None)
def test_twice_the_records_over_twice_the_people_keeps_rates_and_narrows_intervals(rows):
    y, n = np.array(rows, dtype=float).T
    spread = Spread(float(y.sum() / n.sum()), float((y.sum() / n.sum()) ** 2 / 4))
    one, two = posterior(y, n, spread), posterior(2 * y, 2 * n, spread)
    (low, high), (low2, high2) = ends(one), ends(two)
    assert ((high2 - low2) < (high - low)).all()
    raw = y / n
    assert (np.abs(two.mean - raw) <= np.abs(one.mean - raw) + 1e-12).all()


@given(areas)
@settings(max_examples=60, deadline=None)
def test_a_rate_is_drawn_towards_the_average_and_never_past_it(rows):
    y, n = np.array(rows, dtype=float).T
    spread = spread_of(y, n)
    steadied, raw = smoothed(y, n, spread), y / n
    between = np.sort(np.stack([raw, np.full(len(y), spread.mean)]), axis=0)
    assert (steadied >= between[0] - 1e-12).all()
    assert (steadied <= between[1] + 1e-12).all()
