"""Residuals of the right model pass about as often as they should; those of a wrong one do not."""

import numpy as np
import pytest

from peelian.statistics.hawkes import Events, even, fit, smooth
from peelian.statistics.residuals import (
    evenly_at,
    excitement_at,
    near_one_another,
    rescale,
    smoothly_at,
    super_thin,
    without_excitement,
)
from spread_simulators import city

SIDE, DAYS = 5000.0, 200.0
BOX = (0.0, 0.0, SIDE, SIDE)
METRES = np.array([50.0, 100.0, 200.0, 400.0])


def _events(seed: int, theta: float, n: int = 800) -> Events:
    """Return events of an even town; each may lead to others 80 metres and 3 days away."""
    rng = np.random.default_rng([21, seed])
    many = rng.poisson(n * (1 - theta))
    x, y = rng.uniform(0, SIDE, (2, many))
    t = rng.uniform(0, DAYS, many)
    born = [(x, y, t)]
    while len(t):
        of = np.repeat(np.arange(len(t)), rng.poisson(theta, len(t)))
        x, y = (v[of] + rng.normal(0, 80, len(of)) for v in (x, y))
        t = t[of] + rng.exponential(3, len(of))
        seen = (t < DAYS) & (np.minimum(x, y) > 0) & (np.maximum(x, y) < SIDE)
        x, y, t = x[seen], y[seen], t[seen]
        born.append((x, y, t))
    return Events.of(*(np.concatenate(v) for v in zip(*born, strict=True)), DAYS, BOX)


def _checked(seed: int, fitted, events: Events) -> tuple[float, float]:
    rng = np.random.default_rng([22, seed])
    points = super_thin(events, fitted, evenly_at(events, fitted), rng)
    anywhen = near_one_another(points, events, METRES, rng, runs=59)
    soon = near_one_another(points, events, METRES, rng, within_days=9, runs=59)
    return anywhen.p, soon.p


def test_the_right_model_passes_about_as_often_as_it_should():
    p = []
    for seed in range(60):
        events = _events(seed, 0.4)
        fitted = fit(events, even(events), start=(0.3, 4.0, 100.0))
        p.append((*_checked(seed, fitted, events), rescale(events, fitted).p_gaps))
    failed = (np.array(p) <= 0.05).mean(axis=0)
    assert (failed <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)).all()
    assert np.median(p) > 0.3  # nor are they all at one end, as of a check that always passes


def test_excitement_that_is_left_out_is_seen_by_thinning():
    """A branching ratio of .3, fitted as background alone: seen in 80 of 100 towns and more."""
    failed = []
    for seed in range(20):
        events = _events(seed, 0.3)
        bare = without_excitement(events, even(events))
        failed.append(max(_checked(seed, bare, events)) <= 0.05)
    assert np.mean(failed) >= 0.8


def test_bunches_in_time_that_are_left_out_are_seen_by_the_clock():
    """Few events, each leading to many at once: then gaps over the whole town tell."""
    failed = []
    for seed in range(20):
        events = _events(seed, 0.9, n=600)
        bare = without_excitement(events, even(events))
        failed.append(rescale(events, bare).p_gaps <= 0.05)
    assert np.mean(failed) >= 0.8


def test_a_season_that_is_left_out_is_seen_by_its_course():
    rng = np.random.default_rng(23)
    t = DAYS * np.sqrt(rng.random(800))
    events = Events.of(*rng.uniform(0, SIDE, (2, 800)), t, DAYS, BOX)
    told = rescale(events, without_excitement(events, even(events)))
    assert told.p_course < 0.001


def test_an_even_background_fails_where_places_differ_and_only_in_places():
    x, y, t, days, box = city(0.0, 1500.0, 3, n=1200)
    events = Events.of(x, y, t, days, box)
    rng = np.random.default_rng(24)
    fitted = without_excitement(events, even(events))
    points = super_thin(events, fitted, evenly_at(events, fitted), rng)
    assert near_one_another(points, events, METRES * 4, rng, runs=99).p == 0.01
    assert near_one_another(points, events, METRES * 4, rng, within_days=9, runs=99).p > 0.05


def test_beside_a_smoothed_background_time_alone_tells_excitement():
    """A smoothed background never has the places quite right; dealing the times asks no such."""
    failed = {0.0: [], 0.3: []}
    for theta, told in failed.items():
        for seed in range(10):
            x, y, t, days, box = city(theta, 600.0, seed, n=1000)
            events = Events.of(x, y, t, days, box)
            bare = without_excitement(events, smooth(events, 300.0))
            rng = np.random.default_rng([25, seed])
            points = super_thin(events, bare, smoothly_at(events, bare, 300.0), rng)
            told.append(near_one_another(points, events, METRES, rng, within_days=9, runs=59).p)
    assert np.mean(np.array(failed[0.0]) <= 0.05) <= 0.3
    assert np.mean(np.array(failed[0.3]) <= 0.05) >= 0.8


def test_the_clock_is_what_the_model_expects_up_to_each_event():
    """Against a sum over all events before, and a fine sum over the map for the edges."""
    events = _events(1, 0.4, n=300)
    fitted = fit(events, even(events), start=(0.3, 4.0, 100.0))
    grid = np.linspace(-1, 1, 801) * 6 * fitted.spread
    step = grid[1] - grid[0]
    bell = np.exp(-(grid**2) / (2 * fitted.spread**2)) * step
    bell /= bell.sum()

    def within(v):
        at = v[:, None] + grid
        return (bell * ((at >= 0) & (at <= SIDE))).sum(axis=1)

    share = within(events.x) * within(events.y)
    gap = np.maximum(events.t[:, None] - events.t, 0)
    led = fitted.theta * (share * (1 - np.exp(-gap / fitted.mean_days))).sum(axis=1)
    clock = (1 - fitted.excited).sum() * events.t / DAYS + led
    assert np.cumsum(rescale(events, fitted).gaps) == pytest.approx(clock, rel=0.01)


def test_excitement_anywhere_is_the_sum_over_events_before():
    events = _events(2, 0.4, n=300)
    fitted = fit(events, even(events), start=(0.3, 4.0, 100.0))
    rng = np.random.default_rng(3)
    x, y, t = rng.uniform(0, SIDE, 900), rng.uniform(0, SIDE, 900), rng.uniform(0, DAYS, 900)
    gap = t[:, None] - events.t
    d2 = (x[:, None] - events.x) ** 2 + (y[:, None] - events.y) ** 2
    kernel = np.where(gap > 0, np.exp(-np.maximum(gap, 0) / fitted.mean_days), 0)
    kernel *= np.exp(-d2 / (2 * fitted.spread**2)) / (2 * np.pi * fitted.spread**2)
    exact = fitted.theta * kernel.sum(axis=1) / fitted.mean_days
    found = excitement_at(events, fitted, x, y, t)
    assert found == pytest.approx(exact, rel=1e-6, abs=exact.max() / 200)


def test_quantiles_lie_in_their_band_when_gaps_are_exponential():
    events = _events(4, 0.0)
    told = rescale(events, without_excitement(events, even(events)))
    inside = (told.low <= told.observed) & (told.observed <= told.high)
    assert inside.mean() > 0.8
    assert (told.low < told.expected).all()
    assert (told.expected < told.high).all()


def test_thinned_points_are_as_many_as_the_rate_says():
    events = _events(5, 0.3)
    fitted = fit(events, even(events), start=(0.3, 4.0, 100.0))
    rate = len(events) / (events.area * events.days)
    for factor in (0.5, 1.0, 2.0):
        many = [
            len(super_thin(events, fitted, evenly_at(events, fitted), np.random.default_rng(s),
                           rate=rate * factor))
            for s in range(10)
        ]  # fmt: skip
        expected = len(events) * factor
        assert np.mean(many) == pytest.approx(expected, abs=5 * np.sqrt(expected / 10) + 10)
