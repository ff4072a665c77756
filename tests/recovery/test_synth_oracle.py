"""The made-up force does what its plan says, and nothing where the plan switches it off.

The expectations are worked out here by other code than the force's own, over many seeds.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from peelian.records.synth.categories import CATEGORIES
from peelian.records.synth.crimes import make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.period import Period
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.rates import make_rates
from peelian.records.synth.who import Who

SEEDS = range(100, 120)
AREAS = 150
PERIOD = Period("2022-01", 12)
# Near repeats have their own oracle: here counts are Poisson.
PLAN = CrimesPlan(contagion=False)
VIOLENCE = "Violence and sexual offences"
BY_NAME = {kind.name: kind for kind in CATEGORIES}
BICYCLES, DAMAGE = "Bicycle theft", "Criminal damage and arson"
KINDS = tuple(BY_NAME[n] for n in (VIOLENCE, "Burglary", "Shoplifting", DAMAGE, BICYCLES))


@dataclass
class Force:
    """One force's places, and what was drawn there."""

    places: object
    rates: tuple
    crimes: object


@cache
def places_of(seed, visitors):
    return make_places(PlacesPlan(areas=AREAS, visitors=visitors), Who(seed=seed))


def make(plan, seed, *, visitors=True, kinds=KINDS):
    who = Who(seed=seed)
    places = places_of(seed, visitors)
    crimes = make_crimes(plan, places, PERIOD, who, kinds=kinds)
    return Force(places, crimes.rates, crimes)


@pytest.fixture(scope="module")
def forces():
    flat = replace(PLAN, gradient=False, heterogeneity=False)
    made = {
        "planted": (PLAN, True),
        "no gradient": (replace(PLAN, gradient=False), True),
        "no heterogeneity": (replace(PLAN, heterogeneity=False), True),
        "flat": (flat, False),
    }
    return {
        name: [make(plan, seed, visitors=visitors) for seed in SEEDS]
        for name, (plan, visitors) in made.items()
    }


def numbered(crimes, name):
    return [kind.name for kind in crimes.kinds].index(name)


def counts(force, name):
    """Count a force's placed events by area: (areas,)."""
    drawn = force.crimes
    chosen = (drawn.point >= 0) & (drawn.kind == numbered(drawn, name))
    return np.bincount(drawn.area[chosen], minlength=AREAS)


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


@pytest.mark.parametrize("name", [DAMAGE, VIOLENCE, "Burglary", "Shoplifting"])
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


@pytest.mark.parametrize("name", [DAMAGE, VIOLENCE, "Burglary"])
def test_rates_rise_with_deprivation_as_planted(forces, name):
    found, error = mean_and_error([log_slope(force, name) for force in forces["planted"]])
    assert abs(found - np.log(BY_NAME[name].gradient)) < 3 * error
    assert error < 0.12


@pytest.mark.parametrize("name", [DAMAGE, VIOLENCE, "Burglary"])
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


@pytest.mark.parametrize("name", [DAMAGE, VIOLENCE])
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
        ratios = [counts(force, n) / by_hand(force, n, gradient=True) for n in (DAMAGE, VIOLENCE)]
        return np.corrcoef(*ratios)[0, 1]

    assert np.mean([tie(force) for force in forces["planted"]]) > 0.35
    off, error = mean_and_error([tie(force) for force in forces["no heterogeneity"]])
    assert abs(off) < 3 * error


def month_of(force, name):
    """Number the month, from 0 in January, in which each offence of a kind truly happened."""
    offences = force.crimes.offences
    chosen = offences.kind == numbered(force.crimes, name)
    begun = chosen & (offences.occurred >= PERIOD.starts[0])
    return offences.occurred[begun].astype("M8[M]").astype(int) % 12


def test_summer_brings_the_thefts_of_bicycles_that_were_planted(forces):
    months = sum(np.bincount(month_of(f, BICYCLES), minlength=12) for f in forces["planted"])
    kind = BY_NAME[BICYCLES]
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
        lost += int((force.crimes.point == -1).sum())
        total += len(force.crimes)
    assert abs(lost - PLAN.not_placed * total) < 4 * np.sqrt(PLAN.not_placed * total)


def test_what_one_process_draws_disturbs_no_other(forces):
    """Switching heterogeneity off leaves the places; leaving a category out leaves the others."""
    for one, other in zip(forces["planted"], forces["no heterogeneity"], strict=True):
        assert one.places.names == other.places.names
        assert (one.places.deprivation == other.places.deprivation).all()
        assert (one.places.points.lon == other.places.points.lon).all()
    fewer = tuple(kind for kind in KINDS if kind.name != "Burglary")
    whole, less = forces["planted"][0].crimes, make(PLAN, SEEDS[0], kinds=fewer).crimes
    mine = less.kind == numbered(less, VIOLENCE)
    theirs = whole.kind == numbered(whole, VIOLENCE)
    assert (less.point[mine] == whole.point[theirs]).all()
    assert (less.recorded[mine] == whole.recorded[theirs]).all()


def test_seasons_and_trends_off_leave_only_the_length_of_months():
    who = Who(seed=1)
    places = make_places(PlacesPlan(areas=20), who)
    still = replace(PLAN, seasons=False, trends=False)
    for rates in make_rates(still, CATEGORIES, places, PERIOD, who):
        assert rates.months.sum() == pytest.approx(365 / 365.25)
