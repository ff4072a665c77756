"""Where definitions are found: those we ship, families of them, and a reader's own files."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from peelian.definitions.reading import Definition, read_definition
from peelian.definitions.rules import terms_of
from peelian.definitions.saying import PAGE, must
from peelian.errors import UsageError, nearest
from peelian.schema import own_code_lists

_ENDING = ".toml"


def find(asked: Sequence[str]) -> tuple[Definition, ...]:
    """Return the definitions that were asked for, in that order, none twice.

    Args:
        asked: Names of shipped definitions, families of them such as `mental-health`, or paths of
            TOML files; a relative path is relative to the working folder.

    Raises:
        UsageError: Nothing is called so, a file cannot be read as a definition, or two different
            definitions have one name.
    """
    if not asked:
        raise UsageError(
            "No definition was named.", try_=f"one of: {', '.join(families())}", read=PAGE
        )
    found: dict[str, Definition] = {}
    for word in asked:
        for one in _called(word):
            if found.setdefault(one.name, one).fingerprint != one.fingerprint:
                raise UsageError(
                    "Two different definitions have one name.",
                    found=f"{one.name}, in {', '.join(asked)}",
                    try_="give yours another name",
                    read=PAGE,
                )
    return tuple(found.values())


def _called(word: str) -> tuple[Definition, ...]:
    if word.endswith(_ENDING):
        return (_from_file(Path(word), ()),)
    if word in shipped():
        return (shipped()[word],)
    if word in families():
        return tuple(one for one in shipped().values() if word in one.families)
    raise UsageError(
        "There is no such definition, nor family of definitions.",
        found=word,
        try_=nearest(word, [*shipped(), *families()]) + " (or a file's path, ending in .toml)",
        read="reference/definitions",
    )


@cache
def shipped() -> Mapping[str, Definition]:
    """Return every definition we ship, by name."""
    folder = files("peelian.definitions") / "shipped"
    texts = {
        path.name.removesuffix(_ENDING): path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.name.endswith(_ENDING)
    }
    read: dict[str, Definition] = {}
    # They are read by our own lists, whosever records are being looked at when they first are.
    with own_code_lists(Path(str(files("peelian.schema") / "code_lists"))):
        for name in sorted(texts):
            _read_shipped(name, texts, read, ())
    return MappingProxyType(dict(sorted(read.items())))


def _read_shipped(
    name: str, texts: Mapping[str, str], read: dict[str, Definition], path: tuple[str, ...]
) -> Definition:
    if name not in read:
        _no_circle(name, path)
        if name not in texts:
            raise _no_such(path[-1], name, texts)
        read[name] = read_definition(
            texts[name], name, lambda other: _read_shipped(other, texts, read, (*path, name))
        )
    return read[name]


@cache
def families() -> tuple[str, ...]:
    """Return the families of shipped definitions, by name."""
    return tuple(sorted({family for one in shipped().values() for family in one.families}))


def _from_file(path: Path, circle: tuple[str, ...]) -> Definition:
    """Return a reader's own definition; what it refers to lies beside it, or is shipped."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"The definition {path.name} cannot be read.",
            found=type(problem).__name__,
            try_="check the path, and that it is text in UTF-8",
            read=PAGE,
        ) from problem
    whole = str(path.resolve())
    _no_circle(whole, circle)

    def other(name: str) -> Definition:
        if name.endswith(_ENDING):
            return _from_file(path.parent / name, (*circle, whole))
        if name not in shipped():
            raise _no_such(path.name, name, shipped())
        return shipped()[name]

    own = read_definition(text, path.name, cache(other), file=path.as_posix())
    linked = "" if own.health else ", ".join(sorted(filter(_of_health, terms_of(own.rule))))
    must(
        not linked,
        path.name,
        f"is not linked to health, but names what definitions of health name: {linked}",
        try_="health = true: its shares are then by district or force",
    )
    return own


# A star after fewer letters than these may stand for anything: `har*` is no `harm himself`.
_STEM = 5


def _of_health(term: str) -> bool:
    stem = term.removesuffix("*")
    wide = stem != term and len(stem) >= _STEM
    return any(
        stem == one.removesuffix("*")
        or (one.endswith("*") and stem.startswith(one[:-1]))
        or (wide and one.startswith(stem))
        for one in _health_terms()
    )


@cache
def _health_terms() -> frozenset[str]:
    """Return what only shipped definitions of health name."""
    every = {one.health: set[str]() for one in shipped().values()}
    for one in shipped().values():
        every[one.health] |= terms_of(one.rule)
    return frozenset(every[True] - every[False])


def _no_circle(name: str, path: tuple[str, ...]) -> None:
    if name in path:
        around = [Path(one).name for one in (*path[path.index(name) :], name)]
        raise UsageError(
            "Definitions refer to one another in a circle.",
            found=" → ".join(around),
            try_="let one of them name its own codes or words",
            read=PAGE,
        )


def _no_such(called: str, name: str, known: Mapping[str, object]) -> UsageError:
    return UsageError(
        f"The definition {called} refers to one that is not there.",
        found=name,
        try_=nearest(name, known),
        read=PAGE,
    )
