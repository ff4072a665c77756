"""Logs put into strata: one expression over incidents and what stands beside them."""

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

import ibis
import ibis.expr.types as ir

from peelian.definitions import Definition, find, marked
from peelian.errors import CannotAnswer
from peelian.reading.rule import OTHER, PAGE, Cell, Machine, Rule

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
STRATUM = "stratum"


def population(incidents: ir.Table, first: date | None, last: date | None) -> ir.Table:
    """Return the logs that a plan draws from: those with an identifier, of its days."""
    rows: Expr = incidents
    kept = [rows["incident_id"].notnull()]
    if first is not None:
        kept.append(rows["local_date"] >= ibis.literal(first))
    if last is not None:
        kept.append(rows["local_date"] <= ibis.literal(last))
    return rows.filter(reduce(and_, kept))


def definitions_of(rule: Rule) -> tuple[Definition, ...]:
    """Return the definitions that a rule looks at, as they were when the sample was drawn.

    Raises:
        CannotAnswer: One of them has changed since.
        UsageError: There is no such definition.
    """
    changed = changed_definitions(rule)
    if changed:
        raise CannotAnswer(
            "A definition that made the strata is no longer what it was.",
            found=", ".join(changed),
            try_="put it back as it was, or plan a new reading",
            read=PAGE,
        )
    return find(rule.definitions) if rule.definitions else ()


def changed_definitions(rule: Rule) -> tuple[str, ...]:
    """Return the definitions of a rule that are not what they were when the sample was drawn.

    Raises:
        UsageError: There is no such definition.
    """
    found = find(rule.definitions) if rule.definitions else ()
    then = rule.fingerprints or {}
    return tuple(sorted(x.name for x in found if then.get(x.name, x.fingerprint) != x.fingerprint))


def in_cells(incidents: ir.Table, records: Mapping[str, ir.Table], rule: Rule) -> ir.Table:
    """Return incidents with what their stratum is made of: `_flagged`, `_band` and `_class`.

    Args:
        incidents: The logs; columns of definitions that they have already are not made again.
        records: The tables that definitions look at, by name.
        rule: The rule; its cells are not looked at.
    """
    wanted = definitions_of(rule)
    columns = incidents.columns
    new = [one for one in wanted if one.column not in columns]
    rows: Expr = marked(incidents, new, records) if new else incidents
    by_name = {asked: one.column for asked, one in zip(rule.definitions, wanted, strict=True)}
    if rule.machine:
        rows = _scored(rows, records["labels"], rule.machine)
    flags = [rows[by_name[name]] for name in rule.flags]
    called: Expr = rows[rule.column] if rule.column else ibis.null("string")
    rows = rows.mutate(
        _flagged=reduce(or_, flags) if flags else ibis.literal(False),
        _band=_band(rows, rule, by_name),
        _class=ibis.coalesce(called.nullif(""), ibis.literal(OTHER)),
    )
    return rows.select(*columns, "_flagged", "_band", "_class")


def _band(rows: Expr, rule: Rule, by_name: Mapping[str, str]) -> Expr:
    if rule.machine:
        score = rows["_score"]
        return reduce(
            lambda a, b: a + b, [(score >= cut).fill_null(False).cast("int64") for cut in
                                 rule.machine.cuts]
        )  # fmt: skip
    hits = [rows[by_name[name]].cast("int64") for name in rule.signs]
    text = rows["narrative"].lower()
    hits += [text.contains(word.lower()).fill_null(False).cast("int64") for word in rule.words]
    if not hits:
        return ibis.literal(0)
    n = reduce(lambda a, b: a + b, hits)
    return ibis.ifelse(n >= rule.bands, rule.bands - 1, n)


def _scored(rows: Expr, labels: Expr, machine: Machine) -> Expr:
    """Put a machine's highest score beside each log; a value that is no number is no score."""
    theirs = labels.filter(
        labels["item_kind"] == "incident",
        labels["codebook"] == machine.codebook,
        labels["code"] == machine.code,
    )
    read = theirs.select("item_id", score=theirs["value"].try_cast("float64"))
    best = read.group_by(_item="item_id").aggregate(_score=read["score"].max())
    return rows.left_join(best, rows["incident_id"] == best["_item"]).drop("_item")


def in_strata(incidents: ir.Table, records: Mapping[str, ir.Table], rule: Rule) -> ir.Table:
    """Return incidents with the name of their `stratum`; null where the rule has none for them."""
    rows: Expr = in_cells(incidents, records, rule)
    alone = [cell for cell in rule.cells if cell.called != OTHER]
    own = [(cell, _is(rows, cell) & (rows["_class"] == cell.called)) for cell in alone]
    rest = [(cell, _is(rows, cell)) for cell in rule.cells if cell.called == OTHER]
    branches = [(said, ibis.literal(rule.name(cell))) for cell, said in (*own, *rest)]
    named = ibis.cases(*branches, else_=ibis.null("string"))
    return rows.mutate(**{STRATUM: named}).drop("_flagged", "_band", "_class")


def _is(rows: Expr, cell: Cell) -> Expr:
    return (rows["_flagged"] == cell.flagged) & (rows["_band"] == cell.band)
