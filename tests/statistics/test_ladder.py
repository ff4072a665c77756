"""A ladder of backgrounds: what each makes of a city, and of the same city with its dates dealt."""

import numpy as np
import pytest

from peelian.statistics.hawkes import Events, fit, smooth
from peelian.statistics.ladder import Profile, best_bandwidth, profile, rungs
from spread_simulators import city


def _events(theta: float, seed: int, width: float = 600.0, n: int = 900) -> Events:
    x, y, t, days, box = city(theta, width, seed, n=n)
    return Events.of(x, y, t, days, box)


def test_planted_excitement_gains_more_than_dealt_dates_on_every_rung():
    found = {rung.name: rung for rung in rungs(_events(0.4, 1), 400.0, deals=4)}
    assert list(found) == ["even", "smoothed", "half as smooth"]
    assert found["half as smooth"].bandwidth == 200
    for rung in found.values():
        assert rung.gain > 2 * rung.dealt_gain.max()
        assert rung.p == pytest.approx(1 / 5)
    assert found["smoothed"].fit.theta == pytest.approx(0.4, abs=0.1)


def test_where_nobody_excites_anybody_dealt_dates_say_the_same():
    """The even background makes much of it up; so it does of dates that know of no place."""
    for rung in rungs(_events(0.0, 2, width=300.0), 250.0, deals=4):
        assert rung.fit.theta == pytest.approx(rung.dealt_theta.mean(), abs=0.15)
        assert rung.dealt_gain.min() * 0.3 < rung.gain + 5
        assert rung.gain < rung.dealt_gain.max() * 1.8 + 8
    assert rungs(_events(0.0, 2, width=300.0), 250.0, deals=1)[0].fit.theta > 0.3


def test_dealing_keeps_all_places_and_all_dates():
    events = _events(0.2, 3, n=150)
    seen = []

    def keep(dealt: Events):
        seen.append(dealt)
        return smooth(dealt, 500.0)

    rungs(events, 500.0, covariates={"own": keep}, only=("own",), deals=1)
    asked, dealt = seen[0], seen[-1]
    assert (dealt.t == asked.t).all()
    assert sorted(zip(dealt.x, dealt.y, strict=True)) == sorted(zip(asked.x, asked.y, strict=True))
    assert (dealt.x != asked.x).mean() > 0.9


def test_the_profile_is_highest_at_the_fit_and_holds_the_truth():
    events = _events(0.4, 4)
    background = smooth(events, 400.0)
    fitted = fit(events, background, longest=30)
    told = profile(events, background, fitted, np.array([]), steps=9)
    assert told.theta[0] == 0
    assert told.likelihood.max() == 0
    assert told.theta[np.argmax(told.likelihood)] == pytest.approx(fitted.theta, abs=0.05)
    assert told.drop == pytest.approx(1.9207, abs=1e-3)
    low, high = told.interval
    assert 0 < low < fitted.theta < high
    wider = profile(events, background, fitted, np.array([9.0] * 20), steps=9).interval
    assert wider[0] < low
    assert wider[1] > high


def test_an_interval_ends_where_the_likelihood_has_dropped():
    theta = np.linspace(0, 1, 101)
    told = Profile(theta, -8 * (theta - 0.5) ** 2, 0.5)
    assert told.interval == pytest.approx((0.25, 0.75), abs=0.005)
    assert Profile(theta, -8 * (theta - 0.2) ** 2, 0.5).interval[0] == 0


def test_the_bandwidth_is_that_under_which_other_times_are_likeliest():
    """Narrow clusters call for a narrower one; both lie near the clusters' width or under it."""
    narrow, wide = (best_bandwidth(_events(0.0, 5, width=w, n=2500)) for w in (300.0, 1500.0))
    assert 100 <= narrow <= 300
    assert narrow < wide <= 1500
