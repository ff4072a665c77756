"""The small files that make a folder a store: what it is, and which generation it shows."""

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from filelock import FileLock, Timeout

from peelian.errors import StoreBusy, StoreError

T = TypeVar("T")
FORMAT = 1
ABOUT, CURRENT, GENERATIONS, TABLES, CODES = (
    "peelian.json",
    "current.json",
    "generations",
    "tables",
    "codes",
)
LOCK, WORK = ".lock", ".work"
PAGE = "explanation/stores"
# On Windows a file that a reader has just open cannot be replaced; readers hold it for a moment.
_TRIES, _PAUSE = 50, 0.02


@dataclass(frozen=True, slots=True)
class About:
    """What a store is: written once, when it is made.

    Args:
        crs: The grid of `x` and `y`.
        timezone: The zone of local dates.
        format: The version of the store's layout.
    """

    crs: str
    timezone: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Pointer:
    """One generation: the version of every table that belongs together.

    Args:
        generation: Its number; the empty store is generation 0.
        versions: The Delta version of each table that holds anything.
        fingerprint: What was loaded, as one word; see `fingerprint_of`.
        parent: The fingerprint of the generation before it.
    """

    generation: int
    versions: Mapping[str, int] = field(default_factory=dict)
    fingerprint: str = ""
    parent: str = ""


def write_about(store: Path, about: About) -> None:
    """Write what the store is; its presence is what makes the folder a store."""
    _write(store / ABOUT, asdict(about))


def read_about(store: Path) -> About:
    """Return what the store is.

    Raises:
        StoreError: There is no store here, it is of a newer peelian, or it is damaged.
    """
    if not (store / ABOUT).is_file():
        raise StoreError(
            "There is no store here.",
            found=f"{store.name}: no {ABOUT}",
            try_=f"peelian new {store.name}",
            read=PAGE,
        )
    raw = _read(store / ABOUT)
    version = raw.get("format")
    if not isinstance(version, int) or not {"crs", "timezone"} <= raw.keys():
        raise _damaged(store / ABOUT)
    if version > FORMAT:
        raise StoreError(
            "The store was written by a newer peelian.",
            found=f"format {version}; this peelian reads up to {FORMAT}",
            try_="install the newer peelian, or load the files into a store of this one",
            read=PAGE,
        )
    return About(str(raw["crs"]), str(raw["timezone"]), version)


def read_pointer(store: Path) -> Pointer:
    """Return the generation that the store shows.

    Raises:
        StoreError: The pointer is missing or damaged.
    """
    raw = _read(store / CURRENT)
    try:
        versions = {str(table): int(version) for table, version in raw["versions"].items()}
        return Pointer(int(raw["generation"]), versions, str(raw["fingerprint"]), raw["parent"])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise _damaged(store / CURRENT) from problem


def read_generations(store: Path) -> dict[int, str]:
    """Return the fingerprint of every generation that the store has shown, by number.

    A generation that was recorded and never shown, since its load was killed, is left out.

    Raises:
        StoreError: One of them is damaged.
    """
    shown = read_pointer(store).generation
    found = {}
    for path in sorted((store / GENERATIONS).glob("*.json")):
        raw = _read(path)
        try:
            number, fingerprint = int(raw["generation"]), str(raw["fingerprint"])
        except (KeyError, TypeError, ValueError) as problem:
            raise _damaged(path) from problem
        if number <= shown:
            found[number] = fingerprint
    return found


def write_pointer(store: Path, pointer: Pointer) -> None:
    """Record a generation, then show it: the last replacement is the one moment of change."""
    raw = asdict(pointer)
    recorded = store / GENERATIONS / f"{pointer.generation:06}.json"
    _write(recorded, raw)
    try:
        _write(store / CURRENT, raw)
    except OSError:
        recorded.unlink(missing_ok=True)  # it never came
        raise


def hold(store: Path) -> FileLock:
    """Take the store for writing: nobody else may, until the lock is let go.

    Raises:
        StoreBusy: Somebody has it.
    """
    lock = FileLock(store / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as problem:
        raise StoreBusy(
            "Another load holds the store.",
            found=store.name,
            try_="wait until it is done; readers need not wait",
            read=PAGE,
        ) from problem
    return lock


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(patiently(lambda: path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as problem:
        raise _damaged(path) from problem
    if not isinstance(raw, dict):
        raise _damaged(path)
    return raw


def _damaged(path: Path) -> StoreError:
    return StoreError(
        "The store is damaged.",
        found=f"{path.name} is missing or cannot be read",
        try_=f"copy the store from a backup; of {CURRENT}, the newest file of {GENERATIONS} is "
        "what it last said",
        read=PAGE,
    )


def _write(path: Path, raw: Mapping[str, Any]) -> None:
    """Write a file so that, killed at any moment, it is as it was or as it should be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            json.dump(raw, file, indent=2, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        patiently(lambda: fresh.replace(path))
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a replacement outlast a power cut, where a folder can be synced.

    Windows and some network drives cannot. The replacement has happened by now, so to fail here
    would say of a change that was made that it was not.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def patiently(act: Callable[[], T]) -> T:
    """Do what a reader may stand in the way of for a moment, as on Windows."""
    for _ in range(_TRIES):
        try:
            return act()
        except PermissionError:
            time.sleep(_PAUSE)
    return act()
