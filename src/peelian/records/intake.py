"""Records through a mapping into the store: staged, counted, matched, placed, written."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ibis
import pyarrow as pa

from peelian.errors import InputError
from peelian.records.check import misread, refusal
from peelian.records.derive import at_midnight, local_clock, local_time
from peelian.records.gridded import in_degrees
from peelian.records.layouts.supplier import column_of_supplier
from peelian.records.map import Context, bind, spellings
from peelian.records.map import Mapping as Layout
from peelian.records.map.functions import Expr
from peelian.records.map.language import GRID, fold_name
from peelian.records.placing import (
    NEW_AREAS,
    AreaCodes,
    area_columns,
    decide_vintages,
    find_places,
    of_new_areas,
)
from peelian.records.store.staging import Way
from peelian.records.store.transaction import Transaction
from peelian.records.tally import FileTally
from peelian.schema import TABLES

_PAGE = "how-to/load-records"
_A_SUPPLIER = 0.01  # of a file's rows, beneath which another supplier's name is a slip
_PILE_UP = 0.05


class Intake:
    """Files of one layout and one header, from their rows as they came to records in the store.

    Args:
        t: The load's transaction.
        layout: The mapping.
        files: The extracts: of one header, form and delimiter.
        source: Who supplied them.
    """

    def __init__(
        self, t: Transaction, layout: Layout, files: Sequence[FileTally], source: str
    ) -> None:
        self.t, self.layout, self.files, self.source = t, layout, tuple(files), source
        self.repeats: Expr | None = None
        self._written: Counter[str] = Counter()
        self._codes: AreaCodes = {}

    def stage(self) -> None:
        """Read the rows once, and hold every row of every file to account.

        Raises:
            InputError: The engine saw other rows than were counted, or most rows of a file are
                at fault.
        """
        extracts = [file.extract for file in self.files]
        wanted = dict.fromkeys(spellings(self.layout, extracts[0].header).values())
        supplier = column_of_supplier(extracts[0].header, self.layout)
        raw = self.t.raw(extracts, list(wanted | dict.fromkeys(supplier)))
        for name in supplier:
            self._refuse_mixed(raw, name)
        if self.layout.crs:
            raw = in_degrees(self.t, self.layout, raw)
        bound = bind(self.layout, raw, Context(self.t.store.timezone, self.t.store.codes))
        self.zone = bound.timezone
        ways = [Way(r.table, r.when, dict(r.columns)) for r in bound.routes]
        marks = {"_zeroed": self._zeroed(raw, ways), "_midnight": self._timed(ways)}
        self.staged = self.t.stage(raw, bound.fault, ways, marks)
        self._account()
        self._months()

    def _refuse_mixed(self, raw: Expr, column: str) -> None:
        """Refuse a file whose rows come from several suppliers: its months are nobody's.

        A few odd words are left to the row checks; a supplier has more than a few rows.

        Raises:
            InputError: A second supplier has rows in a file.
        """
        named = raw.filter((raw[column] != "").fill_null(False))
        counted = named.group_by("_file", supplier=named[column].strip()).aggregate(n=named.count())
        theirs: dict[int, dict[str, int]] = {}
        for row in self.t.rows(counted):
            theirs.setdefault(row["_file"], {})[row["supplier"]] = row["n"]
        for number, said in theirs.items():
            file = self.files[number].extract
            least = max(2, file.rows * _A_SUPPLIER)
            several = sorted(name for name, n in said.items() if n >= least)
            if len(several) > 1 and self.source in several:
                raise InputError(
                    f"{file.name} holds the records of {len(several)} suppliers.",
                    found=f"{len(several)} different words in {column}",
                    try_="split it, a supplier a file; or name one --source for all of it",
                    read=_PAGE,
                )

    def _timed(self, ways: Sequence[Way]) -> Expr:
        """Give the ways of timed tables their local dates; return whether a row's is midnight."""
        branches = []
        for way in ways:
            wall = local_clock(way.table, way.columns, self.zone)
            if wall is not None:
                known = way.columns["time_precision"]
                way.columns.update(local_time(wall, known))
                branches.append((way.when, at_midnight(wall, known)))
        return ibis.cases(*branches, else_=False) if branches else ibis.literal(False)

    def _zeroed(self, raw: Expr, ways: Sequence[Way]) -> Expr:
        """Return whether a row gives coordinates that are no place: 0, 0, or out of bounds."""
        spelled = spellings(self.layout, raw.columns)
        branches = []
        for way, rule in zip(ways, self.layout.routes, strict=True):
            told = [
                _says(raw[spelled[fold_name(column)]], {"", *self.layout.null, *reading.null})
                for reading in rule.readings
                if reading.name in ("lon", "lat", *GRID)
                for column in reading.columns[:1]
                if fold_name(column) in spelled
            ]
            if len(told) == 2:
                lost = ibis.ifelse(way.columns["lon"].isnull(), told[0] & told[1], False)
                branches.append((way.when, lost))
        if not branches:
            return ibis.literal(False)
        return ibis.cases(*branches, else_=False)

    def _account(self) -> None:
        """Count what was read of each file, and what of it is at fault.

        The engine's count and the independent one must be the same: if they are not, rows were
        lost or made up in reading, and nothing may be loaded.
        """
        seen = Counter[int]()
        for row in self._counted(self.staged.raw):
            seen[row["_file"]] += row["n"]
        for row in self._counted(self.staged.rejects):
            seen[row["_file"]] += row["n"]
            self.files[row["_file"]].quarantined += row["n"]
        for row in self._counted(self.staged.faults):
            self.files[row["_file"]].quarantined += row["n"]
        for number, file in enumerate(self.files):
            if seen[number] != file.extract.rows:
                raise InputError(
                    f"{file.extract.name} was not read whole, so nothing was loaded.",
                    found=f"{seen[number]:,} rows read; the file has {file.extract.rows:,}",
                    try_="look for quotes that open and do not close, or save it anew as CSV UTF-8",
                    read=_PAGE,
                )
            if misread(file.extract.rows, file.quarantined):
                self._refuse(number)

    def _refuse(self, number: int) -> None:
        faults = self.staged.set_aside([False] * len(self.files))
        mine = faults.filter(faults["_file"] == number)
        counted = mine.group_by("reason").aggregate(n=mine.count())
        reasons = {row["reason"]: row["n"] for row in self.t.rows(counted)}
        file = self.files[number].extract
        raise refusal(file.name, self.layout.layout, file.rows, reasons)

    def _months(self) -> None:
        """Count the sound rows of each file by table, month and area, and what is odd of them."""
        for row in self.staged.counted(NEW_AREAS):
            way = self.staged.ways[row["_way"]]
            if not row["by_area"]:
                self._count(self.files[row["_file"]], way.table, row)
            elif row["area"] is not None and "area_vintage" not in way.columns:
                codes = self._codes.setdefault((row["_file"], row["new"]), Counter())
                codes[row["area"]] += row["n"]
        for file in self.files:
            if file.midnights > _PILE_UP * file.timed:
                file.note(_MIDNIGHTS, file.midnights)

    def _count(self, file: FileTally, table: str, row: Mapping[str, Any]) -> None:
        file.tables[table] += row["n"]
        if row["month"] is not None:
            file.months[table, row["month"]] += row["n"]
        elif TABLES[table].timed:
            file.note(_UNDATED, file.notes.get(_UNDATED, 0) + row["n"])
        file.note(_NOWHERE, file.notes.get(_NOWHERE, 0) + row["nowhere"])
        file.note(_ZEROED, file.notes.get(_ZEROED, 0) + row["zeroed"])
        file.timed += row["timed"]
        file.midnights += row["midnights"]

    def _counted(self, rows: Expr) -> Iterator[dict[str, Any]]:
        return self.t.rows(rows.group_by("_file").aggregate(n=rows.count()))

    def match(self) -> None:
        """Find the rows the store, or this load, knows already."""
        self.repeats = self.t.set_repeats_aside(self.staged, self.source)
        if self.repeats is None:
            return
        aside = self.repeats
        known = aside["reason"].isnull().cast("int64").sum()
        counted = aside.group_by("_file", "_way", "month").aggregate(n=aside.count(), known=known)
        for row in self.t.rows(counted):
            file, table = self.files[row["_file"]], self.staged.ways[row["_way"]].table
            file.duplicates += row["known"]
            file.quarantined += row["n"] - row["known"]
            file.tables[table] -= row["n"]
            if row["month"] is not None:
                file.months[table, row["month"]] -= row["n"]

    def write(self) -> None:
        """Write the records, what was set aside, and which months are covered."""
        with ThreadPoolExecutor(max_workers=1) as beside:  # reading files while the engine works
            exact = beside.map(_one_line_each, self.files)
            decide_vintages(self.t, self._codes, self.files, self.layout.layout)
            places = find_places(self.t, self.staged)
            for number in range(len(self.staged.ways)):
                self._write_way(number, places)
            self._set_aside(exact)
        self.t.coverage(self._coverage())

    def _write_way(self, number: int, places: Expr | None) -> None:
        way, rows = self.staged.ways[number], self.staged.of(number)
        table = TABLES[way.table]
        if self.repeats is not None:
            rows = rows.anti_join(self.repeats, "_row")
        more: dict[str, Expr] = {}
        if "repeats_row" in table:
            rows = self._flagged(number, rows)
        old, new = self._vintages(False), self._vintages(True)
        vintage = _of_file(new, rows)
        if old != new:
            vintage = ibis.ifelse(of_new_areas(rows), vintage, _of_file(old, rows))
        load_ids = [file.load_id for file in self.files]
        rows = rows.mutate(load_id=_of_file(load_ids, rows), file_vintage=vintage)
        if "lon" in way.columns and places is not None:
            rows = rows.left_join(places, ["lon", "lat"])
            more |= {"x": rows["x"], "y": rows["y"]} | area_columns(rows, way)
        elif "area_code" in way.columns and "area_vintage" not in way.columns:
            more["area_vintage"] = ibis.ifelse(rows["area_code"].notnull(), rows.file_vintage, None)
        if "repeats_row" in table:
            more["repeats_row"] = rows["repeats_row"]
        columns = {name: rows[name] for name in way.columns} | more
        written = self.t.add(
            way.table, rows.select(**columns, source=ibis.literal(self.source), load_id="load_id")
        )
        self._check_written(number, written)

    def _vintages(self, late: bool) -> list[str | None]:
        """Return each file's vintage; one without area codes may as well have the others'."""
        found = [file.vintages.get(late) for file in self.files]
        several = set(found) - {None}
        return found if len(several) != 1 else [*several] * len(found)

    def _flagged(self, number: int, rows: Expr) -> Expr:
        again = self.t.flag_repeats(self.staged, number)
        if again is None:
            return rows.mutate(repeats_row=ibis.literal(False))
        rows = rows.left_join(again.mutate(_again=ibis.literal(True)), "_row")
        return rows.mutate(repeats_row=rows["_again"].fill_null(False))

    def _check_written(self, number: int, written: int) -> None:
        table = self.staged.ways[number].table
        self._written[table] += written
        last = all(way.table != table for way in self.staged.ways[number + 1 :])
        told = sum(file.tables[table] for file in self.files)
        if last and self._written[table] != told:
            raise InputError(
                "Rows were lost on the way into the store, so nothing was loaded.",
                found=f"{self._written[table]:,} of {told:,} rows for {table}",
                try_="report this as a fault of peelian",
                read=_PAGE,
            )

    def _set_aside(self, exact: Iterator[bool]) -> None:
        if not any(file.quarantined for file in self.files):
            return
        ids = self.t.lookup(
            pa.table(
                {
                    "_file": pa.array(range(len(self.files)), pa.int32()),
                    "load_id": pa.array([file.load_id for file in self.files], pa.string()),
                }
            )
        )
        rows = self.staged.set_aside(list(exact), self.repeats).inner_join(ids, "_file")
        self.t.quarantine(rows.select("load_id", "line", "reason", "row"))

    def _coverage(self) -> pa.Table:
        rows = [
            {
                "source": self.source,
                "layout": self.layout.layout,
                "table": table,
                "month": month,
                "load_id": file.load_id,
                "n": n,
            }
            for file in self.files
            for (table, month), n in sorted(file.months.items())
            if n
        ]
        return pa.Table.from_pylist(rows, schema=_COVERAGE)


_COVERAGE = pa.schema(
    [
        ("source", pa.string()),
        ("layout", pa.string()),
        ("table", pa.string()),
        ("month", pa.date32()),
        ("load_id", pa.string()),
        ("n", pa.int64()),
    ]
)
_NOWHERE = "rows have no place"
_ZEROED = "rows have coordinates that are no place (0, 0, or out of bounds)"
_UNDATED = "rows have no date"
_MIDNIGHTS = "times are exactly midnight: some may be unknown times"


def _says(column: Expr, nothing: set[str]) -> Expr:
    return column.notnull() & ~column.strip().isin(sorted(nothing))


def _of_file(values: Sequence[str | None], rows: Expr) -> Expr:
    """Return what is so of the file each row is in."""
    words = [word or None for word in values]
    if len(set(words)) == 1:
        return ibis.literal(words[0], "string")
    of_files: Expr = ibis.literal(words, "array<string>")
    return of_files[rows["_file"]]


def _one_line_each(file: FileTally) -> bool:
    """Say whether every record of a CSV stands on one line, so that a row's line is known.

    Only of a file with rows to set aside is it asked.
    """
    if not file.quarantined or file.extract.form != "csv":
        return False
    if file.extract.lines is not None:
        return file.extract.lines == file.extract.rows + 1
    lines, last = 0, b"\n"
    with file.extract.path.open("rb") as text:
        while piece := text.read(1 << 22):
            lines += piece.count(b"\n")
            last = piece[-1:]
    return lines + (last != b"\n") == file.extract.rows + 1
