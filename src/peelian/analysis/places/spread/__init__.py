"""Do recorded events lead to others nearby, or are they clustered where they always are?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.places.events import Asks, events_of
from peelian.analysis.places.spread.backgrounds import along_the_ladder
from peelian.analysis.places.spread.clock import timed
from peelian.analysis.places.spread.drawings import drawings
from peelian.analysis.places.spread.found import Found, looked_for
from peelian.analysis.places.spread.tables import tables_of
from peelian.analysis.places.spread.words import answer, caveats, checks, definitions
from peelian.errors import UsageError
from peelian.placing.period import months_covered
from peelian.results import Result
from peelian.statistics.growth import uneven_growth

__all__ = ["spread"]

_QUESTION = "Do recorded events lead to others nearby, or are they just clustered?"
_PAGE = "how-to/read-spread"
_ASKS = Asks("What events lead to", _PAGE, fewest=100)
_FEWEST_DEALS, _FEWEST_RUNS = 99, 30


def spread(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
    crimes: ir.Table,
    incidents: ir.Table,
    areas: ir.Table,
    measures: ir.Table,
    area_measures: ir.Table,
    coverage: ir.Table,
    *,
    records: Literal["crimes", "incidents"] = "crimes",
    categories: tuple[str, ...] = (),
    group: str | None = None,
    leave_out: tuple[str, ...] = (),
    furthest: int = 1000,
    longest: int = 30,
    least: float = 0.1,
    covariates: tuple[str, ...] = (),
    deals: int = 199,
    runs: int = 99,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Do recorded events lead to others nearby, or are they just clustered?

    Estimates the branching ratio: how many others one event leads to directly, on average. Pairs of
    events near in place and time are set against pairs at the same places some whole weeks further
    apart, so that places which are always busy, or busy at their own hours, cancel out; the
    interval is by simulation. Beside it stands what a fitted self-exciting process says under one
    background after another, each with what dealt-out dates give. No place is named.

    Args:
        records: What is looked at: crimes or incidents.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        leave_out: Days whose records are left out, such as 12-31 (of every year) or 2012-07-04.
        furthest: What one event leads to is looked for within so many metres.
        longest: And within so many days.
        least: The least branching ratio that would matter: an interval that ends below it is called
            just clustered.
        covariates: Measures of areas, such as population, that a further background follows; none
            if not given.
        deals: How often dates are dealt out; at least 99.
        runs: How many cities are simulated for the interval; at least 30.
        seed: For both.
        period: First and last day of the months asked for, which the study fills in.

    Raises:
        CannotAnswer: Dates are known by the month only, or places are not; there are too few
            events, places or days; or the time looked at is too short.

    Assumes:
        What makes a place busy lasts longer than the days looked at or comes round by the week, and
        what one event leads to falls off within them, everywhere alike.

    Cannot show:
        That one event caused another: a cause at work for some days makes the same pairs.
    """
    _refuse_settings(furthest, longest, least, deals, runs, seed)
    table = crimes if records == "crimes" else incidents
    held = events_of(table, records, categories, group, asks=_ASKS, leave_out=leave_out)
    months = months_covered(coverage, records, period)
    clock = timed(held, longest=longest, page=_PAGE)
    looked = looked_for(
        clock, furthest=furthest, longest=longest, least=least, deals=deals, runs=runs, seed=seed
    )
    found = Found(
        held=held,
        months=months,
        clock=clock,
        looked=looked,
        ladder=along_the_ladder(
            held, clock, looked, (areas, measures, area_measures), covariates, seed
        ),
        growth=uneven_growth(held.x, held.y, held.days),
        least=least,
    )
    return Result(
        question=_QUESTION,
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions(found),
    )


def _refuse_settings(
    furthest: int, longest: int, least: float, deals: int, runs: int, seed: int
) -> None:
    wrong = (
        furthest < 1
        or longest < 4
        or not 0 < least < 1
        or deals < _FEWEST_DEALS
        or runs < _FEWEST_RUNS
        or seed < 0
    )
    if wrong:
        raise UsageError(
            "A setting is out of its range.",
            found=f"furthest={furthest}, longest={longest}, least={least}, deals={deals}, "
            f"runs={runs}, seed={seed}",
            try_="furthest=1000 (metres), longest=30 (days, 4 or more), least=.1 (between 0 and 1),"
            f" deals=199 ({_FEWEST_DEALS} or more), runs=99 ({_FEWEST_RUNS} or more), seed=1829",
            read=_PAGE,
        )
