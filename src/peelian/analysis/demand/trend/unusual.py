"""Steps that hold more than expected, and stretches above or below it, with their false alarms."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.demand.trend.calendar import A_YEAR, Floats
from peelian.analysis.demand.trend.series import Series
from peelian.statistics.alarms import (
    Limits,
    RunLength,
    Watch,
    benjamini_hochberg,
    cusum,
    height_for,
    limits,
    run_length,
)
from peelian.statistics.count_trend import Fit, fit, simulate

# Of Farrington's limit by week: Noufaily and others 2013. By month: one month either side, the rest
# of the year in three parts, and the latest quarter left out.
_WATCH = {"week": (3, 10, 26), "month": (1, 4, 3)}
_MOST_YEARS, _LEAST_YEARS = 5, 2
_QUIET = 200  # series in which nothing happens, to set CUSUMs by, and as many to measure them
_QUIET_LIMITS = {"week": 40, "month": 200}


@dataclass(frozen=True)
class Alarm:
    """A stretch of steps that is unusual: of Farrington's limit each step stands alone.

    Args:
        method: Which rule.
        first: Its first step.
        last: Its last step.
        p: How often chance alone would do as much; nan for a CUSUM, which has none.
        q: The share of false alarms among all as unlikely; nan for a CUSUM.
    """

    method: str
    first: int
    last: int
    p: float
    q: float


@dataclass(frozen=True)
class Rule:
    """How a rule was used, and how often it is wrong.

    Args:
        method: Which rule.
        judged: Steps it was used on; nought where the series is too short.
        chance: Alarms in so many steps where nothing happens beside trend, season and chance, as
            measured. Of a limit that follows a trend late, the trend itself brings some.
        quiet: How long it takes until a false alarm, measured on series in which nothing happens.
        expected: What each step was expected to hold; nan where it was not judged.
    """

    method: str
    judged: int
    chance: float
    quiet: RunLength | None
    expected: Floats


@dataclass(frozen=True)
class Unusual:
    """What is unusual in a series of months or weeks.

    Args:
        series: The series that was watched: by week where days were asked for.
        alarms: In the order of time.
        rules: Each rule that was used.
        years_back: Years that Farrington's limit rests on.
    """

    series: Series
    alarms: tuple[Alarm, ...]
    rules: tuple[Rule, ...]
    years_back: int

    @property
    def marked(self) -> np.ndarray:
        """Say which steps are in an alarm."""
        marks = np.zeros(len(self.series.begun), dtype=bool)
        for alarm in self.alarms:
            marks[alarm.first : alarm.last + 1] = True
        return marks & self.series.held


LIMIT = "Above Farrington's limit"
ABOVE, BELOW = "CUSUM, lasting rise", "CUSUM, lasting fall"


def look(
    series: Series,
    design: Floats,
    *,
    alpha: float,
    ratio: float,
    run_years: float,
    rng: np.random.Generator,
) -> Unusual:
    """Look for what is unusual.

    Args:
        series: Months or weeks.
        design: What the CUSUM's expectation is fitted on: level, trend, season.
        alpha: The chance with which Farrington's limit is passed where nothing happens.
        ratio: The lasting rise a CUSUM is to find.
        run_years: Years between false alarms of a CUSUM.
        rng: Where chance comes from.
    """
    fitted = fit(series.n, design, series.days)
    quiet = simulate(fitted, 2 * _QUIET, rng).astype(float)
    quiet[:, ~series.held] = np.nan
    years = _years_back(series)
    first, found = _by_limits(series, quiet, years, alpha)
    rules, alarms = [first], list(found)
    refits = [fit(row, design, series.days) for row in quiet]
    for method, rise in ((ABOVE, ratio), (BELOW, 1 / ratio)):
        rule, stretches = _by_cusum(series, fitted, quiet, refits, method, rise, run_years)
        rules.append(rule)
        alarms += stretches
    return Unusual(series, tuple(sorted(alarms, key=lambda a: a.first)), tuple(rules), years)


def _years_back(series: Series) -> int:
    """Return how many past years a limit can rest on, so that the last half year is judged."""
    year = A_YEAR[series.by]
    years = int((len(series.begun) - _WATCH[series.by][0] - year / 2) / year)
    return min(years, _MOST_YEARS) if years >= _LEAST_YEARS else 0


def _by_limits(series: Series, quiet: Floats, years: int, alpha: float) -> tuple[Rule, list[Alarm]]:
    nothing = np.full(len(series.begun), np.nan)
    if not years:
        return Rule(LIMIT, 0, 0.0, None, nothing), []
    half, parts, skip = _WATCH[series.by]
    watch = Watch(
        year=A_YEAR[series.by], years_back=years, half_window=half, parts=parts, skip=skip,
        alpha=alpha,
    )  # fmt: skip
    last = int(np.ceil(A_YEAR[series.by]))
    found: Limits = limits(series.n, watch, series.days, last=last)
    judged = ~np.isnan(found.limit)
    if not judged.any():
        return Rule(LIMIT, 0, 0.0, None, nothing), []
    still = quiet[: _QUIET_LIMITS[series.by]]
    false = still > limits(still, watch, series.days, last=last).limit
    q = benjamini_hochberg(found.p)
    alarms = [
        Alarm(LIMIT, int(at), int(at), float(found.p[at]), float(q[at]))
        for at in np.flatnonzero(series.n > found.limit)
    ]
    chance = float(false[:, judged].mean()) * int(judged.sum())
    quiet_run = run_length(false[:, judged])
    return Rule(LIMIT, int(judged.sum()), chance, quiet_run, found.expected), alarms


def _by_cusum(
    series: Series,
    fitted: Fit,
    quiet: Floats,
    refits: list[Fit],
    method: str,
    rise: float,
    run_years: float,
) -> tuple[Rule, list[Alarm]]:
    held = int(series.held.sum())
    means = np.stack([one.fitted for one in refits])
    spreads = np.array([one.dispersion for one in refits])
    sums = cusum(quiet, means, spreads, rise)
    height = height_for(sums[:_QUIET], held, run_years * A_YEAR[series.by])
    false = sums[_QUIET:][:, series.held] > height
    own = cusum(series.n, fitted.fitted, fitted.dispersion, rise)
    alarms = [Alarm(method, first, last, np.nan, np.nan) for first, last in _stretches(own, height)]
    chance = float(false.any(axis=1).mean())
    return Rule(method, held, chance, run_length(false), fitted.fitted), alarms


def _stretches(sums: Floats, height: float) -> list[tuple[int, int]]:
    """Return each stretch that passes the height: from where it began to where it peaked."""
    found: list[tuple[int, int]] = []
    begun = 0
    for at, value in enumerate(sums):
        if value <= 0:
            begun = at + 1
        elif value > height:
            peak = at + int(np.argmax(_until_nought(sums[at:])))
            if not found or found[-1][0] != begun:
                found.append((begun, peak))
    return found


def _until_nought(sums: Floats) -> Floats:
    ended = np.flatnonzero(sums <= 0)
    return sums[: ended[0]] if len(ended) else sums
