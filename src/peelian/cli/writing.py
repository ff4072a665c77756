"""A study run, its releases written, and the writing logged as the disclosure it is."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from peelian.disclosure import Release
from peelian.report import write_report
from peelian.safeguards.audit import Log
from peelian.safeguards.looks import log_writing, log_written
from peelian.safeguards.purpose import Purpose
from peelian.study import Study, run

if TYPE_CHECKING:
    from peelian.records.store import Store


def run_and_write(
    study: Study,
    store: "Store",
    out: Path,
    *,
    purpose: str = "",
    tell: Callable[..., None] = lambda *_: None,
) -> tuple[Path, tuple[Release, ...]]:
    """Run a study and write its report, logged before a file is written and when all are.

    Args:
        study: The study.
        store: An open store.
        out: The folder to write to.
        purpose: Why, if not what the study says.
        tell: Called with what is going on.

    Returns:
        The path of the report, and the releases that it shows.

    Raises:
        AuditError: It cannot be logged, so nothing is written.
    """
    releases = run(study, store, purpose=purpose, tell=tell)
    why = Purpose.read(purpose or study.purpose)
    tell("Writing the report")
    return write_logged(releases, store, out, study.title, study.purpose, why), releases


def write_logged(
    releases: Sequence[Release], store: "Store", out: Path, title: str, purpose: str, why: Purpose
) -> Path:
    """Write releases as a report, logged before a file is written and when all are.

    Args:
        releases: What is shown, in order.
        store: The store they are of.
        out: The folder to write to.
        title: The report's title.
        purpose: What it is for, as it stands under the title.
        why: The purpose as the log keeps it.

    Returns:
        The path of the report.

    Raises:
        AuditError: It cannot be logged, so nothing is written.
    """
    made, log = [release.provenance for release in releases], Log.of(store.path)
    logged = all(one.audit for one in made)  # else its looks could not be logged: open records
    begun = log_writing(log, made, why, out=out, generation=store.generation) if logged else None
    page = write_report(releases, out, title=title, purpose=purpose)
    if begun is not None:
        log_written(log, begun, made, why, page)
    return page
