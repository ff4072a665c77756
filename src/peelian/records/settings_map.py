"""A mapping that is only a few settings: `word = "value"` lines in TOML."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from peelian.errors import MappingError, nearest
from peelian.toml_text import read_toml


def read_settings(path: Path, words: Sequence[str], page: str) -> dict[str, str]:
    """Return the settings of a mapping, to be given to a reader by name.

    Args:
        path: The TOML file.
        words: The settings the reader knows.
        page: The docs page an error sends the reader to.

    Raises:
        MappingError: It cannot be read, or says something else.
    """
    try:
        raw = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise MappingError(
            "The mapping cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_=f'lines such as `{words[0]} = "..."`',
            read=page,
        ) from problem
    unknown = [key for key, value in raw.items() if key not in words or not isinstance(value, str)]
    if unknown:
        raise MappingError(
            "The mapping says what means nothing here, or is not a word in quotes.",
            found=f"{path.name}: {', '.join(unknown)}",
            try_=nearest(unknown[0], words),
            read=page,
        )
    return raw
