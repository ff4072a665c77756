"""Moving counts between vintages loses none of them, and says what it could not move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peelian.statistics.alignment import move, shares_of

# area 0 unchanged, 1 split in two, 2 and 3 merged
START, END = np.array([0, 1, 1, 2, 3]), np.array([0, 1, 2, 3, 3])
WEIGHT = np.array([1, 0.25, 0.75, 1, 1])
COUNTS = np.array([5.0, 8.0, 2.0, 3.0])


def test_counts_follow_their_links():
    moved = move(COUNTS, start=START, end=END, weight=WEIGHT, n_end=4)
    assert moved.counts.tolist() == [5, 2, 6, 5]
    assert moved.left_behind == 0


def test_what_has_no_weight_or_no_link_stays_behind_and_is_named():
    weight = np.array([1, np.nan, 0.75, 1, 1])
    counts = np.array([5.0, 8.0, 2.0, 3.0, 7.0, 0.0])
    moved = move(counts, start=START, end=END, weight=weight, n_end=4)
    assert moved.counts.tolist() == [5, 0, 0, 5]
    assert moved.unweighted.tolist() == [1]
    assert moved.unlinked.tolist() == [4]  # the sixth has nothing to move
    assert moved.left_behind == 15


@pytest.mark.parametrize("wrong", [0.5, 1.5])
def test_weights_that_lose_or_make_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="weights of 1 old areas"):
        move(COUNTS, start=START, end=END, weight=WEIGHT * [wrong, 1, 1, 1, 1], n_end=4)


def test_a_split_is_shared_by_who_lives_in_its_parts():
    start = np.array([0, 0, 1, 2, 2, 3, 3])
    size = np.array([300.0, 100.0, 50.0, np.nan, 10.0, 0.0, 0.0])
    weight = shares_of(start, size)
    assert weight[:3].tolist() == [0.75, 0.25, 1.0]
    assert np.isnan(weight[3:]).all()
    assert shares_of(np.empty(0, int), np.empty(0)).size == 0


@given(st.data())
def test_no_count_is_lost_whatever_the_links(data):
    n_old, n_new = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    some = st.lists(st.tuples(st.integers(0, n_old - 1), st.integers(0, n_new - 1)), unique=True)
    links = np.array(data.draw(some), int).reshape(-1, 2)
    sizes = st.one_of(st.floats(0, 1e4), st.just(float("nan")))
    size = np.array(data.draw(st.lists(sizes, min_size=len(links), max_size=len(links))))
    counts = np.array(data.draw(st.lists(st.integers(0, 999), min_size=n_old, max_size=n_old)))
    weight = shares_of(links[:, 0], size)
    moved = move(counts, start=links[:, 0], end=links[:, 1], weight=weight, n_end=n_new)
    assert moved.counts.sum() + moved.left_behind == pytest.approx(counts.sum())
    assert (moved.counts >= 0).all()
