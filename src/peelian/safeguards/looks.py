"""Looks at records and what is let out of them, as events for the log."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from peelian.results import Provenance
from peelian.safeguards.audit import Event, Head, Log, Operation
from peelian.safeguards.purpose import Purpose
from peelian.schema import Sensitivity


def log_look(
    log: Log, made: Provenance, purpose: Purpose, *, generation: int, level: Sensitivity
) -> Head:
    """Log that records were consulted and, where two sources were joined, combined.

    Args:
        log: The store's log.
        made: What the answer was made of.
        purpose: Why it was asked.
        generation: The generation of the store that was asked.
        level: The most sensitive of the records.

    Raises:
        AuditError: It cannot be logged, so the answer must not be given.
    """
    return log.write(*_look(made, purpose, generation, level))


def _look(
    made: Provenance, purpose: Purpose, generation: int, level: Sensitivity
) -> Iterator[Event]:
    sources = sorted({file.source for file in made.files})
    operations = [Operation.CONSULTATION]
    if len(sources) > 1:
        operations.append(Operation.COMBINATION)
    for operation in operations:
        yield Event(
            operation=operation,
            object=made.analysis,
            object_type="analysis",
            purpose=purpose,
            records=sum(made.records_used.values()),
            generation=generation,
            version=made.generation,
            detail={
                "settings": {name: str(value) for name, value in sorted(made.settings.items())},
                "period": made.period,
                "records_used": dict(made.records_used),
                "sources": sources,
                "sensitivity": level.name.lower(),
                "engine": made.engine,
            },
        )


def log_writing(
    log: Log,
    made: Sequence[Provenance],
    purpose: Purpose,
    *,
    out: Path,
    generation: int,
    recipient: str = "",
) -> Head:
    """Log that releases are about to be written where they can be handed on.

    Args:
        log: The store's log.
        made: What each of the releases was made of.
        purpose: Why.
        out: The folder they are written to; only its name is kept.
        generation: The generation of the store that was asked.
        recipient: Whom they are for, where that is known.
    """
    return log.write(
        Event(
            operation=Operation.DISCLOSURE,
            object=out.name,
            object_type="release",
            purpose=purpose,
            records=sum(sum(one.records_used.values()) for one in made),
            generation=generation,
            version=made[0].generation if made else "",
            state="begun",
            recipient=recipient,
            detail={"analyses": [one.analysis for one in made]},
        )
    )


def log_written(
    log: Log, begun: Head, made: Sequence[Provenance], purpose: Purpose, page: Path
) -> Head:
    """Log that releases were written, with the fingerprint of what was written.

    Args:
        log: The store's log.
        begun: The line that said they were about to be.
        made: What each of the releases was made of.
        purpose: Why.
        page: The report, which has its `release.json` beside it.
    """
    written = (page.parent / "release.json").read_bytes()
    return log.write(
        Event(
            operation=Operation.DISCLOSURE,
            object=page.parent.name,
            object_type="release",
            purpose=purpose,
            records=sum(sum(one.records_used.values()) for one in made),
            version=made[0].generation if made else "",
            ends=begun.line,
            detail={"release_sha256": hashlib.sha256(written).hexdigest()},
        )
    )
