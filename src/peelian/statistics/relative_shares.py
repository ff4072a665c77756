"""A group's share of an amount beside its share of the records: their ratio, with its interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_Z = 1.959963984540054  # 95 in 100, two-sided
_FEWEST = 10  # of fewer records in a group, linearising says nothing


@dataclass(frozen=True)
class Relative:
    """Ratios of shares, one a group.

    Args:
        records: Share of the records.
        amount: Share of the amount.
        ratio: The second over the first: the group's mean over the mean of all.
        low: Lower end of its 95% interval; NaN where too few records tell.
        high: Upper end.
    """

    records: Floats
    amount: Floats
    ratio: Floats
    low: Floats
    high: Floats


def relative_shares(records: ArrayLike, amount: ArrayLike, squares: ArrayLike) -> Relative:
    """Set each group's share of an amount beside its share of the records.

    The variance of the ratio's logarithm is that of its linearised residual (Särndal, Swensson and
    Wretman 1992, section 5.5), which needs no records but their number, sum and sum of squares in
    each group. Groups are parts of one whole, so the whole's mean moves with each.

    >>> found = relative_shares([60, 40], [60.0, 240.0], [120.0, 2000.0])
    >>> found.ratio.round(3).tolist()
    [0.333, 2.0]

    Args:
        records: How many records each group has, shape (groups,).
        amount: The sum of their amounts, shape (groups,).
        squares: The sum of the squares of their amounts, shape (groups,).

    Assumes:
        Records are independent draws: incidents that come together make it too narrow.
    """
    n, total, square = (np.asarray(values, dtype=float) for values in (records, amount, squares))
    all_n, all_total, all_square = n.sum(), total.sum(), square.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        p, mine, mean = n / all_n, total / all_n, all_total / all_n
        ratio = (mine / mean) / p
        variance = (
            square / all_n / mine**2
            + all_square / all_n / mean**2
            - 2 * square / all_n / (mine * mean)
            - 1 / p
            + 2 * mine / (mean * p)
            - 1
        )
        spread = np.exp(_Z * np.sqrt(np.maximum(variance, 0) / all_n))
        told = (n >= _FEWEST) & (mine > 0)
        low, high = np.where(told, ratio / spread, np.nan), np.where(told, ratio * spread, np.nan)
    return Relative(p, total / all_total if all_total else np.zeros(len(n)), ratio, low, high)
