"""Stops show the planted disparity at its benchmark, and none where it is switched off.

Rates, bars and what officers see are worked out here again, by other code than the force's own.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from peelian.records.synth.period import Period
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.stops import make_stops
from peelian.records.synth.stops_plan import StopsPlan
from peelian.records.synth.who import Who

SEEDS = range(500, 520)
PERIOD = Period("2022-01", 24)
GROUPS = ("white", "mixed", "asian", "black", "other")
RATIOS = (1.0, 1.5, 1.3, 3.0, 1.1)
BARS = (0.22, 0.18, 0.18, 0.13, 0.20)
# More stops than usual, so that small groups are counted well.
PLAN = StopsPlan(rate=12.0)


@pytest.fixture(scope="module")
def cities():
    return {
        seed: make_places(PlacesPlan(areas=80, groups_by_need=0.8), Who(seed=seed))
        for seed in SEEDS
    }


@pytest.fixture(scope="module")
def stops(cities):
    plans = {"on": PLAN, "off": PLAN.off()}
    return {
        name: {seed: make_stops(plan, cities[seed], PERIOD, Who(seed=seed)) for seed in SEEDS}
        for name, plan in plans.items()
    }


def within_areas(cities, stops, group):
    """Mantel-Haenszel ratio of a group's rate to the first's over areas, with its log's error."""
    top = bottom = spread = 0.0
    for seed, drawn in stops.items():
        city = cities[seed]
        areas = len(city.codes)
        n, base = (np.bincount(drawn.area[drawn.group == g], minlength=areas) for g in (group, 0))
        people, others = city.group_residents[:, group], city.group_residents[:, 0]
        both = people + others
        top += (n * others / both).sum()
        bottom += (base * people / both).sum()
        spread += ((n + base) * people * others / both**2).sum()
    return top / bottom, np.sqrt(spread / (top * bottom))


def over_the_force(cities, stops, group):
    """The ratio of crude rates, areas forgotten."""
    counts = np.zeros(2)
    people = np.zeros(2)
    for seed, drawn in stops.items():
        for at, g in enumerate((group, 0)):
            counts[at] += (drawn.group == g).sum()
            people[at] += cities[seed].group_residents[:, g].sum()
    return (counts[0] / people[0]) / (counts[1] / people[1])


@pytest.mark.parametrize("group", [1, 2, 3, 4])
def test_the_disparity_at_the_residents_of_an_area_is_the_planted_one(cities, stops, group):
    found, error = within_areas(cities, stops["on"], group)
    assert abs(np.log(found / RATIOS[group])) < 3.5 * error
    assert error < 0.08


@pytest.mark.parametrize("group", [1, 2, 3, 4])
def test_switched_off_there_is_no_disparity_at_that_benchmark(cities, stops, group):
    found, error = within_areas(cities, stops["off"], group)
    assert abs(np.log(found)) < 3.5 * error


def test_the_geography_stays_and_makes_a_crude_disparity_of_nothing(cities, stops):
    """The confounder that the control keeps: groups live in areas that are stopped more."""
    for seed in SEEDS:
        on, off = stops["on"][seed], stops["off"][seed]
        assert (on.area == off.area).all()
        assert (on.moment == off.moment).all()
        assert (on.point == off.point).all()
    crude = over_the_force(cities, stops["off"], 3)
    inside, error = within_areas(cities, stops["off"], 3)
    assert abs(np.log(crude / inside)) > 3 * error
    assert crude > 1.1


def hit_rate(bar, carrying=0.15, certainty=20.0):
    """Mean of a beta distribution above the bar, by numerical integration."""
    risk = stats.beta(carrying * certainty, (1 - carrying) * certainty)
    weight, _ = integrate.quad(risk.pdf, bar, 1)
    mean, _ = integrate.quad(lambda p: p * risk.pdf(p), bar, 1)
    return mean / weight


def found_of(stops, group):
    return np.concatenate([drawn.found[drawn.group == group] for drawn in stops.values()])


@pytest.mark.parametrize("group", range(5))
def test_hit_rates_follow_the_bar(stops, group):
    found = found_of(stops["on"], group)
    theory = hit_rate(BARS[group])
    assert abs(found.mean() - theory) < 3.5 * np.sqrt(theory * (1 - theory) / len(found))


def test_a_lower_bar_shows_in_an_outcome_test_and_one_bar_does_not(stops):
    white, black = (found_of(stops["on"], group) for group in (0, 3))
    assert white.mean() > black.mean() + 0.04
    white, black = (found_of(stops["off"], group) for group in (0, 3))
    error = np.sqrt(white.var() / len(white) + black.var() / len(black))
    assert abs(white.mean() - black.mean()) < 3.5 * error


def test_unequal_carrying_on_one_bar_makes_hit_rates_differ(cities):
    """Infra-marginality: the trap that the plan can set."""
    plan = replace(PLAN.off(), carrying=(0.15, 0.15, 0.15, 0.10, 0.15), rate=40.0)
    found = [make_stops(plan, cities[s], PERIOD, Who(seed=s)) for s in list(SEEDS)[:5]]
    black = np.concatenate([drawn.found[drawn.group == 3] for drawn in found])
    theory = hit_rate(0.22, carrying=0.10)
    assert abs(black.mean() - theory) < 3.5 * np.sqrt(theory * (1 - theory) / len(black))
    assert theory < hit_rate(0.22) - 0.01


def test_nobody_is_searched_below_the_bar(stops):
    for drawn in stops["on"].values():
        assert (drawn.chance >= np.array(BARS)[drawn.group] - 1e-12).all()


def test_officers_see_groups_as_the_matrix_says(stops):
    seen = np.zeros((5, 5))
    for drawn in stops["on"].values():
        written = drawn.observed >= 0
        np.add.at(seen, (drawn.group[written], drawn.observed[written]), 1)
    rows = {
        0: (0.97, 0.01, 0.005, 0.005, 0.01),
        1: (0.25, 0.40, 0.05, 0.25, 0.05),
        3: (0.01, 0.04, 0.01, 0.92, 0.02),
    }
    for group, row in rows.items():
        assert stats.chisquare(seen[group], seen[group].sum() * np.array(row)).pvalue > 0.001


def test_misseen_off_both_ethnicities_agree(cities):
    drawn = make_stops(replace(PLAN, misseen=False), cities[500], PERIOD, Who(seed=500))
    written = drawn.observed >= 0
    assert (drawn.observed[written] == drawn.group[written]).all()
    assert 0.015 < (~written).mean() < 0.035
    assert 0.18 < (~drawn.said).mean() < 0.22
