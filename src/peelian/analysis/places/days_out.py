"""Days whose events are left out when asked: those on which something else makes the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peelian.errors import UsageError

_EVERY, _ONE = "%m-%d", "%Y-%m-%d"
_LEAP = 2000  # a year that has every day


@dataclass(frozen=True, slots=True)
class DaysOut:
    """Days of every year, and single days.

    >>> DaysOut.read(["12-31", "2012-07-04"], "how-to/read-spread").words
    '31 December of every year, 4 July 2012'
    """

    every: tuple[tuple[int, int], ...] = ()
    single: tuple[date, ...] = ()

    @classmethod
    def read(cls, words: Sequence[str], page: str) -> "DaysOut":
        """Read days written as 12-31, of every year, or as 2012-07-04.

        Raises:
            UsageError: One is no day.
        """
        every, single = [], []
        for word in words:
            try:
                if word.count("-") == 1:
                    day = datetime.strptime(f"{_LEAP}-{word}", _ONE)
                    every.append((day.month, day.day))
                else:
                    single.append(datetime.strptime(word, _ONE).date())
            except ValueError as problem:
                raise UsageError(
                    "A day to leave out is no day.",
                    found=word,
                    try_="12-31 for a day of every year, or 2012-07-04 for one day",
                    read=page,
                ) from problem
        return cls(tuple(sorted(set(every))), tuple(sorted(set(single))))

    @property
    def words(self) -> str:
        """Return the days as a sentence names them."""
        yearly = [f"{day} {date(_LEAP, month, 1):%B} of every year" for month, day in self.every]
        return ", ".join([*yearly, *(f"{day.day} {day:%B %Y}" for day in self.single)])

    def holds(self, day: Any) -> Any:
        """Return whether a column of dates is of these days; never of a date that is missing."""
        of_year = (day.month() * 100 + day.day()).isin([100 * m + d for m, d in self.every])
        return (of_year | day.isin(self.single)).fill_null(False)

    def __bool__(self) -> bool:
        return bool(self.every or self.single)
