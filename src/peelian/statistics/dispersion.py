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
    variance = 2 * mean + ((1 / share).sum() - areas**2 - 2 * areas + 2) / total
    p = gammaincc(mean**2 / variance, statistic * mean / variance)
    return Dispersion(statistic, mean, float(p))
