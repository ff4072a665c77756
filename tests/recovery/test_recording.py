"""`demand.recording` calls a planted change what it is, and says "not shown" where there is none.

The made-up days (`recording_simulators`) share nothing with the method: tables of hours and months,
lumps, kinds of call. The thousands of runs behind the figures are in `bench/demand/recording.py`.
"""

from collections import Counter

import numpy as np
import pytest

from recording_forces import PLANS, asked_of
from recording_simulators import MISSPECIFIED, Planted, days_of
from recording_trials import found_in

STEP = 1.15
WORLDS = {"plain": {}, "misspecified": MISSPECIFIED}
PLANTED = {"recording": {"flag": STEP}, "need": {"need": STEP}, "neither shown": {}}


def called(settings, runs, read, **how):
    found = Counter()
    for seed in range(runs):
        chance = np.random.default_rng([7, read, seed])
        found[found_in(days_of(Planted(**settings), chance), read, chance, **how).verdict] += 1
    return found


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("truth", PLANTED)
def test_a_step_of_15_per_cent_is_called_what_it_is(world, truth):
    """Six runs each, with 400 logs read; 200 are in the deep test, 1,000 in the figures."""
    runs = 6
    found = called({**WORLDS[world], **PLANTED[truth]}, runs, 100)
    assert found[truth] >= 5
    assert found["need" if truth == "recording" else "recording"] <= 1


@pytest.mark.deep
@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("truth", PLANTED)
def test_gate_d10_over_200_runs(world, truth):
    found = called({**WORLDS[world], **PLANTED[truth]}, 200, 100)
    assert found[truth] >= (186 if truth == "neither shown" else 180)
    if truth in ("need", "recording"):
        assert found["need" if truth == "recording" else "recording"] <= 14


def test_without_any_reading_recording_is_told_and_need_is_not_claimed():
    """Need up, and no log read: recording may have fallen as far. It never says recording rose."""
    assert called({"flag": STEP}, 6, 0)["recording"] >= 5
    found = called({"need": STEP}, 6, 0)
    assert found["recording"] == 0
    assert found["undecided"] >= 5


@pytest.mark.parametrize("times", [0.85, 1.15])
def test_words_written_otherwise_are_never_taken_for_need(times):
    found = called({"text": times}, 4, 100)
    assert found["undecided"] == 4


def test_intervals_hold_what_was_planted():
    held = Counter()
    runs = 15
    for seed in range(runs):
        chance = np.random.default_rng([8, seed])
        drawn = days_of(Planted(need=1.15, flag=0.8, text_of_none=(0.04,)), chance)
        found = found_in(drawn, 200, chance)
        held["need"] += found.need.low <= np.log(1.15) <= found.need.high
        held["recording"] += found.recording.low <= np.log(0.8) <= found.recording.high
    assert min(held["need"], held["recording"]) >= 12


def test_a_shift_among_kinds_of_call_is_not_taken_for_recording():
    """Kinds of call alike in need and words, whose flags differ by half; their mix turns over."""
    kinds = {
        "share": (0.06, 0.06), "mix": (0.7, 0.3), "mix_after": (0.4, 0.6),
        "flag_of_need": (0.36, 0.24), "flag_of_none": (0.002, 0.002),
        "text_of_need": (0.85, 0.85), "text_of_none": (0.01, 0.01),
    }  # fmt: skip
    chance = np.random.default_rng(11)
    drawn = days_of(Planted(**kinds), chance)
    found = found_in(drawn, 100, chance)
    assert found.verdict == "neither shown"
    plain = np.log(
        (drawn.both[730:].sum() / drawn.text[730:].sum())
        / (drawn.both[:730].sum() / drawn.text[:730].sum())
    )
    assert plain < -0.08  # as anybody would see who looked at all kinds together


def test_the_day_is_found_without_being_told():
    chance = np.random.default_rng(12)
    drawn = days_of(Planted(flag=1.3), chance)
    found = found_in(drawn, 100, chance, search=True)
    assert found.verdict == "recording"
    assert found.searched.low <= drawn.day <= found.searched.high
    still = days_of(Planted(), chance)
    assert found_in(still, 100, chance, search=True).verdict == "neither shown"


@pytest.mark.deep
@pytest.mark.parametrize("truth", PLANS)
def test_made_up_forces_through_the_store(truth, tmp_path):
    """A year before and one after, with logs drawn from the records and read by their truth."""
    result = asked_of(tmp_path, truth, seed=1, incidents=60_000, read=80)
    (said,) = result.tables["totals"].data.to_pylist()
    assert said["verdict"] in (truth, "undecided")
    assert said["read_n"] == 320
    need, recording, _ = result.tables["parts"].data.to_pylist()
    if truth == "need":
        assert need["low"] < 0.25 < need["high"]
        assert recording["low"] < 0 < recording["high"]
    elif truth == "recording":
        assert recording["low"] > 0
        assert need["low"] < 0 < need["high"]
