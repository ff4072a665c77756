"""The same question asked of cells of a grid, where points are exact: two widths, four origins."""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np

from peelian.analysis.places.hotspots.units import Unit, Values, called_high, middle_of
from peelian.placing.areas import Areas
from peelian.placing.kinds import Records
from peelian.statistics.weights import Neighbours

_BASE = 250  # metres: half of the narrowest cell, so that every origin is made of these
_WIDTHS = (500, 1000)
_MOSTLY = 0.5
_APART = 1 << 31  # more than any cell's number, so that two numbers make one


@dataclass(frozen=True)
class Points:
    """Records on exact points, added up by area and by cells half as wide as the narrowest.

    Args:
        area: Where each row's area stands among those in use; -1 for none of them.
        east: The number of its cell eastwards.
        north: Northwards.
        n: Records of the categories asked for; 0 where there are only others.
    """

    area: np.ndarray
    east: np.ndarray
    north: np.ndarray
    n: np.ndarray


def exact_points(
    records: Records, areas: Areas, chosen: tuple[str, ...], covered: np.ndarray, used: float
) -> Points | None:
    """Return the exact points of records; None where most have none.

    Cells that hold any record, of whatever category, are those where records can lie; the sea and
    the moor are not asked about.

    Args:
        records: What is counted.
        areas: The areas in use.
        chosen: The categories asked for; empty for all.
        covered: The months that are covered.
        used: Records in areas, of which most must have an exact point.
    """
    if "x" not in records.table.columns:
        return None
    rows: Any = records.table  # pyright cannot know a column's type, which ibis learns
    months = [ibis.date(str(month)) for month in covered.astype("datetime64[D]")]
    held = rows.filter(
        rows.x.notnull(), rows.y.notnull(), rows.snapped == 0, rows.month.cast("date").isin(months)
    )
    mine = held.category.isin(list(chosen)) if chosen else ibis.literal(value=True)
    tallied = (
        held.mutate(
            east=(held.x / _BASE).floor().cast("int64"),
            north=(held.y / _BASE).floor().cast("int64"),
            mine=ibis.coalesce(mine, ibis.literal(value=False)).cast("int64") * held.n,
        )
        .group_by("area_code", "area_vintage", "east", "north")
        .agg(n=ibis._.mine.sum())
        .to_pyarrow()
    )
    n = np.asarray(tallied["n"], dtype=float)
    if n.sum() <= _MOSTLY * used:
        return None
    vintage = np.asarray(tallied["area_vintage"].fill_null(""), dtype=object)
    own = (vintage == areas.vintage) | (vintage == "")
    return Points(
        np.where(own, areas.places(tallied["area_code"]), -1),
        np.asarray(tallied["east"], dtype=np.int64),
        np.asarray(tallied["north"], dtype=np.int64),
        n,
    )


def grids(points: Points, high: np.ndarray, *, rate: float, seed: int) -> tuple[Unit, ...]:
    """Ask which cells lie among high ones, and how many records of the areas called lie there.

    Args:
        points: Records by area and small cell.
        high: Of each area in use, whether it is called among high ones.
        rate: The share of false alarms allowed.
        seed: Where the draws start.
    """
    theirs = (points.area >= 0) & np.append(high, False)[points.area]  # an area of -1 is none
    found = (_of_width(width, points, theirs, rate, seed) for width in _WIDTHS)
    return tuple(unit for unit in found if unit is not None)


def _of_width(
    width: int, points: Points, theirs: np.ndarray, rate: float, seed: int
) -> Unit | None:
    across = width // _BASE
    rows = []
    for down, along in ((0, 0), (0, across // 2), (across // 2, 0), (across // 2, across // 2)):
        keys = (points.east + along) // across * _APART + (points.north + down) // across
        cells, cell = np.unique(keys, return_inverse=True)
        counts = np.bincount(cell, points.n, minlength=len(cells))
        near = _around(cells)
        called = called_high(Values(counts=counts, people=None), near, rate, seed)
        if called is None:
            continue
        inside, mine = called[cell], points.n[theirs].sum()
        kept = points.n[theirs & inside].sum() / mine if mine else np.nan
        of_all = points.n[inside].sum() / points.n.sum()
        rows.append((len(cells), called.sum(), kept, of_all))
    return middle_of(f"Cells {width:,} metres wide, by records", rows)


def _around(cells: np.ndarray) -> Neighbours:
    """Return which of these cells touch, be it at a corner."""
    pairs = []
    for step in (1, _APART - 1, _APART, _APART + 1):
        at = np.searchsorted(cells, cells + step)
        there = np.flatnonzero(cells[np.minimum(at, len(cells) - 1)] == cells + step)
        pairs.append(np.stack([there, at[there]], axis=1))
    return Neighbours.of_pairs(np.concatenate(pairs), len(cells))
