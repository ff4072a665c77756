"""Rogan and Gladen's correction: the gates, the published examples, and what it refuses."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from peelian.errors import CannotAnswer
from peelian.statistics.misclassification import (
    ABOVE,
    BELOW,
    implied_sensitivity,
    rogan_gladen,
    stratified,
)

DATA = Path(__file__).parents[1] / "data"


def test_gate_d1_rogan_gladen():
    assert rogan_gladen(50, 1000, 0.80, 0.98).value == pytest.approx(0.0384615, abs=1e-7)


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        ("wilson", 0.023244, 0.058095),
        ("blaker", 0.022481, 0.057937),
        ("clopper-pearson", 0.022225, 0.058193),
    ],
)
def test_gate_d2_intervals_carried_over(interval, low, high):
    found = rogan_gladen(50, 1000, 0.80, 0.98, interval=interval)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)


def test_gate_d3_standard_errors():
    known = rogan_gladen(50, 1000, 0.80, 0.98, interval="delta")
    learnt = rogan_gladen(50, 1000, 0.80, 0.98, n_se=200, n_sp=400, interval="delta")
    assert known.se == pytest.approx(0.00883593, abs=1e-7)
    assert learnt.se == pytest.approx(0.01242907, abs=1e-7)
    assert learnt.high - learnt.value == pytest.approx(1.959964 * 0.01242907, abs=1e-7)


def test_gate_d4_the_sensitivity_a_canadian_service_flag_must_have():
    """4,646 calls, 10.8 % of all, against 397 flagged."""
    assert implied_sensitivity(397, round(4646 / 0.108), 0.108) == pytest.approx(0.0855, abs=1e-3)


def test_the_examples_of_lang_and_reiczigel_come_out_as_published():
    with (DATA / "lang_reiczigel.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    assert len(rows) == 5
    for row in rows:
        found = rogan_gladen(
            int(row["positive"]),
            int(row["tested"]),
            row["right_of_true"] / row["true"],
            row["right_of_others"] / row["others"],
            n_se=int(row["true"]),
            n_sp=int(row["others"]),
        )
        places = 2 if row["low"] == 0.58 else 3  # as many as were printed
        assert (round(found.low, places), round(found.high, places)) == (row["low"], row["high"])


@pytest.mark.parametrize(("se", "sp"), [(0.5, 0.5), (0.2, 0.7), (0.0, 1.0)])
def test_a_test_that_tells_nothing_is_refused(se, sp):
    with pytest.raises(CannotAnswer, match="one or less") as refused:
        rogan_gladen(50, 1000, se, sp)
    assert refused.value.found
    assert refused.value.try_
    with pytest.raises(CannotAnswer):
        stratified([50, 50], [1000, 1000], [0.9, se], [0.9, sp])


def test_fewer_marked_than_would_be_by_mistake_is_below_what_the_test_can_see():
    found = rogan_gladen(10, 1000, 0.8, 0.98, n_se=50, n_sp=50)
    assert (found.value, found.low, found.note) == (0.0, 0.0, BELOW)
    assert found.high > 0.01
    assert rogan_gladen(900, 1000, 0.8, 0.98).note == ABOVE
    assert rogan_gladen(50, 1000, 0.8, 0.98).note == ""


@pytest.mark.parametrize("interval", ["wilson", "blaker", "clopper-pearson"])
def test_an_interval_that_takes_the_accuracy_as_known_is_not_given_an_estimated_one(interval):
    with pytest.raises(ValueError, match="as known"):
        rogan_gladen(50, 1000, 0.8, 0.98, n_se=50, interval=interval)


def test_a_perfect_test_needs_no_correction():
    found = rogan_gladen(50, 1000, 1.0, 1.0, interval="mid-p")
    assert found.value == pytest.approx(0.05)
    assert binom.sf(50, 1000, found.low) + binom.pmf(50, 1000, found.low) / 2 == pytest.approx(
        0.025, abs=2e-4
    )


def test_mid_p_with_an_estimated_accuracy_is_where_draws_put_it():
    """Half of each of two Betas for each of the three, drawn and worked back one by one."""
    rng = np.random.default_rng(4)
    draws = 400_000

    def drawn(x, n):
        up = rng.random(draws) < 0.5
        a, b = np.where(up, x + 1, x), np.where(up, n - x, n - x + 1)
        return rng.beta(np.maximum(a, 1e-12), np.maximum(b, 1e-12))

    marked, right, wrong = drawn(90, 1500), drawn(33, 60), drawn(2, 140)
    share = np.clip((marked - wrong) / (right - wrong), 0, 1)
    found = rogan_gladen(90, 1500, 33 / 60, 138 / 140, n_se=60, n_sp=140, interval="mid-p")
    assert (found.low, found.high) == pytest.approx(np.quantile(share, [0.025, 0.975]), abs=1e-3)


def test_more_is_known_with_more_read():
    few, many = (
        rogan_gladen(900, 10_000, 0.6, 0.97, n_se=n, n_sp=n, interval=i).width
        for i in ("lang-reiczigel",)
        for n in (50, 5000)
    )
    assert many < few / 3


def test_one_class_is_as_if_there_were_none():
    alone = rogan_gladen(90, 1500, 0.55, 0.98, n_se=60, n_sp=140)
    found = stratified([90], [1500], [0.55], [0.98], n_se=[60], n_sp=[140])
    assert (found.value, found.low, found.high) == pytest.approx(
        (alone.value, alone.low, alone.high), abs=1e-12
    )


def test_classes_whose_flags_err_differently_are_put_right_each_by_its_own():
    """Two classes of 1,000 and 3,000: 10 % and 2 % are true; one sensitivity would say 5.3 %."""
    se, sp, share = np.array([0.9, 0.3]), np.array([0.95, 0.99]), np.array([0.10, 0.02])
    n = np.array([1000, 3000])
    marked = n * (share * se + (1 - share) * (1 - sp))
    found = stratified(marked, n, se, sp, n_se=[500, 500], n_sp=[900, 900])
    assert found.value == pytest.approx(0.04)
    assert found.low < 0.04 < found.high
    wider = stratified(marked, n, se, sp, n_se=[50, 50], n_sp=[90, 90])
    assert wider.width > found.width
    reweighted = stratified(marked, n, se, sp, size=[3000, 1000])
    assert reweighted.value == pytest.approx(0.08)


def test_what_is_no_accuracy_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        rogan_gladen(5, 10, 1.2, 0.9)
    with pytest.raises(ValueError, match="no interval"):
        rogan_gladen(5, 10, 0.9, 0.9, interval="wald")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="true share"):
        implied_sensitivity(5, 10, 0.0)
