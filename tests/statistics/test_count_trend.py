"""Counts over time by regression, beside another program's likelihood and by hand."""

import numpy as np
import pytest
import statsmodels.api as sm

from peelian.statistics.count_trend import fit, harmonics, lag_one, simulate
from trend_simulators import series

ROWS = 60


def design(steps=ROWS, year=12):
    t = np.arange(steps)
    return np.column_stack([np.ones(steps), (t - steps / 2) / year, harmonics(t / year, 2)])


@pytest.fixture
def counts():
    return series(np.random.default_rng(3), steps=ROWS, growth=0.1)


def test_coefficients_are_those_of_another_program_at_the_same_dispersion(counts):
    found = fit(counts, design())
    family = sm.families.NegativeBinomial(alpha=found.dispersion)
    beside = sm.GLM(counts, design(), family=family).fit(tol=1e-12)
    assert found.coefficients == pytest.approx(beside.params, abs=1e-6)
    # The dispersion is the one at which Pearson's chi-squared is its degrees of freedom.
    assert beside.pearson_chi2 / beside.df_resid == pytest.approx(1, abs=1e-6)


def test_counts_that_vary_no_more_than_poisson_have_no_dispersion():
    y = np.full(ROWS, 100.0)
    found = fit(y, design())
    assert found.dispersion == 0
    assert found.fitted == pytest.approx(y)


def test_missing_steps_are_left_out_as_if_they_were_not_in_the_table(counts):
    gone = [5, 6, 40]
    broken = counts.copy()
    broken[gone] = np.nan
    found = fit(broken, design())
    rest = np.delete(np.arange(ROWS), gone)
    alone = fit(counts[rest], design()[rest])
    assert found.coefficients == pytest.approx(alone.coefficients, abs=1e-9)
    assert np.flatnonzero(np.isnan(found.residual)).tolist() == gone
    assert not np.isnan(found.fitted).any()


def test_exposure_is_what_a_count_is_of(counts):
    days = np.where(np.arange(ROWS) % 12 == 1, 28.0, 31.0)
    found = fit(counts * days, design(), days)
    plain = fit(counts, design())
    assert found.coefficients[1] == pytest.approx(plain.coefficients[1], abs=0.02)
    assert found.coefficients[0] == pytest.approx(plain.coefficients[0], abs=0.02)


def test_an_interval_is_its_estimate_and_students_quantile(counts):
    found = fit(counts, design()).estimate(np.eye(6)[1])
    assert found.high - found.value == pytest.approx(found.value - found.low)
    assert 2 < (found.high - found.value) / found.se < 3
    wider = fit(counts, design()).estimate(np.eye(6)[1], 0.99)
    assert wider.high > found.high


def test_residuals_that_hang_together_widen_the_interval():
    def width(shape):
        wide = []
        for seed in range(40):
            y = series(np.random.default_rng(seed), steps=ROWS, shape=shape, memory=0.7, noise=0)
            wide.append(fit(y, design()).estimate(np.eye(6)[1]).se)
        return np.mean(wide)

    alone = np.mean([
        fit(np.random.default_rng(s).permutation(
            series(np.random.default_rng(s), steps=ROWS, season=0, memory=0.7, noise=0)
        ), design()).estimate(np.eye(6)[1]).se for s in range(40)
    ])  # fmt: skip
    assert width("first order") > 1.4 * alone


def test_what_fitting_takes_from_the_waves_is_made_good():
    """At a residual memory of .3 the variance that is told is, in the mean, that of estimates."""
    found = [
        fit(
            series(np.random.default_rng([4, seed]), steps=36, level=1e6, noise=0, memory=0.3,
                   season=0),
            design(36),
        ).estimate(np.eye(6)[1])
        for seed in range(1500)
    ]  # fmt: skip
    told = np.mean([e.se**2 for e in found])
    assert told / np.var([e.value for e in found]) == pytest.approx(1, abs=0.08)


def test_autocorrelation_leaves_gaps_out():
    wave = np.tile([1.0, -1.0], 20)
    assert lag_one(wave) == pytest.approx(-1)
    wave[::4] = np.nan
    assert lag_one(wave) == pytest.approx(-1, abs=0.15)
    assert lag_one(np.zeros(10)) == 0


def test_columns_that_say_the_same_are_refused(counts):
    with pytest.raises(ValueError, match="say the same"):
        fit(counts, np.column_stack([design(), design()[:, 1]]))
    with pytest.raises(ValueError, match="more columns"):
        fit(counts[:6], design()[:6])


def test_drawn_series_have_the_mean_spread_and_memory_of_the_fit():
    y = series(np.random.default_rng(8), steps=120, spread=0.15, memory=0.7, noise=0)
    found = fit(y, design(120))
    drawn = simulate(found, 2000, np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx(found.fitted, rel=0.03)
    variance = found.fitted + found.dispersion * found.fitted**2
    assert drawn.var(axis=0) / variance == pytest.approx(np.ones(120), rel=0.25)
    residual = (drawn - found.fitted) / np.sqrt(variance)
    memory = np.mean([lag_one(row) for row in residual[:200]])
    assert memory == pytest.approx(found.autocorrelation, abs=0.08)
