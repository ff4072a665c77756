"""Changing a store: a load or an erasure is logged before it changes anything, and at its end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from peelian.errors import PeelianError, StoreBusy
from peelian.records import load as loading
from peelian.records.erasing import Erased, Wish
from peelian.records.erasing import erase as erase_records
from peelian.records.reference import PLACED
from peelian.records.store import Store
from peelian.records.store.faults import in_words
from peelian.records.store.pointer import PAGE, read_about, read_generations, read_pointer
from peelian.records.tally import REPLACED, LoadReport
from peelian.safeguards.audit import Event, Log, Operation
from peelian.safeguards.purpose import Purpose

_LOCK = ".changing"


def load(
    store: str | Path,
    paths: Sequence[str | Path],
    *,
    purpose: str = "",
    **asked: Any,
) -> LoadReport:
    """Read files into a store, all of them or none, and log it.

    The log says that a load has begun before anything is read, and what it did when it has ended:
    `collection` of the rows that were loaded, and `alteration` of rows that they replaced or that
    new areas placed. A load that is killed in between leaves its first line, and the next change
    finds out what became of it.

    Args:
        store: The store's folder.
        paths: Files, folders or archives.
        purpose: Why, as `CODE: why`.
        asked: As for `peelian.records.load.load`.

    Raises:
        AuditError: It cannot be logged, so nothing is loaded.
        PeelianError: As `peelian.records.load.load` does; the refusal is logged too.
    """
    path, why = Path(store), Purpose.read(purpose)
    before = _replaced(path)
    event = Event(
        operation=Operation.COLLECTION,
        object=str(asked.get("layout", "")),
        object_type="files",
        purpose=why,
        detail={
            "files": sorted(Path(p).name for p in paths),
            "replace": bool(asked.get("replace")),
        },
    )
    with logged(path, event) as change:
        done = loading.load(path, paths, **asked)
        said = done.as_json()
        change.records = said["loaded"]
        change.detail = {name: said[name] for name in ("read", "quarantined", "duplicates")}
        change.detail["files"] = {file.name: file.sha256 for file in done.files}
        change.altered(_replaced(path) - before, "rows were replaced")
        change.altered(sum(_placed(file.notes) for file in done.files), "rows were placed in areas")
    return done


def erase(
    store: str | Path, wish: Wish, *, purpose: str = "", dry_run: bool = False, **asked: Any
) -> Erased:
    """Erase records and all that follows from them, and log it; a dry run changes and logs nothing.

    Args:
        store: The store's folder.
        wish: What is to be erased.
        purpose: Why, as `CODE: why`.
        dry_run: Only count.
        asked: As for `peelian.records.erasing.erase`.

    Raises:
        AuditError: It cannot be logged, so nothing is erased.
        PeelianError: As `peelian.records.erasing.erase` does; the refusal is logged too.
    """
    path = Path(store)
    if dry_run:
        return erase_records(path, wish, dry_run=True, **asked)
    said = {
        "sources": list(wish.sources),
        "loads": list(wish.loads),
        "before": str(wish.before or ""),
        "expired": wish.expired,
    }
    event = Event(
        operation=Operation.ERASURE,
        object=", ".join(name for name, value in said.items() if value),
        object_type="records",
        purpose=Purpose.read(purpose),
        detail=said,
    )
    with logged(path, event) as change:
        done = erase_records(path, wish, **asked)
        change.records = done.records
        change.detail = said | {"tables": dict(done.tables), "followed": done.followed}
        for table, n in done.cleared.items():
            change.altered(n, f"rows of {table} no longer name an erased record")
    return done


@dataclass
class Change:
    """What a change of a store did, filled in while it is made.

    Args:
        records: How many records.
        detail: What else is to be logged of it.
        also: Rows altered on the way, with what was done to them.
    """

    records: int | None = None
    detail: dict[str, Any] | None = None
    also: list[tuple[int, str]] | None = None

    def altered(self, records: int, what: str) -> None:
        """Note that rows which were held already were altered; none is nothing to note."""
        if records:
            self.also = [*(self.also or ()), (records, what)]


@contextmanager
def logged(store: Path, event: Event) -> Iterator[Change]:
    """Log a change of a store before and after; a refusal in between is logged as one.

    Args:
        store: The store's folder.
        event: The change, as it is known before it is made.

    Raises:
        AuditError: It cannot be logged, so it is not made.
    """
    read_about(store)  # so that nothing is written into a folder that is no store
    log = Log.of(store)
    log.check_purpose(event.purpose)
    with _alone(store):
        _settle(store, log)
        at = read_pointer(store)
        event = replace(event, generation=at.generation, version=at.fingerprint)
        begun = log.write(replace(event, state="begun"))
        change = Change()
        try:
            yield change
        except PeelianError as refusal:
            log.write(_refused(store, replace(event, ends=begun.line), refusal))
            raise
        log.write(*_done(store, replace(event, ends=begun.line), change))


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Let nobody else begin a logged change: what was begun and has no end was then killed."""
    lock = FileLock(store / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise StoreBusy(
            "Another load or erasure holds the store.",
            found=store.name,
            try_="wait until it is done; readers need not wait",
            read=PAGE,
        ) from problem
    except OSError as problem:
        raise in_words(problem, store) from problem
    try:
        yield
    finally:
        lock.release()


def _refused(store: Path, event: Event, refusal: PeelianError) -> Event:
    """Return the end of a change that was refused, or that had been made when something else was.

    An erasure is made once its generation is in place, though old files may still be held open.
    """
    now = read_pointer(store)
    changed = now.generation != event.generation
    return replace(
        event,
        state="done" if changed else "refused",
        generation=now.generation,
        version=now.fingerprint,
        detail={**event.detail, "refused": type(refusal).__name__},
    )


def _done(store: Path, event: Event, change: Change) -> Iterator[Event]:
    now = read_pointer(store)
    done = replace(
        event, records=change.records, generation=now.generation, version=now.fingerprint
    )
    yield replace(done, detail=change.detail or {})
    for records, what in change.also or ():
        yield replace(
            done,
            operation=Operation.ALTERATION,
            records=records,
            detail={"what": what},
            ends=None,
        )


def _settle(store: Path, log: Log) -> None:
    """Write down what became of changes that were killed before they could say so.

    A change was carried out where the store has a generation that no other change accounts for.
    """
    told = [s for s in log.changes() if s["operation"] != Operation.DISCLOSURE]
    ended = {says["ends"] for says in told if "ends" in says}
    known = {says["generation"] for says in told if says["state"] in ("done", "found done")}
    for says in told:
        if says["state"] != "begun" or says["line"] in ended:
            continue
        generations = read_generations(store)
        mine = [n for n in sorted(generations) if n > says["generation"] and n not in known][:1]
        known.update(mine)
        at = mine[0] if mine else says["generation"]
        log.write(
            Event(
                operation=Operation(says["operation"]),
                object=says["object"],
                object_type=says["object_type"],
                purpose=Purpose(says["purpose"], says["justification"]),
                state="found done" if mine else "found undone",
                generation=at,
                version=generations.get(at, ""),
                ends=says["line"],
            )
        )


def _replaced(store: Path) -> int:
    with Store.open(store) as opened:
        return sum(int(load.notes.get(REPLACED, 0)) for load in opened.loads())


def _placed(notes: Sequence[str]) -> int:
    """Return how many held records a file of areas placed, as its notes say in words."""
    for note in notes:
        if note.endswith(PLACED):
            return int(note.split()[0].replace(",", ""))
    return 0
