"""Near repeats in cities without contagion: how often they are shown, and growth is warned of."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from bench.figures import Figure
from near_repeat_simulators import alike, asked, one_grows, told

_CITIES, _EVENTS, _MOST = 800, 1200, 0.06


def figures() -> Iterator[Figure]:
    """Yield, of the analysis itself, false alarms where all grow alike and where one part does.

    Where a part grows a little, near repeats are shown hardly more often than chance shows them
    anywhere, and those need no warning; so what counts is how often they are shown without one.
    """
    for name, city, times in (
        ("everywhere alike", alike, 0),
        ("four times in one quarter", partial(one_grows, times=4.0), 4),
        ("ten times in one quarter", partial(one_grows, times=10.0), 10),
    ):
        shown, warned = over_cities(city, _CITIES)
        told_of = f"shown in {shown} of {_CITIES} cities, growth warned of in {warned} of these"
        yield Figure(
            f"K13: growth {name}: near repeats shown without a warning",
            (shown - warned) / _CITIES,
            "≤",
            _MOST,
            told_of,
        )
        if times and shown > 2 * _MOST * _CITIES:
            yield Figure(f"K13: growth {name}: of those shown, warned of", warned / shown, "≥", 0.9)


def over_cities(city: Callable[..., tuple[np.ndarray, ...]], cities: int) -> tuple[int, int]:
    """Return in how many cities near repeats are shown, and in how many of these growth is said.

    Args:
        city: Draws one, given a generator and how many events.
        cities: How many.
    """
    shown = warned = 0
    for seed in range(cities):
        rng = np.random.default_rng([613, seed])
        result = asked(*city(rng, _EVENTS), permutations=199, seed=seed, after_days=(7, 14))
        has, said = told(result)
        shown += has
        warned += has and said
    return shown, warned
