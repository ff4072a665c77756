"""Steps in daily shares: how far they rose at a day, with season and dependence allowed for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

HARMONICS = 2
_YEAR = 365.25
_ROUNDS, _CLOSE = 50, 1e-10
_HANSEN = {0.9: 5.94, 0.95: 7.35, 0.99: 10.59}  # Hansen 2000, table I


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of several daily shares at one day, estimated together.

    Args:
        value: The step of each share, as the logarithm of after over before: (k,).
        covariance: Of those, shares of one day being dependent, and days of one another: (k, k).
        df: Degrees of freedom of that covariance.
        seasons_told: How far the season lets the step be seen: 1 where before and after hold the
            same days of the year, near 0 where the step could as well be the season.
    """

    value: Floats
    covariance: Floats
    df: int
    seasons_told: float

    @property
    def se(self) -> Floats:
        """Return the standard error of each step."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True)
class Searched:
    """A day that was searched for.

    Args:
        day: Where the shares step most clearly: the first day after.
        low, high: Days between which the step lies, as far as the shares tell (Hansen 2000).
        chance: How often shares that never step would step as clearly at some day.
        beyond: By how many standard errors a step must lie from nought, at whichever day: what
            takes the place of the usual 2 once a day has been searched for.
        beyond_less: The same at level 1 - 2 (1 - level), for claims of no change.
        steps: The steps at that day.
    """

    day: np.datetime64
    low: np.datetime64
    high: np.datetime64
    chance: float
    beyond: float
    beyond_less: float
    steps: Steps


@dataclass(frozen=True, slots=True)
class Fit:
    """A share's regression: coefficients (p,), what each day moved them (n, p), events (n,)."""

    beta: Floats
    influence: Floats
    fitted: Floats


def season_columns(days: Days, harmonics: int = HARMONICS) -> Floats:
    """Return what a usual day's share is made of: level, weekday, and waves of the year.

    Args:
        days: The days, (n,).
        harmonics: Waves a year, each with its sine and cosine.
    """
    number = days.astype("datetime64[D]").astype(np.int64)
    weekday = (number + 3) % 7  # 1 January 1970 was a Thursday
    columns = [np.ones(len(number)), *((weekday == day).astype(float) for day in range(1, 7))]
    turn = 2 * np.pi * number / _YEAR
    for wave in range(1, harmonics + 1):
        columns += [np.cos(wave * turn), np.sin(wave * turn)]
    return np.column_stack(columns)


def fit_share(events: Floats, exposure: Floats, columns: Floats) -> Fit:
    """Fit log(events / exposure) as a sum of columns, by Poisson quasi-likelihood.

    The estimates hold whatever the dispersion is; no interval may rest on Poisson's.

    Args:
        events: Counts a day, (n,).
        exposure: What they are counted out of, above nought, (n,).
        columns: (n, p).

    Raises:
        ValueError: The columns cannot be told apart, or there is no event.
    """
    if not events.sum() > 0:
        raise ValueError("no event")
    gram = columns.T @ columns / np.maximum((columns**2).sum(axis=0), 1e-300)
    if np.linalg.matrix_rank(gram, tol=1e-9) < columns.shape[1]:
        raise ValueError("the columns cannot be told apart")
    beta = np.zeros(columns.shape[1])
    beta[0] = np.log(events.sum() / exposure.sum())
    for _ in range(_ROUNDS):
        fitted = exposure * np.exp(np.clip(columns @ beta, -40, 40))
        bread = columns.T @ (fitted[:, None] * columns)
        move = np.linalg.solve(bread, columns.T @ (events - fitted))
        beta = beta + np.clip(move, -2, 2)
        if np.abs(move).max() < _CLOSE:
            break
    else:
        raise ValueError("the regression does not settle")
    fitted = exposure * np.exp(columns @ beta)
    bread = columns.T @ (fitted[:, None] * columns)
    influence = np.linalg.solve(bread, (columns * (events - fitted)[:, None]).T).T
    return Fit(beta, influence * np.sqrt(len(events) / (len(events) - len(beta))), fitted)


def long_run(influence: Floats) -> tuple[Floats, int]:
    """Return the covariance of the sum of a series of vectors, and its degrees of freedom.

    By equal-weighted cosines (Lazarus, Lewis, Stock and Watson 2018): dependence from day to day
    and any dispersion are in it, and t with these degrees of freedom gives honest intervals.

    Args:
        influence: One vector a day, in order: (n, k).
    """
    waves = _waves(influence)
    return waves.T @ waves / len(waves), len(waves)


def _waves(influence: Floats) -> Floats:
    return _cosines(len(influence)) @ influence


@lru_cache(maxsize=4)  # a search asks for the same at every day that it tries
def _cosines(n: int) -> Floats:
    many = max(int(0.41 * n ** (2 / 3)), 4)
    turn = np.pi * np.outer(np.arange(1, many + 1), (np.arange(n) + 0.5) / n)
    return np.sqrt(2.0) * np.cos(turn)


def steps_at(
    shares: Sequence[tuple[Floats, Floats]], days: Days, changed_on: np.datetime64, *,
    trend: bool = False, harmonics: int = HARMONICS,
) -> Steps:  # fmt: skip
    """Return by how much each share stepped at a day.

    Args:
        shares: For each, events and what they are counted out of, by day: (n,) each. Days on which
            there was nothing to count out of are left out of that share.
        days: The days, in order; missing days are simply not among them.
        changed_on: The first day after.
        trend: Whether a straight trend of the logarithm is allowed for beside the step.
        harmonics: Waves a year.

    Raises:
        ValueError: The step cannot be told from the season or the trend, or nothing happened.

    Assumes:
        The season is the same each year, on a ratio scale; days far apart are independent.
    """
    after = (days >= changed_on).astype(float)
    columns = season_columns(days, harmonics)
    if trend:
        columns = np.column_stack([columns, _centred(days)])
    columns = np.column_stack([columns, after])
    value, influence, _, _ = _fitted(shares, columns)
    covariance, df = long_run(influence)
    return Steps(value, covariance, df, _told(columns))


def _centred(days: Days) -> Floats:
    number = days.astype("datetime64[D]").astype(float)
    return (number - number.mean()) / _YEAR


def _told(columns: Floats) -> float:
    """Return how much of the step's variance over days the other columns leave."""
    step, others = columns[:, -1], columns[:, :-1]
    rest = step - others @ np.linalg.lstsq(others, step, rcond=None)[0]
    return float(rest @ rest / ((step - step.mean()) @ (step - step.mean())))


def _fitted(
    shares: Sequence[tuple[Floats, Floats]], columns: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return of each share its step, what each day moved it, Poisson's variance of it, and its fit.

    Shapes (k,), (n, k), (k,) and (k,); the fit is the log likelihood but for a constant.
    """
    value, influence = np.empty(len(shares)), np.zeros((len(columns), len(shares)))
    plain, fits = np.empty(len(shares)), np.empty(len(shares))
    for number, (events, exposure) in enumerate(shares):
        held = exposure > 0
        fit = fit_share(events[held], exposure[held], columns[held])
        value[number], influence[held, number] = fit.beta[-1], fit.influence[:, -1]
        bread = columns[held].T @ (fit.fitted[:, None] * columns[held])
        plain[number] = np.linalg.inv(bread)[-1, -1]
        fits[number] = (events[held] * np.log(fit.fitted) - fit.fitted).sum()
    return value, influence, plain, fits


def search(
    shares: Sequence[tuple[Floats, Floats]], days: Days, candidates: Days, *,
    level: float = 0.95, draws: int = 999, seed: int = 1829, harmonics: int = HARMONICS,
) -> Searched:  # fmt: skip
    """Return the day at which shares step most clearly, and what searching costs.

    Every candidate day is tried. Intervals that hold at all of them together hold at the one that
    is chosen, so the factor `beyond` is the `level` quantile of the largest of all studentised
    steps, drawn from the covariance of them all. The days that the step may lie at are those whose
    statistic falls short of the highest by less than Hansen's (2000) critical value.

    Args:
        shares: As for `steps_at`.
        days: The days, in order.
        candidates: First days after that are tried, in order.
        level: Of the intervals: .9, .95 or .99.
        draws: Draws of steps where there are none.
        seed: Where they start.
        harmonics: Waves a year.

    Raises:
        ValueError: As for `steps_at`; or there is no candidate.
    """
    if not len(candidates):
        raise ValueError("no day to try")
    seasons, many = season_columns(days, harmonics), len(shares)
    value, plain, fits = (np.empty((len(candidates), many)) for _ in range(3))
    waves = []
    for number, day in enumerate(candidates):
        columns = np.column_stack([seasons, (days >= day).astype(float)])
        value[number], influence, plain[number], fits[number] = _fitted(shares, columns)
        waves.append(_waves(influence))
    every = np.stack(waves, axis=1)  # waves, candidates, shares
    se = np.sqrt((every**2).mean(axis=0))
    # One dispersion for each share over all candidates, so that only the fit tells days apart.
    likelier = (2 * fits / np.median(se**2 / plain, axis=0)).sum(axis=1)
    chosen = int(np.argmax(likelier))
    possible = np.flatnonzero(likelier >= likelier[chosen] - _HANSEN[level])
    first, last = max(int(possible[0]) - 1, 0), min(int(possible[-1]) + 1, len(candidates) - 1)
    one = np.timedelta64(1, "D")
    tops = _largest(every, se, draws, seed)
    observed = float(np.abs(value[chosen] / se[chosen]).max())
    return Searched(
        day=candidates[chosen],
        # Days between those that were tried may be the day as well.
        low=min(candidates[first] + one, candidates[chosen]),
        high=max(candidates[last] - one, candidates[chosen]),
        chance=float((1 + (tops >= observed).sum()) / (1 + draws)),
        beyond=float(np.quantile(tops, level)),
        beyond_less=float(np.quantile(tops, 1 - 2 * (1 - level))),
        steps=steps_at(shares, days, candidates[chosen], harmonics=harmonics),
    )


def _largest(waves: Floats, se: Floats, draws: int, seed: int) -> Floats:
    """Draw the largest studentised step over all candidates and shares, where there is none."""
    chance, df = np.random.default_rng(seed), len(waves)
    flat = (waves / se).reshape(df, -1) / np.sqrt(df)
    drawn = chance.standard_normal((draws, df)) @ flat
    spread = np.sqrt(chance.chisquare(df, size=draws) / df)
    return np.abs(drawn).max(axis=1) / spread
