"""Which records each number counts: columns of counts, as regions of kind, place and time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.results import Provenance, Result, ResultTable, Role

SINCE_EVER = -(10**6)  # the first month of a period without a beginning
COMMON = "n"  # the count column that counts the records themselves, whatever the analysis


@dataclass(frozen=True, kw_only=True)
class Block:
    """One column of counts, each with the region of records that it counts.

    Args:
        measure: What is counted: blocks of one measure are compared, others are not.
        dims: For each dimension, the value of every row: shape (rows,).
        spans: The months of every row, first and last, counted from year nought: shape (rows, 2).
        values: The counts; NaN where an outsider was never told: shape (rows,).
        held: Which rows are, or were, held back: shape (rows,).
        need: How wide an outsider's interval must stay for those: shape (rows,).
        blur: How far the true counts may lie from those told, because they were rounded.
        sums_over: The dimensions over which a total may be known elsewhere; `month` is one.
        table: The table, where it is one of the result at hand.
        column: Its column.
        rows: The rows of that table.
        alike: A name for each row; rows of one name, wherever they stand, are held back together.
        told_by: The question, period and day of the earlier release that told it.
    """

    measure: str
    dims: Mapping[str, NDArray[np.str_]]
    spans: NDArray[np.int64]
    values: NDArray[np.float64]
    held: NDArray[np.bool_]
    need: NDArray[np.float64]
    blur: float = 0.0
    sums_over: tuple[str, ...] = ()
    table: str = ""
    column: str = ""
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    alike: tuple[str, ...] = ()
    told_by: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def after(self, held: NDArray[np.bool_], base: int = 0) -> "Block":
        """Return what an outsider sees of it: the regions, and the counts not held back.

        Args:
            held: Which rows are held back.
            base: What counts are rounded to; nought where they are not.
        """
        seen = rounded(self.values, base)
        return replace(self, held=held, values=np.where(held, np.nan, seen), blur=base // 2)


@dataclass(frozen=True)
class Must:
    """What must be held back of a result, by table and column.

    Args:
        held: Which rows: each of shape (rows,).
        need: How wide an outsider's interval must stay where they are: each of shape (rows,).
    """

    held: Mapping[tuple[str, str], NDArray[np.bool_]]
    need: Mapping[tuple[str, str], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Nest:
    """A value of one dimension that lies wholly in a value of another: an area in its district."""

    dim: str
    value: str
    within: str
    whole: str


def month_number(text: str) -> int:
    """Return a month counted from year nought.

    >>> month_number("2024-01") - month_number("2023-12")
    1
    """
    year, month = text[:7].split("-")
    return int(year) * 12 + int(month)


def period_of(provenance: Provenance) -> tuple[int, int]:
    """Return the first and last month of what was asked."""
    first, _, last = provenance.period.partition("..")
    if first == "all":
        as_at = provenance.data_as_at
        return SINCE_EVER, month_number(as_at) if as_at else -SINCE_EVER
    return month_number(first), month_number(last or first)


def blocks_of(result: Result, must: Must, *, role: Role = "count") -> Iterator[Block]:
    """Turn every column of counts, or of amounts, of a result into a block.

    Args:
        result: A stamped result.
        must: What must be held back, and how wide an outsider's interval must stay.
        role: Which columns.
    """
    assert result.provenance is not None
    asked = f"{result.provenance.analysis} {_settings(result.provenance)}"
    whole = period_of(result.provenance)
    for name, table in result.tables.items():
        if table.members is not None:
            continue  # what its rows count is told by the rows they are made of
        keys, spans = _keys(table, whole)
        over = table.columns_of("key") if table.sums_over is None else table.sums_over
        for column in table.columns_of(role):
            values = counts_of(table, column)
            there = np.flatnonzero(~np.isnan(values))
            fixed = dict(table.where or {}) | dict(table.fields[column].where)
            common = table.where is not None and column == COMMON
            measure = fixed.pop("measure", COMMON if common else f"{asked} {column}")
            alike = _alike(fixed.pop("alike", ""), keys)
            picks = {k: fixed.pop(k, f.picks) for k, f in table.fields.items() if f.picks}
            plain = [key for key in keys if picks.get(key, key) == key]
            naming = {key: picks[key] for key in keys if key not in plain and picks[key]}
            for rows, picked in _picked(keys, naming, there):
                said = {dim: np.full(len(rows), value) for dim, value in (fixed | picked).items()}
                yield Block(
                    measure=measure,
                    dims={dim: keys[dim][rows] for dim in plain} | said,
                    spans=spans[rows],
                    values=values[rows],
                    held=must.held[name, column][rows],
                    need=must.need[name, column][rows],
                    sums_over=tuple("month" if _is_month(table, key) else key for key in over),
                    table=name,
                    column=column,
                    rows=rows,
                    alike=tuple(alike[row] for row in rows.tolist()) if alike else (),
                )


def _alike(named: str, keys: Mapping[str, NDArray[np.str_]]) -> list[str]:
    """Return a name for each row of the keys and words that are named, parted by strokes."""
    if not named:
        return []
    rows = len(next(iter(keys.values())))
    parts = [keys.get(part, np.full(rows, part)).tolist() for part in named.split("/")]
    return ["/".join(row) for row in zip(*parts, strict=True)]


def _picked(
    keys: Mapping[str, NDArray[np.str_]], picks: Mapping[str, str], there: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], dict[str, str]]]:
    """Part rows by the keys that some of their keys name; one part where none names another.

    Args:
        keys: The values of every key.
        picks: The keys that name others, and what those are then.
        there: The rows.
    """
    named = list(zip(*(keys[key][there].tolist() for key in picks), strict=True))
    parts: dict[tuple[str, ...], list[int]] = {}
    for row, names in zip(there.tolist(), named or [()] * len(there), strict=True):
        parts.setdefault(names, []).append(row)
    for names, rows in parts.items():
        dims = {name: value for value, name in zip(picks.values(), names, strict=True) if name}
        yield np.array(rows, np.int64), dims


def nests_of(result: Result) -> Iterator[Nest]:
    """Find what lies in what: the one key of a table by which a label of it goes."""
    for table in result.tables.values():
        if table.members is not None:
            continue
        for label in table.columns_of("label"):
            if pa.types.is_string(table.data.schema.field(label).type):
                yield from _nests(table, label)


def _nests(table: ResultTable, label: str) -> Iterator[Nest]:
    wholes = _text(table.data.column(label))
    going = {}
    for key in table.columns_of("key"):
        pairs = set(zip(_text(table.data.column(key)), wholes, strict=True))
        if not _is_month(table, key) and len(pairs) == len({value for value, _ in pairs}):
            going[key] = pairs
    if len(going) != 1:
        return  # by none, or by any: where all rows have one label it says nothing
    ((key, pairs),) = going.items()
    if len({whole for _, whole in pairs}) < len(pairs):
        for value, whole in sorted(pairs):
            if whole:
                yield Nest(key, str(value), label, str(whole))


def counts_of(table: ResultTable, name: str) -> NDArray[np.float64]:
    """Return a column of counts as numbers, NaN where there is none."""
    column = table.data.column(name).cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)


def rounded(values: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    """Return counts to the nearest multiple of a base, or as they are where it is nought.

    >>> rounded(np.array([0.0, 8.0, 12.0, 13.0]), 5).tolist()
    [0.0, 10.0, 10.0, 15.0]
    """
    return base * np.floor(values / base + 0.5) if base else values


def _settings(provenance: Provenance) -> str:
    return json.dumps(dict(provenance.settings), sort_keys=True, default=str)


def _is_month(table: ResultTable, key: str) -> bool:
    return table.fields[key].form == "month"


def _keys(
    table: ResultTable, whole: tuple[int, int]
) -> tuple[dict[str, NDArray[np.str_]], NDArray[np.int64]]:
    spans = np.tile(np.array(whole, np.int64), (table.data.num_rows, 1))
    keys = {}
    for key in table.columns_of("key"):
        if _is_month(table, key):
            months = table.data.column(key).to_pylist()
            told = [whole if not m else (month_number(m),) * 2 for m in map(_word, months)]
            spans[:] = np.array(told, np.int64).reshape(-1, 2)
        else:
            keys[key] = _text(table.data.column(key))
    return keys, spans


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _text(column: pa.ChunkedArray) -> NDArray[np.str_]:
    if not pa.types.is_string(column.type):
        column = column.cast(pa.string())
    return np.array(["" if v is None else v for v in column.to_pylist()], dtype=np.str_)
