"""Every error a user can meet: the problem, what was found, what to try, and which page to read."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


class PeelianError(Exception):
    """A refusal that lends a hand. It may name files, columns and counts, never a record's value.

    Args:
        problem: One sentence: what cannot be done.
        found: What was met instead (column names, counts, file names).
        try_: What the reader can do about it.
        read: The docs page that says more, as a path below `docs/`, without its ending.
    """

    exit_code = 1

    def __init__(self, problem: str, *, found: str = "", try_: str = "", read: str = "") -> None:
        self.problem, self.found, self.try_, self.read = problem, found, try_, read
        super().__init__(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made again in another process: from its parts, not from its text."""
        return _made_again, (type(self), self.problem, self.found, self.try_, self.read)

    def text(self) -> str:
        """Return the whole message, a labelled line for each part that has something to say."""
        lines = [f"{type(self).__name__}: {self.problem}"]
        parts = (("Found", self.found), ("Try", self.try_), ("Read", self.read))
        lines += [f"  {label}: {text}" for label, text in parts if text]
        return "\n".join(map(plain, lines))

    def as_json(self) -> dict[str, str]:
        """Return the one shape in which every machine-readable error is written."""
        return {
            "error": type(self).__name__,
            "problem": self.problem,
            "found": self.found,
            "try": self.try_,
            "read": self.read,
        }


def _made_again(
    kind: type[PeelianError], problem: str, found: str, try_: str, read: str
) -> PeelianError:
    return kind(problem, found=found, try_=try_, read=read)


class UsageError(PeelianError):
    """A command, setting or study that cannot be understood."""

    exit_code = 2


class InputError(PeelianError):
    """A file that cannot be read as what it was said to be; nothing was loaded."""

    exit_code = 3


class MappingError(PeelianError):
    """A mapping that does not fit its file or the schema."""

    exit_code = 3


class AlreadyLoaded(PeelianError):
    """A different file for a source and month that the store already holds."""

    exit_code = 4


class StoreError(PeelianError):
    """A store that is missing, of another version, damaged, or held by another loader."""

    exit_code = 5


class StoreBusy(StoreError):
    """Another load holds the store."""


class CannotAnswer(PeelianError):
    """The records cannot answer the question as it was asked: a refusal, not a failure."""

    exit_code = 6


class MissingDenominator(CannotAnswer):
    """A rate was asked for without saying of what."""


class VintageMismatch(CannotAnswer):
    """Records, measures and boundaries are of different vintages and nothing links them."""


class EngineMissing(PeelianError):
    """An engine or an extra that is not installed on this machine."""

    exit_code = 7


class DisclosureError(PeelianError):
    """Something tried to leave without passing through the door."""

    exit_code = 8


class AuditError(PeelianError):
    """The audit log cannot be written, so nothing is done; or it is not as it was written."""

    exit_code = 9


def plain(text: str) -> str:
    r"""Return a line with what would steer a terminal, or turn its text about, written out.

    File names and headers are other people's words: one may hold colours, or a sign that makes
    `gpj.exe` read as `exe.jpg`.

    >>> plain("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return "".join(
        sign.encode("unicode_escape").decode() if _steers(sign) else sign for sign in text
    )


def _steers(sign: str) -> bool:
    if sign == "\t":
        return False
    return unicodedata.category(sign) in ("Cc", "Cs") or unicodedata.bidirectional(sign) in _TURNS


_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return "Did you mean ...?" for the closest choices, or the choices themselves.

    >>> nearest("populaton", ["population", "households"])
    'Did you mean population?'
    >>> nearest("zzz", ["b", "a"])
    'one of: a, b'
    """
    known = sorted(set(choices))
    close = get_close_matches(word, known, n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(close)}?" if close else f"one of: {', '.join(known)}"
