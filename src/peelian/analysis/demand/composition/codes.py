"""How incidents were opened, closed and graded, and in which hour of the week they came."""

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.composition.counting import NOT_STATED
from peelian.schema import code_list

OTHERS = "other-codes"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_KNOWN_IN = ("incident_category", "crime_type")


@dataclass(frozen=True)
class Flows:
    """Incidents by the code they were opened under and the primary code they were closed under.

    Args:
        opening: Opening codes, the most frequent first; the last may be all others together.
        closing: Closing codes, likewise.
        n: Incidents with both, shape (opening, closing).
        both: All of them.
        same: Of those, closed under the very code they were opened under.
    """

    opening: tuple[str, ...]
    closing: tuple[str, ...]
    n: np.ndarray
    both: int
    same: int

    @property
    def comparable(self) -> bool:
        """Say whether opening and closing codes are of one list, as far as can be seen."""
        return bool(set(self.opening) & set(self.closing) - {OTHERS})


def flows_of(incidents: ir.Table, incident_codes: ir.Table, shown: int) -> Flows | None:
    """Count incidents by opening and primary closing code; None where none has both.

    Args:
        incidents: Those to count.
        incident_codes: The canonical table.
        shown: How many codes stand alone; the others are put together.
    """
    of: Any = incident_codes
    first = of.filter(of.kind == "closing").group_by("incident_id")
    closing = first.agg(_closing=of.code.argmin(of.position))
    rows: Any = incidents
    both = rows.inner_join(closing, "incident_id").filter(rows.opening_code.notnull())
    found = both.group_by("opening_code", "_closing").agg(n=both.count()).to_pyarrow()
    if not found.num_rows:
        return None
    n = np.asarray(found["n"])
    opened, closed = (np.asarray(found[c], dtype=object) for c in ("opening_code", "_closing"))
    ends = [_commonest(codes, n, shown) for codes in (opened, closed)]
    grid = np.zeros((len(ends[0]), len(ends[1])), dtype=np.int64)
    at = [_among(codes, kept) for codes, kept in zip((opened, closed), ends, strict=True)]
    np.add.at(grid, (at[0], at[1]), n)
    return Flows(ends[0], ends[1], grid, int(n.sum()), int(n[opened == closed].sum()))


def _commonest(codes: np.ndarray, n: np.ndarray, shown: int) -> tuple[str, ...]:
    names, which = np.unique(codes.astype(str), return_inverse=True)
    order = np.lexsort((names, -np.bincount(which, n)))
    kept = tuple(str(name) for name in names[order[:shown]])
    return (*kept, OTHERS) if len(names) > shown else kept


def _among(codes: np.ndarray, kept: tuple[str, ...]) -> np.ndarray:
    at = {code: i for i, code in enumerate(kept)}
    return np.array([at.get(code, len(kept) - 1) for code in codes.astype(str)], dtype=np.int64)


def code_names(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return what codes are called: by our lists where they have them, else as they stand."""
    known = {code.code: code.label for name in _KNOWN_IN for code in code_list(name).codes}
    return tuple({**known, OTHERS: "Any other code"}.get(code, code) for code in codes)


@dataclass(frozen=True)
class Grades:
    """Incidents by grade, and how many of them a unit was sent to.

    Args:
        grades: The grades, in the order of the code list; those without one last.
        labels: Their names.
        n: Incidents, shape (grades,).
        sent: Of those, with a moment when a unit was sent; None where no incident has one.
    """

    grades: tuple[str, ...]
    labels: tuple[str, ...]
    n: np.ndarray
    sent: np.ndarray | None


def grades_of(incidents: ir.Table) -> Grades | None:
    """Count incidents by grade; None where none has one."""
    rows: Any = incidents
    found = rows.group_by("grade").agg(n=rows.count(), sent=rows.dispatched_at.count())
    held = {row["grade"]: row for row in found.to_pyarrow().to_pylist()}
    if not set(held) - {None}:
        return None
    listed = {code.code: code.label for code in code_list("grade").codes}
    order = [*(code for code in listed if code in held), *sorted(set(held) - set(listed) - {None})]
    order += [None] if None in held else []
    sent = np.array([held[grade]["sent"] for grade in order])
    return Grades(
        tuple(grade or NOT_STATED for grade in order),
        tuple(listed.get(grade, str(grade)) if grade else "Not stated" for grade in order),
        np.array([held[grade]["n"] for grade in order]),
        sent if sent.any() else None,
    )


def hours_of(incidents: ir.Table) -> tuple[np.ndarray, int] | None:
    """Count incidents by weekday and hour, and those whose hour is not known; None if none is."""
    rows: Any = incidents
    found = rows.group_by("local_weekday", "local_hour").agg(n=rows.count()).to_pyarrow()
    grid, unknown = np.zeros((7, 24), dtype=np.int64), 0
    for row in found.to_pylist():
        if row["local_hour"] is None or row["local_weekday"] is None:
            unknown += row["n"]
        else:
            grid[row["local_weekday"], row["local_hour"]] += row["n"]
    return (grid, unknown) if grid.any() else None
