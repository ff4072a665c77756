"""What the tables of shares are built of: figures, and counts with the hours that rest on them."""

from collections.abc import Mapping

import numpy as np

from peelian.analysis.demand.share.measured import Sums
from peelian.columns import Columns, counted, numbers, whole
from peelian.results import Field

INTERVAL = (
    "Where the share of the process lies in 95 of 100 such periods: runs of days, and callers, as "
    "if drawn again."
)
REST = ("n", "of_n")
_N = "Incidents, or contacts; of hours, incidents whose minutes are known."


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
            counted("Marked", where=fixed, note=_N),
        ),
        "of_n": (
            whole(all_.n),
            counted("Of", where=beside, note=_N),
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
