"""Do areas differ beyond chance: how often the test says so when they do not."""

import numpy as np
import pytest

from peelian.statistics.dispersion import dispersion


@pytest.mark.parametrize("expected", [0.3, 2.0, 50.0])
def test_chance_alone_is_found_as_often_as_it_says(expected):
    """Also where areas expect less than one event, where the usual test fails."""
    rng = np.random.default_rng(3)
    n = rng.uniform(500, 3000, 300)
    rate = expected / n.mean()
    found = [dispersion(rng.poisson(rate * n), n).p <= 0.05 for _ in range(1500)]
    assert np.mean(found) == pytest.approx(0.05, abs=0.018)


def test_areas_that_differ_are_found():
    rng = np.random.default_rng(3)
    n = rng.uniform(500, 3000, 300)
    found = [dispersion(rng.poisson(0.01 * n * rng.gamma(4, 0.25, 300)), n).p for _ in range(100)]
    assert np.mean(np.array(found) < 0.05) > 0.99


def test_the_statistic_is_pearsons():
    found = dispersion([30, 10], [1000, 1000])
    assert (found.statistic, found.expected) == (10.0, 1.0)


def test_one_area_or_no_event_tells_nothing():
    assert dispersion([5], [10]).p == 1
    assert dispersion([0, 0], [10, 20]).p == 1
