"""Counts over time by negative-binomial regression, with intervals that know of autocorrelation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_ITERATIONS = 60
_CONVERGED = 1e-9
_WAVES = 8  # the slowest waves, by which the residuals' long-run variance is told
_WAVES_JOINT = 16  # several coefficients at once ask more of them; a season is quicker than a trend
# The autocorrelation for which the waves' own loss, by fitting trend and season, is made good.
_USUAL = 0.3


@dataclass(frozen=True, slots=True)
class Estimate:
    """A sum of coefficients, with the interval it lies in.

    Args:
        value: On the log scale.
        low: Lower end of its 95 % interval.
        high: Upper end.
        se: Its standard error.
        df: How many degrees of freedom the standard error has.
        p: How often chance alone would take it as far from nought.
    """

    value: float
    low: float
    high: float
    se: float
    df: float
    p: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression.

    Args:
        coefficients: On the log scale, one a column of the design.
        fitted: Expected counts, for missing steps too.
        dispersion: How much the variance exceeds the mean: variance = mean + dispersion * mean².
        residual: Pearson residuals; nan where the count is missing.
        autocorrelation: Of the residuals of neighbouring steps.
        design: What was fitted on, for missing steps too.
        held: Which steps have a count.
    """

    coefficients: Floats
    fitted: Floats
    dispersion: float
    residual: Floats
    autocorrelation: float
    design: Floats
    held: NDArray[np.bool_]

    def estimate(self, weights: ArrayLike, level: float = 0.95) -> Estimate:
        """Return a weighted sum of coefficients and its interval.

        The variance is heteroskedasticity- and autocorrelation-consistent: that of the score's
        slowest cosine waves (Lazarus, Lewis, Stock and Watson 2018), so that how far back months
        hang together need not be known. Fitting takes part of these waves away; how much, is known
        for residuals of a given autocorrelation, and is made good for a moderate one.

        Args:
            weights: One a coefficient.
            level: How often the interval should hold the truth.
        """
        from scipy.stats import t as student

        c = np.asarray(weights, dtype=float)
        lean = self._lean(c)
        waves, made_good, df = _waves(lean, self._base(), self.held, _WAVES)
        variance = made_good * float(((waves @ np.nan_to_num(self.residual[self.held])) ** 2).sum())
        value, se = float(c @ self.coefficients), float(np.sqrt(variance))
        width = float(student.ppf(0.5 + level / 2, df)) * se
        p = float(2 * student.sf(abs(value) / se, df)) if se > 0 else float(value == 0)
        return Estimate(value, value - width, value + width, se, df, p)

    def joint(self, columns: ArrayLike) -> float:
        """Return how often chance alone would take these coefficients as far from nought together.

        Args:
            columns: Which coefficients; at most six.
        """
        from scipy.stats import f as fisher

        chosen = np.asarray(columns, dtype=int)
        q = len(chosen)
        each = np.eye(len(self.coefficients))[chosen]
        number = _WAVES_JOINT if self.held.sum() >= 2 * _WAVES_JOINT else _WAVES
        found = [_waves(self._lean(c), self._base(), self.held, number) for c in each]
        e = self.residual[self.held]
        sides = np.stack([np.sqrt(good) * (waves @ e) for waves, good, _ in found])
        beta = self.coefficients[chosen]
        wald = float(beta @ np.linalg.solve(sides @ sides.T, beta))
        left = number - q + 1
        return float(fisher.sf(wald * left / (q * number), q, left))

    def _weights(self) -> Floats:
        mean = self.fitted[self.held]
        return mean / (1 + self.dispersion * mean)

    def _base(self) -> Floats:
        """Return an orthonormal base of what was fitted, in units of residuals."""
        return np.linalg.qr(self.design[self.held] * np.sqrt(self._weights())[:, None])[0]

    def _lean(self, c: Floats) -> Floats:
        """Return what each residual adds to a sum of coefficients."""
        z = self.design[self.held] * np.sqrt(self._weights())[:, None]
        return np.linalg.solve(z.T @ z, z.T).T @ c


def fit(counts: ArrayLike, design: ArrayLike, exposure: ArrayLike | None = None) -> Fit:
    """Fit counts by negative-binomial regression with a log link.

    Coefficients by iterated weighted least squares; the dispersion such that the Pearson residuals
    are as large as their degrees of freedom say (Breslow 1984), nought where counts vary no more
    than Poisson's.

    Args:
        counts: Counts at even steps; nan where missing: those steps are left out, never filled.
        design: Regressors, of shape (steps, columns), an intercept among them.
        exposure: What a count is of, such as days in the month; one if not given.

    Raises:
        ValueError: There are no more counts than columns, or columns that say the same.
    """
    y, x = np.asarray(counts, dtype=float), np.asarray(design, dtype=float)
    offset = np.log(np.ones(len(y)) if exposure is None else np.asarray(exposure, dtype=float))
    held = ~np.isnan(y)
    n, p = int(held.sum()), x.shape[1]
    if n <= p or np.linalg.matrix_rank(_scaled(x[held])) < p:
        raise ValueError("more columns than counts, or columns that say the same")
    beta, dispersion = _iterate(y[held], x[held], offset[held])
    mean = np.exp(x @ beta + offset)
    residual = np.full(len(y), np.nan)
    residual[held] = (y - mean)[held] / np.sqrt(mean + dispersion * mean**2)[held]
    return Fit(beta, mean, dispersion, residual, lag_one(residual), x, held)


def _scaled(x: Floats) -> Floats:
    return x / np.maximum(np.abs(x).max(axis=0), 1e-12)


def _iterate(y: Floats, x: Floats, offset: Floats) -> tuple[Floats, float]:
    eta, dispersion = np.log(np.maximum(y, 0.5)), 0.0
    beta = np.zeros(x.shape[1])
    for _ in range(_ITERATIONS):
        mean = np.exp(eta)
        w = mean / (1 + dispersion * mean)
        side = x * w[:, None]
        new = np.linalg.solve(side.T @ x, side.T @ (eta - offset + (y - mean) / mean))
        moved = np.abs(new - beta).max()
        beta, eta = new, np.clip(x @ new + offset, -30, 30)
        was, dispersion = dispersion, _dispersion(y, np.exp(eta), len(y) - x.shape[1])
        if moved < _CONVERGED and abs(was - dispersion) < _CONVERGED:
            break
    return np.asarray(beta, dtype=float), dispersion


def _dispersion(y: Floats, mean: Floats, df: int) -> float:
    """Return the dispersion at which Pearson's chi-squared is its degrees of freedom."""
    square = (y - mean) ** 2
    if (square / mean).sum() <= df:
        return 0.0
    a = 0.0
    for _ in range(_ITERATIONS):  # Newton from below, on a falling convex function
        v = mean + a * mean**2
        step = ((square / v).sum() - df) / (square * mean**2 / v**2).sum()
        a += step
        if step < _CONVERGED * (1 + a):
            break
    return float(a)


def lag_one(residual: ArrayLike) -> float:
    """Return the autocorrelation of neighbouring residuals, gaps left out."""
    r = np.asarray(residual, dtype=float)
    r = r - np.nanmean(r)
    pairs = r[1:] * r[:-1]
    held = ~np.isnan(pairs)
    if not held.any() or not np.nansum(r**2):
        return 0.0
    return float((pairs[held].mean()) / np.nanmean(r**2))


def _waves(
    lean: Floats, base: Floats, held: NDArray[np.bool_], number: int
) -> tuple[Floats, float, float]:
    """Return waves to lay over residuals, what makes their variance good, and its freedom.

    Args:
        lean: What each residual adds to the estimate.
        base: An orthonormal base of what was fitted.
        held: Which steps have a residual.
        number: How many waves.
    """
    from scipy.linalg import matmul_toeplitz

    steps = np.flatnonzero(held)
    phase = (steps - steps[0] + 0.5) / (steps[-1] - steps[0] + 1)
    waves = np.cos(np.pi * np.outer(np.arange(1, number + 1), phase)) * lean
    left = waves - (waves @ base) @ base.T  # what of them fitting leaves
    usual = _USUAL ** np.arange(len(held), dtype=float)

    def through(rows: Floats) -> Floats:
        full = np.zeros((len(held), len(rows)))
        full[held] = rows.T
        return np.asarray(matmul_toeplitz(usual, full), dtype=float)[held].T

    kept = left @ through(left).T
    whole = float(lean @ through(lean[None])[0])
    trace = float(np.trace(kept))
    return waves, whole / trace, trace**2 / float((kept**2).sum())


def harmonics(phase: ArrayLike, number: int) -> Floats:
    """Return cosines and sines of a cycle, of shape (steps, 2 * number).

    Args:
        phase: How far into its cycle each step is, in cycles.
        number: How many harmonics; at least one.
    """
    angle = 2 * np.pi * np.outer(np.asarray(phase, dtype=float), np.arange(1, number + 1))
    return np.stack([np.cos(angle), np.sin(angle)], axis=2).reshape(len(angle), -1)


def simulate(fitted: Fit, replicates: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw series in which nothing happens but what was fitted: same mean, spread and persistence.

    Poisson counts about a mean that wanders log-normally, with the fit's dispersion and the
    autocorrelation of its residuals.

    Args:
        fitted: The fit.
        replicates: How many series.
        rng: Where chance comes from.
    """
    mean, a = fitted.fitted, fitted.dispersion
    n = len(mean)
    if a <= 0:
        return rng.poisson(mean, (replicates, n))
    # Poisson noise has no memory: what wanders has more of it than the residuals show.
    share = float(np.mean(a * mean / (1 + a * mean)))
    phi = float(np.clip(fitted.autocorrelation / share, 0.0, 0.95))
    sd = np.sqrt(np.log1p(a))
    z = rng.standard_normal((replicates, n))
    for t in range(1, n):
        z[:, t] = phi * z[:, t - 1] + np.sqrt(1 - phi**2) * z[:, t]
    return rng.poisson(mean * np.exp(sd * z - sd**2 / 2))
