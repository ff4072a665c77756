"""The Delta tables of a store: their types, their files at a version, and how files are added."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
from deltalake import DeltaTable, PostCommitHookProperties
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from peelian.errors import StoreError
from peelian.records.store.pointer import PAGE, TABLES, Pointer
from peelian.schema import TABLES as SCHEMA
from peelian.schema import Kind

ARROW: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        Kind.TEXT: pa.string(),
        Kind.KEY: pa.string(),
        Kind.CODE: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.FLAG: pa.bool_(),
        Kind.INSTANT: pa.timestamp("us", tz="UTC"),
        Kind.DAY: pa.date32(),
        Kind.GEOMETRY: pa.binary(),
    }
)
# Old log entries are kept: a generation is found by its version, and only `erase` may forget one.
_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table, with the rows and bytes that the log says it has."""

    path: Path
    rows: int
    size: int


def arrow_schema(name: str) -> pa.Schema:
    """Return the columns of a canonical table, in its order and types."""
    return pa.schema([(column.name, ARROW[column.kind]) for column in SCHEMA[name].columns])


def files_of(store: Path, pointer: Pointer, name: str) -> tuple[DataFile, ...]:
    """Return the files of one table in a generation, in the order of their names.

    Raises:
        StoreError: The table's log lacks that version or cannot be read.
    """
    if name not in pointer.versions:
        return ()
    folder = store / TABLES / name
    try:
        table = DeltaTable(folder, version=pointer.versions[name])
        return _files(table, folder)
    except (DeltaError, OSError) as problem:
        raise StoreError(
            "The store is damaged.",
            found=f"the table {name} has no version {pointer.versions[name]} that can be read",
            try_="copy the store from a backup",
            read=PAGE,
        ) from problem


def _files(table: DeltaTable, folder: Path) -> tuple[DataFile, ...]:
    actions = pa.table(table.get_add_actions(flatten=True))
    if not actions.num_rows:
        return ()
    rows = actions.select(["path", "num_records", "size_bytes"]).to_pylist()
    return tuple(
        DataFile(folder / row["path"], row["num_records"], row["size_bytes"])
        for row in sorted(rows, key=lambda row: row["path"])
    )


def commit(
    store: Path, name: str, added: Sequence[DataFile], removed: Sequence[DataFile], at: int
) -> int:
    """Add and remove files of one table in one Delta commit, and return the version it made.

    Args:
        store: The store's folder.
        name: The table.
        added: Files that lie in the table's folder already.
        removed: Files of the table as it is.
        at: Milliseconds since 1970.
    """
    folder, schema = store / TABLES / name, arrow_schema(name)
    try:
        table = DeltaTable(folder)
    except TableNotFoundError:
        table = DeltaTable.create(folder, schema=schema)
    actions: list[AddAction | RemoveAction] = [
        RemoveAction(file.path.name, True, at, file.size) for file in removed
    ]
    actions += [
        AddAction(file.path.name, file.size, {}, at, True, json.dumps({"numRecords": file.rows}))
        for file in added
    ]
    table.create_write_transaction(
        actions, mode="append", schema=schema, post_commithook_properties=_HOOKS
    )
    table.update_incremental()
    return table.version()


def roll_back(store: Path, pointer: Pointer) -> list[str]:
    """Take back what a killed load left in the tables, and return the tables it had touched.

    A table whose log runs ahead of the pointer is restored to the pointer's version. Files carry
    the number of the generation they were written for: those of one that never came are removed.
    """
    touched = []
    for folder in sorted((store / TABLES).iterdir()):
        if folder.name not in pointer.versions:
            shutil.rmtree(folder)
            touched.append(folder.name)
            continue
        table, named = DeltaTable(folder), pointer.versions[folder.name]
        ahead = table.version() > named
        if ahead and _files(table, folder) != files_of(store, pointer, folder.name):
            table.restore(named)
        orphans = [f for f in folder.glob("*.parquet") if int(f.name[:6]) > pointer.generation]
        for file in orphans:
            file.unlink()
        if orphans:
            touched.append(folder.name)
    return touched
