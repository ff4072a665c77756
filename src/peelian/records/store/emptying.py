"""Emptying a store of what no generation may show again: the bytes of rows that were erased."""

import os
from pathlib import Path

from peelian.errors import StoreError
from peelian.records.store.pointer import PAGE, TABLES, Pointer, patiently
from peelian.records.store.tables import files_of

MARK = ".erasing"


def mark(store: Path) -> None:
    """Say that older generations are about to be emptied, so that a kill cannot leave them."""
    with (store / MARK).open("w", encoding="utf-8") as file:
        file.write("an erasure is not finished: the next load or erasure finishes it\n")
        file.flush()
        os.fsync(file.fileno())


def is_marked(store: Path) -> bool:
    """Say whether an erasure was begun and its older generations are not emptied yet."""
    return (store / MARK).exists()


def empty(store: Path, pointer: Pointer) -> int:
    """Remove every file of rows that this generation does not show; return how many.

    The small files that name the older generations stay: they hold no row, and the audit log is
    checked against them. Whoever still reads an older generation is cut off.

    Raises:
        StoreError: A file cannot be removed, since somebody holds it open; the mark stays.
    """
    removed, stuck = 0, 0
    for folder in sorted((store / TABLES).iterdir()):
        shown = {file.path.name for file in files_of(store, pointer, folder.name)}
        for path in folder.glob("*.parquet"):
            if path.name in shown:
                continue
            try:
                patiently(path.unlink)
                removed += 1
            except PermissionError:
                stuck += 1
    if stuck:
        raise StoreError(
            "The rows are erased from what the store shows, but their old files are still there.",
            found=f"{stuck} files that cannot be removed, as when somebody still reads them",
            try_="close whatever reads the store; the next load or erasure removes them",
            read=PAGE,
        )
    (store / MARK).unlink(missing_ok=True)
    return removed
