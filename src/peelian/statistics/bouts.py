"""Whether events of one source come in bouts, beyond what rates of their own would give."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.recurrence import Sources

Floats = NDArray[np.float64]
_Z = 1.959963984540054  # 95 in 100, two-sided
_ONE_SIDED, _POWER_OF_80 = 1.6448536269514722, 0.8416212335729143


@dataclass(frozen=True)
class Stretch:
    """A stretch of time within which a source's rate does not change.

    Args:
        sources: How many sources brought how many events in it.
        days: Its days, as whole numbers: shape (days,).
        events: Events of each day, shape (days,); as many in all as the sources brought.
    """

    sources: Sources
    days: NDArray[np.int64]
    events: Floats


@dataclass(frozen=True)
class Bouts:
    """Pairs of events of one source that are close in time, beside what own rates would give.

    Args:
        pairs: Pairs found.
        expected: Their mean if each source kept its own rate through a stretch of time.
        deviation: Their standard deviation then.
        stretches: Stretches of time that were compared within.
    """

    pairs: float
    expected: float
    deviation: float
    stretches: int

    @property
    def ratio(self) -> float:
        """Return how many times as many pairs there are as own rates would give."""
        return self.pairs / self.expected if self.expected else np.nan

    @property
    def low(self) -> float:
        """Return the lower end of what own rates would give, 95 in 100."""
        return max(self.expected - _Z * self.deviation, 0.0)

    @property
    def high(self) -> float:
        """Return the upper end of what own rates would give, 95 in 100."""
        return self.expected + _Z * self.deviation

    @property
    def shown(self) -> bool:
        """Say whether there are more than own rates would give, 1 time in 20."""
        return self.pairs > self.expected + _ONE_SIDED * self.deviation

    @property
    def detectable(self) -> float:
        """Return the ratio that would have been found four times in five."""
        needed = (_ONE_SIDED + _POWER_OF_80) * self.deviation
        return 1 + needed / self.expected if self.expected else np.nan


def bouts(stretches: Sequence[Stretch], pairs: float, *, within: int) -> Bouts:
    """Say whether events of one source bunch in time beyond its own, lasting rate.

    Within a stretch (a month), events of a source with any rate of its own fall on the days as all
    events do: dealing the days out again among the events keeps how often each source comes and how
    busy each day was. The mean and the variance of close pairs over all such deals are those of
    Knox's statistic (Barton and David 1966; Mantel 1967), exactly; sources are whole cliques of
    pairs, so that sums over sizes and over days are all it takes.

    Args:
        stretches: The stretches, such as months.
        pairs: Pairs of one source within a stretch found no more than `within` days apart.
        within: How many days apart is close.

    Assumes:
        A source's rate may change from one stretch to the next, not within one. One event logged
        twice is a pair too.
    """
    mean = variance = 0.0
    used = 0
    for stretch in stretches:
        one_mean, one_variance = _close_pairs(stretch, within)
        mean, variance, used = mean + one_mean, variance + one_variance, used + (one_mean > 0)
    return Bouts(float(pairs), mean, float(np.sqrt(max(variance, 0.0))), used)


def _close_pairs(stretch: Stretch, within: int) -> tuple[float, float]:
    """Return the mean and the variance of close pairs of one source over all deals of the days."""
    sources, days, counts = stretch.sources, stretch.days, stretch.events
    n, m = sources.events, float(counts.sum())
    if m < 4:
        return 0.0, 0.0
    # Edges of either graph, and ordered pairs of edges that share an end.
    ours = float(sources.sources @ (n * (n - 1) / 2))
    ours_joined = float(sources.sources @ (n * (n - 1) * (n - 2)))
    near = np.abs(days[:, None] - days[None, :]) <= within
    degree = near @ counts - 1.0
    close = float(counts @ degree) / 2
    close_joined = float(counts @ (degree * (degree - 1)))
    mean = ours * close / (m * (m - 1) / 2)
    apart = ours * ours - ours - ours_joined
    close_apart = close * close - close - close_joined
    square = (
        mean
        + ours_joined * close_joined / (m * (m - 1) * (m - 2))
        + apart * 4 * close_apart / (m * (m - 1) * (m - 2) * (m - 3))
    )
    return mean, square - mean * mean
