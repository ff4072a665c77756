"""The steps to come, and whether foretelling them would have beaten repeating the last cycle."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.demand.trend.calendar import (
    A_YEAR,
    CYCLE,
    By,
    Dates,
    Floats,
    Holidays,
    after,
    days_in,
    season,
)
from peelian.analysis.demand.trend.series import Series
from peelian.statistics.forecasts import (
    LEVEL,
    Gain,
    Method,
    Scored,
    gain,
    level,
    line,
    mean_of,
    naive,
    origins,
    score,
)

_YEARS = 2  # known at the first origin
_LONGEST = {"month": 120, "week": 157}
_LEAST = 10  # a usual step holds at least so many records
_FEWEST_ORIGINS = 3

METHODS: dict[str, Method] = {
    "naive": naive,
    "level": level,
    "line": line,
    "mean": mean_of(level, line),
}
NAMES = {
    "naive": "Seasonal naive",
    "level": "Level that stays",
    "line": "Trend that goes on",
    "mean": "Mean of the two",
}
CHOSEN = "mean"  # named before any score is known


@dataclass(frozen=True)
class Step:
    """One step to come.

    Args:
        begins: Its first day.
        middle: The count expected.
        low: Lower end of its interval.
        high: Upper end.
    """

    begins: np.datetime64
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """What is foretold, and how well it would have gone.

    Args:
        by: What a step is.
        steps: The steps to come; none where counts are too small.
        origins: From how many past origins it was tried.
        scores: Of each method, by name; empty where the past is too short.
        gains: Of each method but the seasonal naive: how much smaller its errors are.
        why_not: Why nothing is foretold or scored, in words; empty where it is.
    """

    by: By
    steps: tuple[Step, ...]
    origins: int
    scores: dict[str, Scored]
    gains: dict[str, Gain]
    why_not: str = ""

    @property
    def beats(self) -> bool | None:
        """Say whether the forecast beats the seasonal naive; None where it could not be tried."""
        return self.gains[CHOSEN].low > 0 if self.gains else None

    @property
    def loses(self) -> bool:
        """Say whether the seasonal naive beats the forecast."""
        return bool(self.gains) and self.gains[CHOSEN].high < 0


def look_ahead(series: Series, steps: int, holidays: Holidays) -> Ahead:
    """Foretell the steps to come, and try the same from past origins.

    Args:
        series: Months or weeks.
        steps: How many steps ahead.
        holidays: Whose bank holidays.
    """
    if np.nanmedian(series.n) < _LEAST:
        why = "counts are too small for what is worked out on logarithms"
        return Ahead(series.by, (), 0, {}, {}, why)
    begun = np.concatenate([series.begun, after(series.by, series.begun, steps)])
    x = _season(series.by, begun, holidays)
    days, n = days_in(series.by, begun), len(series.begun)
    known = slice(max(0, n - _LONGEST[series.by]), n)
    said = METHODS[CHOSEN](series.n[known], days[known], x[known], x[n:], CYCLE[series.by])
    low, high = said.within(days[n:], LEVEL)
    future = tuple(
        Step(*one)
        for one in zip(begun[n:], *map(np.ndarray.tolist, (said.counts(days[n:]), low, high)),
                       strict=True)
    )  # fmt: skip
    every = 1 if series.by == "month" else steps
    first = int(_YEARS * A_YEAR[series.by])
    cuts = sorted(origins(n, first, steps, every))
    cuts = [cut for cut in cuts if not np.isnan(series.n[cut : cut + steps]).all()]
    if len(cuts) < _FEWEST_ORIGINS:
        why = "there are too few past origins to try it from"
        return Ahead(series.by, future, len(cuts), {}, {}, why)
    try:
        scores = score(
            METHODS, series.n, days[:n], x[:n], cuts, ahead=steps, cycle=CYCLE[series.by],
            longest=_LONGEST[series.by],
        )  # fmt: skip
    except ValueError:  # the seasonal naive has nothing to repeat
        why = f"some {series.by} of the year is missing in every year"
        return Ahead(series.by, future, 0, {}, {}, why)
    overlap = -(-steps // every)
    gains = {name: gain(s.gained, overlap) for name, s in scores.items() if name != "naive"}
    return Ahead(series.by, future, len(cuts), scores, gains)


def _season(by: By, begun: Dates, holidays: Holidays) -> Floats:
    columns, _ = season(by, begun, holidays)
    return np.hstack([np.ones((len(begun), 1)), columns])
