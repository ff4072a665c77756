"""What are the records made of: which categories, where, and in which months?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.demand.composition.areas import in_areas, loaded_areas, onto
from peelian.analysis.demand.composition.counting import count, months_covered, one_series
from peelian.analysis.demand.composition.tables import tables_of
from peelian.analysis.demand.composition.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.errors import CannotAnswer, UsageError
from peelian.results import Result

__all__ = ["composition"]


def composition(  # noqa: PLR0913, D417  (its tables are records; its settings are given by name)
    crimes: ir.Table,
    incidents: ir.Table,
    areas: ir.Table,
    coverage: ir.Table,
    counts: ir.Table,
    area_links: ir.Table,
    *,
    records: tuple[Literal["crimes", "incidents", "counts"], ...] = ("crimes", "incidents"),
    series: str | None = None,
    crimes_by: Literal["crime_type", "offence_code", "last_outcome_code"] = "crime_type",
    incidents_by: Literal["category", "opening_code", "grade"] = "category",
    vintage: str | None = None,
    period: tuple[date, date] | None = None,
) -> Result:
    """What are the records made of?

    Counts recorded crimes and incidents side by side, by category, by month and by area. A month
    that no load covers is shown as missing, never as nought.

    Args:
        records: Which kinds are counted: crimes, incidents or both, never added up; or counts that
            arrived already counted, which stand alone.
        series: Of counts, which series; needed where the store holds several.
        crimes_by: What crimes are told apart by: crime_type, offence_code or last_outcome_code.
        incidents_by: What incidents are told apart by: category (or, where that is empty, the
            opening code), opening_code or grade.
        vintage: A vintage of areas, such as LSOA21, that records of others are brought to through
            links; if not given, each stands under the vintage it is coded by.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: No record of these kinds is loaded for these months.

    Assumes:
        A month that a load covers is complete.

    Cannot show:
        How much of the force's time each takes; what was not recorded; whether a change is in what
        happened or in how it was recorded.
    """
    _check(records, series)
    tables = {"crimes": crimes, "incidents": incidents, "counts": counts}
    counted = one_series(counts, series) if "counts" in records else ""
    columns = {"crimes": crimes_by, "incidents": incidents_by, "counts": "category"}
    covered = months_covered(coverage, records, period, counted)
    every = [count(tables[kind], kind, columns[kind], covered, counted) for kind in records]
    kinds = [kind for kind in every if kind.covered.any()]
    if not any(kind.total for kind in kinds):
        raise CannotAnswer(
            f"No {' or '.join(records)} are loaded for these months.",
            found=f"{len(covered.months)} months looked at, no record in them",
            try_="load them, ask of another period, or ask of `records` that are loaded",
            read="how-to/load-published-police-files",
        )
    named = loaded_areas(areas)
    if vintage is not None:
        kinds = [onto(kind, area_links, named, vintage) for kind in kinds]
    places = [in_areas(kind, named) for kind in kinds]
    absent = [kind.name for kind in every if not kind.covered.any()]
    return Result(
        question="What are the records made of?",
        answer=answer(kinds, covered.months),
        tables=tables_of(kinds, covered.months, places),
        drawings=drawings(kinds),
        diagnostics=checks(kinds, places),
        caveats=caveats(kinds, covered.months, places, absent),
        definitions=definitions(kinds, dict(columns)),
    )


def _check(records: tuple[str, ...], series: str | None) -> None:
    problem = ""
    if not records or len(set(records)) < len(records):
        problem = "The kinds of record to count must be named once each."
    elif "counts" in records and len(records) > 1:
        problem = "Counts may hold the very crimes and incidents beside them, so they stand alone."
    elif series is not None and "counts" not in records:
        problem = "A series is of counts, and no counts were asked for."
    if problem:
        raise UsageError(
            problem,
            found=f"records={','.join(records) or 'none'}, series={series or 'none'}",
            try_="records=crimes,incidents; or records=counts with its series",
            read="how-to/read-a-composition",
        )
