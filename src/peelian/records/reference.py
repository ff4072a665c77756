"""What records are set beside: areas, links between vintages, measures and populations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_, or_
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from peelian import __version__
from peelian.errors import AlreadyLoaded, InputError
from peelian.records import area_links, areas
from peelian.records.arrivals import Arrival
from peelian.records.boundaries import find_boundaries
from peelian.records.boundaries import fingerprint as fingerprint_of_boundaries
from peelian.records.editions import is_held, recount
from peelian.records.late_areas import place_held
from peelian.records.map.functions import Expr
from peelian.records.measures import read_measures
from peelian.records.measures_held import without_held
from peelian.records.read import printable, unfit
from peelian.records.read.tables import fingerprint
from peelian.records.settings_map import read_settings
from peelian.records.store import Load
from peelian.records.store.transaction import Transaction
from peelian.records.tally import FileReport, LoadReport, Wanted, in_words, load_id
from peelian.schema import Sensitivity

LAYOUTS = ("areas", "area-links", "measures", "population")
_TABLES = (".csv", ".csv.gz", ".parquet", ".tsv", ".txt", ".xlsx")


@dataclass(frozen=True, slots=True)
class Reference:
    """One file of areas, links or measures, as it will be read."""

    path: Path
    sha256: str


def find_reference(
    layout: str, paths: Sequence[Path]
) -> tuple[list[Reference], list[tuple[str, str]]]:
    """Return the files to read as `layout` at some paths, and what was not read, with why.

    Raises:
        InputError: A path is missing.
    """
    for path in paths:
        if not path.exists():
            raise InputError(
                "There is no such file or folder.",
                found=path.name,
                try_="check the path",
                read="how-to/load-measures",
            )
        if not path.is_dir() and (why := unfit(path)):
            raise InputError(
                f"{printable(path.name)} cannot be read: it is {why}.",
                try_="copy what is in it to a file of a plain name, and load that",
                read="how-to/load-measures",
            )
    if layout == "areas":
        files, not_read = find_boundaries(paths)
        return [Reference(path, fingerprint_of_boundaries(path)) for path in files], not_read
    files, not_read = _find_tables(paths)
    return [Reference(path, fingerprint(path)) for path in files], not_read


def _find_tables(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the tables at some paths, and what was not read in their folders, with why."""
    files, not_read = [], []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            if not file.name.lower().endswith(_TABLES):
                not_read.append((printable(file.name), "not a table"))
            elif why := unfit(file):
                not_read.append((printable(file.name), why))
            else:
                files.append(file)
    return files, not_read


def load_reference(
    t: Transaction, paths: Sequence[Path], layout: str, mapping: Path | None, wanted: Wanted
) -> LoadReport:
    """Read files of areas, links or measures into the store.

    Args:
        t: The load's transaction.
        paths: Files and folders.
        layout: One of `LAYOUTS`.
        mapping: What the file's columns mean, if it is not known by them.
        wanted: What else was asked for.

    Raises:
        InputError: A file cannot be read.
        AlreadyLoaded: The store holds the same areas, links or measures otherwise.
    """
    found, not_read = find_reference(layout, paths)
    if not found:
        raise InputError(
            f"None of these files can be read as {layout}.",
            found="; ".join(f"{name}: {why}" for name, why in not_read[:5]) or "no files",
            try_="check the files, or `--as` another layout",
            read="how-to/load-areas",
        )
    way = _fingerprint_of_way(layout, mapping)
    care = wanted.sensitivity or Sensitivity.OPEN
    source = wanted.source or _PUBLISHED
    reports = []
    for done, file in enumerate(found):
        wanted.tell(f"reading {file.path.name}", done, len(found))
        arrival = read_reference(layout, file.path, mapping)
        name = load_id(file.sha256, way, source)
        held = is_held(t.known(name), replace=wanted.replace)
        if not held:
            arrival = add_reference(t, arrival, name, source, replace=wanted.replace)
            if layout == "areas":
                vintages = sorted(set(arrival["areas"]["vintage"].to_pylist()))
                given = place_held(t, vintages)
                arrival = replace(arrival, notes={**arrival.notes, PLACED: given})
        load = _ledger_row(file, arrival, name, source, layout, care)
        if not held:
            t.ledger(load)
        reports.append(_report(load, held=held))
    changed = any(report.loaded or report.quarantined for report in reports)
    pointer = t.commit() if changed else t.current
    wanted.tell("done", len(found), len(found))
    return LoadReport(
        files=tuple(reports), not_read=tuple(not_read), generation=pointer.fingerprint
    )


_PUBLISHED = "published"
PLACED = "records that were loaded earlier were placed in these areas"


def _fingerprint_of_way(layout: str, mapping: Path | None) -> str:
    how = mapping.read_bytes() if mapping is not None and mapping.is_file() else b""
    return hashlib.sha256(layout.encode() + b"\n" + how).hexdigest()


def _ledger_row(
    file: Reference, arrival: Arrival, name: str, source: str, layout: str, care: Sensitivity
) -> Load:
    return Load(
        load_id=name,
        source=source,
        file=file.path.name,
        sha256=file.sha256,
        layout=layout,
        sensitivity=care.name.lower(),
        read=arrival.read,
        loaded=arrival.loaded,
        quarantined=arrival.quarantined.num_rows,
        duplicates=arrival.duplicates,
        tables={table: rows.num_rows for table, rows in arrival.tables.items() if rows.num_rows},
        first_month=None,
        last_month=None,
        notes={words: said for words, said in arrival.notes.items() if said},
        loaded_at=None,
        peelian=__version__,
    )


def _report(load: Load, *, held: bool) -> FileReport:
    return FileReport(
        name=load.file,
        sha256=load.sha256,
        layout=load.layout,
        read=load.read,
        loaded=0 if held else load.loaded,
        quarantined=0 if held else load.quarantined,
        duplicates=load.read if held else load.duplicates,
        tables={} if held else dict(load.tables),
        notes=("the store holds this file",) if held else in_words(load.notes),
    )


def read_reference(layout: str, path: Path, mapping: Path | None) -> Arrival:
    """Read one file as areas, links or measures."""
    if layout == "areas":
        said = read_settings(mapping, areas.SETTINGS, "how-to/load-areas") if mapping else {}
        return areas.read_areas(path, **said)
    if layout == "area-links":
        said = (
            read_settings(mapping, area_links.SETTINGS, "how-to/link-vintages") if mapping else {}
        )
        return area_links.read_area_links(path, **said)
    return read_measures(path, mapping=mapping)


def add_reference(
    t: Transaction, arrival: Arrival, load_id: str, source: str, *, replace: bool
) -> Arrival:
    """Write what a file of areas, links or measures brought; return what of it was new.

    Args:
        t: The load's transaction.
        arrival: What was read.
        load_id: The load's name in the ledger.
        source: Who supplied it.
        replace: Whether it takes the place of the same areas, links or measures.

    Raises:
        AlreadyLoaded: The store holds the same areas, links or measures otherwise.
    """
    for name, own in _IDENTITIES.items():
        if name in arrival.tables and replace:
            _make_way(t, name, own, arrival[name])
    if replace:
        recount(t, t.loads())
    if "area_measures" in arrival.tables:
        arrival = without_held(arrival, t.fetch(t.now("measures")), t.fetch(t.now("area_measures")))
    else:
        _refuse_held(t, arrival)
    for name, rows in arrival.tables.items():
        t.add(name, _stamped(rows, load_id, source))
    if arrival.quarantined.num_rows:
        ids = pa.array([load_id] * arrival.quarantined.num_rows, pa.string())
        t.quarantine(arrival.quarantined.append_column("load_id", ids))
    return arrival


# By what two files are the same thing: the columns that name it.
_IDENTITIES = {
    "areas": ("vintage",),
    "area_arcs": ("vintage",),
    "area_links": ("from_vintage", "to_vintage"),
    "measures": ("vintage", "measure"),
    "area_measures": ("vintage", "measure"),
}


def _make_way(t: Transaction, table: str, own: Sequence[str], rows: pa.Table) -> None:
    """Drop what the store holds under the same names."""
    names = rows.select(own).group_by(list(own)).aggregate([]).to_pylist()

    def other(held: ir.Table) -> Expr:
        return ~reduce(
            or_, [reduce(and_, [held[c] == value for c, value in n.items()]) for n in names]
        )

    t.keep_only(table, other)


def _refuse_held(t: Transaction, arrival: Arrival) -> None:
    """Refuse areas or links of a vintage that the store holds, for they may not overlap."""
    table = "areas" if "areas" in arrival.tables else "area_links"
    own = _IDENTITIES[table]
    held = {tuple(r.values()) for r in t.rows(t.now(table).select(*own).distinct())}
    new = {tuple(row.values()) for row in arrival[table].select(own).to_pylist()}
    both = sorted(held & new)
    if both:
        raise AlreadyLoaded(
            f"The store already holds {table.replace('_', ' ')} of this vintage.",
            found=", ".join(" to ".join(names) for names in both),
            try_="--replace to put these in their place, or a mapping with another vintage name",
            read="how-to/load-areas",
        )


def _stamped(rows: pa.Table, load_id: str, source: str) -> pa.Table:
    n = rows.num_rows
    stamped = rows.append_column("source", pa.array([source] * n, pa.string()))
    return stamped.append_column("load_id", pa.array([load_id] * n, pa.string()))
