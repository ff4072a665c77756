"""Records counted by place and month: of areas through their links, of points in cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.errors import CannotAnswer, MissingDenominator, UsageError
from peelian.placing.areas import Links, areas_in_use, links_into
from peelian.placing.counts import (
    chosen_categories,
    coded_by,
    counted,
    is_of,
    place,
)
from peelian.placing.kinds import Records
from peelian.placing.need import Measure, Measures

_PAGE = "how-to/read-a-concentration"
_FEWEST = 10  # of fewer places than this, a share of places says nothing


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many records each place holds, by month, and those that are in no place.

    Args:
        records: What is counted.
        categories: The categories asked for; empty for all.
        unit: areas or points.
        place_words: What a place is, in words; the plural.
        by_month: Records of each place (rows) in each month (columns).
        months: The months of its columns, in order.
        without_month: Of the records in places, those without a month.
        risk: What equal risk is equal for, by place; None for each place alike.
        risk_words: What that is, in words.
        total: Records of these categories.
        others: Records of other categories.
        not_placed: Of the total, records without a place.
        outside: Of the total, records in areas that are not in use.
        other_vintage: Of the total, records of another vintage that no link brings along.
        moved: Of those in places, records brought from another vintage.
        shared: Of those moved, records whose old area leads to several: shared out by weight.
        not_covered: Areas that the counts do not cover, and that are no places here.
        no_risk: Places left out because nothing is known of their risk, or it is nought.
        snapped: Of the total, records on a snapped point.
        observed: Of points, how many cells hold a record; of areas, 0.
    """

    records: Records
    categories: tuple[str, ...]
    unit: str
    place_words: str
    by_month: np.ndarray
    months: np.ndarray
    without_month: float
    risk: np.ndarray | None
    risk_words: str
    total: int
    others: int
    not_placed: int
    outside: float
    other_vintage: float
    moved: float
    shared: float
    no_risk: int
    not_covered: int
    snapped: int
    observed: int


def of_areas(
    records: Records,
    areas: ir.Table,
    area_links: ir.Table,
    measured: tuple[ir.Table, ir.Table],
    *,
    categories: tuple[str, ...],
    group: str | None,
    risk: str | None,
    vintage: str | None,
) -> Held:
    """Count records by area and month, those of other vintages through their links.

    Args:
        records: What is counted.
        areas: The canonical table.
        area_links: The canonical table.
        measured: The canonical tables `measures` and `area_measures`.
        categories: The categories asked for.
        group: The group of categories asked for.
        risk: The measure that equal risk is equal for.
        vintage: The vintage of areas asked for.

    Raises:
        CannotAnswer: Too few areas are loaded, or no record is of these categories.
        VintageMismatch: Records or the measure are of areas that nothing links to those in use.
    """
    kinds = _kinds(records)
    chosen = chosen_categories(kinds, records.kind, categories, group)
    tallied = _by_month(records, chosen, ("area_code", "area_vintage"))
    _refuse_none(tallied, kinds)
    here = areas_in_use(areas, coded_by(tallied), vintage)
    known = Measures(*measured, here)
    links = links_into(area_links, {*coded_by(tallied), *known.vintages()}, here)
    placed = place(tallied, here, links)
    every = np.ones(tallied.num_rows, dtype=bool)
    counts = counted(placed, every, here.vintage)
    months = np.asarray(tallied["month"]).astype("datetime64[M]")
    dated = np.asarray(tallied["month"].is_valid())
    names = np.unique(months[dated])
    by_month = np.stack([placed.over(dated & (months == m)) for m in names], axis=1)
    per, words = _risk(known, links, risk)
    covered = placed.named() if records.kind == "counts" else np.ones(len(here), dtype=bool)
    keep = covered if per is None else covered & (np.nan_to_num(per) > 0)
    _refuse_few(int(keep.sum()))
    left_out = float(counts.by_area[~keep].sum())
    return Held(
        records=records,
        categories=chosen,
        unit="areas",
        place_words=f"areas of {here.vintage}",
        by_month=by_month[keep],
        months=names,
        without_month=float(placed.over(~dated)[keep].sum()),
        risk=None if per is None else per[keep],
        risk_words=words,
        total=counts.total,
        others=int(np.sum(kinds["n"])) - counts.total,
        not_placed=counts.not_placed,
        outside=counts.outside + left_out,
        other_vintage=counts.other_vintage,
        moved=counts.moved,
        shared=counts.shared,
        no_risk=int((covered & ~keep).sum()),
        not_covered=int((~covered).sum()),
        snapped=counts.snapped,
        observed=0,
    )


def of_points(
    records: Records,
    *,
    categories: tuple[str, ...],
    group: str | None,
    cell_metres: int,
    places_in_all: int | None,
    risk: str | None,
) -> Held:
    """Count records by cell of the grid and month.

    Args:
        records: What is counted.
        categories: The categories asked for.
        group: The group of categories asked for.
        cell_metres: How wide a cell is.
        places_in_all: How many cells there are in all.
        risk: Must be None: measures are of areas.

    Raises:
        CannotAnswer: The records have no points, or points that the publisher moved.
        MissingDenominator: How many places there are in all was not said.
    """
    if "x" not in records.table.columns:
        raise CannotAnswer(
            "Counts that arrived already counted have no points.",
            found=f"series {records.series}",
            try_="unit=areas",
            read=_PAGE,
        )
    if risk is not None:
        raise UsageError(
            "A measure is of areas, and these places are points.",
            found=f"risk={risk}",
            try_="unit=areas, or leave risk out",
            read=_PAGE,
        )
    kinds = _kinds(records)
    chosen = chosen_categories(kinds, records.kind, categories, group)
    of = _only(records, chosen)
    _refuse_snapped(kinds, chosen)
    rows: Any = of
    cells = {
        axis: (rows[axis] / cell_metres).floor().cast("int64")  # null where there is no point
        for axis in ("x", "y")
    }
    tallied = (
        of.group_by(month=rows.month, **cells).agg(n=ibis.coalesce(rows.n.sum(), 0)).to_pyarrow()
    )
    _refuse_none(tallied, kinds)
    n = np.asarray(tallied["n"], dtype=float)
    pointed = np.asarray(tallied["x"].is_valid()) & np.asarray(tallied["y"].is_valid())
    pairs = np.stack([np.asarray(tallied[axis].fill_null(0)) for axis in ("x", "y")], axis=1)
    cells_used, which = np.unique(pairs[pointed], axis=0, return_inverse=True)
    universe = _universe(places_in_all, len(cells_used))
    dated = np.asarray(tallied["month"].is_valid())[pointed]
    months = np.asarray(tallied["month"]).astype("datetime64[M]")[pointed]
    names, column = np.unique(months[dated], return_inverse=True)
    by_month = np.zeros((universe, len(names)))
    np.add.at(by_month, (which.ravel()[dated], column), n[pointed][dated])
    return Held(
        records=records,
        categories=chosen,
        unit="points",
        place_words=f"cells {cell_metres} metres wide",
        by_month=by_month,
        months=names,
        without_month=float(n[pointed][~dated].sum()),
        risk=None,
        risk_words="place",
        total=int(n.sum()),
        others=int(np.sum(kinds["n"])) - int(n.sum()),
        not_placed=int(n[~pointed].sum()),
        outside=0.0,
        other_vintage=0.0,
        moved=0.0,
        shared=0.0,
        no_risk=0,
        not_covered=0,
        snapped=0,
        observed=len(cells_used),
    )


def _kinds(records: Records) -> pa.Table:
    """Return the categories that occur, with how many records each has, and how many snapped."""
    rows: Any = records.table
    return (
        rows.group_by("category")
        .agg(n=ibis.coalesce(rows.n.sum(), 0), snapped=ibis.coalesce(rows.snapped.sum(), 0))
        .to_pyarrow()
    )


def _only(records: Records, chosen: tuple[str, ...]) -> ir.Table:
    rows: Any = records.table  # pyright cannot know a column's type, which ibis learns
    return rows.filter(rows.category.isin(list(chosen))) if chosen else rows


def _by_month(records: Records, chosen: tuple[str, ...], by: tuple[str, ...]) -> pa.Table:
    of: Any = _only(records, chosen)
    return (
        of.group_by(*by, "month")
        .agg(n=ibis.coalesce(of.n.sum(), 0), snapped=ibis.coalesce(of.snapped.sum(), 0))
        .to_pyarrow()
    )


def _refuse_snapped(kinds: pa.Table, chosen: tuple[str, ...]) -> None:
    mine = is_of(kinds, chosen)
    snapped = int(np.asarray(kinds["snapped"])[mine].sum())
    if not snapped:
        return
    raise CannotAnswer(
        "These points were moved by their publisher to a fixed set of points, so that how much "
        "each holds is an artefact of that set and no finding.",
        found=f"{snapped} of {int(np.asarray(kinds['n'])[mine].sum())} records on snapped points",
        try_="unit=areas; or the force's own extract, whose points are exact",
        read=_PAGE,
    )


def _refuse_none(tallied: pa.Table, kinds: pa.Table) -> None:
    if tallied.num_rows and np.asarray(tallied["n"]).sum() > 0:
        return
    raise CannotAnswer(
        "No record fits what was asked.",
        found=f"{int(np.sum(kinds['n']))} records in the period, none of them of these categories",
        try_="another period or other categories",
        read=_PAGE,
    )


def _refuse_few(places: int) -> None:
    if places >= _FEWEST:
        return
    raise CannotAnswer(
        "There are too few places to say how concentrated records are over them.",
        found=f"{places} areas that can be counted",
        try_="load the boundaries of the whole force, or leave `risk` out",
        read=_PAGE,
    )


def _universe(places_in_all: int | None, used: int) -> int:
    if places_in_all is None:
        raise MissingDenominator(
            "A share of points is a share of all the places there are, used or not.",
            found=f"{used} places with a record, and not how many there are in all",
            try_=f"places_in_all=the number of streets, premises or cells of the force (at least "
            f"{max(used, _FEWEST)})",
            read=_PAGE,
        )
    if places_in_all < max(used, _FEWEST):
        raise UsageError(
            "There are more places with a record than places in all, or too few places.",
            found=f"places_in_all={places_in_all}; {used} places with a record",
            try_=f"places_in_all of {max(used, _FEWEST)} or more, or wider cells",
            read=_PAGE,
        )
    return places_in_all


def _risk(
    known: Measures, links: Mapping[str, Links], risk: str | None
) -> tuple[np.ndarray | None, str]:
    if risk is None:
        return None, "area"
    measure: Measure = known.denominator(risk, links)
    over = known.counts_over(measure, *known.over_areas([measure])[measure.measure], links)
    return over, _one_of(measure.unit or measure.measure)


def _one_of(unit: str) -> str:
    """Return one of what a measure counts, in words: `people` and `households` are two of many."""
    return {"people": "person"}.get(unit, unit.removesuffix("s"))
