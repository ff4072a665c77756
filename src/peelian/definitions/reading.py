"""A definition read from its TOML: every word of it checked, and what it refers to put in."""

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from peelian.definitions.rule_language import read_rule
from peelian.definitions.rules import Refers, Rule, parts_of, tables_of
from peelian.definitions.saying import PAGE, must, only, refusal, words_of
from peelian.errors import UsageError
from peelian.toml_text import read_toml

# What a published share can be a share of: the denominators an answer can be asked with, or empty.
DENOMINATORS = ("contacts", "incidents", "attended", "unit-hours", "officer-hours", "")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Published:
    """A share somebody published under a definition, or near it.

    Args:
        share: The share, 0 to 1; None where a range or a number alone was published.
        low: The lowest share, where a range was published.
        high: The highest.
        count: How many, where a number was published.
        of: What it is a share of, in the source's words.
        denominator: Which of `DENOMINATORS` that is nearest to; empty where it is none of them.
        where: The place.
        when: The time it held for.
        source: Who says so.
        verification: How well that was verified.
    """

    share: float | None = None
    low: float | None = None
    high: float | None = None
    count: int | None = None
    of: str = ""
    denominator: str = ""
    where: str = ""
    when: str = ""
    source: str = ""
    verification: str = ""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What counts as something, as one TOML file says it.

    Args:
        name: Its name, by which it is asked for.
        title: What it is called where people read it.
        counts: What it counts, in words.
        families: The groups it belongs to, such as `mental-health`.
        health: Whether it speaks of people's health: then shares are by district or force only.
        rule: The rule, with every definition it refers to put in.
        source: Where the definition comes from.
        verification: How well that was verified.
        held: The time it was in use, in words; empty where nothing is known.
        published: Shares published under it, the chief one first.
        fingerprint: SHA-256 of its text and of those it refers to.
        file: The path it was asked for by, where it is a reader's own; empty for shipped ones.
    """

    name: str
    title: str
    counts: str
    families: tuple[str, ...]
    health: bool
    rule: Rule
    source: str
    verification: str
    held: str = ""
    published: tuple[Published, ...] = ()
    fingerprint: str = ""
    file: str = ""
    tables: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        read = (name for part in parts_of(self.rule) for name in tables_of(part))
        object.__setattr__(self, "tables", ("incidents", *dict.fromkeys(read)))

    @property
    def column(self) -> str:
        """The name of its column in what `marked` returns."""
        return f"is_{self.name.replace('-', '_')}"

    @property
    def asked_column(self) -> str:
        """The name of the column that says whether anybody could tell, where `marked` adds it."""
        return f"asked_{self.name.replace('-', '_')}"

    def anchor(self, denominator: str) -> Published | None:
        """Return the first published share, or range, of this denominator; None if there is none.

        Args:
            denominator: One of `DENOMINATORS`.
        """
        shares = (p for p in self.published if p.share is not None or p.low is not None)
        return next((p for p in shares if p.denominator == denominator), None)


# A definition may refer to others by name: this finds them.
Finder = Callable[[str], Definition]


def read_definition(text: str, called: str, find: Finder, *, file: str = "") -> Definition:
    """Return the definition that some TOML text holds.

    Args:
        text: The text.
        called: What errors call it: its file's name.
        find: Finds a definition it refers to.
        file: The path it was asked for by, for a reader's own.

    Raises:
        UsageError: It is not TOML, or says something a definition cannot say.
    """
    try:
        raw = read_toml(text)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(
            f"The definition {called} cannot be read as TOML.",
            found=str(problem),
            try_="quotes around words; a part in { } on one line, or under [[rule.any]]",
            read=PAGE,
        ) from problem
    only(raw, _KEYS, called)
    for key in ("name", "title", "counts", "health", "source", "rule"):
        must(key in raw, called, f"has no {key}", try_=_WANTED[key])
    must(isinstance(raw["rule"], dict), called, "has a rule that is no table", try_=_WANTED["rule"])
    source = raw["source"]
    must(isinstance(source, dict), called, "has a source that is no table", try_=_WANTED["source"])
    only(source, ("says", "verification"), called, inside="source")
    must(_deep(raw["rule"]) <= _DEEPEST, called, "has rules within rules beyond what can be read",
         try_="give a part a definition of its own, and refer to it")  # fmt: skip
    rule = read_rule(raw["rule"], called, find)
    health = _flag(raw, "health", called)
    linked = _health_linked(rule, find)
    must(
        health or not linked,
        called,
        f"is not linked to health, but rests on what is: {linked}",
        try_="health = true",
    )
    return Definition(
        name=_name(raw, called),
        title=_text(raw, "title", called),
        counts=_text(raw, "counts", called),
        families=words_of(raw.get("families", []), "families", called, empty=True),
        health=health,
        rule=rule,
        source=_text(source, "says", called),
        verification=_text(source, "verification", called, default="not said"),
        held=_text(raw, "held", called, default=""),
        published=tuple(read_published(one, called) for one in _tables(raw, "published", called)),
        fingerprint=_fingerprint(text, rule, find),
        file=file,
    )


_KEYS = ("name", "title", "counts", "families", "health", "held", "source", "published", "rule")
_WANTED = {
    "name": 'name = "concern-for-welfare"',
    "title": 'title = "Concern for welfare"',
    "counts": 'counts = "incidents settled as a concern for safety"',
    "health": "health = true, unless it says nothing of anybody's health",
    "source": '[source] with says = "who defined it" and verification = "how that was checked"',
    "rule": '[rule] with closing = ["your-code"], words = ["…"] or another part',
}


# Of tables and lists within one another; an `any` of rules is two of them.
_DEEPEST = 24


def _deep(said: Any) -> int:
    """Return how many tables and lists stand within one another, without going down by calls."""
    deep, level = 0, [said]
    while level:
        inner = [one for one in level if isinstance(one, dict | list)]
        level = [each for one in inner for each in (one.values() if isinstance(one, dict) else one)]
        deep += bool(inner)
    return deep


def _name(raw: Mapping[str, Any], called: str) -> str:
    name = _text(raw, "name", called)
    must(
        _NAME.fullmatch(name) is not None and len(name) <= 50,
        called,
        "has a name that is none",
        try_="small letters and digits, parted by hyphens, at most 50: concern-for-welfare",
    )
    return name


def _text(raw: Mapping[str, Any], key: str, called: str, *, default: str | None = None) -> str:
    said = raw.get(key, default)
    must(isinstance(said, str), called, f"has a {key} that is not words", try_=f'{key} = "…"')
    must(bool(str(said).strip()) or default == "", called, f"has an empty {key}", try_="say it")
    return " ".join(str(said).split())


def _flag(raw: Mapping[str, Any], key: str, called: str) -> bool:
    must(isinstance(raw[key], bool), called, f"has a {key} that is not true or false")
    return bool(raw[key])


def _tables(raw: Mapping[str, Any], key: str, called: str) -> list[Mapping[str, Any]]:
    said = raw.get(key, [])
    whole = isinstance(said, list) and all(isinstance(one, dict) for one in said)
    must(whole, called, f"has a {key} that is no list of tables", try_=f"[[{key}]]")
    return said


_SHARES = ("share", "low", "high")
_ANCHOR_KEYS = (*_SHARES, "count", "of", "denominator", "where", "when", "source", "verification")


def read_published(raw: Mapping[str, Any], called: str) -> Published:
    """Return what was published, as a table of TOML says it.

    Args:
        raw: The table.
        called: What errors call its file.

    Raises:
        UsageError: A key is unknown, a share is no share, or it is of nothing.
    """
    only(raw, _ANCHOR_KEYS, called, inside="published")
    for key in _SHARES:
        value = raw.get(key)
        fits = value is None or (_is_number(value) and 0 <= value <= 1)
        must(fits, called, f"has a published {key} that is no share", try_="a number from 0 to 1")
    count = raw.get("count")
    whole = count is None or (_is_number(count) and count >= 0 and float(count).is_integer())
    must(whole, called, "has a published count that is no whole number")
    ends = [raw[key] for key in ("low", "share", "high") if raw.get(key) is not None]
    must(ends == sorted(ends), called, "has a published share that lies outside its own range",
         try_="low, share and high in that order")  # fmt: skip
    given = [raw.get(key) for key in (*_SHARES, "count")]
    must(any(g is not None for g in given), called, "has a published share without any number",
         try_="share = 0.051, or low = 0.01 and high = 0.1, or count = 36621")  # fmt: skip
    denominator = raw.get("denominator", "")
    if denominator not in DENOMINATORS:
        raise refusal(called, "names no denominator", str(denominator), DENOMINATORS[:-1])
    texts = ("of", "where", "when", "source", "verification")
    words = {key: _text(raw, key, called, default="") for key in texts}
    for key in ("of", "where"):
        must(bool(words[key]), called, f"has a published share without `{key}`",
             try_=f"say {'of what' if key == 'of' else 'where'} it was a share")  # fmt: skip
    share, low, high = (None if raw.get(key) is None else float(raw[key]) for key in _SHARES)
    return Published(
        share=share,
        low=low,
        high=high,
        count=None if count is None else int(count),
        denominator=denominator,
        **words,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _referred(rule: Rule) -> tuple[str, ...]:
    """Return the names a rule refers to itself, not those its references refer to."""
    if isinstance(rule, Refers):
        return (rule.name,)
    inner = getattr(rule, "parts", ()) or ((rule.part,) if hasattr(rule, "part") else ())  # type: ignore[union-attr]
    return tuple(name for part in inner for name in _referred(part))


def _health_linked(rule: Rule, find: Finder) -> str:
    return ", ".join(name for name in _referred(rule) if find(name).health)


def _fingerprint(text: str, rule: Rule, find: Finder) -> str:
    """Return what changes when the text does, or that of any definition it refers to."""
    # Line ends differ between systems, and say nothing.
    kept = hashlib.sha256("\n".join(text.splitlines()).encode("utf-8"))
    for name in _referred(rule):
        kept.update(find(name).fingerprint.encode("ascii"))
    return kept.hexdigest()
