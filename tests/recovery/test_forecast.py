"""Forecasts in made-up cities: none is shown where none can be better, one is where it is."""

import numpy as np
import pytest

from forecast_simulators import asked, best_of, even, led_to, moving, uneven


def shown(city, cities: int, n: int, windows: int, side: int = 250) -> int:
    """Return in how many cities a forecast is shown to beat both baselines."""
    return sum(
        bool(
            best_of(asked(*city(np.random.default_rng([31, seed]), n), windows=windows, side=side))
        )
        for seed in range(cities)
    )


def test_where_nothing_beats_the_long_run_mean_none_is_shown():
    assert shown(even, 3, 2000, 13) + shown(uneven, 3, 4000, 13) <= 1


def test_where_hot_spots_move_on_one_is_shown():
    assert shown(moving, 3, 2500, 26, side=150) >= 2


def test_events_that_lead_to_others_are_found_by_self_excitation():
    result = asked(*led_to(np.random.default_rng(3), 3000), windows=26)
    rates = {row["model"]: row["mean_rate"] for row in result.tables["models"].data.to_pylist()}
    assert rates["self-excitation"] > 1.5 * rates["long-run mean"]
    excited = result.tables["models"].data.to_pylist()[3]
    assert 0.3 < excited["theta_last"] < 0.7
    assert 2 < excited["delay"] < 10
    assert 50 < excited["spread"] < 150


@pytest.mark.deep
@pytest.mark.parametrize("city", [even, uneven])
def test_none_is_shown_over_many_cities(city):
    assert shown(city, 100, 3000, 13) <= 7


@pytest.mark.deep
def test_one_is_shown_over_many_cities():
    assert shown(moving, 60, 2500, 26, side=150) >= 0.8 * 60
