"""Incidents counted by caller, address or person on the engine: only how many brought how many."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.counting import Covered
from peelian.definitions import Definition
from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.schema import code_list

PAGE = "how-to/read-repeat-demand"
_TWO_HALVES = 2


@dataclass(frozen=True)
class Chosen:
    """Who or where incidents are counted by, and which are left out."""

    of: str
    leave_out: tuple[str, ...]
    roles: tuple[str, ...]
    definition: Definition | None = None


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the engine counted: numbers of sources by their numbers of events, never a key.

    Args:
        chosen: What was asked.
        covered: The covered months, in order.
        missing: Months among them, or asked for, that nothing covers.
        partly: Whether sources of records cover different months.
        half: Months in either half.
        spare: Covered months at the end that are in neither half.
        sizes: A row a number of events in the first half, the later half, and in all: first,
            later, n, sources.
        by_month: A row a month and number of events: month, n, sources.
        by_day: Events of every day: day, n. Empty where days are not known.
        pairs: Pairs of one source in a month that are close; None where days are not known.
        events: Incidents in covered months.
        keyless: Of those, without a caller, an exact point or a person.
        left_out: Of those, left out by channel.
        undated: Without a month that is covered.
        channels_known: Whether the store says by which channel incidents came.
    """

    chosen: Chosen
    covered: np.ndarray
    missing: np.ndarray
    partly: bool
    half: int
    spare: int
    sizes: pa.Table
    by_month: pa.Table
    by_day: pa.Table
    pairs: float | None
    events: int
    keyless: int
    left_out: int
    undated: int
    channels_known: bool


def count(
    incidents: ir.Table,
    contacts: ir.Table,
    involvements: ir.Table,
    covered: Covered,
    chosen: Chosen,
    within: int,
) -> Held:
    """Count how many sources brought how many events, by half, by month and close in time.

    Args:
        incidents: The canonical table.
        contacts: The canonical table.
        involvements: The canonical table.
        covered: The months that loads cover.
        chosen: What is counted.
        within: How many days apart is close.

    Raises:
        CannotAnswer: No incidents in these months, no keys, or points that were moved.
        UsageError: A channel or role is unknown.
    """
    _known("channel", chosen.leave_out)
    _known("subject_category", chosen.roles)
    some, partly = covered.of("incidents")
    months = covered.months[some]
    if not len(months):
        raise CannotAnswer(
            "No incidents are loaded for these months.",
            found=f"{len(covered.months)} months looked at",
            try_="load them, or ask of another period",
            read="how-to/load-records",
        )
    half = len(months) // _TWO_HALVES
    channels_known = bool(_number(contacts.filter(contacts.incident_id.notnull())))
    every = _events(incidents, contacts, chosen, channels_known=channels_known)
    every = every.mutate(month=every.day.truncate("M"))
    inside = every.filter(every.month.isin([month.astype(object) for month in months]))
    with_key = inside.filter(~inside.left_out)
    kept = (
        with_key.drop("key").inner_join(_named(involvements, chosen), "incident_id")
        if chosen.of == "people"
        else with_key.filter(with_key.key.notnull())
    )
    tell = _told(inside, kept, every, chosen)
    _refuse_without_keys(tell, chosen)
    timed = bool(tell["day_known"])
    return Held(
        chosen=chosen,
        covered=months,
        missing=covered.months[~some],
        partly=bool(partly.any()),
        half=half,
        spare=len(months) - _TWO_HALVES * half,
        sizes=_sizes(kept, months, half),
        by_month=_by_month(kept),
        by_day=_by_day(kept),
        pairs=_close_pairs(kept, within) if timed else None,
        events=int(tell["events"]),
        keyless=int(tell["events"] - tell["keyed"] - tell["left_out"]),
        left_out=int(tell["left_out"]),
        undated=int(tell["every"] - tell["events"]),
        channels_known=channels_known,
    )


def _known(listed: str, asked: tuple[str, ...]) -> None:
    codes = code_list(listed)
    for word in asked:
        if word not in codes:
            raise UsageError(
                f"The code list {listed} has no such code.",
                found=word,
                try_=nearest(word, [code.code for code in codes.codes]),
                read="reference/codes",
            )


def _number(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())


def _events(
    incidents: ir.Table, contacts: ir.Table, chosen: Chosen, *, channels_known: bool
) -> Any:
    """Return incident_id, key, day, exact_day and left_out, a row an incident."""
    # pyright cannot know a column's type, which ibis learns from the table
    rows: Any = incidents
    if chosen.of == "addresses":
        _refuse_moved_points(rows)
    agency: Any = ibis.literal(False)
    if chosen.of == "callers" and chosen.leave_out and channels_known:
        calls: Any = contacts
        by_agency = calls.filter(calls.channel.isin(list(chosen.leave_out)))
        agency = ibis.coalesce(rows.incident_id.isin(by_agency.incident_id), False)
    return rows.select(
        "incident_id",
        key=_key(rows, chosen),
        day=rows.local_date,
        exact_day=ibis.coalesce(rows.time_precision != "month", False),
        left_out=agency,
    )


def _told(inside: Any, kept: Any, every: Any, chosen: Chosen) -> dict[str, Any]:
    """Return how many incidents there are, have a source, were left out, and have no month."""
    held = inside.agg(
        events=inside.count(),
        left_out=ibis.coalesce(inside.left_out.cast("int64").sum(), 0),
    ).to_pyarrow()
    with_source = kept.agg(
        # An incident with several people in it is one incident.
        keyed=kept.incident_id.nunique() if chosen.of == "people" else kept.count(),
        day_known=kept.exact_day.all(),
    ).to_pyarrow()
    told = {name: held[name][0].as_py() for name in held.column_names}
    told |= {name: with_source[name][0].as_py() for name in with_source.column_names}
    return told | {"every": _number(every)}


def _key(row: Any, chosen: Chosen) -> Any:
    """Return what tells sources apart; null where nothing does."""
    if chosen.of == "callers":
        return row.caller_id
    if chosen.of == "people":
        return ibis.null("string")
    exact = (row.location_precision == "exact") & row.x.notnull() & row.y.notnull()
    point = row.x.round().cast("int64").cast("string") + " " + row.y.round().cast("int64").cast(
        "string"
    )  # fmt: skip
    return exact.ifelse(point, ibis.null("string"))


def _named(involvements: ir.Table, chosen: Chosen) -> Any:
    """Return people by incident, each once however many parts they had."""
    of: Any = involvements.filter(involvements.event_kind == "incident")
    if chosen.roles:
        of = of.filter(of.role.isin(list(chosen.roles)))
    return of.select(incident_id=of.event_id, key=of.person_id).distinct()


def _refuse_moved_points(incidents: Any) -> None:
    moved = _number(incidents.filter(incidents.location_precision == "snapped"))
    if moved:
        raise CannotAnswer(
            "These points were moved by their publisher to a fixed set of points, so that how much "
            "each holds is an artefact of that set and no address.",
            found=f"{moved:,} incidents on snapped points",
            try_="the force's own extract with exact points; or places.concentration over areas",
            read=PAGE,
        )


def _refuse_without_keys(told: dict[str, Any], chosen: Chosen) -> None:
    if told["events"] and told["keyed"]:
        return
    needed = {
        "callers": "incidents.caller_id, a key for the caller",
        "addresses": "incidents with lon and lat and location_precision exact",
        "people": "involvements of kind incident, with person_id",
    }[chosen.of]
    raise CannotAnswer(
        f"No incidents of these months have {chosen.of} to count by.",
        found=f"{told['events']:,} incidents, {told['left_out']:,} left out by channel",
        try_=f"needed: {needed}; map it when records are loaded",
        read=PAGE,
    )


def _sizes(kept: Any, months: np.ndarray, half: int) -> pa.Table:
    """Return how many sources had how many events in the first half, the later one, and in all."""
    # pyright cannot know a column's type, which ibis learns from the table
    first, later = (
        kept.month.isin([month.astype(object) for month in part]).cast("int64")
        if len(part)
        else kept.month.isnull().cast("int64")
        for part in (months[:half], months[half : 2 * half])
    )
    each = kept.group_by("key").agg(
        first=ibis.coalesce(first.sum(), 0),
        later=ibis.coalesce(later.sum(), 0),
        n=kept.count(),
    )
    return each.group_by("first", "later", "n").agg(sources=each.count()).to_pyarrow()


def _by_month(kept: Any) -> pa.Table:
    each = kept.group_by("key", "month").agg(n=kept.count())
    return each.group_by("month", "n").agg(sources=each.count()).to_pyarrow()


def _by_day(kept: Any) -> pa.Table:
    return kept.group_by("day").agg(n=kept.count()).to_pyarrow()


def _close_pairs(kept: Any, within: int) -> float:
    """Return how many pairs of one source in one month are at most so many days apart."""
    each = kept.group_by("key", "month", "day").agg(n=kept.count())
    each = each.mutate(at=each.day.delta(ibis.literal("2000-01-01").cast("date"), unit="day"))
    lately = ibis.range_window(
        group_by=["key", "month"], order_by=each.at, preceding=within, following=0
    )
    each = each.mutate(lately=each.n.sum().over(lately))
    pairs = each.n * (each.lately - each.n) + each.n * (each.n - 1) / 2
    return float(each.agg(pairs=pairs.sum()).to_pyarrow()["pairs"][0].as_py() or 0.0)
