"""Raw rows staged once: faults found, routes chosen, values read, nothing loaded yet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from peelian.records.store.engines import DuckDB, Expr, named, quoted
from peelian.records.store.steps import Steps
from peelian.schema import TABLES


@dataclass(frozen=True, slots=True)
class Way:
    """One way that sound rows go: the table, the condition, and the columns they fill."""

    table: str
    when: Expr
    columns: dict[str, Expr]


class Staged:
    """Rows that were read once: the sound ones with their way and values, the others set aside.

    The view called `name` holds the sound rows: `_row` (their order), `_file` (which extract),
    `_way` (which way they go), `_key` (a hash of their key, or null), the values and the marks.

    Args:
        engine: The loader's DuckDB.
        name: The view's name.
        raw: The rows as they came.
        ways: The ways, in order.
        names: For each way, the column of the view that holds each of the table's columns.
        marks: The further columns.
    """

    def __init__(
        self,
        engine: DuckDB,
        name: str,
        raw: ir.Table,
        ways: Sequence[Way],
        names: Sequence[Mapping[str, str]],
        marks: Sequence[str],
    ) -> None:
        self.engine, self.name, self.ways, self.names = engine, name, tuple(ways), tuple(names)
        self.raw, self.marks = raw, tuple(marks)
        self.rejects: Expr = engine.ibis.table(raw.get_name() + "_lines")
        self.faults: Expr = engine.ibis.table(name + "_faults")

    def of(self, way: int) -> Expr:
        """Return the sound rows of one way: `_row`, `_file` and the table's columns by name."""
        rows = self.engine.ibis.table(self.name)
        rows = rows.filter(rows["_way"] == way)
        values = {ours: rows[staged] for ours, staged in self.names[way].items()}
        return rows.select("_row", "_file", *self.marks, **values)

    def counted(self, since: date) -> Iterator[dict[str, Any]]:
        """Count the sound rows in one pass: by month, and by area code before and after a day.

        Args:
            since: The day.

        Yields:
            `_file`, `_way`, `n`; by month, `month` and how many rows are `nowhere`, `zeroed`,
            `timed` and at `midnight`; by area, `area` and whether they are `new`: from `since` on.
            `by_area` says which of the two it is.
        """
        day, area = f"({self._across('local_date')})::DATE", self._across("area_code")
        counted = self.engine.run(
            f"""SELECT _file, _way, month, area, new, grouping(month) = 1 AS by_area, count(*) AS n,
            count(*) FILTER (place = 'none') AS nowhere, count(*) FILTER (_zeroed) AS zeroed,
            count(*) FILTER (known = 'instant') AS timed, count(*) FILTER (_midnight) AS midnights
            FROM (SELECT _file, _way, _zeroed, _midnight, {area} AS area,
                  date_trunc('month', {day})::DATE AS month,
                  coalesce({day} >= {quoted(since.isoformat())}::DATE, false) AS new,
                  {self._across("location_precision")} AS place,
                  {self._across("time_precision")} AS known FROM {named(self.name)})
            GROUP BY GROUPING SETS ((_file, _way, month), (_file, _way, new, area))"""
        )
        yield from counted.to_arrow_table().to_pylist()

    def _across(self, column: str) -> str:
        """Return SQL for a column of whatever table a row goes to, null where that has none."""
        names = [mine.get(column, "NULL") for mine in self.names]
        if len(set(names)) == 1:
            return names[0]
        whens = " ".join(f"WHEN {number} THEN {name}" for number, name in enumerate(names))
        return f"CASE _way {whens} END"

    def points(self, name: str) -> Expr | None:
        """Return the distinct `lon` and `lat` of all sound rows that have them; None if none do.

        Args:
            name: What to call the table made.
        """
        names = {(m["lon"], m["lat"]) for m in self.names if "lon" in m}
        found = [
            f"SELECT {lon} AS lon, {lat} AS lat FROM {named(self.name)}"
            for lon, lat in sorted(names)
        ]
        if not found:
            return None
        # The rows without a place go last: to look for them among all rows costs more.
        self.engine.run(
            f"CREATE TABLE {named(name)} AS SELECT DISTINCT * FROM ({' UNION ALL '.join(found)})"
        )
        points: Expr = self.engine.ibis.table(name)
        return points.filter(points["lon"].notnull())

    def only(self, rows: str, name: str) -> str:
        """Return a view of some sound rows with all their values, worked out for those alone.

        Args:
            rows: A table of `_row`.
            name: What to call the rows as they came.
        """
        raw = named(self.raw.get_name())
        self.engine.run(
            f"CREATE TABLE {named(name)} AS SELECT * FROM {raw} "
            f"WHERE _row IN (SELECT _row FROM {named(rows)})"
        )
        base = self.engine.ibis.table(name)
        return _chain(self.engine, self.raw, base, self.ways, None, {})[0].name

    def set_aside(self, exact: Sequence[bool], repeats: ir.Table | None = None) -> ir.Table:
        """Return the rows that cannot be loaded: where they stand, why not, and as they came.

        Args:
            exact: For each file, whether every record of it stands on one line, so that the line of
                a row follows from its order.
            repeats: Rows that say something else under a known key, from `set_repeats_aside`.

        Returns:
            Columns `_file`, `line` (null where it is not known), `reason`, `row`.
        """
        view, exactly = f"{self.name}_aside", "[" + ", ".join(map(str, exact)) + "]"
        bad = f"SELECT _file, _row, _fault, _text FROM {named(self.name + '_faults')}"
        if repeats is not None:
            said = named(repeats.get_name())
            bad += (
                f" UNION ALL SELECT _file, _row, reason, row FROM {said} WHERE reason IS NOT NULL"
            )
        raw = named(self.raw.get_name())
        self.engine.run(
            f"""CREATE OR REPLACE VIEW {named(view)} AS
            WITH lost AS (SELECT *, row_number() OVER (PARTITION BY _file ORDER BY line) AS nth
                          FROM {named(self.rejects.get_name())}),
            starts AS (SELECT _file, min(_row) AS start FROM {raw} GROUP BY 1),
            bad AS (SELECT b._file, _row - start + 1 AS nth, _fault, _text
                    FROM ({bad}) b JOIN starts ON b._file = starts._file)
            SELECT bad._file, CASE WHEN {exactly}[bad._file + 1]
                THEN bad.nth + 1 + coalesce(lost.nth, 0) END AS line, _fault AS reason, _text AS row
            FROM bad ASOF LEFT JOIN (SELECT _file, nth, line - 1 - nth AS before FROM lost) lost
                ON bad._file = lost._file AND bad.nth > lost.before
            UNION ALL
            SELECT _file, CASE WHEN {exactly}[_file + 1] THEN line END, reason, row FROM lost"""
        )
        return self.engine.ibis.table(view)


def stage(
    engine: DuckDB,
    raw: ir.Table,
    fault: Expr,
    ways: Sequence[Way],
    marks: Mapping[str, Expr],
) -> Staged:
    """Find the faults of raw rows, and name the values of the sound ones.

    What is asked more than once of a row (a number, and whether it is at fault) is worked out once:
    the rows pass through views, each naming what the next one uses. Nothing is written but the
    faults; values are worked out from the raw rows when they are asked for, which costs less than
    writing and reading them.

    Args:
        engine: The loader's DuckDB, in which `raw` was made by `read_raw`.
        raw: The rows as they came.
        fault: Why a row cannot be loaded, or null.
        ways: Where sound rows go; no two take the same row.
        marks: Further columns to name, beginning with an underscore.
    """
    name = raw.get_name() + "_staged"
    steps, names = _chain(engine, raw, raw, ways, fault, marks)
    sound = steps.name
    steps.take({"_fault": fault})
    fields = ", ".join(f"{named(c)} := {named(c)}" for c in raw.columns if c[0] != "_")
    engine.run(
        f"CREATE TABLE {named(name + '_faults')} AS SELECT _row, _file, _fault, "
        f"to_json(struct_pack({fields}))::VARCHAR AS _text "
        f"FROM {named(steps.name)} WHERE _fault IS NOT NULL"
    )
    kept = ", ".join(["_row", "_file", "_way", *_distinct(names), *marks])
    engine.run(
        f"CREATE VIEW {named(name)} AS SELECT {kept}, {_key(ways, names)} AS _key "
        f"FROM {named(sound)} ANTI JOIN {named(name + '_faults')} USING (_row)"
    )
    return Staged(engine, name, raw, ways, names, list(marks))


def _chain(
    engine: DuckDB,
    raw: ir.Table,
    base: ir.Table,
    ways: Sequence[Way],
    fault: Expr | None,
    marks: Mapping[str, Expr],
) -> tuple[Steps, list[dict[str, str]]]:
    """Name the way, values and marks of rows; return the last step and the values' names."""
    steps = Steps(engine, raw, base)
    others = [*marks.values()] + ([] if fault is None else [fault])
    names = _values(ways, steps, others)
    taken = [(way.when, ibis.literal(number)) for number, way in enumerate(ways)]
    way = ibis.cases(*taken, else_=ibis.null("int8")).cast("int8")
    steps.take({"_way": way, **marks})
    return steps, names


def _values(ways: Sequence[Way], steps: Steps, others: Sequence[Expr]) -> list[dict[str, str]]:
    """Work out the values of all ways, and return for each the names they have.

    What all ways have in common is read once. The rest is read of the rows of its way alone: a
    word looked for in another way's code list would be looked for to its end.
    """
    typed: list[dict[str, Expr]] = [
        {c: value.cast(TABLES[way.table][c].kind.ibis) for c, value in way.columns.items()}
        for way in ways
    ]
    steps.take({f"_when{n}": way.when for n, way in enumerate(ways)})
    values: dict[str, Expr] = {}
    alone: dict[str, Expr] = {}
    names: list[dict[str, str]] = []
    for way, mine in zip(ways, typed, strict=True):
        names.append({})
        for ours, value in mine.items():
            common = all(any(value.equals(v) for v in other.values()) for other in typed)
            one = value if common else ibis.ifelse(way.when, value, None)
            name = next((n for n, other in values.items() if other.equals(one)), f"v{len(values)}")
            names[-1][ours] = name
            values[name], alone[name] = one, value
    asked = [*(value for mine in typed for value in mine.values()), *others]
    steps.take_shared(asked, but=[v for name, v in alone.items() if v is not values[name]])
    steps.take(values, known_as=alone)
    return names


def _distinct(names: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for mine in names for name in mine.values()))


def _key(ways: Sequence[Way], names: Sequence[Mapping[str, str]]) -> str:
    """Return SQL for a hash of each row's key, null where any part of it is blank."""
    whens = []
    for number, (way, mine) in enumerate(zip(ways, names, strict=True)):
        if keyed(way):
            parts = [mine[part] for part in TABLES[way.table].key]
            # Spaces alone name nothing: rows with such a key are separate records.
            # '!' is the first sign after the space: a blank key, or one that begins so, is none.
            filled = " AND ".join(f"{part}::VARCHAR >= '!'" for part in parts)
            whens.append(f"WHEN _way = {number} AND {filled} THEN {key_hash(way.table, parts)}")
    return f"CASE {' '.join(whens)} END" if whens else "NULL::UBIGINT"


def keyed(way: Way) -> bool:
    """Say whether a way fills the whole key of its table, so that its records can be told apart."""
    key = TABLES[way.table].key
    return bool(key) and all(part in way.columns for part in key)


def key_hash(table: str, parts: Sequence[str]) -> str:
    """Return SQL for the hash of a key of a table, from columns or expressions that hold it."""
    return f"hash({', '.join([quoted(table), *parts])})"
