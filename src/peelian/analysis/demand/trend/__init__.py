"""Is it rising, is it seasonal, is anything unusual, and what drives it?"""

from datetime import date

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.trend.ahead import look_ahead
from peelian.analysis.demand.trend.answered import Answered
from peelian.analysis.demand.trend.calendar import By, Holidays
from peelian.analysis.demand.trend.drivers import drivers_of
from peelian.analysis.demand.trend.estimate import design, estimate
from peelian.analysis.demand.trend.series import Asked, Records, series_of
from peelian.analysis.demand.trend.tables import tables_of
from peelian.analysis.demand.trend.unusual import look
from peelian.analysis.demand.trend.words import answer, caveats, checks, definitions, drawings
from peelian.definitions import Definition, find
from peelian.errors import UsageError
from peelian.results import Result

__all__ = ["trend"]

_MOST_AHEAD = 12


def trend(  # noqa: PLR0913, PLR0917, D417  (its tables are records)
    crimes: ir.Table,
    incidents: ir.Table,
    counts: ir.Table,
    coverage: ir.Table,
    services: ir.Table,
    incident_codes: ir.Table,
    labels: ir.Table,
    involvements: ir.Table,
    markers: ir.Table,
    *,
    records: Records = "incidents",
    series: str | None = None,
    categories: tuple[str, ...] = (),
    definition: str | None = None,
    by: By = "month",
    break_at: tuple[date, ...] = (),
    leave_out: tuple[date, ...] = (),
    drivers: tuple[str, ...] = (),
    holidays: Holidays = "england-and-wales",
    alpha: float = 0.01,
    ratio: float = 1.2,
    run_years: float = 30.0,
    ahead: int = 3,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Is it rising, is it seasonal, is anything unusual, and what drives it?

    Fits counts with trend, season and what partners counted; takes them apart; looks for steps
    above what past years lead to expect and for lasting rises and falls, each rule with the time it
    takes to a false alarm; and looks ahead, beside repeating last year's counts.

    Args:
        records: What is counted: incidents, crimes, or counts that arrived already counted.
        series: Of counts, which series; needed where the store holds several.
        categories: Only these categories, by code or by name; all if not given.
        definition: Of incidents, only those that this definition counts, such as
            mental-health-flag; a name or the path of a file.
        by: Whether counts are of months, weeks or days.
        break_at: Days on which counting changed, such as a new definition: level and trend are
            then each part's own.
        leave_out: Any day of each month, week or day whose records are known to be incomplete: it
            is then missing.
        drivers: What partners counted, such as crisis_line, or crisis_line:mental-health calls
            where a service has several; from the table of services.
        holidays: Whose bank holidays weeks and days are told apart by.
        alpha: The chance with which one step passes Farrington's limit where nothing happens.
        ratio: The lasting rise that is looked for, as times the expected count; a fall likewise.
        run_years: Years until a false alarm of a lasting rise or fall.
        ahead: How many months, or weeks, are foretold.
        seed: Where chance starts.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: The series is too short, or the records cannot be put on days or held to the
            definition.

    Assumes:
        Months that a load covers are complete; the season is the same each year; within a part the
        trend is even.

    Cannot show:
        Whether a change is in what happened or in what was reported and recorded; what causes it;
        anything of months that no load covers.
    """
    _check(alpha, ratio, run_years, ahead, seed)
    tables = {
        "crimes": crimes, "incidents": incidents, "counts": counts, "labels": labels,
        "incident_codes": incident_codes, "involvements": involvements, "markers": markers,
    }  # fmt: skip
    what = _one(definition)
    counted = series_of(
        Asked(records, series, categories, what, by, leave_out, period), tables, coverage
    )
    found = estimate(counted, drivers_of(services, drivers, counted.begun), break_at, holidays)
    watched = counted.weekly() if by == "day" else counted
    unusual = look(
        watched, design(watched, break_at, holidays), alpha=alpha, ratio=ratio,
        run_years=run_years, rng=np.random.default_rng(seed),
    )  # fmt: skip
    all_ = Answered(
        series=counted,
        found=found,
        unusual=unusual,
        ahead=look_ahead(watched, ahead, holidays),
        breaks=tuple(str(day) for day in sorted(break_at)),
        holidays=holidays,
        ratio=ratio,
        run_years=run_years,
        alpha=alpha,
    )
    return Result(
        question="Is it rising, is it seasonal, is anything unusual, and what drives it?",
        answer=answer(all_),
        tables=tables_of(all_),
        drawings=drawings(all_),
        diagnostics=checks(all_),
        caveats=caveats(all_),
        definitions=definitions(all_),
    )


def _check(alpha: float, ratio: float, run_years: float, ahead: int, seed: int) -> None:
    fair = 0 < alpha <= 0.2 and 1 < ratio <= 10 and 0.5 <= run_years <= 100
    if fair and 1 <= ahead <= _MOST_AHEAD and seed >= 0:
        return
    raise UsageError(
        "A chance, a rise, a run of years or a number of steps is out of its range.",
        found=f"alpha={alpha}, ratio={ratio}, run_years={run_years}, ahead={ahead}, seed={seed}",
        try_="alpha=0.01 (up to 0.2), ratio=1.2 (above 1), run_years=30, "
        f"ahead=3 (up to {_MOST_AHEAD}), seed=1829",
        read="how-to/read-a-trend",
    )


def _one(definition: str | None) -> Definition | None:
    if definition is None:
        return None
    one, *others = find((definition,))
    if others:
        raise UsageError(
            f"{definition!r} names several definitions, and a trend is of one.",
            found=", ".join(each.name for each in (one, *others)),
            try_=f"definition={one.name}",
            read="how-to/read-a-trend",
        )
    return one
