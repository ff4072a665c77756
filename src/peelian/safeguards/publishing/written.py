"""A release as it was written to a folder: its words, its tables, and what lies beside it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peelian.errors import InputError
from peelian.schema import Sensitivity

PAGE = "how-to/publish"
_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".svg", ".heic"}
_PARTS = {"question", "answer", "sensitivity", "tables", "caveats", "definitions", "provenance"}
Text = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """A written release.

    Args:
        folder: Where it lies.
        told: What its `release.json` says.
        sha256: Fingerprint of that file.
    """

    folder: Path
    told: Mapping[str, Any]
    sha256: str

    @classmethod
    def read(cls, folder: Path) -> "Written":
        """Read the release in a folder.

        Raises:
            InputError: There is none.
        """
        try:
            raw = (folder / "release.json").read_bytes()
            told = json.loads(raw)
            for one in told["releases"]:
                Sensitivity.named(one["sensitivity"])
            whole = all(set(one) >= _PARTS for one in told["releases"])
            if not whole or not told["releases"] or not {"title", "purpose"} <= set(told):
                raise ValueError("parts are missing")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
            raise InputError(
                "There is no release there that can be read.",
                found=f"{folder.name}: {type(problem).__name__}",
                try_="the folder that `peelian run --out` or `peelian report --out` wrote",
                read=PAGE,
            ) from problem
        return cls(folder, told, hashlib.sha256(raw).hexdigest())

    @property
    def releases(self) -> list[dict[str, Any]]:
        """Return its releases, in order."""
        return list(self.told["releases"])

    def pictures(self) -> list[str]:
        """Return the pictures that somebody has put beside it."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.suffix.lower() in _PICTURES and path.is_file()
        )

    def texts(self) -> Iterator[Text]:
        """Yield every text that a reader would see, with where it stands."""
        yield "the title", str(self.told["title"])
        yield "the purpose", str(self.told["purpose"])
        for number, release in enumerate(self.releases, 1):
            for where, text in _texts(release):
                yield f"{where} of release {number}", text


def _texts(release: Mapping[str, Any]) -> Iterator[Text]:
    yield "the question", release["question"]
    yield "the answer", release["answer"]
    yield from (("a caveat", caveat) for caveat in release["caveats"])
    yield from (("a check", check["says"]) for check in release.get("checks", ()))
    yield from (("a picture's title", one["title"]) for one in release.get("drawings", ()))
    for name, text in release["definitions"].items():
        yield "a definition", f"{name}: {text}"
    for setting, value in release["provenance"].get("settings", {}).items():
        yield f"the setting {setting}", str(value)
    for name, table in release["tables"].items():
        yield from _texts_of_table(name, table)


def _texts_of_table(name: str, table: Mapping[str, Any]) -> Iterator[Text]:
    yield f"the caption of {name}", table["caption"]
    for column in table["columns"]:
        yield f"a heading of {name}", f"{column['label']} {column.get('note', '')}"
    for text in sorted({v for row in table["rows"] for v in row.values() if isinstance(v, str)}):
        yield f"a cell of {name}", text
