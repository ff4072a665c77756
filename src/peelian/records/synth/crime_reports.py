"""Crimes that the public reported: each brings an incident of its own, with the crime's key."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.incident_kinds import CRIME_NUMBER

if TYPE_CHECKING:
    from peelian.records.synth.crimes import Crimes
    from peelian.records.synth.period import Period

Integers = NDArray[np.int64]


def reported_in(crimes: "Crimes", period: "Period", number: int) -> Integers:
    """Return the rows of crimes that the public reported in a month, whenever they were recorded.

    One that was reported before the period began, and recorded within it, has its incident in a
    month of which there are no records.
    """
    start = period.starts[number]
    stop = period.starts[number + 1] if number + 1 < period.length else period.end
    told = crimes.by_public & (crimes.reported >= start) & (crimes.reported < stop)
    return np.flatnonzero(told)


def reports_a_year(crimes: "Crimes", period: "Period") -> float:
    """Return how many crimes the public reported, a year of the period."""
    return int(crimes.by_public.sum()) / (float(period.days.sum()) / 365.25)


def kind_numbers(crimes: "Crimes") -> Integers:
    """Return the kind of incident that each kind of crime brings."""
    return np.array([CRIME_NUMBER.get(kind.name, -1) for kind in crimes.kinds])
