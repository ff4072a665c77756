"""Incidents counted by day, kind of call and district, by what their flag and their text say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.definitions import Definition, marked
from peelian.errors import CannotAnswer
from peelian.statistics.months import run, whole

Floats = NDArray[np.float64]
PAGE = "how-to/read-need-or-recording"
_NOT_STATED = "not-stated"


@dataclass(frozen=True)
class Sign:
    """One more sign, by day: how many incidents somebody could tell of, and how many it shows."""

    name: str
    title: str
    told: Floats
    shown: Floats


@dataclass(frozen=True)
class Counted:
    """Incidents by day (rows) and kind of call (columns), of the days of covered months.

    Args:
        days: The days that have an incident.
        told: Incidents whose log has words, so that a text rule can speak.
        calls, text, flag, both: All incidents; those the text, the flag, and both point at.
        others: More signs, by day.
        districts: Districts by name; `by_district` holds told, text and both of each, all days.
        covered, missing: Months.
        undated: Incidents without a day, or of months that no load covers.
    """

    days: NDArray[np.datetime64]
    told: Floats
    calls: Floats
    text: Floats
    flag: Floats
    both: Floats
    others: tuple[Sign, ...]
    districts: tuple[str, ...]
    by_district: Mapping[str, Floats]
    covered: NDArray[np.datetime64]
    missing: NDArray[np.datetime64]
    undated: int

    def total(self, name: str) -> Floats:
        """Return one of the counts by day, all kinds of call together."""
        return getattr(self, name).sum(axis=1)


def covered_months(
    coverage: ir.Table, period: tuple[date, date] | None
) -> tuple[NDArray[np.datetime64], NDArray[np.datetime64]]:
    """Return the months of incidents that loads cover, and those between or asked for that none do.

    Raises:
        CannotAnswer: No load covers any.
    """
    held = coverage.filter(coverage["table"] == "incidents").select("month").distinct().to_pyarrow()
    covered = np.unique(np.asarray(held["month"]).astype("datetime64[M]"))
    if not len(covered):
        raise CannotAnswer(
            "No month of incidents is loaded in this period.",
            try_="load incidents of these months, or ask of another period",
            read=PAGE,
        )
    asked = whole(*period) if period else covered
    return covered, np.setdiff1d(run(np.concatenate([covered, asked])), covered)


def count(
    incidents: ir.Table,
    areas: ir.Table,
    definitions: Sequence[Definition],
    records: Mapping[str, ir.Table],
    months: tuple[NDArray[np.datetime64], NDArray[np.datetime64]],
) -> Counted:
    """Count incidents: one question to the engine.

    Args:
        incidents: The canonical table.
        areas: The canonical table, which says which district an area lies in.
        definitions: The flag's, the text's, and those of other signs.
        records: The tables that definitions look at.
        months: Those covered, and those missing.

    Raises:
        CannotAnswer: Incidents have no day, but a month alone.
    """
    flag, text, *others = definitions
    # pyright cannot know the columns of a table, which ibis learns from the engine
    table: Any = marked(incidents, definitions, records, asked=True)
    table = table.left_join(
        areas.select(
            placed_in=areas.area_code, placed_by=areas.vintage, district=areas.parent_name
        ),
        [("area_code", "placed_in"), ("area_vintage", "placed_by")],
    )
    flagged, worded = table[flag.column], table[text.column]
    sums = {
        "calls": table.count(),
        "told": table[text.asked_column].sum(),
        "flag": flagged.sum(),
        "text": worded.sum(),
        "both": (flagged & worded).sum(),
    }
    for number, other in enumerate(others):
        sums[f"told_{number}"] = table[other.asked_column].sum()
        sums[f"shown_{number}"] = table[other.column].sum()
    rows = (
        table.group_by(
            day=table.local_date,
            exact=table.local_weekday.notnull(),
            kind=ibis.coalesce(table.category, _NOT_STATED),
            district=ibis.coalesce(table.district, ""),
        )
        .aggregate(**sums)
        .to_pyarrow()
    )
    return _laid_out(rows, others, months)


def _laid_out(
    rows: pa.Table,
    others: Sequence[Definition],
    months: tuple[NDArray[np.datetime64], NDArray[np.datetime64]],
) -> Counted:
    def numbers(name: str) -> Floats:
        return np.asarray(rows[name].fill_null(0).to_numpy(zero_copy_only=False), dtype=np.float64)

    every = np.asarray(rows["day"]).astype("datetime64[D]")
    exact = np.asarray(rows["exact"].to_numpy(zero_copy_only=False), dtype=bool)
    inside = ~np.isnat(every) & np.isin(every.astype("datetime64[M]"), months[0])
    if inside.any() and not (exact & inside).any():
        raise CannotAnswer(
            "Incidents are dated by their month alone: a change cannot be placed among days.",
            found=f"{int(numbers('calls')[inside].sum())} incidents, none with a day",
            try_="the force's own extract, which has each incident's time",
            read=PAGE,
        )
    kept = inside & exact
    days, at = np.unique(every[kept], return_inverse=True)
    kinds, kind = np.unique(
        np.asarray(rows["kind"].to_pylist(), dtype=object).astype(str)[kept], return_inverse=True
    )

    def grid(name: str) -> Floats:
        held = np.zeros((len(days), len(kinds)))
        np.add.at(held, (at, kind), numbers(name)[kept])
        return held

    def line(name: str) -> Floats:
        held = np.bincount(at, weights=numbers(name)[kept], minlength=len(days))
        return held.astype(np.float64)

    named = np.asarray(rows["district"].to_pylist(), dtype=object).astype(str)[kept]
    districts = tuple(str(name) for name in np.unique(named) if name)
    by_district = {
        name: np.array([numbers(name)[kept][named == one].sum() for one in districts])
        for name in ("told", "text", "both")
    }
    return Counted(
        days=days,
        **{name: grid(name) for name in ("told", "calls", "text", "flag", "both")},
        others=tuple(
            Sign(one.name, one.title, line(f"told_{number}"), line(f"shown_{number}"))
            for number, one in enumerate(others)
        ),
        districts=districts,
        by_district=by_district,
        covered=months[0],
        missing=months[1],
        undated=int(numbers("calls")[~kept].sum()),
    )
