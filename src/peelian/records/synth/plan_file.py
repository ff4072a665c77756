"""A plan as a TOML file: read, or refused with what to change; written out whole; documented."""

import inspect
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.records.synth.keys import PAGE, Key, as_toml_value, keys_of, read_part
from peelian.records.synth.plan import PARTS, Plan
from peelian.toml_text import read_toml


def read_words(path: Path) -> dict[str, Any]:
    """Return the tables of a plan file.

    Raises:
        UsageError: The file cannot be read.
    """
    try:
        return read_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "The plan cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="a TOML file in UTF-8",
            read=PAGE,
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(
            "The plan cannot be read as TOML.",
            found=f"{path.name}: {problem}",
            try_='tables and keys such as [policy] and effect = 0.2; words in "quotes"',
            read=PAGE,
        ) from problem


def plan_of(words: Mapping[str, Any], sizes: Mapping[str, Mapping[str, Any]] | None = None) -> Plan:
    """Return the plan that tables of keys describe; what they leave out keeps its default.

    Args:
        words: The tables, by part.
        sizes: Keys by part that take the place of defaults.

    Raises:
        UsageError: A table or key is unknown, a value is of another kind, or the plan cannot be
            carried out.
    """
    for name, part in words.items():
        _check_part(name, part)
    sizes = sizes or {}
    said = {name: {**sizes.get(name, {}), **words.get(name, {})} for name in PARTS}
    return Plan(**{name: read_part(PARTS[name], said[name], name) for name in PARTS})


def _check_part(name: str, part: Any) -> None:
    if name not in PARTS:
        table = isinstance(part, Mapping)
        raise UsageError(
            "The plan has no such part.",
            found=f"[{name}]" if table else name,
            try_=nearest(name, PARTS) if table else _under(name),
            read=PAGE,
        )
    if not isinstance(part, Mapping):
        raise UsageError(
            "A part of the plan is a table of keys.",
            found=f"{name} = …",
            try_=f"[{name}] on a line of its own, and its keys below",
            read=PAGE,
        )


def _under(key: str) -> str:
    """Say under which part a key stands that was written before any."""
    holders = [name for name, part in PARTS.items() if key in {k.name for k in keys_of(part)}]
    return f"write it under [{holders[0]}]" if holders else f"one of {', '.join(PARTS)}"


def as_toml(plan: Plan) -> str:
    """Return a plan as the file that would read as it: every key, also those left at defaults."""
    lines: list[str] = []
    for name, part in PARTS.items():
        own = getattr(plan, name)
        lines += [
            f"[{name}]",
            *(f"{k.name} = {as_toml_value(getattr(own, k.name))}" for k in keys_of(part)),
        ]
        lines.append("")
    return "\n".join(lines)


def plan_page() -> str:
    """Return the reference page of every key: default, unit, meaning and source."""
    parts = [
        "# The plan of a made-up force",
        "",
        "What `peelian make --plant plan.toml` may set. A key that is left out keeps its default.",
        "An unknown key, a value of another kind, and a plan that cannot be carried out are",
        "refused with what to change. Most parts can be switched off (`--off PART`): the negative",
        "control that keeps the confounder. [Make up a force](../how-to/make-up-a-force.md) shows",
        "how.",
    ]
    for name, part in PARTS.items():
        parts += ["", f"## [{name}]", "", _about(name, part), ""]
        if off := getattr(part, "off", None):
            without = _first_sentence(off).removeprefix("Return ")
            parts += [f"Switched off (`--off {name}`): {without}", ""]
        parts += [
            "| key | default | what it sets | where the default comes from |",
            "|---|---|---|---|",
        ]
        parts += [_row(key) for key in keys_of(part)]
    return "\n".join(parts)


def _about(name: str, part: type) -> str:
    """Return what a part is about, without the mark that says which table it is."""
    about = _first_sentence(part)
    for mark in (f"`[{name}]`: ", f": `[{name}]` of a plan"):
        about = about.replace(mark, "")
    return about[:1].upper() + about[1:]


def _first_sentence(thing: Any) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def _row(key: Key) -> str:
    unit = f" ({key.unit})" if key.unit else ""
    cells = (f"`{key.name}`", f"`{as_toml_value(key.default)}`{unit}", key.means, key.source)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def check_documented() -> None:
    """Fail where a field of a part is not a documented key."""
    for part in PARTS.values():
        told = {key.name for key in keys_of(part)}
        for field in fields(part):
            if field.name not in told:
                raise TypeError(f"{part.__name__}.{field.name} is not a documented key")
