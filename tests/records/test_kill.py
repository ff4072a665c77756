"""A load may be killed at any moment: the store opens, unchanged or complete."""

import pytest
from bench.kill_bench import Trial, kills


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    return Trial(tmp_path_factory.mktemp("kills"), rows=400)


def test_the_two_states_differ_and_the_commit_has_moments_to_be_killed_in(trial):
    assert trial.before != trial.after
    assert trial.moments > 8


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.8, 1.0])
def test_killed_inside_the_commit(trial, share):
    assert trial.killed_at(1 + round(share * (trial.moments - 1)))


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_killed_on_the_way(trial, share):
    assert trial.killed_after(share * trial.takes)


@pytest.mark.deep
def test_killed_fifty_times(tmp_path):
    assert all(held for _, held in kills(tmp_path))
