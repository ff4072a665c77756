"""Incidents marked by definitions: each rule one expression, all tables read once for all rules."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from peelian.definitions.lacking import check
from peelian.definitions.reading import Definition
from peelian.definitions.rules import (
    AllOf,
    AnyOf,
    Codes,
    HasMarker,
    Judged,
    LedToCrime,
    Not,
    Part,
    Refers,
    Rule,
    Scored,
    Settled,
    Words,
    parts_of,
)
from peelian.definitions.words import TAKEN_OUT, denying, finding

# pyright cannot know the type of a column, which ibis learns from its table
Column = Any
Table = Any


def marked(
    incidents: ir.Table,
    definitions: Sequence[Definition],
    records: Mapping[str, ir.Table],
    *,
    asked: bool = False,
) -> ir.Table:
    """Return incidents with a column for each definition that says whether it counts them.

    Args:
        incidents: The canonical table, or some of its rows.
        definitions: The definitions.
        records: The other canonical tables they look at, by name (`Definition.tables`).
        asked: Whether to add, for each definition, a column that says whether anybody could tell:
            false where only people who were not asked, or words that are not there, would say.

    Returns:
        The incidents, each once, in any order; with `Definition.column` true or false, and
        `Definition.asked_column` where it is wanted.

    Raises:
        CannotAnswer: A rule names what the records lack.
    """
    check(incidents, definitions, records)
    parts = tuple(dict.fromkeys(p for one in definitions for p in parts_of(one.rule)))
    held, names = with_parts(incidents, parts, records)
    columns: dict[str, Column] = {}
    for one in definitions:
        said = _expression(one.rule, held, names)
        columns[one.column] = ibis.coalesce(said, False)
        if asked:  # never `said.notnull()`: engines read `NOT a IS NULL` as `NOT (a IS NULL)`
            columns[one.asked_column] = ibis.coalesce(said, True) == columns[one.column]
    return held.select(*incidents.columns, **columns)


def with_parts(
    incidents: ir.Table, parts: Sequence[Part], records: Mapping[str, ir.Table]
) -> tuple[ir.Table, Mapping[Part, str]]:
    """Return incidents with a column for each part of a rule, and what those columns are called.

    A part's column is null where nobody can say: an incident that no reader was asked about, or a
    log without words. Every table is read once, whatever the number of parts.

    Args:
        incidents: The canonical table.
        parts: The parts.
        records: The other canonical tables they look at.
    """
    names = {part: f"part_{number}" for number, part in enumerate(parts)}
    codes = [part for part in parts if isinstance(part, Codes)]
    labels = [part for part in parts if isinstance(part, Judged | Scored)]
    markers = [part for part in parts if isinstance(part, HasMarker)]
    held = incidents
    for kept, by_incident in (
        (codes, lambda: _by_codes(records["incident_codes"], codes, names)),
        (labels, lambda: _by_labels(records["labels"], labels, names)),
        (markers, lambda: _by_markers(records["involvements"], records["markers"], markers, names)),
    ):
        if kept:
            held = _joined(held, by_incident())
    texts = [part for part in parts if isinstance(part, Words)]
    if texts:
        held = _with_words(held, texts, names)
    return held.mutate(**{names[part]: _own(part, held, names) for part in parts}), names


def _joined(held: ir.Table, by_incident: ir.Table) -> ir.Table:
    """Put beside each incident what another table says of it; none is doubled or lost."""
    same: Any = held["incident_id"] == by_incident["of_incident"]
    joined = held.left_join(by_incident, same)
    return joined.drop("of_incident")


def _by_codes(codes: Table, parts: Sequence[Codes], names: Mapping[Part, str]) -> ir.Table:
    """Return for every incident with a code of any part which parts its codes meet."""
    read: Any = codes.select("incident_id", "kind", "position", code=_folded(codes["code"]))
    met = {names[part]: _meets(read, part) for part in parts}
    kept: Any = read.filter(reduce(or_, met.values())).select("incident_id", **met)
    return kept.group_by(of_incident="incident_id").agg(**{name: kept[name].any() for name in met})


def _meets(codes: Table, part: Codes) -> Column:
    fits = one_of(codes["code"], part.codes) & codes["kind"].isin(part.kinds)
    return fits & (codes["position"] == 1) if part.primary else fits


def _by_labels(
    labels: ir.Table, parts: Sequence[Judged | Scored], names: Mapping[Part, str]
) -> ir.Table:
    """Return for every incident with a label of any part what its readers said.

    What nobody was asked stays null.
    """
    wanted = [_asked(labels, part) for part in parts]
    kept = labels.filter(labels["item_kind"] == "incident", reduce(or_, wanted))
    said = {names[part]: _said(kept, part) for part in parts}
    return kept.group_by(of_incident="item_id").agg(**said)


def _asked(labels: ir.Table, part: Judged | Scored) -> Column:
    return (labels["codebook"] == part.codebook) & (labels["code"] == part.code)


def _said(labels: ir.Table, part: Judged | Scored) -> Column:
    asked = _asked(labels, part)
    if isinstance(part, Scored):
        score: Any = labels["value"]
        return (score.try_cast("float64") >= part.at_least).any(where=asked)
    yes = _folded(labels["value"]).isin(part.values)
    if part.readers == "most":
        return yes.cast("float64").mean(where=asked) > 0.5
    return yes.all(where=asked) if part.readers == "all" else yes.any(where=asked)


def _by_markers(
    involvements: Table,
    markers: Table,
    parts: Sequence[HasMarker],
    names: Mapping[Part, str],
) -> ir.Table:
    """Return for every incident with a person who has a marker of any part which parts are met."""
    every = tuple(dict.fromkeys(word for part in parts for word in part.markers))
    who = involvements.filter(involvements["event_kind"] == "incident").select(
        "person_id", "event_id", "role", "local_date"
    )
    has = markers.filter(one_of(_folded(markers["marker"]), every)).select(
        of_person="person_id",
        marker=_folded(markers["marker"]),
        since=markers["from"],
        until=markers["to"],
    )
    both: Any = who.join(has, who["person_id"] == has["of_person"])
    # A marker without dates was always held; an event without a date cannot be set beside any.
    begun: Any = ibis.coalesce(both.since <= both.local_date, both.since.isnull())
    still: Any = ibis.coalesce(both.until >= both.local_date, both.until.isnull())
    met = {}
    for part in parts:
        fits = one_of(both.marker, part.markers)
        fits &= both.role.isin(part.roles) if part.roles else ibis.literal(True)
        met[names[part]] = fits & begun & still if part.held == "then" else fits
    kept = both.select("event_id", **met)
    return kept.group_by(of_incident="event_id").agg(**{name: kept[name].any() for name in met})


def _with_words(held: ir.Table, parts: Sequence[Words], names: Mapping[Part, str]) -> ir.Table:
    """Add a column for each part that looks for words.

    All words of all parts are looked for at once; only logs that hold any are read again.
    """
    every = [word for part in parts for word in part.words]
    first = held.mutate(any_words=_lower(held).re_search(finding(every)))
    found = {
        names[part]: ibis.ifelse(first["any_words"], _holds(first, part), False) for part in parts
    }
    return first.mutate(**found).drop("any_words")


def _holds(held: ir.Table, part: Words) -> Column:
    pattern, text = finding(part.words), _lower(held)
    bare = text
    if part.unless:
        bare = _without(bare, finding(part.unless))
    if part.negated_by:
        bare = _without(bare, denying(part.negated_by, part.words, part.reach))
    return bare.re_search(pattern)


def _without(text: Column, pattern: str) -> Column:
    """Take out every phrase; twice, since two may share the sign between them."""
    return text.re_replace(pattern, TAKEN_OUT).re_replace(pattern, TAKEN_OUT)


def _lower(held: ir.Table) -> Column:
    text: Any = held["narrative"]
    return text.lower()


def _own(part: Part, held: Table, names: Mapping[Part, str]) -> Column:
    """Return a part's column: what was joined or searched, or what the incident itself says."""
    if isinstance(part, Settled):
        return ibis.coalesce(held["category"].isin(part.categories), False)
    if isinstance(part, LedToCrime):
        settled = ibis.coalesce(held["category"].isin(part.categories), False)
        return held["crime_id"].notnull() | settled
    said: Any = held[names[part]]
    if not isinstance(part, Codes):
        return ibis.coalesce(said, False) if isinstance(part, HasMarker) else said
    met: Any = ibis.coalesce(said, False)
    if "opening" not in part.kinds:
        return met
    opening: Any = one_of(_folded(held["opening_code"]), part.codes)
    return met | ibis.coalesce(opening, False)


def _expression(rule: Rule, held: ir.Table, names: Mapping[Part, str]) -> Column:
    """Return a rule over its parts' columns; what nobody can say stays null, as in SQL."""
    if isinstance(rule, AnyOf):
        return reduce(or_, (_expression(part, held, names) for part in rule.parts))
    if isinstance(rule, AllOf):
        return reduce(and_, (_expression(part, held, names) for part in rule.parts))
    if isinstance(rule, Not):
        return ~_expression(rule.part, held, names)
    if isinstance(rule, Refers):
        return _expression(rule.rule, held, names)
    return held[names[rule]]


def _folded(column: Column) -> Column:
    return column.lower().strip()


def one_of(column: Column, words: Iterable[str]) -> Column:
    """Return whether a folded column is one of some words; a star stands for any ending."""
    words = tuple(words)
    whole = [word for word in words if not word.endswith("*")]
    begins = [column.startswith(word.removesuffix("*")) for word in words if word.endswith("*")]
    return reduce(or_, ([column.isin(whole)] if whole else []) + begins)
