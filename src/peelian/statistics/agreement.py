"""How well people who read the same logs agree, and how sure that is.

Codes come as an array (coders, units): one row a coder, one column a log, with nan where a coder
did not read it. Codes are numbers; for nominal codes they are only names.

It is the agreement on the logs that were read. Where logs likely to be so were read more often than
others, as in a planned audit, chance agrees less often than it would on all logs: kappa and alpha
come out higher, as a rule, than they would there, and should be told with how the logs were drawn.
"""

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from peelian.errors import CannotAnswer
from peelian.statistics.intervals import Estimate

Floats = NDArray[np.float64]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
_PAGE = "explanation/corrected-shares"


def krippendorff(codes: ArrayLike, metric: Metric = "nominal") -> float:
    """Return Krippendorff's alpha: agreement beyond chance, whatever is missing.

    >>> krippendorff([[1, 2, 3, 3], [1, 2, 3, 3]])
    1.0

    Args:
        codes: Shape (coders, units), nan where missing.
        metric: How far two codes lie apart: not at all alike, by rank, by distance, or by ratio.

    Raises:
        CannotAnswer: If no unit was coded twice, or all codes are one: then agreement by chance is
            certain, and nothing can be said of it.

    Source:
        Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    counts, values = _counted(codes)
    by_unit = counts.sum(axis=1)
    counts, by_unit = counts[by_unit >= 2], by_unit[by_unit >= 2]
    pairs = (counts / (by_unit - 1)[:, None]).T @ counts
    pairs -= np.diag((counts / (by_unit - 1)[:, None]).sum(axis=0))
    total = pairs.sum(axis=0)
    far = _distance(values, total, metric)
    expected = (np.outer(total, total) * far).sum()
    _refuse_one_code(expected > 0, counts)
    return float(1 - (total.sum() - 1) * (pairs * far).sum() / expected)


def percent(codes: ArrayLike) -> float:
    """Return how often two coders of one unit agree, over all pairs of coders."""
    counts, _ = _counted(codes)
    by_unit = counts.sum(axis=1)
    twice = by_unit >= 2
    _refuse_one_code(bool(twice.any()), counts)
    return float(_alike(counts[twice], by_unit[twice]).mean())


def cohen(codes: ArrayLike) -> float:
    """Return Cohen's (1960) kappa of two coders, over the units both of them read.

    >>> round(cohen([[1, 1, 0, 0], [1, 0, 0, 0]]), 3)
    0.5

    Raises:
        CannotAnswer: If both gave one and the same code throughout.
        ValueError: If there are not two coders.
    """
    table = np.asarray(codes, dtype=float)
    if table.ndim != 2 or len(table) != 2:
        raise ValueError("Cohen's kappa is of two coders")
    one, other = table[:, ~np.isnan(table).any(axis=0)]
    values = np.unique([one, other])
    apart = [np.array([(row == value).mean() for value in values]) for row in (one, other)]
    chance = float(apart[0] @ apart[1]) if one.size else 1.0
    _refuse_one_code(chance < 1, one)
    return float(((one == other).mean() - chance) / (1 - chance))


def fleiss(codes: ArrayLike) -> float:
    """Return Fleiss's (1971) kappa of several coders, who need not be the same for each unit.

    Raises:
        CannotAnswer: If all codes are one.
        ValueError: If units were not all read by as many coders.
    """
    counts, _ = _counted(codes)
    by_unit = counts.sum(axis=1)
    if by_unit.size and not (by_unit == by_unit[0]).all():
        raise ValueError("Fleiss's kappa needs as many codes of each unit; Krippendorff's does not")
    chance = float(((counts.sum(axis=0) / max(1.0, counts.sum())) ** 2).sum())
    _refuse_one_code(by_unit.size > 0 and by_unit[0] >= 2 and chance < 1, counts)
    return float((_alike(counts, by_unit).mean() - chance) / (1 - chance))


def gwet(codes: ArrayLike) -> float:
    """Return Gwet's (2008) AC1, which does not fall where one code is rare.

    Kappa and alpha take nearly all agreement on a rare code for chance. AC1 takes chance to be what
    coders do on the units that are hard, at most a half.

    Raises:
        CannotAnswer: If no unit was coded twice, or there is but one code.
    """
    counts, values = _counted(codes)
    by_unit = counts.sum(axis=1)
    twice = by_unit >= 2
    _refuse_one_code(values.size > 1 and bool(twice.any()), counts)
    share = (counts[by_unit > 0] / by_unit[by_unit > 0][:, None]).mean(axis=0)
    chance = float((share * (1 - share)).sum() / (values.size - 1))
    return float((_alike(counts[twice], by_unit[twice]).mean() - chance) / (1 - chance))


def with_interval(
    measure: Callable[[Floats], float],
    codes: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 1829,
) -> Estimate:
    """Return a measure of agreement with its interval: units drawn again with replacement.

    Args:
        measure: One of this module's.
        codes: Shape (coders, units), nan where missing.
        level: How often the interval shall hold the agreement.
        resamples: How often units are drawn again.
        seed: Where the draws start.

    Raises:
        CannotAnswer: If the measure cannot be taken of the codes, or of more than half of the
            resamples: then too few units show the rarer code.
    """
    table = np.asarray(codes, dtype=float)
    value = measure(table)
    rng = np.random.default_rng(seed)
    drawn, units = [], table.shape[1]
    for _ in range(resamples):
        try:
            drawn.append(measure(table[:, rng.integers(0, units, units)]))
        except CannotAnswer:
            continue
    if 2 * len(drawn) < resamples:
        raise CannotAnswer(
            "Agreement cannot be given an interval: nearly every log got the same code.",
            found=f"{units} logs",
            try_="having more logs read twice, among them more of the rarer kind",
            read=_PAGE,
        )
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    name = getattr(measure, "__name__", "agreement")
    ends = min(float(low), value), max(float(high), value)
    return Estimate(value, *ends, float(np.std(drawn)), f"{name}, bootstrap by unit")


def _counted(codes: ArrayLike) -> tuple[Floats, Floats]:
    """Return how often each unit got each code (units, codes), and the codes."""
    table = np.asarray(codes, dtype=float)
    if table.ndim != 2:
        raise ValueError("codes have the shape (coders, units)")
    values = np.unique(table[~np.isnan(table)])
    return np.stack([(table == value).sum(axis=0) for value in values], axis=1).astype(
        float
    ) if values.size else np.zeros((table.shape[1], 0)), values


def _alike(counts: Floats, by_unit: Floats) -> Floats:
    """Return of each unit how many of its pairs of codes are alike."""
    return ((counts**2).sum(axis=1) - by_unit) / (by_unit * (by_unit - 1))


def _distance(values: Floats, total: Floats, metric: Metric) -> Floats:
    """Return the squared distance between each two codes."""
    if metric not in get_args(Metric):
        raise ValueError(f"no metric {metric!r}: one of {', '.join(get_args(Metric))}")
    apart = values[:, None] - values[None, :]
    if metric == "nominal":
        return (apart != 0).astype(float)
    if metric == "interval":
        return apart**2
    if metric == "ratio":
        both = values[:, None] + values[None, :]
        return np.divide(apart, both, out=np.zeros_like(apart), where=both != 0) ** 2
    rank = np.cumsum(total) - total / 2
    return (rank[:, None] - rank[None, :]) ** 2


def _refuse_one_code(fine: bool, of: Floats) -> None:
    if not fine:
        raise CannotAnswer(
            "Agreement needs logs that were read twice, and more than one code among them.",
            found=f"{len(of)} logs",
            try_="having more logs read by two coders, among them more of the rarer kind",
            read=_PAGE,
        )
