"""A machine's scores of all logs, set right by the logs that people read as well.

A machine scores every log; people read some. The mean score of all logs, moved by how far the
machine was off where people read (the difference estimator), is right on average however bad the
machine. Prediction-powered inference (Angelopoulos and others 2023) is that estimator; its second
form, PPI++, multiplies the scores by a factor tuned to what they are worth, so that a useless
machine costs nothing.

The usual interval is the estimate and two standard errors. With a hundred logs read of which one
in a hundred is so, often none is found and that interval has no width at all. So here the
stratified mid-p interval, which holds, is carried over: its ends keep their distances, made smaller
(or larger) by what the scores take off (or add to) its variance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.statistics.intervals import Estimate, quantile_of_normal
from peelian.statistics.two_phase import Strata, stratified
from peelian.statistics.weighted_shares import known

Floats = NDArray[np.float64]
WORSE = "the scores make it less sure than the readings alone"


@dataclass(frozen=True, eq=False)
class Pairs:
    """Logs that both a machine scored and people read, and what is known of all logs.

    Args:
        size: Logs of each stratum: shape (strata,); one number if they were not sorted.
        machine: The machine's mean score over all logs of each stratum: shape (strata,).
        score: The machine's score of each log read: shape (read,).
        truth: What people found of it, 0 or 1: shape (read,).
        stratum: The position of its stratum: shape (read,); nought for all if not given.

    Raises:
        ValueError: If the arrays do not fit one another.
    """

    size: ArrayLike
    machine: ArrayLike
    score: ArrayLike
    truth: ArrayLike
    stratum: ArrayLike | None = None

    def __post_init__(self) -> None:
        at = np.zeros(np.size(self.truth)) if self.stratum is None else self.stratum
        for name, value, kind in (
            ("size", self.size, float), ("machine", self.machine, float),
            ("score", self.score, float), ("truth", self.truth, float), ("stratum", at, np.intp),
        ):  # fmt: skip
            object.__setattr__(self, name, np.atleast_1d(np.asarray(value, dtype=kind)))
        if np.shape(self.size) != np.shape(self.machine):
            raise ValueError("size and machine are of one length")
        if not np.shape(self.score) == np.shape(self.truth) == np.shape(at):
            raise ValueError("score, truth and stratum are of one length")
        if not np.isin(self.truth, (0, 1)).all():
            raise ValueError("what people found is 0 or 1")

    def means(self, values: ArrayLike) -> Floats:
        """Return the mean over the logs read of each stratum; nought where none was read."""
        return self._sums(np.asarray(values)) / np.maximum(1, self.reads)

    def products(self, one: ArrayLike, other: ArrayLike) -> Floats:
        """Return the covariance within each stratum; nought where fewer than two were read."""
        at = np.asarray(self.stratum)
        apart = np.asarray(one) - self.means(one)[at], np.asarray(other) - self.means(other)[at]
        return self._sums(apart[0] * apart[1]) / np.maximum(1, self.reads - 1)

    @property
    def reads(self) -> Floats:
        """Return how many logs were read of each stratum."""
        return self._sums(np.ones(np.size(self.truth)))

    @property
    def strata(self) -> Strata:
        """Return the same without the scores."""
        return Strata(self.size, self.reads, self._sums(np.asarray(self.truth)))

    def _sums(self, values: Floats) -> Floats:
        at = np.asarray(self.stratum)
        return np.bincount(at, values, minlength=np.size(self.size)).astype(np.float64)


def ppi(pairs: Pairs, level: float = 0.95, *, small_sample: bool = True) -> Estimate:
    """Return the share by PPI++ within strata: scores weighted by what they prove to be worth.

    Args:
        pairs: Scores, and what people found.
        level: How often the interval shall hold the share.
        small_sample: Whether the interval shall hold where few were read or found; without it the
            interval is the estimate and two standard errors, as published.

    Raises:
        CannotAnswer: If of some stratum nothing was read.

    Assumes:
        Logs were drawn at random within each stratum and read without error; the machine had not
        learnt from the logs that were read.

    Source:
        Angelopoulos, Duchi and Zrnic (2023), PPI++; Fisch and others (2024) for strata. One factor
        for all strata, which few readings can tell.
    """
    share = _parts(pairs)
    score = np.asarray(pairs.score)
    worth = float((share * pairs.products(score, score)).sum())
    both = float((share * pairs.products(score, np.asarray(pairs.truth))).sum())
    factor = min(1.0, max(0.0, both / worth)) if worth > 0 else 0.0
    return _assisted(pairs, factor, level, small_sample, "PPI++")


def difference(pairs: Pairs, level: float = 0.95, *, small_sample: bool = True) -> Estimate:
    """Return the share as the machine has it, moved by how far it was off where people read.

    As `ppi`, with the scores taken at their word: wider than no machine at all where they are bad,
    and then too sure as well where few are so (see the page on corrected shares). Its note says
    where the scores do harm; `ppi` is to be preferred.
    """
    return _assisted(pairs, 1.0, level, small_sample, "difference")


def _parts(pairs: Pairs) -> Floats:
    """Return by how much each stratum's variance counts in that of the whole."""
    sizes, reads = np.asarray(pairs.size), pairs.reads
    left = 1 - np.divide(reads, sizes, out=np.ones_like(reads), where=sizes > 0)
    return (sizes / sizes.sum()) ** 2 * left / np.maximum(1, reads)


def _assisted(pairs: Pairs, factor: float, level: float, small_sample: bool, name: str) -> Estimate:
    plain = stratified(pairs.strata, level)
    truth, score = np.asarray(pairs.truth), factor * np.asarray(pairs.score)
    weight = np.asarray(pairs.size) / np.sum(pairs.size)
    off = factor * np.asarray(pairs.machine) - pairs.means(score)
    value = plain.value + float(weight @ np.where(pairs.reads > 0, off, 0.0))
    share = _parts(pairs)
    without = float((share * pairs.products(truth, truth)).sum())
    rest = float((share * pairs.products(truth - score, truth - score)).sum())
    if not small_sample:
        reach = quantile_of_normal(level) * np.sqrt(rest)
        return _cut(value, value - reach, value + reach, np.sqrt(rest), f"{name}, normal")
    doubt = known(pairs.size, pairs.reads, pairs.strata.found).sd ** 2
    scale = np.sqrt(max(0.0, doubt + rest - without) / doubt) if doubt else 0.0
    low, high = (
        value - scale * (plain.value - plain.low),
        value + scale * (plain.high - plain.value),
    )
    note = WORSE if rest > without * (1 + 1e-9) else ""
    return _cut(value, low, high, np.sqrt(rest), f"{name}, mid-p over strata", note)


def _cut(value: float, low: float, high: float, se: float, method: str, note: str = "") -> Estimate:
    value, low, high = (float(min(1.0, max(0.0, end))) for end in (value, low, high))
    return Estimate(value, low, high, float(se), method, note)
