"""How long records are kept: `retention.toml` of a store, by sensitivity and by table."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from peelian.errors import UsageError, nearest
from peelian.schema import TABLES, Sensitivity
from peelian.toml_text import read_toml

FILE = "retention.toml"
PAGE = "how-to/audit-and-erase"
_CLASSES: Mapping[str, tuple[str, ...]] = {
    "sensitivity": tuple(level.name.lower() for level in Sensitivity),
    "table": tuple(t for t in TABLES if t not in ("loads", "coverage")),
}


@dataclass(frozen=True, slots=True)
class Span:
    """How long, in whole units of the calendar.

    >>> Span.read("24 months").before(date(2026, 3, 31))
    datetime.date(2024, 3, 31)
    >>> Span.read("1 month").before(date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """

    months: int = 0
    days: int = 0

    @classmethod
    def read(cls, text: str) -> "Span":
        """Read `6 years`, `18 months`, `8 weeks` or `90 days`.

        Raises:
            ValueError: It is none of these.
        """
        found = re.fullmatch(r"\s*(\d{1,4})\s*(year|month|week|day)s?\s*", text)
        if found is None:
            raise ValueError("not a span")
        n, unit = int(found[1]), found[2]
        if unit in ("year", "month"):
            return cls(months=n * (12 if unit == "year" else 1))
        return cls(days=n * (7 if unit == "week" else 1))

    def before(self, day: date) -> date:
        """Return the day that lies this long before another; of a month too short, its last."""
        year, month = divmod(day.year * 12 + day.month - 1 - self.months, 12)
        year = max(year, 1)
        for number in range(day.day, 27, -1):
            try:
                moved = date(year, month + 1, number)
                break
            except ValueError:
                continue
        else:
            moved = date(year, month + 1, min(day.day, 28))
        return date.fromordinal(max(moved.toordinal() - self.days, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long records are kept, by the care they need and by what they are.

    Args:
        sensitivity: By the sensitivity of their load.
        table: By the table they stand in. Where both say something, the shorter holds.
    """

    sensitivity: Mapping[str, Span] = field(default_factory=dict)
    table: Mapping[str, Span] = field(default_factory=dict)

    def cut(self, table: str, sensitivity: str, today: date) -> date | None:
        """Return the day before which a record may not be; None where nothing is said of it."""
        spans = (self.table.get(table), self.sensitivity.get(sensitivity))
        return max((span.before(today) for span in spans if span is not None), default=None)


def read_retention(store: Path) -> Retention:
    """Return how long a store keeps its records; for good where it has no `retention.toml`.

    Raises:
        UsageError: The file cannot be read, or says something it cannot say.
    """
    path = store / FILE
    if not path.is_file():
        return Retention()
    try:
        raw = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise _wrong(type(problem).__name__, "check that it is TOML in UTF-8") from problem
    for name in raw:
        if name not in _CLASSES:
            raise _wrong(name, nearest(name, _CLASSES))
    return Retention(**{name: _spans(name, raw.get(name, {})) for name in _CLASSES})


def _spans(name: str, raw: Any) -> dict[str, Span]:
    if not isinstance(raw, dict):
        raise _wrong(name, f"a table [{name}]")
    spans = {}
    for key, text in raw.items():
        if key not in _CLASSES[name]:
            raise _wrong(f"{name}.{key}", nearest(key, _CLASSES[name]))
        try:
            spans[key] = Span.read(str(text))
        except ValueError as problem:
            raise _wrong(
                f"{name}.{key}", '"6 years", "18 months", "8 weeks" or "90 days"'
            ) from problem
    return spans


def _wrong(found: str, try_: str) -> UsageError:
    return UsageError(
        f"{FILE} of the store is not as it should be.", found=found, try_=try_, read=PAGE
    )
