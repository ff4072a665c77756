"""What a self-exciting process says beside one background after another, and by chance alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from peelian.statistics.density import held_out_bandwidth, least_bandwidth
from peelian.statistics.hawkes import Background, Events, Fit, even, fit, smooth
from peelian.statistics.residuals import without_excitement

Floats = NDArray[np.float64]
Made = Callable[[Events], Background]
_PARTS = 6  # stretches of time left out in turn
_LEAST_BANDWIDTH = 100.0  # metres
_MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Rung:
    """A process beside one background, and beside the same with the dates dealt out.

    Args:
        name: The background.
        bandwidth: In metres; not a number where it is not smoothed.
        fit: The process.
        gain: By how much its log-likelihood is above that of nobody exciting anybody.
        dealt_theta: Branching ratios with dates dealt out over the places: shape (deals,).
        dealt_gain: The gains of these.
    """

    name: str
    bandwidth: float
    fit: Fit
    gain: float
    dealt_theta: Floats
    dealt_gain: Floats

    @property
    def p(self) -> float:
        """How often dealt-out dates gain as much; at least 1 / (deals + 1)."""
        return float((1 + (self.dealt_gain >= self.gain).sum()) / (1 + len(self.dealt_gain)))


@dataclass(frozen=True, slots=True)
class Profile:
    """How likely each branching ratio is, everything else being the best beside it.

    Args:
        theta: From nought: shape (steps,).
        likelihood: The logarithm, less that of the best: shape (steps,).
        drop: How far it may drop within the interval.
    """

    theta: Floats
    likelihood: Floats
    drop: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return where the likelihood is within the drop of the best, by straight lines."""
        best = int(np.argmax(self.likelihood))
        over = self.likelihood + self.drop
        low = high = self.theta[best]
        for k in range(best, 0, -1):
            if over[k - 1] < 0:
                low = np.interp(0, over[k - 1 : k + 1], self.theta[k - 1 : k + 1])
                break
            low = self.theta[k - 1]
        for k in range(best, len(over) - 1):
            if over[k + 1] < 0:
                high = np.interp(0, over[k : k + 2][::-1], self.theta[k : k + 2][::-1])
                break
            high = self.theta[k + 1]
        return float(low), float(high)


def best_bandwidth(events: Events) -> float:
    """Return the bandwidth under which events of one stretch of time are likeliest by the others.

    Args:
        events: The events.
    """
    left, bottom, right, top = events.box
    # twice what a lattice takes, so that half of it is taken too
    least = max(_LEAST_BANDWIDTH, 2 * least_bandwidth(events.x, events.y))
    most = max(min(right - left, top - bottom) / 4, least)
    steps = int(np.floor(2 * np.log2(most / least))) + 1
    tried = least * 2 ** (np.arange(steps) / 2)
    part = np.minimum((events.t / events.days * _PARTS).astype(np.int64), _PARTS - 1)
    return held_out_bandwidth(events.x, events.y, part, tried.tolist())[0]


def rungs(  # noqa: PLR0913  (settings go by name)
    events: Events,
    bandwidth: float,
    *,
    covariates: Mapping[str, Made] | None = None,
    only: tuple[str, ...] = (),
    start: tuple[float, float, float] = (0.2, 7.0, 200.0),
    longest: float = 30.0,
    deals: int = 5,
    seed: int = 1829,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[Rung, ...]:
    """Fit a process beside an even background, a smoothed one, one half as smooth, and others.

    Each is fitted again with dates dealt out over the places, which keeps all places and all dates
    and breaks what one event leads to. Beside a background that is too smooth, or smoothed from
    the events themselves, that gives a branching ratio above nought too: it is what the ratio of
    the events as they are is set against.

    Args:
        events: The events.
        bandwidth: Of the smoothed background, in metres.
        covariates: Other backgrounds, by name, each made from events in their order.
        only: The names of the rungs wanted; all if not given.
        start: Theta, mean delay in days and spread in metres to start from.
        longest: The mean delay may grow to so many days.
        deals: How often dates are dealt out.
        seed: For the deals.
        progress: Told the share of the work done.

    Source:
        The ladder of backgrounds after Reinhart and Greenhouse (2018); the deals are Knox's.
    """
    made: dict[str, tuple[float, Made]] = {"even": (np.nan, even)}
    for name, metres in (("smoothed", bandwidth), ("half as smooth", bandwidth / 2)):
        made[name] = (metres, lambda events, metres=metres: smooth(events, metres))
    made |= {name: (np.nan, make) for name, make in (covariates or {}).items()}
    made = {name: one for name, one in made.items() if name in only or not only}
    found = []
    for step, (name, (metres, make)) in enumerate(made.items()):
        rng = np.random.default_rng([seed, step])
        fitted, gain = _gained(events, make, start, longest)
        chance = []
        for deal in range(deals):
            chance.append(_gained(_dealt(events, rng), make, start, longest))
            progress((step + (deal + 1) / deals) / len(made))
        found.append(
            Rung(
                name,
                metres,
                fitted,
                gain,
                np.array([one.theta for one, _ in chance]),
                np.array([more for _, more in chance]),
            )
        )
    return tuple(found)


def _gained(
    events: Events, make: Made, start: tuple[float, float, float], longest: float
) -> tuple[Fit, float]:
    background = make(events)
    fitted = fit(events, background, start=start, longest=longest, rounds=_MOST_ROUNDS)
    return fitted, fitted.likelihood - without_excitement(events, background).likelihood


def _dealt(events: Events, rng: np.random.Generator) -> Events:
    """Deal dates out among places: an event keeps its date, and is put where another was."""
    at = rng.permutation(len(events))
    return Events(events.x[at], events.y[at], events.t, events.days, events.box)


def profile(
    events: Events,
    background: Background,
    fitted: Fit,
    dealt_gain: Floats,
    *,
    longest: float = 30.0,
    steps: int = 12,
    level: float = 0.95,
) -> Profile:
    """Say how likely each branching ratio is, from nought to well above the fitted one.

    Args:
        events: The events.
        background: The background of the fit.
        fitted: The fit.
        dealt_gain: Gains with dates dealt out: where a likelihood gains more than theory has it
            though no event leads to another, the interval is made that much wider.
        longest: The mean delay may grow to so many days.
        steps: How many ratios above nought.
        level: Of the interval.
    """
    drop = float(chi2.ppf(level, 1)) / 2
    if len(dealt_gain):
        kth = min(int(np.ceil(level * (len(dealt_gain) + 1))), len(dealt_gain))
        drop = max(drop, float(np.sort(dealt_gain)[kth - 1]))
    most = min(2.2 * fitted.theta + 0.05, 0.98)
    grid = np.unique(np.append(np.linspace(0, most, steps + 1), fitted.theta))
    value = [without_excitement(events, background).likelihood]
    value += [_held(events, background, fitted, float(theta), longest) for theta in grid[1:]]
    # a round or two more than the fit had may gain a little, which the deals' fits did not have
    below = np.minimum(np.array(value) - fitted.likelihood, 0.0)
    return Profile(grid, np.where(grid == fitted.theta, 0.0, below), drop)


def _held(events: Events, background: Background, near: Fit, theta: float, longest: float) -> float:
    """Fit all but the branching ratio, and return the log-likelihood."""
    start = (theta, near.mean_days, near.spread)
    return fit(
        events, background, start=start, longest=longest, rounds=_MOST_ROUNDS, theta=theta
    ).likelihood
