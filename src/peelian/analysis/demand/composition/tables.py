"""The tables of a composition: crimes and incidents side by side, and never in one sum."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.areas import InAreas
from peelian.analysis.demand.composition.counting import NOT_STATED, Kind
from peelian.columns import counted, figure, key, named
from peelian.results import Field, ResultTable

_RECORDS = key("Records", note="Crimes and incidents are never added up.")
_N = counted("Number")


def tables_of(
    kinds: Sequence[Kind], months: np.ndarray, places: Sequence[InAreas]
) -> dict[str, ResultTable]:
    """Return every table of a composition, by name."""
    return {
        "by_category": _by_category(kinds),
        "by_month": _by_month(kinds, months),
        "by_month_category": _by_month_category(kinds, months),
        "by_area": _by_area(kinds, places),
        "totals": _totals(kinds, months, places),
        "records_used": _records_used(kinds, places),
    }


def _where(kinds: Sequence[Kind]) -> dict[str, str]:
    """Return what is fixed of the records that are counted: of counts, their series."""
    return next(({"series": kind.series} for kind in kinds if kind.series), {})


def _by_category(kinds: Sequence[Kind]) -> ResultTable:
    rows = [
        (k.name, code, label, int(n), n / k.total if k.total else None)
        for k in kinds
        for code, label, n in zip(k.categories, k.labels, k.by_category, strict=True)
    ]
    return ResultTable.of(
        "Records by category",
        _columns(
            rows,
            records=(pa.string(), _RECORDS),
            category=(pa.string(), key("Category code")),
            category_name=(pa.string(), named("Category")),
            n=(pa.int64(), _N),
            share=(
                pa.float64(),
                figure("Share", of=("n",), note="Of the records of its kind that have a date."),
            ),
        ),
        sums_over=("category",),
        where=_where(kinds),
    )  # fmt: skip


def _by_month(kinds: Sequence[Kind], months: np.ndarray) -> ResultTable:
    rows = [
        (k.name, str(month), int(n) if status != "missing" else None, status)
        for k in kinds
        for month, n, status in zip(months, k.by_month.sum(axis=1), _status(k), strict=True)
    ]
    return ResultTable.of(
        "Records by month",
        _columns(
            rows,
            records=(pa.string(), _RECORDS),
            month=(pa.string(), key("Month", "month")),
            n=(pa.int64(), _N),
            status=(pa.string(), _STATUS),
        ),
        sums_over=("month",),
        where=_where(kinds),
    )


_STATUS = named(
    "Status",
    note="missing: no load covers the month; partly: some sources cover it and others do not.",
)


def _status(kind: Kind) -> list[str]:
    return [
        "missing" if not covered else "partly" if partly else "recorded"
        for covered, partly in zip(kind.covered, kind.partly, strict=True)
    ]


def _by_month_category(kinds: Sequence[Kind], months: np.ndarray) -> ResultTable:
    rows = [
        (k.name, str(month), code, label, int(n) if k.covered[i] else None)
        for k in kinds
        for i, month in enumerate(months)
        for code, label, n in zip(k.categories, k.labels, k.by_month[i], strict=True)
    ]
    return ResultTable.of(
        "Records by month and category",
        _columns(
            rows,
            records=(pa.string(), _RECORDS),
            month=(pa.string(), key("Month", "month")),
            category=(pa.string(), key("Category code")),
            category_name=(pa.string(), named("Category")),
            n=(pa.int64(), _N),
        ),
        sums_over=("month", "category"),
        where=_where(kinds),
    )


def _by_area(kinds: Sequence[Kind], places: Sequence[InAreas]) -> ResultTable:
    rows = [
        (k.name, vintage, code, name, n)
        for k, place in zip(kinds, places, strict=True)
        for vintage, code, name, n in (*place.rows, *place.unnamed)
    ]
    return ResultTable.of(
        "Records by area, whatever their date",
        _columns(
            rows,
            records=(pa.string(), _RECORDS),
            area_vintage=(pa.string(), key("Vintage")),
            area_code=(pa.string(), key("Area code", below_district=True)),
            area_name=(pa.string(), named("Area")),
            n=_whole_or_not([n for *_, n in rows], _N),
        ),
        sums_over=("area_vintage", "area_code"),
        where=None if any(k.moved for k in kinds) else _where(kinds),
    )


def _totals(kinds: Sequence[Kind], months: np.ndarray, places: Sequence[InAreas]) -> ResultTable:
    columns: dict[str, tuple[Any, Field]] = {"months": ([len(months)], figure("Months", "integer"))}
    for kind, place in zip(kinds, places, strict=True):
        name, label = kind.name, kind.name.capitalize()
        unstated = sum(
            int(n)
            for code, n in zip(kind.categories, kind.by_category, strict=True)
            if code == NOT_STATED
        )
        top = kind.by_category[0] / kind.total if kind.total else None
        columns |= {
            name: (
                [kind.total],
                counted(label, where={"measure": "n", "records": name}),
            ),
            f"{name}_top_share": (
                pa.array([top], pa.float64()),
                figure(f"{label}, share of the largest category", of=(name,)),
            ),
        }
        counts = {
            "missing": (~kind.covered).sum(),
            "partly": kind.partly.sum(),
        }
        for part, value in counts.items():
            columns[f"{name}_{part}"] = (
                [int(value)],
                figure(f"{label}, months {part}", "integer"),
            )
        accounts = {
            "own_words": (kind.own_words, "named by their opening code"),
            "unstated": (unstated, "of no stated category"),
            "undated": (kind.undated, "without a month that is covered"),
            "placed": (place.placed, "in a loaded area"),
            "outside": (place.outside, "in other areas"),
            "not_placed": (place.not_placed, "without an area"),
            "unnamed": (sum(n for *_, n in place.unnamed), "in areas that are not loaded"),
            "moved": (kind.moved, "brought from another vintage"),
            "shared": (kind.shared, "of those, shared out by weight"),
        }
        for part, (value, words) in accounts.items():
            columns[f"{name}_{part}"] = _one(value, f"{label} {words}")
    return ResultTable.of("Totals", columns)  # fmt: skip


def _records_used(kinds: Sequence[Kind], places: Sequence[InAreas]) -> ResultTable:
    rows = [
        (k.name, k.total, k.undated, round(p.not_placed), round(p.outside))
        for k, p in zip(kinds, places, strict=True)
    ]
    count = {
        "used": "Used",
        "undated": "Without a month that is covered",
        "not_placed": "Without an area",
        "outside": "In other areas",
    }
    return ResultTable.of(
        "Records used, and records that could not be",
        _columns(
            rows,
            records=(pa.string(), _RECORDS),
            **{
                name: (
                    pa.int64(),
                    counted(label, where={"measure": "n"} if name == "used" else {}),
                )
                for name, label in count.items()
            },
        ),
        sums_over=(),
    )


def _whole_or_not(values: Sequence[float], field: Field) -> tuple[pa.DataType, Field]:
    """Return the type and form of counts: whole numbers, unless links have shared some out."""
    if all(float(value).is_integer() for value in values):
        return pa.int64(), field
    return pa.float64(), replace(field, form="one")


def _one(value: float, label: str) -> tuple[Any, Field]:
    kind, field = _whole_or_not([value], counted(label))
    return pa.array([value]).cast(kind), field


def _columns(
    rows: Sequence[tuple[Any, ...]], **columns: tuple[pa.DataType, Field]
) -> dict[str, tuple[Any, Field]]:
    """Turn rows into columns, each of its type and with its meaning."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return {
        name: (pa.array(held, kind), meaning)
        for (name, (kind, meaning)), held in zip(columns.items(), values, strict=True)
    }
