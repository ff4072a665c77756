"""Events one by one, as places and days: those that can be set beside one another."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from peelian.errors import CannotAnswer
from peelian.placing.counts import chosen_categories, names_of
from peelian.placing.kinds import noun_of

_PAGE = "how-to/read-near-repeats"
_FEWEST = 20
_FURTHEST = 2_000_000  # metres: further apart, places are not of one force on one grid
_MOST_MONTHLY = 0.05


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events with a place and a day, and those that lack one.

    Args:
        records: What they are, in words.
        kind: crimes or incidents.
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        days: Days since 1970, by the local date.
        total: Records of these categories.
        not_placed: Of the total, those without a place.
        undated: Of the total, those whose date is missing, or known by the month only.
        snapped: Of the events, those on a point that the publisher moved them to.
        others: Records of other categories.
    """

    records: str
    kind: str
    x: np.ndarray
    y: np.ndarray
    days: np.ndarray
    total: int
    not_placed: int
    undated: int
    snapped: int
    others: int


def events_of(table: ir.Table, kind: str, categories: tuple[str, ...], group: str | None) -> Events:
    """Return the events of some categories.

    Raises:
        CannotAnswer: Dates are known by the month only; there are too few events, places or days;
            or places lie too far apart to be on one grid.
    """
    rows = _rows(table, kind)
    kinds = rows.group_by("category").agg(n=rows.count()).to_pyarrow()
    chosen = chosen_categories(kinds, kind, categories, group)
    mine: Any = rows.filter(rows.category.isin(chosen)) if chosen else rows
    everything = int(np.sum(kinds["n"]))
    whole = mine.aggregate(
        n=mine.count(),
        not_placed=(~mine.placed).sum(),
        monthly=mine.monthly.sum(),
        undated=(mine.placed & ~mine.dated).sum(),
    ).to_pyarrow()
    told = {name: int(whole[name][0].as_py() or 0) for name in whole.column_names}
    _refuse_months(told["monthly"], told["n"])
    usable = mine.filter(mine.placed & mine.dated).select("x", "y", "local_date", "snapped")
    read = usable.to_pyarrow()
    days = np.asarray(read["local_date"]).astype("datetime64[D]").astype(np.int64).astype(float)
    named = names_of(kind, chosen)
    found = Events(
        records=f"{noun_of(kind)} ({named})" if named else noun_of(kind),
        kind=kind,
        x=np.asarray(read["x"], float),
        y=np.asarray(read["y"], float),
        days=days,
        total=told["n"],
        not_placed=told["not_placed"],
        undated=told["undated"],
        snapped=int(np.sum(read["snapped"])) if len(days) else 0,
        others=everything - told["n"],
    )
    _refuse(found)
    return found


def _rows(table: ir.Table, kind: str) -> Any:  # as ibis learns its columns, not pyright
    """Return what is needed of each record, whichever table it stands in."""
    rows: Any = table
    category = (
        rows.crime_type if kind == "crimes" else ibis.coalesce(rows.category, rows.opening_code)
    )
    precision: Any = ibis.coalesce(rows.time_precision, "day")
    moved: Any = ibis.coalesce(rows.location_precision, "exact")
    return rows.select(
        "x",
        "y",
        "local_date",
        category=category,
        placed=rows.x.notnull() & rows.y.notnull(),
        dated=rows.local_date.notnull() & (precision != "month"),
        monthly=(precision == "month").cast("int64"),
        snapped=(moved == "snapped").cast("int64"),
    )


def _refuse_months(monthly: int, total: int) -> None:
    if total and monthly > _MOST_MONTHLY * total:
        raise CannotAnswer(
            "Near repeats need the day of each event, and these are dated by the month only.",
            found=f"{monthly:,} of {total:,} records dated by the month",
            try_="records that keep the day: published street files do not",
            read=_PAGE,
        )


def _refuse(found: Events) -> None:
    size, places = len(found.x), {*zip(found.x.tolist(), found.y.tolist(), strict=True)}
    problems = (
        (size < _FEWEST, f"fewer than {_FEWEST} events have a place and a day", "a longer period"),
        (len(places) < 2, "all events lie at one place", "records with places of their own"),
        (len(np.unique(found.days)) < 2, "all events are of one day", "a longer period"),
        (
            size > 1 and max(np.ptp(found.x), np.ptp(found.y)) > _FURTHEST,
            "places lie further apart than one grid reaches",
            "look whether coordinates of two systems are mixed, or latitude and longitude swapped",
        ),
    )
    for wrong, what, hint in problems:
        if wrong:
            raise CannotAnswer(
                f"Near repeats cannot be looked for: {what}.",
                found=f"{size:,} events, {len(places):,} places, {found.not_placed:,} not placed",
                try_=hint,
                read=_PAGE,
            )
