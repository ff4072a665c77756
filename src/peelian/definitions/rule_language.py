"""The language of rules: what a `[rule]` may say, and which part of a rule it makes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from peelian.definitions.rules import (
    AllOf,
    AnyOf,
    CodeKind,
    Codes,
    HasMarker,
    Judged,
    LedToCrime,
    Not,
    Refers,
    Rule,
    Scored,
    Settled,
    Words,
)
from peelian.definitions.saying import must, only, refusal, words_of
from peelian.definitions.words import faults
from peelian.schema import code_list

if TYPE_CHECKING:
    from peelian.definitions.reading import Finder

# Each part's own word, and the settings it may have beside it.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "qualifier": (),
    "opening": ("position",),
    "closing": ("position",),
    "section_136": (),
    "category": (),
    "category_group": (),
    "crime": (),
    "words": ("unless", "negated_by", "reach"),
    "judged": ("code", "values", "readers"),
    "scored": ("code", "at_least"),
    "marker": ("roles", "held"),
    "any": (),
    "all": (),
    "not": (),
    "definition": (),
}
_ROLES = "subject_category"
_LIST = "incident_category"
# Searching for ten thousand words takes minutes for a hundred thousand logs.
_MOST_PHRASES = 2_000


def read_rule(raw: Any, called: str, find: "Finder") -> Rule:
    """Return the rule a table of TOML says.

    Args:
        raw: The table.
        called: What errors call its file.
        find: Finds a definition it refers to.

    Raises:
        UsageError: It is no rule.
    """
    must(isinstance(raw, dict), called, "has a rule that is no table", try_='{ closing = ["…"] }')
    must(bool(raw), called, "has an empty rule", try_=f"one of: {', '.join(SETTINGS)}")
    kinds = [key for key in raw if key in SETTINGS]
    if not kinds:
        every = {*SETTINGS, *(s for settings in SETTINGS.values() for s in settings)}
        word = next(iter(raw))
        problem = "a rule without a part" if word in every else "a rule of a kind that is not known"
        raise refusal(called, f"has {problem}", word, SETTINGS)
    must(
        len(kinds) == 1,
        called,
        f"has a rule of several parts, {' and '.join(kinds)}, and does not say how they join",
        try_=f"any = [{{ {kinds[0]} = … }}, {{ {kinds[-1]} = … }}], or all",
    )
    kind = kinds[0]
    only(raw, (kind, *SETTINGS[kind]), called, inside=f"rule: {kind}")
    return _READERS[kind](raw, called, find)


def _qualifier(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    return Codes(("qualifier",), _codes(raw["qualifier"], "qualifier", called))


def _code_of(kind: CodeKind) -> Callable[[Mapping[str, Any], str, "Finder"], Rule]:
    def read(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
        position = _one_of(raw, "position", ("any", "primary"), called)
        return Codes((kind,), _codes(raw[kind], kind, called), position == "primary")

    return read


def _section_136(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    return Codes(get_args(CodeKind), _codes(raw["section_136"], "section_136", called))


def _category(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    return Settled(words_of(raw["category"], "category", called))


def _category_group(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    groups = words_of(raw["category_group"], "category_group", called)
    for group in groups:
        known = code_list(_LIST).groups
        if group not in known:
            raise refusal(called, "names no group of incident categories", group, known)
    return Settled(groups=groups)


def _crime(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    must(isinstance(raw["crime"], bool), called, "has a crime that is not true or false")
    return LedToCrime() if raw["crime"] else Not(LedToCrime())


def _words(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    lists = {
        key: words_of(raw.get(key, []), key, called, empty=key != "words")
        for key in ("words", "unless", "negated_by")
    }
    for key, phrases in lists.items():
        must(len(phrases) <= _MOST_PHRASES, called, f"has {len(phrases):,} phrases in {key}",
             try_=f"at most {_MOST_PHRASES:,}: every log is searched for all of them")  # fmt: skip
        for phrase in phrases:
            fault = faults(phrase, gaps=key == "unless")
            must(not fault, called, f"has in {key} what is no phrase, {phrase!r}: {fault}")
    reach = raw.get("reach", 2)
    whole = isinstance(reach, int) and not isinstance(reach, bool) and 0 <= reach <= 5
    must(whole, called, "has a reach that is no number of words", try_="reach = 2, at most 5")
    must("reach" not in raw or bool(lists["negated_by"]), called, "has a reach and no negated_by")
    return Words(lists["words"], lists["unless"], lists["negated_by"], reach)


def _judged(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    return Judged(
        _word(raw, "judged", called),
        _word(raw, "code", called),
        words_of(raw.get("values", ["yes"]), "values", called),
        _one_of(raw, "readers", ("any", "most", "all"), called),  # type: ignore[arg-type]
    )


def _scored(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    least = raw.get("at_least")
    fits = isinstance(least, int | float) and not isinstance(least, bool)
    must(fits, called, "has a score without a threshold", try_="at_least = 0.5")
    return Scored(_word(raw, "scored", called), _word(raw, "code", called), float(least or 0))


def _marker(raw: Mapping[str, Any], called: str, _: "Finder") -> Rule:
    roles = words_of(raw.get("roles", []), "roles", called, empty=True)
    for role in roles:
        if role not in code_list(_ROLES):
            known = [code.code for code in code_list(_ROLES).codes]
            raise refusal(called, "names no part a person can have", role, known)
    held = _one_of(raw, "held", ("then", "ever"), called)
    markers = _codes(raw["marker"], "marker", called)
    return HasMarker(markers, roles, held)  # type: ignore[arg-type]


def _joined(key: str) -> Callable[[Mapping[str, Any], str, "Finder"], Rule]:
    def read(raw: Mapping[str, Any], called: str, find: "Finder") -> Rule:
        said = raw[key]
        fits = isinstance(said, list) and len(said) > 1
        must(fits, called, f"has an `{key}` of fewer than two rules", try_=f"{key} = [{{ … }}, …]")
        parts = tuple(read_rule(part, called, find) for part in said)
        return AnyOf(parts) if key == "any" else AllOf(parts)

    return read


def _not(raw: Mapping[str, Any], called: str, find: "Finder") -> Rule:
    return Not(read_rule(raw["not"], called, find))


def _definition(raw: Mapping[str, Any], called: str, find: "Finder") -> Rule:
    name = _word(raw, "definition", called)
    return Refers(name, find(name).rule)


def _word(raw: Mapping[str, Any], key: str, called: str) -> str:
    said = raw.get(key)
    fits = isinstance(said, str) and bool(said.strip())
    must(fits, called, f"has a rule without a {key}", try_=f'{key} = "…"')
    return str(said).strip()


def _one_of(raw: Mapping[str, Any], key: str, known: tuple[str, ...], called: str) -> str:
    said = raw.get(key, known[0])
    if said not in known:
        raise refusal(called, f"has a {key} that is not known", str(said), known)
    return str(said)


def _codes(said: Any, key: str, called: str) -> tuple[str, ...]:
    """Return codes; a star may stand last, for all that begin so."""
    codes = words_of(said, key, called)
    for code in codes:
        head = code.removesuffix("*")
        must("*" not in head and bool(head), called, f"has in {key} a star that is not last")
    return codes


_READERS: Mapping[str, Callable[[Mapping[str, Any], str, "Finder"], Rule]] = {
    "qualifier": _qualifier,
    "opening": _code_of("opening"),
    "closing": _code_of("closing"),
    "section_136": _section_136,
    "category": _category,
    "category_group": _category_group,
    "crime": _crime,
    "words": _words,
    "judged": _judged,
    "scored": _scored,
    "marker": _marker,
    "any": _joined("any"),
    "all": _joined("all"),
    "not": _not,
    "definition": _definition,
}
