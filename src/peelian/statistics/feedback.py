"""A loop closed: patrol goes where records are, and what patrol finds is recorded."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Variant = Literal["plain", "corrected", "reports-only", "no-feedback"]
Rule = Literal["share", "busiest"]
_LEAST_PATROL = 1e-9


@dataclass(frozen=True, slots=True)
class City:
    """What happens in each area, and what comes to be recorded of it.

    Args:
        rate: Events a period: shape (areas,).
        reported: The chance that an event is reported, patrol or not: shape (areas,).
        detection: The chance that patrol finds an event that nobody reported, at the mean amount of
            patrol an area; it grows in proportion to patrol, up to 1.
    """

    rate: Floats
    reported: Floats
    detection: float

    @classmethod
    def of(cls, rate: ArrayLike, reported: ArrayLike, detection: float) -> "City":
        """Return a city.

        Raises:
            ValueError: Fewer than two areas, a negative rate, or a chance outside 0 to 1.
        """
        rates = np.asarray(rate, float)
        shares = np.broadcast_to(np.asarray(reported, float), rates.shape)
        if len(rates) < 2 or not (rates >= 0).all() or rates.sum() <= 0:
            raise ValueError("two areas or more, with events in some")
        if not ((shares >= 0).all() and (shares <= 1).all() and 0 <= detection <= 1):
            raise ValueError("chances lie between 0 and 1")
        return cls(rates, shares, float(detection))

    @property
    def share(self) -> Floats:
        """Each area's share of all events."""
        return self.rate / self.rate.sum()


@dataclass(frozen=True, slots=True)
class Loop:
    """How patrol was shared out, period by period.

    Args:
        gini: How unevenly, by run: shape (periods, runs).
        away: How far from the areas' shares of events (half the sum of differences): shape
            (periods, runs).
        patrol: Each area's mean share at the end, over runs: shape (areas,).
        top: Of patrol, the share in the areas with most of it at first: shape (periods, runs).
        found: Of what is recorded in the last period, the share that patrol found: shape (runs,).
    """

    gini: Floats
    away: Floats
    patrol: Floats
    top: Floats
    found: Floats


def loop(  # noqa: PLR0913  (each is a part of the loop)
    city: City,
    *,
    variant: Variant,
    rule: Rule = "share",
    memory: int = 0,
    places: int = 0,
    periods: int = 104,
    runs: int = 100,
    explore: float = 0.0,
    seed: int = 1829,
) -> Loop:
    """Let patrol follow records, and records follow patrol, for many periods and runs.

    Each period, events fall at random in each area at its rate; some are reported, wherever patrol
    is; of the others patrol finds a share that grows with how much patrol the area has. The next
    period's patrol follows what is on record. The records begin with what an even patrol would
    have brought over as many periods as are remembered.

    Args:
        city: What happens.
        variant: `plain`: what patrol finds counts as what is reported does. `corrected`: it counts
            over the amount of patrol that the area had, as Ensign and others (2018) weigh it.
            `reports-only`: it does not count. `no-feedback`: patrol finds as if it were everywhere
            alike, whatever the rule says: what to compare with.
        rule: `share`: areas have patrol in proportion to their records. `busiest`: the areas with
            most records have all of it, alike.
        memory: Only so many periods are looked back on: with `busiest` and a few, the trailing
            count that self-exciting forecasts came down to on Oakland's drug records (Lum and
            Isaac 2016). 0 for all of them.
        places: With `busiest`, how many areas.
        periods: How many.
        runs: How many runs.
        explore: The share of patrol that is spread evenly, whatever is on record.
        seed: Where the draws start.

    Raises:
        ValueError: No places for `busiest`, or no period or run.

    Assumes:
        What happens does not change with patrol, nor over time: the loop shows what records do to
        themselves, not what patrol does to crime.
    """
    areas = len(city.rate)
    if periods < 1 or runs < 1 or (rule == "busiest" and not 1 <= places < areas):
        raise ValueError("a period, a run, and fewer busiest areas than there are areas")
    rng = np.random.default_rng(seed)
    held = _first(city, rng, memory or 26, runs)
    recent = [held / (memory or 26)] * memory
    gini, away = np.empty((periods, runs)), np.empty((periods, runs))
    top, first = np.empty((periods, runs)), None
    most = max(areas // 10, 1)
    reports = found = patrol = np.zeros((runs, areas))
    for period in range(periods):
        patrol = _shared(held, rule, places, rng)
        patrol = explore / areas + (1 - explore) * patrol
        if first is None:
            first = np.argpartition(-patrol, most - 1, axis=1)[:, :most]
        gini[period], away[period] = _gini(patrol), np.abs(patrol - city.share).sum(axis=1) / 2
        top[period] = np.take_along_axis(patrol, first, axis=1).sum(axis=1)
        reports, found = _recorded(city, patrol, variant, rng)
        new = reports + _counted(found, patrol, variant)
        held = held + new
        if memory:
            recent.append(new)
            held = np.maximum(held - recent.pop(0), 0.0)
    whole = np.maximum((reports + found).sum(axis=1), 1)
    return Loop(gini, away, patrol.mean(axis=0), top, found.sum(axis=1) / whole)


def _first(city: City, rng: np.random.Generator, periods: int, runs: int) -> Floats:
    mean = city.rate * (city.reported + (1 - city.reported) * city.detection)
    return rng.poisson(mean * periods, (runs, len(mean))).astype(float)


def _shared(held: Floats, rule: Rule, places: int, rng: np.random.Generator) -> Floats:
    """Return each area's share of patrol: shape (runs, areas)."""
    if rule == "share":
        total = held.sum(axis=1, keepdims=True)
        return np.where(total > 0, held / np.maximum(total, _LEAST_PATROL), 1 / held.shape[1])
    ties = rng.random(held.shape) * 1e-6  # areas with as many records are taken at random
    order = np.argpartition(-(held + ties), places - 1, axis=1)[:, :places]
    patrol = np.zeros(held.shape)
    np.put_along_axis(patrol, order, 1 / places, axis=1)
    return patrol


def _recorded(
    city: City, patrol: Floats, variant: Variant, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return what is reported of each area in a period, and what patrol finds there."""
    reports = rng.poisson(city.rate * city.reported, patrol.shape)
    times = np.ones(patrol.shape) if variant == "no-feedback" else patrol * patrol.shape[1]
    chance = np.minimum(city.detection * times, 1.0)
    found = rng.poisson(city.rate * (1 - city.reported) * chance)
    return reports.astype(float), found.astype(float)


def _counted(found: Floats, patrol: Floats, variant: Variant) -> Floats:
    """Return what of the finds counts as a record for the next period's patrol."""
    if variant == "reports-only":
        return np.zeros(found.shape)
    if variant == "corrected":
        return found / np.maximum(patrol * patrol.shape[1], _LEAST_PATROL)
    return found


def _gini(patrol: Floats) -> Floats:
    areas = patrol.shape[1]
    rank = np.arange(1, areas + 1)
    ordered = np.sort(patrol, axis=1)
    return (2 * (ordered * rank).sum(axis=1) / ordered.sum(axis=1) - areas - 1) / areas


def burden(patrol: ArrayLike, people: ArrayLike, group: ArrayLike) -> float:
    """Return how much patrol people of a group live with, over how much everybody does.

    Args:
        patrol: Each area's share of patrol: shape (areas,).
        people: Who lives in each area.
        group: Of these, who is of the group.
    """
    share, all_, some = (np.asarray(v, float) for v in (patrol, people, group))
    each = np.divide(share, all_, out=np.zeros(len(share)), where=all_ > 0)
    return float((each * some).sum() / some.sum() / ((each * all_).sum() / all_.sum()))


def false_positives(prevalence: ArrayLike, right: ArrayLike, missed: ArrayLike) -> Floats:
    """Return the share of those who are not, that a rule must call: Chouldechova's identity (2017).

    Two groups with unlike prevalence cannot have the same of all three.

    >>> round(float(false_positives(0.2, 0.5, 0.4)), 4)
    0.15

    Args:
        prevalence: How many are.
        right: Of those called, how many are (positive predictive value).
        missed: Of those who are, how many are not called (false negative rate).
    """
    p, ppv, fnr = (np.asarray(v, float) for v in (prevalence, right, missed))
    return p / (1 - p) * (1 - ppv) / ppv * (1 - fnr)
