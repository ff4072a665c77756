"""What the tables of shares are built of: figures, and counts with the hours that rest on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.measured import Sums
from peelian.results import Field, Form

INTERVAL = (
    "Where the share of the process lies in 95 of 100 such periods: runs of days, and callers, as "
    "if drawn again."
)
REST = ("n", "of_n")
Columns = dict[str, tuple[Any, Field]]
_N = "Incidents, or contacts; of hours, incidents whose minutes are known."


def text(values: Sequence[object]) -> pa.Array:
    """Return words as Arrow, none of them where there is none."""
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def numbers(values: Any) -> pa.Array:
    """Return figures as Arrow, NaN as none."""
    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def whole(values: Any) -> pa.Array:
    """Return counts as whole numbers."""
    return pa.array(np.rint(np.asarray(values, dtype=float)).astype(np.int64))


def figure(said: str, form: Form = "percent", of: Sequence[str] = REST, **rest: Any) -> Field:
    """Return what a column of figures is; they rest on the counts of their row."""
    return Field(role="figure", label=said, form=form, of=tuple(of), **rest)


def label(said: str, **rest: Any) -> Field:
    """Return what a column of words is."""
    return Field(role="label", label=said, **rest)


def counts_and_hours(
    marked: Sums,
    all_: Sums,
    timed: np.ndarray,
    fixed: Mapping[str, str],
    beside: Mapping[str, str],
    own: Mapping[str, str],
) -> Columns:
    """Return how many are marked, of how many; and where any row is of time, their hours."""
    columns: Columns = {
        "n": (
            whole(marked.n),
            Field(role="count", label="Marked", form="integer", where=fixed, note=_N),
        ),
        "of_n": (
            whole(all_.n),
            Field(role="count", label="Of", form="integer", where=beside, note=_N),
        ),
    }
    if not timed.any():
        return columns
    for name, of, sums, said in (
        ("hours", "n", marked, "Hours marked"),
        ("of_hours", "of_n", all_, "Of hours"),
    ):
        # The second largest part is not known: at most the largest, and at most what is left.
        second = np.minimum(sums.largest, np.maximum(sums.amount - sums.largest, 0.0))
        parts = (f"{name}_largest", f"{name}_second")
        columns[name] = (
            numbers(np.where(timed, sums.amount, np.nan)),
            Field(role="amount", label=said, form="integer", of=(of,), largest=parts, where=own),
        )  # fmt: skip
        for part, values in zip(parts, (sums.largest, second), strict=True):
            held = numbers(np.where(timed, values, np.nan))
            columns[part] = (held, Field(role="part", label="One incident's part"))
    return columns
