"""What was asked for, and what of it these records cannot tell: refused with what is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.share.counting import Cells, months_of
from peelian.analysis.demand.share.measured import Counted
from peelian.definitions import Definition, find, lacking
from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.statistics.months import list_of

PAGE = "how-to/read-a-share"
MOST = 30  # definitions at once: one bit each, and more could not be read side by side
LEAST_DRAWS, MOST_DRAWS = 100, 100_000
# What people call each denominator in a sentence.
OF = {
    "incidents": "incidents",
    "attended": "attended incidents",
    "contacts": "contacts",
    "unit-hours": "unit-hours",
    "officer-hours": "officer-hours",
}


@dataclass(frozen=True)
class Asked:
    """What was asked for, checked.

    Args:
        definitions: The definitions, in order.
        denominators: What shares are of, in order.
        by: What the first definition is told by.
        to: The definition the steps lead to, by name; empty for the one that counts the most.
    """

    definitions: tuple[Definition, ...]
    denominators: tuple[str, ...]
    by: tuple[str, ...]
    to: str


@dataclass(frozen=True)
class Refused:
    """Something that was asked for and cannot be worked out from these records.

    Args:
        what: What was asked for.
        kind: definition, denominator, group or share.
        found: What the records lack.
        needs: What would be needed.
    """

    what: str
    kind: str
    found: str
    needs: str


def checked(
    definitions: Sequence[str], denominators: Sequence[str], by: Sequence[str], to: str | None
) -> Asked:
    """Return what was asked for, or refuse what cannot be asked.

    Raises:
        UsageError: A definition is not known, or a setting is empty or says a thing twice.
        CannotAnswer: What speaks of health was asked for by area.
    """
    for name, said in (("definitions", definitions), ("denominators", denominators), ("by", by)):
        if len(set(said)) < len(said) or (not said and name != "by"):
            raise UsageError(
                f"The {name} must be named, and each once.",
                found=", ".join(said) or "none",
                try_=f"{name}={','.join(dict.fromkeys(said)) or 'mental-health'}",
                read=PAGE,
            )
    found = find(definitions)
    if len(found) > MOST:
        raise UsageError(
            "These are too many definitions to be set side by side.",
            found=f"{len(found)} definitions",
            try_=f"at most {MOST} at once",
            read=PAGE,
        )
    if to is not None and to not in {one.name for one in found}:
        raise UsageError(
            f"The steps lead to {to}, which is none of the definitions that were asked for.",
            found=", ".join(one.name for one in found),
            try_=nearest(to, [one.name for one in found]),
            read=PAGE,
        )
    health = [one.name for one in found if one.health]
    if "area" in by and health:
        raise CannotAnswer(
            "Shares that speak of health are told by district or for the force, never by area: few "
            "people live in one, and they could be known.",
            found=f"by=area with {', '.join(health)}",
            try_="by=district, or definitions that do not speak of health",
            read=PAGE,
        )
    return Asked(found, tuple(denominators), tuple(by), to or "")


def checked_numbers(cap_minutes: float, bootstrap: int) -> None:
    """Refuse a cap or a number of draws that would say nothing.

    Raises:
        UsageError: The cap is not above nought, or the draws are too few or too many.
    """
    if not cap_minutes > 0:
        raise UsageError(
            "Minutes are capped above nought.",
            found=f"cap_minutes={cap_minutes:g}",
            try_="cap_minutes=480",
            read=PAGE,
        )
    if bootstrap and not LEAST_DRAWS <= bootstrap <= MOST_DRAWS:
        raise UsageError(
            "So many draws make no interval, or no better one.",
            found=f"bootstrap={bootstrap}",
            try_=f"bootstrap=1000; from {LEAST_DRAWS} to {MOST_DRAWS}, or 0 for none",
            read=PAGE,
        )


def able_definitions(
    asked: Asked, incidents: ir.Table, records: Mapping[str, ir.Table]
) -> tuple[tuple[Definition, ...], tuple[Refused, ...]]:
    """Return the definitions that can be applied to these records, and the others with why.

    Raises:
        CannotAnswer: None can.
    """
    lacks = lacking(incidents, asked.definitions, records)
    able = tuple(one for one in asked.definitions if one.name not in lacks)
    if not able:
        each = "; ".join(f"{name}: {lack.found}" for name, lack in lacks.items())
        needed = dict.fromkeys(lack.try_ for lack in lacks.values())
        raise CannotAnswer(
            "None of these definitions can be worked out from these records.",
            found=each,
            try_="; ".join(needed),
            read="how-to/write-a-definition",
        )
    refused = tuple(
        Refused(one.title, "definition", lacks[one.name].found, lacks[one.name].try_)
        for one in asked.definitions
        if one.name in lacks
    )
    return able, refused


def able_denominators(
    asked: Asked, counted: Counted, coverage: ir.Table
) -> tuple[tuple[str, ...], tuple[Refused, ...]]:
    """Return the denominators these records have, and the others with what is needed.

    Raises:
        CannotAnswer: They have none of those asked for.
    """
    lacks = {name: _lack(name, counted, coverage) for name in asked.denominators}
    usable = tuple(name for name, lack in lacks.items() if lack is None)
    refused = tuple(
        Refused(f"share of {OF[name]}", "denominator", *lack)
        for name, lack in lacks.items()
        if lack is not None
    )
    if not usable:
        raise CannotAnswer(
            "These records have nothing to divide by.",
            found="; ".join(f"{one.what}: {one.found}" for one in refused),
            try_="; ".join(dict.fromkeys(one.needs for one in refused)),
            read=PAGE,
        )
    unsaid = [
        one.title
        for one, everyone in zip(counted.definitions, counted.everyone_asked, strict=True)
        if not everyone
    ]
    if "contacts" in usable and unsaid:
        refused += tuple(
            Refused(
                f"{title}, of contacts",
                "share",
                "not every incident was judged by it, and contacts that led to none never are",
                "a definition that is known of every incident",
            )
            for title in unsaid
        )
    return usable, refused


def _lack(name: str, counted: Counted, coverage: ir.Table) -> tuple[str, str] | None:
    """Return what a denominator lacks and what is needed; None where it is there."""
    total = {
        "attended": counted.days.sums["attended"].sum(),
        "unit-hours": counted.days.sums["unit"].sum(),
        "officer-hours": counted.days.sums["officer"].sum(),
    }
    if name == "contacts":
        return _lack_of_contacts(counted, coverage)
    if name in total and not total[name]:
        return {
            "attended": ("no incident has a time of arrival", "incidents with `arrived_at`"),
            "unit-hours": ("no incident has unit minutes", "`unit_minutes`, or deployments"),
            "officer-hours": (
                "no incident has officer minutes",
                "`officer_minutes`, or deployments with `crew_size`",
            ),
        }[name]
    return None


def _lack_of_contacts(counted: Counted, coverage: ir.Table) -> tuple[str, str] | None:
    if not counted.contacts.total:
        return "no contacts", "contacts with `incident_id`"
    if not counted.days.sums["contacts"].sum():
        return "no contact names an incident that is held", "contacts with `incident_id`"
    theirs, ours = months_of(coverage, "contacts"), months_of(coverage, "incidents")
    apart = np.setdiff1d(ours, theirs)
    if len(apart):
        return (
            f"contacts cover {list_of(theirs) or 'no month'}, and incidents {list_of(ours)} too",
            "a period that both cover in whole: shares of unlike months are no shares",
        )
    return None


def keys_of(by: str, cells: Cells) -> tuple[list[object], Refused]:
    """Return the groups that incidents stand in, in order; or what is needed for there to be any.

    Args:
        by: How incidents are told apart.
        cells: The cells by group.
    """
    values = cells.keys["group"]
    known = {value for value in values if value is not None}
    needs = {
        "district": "areas that are loaded with `parent_code`, and incidents that lie in them",
        "category": "incidents with a category or an opening code",
        "grade": "incidents with a grade",
        "hour": "incidents whose time is known, and not only their day",
        "area": "incidents that lie in an area",
    }
    refused = Refused(f"by {by}", "group", f"no incident has its {by}", needs[by])
    if by == "hour":
        return sorted(known), refused  # type: ignore[type-var]
    count: dict[object, float] = {}
    for value, n in zip(values, cells.sums["incidents"], strict=True):
        if value is not None:
            count[value] = count.get(value, 0.0) + n
    return sorted(count, key=lambda key: (-count[key], str(key))), refused
