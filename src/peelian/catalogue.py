"""Every analysis, in one plain list of lazy `module:function`."""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.results import Result


@dataclass(frozen=True, slots=True)
class Setting:
    """One keyword setting of an analysis, read from its signature."""

    name: str
    kind: Any  # its annotation
    default: Any  # `inspect.Parameter.empty` where it must be given
    help: str

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Entry:
    """One analysis: its name, its question, where it lives, and what may be shown beside it."""

    id: str
    question: str
    target: str
    companions: tuple[str, ...] = ()

    @property
    def function(self) -> Callable[..., Result]:
        """Fetch the analysis; nothing heavy is imported before this."""
        module, name = self.target.split(":")
        return getattr(import_module(module), name)

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the canonical tables it reads, in the order it takes them."""
        return tuple(p.name for p in self._parameters() if p.kind is not p.KEYWORD_ONLY)

    @property
    def takes_period(self) -> bool:
        """Whether it wants to know which months were asked for, to see which are missing."""
        return any(p.name == "period" for p in self._parameters())

    @property
    def settings(self) -> Mapping[str, Setting]:
        """Return its settings, by name."""
        helps = _argument_helps(inspect.getdoc(self.function) or "")
        hints = typing.get_type_hints(self.function)
        return {
            p.name: Setting(p.name, hints.get(p.name, str), p.default, helps.get(p.name, ""))
            for p in self._parameters()
            if p.kind is p.KEYWORD_ONLY and p.name != "period"  # the study fills that in
        }

    def _parameters(self) -> tuple[inspect.Parameter, ...]:
        return tuple(inspect.signature(self.function).parameters.values())

    def read_settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Turn words from a command line or a study into settings of the right kinds.

        Raises:
            UsageError: A setting is unknown, missing, or not of its kind.
        """
        known = self.settings
        for name in given:
            if name not in known:
                raise UsageError(
                    f"{self.id} has no setting {name!r}.",
                    found=", ".join(sorted(given)),
                    try_=nearest(name, known),
                    read=f"reference/{self.id}",
                )
        for setting in known.values():
            if setting.required and setting.name not in given:
                raise UsageError(
                    f"{self.id} needs the setting {setting.name!r}.",
                    try_=setting.help,
                    read=f"reference/{self.id}",
                )
        return {name: _convert(self.id, known[name], value) for name, value in given.items()}


CATALOGUE: tuple[Entry, ...] = (
    Entry(
        "demand.audit",
        "What is the share really, by what people read of the logs?",
        "peelian.analysis.demand.audit:audit",
    ),
    Entry(
        "demand.composition",
        "What are the records made of?",
        "peelian.analysis.demand.composition:composition",
    ),
    Entry(
        "demand.definition",
        "Does a definition fit these records: what does each part of its rule find?",
        "peelian.analysis.demand.definition:definition",
    ),
    Entry(
        "demand.recording",
        "Did need change, or how it is recorded?",
        "peelian.analysis.demand.recording:recording",
    ),
    Entry(
        "demand.repeat",
        "How concentrated is demand in callers, addresses and people, beyond chance?",
        "peelian.analysis.demand.repeat:repeat",
    ),
    Entry(
        "demand.trend",
        "Is it rising, is it seasonal, is anything unusual, and what drives it?",
        "peelian.analysis.demand.trend:trend",
    ),
    Entry(
        "demand.share",
        "How much of the work is it, under each definition?",
        "peelian.analysis.demand.share:share",
    ),
    Entry(
        "fairness.feedback",
        "Would a rule that sends patrol where records are feed on itself?",
        "peelian.analysis.fairness.feedback:feedback",
    ),
    Entry(
        "places.concentration",
        "How concentrated are records over places, and is it more than chance?",
        "peelian.analysis.places.concentration:concentration",
    ),
    Entry(
        "places.forecast",
        "Which forecast of places finds more events than last week's map and the long-run mean?",
        "peelian.analysis.places.forecast:forecast",
        companions=("fairness.feedback",),
    ),
    Entry(
        "places.hotspots",
        "Which hot spots are real: which areas lie among high ones, beyond chance?",
        "peelian.analysis.places.hotspots:hotspots",
    ),
    Entry(
        "places.near_repeats",
        "Do recorded events follow events nearby, more than chance would have it?",
        "peelian.analysis.places.near_repeats:near_repeats",
    ),
    Entry(
        "places.profile",
        "Where do recorded events, deprivation and vulnerability meet?",
        "peelian.analysis.places.profile:profile",
    ),
    Entry(
        "places.spread",
        "Do recorded events lead to others nearby, or are they just clustered?",
        "peelian.analysis.places.spread:spread",
    ),
)


def entry(analysis: str) -> Entry:
    """Return one entry of the catalogue.

    Raises:
        UsageError: The catalogue has no such analysis.
    """
    for candidate in CATALOGUE:
        if candidate.id == analysis:
            return candidate
    raise UsageError(
        "The catalogue has no such analysis.",
        found=analysis,
        try_=nearest(analysis, [e.id for e in CATALOGUE]),
        read="reference/catalogue",
    )


def _convert(analysis: str, setting: Setting, value: Any) -> Any:
    try:
        return _as_kind(setting.kind, value)
    except (ValueError, TypeError) as problem:
        raise UsageError(
            f"{analysis}: the setting {setting.name!r} is not what it should be.",
            found=f"{value!r}",
            try_=f"{setting.help} ({_words(setting.kind)})",
            read=f"reference/{analysis}",
        ) from problem


def _as_kind(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None or (isinstance(value, str) and value.lower() in {"none", ""}):
            return None
        return _as_kind(next(a for a in arguments if a is not type(None)), value)
    if origin is typing.Literal:
        if value not in arguments:
            raise ValueError(value)
        return value
    if origin is not None and issubclass(origin, typing.Iterable):
        parts = value.split(",") if isinstance(value, str) else list(value)
        return tuple(_as_kind(arguments[0], p.strip() if isinstance(p, str) else p) for p in parts)
    return _SIMPLE.get(kind, kind)(value)


def _flag(value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    return value if isinstance(value, bool) else words[str(value).lower()]


def _flag_or_raise(value: Any) -> bool:
    try:
        return _flag(value)
    except KeyError as problem:
        raise ValueError(value) from problem


_SIMPLE: Mapping[Any, Callable[[Any], Any]] = {
    bool: _flag_or_raise,
    date: lambda value: value if isinstance(value, date) else date.fromisoformat(value),
}


def _words(kind: Any) -> str:
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Literal:
        return "one of " + ", ".join(map(str, arguments))
    return (
        getattr(kind, "__name__", str(kind)) if not arguments else str(kind).replace("typing.", "")
    )


def _argument_helps(docstring: str) -> dict[str, str]:
    """Read the `Args:` part of a Google-style docstring into one line a name."""
    helps: dict[str, str] = {}
    inside, name = False, ""
    for line in docstring.splitlines():
        indent = len(line) - len(line.lstrip())
        if not indent:
            inside = line.strip() == "Args:"
        elif inside and indent == 4 and ":" in line:
            name, _, text = line.strip().partition(":")
            helps[name] = text.strip()
        elif inside and name and line.strip():
            helps[name] += " " + line.strip()
    return helps
