"""The months a made-up force has records of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months, in local time.

    >>> Period("2023-12", 3).months
    ('2023-12', '2024-01', '2024-02')
    >>> Period("2023-12", 3).days.tolist()
    [31, 31, 29]

    Args:
        first_month: As YYYY-MM.
        length: How many months; at least one.
    """

    first_month: str
    length: int

    @property
    def months(self) -> tuple[str, ...]:
        """Return every month as YYYY-MM."""
        return tuple(str(month) for month in self._months)

    @property
    def starts(self) -> NDArray[np.datetime64]:
        """Return the first moment of each month, to the second."""
        return self._months.astype("M8[s]")

    @property
    def days(self) -> NDArray[np.int64]:
        """Return how many days each month has."""
        months = self._months
        return ((months + 1).astype("M8[D]") - months.astype("M8[D]")).astype(np.int64)

    @property
    def end(self) -> np.datetime64:
        """Return the first moment after the last month."""
        return (self._months[-1] + 1).astype("M8[s]")

    def number(self, month: str) -> int:
        """Return which month of the period this is, from 0; -1 where it is outside."""
        return self.months.index(month) if month in self.months else -1

    @property
    def _months(self) -> NDArray[np.datetime64]:
        return np.datetime64(self.first_month, "M") + np.arange(self.length)
