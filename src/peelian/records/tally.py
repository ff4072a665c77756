"""Where every row of every file went: counted while it loads, told when it is done."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from peelian.records.read import Extract
from peelian.schema import Sensitivity

# What the ledger notes of a load whose rows a later one took the place of.
REPLACED = "rows were replaced by a later load"
# What it notes of a load whose rows were erased, and of those of its rows that stood aside.
ERASED = "rows were erased later"
ERASED_ASIDE = "rows set aside were erased later"
Tell = Callable[[str, int, int], None]
# A month in which a file has less than this share of its fullest month's rows is not what the file
# is about: calls logged just after midnight, clocks that differ by an hour. Were it taken for one,
# `--replace` would give a whole month up for those few rows.
_STRAGGLERS = 0.2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller of a load asked for, whatever the files are.

    Args:
        source: Who supplied them, or empty for what the mapping says.
        sensitivity: The care they need, or None for what the mapping says.
        replace: Whether they may take the place of what is held.
        tell: Told of progress.
    """

    source: str
    sensitivity: Sensitivity | None
    replace: bool
    tell: Tell


@dataclass
class FileTally:
    """Where the rows of one file went, and what was noticed of it.

    Args:
        load_id: Its name in the ledger.
    """

    extract: Extract
    load_id: str
    tables: Counter[str] = field(default_factory=Counter)
    months: Counter[tuple[str, date]] = field(default_factory=Counter)
    notes: dict[str, Any] = field(default_factory=dict)
    quarantined: int = 0
    duplicates: int = 0
    timed: int = 0  # rows whose time is known to the second
    midnights: int = 0  # of those, exactly local midnight
    vintages: dict[bool, str] = field(default_factory=dict)  # by whether of the new areas

    @property
    def loaded(self) -> int:
        """Return how many of its rows became records."""
        return sum(self.tables.values())

    def note(self, words: str, n: Any) -> None:
        """Note something, if there is any of it."""
        if n:
            self.notes[words] = n

    def covers(self) -> set[date]:
        """Return the months that the file is about, stragglers aside."""
        return main_months(self.months)


def main_months(counts: Mapping[tuple[str, date], int]) -> set[date]:
    """Return the months that counts by table and month are about, stragglers aside.

    >>> sorted(main_months({("stops", date(2022, 6, 1)): 2, ("stops", date(2022, 7, 1)): 900}))
    [datetime.date(2022, 7, 1)]
    """
    months: Counter[date] = Counter()
    for (_, month), n in counts.items():
        months[month] += n
    fullest = max(months.values(), default=0)
    return {month for month, n in months.items() if n >= _STRAGGLERS * fullest}


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """Where the rows of one file went. Always read = loaded + quarantined + duplicates."""

    name: str
    sha256: str
    layout: str
    read: int
    loaded: int
    quarantined: int
    duplicates: int
    tables: dict[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What a load did: every file it read, and those it did not, with why."""

    files: tuple[FileReport, ...]
    not_read: tuple[tuple[str, str], ...]
    generation: str

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it for machines."""
        tables: Counter[str] = Counter()
        for file in self.files:
            tables.update(file.tables)
        return {
            "read": sum(file.read for file in self.files),
            "loaded": sum(file.loaded for file in self.files),
            "quarantined": sum(file.quarantined for file in self.files),
            "duplicates": sum(file.duplicates for file in self.files),
            "tables": {name: n for name, n in sorted(tables.items()) if n},
            "files": [
                {
                    "name": file.name,
                    "sha256": file.sha256,
                    "layout": file.layout,
                    "read": file.read,
                    "loaded": file.loaded,
                    "quarantined": file.quarantined,
                    "duplicates": file.duplicates,
                    "notes": list(file.notes),
                }
                for file in self.files
            ],
            "not_read": [{"name": name, "why": why} for name, why in self.not_read],
            "generation": self.generation,
        }


def load_id(sha256: str, layout: str, source: str) -> str:
    """Return the name of a load: the same content, read in the same way, of the same supplier.

    Args:
        sha256: Fingerprint of the file.
        layout: Fingerprint of how it is read.
        source: Who supplied it.
    """
    return hashlib.sha256("\n".join((sha256, layout, source)).encode()).hexdigest()[:16]


def in_words(notes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return notes as a person reads them.

    >>> in_words({"rows have no place": 1200, "vintage": "LSOA11"})
    ('1,200 rows have no place', 'vintage: LSOA11')
    """
    return tuple(
        f"{n:,} {words}" if type(n) is int and " " in words else f"{words}: {n}"
        for words, n in notes.items()
    )
