"""How many incidents meet each part of a rule: what a code that occurs nowhere is told by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import ibis.expr.types as ir

from peelian.definitions.lacking import check
from peelian.definitions.marking import with_parts
from peelian.definitions.reading import Definition
from peelian.definitions.rules import Part, parts_of

# What a part lists: each word of these is a way of its own to meet it.
_LISTED = ("codes", "categories", "groups", "words", "markers")


@dataclass(frozen=True, slots=True)
class Met:
    """How many incidents met one code, word or other way to meet a part of a rule.

    Args:
        part: The part it stands in, by its number in the rule, from 1.
        says: What it asks, in words.
        incidents: How many incidents met it, by itself.
    """

    part: int
    says: str
    incidents: int


def met(
    incidents: ir.Table, definition: Definition, records: Mapping[str, ir.Table]
) -> tuple[Met, ...]:
    """Count the incidents that meet each part of a rule, code by code and word by word.

    A nought says that a code is not used, or is written in another way: the share is then of
    something else than was meant. The parts overlap, and their sum means nothing.

    Args:
        incidents: The canonical table.
        definition: The definition.
        records: The other canonical tables it looks at, by name.

    Raises:
        CannotAnswer: The records lack what the rule names.
    """
    check(incidents, [definition], records)
    ways = [
        (number, way)
        for number, part in enumerate(parts_of(definition.rule), start=1)
        for way in _ways(part)
    ]
    held, names = with_parts(incidents, tuple(dict.fromkeys(way for _, way in ways)), records)
    columns = dict.fromkeys(names.values())
    counted = held.agg(**{name: _number(held, name) for name in columns}).to_pyarrow().to_pylist()
    return tuple(Met(number, way.says, counted[0][names[way]] or 0) for number, way in ways)


def _number(held: Any, name: str) -> Any:
    return held[name].cast("int64").sum()


def _ways(part: Part) -> Sequence[Part]:
    """Return a part once for each word it lists, or as it is."""
    for name in {f.name for f in fields(part)} & set(_LISTED):
        if words := getattr(part, name):
            return tuple(_only(part, name, word) for word in words)
    return (part,)


def _only(part: Any, name: str, word: str) -> Part:
    return replace(part, **{name: (word,)})
