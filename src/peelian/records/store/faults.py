"""What the disk, the engine or the machine refused, as errors that say what to do."""

import errno
from pathlib import Path

import duckdb
from deltalake.exceptions import DeltaError

from peelian.errors import InputError, PeelianError, StoreError

# What is raised when something outside peelian gives way.
GAVE_WAY = (OSError, MemoryError, DeltaError, duckdb.IOException, duckdb.OutOfMemoryException)
_FULL = (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC, errno.EFBIG)
_FULL_ON_WINDOWS = 112
# The engines hand the system's words on in texts of their own, and no number with them.
_FULL_WORDS = ("no space left", "not enough space", "quota exceeded", "disk full", "os error 28")
_PAGE = "explanation/stores"


def in_words(problem: BaseException, store: Path, *, done: bool = False) -> PeelianError:
    """Return an error of ours for what gave way; the texts of others may quote a value, or a path.

    Args:
        problem: One of `GAVE_WAY`.
        store: The store that was being changed.
        done: Whether the change was made before that.
    """
    if isinstance(problem, PeelianError):
        return problem
    kind = type(problem).__name__
    as_it_was = "Nothing was changed; the store is as it was."
    if done:
        as_it_was = "The store was changed all the same: look at its ledger."
    if _is_full(problem):
        return StoreError(
            f"The disk is full. {as_it_was}",
            found=f"{store.name}: {kind}",
            try_="free some space where the store lies, or move the store to a larger disk",
            read=_PAGE,
        )
    if isinstance(problem, MemoryError | duckdb.OutOfMemoryException):
        return StoreError(
            f"There is not enough memory. {as_it_was}",
            found=f"{store.name}: {kind}",
            try_="load fewer files at a time, or close other programs",
            read=_PAGE,
        )
    other = _other_file(problem, store)
    if other:
        return InputError(
            f"{other} cannot be read. Nothing was loaded.",
            found=kind,
            try_="see whether you may open it, and whether its drive is still there",
            read="how-to/load-records",
        )
    return StoreError(
        f"The store cannot be written. {as_it_was}",
        found=f"{store.name}: {kind}",
        try_="see whether you may write to its folder, and whether its drive is still there",
        read=_PAGE,
    )


def _is_full(problem: BaseException) -> bool:
    if isinstance(problem, OSError) and (
        problem.errno in _FULL or getattr(problem, "winerror", 0) == _FULL_ON_WINDOWS
    ):
        return True
    return any(words in str(problem).lower() for words in _FULL_WORDS)


def _other_file(problem: BaseException, store: Path) -> str:
    """Return the name of the file that gave way, if it is none of the store's."""
    name = getattr(problem, "filename", None)
    if not isinstance(name, str | bytes):
        return ""
    path = Path(name.decode("utf-8", "replace") if isinstance(name, bytes) else name)
    inside = store.resolve() in (path.resolve(), *path.resolve().parents)
    return "" if inside else path.name
