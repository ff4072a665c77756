"""Canonical tables held in memory, from whole columns: for questions asked many times over."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from peelian.schema import TABLES


def held(name: str, rows: int = 0, columns: Mapping[str, Sequence[Any]] | None = None) -> ir.Table:
    """Return a canonical table of so many rows; columns that are not given are null."""
    given = dict(columns or {})
    kinds = {column.name: column.kind.ibis for column in TABLES[name].columns}
    unknown = set(given) - set(kinds)
    assert not unknown, f"{name} has no {unknown}"
    schema = ibis.schema(kinds).to_pyarrow()
    data = {
        column: pa.array(given[column]).cast(schema.field(column).type)
        if column in given
        else pa.nulls(rows, schema.field(column).type)
        for column in kinds
    }
    return ibis.memtable(pa.table(data, schema=schema))
