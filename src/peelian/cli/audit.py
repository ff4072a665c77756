"""What `peelian audit` shows: the log of a store line by line, or whether it is whole."""

from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from peelian.cli.speak import say, say_json
from peelian.errors import AuditError
from peelian.records.store.pointer import read_about, read_generations
from peelian.safeguards.audit import Log, verify
from peelian.safeguards.settings import PAGE


def tell_log(store: Path, last: int, *, as_json: bool) -> None:
    """Print the lines of a store's log.

    Args:
        store: The store's folder.
        last: Only so many of the last; 0 for all.
        as_json: As one JSON list, each line with its hash.

    Raises:
        StoreError: There is no store.
        AuditError: The log cannot be read.
    """
    read_about(store)
    lines = deque(Log.of(store).lines(), maxlen=last or None)
    try:
        told = [line.says | {"hash": line.hash} for line in lines]
    except ValueError as problem:
        raise AuditError(
            "The log holds a line that is none.", try_="peelian audit STORE --verify", read=PAGE
        ) from problem
    if as_json:
        say_json(told)
        return
    for says in told:
        say(_plain(_in_words(says)))
    if not told:
        say("Nothing was logged yet.")


def _in_words(says: Mapping[str, Any]) -> str:
    if says.get("state") == "opened":
        return f"{says['line']:>6}  {says['at'][:19]}Z  {says['actor']}  the log was opened"
    state = "" if says["state"] == "done" else f" ({says['state']})"
    records = "" if says["records"] is None else f", {says['records']:,} records"
    why = f": {says['justification']}" if says["justification"] else ""
    role = f" [{says['role']}]" if says["role"] else ""
    return (
        f"{says['line']:>6}  {says['at'][:19]}Z  {says['actor']}{role}  {says['operation']}{state} "
        f"of {says['object_type']} {says['object']}{records}; {says['purpose']}{why}"
    )


def _plain(text: str) -> str:
    """Return a line without signs that would move a terminal's cursor or hide its words."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def verify_log(store: Path, heads: Path | None, releases: Sequence[Path], *, as_json: bool) -> None:
    """Check a store's log, and say what was found.

    Args:
        store: The store's folder.
        heads: The outside file, if not the one that the store's settings name.
        releases: Folders of releases written of the store.
        as_json: As JSON.

    Raises:
        StoreError: There is no store.
        AuditError: The log is not as it was written.
    """
    read_about(store)
    verdict = verify(
        Log.of(store), heads=heads, releases=releases, generations=read_generations(store)
    )
    if as_json:
        say_json({"whole": verdict.whole, **vars(verdict)})
    else:
        say(f"{verdict.lines:,} lines, checked against {verdict.outside} heads from outside")
        for note in verdict.notes:
            say(f"note: {note}")
        for finding in verdict.findings:
            say(f"found: {finding}")
    if not verdict.whole:
        raise AuditError(
            "The audit log is not as it was written.",
            found=f"{len(verdict.findings)} findings, {verdict.findings[0]}",
            try_="keep the store as it is, and tell whoever answers for it",
            read=PAGE,
        )
    if not as_json:
        say(
            f"The log is whole. Its head: {verdict.head}"
            if verdict.lines
            else "There is no log yet."
        )
