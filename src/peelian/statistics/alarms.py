"""Which counts of a series are unusual: Farrington's limit and CUSUMs, with their false alarms."""

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_FIT_ROUNDS = 12
_OUTLYING = 2.58  # past counts further out than this weigh less (Noufaily and others 2013)
_TREND_YEARS = 3  # of fewer years a trend is not told from chance
_LEAST_FREEDOM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How Farrington's limit is worked out.

    Args:
        year: Steps in a year: 365.25 / 7 of weeks, 12 of months.
        years_back: Years of past counts a limit rests on.
        half_window: Steps either side of the same time of past years that count as the same season.
        parts: Into how many seasons a year is parted, the window's own among them.
        skip: Latest steps that no limit rests on, so that what is beginning does not hide itself.
        alpha: How often a single step is to be called unusual where nothing happens.
    """

    year: float
    years_back: int
    half_window: int
    parts: int
    skip: int
    alpha: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What each step was expected to hold at most. Shapes: (series, steps), or (steps,).

    Args:
        expected: The count expected; nan where no limit could be worked out.
        limit: The count that is passed with a chance of alpha.
        p: How often chance alone would bring as many.
    """

    expected: Floats
    limit: Floats
    p: Floats


def limits(
    counts: ArrayLike, watch: Watch, exposure: ArrayLike | None = None, *, last: int | None = None
) -> Limits:
    """Return the limit of each step by the flexible Farrington algorithm.

    For each step a quasi-Poisson regression with trend and season is fitted to the past years
    (Farrington and others 1996; Noufaily and others 2013); past counts that lie far out weigh less
    in a second fit; the limit is one-sided, on the two-thirds power scale, where counts are nearly
    symmetric. A trend is left out where years are fewer than three or it would lead beyond all that
    was seen. Steps that are missing are neither judged nor rested on.

    Args:
        counts: Counts at even steps, nan where missing; one series, or many alike in their gaps.
        watch: How.
        exposure: What a count is of, such as days in the month; one if not given.
        last: Only the last so many steps; every one if not given.
    """
    given = np.asarray(counts, dtype=float)
    y = np.atleast_2d(given)
    n = y.shape[1]
    days = np.ones(n) if exposure is None else np.asarray(exposure, dtype=float)
    held = ~np.isnan(y[0])
    found = np.full((3, *y.shape), np.nan)
    for now in range(max(0, n - last) if last else 0, n):
        past = _past(now, held, watch)
        if held[now] and past is not None:
            found[:, :, now] = _judge(y, now, past, days, watch)
    shaped = found.reshape((3, *given.shape))
    return Limits(shaped[0], shaped[1], shaped[2])


def _past(now: int, held: Flags, watch: Watch) -> NDArray[np.int64] | None:
    """Return the past steps a limit rests on; None where they do not reach far enough back."""
    first = now - floor(watch.years_back * watch.year) - watch.half_window
    if first < 0:
        return None
    past = np.arange(first, now - watch.skip)
    past = past[held[past]]
    season = _season(now, past, watch)
    # The window itself must be seen in every past year, or a missing month would be made up for.
    year = np.floor((now - past + watch.half_window) / watch.year)
    seen = len(np.unique(year[season == 0]))
    if seen < watch.years_back or len(past) <= watch.parts + 1 + _LEAST_FREEDOM:
        return None
    return past


def _season(now: int, past: NDArray[np.int64], watch: Watch) -> NDArray[np.int64]:
    """Return which part of the year each past step is in; 0 is that of the step judged."""
    after = np.mod(past - now + watch.half_window + 0.5, watch.year)
    window = 2 * watch.half_window + 1
    other = (after - window) / (watch.year - window) * (watch.parts - 1)
    return np.where(after < window, 0, 1 + np.clip(np.floor(other), 0, watch.parts - 2)).astype(int)


def _judge(
    y: Floats, now: int, past: NDArray[np.int64], days: Floats, watch: Watch
) -> tuple[Floats, Floats, Floats]:
    season = _season(now, past, watch)
    parts = np.unique(season)
    base = (season[:, None] == parts[None, :]).astype(float)
    at = np.append((parts == 0).astype(float), 0.0)  # time is counted back from the step judged
    trended = np.column_stack([base, (past - now) / watch.year])
    mean, se, phi = _fit_twice(y[:, past], trended, days[past], days[now], at)
    highest = (y[:, past] / days[past]).max(axis=1) * days[now]
    plain = (mean > highest) | (watch.years_back < _TREND_YEARS)
    if plain.any():
        again = _fit_twice(y[plain][:, past], base, days[past], days[now], at[:-1])
        mean[plain], se[plain], phi[plain] = again
    return judge(y[:, now], mean, se, phi, watch.alpha)


def judge(
    count: ArrayLike, mean: ArrayLike, se: ArrayLike, phi: ArrayLike, alpha: float
) -> tuple[Floats, Floats, Floats]:
    """Return what was expected, the limit, and the chance of as many, on the 2/3-power scale.

    Args:
        count: What was counted.
        mean: What is expected.
        se: The standard error of that expectation.
        phi: Variance over mean.
        alpha: The chance of passing the limit.
    """
    from scipy.stats import norm

    y, mu = np.asarray(count, dtype=float), np.asarray(mean, dtype=float)
    spread = np.asarray(phi, dtype=float) + np.asarray(se, dtype=float) ** 2 / mu
    side = np.sqrt(4 / 9 * np.cbrt(mu) * spread)
    limit = (mu ** (2 / 3) + norm.ppf(1 - alpha) * side) ** 1.5
    return mu, limit, norm.sf(y ** (2 / 3), mu ** (2 / 3), side)


def _fit_twice(
    y: Floats, x: Floats, days: Floats, now_days: float, at: Floats
) -> tuple[Floats, Floats, Floats]:
    """Fit, weigh down past outbreaks, fit again; return the mean now, its error, and phi."""
    weights = np.ones_like(y)
    beta, mean, cov, phi = _quasi_poisson(y, x, days, weights)
    hat = np.einsum("rt,ti,rij,tj->rt", mean, x, cov, x) / phi[:, None]
    weights = outlier_weights(y, mean, phi[:, None], hat)
    beta, mean, cov, phi = _quasi_poisson(y, x, days, weights)
    now = now_days * np.exp(np.clip(beta @ at, -30, 30))
    return now, now * np.sqrt(np.einsum("i,rij,j->r", at, cov, at)), phi


def outlier_weights(y: ArrayLike, mean: ArrayLike, phi: ArrayLike, hat: ArrayLike) -> Floats:
    """Return weights by which past counts that lie far out count less; they add up to their number.

    Args:
        y: Past counts, of shape (series, steps).
        mean: Their fitted means.
        phi: Variance over mean.
        hat: How much each count pulls its own mean.
    """
    y, mean = np.asarray(y, dtype=float), np.asarray(mean, dtype=float)
    scale = np.sqrt(phi * np.maximum(1 - np.asarray(hat), 1e-6))
    anscombe = 1.5 * (np.cbrt(y**2) * mean ** (-1 / 6) - np.sqrt(mean)) / scale
    far = anscombe > _OUTLYING
    weight = np.where(far, 1 / np.maximum(anscombe, _OUTLYING) ** 2, 1.0)
    return weight * (weight.shape[-1] / weight.sum(axis=-1, keepdims=True))


def _quasi_poisson(
    y: Floats, x: Floats, days: Floats, weights: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit many series at once; return coefficients, means, covariances, and phi (at least one)."""
    mean = np.maximum(y, 0.5)
    beta = np.zeros((len(y), x.shape[1]))
    inverse = np.zeros((len(y), x.shape[1], x.shape[1]))
    for _ in range(_FIT_ROUNDS):
        w = weights * mean
        work = np.log(mean / days) + (y - mean) / mean
        inverse = np.linalg.pinv(np.einsum("rt,ti,tj->rij", w, x, x), hermitian=True)
        new = np.einsum("rij,rj->ri", inverse, (w * work) @ x)
        moved = np.abs(new - beta).max()
        beta, mean = new, days * np.exp(np.clip(new @ x.T, -30, 30))
        if moved < 1e-8:
            break
    freedom = max(y.shape[1] - x.shape[1], 1)
    phi = np.maximum((weights * (y - mean) ** 2 / mean).sum(axis=1) / freedom, 1.0)
    return beta, mean, inverse * phi[:, None, None], phi


def cusum(counts: ArrayLike, expected: ArrayLike, dispersion: ArrayLike, ratio: float) -> Floats:
    """Return how strongly counts so far speak for a lasting rise: a likelihood-ratio CUSUM.

    The log likelihood ratio of `ratio` times the expected counts against the expected ones is added
    up and never falls below nought (negative binomial: Höhle and Paul 2008). Missing steps add
    nothing.

    Args:
        counts: Of shape (series, steps) or (steps,); nan where missing.
        expected: What was expected, likewise.
        dispersion: Variance = mean + dispersion * mean²; one a series.
        ratio: The rise to be found; below one, the fall.
    """
    y, mean = np.asarray(counts, dtype=float), np.asarray(expected, dtype=float)
    a = np.asarray(dispersion, dtype=float)
    a = np.maximum(a[..., None] if a.ndim else a, 1e-10)
    gain = y * (np.log(ratio) + np.log1p(a * mean) - np.log1p(a * ratio * mean))
    gain -= (np.log1p(a * ratio * mean) - np.log1p(a * mean)) / a
    gain = np.nan_to_num(gain)
    held = np.zeros_like(gain)
    so_far = np.zeros(gain.shape[:-1])
    for t in range(gain.shape[-1]):
        so_far = np.maximum(0.0, so_far + gain[..., t])
        held[..., t] = so_far
    return held


def height_for(sums: ArrayLike, steps: int, run: float) -> float:
    """Return the height at which a CUSUM gives one false alarm in so many steps, on average.

    Args:
        sums: CUSUMs of series in which nothing happened, of shape (series, steps).
        steps: How many steps of each were watched.
        run: Steps between false alarms that are wished for.
    """
    highest = np.asarray(sums).max(axis=1)
    return float(np.quantile(highest, np.exp(-steps / run)))


@dataclass(frozen=True, slots=True)
class RunLength:
    """How long it takes, where nothing happens, until something is called unusual.

    Args:
        steps: Steps watched for each false alarm, on average; infinite where there was none.
        least: No fewer than these, by a 95 % bound.
        alarms: False alarms.
        watched: Steps watched, over all series.
    """

    steps: float
    least: float
    alarms: int
    watched: int


def run_length(alarmed: ArrayLike) -> RunLength:
    """Return the in-control run length, from series in which nothing happened.

    A series is watched until its first alarm.

    Args:
        alarmed: Whether each step is above its limit, of shape (series, steps).
    """
    from scipy.stats import gamma

    flags = np.asarray(alarmed, dtype=bool)
    any_ = flags.any(axis=1)
    watched = int(np.where(any_, flags.argmax(axis=1) + 1, flags.shape[1]).sum())
    alarms = int(any_.sum())
    steps = watched / alarms if alarms else np.inf
    return RunLength(steps, watched / float(gamma.ppf(0.975, alarms + 1)), alarms, watched)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Return, for each of many tests, the share of false alarms among all as unlikely; nan stays.

    Args:
        p: How often chance alone would do as much.
    """
    given = np.asarray(p, dtype=float)
    held = np.flatnonzero(~np.isnan(given))
    order = held[np.argsort(given[held])]
    ranked = given[order] * len(order) / np.arange(1, len(order) + 1)
    found = np.full_like(given, np.nan)
    found[order] = np.minimum.accumulate(ranked[::-1])[::-1] if len(order) else ranked
    return np.minimum(found, 1.0)
