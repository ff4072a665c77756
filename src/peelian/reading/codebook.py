"""A codebook: the one question that people read logs for, and the words they may answer with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.schema.codes import fold
from peelian.toml_text import read_toml

YES, NO, UNSURE = "yes", "no", "unsure"
_VALUES = (YES, NO, UNSURE)
_KNOWN = {"name", "title", "code", "definition", "source", "notes", "values"}
_PAGE = "how-to/read-logs-by-hand"
_SHIPPED = files("peelian.reading") / "codebooks"


@dataclass(frozen=True, slots=True)
class Codebook:
    """One question, and what each answer to it means.

    Args:
        name: What labels call it.
        title: The question, as a reader of logs meets it.
        code: What is looked for, as labels call it.
        definition: When the answer is yes.
        source: Where the definition comes from.
        notes: What readers should bear in mind.
        means: What each answer means, by answer.
        spellings: Every word that stands for an answer, folded.
    """

    name: str
    title: str
    code: str
    definition: str
    source: str = ""
    notes: tuple[str, ...] = ()
    means: Mapping[str, str] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)

    def answer(self, word: str) -> str | None:
        """Return the answer that a word of a sheet stands for, or None where it stands for none.

        >>> codebook("mental-health").answer("  YES ")
        'yes'
        >>> codebook("mental-health").answer("maybe") is None
        True
        """
        return self.spellings.get(fold(word).strip(" .!'\""))


def codebook(asked: str) -> Codebook:
    """Return a codebook that we ship, by name, or one of your own, by its path.

    Raises:
        UsageError: There is none, or it says something a codebook cannot say.
    """
    if asked.endswith(".toml"):
        return _read(Path(asked).name, _text_of(Path(asked)))
    names = sorted(p.name[:-5] for p in _SHIPPED.iterdir() if p.name.endswith(".toml"))
    if asked not in names:
        raise UsageError(
            "There is no such codebook.",
            found=asked,
            try_=f"{nearest(asked, names)}, or the path of your own, as TOML",
            read=_PAGE,
        )
    return _read(asked, (_SHIPPED / f"{asked}.toml").read_text(encoding="utf-8"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            "The codebook cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="check the path, and that it is TOML in UTF-8",
            read=_PAGE,
        ) from problem


def _read(name: str, text: str) -> Codebook:
    try:
        raw = read_toml(text)
    except tomllib.TOMLDecodeError as problem:
        raise _wrong(name, str(problem), "check that it is TOML") from problem
    return from_words(raw, name)


def from_words(raw: Mapping[str, Any], name: str) -> Codebook:
    """Make a codebook from what its TOML says, checking every word of it.

    Args:
        raw: What it says.
        name: Its file, for what is said of a fault.

    Raises:
        UsageError: A part is missing, unknown or of the wrong kind.
    """
    for part in raw:
        if part not in _KNOWN:
            raise _wrong(name, f"a part {part!r}", nearest(part, _KNOWN))
    for part in ("name", "title", "code", "definition"):
        if not isinstance(raw.get(part), str) or not raw[part].strip():
            raise _wrong(name, f"no {part}", f'{part} = "…"')
    if ":" in raw["name"]:
        raise _wrong(name, "a colon in its name", "a name without one")
    notes = raw.get("notes", [])
    if not isinstance(notes, list) or not all(isinstance(note, str) for note in notes):
        raise _wrong(name, "notes that are no list of words", 'notes = ["…"]')
    values = raw.get("values", {YES: {}, NO: {}, UNSURE: {}})
    if not isinstance(values, dict) or set(values) != set(_VALUES):
        raise _wrong(name, "other answers", f"[values.{YES}], [values.{NO}], [values.{UNSURE}]")
    return Codebook(
        raw["name"].strip(),
        raw["title"].strip(),
        raw["code"].strip(),
        raw["definition"].strip(),
        str(raw.get("source", "")),
        tuple(notes),
        MappingProxyType({value: str(values[value].get("means", "")) for value in _VALUES}),
        MappingProxyType(_spellings(values, name)),
    )


def _spellings(values: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in _VALUES:
        for word in (value, *values[value].get("aliases", ())):
            if found.setdefault(fold(str(word)), value) != value:
                raise _wrong(name, "one word for two answers", "each word once")
    return found


def _wrong(name: str, found: str, try_: str) -> UsageError:
    return UsageError(
        f"The codebook {name} is not as it should be.", found=found, try_=try_, read=_PAGE
    )
