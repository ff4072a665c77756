"""The months that were looked at: those a load covers, and those it leaves out."""

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np

from peelian.errors import CannotAnswer
from peelian.statistics.months import names, run, whole


@dataclass(frozen=True)
class Months:
    """Months of one table that some load covers.

    Args:
        covered: The months, in order.
        missing: Months between them, or asked for, that nothing covers.
        uneven: Whether the sources cover different months.
    """

    covered: np.ndarray
    missing: np.ndarray
    uneven: bool

    @property
    def years(self) -> float:
        """Return how long the covered months are, in years."""
        return len(self.covered) / 12

    @property
    def words(self) -> str:
        """Return the first and last month, in words."""
        return names(self.covered)


def months_covered(
    coverage: ir.Table, table: str, period: tuple[date, date] | None, series: str = ""
) -> Months:
    """Return the months of a table that loads cover, and those asked for that they do not.

    Args:
        coverage: The canonical table.
        table: Which table's months.
        period: First and last day of the months asked for, if any were.
        series: Of counts, the series: the layout they were loaded by.

    Raises:
        CannotAnswer: None are.
    """
    mine = coverage.filter(coverage["table"] == table)
    rows = (
        (mine.filter(mine["layout"] == series) if series else mine)
        .select("source", "month")
        .distinct()
        .to_pyarrow()
    )
    if not rows.num_rows:
        raise CannotAnswer(
            f"No month of {table} is loaded in this period.",
            try_="load records of these months, or ask of another period",
            read="how-to/load-published-police-files",
        )
    held = np.asarray(rows["month"]).astype("datetime64[M]")
    sources = np.asarray(rows["source"], dtype=object)
    every = np.unique(held)
    uneven = any(len(np.unique(held[sources == s])) < len(every) for s in set(sources))
    asked = whole(*period) if period else every
    missing = np.setdiff1d(run(np.concatenate([every, asked])), every)
    return Months(every, missing, uneven)
