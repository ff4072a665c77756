"""Readers who err: found from two readings, and allowed for in the share."""

import numpy as np
import pytest

from corrected_simulators import read_by_two
from peelian.errors import CannotAnswer
from peelian.statistics.readers import TwoReadings, allow_for, read_twice, reader
from peelian.statistics.two_phase import stratified


def expected(size, share, right, left):
    """Return what two readers and a third would say of all logs, on average."""
    so, not_so = size * share, size * (1 - share)
    return TwoReadings(
        [size * 100],
        [so * right**2 + not_so * (1 - left) ** 2],
        [2 * so * right * (1 - right)],
        [2 * not_so * left * (1 - left)],
        [not_so * left**2 + so * (1 - right) ** 2],
    )


@pytest.mark.parametrize("right", [0.7, 0.85, 0.95])
@pytest.mark.parametrize("share", [0.06, 0.2])
def test_what_readers_get_wrong_is_found_and_allowed_for(right, share):
    """What is left is what both take wrongly, which cannot be told from what both see."""
    two = expected(2000, share, right, 0.995)
    assert reader(two)[0].value == pytest.approx(right, abs=0.01)
    assert reader(two)[1].value == pytest.approx(0.995, abs=0.005)
    found = read_twice(two)
    assert found.value == pytest.approx(share, rel=0.02)
    settled = stratified(two.strata())
    assert settled.value == pytest.approx(share * (1 - (1 - right) ** 2), rel=0.01)
    assert found.low < share < found.high
    assert found.width > settled.width


def test_readers_without_error_need_no_allowance():
    found = read_twice(TwoReadings([50_000], [300], [0], [0], [3700]))
    settled = stratified(TwoReadings([50_000], [300], [0], [0], [3700]).strata())
    assert found.value == settled.value
    assert found.width == pytest.approx(settled.width, rel=0.02)


def test_what_is_not_settled_is_taken_both_ways():
    settled = read_twice(TwoReadings([5000], [45], [10], [4], [441]))
    left_open = read_twice(TwoReadings([5000], [45], [6], [4], [441], unsettled=[4]))
    assert left_open.low < settled.low
    assert left_open.high == pytest.approx(settled.high, rel=0.02)
    assert "4 logs" in left_open.note
    assert settled.note == ""


def test_readers_who_find_nothing_alike_leave_it_open():
    for settled in (0, 6):
        two = TwoReadings([5000], [0], [settled], [0], [500 - settled])
        alone, wide = stratified(two.strata()), read_twice(two)
        assert 1.3 < wide.high / alone.high < 3
        assert wide.low <= alone.value <= wide.high


def test_nothing_found_by_anybody_shows_no_reader():
    with pytest.raises(CannotAnswer, match="no log of that kind"):
        reader(TwoReadings([500], [0], [0], [3], [97]))
    with pytest.raises(CannotAnswer, match="may hold anything"):
        read_twice(TwoReadings([500, 500], [3, 0], [1, 0], [3, 0], [97, 0]))
    with pytest.raises(ValueError, match="one length"):
        TwoReadings([500, 500], [1], [0], [3], [97])


def held(hard, audits=250):
    """Return how often the share is held, with and without allowance for the readers."""
    rng = np.random.default_rng(12)
    truth = rng.random(30_000) < 0.2
    with_it, without = [], []
    for _ in range(audits):
        read = truth[rng.choice(30_000, 1000, replace=False)]
        counts = [[mask.sum()] for mask in read_by_two(rng, read, hard=hard)]
        two = TwoReadings([30_000], *counts)
        settled = stratified(two.strata())
        for found, into in ((allow_for(settled, two), with_it), (settled, without)):
            into.append(found.low <= truth.mean() <= found.high)
    return np.mean(with_it), np.mean(without)


def test_the_share_is_held_although_readers_err():
    assert held(hard=0.0)[0] >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 250)


def test_where_logs_are_hard_for_both_readers_it_is_held_less_often():
    """A fifth of all logs read by tossing a coin: the page says that this is not mended."""
    assert held(hard=0.2)[0] < 0.8
