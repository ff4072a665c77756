"""Near repeats in cities without contagion: seldom shown, and growth of a part is warned of."""

from functools import partial

import numpy as np
import pytest

from near_repeat_simulators import alike, asked, one_grows, told


def over(city, cities: int) -> tuple[int, int]:
    shown = warned = 0
    for seed in range(cities):
        found = asked(*city(np.random.default_rng([77, seed]), 1200), permutations=99, seed=seed)
        has, said = told(found)
        shown += has
        warned += has and said
    return shown, warned


def test_hot_spots_and_growth_everywhere_alike_are_seldom_shown():
    assert over(alike, 40)[0] <= 6


def test_where_one_quarter_grows_much_it_is_warned_of():
    shown, warned = over(partial(one_grows, times=15.0), 20)
    assert shown >= 5
    assert warned >= 0.9 * shown


@pytest.mark.deep
def test_hot_spots_and_growth_over_many_cities():
    assert over(alike, 600)[0] <= 0.06 * 600
    shown, warned = over(partial(one_grows, times=10.0), 300)
    assert warned >= 0.9 * shown
