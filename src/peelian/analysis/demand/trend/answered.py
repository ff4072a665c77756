"""What was asked of a trend and what was found, and how its tables write columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.trend.ahead import Ahead
from peelian.analysis.demand.trend.estimate import Found
from peelian.analysis.demand.trend.series import Series
from peelian.analysis.demand.trend.unusual import Unusual
from peelian.columns import counted, figure, key, named
from peelian.results import Field
from peelian.statistics.count_trend import Estimate


@dataclass(frozen=True)
class Answered:
    """What was asked and all that was found, for the tables and the sentences."""

    series: Series
    found: Found
    unusual: Unusual
    ahead: Ahead
    breaks: tuple[str, ...]
    holidays: str
    ratio: float
    run_years: float
    alpha: float

    @property
    def single(self) -> dict[str, str] | None:
        """Say what is fixed of the records counted, where those are every record that fits."""
        s = self.series
        if s.definition is not None or len(s.categories) > 1 or s.by != "month":
            return None
        fixed = {"records": s.kind} | ({"series": s.series} if s.series else {})
        return fixed | ({"category": s.categories[0]} if s.categories else {})


N = counted("Number")


def flags(values: np.ndarray) -> pa.Array:
    """Return a column of yes and no."""
    return pa.array([bool(v) for v in values], pa.bool_())


def percent(value: float) -> float:
    """Return a change on the log scale as a share."""
    return float(np.expm1(value))


def three(estimates: Sequence[Estimate | None]) -> dict[str, list[float | None]]:
    """Return values and their intervals on the log scale as shares."""
    return {
        part: [None if e is None else percent(getattr(e, part)) for e in estimates]
        for part in ("value", "low", "high")
    }


def step_field(by: str) -> tuple[str, Field]:
    """Return the key column of steps: its name and what it is."""
    if by == "month":
        return "month", key("Month", "month")
    return "from", key("Week from" if by == "week" else "Day", "date")


def status(series: Series) -> list[str]:
    """Return in words whether each step is recorded, missing, partly covered or left out."""
    return [
        "left out" if left_out else "missing" if not held else "partly" if partly else "recorded"
        for held, partly, left_out in zip(series.held, series.partly, series.left_out, strict=True)
    ]


STATUS = named(
    "Status",
    note="missing: no load covers it, or not all of its days; partly: some sources cover it and "
    "others do not; left out: said to be incomplete.",
)


MARK = figure(
    "Unusual",
    "yes_no",
    of=("n",),
    note="Above Farrington's limit, in a stretch that a CUSUM calls a lasting rise or fall, or so "
    "far below what is around it that its records may not all be there.",
)
