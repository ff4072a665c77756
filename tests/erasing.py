"""A small store of hand-made canonical rows, for tests of erasing: who follows whom is in sight."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from peelian.records.store import Load, Store
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction

Rows = dict[str, list[dict[str, Any]]]


def make(path: Path, rows: Rows, care: dict[str, str] | None = None) -> Path:
    """Make a store of these rows; a row's `load_id` is its source, `/`, and a number."""
    Store.create(path).close()
    with Transaction(path) as t:
        for table, given in rows.items():
            whole = [{"source": str(r["load_id"]).split("/")[0], **r} for r in given]
            if table == "quarantine":
                whole = given
            t.add(table, pa.Table.from_pylist(whole, schema=arrow_schema(table)))
        loads = sorted({str(r["load_id"]) for given in rows.values() for r in given})
        for name in loads:
            t.ledger(_load(name, rows, (care or {}).get(name, "internal")))
            t.coverage(pa.Table.from_pylist(_covered(name, rows), schema=arrow_schema("coverage")))
        t.commit()
    return path


def _load(name: str, rows: Rows, care: str) -> Load:
    tables = {t: sum(r["load_id"] == name for r in given) for t, given in rows.items()}
    aside = tables.pop("quarantine", 0)
    loaded = sum(tables.values())
    months = sorted(row["month"] for row in _covered(name, rows))
    return Load(
        load_id=name, source=name.partition("/")[0], file=f"{name[-1]}.csv", sha256="0" * 64,
        layout="hand-made", sensitivity=care, read=loaded + aside, loaded=loaded, quarantined=aside,
        duplicates=0, tables={t: n for t, n in tables.items() if n},
        first_month=months[0] if months else None, last_month=months[-1] if months else None,
        notes={}, loaded_at=None, peelian="test",
    )  # fmt: skip


def _covered(name: str, rows: Rows) -> list[dict[str, Any]]:
    counts: dict[tuple[str, date], int] = {}
    for table, given in rows.items():
        for row in given:
            day = row.get("local_date") or row.get("period_start")
            if row["load_id"] == name and day:
                month = day.replace(day=1)
                counts[table, month] = counts.get((table, month), 0) + 1
    source = name.partition("/")[0]
    return [
        {"source": source, "layout": "hand-made", "table": table, "month": month,
         "load_id": name, "n": n}
        for (table, month), n in counts.items()
    ]  # fmt: skip


def held(store: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows that the store shows, in order."""
    with Store.open(store) as opened:
        opened.verify()
        rows = opened.table(table).select(*columns).to_pyarrow().to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=repr)


def files_with(folder: Path, word: str) -> list[str]:
    """Return the files below a folder that hold a word: in their bytes, or in a Parquet cell."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        inside = word.encode() in path.read_bytes()
        if path.suffix == ".parquet" and not inside:
            inside = any(word in cell for cell in _cells(pq.ParquetFile(path).read()))
        if inside:
            found.append(path.relative_to(folder).as_posix())
    return found


def _cells(table: pa.Table) -> Iterable[str]:
    return (str(value) for column in table.columns for value in column.to_pylist())
