"""Planning a reading: strata counted, logs drawn, and the draw written into the store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from peelian import __version__
from peelian.definitions import find
from peelian.errors import CannotAnswer, UsageError
from peelian.reading.rule import PAGE, Cell, Rule, settle_cells, total
from peelian.reading.strata import in_cells, in_strata, population
from peelian.records.reading.drawing import allocated, digest, drawn_logs, is_low
from peelian.records.reading.items import plan_name
from peelian.records.reading.planned import Plan, Stratum, Wanted
from peelian.records.store import Load, fingerprint_of
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.records.tally import load_id
from peelian.schema import Sensitivity
from peelian.statistics.two_phase import expected_width, rule_of_three

__all__ = ["Plan", "Wanted", "care_of", "plan"]

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
LAYOUT = "reading-plan"
_LOOKED_AT = ("incident_codes", "involvements", "markers", "labels", "contacts", "deployments")
_CLASSES = 50  # a class alone holds one in so many of all logs, or more


def plan(store: str | Path, wanted: Wanted, *, dry_run: bool = False) -> Plan:
    """Draw the logs that people will read, and write the draw into the store.

    Logs are put into strata by a flag, a score in bands and the class of call; each stratum's part
    of the reading follows Neyman (1934), with a least number; within it, chance draws.

    Args:
        store: The store's folder.
        wanted: What is asked for.
        dry_run: Only work it out: nothing is written.

    Raises:
        CannotAnswer: There are no logs to draw from, too few are to be read for so many strata, or
            a definition names what the store lacks.
        UsageError: Several sources hold logs, and none is named.

    Assumes:
        A log's identifier is that log's alone among its source's.

    Cannot show:
        Anything of calls that left no log, or of logs without an identifier.
    """
    with Transaction(store) as t:
        rule = _resolved(wanted.rule)
        incidents = population(_of_source(t, wanted.source), wanted.first, wanted.last)
        wanted = _dated(t, incidents, wanted)
        records = {name: t.now(name) for name in _LOOKED_AT}
        counts = _counted(t, in_cells(incidents, records, rule))
        if not counts:
            raise CannotAnswer(
                "There are no logs to draw from.",
                found="no incident with an identifier in these days",
                try_="another --period, or load incidents with their log numbers",
                read=PAGE,
            )
        # A class of few logs would take more reading than it repays.
        smallest = max(wanted.smallest, sum(counts.values()) // _CLASSES)
        cells = settle_cells(rule, counts, smallest=smallest, own_classes=wanted.own_classes)
        rule = replace(rule, cells=cells)
        sizes = total(counts, cells)
        strata = allocated(rule, sizes, wanted)
        name = _name(t, wanted, rule)
        drawn = drawn_logs(t, in_strata(incidents, records, rule), strata, wanted, name)
        made = _told(name, rule, strata, drawn)
        if t.known(_load_id(name, wanted)) is not None:
            return replace(made, held=True, load_id=_load_id(name, wanted))
        if dry_run:
            return made
        return _written(t, made, rule, drawn, wanted)


def _resolved(rule: Rule) -> Rule:
    """Put families' definitions in their place, and note what each definition is now."""
    flags, signs = (find(names) if names else () for names in (rule.flags, rule.signs))
    return replace(
        rule,
        flags=tuple(one.file or one.name for one in flags),
        signs=tuple(one.file or one.name for one in signs),
        fingerprints={one.name: one.fingerprint for one in (*flags, *signs)},
    )


def _of_source(t: Transaction, asked: str) -> Expr:
    rows: Expr = t.now("incidents")
    there = [row["source"] for row in t.rows(rows.select("source").distinct())]
    if asked and asked not in there:
        raise UsageError(
            "The store holds no logs of that source.",
            found=f"{len(there)} sources hold logs",
            try_="--source as `peelian ledger STORE` names it",
            read=PAGE,
        )
    if not asked and len(there) > 1:
        raise UsageError(
            "Several sources hold logs, and their numbers may be the same.",
            found=f"{len(there)} sources",
            try_="--source, one of those that `peelian ledger STORE` names",
            read=PAGE,
        )
    return rows.filter(rows["source"] == asked) if asked else rows


def _dated(t: Transaction, incidents: Expr, wanted: Wanted) -> Wanted:
    """Note which days the logs are of, so that months loaded later are not taken for drawn from.

    Where some logs have no date that cannot be said.
    """
    if wanted.first is not None and wanted.last is not None:
        return wanted
    day = incidents["local_date"]
    (told,) = t.rows(
        incidents.aggregate(first=day.min(), last=day.max(), undated=day.isnull().sum())
    )
    if told["undated"] or told["first"] is None:
        return wanted
    return replace(wanted, first=wanted.first or told["first"], last=wanted.last or told["last"])


def _counted(t: Transaction, rows: Expr) -> dict[Cell, int]:
    counted = rows.group_by("_flagged", "_band", "_class").aggregate(n=rows.count())
    return {
        Cell(bool(row["_flagged"]), int(row["_band"]), row["_class"]): int(row["n"])
        for row in t.rows(counted)
    }


def _name(t: Transaction, wanted: Wanted, rule: Rule) -> str:
    """Return the plan's name: the same for the same records, whatever else the store took in."""
    loads = [load for load in t.loads() if set(load.tables) & {"incidents", *_read_by(rule)}]
    told = (wanted.first, wanted.last, wanted.source, wanted.read, wanted.twice, wanted.seed)
    book = wanted.codebook
    return plan_name(
        fingerprint_of(loads), rule.as_json(), book.name, book.code, book.definition, repr(told)
    )


def _read_by(rule: Rule) -> set[str]:
    found = find(rule.definitions) if rule.definitions else ()
    return {name for one in found for name in one.tables} | ({"labels"} if rule.machine else set())


def _told(name: str, rule: Rule, strata: Mapping[Cell, Stratum], drawn: pa.Table) -> Plan:
    told = tuple(strata.values())
    low = [s for cell, s in strata.items() if is_low(cell)]
    size, read, guesses = ([getattr(s, part) for s in told] for part in ("size", "drawn", "guess"))
    share = sum(n * g for n, g in zip(size, guesses, strict=True)) / sum(size)
    return Plan(
        name=name,
        strata=told,
        without_text=sum(drawn["silent"].to_pylist()),
        width=expected_width(size, read, guesses),
        width_simple=expected_width([sum(size)], [sum(read)], [share]),
        low=sum(s.drawn for s in low),
        low_size=sum(s.size for s in low),
        bound=rule_of_three(sum(s.drawn for s in low)),
    )


def _load_id(name: str, wanted: Wanted) -> str:
    return load_id(digest(name), LAYOUT, wanted.source)


def _written(t: Transaction, made: Plan, rule: Rule, drawn: pa.Table, wanted: Wanted) -> Plan:
    own, source = _load_id(made.name, wanted), str(drawn["source"][0].as_py())
    now = datetime.now(UTC)
    strata = [
        {
            "plan": made.name,
            "stratum": one.name,
            "item_kind": "incident",
            "codebook": wanted.codebook.name,
            "code": wanted.codebook.code,
            "size": one.size,
            "drawn": one.drawn,
            "drawing": "all" if one.drawn == one.size else "random",
            "first_day": wanted.first,
            "last_day": wanted.last,
            "rule": rule.as_json(),
            "seed": wanted.seed,
            "generation": t.current.fingerprint,
            "planned_at": now,
            "source": source,
            "load_id": own,
        }
        for one in made.strata
    ]
    samples = [
        {k: v for k, v in row.items() if k != "silent"} | {"load_id": own}
        for row in drawn.to_pylist()
    ]
    rows = {"strata": strata, "samples": samples}
    for table, said in rows.items():
        schema = pa.schema([f for f in arrow_schema(table) if f.name in said[0]])
        t.add(table, pa.Table.from_pylist(said, schema=schema))
    n = sum(map(len, rows.values()))
    t.ledger(
        Load(
            load_id=own,
            source=source,
            file=f"{made.name}.plan",
            sha256=digest(made.name),
            layout=LAYOUT,
            sensitivity=care_of(t.loads(), ("incidents",)),
            read=n,
            loaded=n,
            quarantined=0,
            duplicates=0,
            tables={table: len(said) for table, said in rows.items()},
            first_month=None,
            last_month=None,
            notes={"drawn logs have no text": made.without_text} if made.without_text else {},
            loaded_at=now,
            peelian=__version__,
        )
    )
    t.commit()
    return replace(made, load_id=own)


def care_of(loads: Sequence[Load], tables: Sequence[str]) -> str:
    """Return the most careful of the sensitivities of what filled some tables."""
    levels = [Sensitivity.named(x.sensitivity) for x in loads if set(x.tables) & set(tables)]
    return max(levels, default=Sensitivity.INTERNAL).name.lower()
