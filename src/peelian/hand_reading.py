"""Logs read by people: drawn, written out blind and taken back, each for a purpose and logged."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from peelian.changes import logged
from peelian.errors import PeelianError, UsageError
from peelian.reading.codebook import Codebook
from peelian.reading.rule import PAGE
from peelian.records.reading import plan as planning
from peelian.records.reading import sheet as writing
from peelian.records.reading import take as taking
from peelian.records.reading.items import SETTLES
from peelian.records.store import Store
from peelian.records.store.pointer import read_about
from peelian.safeguards.audit import Event, Log, Operation
from peelian.safeguards.purpose import UNSTATED, Purpose, known_purposes

_READERS = (1, 2)


def draw(
    store: str | Path, wanted: planning.Wanted, *, purpose: str = "", dry_run: bool = False
) -> planning.Plan:
    """Draw the logs that people will read, and log it; a dry run writes and logs nothing.

    Args:
        store: The store's folder.
        wanted: What is asked for.
        purpose: Why, as `CODE: why`; it must be said.
        dry_run: Only work it out.

    Raises:
        UsageError: No purpose is given.
        AuditError: It cannot be logged, so nothing is drawn.
        PeelianError: As `peelian.records.reading.plan.plan` does; the refusal is logged too.
    """
    path = Path(store)
    if dry_run:
        return planning.plan(path, wanted, dry_run=True)
    event = Event(
        operation=Operation.COLLECTION,
        object=wanted.codebook.name,
        object_type="reading plan",
        purpose=_purpose(purpose),
        detail={"read": wanted.read, "seed": wanted.seed},
    )
    with logged(path, event) as change:
        done = planning.plan(path, wanted)
        change.records = 0 if done.held else done.read
        change.detail = {"plan": done.name, "of": done.size, "strata": len(done.strata)}
    return done


def write_sheets(
    store: str | Path,
    out: Path,
    *,
    book: Codebook,
    plan: str = "",
    settle: bool = False,
    form: writing.Form = "xlsx",
    keep_days: int = 90,
    purpose: str = "",
) -> tuple[writing.Sheet, ...]:
    """Write the sheets that people read from, and log each as the disclosure it is.

    The log says that a sheet is about to be written before a word of any record leaves the store,
    and its fingerprint when it was.

    Args:
        store: The store's folder.
        out: The folder to write to.
        book: The codebook that the plan was made with.
        plan: The plan; the only one of the store if not given.
        settle: Whether to write the one sheet of logs on which the two readers differ.
        form: A workbook, or CSV.
        keep_days: In how many days the sheets must be gone.
        purpose: Why, as `CODE: why`; it must be said.

    Raises:
        UsageError: No purpose is given, there is no such plan, or a sheet is there already.
        CannotAnswer: There is nothing to settle yet.
        AuditError: It cannot be logged, so nothing is written.
    """
    path, why = Path(store), _purpose(purpose)
    read_about(path)
    log, expires = Log.of(path), writing.expiry(keep_days)
    log.check_purpose(why)
    with Store.open(path) as opened:
        name, told = writing.plan_of(opened, plan)
        _same_codebook(book, told)
        logs = writing.drawn_logs(opened, name)
        chosen = (
            {SETTLES: writing.disputed(opened, name, told, logs)}
            if settle
            else {reader: writing.for_reader(logs, reader) for reader in _READERS}
        )
        at, version = opened.generation, opened.fingerprint
    sheets = []
    for reader, mine in chosen.items():
        if not mine:
            continue
        event = Event(
            operation=Operation.DISCLOSURE,
            object=name,
            object_type="reading sheet",
            purpose=why,
            records=len(mine),
            generation=at,
            version=version,
            state="begun",
            recipient="whoever settles" if reader == SETTLES else f"reader {reader}",
            detail={"folder": out.name, "expires": str(expires)},
        )
        begun = log.write(event)
        try:
            sheet = writing.write_sheet(
                mine, plan=name, reader=reader, book=book, out=out, form=form, expires=expires
            )
        except PeelianError as refusal:
            refused = {**event.detail, "refused": type(refusal).__name__}
            log.write(replace(event, state="refused", ends=begun.line, detail=refused))
            raise
        done = {**event.detail, "file": sheet.path.name, "sha256": sheet.sha256}
        log.write(replace(event, state="done", ends=begun.line, detail=done))
        sheets.append(sheet)
    return tuple(sheets)


def take_sheets(
    store: str | Path,
    sheets: Sequence[Path],
    *,
    book: Codebook,
    plan: str = "",
    replace_answers: bool = False,
    purpose: str = "",
) -> tuple[taking.Taken, ...]:
    """Take sheets back, each whole or not at all, and log it.

    Args:
        store: The store's folder.
        sheets: The sheets.
        book: The codebook that the plan was made with.
        plan: The plan; the only one of the store if not given.
        replace_answers: Whether an answer may stand in the place of another of the same reader.
        purpose: Why, as `CODE: why`; it must be said.

    Raises:
        UsageError: No purpose is given, or there is no such plan.
        AuditError: It cannot be logged, so nothing is taken.
        PeelianError: As `peelian.records.reading.take.take` does; sheets before it were taken.
    """
    why = _purpose(purpose)
    done = []
    for sheet in sheets:
        event = Event(
            operation=Operation.COLLECTION,
            object=sheet.name,
            object_type="reading sheet",
            purpose=why,
            detail={"replace": replace_answers},
        )
        with logged(Path(store), event) as change:
            taken = taking.take(store, sheet, plan=plan, book=book, replace_answers=replace_answers)
            change.records = taken.taken
            change.detail = {
                "plan": taken.plan,
                "rows": taken.rows,
                "known": taken.known,
                "blank": taken.blank,
                "repeated": taken.repeated,
                "refused": sum(taken.refused.values()),
                "sha256": taken.sha256,
            }
            change.altered(taken.replaced, "answers were replaced")
        done.append(taken)
    return tuple(done)


def plans_codebook(store: str | Path, plan: str) -> str:
    """Return the name of the codebook that a plan was made with."""
    with Store.open(store) as opened:
        return str(writing.plan_of(opened, plan)[1]["codebook"])


def _purpose(text: str) -> Purpose:
    why = Purpose.read(text)
    if why.code == UNSTATED:
        raise UsageError(
            "Logs are read by people for a purpose, which must be said.",
            found="no purpose",
            try_=f'--purpose "CODE: why", with a code of {", ".join(known_purposes())}',
            read=PAGE,
        )
    return why


def _same_codebook(book: Codebook, told: dict) -> None:
    if (book.name, book.code) != (told["codebook"], told["code"]):
        raise UsageError(
            "The plan is read by another codebook.",
            found=f"{book.name}, and the plan's is {told['codebook']}",
            try_="--codebook, the one that the plan was made with",
            read=PAGE,
        )
