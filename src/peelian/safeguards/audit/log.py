"""The audit log's file: lines appended in turn, each durable before anybody is answered."""

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from peelian import __version__
from peelian.errors import AuditError, UsageError
from peelian.safeguards.audit.heads import open_heads
from peelian.safeguards.audit.line import START, Event, Head, Line, chained
from peelian.safeguards.purpose import UNSTATED, Purpose, known_purposes
from peelian.safeguards.settings import PAGE, Settings, read_settings
from peelian.safeguards.who import actor

FILE = "audit.sqlite"
_WAIT_S = 30.0
MADE = (
    "CREATE TABLE lines (line integer primary key, body text not null, hash text not null)",
    "CREATE TRIGGER lines_are_not_edited before update on lines"
    " begin select raise(abort, 'a line of the audit log stays as it is'); end",
    "CREATE TRIGGER lines_are_not_deleted before delete on lines"
    " begin select raise(abort, 'a line of the audit log stays where it is'); end",
)


class Log:
    """The audit log of one store, in one small file beside its tables.

    Args:
        path: The file, which need not be there yet, in a folder that is.
        settings: How it is kept.
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings

    @classmethod
    def of(cls, store: Path) -> "Log":
        """Return the log that lies in a store's folder.

        Raises:
            UsageError: The store's `audit.toml` is not as it should be.
        """
        return cls(store / FILE, read_settings(store))

    def check_purpose(self, purpose: Purpose) -> None:
        """Refuse to go on without a purpose, where the administrator asks for one.

        Raises:
            UsageError: There is none.
        """
        if self.settings.purpose_required and purpose.code == UNSTATED:
            raise UsageError(
                "This store answers nobody who does not say why.",
                found="no purpose",
                try_=f'--purpose "CODE: why", with a code of {", ".join(known_purposes())}',
                read=PAGE,
            )

    def write(self, *events: Event) -> Head:
        """Write events as lines, all of them or none, and return the log's new end.

        When this returns, the lines outlast a kill and a power cut, and the head lies in the
        outside file if there is one.

        Raises:
            AuditError: The log or its outside file cannot be written, or the log is damaged.
        """
        with open_heads(self.settings.heads) as heads:
            with self._base() as base:
                lines = list(self._lines_of(base, events))
                base.executemany(
                    "insert into lines values (?, ?, ?)",
                    [(line.number, line.body, line.hash) for line in lines],
                )
                head = Head(self._name(base), lines[-1].number, lines[-1].hash)
            heads.append(head)
        return head

    def _lines_of(self, base: sqlite3.Connection, events: Sequence[Event]) -> Iterator[Line]:
        row = base.execute(
            "select line, body, hash from lines order by line desc limit 1"
        ).fetchone()
        if row is None:
            last = chained(0, START, _opening(events[0]))
            yield last
        else:
            last = Line(*row)
        for event in events:
            last = chained(last.number + 1, last.hash, self._words(event, last))
            yield last

    def _words(self, event: Event, last: Line) -> dict[str, Any]:
        who, now = actor(), datetime.now(UTC)
        try:
            before = datetime.fromisoformat(last.says["at"])
        except (ValueError, KeyError, TypeError) as problem:
            raise _damaged(self.path) from problem
        words: dict[str, Any] = {
            "at": now.isoformat(timespec="microseconds"),
            "actor": who,
            "role": self.settings.role_of(who),
            "operation": event.operation.value,
            "state": event.state,
            "object": event.object,
            "object_type": event.object_type,
            "records": event.records,
            "generation": event.generation,
            "version": event.version,
            "purpose": event.purpose.code,
            "justification": event.purpose.justification if self.settings.justification else "",
            "recipient": event.recipient,
            "detail": dict(event.detail),
            "peelian": __version__,
        }
        if event.ends is not None:
            words["ends"] = event.ends
        if now < before:  # the order is the chain's; the clock is only what it said
            words["clock_moved_back_s"] = round((before - now).total_seconds(), 6)
        return words

    def _name(self, base: sqlite3.Connection) -> str:
        body, found = base.execute("select body, hash from lines where line = 0").fetchone()
        return str(Line(0, body, found).says["log"])

    @contextmanager
    def _base(self) -> Iterator[sqlite3.Connection]:
        """Open the log for writing, and let nobody else write until that is done."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)) as base:
                _patiently(base, "pragma journal_mode = wal")
                base.execute("pragma synchronous = full")
                base.execute("begin immediate")
                try:
                    if not base.execute("select count(*) from sqlite_master").fetchone()[0]:
                        for made in MADE:
                            base.execute(made)
                    yield base
                except BaseException:
                    base.execute("rollback")
                    raise
                base.execute("commit")
        except (sqlite3.Error, TypeError, KeyError, ValueError) as problem:
            raise _refusal(self.path, problem) from problem

    def lines(self) -> Iterator[Line]:
        """Yield every line in order; none where there is no log yet.

        Raises:
            AuditError: The file is not a log.
        """
        if not self.path.is_file():
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as base:
                for row in base.execute("select line, body, hash from lines order by line"):
                    yield Line(*row)
        except sqlite3.Error as problem:
            raise _damaged(self.path) from problem

    def changes(self) -> Iterator[dict[str, Any]]:
        """Yield what the lines say that begin or end an operation, in order.

        Raises:
            AuditError: The file is not a log.
        """
        for line in self.lines():
            if '"state":"begun"' in line.body or '"ends":' in line.body:
                try:
                    yield line.says
                except ValueError as problem:
                    raise _damaged(self.path) from problem

    def shape(self) -> tuple[str, ...]:
        """Return the definitions that the file holds, in their order."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_WAIT_S)) as base:
                rows = base.execute("select sql from sqlite_master order by rowid")
                return tuple(str(sql) for (sql,) in rows)
        except sqlite3.Error as problem:
            raise _damaged(self.path) from problem


def _opening(first: Event) -> Mapping[str, Any]:
    """Return the words of the first line: which log it is, and kept since which generation."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": actor(),
        "state": "opened",
        "log": uuid4().hex[:16],
        "generation": first.generation,
        "version": first.version,
        "peelian": __version__,
    }


def _patiently(base: sqlite3.Connection, pragma: str) -> None:
    """Run a pragma that SQLite refuses, without waiting, while another process does the same."""
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            base.execute(pragma)
            return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _refusal(path: Path, problem: Exception) -> AuditError:
    said = str(problem)
    if "locked" in said or "busy" in said:
        return AuditError(
            "The audit log is held by another process and was not let go.",
            found=path.name,
            try_="again when that is done",
            read=PAGE,
        )
    if "readonly" in said or "unable to open" in said or "disk is full" in said:
        return Unwritable(
            "The audit log cannot be written, so nothing is done that it should hold.",
            found=f"{path.name}: {said}",
            try_="a store in a folder you may write to, with room left",
            read=PAGE,
        )
    return _damaged(path)


class Unwritable(AuditError):
    """The log lies where nothing can be written."""


def _damaged(path: Path) -> AuditError:
    return AuditError(
        "The audit log is damaged.",
        found=f"{path.name} cannot be read as a log",
        try_="peelian audit STORE --verify says where; keep the file as it is, and put a copy back",
        read=PAGE,
    )
