"""Knox's table against a table of all pairs, published answers, and cities with no contagion."""

import csv
import gzip
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from peelian.statistics.knox import knox


def _by_all_pairs(x, y, times, within, after, metric="euclidean"):
    """Return the table by the distances of all pairs."""
    far = pdist(np.stack([x, y], axis=1), metric)
    gap = pdist(np.asarray(times, float)[:, None], "cityblock")
    edges = [[*within, np.inf], [*after, np.inf]]
    return np.histogram2d(far, gap, bins=edges)[0].astype(int).tolist()


@settings(deadline=None)  # the first call compiles
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20)),
        min_size=2,
        max_size=50,
    ),
    st.booleans(),
)
def test_the_table_is_that_of_all_pairs(events, manhattan):
    x, y, days = np.array(events, float).T
    within, after = [0, 1, 5, 12], [0, 2, 7]
    found = knox(x, y, days, within=within, after=after, permutations=3, manhattan=manhattan)
    metric = "cityblock" if manhattan else "euclidean"
    assert found.observed.tolist() == _by_all_pairs(x, y, days, within, after, metric)
    whole = len(x) * (len(x) - 1) // 2
    assert (found.shuffled.sum(axis=(1, 2)) == whole).all()
    # each shuffle has the margins of the records
    assert (found.shuffled.sum(axis=1) == found.observed.sum(axis=0)).all()
    assert (found.shuffled.sum(axis=2) == found.observed.sum(axis=1)).all()


@pytest.mark.parametrize("unit", [1, 1 / 24, 1 / 1440, 1 / 86400, 1 / 977])
def test_a_gap_on_an_edge_is_in_the_next_band_whatever_times_are_counted_in(unit):
    """The last unit fits no clock, so it is cut fine: its gaps are set off from the edge."""
    times = np.array([0, 7, 15, 40]) * unit
    after = np.array([0, 7, 14]) * unit + (0 if unit != 1 / 977 else np.array([0, -1e-7, 0]))
    found = knox(np.zeros(4), np.zeros(4), times, within=[0, 1], after=after, permutations=1)
    assert found.observed[0].tolist() == [0, 2, 4]


def test_moving_and_turning_the_city_changes_nothing():
    rng = np.random.default_rng(1)
    x, y, days = rng.uniform(0, 900, (3, 200))
    ask = {"within": [0, 100, 200], "after": [0, 7, 30], "permutations": 20}
    here = knox(x, y, np.floor(days), **ask)
    there = knox(4e5 - y, 6e5 + x, 730_000 + np.floor(days), **ask)
    assert (here.observed == there.observed).all()


def test_shuffles_are_those_of_the_seed_however_many_there_are():
    rng = np.random.default_rng(2)
    x, y, days = rng.uniform(0, 900, (3, 150))
    ask = {"within": [0, 100], "after": [0, 7]}
    some, more = (knox(x, y, days, permutations=n, **ask).shuffled for n in (64, 190))
    assert (some == more[:64]).all()
    assert len(more) == 190


def test_it_expects_of_chance_what_is_expected():
    """The mean over shuffles is the product of the margins over all pairs (Knox's own formula)."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(0, 300, (2, 400))
    days = rng.integers(0, 365, 400)
    found = knox(x, y, days, within=[0, 50, 100], after=[0, 7, 14], permutations=1999)
    margins = np.outer(found.observed.sum(axis=1), found.observed.sum(axis=0))
    expected = margins / found.observed.sum()
    spread = found.shuffled.std(axis=0) / np.sqrt(1999)
    assert (np.abs(found.shuffled.mean(axis=0) - expected) < 4.5 * spread).all()


def _burglaries(shared, name: str):
    with gzip.open(shared / "data" / "burglary_chicago_nearrepeat" / name, "rt") as file:
        rows = list(csv.reader(file))
    return [
        np.array(column, float)
        for column in zip(
            *((float(x), float(y), date.fromisoformat(day).toordinal()) for x, y, day in rows),
            strict=True,
        )
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("within", "after", "table"),
    [
        pytest.param(
            [0, 1, 101, 201, 301], [0, 8, 15, 22],
            [[29, 4, 5, 2], [45, 15, 7, 2], [106, 48, 21, 13], [88, 64, 46, 15],
             [206611, 138108, 88321, 36415]], id="K1",
        ),
        pytest.param(
            [0, 1, 100, 200, 300], [0, 7, 14, 21],
            [[28, 5, 5, 2], [44, 13, 8, 4], [97, 56, 19, 16], [77, 67, 45, 20],
             [182194, 146149, 95237, 45879]], id="K2",
        ),
    ],
)  # fmt: skip
def test_gates_k1_k2_burglaries_of_a_month_make_the_published_tables(shared, within, after, table):
    """Tables by the NearRepeat package and, in K2, by the calculator that came before it."""
    x, y, days = _burglaries(shared, "chicago_be_month1.csv.gz")
    found = knox(x, y, days, within=within, after=after, permutations=1, manhattan=True)
    assert found.observed.tolist() == table


@pytest.mark.shared
def test_gate_k3_the_calculators_ratios_lie_within_its_own_chance_error(shared):
    """K3. It shuffled 20 times only, so ±.10 can be asked of a cell where that error is smaller."""
    x, y, days = _burglaries(shared, "chicago_be_month1.csv.gz")
    ask = {"within": [0, 1, 100, 200, 300], "after": [0, 7, 14, 21], "manhattan": True}
    found = knox(x, y, days, **ask)
    printed = np.array(
        [[1.65, 0.43, 0.63, 0.58], [1.69, 0.60, 0.57, 0.56], [1.32, 0.94, 0.51, 0.88],
         [0.94, 1.03, 1.07, 1.01]]
    )  # fmt: skip
    near = found.mean_ratio[:4]
    mean, spread = found.shuffled.mean(axis=0)[:4], found.shuffled.std(axis=0)[:4]
    chance = 2.6 * near * spread / mean / np.sqrt(20)
    assert (np.abs(near - printed) <= np.maximum(0.10, chance)).all()
    assert (np.abs(near - printed) <= 0.10).sum() >= 15


@pytest.mark.shared
def test_gate_k4_the_packages_ratios_and_chances(shared):
    """K4: the NearRepeat package's first column, with 199 shuffles."""
    x, y, days = _burglaries(shared, "chicago_be_month1.csv.gz")
    ask = {"within": [0, 1, 101, 201, 301], "after": [0, 8, 15, 22], "manhattan": True}
    found = knox(x, y, days, **ask)
    assert found.mean_ratio[:4, 0] == pytest.approx([1.652, 1.487, 1.277, 0.932], abs=0.06)
    assert found.p[:4, 0] == pytest.approx([0.005, 0.005, 0.005, 0.785], abs=0.03)


@pytest.mark.shared
def test_gate_k5_arsons_of_a_year_make_the_published_table(shared):
    """K5."""
    x, y, days = _burglaries(shared, "chicago_arson.csv.gz")
    ask = {"within": [0, 0.01, 101, 201, 301, 401], "after": [0, 2, 4], "manhattan": True}
    found = knox(x, y, days, **ask)
    assert found.observed.tolist() == [
        [2, 1, 7], [4, 0, 14], [6, 1, 32], [3, 0, 66], [1, 1, 74], [1109, 1583, 133077],
    ]  # fmt: skip
    # the same point within a day: two pairs where a tenth is expected, so chance moves it most
    ratios = found.mean_ratio[:, 0]
    assert ratios[1:] == pytest.approx([25.8, 19.2, 5.2, 1.56, 0.987], rel=0.1)
    chance = 2.6 * ratios[0] * found.shuffled[:, 0, 0].std() / found.shuffled[:, 0, 0].mean()
    assert ratios[0] == pytest.approx(21.5, abs=max(2.15, chance / np.sqrt(999)))


@pytest.mark.shared
def test_gate_k9_meningitis_makes_the_published_table(shared):
    """K9: 50 km and 30 days, both counted in, as the surveillance package counts them."""
    with (shared / "data/method_gates/imdepi_events.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x, y, days = (np.array([float(row[c]) for row in rows]) for c in ("x", "y", "time"))
    found = knox(
        x, y, days, within=[0, np.nextafter(50, 51)], after=[0, np.nextafter(30, 31)]
    )  # fmt: skip
    assert found.observed.T.tolist() == [[422, 4757], [13342, 183409]]
    assert found.shuffled[:, 0, 0].mean() == pytest.approx(353.0, abs=1.5)
    assert found.p[0, 0] <= 0.01


def _clustered(rng, n: int, rate_of_day) -> tuple[np.ndarray, ...]:
    """Return events bunched round a few corners, each day as likely as `rate_of_day` says."""
    corner = rng.uniform(0, 4000, (6, 2))[rng.integers(0, 6, n)]
    x, y = (corner + rng.laplace(0, 120, (n, 2))).T
    weight = rate_of_day(np.arange(365.0))
    return x, y, rng.choice(365, n, p=weight / weight.sum())


def test_gate_k13_a_clustered_and_growing_city_without_contagion_is_seldom_called_one():
    """K13, its first half: hot spots and a trend, and no event made by another."""
    called = 0
    for seed in range(200):
        rng = np.random.default_rng([11, seed])
        x, y, days = _clustered(rng, 150, lambda day: 1 + day / 200)
        found = knox(x, y, days, within=[0, 100, 200], after=[0, 7, 14], permutations=99, seed=seed)
        called += bool(found.p_of_all()[:-1, :-1].min() <= 0.05)
    assert called <= 200 * 0.06 + 2.6 * np.sqrt(200 * 0.05 * 0.95)


def test_repeats_planted_nearby_are_found():
    found = 0
    for seed in range(25):
        rng = np.random.default_rng([12, seed])
        x, y, days = _clustered(rng, 240, np.ones_like)
        parent = rng.integers(0, 240, 60)
        child = [x[parent] + rng.normal(0, 40, 60), y[parent] + rng.normal(0, 40, 60)]
        later = days[parent] + rng.geometric(0.3, 60)
        table = knox(
            np.concatenate([x, child[0]]), np.concatenate([y, child[1]]),
            np.concatenate([days, later]), within=[0, 100, 200], after=[0, 7, 14], permutations=99,
        )  # fmt: skip
        found += bool(table.p_of_all()[0, 0] <= 0.05)
    assert found >= 20  # power of 80 % where a fifth of events are repeats


def test_events_recorded_twice_are_counted():
    x, y = np.array([5.0, 5, 5, 9, 9]), np.array([1.0, 1, 1, 1, 1])
    days = np.array([3, 3, 3, 3, 4])
    found = knox(x, y, days, within=[0, 1], after=[0, 1], permutations=1)
    assert found.together == 3
    assert found.observed[0, 0] == 3


def test_one_event_makes_no_pair():
    with pytest.raises(ValueError, match="two events"):
        knox(np.zeros(1), np.zeros(1), np.zeros(1), within=[0, 1], after=[0, 1])


@pytest.mark.parametrize("after", [[1, 2], [0], [0, 2, 2], [0, np.nan]])
def test_edges_of_time_that_do_not_rise_from_nought_are_refused(after):
    with pytest.raises(ValueError, match="edges"):
        knox(np.zeros(2), np.zeros(2), np.zeros(2), within=[0, 1], after=after)


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(ValueError, match="finite"):
        knox(np.zeros(2), np.zeros(2), np.array([0, np.inf]), within=[0, 1], after=[0, 1])


def test_today_is_as_good_a_day_as_any():
    """Ordinal days are large numbers, and seconds of a year many: none is rounded."""
    day = datetime(2026, 1, 1).toordinal()
    times = day + np.array([0, 86399, 86400, 86401]) / 86400
    found = knox(np.zeros(4), np.zeros(4), times, within=[0, 1], after=[0, 1], permutations=1)
    assert found.observed[0].tolist() == [4, 2]
