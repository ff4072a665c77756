"""The tables of a trend: every number of its sentences and pictures stands in one of them."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.trend.answered import (
    MARK,
    STATUS,
    Answered,
    N,
    flags,
    percent,
    status,
    step_field,
    three,
)
from peelian.analysis.demand.trend.calendar import A_YEAR
from peelian.analysis.demand.trend.estimate import Time, bounds, step_names
from peelian.analysis.demand.trend.series import Series
from peelian.analysis.demand.trend.watched_tables import (
    ahead_table,
    rules_table,
    scores_table,
    unusual_table,
    watched_table,
)
from peelian.columns import counted, figure, key, named, numbers, whole
from peelian.results import Field, Form, Members, ResultTable
from peelian.sentences import capital


def tables_of(all_: Answered) -> dict[str, ResultTable]:
    """Return every table, by name."""
    return {
        "series": _series(all_),
        "trend": _trend(all_),
        "season": _season(all_),
        **({"holidays": _holidays(all_)} if _of_kind(all_, "Holiday") else {}),
        **({"drivers": _drivers(all_)} if all_.found.effects else {}),
        **({"watched": watched_table(all_)} if all_.unusual.series is not all_.series else {}),
        "unusual": unusual_table(all_),
        "rules": rules_table(all_),
        **({"ahead": ahead_table(all_)} if all_.ahead.steps else {}),
        **({"scores": scores_table(all_)} if all_.ahead.scores else {}),
        "totals": _totals(all_),
        "records_used": _records_used(all_.series),
    }


def _series(all_: Answered) -> ResultTable:
    series, found = all_.series, all_.found
    key, field = step_field(series.by)
    gap = ~series.held
    low, high = bounds(found.fitted)
    own = series is all_.unusual.series
    marks = {"unusual": (flags(all_.unusual.marked | found.short), MARK)} if own else {}
    return ResultTable.of(
        f"Records by {series.by}, beside trend and season",
        {
            key: (step_names(series.by, series.begun), field),
            "n": (whole(series.n), N),
            "fitted": (
                numbers(np.where(gap, np.nan, found.fitted.fitted)),
                figure("By trend and season", "one", of=("n",)),
            ),
            "low": (numbers(np.where(gap, np.nan, low)), figure("At least", "one", of=("n",))),
            "high": (numbers(np.where(gap, np.nan, high)), figure("At most", "one", of=("n",))),
            "smooth": (
                numbers(found.smooth),
                figure(
                    "Smooth trend",
                    "one",
                    of=("n",),
                    note=f"MSTL of roots, in records of a {series.by} of "
                    f"{found.usual_days:.3g} days.",
                ),
            ),
            **marks,
            **_wholes(all_),
            "status": (status(series), STATUS),
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
        found["part"] = (pa.array(names.tolist(), pa.string()), figure("Part", "text"))
    if all_.unusual.series is not all_.series:
        mondays = all_.series.begun - (all_.series.begun.astype(int) + 3) % 7
        weeks = set(step_names("week", all_.unusual.series.begun))
        held = [w if w in weeks else None for w in step_names("week", mondays)]
        found["week"] = (pa.array(held, pa.string()), figure("Week from", "text"))
    return found


def _part_names(all_: Answered) -> list[str]:
    by, parts = all_.series.by, all_.found.parts
    firsts = step_names(by, np.array([p.first for p in parts]))
    lasts = step_names(by, np.array([p.last for p in parts]))
    return [f"{first} to {last}" for first, last in zip(firsts, lasts, strict=True)]


def _trend(all_: Answered) -> ResultTable:
    by, parts = all_.series.by, all_.found.parts
    slopes = three([p.slope for p in parts])
    beside = three([p.beside for p in parts])
    columns: dict[str, tuple[Any, Field]] = {
        "part": (_part_names(all_), key("Part of the series")),
        "steps": (
            pa.array([p.steps for p in parts], pa.int64()),
            figure(f"{by.capitalize()}s with a count", "integer"),
        ),
        "n": (pa.array([p.n for p in parts], pa.int64()), N),
        "change": (
            numbers(slopes["value"]),
            figure("Change a year", of=("n",), note="Of the trend, season apart."),
        ),
        "low": (numbers(slopes["low"]), figure("At least", of=("n",))),
        "high": (numbers(slopes["high"]), figure("At most", of=("n",))),
        "p": (
            numbers([p.slope.p for p in parts]),
            figure("How often chance does as much", "three", of=("n",)),
        ),
    }
    if all_.found.effects:
        columns |= {
            "beside": (numbers(beside["value"]), figure("Beside the drivers", of=("n",))),
            "beside_low": (numbers(beside["low"]), figure("At least, beside", of=("n",))),
            "beside_high": (numbers(beside["high"]), figure("At most, beside", of=("n",))),
        }
    members = Members("series", {"part": "part"}) if len(parts) > 1 else None
    return ResultTable.of("The trend a year", columns, sums_over=("part",), members=members)


def _of_kind(all_: Answered, *kinds: str) -> list[Time]:
    return [time for time in all_.found.times if time.kind in kinds]


def _holidays(all_: Answered) -> ResultTable:
    times = _of_kind(all_, "Holiday")
    effects = three([t.effect for t in times])
    of = (
        "A week with one such day beside one without"
        if all_.series.by == "week"
        else ("Such a day beside an ordinary one of the same weekday and time of year")
    )
    return ResultTable.of(
        "Bank holidays",
        {
            "holiday": ([t.name for t in times], key("Holiday")),
            "effect": (numbers(effects["value"]), figure("Change", note=f"{of}.")),
            "low": (numbers(effects["low"]), figure("At least")),
            "high": (numbers(effects["high"]), figure("At most")),
        },
        sums_over=(),
    )


def _season(all_: Answered) -> ResultTable:
    times = _of_kind(all_, "Month", "Day of the week")
    effects = three([t.effect for t in times])
    return ResultTable.of(
        "Times of the year, beside the average",
        {
            "kind": ([t.kind for t in times], key("Kind")),
            "time": ([t.name for t in times], key("Time")),
            "effect": (
                numbers(effects["value"]),
                figure(
                    "Beside the average",
                    note="Beside the mean of all months, or weekdays, for days alike in number.",
                ),
            ),
            "low": (numbers(effects["low"]), figure("At least")),
            "high": (numbers(effects["high"]), figure("At most")),
        },
        sums_over=(),
    )


def _drivers(all_: Answered) -> ResultTable:
    effects = all_.found.effects
    told = three([e.effect for e in effects])
    return ResultTable.of(
        "What goes with a tenth more of each driver",
        {
            "driver": ([e.driver.name for e in effects], key("Driver")),
            "effect": (
                numbers(told["value"]),
                figure("Change that goes with a tenth more", note="All else as it is."),
            ),
            "low": (numbers(told["low"]), figure("At least")),
            "high": (numbers(told["high"]), figure("At most")),
            "p": (
                numbers([e.effect.p for e in effects]),
                figure("How often chance does as much", "three"),
            ),
            "inflation": (
                numbers([e.inflation for e in effects]),
                figure(
                    "Variance inflation",
                    "one",
                    note="How much of it trend, season and other drivers say already: one is "
                    "nothing.",
                ),
            ),
            "partial": (
                pa.array([e.driver.partial for e in effects], pa.int64()),
                figure("Months that some areas did not report", "integer"),
            ),
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
        return pa.array([given], kind), figure(label, form)

    def resting(label: str, value: float, form: Form = "percent") -> tuple[Any, Field]:
        return numbers([value]), figure(label, form, of=("n",))

    records = counted(capital(series.noun))
    columns: dict[str, tuple[Any, Field]] = {
        "n": ([series.total], records),
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
            named("Highest month of the year"),
        ),
        "peak_over": resting("Above the average", percent(peak.effect.value)),
        "trough": (
            [trough.name],
            named("Lowest month of the year"),
        ),
        "trough_under": resting("Below the average", -percent(trough.effect.value)),
        "spread": resting("Dispersion", found.fitted.dispersion, "three"),
        "memory": resting("Autocorrelation of what is left", found.fitted.autocorrelation, "two"),
        "limit_judged": number("Judged by Farrington's limit", by_limit.judged),
        "limit_alarms": number(
            "Above it", sum(a.method == by_limit.method for a in all_.unusual.alarms)
        ),
        "limit_chance": number(
            "Above it by trend, season and chance alone", by_limit.chance, "one"
        ),
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
            counted("Without a covered month"),
        ),
        "cut": (
            [series.cut],
            counted("In steps that are not whole"),
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
            "records": ([series.kind], key("Records")),
            **{name: ([value], counted(label)) for name, (value, label) in counts.items()},
        },
        sums_over=(),
    )
