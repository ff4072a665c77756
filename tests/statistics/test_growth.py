"""Parts of a map that grew differently are told from parts that did not, bunches or no."""

import numpy as np
import pytest

from peelian.statistics.growth import uneven_growth
from peelian.statistics.knox import knox


def _city(rng, n: int, *, grows: bool, bunches: bool = False):
    """Return events about eight corners over a year; in one corner they may come late."""
    corner = rng.integers(0, 8, n)
    at = rng.uniform(0, 6000, (8, 2))[corner]
    days = rng.integers(0, 365, n).astype(float)
    if grows:
        late = corner < 2
        days[late] = np.floor(365 * rng.beta(3, 1, late.sum()))
    x, y = (at + rng.logistic(0, 120, (n, 2))).T
    if bunches:  # every fourth event brings others next door within days
        first = rng.integers(0, n, n // 4)
        x = np.concatenate([x, x[first] + rng.normal(0, 30, n // 4)])
        y = np.concatenate([y, y[first] + rng.normal(0, 30, n // 4)])
        days = np.concatenate([days, days[first] + rng.integers(0, 4, n // 4)])
    return x, y, days


@pytest.mark.parametrize("bunches", [False, True])
def test_parts_that_grew_alike_are_seldom_called_uneven(bunches):
    called = 0
    for seed in range(150):
        growth = uneven_growth(
            *_city(np.random.default_rng([1, seed]), 800, grows=False, bunches=bunches)
        )
        assert growth is not None
        called += growth.p <= 0.05
    assert called <= 150 * 0.05 + 2.6 * np.sqrt(150 * 0.05 * 0.95)


def test_gate_k13_where_growth_of_a_part_makes_pairs_it_is_said():
    """Its second half: no event leads to another, Knox's table rejects, and the warning comes."""
    rejected = warned = 0
    for seed in range(40):
        x, y, days = _city(np.random.default_rng([2, seed]), 700, grows=True)
        table = knox(x, y, days, within=[0, 100, 200], after=[0, 7, 14], permutations=99, seed=seed)
        if table.p_of_all()[:2, :2].min() <= 0.05:
            rejected += 1
            growth = uneven_growth(x, y, days)
            warned += growth is not None and growth.p <= 0.05
    assert rejected >= 10
    assert warned >= 0.9 * rejected


def test_too_few_events_or_days_cannot_tell():
    assert uneven_growth(np.arange(30.0), np.arange(30.0), np.arange(30.0)) is None
    assert uneven_growth(np.arange(200.0), np.zeros(200), np.zeros(200)) is None


def test_counts_are_of_all_events():
    rng = np.random.default_rng(3)
    growth = uneven_growth(*rng.uniform(0, 1, (3, 700)))
    assert growth is not None
    assert growth.counts.sum() == 700
    assert growth.counts.shape == (16, 4) or growth.counts.shape == (8, 4)
