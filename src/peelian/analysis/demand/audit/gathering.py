"""What was drawn, what readers said of it, and what definitions say of all logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from peelian.definitions import Definition, find, lacking, marked
from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.reading.codebook import NO, YES
from peelian.reading.rule import Rule
from peelian.reading.strata import STRATUM, changed_definitions, in_strata, population

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
Floats = NDArray[np.float64]
PAGE = "how-to/read-an-audit"
SETTLES = "settles"
_DRAWN = ("random", "all")
_MOST_CHANGED = 0.01  # of the logs, beyond which the strata are no longer what was drawn from


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an audit was asked for: settings as `audit` explains them."""

    plan: str = ""
    definitions: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    settler: str = ""
    period: tuple[date, date] | None = None


@dataclass(frozen=True, eq=False)
class Held:
    """A plan, its readings, and what definitions mark: arrays over strata and over drawn logs.

    Args:
        plan: The plan's name.
        code: What was looked for.
        strata: Names of the strata.
        size: Logs of each: shape (strata,).
        drawn: Logs drawn of each.
        stratum: The stratum of each drawn log that is still held: shape (logs,).
        answers: What the two readers and whoever settles said: shape (3, logs), nan for nothing.
        readers: What labels call the readers.
        definitions: What is set beside the readings.
        refused: Names of definitions that the records cannot bear.
        edited: Names of definitions that made the strata and have changed since.
        marks: Whether each definition marks each drawn log: shape (definitions, logs).
        marked: How many logs each marks: shape (definitions,).
        by_stratum: The same by stratum: shape (definitions, strata); None where strata are known
            by their sizes alone.
        total: Logs there are.
        changed: By how many logs the strata's sizes are apart from what was drawn from.
        part: Whether only a part of the plan's days was asked for.
        strange: Labels of these readers for logs that were never drawn.
        unsure: Answers that say neither yes nor no.
    """

    plan: str
    code: str
    strata: tuple[str, ...]
    size: Floats
    drawn: Floats
    stratum: NDArray[np.intp]
    answers: Floats
    readers: tuple[str, ...]
    definitions: tuple[Definition, ...]
    refused: tuple[str, ...]
    edited: tuple[str, ...]
    marks: NDArray[np.bool_]
    marked: Floats
    by_stratum: Floats | None
    total: int
    changed: int
    part: bool
    strange: int
    unsure: int


def gather(
    incidents: ir.Table,
    samples: ir.Table,
    strata: ir.Table,
    records: Mapping[str, ir.Table],
    asked: "Asked",
) -> Held:
    """Return everything an audit rests on: three questions to the engine, whatever the records.

    Raises:
        CannotAnswer: Nothing was drawn or read, not by chance, or the logs are no longer those that
            were drawn from.
        UsageError: There are several plans or readers, and none is named.
    """
    told = _plan(strata, asked.plan)
    name, first = told[0]["plan"], told[0]
    rule = Rule.read(first["rule"]) if first["rule"] else None
    asked_of = rule.definitions if rule else ()
    edited = changed_definitions(rule) if rule else ()
    if edited:  # its strata cannot be counted again: their sizes when they were drawn are known
        rule = None
    rows = population(_of_source(incidents, first["source"]), first["first_day"], first["last_day"])
    names = asked.definitions or asked_of
    wanted = find(names) if names else ()
    refused = lacking(rows, wanted, records) if wanted else {}
    able = tuple(one for one in wanted if one.name not in refused)
    rows = marked(rows, able, records) if able else rows
    rows = in_strata(rows, records, rule) if rule else rows.mutate(**{STRATUM: ibis.literal("")})
    counted = _counted(rows, able)
    names = tuple(row["stratum"] for row in told)
    part = _is_part(asked.period, first["first_day"], first["last_day"])
    size, changed = _sizes(told, counted, part=part, ruled=rule is not None)
    items = _items(rows, samples.filter(samples["plan"] == name), able)
    answers, who, strange, unsure = _answers(records["labels"], items, first, asked)
    by_stratum = None
    if rule:
        by_stratum = np.array(
            [[counted.get(s, {}).get(one.column, 0) for s in names] for one in able], dtype=float
        ).reshape(len(able), len(names))
    at = {stratum: number for number, stratum in enumerate(names)}
    return Held(
        plan=name,
        code=first["code"],
        strata=names,
        size=size,
        drawn=np.array([row["drawn"] for row in told], dtype=float),
        stratum=np.array([at[row["stratum"]] for row in items], dtype=np.intp),
        answers=answers,
        readers=who,
        definitions=able,
        refused=tuple(sorted(refused)),
        edited=edited,
        marks=np.array([[bool(row[one.column]) for row in items] for one in able], dtype=bool)
        .reshape(len(able), len(items)),
        marked=np.array(
            [sum(cell[one.column] for cell in counted.values()) for one in able], dtype=float
        ),
        by_stratum=by_stratum,
        total=int(size.sum()),
        changed=changed,
        part=part,
        strange=strange,
        unsure=unsure,
    )  # fmt: skip


def _plan(strata: ir.Table, asked: str) -> list[dict[str, Any]]:
    names = strata.select("plan").distinct().to_pyarrow()["plan"].to_pylist()
    if not names:
        raise CannotAnswer(
            "Nothing was drawn to be read, so no share can be corrected.",
            found="no plan in the store",
            try_="peelian draw STORE --flag DEFINITION --purpose 'CODE: why', then peelian sheet",
            read="how-to/read-logs-by-hand",
        )
    if asked not in names and (asked or len(names) > 1):
        raise UsageError(
            "Which plan?" if not asked else "The store holds no such plan.",
            found=asked or f"{len(names)} plans",
            try_=f"plan={nearest(asked, names) if asked else ' or plan='.join(sorted(names))}",
            read=PAGE,
        )
    chosen = asked or names[0]
    rows = strata.filter(strata["plan"] == chosen).to_pyarrow().to_pylist()
    picked = sum(row["drawing"] not in _DRAWN for row in rows)
    if picked:
        raise CannotAnswer(
            "Logs that were picked stand for no others: no share can be told from them.",
            found=f"{picked} of {len(rows)} strata were not drawn by chance",
            try_="peelian draw STORE: a random sample; keep the picked logs for teaching a machine",
            read=PAGE,
        )
    return sorted(rows, key=lambda row: row["stratum"])


def _of_source(incidents: ir.Table, source: str | None) -> ir.Table:
    return incidents.filter(incidents["source"] == source) if source else incidents


def _is_part(period: tuple[date, date] | None, first: date | None, last: date | None) -> bool:
    if period is None:
        return False
    return not (
        (first is not None and period[0] <= first) and (last is not None and period[1] >= last)
    )


def _counted(rows: Expr, able: Sequence[Definition]) -> dict[str | None, dict[str, int]]:
    sums = {one.column: rows[one.column].sum() for one in able}
    counted = rows.group_by(STRATUM).aggregate(n=rows.count(), **sums)
    return {
        row[STRATUM]: {name: int(n or 0) for name, n in row.items() if name != STRATUM}
        for row in counted.to_pyarrow().to_pylist()
    }


def _sizes(
    told: Sequence[Mapping[str, Any]],
    counted: Mapping[str | None, Mapping[str, int]],
    *,
    part: bool,
    ruled: bool,
) -> tuple[Floats, int]:
    """Return the size of each stratum, and how many logs are apart from what was drawn from."""
    then = np.array([row["size"] for row in told], dtype=float)
    if not ruled:
        if part:
            raise CannotAnswer(
                "Strata without a rule, or whose definitions have changed since, cannot be counted "
                "in a part of their days.",
                try_="ask for the whole plan, without a period",
                read=PAGE,
            )
        now = sum(cell["n"] for cell in counted.values())
        _refuse_changed(int(then.sum()), now, abs(now - int(then.sum())))
        return then, abs(now - int(then.sum()))
    now = np.array([counted.get(row["stratum"], {}).get("n", 0) for row in told], dtype=float)
    if part:
        if not now.sum():
            raise CannotAnswer(
                "The plan drew no logs from these months.",
                try_="a --period within the plan's days, or none",
                read=PAGE,
            )
        return now, 0
    names = {row["stratum"] for row in told}
    outside = sum(cell["n"] for name, cell in counted.items() if name not in names)
    changed = int(np.abs(now - then).sum() + outside)
    _refuse_changed(int(then.sum()), int(now.sum()) + outside, changed)
    return then, changed


def _refuse_changed(then: int, now: int, changed: int) -> None:
    if changed > _MOST_CHANGED * then:
        raise CannotAnswer(
            "The logs are no longer those that the sample was drawn from.",
            found=f"{then:,} logs then, {now:,} now; {changed:,} are not where they were",
            try_="draw a new sample, and say of which days with --period, so that months that are "
            "loaded later do not count",
            read=PAGE,
        )


def _items(rows: Expr, mine: Expr, able: Sequence[Definition]) -> list[dict[str, Any]]:
    """Return the drawn logs that are held, in the order of their places."""
    drawn = mine.filter(mine["item_kind"] == "incident").select(
        "item_id", "place", _stratum=mine["stratum"]
    )
    columns = [one.column for one in able]
    logs = rows.select("incident_id", *columns)
    both = drawn.join(logs, drawn["item_id"] == logs["incident_id"])
    kept = both.select("item_id", "place", "_stratum", *columns).to_pyarrow().to_pylist()
    return [row | {"stratum": row["_stratum"]} for row in sorted(kept, key=lambda r: r["place"])]


def _answers(
    labels: Expr,
    items: Sequence[Mapping[str, Any]],
    told: Mapping[str, Any],
    asked: "Asked",
) -> tuple[Floats, tuple[str, ...], int, int]:
    """Return what each reader said of each drawn log; what is told twice differently is nothing."""
    theirs = labels.filter(
        labels["item_kind"] == "incident",
        labels["codebook"] == told["codebook"],
        labels["code"] == told["code"],
    ).select("item_id", "coder", "value")
    coders = theirs.select("coder").distinct().to_pyarrow()["coder"].to_pylist()
    who = _readers(coders, told["plan"], asked.readers, asked.settler)
    said = theirs.filter(theirs["coder"].isin(who)).to_pyarrow().to_pylist()
    place = {row["item_id"]: number for number, row in enumerate(items)}
    answers = np.full((3, len(items)), np.nan)
    seen: dict[tuple[int, int], str] = {}
    strange = unsure = 0
    for row in said:
        if row["item_id"] not in place:
            strange += 1
            continue
        at = (who.index(row["coder"]), place[row["item_id"]])
        value = (row["value"] or "").strip().lower()
        if value not in (YES, NO) or seen.setdefault(at, value) != value:
            unsure += 1
            answers[at] = np.nan
            seen[at] = ""
        else:
            answers[at] = float(value == YES)
    return answers, who, strange, unsure


def _readers(
    coders: Sequence[str], plan: str, asked: Sequence[str], settler: str
) -> tuple[str, ...]:
    """Return who the two readers are, and who settles; the plan's own where nobody is named."""
    for name in (*asked, *((settler,) if settler else ())):
        if name not in coders:
            raise UsageError(
                "Nobody of that name read these logs.",
                found=name,
                try_=f"readers={nearest(name, coders)}" if coders else "another plan",
                read=PAGE,
            )
    own = sorted(c for c in coders if c.startswith(f"{plan}:") and not c.endswith(f":{SETTLES}"))
    others = sorted(c for c in coders if ":" not in c and c != settler)
    chosen = list(asked) or own or others
    if not chosen:
        raise CannotAnswer(
            "Nobody has read the logs that were drawn.",
            found=f"no answers of readers of the plan {plan}",
            try_="peelian take STORE SHEET, when the sheets are filled in",
            read="how-to/read-logs-by-hand",
        )
    if len(chosen) > 2:
        raise UsageError(
            "An audit has two readers, and one who settles.",
            found=f"{len(chosen)} readers",
            try_="readers=ONE,OTHER and settler=WHO",
            read=PAGE,
        )
    last = settler or f"{plan}:{SETTLES}"
    return (*chosen, *[""] * (2 - len(chosen)), last)
