"""Files into the store, all of them or none: read, matched, written, and each row accounted for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peelian import __version__
from peelian.errors import InputError, MappingError, UsageError, nearest
from peelian.records import reference
from peelian.records.counted.loading import load_counts
from peelian.records.editions import is_held, settle_overlaps
from peelian.records.intake import Intake
from peelian.records.layouts import FAMILIES, family, recognise, why_not
from peelian.records.layouts.supplier import supplier
from peelian.records.map import Mapping as Layout
from peelian.records.read import Extract, find
from peelian.records.store import Load
from peelian.records.store.transaction import Transaction
from peelian.records.tally import FileReport, FileTally, LoadReport, Tell, Wanted, in_words, load_id
from peelian.schema import TABLES, Sensitivity

_PAGE = "how-to/load-records"


def load(
    store: str | Path,
    paths: Sequence[str | Path],
    *,
    layout: str,
    mapping: Path | None = None,
    source: str | None = None,
    sensitivity: str | None = None,
    replace: bool = False,
    tell: Tell | None = None,
) -> LoadReport:
    """Read files into a store: all of them or, if anything is wrong, none.

    Args:
        store: The store's folder.
        paths: Files, folders or archives.
        layout: `police-uk`, `areas`, `area-links`, `measures`, `population`, `counts`, or another
            canonical table that `mapping` fills.
        mapping: What a file's columns mean, as TOML.
        source: Who supplied the files, if not whom the mapping names.
        sensitivity: The care the records need (open, internal, sensitive, special), if not what
            the mapping says; internal if neither says.
        replace: Whether the months these files cover may take the place of what is held of them.
        tell: Told what is going on, how much is done and of how much.

    Returns:
        Where every row of every file went. A file the store knows already is all duplicates.

    Raises:
        InputError: A file cannot be read as what it was said to be.
        MappingError: The mapping does not fit.
        AlreadyLoaded: Another file covers the same source and months.
        StoreError: There is no store, it is damaged, or another load holds it.
    """
    care = _care(sensitivity)
    wanted = Wanted(source or "", care, replace, tell or (lambda *_: None))
    files = [Path(path) for path in paths]
    with Transaction(store, tell=wanted.tell) as t:
        if layout == "counts":
            return load_counts(t, files, mapping, wanted)
        if layout in reference.LAYOUTS:
            return reference.load_reference(t, files, layout, mapping, wanted)
        return _load_records(t, files, layout, mapping, wanted)


def _care(word: str | None) -> Sensitivity | None:
    levels = [level.name.lower() for level in Sensitivity]
    if word is not None and word.lower() not in levels:
        raise UsageError("There is no such sensitivity.", found=word, try_=nearest(word, levels))
    return None if word is None else Sensitivity.named(word)


def _load_records(
    t: Transaction, paths: Sequence[Path], layout: str, mapping: Path | None, wanted: Wanted
) -> LoadReport:
    layouts = _layouts(layout, mapping)
    found = find(paths, workdir=t.work / "read", tell=wanted.tell)
    taken, not_read = _recognised(found.extracts, layouts, mapped=mapping is not None)
    not_read = list(found.not_read) + not_read
    if not taken:
        raise InputError(
            f"None of these files can be read as {layout}.",
            found="; ".join(f"{name}: {why}" for name, why in not_read[:5]) or "no files",
            try_="check the files, or `--as` another layout",
            read=_PAGE,
        )
    files = [_File(extract, lay, _source(extract, lay, wanted)) for extract, lay in taken]
    fresh = _fresh(t, files, replace=wanted.replace)
    intakes = [_intake(t, group) for group in _groups(fresh)]
    for done, intake in enumerate(intakes):
        wanted.tell(f"checking rows as {intake.layout.layout}", done, len(intakes))
        intake.stage()
    settle_overlaps(t, intakes, drop=wanted.replace)
    for done, intake in enumerate(intakes):
        wanted.tell(f"writing {intake.layout.layout}", done, len(intakes))
        intake.match()
        intake.write()
    tallies = {id(tally.extract): tally for intake in intakes for tally in intake.files}
    for file in fresh:
        t.ledger(_ledger_row(file, tallies[id(file.extract)], wanted))
    generation = t.commit() if fresh else t.current
    reports = [_report(file, tallies.get(id(file.extract))) for file in files]
    wanted.tell("done", len(intakes), len(intakes))
    return LoadReport(
        files=tuple(reports), not_read=tuple(not_read), generation=generation.fingerprint
    )


@dataclass(frozen=True, slots=True)
class _File:
    """One extract, with what it is read as and by whom it was supplied."""

    extract: Extract
    layout: Layout
    source: str

    @property
    def load_id(self) -> str:
        """Return its name in the ledger."""
        return load_id(self.extract.sha256, self.layout.sha256, self.source)


def _layouts(layout: str, mapping: Path | None) -> tuple[Layout, ...]:
    """Return the mappings that files may be read with."""
    if mapping is not None:
        own = Layout.read(mapping)
        filled = [route.table for route in own.routes]
        if layout not in filled:
            raise MappingError(
                f"The mapping fills no table {layout}.",
                found=", ".join(filled),
                try_=f"--as {filled[0]}",
                read="how-to/map-an-extract",
            )
        return (own,)
    if layout in FAMILIES:
        return family(layout)
    if layout in TABLES:
        raise MappingError(
            f"Files of {layout} need a mapping.",
            found="no --map",
            try_=f"peelian map FILE --table {layout} --out {layout}.toml",
            read="how-to/map-an-extract",
        )
    raise UsageError(
        "There is no such layout.",
        found=layout,
        try_=nearest(layout, [*FAMILIES, *reference.LAYOUTS, *TABLES]),
        read=_PAGE,
    )


def _recognised(
    extracts: Iterable[Extract], layouts: Sequence[Layout], *, mapped: bool
) -> tuple[list[tuple[Extract, Layout]], list[tuple[str, str]]]:
    """Return each extract with the mapping that reads it, and those that none does, with why."""
    taken, not_read = [], []
    for extract in extracts:
        if mapped:
            taken.append((extract, layouts[0]))
        elif layout := recognise(extract.header, layouts):
            taken.append((extract, layout))
        else:
            not_read.append((extract.name, why_not(extract.header, layouts)))
    return taken, not_read


def _source(extract: Extract, layout: Layout, wanted: Wanted) -> str:
    source = wanted.source or supplier(extract, layout)
    if not source:
        raise InputError(
            "Nobody is named as the source of these files.",
            found=f"no source in the mapping {layout.layout}",
            try_='--source "the force or partner they come from"',
            read=_PAGE,
        )
    return source


def _fresh(t: Transaction, files: Sequence[_File], *, replace: bool) -> list[_File]:
    """Return the files that the store does not know, each content once."""
    fresh, seen = [], set()
    for file in files:
        if file.load_id in seen or is_held(t.known(file.load_id), replace=replace):
            continue
        seen.add(file.load_id)
        fresh.append(file)
    return fresh


def _groups(files: Sequence[_File]) -> list[list[_File]]:
    """Return the files that can be read as one: of one mapping, source, header and form."""
    groups: dict[tuple[Any, ...], list[_File]] = {}
    for file in files:
        e = file.extract
        key = (file.layout.sha256, file.source, e.form, e.delimiter, e.header)
        groups.setdefault(key, []).append(file)
    return list(groups.values())


def _intake(t: Transaction, group: Sequence[_File]) -> Intake:
    tallies = [FileTally(file.extract, file.load_id) for file in group]
    return Intake(t, group[0].layout, tallies, group[0].source)


def _ledger_row(file: _File, tally: FileTally, wanted: Wanted) -> Load:
    months = [month for (_, month), n in tally.months.items() if n]
    care = wanted.sensitivity or file.layout.sensitivity
    if care is None:
        care = Sensitivity.INTERNAL
    return Load(
        load_id=file.load_id,
        source=file.source,
        file=file.extract.name,
        sha256=file.extract.sha256,
        layout=file.layout.layout,
        sensitivity=care.name.lower(),
        read=file.extract.rows,
        loaded=tally.loaded,
        quarantined=tally.quarantined,
        duplicates=tally.duplicates,
        tables={table: n for table, n in sorted(tally.tables.items()) if n},
        first_month=min(months, default=None),
        last_month=max(months, default=None),
        notes=tally.notes | dict.fromkeys(file.extract.notes, True),
        loaded_at=None,
        peelian=__version__,
    )


def _report(file: _File, tally: FileTally | None) -> FileReport:
    e = file.extract
    if tally is None:  # the store, or an earlier file of this load, holds the very same content
        return FileReport(
            name=e.name, sha256=e.sha256, layout=file.layout.layout, read=e.rows, loaded=0,
            quarantined=0, duplicates=e.rows, tables={}, notes=("the store holds this file",),
        )  # fmt: skip
    return FileReport(
        name=e.name,
        sha256=e.sha256,
        layout=file.layout.layout,
        read=e.rows,
        loaded=tally.loaded,
        quarantined=tally.quarantined,
        duplicates=tally.duplicates,
        tables=dict(tally.tables),
        notes=(*e.notes, *in_words(tally.notes)),
    )
