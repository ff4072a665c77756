"""Rows that come again: a key that is known already, and identical rows without one."""

from collections.abc import Iterable, Mapping

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.records.store.engines import DuckDB, duckdb_type, named, quoted
from peelian.records.store.staging import Staged, key_hash, keyed
from peelian.schema import TABLES

# Where a record has a point, its area may have been found from it, so it tells nothing apart.
_FOUND_AT_LOAD = ("area_code", "area_vintage")
# How many hashes of keys are sorted at once: 256 MB of them.
_AT_ONCE = 32_000_000
_DERIVED = ("time_precision", "local_date", "local_hour", "local_weekday")


def set_repeats_aside(
    staged: Staged, held: Mapping[str, str], source: str, name: str
) -> ir.Table | None:
    """Return the staged rows whose key stands earlier, in the store or in the load; None if none.

    Identical rows are known duplicates. A row that says something else under a known key is set
    aside: which of the two is right is not ours to decide.

    Keys are met by a 64-bit hash first; only where hashes meet are the keys themselves compared.

    Args:
        staged: The rows.
        held: For each table that holds rows already, the name of a view of them.
        source: The source that both must have: other sources number their own records.
        name: What to call the table made.

    Returns:
        Columns `_row`, `_file`, `_way`, `month`, `reason` (null of a duplicate) and `row` (its
        values, as JSON).
    """
    engine = staged.engine
    tables = sorted({way.table for way in staged.ways if keyed(way)})
    if not tables:
        return None
    meeting = name + "_keys"
    _meet_among_staged(staged, meeting)
    for table in tables:
        if table in held:
            engine.run(
                f"INSERT INTO {named(meeting)} {_met_in_store(staged, table, held[table], source)}"
            )
    if not engine.run(f"SELECT count(*) FROM {named(meeting)}").fetchone()[0]:
        return None
    engine.run(
        f"CREATE TABLE {named(name + '_rows')} AS SELECT _row FROM {named(staged.name)} "
        f"WHERE _key IN (SELECT _key FROM {named(meeting)})"
    )
    rows = staged.only(name + "_rows", name + "_raw")
    judged = [_judged(staged, rows, t, held.get(t), source, meeting) for t in tables]
    engine.run(f"CREATE TABLE {named(name)} AS {' UNION ALL '.join(judged)}")
    return engine.ibis.table(name)


def _meet_among_staged(staged: Staged, name: str) -> None:
    """Make a table of the hashes of keys that stand more than once among the staged rows.

    Sorting bare numbers is several times quicker than grouping by them; and no more of them are
    held at once than fit beside the engine, whatever the files' size.
    """
    rows = staged.engine.ibis.table(staged.raw.get_name())
    parts = 1 + int(staged.engine.fetch(rows.count().as_table())[0][0].as_py()) // _AT_ONCE
    staged.engine.run(f"CREATE TABLE {named(name)} (_key UBIGINT)")
    for part in range(parts):
        mine = f"AND _key % {parts} = {part}" if parts > 1 else ""
        keys = staged.engine.run(
            f"SELECT _key FROM {named(staged.name)} WHERE _key IS NOT NULL {mine}"
        ).fetchnumpy()["_key"]
        keys = np.sort(np.asarray(keys))
        met = np.unique(keys[1:][keys[1:] == keys[:-1]])
        con = staged.engine.ibis.con
        con.register(name + "_met", pa.table({"_key": met}))
        con.execute(f"INSERT INTO {named(name)} SELECT _key FROM {named(name + '_met')}")
        con.unregister(name + "_met")


def _met_in_store(staged: Staged, table: str, view: str, source: str) -> str:
    held = key_hash(table, [named(part) for part in TABLES[table].key])
    return (
        f"SELECT DISTINCT _key FROM {named(staged.name)} WHERE _key IN "
        f"(SELECT {held} FROM {named(view)} WHERE source = {quoted(source)})"
    )


def _judged(
    staged: Staged, rows: str, table: str, view: str | None, source: str, meeting: str
) -> str:
    """Return SQL that compares the records of one table with a key in common, with the earliest.

    Args:
        staged: The rows.
        rows: A view of those whose key is met elsewhere.
        table: The canonical table.
        view: A view of the records that are held, if any are.
        source: The source that both must have.
        meeting: The table of hashes of keys that are met twice.
    """
    key = TABLES[table].key
    ways = [n for n, way in enumerate(staged.ways) if way.table == table and keyed(way)]
    said = _said(column for number in ways for column in staged.names[number])
    candidates = []
    for number in ways:
        mine = staged.names[number]
        values = [mine.get(c, f"NULL::{duckdb_type(TABLES[table][c].kind)}") for c in said]
        month = f"date_trunc('month', {mine['local_date']})" if "local_date" in mine else "NULL"
        fields = ", ".join(f"{named(ours)} := {staged}" for ours, staged in mine.items())
        candidates.append(
            f"SELECT _row, _file, _way, {month}::DATE AS month, "
            f"{_row([mine[part] for part in key])} AS k, {_row(values)} AS s, "
            f"to_json(struct_pack({fields}))::VARCHAR AS row "
            f"FROM {named(rows)} WHERE _way = {number}"
        )
    if view is not None:
        names = [named(part) for part in key]
        candidates.append(
            f"SELECT -1, -1, -1, NULL::DATE, {_row(names)}, {_row([named(c) for c in said])}, NULL "
            f"FROM {named(view)} WHERE source = {quoted(source)} AND "
            f"{key_hash(table, names)} IN (SELECT _key FROM {named(meeting)})"
        )
    reason = f"{', '.join(key)}: met before, in a row that says something else"
    return f"""SELECT _row, _file, _way, month, row,
            CASE WHEN s = first THEN NULL ELSE {quoted(reason)} END AS reason
        FROM (SELECT *, row_number() OVER earlier AS place, first_value(s) OVER earlier AS first
              FROM ({" UNION ALL ".join(candidates)})
              WINDOW earlier AS (PARTITION BY k ORDER BY _row))
        WHERE place > 1 AND _row >= 0"""


def _said(columns: Iterable[str]) -> list[str]:
    """Return the columns by which two records of one key are compared."""
    names = [name for name in dict.fromkeys(columns) if name not in _DERIVED]
    return [n for n in names if n not in _FOUND_AT_LOAD] if "lon" in names else names


def _row(columns: list[str]) -> str:
    fields = ", ".join(f"c{i} := {column}" for i, column in enumerate(columns))
    return f"md5(to_json(struct_pack({fields}))::VARCHAR)"


def flag_repeats(staged: Staged, way: int, name: str) -> ir.Table | None:
    """Return the rows of one way that are identical to an earlier row of their file; None if none.

    Such rows are kept: two people may be stopped, or two outcomes given, alike in all we are told.

    Args:
        staged: The rows.
        way: Which way.
        name: What to call the table made.

    Returns:
        A column `_row`.
    """
    engine: DuckDB = staged.engine
    mine = list(dict.fromkeys(staged.names[way].values()))
    rows = f"{named(staged.name)} WHERE _way = {way}"
    content = f"hash({', '.join(mine)})"
    engine.run(
        f"""CREATE TABLE {named(name)} AS
        WITH met AS (SELECT _file AS f, {content} AS h FROM {rows} GROUP BY ALL HAVING count(*) > 1)
        SELECT _row FROM (
            SELECT _row, row_number() OVER (PARTITION BY _file, k ORDER BY _row) AS place
            FROM (SELECT _row, _file, {_row(mine)} AS k FROM {named(staged.name)}
                  SEMI JOIN met ON _file = f AND {content} = h
                  WHERE _way = {way}))
        WHERE place > 1"""
    )
    if not engine.run(f"SELECT count(*) FROM {named(name)}").fetchone()[0]:
        return None
    return engine.ibis.table(name)
