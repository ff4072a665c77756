"""The file outside the store to which every new end of the log is appended."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from peelian.errors import AuditError
from peelian.safeguards.audit.line import Head
from peelian.safeguards.settings import PAGE

_WAIT_S = 30.0


class Heads:
    """The outside file, open for one head; or none, where the administrator named none."""

    def __init__(self, handle: int | None, path: Path | None) -> None:
        self._handle, self._path = handle, path

    def append(self, head: Head) -> None:
        """Append a head in one write, on a line of its own, and make it outlast a power cut.

        Raises:
            AuditError: It cannot be written.
        """
        if self._handle is None or self._path is None:
            return
        line = f"{head} {datetime.now(UTC).isoformat(timespec='seconds')}\n"
        try:
            os.write(self._handle, (self._fresh_line() + line).encode("ascii"))
            os.fsync(self._handle)
        except OSError as problem:
            raise _unwritable(self._path, problem) from problem

    def _fresh_line(self) -> str:
        """Return a line's end where an earlier writer was killed within a line."""
        assert self._path is not None
        with self._path.open("rb") as file:
            if file.seek(0, os.SEEK_END) == 0:
                return ""
            file.seek(-1, os.SEEK_END)
            return "" if file.read(1) == b"\n" else "\n"


@contextmanager
def open_heads(path: Path | None) -> Iterator[Heads]:
    """Open the outside file before a line is written, so that no line is without its head.

    Raises:
        AuditError: It cannot be opened, so nothing may be done.
    """
    if path is None:
        yield Heads(None, None)
        return
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    try:
        lock.acquire(timeout=_WAIT_S)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0))
    except (OSError, Timeout) as problem:
        lock.release()
        raise _unwritable(path, problem) from problem
    try:
        yield Heads(handle, path)
    finally:
        os.close(handle)
        lock.release()


def read_heads(path: Path) -> tuple[list[Head], int]:
    """Return the heads that a file holds, and how many of its lines are none.

    Raises:
        AuditError: It cannot be read.
    """
    try:
        text = path.read_bytes().decode("ascii", "replace")
    except OSError as problem:
        raise AuditError(
            "The file of heads cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="the file that `heads` of the store's audit.toml names, or a copy of it",
            read=PAGE,
        ) from problem
    heads, strange = [], 0
    for line in text.splitlines():
        try:
            heads.append(Head.read(line.split(" ")[0]))
        except ValueError:
            strange += bool(line.strip())
    return heads, strange


def _unwritable(path: Path, problem: BaseException) -> AuditError:
    return AuditError(
        "The head of the audit log cannot be written outside the store, so nothing is done.",
        found=f"{path.name}: {type(problem).__name__}",
        try_="make that file writable, or name another as `heads` in the store's audit.toml",
        read=PAGE,
    )
