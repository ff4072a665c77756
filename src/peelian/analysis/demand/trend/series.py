"""Records counted by day or month in one question to the engine, on an even line of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.counting import Covered, months_covered, one_series
from peelian.analysis.demand.trend.calendar import By, Dates, Floats, days_in, starts
from peelian.definitions import Definition, marked
from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.schema import code_list

Records = Literal["crimes", "incidents", "counts"]
_LISTS = {"crimes": "crime_type", "incidents": "incident_category", "counts": "offence_subgroup"}
_PAGE = "how-to/read-a-trend"
_ALL_ASKED = 0.95


@dataclass(frozen=True, kw_only=True)
class Series:
    """Counts on an even line of time.

    Args:
        by: What a step is.
        begun: The first day of every step.
        n: How many records each step has; nan where it is not covered: missing, never nought.
        partly: Steps that only some sources cover.
        left_out: Steps that were said to be incomplete, and are missing for that.
        kind: crimes, incidents or counts.
        series: Of counts, which series.
        categories: The categories counted, by code; empty for all.
        labels: Their names.
        definition: What is counted of incidents, if a definition was given.
        undated: Records of these without a date, or in a month that no load covers.
        cut: Records in days that fill no whole step, or in steps that were left out.
        others: Records of other categories, or that the definition does not count.
    """

    by: By
    begun: Dates
    n: Floats
    partly: np.ndarray
    left_out: np.ndarray
    kind: Records
    series: str
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    definition: Definition | None
    undated: int
    cut: int
    others: int

    @property
    def held(self) -> np.ndarray:
        """Say which steps have a count."""
        return ~np.isnan(self.n)

    @property
    def days(self) -> Floats:
        """Return how many days each step has."""
        return days_in(self.by, self.begun)

    @property
    def total(self) -> int:
        """Return how many records there are in all steps."""
        return int(np.nansum(self.n))

    @property
    def noun(self) -> str:
        """Return what is counted, in words."""
        if self.definition is not None:
            return f"incidents that “{self.definition.title}” counts"
        noun = "counted events" if self.kind == "counts" else f"recorded {self.kind}"
        return f"{noun} ({', '.join(self.labels)})" if self.labels else noun

    def weekly(self) -> "Series":
        """Return the same counts by week, of days; a week without one of its days is missing."""
        begun = starts("week", self.begun[0], self.begun[-1])
        at = int((begun[0] - self.begun[0]).astype(int))
        block = slice(at, at + 7 * len(begun))
        n = self.n[block].reshape(-1, 7).sum(axis=1)  # nan where any day is
        partly = self.partly[block].reshape(-1, 7).max(axis=1)
        left_out = self.left_out[block].reshape(-1, 7).max(axis=1)
        cut = self.cut + self.total - int(np.nansum(n))
        return Series(
            by="week", begun=begun, n=n, partly=partly, left_out=left_out, kind=self.kind,
            series=self.series, categories=self.categories, labels=self.labels,
            definition=self.definition, undated=self.undated, cut=cut, others=self.others,
        )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is to be counted: settings of the analysis, gathered."""

    records: Records
    series: str | None
    categories: tuple[str, ...]
    definition: Definition | None
    by: By
    leave_out: tuple[date, ...]
    period: tuple[date, date] | None


def series_of(asked: Asked, tables: Mapping[str, ir.Table], coverage: ir.Table) -> Series:
    """Count records by step.

    Args:
        asked: What is counted.
        tables: Canonical tables by name: crimes, incidents, counts, and what definitions look at.
        coverage: Which months loads cover.

    Raises:
        CannotAnswer: Nothing is loaded, or records know no day where days were asked for.
        UsageError: A category is not held, or settings do not go together.
    """
    _check(asked)
    name = one_series(tables["counts"], asked.series) if asked.records == "counts" else ""
    covered = months_covered(coverage, (asked.records,), asked.period, name)
    some, partly = covered.of(asked.records)
    if not some.any():
        raise CannotAnswer(
            f"No month of {asked.records} is loaded in this period.",
            try_="load records of these months, or ask of another period",
            read="how-to/load-published-police-files",
        )
    rows = _counted(asked, tables, name)
    chosen, labels = _chosen(rows, asked)
    mine = np.isin(rows.category, chosen) if chosen else np.ones(len(rows.n), bool)
    _refuse(rows, mine, asked)
    placed = _placed(asked, rows, mine, covered, some, partly)
    return Series(
        by=asked.by,
        kind=asked.records,
        series=name,
        categories=chosen,
        labels=labels,
        definition=asked.definition,
        others=int(rows.every.sum() - rows.n[mine].sum()),
        **placed,
    )


def _check(asked: Asked) -> None:
    problem = ""
    if asked.definition is not None and asked.records != "incidents":
        problem = "A definition counts incidents."
    elif asked.series is not None and asked.records != "counts":
        problem = "A series is of counts, and no counts were asked for."
    elif asked.records == "counts" and asked.by != "month":
        problem = "Counts that arrived already counted are of months."
    if problem:
        raise UsageError(
            problem,
            found=f"records={asked.records}, by={asked.by}",
            try_="records=incidents with a definition, records=counts with by=month",
            read=_PAGE,
        )


@dataclass(frozen=True)
class _Rows:
    """What came from the engine: one row a day (or month) and category."""

    day: Dates
    dated: np.ndarray
    category: np.ndarray
    n: np.ndarray
    every: np.ndarray
    asked: np.ndarray
    coarse: np.ndarray


def _counted(asked: Asked, tables: Mapping[str, ir.Table], name: str) -> _Rows:
    records: Any = tables[asked.records]
    said = seen = ibis.literal(1, "int64")
    coarse: Any = ibis.literal(0, "int64")
    if asked.records == "counts":
        records = records.filter(records.series == name)
        day, category, number = records.period_start, records.category, records.n.cast("int64")
    else:
        if asked.definition is not None:
            one = asked.definition
            records = marked(records, (one,), tables, asked=True)
            said = records[one.column].cast("int64")
            seen = records[one.asked_column].cast("int64")
        day, number = records.local_date, said
        category = (
            records.crime_type
            if asked.records == "crimes"
            else ibis.coalesce(records.category, records.opening_code)
        )
        coarse = ibis.coalesce((records.time_precision == "month").cast("int64"), 0)
    rows = records.select(
        day=day.truncate("M") if asked.by == "month" else day,
        category=category, n=number, said=seen, coarse=coarse,
    )  # fmt: skip
    if asked.definition is not None:
        rows = rows.mutate(category=ibis.literal(""))
    table = (
        rows.group_by("day", "category")
        .agg(n=rows.n.sum(), every=rows.count(), asked=rows.said.sum(), coarse=rows.coarse.sum())
        .to_pyarrow()
    )
    return _read(table, whole=asked.records == "counts")


def _read(table: pa.Table, *, whole: bool) -> _Rows:
    dated = np.asarray(table["day"].is_valid())
    day = np.asarray(table["day"].cast(pa.date32())).astype("M8[D]")
    n = np.asarray(table["n"].fill_null(0), dtype=np.int64)
    return _Rows(
        day=day,
        dated=dated,
        category=np.array([word or "not-stated" for word in table["category"].to_pylist()], str),
        n=n,
        every=n if whole else np.asarray(table["every"], dtype=np.int64),
        asked=np.asarray(table["asked"], dtype=np.int64),
        coarse=np.asarray(table["coarse"], dtype=np.int64),
    )


def _chosen(rows: _Rows, asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not asked.categories:
        return (), ()
    if asked.definition is not None:
        raise UsageError(
            "A definition says itself what it counts; categories cannot be chosen within it.",
            found=f"definition={asked.definition.name}, {len(asked.categories)} categories",
            try_="one or the other",
            read=_PAGE,
        )
    named: dict[str, str] = {
        code.code: code.label for code in code_list(_LISTS[asked.records]).codes
    }
    held: list[str] = sorted(set(rows.category.tolist()))
    by_word = {named.get(code, code).casefold(): code for code in held}
    by_word |= {code.casefold(): code for code in held}
    chosen = []
    for word in asked.categories:
        code = by_word.get(word.strip().casefold())
        if code is None:
            raise UsageError(
                f"No {asked.records} of the category {word!r} are held.",
                found=f"{len(held)} categories",
                try_=nearest(word, [code for code in held if code in named]),
                read="reference/codes",
            )
        chosen.append(code)
    codes: tuple[str, ...] = tuple(dict.fromkeys(chosen))
    return codes, tuple(named.get(code, code) for code in codes)


def _refuse(rows: _Rows, mine: np.ndarray, asked: Asked) -> None:
    coarse = int(rows.coarse[mine].sum())
    if asked.by != "month" and coarse:
        raise CannotAnswer(
            f"Some of these records know their month and not their day, so none can be put in a "
            f"{asked.by}.",
            found=f"{coarse} of {int(rows.every[mine].sum())} records with a month only",
            try_="by=month",
            read=_PAGE,
        )
    every = int(rows.every.sum())
    known = int(rows.asked.sum())
    if asked.definition is not None and known < _ALL_ASKED * every:
        raise CannotAnswer(
            "This definition rests on reading that was not done for most incidents: its count "
            "would rise and fall with the reading.",
            found=f"{known} of {every} incidents that anybody could tell of",
            try_="a definition that every incident can be held to, such as mental-health-flag",
            read=_PAGE,
        )


def _placed(
    asked: Asked,
    rows: _Rows,
    mine: np.ndarray,
    covered: Covered,
    some: np.ndarray,
    partly: np.ndarray,
) -> dict[str, Any]:
    """Return the line of time and what stands on it."""
    by, months = asked.by, covered.months
    first = months[0].astype("M8[D]")
    last = (months[-1] + 1).astype("M8[D]") - 1
    begun = starts(by, first, last)
    edges = np.append(begun, begun[-1] + int(days_in(by, begun)[-1])) if len(begun) else begun
    use = mine & rows.dated & np.isin(rows.day.astype("M8[M]"), months[some])
    at = np.searchsorted(edges, rows.day[use], side="right") - 1
    inside = (at >= 0) & (at < len(begun))
    n = np.bincount(at[inside], rows.n[use][inside], minlength=len(begun)).astype(float)
    ends = edges[1:] - 1
    left_out = np.zeros(len(begun), bool)
    left_out[_left_out(asked.leave_out, edges)] = True
    n[left_out] = np.nan
    for month in months[~some]:  # a step that touches an uncovered month is missing
        n[(begun.astype("M8[M]") <= month) & (ends.astype("M8[M]") >= month)] = np.nan
    thin = np.isin(begun.astype("M8[M]"), months[partly])
    thin |= np.isin(ends.astype("M8[M]"), months[partly])
    in_missing = float(rows.n[use][inside].sum() - np.nansum(n))
    return {
        "begun": begun,
        "n": n,
        "partly": thin,
        "left_out": left_out,
        "undated": int(rows.n[mine].sum() - rows.n[use].sum()),
        "cut": int(rows.n[use][~inside].sum() + in_missing),
    }


def _left_out(days: tuple[date, ...], edges: Dates) -> np.ndarray:
    """Return the steps that hold days on which records are known to be incomplete."""
    given = np.array(days, dtype="M8[D]")
    if len(given) and (given.min() < edges[0] or given.max() >= edges[-1]):
        raise UsageError(
            "A day to leave out lies outside the series.",
            found=f"{len(given)} days; the series runs from {edges[0]} to {edges[-1] - 1}",
            try_="leave_out=any day of the month that is incomplete",
            read=_PAGE,
        )
    return np.searchsorted(edges, given, side="right") - 1
