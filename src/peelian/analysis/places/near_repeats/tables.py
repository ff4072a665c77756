"""The tables of near repeats: pairs by distance and days, beside what chance gives."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.near_repeats.found import Found
from peelian.columns import count, figure, key, numbers, records_used
from peelian.results import Field, ResultTable

_RANGE = "Where 95 of 100 deals of the dates fall, over their mean."
_ALL = "How often the cell furthest out of all is as far out by chance (Westfall and Young)."


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of near repeats, by name."""
    return {
        "pairs": _pairs(found),
        "soonest": _soonest(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }


def _measured(found: Found, rows: slice, columns: slice) -> dict[str, tuple[Any, Field]]:
    """Return the columns that say what was counted in some cells, and what chance gives."""
    knox, at, of = found.knox, (rows, columns), ("n",)
    mean = knox.shuffled.mean(axis=0)
    low, high = np.quantile(knox.shuffled, [0.025, 0.975], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [np.where(mean > 0, end / mean, np.nan) for end in (low, high)]
    return {
        "n": count(knox.observed[at], "Pairs"),
        "expected": (numbers(mean[at]), figure("By chance, on average", "one", of=of)),
        "ratio": (numbers(knox.mean_ratio[at]), figure("Times chance", "two", of=of)),
        "median_ratio": (
            numbers(knox.median_ratio[at]),
            figure("Times chance, by the median deal", "two", of=of),
        ),
        "low": (numbers(ends[0][at]), figure("Chance alone, at least", "two", of=of, note=_RANGE)),
        "high": (numbers(ends[1][at]), figure("Chance alone, at most", "two", of=of, note=_RANGE)),
        "p": (numbers(knox.p[at]), figure("Chance of as many, this cell alone", "three", of=of)),
        "p_of_all": (
            numbers(found.p_of_all[at]),
            figure("Chance of as many, of all cells", "three", of=of, note=_ALL),
        ),
    }


def _pairs(found: Found) -> ResultTable:
    """Return every cell within the bands; their sums are known from none other."""
    rows, columns = found.inside
    apart = [label for label in found.within.labels[:rows] for _ in range(columns)]
    later = list(found.after.labels[:columns]) * rows
    return ResultTable.of(
        "Pairs of events by how near they are and how many days lie between them",
        {
            "apart": (apart, key("Distance")),
            "later": (later, key("Days between")),
            **_measured(found, slice(0, rows), slice(0, columns)),
        },
        sums_over=("apart", "later"),
    )


def _soonest(found: Found) -> ResultTable:
    rows = found.inside[0]
    return ResultTable.of(
        f"Pairs of events {found.after.labels[0]} apart, by distance",
        {
            "apart": (list(found.within.labels[:rows]), key("Distance")),
            **_measured(found, slice(0, rows), slice(0, 1)),
        },
        sums_over=("apart",),
    )


def _totals(found: Found) -> ResultTable:
    held, (row, column) = found.held, found.headline
    cell, one = (slice(row, row + 1), slice(column, column + 1)), ("pairs",)
    measured = {
        name: _measured(found, *cell)[name][0] for name in ("n", "ratio", "low", "high", "p_of_all")
    }
    return ResultTable.of(
        "Totals",
        {
            "n": count(len(held.x), "Events with a place and a day"),
            "pairs": count(measured["n"], "Pairs in the cell that the answer speaks of"),
            "ratio": (measured["ratio"], figure("Times chance", "two", of=one)),
            "low": (measured["low"], figure("Chance alone, at least", "two", of=one)),
            "high": (measured["high"], figure("Chance alone, at most", "two", of=one)),
            "p_of_all": (
                measured["p_of_all"],
                figure("Chance of as many, of all cells", "three", of=one),
            ),
            "cells": (
                pa.array([found.inside[0] * found.inside[1]]),
                figure("Cells looked at", "integer"),
            ),
            "cells_shown": (
                pa.array([int(found.shown.sum())]),
                figure("Cells with more pairs than chance", "integer"),
            ),
            "together": count(found.knox.together, "Pairs at one place on one day"),
            "deals": (
                pa.array([len(found.knox.shuffled)]),
                figure("Times the dates were dealt out", "integer"),
            ),
            "growth_p": (
                numbers([np.nan if found.growth is None else found.growth.p]),
                figure("Chance that parts which grew alike differ as much", "three"),
            ),
            "months": (pa.array([len(found.months.covered)]), figure("Months", "integer")),
            "months_missing": (
                pa.array([len(found.months.missing)]),
                figure("Months missing", "integer"),
            ),
            "not_placed": count(held.not_placed, "Records without a place"),
            "left_out": count(held.left_out, "Of days left out"),
            "undated": count(held.undated, "Records without a day"),
            "snapped_share": (
                numbers([held.snapped / max(len(held.x), 1)]),
                figure("Events on snapped points", "percent"),
            ),
        },
    )


def _records_used(found: Found) -> ResultTable:
    held = found.held
    return records_used(
        held.kind,
        {
            "used": (len(held.x), "Used"),
            "not_placed": (held.not_placed, "Without a place"),
            "undated": (held.undated, "Without a day"),
            "left_out": (held.left_out, "Of days left out"),
            "other_category": (held.others, "Of other categories"),
        },
    )
