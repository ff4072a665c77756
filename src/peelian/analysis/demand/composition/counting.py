"""Records counted by month and category, and by area: two questions to the engine for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.schema import code_list
from peelian.statistics.months import run, whole

# The code list of each column that has one; other columns hold the force's own words.
LISTS = {
    "crime_type": "crime_type",
    "last_outcome_code": "outcome",
    "category": "incident_category",
    "grade": "grade",
}
_COUNTED_LIST = "offence_subgroup"
NOT_STATED = "not-stated"


@dataclass(frozen=True)
class Kind:
    """One kind of record, counted.

    Args:
        name: crimes, incidents or counts.
        series: Of counts, which series they are; empty for others.
        categories: Its categories, the most frequent first.
        labels: Their names, in the same order.
        by_month: Records by month (rows, in the order of the study's months) and category.
        undated: Records without a date.
        own_words: Incidents without a settled category, counted as they were first called.
        by_area: Records by area: columns area_vintage, area_code, n.
        covered: Whether any load covers each month.
        partly: Whether some sources cover it and others do not.
        moved: Records brought to the areas in use from another vintage.
        shared: Of those, records whose old area leads to several: shared out by weight.
    """

    name: str
    categories: tuple[str, ...]
    labels: tuple[str, ...]
    by_month: np.ndarray
    undated: int
    own_words: int
    by_area: pa.Table
    covered: np.ndarray
    partly: np.ndarray
    series: str = ""
    moved: float = 0.0
    shared: float = 0.0

    @property
    def by_category(self) -> np.ndarray:
        """Return how many records each category has."""
        return self.by_month.sum(axis=0)

    @property
    def total(self) -> int:
        """Return how many records have a date."""
        return int(self.by_month.sum())


@dataclass(frozen=True)
class Covered:
    """Which months loads cover, by kind of record and source."""

    months: np.ndarray
    by_source: Mapping[str, Mapping[str, np.ndarray]]

    def of(self, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """Say of each month whether any source covers it, and whether only some do."""
        sources = list(self.by_source.get(kind, {}).values())
        if not sources:
            nothing = np.zeros(len(self.months), dtype=bool)
            return nothing, nothing
        held = np.stack([np.isin(self.months, months) for months in sources])
        some = np.logical_or.reduce(held)
        return some, some & ~np.logical_and.reduce(held)


def one_series(counts: ir.Table, series: str | None) -> str:
    """Return the series of counts that is asked about; empty where no counts are held.

    Raises:
        CannotAnswer: Several are held and none was named: they may count the same things.
        UsageError: No such series is held.
    """
    held = counts.select("series").distinct().to_pyarrow()["series"].to_pylist()
    names = sorted(str(name) for name in held)
    if series is None and len(names) > 1:
        raise CannotAnswer(
            "The store holds several series of counts, which may count the same things and are "
            "never added up.",
            found=", ".join(names),
            try_=f"series={names[0]}",
            read="how-to/load-counts",
        )
    if series is not None and series not in names:
        raise UsageError(
            f"No counts of the series {series!r} are loaded for these months.",
            found=", ".join(names) or "no counts",
            try_=nearest(series, names),
            read="how-to/load-counts",
        )
    return series or next(iter(names), "")


def months_covered(
    coverage: ir.Table,
    kinds: tuple[str, ...],
    period: tuple[date, date] | None,
    series: str = "",
) -> Covered:
    """Return every month from the first to the last that is covered or was asked for.

    Args:
        coverage: The canonical table.
        kinds: The kinds of record.
        period: First and last day of the months asked for, if any were.
        series: Of counts, the series: the layout they were loaded by.
    """
    columns = ("source", "table", "layout", "month")
    held = coverage.select(*columns).distinct().to_pyarrow().to_pylist()
    found: dict[str, dict[str, list[str]]] = {}
    for row in held:
        if row["table"] in kinds and (row["table"] != "counts" or row["layout"] == series):
            sources = found.setdefault(row["table"], {})
            sources.setdefault(row["source"], []).append(f"{row['month']:%Y-%m}")
    by_source = {
        kind: {s: np.array(months, dtype="datetime64[M]") for s, months in sources.items()}
        for kind, sources in found.items()
    }
    every = [months for sources in by_source.values() for months in sources.values()]
    empty = np.array([], dtype="datetime64[M]")
    asked = whole(*period) if period else empty
    return Covered(run(np.concatenate([empty, asked, *every])), by_source)


def count(records: ir.Table, kind: str, column: str, covered: Covered, series: str = "") -> Kind:
    """Count one kind of record.

    Args:
        records: Its canonical table.
        kind: crimes, incidents or counts.
        column: What it is told apart by.
        covered: The months that loads cover.
        series: Of counts, which series; others are left out.
    """
    if kind == "counts":
        records = records.filter(records.series == series)
    rows = _by_month_and_category(records, column, counted=kind == "counts")
    n = np.asarray(rows["n"], dtype=np.int64)
    codes = np.array([c or NOT_STATED for c in rows["category"].to_pylist()], dtype=object)
    dated = np.asarray(rows["month"].is_valid())
    months = np.asarray(rows["month"]).astype("datetime64[M]")
    held, which = np.unique(codes.astype(str), return_inverse=True)
    grid = np.zeros((len(covered.months), len(held)), dtype=np.int64)
    any_source, partly = covered.of(kind)
    inside = dated & np.isin(months, covered.months[any_source])
    own_words = np.asarray(rows["own_words"])[inside] if "own_words" in rows.column_names else [0]
    at = np.searchsorted(covered.months, months[inside])
    np.add.at(grid, (at, which[inside]), n[inside])
    order = np.lexsort((held, -grid.sum(axis=0)))
    categories = tuple(str(code) for code in held[order])
    return Kind(
        name=kind,
        categories=categories,
        labels=_labels(_COUNTED_LIST if kind == "counts" else LISTS.get(column), categories),
        by_month=grid[:, order],
        undated=int(n[~inside].sum()),
        own_words=int(np.sum(own_words)),
        by_area=_by_area(records, counted=kind == "counts"),
        covered=any_source,
        partly=partly,
        series=series,
    )


def _by_month_and_category(records: ir.Table, column: str, *, counted: bool) -> pa.Table:
    category, counts = records[column], {"n": _number(records, counted=counted)}
    if counted:
        month = records.period_start.truncate("M")  # type: ignore[attr-defined]
        return records.group_by(month=month, category=category).agg(**counts).to_pyarrow()
    if column == "category":
        category = ibis.coalesce(records.category, records.opening_code)
        unsettled = records.category.isnull() & records.opening_code.notnull()
        counts["own_words"] = unsettled.sum()  # type: ignore[attr-defined]
    # pyright cannot know a column's type, which ibis learns from the table
    month = records.local_date.truncate("M")  # type: ignore[attr-defined]
    return records.group_by(month=month, category=category).agg(**counts).to_pyarrow()


def _number(records: ir.Table, *, counted: bool) -> Any:
    """Return how many records rows hold: one each, or as many as were counted into them."""
    rows: Any = records  # pyright cannot know a column's type, which ibis learns
    return ibis.coalesce(rows.n.sum(), 0).cast("int64") if counted else rows.count()


def _by_area(records: ir.Table, *, counted: bool) -> pa.Table:
    return (
        records.group_by("area_vintage", "area_code")
        .agg(n=_number(records, counted=counted))
        .to_pyarrow()
        .sort_by([("area_vintage", "ascending"), ("area_code", "ascending")])
    )


def _labels(listed: str | None, categories: tuple[str, ...]) -> tuple[str, ...]:
    known = {NOT_STATED: "Not stated"}
    if listed:
        known |= {code.code: code.label for code in code_list(listed).codes}
    return tuple(known.get(code, code) for code in categories)
