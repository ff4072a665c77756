"""Columns of a result's tables: values as Arrow holds them, and what each of them is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.results import Field, Form, ResultTable

Column = tuple[Any, Field]
Columns = dict[str, Column]


def numbers(values: Any) -> pa.Array:
    """Return numbers, empty where there is none.

    >>> numbers([1, None, float("nan")]).to_pylist()
    [1.0, None, None]
    """
    held = np.asarray(values, dtype=float).ravel()
    return pa.array(held, pa.float64(), mask=~np.isfinite(held))


def whole(values: Any) -> pa.Array:
    """Return whole numbers, empty where there is none.

    >>> whole([2.0, None]).to_pylist()
    [2, None]
    """
    held = np.asarray(values, dtype=float).ravel()
    none = ~np.isfinite(held)
    return pa.array(np.where(none, 0, np.rint(held)).astype(np.int64), mask=none)


def texts(values: Iterable[object], *, none: str | None = None) -> pa.Array:
    """Return words, empty where there are none.

    >>> texts(["Leeds", None]).to_pylist(), texts(["high", ""], none="").to_pylist()
    (['Leeds', None], ['high', None])

    Args:
        values: The words.
        none: The word that stands for none, if one does.
    """
    told = (None if value is None or value == none else str(value) for value in values)
    return pa.array(list(told), pa.string())


def figure(label: str, form: Form = "percent", of: tuple[str, ...] = (), **rest: Any) -> Field:
    """Return what a figure is; it is held back with the counts that it rests `of`."""
    return Field(role="figure", label=label, form=form, of=of, **rest)


def counted(label: str, **rest: Any) -> Field:
    """Return what a count of whole records is."""
    return Field(role="count", label=label, form="integer", **rest)


def key(label: str, form: Form = "text", **rest: Any) -> Field:
    """Return what tells rows apart."""
    return Field(role="key", label=label, form=form, **rest)


def named(label: str, form: Form = "text", **rest: Any) -> Field:
    """Return what names rows."""
    return Field(role="label", label=label, form=form, **rest)


def count(values: Any, label: str, *, empty: np.ndarray | None = None, **rest: Any) -> Column:
    """Return counts as whole numbers, unless links have shared some of them among areas.

    >>> [count(n, "Crimes")[1].form for n in (3.0, [1.5, 1.5])]
    ['integer', 'one']
    """
    held = np.asarray(values, dtype=float).ravel()
    if np.allclose(held, np.rint(held), rtol=0, atol=1e-9):
        return pa.array(np.rint(held).astype(np.int64), mask=empty), counted(label, **rest)
    return pa.array(held, mask=empty), Field(role="count", label=label, form="one", **rest)


def number(value: float, label: str, of: tuple[str, ...] = ()) -> Column:
    """Return a whole number that counts no records, such as how many areas, alone in its column."""
    return whole([value]), figure(label, "integer", of)


def records_used(
    records: str | Sequence[str], counts: Mapping[str, tuple[Any, str]]
) -> ResultTable:
    """Return the table every result has: the records used, and those that could not be, and why.

    Args:
        records: The kind of them, such as `crimes`, or several, each a row.
        counts: By column, how many of each and what they are called; `used` first.
    """
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": ([records] if isinstance(records, str) else [*records], key("Records")),
            **{column: (whole(value), counted(label)) for column, (value, label) in counts.items()},
        },
        sums_over=(),
    )
