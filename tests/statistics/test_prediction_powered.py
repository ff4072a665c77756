"""A machine's scores set right by readings: what it equals where that is known."""

import numpy as np
import pytest

from peelian.errors import CannotAnswer
from peelian.statistics.prediction_powered import Pairs, difference, ppi
from peelian.statistics.two_phase import Strata, simple, stratified


def audit(rng, read=400, n=20_000, share=0.1, se=0.8, sp=0.97):
    """Return truth and a machine's yes or no of all logs, and which were read."""
    truth = rng.random(n) < share
    said = np.where(truth, rng.random(n) < se, rng.random(n) > sp)
    return truth, said, rng.choice(n, read, replace=False)


def test_of_a_yes_or_no_it_is_the_share_within_each_added_up():
    """The tuned factor is then a regression on yes or no: post-stratification."""
    truth, said, at = audit(np.random.default_rng(1))
    found = ppi(Pairs([20_000], [said.mean()], said[at], truth[at]))
    within = [truth[at][said[at] == answer].mean() for answer in (False, True)]
    assert found.value == pytest.approx((1 - said.mean()) * within[0] + said.mean() * within[1])


def test_as_published_it_is_the_estimate_and_two_standard_errors():
    truth, said, at = audit(np.random.default_rng(2))
    y, f = truth[at].astype(float), said[at].astype(float)
    factor = np.cov(y, f)[0, 1] / np.var(f, ddof=1)
    value = y.mean() + factor * (said.mean() - f.mean())
    se = np.sqrt(np.var(y - factor * f, ddof=1) / 400 * (1 - 400 / 20_000))
    found = ppi(Pairs([20_000], [said.mean()], f, y), small_sample=False)
    assert (found.value, found.se) == pytest.approx((value, se))
    assert (found.low, found.high) == pytest.approx((value - 1.959964 * se, value + 1.959964 * se))
    plain = difference(Pairs([20_000], [said.mean()], f, y), small_sample=False)
    assert plain.value == pytest.approx(said.mean() + (y - f).mean())
    assert plain.se == pytest.approx(np.sqrt(np.var(y - f, ddof=1) / 400 * (1 - 400 / 20_000)))


def test_a_machine_that_says_the_same_of_all_costs_nothing():
    strata = Strata([15_000, 5000], [100, 80], [3, 30])
    truth = np.concatenate([np.arange(100) < 3, np.arange(80) < 30])
    where = np.repeat([0, 1], [100, 80])
    found = ppi(Pairs([15_000, 5000], [0.3, 0.3], np.full(180, 0.3), truth, where))
    plain = stratified(strata)
    assert (found.value, found.low, found.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )


def test_a_machine_that_is_right_leaves_little_in_doubt():
    truth, _, at = audit(np.random.default_rng(3))
    pairs = Pairs([20_000], [truth.mean()], truth[at], truth[at])
    alone = simple(20_000, 400, int(truth[at].sum()))
    for found in (ppi(pairs), difference(pairs)):
        assert found.value == pytest.approx(truth.mean())
        assert found.width < 0.2 * alone.width


def test_where_none_was_found_the_interval_is_that_of_no_machine():
    score = np.linspace(0, 0.4, 100)
    found = ppi(Pairs([20_000], [0.05], score, np.zeros(100)))
    alone = simple(20_000, 100, 0)
    assert (found.value, found.low, found.high) == pytest.approx((0, 0, alone.high))
    assert found.high > 0.02
    published = ppi(Pairs([20_000], [0.05], score, np.zeros(100)), small_sample=False)
    assert published.width == 0  # what the small-sample interval is there to avoid


def test_a_misleading_machine_makes_the_difference_wider_and_ppi_no_wider():
    rng = np.random.default_rng(4)
    truth, _, at = audit(rng)
    score = rng.random(20_000)
    pairs = Pairs([20_000], [score.mean()], score[at], truth[at])
    alone = simple(20_000, 400, int(truth[at].sum()))
    assert difference(pairs).width > 1.2 * alone.width
    assert difference(pairs).note
    assert ppi(pairs).width <= 1.02 * alone.width
    assert ppi(pairs).note == ""


def test_the_order_of_readings_changes_nothing():
    truth, said, at = audit(np.random.default_rng(5))
    where = (at % 3).astype(int)
    size = np.bincount(np.arange(20_000) % 3)
    machine = [said[np.arange(20_000) % 3 == h].mean() for h in range(3)]
    order = np.random.default_rng(6).permutation(at.size)
    one = ppi(Pairs(size, machine, said[at], truth[at], where))
    other = ppi(Pairs(size, machine, said[at][order], truth[at][order], where[order]))
    assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_an_unread_stratum_and_arrays_that_do_not_fit_are_refused():
    with pytest.raises(CannotAnswer, match="may hold anything"):
        ppi(Pairs([50, 50], [0.1, 0.1], [0.1], [0], [0]))
    with pytest.raises(ValueError, match="one length"):
        Pairs([50], [0.1], [0.1, 0.2], [0])
    with pytest.raises(ValueError, match="one length"):
        Pairs([50], [0.1, 0.2], [0.1], [0])
    with pytest.raises(ValueError, match="0 or 1"):
        Pairs([50], [0.1], [0.1], [0.5])
