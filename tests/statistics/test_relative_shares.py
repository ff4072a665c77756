"""A share of an amount over a share of the records: hand-worked, and its interval's coverage."""

import numpy as np
import pytest

from peelian.statistics.relative_shares import relative_shares


def moments(group, amount, groups):
    return [np.bincount(group, weights, groups) for weights in (None, amount, amount**2)]


def test_the_ratio_is_the_group_s_mean_over_the_mean_of_all():
    """4 records of 10 and 6 of 30, in minutes: 220 minutes, a mean of 22."""
    found = relative_shares([4, 6], [40, 180], [400, 5400])
    assert found.records.tolist() == [0.4, 0.6]
    assert found.amount.tolist() == pytest.approx([40 / 220, 180 / 220])
    assert found.ratio.tolist() == pytest.approx([10 / 22, 30 / 22])
    assert np.isnan(found.low).all()  # too few to tell


def test_its_spread_is_that_of_resampling_the_records():
    rng = np.random.default_rng(5)
    group = rng.choice(3, 800, p=[0.1, 0.3, 0.6])
    amount = rng.lognormal(group * 0.3, 0.7) * (rng.uniform(size=800) < 0.7)
    found = relative_shares(*moments(group, amount, 3))
    again = []
    for _ in range(600):
        pick = rng.integers(0, 800, 800)
        again.append([
            amount[pick][group[pick] == g].mean() / amount[pick].mean() for g in range(3)
        ])  # fmt: skip
    width = np.log(found.high / found.low) / (2 * 1.96)
    assert width == pytest.approx(np.std(np.log(again), axis=0), rel=0.12)


def test_the_interval_holds_the_truth():
    """Skewed minutes, a rare group of 4 in 100: 93 to 97 in 100, within what 600 draws tell."""
    held = np.zeros(2)
    for seed in range(600):
        rng = np.random.default_rng(seed)
        group = (rng.uniform(size=2500) < 0.04).astype(int)
        amount = rng.gamma(1.5, 20.0 * (1 + group), 2500)
        found = relative_shares(*moments(group, amount, 2))
        truth = np.array([1, 2]) / 1.04
        held += (found.low <= truth) & (truth <= found.high)
    assert (held / 600 >= 0.92).all()
    assert (held / 600 <= 0.98).all()
