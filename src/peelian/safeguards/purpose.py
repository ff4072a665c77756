"""Why records are handled: a code from the list, and a justification in words."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files

UNSTATED, OTHER = "unstated", "other"


@dataclass(frozen=True, slots=True)
class Purpose:
    """A purpose, as the log keeps it.

    >>> Purpose.read("prevention: planning with the partnership")
    Purpose(code='prevention', justification='planning with the partnership')
    >>> Purpose.read("Planning with the partnership").code
    'other'
    >>> Purpose.read("").code
    'unstated'
    """

    code: str
    justification: str = ""

    @classmethod
    def read(cls, text: str) -> "Purpose":
        """Read `CODE`, `CODE: why`, or words alone, which are kept under the code `other`."""
        text = text.strip()
        if text.lower() in ("", UNSTATED):
            return cls(UNSTATED)
        code, _, why = text.partition(":")
        code = code.strip().lower()
        return cls(code, why.strip()) if code in known_purposes() else cls(OTHER, text)


@cache
def known_purposes() -> Mapping[str, str]:
    """Return the codes of purposes, each with what it means."""
    text = (package_files("peelian.safeguards") / "purposes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["purposes"]
