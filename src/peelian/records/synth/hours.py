"""Hours of the week in which each kind of crime truly happens."""

import numpy as np

from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period

# By kind: bumps of the day (hour, width in hours, height), a level at all hours, and what Friday
# and Saturday nights do. Ours, in the shapes that analysts know: cars and garages go by night,
# homes by day and early evening, shops while they are open, violence with nights out.
_DEFAULT = (((15.0, 4.5, 1.0),), 0.30, 1.0)
_HOURS = {
    "Bicycle theft": (((14.0, 4.0, 1.0),), 0.20, 1.0),
    "Burglary": (((13.0, 3.5, 0.7), (19.0, 3.0, 1.0), (3.0, 2.0, 0.5)), 0.25, 1.0),
    "Criminal damage and arson": (((21.0, 3.5, 1.0),), 0.25, 1.4),
    "Drugs": (((17.0, 4.0, 1.0),), 0.15, 1.3),
    "Possession of weapons": (((18.0, 4.5, 1.0),), 0.15, 1.4),
    "Public order": (((17.0, 4.5, 1.0), (0.0, 2.5, 0.6)), 0.15, 1.8),
    "Robbery": (((20.0, 4.0, 1.0), (2.0, 2.0, 0.4)), 0.15, 1.4),
    "Shoplifting": (((13.5, 3.0, 1.0),), 0.02, 1.0),
    "Stop and search": (((18.0, 5.0, 1.0),), 0.10, 1.2),
    "Theft from the person": (((15.0, 3.5, 0.8), (1.0, 2.0, 0.7)), 0.10, 2.0),
    "Vehicle crime": (((2.0, 3.0, 1.0),), 0.30, 1.0),
    "Violence and sexual offences": (((16.5, 4.0, 0.8), (23.5, 3.0, 0.8)), 0.20, 1.9),
}


def week_of(kind: str) -> Floats:
    """Return the weight of each hour of the week, Monday first: 168 of them, of mean 1."""
    bumps, level, nights = _HOURS.get(kind, _DEFAULT)
    hour = np.arange(24) + 0.5
    day = np.full(24, level)
    for middle, width, height in bumps:
        gap = np.minimum(np.abs(hour - middle), 24 - np.abs(hour - middle))
        day += height * np.exp(-0.5 * (gap / width) ** 2)
    week = np.tile(day, 7)
    for evening in (4 * 24 + 20, 5 * 24 + 20):  # Friday and Saturday from eight, for eight hours
        week[evening : evening + 8] *= nights
    return week / week.mean()


def draw_moments(
    month: np.ndarray, kind: str, period: Period, before: int, rng: np.random.Generator
) -> Floats:
    """Return a moment in its month for each event: local time, in seconds since 1970.

    Args:
        month: The number of its month; -1 for the run-in before the first.
        kind: Whose hours of the week.
        period: The months.
        before: Days of the run-in.
        rng: Where chance comes from.
    """
    first = period.starts[0].astype("M8[D]").astype(np.int64) - before
    days = np.concatenate([[before], period.days])
    # 1970 began on a Thursday: hour 72 of a week that begins on Monday.
    hours = (24 * first + 72 + np.arange(24 * days.sum())) % 168
    weights = week_of(kind)[hours]
    edges = 24 * np.concatenate([[0], np.cumsum(days)])
    reached = np.concatenate([[0.0], np.cumsum(weights)])
    low, high = reached[edges[month + 1]], reached[edges[month + 2]]
    target = low + rng.uniform(size=len(month)) * (high - low)
    at = np.searchsorted(reached, target, side="right") - 1
    at = np.clip(at, edges[month + 1], edges[month + 2] - 1)
    within = (target - reached[at]) / weights[at]
    return np.floor(86_400.0 * first + 3_600 * (at + np.clip(within, 0, 0.9999)))
