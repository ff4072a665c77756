"""Readers' errors are found where they differ, and what rests on readings is as wide as that."""

import numpy as np
import pytest

from peelian.statistics.drawn_truths import Doubt, doubt, over_draws, settled, settled_or_likely
from peelian.statistics.intervals import Estimate
from peelian.statistics.two_phase import Strata, stratified

SIZE, SHARE, READ = (
    np.array([24_000, 4_200, 500, 780]),
    np.array([0.01, 0.12, 0.6, 0.9]),
    np.array([200, 120, 40, 40]),
)


def slipping(rng, so, right_yes, right_no):
    """Answers of somebody who is right that often where it is so, and where it is not."""
    right = np.where(so, right_yes, right_no)
    return np.where(rng.random(so.size) < right, so, ~so).astype(float)


def read(rng, right_yes=0.95, right_no=0.95):
    """A force's true share, and three people's answers; the third only where two differ."""
    true = rng.binomial(SIZE, SHARE)
    found = rng.hypergeometric(true, SIZE - true, READ)
    so = np.concatenate([np.arange(n) < k for n, k in zip(READ, found, strict=True)])
    first, second, third = (slipping(rng, so, right_yes, right_no) for _ in range(3))
    third[first == second] = np.nan
    at = np.repeat(np.arange(len(READ)), READ)
    return true.sum() / SIZE.sum(), np.array([first, second, third]), at, so


def share_of(truth, at):
    return stratified(Strata(SIZE, READ, np.bincount(at, truth, minlength=len(READ))))


def test_the_interval_holds_the_share_though_readers_slip():
    """In 60 forces with slips of one in twenty; what was settled, taken as true, is too high."""
    held, off, plain = 0, [], []
    for seed in range(60):
        true, answers, at, _ = read(np.random.default_rng(seed))
        drawn = doubt(answers, at, draws=40, seed=seed)
        found = over_draws(drawn, lambda truth, at=at: share_of(truth, at))
        held += found.low <= true <= found.high
        off.append(found.value - true)
        plain.append(share_of(settled_or_likely(answers), at).value - true)
    assert held >= 54  # 57 are expected; fewer than 54 come once in 20 runs
    assert abs(np.mean(off)) < 0.003
    assert np.mean(plain) > 0.004


def test_it_is_told_how_often_each_reader_is_right():
    """A careless second reader is told from a careful first, with nobody knowing the truth."""
    rng = np.random.default_rng(4)
    _, answers, at, so = read(rng)
    careless = slipping(rng, so, 0.7, 0.85)
    third = np.where(answers[0] == careless, np.nan, slipping(rng, so, 0.95, 0.95))
    drawn = doubt(np.array([answers[0], careless, third]), at, seed=4)
    first, second, _ = drawn.specificity.mean(axis=0)
    assert drawn.told
    assert first == pytest.approx(0.95, abs=0.04)
    assert second == pytest.approx(0.85, abs=0.04)
    assert drawn.sensitivity[:, 1].mean() < drawn.sensitivity[:, 0].mean()


def test_without_differences_hardly_anything_is_doubted():
    rng = np.random.default_rng(5)
    _, answers, at, so = read(rng, 1.0, 1.0)
    drawn = doubt(answers, at, seed=5)
    assert (drawn.truth == so).mean() > 0.995


def test_one_reader_alone_is_believed_and_said_to_be():
    _, answers, at, _ = read(np.random.default_rng(6))
    answers[1:] = np.nan
    drawn = doubt(answers, at)
    assert not drawn.told
    assert drawn.truth.tolist() == [(answers[0] == 1).tolist()]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ((1, 1, np.nan), 1), ((0, 0, np.nan), 0), ((1, 0, 1), 1), ((1, 0, 0), 0),
        ((1, 0, np.nan), np.nan), ((np.nan, 0, np.nan), 0), ((np.nan, np.nan, 1), 1),
        ((np.nan, np.nan, np.nan), np.nan),
    ],
)  # fmt: skip
def test_what_is_settled(answers, says):
    assert settled(np.array(answers, dtype=float)[:, None])[0] == pytest.approx(says, nan_ok=True)


def test_mixed_intervals_are_as_wide_as_both_doubts():
    """Two draws a tenth apart: wider than either interval, and the ends lie where they should."""
    told = Doubt(np.array([[True], [False]]), np.ones((2, 1)), np.ones((2, 1)), told=True)
    ends = {True: (0.3, 0.28, 0.32), False: (0.2, 0.18, 0.22)}
    found = over_draws(told, lambda truth: Estimate(*ends[bool(truth[0])], 0.01, "made up"))
    assert found.value == pytest.approx(0.25)
    rng = np.random.default_rng(1)
    sample = rng.normal(np.where(rng.random(400_000) < 0.5, 0.2, 0.3), 0.02 / 1.959964)
    assert [found.low, found.high] == pytest.approx(np.quantile(sample, [0.025, 0.975]), abs=5e-4)


def test_the_same_seed_draws_the_same_truths():
    _, answers, at, _ = read(np.random.default_rng(7))
    first, again, other = (doubt(answers, at, seed=seed).truth for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()
