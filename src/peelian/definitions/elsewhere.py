"""What other tables say of incidents: codes, labels and people's markers, as parts of rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from peelian.definitions.rules import Codes, HasMarker, Judged, Part, Scored

# pyright cannot know the type of a column, which ibis learns from its table
Column = Any
Table = Any


def beside(
    incidents: ir.Table,
    parts: Sequence[Part],
    names: Mapping[Part, str],
    records: Mapping[str, ir.Table],
) -> ir.Table:
    """Return incidents with what other tables say of them: a column a part, none doubled or lost.

    Each table is read once for all parts, all that is said is added up once, and incidents are
    joined once. A column is null where nothing is said.

    Args:
        incidents: The canonical table.
        parts: The parts; those that look at incidents alone are left to others.
        names: What the parts' columns are called.
        records: The canonical tables they look at, by name.
    """
    said = [
        (asked, rows(records, asked, names))
        for kinds, rows in _SAYING
        if (asked := [part for part in parts if isinstance(part, kinds)])
    ]
    if not said:
        return incidents
    every = [part for asked, _ in said for part in asked]
    rows: Any = ibis.union(*(_wide(rows, every, names) for _, rows in said))
    settled = {names[part]: _settled(rows[names[part]], part) for part in every}
    by_incident = rows.group_by("of_incident").agg(**settled)
    same: Any = incidents["incident_id"] == by_incident["of_incident"]
    return incidents.left_join(by_incident, same).drop("of_incident")


def _wide(rows: ir.Table, every: Iterable[Part], names: Mapping[Part, str]) -> ir.Table:
    """Return rows with a column for every part, null for those they say nothing of."""
    columns = [names[part] for part in every]
    unsaid = ibis.null("boolean")
    wide = {name: rows[name] if name in rows.columns else unsaid for name in columns}
    return rows.select("of_incident", **wide)


def _settled(said: Column, part: Part) -> Column:
    """Return what several rows about one incident come to: any of them, unless all must agree."""
    readers = part.readers if isinstance(part, Judged) else "any"
    if readers == "most":
        return said.cast("float64").mean() > 0.5
    return said.all() if readers == "all" else said.any()


def _codes(
    records: Mapping[str, Table], parts: Sequence[Codes], names: Mapping[Part, str]
) -> ir.Table:
    """Return the codes that meet any part."""
    codes = records["incident_codes"]
    read = codes.select("kind", "position", of_incident="incident_id", code=folded(codes.code))
    met = {names[part]: _meets(read, part) for part in parts}
    return read.filter(reduce(or_, met.values())).select("of_incident", **met)


def _meets(codes: Table, part: Codes) -> Column:
    fits = one_of(codes.code, part.codes) & codes.kind.isin(part.kinds)
    return fits & (codes.position == 1) if part.primary else fits


def _labels(
    records: Mapping[str, Table], parts: Sequence[Judged | Scored], names: Mapping[Part, str]
) -> ir.Table:
    """Return the labels that answer any part; null of those parts they were not asked about."""
    labels = records["labels"]
    labels = labels.filter(labels.item_kind == "incident")
    asked = {p: (labels.codebook == p.codebook) & (labels.code == p.code) for p in parts}
    said = {names[p]: ibis.ifelse(asked[p], _says(labels.value, p), None) for p in parts}
    return labels.filter(reduce(or_, asked.values())).select(of_incident="item_id", **said)


def _says(value: Column, part: Judged | Scored) -> Column:
    if isinstance(part, Scored):
        return value.try_cast("float64") >= part.at_least
    return folded(value).isin(part.values)


def _markers(
    records: Mapping[str, Table], parts: Sequence[HasMarker], names: Mapping[Part, str]
) -> ir.Table:
    """Return people's parts in incidents, with which parts of a rule their markers meet."""
    involvements, markers = records["involvements"], records["markers"]
    every = tuple(dict.fromkeys(word for part in parts for word in part.markers))
    people = involvements.filter(involvements.event_kind == "incident").select(
        "person_id", "role", "local_date", of_incident="event_id"
    )
    has = markers.select(
        of_person="person_id",
        marker=folded(markers.marker),
        since=markers["from"],
        until=markers["to"],
    )
    has = has.filter(one_of(has.marker, every))
    both = people.join(has, people.person_id == has.of_person)
    # A marker without dates was always held; an event without a date cannot be set beside any.
    begun: Any = ibis.coalesce(both.since <= both.local_date, both.since.isnull())
    still: Any = ibis.coalesce(both.until >= both.local_date, both.until.isnull())
    then: dict[str, Any] = {"then": begun & still, "ever": ibis.literal(True)}
    met = {
        names[part]: one_of(both.marker, part.markers)
        & (both.role.isin(part.roles) if part.roles else ibis.literal(True))
        & then[part.held]
        for part in parts
    }
    return both.select("of_incident", **met)


# Which parts look at which other tables.
_SAYING: tuple[tuple[Any, Callable[..., ir.Table]], ...] = (
    (Codes, _codes),
    (Judged | Scored, _labels),
    (HasMarker, _markers),
)


def folded(column: Column) -> Column:
    """Return a column of codes without the differences of case and of spaces around them."""
    return column.lower().strip()


def one_of(column: Column, words: Sequence[str]) -> Column:
    """Return whether a folded column is one of some words; a star stands for any ending."""
    whole = [word for word in words if not word.endswith("*")]
    begins = [column.startswith(word.removesuffix("*")) for word in words if word.endswith("*")]
    return reduce(or_, ([column.isin(whole)] if whole else []) + begins)
