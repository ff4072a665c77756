"""Close pairs of events by distance and lag, beside pairs too far apart in time to matter."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.hawkes import Events, laid
from peelian.statistics.kernels_lags import count_below, count_lags

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CYCLE = 7.0  # days: weekdays and hours come round
_CYCLES = 8
_BRIEF = 0.25  # days
_ABOVE = 1e-8  # days: so that a lag at a limit is below it


@dataclass(frozen=True, slots=True)
class Bands:
    """How pairs are counted.

    Args:
        metres: Edges of the bands of distance, rising from 0.
        days: Edges of the bins of lags in days, rising from 0.
        tick: The days to which times are known: 1 for whole days, 0 where they are exact.
    """

    metres: Floats
    days: Floats
    tick: float

    @classmethod
    def of(cls, furthest: float, longest: float, tick: float, nearest: float = 0.0) -> "Bands":
        """Return bands that double every second step, from the smallest that can be told apart.

        Args:
            furthest: The furthest distance, in metres.
            longest: The longest lag, in days.
            tick: The days to which times are known.
            nearest: The metres to which places are known.
        """
        least = max(nearest, furthest / 32)
        steps = int(np.floor(2 * np.log2(furthest / least))) if furthest > least else 0
        metres = furthest * 2.0 ** (-np.arange(steps, -1, -1) / 2)
        first = max(tick, longest / 2**15)
        halvings = int(np.floor(2 * np.log2(longest / first)))
        days = longest * 2.0 ** (-np.arange(halvings, -1, -1) / 2)
        if tick:
            days = np.unique(np.maximum(np.rint(days / tick), 1)) * tick
        return cls(np.concatenate([[0.0], metres]), np.concatenate([[0.0], days]), tick)

    @property
    def longest(self) -> float:
        """The longest lag, in days."""
        return float(self.days[-1])

    @property
    def middle(self) -> float:
        """Where the first half of the lags ends with which those that matter are compared."""
        return self.longest + _CYCLES / 2 * CYCLE

    @property
    def until(self) -> float:
        """Where the lags end with which those that matter are compared."""
        return self.longest + _CYCLES * CYCLE

    @property
    def of_week(self) -> NDArray[np.bool_]:
        """Which bins are compared with lags of the same place in the week: shape (bins,)."""
        return self.days[1:] <= CYCLE / 2

    @property
    def brief(self) -> NDArray[np.intp]:
        """The bins so short that they are compared with one and the same part of the day."""
        return np.flatnonzero(self.days[1:] <= _BRIEF)


@dataclass(frozen=True, slots=True)
class Lagged:
    """Pairs by distance (rows) and lag (columns).

    Args:
        near: Those with lags that matter: shape (bands, bins).
        control: Those of longer lags, of the same place in the week where bins are short, with
            which each is compared.
        share: How many pairs of the bin's lag there are in all, near or not, for one of the
            control's: shape (bins,).
        waning: How many more near pairs of the control are of its first half than of its second,
            by distance, each for one pair of all in that half: shape (bands,).
        alike: Pairs of the bin's lag, near or not: shape (bins,).
    """

    near: Floats
    control: Floats
    share: Floats
    waning: Floats
    alike: Floats

    @property
    def expected(self) -> Floats:
        """How many would be near if events did not know of one another."""
        return self.control * self.share

    @property
    def excess(self) -> Floats:
        """How many more there are."""
        return self.near - self.expected

    @property
    def variance(self) -> Floats:
        """About how far the excess varies, where events do not know of one another, squared."""
        return np.maximum(self.expected, 0.5) * (1 + self.share)

    @property
    def by_lag(self) -> Floats:
        """How pairs of every band would be spread over lags if none mattered: adds up to 1."""
        return self.alike / max(float(self.alike.sum()), 1.0)

    @property
    def drift(self) -> float:
        """How many more close pairs there are than if waning went on as it does at long lags."""
        return float(self.waning.sum() * self.alike.sum())

    def extrapolated(self, bands: Bands) -> "Lagged":
        """Return the table with what is expected at short lags raised by how pairs wane at long.

        Places that wax and wane over months have more pairs some weeks apart than twice as many
        weeks apart; on a straight line, there are more still at short lags.

        Args:
            bands: Its bands.
        """
        away = (bands.middle - bands.days[1:]) / (bands.middle - bands.longest)
        more = self.waning[:, None] * (away * self.alike)[None, :]
        share = np.where(self.share > 0, self.share, np.inf)
        return replace(self, control=np.maximum(self.control + more / share, 0.0))


def lagged(events: Events, bands: Bands) -> Lagged:
    """Count close pairs of events by lag, and those some weeks longer apart.

    A hot spot makes pairs of every lag; a day or an hour that is busier in one place than in
    another makes pairs of whole weeks as well. What one event leads to makes pairs of short lags
    alone. So pairs of short lags are set against those whose lag is longer by whole weeks.

    Args:
        events: The events.
        bands: The bands.
    """
    grid = laid(events, float(bands.metres[-1]))
    shape = (len(bands.metres) - 1, len(bands.days) - 1)
    near = np.zeros(shape, np.int64)
    early, late = np.zeros((2, shape[0], shape[1] + 1), np.int64)
    ends = bands.longest, bands.middle, bands.until
    edges = np.append(bands.days, bands.until)
    count_lags(grid, bands.metres**2, edges, *ends, CYCLE, near, early, late)
    phased = early + late
    held = phased.sum(axis=1)
    phased[:, bands.brief] = phased[:, bands.brief].sum(axis=1, keepdims=True)
    control = np.where(bands.of_week, phased[:, :-1], held[:, None])
    alike, compared, halves = _of_all(events.t, bands)
    waning = early.sum(axis=1) / max(halves[0], 1) - late.sum(axis=1) / max(halves[1], 1)
    share = alike / np.maximum(compared, 1)
    return Lagged(near.astype(float), control.astype(float), share, waning, alike.astype(float))


def _of_all(t: Floats, bands: Bands) -> tuple[Ints, Ints, Ints]:
    """Count all pairs by bin of lags, in the lags each is compared with, and in their halves."""
    weeks = CYCLE * np.arange(int(bands.longest // CYCLE), int(bands.until // CYCLE) + 2)
    short = bands.days[np.append(True, bands.of_week & (bands.days[1:] > _BRIEF))]
    if len(bands.brief):  # these are one bin
        short = np.insert(short, 1, bands.days[len(bands.brief)])
    low, high = short[:-1, None], short[1:, None]
    later = np.stack([weeks + low, weeks + high])
    # a lag short of whole weeks belongs to the bin by how short it falls: its ends swap places
    sooner = np.stack([weeks - high + _ABOVE, weeks - low + np.where(low > 0, _ABOVE, 0.0)])
    both = np.clip(np.stack([later, sooner]), bands.longest, bands.until)
    ends = np.array([bands.longest, bands.middle, bands.until])
    limits = np.unique(np.concatenate([bands.days, ends, both.ravel()]))
    below = np.zeros(len(limits), np.int64)
    count_below(t, limits, below)

    def until(days: Floats) -> Ints:
        return below[np.searchsorted(limits, days)]

    alike = np.diff(until(bands.days))
    by_week = (until(both[:, 1]) - until(both[:, 0])).sum(axis=(0, 2))
    halves = np.diff(until(ends))
    compared = np.full(len(alike), halves.sum())
    compared[: len(bands.brief)] = by_week[0] if len(by_week) else 0
    compared[len(bands.brief) : bands.of_week.sum()] = by_week[int(len(bands.brief) > 0) :]
    return alike, compared, halves
