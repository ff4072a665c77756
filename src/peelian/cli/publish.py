"""What `peelian publish` does: every check, then the public release or the reasons against it."""

import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from peelian.cli.speak import say, say_json
from peelian.errors import DisclosureError, UsageError
from peelian.records.store.pointer import read_about, read_pointer
from peelian.report.public import public_words, write_public
from peelian.safeguards.audit import Event, Log, Operation
from peelian.safeguards.publishing import Answers, Checked, check
from peelian.safeguards.publishing.written import PAGE, Written
from peelian.safeguards.purpose import Purpose


def publish(
    folder: Path, to: Path | None, answers: Answers, *, store: Path | None, purpose: str
) -> tuple[Checked, Path | None]:
    """Check a written release and, if nothing stands against it, write its public artefact.

    Args:
        folder: Where the analyst's release lies.
        to: Where the public one goes; None to check only.
        answers: What only a person can say.
        store: The store it was made from.
        purpose: Why, for the store's audit log.

    Returns:
        What was found, and the path of the public page if it was written.

    Raises:
        InputError: There is no release in the folder.
        UsageError: The two folders are not apart.
        AuditError: It cannot be logged, so it is not written.
    """
    if to is not None:
        _apart(folder, to)
    if store is not None:
        read_about(store)
    checked = check(Written.read(folder), answers, today=date.today(), store=store)
    if checked.reasons or to is None or answers.expires is None:
        return checked, None
    written = checked.written
    words = public_words(written.told, source_sha256=written.sha256, expires=answers.expires)
    pictures = [folder / name for name in written.pictures()]
    if store is None:
        return checked, write_public(words, to, pictures)
    return checked, _write_logged(words, to, pictures, store=store, purpose=purpose)


def _apart(folder: Path, to: Path) -> None:
    here, there = folder.resolve(), to.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UsageError(
            "The public release goes into a folder of its own, apart from the analyst's.",
            found=f"{folder.name} and {to.name}",
            try_="--to a folder that neither holds the other nor lies in it",
            read=PAGE,
        )


def _write_logged(
    words: dict[str, Any], to: Path, pictures: list[Path], *, store: Path, purpose: str
) -> Path:
    log, at = Log.of(store), read_pointer(store)
    why = Purpose.read(purpose or str(words["purpose"]))
    log.check_purpose(why)
    told: dict[str, Any] = {
        "operation": Operation.DISCLOSURE,
        "object": to.name,
        "object_type": "public release",
        "purpose": why,
        "version": at.fingerprint,
        "recipient": "the public",
        "detail": {
            "made_from_release_sha256": words["made_from_release_sha256"],
            "speaks_until": words["speaks_until"],
        },
    }
    begun = log.write(Event(state="begun", generation=at.generation, **told))
    try:
        page = write_public(words, to, pictures)
    except UsageError:
        log.write(Event(state="refused", ends=begun.line, **told))
        raise
    try:
        log.write(Event(ends=begun.line, **told))
    except BaseException:
        shutil.rmtree(to, ignore_errors=True)  # what is not logged is not published
        raise
    return page


def tell_published(checked: Checked, page: Path | None, *, as_json: bool) -> None:
    """Say what was found, and refuse where anything stands against publishing.

    Raises:
        DisclosureError: Something does.
    """
    if as_json:
        say_json(
            {
                "safe": not checked.reasons,
                "page": str(page) if page else None,
                "passed": list(checked.passed),
                "reasons": [asdict(reason) for reason in checked.reasons],
                "notes": list(checked.notes),
            }
        )
    else:
        for name in checked.passed:
            say(f"ok    {name}")
        for reason in checked.reasons:
            say(f"not   {reason.check}: {reason.says}\n      try: {reason.try_}")
        for note in checked.notes:
            say(f"note: {note}")
    if checked.reasons:
        raise DisclosureError(
            "This release is not published.",
            found=f"{len(checked.reasons)} reasons, in "
            + ", ".join(dict.fromkeys(reason.check for reason in checked.reasons)),
            try_="what stands beside each reason",
            read=PAGE,
        )
    if not as_json:
        say(f"The public release: {page}" if page else "Nothing stands against publishing it.")
