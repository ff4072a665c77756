"""Columns of a composition's tables, each with what it is, said in few words."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.results import Field, Form


def figure(
    label: str, form: Form = "percent", *, unit: str = "", of: tuple[str, ...] = (), note: str = ""
) -> Field:
    """Return what a figure is."""
    return Field(role="figure", label=label, form=form, unit=unit, of=of, note=note)


def counted(label: str) -> Field:
    """Return what a count of records is."""
    return Field(role="count", label=label, form="integer")


def key(label: str) -> Field:
    """Return what tells rows apart."""
    return Field(role="key", label=label)


def whole(values: Any) -> pa.Array:
    """Return whole numbers as a column."""
    return pa.array(np.rint(np.asarray(values, float)).astype(np.int64), pa.int64())


def numbers(values: Any) -> pa.Array:
    """Return numbers as a column, empty where there is none."""
    held = np.asarray(values, dtype=float)
    return pa.array(held, pa.float64(), mask=~np.isfinite(held))
