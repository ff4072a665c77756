"""Deficit language: words that blame people or brand places, found with what to say instead."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files


@dataclass(frozen=True, slots=True)
class Slip:
    """Words that should not be published.

    Args:
        where: Where they stand.
        words: The words.
        say: What to say in their stead.
    """

    where: str
    words: str
    say: str


def slips(texts: Iterable[tuple[str, str]]) -> Iterator[Slip]:
    """Yield every slip in some texts, each with where it stands.

    >>> [slip.words for slip in slips([("title", "Help for problem families")])]
    ['problem families']
    """
    for where, text in texts:
        plain = " ".join(text.split())
        for pattern, say in _patterns():
            for found in pattern.finditer(plain):
                yield Slip(where, found[0].strip(), say)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    told = (package_files(__package__ or "") / "language.toml").read_text(encoding="utf-8")
    return tuple(
        (re.compile(rf"(?<![\w-])(?:{slip['pattern']})(?![\w-])", re.IGNORECASE), slip["say"])
        for slip in tomllib.loads(told)["slip"]
    )
