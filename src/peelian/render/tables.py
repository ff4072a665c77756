"""Tables: what a reader sees in a cell, and tables for a spreadsheet."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from peelian.disclosure import ReleasedTable
from peelian.render import words
from peelian.results import Field

HELD_BACK = "[c]"  # the Government Statistical Service's shorthand: confidential
NOT_AVAILABLE = "[x]"

# What a spreadsheet would run as a formula, in the full-width forms some of them accept too.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")


def inert(text: str) -> str:
    """Return text that no spreadsheet will run as a formula.

    >>> inert("=1+1"), inert("Byker")
    ("'=1+1", 'Byker')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def as_csv(table: ReleasedTable) -> str:
    """Return a table as CSV, at full precision, with held-back and absent cells marked.

    Numbers stay numbers, negative ones too; text that begins like a formula is made inert. Write it
    with the encoding `utf-8-sig`, by whose mark Excel knows it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    names = shown(table)
    writer.writerow(inert(name) for name in names)
    columns = [_csv_column(table, name) for name in names]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue()


def dictionary(tables: Mapping[str, ReleasedTable]) -> str:
    """Return a CSV that says what every column of these tables is.

    Args:
        tables: By the file name each is written to.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("file", "caption", "column", "label", "unit", "kind", "note"))
    for file, table in tables.items():
        for name in shown(table):
            field = table.fields[name]
            row = (file, table.caption, name, field.label, field.unit, field.role, field.note)
            writer.writerow(inert(text) for text in row)
    writer.writerow(("", "", HELD_BACK, "held back", "", "marker", "small, or would give one away"))
    writer.writerow(("", "", NOT_AVAILABLE, "not available", "", "marker", "no record, no figure"))
    return out.getvalue()


def shown(table: ReleasedTable) -> tuple[str, ...]:
    """Return the columns that are written out: all but outlines."""
    return tuple(name for name, field in table.fields.items() if field.role != "geometry")


def _csv_column(table: ReleasedTable, name: str) -> list[str]:
    mask = table.held_back.get(name)
    values = table.data.column(name).to_pylist()
    written = [_csv_cell(value) for value in values]
    if mask is None:
        return written
    return [HELD_BACK if held else cell for cell, held in zip(written, mask, strict=True)]


def _csv_cell(value: Any) -> str:
    if words.missing(value):
        return NOT_AVAILABLE
    if isinstance(value, bool):
        return "yes" if value else "no"
    return inert(value) if isinstance(value, str) else str(value)


def heading(field: Field) -> str:
    """Return a column's heading with its unit.

    >>> heading(Field(role="figure", label="Rate", unit="per 1,000 residents per year"))
    'Rate (per 1,000 residents per year)'
    """
    return f"{field.label} ({field.unit})" if field.unit else field.label


def is_number(field: Field) -> bool:
    """Say whether a column is written in figures, and so set to the right."""
    return field.form in {*words.DECIMALS, "percent"}


def cell_text(table: ReleasedTable, row: int, name: str) -> str:
    """Return what a reader sees in one cell, with the short markers that tables use."""
    mask = table.held_back.get(name)
    if mask is not None and mask[row]:
        return HELD_BACK
    value = table.data.column(name)[row].as_py()
    return NOT_AVAILABLE if words.missing(value) else words.write(value, table.fields[name].form)
