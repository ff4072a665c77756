"""What may be true of logs that several people read: drawn again and again, as answers make likely.

Two people who read the same logs differ on some. Where both say yes, or a third settles it, the
answer is still not the truth: one log in a hundred wrongly called so, among a great many that are
not, moves a share of six in a hundred by one. How often each reader errs can be told without
knowing the truth, from how they differ in strata of unlike shares (Hui and Walter 1980), if their
errors do not come on the same logs. The truth of each log is then drawn, many times, and any
estimate is taken of every draw: its interval holds both the luck of which logs were read and the
doubt about how they were read. (`readers` does the same for one estimate, by counting.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from peelian.statistics.intervals import Estimate, quantile_of_normal

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.intp]

FEWEST_TWICE = 30  # logs read twice, beneath which readers' errors are anybody's guess
# What is thought of a reader before anything is known: right in five of six, worth three logs.
_RIGHT, _WRONG = 2.5, 0.5
# What is thought of a stratum's share: Jeffreys' prior.
_PRIOR = 0.5
_BURN, _THIN = 200, 8


@dataclass(frozen=True, eq=False)
class Doubt:
    """What may be true of logs that people read, given who said what.

    Args:
        truth: Draws of what is true of each log: shape (draws, logs).
        sensitivity: Each reader's chance of a yes where it is so: shape (draws, readers).
        specificity: Each reader's chance of a no where it is not.
        told: Whether the readers' errors were estimated; else every draw is what was settled.
    """

    truth: Bools
    sensitivity: Floats
    specificity: Floats
    told: bool


def settled(answers: ArrayLike) -> Floats:
    """Return what was settled of each log: nan where nobody could tell or nobody settled it.

    >>> settled([[1, 1, 0, np.nan], [1, 0, 1, 0], [np.nan, 0, np.nan, np.nan]]).tolist()
    [1.0, 0.0, nan, 0.0]

    Args:
        answers: Shape (3, logs): the two readers and whoever settles; 1 yes, 0 no, nan for no
            answer.
    """
    first, second, third = np.asarray(answers, dtype=float)
    agreed = np.where(first == second, first, np.nan)
    alone = np.where(np.isnan(first), second, np.where(np.isnan(second), first, np.nan))
    found = np.where(np.isnan(agreed), alone, agreed)
    return np.where(np.isnan(third), found, third)


def settled_or_likely(answers: ArrayLike) -> Bools:
    """Return what was settled of each log; of what was not, yes where most answers are."""
    said = np.asarray(answers, dtype=float)
    fixed = settled(said)
    given = ~np.isnan(said)
    mean = np.where(given, said, 0.0).sum(axis=0) / np.maximum(1, given.sum(axis=0))
    return np.asarray(np.where(np.isnan(fixed), mean > 0.5, fixed == 1), dtype=bool)


def doubt(answers: ArrayLike, stratum: ArrayLike, *, draws: int = 80, seed: int = 1829) -> Doubt:
    """Return what may be true of each log, and how often each reader is right.

    Args:
        answers: Shape (3, logs), as for `settled`; every log has one answer at least.
        stratum: The position of each log's stratum: shape (logs,).
        draws: How many draws.
        seed: Where they start.

    Assumes:
        Readers err on their own: that one is wrong about a log makes the other no likelier to be.
        Each is right equally often in every stratum, and oftener than not.

    Cannot show:
        Errors that all readers make alike, such as on a log that says too little: those look like
        agreement.

    Source:
        Dawid and Skene (1979), with a share for each stratum, drawn by Gibbs sampling.
    """
    said = np.asarray(answers, dtype=float)
    at = np.asarray(stratum, dtype=np.intp)
    twice = int((~np.isnan(said[:2])).all(axis=0).sum())
    if twice < FEWEST_TWICE:
        right = np.ones((1, len(said)))
        return Doubt(settled_or_likely(said)[None, :], right, right, told=False)
    return _gibbs(said, at, draws, np.random.default_rng(seed))


def _gibbs(said: Floats, at: Places, draws: int, rng: np.random.Generator) -> Doubt:
    yes, no = said == 1, said == 0
    strata, (readers, logs) = int(at.max(initial=0)) + 1, said.shape
    truth = settled_or_likely(said)
    held = np.bincount(at, minlength=strata)
    truths = np.empty((draws, logs), dtype=bool)
    right = np.empty((2, draws, readers))
    for step in range(_BURN + draws * _THIN):
        so = np.bincount(at, truth, minlength=strata)
        share = rng.beta(_PRIOR + so, _PRIOR + held - so)
        sensitivity = rng.beta(
            _RIGHT + (yes & truth).sum(axis=1), _WRONG + (no & truth).sum(axis=1)
        )
        specificity = rng.beta(
            _RIGHT + (no & ~truth).sum(axis=1), _WRONG + (yes & ~truth).sum(axis=1)
        )
        odds = _log(share)[at] - _log(1 - share)[at]
        odds += (_log(sensitivity) - _log(1 - specificity)) @ yes
        odds += (_log(1 - sensitivity) - _log(specificity)) @ no
        truth = rng.random(logs) < expit(odds)
        if step >= _BURN and (step - _BURN) % _THIN == 0:
            n = (step - _BURN) // _THIN
            truths[n], right[0, n], right[1, n] = truth, sensitivity, specificity
    return Doubt(truths, right[0], right[1], told=True)


def _log(chance: Floats) -> Floats:
    """Return logarithms, nought held off."""
    return np.log(np.maximum(chance, 1e-12))


def over_draws(held: Doubt, estimate: Callable[[Any], Estimate], level: float = 0.95) -> Estimate:
    """Return an estimate whose interval holds the readers' errors as well as the luck of the draw.

    Each draw of the truth gives an estimate with an interval; each interval is taken for a normal
    curve with a side of its own either way, and the ends are those of all curves together.

    Args:
        held: Draws of the truth.
        estimate: What is estimated of one draw of the truth, shape (logs,).
        level: How often the interval shall hold the share.
    """
    drawn, counts = np.unique(held.truth, axis=0, return_counts=True)
    parts = [estimate(truth) for truth in drawn]
    value, low, high = (
        np.array([getattr(part, name) for part in parts], dtype=float)
        for name in ("value", "low", "high")
    )
    fine = np.isfinite(value)
    if len(parts) == 1 or not fine.any():
        return parts[0]
    value, low, high, weight = value[fine], low[fine], high[fine], counts[fine] / counts[fine].sum()
    reach, tail = quantile_of_normal(level), (1 - level) / 2
    sides = (value - low) / reach, (high - value) / reach
    ends = [_quantile(value, *sides, weight, at) for at in (tail, 1 - tail)]
    middle = float(weight @ value)
    spread = weight @ (((sides[0] + sides[1]) / 2) ** 2 + (value - middle) ** 2)
    return Estimate(
        middle,
        max(0.0, min(ends[0], middle)),
        min(1.0, max(ends[1], middle)),
        float(np.sqrt(spread)),
        f"{parts[0].method}; readers' errors by {len(held.truth)} draws of the truth",
    )


def _quantile(value: Floats, below: Floats, above: Floats, weight: Floats, at: float) -> float:
    """Return a quantile of normal curves with two sides, mixed: by halving."""
    low, high = float((value - 8 * below).min()), float((value + 8 * above).max())
    for _ in range(60):
        middle = (low + high) / 2
        side = np.where(middle < value, below, above)
        off = np.divide(middle - value, side, out=np.sign(middle - value) * 40, where=side > 0)
        if weight @ ndtr(off) < at:
            low = middle
        else:
            high = middle
    return (low + high) / 2
