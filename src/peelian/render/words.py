"""Words: how a value is written, and sentences whose every number comes from a released cell."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.results import Cell, Form, Sentence

HELD_BACK = "a number that is held back"
NOT_AVAILABLE = "not available"

DECIMALS: Mapping[Form, int] = {"integer": 0, "one": 1, "two": 2, "three": 3}
MINUS = "\N{MINUS SIGN}"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: words, or what stands in a cell."""

    text: str
    cell: Cell | None = None


def say(release: Release, sentence: Sentence) -> str:
    """Return a sentence with its holes filled from released cells.

    Args:
        release: The release whose cells fill it.
        sentence: Any sentence of that release.
    """
    return "".join(part.text for part in parts(release, sentence))


def parts(release: Release, sentence: Sentence) -> tuple[Part, ...]:
    """Return a sentence in stretches, so that a page can show where each number comes from."""
    found = []
    for stretch in re.split(r"(\{\w+\})", sentence.template):
        hole = stretch[1:-1]
        if not stretch.startswith("{"):
            found.append(Part(stretch))
        elif hole in sentence.cells:
            cell = sentence.cells[hole]
            found.append(Part(write_cell(release, cell), cell))
        else:
            found.append(Part(sentence.words[hole]))
    return tuple(part for part in found if part.text)


def write_cell(release: Release, cell: Cell) -> str:
    """Return what stands in a cell, in the form its column declares.

    A held-back cell says only that it is held back: some are held back to protect another cell, so
    that "fewer than the threshold" would not be true of all of them.
    """
    if release.is_held_back(cell):
        return HELD_BACK
    value = release.value(cell)
    if missing(value):
        return NOT_AVAILABLE
    return write(value, release.tables[cell.table].fields[cell.column].form)


def missing(value: object) -> bool:
    """Say whether nothing stands there: null, or not a number at all."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def write(value: Any, form: Form) -> str:
    """Return a value as a reader sees it.

    Args:
        value: What stands in a cell; a `percent` is a share from 0 to 1.
        form: The form its `Field` declares.

    >>> write(377822, "integer"), write(0.1234, "percent"), write("2023-02", "month")
    ('377,822', '12.3%', 'February 2023')
    >>> write(-1.25, "one") == f"{MINUS}1.2"
    True
    """
    return _WRITERS[form](value)


def where(release: Release, cell: Cell) -> str:
    """Return in words where a number comes from: its table, row and column."""
    table = release.tables[cell.table]
    named = row_name(table, cell.row)
    row = f"row {cell.row + 1:,}" + (f" ({named})" if named else "")
    return f"From the table “{table.caption}”, {row}, column “{table.fields[cell.column].label}”"


def row_name(table: ReleasedTable, row: int) -> str:
    """Return what a row is called: its labels, or its keys where it has none."""
    for role in ("label", "key"):
        names = [n for n, f in table.fields.items() if f.role == role and n not in table.held_back]
        values = [(n, table.data.column(n)[row].as_py()) for n in names]
        words = [write(v, table.fields[n].form) for n, v in values if not missing(v)]
        if words:
            return ", ".join(words)
    return ""


def _number(decimals: int) -> Callable[[Any], str]:
    def written(value: Any) -> str:
        text = f"{value:z,.{decimals}f}"
        if value > 0 and not text.strip("0."):  # something is not nothing
            return f"<{10.0**-decimals:.{decimals}f}"
        return text.replace("-", MINUS)

    return written


def _percent(value: float) -> str:
    return f"{_number(1)(100 * value)}%"


def _month(value: date | str) -> str:
    year, month = (value.year, value.month) if isinstance(value, date) else _year_month(value)
    return f"{MONTHS[month - 1]} {year}"


def _year_month(text: str) -> tuple[int, int]:
    year, month = text.split("-")[:2]
    return int(year), int(month)


def _day(value: date | str) -> str:
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return f"{day.day} {_month(day)}"


def _yes_no(value: bool | str) -> str:
    return value if isinstance(value, str) else ("yes" if value else "no")


_WRITERS: Mapping[Form, Callable[[Any], str]] = {
    "text": str,
    **{form: _number(decimals) for form, decimals in DECIMALS.items()},
    "percent": _percent,
    "month": _month,
    "date": _day,
    "yes_no": _yes_no,
}
