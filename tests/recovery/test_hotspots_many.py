"""Hot spots over many made-up maps: few false discoveries, and planted ones found."""

import numpy as np
import pytest

from hotspot_simulators import AREAS, among, asked, block, called


def over(maps: int, risk: float) -> tuple[list[float], list[float]]:
    false, power = [], []
    for seed in range(maps):
        rng = np.random.default_rng([55, seed])
        hot = block(rng)
        high, low = called(asked(rng.poisson(9 * np.where(hot, risk, 1.0)), seed=seed))
        right = among(hot)
        false.append(((high & ~right).sum() + low.sum()) / max((high | low).sum(), 1))
        power.append(float(high[right].mean()))
    return false, power


def test_planted_areas_are_called_and_hardly_any_other():
    false, power = over(8, 3.0)
    assert np.mean(false) <= 0.15
    assert np.mean(power) >= 0.5


@pytest.mark.deep
def test_false_discoveries_over_many_maps_are_as_few_as_promised():
    false, _ = over(200, 2.0)
    assert np.mean(false) <= 0.05 + 3 * np.std(false) / np.sqrt(200)


@pytest.mark.deep
def test_where_nothing_is_planted_hardly_any_map_has_a_hot_spot():
    any_called = []
    for seed in range(200):
        rng = np.random.default_rng([56, seed])
        high, low = called(asked(rng.poisson(9, AREAS), seed=seed))
        any_called.append((high | low).any())
    assert np.mean(any_called) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
