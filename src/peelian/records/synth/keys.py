"""The keys of a plan: each with its default, what it means, and where the default comes from."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

from peelian.errors import UsageError, nearest

PAGE = "reference/plan"
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a plan, for the reference page.

    Args:
        name: As written in the plan.
        default: Its value where a plan leaves it out.
        means: What it sets.
        source: Where the default comes from, or "ours" with the reason.
        unit: What it is counted in; "" for a pure number.
    """

    name: str
    default: Any
    means: str
    source: str
    unit: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plan cannot be carried out: what was found, and what to write instead."""

    found: str
    try_: str


def key(default: Any, means: str, source: str, *, unit: str = "") -> Any:
    """Declare one key of a part of the plan, as a dataclass field.

    Args:
        default: Its value where a plan leaves it out. A tuple for a list.
        means: What it sets, in one sentence.
        source: Where the default comes from.
        unit: What it is counted in.
    """
    return field(default=default, metadata={"means": means, "source": source, "unit": unit})


def keys_of(part: type) -> tuple[Key, ...]:
    """Return the documented keys of a part of the plan, in order."""
    return tuple(
        Key(f.name, f.default, f.metadata["means"], f.metadata["source"], f.metadata["unit"])
        for f in _documented(part)
    )


def read_part(part: type[P], words: Mapping[str, Any], where: str) -> P:
    """Return a part of the plan from its table in TOML.

    Args:
        part: A dataclass whose fields are made by `key`.
        words: The table as read.
        where: The table's name, for errors.

    Raises:
        UsageError: A key is unknown, or its value is of another kind than the default.
    """
    known = {f.name: f for f in _documented(part)}
    for name, value in words.items():
        if name not in known:
            raise UsageError(
                f"The plan's [{where}] has no such key.",
                found=name,
                try_=nearest(name, known),
                read=PAGE,
            )
        _check_kind(known[name], value, where)
    return part(**{name: _settled(known[name], value) for name, value in words.items()})


def as_toml_value(value: Any) -> str:
    """Return a value as a plan file writes it.

    >>> as_toml_value((True, "a", 0.5))
    '[true, "a", 0.5]'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(as_toml_value(one) for one in value) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return repr(value)


def _documented(part: type) -> Iterator[Field]:
    for f in fields(part):  # type: ignore[arg-type]
        if "means" in f.metadata:
            if f.default is MISSING:
                raise TypeError(f"{part.__name__}.{f.name} has no default")
            yield f


def _check_kind(f: Field, value: Any, where: str) -> None:
    wanted = type(f.default)
    fits = {
        bool: isinstance(value, bool),
        int: isinstance(value, int) and not isinstance(value, bool),
        float: isinstance(value, int | float) and not isinstance(value, bool),
        str: isinstance(value, str),
        tuple: isinstance(value, list | tuple),
    }.get(wanted, True)
    if not fits:
        words = {bool: "true or false", int: "a whole number", float: "a number"}
        words |= {str: "words in quotes", tuple: "a list"}
        raise UsageError(
            f"The plan's {where}.{f.name} is of another kind.",
            found=as_toml_value(value),
            try_=f"{words[wanted]}, such as {as_toml_value(f.default)}",
            read=PAGE,
        )


def _settled(f: Field, value: Any) -> Any:
    if isinstance(f.default, float):
        return float(value)
    return tuple(value) if isinstance(f.default, tuple) else value


def day_of(word: str) -> np.datetime64 | None:
    """Return the day that a key names as YYYY-MM-DD; None where it names none.

    >>> str(day_of("2023-09-04")), day_of("2023-9-4"), day_of("2023-02-30")
    ('2023-09-04', None, None)
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", word):
        return None
    try:
        return np.datetime64(word, "D")
    except ValueError:
        return None
