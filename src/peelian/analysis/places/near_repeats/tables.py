"""The tables of near repeats: pairs by distance and days, beside what chance gives."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.near_repeats.found import Found
from peelian.results import Field, Form, ResultTable

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


def _figure(label: str, form: Form = "two", **rest: Any) -> Field:
    return Field(role="figure", label=label, form=form, **rest)


def _numbers(values: Any) -> pa.Array:
    return pa.array(np.asarray(values, dtype=float).ravel(), from_pandas=True)


def _count(values: Any, label: str) -> tuple[pa.Array, Field]:
    return pa.array(np.atleast_1d(np.asarray(values)).ravel()), Field(
        role="count", label=label, form="integer"
    )


def _measured(found: Found, rows: slice, columns: slice) -> dict[str, tuple[Any, Field]]:
    """Return the columns that say what was counted in some cells, and what chance gives."""
    knox, at, of = found.knox, (rows, columns), ("n",)
    mean = knox.shuffled.mean(axis=0)
    low, high = np.quantile(knox.shuffled, [0.025, 0.975], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = [np.where(mean > 0, end / mean, np.nan) for end in (low, high)]
    return {
        "n": _count(knox.observed[at], "Pairs"),
        "expected": (_numbers(mean[at]), _figure("By chance, on average", "one", of=of)),
        "ratio": (_numbers(knox.mean_ratio[at]), _figure("Times chance", of=of)),
        "median_ratio": (
            _numbers(knox.median_ratio[at]),
            _figure("Times chance, by the median deal", of=of),
        ),
        "low": (_numbers(ends[0][at]), _figure("Chance alone, at least", of=of, note=_RANGE)),
        "high": (_numbers(ends[1][at]), _figure("Chance alone, at most", of=of, note=_RANGE)),
        "p": (_numbers(knox.p[at]), _figure("Chance of as many, this cell alone", "three", of=of)),
        "p_of_all": (
            _numbers(found.p_of_all[at]),
            _figure("Chance of as many, of all cells", "three", of=of, note=_ALL),
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
            "apart": (apart, Field(role="key", label="Distance")),
            "later": (later, Field(role="key", label="Days between")),
            **_measured(found, slice(0, rows), slice(0, columns)),
        },
        sums_over=("apart", "later"),
    )


def _soonest(found: Found) -> ResultTable:
    rows = found.inside[0]
    return ResultTable.of(
        f"Pairs of events {found.after.labels[0]} apart, by distance",
        {
            "apart": (list(found.within.labels[:rows]), Field(role="key", label="Distance")),
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
            "n": _count(len(held.x), "Events with a place and a day"),
            "pairs": _count(measured["n"], "Pairs in the cell that the answer speaks of"),
            "ratio": (measured["ratio"], _figure("Times chance", of=one)),
            "low": (measured["low"], _figure("Chance alone, at least", of=one)),
            "high": (measured["high"], _figure("Chance alone, at most", of=one)),
            "p_of_all": (
                measured["p_of_all"],
                _figure("Chance of as many, of all cells", "three", of=one),
            ),
            "cells": (
                pa.array([found.inside[0] * found.inside[1]]),
                _figure("Cells looked at", "integer"),
            ),
            "cells_shown": (
                pa.array([int(found.shown.sum())]),
                _figure("Cells with more pairs than chance", "integer"),
            ),
            "together": _count(found.knox.together, "Pairs at one place on one day"),
            "deals": (
                pa.array([len(found.knox.shuffled)]),
                _figure("Times the dates were dealt out", "integer"),
            ),
            "growth_p": (
                _numbers([np.nan if found.growth is None else found.growth.p]),
                _figure("Chance that parts which grew alike differ as much", "three"),
            ),
            "months": (pa.array([len(found.months.covered)]), _figure("Months", "integer")),
            "months_missing": (
                pa.array([len(found.months.missing)]),
                _figure("Months missing", "integer"),
            ),
            "not_placed": _count(held.not_placed, "Records without a place"),
            "undated": _count(held.undated, "Records without a day"),
            "snapped_share": (
                _numbers([held.snapped / max(len(held.x), 1)]),
                _figure("Events on snapped points", "percent"),
            ),
        },
    )


def _records_used(found: Found) -> ResultTable:
    held = found.held
    counts = {
        "used": (len(held.x), "Used"),
        "not_placed": (held.not_placed, "Without a place"),
        "undated": (held.undated, "Without a day"),
        "other_category": (held.others, "Of other categories"),
    }
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": ([held.kind], Field(role="key", label="Records")),
            **{name: _count(value, label) for name, (value, label) in counts.items()},
        },
        sums_over=(),
    )
