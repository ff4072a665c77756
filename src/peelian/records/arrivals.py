"""What a file of areas or measures brings: rows for tables, rows set aside, what was noticed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from peelian.records.store.tables import ARROW
from peelian.schema import TABLES

_QUARANTINE = pa.schema([("line", pa.int64()), ("reason", pa.string()), ("row", pa.string())])


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What one file brought, before the store puts `source` and `load_id` on it.

    Always read = loaded + quarantined + duplicates.

    Args:
        tables: Rows for canonical tables, by the table's name: its columns less source and load_id.
        read: Rows (or outlines) in the file.
        quarantined: The rows set aside: line (where known), reason, the row as it came in JSON.
        layout: What the file was recognised as.
        notes: What was noticed, counted or named; no values of records.
        rows_of: Of measures, how many sound rows of the file each area has.
        duplicates: Sound rows that said nothing the store did not hold; see `measures_held`.
    """

    tables: Mapping[str, pa.Table]
    read: int
    quarantined: pa.Table
    layout: str
    notes: Mapping[str, object] = field(default_factory=dict)
    rows_of: Mapping[str, int] = field(default_factory=dict)
    duplicates: int = 0

    def __getitem__(self, table: str) -> pa.Table:
        return self.tables[table]

    @property
    def loaded(self) -> int:
        """Return how many rows of the file became records."""
        return self.read - self.quarantined.num_rows - self.duplicates


def table_of(name: str, columns: Mapping[str, object]) -> pa.Table:
    """Return rows of a canonical table in its own order and types, less `source` and `load_id`."""
    meant = [c for c in TABLES[name].columns if c.name not in ("source", "load_id")]
    return pa.table(
        [_typed(columns[c.name], ARROW[c.kind]) for c in meant],
        schema=pa.schema([(c.name, ARROW[c.kind]) for c in meant]),
    )


def _typed(values: Any, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    return pa.array(values, kind, from_pandas=True)


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row that cannot be loaded, and why."""

    line: int | None
    reason: str
    row: Mapping[str, object]


def quarantine_of(rows: list[SetAside]) -> pa.Table:
    """Return the rows set aside as a table: line, reason, row."""
    return pa.table(
        [
            pa.array([row.line for row in rows], pa.int64()),
            pa.array([row.reason for row in rows], pa.string()),
            pa.array([_as_json(row.row) for row in rows], pa.string()),
        ],
        schema=_QUARANTINE,
    )


def _as_json(row: Mapping[str, object]) -> str:
    text = json.dumps(row, default=str, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode("utf-8")  # bytes that are no text become "?"
