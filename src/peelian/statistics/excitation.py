"""Do events lead to others nearby: how many, with an interval, whatever the background is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from peelian.statistics.clusters import Clusters, Kernel, branching, counted, found, pairs_of
from peelian.statistics.hawkes import Events
from peelian.statistics.lags import Bands, Lagged, lagged

Floats = NDArray[np.float64]
Progress = Callable[[float], None]
_MOST_THETA = 0.95
_ROUNDS = 3
# Cities simulated from one have its places; another city would have others. Over 1,200 made-up
# cities plain intervals held the truth in 91 to 97 of 100, by cell.
_OF_PLACES = 1.1
_BESIDE = 0.06  # of theta: how far beside it cities are simulated


@dataclass(frozen=True, slots=True)
class Excitation:
    """How far events lead to others, as pairs at short lags tell it.

    Args:
        theta: The branching ratio: how many events one leads to directly, on average.
        low: The lower end of its interval, 0 or above.
        high: The upper end.
        kernel: How soon and how near what one event leads to directly is.
        clusters: Pairs beyond chance as they were counted, and how soon and near these are.
        p: How often dealt-out dates give an excess as far out, at any lag and distance.
        drift: How many more pairs there are some weeks apart than twice as many weeks apart, in
            standard deviations over dealt-out dates: large where places wax and wane by themselves.
        undrifted: The branching ratio if pairs of short lags had more by such waning, too.
        table: The pairs.
        bands: Their bands.
    """

    theta: float
    low: float
    high: float
    kernel: Kernel
    clusters: Clusters
    p: float
    drift: float
    undrifted: float
    table: Lagged
    bands: Bands


def excitation(
    events: Events,
    bands: Bands,
    *,
    deals: int = 199,
    runs: int = 99,
    level: float = 0.95,
    seed: int = 1829,
    progress: Progress = lambda _: None,
) -> Excitation:
    """How many events does one lead to, by pairs closer in time than hot spots make them?

    Close pairs of short lags are set against close pairs some weeks longer apart, so any background
    that stays as it is, or goes by the week, cancels out: no bandwidth is chosen. What then is as
    common at every lag looked at comes of places that wax and wane, and is left out. What is left
    are pairs that fall off with the lag. The branching ratio that makes as many is found by
    simulation: cities with the same places, their dates dealt out, in which a share of events is
    taken away and put back as followers of the others. The interval holds the ratios under which
    the pairs found would not be unusual.

    Args:
        events: The events.
        bands: The distances and lags looked at.
        deals: How often dates are dealt out for `p`.
        runs: How many cities are simulated for the interval.
        level: Of the interval.
        seed: For both.
        progress: Told the share of the work done.

    Raises:
        ValueError: The time looked at is shorter than the lags that are compared.

    Assumes:
        What makes a place busy lasts longer than the lags looked at, or comes round by the week;
        what one event leads to falls off within them; both are the same everywhere. Of delays with
        a tail so heavy that it hardly falls off, the tail is not counted.

    Cannot show:
        Whether one event causes another: a cause of several days' standing at one place, such as a
        festival or an active group, makes the same pairs.
    """
    if events.days < bands.until:
        raise ValueError("a time looked at as long as the lags that are compared")
    rng = np.random.default_rng(seed)
    steps, done = deals + runs + _ROUNDS * _tuning(runs), 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(min(done / steps, 1.0))

    table = lagged(events, bands)
    here = found(table, bands, len(events))
    p, drift = _against_deals(events, bands, table, deals, rng, step)
    cities = _Cities(events, bands, here.kernel, rng, step)
    theta, kernel = _tuned(cities, here, _tuning(runs))
    theta, low, high = _interval(cities, here, theta, kernel, runs, level)
    waned = counted(table.extrapolated(bands), len(events), here.kernel.shares(bands))
    return Excitation(
        theta=theta,
        low=0.0 if p > (1 - level) / 2 else low,  # dealt-out dates are cities whose ratio is 0
        high=high,
        kernel=kernel,
        clusters=here,
        p=p,
        drift=drift,
        undrifted=theta + branching(waned) - branching(here.pairs),
        table=table,
        bands=bands,
    )


def dealt(events: Events, rng: np.random.Generator) -> Events:
    """Return the events with their dates dealt out among their places."""
    return Events.of(events.x, events.y, rng.permutation(events.t), events.days, events.box)


def simulated(
    events: Events, theta: float, kernel: Kernel, tick: float, rng: np.random.Generator
) -> Events:
    """Return a city like this one in which one event leads to `theta` others.

    A share of theta of the events is taken away; the others have their dates dealt out, and lead to
    events, and these to others, until none is left. What falls outside is lost, as it is in fact.

    Args:
        events: The events.
        theta: The branching ratio.
        kernel: How soon and how near.
        tick: The days to which times are known.
        rng: The generator.
    """
    kept = rng.permutation(len(events))[: max(round(len(events) * (1 - theta)), 2)]
    left, bottom, right, top = events.box
    x, y = events.x[kept], events.y[kept]
    t = rng.permutation(events.t[kept])
    exact = t + rng.uniform(0, tick, len(t)) if tick else t
    born = [(x, y, exact)]
    while len(x):
        parent = np.repeat(np.arange(len(x)), rng.poisson(theta, len(x)))
        later, east, north = kernel.drawn(len(parent), rng)
        x, y, exact = x[parent] + east, y[parent] + north, exact[parent] + later
        inside = (exact < events.days) & (x >= left) & (x <= right) & (y >= bottom) & (y <= top)
        x, y, exact = x[inside], y[inside], exact[inside]
        born.append((x, y, exact))
    x, y, exact = (np.concatenate(part) for part in zip(*born, strict=True))
    t = np.floor(exact / tick + 1e-9) * tick if tick else exact
    return Events.of(x, y, t, events.days, events.box)


def _against_deals(
    events: Events,
    bands: Bands,
    table: Lagged,
    deals: int,
    rng: np.random.Generator,
    step: Callable[[], None],
) -> tuple[float, float]:
    """Return how often dealt-out dates are as far out, and how far out the drift is."""
    tables = [table]
    for _ in range(deals):
        tables.append(lagged(dealt(events, rng), bands))
        step()
    far = np.stack([one.excess.cumsum(axis=0).cumsum(axis=1) for one in tables])
    spread = far[1:].std(axis=0, ddof=1)
    out = np.where(spread > 0, far / np.where(spread > 0, spread, 1.0), 0.0).max(axis=(1, 2))
    drift = np.array([one.drift for one in tables])
    return (
        float(((out[1:] >= out[0]).sum() + 1) / (deals + 1)),
        float((drift[0] - drift[1:].mean()) / max(drift[1:].std(ddof=1), 1e-12)),
    )


@dataclass(frozen=True, slots=True)
class _Cities:
    """Cities like one, in which one event leads to a number of others.

    Args:
        events: Those of the city.
        bands: The distances and lags looked at.
        like: A kernel to start looking from.
        rng: The generator.
        step: Called after each.
    """

    events: Events
    bands: Bands
    like: Kernel
    rng: np.random.Generator
    step: Callable[[], None]

    def one(self, theta: float, kernel: Kernel) -> Clusters:
        """Simulate a city, and read its pairs beyond chance."""
        city = simulated(self.events, theta, kernel, self.bands.tick, self.rng)
        self.step()
        return found(lagged(city, self.bands), self.bands, len(city), self.like)


def _tuning(runs: int) -> int:
    return max(runs // 6, 6)


def _tuned(cities: _Cities, here: Clusters, each: int) -> tuple[float, Kernel]:
    """Find the ratio and the kernel under which simulated cities have the pairs that were found."""
    theta = min(max(branching(here.pairs), 0.0), _MOST_THETA)
    seen = here.kernel
    kernel = Kernel(seen.days * (1 - 0.75 * theta), seen.metres * (1 - 0.4 * theta), seen.tails)
    if here.pairs <= 0:
        return theta, kernel
    for _ in range(_ROUNDS):
        made = [cities.one(theta, kernel) for _ in range(each)]
        pairs = float(np.mean([one.pairs for one in made]))
        wanted = pairs_of(theta) * here.pairs / max(pairs, here.pairs / 4)
        theta = min(max(branching(wanted), 0.0), _MOST_THETA)
        halves = np.median([one.kernel.half() for one in made], axis=0)
        sooner, nearer = np.clip(np.array(seen.half()) / halves, 0.7, 1.4)
        kernel = Kernel(float(kernel.days * sooner), float(kernel.metres * nearer), kernel.tails)
    return theta, kernel


def _interval(
    cities: _Cities, here: Clusters, theta: float, kernel: Kernel, runs: int, level: float
) -> tuple[float, float, float]:
    """Return the ratio at which the pairs found are in the middle, and where they are unusual."""
    grid = np.array([theta - _BESIDE, theta, theta + _BESIDE])
    grid = np.clip(grid + max(0.0, -grid[0]), 0.0, _MOST_THETA)
    at = np.repeat(grid, -(-runs // len(grid)))
    seen = np.array([branching(cities.one(float(ratio), kernel).pairs) for ratio in at])
    slope, rise = np.polyfit(at, seen, 1)
    slope = max(float(slope), 0.5)
    spread = float(np.std(seen - rise - slope * at, ddof=2))
    middle = float((branching(here.pairs) - rise) / slope)
    wide = _OF_PLACES * float(student.ppf((1 + level) / 2, len(at) - 2)) * spread / slope
    return (
        float(np.clip(middle, 0, 1)),
        max(middle - wide, 0.0),
        float(np.clip(middle + wide, 0, 1)),
    )
