"""Shares of groups: as lme4 and plain integration find them, and nought where nought is."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from peelian.statistics.binomial_mixed import fit_mixed, median_odds_ratio, sd_interval

CBPP = Path(__file__).parents[1] / "data" / "cbpp.csv"


@pytest.fixture(scope="module")
def herds():
    with CBPP.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    period = np.array([int(row["period"]) for row in rows])
    return {
        "successes": np.array([float(row["incidence"]) for row in rows]),
        "trials": np.array([float(row["size"]) for row in rows]),
        "x": np.column_stack([np.ones(len(rows)), *(period == k for k in (2, 3, 4))]),
        "group": np.array([int(row["herd"]) - 1 for row in rows]),
    }


def test_gate_d5_lme4_on_cbpp(herds):
    """glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), binomial), lme4's default."""
    found = fit_mixed(**herds)
    assert found.beta == pytest.approx([-1.39834, -0.99193, -1.12822, -1.57975], abs=1e-3)
    assert found.sd == pytest.approx([0.64207], abs=1e-3)
    assert found.log_likelihood == pytest.approx(-92.02657, abs=1e-3)


def integrated(herds, beta, sd):
    """The log likelihood by adding up over a fine grid: no modes, no quadrature."""
    u = np.linspace(-9, 9, 6001)
    total = 0.0
    for number in np.unique(herds["group"]):
        mine = herds["group"] == number
        eta = (herds["x"][mine] @ beta)[:, None] + sd * u
        p = 1 / (1 + np.exp(-eta))
        log = stats.binom.logpmf(
            herds["successes"][mine][:, None], herds["trials"][mine][:, None], p
        ).sum(axis=0)
        total += np.log((np.exp(log) * stats.norm.pdf(u)).sum() * (u[1] - u[0]))
    return total


def test_quadrature_is_plain_integration(herds):
    found = fit_mixed(**herds, nodes=9)
    there = integrated(herds, found.beta, found.sd[0])
    assert found.log_likelihood == pytest.approx(there, abs=1e-5)
    for column in range(4):  # and it is the highest there is
        moved = found.beta + 0.02 * (np.arange(4) == column)
        assert integrated(herds, moved, found.sd[0]) < there
    assert integrated(herds, found.beta, found.sd[0] + 0.02) < there
    # Laplace's approximation is near it and not equal to it.
    assert 0.01 < fit_mixed(**herds).log_likelihood * -1 + found.log_likelihood < 0.1


def test_two_random_effects_are_integrated_over_both(herds):
    late = (herds["x"][:, 2] + herds["x"][:, 3]).astype(float)
    z = np.column_stack([np.ones(len(late)), late])
    found = fit_mixed(**herds, z=z, nodes=7)
    chance = np.random.default_rng(0)
    u = chance.standard_normal((2, 400_000))
    total = 0.0
    for number in np.unique(herds["group"]):
        mine = herds["group"] == number
        eta = (herds["x"][mine] @ found.beta)[:, None] + (z[mine] * found.sd) @ u
        y, n = herds["successes"][mine][:, None], herds["trials"][mine][:, None]
        log = stats.binom.logpmf(y, n, 1 / (1 + np.exp(-eta))).sum(axis=0)
        total += np.log(np.exp(log).mean())
    assert found.log_likelihood == pytest.approx(total, abs=0.03)


def drawn(chance, sd, groups=40, trials=120):
    """Groups whose log odds lie evenly over a band, not normally, of that standard deviation."""
    level = chance.uniform(-1, 1, groups) * sd * np.sqrt(3)
    p = 1 / (1 + np.exp(2.0 - level))
    n = np.full(groups, float(trials))
    return {"successes": chance.binomial(trials, p).astype(float), "trials": n,
            "x": np.ones((groups, 1)), "group": np.arange(groups)}, level  # fmt: skip


def test_a_planted_spread_is_in_its_interval_and_groups_are_drawn_together():
    chance, held, nearer = np.random.default_rng(5), 0, 0
    for _ in range(8):
        rows, level = drawn(chance, 0.5)
        found = fit_mixed(**rows)
        low, high = sd_interval(**rows, fitted=found)
        held += low <= 0.5 <= high
        raw = np.log((rows["successes"] + 0.5) / (rows["trials"] - rows["successes"] + 0.5))
        true = level - 2.0
        ours = found.beta[0] + found.effects[:, 0]
        nearer += ((ours - true) ** 2).sum() < ((raw - true) ** 2).sum()
    assert held >= 7
    assert nearer >= 7


def test_where_groups_do_not_differ_nought_is_in_the_interval():
    chance, nought = np.random.default_rng(6), 0
    for _ in range(10):
        rows, _ = drawn(chance, 0.0)
        nought += sd_interval(**rows, fitted=fit_mixed(**rows))[0] == 0.0
    assert nought >= 9  # one-sided: 97.5 of 100


def test_naming_groups_otherwise_changes_nothing(herds):
    other = np.random.default_rng(1).permutation(15)
    found, renamed = fit_mixed(**herds), fit_mixed(**{**herds, "group": other[herds["group"]]})
    assert renamed.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-7)
    assert renamed.effects[other] == pytest.approx(found.effects, abs=1e-3)


def test_median_odds_ratio_is_the_median_of_pairs():
    chance = np.random.default_rng(2)
    pairs = chance.normal(0, 0.7, (2, 200_000))
    assert median_odds_ratio(0.7) == pytest.approx(
        np.median(np.exp(np.abs(pairs[0] - pairs[1]))), rel=0.01
    )
    assert median_odds_ratio(0.0) == 1.0


@pytest.mark.parametrize(
    "spoilt",
    [
        {"successes": np.array([5.0, 1, 1]), "trials": np.array([4.0, 4, 4])},
        {"trials": np.array([0.0, 4, 4])},
        {"group": np.array([0, 0, 1])},
        {"group": np.array([0, 2, 3])},
        {"x": np.ones((3, 2))},
        {"nodes": 0},
    ],
)
def test_what_cannot_be_fitted_is_refused(spoilt):
    fair = {"successes": np.ones(3), "trials": np.full(3, 4.0), "x": np.ones((3, 1)),
            "group": np.arange(3)}  # fmt: skip
    with pytest.raises(ValueError, match=r"groups|columns|successes"):
        fit_mixed(**{**fair, **spoilt})
