"""Published figures that no rule can make: what was claimed, to be set beside what is counted."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from peelian.definitions.reading import Published, read_published
from peelian.definitions.saying import must, words_of


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A published figure without a rule.

    Args:
        name: Its name.
        title: What it is called where people read it.
        beside: Names of the definitions it is nearest to in words; none where there are none.
        health: Whether it speaks of people's health.
        published: The figure, and what it was a figure of.
    """

    name: str
    title: str
    beside: tuple[str, ...]
    health: bool
    published: Published


@cache
def anchors() -> tuple[Anchor, ...]:
    """Return every published figure we know that no rule can make."""
    name = "anchors.toml"
    text = (files("peelian.definitions") / name).read_text(encoding="utf-8")
    return tuple(_anchor(raw, name) for raw in tomllib.loads(text)["anchors"])


_OWN = ("name", "title", "beside", "health")


def _anchor(raw: dict[str, object], called: str) -> Anchor:
    for key in _OWN:
        must(key in raw, called, f"has an anchor without a {key}")
    figure = {key: value for key, value in raw.items() if key not in _OWN}
    return Anchor(
        name=str(raw["name"]),
        title=str(raw["title"]),
        beside=words_of(raw["beside"], "beside", called, empty=True),
        health=bool(raw["health"]),
        published=read_published(figure, called),
    )
