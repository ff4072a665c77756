"""Names of streets and estates, and whether a release speaks of harm to people."""

import re
import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from importlib.resources import files as package_files
from typing import Any


def street_names(texts: Iterable[tuple[str, str]], allowed: Collection[str] = ()) -> dict[str, str]:
    """Return what looks like the name of a street or an estate, each with where it first stands.

    Args:
        texts: Texts, each with where it stands.
        allowed: Names that somebody has looked at and that are none.

    Cannot show:
        Names that are spelled like other words: a person must still read the release.

    >>> street_names([("title", "Calls near Quarry Bank Road at night")])
    {'Quarry Bank Road': 'title'}
    """
    found: dict[str, str] = {}
    for where, text in texts:
        for match in _street().finditer(" ".join(text.split())):
            name = match[0]
            if name not in allowed and not any(word in name for word in _words()["not_names"]):
                found.setdefault(name, where)
    return found


def speaks_of_harm(texts: Iterable[tuple[str, str]]) -> bool:
    """Say whether texts are about harm to people."""
    return any(word in text.lower() for _, text in texts for word in _words()["harm"])


@cache
def _words() -> dict[str, Any]:
    text = (package_files(__package__ or "") / "names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _street() -> re.Pattern[str]:
    kinds = "|".join(_words()["streets"])
    return re.compile(rf"\b(?:[A-Z][\w'\u2019-]+ ){{1,4}}(?:{kinds})\b")
