"""What `peelian erase` asks before it begins, and says when it has ended."""

import sys
from pathlib import Path

import typer

from peelian.changes import erase
from peelian.cli.speak import progress, say, say_json
from peelian.errors import UsageError
from peelian.records.erasing import Erased, Wish


def erase_and_tell(
    store: Path, wish: Wish, *, purpose: str, dry_run: bool, sure: bool, as_json: bool
) -> None:
    """Erase records once somebody is sure, and say what went.

    Args:
        store: The store's folder.
        wish: What is to be erased.
        purpose: Why.
        dry_run: Only say how many.
        sure: Whether nobody needs to be asked.
        as_json: As JSON.

    Raises:
        UsageError: Nobody is sure.
    """
    if not dry_run and not sure:
        would = erase(store, wish, dry_run=True)
        _tell(would)
        if not sys.stdin.isatty() or not typer.confirm("Erase them for good?", err=True):
            raise UsageError(
                "Nothing was erased, since nobody said that they are sure.",
                found=f"{would.records:,} records would go",
                try_="--yes to erase them, --dry-run to count them",
                read="how-to/audit-and-erase",
            )
    with progress("Finding what goes") as told:
        done = erase(store, wish, purpose=purpose, dry_run=dry_run, tell=told)
    if as_json:
        say_json(done.as_json())
    else:
        _tell(done)


def _tell(done: Erased) -> None:
    verb = "would go" if done.dry_run else "erased"
    for table, n in done.tables.items():
        say(f"{n:>12,} {table} {verb}")
    if done.followed:
        say(f"{done.followed:>12,} of them because the record they belong to goes")
    for table, n in done.cleared.items():
        say(f"{n:>12,} {table} stay, and no longer name a record that goes")
    if done.undated:
        say(f"{done.undated:>12,} records have no date, and stay")
    say(f"{done.records:,} records of {done.loads:,} files {verb}")
