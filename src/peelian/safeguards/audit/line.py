"""What a line of the audit log says, and how it is chained to the line before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from peelian.safeguards.purpose import Purpose

START = "0" * 64  # what the first line is chained to


class Operation(StrEnum):
    """The six operations that s.62 of the Data Protection Act 2018 asks a log of."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was done with records.

    Args:
        operation: Which of the six.
        object: What it was done to: an analysis, files, a release's folder. Never a record's value.
        object_type: What kind of thing that is.
        purpose: Why.
        records: How many records; None where that is not known yet.
        generation: The store's generation at that moment.
        version: That generation's fingerprint.
        state: `begun` before a change, then `done` or `refused`; looks are `done` at once. An
            operation whose end was not logged, since it was killed, is settled later as `found
            done` or `found undone`.
        ends: The line where it was begun.
        recipient: To whom, of a disclosure.
        detail: What else is known of it: counts, names of files and settings.
    """

    operation: Operation
    object: str
    object_type: str
    purpose: Purpose
    records: int | None = None
    generation: int | None = None
    version: str = ""
    state: str = "done"
    ends: int | None = None
    recipient: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log at one moment: whoever holds it can tell whether that log was kept whole.

    >>> Head.read("3f:7:" + "a" * 64).line
    7
    """

    log: str
    line: int
    hash: str

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read a head as it is written into releases and the outside file.

        Raises:
            ValueError: It is not a head.
        """
        log, line, digest = text.split(":")
        if len(digest) != len(START) or not set(digest) <= set("0123456789abcdef"):
            raise ValueError("not a head")
        return cls(log, int(line), digest)

    def __str__(self) -> str:
        return f"{self.log}:{self.line}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it lies in the log: its number, its words as JSON, and their hash."""

    number: int
    body: str
    hash: str

    @property
    def says(self) -> dict[str, Any]:
        """Return what it says.

        Raises:
            ValueError: Somebody has put something else there.
        """
        told = json.loads(self.body)
        if not isinstance(told, dict):
            raise ValueError("not a line")
        return told


def chained(number: int, previous: str, says: Mapping[str, Any]) -> Line:
    """Return a line chained to the one before, whose hash stands among its own words."""
    body = json.dumps(
        {**says, "line": number, "previous": previous},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return Line(number, body, digest(body))


def digest(body: str) -> str:
    """Return the hash of a line's words."""
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
