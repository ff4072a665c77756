"""Incidents marked once, and added up to cells: a few questions to the engine for any settings."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.definitions import Definition, marked

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# pyright cannot know the type of what these return, which ibis learns from the tables
coalesce: Any = ibis.coalesce
ifelse: Any = ibis.ifelse

TIMES = ("unit-hours", "officer-hours")
# What incidents can be told apart by.
GROUPS: Mapping[str, Callable[[Any], Any]] = {
    "district": lambda rows: rows.district,
    "category": lambda rows: coalesce(rows.category, rows.opening_code),
    "grade": lambda rows: rows.grade,
    "hour": lambda rows: rows.local_hour,
    "area": lambda rows: rows.area_code,
}
# How many groups callers are dealt into: the first two signs of a hash, which all engines share.
_SIGNS = 2


@dataclass(frozen=True)
class Cells:
    """Incidents added up by what marks them and one or two things more.

    Args:
        met: Whether each definition counts the incidents of a cell: shape (cells, definitions).
        asked: Whether anybody could tell, in the same shape.
        keys: What else the incidents of a cell share, by name: each of shape (cells,).
        sums: Sums over the incidents of a cell, by name (see `_sums`): each of shape (cells,).
    """

    met: Bools
    asked: Bools
    keys: Mapping[str, NDArray]
    sums: Mapping[str, Floats]


@dataclass(frozen=True)
class Wanted:
    """How incidents are added up.

    Args:
        definitions: The definitions that can be applied, the leading one first.
        minutes: Which records minutes are taken from: incidents or deployments.
        cap_hours: Hours of one incident beyond this count as this, where hours are capped.
        by: What incidents are told apart by.
    """

    definitions: tuple[Definition, ...]
    minutes: str
    cap_hours: float
    by: tuple[str, ...] = ()


@contextmanager
def marked_once(
    wanted: Wanted, incidents: ir.Table, records: Mapping[str, ir.Table]
) -> Iterator[ir.Table]:
    """Yield incidents marked by every definition, kept by the engine while they are asked about.

    Args:
        wanted: The definitions, and where minutes come from.
        incidents: The canonical table.
        records: The other canonical tables, by name.
    """
    held = marked(incidents, wanted.definitions, records, asked=True)
    held = _beside(held, _contacts_of(records["contacts"]))
    if wanted.minutes == "deployments":
        held = _beside(held, _deployed(records["deployments"]))
    if "district" in wanted.by:
        near = _districts(records["areas"])
        same = [held["area_vintage"] == near["in_vintage"], held["area_code"] == near["in_area"]]
        held = held.left_join(near, same)
    kept: Any = _compact(held, wanted).cache()
    with kept:
        yield kept


def _beside(held: ir.Table, by_incident: ir.Table) -> ir.Table:
    same: Any = held["incident_id"] == by_incident["of_incident"]
    joined = held.left_join(by_incident, same)
    return joined.drop("of_incident")


def _contacts_of(contacts: ir.Table) -> ir.Table:
    named = contacts.filter(contacts["incident_id"].notnull(), contacts["local_date"].notnull())
    return named.group_by(of_incident="incident_id").agg(contacts=named.count())


def _deployed(deployments: ir.Table) -> ir.Table:
    """Return the minutes of each incident's units; none where one of its units has none."""
    rows: Any = deployments
    minutes = (rows.cleared_at.epoch_seconds() - rows.assigned_at.epoch_seconds()) / 60.0
    each: Any = deployments.select(
        "incident_id", minutes=minutes, officers=minutes * rows.crew_size, came=rows.arrived_at
    )
    whole = each.minutes.count() == each.count()
    crewed = each.officers.count() == each.count()
    return each.group_by(of_incident="incident_id").agg(
        units_sent=each.count(),
        units_came=each.came.count(),
        units_minutes=ifelse(whole, each.minutes.sum(), ibis.null("float64")),
        officers_minutes=ifelse(crewed, each.officers.sum(), ibis.null("float64")),
    )


def _districts(areas: ir.Table) -> ir.Table:
    return areas.select(in_vintage="vintage", in_area="area_code", district="parent_code")


def _compact(held: ir.Table, wanted: Wanted) -> ir.Table:
    """Return what is needed of each incident and no more: a few numbers and short words."""
    rows: Any = held
    if wanted.minutes == "deployments":
        unit, officer = rows.units_minutes, rows.officers_minutes
        sent = coalesce(rows.units_sent, 0) > 0
        came = coalesce(rows.units_came, 0) > 0
    else:
        unit, officer = rows.unit_minutes, rows.officer_minutes
        came = rows.arrived_at.notnull()
        some = coalesce(unit, 0.0) + coalesce(officer, 0.0) > 0
        sent = came | rows.dispatched_at.notnull() | some
    return held.filter(held["local_date"].notnull()).select(
        met=_bits([rows[one.column] for one in wanted.definitions]),
        asked=_bits([rows[one.asked_column] for one in wanted.definitions]),
        lead=rows[wanted.definitions[0].column],
        lead_asked=rows[wanted.definitions[0].asked_column],
        day="local_date",
        **{f"by_{name}": GROUPS[name](rows) for name in wanted.by},
        called=rows.caller_id.notnull(),
        who=coalesce(rows.caller_id, rows.incident_id, rows.area_code, "")
        .hexdigest("md5")
        .substr(0, _SIGNS),
        contacts=coalesce(rows.contacts, 0).cast("float64"),
        attended=came.cast("float64"),
        sent=sent.cast("float64"),
        unit=_hours(unit, sent),
        officer=_hours(officer, sent),
    )


def _hours(minutes: Any, sent: Any) -> Any:
    """Return hours, where a unit was sent and they are known."""
    return ifelse(sent & (minutes >= 0), minutes / 60.0, ibis.null("float64"))


def _bits(flags: Sequence[Any]) -> Any:
    numbers = [flag.cast("int64") * (1 << i) for i, flag in enumerate(flags)]
    return reduce(add, numbers)


def _sums(rows: Any, cap_hours: float) -> dict[str, Any]:
    """Return what is added up: of each denominator how many, how much, and the squares."""
    sums = {
        "incidents": rows.count(),
        "contacts": rows.contacts.sum(),
        "contacts_squared": (rows.contacts * rows.contacts).sum(),
        "attended": rows.attended.sum(),
        "sent": rows.sent.sum(),
    }
    for name in ("unit", "officer"):
        hours = rows[name]
        # Not `least`: engines take the cap itself for hours that are not known.
        kept = ifelse(hours > cap_hours, cap_hours, hours)
        sums |= {
            f"{name}_n": hours.count(),
            name: hours.sum(),
            f"{name}_squared": (hours * hours).sum(),
            f"{name}_capped": kept.sum(),
            f"{name}_capped_squared": (kept * kept).sum(),
            f"{name}_beyond": (hours > cap_hours).sum(),
            f"{name}_most": hours.max(),
        }
    return {what: coalesce(found, 0).cast("float64") for what, found in sums.items()}


def by_day(held: ir.Table, wanted: Wanted) -> Cells:
    """Return the cells of every day."""
    return _cells(held, wanted, "met", "asked", day="day")


def by_caller(held: ir.Table, wanted: Wanted) -> Cells:
    """Return the cells of callers dealt at random into groups, each caller's calls in one."""
    return _cells(held, wanted, "met", "asked", who="who")


def by_response(held: ir.Table, wanted: Wanted) -> Cells:
    """Return the cells of what was done: whether units were sent and came, and have minutes."""
    rows: Any = held
    done = {
        "attended": rows.attended > 0,
        "sent": rows.sent > 0,
        "unit-hours": rows.unit.notnull(),
        "officer-hours": rows.officer.notnull(),
    }
    return _cells(held, wanted, "met", "asked", **done)


def by_group(held: ir.Table, wanted: Wanted, group: str) -> Cells:
    """Return the cells of each group and day, marked by the leading definition alone.

    Args:
        held: Marked incidents.
        wanted: How they are added up.
        group: One of `GROUPS`, which `wanted` names.
    """
    return _cells(held, wanted, "lead", "lead_asked", group=f"by_{group}", day="day")


def _cells(held: ir.Table, wanted: Wanted, met: str, asked: str, **keys: Any) -> Cells:
    named = {f"key_{name}".replace("-", "_"): key for name, key in keys.items()}
    table = (
        held.group_by(is_met=held[met].cast("int64"), is_asked=held[asked].cast("int64"), **named)
        .agg(**_sums(held, wanted.cap_hours))
        .to_pyarrow()
    )
    many = len(wanted.definitions) if met == "met" else 1
    sums = {name: _floats(table[name]) for name in _sums(held, wanted.cap_hours)}
    return Cells(
        met=_flags(table["is_met"], many),
        asked=_flags(table["is_asked"], many),
        keys=dict(zip(keys, (_values(table[name]) for name in named), strict=True)),
        sums=sums,
    )


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=float)


def _values(column: pa.ChunkedArray) -> NDArray:
    if pa.types.is_date(column.type):
        return column.to_numpy().astype("datetime64[D]")
    return np.array(column.to_pylist(), dtype=object)


def _flags(column: pa.ChunkedArray, many: int) -> Bools:
    bits = column.to_numpy().astype(np.int64)[:, None]
    return (bits >> np.arange(many)) & 1 == 1


@dataclass(frozen=True)
class Contacts:
    """All contacts, whether or not they became an incident.

    Args:
        days: The days that have any.
        n: How many on each.
    """

    days: NDArray[np.datetime64]
    n: Floats

    @property
    def total(self) -> float:
        """Return how many there are."""
        return float(self.n.sum())


def all_contacts(contacts: ir.Table, months: NDArray[np.datetime64]) -> Contacts:
    """Return how many contacts each day had, in the months that incidents cover.

    Args:
        contacts: The canonical table; contacts without a day are left out.
        months: The months that loads of incidents cover.
    """
    dated = contacts.filter(contacts["local_date"].notnull())
    found = dated.group_by(day="local_date").agg(n=dated.count()).to_pyarrow()
    days = found["day"].to_numpy().astype("datetime64[D]")
    inside = np.isin(days.astype("datetime64[M]"), months)
    return Contacts(days[inside], _floats(found["n"])[inside])


def months_of(coverage: ir.Table, table: str) -> NDArray[np.datetime64]:
    """Return the months of a table that loads cover, in order."""
    mine = coverage.filter(coverage["table"] == table)
    months = mine.select("month").distinct().to_pyarrow()["month"]
    return np.unique(months.to_numpy().astype("datetime64[M]"))


def names_of_districts(areas: ir.Table) -> dict[str, str]:
    """Return the name of every district, by code."""
    rows = areas.select("parent_code", "parent_name").distinct().to_pyarrow().to_pylist()
    named = [row for row in rows if row["parent_code"]]
    return {row["parent_code"]: row["parent_name"] or row["parent_code"] for row in named}
