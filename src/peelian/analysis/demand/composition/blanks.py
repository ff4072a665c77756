"""What is not filled in: every time and every code of records, in all and by category."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

# What is looked for, by kind of record: the field, and its name for people.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "crimes": {
        "occurred_from": "Earliest it can have happened",
        "occurred_to": "Latest it can have happened",
        "recorded_at": "When it was recorded",
        "offence_code": "Offence code",
        "crime_type": "Public category",
        "last_outcome_code": "Last outcome",
    },
    "incidents": {
        "reported_at": "When it was reported",
        "local_hour": "Time of day",
        "dispatched_at": "First unit sent",
        "arrived_at": "First unit arrived",
        "closed_at": "Closed",
        "grade": "Grade",
        "category": "Category",
        "opening_code": "Opening code",
        "closing_code": "Closing code",
        "unit_minutes": "Unit-minutes",
        "officer_minutes": "Officer-minutes",
    },
    "deployments": {
        "assigned_at": "Unit assigned",
        "arrived_at": "Unit arrived",
        "cleared_at": "Unit cleared",
        "crew_size": "Crew size",
    },
}


@dataclass(frozen=True)
class Blanks:
    """How often each field of one kind of record is empty.

    Args:
        records: crimes, incidents or deployments.
        fields: The fields.
        n: Records.
        missing: Empty ones by field, shape (fields,).
        categories: The categories, in order; empty where records have none.
        by_category: Records by category, shape (categories,).
        missing_by_category: Empty ones, shape (fields, categories).
    """

    records: str
    fields: tuple[str, ...]
    n: int
    missing: np.ndarray
    categories: tuple[str, ...]
    by_category: np.ndarray
    missing_by_category: np.ndarray

    @property
    def partly(self) -> np.ndarray:
        """Return the fields that some records have and others have not."""
        return np.flatnonzero((self.missing > 0) & (self.missing < self.n))


def blanks_of(
    records: ir.Table, kind: str, category: Any, categories: tuple[str, ...], closing: Any = None
) -> Blanks:
    """Count the empty fields of one kind of record.

    Args:
        records: Its records.
        kind: crimes, incidents or deployments.
        category: What tells them apart, an expression over them; None for no categories.
        categories: The categories, in order.
        closing: Of incidents, the identifiers of those that have a closing code.
    """
    fields = tuple(FIELDS[kind])
    rows: Any = records.mutate(_category=ibis.literal("") if category is None else category)
    empty = {name: rows[name].isnull() for name in fields if name != "closing_code"}
    if closing is not None:
        closed: Any = ibis.coalesce(rows.incident_id.isin(closing), False)
        empty["closing_code"] = ~closed
    fields = tuple(name for name in fields if name in empty)
    rows = rows.select("_category", **{f"no_{name}": empty[name].cast("int64") for name in fields})
    found = (
        rows.group_by("_category")
        .agg(n=rows.count(), **{name: rows[f"no_{name}"].sum() for name in fields})
        .to_pyarrow()
    )
    at = {code: i for i, code in enumerate(found["_category"].to_pylist())}
    order = [at[code] for code in (categories or ("",)) if code in at]
    present = tuple(code for code in (categories or ("",)) if code in at)
    n = np.asarray(found["n"])[order]
    grid = np.stack([np.asarray(found[name])[order] for name in fields])
    return Blanks(
        kind,
        fields,
        int(n.sum()),
        grid.sum(axis=1),
        present if categories else (),
        n,
        grid,
    )
