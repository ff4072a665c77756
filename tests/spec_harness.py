"""Little tables drawn in text: what goes in, what comes out, on any engine.

Tables are parted by blank lines. A table begins with its name on a line of its own (unless there
is only one, which is then the records the question is about) and a header with `|` between columns.
`times` is no column: it repeats its row. Columns that are not drawn are empty. An expected table
may leave columns and tables out; what it draws must be there, in that order and no other rows.
"""

import inspect
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from peelian.records.store.engines import Engine
from peelian.results import Result, ResultTable
from peelian.schema import TABLES, Kind

_EMPTY = {"", "-"}


def drawn(text: str, default: str = "") -> dict[str, list[dict[str, str]]]:
    """Return the tables of a drawing: their rows as words, by column."""
    tables: dict[str, list[dict[str, str]]] = {}
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        name = default if "|" in lines[0] else lines.pop(0).strip().rstrip(":")
        header, *rows = [[word.strip() for word in line.split("|")] for line in lines]
        assert name, f"a table without a name, beginning {header}"
        assert all(len(row) == len(header) for row in rows), f"{name}: rows unlike {header}"
        tables[name] = [dict(zip(header, row, strict=True)) for row in rows]
    return tables


_READ: dict[Kind, Callable[[str], Any]] = {
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.FLAG: lambda word: word == "true",
    Kind.DAY: lambda word: date.fromisoformat(word if len(word) > 7 else f"{word}-01"),
    Kind.INSTANT: lambda word: datetime.fromisoformat(word).replace(tzinfo=UTC),
    Kind.GEOMETRY: str.encode,
}


def arrow(name: str, rows: list[dict[str, str]]) -> pa.Table:
    """Return a canonical table with these rows; columns that are not drawn are null."""
    columns = TABLES[name].columns
    unknown = {key for row in rows for key in row} - {c.name for c in columns} - {"times"}
    assert not unknown, f"{name} has no {unknown}"
    full = [row for row in rows for _ in range(int(row.get("times", "1")))]
    schema = ibis.schema({c.name: c.kind.ibis for c in columns}).to_pyarrow()
    data = {
        c.name: [
            None if row.get(c.name, "") in _EMPTY else _READ.get(c.kind, str)(row[c.name])
            for row in full
        ]
        for c in columns
    }
    return pa.table(data, schema=schema)


def ask(
    question: Callable[..., Result], tables: dict[str, pa.Table], engine: Engine, folder: Path
) -> Result:
    """Ask a question of tables that lie on an engine; those it takes and has not are empty."""
    taken = [
        p.name
        for p in inspect.signature(question).parameters.values()
        if p.kind is not p.KEYWORD_ONLY
    ]
    unread = set(tables) - set(taken)
    assert not unread, f"the question takes no {unread}"
    return question(*(put(engine, name, tables.get(name), folder) for name in taken))


def put(engine: Engine, name: str, table: pa.Table | None, folder: Path) -> ir.Table:
    """Put a table on an engine as a store would: from Parquet, by the schema."""
    if table is None:
        return engine.table(name, [])
    # Never a name twice: engines remember what a file held.
    file = folder / f"{name}-{uuid4().hex}.parquet"
    pq.write_table(table, file)
    return engine.table(name, [file])


def compare(result: Result, expected: str, default: str = "") -> None:
    """Fail where a drawn table differs from what came out."""
    for name, rows in drawn(expected, default).items():
        table = result.tables[name]
        unknown = set(rows[0]) - set(table.fields) if rows else set()
        assert not unknown, f"{name} has no {unknown}, but {list(table.fields)}"
        found = [{key: _written(table, i, key, rows) for key in rows[0]} for i in _rows(table)]
        assert found == rows, f"{name}:\n" + "\n".join(" | ".join(r.values()) for r in found)


def _rows(table: ResultTable) -> range:
    return range(table.data.num_rows)


def _written(table: ResultTable, row: int, column: str, expected: list[dict[str, str]]) -> str:
    """Write a cell as exactly as the drawing does: numbers to as many places as are drawn."""
    value = table.data.column(column)[row].as_py()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "-"
    if isinstance(value, float):
        drawn_as = expected[row][column] if row < len(expected) else "0"
        places = len(drawn_as.partition(".")[2])
        return f"{value:.{places}f}"
    return str(value)
