"""Shares from strata: the textbook estimate, an interval that holds where none was found, plans."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from peelian.errors import CannotAnswer
from peelian.statistics.two_phase import (
    Strata,
    accuracy,
    against_simple,
    allocate,
    expected_width,
    needed,
    rule_of_three,
    simple,
    stratified,
)
from peelian.statistics.weighted_shares import known

SIZE, READ, FOUND = [30_000, 6000, 2000, 1500, 500], [120, 80, 60, 60, 30], [0, 3, 9, 31, 28]


def test_the_estimate_is_that_of_the_textbook():
    """Each log read stands for size / read logs (Horvitz and Thompson); Cochran's variance."""
    stands_for = np.repeat(np.divide(SIZE, READ), READ)
    truth = np.concatenate([np.arange(n) < x for n, x in zip(READ, FOUND, strict=True)])
    found = stratified(Strata(SIZE, READ, FOUND))
    assert found.value == pytest.approx((stands_for * truth).sum() / 40_000)
    each = np.split(truth, np.cumsum(READ)[:-1])
    variance = sum(
        (size / 40_000) ** 2 * (1 - n / size) * np.var(part, ddof=1) / n
        for size, n, part in zip(SIZE, READ, each, strict=True)
    )
    assert found.se == pytest.approx(np.sqrt(variance))


@pytest.mark.parametrize(("x", "n"), [(0, 40), (1, 40), (13, 40), (40, 40), (5, 900)])
def test_of_one_endless_stratum_it_is_the_mid_p_interval(x, n):
    found = simple(10**9, n, x)
    if x > 0:
        chance = binom.sf(x, n, found.low) + binom.pmf(x, n, found.low) / 2
        assert chance == pytest.approx(0.025, abs=2e-4)
    if x < n:
        chance = binom.cdf(x, n, found.high) - binom.pmf(x, n, found.high) / 2
        assert chance == pytest.approx(0.025, abs=2e-4)


def test_with_none_found_the_upper_end_is_the_rule_of_three_of_the_heaviest_stratum():
    found = stratified(Strata([90_000, 10_000], [300, 300], [0, 0]))
    assert (found.value, found.low) == (0.0, 0.0)
    # Half of the chance at nought: the one-sided 95 % limit, as the rule of three has it.
    assert found.high == pytest.approx(0.9 * rule_of_three(300), rel=0.01)
    assert rule_of_three(300) == pytest.approx(3 / 300, rel=0.01)
    assert (1 - rule_of_three(80, 0.9)) ** 80 == pytest.approx(0.1)


def test_with_all_found_it_is_the_same_turned_about():
    low = stratified(Strata(SIZE, READ, FOUND))
    high = stratified(Strata(SIZE, READ, np.subtract(READ, FOUND)))
    assert (1 - high.value, 1 - high.high, 1 - high.low) == pytest.approx(
        (low.value, low.low, low.high), abs=1e-4
    )


def test_what_was_read_to_its_end_is_known():
    assert stratified(Strata([70, 30], [70, 30], [7, 9])).width == pytest.approx(0, abs=1e-9)
    half = stratified(Strata([200], [100], [10]))
    endless = stratified(Strata([10**9], [100], [10]))
    assert half.width == pytest.approx(endless.width * np.sqrt(0.5), rel=0.1)


def test_known_is_where_draws_put_it():
    """Betas with the textbook's mean and variance, but for one stratum on either side."""
    rng = np.random.default_rng(6)
    draws = 300_000
    total = np.zeros(draws)
    for at, (size, n, x) in enumerate(zip(SIZE, READ, FOUND, strict=True)):
        if at in (0, 3):  # one log stands for the most: where few are so, and where most are
            up = rng.random(draws) < 0.5
            share = rng.beta(np.where(up, x + 1, max(x, 1e-12)), np.where(up, n - x, n - x + 1))
        else:
            share = rng.beta(x * (n - 2) / n, (n - x) * (n - 2) / n, draws)
        total += x + (size - n) * share
    what = known(SIZE, READ, FOUND)
    assert what.mass.sum() == pytest.approx(1)
    for chance in (0.025, 0.5, 0.975):
        there = np.quantile(total, chance) / 40_000
        assert what.quantile(chance) == pytest.approx(there, rel=0.01)


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(5)), st.integers(0, 4))
def test_the_order_of_strata_and_strata_without_a_log_change_nothing(order, at):
    plain = stratified(Strata(SIZE, READ, FOUND))
    moved = [[row[i] for i in order] for row in (SIZE, READ, FOUND)]
    for row in moved:
        row.insert(at, 0)
    again = stratified(Strata(*moved))
    assert (again.value, again.low, again.high) == pytest.approx(
        (plain.value, plain.low, plain.high), abs=1e-9
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.integers(1, 40).flatmap(
            lambda n: st.tuples(st.integers(n, 5000), st.just(n), st.integers(0, n))
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_interval_lies_about_the_estimate_within_what_is_possible(rows):
    size, read, found = zip(*rows, strict=True)
    told = stratified(Strata(size, read, found))
    least = sum(found) / sum(size)
    most = 1 - (sum(read) - sum(found)) / sum(size)
    assert least - 1e-9 <= told.low <= told.value <= told.high <= most + 1e-9
    wider = stratified(Strata(size, read, found), level=0.99)
    assert wider.low <= told.low + 1e-9
    assert told.high <= wider.high + 1e-9


def test_a_stratum_that_nobody_read_is_refused():
    with pytest.raises(CannotAnswer, match="may hold anything") as refused:
        stratified(Strata([900, 100], [50, 0], [1, 0]))
    assert "100 logs" in refused.value.found
    with pytest.raises(CannotAnswer):
        accuracy(Strata([900, 100], [50, 0], [1, 0]), [False, True])


@pytest.mark.parametrize(
    "counts", [([10], [5], [6]), ([10], [11], [0]), ([10, 1], [5], [1]), ([0], [0], [0])]
)
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match=r"strata|length|positive"):
        Strata(*counts)


def test_accuracy_is_the_share_of_the_true_ones_that_are_flagged():
    strata = Strata([8000, 1000, 800, 200], [200, 100, 80, 50], [2, 20, 60, 45])
    marked = [False, False, True, True]
    right, left = accuracy(strata, marked)
    true = np.array([80, 200, 600, 180])
    assert right.value == pytest.approx(780 / 1060)
    assert left.value == pytest.approx((7920 + 800) / (7920 + 800 + 200 + 20))
    rng = np.random.default_rng(7)
    share = true / strata.sizes
    drawn = rng.binomial(strata.reads.astype(int), share, (20_000, 4)) / strata.reads * strata.sizes
    ratio = drawn[:, 2:].sum(axis=1) / drawn.sum(axis=1)
    assert right.se == pytest.approx(ratio.std(), rel=0.15)
    assert right.low < right.value < right.high
    assert right.width == pytest.approx(np.ptp(np.quantile(ratio, [0.025, 0.975])), rel=0.25)


def test_accuracy_of_a_flag_where_none_was_found_is_not_known():
    right, left = accuracy(Strata([9000, 1000], [100, 100], [0, 0]), [False, True])
    assert np.isnan(right.value)
    assert (right.low, right.high) == (0.0, 1.0)
    assert right.note
    assert left.value == pytest.approx(0.9)


def test_sensitivity_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(8)
    size, share = np.array([8000, 1000, 800, 200]), np.array([0.01, 0.2, 0.75, 0.9])
    so = (size * share).astype(int)
    true, held = so[2:].sum() / so.sum(), []
    for _ in range(150):
        found = rng.hypergeometric(so, size - so, [200, 100, 80, 50])
        right, _ = accuracy(Strata(size, [200, 100, 80, 50], found), [0, 0, 1, 1])
        held.append(right.low <= true <= right.high)
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 150)


def test_no_other_allocation_is_surer():
    """Every way of reading 40 logs of three strata, by Cochran's variance."""
    size, share = np.array([600, 300, 100]), np.array([0.02, 0.2, 0.6])
    spread = size**2 * share * (1 - share)
    ways = [(a, b, 40 - a - b) for a, b in itertools.product(range(1, 39), repeat=2) if a + b < 40]
    best = min(ways, key=lambda n: (spread / np.array(n)).sum())
    assert np.abs(allocate(size, share, 40, 1, worth=1e9) - best).max() <= 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.floats(0, 1)), min_size=1, max_size=8),
    st.integers(1, 400),
    st.integers(0, 6),
)
def test_a_plan_reads_what_it_was_given_to_read(rows, total, least):
    size, guess = np.array([n for n, _ in rows]), [p for _, p in rows]
    floor = np.minimum(size, least)
    if total < floor.sum():
        with pytest.raises(CannotAnswer, match="too few logs"):
            allocate(size, guess, total, least)
        return
    plan = allocate(size, guess, total, least)
    assert plan.sum() == min(total, size.sum())
    assert (plan >= floor).all()
    assert (plan <= size).all()


def test_a_stratum_thought_to_be_empty_is_read_all_the_same():
    plan = allocate([30_000, 500], [0.0, 0.5], 100)
    assert plan[0] > plan[1]


def test_reading_what_is_needed_gives_the_width_that_was_asked_for():
    strata = Strata([9000, 900, 100], [212, 80, 8], [2, 26, 7])
    share = (strata.found + 0.5) / (strata.reads + 1)
    more = needed(strata, 0.02)
    assert (more >= 0).all()
    assert expected_width(strata.sizes, strata.reads + more, share) <= 0.02
    fewer = strata.reads + more - (more == more.max()) * 8
    assert expected_width(strata.sizes, fewer, share) > 0.02
    assert needed(strata, 0.5).sum() == 0
    assert needed(strata, 0.01).sum() > more.sum()
    assert needed(strata, 1e-9).sum() >= (strata.sizes - strata.reads).sum() - 2
    assert needed(Strata([9000, 900], [0, 0], [0, 0]), 0.05).min() > 0
    with pytest.raises(ValueError, match="no width"):
        needed(strata, 0.0)


def test_a_plan_by_a_good_score_is_narrower_than_a_simple_audit():
    size, share = [36_000, 3000, 1000], [0.005, 0.2, 0.9]
    plan = allocate(size, share, 600)
    assert against_simple(size, plan, share) < 0.7
    same = np.divide(size, 40_000) * 600
    assert against_simple(size, same, [0.06] * 3) == pytest.approx(1, abs=0.03)
