"""Shares of groups that differ: a binomial regression with random effects, by quadrature.

y ~ Binomial(n, p), logit p = X beta + Z u of its group, u ~ N(0, diag(sd^2)), independent groups.
The likelihood is integrated group by group with adaptive Gauss-Hermite quadrature (Pinheiro and
Bates 1995); one node is Laplace's approximation, and what lme4's glmer does by default.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NEWTON, _CLOSE, _FURTHEST = 100, 1e-10, 8.0
_SMALLEST = 1e-4  # of a standard deviation, on the logit scale: nought, as far as anybody can tell
_MOST = 50.0
_DROP = 1.920729  # half the 95 % point of chi-squared with one degree of freedom


@dataclass(frozen=True, slots=True)
class Mixed:
    """A fitted regression.

    Args:
        beta: Fixed effects, log odds: (p,).
        covariance: Of those, from the curvature of the likelihood: (p, p).
        sd: Standard deviation of each random effect over groups, log odds: (q,).
        log_likelihood: Of all, binomial coefficients included.
        effects: Each group's random effects, the most likely ones: (groups, q).
        effects_se: What is not known of each, the fixed effects being taken as known: (groups, q).
    """

    beta: Floats
    covariance: Floats
    sd: Floats
    log_likelihood: float
    effects: Floats
    effects_se: Floats

    @property
    def se(self) -> Floats:
        """Return the standard error of each fixed effect."""
        return np.sqrt(np.diag(self.covariance))


@dataclass(frozen=True, slots=True)
class _Data:
    y: Floats
    n: Floats
    x: Floats
    z: Floats
    member: Floats  # (groups, rows), 1 where a row is the group's
    constant: float
    nodes: int

    @property
    def effects(self) -> int:
        return self.z.shape[1]


def fit_mixed(
    successes: Floats, trials: Floats, x: Floats, group: NDArray[np.integer], *,
    z: Floats | None = None, nodes: int = 1,
) -> Mixed:  # fmt: skip
    """Fit it.

    Args:
        successes: Of each row, (n,).
        trials: Of each row, above nought, (n,).
        x: Columns of the fixed effects, (n, p).
        group: Of each row, from 0 up, none left out, (n,).
        z: Columns of the random effects, (n, q); an intercept if not given.
        nodes: Quadrature nodes along each random effect; 1 is Laplace's approximation.

    Raises:
        ValueError: There are fewer than three groups, columns that cannot be told apart, or rows
            whose successes are not among their trials.

    Assumes:
        Groups are independent; random effects are normal on the logit scale and independent of one
        another.
    """
    data = _checked(successes, trials, x, group, z, nodes)
    start = np.concatenate([_pooled(data), np.full(data.effects, np.log(0.3))])
    best = _best(data, start, np.zeros(len(start), dtype=bool))
    sd = _sd(best[data.x.shape[1] :])
    beta = best[: data.x.shape[1]]
    modes, curvature = _modes(data, beta, sd)
    spread = np.linalg.inv(curvature)
    return Mixed(
        beta=beta,
        covariance=_covariance(data, best),
        sd=sd,
        log_likelihood=-_minus(best, data),
        effects=modes * sd,
        effects_se=np.sqrt(np.einsum("gqq->gq", spread)) * sd,
    )


def sd_interval(
    successes: Floats, trials: Floats, x: Floats, group: NDArray[np.integer], fitted: Mixed, *,
    z: Floats | None = None, nodes: int = 1, effect: int = 0,
) -> tuple[float, float]:  # fmt: skip
    """Return the 95 % interval of one standard deviation, from the profile of the likelihood.

    Its lower end is nought where no difference between groups would fit nearly as well.

    Args:
        successes: As they were fitted.
        trials: As they were fitted.
        x: As they were fitted.
        group: As they were fitted.
        fitted: What came of it.
        z: As they were fitted.
        nodes: As they were fitted.
        effect: Which random effect.
    """
    from scipy.optimize import brentq

    data = _checked(successes, trials, x, group, z, nodes)
    at = x.shape[1] + effect
    start = np.concatenate([fitted.beta, np.log(np.maximum(fitted.sd, _SMALLEST))])
    held = np.zeros(len(start), dtype=bool)
    held[at] = True

    def over(log_sd: float) -> float:
        begin = start.copy()
        begin[at] = log_sd
        return _minus(_best(data, begin, held), data) + fitted.log_likelihood - _DROP

    def crossing(one: float, other: float) -> float:
        return float(np.exp(float(brentq(over, one, other, xtol=1e-3))))  # type: ignore[arg-type]

    middle, floor = float(start[at]), float(np.log(_SMALLEST))
    low = crossing(floor, middle) if middle > floor + 1e-6 and over(floor) > 0 else 0.0
    top = max(middle, float(np.log(0.05)))
    while over(top) < 0 and top < np.log(_MOST):
        top += 0.5
    high = crossing(middle, top) if over(top) > 0 else _MOST
    return low, high


def median_odds_ratio(sd: float) -> float:
    """Return the median of how many times the odds of one group are those of another (MOR).

    Of two groups drawn at random, the one with the higher odds has, in the median, so many times
    the other's (Larsen and Merlo 2005): exp(sqrt(2) sd z(.75)).

    >>> round(median_odds_ratio(1.0), 3)
    2.596
    """
    return float(np.exp(np.sqrt(2) * sd * 0.6744897501960817))


def _checked(
    successes: Floats, trials: Floats, x: Floats, group: NDArray[np.integer],
    z: Floats | None, nodes: int,
) -> _Data:  # fmt: skip
    from scipy.special import gammaln

    y, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    x, group = np.asarray(x, dtype=float), np.asarray(group)
    z = np.ones((len(y), 1)) if z is None else np.asarray(z, dtype=float)
    groups = int(group.max()) + 1
    member = (np.arange(groups)[:, None] == group[None, :]).astype(float)
    if groups < 3 or not member.any(axis=1).all():
        raise ValueError("groups are numbered from 0, none left out, and there are three or more")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("the columns cannot be told apart")
    if not ((n > 0) & (y >= 0) & (y <= n)).all() or nodes < 1:
        raise ValueError("successes are among trials, of which each row has some")
    constant = float((gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)).sum())
    return _Data(y, n, x, z, member, constant, nodes)


def _pooled(data: _Data) -> Floats:
    """Return fixed effects as they would be if groups did not differ."""
    beta = np.zeros(data.x.shape[1])
    for _ in range(_NEWTON):
        p = _logistic(data.x @ beta)
        weight = np.maximum(data.n * p * (1 - p), 1e-9)
        bread = data.x.T @ (weight[:, None] * data.x)
        move = np.linalg.solve(bread, data.x.T @ (data.y - data.n * p))
        beta = beta + np.clip(move, -2, 2)
        if np.abs(move).max() < _CLOSE:
            break
    return beta


def _logistic(eta: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(eta, -35, 35)))


def _sd(log_sd: Floats) -> Floats:
    return np.exp(np.clip(log_sd, np.log(_SMALLEST), np.log(_MOST)))


def _best(data: _Data, start: Floats, held: NDArray[np.bool_]) -> Floats:
    """Return the parameters that make the records likeliest, those held staying as they are."""
    from scipy.optimize import minimize

    free = np.flatnonzero(~held)

    def minus(some: Floats) -> float:
        at = start.copy()
        at[free] = some
        return _minus(at, data)

    found = minimize(minus, start[free], method="BFGS", options={"gtol": 1e-5})
    if not held.any():  # the last fit is told to more figures than a profile needs
        exact = {"xatol": 1e-5, "fatol": 1e-8}
        found = minimize(minus, found.x, method="Nelder-Mead", options=exact)
    best = start.copy()
    best[free] = found.x
    best[data.x.shape[1] :] = np.log(_sd(best[data.x.shape[1] :]))
    return best


def _minus(at: Floats, data: _Data) -> float:
    """Return minus the log likelihood."""
    from scipy.special import logsumexp

    beta, sd = at[: data.x.shape[1]], _sd(at[data.x.shape[1] :])
    modes, curvature = _modes(data, beta, sd)
    root = np.linalg.cholesky(np.linalg.inv(curvature))  # (groups, q, q)
    x, log_weight = _grid(data.nodes, data.effects)
    # u = mode + sqrt(2) root x, and the density that quadrature takes away is put back
    u = modes[:, None, :] + np.sqrt(2) * np.einsum("gij,kj->gki", root, x)
    each = _log_joint(data, beta, sd, u) + log_weight + (x**2).sum(axis=1)
    log_det = np.log(np.einsum("gii->gi", root)).sum(axis=1)
    # (2 pi)^(-q/2) of the normal density times 2^(q/2) of the change of variable
    parts = logsumexp(each, axis=1) + log_det - 0.5 * data.effects * np.log(np.pi)
    return -float(parts.sum() + data.constant)


@lru_cache(maxsize=4)
def _grid(nodes: int, effects: int) -> tuple[Floats, Floats]:
    x, weight = np.polynomial.hermite.hermgauss(nodes)
    points = np.stack(np.meshgrid(*[x] * effects, indexing="ij"), axis=-1).reshape(-1, effects)
    weights = np.stack(np.meshgrid(*[weight] * effects, indexing="ij"), axis=-1)
    return points, np.log(weights).reshape(-1, effects).sum(axis=1)


def _log_joint(data: _Data, beta: Floats, sd: Floats, u: Floats) -> Floats:
    """Return log p(y, u) but for its constants, of u (groups, k, q): (groups, k)."""
    fixed = data.x @ beta
    of_row = np.einsum("gn,gkq->nkq", data.member, u)
    eta = fixed[:, None] + np.einsum("nq,nkq->nk", data.z * sd, of_row)
    log_p = data.y[:, None] * eta - data.n[:, None] * np.logaddexp(0, eta)
    return data.member @ log_p - 0.5 * (u**2).sum(axis=-1)


def _modes(data: _Data, beta: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Return each group's likeliest u, in standard deviations, and minus the curvature there."""
    scaled, fixed = data.z * sd, data.x @ beta
    u = np.zeros((len(data.member), data.effects))
    curvature = np.empty((len(u), data.effects, data.effects))
    for _ in range(_NEWTON):
        eta = fixed + (scaled * (data.member.T @ u)).sum(axis=1)
        p = _logistic(eta)
        slope = data.member @ (scaled * (data.y - data.n * p)[:, None]) - u
        weight = data.n * p * (1 - p)
        outer = scaled[:, :, None] * scaled[:, None, :] * weight[:, None, None]
        curvature = np.einsum("gn,nij->gij", data.member, outer) + np.eye(data.effects)
        move = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        u = np.clip(u + np.clip(move, -2, 2), -_FURTHEST, _FURTHEST)
        if np.abs(move).max() < _CLOSE:
            break
    return u, curvature


def _covariance(data: _Data, best: Floats) -> Floats:
    """Return the covariance of the fixed effects, from second differences at the best."""
    many, p = len(best), data.x.shape[1]
    step = 1e-3 * np.eye(many)
    hessian = np.empty((many, many))
    for i in range(many):
        for j in range(i, many):
            corners = [
                _minus(best + a * step[i] + b * step[j], data) for a, b in
                ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]  # fmt: skip
            second = (corners[0] - corners[1] - corners[2] + corners[3]) / 4e-6
            hessian[i, j] = hessian[j, i] = second
    flat = np.diag(hessian)[p:] < 1e-8  # a standard deviation at nought tells nothing of the rest
    kept = np.concatenate([np.arange(p), p + np.flatnonzero(~flat)])
    return np.asarray(np.linalg.inv(hessian[np.ix_(kept, kept)])[:p, :p], dtype=np.float64)
