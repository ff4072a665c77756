"""How much of the work is X, under each definition, and as a share of what?"""

from datetime import date
from typing import Any, Literal

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.share.asked import (
    Asked,
    able_definitions,
    able_denominators,
    checked,
    checked_numbers,
    keys_of,
)
from peelian.analysis.demand.share.counting import (
    Contacts,
    Wanted,
    all_contacts,
    by_caller,
    by_day,
    by_group,
    by_response,
    marked_once,
    months_of,
    names_of_districts,
)
from peelian.analysis.demand.share.drawings import drawings
from peelian.analysis.demand.share.found import Found
from peelian.analysis.demand.share.groups import grouped, months_apart
from peelian.analysis.demand.share.measured import Counted, every_share
from peelian.analysis.demand.share.tables import tables_of
from peelian.analysis.demand.share.words import answer, caveats, checks, meanings
from peelian.errors import CannotAnswer
from peelian.results import Result
from peelian.statistics.months import run, whole

__all__ = ["share"]

Denominator = Literal["incidents", "attended", "contacts", "unit-hours", "officer-hours"]


def share(  # noqa: PLR0913, PLR0917, D417  (its tables are records; its settings are given by name)
    incidents: ir.Table,
    contacts: ir.Table,
    incident_codes: ir.Table,
    labels: ir.Table,
    involvements: ir.Table,
    markers: ir.Table,
    deployments: ir.Table,
    areas: ir.Table,
    coverage: ir.Table,
    *,
    definitions: tuple[str, ...] = ("mental-health-flag", "mental-health"),
    denominators: tuple[Denominator, ...] = (
        "incidents",
        "attended",
        "contacts",
        "unit-hours",
        "officer-hours",
    ),
    by: tuple[Literal["district", "category", "grade", "hour", "area"], ...] = (
        "district",
        "category",
        "hour",
    ),
    to: str | None = None,
    minutes: Literal["incidents", "deployments"] = "incidents",
    cap_minutes: float = 480.0,
    bootstrap: int = 0,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """How much of the work is X, under each definition?

    Every definition is set against every denominator, each with its interval, and never one number
    alone: the answer gives the first of them with the range over all. Contacts are divided by
    contacts, incidents by incidents, hours by hours; nothing is divided by what it is not a part
    of.

    Args:
        definitions: Definitions by name, families of them (mental-health), or paths of a reader's
            own; the first leads the answer and is the one that is told by group.
        denominators: What shares are of: incidents, attended, contacts, unit-hours, officer-hours;
            the first leads.
        by: What the first definition is told by: district, category, grade, hour of the week, or
            area (only for what does not speak of health).
        to: The definition that the steps from the first one lead to; if not given, the one that
            counts the most.
        minutes: Which records time is taken from: the minutes of incidents, or deployments.
        cap_minutes: Minutes of one incident beyond this count as this, where minutes are capped.
        bootstrap: Draws of a bootstrap by incident (a caller's incidents together), whose intervals
            then stand beside; nought for none.
        seed: Where the chance of those draws comes from.
        period: First and last day of the months asked for, which the study fills in.

    Raises:
        CannotAnswer: Nothing asked for can be worked out here, or health was asked for by area.
        UsageError: A definition is not known, or a setting says nothing.

    Assumes:
        The records are all there were in these months. An interval then says how far the share of
        the process that made them may lie from theirs, were days and callers drawn again: runs of
        days are taken as independent, and callers as independent of one another. Minutes that are
        missing are left out, except where the rule says that they are filled.

    Cannot show:
        How much need there truly is: a share says what its definition marks (`demand.audit`
        corrects it by reading). What next year will be. Whether two forces differ, unless they
        share definition, denominator and recording.
    """
    records = {
        "contacts": contacts, "incident_codes": incident_codes, "labels": labels,
        "involvements": involvements, "markers": markers, "deployments": deployments,
        "areas": areas,
    }  # fmt: skip
    asked = checked(definitions, denominators, by, to)
    checked_numbers(cap_minutes, bootstrap)
    able, refused = able_definitions(asked, incidents, records)
    wanted = Wanted(able, minutes, cap_minutes / 60, asked.by)
    every = all_contacts(contacts, months_of(coverage, "incidents"))
    with marked_once(wanted, incidents, records) as held:
        counted = _count(held, wanted, asked, every, bootstrap, seed)
    usable, lacking = able_denominators(asked, counted, coverage)
    kept, groups = [], []
    for name in asked.by:
        keys, lack = keys_of(name, counted.groups[name])
        if keys:
            groups.append(grouped(counted, name, usable[0], keys))
        else:
            kept.append(lack)
    found = Found(
        asked=asked,
        wanted=wanted,
        counted=counted,
        shares=tuple(every_share(counted, usable)),
        groups=tuple(groups),
        refused=(*refused, *lacking, *kept),
        months=_months(coverage, counted, period),
        covered=months_of(coverage, "incidents"),
        months_apart=months_apart(counted, usable[0]),
        undated=_undated(incidents),
        districts=names_of_districts(areas),
    )
    return Result(
        question="How much of the work is it, under each definition?",
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=meanings(found),
    )


def _count(
    held: ir.Table, wanted: Wanted, asked: Asked, contacts: Contacts, draws: int, seed: int
) -> Counted:
    days = by_day(held, wanted)
    if not days.sums["incidents"].sum():
        raise CannotAnswer(
            "No incidents with a date are loaded for these months.",
            try_="load incidents of these months, or ask of another period",
            read="how-to/read-a-share",
        )
    rows: Any = held
    some = rows.filter(rows.called).limit(1).count().to_pyarrow().as_py()
    repeats = bool(some)
    return Counted(
        definitions=wanted.definitions,
        days=days,
        callers=by_caller(held, wanted) if repeats or draws else None,
        repeats=repeats,
        responses=by_response(held, wanted),
        groups={name: by_group(held, wanted, name) for name in asked.by},
        contacts=contacts,
        draws=draws,
        seed=seed,
    )


def _months(coverage: ir.Table, counted: Counted, period: tuple[date, date] | None) -> np.ndarray:
    """Return every month from the first to the last that is asked for, covered or held."""
    held = counted.days.keys["day"].astype("datetime64[M]")
    asked = whole(*period) if period else held[:0]
    return run(np.concatenate([held, asked, months_of(coverage, "incidents")]))


def _undated(incidents: ir.Table) -> int:
    rows: Any = incidents
    return int(rows.filter(rows.local_date.isnull()).count().to_pyarrow().as_py())
