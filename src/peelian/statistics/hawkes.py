"""Do events excite others nearby for a while: a space-time Hawkes process, fitted by EM."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from peelian.statistics.density import Smooth
from peelian.statistics.kernels_hawkes import Grid, expect

Floats = NDArray[np.float64]
Background = Callable[[Floats], Floats]
_LONGEST, _FURTHEST = 7.0, 4.5  # means and standard deviations: .1 % of an exponential lies beyond
_STEADY = 1e-4
_LEAST_THETA, _MOST_THETA = 1e-6, 0.999


@dataclass(frozen=True, slots=True)
class Events:
    """Where and when events were, in order of time.

    Args:
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        t: Days since the beginning of the time looked at.
        days: How long that is.
        box: The rectangle looked at: its left, bottom, right and top.
    """

    x: Floats
    y: Floats
    t: Floats
    days: float
    box: tuple[float, float, float, float]

    @classmethod
    def of(
        cls,
        x: Floats,
        y: Floats,
        t: Floats,
        days: float,
        box: tuple[float, float, float, float] | None = None,
    ) -> "Events":
        """Return events put in order of time.

        Args:
            x: Eastings in metres.
            y: Northings in metres.
            t: Days since the beginning.
            days: How long was looked at.
            box: What was looked at; the rectangle round the events if not given.

        Raises:
            ValueError: There are fewer than two events, or a number is not finite or outside.
        """
        if len(t) < 2 or not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise ValueError("there are two events or more, each with a place")
        if not np.isfinite(t).all() or t.min() < 0 or t.max() > days:
            raise ValueError("each event lies in the time looked at")
        order = np.argsort(t, kind="stable")
        box = box or (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        return cls(x[order], y[order], t[order], float(days), box)

    def __len__(self) -> int:
        return len(self.t)

    @property
    def area(self) -> float:
        """The square metres looked at."""
        left, bottom, right, top = self.box
        return max(right - left, 1.0) * max(top - bottom, 1.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted process.

    Args:
        theta: The branching ratio: how many events one event leads to, on average.
        mean_days: How long after, on average.
        spread: How far away: the standard deviation along each axis, in metres.
        background: The density of events that no other led to, at each event: shape (events,).
        excited: The chance that each event was led to by another.
        likelihood: Its logarithm.
        rounds: Rounds of EM.
    """

    theta: float
    mean_days: float
    spread: float
    background: Floats
    excited: Floats
    likelihood: float
    rounds: int


def even(events: Events) -> Background:
    """Return a background that is the same everywhere: far too smooth, and shown for that."""

    def density(weight: Floats) -> Floats:
        return np.full(len(events), weight.sum() / (events.area * events.days))

    return density


def smooth(events: Events, bandwidth: float) -> Background:
    """Return a background by Gaussian kernels over the events.

    Each is weighted by its chance of being of the background, and none counts for itself.

    Args:
        events: The events.
        bandwidth: In metres.
    """
    sums = Smooth(events.x, events.y, bandwidth)
    itself = sums.itself()
    least = 1e-3 * len(events) / (events.area * events.days)

    def density(weight: Floats) -> Floats:
        others = (sums.at_events(weight) - weight * itself) / events.days
        return np.maximum(others, least)

    return density


def by_cells(events: Events, cell: NDArray[np.int64], area: Floats) -> Background:
    """Return a background that is even within cells, such as areas alike in what they hold.

    Args:
        events: The events.
        cell: The cell of each event.
        area: The square metres of each cell.
    """

    def density(weight: Floats) -> Floats:
        return (np.bincount(cell, weight, minlength=len(area)) / area)[cell] / events.days

    return density


def fit(
    events: Events,
    background: Background,
    *,
    start: tuple[float, float, float] = (0.2, 7.0, 200.0),
    rounds: int = 200,
    longest: float = np.inf,
    furthest: float = np.inf,
    theta: float | None = None,
) -> Fit:
    """Fit a branching ratio, a mean delay and a spread beside a background, by EM.

    Each event excites the density of events after it by theta times an exponential of time and a
    Gaussian of place (Mohler and others, 2011; Zhuang, Ogata and Vere-Jones, 2002). What falls
    outside the time and the rectangle looked at is allowed for.

    Args:
        events: The events.
        background: Gives the background's density at events from their chances of being of it.
        start: Theta, mean delay in days and spread in metres to start from.
        rounds: At most so many rounds.
        longest: The mean delay may grow to so many days; beyond, slow changes of the background
            would be taken for excitement.
        furthest: The spread may grow to so many metres, likewise.
        theta: Held at this, instead of fitted.

    Assumes:
        The background does not change over time, and excitement is the same everywhere.
    """
    held = None if theta is None else float(np.clip(theta, _LEAST_THETA, _MOST_THETA))
    theta, delay, spread = start[0] if held is None else held, *start[1:]
    excited, likelihood = np.full(len(events), 0.2), -np.inf
    density = background(1 - excited)
    grid = None
    done = 0
    for done in range(1, rounds + 1):  # noqa: B007  (told with the fit)
        if grid is None or grid.outgrown(spread):
            grid = _Laid(events, spread)
        before = (theta, delay, spread)
        sums = grid.expect(density, theta, delay, spread, excited)
        inside = _inside(events, delay, spread)
        if held is None:
            theta = float(np.clip(sums[0] / inside.sum(), _LEAST_THETA, _MOST_THETA))
        left = events.days - events.t
        later = theta * (left * np.exp(-left / delay)).sum()
        delay = min(max((sums[1] + later) / max(sums[0], 1e-12), 1e-6), longest)
        spread = min(max(np.sqrt(sums[2] / (2 * max(sums[0], 1e-12))), 1e-3), furthest)
        density = background(1 - excited)
        likelihood = sums[3] - (1 - excited).sum() - theta * inside.sum()
        moved = np.abs(np.log(np.array((theta, delay, spread)) / before))
        if (theta < 1e-3 and moved[0] < 1e-2) or moved.max() < _STEADY:
            break
    return Fit(theta, delay, float(spread), density, excited, float(likelihood), done)


def _inside(events: Events, delay: float, spread: float) -> Floats:
    """Return the share of each event's excitement that falls in what was looked at."""
    left, bottom, right, top = events.box
    share = 1 - np.exp(-(events.days - events.t) / delay)
    for v, low, high in ((events.x, left, right), (events.y, bottom, top)):
        share *= ndtr((high - v) / spread) - ndtr((low - v) / spread)
    return share


def laid(events: Events, reach: float) -> Grid:
    """Return events sorted into cells so large that those within reach lie in cells that touch.

    Args:
        events: The events.
        reach: In metres.
    """
    return _laid(events, reach)[0]


def _laid(events: Events, reach: float) -> tuple[Grid, NDArray[np.int64]]:
    left, bottom, right, top = events.box
    side = max(reach, np.sqrt(events.area / 1e6))
    columns, rows = int((right - left) // side) + 1, int((top - bottom) // side) + 1
    column = np.clip(((events.x - left) // side).astype(np.int64), 0, columns - 1)
    row = np.clip(((events.y - bottom) // side).astype(np.int64), 0, rows - 1)
    cell = row * columns + column
    order = np.lexsort((events.t, cell))
    begin = np.searchsorted(cell[order], np.arange(columns * rows + 1))
    x, y, t = (v[order] for v in (events.x, events.y, events.t))
    return Grid(x, y, t, begin, column[order], row[order], columns, rows), order


class _Laid:
    """A grid laid over events for a spread, that serves until the spread has grown past it."""

    def __init__(self, events: Events, spread: float) -> None:
        self.reach = 1.25 * _FURTHEST * spread
        self.grid, self.order = _laid(events, self.reach)

    def outgrown(self, spread: float) -> bool:
        """Whether the spread now reaches too far, or so little that cells are far too large."""
        return not 0.5 * self.reach <= 1.25 * _FURTHEST * spread <= 1.25 * self.reach

    def expect(
        self, density: Floats, theta: float, delay: float, spread: float, excited: Floats
    ) -> tuple[float, float, float, float]:
        """Run one E-step; write the chances in the events' own order."""
        found = np.empty(len(excited))
        far = min(_FURTHEST * spread, self.reach)
        sums = expect(
            self.grid, density[self.order], theta, 1 / delay, spread, _LONGEST * delay, far**2,
            found,
        )  # fmt: skip
        excited[self.order] = found
        return sums
