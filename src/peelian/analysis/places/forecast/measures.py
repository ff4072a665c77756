"""What is known of the area in which each event lies, for trees to learn from."""

from typing import Any

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.places.events import Events
from peelian.analysis.places.forecast.targets import PAGE
from peelian.errors import CannotAnswer, nearest


def measures_of(
    held: Events, measures: ir.Table, area_measures: ir.Table, names: tuple[str, ...]
) -> np.ndarray | None:
    """Return measures of the area of each event: shape (events, measures); None if none is named.

    Args:
        held: The events.
        measures: The canonical table.
        area_measures: The canonical table.
        names: The measures asked for.

    Raises:
        CannotAnswer: Records are not coded by areas, or a measure is not loaded for these.
    """
    if not names:
        return None
    vintages, many = np.unique(held.area_vintages[held.area_vintages != ""], return_counts=True)
    if not len(vintages):
        raise CannotAnswer(
            "Covariates need records that are coded by areas.",
            found=f"{len(held.x):,} events, none with an area",
            try_="load areas, or leave covariates out",
            read=PAGE,
        )
    vintage = str(vintages[np.argmax(many)])
    codes = np.where(held.area_vintages == vintage, held.area_codes, "").astype(str)
    loaded = measures.filter(measures["vintage"] == vintage).to_pyarrow()["measure"].to_pylist()
    return np.column_stack(
        [_values(area_measures, name, vintage, codes, sorted(loaded)) for name in names]
    )


def _values(
    area_measures: ir.Table, name: str, vintage: str, codes: np.ndarray, loaded: list[str]
) -> np.ndarray:
    if name not in loaded:
        raise CannotAnswer(
            f"No measure {name!r} is loaded for areas of {vintage}.",
            found=f"{len(loaded)} measures of {vintage}",
            try_=nearest(name, loaded) if loaded else "load one (--as measures)",
            read=PAGE,
        )
    of: Any = area_measures  # pyright cannot know a column's type, which ibis learns
    rows = of.filter(of.measure == name, of.vintage == vintage, of.value.notnull())
    read = rows.select("area_code", "value").to_pyarrow()
    value = dict(zip(read["area_code"].to_pylist(), read["value"].to_pylist(), strict=True))
    return np.array([value.get(code, np.nan) for code in codes], float)
