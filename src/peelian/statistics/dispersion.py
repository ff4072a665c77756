"""Do areas differ more than chance would make them, if all had one rate?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How far counts lie from one rate for all.

    Args:
        statistic: Pearson's chi-squared of the counts about their shares of the total.
        expected: What chance alone would make it.
        p: How often chance alone would make it as large.
    """

    statistic: float
    expected: float
    p: float


def dispersion(counts: ArrayLike, exposure: ArrayLike) -> Dispersion:
    """Return how far areas' counts lie from one rate for all, and how often chance does as much.

    Given the total, counts at one rate are multinomial; the statistic's exact mean and variance
    then follow (Haldane 1937), and a Gamma with both stands for its distribution. Unlike the usual
    chi-squared it holds where many areas expect fewer than five events.

    Args:
        counts: Events in each area.
        exposure: What they are counted against; above zero.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    total, areas = y.sum(), y.size
    if areas < 2 or not total:
        return Dispersion(0.0, 0.0, 1.0)
    share = n / n.sum()
    expected = total * share
    statistic = float(((y - expected) ** 2 / expected).sum())
    mean = areas - 1.0
    variance = chance_variance(total, n)
    if not variance:  # one event among two like areas: the statistic can have but one value
        return Dispersion(statistic, mean, 1.0)
    p = gammaincc(mean**2 / variance, statistic * mean / variance)
    return Dispersion(statistic, mean, float(p))


def chance_variance(total: float, exposure: ArrayLike) -> float:
    """Return the variance of Pearson's chi-squared if areas share so many events at one rate.

    >>> chance_variance(1000, [1.0, 1.0, 1.0])
    3.996

    Args:
        total: Events altogether.
        exposure: What they are counted against in each area; above zero.
    """
    n = np.asarray(exposure, dtype=float)
    if not total:
        return 0.0
    areas = n.size
    sparse = (n.sum() / n).sum() - areas**2 - 2 * areas + 2
    return float(max(0.0, 2 * (areas - 1) + sparse / total))
