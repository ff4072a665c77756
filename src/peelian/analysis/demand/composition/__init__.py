"""What are the records made of: which categories, where, and in which months?"""

import math
from collections.abc import Mapping
from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.demand.composition.areas import in_areas, loaded_areas, onto
from peelian.analysis.demand.composition.counting import count, months_covered, one_series
from peelian.analysis.demand.composition.deep import look
from peelian.analysis.demand.composition.deep_tables import deep_tables
from peelian.analysis.demand.composition.deep_words import (
    deep_caveats,
    deep_checks,
    deep_definitions,
    deep_drawings,
    with_time,
)
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
    incident_codes: ir.Table,
    deployments: ir.Table,
    *,
    records: tuple[Literal["crimes", "incidents", "counts"], ...] = ("crimes", "incidents"),
    series: str | None = None,
    crimes_by: Literal["crime_type", "offence_code", "last_outcome_code"] = "crime_type",
    incidents_by: Literal["category", "opening_code", "grade"] = "category",
    vintage: str | None = None,
    cap_unit_minutes: float = 1440.0,
    cap_officer_minutes: float = 2880.0,
    cap_open_minutes: float = 1440.0,
    codes_shown: int = 12,
    period: tuple[date, date] | None = None,
) -> Result:
    """What are the records made of?

    Counts recorded crimes and incidents side by side, by category, by month and by area. A month
    that no load covers is shown as missing, never as nought. Of incidents it sets each category's
    share of the time, by as many measures as the records bear, beside its share of the number
    (Langton and others 2023: what draws many units changes place between measures); and says what
    is not filled in, how opening codes became closing codes, and in which hours they came.

    Args:
        records: Which kinds are counted: crimes, incidents or both, never added up; or counts that
            arrived already counted, which stand alone.
        series: Of counts, which series; needed where the store holds several.
        crimes_by: What crimes are told apart by: crime_type, offence_code or last_outcome_code.
        incidents_by: What incidents are told apart by: category (or, where that is empty, the
            opening code), opening_code or grade.
        vintage: A vintage of areas, such as LSOA21, that records of others are brought to through
            links; if not given, each stands under the vintage it is coded by.
        cap_unit_minutes: Unit-minutes beyond which no incident counts more.
        cap_officer_minutes: Officer-minutes beyond which no incident counts more.
        cap_open_minutes: Minutes from arrival to close beyond which no incident counts more.
        codes_shown: How many opening and closing codes stand alone; the others are put together.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: No record of these kinds is loaded for these months.

    Assumes:
        A month that a load covers is complete.

    Cannot show:
        Time that nobody logged, such as custody and paperwork; hours and minutes of records that
        hold dates alone; what was not recorded; whether a change is in what happened or in how it
        was recorded.
    """
    caps = {"unit": cap_unit_minutes, "officer": cap_officer_minutes, "open": cap_open_minutes}
    _check(records, series, caps, codes_shown)
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
    looked_at = {**tables, "incident_codes": incident_codes, "deployments": deployments}
    deep = look(kinds, looked_at, columns, covered.months, caps=caps, codes_shown=codes_shown)
    more = deep_tables(deep)
    numbers = tables_of(kinds, covered.months, places)
    return Result(
        question="What are the records made of?",
        answer=with_time(answer(kinds, covered.months), deep, more),
        tables={**numbers, **more},
        drawings=(*drawings(kinds), *deep_drawings(deep, more)),
        diagnostics=(*checks(kinds, places), *deep_checks(deep, more)),
        caveats=(*caveats(kinds, covered.months, places, absent), *deep_caveats(deep, more)),
        definitions={**definitions(kinds, dict(columns)), **deep_definitions(deep)},
    )


def _check(
    records: tuple[str, ...], series: str | None, caps: Mapping[str, float], codes_shown: int
) -> None:
    if codes_shown < 1 or not all(0 < cap < math.inf for cap in caps.values()):
        raise UsageError(
            "A cap is above nought, and some code is shown.",
            found=f"caps {', '.join(f'{cap:g}' for cap in caps.values())}; "
            f"codes_shown={codes_shown}",
            try_="cap_unit_minutes=1440, cap_officer_minutes=2880, cap_open_minutes=1440, "
            "codes_shown=12",
            read="how-to/read-a-composition",
        )
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
