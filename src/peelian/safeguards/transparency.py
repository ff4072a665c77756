"""The algorithmic transparency record: drafted from what is known, and marked where it is not."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from typing import Any

TO_FILL = "TO BE FILLED IN BY A PERSON"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the record.

    Args:
        part: The part it stands in.
        key: Its name for machines.
        title: Its name for people.
        says: What is known of it, a line each; empty where nothing is.
        asks: What a person must still say.
        complete: Whether nothing more need be said.
    """

    part: str
    key: str
    title: str
    says: tuple[str, ...]
    asks: str
    complete: bool

    @property
    def status(self) -> str:
        """Return `known`, `known in part` or `to fill in`."""
        if not self.says:
            return "to fill in"
        return "known" if self.complete else "known in part"


@dataclass(frozen=True, slots=True)
class Record:
    """A draft of the whole record, part by part."""

    parts: Mapping[str, str]
    fields: tuple[Field, ...]

    @property
    def left(self) -> int:
        """Return how many fields a person must still see to."""
        return sum(field.status != "known" for field in self.fields)

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {
            "record": "algorithmic transparency record, draft",
            "left_to_fill_in": self.left,
            "parts": [
                {
                    "key": key,
                    "title": title,
                    "fields": [
                        {
                            "key": field.key,
                            "title": field.title,
                            "status": field.status,
                            "says": list(field.says),
                            "asks": "" if field.status == "known" else field.asks,
                        }
                        for field in self.fields
                        if field.part == key
                    ],
                }
                for key, title in self.parts.items()
            ],
        }

    def as_markdown(self) -> str:
        """Return the record as a page for people, with what they must fill in marked."""
        lines = [
            "# Algorithmic transparency record (draft)",
            "",
            f"{self.left} of {len(self.fields)} fields need a person: look for **{TO_FILL}**.",
        ]
        for key, title in self.parts.items():
            lines += ["", f"## {title}"]
            for field in self.fields:
                if field.part == key:
                    lines += ["", f"### {field.title}", "", *_said(field)]
        return "\n".join(lines) + "\n"


def _said(field: Field) -> list[str]:
    lines = [f"- {_inert(line)}" for line in field.says]
    if field.status != "known":
        lines += [""] * bool(lines) + [f"**{TO_FILL}**: {field.asks}."]
    return lines


def _inert(text: str) -> str:
    """Return words as Markdown that shows them and does nothing with them."""
    plain = "".join(f"\\{sign}" if sign in "\\`*_[]#|!" else sign for sign in text)
    return " ".join(plain.split()).replace("<", "&lt;").replace(">", "&gt;")


def draft(facts: Mapping[str, Sequence[str]]) -> Record:
    """Draft the record from what is known, and from nothing else.

    Args:
        facts: By the names that the record's own list uses, what is known, a line each. Facts that
            are not known are left out.

    Cannot show:
        Whether the tool is lawful, fair or worth having: those fields are a person's.
    """
    fields = tuple(
        Field(
            part=part["key"],
            key=field["key"],
            title=field["title"],
            says=tuple(line for name in field.get("from", ()) for line in facts.get(name, ())),
            asks=field["asks"],
            complete=field.get("complete", False),
        )
        for part in _template()
        for field in part["fields"]
    )
    return Record({part["key"]: part["title"] for part in _template()}, fields)


def _template() -> list[dict[str, Any]]:
    text = (package_files("peelian.safeguards") / "atrs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["part"]
