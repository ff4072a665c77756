"""Events one by one, as places and days: those that can be set beside one another."""

from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.analysis.places.days_out import DaysOut
from peelian.errors import CannotAnswer
from peelian.placing.counts import chosen_categories, names_of
from peelian.placing.kinds import noun_of

_FURTHEST = 2_000_000  # metres: further apart, places are not of one force on one grid
_FAR = 200_000  # metres with no event between: wider than any sea between a force's islands
_MOST_MONTHLY = 0.05
_MIXED = "look whether coordinates of two systems are mixed, or latitude and longitude swapped"
_CLOCKS = {"crimes": ("recorded_at", "occurred_from"), "incidents": ("reported_at",)}
_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Asks:
    """Who asks for events, and how many it needs.

    Args:
        title: What is looked for, as a sentence begins with it.
        page: The page to read.
        fewest: It needs so many events.
    """

    title: str
    page: str
    fewest: int


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events with a place and a day, and those that lack one.

    Args:
        records: What they are, in words.
        kind: crimes or incidents.
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        days: Days since 1970, by the local date.
        moments: Days since 1970, with their parts; not a number where only the day is known.
        area_codes: The area of each, by code; empty where none is known.
        area_vintages: The vintage of that code.
        total: Records of these categories.
        not_placed: Of the total, those without a place.
        undated: Of the total, those whose date is missing, or known by the month only.
        snapped: Of the events, those on a point that the publisher moved them to.
        others: Records of other categories.
        left_out: Records of these categories on days that were asked to be left out.
        days_out: Those days.
    """

    records: str
    kind: str
    x: np.ndarray
    y: np.ndarray
    days: np.ndarray
    moments: np.ndarray
    area_codes: np.ndarray
    area_vintages: np.ndarray
    total: int
    not_placed: int
    undated: int
    snapped: int
    others: int
    left_out: int = 0
    days_out: DaysOut = field(default_factory=DaysOut)


def events_of(
    table: ir.Table,
    kind: str,
    categories: tuple[str, ...],
    group: str | None,
    *,
    asks: Asks,
    leave_out: tuple[str, ...] = (),
) -> Events:
    """Return the events of some categories.

    Args:
        table: Crimes or incidents.
        kind: Which of them.
        categories: Only these, by code or name; all if empty.
        group: Only those of this group.
        asks: Who asks.
        leave_out: Days to leave out, as 12-31 (of every year) or 2012-07-04.

    Raises:
        UsageError: A day to leave out is no day.
        CannotAnswer: Dates are known by the month only; there are too few events, places or days;
            or places lie too far apart to be on one grid.
    """
    days_out = DaysOut.read(leave_out, asks.page)
    rows = _rows(table, kind)
    kinds = rows.group_by("category").agg(n=rows.count()).to_pyarrow()
    chosen = chosen_categories(kinds, kind, categories, group)
    mine: Any = rows.filter(rows.category.isin(chosen)) if chosen else rows
    everything = int(np.sum(kinds["n"]))
    among = int(np.sum(np.asarray(kinds["n"])[_chosen(kinds, chosen)]))
    if days_out:
        mine = mine.filter(~days_out.holds(mine.local_date))
    whole = mine.aggregate(
        n=mine.count(),
        not_placed=(~mine.placed).sum(),
        monthly=mine.monthly.sum(),
        undated=(mine.placed & ~mine.dated).sum(),
    ).to_pyarrow()
    told = {name: int(whole[name][0].as_py() or 0) for name in whole.column_names}
    _refuse_months(told["monthly"], told["n"], asks)
    usable = mine.filter(mine.placed & mine.dated).select(
        "x", "y", "local_date", "moment", "snapped", "area_code", "area_vintage"
    )
    read = usable.to_pyarrow()
    days = np.asarray(read["local_date"]).astype("datetime64[D]").astype(np.int64).astype(float)
    named = names_of(kind, chosen)
    found = Events(
        records=f"{noun_of(kind)} ({named})" if named else noun_of(kind),
        kind=kind,
        x=np.asarray(read["x"], float),
        y=np.asarray(read["y"], float),
        days=days,
        moments=_moments(read["moment"]),
        area_codes=np.asarray(read["area_code"].to_pylist(), dtype=object),
        area_vintages=np.asarray(read["area_vintage"].to_pylist(), dtype=object),
        total=told["n"],
        not_placed=told["not_placed"],
        undated=told["undated"],
        snapped=int(np.sum(read["snapped"])) if len(days) else 0,
        others=everything - among,
        left_out=among - told["n"],
        days_out=days_out,
    )
    _refuse(found, asks)
    return found


def _chosen(kinds: pa.Table, chosen: Any) -> np.ndarray:
    """Return which kinds are looked at: all of them, where none was chosen."""
    if not chosen:
        return np.ones(kinds.num_rows, dtype=bool)
    return np.isin(np.asarray(kinds["category"].to_pylist(), dtype=object), list(chosen))


def _rows(table: ir.Table, kind: str) -> Any:  # as ibis learns its columns, not pyright
    """Return what is needed of each record, whichever table it stands in."""
    rows: Any = table
    category = (
        rows.crime_type if kind == "crimes" else ibis.coalesce(rows.category, rows.opening_code)
    )
    precision: Any = ibis.coalesce(rows.time_precision, "day")
    moved: Any = ibis.coalesce(rows.location_precision, "exact")
    # local dates are by the first of these that is filled, and so is the moment
    clocks = [rows[name] for name in _CLOCKS[kind] if name in table.columns]
    moment: Any = ibis.coalesce(*clocks) if clocks else ibis.null("timestamp('UTC', 6)")
    areas: dict[str, Any] = {
        name: ibis.coalesce(rows[name], "") if name in table.columns else ibis.literal("")
        for name in ("area_code", "area_vintage")
    }
    return rows.select(
        "x",
        "y",
        "local_date",
        **areas,
        category=category,
        placed=rows.x.notnull() & rows.y.notnull(),
        dated=rows.local_date.notnull() & (precision != "month"),
        monthly=(precision == "month").cast("int64"),
        snapped=(moved == "snapped").cast("int64"),
        moment=ibis.ifelse(precision == "instant", moment, ibis.null(moment.type())),
    )


def _moments(column: pa.ChunkedArray) -> np.ndarray:
    """Return moments as days and parts of days; not a number where none is known."""
    whole = pc.cast(pc.cast(column, pa.timestamp("us", "UTC")), pa.int64())
    return np.asarray(pc.fill_null(pc.cast(whole, pa.float64(), safe=False), np.nan)) / _DAY


def _refuse_months(monthly: int, total: int, asks: Asks) -> None:
    if total and monthly > _MOST_MONTHLY * total:
        raise CannotAnswer(
            f"{asks.title} need the day of each event, and these are dated by the month only.",
            found=f"{monthly:,} of {total:,} records dated by the month",
            try_="records that keep the day: published street files do not",
            read=asks.page,
        )


def _refuse(found: Events, asks: Asks) -> None:
    size, places = len(found.x), {*zip(found.x.tolist(), found.y.tolist(), strict=True)}
    problems = (
        (
            size < asks.fewest,
            f"fewer than {asks.fewest} events have a place and a day",
            "a longer period, or more categories together",
        ),
        (len(places) < 2, "all events lie at one place", "records with places of their own"),
        (len(np.unique(found.days)) < 2, "all events are of one day", "a longer period"),
        (
            size > 1 and max(np.ptp(found.x), np.ptp(found.y)) > _FURTHEST,
            "places lie further apart than one grid reaches",
            _MIXED,
        ),
        (size > 1 and _torn(found), "places lie in parts very far from one another", _MIXED),
    )
    for wrong, what, hint in problems:
        if wrong:
            raise CannotAnswer(
                f"{asks.title} cannot be looked for: {what}.",
                found=f"{size:,} events, {len(places):,} places, {found.not_placed:,} not placed",
                try_=hint,
                read=asks.page,
            )


def _torn(found: Events) -> bool:
    """Whether places lie in parts far from one another, as of two systems mixed up."""
    return any(np.diff(np.sort(v)).max() > _FAR for v in (found.x, found.y))
