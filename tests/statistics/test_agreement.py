"""Agreement of readers: the textbook tables, published examples, and what it refuses."""

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from peelian.errors import CannotAnswer
from peelian.statistics.agreement import cohen, fleiss, gwet, krippendorff, percent, with_interval

DATA = Path(__file__).parents[1] / "data"


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])


@pytest.mark.parametrize(
    ("metric", "alpha"),
    [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107), ("ratio", 0.797403)],
)
def test_gate_t1_krippendorffs_alpha(metric, alpha):
    codes = table("krippendorff_4x12.csv").T
    assert krippendorff(codes, metric) == pytest.approx(alpha, abs=1e-6)


def test_gate_t2_fleiss_kappa():
    counts = table("fleiss_10x5.csv").astype(int)
    codes = np.stack([np.repeat(np.arange(5), row) for row in counts], axis=1)
    assert codes.shape == (14, 10)
    assert fleiss(codes) == pytest.approx(0.209931, abs=1e-6)


def two(both, first, second, neither):
    """Return codes of two readers from the four cells of their table."""
    cells = [(1, 1)] * both + [(1, 0)] * first + [(0, 1)] * second + [(0, 0)] * neither
    return np.array(cells, dtype=float).T


def test_gwets_example_of_a_rare_code():
    """Gwet (2002): 125 units, agreement .944, kappa below nought, AC1 .9408."""
    codes = two(118, 5, 2, 0)
    assert percent(codes) == pytest.approx(0.944)
    assert cohen(codes) == pytest.approx(-0.0234, abs=5e-5)
    assert gwet(codes) == pytest.approx(0.9408, abs=5e-5)


def test_cohens_kappa_is_what_others_make_it():
    rng = np.random.default_rng(1)
    one = rng.integers(0, 4, 300)
    other = np.where(rng.random(300) < 0.6, one, rng.integers(0, 4, 300))
    assert cohen([one, other]) == pytest.approx(cohen_kappa_score(one, other), abs=1e-12)
    gap = np.array([one, other], dtype=float)
    gap[0, :50] = np.nan
    assert cohen(gap) == pytest.approx(cohen_kappa_score(one[50:], other[50:]), abs=1e-12)


@pytest.mark.parametrize("measure", [krippendorff, cohen, fleiss, gwet, percent])
def test_readers_who_agree_throughout_agree_wholly(measure):
    assert measure([[0, 1, 1, 0, 2], [0, 1, 1, 0, 2]]) == pytest.approx(1.0)


@pytest.mark.parametrize("measure", [krippendorff, cohen, fleiss, gwet])
def test_readers_who_guess_agree_no_more_than_chance(measure):
    codes = np.random.default_rng(2).integers(0, 2, (2, 20_000))
    assert measure(codes) == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("measure", [krippendorff, cohen, fleiss, gwet, percent])
def test_the_order_of_logs_and_readers_and_the_names_of_codes_change_nothing(measure):
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 3, (2, 80))
    codes[1] = np.where(rng.random(80) < 0.5, codes[0], codes[1])
    assert measure(codes[::-1][:, rng.permutation(80)]) == pytest.approx(measure(codes))
    assert measure(10 - 3 * codes) == pytest.approx(measure(codes))


def test_a_reader_who_read_nothing_changes_nothing():
    codes = table("krippendorff_4x12.csv").T
    more = np.vstack([codes, np.full(12, np.nan)])
    assert krippendorff(more) == krippendorff(codes)
    assert gwet(more) == gwet(codes)


@pytest.mark.parametrize("measure", [krippendorff, cohen, fleiss, gwet])
def test_one_code_throughout_says_nothing_of_agreement(measure):
    with pytest.raises(CannotAnswer, match="more than one code"):
        measure(np.zeros((2, 30)))
    with pytest.raises(CannotAnswer):
        with_interval(measure, np.zeros((2, 30)))


def test_logs_read_once_say_nothing_of_agreement():
    codes = [[1, 0, np.nan, np.nan], [np.nan, np.nan, 1, 0]]
    for measure in (krippendorff, gwet, percent, cohen):
        with pytest.raises(CannotAnswer):
            measure(codes)


def test_a_code_seen_once_is_too_rare_for_an_interval_that_says_so():
    codes = np.zeros((2, 400))
    codes[0, 0] = 1
    rare = with_interval(percent, codes)
    assert rare.low < rare.value <= rare.high
    with pytest.raises(CannotAnswer, match="cannot be given an interval"):
        with_interval(partial(_only_with_three), codes, resamples=50)


def _only_with_three(codes):
    if (codes == 1).sum() in (1, 3):
        return 0.5
    raise CannotAnswer("too few")


def test_intervals_hold_the_agreement_of_all_logs():
    """Of 20,000 logs two hundred are read twice, a hundred times over."""
    rng = np.random.default_rng(5)
    truth = rng.random(20_000) < 0.3
    codes = np.array([truth ^ (rng.random(20_000) < 0.08) for _ in range(2)], dtype=float)
    for measure in (krippendorff, gwet):
        held = []
        for _ in range(100):
            read = codes[:, rng.choice(20_000, 200, replace=False)]
            found = with_interval(measure, read, resamples=150, seed=1)
            held.append(found.low <= measure(codes) <= found.high)
        assert (
            np.mean(held) >= 0.87
        )  # 95 less three standard errors of a hundred, and of resampling
    again = with_interval(krippendorff, codes[:, :200])
    assert again == with_interval(krippendorff, codes[:, :200])


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="two coders"):
        cohen(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="shape"):
        krippendorff([1, 2, 3])
    with pytest.raises(ValueError, match="as many codes"):
        fleiss([[1, 0, 1], [1, np.nan, 0]])
    with pytest.raises(ValueError, match="no metric"):
        krippendorff([[1, 2], [1, 2]], "far")  # type: ignore[arg-type]
