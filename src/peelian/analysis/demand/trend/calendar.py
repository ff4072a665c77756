"""Steps of a calendar: months, weeks and days, where in the year they lie, and bank holidays."""

from datetime import date, timedelta
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.count_trend import harmonics

By = Literal["month", "week", "day"]
Holidays = Literal["england-and-wales", "none"]
Dates = NDArray[np.datetime64]
Floats = NDArray[np.float64]

YEAR_DAYS = 365.25
# How many steps a year has, and how many make one cycle of a forecast that repeats the last.
A_YEAR = {"month": 12.0, "week": YEAR_DAYS / 7, "day": YEAR_DAYS}
CYCLE = {"month": 12, "week": 52, "day": 7}
HARMONICS = 2
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def starts(by: By, first: np.datetime64, last: np.datetime64) -> Dates:
    """Return the first day of every step that lies whole between two days, both counted in.

    Weeks begin on Mondays.
    """
    if by == "month":
        return np.arange(first.astype("M8[M]"), last.astype("M8[M]") + 1).astype("M8[D]")
    if by == "day":
        return np.arange(first, last + 1)
    monday = first + (4 - first.astype(int)) % 7  # day 0 was a Thursday, day 4 a Monday
    return np.arange(monday, last - 5, 7)


def after(by: By, begun: Dates, steps: int) -> Dates:
    """Return the first days of the steps that follow."""
    if by == "month":
        months = begun[-1].astype("M8[M]") + np.arange(1, steps + 1)
        return months.astype("M8[D]")
    return begun[-1] + {"week": 7, "day": 1}[by] * np.arange(1, steps + 1)


def days_in(by: By, begun: Dates) -> Floats:
    """Return how many days each step has."""
    if by == "month":
        months = begun.astype("M8[M]")
        return ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(float)
    return np.full(len(begun), {"week": 7.0, "day": 1.0}[by])


def middles(by: By, begun: Dates) -> Floats:
    """Return the middle of each step, in years since 1970."""
    return (begun.astype(int) + days_in(by, begun) / 2) / YEAR_DAYS


def season(by: By, begun: Dates, holidays: Holidays) -> tuple[Floats, tuple[str, ...]]:
    """Return columns for the time of year, the day of the week and holidays, with their names."""
    if by == "month":
        phase = (begun.astype("M8[M]").astype(int) % 12 + 0.5) / 12
    else:
        phase = middles(by, begun)
    waves = harmonics(phase, HARMONICS)
    names = [f"year {part}{k}" for k in range(1, HARMONICS + 1) for part in ("c", "s")]
    columns = [waves]
    if by == "day":
        weekday = (begun.astype(int) + 3) % 7
        columns.append(np.equal.outer(weekday, np.arange(1, 7)).astype(float))
        names += list(WEEKDAYS[1:])
    if by != "month" and holidays != "none":
        off = holiday_shares(by, begun)
        met = np.flatnonzero(off.sum(axis=0))
        columns.append(off[:, met])
        names += [HOLIDAYS[kind] for kind in met]
    return np.hstack(columns), tuple(names)


HOLIDAYS = ("Christmas and Boxing Day", "New Year's Eve and Day", "Other bank holidays")


def holiday_shares(by: By, begun: Dates) -> Floats:
    """Return what share of each step's days are holidays of each kind."""
    length = 7 if by == "week" else 1
    found = np.zeros((len(begun), len(HOLIDAYS)))
    first, last = begun[0].astype(object).year, begun[-1].astype(object).year
    for year in range(first, last + 2):
        for kind, days in enumerate(_holidays(year)):
            for day in days:
                at = int((np.datetime64(day) - begun[0]).astype(int)) // length
                if 0 <= at < len(begun):
                    found[at, kind] += 1 / length
    return found


@cache
def _holidays(year: int) -> tuple[tuple[date, ...], ...]:
    """Return a year's holidays of each kind, as England and Wales keep them.

    One-off bank holidays (a coronation, a jubilee) are not among them.
    """
    easter = _easter(year)
    mondays = (
        _first_monday(year, 5),
        _first_monday(year, 6) - timedelta(days=7),  # the last of May
        _first_monday(year, 9) - timedelta(days=7),  # the last of August
    )
    return (
        (date(year, 12, 25), date(year, 12, 26)),
        (date(year - 1, 12, 31), date(year, 1, 1)),
        (easter - timedelta(days=2), easter + timedelta(days=1), *mondays),
    )


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    el = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * el) // 433
    month = (h + el - 7 * m + 90) // 25
    return date(year, month, (h + el - 7 * m + 33 * month + 19) % 32)
