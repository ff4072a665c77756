"""Loops that feed on themselves: published urns, limits in closed form, and cities."""

import numpy as np
import pytest
from scipy.stats import beta

from peelian.statistics.feedback import City, burden, false_positives, loop
from peelian.statistics.urns import limit, urn

# Daily rates of the regions and past records by Ensign and others (2018): literals of their code.
TOP_TWO, PRIOR_TWO = (3.68511, 2.816466), (609, 379)
TOP_ANY, PRIOR_ANY = (3.68511, 2.35592), (609, 7)


def shares(start, found, steps, runs=1500, **settings):
    return urn(start, found, steps=steps, runs=runs, seed=7, **settings)[:, :, 0]


def test_gate_f1_the_true_share():
    assert TOP_TWO[0] / sum(TOP_TWO) == pytest.approx(0.566803, abs=1e-6)


def test_gate_f2_a_plain_urn_runs_away():
    early, late = shares(PRIOR_TWO, TOP_TWO, (1000, 5000))
    assert early.mean() == pytest.approx(0.701, abs=0.005)
    assert np.quantile(early, (0.05, 0.95)) == pytest.approx((0.660, 0.740), abs=0.008)
    assert late.mean() == pytest.approx(0.770, abs=0.005)
    assert np.quantile(late, (0.05, 0.95)) == pytest.approx((0.732, 0.804), abs=0.008)


def test_gate_f3_a_corrected_urn_does_not():
    early, late = shares(PRIOR_TWO, TOP_TWO, (1000, 5000), correction="rejection")
    assert early.mean() == pytest.approx(0.580, abs=0.005)
    assert np.quantile(early, (0.05, 0.95)) == pytest.approx((0.557, 0.605), abs=0.008)
    assert late.mean() == pytest.approx(0.570, abs=0.005)
    assert np.quantile(late, (0.05, 0.95)) == pytest.approx((0.557, 0.584), abs=0.008)


def test_gate_f4_with_few_past_records_chance_decides_a_plain_urn():
    (plain,) = shares((6.09, 3.79), TOP_TWO, (1000,), runs=8000)
    assert plain.mean() == pytest.approx(0.823, abs=0.01)
    assert np.quantile(plain, (0.05, 0.95)) == pytest.approx((0.43, 0.99), abs=0.03)
    (right,) = shares((6.09, 3.79), TOP_TWO, (10_000,), runs=300, correction="rejection")
    assert right.mean() == pytest.approx(0.5668, abs=0.01)
    assert np.quantile(right, (0.05, 0.95)) == pytest.approx((0.557, 0.577), abs=0.01)


def test_gate_f5_wrong_past_records_are_corrected_slowly():
    assert TOP_ANY[0] / sum(TOP_ANY) == pytest.approx(0.610014, abs=1e-6)
    (plain,) = shares(PRIOR_ANY, TOP_ANY, (1000,))
    assert plain.mean() == pytest.approx(0.9943, abs=0.006)
    early, late = shares(PRIOR_ANY, TOP_ANY, (1000, 5000), correction="rejection")
    assert early.mean() == pytest.approx(0.846, abs=0.006)
    assert late.mean() == pytest.approx(0.638, abs=0.006)


def test_gate_f6_few_wrong_records_are_corrected_soon():
    (right,) = shares((6.09, 0.07), TOP_ANY, (10_000,), runs=300, correction="rejection")
    assert right.mean() == pytest.approx(0.6102, abs=0.004)


def test_gate_f7_equal_rates_and_exact_finds_end_as_a_beta_law():
    (even,) = shares((1, 1), (1, 1), (2000,), runs=4000, chance=False)
    assert np.quantile(even, (0.05, 0.5, 0.95)) == pytest.approx((0.05, 0.5, 0.95), abs=0.02)
    (five,) = shares((5, 1), (1, 1), (2000,), runs=4000, chance=False)
    assert five.mean() == pytest.approx(5 / 6, abs=0.02)
    assert np.quantile(five, 0.05) == pytest.approx(beta(5, 1).ppf(0.05), abs=0.02)
    assert beta(5, 1).ppf(0.05) == pytest.approx(0.549, abs=0.001)


@pytest.mark.parametrize(
    ("found", "told"),
    [((3.0, 2.0), (0.5, 0.5)), ((4.0, 1.0), (1.0, 2.0)), ((1.0, 1.0), (0.2, 0.6))],
)
def test_gate_f8_the_limit_of_finds_and_reports_is_the_root_of_a_quadratic(found, told):
    a, b, c, d = found[0] + told[0], told[1], told[0], found[1] + told[1]
    roots = np.roots([c + d - a - b, a - 2 * c - d, c]) if c + d != a + b else [c / (2 * c + d - a)]
    (root,) = [float(np.real(r)) for r in roots if -1e-12 <= np.real(r) <= 1 + 1e-12]
    ends = limit([[a, b], [c, d]])
    assert ends is not None
    assert ends[0] == pytest.approx(root, abs=1e-9)
    (simulated,) = shares((1, 1), found, (30_000,), runs=60, reported=told)
    assert simulated.mean() == pytest.approx(root, abs=0.01)


def test_gate_f9_false_positives_follow_from_the_other_three():
    rng = np.random.default_rng(9)
    for _ in range(50):
        tp, fp, fn, tn = rng.integers(1, 500, 4)
        told = false_positives((tp + fn) / (tp + fp + fn + tn), tp / (tp + fp), fn / (tp + fn))
        assert told == pytest.approx(fp / (fp + tn), rel=1e-12)


def city(seed=3, areas=40, detection=0.3, reported=0.3):
    rng = np.random.default_rng(seed)
    return City.of(rng.gamma(2.0, 4.0, areas), reported, detection)


def test_reports_alone_leave_patrol_where_events_are():
    told = loop(city(), variant="reports-only", periods=150, runs=20)
    assert told.away[-1].mean() < 0.05


def test_finds_that_count_draw_more_patrol_and_corrected_ones_do_not():
    plain, right, still = (
        loop(city(detection=0.2, reported=0.1), variant=variant, periods=400, runs=30)
        for variant in ("plain", "corrected", "no-feedback")
    )
    assert plain.gini[-1].mean() > still.gini[-1].mean() + 0.02
    assert plain.away[-1].mean() > 2 * still.away[-1].mean()
    assert abs(right.gini[-1].mean() - still.gini[-1].mean()) < 0.02


def test_without_detection_every_variant_is_the_same():
    ginis = [
        loop(city(detection=0.0), variant=variant, periods=30, runs=10, seed=5).gini
        for variant in ("plain", "corrected", "reports-only", "no-feedback")
    ]
    assert all(np.array_equal(ginis[0], other) for other in ginis[1:])


def test_the_busiest_places_keep_patrol_they_would_lose_again():
    """A trailing count of alike areas: reports send patrol round; finds hold it where it is."""
    alike = City.of(np.full(30, 5.0), 0.1, 0.9)
    settings = {"rule": "busiest", "memory": 8, "places": 3, "periods": 60, "runs": 40}
    plain = loop(alike, variant="plain", **settings)
    right = loop(alike, variant="no-feedback", **settings)
    assert plain.top[-1].mean() > 3 * right.top[-1].mean()


def test_a_share_spent_everywhere_bounds_how_uneven_patrol_gets():
    settings = {"rule": "busiest", "places": 2, "periods": 5, "runs": 5}
    assert loop(city(), variant="plain", explore=0.2, **settings).patrol.min() >= 0.2 / 40 - 1e-12


def test_burden_of_people_who_live_where_patrol_is():
    assert burden([0.8, 0.2], [100, 100], [50, 50]) == pytest.approx(1)
    assert burden([0.8, 0.2], [100, 100], [100, 0]) == pytest.approx(1.6)


@pytest.mark.parametrize(
    ("rate", "reported", "detection"),
    [([1.0], 0.5, 0.5), ([0.0, 0.0], 0.5, 0.5), ([1.0, -1.0], 0.5, 0.5), ([1.0, 2.0], 2.0, 0.5)],
)
def test_cities_that_cannot_be_are_refused(rate, reported, detection):
    with pytest.raises(ValueError, match=r"two areas|chances lie"):
        City.of(rate, reported, detection)
