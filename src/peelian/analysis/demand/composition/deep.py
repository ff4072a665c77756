"""All that is looked at beyond numbers of records: blanks, time, codes, grades and hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.composition.blanks import Blanks, blanks_of
from peelian.analysis.demand.composition.codes import (
    Flows,
    Grades,
    flows_of,
    grades_of,
    hours_of,
)
from peelian.analysis.demand.composition.counting import NOT_STATED, Kind
from peelian.analysis.demand.composition.work import Work, work_of


@dataclass(frozen=True, kw_only=True)
class Deep:
    """What records hold besides their number; None and empty where they do not.

    Args:
        blanks: Empty fields, one for each kind of record.
        work: Measures of the time incidents took.
        flows: From opening to closing codes.
        grades: Incidents by grade.
        hours: Incidents by weekday and hour, shape (7, 24).
        no_hour: Incidents whose hour is not known.
        incidents: The incidents, as they are counted; None where they are not asked about.
        kinds: The kinds of record looked at one by one.
    """

    blanks: tuple[Blanks, ...] = ()
    work: tuple[Work, ...] = ()
    flows: Flows | None = None
    grades: Grades | None = None
    hours: np.ndarray | None = None
    no_hour: int = 0
    incidents: Kind | None = None
    kinds: tuple[Kind, ...] = ()


def category_of(records: Any, column: str) -> Any:
    """Return what tells records apart, as they are counted: never null."""
    if column == "category":
        return ibis.coalesce(records.category, records.opening_code, NOT_STATED)
    return ibis.coalesce(records[column], NOT_STATED)


def look(
    kinds: Sequence[Kind],
    tables: Mapping[str, ir.Table],
    columns: Mapping[str, str],
    months: np.ndarray,
    *,
    caps: Mapping[str, float],
    codes_shown: int,
) -> Deep:
    """Look at records one by one: what is missing, what they took, and how they were coded.

    Args:
        kinds: The kinds of record, counted.
        tables: The canonical tables: crimes, incidents, incident_codes and deployments.
        columns: What each kind is told apart by.
        months: The months looked at.
        caps: For each measure of time, minutes beyond which no incident counts more.
        codes_shown: How many codes of a flow stand alone.
    """
    single = [kind for kind in kinds if kind.name in ("crimes", "incidents")]
    inside = {kind.name: _inside(tables[kind.name], kind, months) for kind in single}
    closing = _closed(tables["incident_codes"]) if "incidents" in inside else None
    blanks = [
        blanks_of(
            rows := inside[kind.name],
            kind.name,
            category_of(rows, columns[kind.name]),
            kind.categories,
            closing if kind.name == "incidents" else None,
        )
        for kind in single
        if kind.total
    ]
    called = next((k for k in single if k.name == "incidents" and k.total), None)
    if called is None:
        return Deep(blanks=tuple(blanks), kinds=tuple(single))
    rows = inside["incidents"]
    if tables["deployments"].count().to_pyarrow().as_py():
        blanks.append(blanks_of(tables["deployments"], "deployments", None, ()))
    category = category_of(rows, columns["incidents"])
    hours = hours_of(rows)
    return Deep(
        blanks=tuple(blanks),
        work=work_of(rows, tables["deployments"], category, called.categories, caps),
        flows=flows_of(rows, tables["incident_codes"], codes_shown),
        grades=grades_of(rows),
        hours=hours[0] if hours else None,
        no_hour=hours[1] if hours else called.total,
        incidents=called,
        kinds=tuple(single),
    )


def _inside(records: ir.Table, kind: Kind, months: np.ndarray) -> Any:
    """Return the records of months that loads cover: those that are counted."""
    rows: Any = records
    covered = [month.astype(object) for month in months[kind.covered]]
    return rows.filter(rows.local_date.truncate("M").isin(covered))


def _closed(incident_codes: ir.Table) -> Any:
    """Return the identifiers of incidents with a closing code; None where no code is held."""
    of: Any = incident_codes
    if not of.count().to_pyarrow().as_py():
        return None
    return of.filter(of.kind == "closing").incident_id
