"""TOML as text made a dictionary; a text nested too deep for it is refused like any other."""

import tomllib
from typing import Any


class NestedTooDeep(tomllib.TOMLDecodeError):
    """It may be TOML, but its lists or tables stand in one another too many times to be read."""


def read_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says.

    >>> read_toml('purpose = "asked"')
    {'purpose': 'asked'}

    Raises:
        TOMLDecodeError: It is not TOML; `NestedTooDeep` where nobody could tell.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as problem:
        raise NestedTooDeep("lists or tables are nested too deep") from problem
