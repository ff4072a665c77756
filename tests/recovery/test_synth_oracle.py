"""The made-up force does what its plan says, and nothing where the plan switches it off.

The expectations are worked out here by other code than the force's own, over many seeds.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from peelian.records.synth import Plan, make_force
from peelian.records.synth.places import make_places
from peelian.records.synth.plan import ASB, CATEGORIES
from peelian.records.synth.rates import make_rates

SEEDS = range(100, 120)
PLAN = Plan(areas=150, months=12, missing_month="")
VIOLENCE = "Violence and sexual offences"
NAMES = [kind.name for kind in CATEGORIES]
BY_NAME = {kind.name: kind for kind in CATEGORIES}


@pytest.fixture(scope="module")
def forces():
    made = {
        "planted": PLAN,
        "no gradient": replace(PLAN, gradient=False),
        "no heterogeneity": replace(PLAN, heterogeneity=False),
        "flat": PLAN.flat(),
    }
    return {name: [make_force(plan, seed=seed) for seed in SEEDS] for name, plan in made.items()}


def counts(force, name):
    """Count a force's placed events by area: (areas,)."""
    events = force.calls if name == ASB else force.crimes.events
    chosen = events.point >= 0
    if name != ASB:
        chosen &= force.crimes.kind == NAMES.index(name)
    return np.bincount(events.area[chosen], minlength=len(force.places.codes))


def by_hand(force, name, *, gradient, own=None):
    """Work out what an area expects in one year, from the plan's words alone."""
    kind = BY_NAME[name]
    people = force.places.residents + kind.visitors * force.places.visitors
    step = np.log(kind.gradient) / 9 if gradient else 0.0
    rate = kind.rate / 1000 * np.exp(step * (5.5 - force.places.decile))
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    month = np.arange(12)
    season = 1 + kind.swing * np.cos(2 * np.pi * (month + 1 - kind.peak) / 12)
    year = (days / 365.25 * season * kind.trend ** (month / 12)).sum()
    return people * rate * year * (1 if own is None else own)


def log_slope(force, name):
    """Return the log of decile 1's rate over decile 10's, by least squares over areas."""
    people = by_hand(force, name, gradient=False)
    rate = np.log((counts(force, name) + 0.5) / people)
    slope = np.polyfit(force.places.decile, rate, 1, w=np.sqrt(people))[0]
    return -9 * slope


def mean_and_error(values):
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))


@pytest.mark.parametrize("name", [ASB, VIOLENCE, "Burglary", "Shoplifting"])
def test_an_areas_count_is_poisson_about_what_it_expects(forces, name):
    """Chi-square over all areas of twenty forces; a wrong expectation is caught."""
    right = wrong = freedom = 0.0
    for force in forces["planted"]:
        own = next(r.own for r in force.rates if r.category.name == name)
        n = counts(force, name)
        for sign in (True, False):
            expected = by_hand(force, name, gradient=sign, own=own)
            squares = ((n - expected) ** 2 / expected).sum()
            right, wrong = (right + squares, wrong) if sign else (right, wrong + squares)
        freedom += len(n)
    assert 0.0005 < stats.chi2.sf(right, freedom) < 0.9995
    assert stats.chi2.sf(wrong, freedom) < 1e-9


@pytest.mark.parametrize("name", [ASB, VIOLENCE, "Burglary"])
def test_rates_rise_with_deprivation_as_planted(forces, name):
    found, error = mean_and_error([log_slope(force, name) for force in forces["planted"]])
    assert abs(found - np.log(BY_NAME[name].gradient)) < 3 * error
    assert error < 0.12


@pytest.mark.parametrize("name", [ASB, VIOLENCE, "Burglary"])
@pytest.mark.parametrize("control", ["no gradient", "flat"])
def test_switched_off_there_is_no_gradient(forces, control, name):
    found, error = mean_and_error([log_slope(force, name) for force in forces[control]])
    assert abs(found) < 3 * error
    assert error < 0.12


def excess(force, name):
    """Return how much more counts vary about the decile's mean than chance: the CV squared."""
    expected = by_hand(force, name, gradient=True)
    n = counts(force, name)
    return (((n - expected) ** 2 - n) / expected**2).mean()


@pytest.mark.parametrize("name", [ASB, VIOLENCE])
def test_areas_differ_beyond_deprivation_as_planted(forces, name):
    planted = (1 + 1 / PLAN.area_spread) * (1 + 1 / BY_NAME[name].spread) - 1
    found, error = mean_and_error([excess(force, name) for force in forces["planted"]])
    assert abs(found - planted) < 3 * error
    assert planted > 0.15
    off, error = mean_and_error([excess(force, name) for force in forces["no heterogeneity"]])
    assert abs(off) < 3 * error


def test_one_areas_kinds_of_event_rise_and_fall_together(forces):
    """The factor an area has for all kinds ties its kinds together; switched off, nothing does."""

    def tie(force):
        ratios = [counts(force, n) / by_hand(force, n, gradient=True) for n in (ASB, VIOLENCE)]
        return np.corrcoef(*ratios)[0, 1]

    assert np.mean([tie(force) for force in forces["planted"]]) > 0.35
    off, error = mean_and_error([tie(force) for force in forces["no heterogeneity"]])
    assert abs(off) < 3 * error


def test_summer_brings_the_calls_that_were_planted(forces):
    months = sum(np.bincount(force.calls.month, minlength=12) for force in forces["planted"])
    kind = BY_NAME[ASB]
    ratio = months[6] / months[0]
    planted = (
        (1 + kind.swing)
        / (1 + kind.swing * np.cos(2 * np.pi * (1 - kind.peak) / 12))
        * kind.trend**0.5
    )
    error = ratio * np.sqrt(1 / months[6] + 1 / months[0])
    assert abs(ratio - planted) < 3 * error


def test_shops_draw_crime_to_town_centres_only_where_visitors_are_planted(forces):
    def centre_over_rest(force, centre):
        rate = counts(force, "Shoplifting") / force.places.residents
        return rate[centre].mean() / rate[~centre].mean()

    for planted, flat in zip(forces["planted"], forces["flat"], strict=True):
        centre = planted.places.visitors > 0
        assert centre_over_rest(planted, centre) > 2.5
        assert not flat.places.visitors.any()
    without = [
        centre_over_rest(flat, planted.places.visitors > 0)
        for planted, flat in zip(forces["planted"], forces["flat"], strict=True)
    ]
    found, error = mean_and_error(without)
    assert abs(found - 1) < 3 * error


def test_rows_without_a_place_come_as_often_as_planted(forces):
    lost = total = 0
    for force in forces["planted"]:
        for events in (force.calls, force.crimes.events):
            lost += int((events.point == -1).sum())
            total += len(events)
    assert abs(lost - PLAN.not_placed * total) < 4 * np.sqrt(PLAN.not_placed * total)


def test_what_one_process_draws_disturbs_no_other(forces):
    """Switching heterogeneity off leaves the places; leaving a category out leaves the others."""
    for one, other in zip(forces["planted"], forces["no heterogeneity"], strict=True):
        assert one.places.names == other.places.names
        assert (one.places.deprivation == other.places.deprivation).all()
        assert (one.places.points.lon == other.places.points.lon).all()
    fewer = replace(PLAN, categories=tuple(k for k in CATEGORIES if k.name != "Burglary"))
    whole, less = forces["planted"][0], make_force(fewer, seed=SEEDS[0])
    assert (whole.calls.point == less.calls.point).all()
    names = [kind.name for kind in fewer.categories]
    mine = less.crimes.kind == names.index(VIOLENCE)
    theirs = whole.crimes.kind == NAMES.index(VIOLENCE)
    assert (less.crimes.events.point[mine] == whole.crimes.events.point[theirs]).all()


def test_seasons_off_leaves_only_the_length_of_months():
    places = make_places(PLAN, 1)
    for rates in make_rates(replace(PLAN, seasons=False), places, 1):
        assert rates.months.sum() == pytest.approx(365 / 365.25)
