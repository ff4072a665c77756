"""What a rule may say: the parts a record can meet, and how parts are put together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

CodeKind: TypeAlias = Literal["opening", "closing", "qualifier"]
_CALLED: Mapping[CodeKind, str] = {
    "opening": "opening code",
    "closing": "closing code",
    "qualifier": "qualifier",
}


def _quoted(words: tuple[str, ...], most: int = 8) -> str:
    shown = " or ".join(f'"{word}"' for word in words[:most])
    return shown + (f" and {len(words) - most} more" if len(words) > most else "")


@dataclass(frozen=True, slots=True)
class Codes:
    """A code of the incident is one of these.

    Args:
        kinds: Which kinds of code are looked at; `opening` looks at `incidents.opening_code` too.
        codes: The codes, folded; one that ends in `*` stands for all that begin so.
        primary: Whether only the first code of its kind counts.
    """

    kinds: tuple[CodeKind, ...]
    codes: tuple[str, ...]
    primary: bool = False

    @property
    def says(self) -> str:
        """What it asks, in words."""
        which = "primary " if self.primary else ""
        kind = _CALLED[self.kinds[0]] if len(self.kinds) == 1 else "code of any kind"
        return f"{which}{kind} {_quoted(self.codes)}"


@dataclass(frozen=True, slots=True)
class Settled:
    """The category the incident was settled as is one of these, or in one of these groups.

    Args:
        categories: Codes of the list of incident categories.
        groups: Groups of that list, as it stands when records are looked at: a force's own, maybe.
    """

    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """What it asks, in words."""
        if self.groups:
            return f"settled in the group {_quoted(self.groups)}"
        return f"settled as {_quoted(self.categories)}"


@dataclass(frozen=True, slots=True)
class LedToCrime:
    """A crime was recorded of it: it has a crime's key, or a crime-related category."""

    @property
    def says(self) -> str:
        """What it asks, in words."""
        return "a crime was recorded"


@dataclass(frozen=True, slots=True)
class Words:
    """The log's words hold one of these, outside every phrase that means something else.

    Args:
        words: Words and phrases; a word that ends in `*` stands for all that begin so.
        unless: Phrases that are taken out before the words are looked for; `...` in one stands for
            up to three words.
        negated_by: Words that deny what follows within `reach` words.
        reach: How many words may stand between a denial and what it denies.
    """

    words: tuple[str, ...]
    unless: tuple[str, ...] = ()
    negated_by: tuple[str, ...] = ()
    reach: int = 2

    @property
    def says(self) -> str:
        """What it asks, in words."""
        return f"words in the log: {_quoted(self.words)}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A person who was asked said so: a label of a codebook. Not met and not refuted where unasked.

    Args:
        codebook: The codebook.
        code: What was asked.
        values: The answers that count, folded.
        readers: Whether `any` one answer is enough, `most` must agree, or `all`.
    """

    codebook: str
    code: str
    values: tuple[str, ...]
    readers: Literal["any", "most", "all"] = "any"

    @property
    def says(self) -> str:
        """What it asks, in words."""
        who = {"any": "a reader", "most": "most readers", "all": "all readers"}[self.readers]
        return f"{who} with the codebook `{self.codebook}` said {_quoted(self.values)}"


@dataclass(frozen=True, slots=True)
class Scored:
    """A machine gave it at least this score: a label whose value is a number."""

    codebook: str
    code: str
    at_least: float

    @property
    def says(self) -> str:
        """What it asks, in words."""
        return f"a score of at least {self.at_least:g} in the codebook `{self.codebook}`"


@dataclass(frozen=True, slots=True)
class HasMarker:
    """A person involved in the incident has a marker.

    Args:
        markers: The markers, folded; one that ends in `*` stands for all that begin so.
        roles: The parts people may have had in it; none for any.
        held: `then`, on the day of the incident, or `ever`.
    """

    markers: tuple[str, ...]
    roles: tuple[str, ...] = ()
    held: Literal["then", "ever"] = "then"

    @property
    def says(self) -> str:
        """What it asks, in words."""
        who = f" as {_quoted(self.roles)}" if self.roles else ""
        when = "had then" if self.held == "then" else "has had"
        return f"a person involved{who} {when} the marker {_quoted(self.markers)}"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is met."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is met."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not met; where nobody can say whether it is, nor can this."""

    part: "Rule"


@dataclass(frozen=True, slots=True)
class Refers:
    """What another definition counts."""

    name: str
    rule: "Rule"


Part: TypeAlias = Codes | Settled | LedToCrime | Words | Judged | Scored | HasMarker
Rule: TypeAlias = Part | AnyOf | AllOf | Not | Refers


def parts_of(rule: Rule, *, within: bool = True) -> tuple[Part, ...]:
    """Return the parts a rule is made of, in the order it names them, none twice.

    Args:
        rule: The rule.
        within: Whether parts of the definitions it refers to are its own.
    """
    return tuple(dict.fromkeys(_walk(rule, within=within)))


def _walk(rule: Rule, *, within: bool) -> Iterator[Part]:
    if isinstance(rule, Refers):
        if within:
            yield from _walk(rule.rule, within=within)
    elif isinstance(rule, AnyOf | AllOf):
        for part in rule.parts:
            yield from _walk(part, within=within)
    elif isinstance(rule, Not):
        yield from _walk(rule.part, within=within)
    else:
        yield rule


def terms_of(rule: Rule) -> frozenset[str]:
    """Return every code, category, word, marker and question that a rule names.

    What it takes away (`unless`, `negated_by`) is not among them, nor are groups, which are lists.
    A code of any kind is one of a power, whatever a force calls it.

    >>> sorted(terms_of(Not(AnyOf((Codes(("qualifier",), ("mh",)), Words(("crisis",)))))))
    ['crisis', 'mh']
    """
    named: set[str] = set()
    for part in parts_of(rule):
        if isinstance(part, Codes):
            named |= {*part.codes} | ({"section_136"} if len(part.kinds) > 1 else set())
        elif isinstance(part, Settled):
            named |= {*part.categories}
        elif isinstance(part, Words):
            named |= {*part.words}
        elif isinstance(part, HasMarker):
            named |= {*part.markers}
        elif isinstance(part, Judged | Scored):
            named.add(part.code)
    return frozenset(named)


def tables_of(part: Part) -> tuple[str, ...]:
    """Return the canonical tables a part looks at, beside `incidents`.

    >>> tables_of(Codes(("qualifier",), ("mh",)))
    ('incident_codes',)
    """
    return _TABLES.get(type(part), ())


_TABLES = {
    Codes: ("incident_codes",),
    Judged: ("labels",),
    Scored: ("labels",),
    HasMarker: ("involvements", "markers"),
}


def in_words(rule: Rule) -> str:
    """Return what a rule asks, as one line.

    >>> in_words(AnyOf((Codes(("qualifier",), ("mh",)), Settled(("missing-person",)))))
    'qualifier "mh", or settled as "missing-person"'
    """
    if isinstance(rule, AnyOf):
        return ", or ".join(_inner(part) for part in rule.parts)
    if isinstance(rule, AllOf):
        return ", and ".join(_inner(part) for part in rule.parts)
    if isinstance(rule, Not):
        return f"not ({in_words(rule.part)})"
    if isinstance(rule, Refers):
        return f"what `{rule.name}` counts"
    return rule.says


def _inner(rule: Rule) -> str:
    said = in_words(rule)
    return f"({said})" if isinstance(rule, AnyOf | AllOf) else said
