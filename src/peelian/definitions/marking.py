"""Incidents marked by definitions: each rule one expression, all tables read once for all rules."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from peelian.definitions.elsewhere import beside, folded, one_of
from peelian.definitions.lacking import check
from peelian.definitions.reading import Definition
from peelian.definitions.rules import (
    AllOf,
    AnyOf,
    Codes,
    HasMarker,
    LedToCrime,
    Not,
    Part,
    Refers,
    Rule,
    Settled,
    Words,
    parts_of,
)
from peelian.definitions.words import TAKEN_OUT, denying, finding
from peelian.schema import code_list

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
    held = beside(incidents, parts, names, records)
    texts = [part for part in parts if isinstance(part, Words)]
    if texts:
        held = _with_words(held, texts, names)
    return held.mutate(**{names[part]: _own(part, held, names) for part in parts}), names


def _with_words(held: ir.Table, parts: Sequence[Words], names: Mapping[Part, str]) -> ir.Table:
    """Add a column for each part that looks for words.

    All words of all parts are looked for at once; only logs that hold any are read again.
    """
    every = [word for part in parts for word in part.words]
    first: Any = held.mutate(any_words=_search(held["narrative"], finding(every)))
    found = {names[part]: _found(first, part, alone=len(parts) == 1) for part in parts}
    return first.mutate(**found).drop("any_words")


def _found(held: Table, part: Words, *, alone: bool) -> Column:
    """Return whether a part's words are in a log: null where the log has no words.

    Each condition is only looked at where the one before it held: most logs are read once. Where
    the part is alone, any words are its own.
    """
    text, own = held["narrative"], finding(part.words)
    elsewhere = [finding(part.unless)] if part.unless else []
    if part.negated_by:
        elsewhere.append(denying(part.negated_by, part.words, part.reach))
    left = reduce(_without, elsewhere, text)
    holds: Any = ibis.literal(True) if alone else _search(text, own)
    if elsewhere:
        misleads = _search(text, "|".join(elsewhere))
        sure = ibis.ifelse(misleads, _search(left, own), True)
        holds = sure if alone else ibis.ifelse(holds, sure, False)
    return ibis.cases((held["any_words"], holds), (~held["any_words"], False))


def _without(text: Column, pattern: str) -> Column:
    """Take out every phrase; twice, since two may share the sign between them."""
    return text.re_replace(pattern, TAKEN_OUT).re_replace(pattern, TAKEN_OUT)


def _search(text: Column, pattern: str) -> Column:
    return text.re_search(pattern)


def _own(part: Part, held: Table, names: Mapping[Part, str]) -> Column:
    """Return a part's column: what was joined or searched, or what the incident itself says."""
    if isinstance(part, Settled):
        return _settled(held, part.categories, part.groups)
    if isinstance(part, LedToCrime):
        return held["crime_id"].notnull() | _settled(held, (), ("crime-related",))
    said: Any = held[names[part]]
    if not isinstance(part, Codes):
        return ibis.coalesce(said, False) if isinstance(part, HasMarker) else said
    met: Any = ibis.coalesce(said, False)
    if "opening" not in part.kinds:
        return met
    opening: Any = one_of(folded(held["opening_code"]), part.codes)
    return met | ibis.coalesce(opening, False)


def _settled(held: Table, categories: tuple[str, ...], groups: tuple[str, ...]) -> Column:
    listed = code_list("incident_category")
    grouped = (one.code for one in listed.codes if set(groups) & set(one.groups))
    return ibis.coalesce(held["category"].isin((*categories, *grouped)), False)


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
