"""Forecasts as surfaces over a map, from events one by one: kernel density and self-excitation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.density import held_out_bandwidth, least_bandwidth
from peelian.statistics.hawkes import Events, fit, smooth
from peelian.statistics.turned_grid import Turned

Floats = NDArray[np.float64]
LONGEST_DELAY = 30.0  # days: beyond, slow changes of where events lie pass for excitement
_BANDWIDTHS = (100.0, 150.0, 225.0, 340.0, 500.0, 750.0, 1100.0, 1700.0)
_PARTS = 5
_FIRST_ROUNDS, _ROUNDS = 60, 4


@dataclass(frozen=True, slots=True)
class Layer:
    """Points that weigh, each spread out by the same Gaussian: adds up to expected events.

    Args:
        x: Eastings in metres.
        y: Northings.
        weight: Events expected of each.
        width: The Gaussian's standard deviation, in metres.
    """

    x: Floats
    y: Floats
    weight: Floats
    width: float


def over(layers: Iterable[Layer], grid: Turned) -> Floats:
    """Return how many events layers expect in each cell: shape (units,)."""
    found = np.zeros(len(grid))
    for layer in layers:
        found += grid.spread(layer.x, layer.y, layer.weight, layer.width)
    return found


def bandwidth_of(x: Floats, y: Floats, days: Floats) -> float:
    """Choose a bandwidth under which stretches of time left out are likeliest.

    Args:
        x: Eastings in metres of events before any that is to be forecast.
        y: Northings.
        days: When they were: stretches of it are left out in turn, and an event with those that
            it may have led to.
    """
    order = np.argsort(days, kind="stable")
    part = np.empty(len(days), np.int64)
    part[order] = np.arange(len(days)) * _PARTS // len(days)
    least = least_bandwidth(x, y)
    tried = [one for one in _BANDWIDTHS if one >= least] or [least]
    return held_out_bandwidth(x, y, part, tried)[0]


def density_layers(
    x: Floats, y: Floats, days: Floats, origins: Iterable[float], horizon: float, bandwidth: float
) -> Iterator[tuple[Layer, ...]]:
    """Yield the kernel density of all events before each origin, as events expected after it.

    Args:
        x: Eastings in metres.
        y: Northings.
        days: Since records begin.
        origins: Days on which forecasts are made.
        horizon: How many days each is for.
        bandwidth: Of the Gaussian, in metres.
    """
    for origin in origins:
        before = days < origin
        weight = np.full(int(before.sum()), horizon / origin)
        yield (Layer(x[before], y[before], weight, bandwidth),)


@dataclass(frozen=True, slots=True)
class Excited:
    """What a self-exciting process was last fitted to be.

    Args:
        theta: Events that one event leads to, on average.
        delay: How long after, in days, on average.
        spread: How far away, in metres.
    """

    theta: float
    delay: float
    spread: float


def excited_layers(
    x: Floats, y: Floats, days: Floats, origins: Iterable[float], horizon: float, bandwidth: float
) -> Iterator[tuple[Excited, tuple[Layer, ...]]]:
    """Yield what a self-exciting process expects after each origin, fitted to events before it.

    A background by kernels (each event by its chance of not being led to by another), and what
    events before the origin still lead to within the horizon. Each fit begins where the last one
    ended and takes a few rounds more, since a week changes little. The delay is bounded to a
    month and the spread to the background's bandwidth: beyond, the one would take slow changes
    for excitement, and the other would be the background under another name.

    Args:
        x: Eastings in metres.
        y: Northings.
        days: Since records begin.
        origins: Days on which forecasts are made, rising.
        horizon: How many days each is for.
        bandwidth: Of the background, in metres.

    Cannot show:
        Events that those of the horizon itself lead to within it: those of one generation alone
        are counted.
    """
    last = Excited(0.1, 7.0, bandwidth / 3)
    for number, origin in enumerate(origins):
        before = days < origin
        # the middle of the day, so that events of the day before lie half a day back and more
        held = Events.of(x[before], y[before], days[before] + 0.5, origin)
        found = fit(
            held,
            smooth(held, bandwidth),
            start=(last.theta, last.delay, last.spread),
            rounds=_ROUNDS if number else _FIRST_ROUNDS,
            longest=LONGEST_DELAY,
            furthest=bandwidth,
        )
        last = Excited(found.theta, found.mean_days, found.spread)
        ago = origin - held.t
        still = np.exp(-ago / last.delay) - np.exp(-(ago + horizon) / last.delay)
        yield (
            last,
            (
                Layer(held.x, held.y, (1 - found.excited) * horizon / origin, bandwidth),
                Layer(held.x, held.y, last.theta * still, last.spread),
            ),
        )
