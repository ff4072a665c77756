"""Dated, editable code lists: which words a column may hold, and other spellings of them."""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.toml_text import read_toml


@dataclass(frozen=True, slots=True)
class Code:
    """One word of a code list.

    Args:
        code: The word as records hold it.
        label: The word as people read it.
        aliases: Other spellings met in real files; compared without regard to case or spacing.
        groups: The groups it belongs to, such as an offence group.
        since: First month (YYYY-MM) it was in use, or empty.
        until: Last month it was in use, or empty.
        more: Whatever else the list says of it, by name.
    """

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A named, versioned list of codes."""

    name: str
    title: str
    version: str
    source: str
    codes: tuple[Code, ...]
    groups: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, code: object) -> bool:
        return any(entry.code == code for entry in self.codes)

    def __getitem__(self, code: str) -> Code:
        for entry in self.codes:
            if entry.code == code:
                return entry
        known = [entry.code for entry in self.codes]
        raise UsageError(
            f"The code list {self.name} has no such code.",
            found=code,
            try_=nearest(code, known),
            read="reference/codes",
        )

    def spellings(self) -> Mapping[str, str]:
        """Return every known spelling, folded by `fold`, with the code it stands for."""
        pairs: dict[str, str] = {}
        for entry in self.codes:
            for word in (entry.code, entry.label, *entry.aliases):
                pairs.setdefault(fold(word), entry.code)
        return MappingProxyType(pairs)

    def in_group(self, group: str) -> tuple[str, ...]:
        """Return the codes of one group.

        Raises:
            UsageError: The list has no such group.
        """
        if group not in self.groups:
            raise UsageError(
                f"The code list {self.name} has no such group.",
                found=group,
                try_=nearest(group, self.groups),
                read="reference/codes",
            )
        return tuple(entry.code for entry in self.codes if group in entry.groups)


def fold(word: str) -> str:
    """Return a word without the differences of case and spacing that files differ in.

    >>> fold("  Violence and  Sexual Offences ")
    'violence and sexual offences'
    """
    return " ".join(word.lower().split())


# Where the force whose records are being looked at keeps its own lists; None for nowhere.
_OWN: ContextVar[Path | None] = ContextVar("own_code_lists", default=None)


@contextmanager
def own_code_lists(folder: Path) -> Iterator[None]:
    """Let a force's own lists be the ones that are found, for as long as one question is asked.

    An analysis looks lists up by name and knows nothing of stores; whoever asks it of a store says
    where that store keeps its own.

    Args:
        folder: Where they lie (a store's `codes/`); lists that are not there are the ones we ship.
    """
    before = _OWN.set(folder)
    try:
        yield
    finally:
        _OWN.reset(before)


def code_list(name: str, folder: Path | None = None) -> CodeList:
    """Return a code list by name: the one in `folder` if it is there, else the one we ship.

    Args:
        name: The list's name, such as `outcome`.
        folder: Where a force keeps its own edited lists (its store's `codes/`); if not given, where
            `own_code_lists` says, if it says anything.

    Raises:
        UsageError: There is no such list, or it cannot be read.
    """
    return _found(name, folder or _OWN.get())


@cache
def _found(name: str, folder: Path | None) -> CodeList:
    own = folder / f"{name}.toml" if folder else None
    shipped = files("peelian.schema") / "code_lists" / f"{name}.toml"
    if own is not None and own.is_file():
        return _parse(name, own.read_text(encoding="utf-8"))
    if not shipped.is_file():
        raise UsageError(
            "There is no such code list.",
            found=name,
            try_=nearest(name, code_lists()),
            read="reference/codes",
        )
    return _parse(name, shipped.read_text(encoding="utf-8"))


def code_lists() -> tuple[str, ...]:
    """Return the names of the code lists we ship."""
    folder = files("peelian.schema") / "code_lists"
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml")))


_KNOWN = {"code", "label", "aliases", "groups", "since", "until"}


def _parse(name: str, text: str) -> CodeList:
    try:
        raw = read_toml(text)
        codes = tuple(_code(entry) for entry in raw["codes"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise UsageError(
            f"The code list {name} cannot be read.",
            found=f"{type(problem).__name__}: {problem}",
            try_="compare it with the list we ship",
            read="reference/codes",
        ) from problem
    return CodeList(
        name,
        raw.get("title", name),
        str(raw.get("version", "")),
        raw.get("source", ""),
        codes,
        MappingProxyType(raw.get("groups", {})),
    )


def _code(entry: Mapping[str, Any]) -> Code:
    return Code(
        str(entry["code"]),
        entry.get("label", str(entry["code"])),
        tuple(entry.get("aliases", ())),
        tuple(entry.get("groups", ())),
        entry.get("since", ""),
        entry.get("until", ""),
        MappingProxyType({k: v for k, v in entry.items() if k not in _KNOWN}),
    )
