"""The true share is found as often as the intervals say, by planned audits of forces of two kinds.

The quick runs allow for the luck of a few hundred audits; the deep ones measure what the page says.
"""

import numpy as np
import pytest
from bench.demand.corrected import RECOMMENDED, figures, measure

from corrected_simulators import FORCES, draw, read_by_two, strata_of
from peelian.statistics.prediction_powered import Pairs, ppi
from peelian.statistics.readers import TwoReadings, read_twice
from peelian.statistics.two_phase import Strata, allocate, stratified

CELLS = [
    ("plain", 0.01, 100),
    ("plain", 0.06, 600),
    ("misspecified", 0.01, 300),
    ("misspecified", 0.20, 100),
]


@pytest.mark.parametrize("cell", CELLS)
def test_corrected_shares_hold_the_truth_and_the_flag_does_not(cell):
    audits = 152
    found = measure(cell, audits, forces=8)
    luck = 3 * np.sqrt(0.92 * 0.08 / audits)
    for name in RECOMMENDED:
        assert found[name].coverage >= 0.92 - luck, name
    assert found["flag"].coverage < 0.10


def test_intervals_made_of_two_standard_errors_do_not_hold_it():
    """The control can fail: the same audits, with the interval as published."""
    rng = np.random.default_rng(3)
    force = FORCES["plain"](rng, 0.01)
    stratum = strata_of(force)
    size = np.bincount(stratum, minlength=6)
    machine = np.bincount(stratum, force.score, 6) / size
    plan, held = allocate(size, machine, 100), []
    for _ in range(200):
        at = draw(rng, stratum, plan)
        pairs = Pairs(size, machine, force.score[at], force.truth[at], stratum[at])
        found = ppi(pairs, small_sample=False)
        held.append(found.low <= force.share <= found.high)
    assert np.mean(held) < 0.85


def designs(rng):
    """Yield audits of all sorts: two to nine strata of any size and share, read by any plan."""
    while True:
        many = int(rng.integers(2, 10))
        part = rng.dirichlet(np.full(many, rng.choice([0.3, 1, 3])))
        size = np.maximum(30, part * rng.choice([2000, 40_000])).astype(int)
        even = size / size.sum() * rng.choice([100, 300, 800])
        read = rng.integers(3, 80, many) if rng.random() < 0.5 else np.maximum(3, even.astype(int))
        chance = rng.beta(*((0.15, 3), (0.3, 1), (1, 1), (0.05, 5))[int(rng.integers(4))], many)
        so = rng.binomial(size, chance)
        if so.sum() >= 0.002 * size.sum():
            yield size, np.minimum(read, size), so


def held_by_design(number, audits):
    rng = np.random.default_rng(17)
    held = np.zeros((number, audits))
    for at, (size, read, so) in zip(range(number), designs(rng), strict=False):
        for one in range(audits):
            found = stratified(Strata(size, read, rng.hypergeometric(so, size - so, read)))
            held[at, one] = found.low <= so.sum() / size.sum() <= found.high
    return held.mean(axis=1)


def test_the_interval_over_strata_holds_whatever_the_strata():
    held = held_by_design(40, 60)
    assert held.mean() >= 0.94
    assert held.min() >= 0.92 - 3.5 * np.sqrt(0.92 * 0.08 / 60)


def test_readers_who_err_are_allowed_for_in_a_planned_audit():
    """A fifth of all logs are so, a thousand are read: without allowance nine in ten are held."""
    rng = np.random.default_rng(5)
    force = FORCES["plain"](rng, 0.20)
    stratum = strata_of(force)
    size = np.bincount(stratum, minlength=6)
    plan = allocate(size, np.bincount(stratum, force.score, 6) / size, 1000)
    held = {"allowed for": [], "settled": [], "once": []}
    for _ in range(200):
        at = draw(rng, stratum, plan)
        read = read_by_two(rng, force.truth[at], sensitivity=0.8)
        counts = [np.bincount(stratum[at], mask, 6) for mask in read]
        two = TwoReadings(size, *counts)
        once = counts[0] + rng.binomial((counts[1] + counts[2]).astype(int), 0.5)
        for name, found in (
            ("allowed for", read_twice(two)),
            ("settled", stratified(two.strata())),
            ("once", stratified(Strata(size, plan, once))),
        ):
            held[name].append(found.low <= force.share <= found.high)
    assert np.mean(held["allowed for"]) >= 0.89
    assert np.mean(held["settled"]) < 0.86
    assert np.mean(held["once"]) < 0.6


@pytest.mark.deep
def test_gate_d9_a_planned_audit_of_six_hundred():
    """6 % of 40,000; the flag finds 55 % and leaves 98.5 % of the rest."""
    found = measure(("plain", 0.06, 600), 1000, seed=9)
    for name in ("stratified", "ppi in strata"):
        assert 0.93 <= found[name].coverage <= 0.97, name
    assert found["flag"].coverage < 0.10


@pytest.mark.deep
def test_gate_t11_a_bad_machine_leaves_the_interval_right():
    """A labeller that finds half and marks a fifth of the rest; a simple audit of 500."""
    rng = np.random.default_rng(11)
    truth = rng.random(40_000) < 0.1
    said = np.where(truth, rng.random(40_000) < 0.5, rng.random(40_000) > 0.8)
    held = []
    for _ in range(2000):
        at = rng.choice(40_000, 500, replace=False, shuffle=False)
        found = ppi(Pairs([40_000], [said.mean()], said[at], truth[at]))
        held.append(found.low <= truth.mean() <= found.high)
    assert 0.93 <= np.mean(held) <= 0.97


# What the page owns up to: a poor score plans poorly, and two intervals are a little too wide where
# few were read.
KNOWN = (
    "misspecified forces: width",
    "held by PPI++ in the strata of a planned audit, most",
    "held by Rogan-Gladen by mid-p, accuracy from as many logs as the audit's, most",
)


@pytest.mark.deep
def test_every_figure_of_corrected_shares_is_met_but_those_the_page_owns_up_to():
    for figure in figures():
        owned = figure.name.startswith(KNOWN) and figure.found <= 0.993
        assert figure.met or owned, figure.line()


@pytest.mark.deep
def test_the_interval_over_strata_holds_whatever_the_strata_three_hundred_of_them():
    held = held_by_design(300, 400)
    assert held.mean() == pytest.approx(0.955, abs=0.01)
    assert np.quantile(held, 0.02) >= 0.91
    assert held.min() >= 0.88
