"""Borders of the areas in use: read once, drawn as a map, and which areas they part."""

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.columns import key, named
from peelian.placing.areas import Areas
from peelian.results import Field, ResultTable


def read_arcs(area_arcs: ir.Table, vintage: str) -> pa.Table:
    """Return the borders of one vintage."""
    rows = area_arcs.filter(area_arcs.vintage == vintage)
    return rows.select("arc", "left_code", "right_code", "line").to_pyarrow().sort_by("arc")


def pairs_that_touch(arcs: pa.Table, areas: Areas) -> np.ndarray:
    """Return the positions of areas that share a border: shape (pairs, 2)."""
    sides = np.stack([areas.places(arcs["left_code"]), areas.places(arcs["right_code"])], axis=1)
    inner = (sides >= 0).all(axis=1) & (sides[:, 0] != sides[:, 1])
    return np.unique(np.sort(sides[inner], axis=1), axis=0)


def outlines(arcs: pa.Table) -> ResultTable:
    """Return the borders as the table that a map is drawn from."""
    return ResultTable.of(
        "Borders of the areas, each held once",
        {
            "arc": (arcs["arc"], key("Arc", "integer")),
            "left_code": (arcs["left_code"], named("Area on the left")),
            "right_code": (arcs["right_code"], named("Area on the right")),
            "line": (arcs["line"], Field(role="geometry", label="Line")),
        },
        for_machine=True,
    )
