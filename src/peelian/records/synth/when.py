"""When people call: hours of the week by kind of trouble, holidays, and the clock's two changes."""

from datetime import date, timedelta
from enum import IntEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Moments = NDArray[np.datetime64]

_HOUR = np.timedelta64(3600, "s")
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


class Rhythm(IntEnum):
    """The course of a week that a kind of incident follows.

    NEED is mid-afternoon in midweek (Wuschke and others 2018), and not the curve of nights out.
    The others are ours, in the shapes that practice knows: nights out on Friday and Saturday,
    homes in the evening, offices and shops by day, roads at both ends of the working day.
    """

    ROUND = 0  # at all hours, quiet before dawn
    NIGHT_OUT = 1
    EVENING = 2
    DAY = 3
    ROADS = 4
    NEED = 5


def _curve(low: float, *bumps: tuple[float, float, float]) -> Floats:
    """Return 24 hours: a low level, and bumps (hour, width in hours, height) that wrap midnight."""
    hours = np.arange(24) + 0.5
    curve = np.full(24, low)
    for middle, width, height in bumps:
        gap = np.abs(hours - middle)
        gap = np.minimum(gap, 24 - gap)
        curve += height * np.exp(-0.5 * (gap / width) ** 2)
    return curve


def _weeks() -> Floats:
    """Return the weight of each hour of the week, Monday first: (rhythms, 7, 24), summing to 1."""
    weeks = np.empty((len(Rhythm), 7, 24))
    weeks[Rhythm.ROUND] = _curve(0.45, (13.5, 4.5, 0.7), (19.5, 3.0, 0.5))
    weeks[Rhythm.EVENING] = _curve(0.25, (19.0, 3.2, 1.0), (0.0, 2.0, 0.35))
    weeks[Rhythm.EVENING][[FRIDAY, SATURDAY, SUNDAY]] *= np.array([1.15, 1.35, 1.15])[:, None]
    weeks[Rhythm.DAY] = _curve(0.08, (11.0, 2.5, 1.0), (15.0, 2.5, 0.9))
    weeks[Rhythm.DAY][[SATURDAY, SUNDAY]] *= np.array([0.75, 0.55])[:, None]
    weeks[Rhythm.ROADS] = _curve(0.15, (8.5, 1.2, 0.9), (17.0, 1.8, 1.2), (13.0, 3.0, 0.4))
    weeks[Rhythm.ROADS][[SATURDAY, SUNDAY]] *= np.array([0.8, 0.65])[:, None]
    weeks[Rhythm.NEED] = _curve(0.30, (15.0, 3.2, 1.0))
    weeks[Rhythm.NEED] *= np.array([1.0, 1.1, 1.15, 1.1, 1.0, 0.8, 0.8])[:, None]
    weeks[Rhythm.NIGHT_OUT] = _curve(0.20, (20.5, 2.5, 0.6))
    late = _curve(0.0, (0.0, 2.2, 2.6))
    for day in (FRIDAY, SATURDAY):  # a night out belongs to two days
        weeks[Rhythm.NIGHT_OUT][day, 18:] += late[18:]
        weeks[Rhythm.NIGHT_OUT][day + 1, :6] += late[:6]
    return weeks / weeks.sum(axis=(1, 2), keepdims=True)


WEEKS = _weeks()
# What 25 and 26 December and the first hours of January do; ours.
_CHRISTMAS = {Rhythm.EVENING: 1.35, Rhythm.DAY: 0.35, Rhythm.ROADS: 0.4, Rhythm.NEED: 0.85}
_NEW_YEAR = 3.0


def hour_weights(month: str, *, holidays: bool = True) -> Floats:
    """Return the weight of every local hour of a month, for each rhythm.

    Args:
        month: As YYYY-MM.
        holidays: Whether bank holidays, Christmas and the new year differ from other days.

    Returns:
        Shape (rhythms, 24 * days), each row summing to 1. The hour that the clocks skip in March
        has no weight.
    """
    first = np.datetime64(month, "M").astype("M8[D]")
    days = int(((np.datetime64(month, "M") + 1).astype("M8[D]") - first).astype(np.int64))
    dates = [(first + n).astype(date) for n in range(days)]
    weights = np.stack([WEEKS[:, day.weekday()] for day in dates], axis=1)
    if holidays:
        for number, day in enumerate(dates):
            _keep_holiday(weights[:, number], day)
    hours = weights.reshape(len(Rhythm), -1)
    local = first.astype("M8[s]") + np.arange(hours.shape[1]) * _HOUR
    hours = np.where(to_local(to_utc(local)) == local, hours, 0.0)
    return hours / hours.sum(axis=1, keepdims=True)


def _keep_holiday(day: Floats, when: date) -> None:
    """Change a day's weights, (rhythms, 24), where it is a holiday or leads into one."""
    if is_holiday(when):
        for rhythm in (Rhythm.DAY, Rhythm.ROADS, Rhythm.NEED):
            day[rhythm] = WEEKS[rhythm, SUNDAY]
    if is_holiday(when + timedelta(days=1)):
        day[Rhythm.NIGHT_OUT] = np.maximum(day[Rhythm.NIGHT_OUT], WEEKS[Rhythm.NIGHT_OUT, FRIDAY])
    if when.month == 12 and when.day in (25, 26):
        for rhythm, times in _CHRISTMAS.items():
            day[rhythm] *= times
    if (when.month, when.day) == (12, 31):
        day[Rhythm.NIGHT_OUT, 20:] *= _NEW_YEAR
    if (when.month, when.day) == (1, 1):
        day[Rhythm.NIGHT_OUT, :5] = _NEW_YEAR * WEEKS[Rhythm.NIGHT_OUT, SATURDAY, 20:].mean()


def draw_hours(weights: Floats, rhythm: Integers, chance: Floats) -> Integers:
    """Return which hour of the month each incident came in.

    Args:
        weights: From `hour_weights`.
        rhythm: Each incident's.
        chance: Uniform numbers from 0 up to 1, one an incident.
    """
    reached = np.cumsum(weights, axis=1)
    reached = (reached / reached[:, -1:] + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(reached, rhythm + chance, side="right")
    hours = weights.shape[1]
    return np.minimum(found - rhythm * hours, hours - 1)


def is_holiday(day: date) -> bool:
    """Say whether a day is a bank holiday of England and Wales, by the standing rules.

    >>> [is_holiday(date(2024, 3, day)) for day in (28, 29)]
    [False, True]

    Cannot show:
        Holidays proclaimed for one year alone, such as a coronation's.
    """
    return day in _holidays(day.year)


@cache
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    fixed = {easter - timedelta(days=2), easter + timedelta(days=1)}
    fixed |= {_monday(date(year, 5, 1)), _monday(date(year, 5, 25)), _monday(date(year, 8, 25))}
    new_year = date(year, 1, 1)
    while new_year.weekday() >= SATURDAY:
        new_year += timedelta(days=1)
    christmas: list[date] = []
    for number in (25, 26):
        # One that falls on a weekend, or on the day kept instead of the other, is kept later.
        day = date(year, 12, number)
        while day.weekday() >= SATURDAY or day in christmas:
            day += timedelta(days=1)
        christmas.append(day)
    return frozenset(fixed | {new_year, *christmas})


def _monday(day: date) -> date:
    """Return the first Monday from a day on."""
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    ell = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _changes(first: int, last: int) -> Moments:
    """Return when the clocks change in these years, in UTC: at 01:00 on two last Sundays a year."""
    days = [_last_sunday(year, month) for year in range(first, last + 1) for month in (3, 10)]
    return np.array([f"{day}T01:00:00" for day in days], dtype="M8[s]")


def _last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def to_utc(local: Moments) -> Moments:
    """Return moments of London's clocks as UTC, to the second; NaT stays.

    Of the hour that comes twice in October, the first is meant; a time that the clocks skip in
    March is read as the moment they do. What is later by the clock is never earlier in UTC.
    """
    summer = _in_summer(local - _HOUR)
    skipped = ~summer & _in_summer(local)
    utc = local - np.where(summer, _HOUR, 0 * _HOUR)
    return np.where(skipped, utc.astype("M8[h]").astype("M8[s]"), utc)


def to_local(utc: Moments) -> Moments:
    """Return moments of UTC by London's clocks, to the second; NaT stays."""
    return utc + np.where(_in_summer(utc), _HOUR, 0 * _HOUR)


def _in_summer(utc: Moments) -> NDArray[np.bool_]:
    known = utc[~np.isnat(utc)]
    if not len(known):
        return np.zeros(utc.shape, dtype=bool)
    year = [int(edge.astype("M8[Y]").astype(int)) + 1970 for edge in (known.min(), known.max())]
    return np.searchsorted(_changes(*year), utc, side="right") % 2 == 1
