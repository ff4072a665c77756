"""The tables of shares: definitions by denominators, choices, groups, time, and what is refused."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.accounts import (
    cannot,
    ends,
    minutes,
    published,
    records_used,
    totals,
)
from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.columns import INTERVAL, REST, counts_and_hours
from peelian.analysis.demand.share.counting import TIMES
from peelian.analysis.demand.share.found import Choice, Found
from peelian.analysis.demand.share.group_tables import grouped_tables
from peelian.analysis.demand.share.measured import RULES, Sums
from peelian.analysis.demand.share.overlap import cells, combinations, measure, pairs, steps
from peelian.columns import Columns, figure, key, named, numbers, texts
from peelian.definitions import Published
from peelian.results import ResultTable


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of shares, by name."""
    return {
        "shares": _shares(found),
        "choices": _choices(found),
        "combinations": combinations(found),
        "pairs": pairs(found),
        **({"steps": steps(found)} if found.target is not None else {}),
        **grouped_tables(found),
        "minutes": minutes(found),
        "published": published(found),
        "cannot": cannot(found),
        "totals": totals(found),
        "records_used": records_used(found),
        "cells": cells(found),
    }


def _shares(found: Found) -> ResultTable:
    """Return the definition table: every definition in every denominator, others' beside it."""
    rows = found.plain
    near = [found.definitions[c.at].anchor(c.shares.denominator) for c in rows]
    low, high = zip(*(ends(one) for one in near), strict=True) if rows else ((), ())
    return ResultTable.of(
        "Share of the work, by definition and denominator",
        {
            **_keys(found, rows),
            **_measured(found, rows),
            "published_low": (numbers(low), named("Published from", form="percent")),
            "published_high": (numbers(high), named("Published to", form="percent")),
            "published_by": (texts([one and _whose(one) for one in near]), named("Published by")),
        },
        sums_over=(),
    )


def _whose(one: Published) -> str:
    return ", ".join(part for part in (one.source, one.where, one.when) if part)


def _keys(found: Found, rows: Sequence[Choice]) -> Columns:
    names = [found.definitions[choice.at] for choice in rows]
    of = [choice.shares.denominator for choice in rows]
    return {
        "definition": (
            texts([one.name for one in names]),
            key("Definition, by name"),
        ),
        "definition_name": (texts([one.title for one in names]), named("Definition")),
        "denominator": (texts(of), key("Denominator, by name", picks="true")),
        "denominator_name": (texts([f"Of {OF[name]}" for name in of]), named("Denominator")),
    }


def _measured(found: Found, rows: Sequence[Choice], **fixed: str) -> Columns:
    """Return counts, hours, shares and intervals, a row a choice."""
    at = [(choice.shares, choice.at) for choice in rows]
    timed = np.array([shares.denominator in TIMES for shares, _ in at], dtype=bool)
    marked = _gathered([(shares.marked, i) for shares, i in at])
    all_ = _gathered([(shares.whole, i) for shares, i in at])
    fixed = {"measure": measure(found), **fixed}
    # Hours of unlike denominators add up to nothing, so each is a matter of its own.
    own = {"denominator": "denominator", "rule": "rule"}
    own |= {} if "rule" in fixed else {"rule": ""}
    columns = counts_and_hours(
        marked,
        all_,
        timed,
        # What the overlap must hide of a definition's total, this may not tell.
        fixed | {"marked": "true", "alike": "definition/denominator"},
        fixed,
        own,
    )
    rest = tuple(name for name in (*REST, "hours", "of_hours") if name in columns)
    for name, said in (("value", "Share"), ("low", "Low"), ("high", "High")):
        held = [getattr(shares, name)[i] for shares, i in at]
        note = INTERVAL if name != "value" else "Of the records that anybody could tell of."
        columns["share" if name == "value" else name] = (
            numbers(held),
            figure(said, of=rest, note=note),
        )
    if found.counted.draws:
        for end, name in enumerate(("Low", "High")):
            held = [shares.drawn[end][i] if shares.drawn else np.nan for shares, i in at]
            columns[f"drawn_{name.lower()}"] = (
                numbers(held),
                figure(f"{name}, by bootstrap", of=rest),
            )
    return columns


def _gathered(parts: Sequence[tuple[Sums, int]]) -> Sums:
    columns = [
        np.array([getattr(sums, name)[i] for sums, i in parts], dtype=float)
        for name in ("n", "amount", "largest")
    ]
    return Sums(*columns)


def _choices(found: Found) -> ResultTable:
    """Return every share that could have been told, with the choices that make it."""
    rows = found.choices
    own = [i == found.leading for i in range(len(rows))]
    rules = [choice.shares.rule for choice in rows]
    said = [
        _rule_words(found, rule) if choice.shares.denominator in TIMES else "No minutes counted"
        for choice, rule in zip(rows, rules, strict=True)
    ]
    return ResultTable.of(
        "Share under each set of choices",
        {
            **_keys(found, rows),
            "rule": (texts(rules), key("Rule, by name", picks="true")),
            "rule_name": (texts(said), named("Minutes")),
            **_measured(found, rows, rule=""),  # a rule for minutes counts no other incidents
            "own": (pa.array(own, pa.bool_()), named("Asked first", form="yes_no")),
        },
        sums_over=(),
    )


def _rule_words(found: Found, rule: str) -> str:
    if rule == "capped":
        return f"Capped at {found.wanted.cap_hours * 60:,.0f} an incident"
    return RULES[rule].capitalize()
