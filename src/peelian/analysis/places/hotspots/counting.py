"""What each area holds in the covered months, what it is set against, and which areas touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.places.hotspots.grids import Points, exact_points
from peelian.errors import CannotAnswer
from peelian.placing.areas import Areas, Links, areas_in_use, links_into
from peelian.placing.borders import pairs_that_touch, read_arcs
from peelian.placing.counts import (
    Counts,
    chosen_categories,
    coded_by,
    counted,
    is_of,
    place,
)
from peelian.placing.kinds import Records
from peelian.placing.need import Measure, Measures, Need
from peelian.placing.period import Months

_PAGE = "how-to/read-hotspots"


@dataclass(frozen=True, kw_only=True)
class Held:
    """What each area holds, and what is known of it.

    Args:
        records: What is counted.
        categories: The categories asked for; empty for all.
        areas: The areas in use.
        counts: Records by area, in the covered months.
        usable: Of each area, whether it was counted and has a denominator if one was named.
        covered: Of each area, whether it was counted.
        per: How much of the denominator each has; None where none was named.
        denominator: What that is.
        beside: The second measure, if one was named.
        arcs: The borders, for the map.
        pairs: Positions of areas that touch: shape (pairs, 2).
        points: Records by cell, where counts are compared and most records have an exact point.
        months: The months looked at.
        undated: Records of these categories without a month, or in one that no load covers.
        others: Records of other categories.
    """

    records: Records
    categories: tuple[str, ...]
    areas: Areas
    counts: Counts
    usable: np.ndarray
    covered: np.ndarray
    per: np.ndarray | None
    denominator: Measure | None
    beside: Need | None
    arcs: pa.Table
    pairs: np.ndarray
    points: Points | None
    months: Months
    undated: int
    others: int


def held_by(  # noqa: PLR0913  (each is a table or a setting of the question)
    records: Records,
    areas: ir.Table,
    area_arcs: ir.Table,
    area_links: ir.Table,
    measured: tuple[ir.Table, ir.Table],
    months: Months,
    *,
    categories: tuple[str, ...],
    group: str | None,
    denominator: str | None,
    beside: str | None,
    vintage: str | None,
) -> Held:
    """Count records by area, those of other vintages through their links.

    Args:
        records: What is counted.
        areas: The canonical table.
        area_arcs: The canonical table.
        area_links: The canonical table.
        measured: The canonical tables `measures` and `area_measures`.
        months: The months that loads cover.
        categories: The categories asked for.
        group: The group of categories asked for.
        denominator: The measure that rates are taken over, if any.
        beside: A second measure, if any.
        vintage: The vintage of areas asked for.

    Raises:
        CannotAnswer: No record fits, or nobody knows which areas touch.
        MissingDenominator: The denominator is not loaded, or no area has any.
        VintageMismatch: Records or measures are of areas that nothing links to those in use.
    """
    tallied = _tally(records, months)
    chosen = chosen_categories(tallied, records.kind, categories, group)
    here = areas_in_use(areas, coded_by(tallied), vintage)
    arcs = read_arcs(area_arcs, here.vintage)
    pairs = pairs_that_touch(arcs, here)
    _refuse_without_borders(pairs, here)
    known = Measures(*measured, here)
    links = links_into(area_links, {*coded_by(tallied), *known.vintages()}, here)
    placed = place(tallied, here, links)
    dated = np.asarray(tallied["dated"])
    mine = is_of(tallied, chosen)
    counts = counted(placed, mine & dated, here.vintage)
    covered = placed.named() if records.kind == "counts" else np.ones(len(here), dtype=bool)
    measure, per = _denominator(known, links, denominator)
    return Held(
        records=records,
        categories=chosen,
        areas=here,
        counts=counts,
        usable=covered if per is None else covered & (np.nan_to_num(per) > 0),
        covered=covered,
        per=per,
        denominator=measure,
        beside=_beside(known, links, beside),
        arcs=arcs,
        pairs=pairs,
        points=None
        if denominator is not None
        else exact_points(records, here, chosen, months.covered, counts.used),
        months=months,
        undated=int(placed.n[mine & ~dated].sum()),
        others=int(placed.n[~mine].sum()),
    )


def _tally(records: Records, months: Months) -> pa.Table:
    """Count records by area, vintage, category, and whether their month is one that is covered."""
    rows: Any = records.table  # pyright cannot know a column's type, which ibis learns
    covered = [ibis.date(str(month)) for month in months.covered.astype("datetime64[D]")]
    dated = ibis.coalesce(rows.month.cast("date").isin(covered), ibis.literal(value=False))
    return (
        rows.group_by("area_code", "area_vintage", "category", dated=dated)
        .agg(n=ibis.coalesce(rows.n.sum(), 0), snapped=ibis.coalesce(rows.snapped.sum(), 0))
        .to_pyarrow()
    )


def _denominator(
    known: Measures, links: Mapping[str, Links], name: str | None
) -> tuple[Measure | None, np.ndarray | None]:
    if name is None:
        return None, None
    measure = known.denominator(name, links)
    values = known.over_areas([measure])[measure.measure]
    return measure, known.counts_over(measure, *values, links)


def _beside(known: Measures, links: Mapping[str, Links], name: str | None) -> Need | None:
    if name is None:
        return None
    measure = known.need(name, links)
    return known.need_over(measure, *known.over_areas([measure])[measure.measure], links)


def _refuse_without_borders(pairs: np.ndarray, areas: Areas) -> None:
    if len(pairs):
        return
    raise CannotAnswer(
        "Whether an area lies among high ones takes knowing which areas touch, and no two do.",
        found=f"{len(areas)} areas of {areas.vintage}, without outlines that share a border",
        try_="peelian load STORE BOUNDARIES --as areas, with outlines (GeoJSON, GeoPackage or "
        "shapefile)",
        read="how-to/load-areas",
    )
