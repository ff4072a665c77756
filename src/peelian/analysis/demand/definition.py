"""Does a definition fit these records: what does each part of its rule find?"""

from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from peelian.columns import counted, figure, key, named
from peelian.definitions import Definition, Met, find, marked, met
from peelian.definitions.rules import in_words
from peelian.errors import CannotAnswer, UsageError
from peelian.results import Cell, Check, Result, ResultTable, Sentence


def definition(
    incidents: ir.Table,
    incident_codes: ir.Table,
    labels: ir.Table,
    involvements: ir.Table,
    markers: ir.Table,
    *,
    definition: str,
) -> Result:
    """Does a definition fit these records: what does each part of its rule find?

    A code that a force does not use finds nothing and says nothing: a share is then of something
    else than was meant. So each code, word and marker that a definition names is counted by itself.
    The counts overlap, and their sum means nothing.

    Args:
        incidents: The canonical table.
        incident_codes: The canonical table.
        labels: The canonical table.
        involvements: The canonical table.
        markers: The canonical table.
        definition: The name of a definition we ship, or the path of a TOML file.

    Raises:
        CannotAnswer: There are no incidents, or the records lack what the definition names.
        UsageError: There is no such definition, or its file cannot be read.

    Assumes:
        That incidents, codes and labels of all sources are keyed apart.

    Cannot show:
        Whether what is found is what was meant: for that, people read logs (`demand.audit`).
    """
    (one,) = _one(definition)
    records = {
        "incident_codes": incident_codes,
        "labels": labels,
        "involvements": involvements,
        "markers": markers,
    }
    counted = _counted(incidents, one, records)
    parts = met(incidents, one, records)
    return Result(
        question=f"Does the definition {one.name} fit these records?",
        answer=_answer(one),
        tables=_tables(one, counted, parts),
        diagnostics=(_unmet(parts),),
        caveats=_caveats(one),
        definitions={one.title: f"{one.counts}; by rule: {in_words(one.rule)}"},
    )


def _one(asked: str) -> tuple[Definition, ...]:
    found = find((asked,))
    if len(found) != 1:
        raise UsageError(
            "That is a family of definitions; they are looked at one by one.",
            found=asked,
            try_=f"one of: {', '.join(one.name for one in found)}",
            read="reference/definitions",
        )
    return found


def _counted(incidents: ir.Table, one: Definition, records: dict[str, ir.Table]) -> dict[str, int]:
    """Return how many incidents are held, could be told of, and are counted."""
    table: Any = marked(incidents, [one], records, asked=True)
    columns = {"n": one.column, "asked": one.asked_column}
    sums = {name: table[column].cast("int64").sum() for name, column in columns.items()}
    (row,) = table.agg(incidents=table.count(), **sums).to_pyarrow().to_pylist()
    if not row["incidents"]:
        raise CannotAnswer("There are no incidents.", try_="load incidents, or ask of other months")
    return {name: int(value or 0) for name, value in row.items()}


def _tables(
    one: Definition, found: dict[str, int], parts: tuple[Met, ...]
) -> dict[str, ResultTable]:
    n, asked = found["n"], found["asked"]
    totals = {
        "title": ([one.title], named("Definition")),
        "n": ([n], counted("Counted by it")),
        "asked": ([asked], counted("Incidents that anybody could tell of")),
        "incidents": ([found["incidents"]], counted("Incidents")),
        "share": (
            pa.array([n / asked if asked else None], pa.float64()),
            figure("Share", of=("n", "asked"), note="of the incidents that anybody could tell of"),
        ),
        "rules": ([len(_by_part(parts))], figure("Parts of its rule", "integer")),
        "empty": (
            [sum(not n for n in _by_part(parts))],
            figure("Of those, without any incident", "integer"),
        ),
        "ways": ([len(parts)], figure("Codes, words and markers it names", "integer")),
        "unmet": (
            [sum(not p.incidents for p in parts)],
            figure("Of those, found nowhere", "integer"),
        ),
    }
    by_part = {
        "part": ([p.part for p in parts], key("Part", "integer")),
        "says": ([p.says for p in parts], key("What it asks")),
        "n": ([p.incidents for p in parts], counted("Incidents that met it")),
    }
    used = {
        "records": (["incidents"], key("Records")),
        "used": ([found["incidents"]], counted("Used")),
    }
    return {
        "counted": ResultTable.of("What the definition counts", totals, sums_over=()),
        "parts": ResultTable.of(
            "Each code, word and marker by itself; the counts overlap", by_part, sums_over=()
        ),
        "records_used": ResultTable.of("Records used", used),
    }


def _answer(one: Definition) -> Sentence:
    return Sentence(
        "{title} counts {n} of the {asked} incidents that anybody could tell of: {share}.",
        {name: Cell("counted", 0, name) for name in ("n", "asked", "share")},
        {"title": f"The definition {one.name}"},
    )


def _by_part(parts: tuple[Met, ...]) -> list[int]:
    """Return the most that any one way to meet each part found: nought where none found any."""
    most: dict[int, int] = {}
    for one in parts:
        most[one.part] = max(most.get(one.part, 0), one.incidents)
    return list(most.values())


def _unmet(parts: tuple[Met, ...]) -> Check:
    return Check(
        name="Each part finds something",
        held=all(_by_part(parts)),
        says=Sentence(
            "Of {rules} parts of its rule, {empty} found no incident; of {ways} codes, words and "
            "markers that they name, {unmet} occur in none. Other spellings do no harm; a part "
            "that finds nothing may be written otherwise here.",
            {name: Cell("counted", 0, name) for name in ("rules", "empty", "ways", "unmet")},
        ),
    )


def _caveats(one: Definition) -> tuple[Sentence, ...]:
    said = [Sentence("What is counted is what is recorded, and not what was true of the incident.")]
    if one.health:
        said.append(Sentence("It speaks of health: show it by district or force, never by area."))
    return tuple(said)
