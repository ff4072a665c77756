"""Files of counts into the store: each row of a file accounted for, each cell of it a count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from peelian import __version__
from peelian.errors import AlreadyLoaded, InputError, MappingError
from peelian.records.check import misread, refusal
from peelian.records.counted.language import PAGE, CountsMap, Long
from peelian.records.counted.reading import Cells, as_json, read_cells
from peelian.records.editions import is_held, recount
from peelian.records.map.functions import Expr
from peelian.records.read import Extract, find
from peelian.records.store import Load
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.records.tally import FileReport, LoadReport, Wanted, in_words, load_id
from peelian.records.vintages import vintage_of
from peelian.schema import Sensitivity

_THIN = "months hold less than a fifth of the fullest: they may not be whole"
_MOST_COLUMNS = 200  # of a long file: a column that nothing reads may tell its sheets apart
_COVERAGE = arrow_schema("coverage")


@dataclass(frozen=True, slots=True)
class _File:
    """One file that is read, with the name its load has in the ledger."""

    extract: Extract
    load_id: str
    columns: Mapping[str, str]


def load_counts(
    t: Transaction, paths: Sequence[Path], mapping: Path | None, wanted: Wanted
) -> LoadReport:
    """Read files of counts into the store.

    A row of a file is a row read, whether it holds one number or a number for each month; what it
    becomes are its counts. So of each file read = loaded + quarantined + duplicates, in rows of the
    file, and the ledger's `tables` says how many counts the loaded rows became.

    Args:
        t: The load's transaction.
        paths: Files, folders or archives.
        mapping: What their columns mean.
        wanted: What else was asked for.

    Raises:
        MappingError: No mapping is given, or it does not fit.
        InputError: A file cannot be read as it says.
        AlreadyLoaded: The store holds counts of the same series and months.
    """
    if mapping is None:
        raise MappingError(
            "Files of counts need a mapping.", found="no --map", try_="--map FILE.toml", read=PAGE
        )
    layout = CountsMap.read(mapping)
    found = find(paths, workdir=t.work / "read", tell=wanted.tell)
    source = wanted.source or layout.source
    if not source or not found.extracts:
        raise InputError(
            "None of these files holds a table."
            if source
            else "Nobody is named as the source of these files.",
            found="; ".join(f"{name}: {why}" for name, why in found.not_read[:5]) or layout.layout,
            try_="check the files" if source else '--source "the force or partner they come from"',
            read=PAGE,
        )
    reports, seen = [], set()
    for done, extract in enumerate(found.extracts):
        wanted.tell(f"reading {extract.name}", done, len(found.extracts))
        name = load_id(extract.sha256, layout.sha256, source)
        columns = layout.found_in(extract.name, extract.header)
        if name in seen or is_held(t.known(name), replace=wanted.replace):
            reports.append(_held(extract, layout))
            continue
        seen.add(name)
        load = _load(t, _File(extract, name, columns), layout, source, wanted, seen)
        t.ledger(load)
        reports.append(_report(load))
    generation = t.commit() if any(r.duplicates != r.read for r in reports) else t.current
    wanted.tell("done", len(reports), len(reports))
    return LoadReport(
        files=tuple(reports), not_read=found.not_read, generation=generation.fingerprint
    )


def _load(
    t: Transaction, file: _File, layout: CountsMap, source: str, wanted: Wanted, mine: set[str]
) -> Load:
    extract = file.extract
    rows, lost = _rows(t, file, layout)
    cells = read_cells(rows, layout, file.columns)
    faulty = np.flatnonzero((cells.faults != "") & ~cells.again)
    reasons = _counted([*cells.faults[faulty], *lost["reason"].to_pylist()])
    quarantined = len(faulty) + lost.num_rows
    left_out = int(np.char.startswith(cells.faults[faulty].astype(str), "left out").sum())
    if misread(extract.rows, quarantined - left_out):
        raise refusal(extract.name, layout.layout, extract.rows, reasons)
    _settle_overlap(t, layout, source, cells, mine, drop=wanted.replace)
    vintage = layout.vintage or _vintage(t, cells)
    written = t.add(
        "counts",
        t.lookup_batches(
            _batches(cells, layout.layout, vintage, source, file.load_id), _counts_schema()
        ),
    )
    if written != len(cells.n):
        raise InputError(
            "Counts were lost on the way into the store, so nothing was loaded.",
            found=f"{written:,} of {len(cells.n):,} counts",
            try_="report this as a fault of peelian",
            read=PAGE,
        )
    _quarantine(t, file, rows, cells, faulty, lost)
    t.coverage(_coverage(cells, layout.layout, source, file.load_id))
    months = cells.months.astype("datetime64[D]").astype(object).tolist()
    care = wanted.sensitivity if wanted.sensitivity is not None else layout.sensitivity
    return Load(
        load_id=file.load_id,
        source=source,
        file=extract.name,
        sha256=extract.sha256,
        layout=layout.layout,
        sensitivity=(Sensitivity.INTERNAL if care is None else care).name.lower(),
        read=extract.rows,
        loaded=extract.rows - quarantined - int(cells.again.sum()),
        quarantined=quarantined,
        duplicates=int(cells.again.sum()),
        tables={"counts": written} if written else {},
        first_month=min(months, default=None),
        last_month=max(months, default=None),
        notes=_notes(cells, layout, vintage) | dict.fromkeys(extract.notes, True),
        loaded_at=None,
        peelian=__version__,
    )


def _rows(t: Transaction, file: _File, layout: CountsMap) -> tuple[pa.Table, pa.Table]:
    """Return the rows of a file, and the lines of it that are no rows.

    Raises:
        InputError: The engine saw other rows than were counted.
    """
    extract = file.extract
    wanted = [*file.columns.values(), *layout.months_of(extract.header)]
    if isinstance(layout.form, Long):
        wanted += extract.header[:_MOST_COLUMNS]
    raw = t.raw([extract], list(dict.fromkeys(wanted)))
    rows = t.fetch(raw.order_by("_row"))
    lost = t.fetch(t.engine.ibis.table(raw.get_name() + "_lines"))
    if rows.num_rows + lost.num_rows != extract.rows:
        raise InputError(
            f"{extract.name} was not read whole, so nothing was loaded.",
            found=f"{rows.num_rows + lost.num_rows:,} rows read; the file has {extract.rows:,}",
            try_="look for quotes that open and do not close, or save it anew as CSV UTF-8",
            read=PAGE,
        )
    return rows.drop_columns(["_file", "_row"]), lost


def _settle_overlap(
    t: Transaction,
    layout: CountsMap,
    source: str,
    cells: Cells,
    mine: set[str],
    *,
    drop: bool,
) -> None:
    """Refuse, or drop, what the store holds of the series and source in these months.

    Files of one load may be parts of a series, an area or a year a file; but no two may count the
    same area, category and month.
    """
    months = cells.months.astype("datetime64[D]").astype(object).tolist()
    coverage = t.now("coverage")
    same = coverage.filter(
        (coverage["layout"] == layout.layout)
        & (coverage["source"] == source)
        & (coverage["table"] == "counts")
        & coverage["month"].isin(months)
    )
    loads = {row["load_id"] for row in t.rows(same.select("load_id").distinct())}
    earlier = sorted(loads - mine)
    if earlier and not drop:
        raise AlreadyLoaded(
            f"The store already holds {layout.layout} of {source} for months of this file.",
            found=f"{len(earlier)} loads; {len(months)} months in the file",
            try_="--replace if this file is the better edition; another layout name if it counts "
            "something else",
            read=PAGE,
        )
    if loads & mine and _meet(t, layout, source, cells):
        raise AlreadyLoaded(
            "Two of these files count the same area, category and month.",
            found=f"series {layout.layout} of {source}",
            try_="load only the better edition",
            read=PAGE,
        )
    if earlier:
        _drop(t, earlier, months)


def _meet(t: Transaction, layout: CountsMap, source: str, cells: Cells) -> bool:
    """Say whether a count of the file is held already, of the same load's other files."""
    held = t.now("counts")
    held = held.filter((held["series"] == layout.layout) & (held["source"] == source))
    keys = t.fetch(held.select("area_code", "category", "period_start")).to_pylist()
    there = {(k["area_code"], k["category"], k["period_start"]) for k in keys}
    areas, kinds = cells.area.to_pylist(), cells.category.to_pylist()
    days = cells.months.astype("datetime64[D]").astype(object)
    return any((areas[a], kinds[c], days[m]) in there for a, c, m in cells.at.tolist())


def _drop(t: Transaction, loads: list[str], months: list[date]) -> None:
    def others(rows: Expr) -> Expr:
        return ~(rows["load_id"].isin(loads) & rows["period_start"].isin(months))

    t.keep_only("counts", others)
    t.keep_only(
        "coverage", lambda rows: ~(rows["load_id"].isin(loads) & rows["month"].isin(months))
    )
    recount(t, [known for name in loads if (known := t.known(name)) is not None])


def _vintage(t: Transaction, cells: Cells) -> str:
    known: dict[str, set[str]] = {}
    for table in ("areas", "area_measures"):
        rows = t.now(table)
        for row in t.rows(rows.select("vintage", "area_code").distinct()):
            known.setdefault(row["vintage"], set()).add(row["area_code"])
    used = np.unique(cells.at[:, 0])
    return vintage_of(cells.area.take(pa.array(used)).to_pylist(), known=known).name


def _counts_schema() -> pa.Schema:
    return arrow_schema("counts")


def _batches(
    cells: Cells, series: str, vintage: str, source: str, name: str
) -> Iterator[pa.RecordBatch]:
    """Yield the counts, a batch a month, so that few stand in memory as words."""
    schema = _counts_schema()
    for first, which in cells.by_month():
        size = len(which)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        same = {
            "series": series, "area_vintage": vintage or None, "period_start": first,
            "period_end": last, "source": source, "load_id": name,
        }  # fmt: skip
        held = {
            "area_code": cells.area.take(pa.array(cells.at[which, 0])),
            "category": cells.category.take(pa.array(cells.at[which, 1])),
            "n": pa.array(cells.n[which]),
        }
        yield pa.record_batch(
            [
                held[field.name].cast(field.type)
                if field.name in held
                else pa.repeat(pa.scalar(same[field.name], field.type), size)
                for field in schema
            ],
            schema=schema,
        )


def _coverage(cells: Cells, series: str, source: str, name: str) -> pa.Table:
    rows = [
        {"source": source, "layout": series, "table": "counts", "month": month,
         "load_id": name, "n": len(which)}
        for month, which in cells.by_month()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_COVERAGE)


def _quarantine(
    t: Transaction,
    file: _File,
    rows: pa.Table,
    cells: Cells,
    faulty: np.ndarray,
    lost: pa.Table,
) -> None:
    lines: list[int | None] = [None] * len(faulty)
    whole = file.extract.form == "csv" and file.extract.lines == file.extract.rows + 1
    if whole and not lost.num_rows:  # then each row stands on one line, and its line follows
        lines = (faulty + 2).tolist()
    aside = {
        "load_id": [file.load_id] * (len(faulty) + lost.num_rows),
        "line": [*lines, *lost["line"].to_pylist()],
        "reason": [*cells.faults[faulty], *lost["reason"].to_pylist()],
        "row": [*as_json(rows, faulty), *lost["row"].to_pylist()],
    }
    if aside["line"]:
        t.quarantine(pa.table(aside, schema=arrow_schema("quarantine")))


def _counted(words: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found


def _notes(cells: Cells, layout: CountsMap, vintage: str) -> dict[str, object]:
    said = {
        "months in each row": 0 if isinstance(layout.form, Long) else len(cells.months),
        "cells are blank, which is neither a count nor nought": cells.blank,
        "cells were added to others of their area, category and month": cells.added,
        "rows count the same once more, and were not added": int(cells.again.sum()),
        _THIN: len(cells.thin_months()),
        "vintage": vintage,
    }
    return {words: n for words, n in said.items() if n}


def _held(extract: Extract, layout: CountsMap) -> FileReport:
    return FileReport(
        name=extract.name, sha256=extract.sha256, layout=layout.layout, read=extract.rows,
        loaded=0, quarantined=0, duplicates=extract.rows, tables={},
        notes=("the store holds this file",),
    )  # fmt: skip


def _report(load: Load) -> FileReport:
    return FileReport(
        name=load.file,
        sha256=load.sha256,
        layout=load.layout,
        read=load.read,
        loaded=load.loaded,
        quarantined=load.quarantined,
        duplicates=load.duplicates,
        tables=dict(load.tables),
        notes=in_words(load.notes),
    )
