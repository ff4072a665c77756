"""What records lack for a definition to be applied to them, and what would be needed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from peelian.definitions.reading import Definition
from peelian.definitions.rules import (
    Codes,
    HasMarker,
    Judged,
    LedToCrime,
    Part,
    Scored,
    Settled,
    Words,
    parts_of,
)
from peelian.definitions.saying import PAGE
from peelian.errors import CannotAnswer
from peelian.schema import code_list

# What is not there, and what would be needed.
_Lack = tuple[str, str]
_KINDS = {"opening": "opening codes", "closing": "closing codes", "qualifier": "qualifiers"}


@dataclass
class _Held:
    """What records hold, each thing looked up when it is first asked for, and once."""

    incidents: ir.Table
    records: Mapping[str, ir.Table]
    known: dict[Any, bool] = field(default_factory=dict)

    def has(self, key: Any, rows: Callable[[], ir.Table]) -> bool:
        """Return whether there is a row; the engine stops at the first."""
        if key not in self.known:
            first = rows().limit(1).count().to_pyarrow().as_py()
            self.known[key] = bool(first)
        return self.known[key]

    def fills(self, column: str) -> bool:
        """Return whether any incident has this column filled."""
        own = self.incidents
        return self.has(column, lambda: own.filter(own[column].notnull()).select(column))

    def any(self) -> bool:
        """Return whether there is any incident at all."""
        return self.has("incidents", lambda: self.incidents)

    def table(self, name: str) -> Any:
        """Return another table, as it was given."""
        if name not in self.records:
            raise ValueError(f"a definition looks at {name}, which was not given")
        return self.records[name]

    def codes_of(self, kind: str, *, primary: bool) -> bool:
        """Return whether incidents have codes of a kind, or first ones."""
        codes = self.table("incident_codes")
        wanted = codes.kind == kind
        wanted = wanted & (codes.position == 1) if primary else wanted
        return self.has(("codes", kind, primary), lambda: codes.filter(wanted))

    def labels_of(self, codebook: str, code: str) -> bool:
        """Return whether incidents have labels of a codebook."""
        labels = self.table("labels")
        wanted = (labels.item_kind == "incident", labels.codebook == codebook, labels.code == code)
        return self.has(("labels", codebook, code), lambda: labels.filter(*wanted))


def lacking(
    incidents: ir.Table, definitions: Sequence[Definition], records: Mapping[str, ir.Table]
) -> dict[str, CannotAnswer]:
    """Return why definitions cannot be applied to records: by name, only those that cannot.

    Args:
        incidents: The canonical table.
        definitions: The definitions.
        records: The other canonical tables they look at, by name.
    """
    held = _Held(incidents, records)
    refused = {}
    for one in definitions:
        found = dict.fromkeys(lack for part in parts_of(one.rule) for lack in _lacks(part, held))
        if found and not held.any():
            refused[one.name] = CannotAnswer(
                "No incidents are loaded for these months.",
                found="no incident",
                try_="load incidents of these months, or ask of another period",
                read=PAGE,
            )
        elif found:
            missing, needed = zip(*found, strict=True)
            refused[one.name] = CannotAnswer(
                f"The definition {one.name} cannot be applied: the store lacks what it names.",
                found="; ".join(missing),
                try_="; ".join(needed),
                read=PAGE,
            )
    return refused


def check(
    incidents: ir.Table, definitions: Sequence[Definition], records: Mapping[str, ir.Table]
) -> None:
    """Refuse definitions that cannot be applied to records.

    Raises:
        CannotAnswer: One cannot; it says what the records lack and what would be needed.
    """
    for refusal in lacking(incidents, definitions, records).values():
        raise refusal


def _lacks(part: Part, held: _Held) -> list[_Lack]:
    """Return each thing a part names that is not there, with what would be needed."""
    return _LACKS[type(part)](part, held)


def _lacks_codes(part: Codes, held: _Held) -> list[_Lack]:
    """One kind that is there will do: a power may be written in any of them."""
    if any(_has_kind(kind, part, held) for kind in part.kinds):
        return []
    called = " or ".join(_KINDS[kind] for kind in part.kinds)
    which = f"no {called} with position 1, which is primary" if part.primary else f"no {called}"
    return [(which, f"load incident_codes with {called}")]


def _has_kind(kind: str, part: Codes, held: _Held) -> bool:
    if kind == "opening" and held.fills("opening_code"):
        return True
    return held.codes_of(kind, primary=part.primary)


def _lacks_markers(_: HasMarker, held: _Held) -> list[_Lack]:
    involvements, markers = held.table("involvements"), held.table("markers")
    people = involvements.filter(involvements.event_kind == "incident")
    lacks = []
    if not held.has("involvements", lambda: people):
        lacks.append(("nobody's part in an incident", "load involvements of incidents"))
    if not held.has("markers", lambda: markers):
        lacks.append(("no marker on anybody", "load markers"))
    return lacks


def _lacks_labels(part: Judged | Scored, held: _Held) -> list[_Lack]:
    if held.labels_of(part.codebook, part.code):
        return []
    return [
        (
            f"no label of incidents in the codebook {part.codebook}, code {part.code}",
            f"load labels of incidents with the codebook {part.codebook}",
        )
    ]


def _lacks_unless(needed: str, columns: tuple[str, ...]) -> Callable[[Part, _Held], list[_Lack]]:
    def lacks(_: Part, held: _Held) -> list[_Lack]:
        if any(held.fills(column) for column in columns):
            return []
        which = " or ".join(f"`{column}`" for column in columns)
        return [(f"no incident {needed}", f"load incidents with {which} mapped")]

    return lacks


def _lacks_settled(part: Settled, held: _Held) -> list[_Lack]:
    known = code_list("incident_category").groups
    lacks = [
        (
            f"the list of incident categories has no group {group}",
            f"add the group {group} to the store's own list, or name categories",
        )
        for group in part.groups
        if group not in known
    ]
    return lacks + _lacks_unless("has a category", ("category",))(part, held)


_LACKS: Mapping[type, Callable[[Any, _Held], list[_Lack]]] = {
    Codes: _lacks_codes,
    Settled: _lacks_settled,
    LedToCrime: _lacks_unless("says whether it led to a crime", ("crime_id", "category")),
    Words: _lacks_unless("has any words", ("narrative",)),
    Judged: _lacks_labels,
    Scored: _lacks_labels,
    HasMarker: _lacks_markers,
}
