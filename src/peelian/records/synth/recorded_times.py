"""What a record says of when a crime happened, and when it was reported and recorded."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places import Integers
from peelian.records.synth.when import to_local, to_utc


class Record(NamedTuple):
    """When something was written down, local time to the second: one value a record each.

    Args:
        occurred_from, occurred_to: What the record says of when it happened.
        reported: When police were told, or saw it themselves.
        recorded: When the crime was recorded.
    """

    occurred_from: NDArray[np.datetime64]
    occurred_to: NDArray[np.datetime64]
    reported: NDArray[np.datetime64]
    recorded: NDArray[np.datetime64]


class _Habit(NamedTuple):
    """How a kind of crime comes to be known.

    Args:
        seen: Share whose moment somebody knows; the others lie within a window.
        hours: Median length of that window.
        late: Share reported days later rather than hours.
        days: Median wait of those.
    """

    seen: float
    hours: float
    late: float
    days: float


# Ours. Homes are found burgled on coming back, cars in the morning; violence is known to the
# minute, and some of it is told late. Rape is told later still: it has no category of its own here.
_HABITS = {
    "Bicycle theft": _Habit(0.10, 7.0, 0.15, 2.0),
    "Burglary": _Habit(0.15, 8.0, 0.06, 2.0),
    "Criminal damage and arson": _Habit(0.45, 8.0, 0.10, 2.0),
    "Other theft": _Habit(0.35, 5.0, 0.20, 3.0),
    "Vehicle crime": _Habit(0.12, 10.0, 0.07, 2.0),
    "Violence and sexual offences": _Habit(0.95, 6.0, 0.22, 5.0),
}
_SEEN = _Habit(0.95, 2.0, 0.10, 2.0)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_DATE_ONLY, _WHOLE_HOURS, _IN_ONE_BATCH = 0.02, 0.30, 0.02


def write_down(
    moment: Integers, kind: str, by_public: NDArray[np.bool_], rng: np.random.Generator
) -> Record:
    """Return what the record says of when each crime happened, was reported and was recorded.

    Of crimes nobody saw, the truth lies between `occurred_from` and `occurred_to`, evenly within
    the window before both are rounded outwards. Of the others both are one rounded moment.

    Args:
        moment: When each truly happened: local seconds since 1970.
        kind: What it is.
        by_public: Whether the public reported it; police see the others as they happen.
        rng: Where chance comes from.
    """
    habit = _HABITS.get(kind, _SEEN)
    n = len(moment)
    seen = (rng.uniform(size=n) < habit.seen) | ~by_public
    window = np.minimum(habit.hours * np.exp(0.8 * rng.normal(size=n)), 14 * 24) * _HOUR
    window[seen] = 0.0
    before = rng.uniform(size=n) * window
    start, stop = moment - before, moment - before + window
    late = rng.uniform(size=n) < habit.late
    wait = np.where(
        late,
        habit.days * _DAY * np.exp(1.2 * rng.normal(size=n)),
        1.0 * _HOUR * rng.exponential(size=n),
    )
    wait[~by_public] = 10 * _MINUTE * rng.exponential(size=int((~by_public).sum()))
    reported = np.ceil(stop + wait)
    start, stop = _rounded(start, stop, seen, reported, rng)
    recorded = reported + np.ceil(np.minimum(5 * np.exp(rng.normal(size=n)), 120) * _HOUR)
    habitual = rng.uniform(size=n)
    midnight = habitual < _IN_ONE_BATCH
    recorded[midnight] = _DAY * np.ceil(recorded[midnight] / _DAY)
    hourly = (habitual > 0.9) & ~midnight
    recorded[hourly] = _HOUR * np.ceil(recorded[hourly] / _HOUR)
    # No clock shows the hour that is skipped in March.
    return Record(
        *(to_local(to_utc(part.astype("M8[s]"))) for part in (start, stop, reported, recorded))
    )


def _rounded(
    start: Floats,
    stop: Floats,
    seen: NDArray[np.bool_],
    reported: Floats,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Round as people do: to five minutes, to the hour, or to the day where only that is known."""
    chance = rng.uniform(size=len(start))
    grain = np.where(chance < _WHOLE_HOURS, _HOUR, 5 * _MINUTE)
    first = grain * np.floor(start / grain)
    last = np.minimum(grain * np.ceil(stop / grain), reported)
    known = grain * np.round(start / grain)
    # Nobody writes down a moment still to come.
    known = np.where(known > reported, 5 * _MINUTE * np.floor(start / (5 * _MINUTE)), known)
    first[seen] = last[seen] = known[seen]
    day = chance > 1 - _DATE_ONLY
    first[day] = _DAY * np.floor(start[day] / _DAY)
    last[day] = np.minimum(_DAY * np.ceil((stop[day] + 1) / _DAY) - _MINUTE, reported[day])
    return first, np.maximum(first, last)
