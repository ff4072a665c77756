"""What one event leads to, as pairs: shares of a kernel, and branching ratios as pairs."""

import numpy as np
import pytest

from peelian.statistics.clusters import Kernel, branching, pairs_of
from peelian.statistics.lags import Bands

KERNELS = [
    Kernel(4.0, 90.0),
    Kernel(4.0, 90.0, (0.5, 0.0)),
    Kernel(2.0, 60.0, (0.9, 1.3)),
    Kernel(3.0, 60.0, (1.0, 1.0)),
]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("tick", [0.0, 1.0])
def test_shares_are_those_of_what_is_drawn(kernel, tick):
    rng, n = np.random.default_rng(4), 400_000
    bands = Bands.of(800.0, 30.0, tick)
    lag, east, north = kernel.drawn(n, rng)
    if tick:
        lag = np.floor(rng.uniform(0, 1, n) + lag)
    drawn = np.histogram2d(np.hypot(east, north), lag, [bands.metres, bands.days - 1e-9])[0] / n
    assert kernel.shares(bands) == pytest.approx(drawn, abs=0.003)


@pytest.mark.parametrize("kernel", KERNELS)
def test_half_lies_within_half(kernel):
    lag, east, north = kernel.drawn(200_000, np.random.default_rng(5))
    assert kernel.half() == pytest.approx(
        (np.median(lag), np.median(np.hypot(east, north))), rel=0.02
    )


def test_pairs_of_a_ratio_are_those_of_a_simulated_family():
    """Families of one founder: pairs among all its descendants and itself, for one member."""
    rng, theta = np.random.default_rng(6), 0.4
    sizes = []
    for _ in range(40_000):
        alive = size = 1
        while alive:
            alive = rng.poisson(theta * alive)
            size += alive
        sizes.append(size)
    sizes = np.array(sizes)
    assert (sizes * (sizes - 1) / 2).sum() / sizes.sum() == pytest.approx(pairs_of(theta), rel=0.03)


def test_a_ratio_and_its_pairs_are_each_other_turned_round():
    for theta in (0.0, 0.1, 0.5, 0.9):
        assert branching(pairs_of(theta)) == pytest.approx(theta)
    assert branching(-0.1) < 0
