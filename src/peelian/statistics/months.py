"""Months on a line: which of them a run leaves out, and what they are called."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Months = NDArray[np.datetime64]


def run(months: Months) -> Months:
    """Return every month from the first to the last of these, none left out.

    >>> run(np.array(["2021-12", "2022-02"], dtype="datetime64[M]")).astype(str).tolist()
    ['2021-12', '2022-01', '2022-02']
    """
    if not len(months):
        return months
    return np.arange(months.min(), months.max() + 1, dtype="datetime64[M]")


def gaps(months: Months) -> Months:
    """Return the months that lie between these and are not among them.

    >>> gaps(np.array(["2021-12", "2022-02"], dtype="datetime64[M]")).astype(str).tolist()
    ['2022-01']
    """
    return np.setdiff1d(run(months), months)


def whole(first: date, last: date) -> Months:
    """Return every month from the one that holds the first day to the one that holds the last.

    >>> whole(date(2021, 12, 1), date(2022, 1, 31)).astype(str).tolist()
    ['2021-12', '2022-01']
    """
    return run(np.array([first, last], dtype="datetime64[M]"))


_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def name(month: np.datetime64) -> str:
    """Return what a month is called.

    >>> name(np.datetime64("2022-02"))
    'February 2022'
    """
    year, number = str(month.astype("datetime64[M]")).split("-")
    return f"{_NAMES[int(number) - 1]} {year}"


def names(months: Months) -> str:
    """Return what a run of months is called, by its first and last.

    >>> names(np.array(["2022-02", "2022-03"], dtype="datetime64[M]"))
    'February 2022 to March 2022'
    """
    first, last = name(months.min()), name(months.max())
    return first if first == last else f"{first} to {last}"


def list_of(months: Months) -> str:
    """Return what months are called, those that follow one another as one run.

    >>> list_of(np.array(["2022-02", "2022-03", "2022-07"], dtype="datetime64[M]"))
    'February 2022 to March 2022, July 2022'
    """
    if not len(months):
        return ""
    breaks = np.flatnonzero(np.diff(months).astype(int) > 1) + 1
    return ", ".join(names(part) for part in np.split(months, breaks))
