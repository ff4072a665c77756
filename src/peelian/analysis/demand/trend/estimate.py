"""The trend, the season and what drives it: regressions of the counts, and their estimates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log

import numpy as np

from peelian.analysis.demand.trend.calendar import (
    A_YEAR,
    HARMONICS,
    HOLIDAYS,
    WEEKDAYS,
    By,
    Dates,
    Floats,
    Holidays,
    middles,
    season,
)
from peelian.analysis.demand.trend.drivers import Driver
from peelian.analysis.demand.trend.series import Series
from peelian.errors import CannotAnswer, UsageError
from peelian.statistics.count_trend import Estimate, Fit, fit, harmonics
from peelian.statistics.months import name as month_name
from peelian.statistics.seasonal import Decomposition, decompose

_PAGE = "how-to/read-a-trend"
_YEARS = 2  # of fewer, a season looks like a trend
_PART_YEARS = 1
_CLEAR = 0.05
_RECORDS_A_COLUMN = 10  # ten events to a coefficient, as regressions of counts are said to need
_SHORT = 8.0  # usual departures below trend and season: no chance, and hardly an event
_MORE = 0.10  # drivers are told as the effect of a tenth more
_TOLD_APART = 10.0  # a driver whose variance inflation is above this cannot be told from the rest
_MONTHS = [month_name(np.datetime64(f"2001-{m:02}")).split()[0] for m in range(1, 13)]


@dataclass(frozen=True)
class Part:
    """A stretch of the series with a level and a trend of its own.

    Args:
        first: The first day of its first step.
        last: The first day of its last step.
        steps: Steps with a count.
        n: Records in them.
        slope: Its trend a year, on the log scale.
        beside: Its trend beside the drivers, if there are any.
    """

    first: np.datetime64
    last: np.datetime64
    steps: int
    n: int
    slope: Estimate
    beside: Estimate | None


@dataclass(frozen=True)
class Time:
    """One time of the year, day of the week or holiday, beside the average."""

    kind: str
    name: str
    effect: Estimate


@dataclass(frozen=True)
class Effect:
    """What goes with a tenth more of a driver."""

    driver: Driver
    effect: Estimate
    inflation: float


@dataclass(frozen=True)
class Found:
    """What the regressions say.

    Args:
        fitted: The regression on trend, season and parts alone.
        parts: Each part of the series, the last of them the one that is spoken of.
        times: The season.
        seasonal: How often chance alone would make a season as clear.
        effects: Of drivers.
        steps_beside: Steps that all drivers cover.
        smooth: The trend of the decomposition, in counts of a usual step.
        short: Steps so far below what is around them that their records may not all be there.
        usual_days: How many days a usual step has.
    """

    fitted: Fit
    parts: tuple[Part, ...]
    times: tuple[Time, ...]
    seasonal: float
    effects: tuple[Effect, ...]
    steps_beside: int
    smooth: Floats
    short: np.ndarray
    usual_days: float

    @property
    def latest(self) -> Part:
        """Return the part that is spoken of: the last."""
        return self.parts[-1]

    @property
    def changed(self) -> bool:
        """Say whether the latest part has a trend that chance does not explain."""
        return self.latest.slope.p < _CLEAR

    @property
    def has_season(self) -> bool:
        """Say whether there is a season that chance does not explain."""
        return self.seasonal < _CLEAR


def estimate(
    series: Series, drivers: Sequence[Driver], breaks: Sequence[date], holidays: Holidays
) -> Found:
    """Fit what the series holds.

    Raises:
        CannotAnswer: The series, or a part of it, is too short.
        UsageError: A break lies outside the series.
    """
    part = _parts(series, breaks)
    _refuse_short(series, np.zeros(len(series.begun), int), _YEARS)
    if breaks:
        _refuse_short(series, part, _PART_YEARS)
    columns, names = season(series.by, series.begun, holidays)
    own = _own(series, part)
    _refuse_few(series, own.shape[1] + columns.shape[1])
    try:
        fitted = fit(series.n, np.hstack([own, columns]), series.days)
    except ValueError as problem:
        raise CannotAnswer(
            "The counts cannot bear a trend and a season: too few of them are above nought.",
            found=f"{int(series.held.sum())} steps, {series.total} records",
            try_="longer steps, a longer period, or more categories",
            read=_PAGE,
        ) from problem
    beside, effects, steps = _beside(series, own, columns, drivers)
    count = own.shape[1] // 2
    slopes = [fitted.estimate(_one(fitted, count + i)) for i in range(count)]
    driven = [beside.estimate(_one(beside, count + i)) if beside else None for i in range(count)]
    parts = tuple(
        _part(series, part == i, slope, other)
        for i, (slope, other) in enumerate(zip(slopes, driven, strict=True))
    )
    start = own.shape[1]
    taken = _taken_apart(series)
    return Found(
        fitted=fitted,
        parts=parts,
        times=_times(series.by, fitted, start, names),
        seasonal=fitted.joint(np.arange(start, start + 2 * HARMONICS)),
        effects=effects,
        steps_beside=steps,
        smooth=taken.trend_counts,
        short=taken.far_below(_SHORT),
        usual_days=float(series.days.mean()),
    )


def design(series: Series, breaks: Sequence[date], holidays: Holidays) -> Floats:
    """Return level and trend of each part, and season, as columns.

    Raises:
        UsageError: A break lies outside the series.
    """
    columns, _ = season(series.by, series.begun, holidays)
    return np.hstack([_own(series, _parts(series, breaks)), columns])


def _parts(series: Series, breaks: Sequence[date]) -> np.ndarray:
    """Return which part of the series each step is in: the one that holds its middle."""
    at = np.sort(np.array([np.datetime64(day, "D") for day in breaks], dtype="M8[D]"))
    ends = (series.begun[0], series.begun[-1]) if len(series.begun) else (None, None)
    if len(at) and (ends[0] is None or at[0] <= ends[0] or at[-1] > ends[1]):
        raise UsageError(
            "A break lies outside the series.",
            found=f"{len(at)} breaks; the series runs from {ends[0]} to {ends[1]}",
            try_="break_at=a day within it, such as the first day of a new definition",
            read=_PAGE,
        )
    middle = series.begun + (series.days // 2).astype("timedelta64[D]")
    return np.searchsorted(at, middle, side="right")


def _refuse_short(series: Series, part: np.ndarray, years: int) -> None:
    needed = int(years * A_YEAR[series.by])
    held = np.bincount(part[series.held], minlength=int(part.max(initial=0)) + 1)
    if held.min() >= needed:
        return
    what = "A trend cannot be told from a season in" if years == _YEARS else "A part holds"
    raise CannotAnswer(
        f"{what} less than {years} {'year' if years == 1 else 'years'} of counts.",
        found=f"{int(held.min())} {series.by}s with a count",
        try_=f"a period with at least {needed} covered {series.by}s"
        + (" either side of every break" if years == _PART_YEARS else ""),
        read=_PAGE,
    )


def _refuse_few(series: Series, columns: int) -> None:
    """Refuse what so few records cannot bear; how many there are is told to be too few, no more."""
    needed = _RECORDS_A_COLUMN * columns
    if series.total >= needed:
        return
    raise CannotAnswer(
        "There are too few records to tell a trend from a season.",
        found=f"fewer than {needed} records, over {int(series.held.sum())} {series.by}s",
        try_="longer steps, a longer period, more categories or a wider definition",
        read=_PAGE,
    )


def _own(series: Series, part: np.ndarray) -> Floats:
    """Return a level and a trend a year for each part."""
    at = middles(series.by, series.begun)
    inside = (part[:, None] == np.unique(part)[None, :]).astype(float)
    centre = (inside * at[:, None]).sum(axis=0) / inside.sum(axis=0)
    return np.hstack([inside, inside * (at[:, None] - centre)])


def _one(fitted: Fit, column: int) -> Floats:
    return np.eye(len(fitted.coefficients))[column]


def _part(series: Series, inside: np.ndarray, slope: Estimate, other: Estimate | None) -> Part:
    held = inside & series.held
    begun = series.begun[inside]
    return Part(begun[0], begun[-1], int(held.sum()), int(np.nansum(series.n[held])), slope, other)


def _beside(
    series: Series, own: Floats, columns: Floats, drivers: Sequence[Driver]
) -> tuple[Fit | None, tuple[Effect, ...], int]:
    """Fit once more with drivers, on the steps that all of them cover."""
    if not drivers:
        return None, (), 0
    logs = np.stack([driver.logs for driver in drivers], axis=1)
    there = ~np.isnan(logs.sum(axis=1))
    n = np.where(there, series.n, np.nan)
    both = int((~np.isnan(n)).sum())
    design = np.hstack([own, columns, np.where(there[:, None], logs, 0.0)])
    if both < _YEARS * A_YEAR[series.by]:
        raise CannotAnswer(
            "The drivers cover too little of the series to be told from its season.",
            found=f"{both} {series.by}s with a count and every driver",
            try_=f"drivers with at least {int(_YEARS * A_YEAR[series.by])} {series.by}s in common",
            read=_PAGE,
        )
    used = ~np.isnan(n)
    design[:, own.shape[1] + columns.shape[1] :] -= design[used][:, -logs.shape[1] :].mean(axis=0)
    try:
        fitted = fit(n, design, series.days)
    except ValueError as problem:
        raise CannotAnswer(
            "A driver says the same as the trend, the season or another driver.",
            found=", ".join(driver.name for driver in drivers),
            try_="fewer drivers, or a longer period",
            read=_PAGE,
        ) from problem
    start = own.shape[1] + columns.shape[1]
    effects = tuple(
        Effect(
            driver,
            fitted.estimate(_one(fitted, start + i) * log(1 + _MORE)),
            _inflation(design[used], start + i),
        )
        for i, driver in enumerate(drivers)
    )
    return fitted, effects, both


def _inflation(design: Floats, column: int) -> float:
    """Return the variance inflation of a column: 1 where nothing else says anything of it."""
    own, rest = design[:, column], np.delete(design, column, axis=1)
    left = own - rest @ np.linalg.lstsq(rest, own, rcond=None)[0]
    whole = own - own.mean()
    return float((whole @ whole) / max(left @ left, 1e-300))


def told_apart(effect: Effect) -> bool:
    """Say whether a driver differs enough from trend, season and other drivers to be told apart."""
    return effect.inflation <= _TOLD_APART


def _times(by: By, fitted: Fit, start: int, names: tuple[str, ...]) -> tuple[Time, ...]:
    """Return each month beside the year's average, each weekday beside the week's, each holiday."""
    width = len(fitted.coefficients)
    waves = harmonics((np.arange(12) + 0.5) / 12, HARMONICS)
    found = []
    for month, wave in zip(_MONTHS, waves - waves.mean(axis=0), strict=True):
        weights = np.zeros(width)
        weights[start : start + 2 * HARMONICS] = wave
        found.append(Time("Month", month, fitted.estimate(weights)))
    if by == "day":
        at = [start + names.index(day) for day in WEEKDAYS[1:]]
        for i, day in enumerate(WEEKDAYS):
            weights = np.zeros(width)
            weights[at] = -1 / 7
            if i:
                weights[at[i - 1]] += 1
            found.append(Time("Day of the week", day, fitted.estimate(weights)))
    share = 1 / 7 if by == "week" else 1.0  # of a step that one such day is
    found += [
        Time("Holiday", kind, fitted.estimate(share * _one(fitted, start + names.index(kind))))
        for kind in HOLIDAYS
        if kind in names
    ]
    return tuple(found)


def _taken_apart(series: Series) -> Decomposition:
    """Take roots of the counts apart by MSTL, brought to a usual step.

    Months are brought to one length first, so that February is not a season of its own.
    """
    length = series.days.mean()
    cycles = {"month": [12], "week": [52], "day": [7, 365]}[series.by]
    return decompose(series.n / series.days * length, cycles, scale="root", robust=True)


def bounds(fitted: Fit, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return between which counts each step would lie so often if nothing but the fit happened."""
    from scipy.stats import nbinom, poisson

    mean, a, tail = fitted.fitted, fitted.dispersion, (1 - level) / 2
    if a <= 0:
        return poisson.ppf(tail, mean), poisson.ppf(1 - tail, mean)
    size = 1 / a
    chance = size / (size + mean)
    return nbinom.ppf(tail, size, chance), nbinom.ppf(1 - tail, size, chance)


def step_names(by: By, begun: Dates) -> list[str]:
    """Return what each step is called: its month, or its first day."""
    return [str(d.astype("M8[M]" if by == "month" else "M8[D]")) for d in begun]
