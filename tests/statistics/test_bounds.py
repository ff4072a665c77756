"""The ladder of bounds: each rung by hand, and the truth where what is assumed holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from peelian.statistics.bounds import imbens_manski, ladder
from peelian.statistics.two_phase import Strata, stratified

FLAG, NOBODY = "every flagged log is one", "nothing of the logs that nobody read"


def rungs(*arguments, **settings):
    return {rung.assumption: rung for rung in ladder(*arguments, **settings)}


def test_each_rung_is_what_it_says():
    """40 of 1,000 flagged; 20 of those read, 16 are; 80 others read, 2 are."""
    found = rungs(40, 1000, [20, 80], [16, 2], false_positive=0.3, error=0.05)
    assert (found[NOBODY].low, found[NOBODY].high) == pytest.approx((0.018, 0.918))
    assert (found[FLAG].low, found[FLAG].high) == pytest.approx((0.038, 0.918))
    assert "4 of 20" in found[FLAG].against
    bounded = found["at most 30% of flagged logs are not one"]
    assert (bounded.low, bounded.high) == pytest.approx(((28 + 2) / 1000, 0.918))
    wrong = found["at most 5% of all flags are wrong"]
    assert (wrong.low, wrong.high) == pytest.approx((0.018, 0.09))
    seldom = found["unflagged logs are one no more often than flagged ones"]
    assert seldom.high == pytest.approx((18 + 20 + 880 * 0.8) / 1000)
    assert seldom.upper > seldom.high
    alike = found["logs read are like those unread, flagged or not"]
    assert alike.low == alike.high == pytest.approx((40 * 0.8 + 960 * 0.025) / 1000)
    assert alike.lower < alike.low < alike.upper


def test_with_none_read_the_flag_alone_speaks():
    found = rungs(40, 1000, [0, 0], [0, 0], error=0.02)
    assert (found[NOBODY].low, found[NOBODY].high) == (0.0, 1.0)
    assert (found[FLAG].low, found[FLAG].high) == (0.04, 1.0)
    assert found["at most 2% of all flags are wrong"].low == pytest.approx(0.02)
    assert len(found) == 3


def test_with_all_read_nothing_is_left_open():
    for rung in ladder(40, 1000, [40, 960], [30, 25]):
        assert (rung.low, rung.high) == pytest.approx((0.055, 0.055))


def test_what_was_read_can_speak_against_an_assumption():
    bounded = rungs(400, 1000, [100, 50], [20, 1], false_positive=0.1)
    assert "80 of 100" in bounded["at most 10% of flagged logs are not one"].against
    seldom = rungs(400, 1000, [100, 50], [2, 40])
    assert seldom["unflagged logs are one no more often than flagged ones"].against
    wrong = rungs(10, 1000, [10, 900], [10, 500], error=0.01)
    assert wrong["at most 1% of all flags are wrong"].against


def test_the_last_rung_is_the_audit():
    strata = Strata([600, 360, 40], [60, 20, 20], [0, 2, 16])
    rung = ladder(40, 1000, [20, 80], [16, 2], strata=strata)[-1]
    told = stratified(strata)
    assert (rung.low, rung.lower, rung.upper) == (told.value, told.low, told.high)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_truth_lies_on_every_rung_whose_assumption_holds(data):
    n = data.draw(st.integers(20, 400))
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    flag = rng.random(n) < data.draw(st.floats(0, 1))
    truth = rng.random(n) < np.where(flag, data.draw(st.floats(0, 1)), data.draw(st.floats(0, 1)))
    read = rng.random(n) < data.draw(st.floats(0, 1))
    counts = [(read & at).sum() for at in (flag, ~flag)]
    found = [(read & truth & at).sum() for at in (flag, ~flag)]
    wrong = (flag & ~truth).sum() / max(1, flag.sum())
    error = (flag != truth).mean()
    told = ladder(int(flag.sum()), n, counts, found, false_positive=wrong, error=error)
    share = truth.mean()
    for rung in told:
        assert 0 <= rung.low <= rung.high <= 1
        assert rung.lower <= rung.low
        assert rung.upper >= rung.high
        certain = rung.assumption.startswith(("nothing", "at most"))
        if certain or (rung.assumption == FLAG and not wrong):
            assert rung.low - 1e-9 <= share <= rung.high + 1e-9, rung.assumption


def test_imbens_and_manskis_interval_holds_a_share_at_the_worse_end():
    """With bounds far apart one end alone can miss: one-sided; with none, both can."""
    low, high = imbens_manski(0.2, 0.6, 0.01, 0.02)
    assert (0.2 - low) / 0.01 == pytest.approx(norm.ppf(0.95), abs=1e-3)
    assert (high - 0.6) / 0.02 == pytest.approx(norm.ppf(0.95), abs=1e-3)
    low, high = imbens_manski(0.2, 0.2, 0.01, 0.01)
    assert (high - 0.2) / 0.01 == pytest.approx(norm.ppf(0.975), abs=1e-3)
    rng = np.random.default_rng(9)
    held = []
    for _ in range(4000):
        at = np.array([0.2, 0.215]) + rng.normal(0, 0.01)
        ends = imbens_manski(*at, 0.01, 0.01)
        held.append(ends[0] <= 0.2 <= ends[1])
    assert np.mean(held) == pytest.approx(0.95, abs=0.012)
    assert imbens_manski(0.2, 0.6, 0, 0) == (0.2, 0.6)


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="how many there are"):
        ladder(40, 1000, [41, 10], [0, 0])
    with pytest.raises(ValueError, match="how many there are"):
        ladder(40, 1000, [20, 10], [21, 0])
