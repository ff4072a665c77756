"""Tables of what is unusual, how often each rule is wrong, and what is to come."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.trend.ahead import NAMES
from peelian.analysis.demand.trend.answered import (
    MARK,
    STATUS,
    Answered,
    N,
    flags,
    status,
    step_field,
)
from peelian.analysis.demand.trend.calendar import A_YEAR
from peelian.analysis.demand.trend.estimate import step_names
from peelian.analysis.demand.trend.unusual import Rule
from peelian.columns import figure, key, numbers, whole
from peelian.results import Members, ResultTable
from peelian.statistics.forecasts import LEVEL


def watched_table(all_: Answered) -> ResultTable:
    """Return the weeks that days were put in, to look for what is unusual."""
    series = all_.unusual.series
    expected = all_.unusual.rules[-1].expected
    return ResultTable.of(
        "Records by week, where days were asked for",
        {
            "from": (step_names("week", series.begun), step_field("week")[1]),
            "n": (whole(series.n), N),
            "fitted": (
                numbers(np.where(series.held, expected, np.nan)),
                figure("By trend and season", "one", of=("n",)),
            ),
            "unusual": (flags(all_.unusual.marked), MARK),
            "status": (status(series), STATUS),
        },
        sums_over=("from",),
        members=Members("series", {"from": "week"}),
    )


def unusual_table(all_: Answered) -> ResultTable:
    """Return the alarms. Nothing stands in one whose records are held back."""
    watched, alarms = all_.unusual, all_.unusual.alarms
    source = "series" if watched.series is all_.series else "watched"
    step, _ = step_field(watched.series.by)
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
                key("From"),
            ),
            "to": (
                pa.array([names[a.last] for a in alarms], pa.string()),
                key("To"),
            ),
            "method": (
                pa.array([a.method for a in alarms], pa.string()),
                key("By which rule"),
            ),
            "n": (whole(n), replace(N, note="Of one step; those of a stretch stand by step.")),
            "expected": (numbers(expected), figure("Expected", "one", of=("n",))),
            "p": (
                numbers([a.p for a in alarms]),
                figure("How often chance does as much", "three", of=("n",)),
            ),
            "q": (
                numbers([a.q for a in alarms]),
                figure(
                    "False among all as unlikely",
                    of=("n",),
                    note="Benjamini and Hochberg 1995, over every step judged.",
                ),
            ),
        },
        sums_over=(),
        members=Members(source, {"from": step}),
    )


def rules_table(all_: Answered) -> ResultTable:
    """Return how often each rule is wrong where nothing happens."""
    rules, a_year = all_.unusual.rules, A_YEAR[all_.unusual.series.by]

    def count(rule: Rule) -> int:
        return sum(a.method == rule.method for a in all_.unusual.alarms)

    return ResultTable.of(
        "Rules, and how often each is wrong where nothing happens",
        {
            "method": ([r.method for r in rules], key("Rule")),
            "judged": (
                pa.array([r.judged for r in rules], pa.int64()),
                figure(f"{all_.unusual.series.by.capitalize()}s judged", "integer"),
            ),
            "alarms": (
                pa.array([count(r) for r in rules], pa.int64()),
                figure("Alarms", "integer"),
            ),
            "chance": (
                numbers([r.chance for r in rules]),
                figure(
                    "Alarms where nothing happens",
                    "two",
                    note="By trend, season and chance "
                    "alone, in as many, as measured: a limit that follows a rise late is "
                    "passed by the rise itself.",
                ),
            ),
            "quiet": (
                numbers([r.quiet.steps / a_year if r.quiet else None for r in rules]),
                figure(
                    "Years to a false alarm",
                    "one",
                    note="The in-control run length, measured on series drawn from the fit, in "
                    "which nothing happens. Empty: none was seen.",
                ),
            ),
            "quiet_least": (
                numbers([r.quiet.least / a_year if r.quiet else None for r in rules]),
                figure("At the least", "one", note="A bound of 95 %, for the number of series."),
            ),
        },
        sums_over=(),
    )


def ahead_table(all_: Answered) -> ResultTable:
    """Return the steps to come, each with its interval."""
    steps = all_.ahead.steps
    begun = np.array([s.begins for s in steps])
    return ResultTable.of(
        "The steps to come",
        {
            "step": (
                step_names(all_.ahead.by, begun),
                key("Month" if all_.ahead.by == "month" else "Week from"),
            ),
            "expected": (numbers([s.middle for s in steps]), figure("Expected", "integer")),
            "low": (numbers([s.low for s in steps]), figure("At least", "integer")),
            "high": (
                numbers([s.high for s in steps]),
                figure("At most", "integer", note=f"In {LEVEL:.0%} of cases."),
            ),
        },
        sums_over=(),
    )


def scores_table(all_: Answered) -> ResultTable:
    """Return how each method would have done from past origins."""
    scores, gains = all_.ahead.scores, all_.ahead.gains
    names = list(scores)

    def of(part: str) -> pa.Array:
        return numbers([getattr(gains[k], part) if k in gains else None for k in names])

    return ResultTable.of(
        "How the forecast would have done from past origins",
        {
            "method": ([NAMES[k] for k in names], key("Method")),
            "mase": (
                numbers([scores[k].mase for k in names]),
                figure(
                    "Error",
                    "two",
                    note="Mean absolute scaled error: beside the seasonal naive's within the "
                    "first window.",
                ),
            ),
            "covered": (
                numbers([scores[k].covered for k in names]),
                figure("Inside its interval", note=f"Of {LEVEL:.0%} that should be."),
            ),
            "tried": (
                pa.array([scores[k].counts for k in names], pa.int64()),
                figure("Counts foretold", "integer"),
            ),
            "gain": (of("mean"), figure("Nearer than the naive by", "one")),
            "gain_low": (of("low"), figure("At least", "one")),
            "gain_high": (of("high"), figure("At most", "one")),
            "p": (of("p"), figure("How often chance does as much", "three")),
        },
        sums_over=(),
    )
