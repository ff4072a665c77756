"""The tables of a trend: every number of its sentences and pictures stands in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.trend.ahead import NAMES, Ahead
from peelian.analysis.demand.trend.calendar import A_YEAR
from peelian.analysis.demand.trend.estimate import Found, Time, bounds, step_names
from peelian.analysis.demand.trend.series import Series
from peelian.analysis.demand.trend.unusual import Rule, Unusual
from peelian.results import Field, Form, Members, ResultTable
from peelian.statistics.count_trend import Estimate
from peelian.statistics.forecasts import LEVEL


@dataclass(frozen=True)
class Answered:
    """What was asked and all that was found, for the tables and the sentences."""

    series: Series
    found: Found
    unusual: Unusual
    ahead: Ahead
    breaks: tuple[str, ...]
    holidays: str
    ratio: float
    run_years: float
    alpha: float

    @property
    def single(self) -> dict[str, str] | None:
        """Say what is fixed of the records counted, where those are every record that fits."""
        s = self.series
        if s.definition is not None or len(s.categories) > 1 or s.by != "month":
            return None
        fixed = {"records": s.kind} | ({"series": s.series} if s.series else {})
        return fixed | ({"category": s.categories[0]} if s.categories else {})


_N = Field(role="count", label="Number", form="integer")


def tables_of(all_: Answered) -> dict[str, ResultTable]:
    """Return every table, by name."""
    return {
        "series": _series(all_),
        "trend": _trend(all_),
        "season": _season(all_),
        **({"holidays": _holidays(all_)} if _of_kind(all_, "Holiday") else {}),
        **({"drivers": _drivers(all_)} if all_.found.effects else {}),
        **({"watched": _watched(all_)} if all_.unusual.series is not all_.series else {}),
        "unusual": _unusual(all_),
        "rules": _rules(all_),
        **({"ahead": _ahead(all_)} if all_.ahead.steps else {}),
        **({"scores": _scores(all_)} if all_.ahead.scores else {}),
        "totals": _totals(all_),
        "records_used": _records_used(all_.series),
    }


def _figure(label: str, form: Form = "percent", of: tuple[str, ...] = (), note: str = "") -> Field:
    return Field(role="figure", label=label, form=form, of=of, note=note)


def _numbers(values: Sequence[float | None] | np.ndarray) -> pa.Array:
    """Return numbers, null where there is none."""
    return pa.array(
        [None if v is None or not np.isfinite(v) else float(v) for v in values], pa.float64()
    )


def _whole(values: Sequence[float] | np.ndarray) -> pa.Array:
    return pa.array([None if np.isnan(v) else round(float(v)) for v in values], pa.int64())


def _flags(values: np.ndarray) -> pa.Array:
    return pa.array([bool(v) for v in values], pa.bool_())


def percent(value: float) -> float:
    """Return a change on the log scale as a share."""
    return float(np.expm1(value))


def _three(estimates: Sequence[Estimate | None]) -> dict[str, list[float | None]]:
    return {
        part: [None if e is None else percent(getattr(e, part)) for e in estimates]
        for part in ("value", "low", "high")
    }


def _step_field(by: str) -> tuple[str, Field]:
    """Return the key column of steps: its name and what it is."""
    if by == "month":
        return "month", Field(role="key", label="Month", form="month")
    return "from", Field(role="key", label="Week from" if by == "week" else "Day", form="date")


def _status(series: Series) -> list[str]:
    return [
        "left out" if left_out else "missing" if not held else "partly" if partly else "recorded"
        for held, partly, left_out in zip(series.held, series.partly, series.left_out, strict=True)
    ]


_STATUS = Field(
    role="label",
    label="Status",
    note="missing: no load covers it, or not all of its days; partly: some sources cover it and "
    "others do not; left out: said to be incomplete.",
)


def _series(all_: Answered) -> ResultTable:
    series, found = all_.series, all_.found
    key, field = _step_field(series.by)
    gap = ~series.held
    low, high = bounds(found.fitted)
    own = series is all_.unusual.series
    marks = {"unusual": (_flags(all_.unusual.marked | found.short), _MARK)} if own else {}
    return ResultTable.of(
        f"Records by {series.by}, beside trend and season",
        {
            key: (step_names(series.by, series.begun), field),
            "n": (_whole(series.n), _N),
            "fitted": (
                _numbers(np.where(gap, np.nan, found.fitted.fitted)),
                _figure("By trend and season", "one", of=("n",)),
            ),
            "low": (_numbers(np.where(gap, np.nan, low)), _figure("At least", "one", of=("n",))),
            "high": (_numbers(np.where(gap, np.nan, high)), _figure("At most", "one", of=("n",))),
            "smooth": (
                _numbers(found.smooth),
                _figure(
                    "Smooth trend",
                    "one",
                    of=("n",),
                    note=f"MSTL of roots, in records of a {series.by} of "
                    f"{found.usual_days:.3g} days.",
                ),
            ),
            **marks,
            **_wholes(all_),
            "status": (_status(series), _STATUS),
        },
        sums_over=(key,),
        where=all_.single,
    )


def _wholes(all_: Answered) -> dict[str, tuple[Any, Field]]:
    """Return what each step is added up in, so that the door knows: its part and its week."""
    found: dict[str, tuple[Any, Field]] = {}
    if len(all_.found.parts) > 1:
        names = np.empty(len(all_.series.begun), dtype=object)
        for part, name in zip(all_.found.parts, _part_names(all_), strict=True):
            names[(all_.series.begun >= part.first) & (all_.series.begun <= part.last)] = name
        found["part"] = (pa.array(names.tolist(), pa.string()), _figure("Part", "text"))
    if all_.unusual.series is not all_.series:
        mondays = all_.series.begun - (all_.series.begun.astype(int) + 3) % 7
        weeks = set(step_names("week", all_.unusual.series.begun))
        held = [w if w in weeks else None for w in step_names("week", mondays)]
        found["week"] = (pa.array(held, pa.string()), _figure("Week from", "text"))
    return found


def _part_names(all_: Answered) -> list[str]:
    by, parts = all_.series.by, all_.found.parts
    firsts = step_names(by, np.array([p.first for p in parts]))
    lasts = step_names(by, np.array([p.last for p in parts]))
    return [f"{first} to {last}" for first, last in zip(firsts, lasts, strict=True)]


_MARK = Field(
    role="figure",
    label="Unusual",
    form="yes_no",
    of=("n",),
    note="Above Farrington's limit, in a stretch that a CUSUM calls a lasting rise or fall, or so "
    "far below what is around it that its records may not all be there.",
)


def _watched(all_: Answered) -> ResultTable:
    """Return the weeks that days were put in, to look for what is unusual."""
    series = all_.unusual.series
    expected = all_.unusual.rules[-1].expected
    return ResultTable.of(
        "Records by week, where days were asked for",
        {
            "from": (step_names("week", series.begun), _step_field("week")[1]),
            "n": (_whole(series.n), _N),
            "fitted": (
                _numbers(np.where(series.held, expected, np.nan)),
                _figure("By trend and season", "one", of=("n",)),
            ),
            "unusual": (_flags(all_.unusual.marked), _MARK),
            "status": (_status(series), _STATUS),
        },
        sums_over=("from",),
        members=Members("series", {"from": "week"}),
    )


def _trend(all_: Answered) -> ResultTable:
    by, parts = all_.series.by, all_.found.parts
    slopes = _three([p.slope for p in parts])
    beside = _three([p.beside for p in parts])
    columns: dict[str, tuple[Any, Field]] = {
        "part": (_part_names(all_), Field(role="key", label="Part of the series")),
        "steps": (
            pa.array([p.steps for p in parts], pa.int64()),
            _figure(f"{by.capitalize()}s with a count", "integer"),
        ),
        "n": (pa.array([p.n for p in parts], pa.int64()), _N),
        "change": (
            _numbers(slopes["value"]),
            _figure("Change a year", of=("n",), note="Of the trend, season apart."),
        ),
        "low": (_numbers(slopes["low"]), _figure("At least", of=("n",))),
        "high": (_numbers(slopes["high"]), _figure("At most", of=("n",))),
        "p": (
            _numbers([p.slope.p for p in parts]),
            _figure("How often chance does as much", "three", of=("n",)),
        ),
    }
    if all_.found.effects:
        columns |= {
            "beside": (_numbers(beside["value"]), _figure("Beside the drivers", of=("n",))),
            "beside_low": (_numbers(beside["low"]), _figure("At least, beside", of=("n",))),
            "beside_high": (_numbers(beside["high"]), _figure("At most, beside", of=("n",))),
        }
    members = Members("series", {"part": "part"}) if len(parts) > 1 else None
    return ResultTable.of("The trend a year", columns, sums_over=("part",), members=members)


def _of_kind(all_: Answered, *kinds: str) -> list[Time]:
    return [time for time in all_.found.times if time.kind in kinds]


def _holidays(all_: Answered) -> ResultTable:
    times = _of_kind(all_, "Holiday")
    effects = _three([t.effect for t in times])
    of = (
        "A week with one such day beside one without"
        if all_.series.by == "week"
        else ("Such a day beside an ordinary one of the same weekday and time of year")
    )
    return ResultTable.of(
        "Bank holidays",
        {
            "holiday": ([t.name for t in times], Field(role="key", label="Holiday")),
            "effect": (_numbers(effects["value"]), _figure("Change", note=f"{of}.")),
            "low": (_numbers(effects["low"]), _figure("At least")),
            "high": (_numbers(effects["high"]), _figure("At most")),
        },
        sums_over=(),
    )


def _season(all_: Answered) -> ResultTable:
    times = _of_kind(all_, "Month", "Day of the week")
    effects = _three([t.effect for t in times])
    return ResultTable.of(
        "Times of the year, beside the average",
        {
            "kind": ([t.kind for t in times], Field(role="key", label="Kind")),
            "time": ([t.name for t in times], Field(role="key", label="Time")),
            "effect": (
                _numbers(effects["value"]),
                _figure(
                    "Beside the average",
                    note="Beside the mean of all months, or weekdays, for days alike in number.",
                ),
            ),
            "low": (_numbers(effects["low"]), _figure("At least")),
            "high": (_numbers(effects["high"]), _figure("At most")),
        },
        sums_over=(),
    )


def _drivers(all_: Answered) -> ResultTable:
    effects = all_.found.effects
    told = _three([e.effect for e in effects])
    return ResultTable.of(
        "What goes with a tenth more of each driver",
        {
            "driver": ([e.driver.name for e in effects], Field(role="key", label="Driver")),
            "effect": (
                _numbers(told["value"]),
                _figure("Change that goes with a tenth more", note="All else as it is."),
            ),
            "low": (_numbers(told["low"]), _figure("At least")),
            "high": (_numbers(told["high"]), _figure("At most")),
            "p": (
                _numbers([e.effect.p for e in effects]),
                _figure("How often chance does as much", "three"),
            ),
            "inflation": (
                _numbers([e.inflation for e in effects]),
                _figure(
                    "Variance inflation",
                    "one",
                    note="How much of it trend, season and other drivers say already: one is "
                    "nothing.",
                ),
            ),
            "partial": (
                pa.array([e.driver.partial for e in effects], pa.int64()),
                _figure("Months that some areas did not report", "integer"),
            ),
        },
        sums_over=(),
    )


def _unusual(all_: Answered) -> ResultTable:
    """Return the alarms. Nothing stands in one whose records are held back."""
    watched, alarms = all_.unusual, all_.unusual.alarms
    source = "series" if watched.series is all_.series else "watched"
    key, _ = _step_field(watched.series.by)
    names = step_names(watched.series.by, watched.series.begun)
    by_method = {rule.method: rule.expected for rule in watched.rules}
    # Of a stretch no number is told: it would tell a month in it that is held back.
    n = [watched.series.n[a.first] if a.first == a.last else np.nan for a in alarms]
    expected = [
        float(
            np.sum(
                by_method[a.method][a.first : a.last + 1][watched.series.held[a.first : a.last + 1]]
            )
        )
        for a in alarms
    ]
    return ResultTable.of(
        "What is unusual",
        {
            "from": (
                pa.array([names[a.first] for a in alarms], pa.string()),
                Field(role="key", label="From"),
            ),
            "to": (
                pa.array([names[a.last] for a in alarms], pa.string()),
                Field(role="key", label="To"),
            ),
            "method": (
                pa.array([a.method for a in alarms], pa.string()),
                Field(role="key", label="By which rule"),
            ),
            "n": (_whole(n), replace(_N, note="Of one step; those of a stretch stand by step.")),
            "expected": (_numbers(expected), _figure("Expected", "one", of=("n",))),
            "p": (
                _numbers([a.p for a in alarms]),
                _figure("How often chance does as much", "three", of=("n",)),
            ),
            "q": (
                _numbers([a.q for a in alarms]),
                _figure(
                    "False among all as unlikely",
                    of=("n",),
                    note="Benjamini and Hochberg 1995, over every step judged.",
                ),
            ),
        },
        sums_over=(),
        members=Members(source, {"from": key}),
    )


def _rules(all_: Answered) -> ResultTable:
    """Return how often each rule is wrong where nothing happens."""
    rules, a_year = all_.unusual.rules, A_YEAR[all_.unusual.series.by]

    def count(rule: Rule) -> int:
        return sum(a.method == rule.method for a in all_.unusual.alarms)

    return ResultTable.of(
        "Rules, and how often each is wrong where nothing happens",
        {
            "method": ([r.method for r in rules], Field(role="key", label="Rule")),
            "judged": (
                pa.array([r.judged for r in rules], pa.int64()),
                _figure(f"{all_.unusual.series.by.capitalize()}s judged", "integer"),
            ),
            "alarms": (
                pa.array([count(r) for r in rules], pa.int64()),
                _figure("Alarms", "integer"),
            ),
            "chance": (
                _numbers([r.chance for r in rules]),
                _figure("Alarms by chance alone", "two", note="In as many, as measured."),
            ),
            "quiet": (
                _numbers([r.quiet.steps / a_year if r.quiet else None for r in rules]),
                _figure(
                    "Years to a false alarm",
                    "one",
                    note="The in-control run length, measured on series drawn from the fit, in "
                    "which nothing happens. Empty: none was seen.",
                ),
            ),
            "quiet_least": (
                _numbers([r.quiet.least / a_year if r.quiet else None for r in rules]),
                _figure("At the least", "one", note="A bound of 95 %, for the number of series."),
            ),
        },
        sums_over=(),
    )


def _ahead(all_: Answered) -> ResultTable:
    steps = all_.ahead.steps
    begun = np.array([s.begins for s in steps])
    return ResultTable.of(
        "The steps to come",
        {
            "step": (
                step_names(all_.ahead.by, begun),
                Field(
                    role="key",
                    label="Month" if all_.ahead.by == "month" else "Week from",
                    form="text",
                ),
            ),
            "expected": (_numbers([s.middle for s in steps]), _figure("Expected", "integer")),
            "low": (_numbers([s.low for s in steps]), _figure("At least", "integer")),
            "high": (
                _numbers([s.high for s in steps]),
                _figure("At most", "integer", note=f"In {LEVEL:.0%} of cases."),
            ),
        },
        sums_over=(),
    )


def _scores(all_: Answered) -> ResultTable:
    scores, gains = all_.ahead.scores, all_.ahead.gains
    names = list(scores)

    def of(part: str) -> pa.Array:
        return _numbers([getattr(gains[k], part) if k in gains else None for k in names])

    return ResultTable.of(
        "How the forecast would have done from past origins",
        {
            "method": ([NAMES[k] for k in names], Field(role="key", label="Method")),
            "mase": (
                _numbers([scores[k].mase for k in names]),
                _figure(
                    "Error",
                    "two",
                    note="Mean absolute scaled error: beside the seasonal naive's within the "
                    "first window.",
                ),
            ),
            "covered": (
                _numbers([scores[k].covered for k in names]),
                _figure("Inside its interval", note=f"Of {LEVEL:.0%} that should be."),
            ),
            "tried": (
                pa.array([scores[k].counts for k in names], pa.int64()),
                _figure("Counts foretold", "integer"),
            ),
            "gain": (of("mean"), _figure("Nearer than the naive by", "one")),
            "gain_low": (of("low"), _figure("At least", "one")),
            "gain_high": (of("high"), _figure("At most", "one")),
            "p": (of("p"), _figure("How often chance does as much", "three")),
        },
        sums_over=(),
    )


def _totals(all_: Answered) -> ResultTable:
    series, found, latest = all_.series, all_.found, all_.found.latest
    scores, gains = all_.ahead.scores, all_.ahead.gains
    months = [t for t in found.times if t.kind == "Month"]
    peak = max(months, key=lambda t: t.effect.value)
    trough = min(months, key=lambda t: t.effect.value)
    by_limit, rise, fall = all_.unusual.rules
    a_year = A_YEAR[all_.unusual.series.by]

    def number(label: str, value: float | None, form: Form = "integer") -> tuple[Any, Field]:
        kind = pa.int64() if form == "integer" else pa.float64()
        given = None if value is None or not np.isfinite(value) else value
        return pa.array([given], kind), _figure(label, form)

    def resting(label: str, value: float, form: Form = "percent") -> tuple[Any, Field]:
        return _numbers([value]), _figure(label, form, of=("n",))

    count = Field(role="count", label=f"{series.noun[:1].upper()}{series.noun[1:]}", form="integer")
    columns: dict[str, tuple[Any, Field]] = {
        "n": ([series.total], count),
        "change": resting("Change a year", percent(latest.slope.value)),
        "change_size": resting("Size of the change a year", abs(percent(latest.slope.value))),
        "low": resting("At least", percent(latest.slope.low)),
        "high": resting("At most", percent(latest.slope.high)),
        "p": resting("How often chance does as much", latest.slope.p, "three"),
        "steps": number(f"{series.by.capitalize()}s with a count", int(series.held.sum())),
        "missing": number(f"{series.by.capitalize()}s missing", int((~series.held).sum())),
        "partly": number("Covered by some sources only", int(series.partly.sum())),
        "parts": number("Parts", len(found.parts)),
        "seasonal": resting("How often chance makes such a season", found.seasonal, "three"),
        "peak": (
            [peak.name],
            Field(role="label", label="Highest month of the year"),
        ),
        "peak_over": resting("Above the average", percent(peak.effect.value)),
        "trough": (
            [trough.name],
            Field(role="label", label="Lowest month of the year"),
        ),
        "trough_under": resting("Below the average", -percent(trough.effect.value)),
        "spread": resting("Dispersion", found.fitted.dispersion, "three"),
        "memory": resting("Autocorrelation of what is left", found.fitted.autocorrelation, "two"),
        "limit_judged": number("Judged by Farrington's limit", by_limit.judged),
        "limit_alarms": number(
            "Above it", sum(a.method == by_limit.method for a in all_.unusual.alarms)
        ),
        "limit_chance": number("Above it by chance alone", by_limit.chance, "one"),
        "stretches": number(
            "Lasting rises and falls",
            sum(a.method != by_limit.method for a in all_.unusual.alarms),
        ),
        "stretch_chance": number("By chance alone", rise.chance + fall.chance, "two"),
        "stretch_years": number(
            "Years to a false one, of the two rules the shorter",
            min(r.quiet.steps for r in (rise, fall) if r.quiet) / a_year,
            "one",
        ),
        "origins": number("Past origins", all_.ahead.origins),
        "undated": (
            [series.undated],
            Field(role="count", label="Without a covered month", form="integer"),
        ),
        "cut": (
            [series.cut],
            Field(role="count", label="In steps that are not whole", form="integer"),
        ),
    }
    if scores:
        columns |= {
            "mase": number("Error of the forecast", scores["mean"].mase, "two"),
            "mase_naive": number("Error of the seasonal naive", scores["naive"].mase, "two"),
            "covered": number("Inside its interval", scores["mean"].covered, "percent"),
            "gain": number("Nearer than the naive by", gains["mean"].mean, "one"),
            "gain_low": number("At least", gains["mean"].low, "one"),
            "gain_high": number("At most", gains["mean"].high, "one"),
        }
    if found.effects:
        columns |= {
            "beside": resting("Beside the drivers", percent(latest.beside.value)),  # type: ignore[union-attr]
            "beside_low": resting("At least, beside", percent(latest.beside.low)),  # type: ignore[union-attr]
            "beside_high": resting("At most, beside", percent(latest.beside.high)),  # type: ignore[union-attr]
            "steps_beside": number("Steps that every driver covers", found.steps_beside),
        }
    return ResultTable.of("Totals", columns, sums_over=())


def _records_used(series: Series) -> ResultTable:
    counts = {
        "used": (series.total, "Used"),
        "undated": (series.undated, "Without a covered month"),
        "cut": (series.cut, "In steps that are not whole"),
        "others": (series.others, "Not asked for"),
    }
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": ([series.kind], Field(role="key", label="Records")),
            **{
                name: ([value], Field(role="count", label=label, form="integer"))
                for name, (value, label) in counts.items()
            },
        },
        sums_over=(),
    )
