"""What is known of places explains where events are: then nobody need excite anybody."""

from functools import partial

import numpy as np
import pytest

from peelian.statistics.covariate_background import by_covariates, poisson_regression
from peelian.statistics.hawkes import Events, even, fit
from peelian.statistics.ladder import profile, rungs

SIDE, DAYS, CELLS = 8000.0, 250.0, 20  # cells along each side
WIDE = SIDE / CELLS


def _city(seed: int, n: int = 700) -> tuple[Events, np.ndarray, np.ndarray]:
    """Return events of a Poisson process led by two measures, the cell of each, the measures."""
    rng = np.random.default_rng([31, seed])
    measures = rng.normal(size=(CELLS**2, 2))
    many = rng.poisson(n * np.exp(1.3 * measures[:, 0] - 0.6 * measures[:, 1] - 1.025) / CELLS**2)
    cell = np.repeat(np.arange(CELLS**2), many)
    x = (cell % CELLS + rng.random(len(cell))) * WIDE
    y = (cell // CELLS + rng.random(len(cell))) * WIDE
    events = Events.of(x, y, rng.uniform(0, DAYS, len(cell)), DAYS, (0.0, 0.0, SIDE, SIDE))
    there = (events.y // WIDE).astype(int) * CELLS + (events.x // WIDE).astype(int)
    return events, there, measures


def _intervals(seeds: int, deals: int) -> tuple[np.ndarray, np.ndarray]:
    """Return branching ratios beside an even background, and intervals beside the measures."""
    flat, ends = [], []
    for seed in range(seeds):
        events, cell, measures = _city(seed)
        flat.append(fit(events, even(events), longest=30, rounds=60).theta)
        background = by_covariates(events, cell, np.full(CELLS**2, WIDE**2), measures)
        # dealing dates out keeps the order of time, so that places go with another's cell
        rung = rungs(
            events,
            400.0,
            covariates={"measures": partial(_again, measures)},
            deals=deals,
            seed=seed,
            only=("measures",),
        )[0]
        told = profile(events, background, rung.fit, rung.dealt_gain, steps=8)
        ends.append(told.interval)
    return np.array(flat), np.array(ends)


def _again(measures: np.ndarray, events: Events):
    cell = (events.y // WIDE).astype(int) * CELLS + (events.x // WIDE).astype(int)
    return by_covariates(events, cell, np.full(CELLS**2, WIDE**2), measures)


def test_gate_k12_measures_of_places_explain_what_an_even_background_calls_excitement():
    flat, ends = _intervals(10, 19)
    assert flat.min() > 0.2
    assert (ends[:, 0] == 0).sum() >= 8


@pytest.mark.deep
def test_coverage_at_full_size_k12():
    flat, ends = _intervals(120, 39)
    assert np.quantile(flat, 0.05) > 0.2
    assert (ends[:, 0] == 0).mean() >= 0.93


def test_a_regression_finds_what_was_planted():
    found = []
    for seed in range(30):
        events, cell, measures = _city(seed, n=3000)
        background = by_covariates(events, cell, np.full(CELLS**2, WIDE**2), measures)
        found.append(background.coefficients(np.ones(len(events)))[1:] / measures.std(axis=0))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(30)
    assert (np.abs(mean - [1.3, -0.6]) < 3.5 * error).all()


def test_a_regression_is_that_of_another_program():
    import statsmodels.api as sm

    rng = np.random.default_rng(1)
    known = np.column_stack([np.ones(60), rng.normal(size=(60, 3))])
    exposure = rng.uniform(1, 90, 60)
    counts = rng.poisson(exposure * np.exp(known @ [-1, 0.5, -0.4, 1.5])).astype(float)
    theirs = sm.GLM(counts, known, sm.families.Poisson(), exposure=exposure).fit().params
    assert poisson_regression(counts, known, exposure) == pytest.approx(theirs, abs=1e-6)


def test_the_background_adds_up_to_its_weights():
    events, cell, measures = _city(1)
    background = by_covariates(events, cell, np.full(CELLS**2, WIDE**2), measures)
    weight = np.random.default_rng(2).random(len(events))
    assert (background.by_cell(weight) * WIDE**2 * DAYS).sum() == pytest.approx(weight.sum())
    assert background(weight) == pytest.approx(background.by_cell(weight)[cell])


@pytest.mark.parametrize("wrong", ["alike", "twice", "gap", "strange", "none"])
def test_measures_that_tell_nothing_are_refused(wrong):
    events, cell, measures = _city(1, n=100)
    cell, measures = cell.copy(), measures.copy()
    if wrong == "alike":
        measures[:, 1] = 2
    elif wrong == "twice":
        measures[:, 1] = 3 * measures[:, 0] - 1
    elif wrong == "gap":
        measures[3, 0] = np.nan
    elif wrong == "strange":
        cell[0] = CELLS**2
    else:
        cell = cell[:-1]
    with pytest.raises(ValueError, match="each"):
        by_covariates(events, cell, np.full(CELLS**2, WIDE**2), measures)
