"""Counts some steps ahead, with intervals, and how well that would have gone from past origins."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Where the likelihood is looked at: persistence of what wanders, and its share of the variance.
_WANDER = (0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_MEMORY = (0.3, 0.6, 0.85, 0.95)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Ahead:
    """Counts expected ahead, on the log scale of a count for each unit of exposure.

    Args:
        mean: The mean of the log, one a step ahead.
        variance: Its variance: what wanders, what is noise, and what was not known.
        df: Degrees of freedom.
    """

    mean: Floats
    variance: Floats
    df: float

    def counts(self, exposure: ArrayLike) -> Floats:
        """Return the middle of what is expected, as counts."""
        return np.exp(self.mean) * np.asarray(exposure, dtype=float)

    def within(self, exposure: ArrayLike, level: float) -> tuple[Floats, Floats]:
        """Return the interval that a count should be in, that often."""
        from scipy.stats import t as student

        width = student.ppf(0.5 + level / 2, self.df) * np.sqrt(self.variance)
        days = np.asarray(exposure, dtype=float)
        return np.exp(self.mean - width) * days, np.exp(self.mean + width) * days


# What forecasts: counts and exposure so far, columns of season so far and ahead, and a cycle.
Method = Callable[[Floats, Floats, Floats, Floats, int], Ahead]


def naive(counts: Floats, exposure: Floats, so_far: Floats, ahead: Floats, cycle: int) -> Ahead:
    """Say that each step will be as the last one seen of its place in the cycle was.

    Its spread is that of past steps about the same place one cycle before.
    """
    z, steps = _log_rate(counts, exposure), len(ahead)
    n = len(z)
    mean, back = np.empty(steps), np.empty(steps)
    for step in range(steps):
        earlier = np.arange(n - cycle + step % cycle, -1, -cycle)
        seen = earlier[~np.isnan(z[earlier])]
        if not len(seen):
            raise ValueError("a place of the cycle that was never seen")
        mean[step] = z[seen[0]]
        back[step] = (n + step - seen[0]) / cycle
    change = z[cycle:] - z[:-cycle]
    change = change[~np.isnan(change)]
    return Ahead(mean, back * float((change**2).mean()), max(len(change) - 1, 1))


def level(counts: Floats, exposure: Floats, so_far: Floats, ahead: Floats, cycle: int) -> Ahead:
    """Say that the level stays where it is; it wandered so far, and will go on wandering.

    The local level with regressors of season: the state-space form of exponential smoothing.
    """
    at = np.arange(len(counts) + len(ahead), dtype=float)
    walk = np.minimum.outer(at, at)
    kernels = [(1.0, q, walk) for q in _WANDER]
    return _predict(counts, exposure, so_far, ahead, kernels)


def line(counts: Floats, exposure: Floats, so_far: Floats, ahead: Floats, cycle: int) -> Ahead:
    """Say that the trend so far goes on, and that departures from it fade as they did."""
    n, steps = len(counts), len(ahead)
    at = np.arange(n + steps)
    slope = ((at - n / 2) / n)[:, None]
    lags = np.abs(np.subtract.outer(at, at))
    kernels = [(1 - s, s, m**lags) for m in _MEMORY for s in _SHARES]
    return _predict(
        counts, exposure, np.hstack([so_far, slope[:n]]), np.hstack([ahead, slope[n:]]), kernels
    )


def mean_of(*methods: Method) -> Method:
    """Return the forecast halfway between others, as unsure as they are and as they differ."""

    def together(
        counts: Floats, exposure: Floats, so_far: Floats, ahead: Floats, cycle: int
    ) -> Ahead:
        each = [method(counts, exposure, so_far, ahead, cycle) for method in methods]
        middle = np.mean([one.mean for one in each], axis=0)
        spread = np.mean([one.variance + (one.mean - middle) ** 2 for one in each], axis=0)
        return Ahead(middle, spread, min(one.df for one in each))

    return together


def _log_rate(counts: Floats, exposure: Floats) -> Floats:
    return np.log((counts + 0.5) / exposure)


def _predict(
    counts: Floats,
    exposure: Floats,
    so_far: Floats,
    ahead: Floats,
    kernels: Sequence[tuple[float, float, Floats]],
) -> Ahead:
    """Predict by generalised least squares, averaged over covariances as the data bear them out.

    Each covariance is noise * identity + wander * its kernel; its weight is its restricted
    likelihood. Missing steps are left out. What is said of a step ahead has its noise in it, and
    the doubt about every coefficient.
    """
    z, n = _log_rate(counts, exposure), len(counts)
    held = np.flatnonzero(~np.isnan(z))
    x, x_ahead = so_far[held], ahead
    found = [
        _one(z[held], x, x_ahead, noise, wander, kernel, held, n)
        for noise, wander, kernel in kernels
    ]
    logs = np.array([one[0] for one in found])
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    means = np.stack([one[1] for one in found])
    middle = weight @ means
    spread = weight @ (np.stack([one[2] for one in found]) + (means - middle) ** 2)
    return Ahead(middle, spread, float(len(held) - x.shape[1]))


def _one(
    z: Floats, x: Floats, x_ahead: Floats, noise: float, wander: float, kernel: Floats,
    held: NDArray[np.int64], n: int,
) -> tuple[float, Floats, Floats]:  # fmt: skip
    """Return the restricted log likelihood, the means ahead and their variances."""
    from scipy.linalg import cho_factor, cho_solve

    steps = n + np.arange(len(x_ahead))
    cov = wander * kernel[np.ix_(held, held)] + (noise + 1e-9) * np.eye(len(held))
    factor = cho_factor(cov, lower=True)
    vx, vz = cho_solve(factor, x), cho_solve(factor, z)
    information = x.T @ vx
    beta = np.linalg.solve(information, x.T @ vz)
    df = len(z) - x.shape[1]
    rest = z - x @ beta
    scale = float(rest @ cho_solve(factor, rest)) / df
    log_det = 2 * np.log(np.diag(factor[0])).sum() + np.linalg.slogdet(information)[1]
    cross = wander * kernel[np.ix_(steps, held)]
    mean = x_ahead @ beta + cross @ cho_solve(factor, rest)
    lever = x_ahead - cross @ vx
    own = wander * kernel[steps, steps] + noise
    own = own - np.einsum("st,ts->s", cross, cho_solve(factor, cross.T))
    own += np.einsum("si,ij,sj->s", lever, np.linalg.inv(information), lever)
    return -0.5 * (df * np.log(scale) + log_det), mean, scale * own


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """How well a method would have done from past origins.

    Args:
        mase: Its mean absolute error over that of the seasonal naive within the first window; nan
            where that makes no error.
        covered: The share of counts that lay in its 80 % interval.
        counts: How many counts were foretold.
        gained: How much smaller its error is than the seasonal naive's, in counts, by origin.
    """

    mase: float
    covered: float
    counts: int
    gained: Floats


LEVEL = 0.8


def origins(n: int, first: int, ahead: int, step: int) -> Iterator[int]:
    """Yield where a series is cut: as many steps as are known then, the last cut first."""
    yield from range(n - ahead, first - 1, -step)


def score(
    methods: dict[str, Method],
    counts: ArrayLike,
    exposure: ArrayLike,
    season: ArrayLike,
    cuts: Sequence[int],
    *,
    ahead: int,
    cycle: int,
    longest: int,
) -> dict[str, Scored]:
    """Forecast from past origins, each with what was known then, and score it.

    Args:
        methods: By name; one of them is "naive", which the others are set beside.
        counts: Counts at even steps, nan where missing: those are neither used nor scored.
        exposure: What a count is of, such as days in the month.
        season: Columns of season, an intercept among them.
        cuts: How many steps are known at each origin, the first origin first.
        ahead: How many steps are foretold from each.
        cycle: Steps in a cycle of the seasonal naive.
        longest: At most so many of the latest steps are learnt from.
    """
    y = np.asarray(counts, dtype=float)
    days, x = np.asarray(exposure, dtype=float), np.asarray(season, dtype=float)
    known = y[: cuts[0]] / days[: cuts[0]]
    scale = float(np.nanmean(np.abs(known[cycle:] - known[:-cycle])))
    errors: dict[str, list[Floats]] = {name: [] for name in methods}
    inside: dict[str, list[Floats]] = {name: [] for name in methods}
    for cut in cuts:
        old, new = slice(max(0, cut - longest), cut), slice(cut, cut + ahead)
        seen = ~np.isnan(y[new])
        for name, method in methods.items():
            said = method(y[old], days[old], x[old], x[new], cycle)
            low, high = said.within(days[new], LEVEL)
            off = np.abs(y[new] - said.counts(days[new]))
            errors[name].append(off[seen] / days[new][seen])
            inside[name].append(((low <= y[new]) & (y[new] <= high))[seen].astype(float))
    usual = float(np.mean(days))
    return {
        name: Scored(
            mase=float(np.concatenate(errors[name]).mean()) / scale if scale else np.nan,
            covered=float(np.concatenate(inside[name]).mean()),
            counts=sum(len(e) for e in errors[name]),
            gained=usual
            * np.array(
                [
                    base.mean() - mine.mean()
                    for base, mine in zip(errors["naive"], errors[name], strict=True)
                    if len(mine)
                ]
            ),
        )
        for name in methods
    }


@dataclass(frozen=True, slots=True)
class Gain:
    """How much smaller errors are than the seasonal naive's: mean, 95 % interval, and chance."""

    mean: float
    low: float
    high: float
    p: float


def gain(gained: ArrayLike, overlap: int) -> Gain:
    """Return whether one forecast beats another, by the test of Diebold and Mariano (1995).

    With the small-sample correction of Harvey, Leybourne and Newbold (1997); origins closer than
    their horizon overlap, and their errors hang together.

    Args:
        gained: The errors of one less those of the other, by origin.
        overlap: How many origins a horizon spans.
    """
    from scipy.stats import t as student

    d = np.asarray(gained, dtype=float)
    n = len(d)
    if n < 3:
        return Gain(float(d.mean()) if n else np.nan, np.nan, np.nan, np.nan)
    off = d - d.mean()
    lags = range(1, min(overlap, n - 1))
    variance = float(off @ off) / n
    variance += sum(2 * (1 - k / overlap) * float(off[k:] @ off[:-k]) / n for k in lags)
    small = (n + 1 - 2 * overlap + overlap * (overlap - 1) / n) / n
    se = float(np.sqrt(variance / n / max(small, 1 / n)))
    width = float(student.ppf(0.975, n - 1)) * se
    p = float(2 * student.sf(abs(d.mean()) / se, n - 1)) if se else float(d.mean() == 0)
    return Gain(float(d.mean()), float(d.mean()) - width, float(d.mean()) + width, p)
