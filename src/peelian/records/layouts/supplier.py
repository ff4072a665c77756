"""Who supplied a file: a family's files name their force, in a column or in their own name."""

import csv
import re
from collections.abc import Sequence
from contextlib import suppress

from peelian.records.map.language import Mapping, fold_name
from peelian.records.read import Extract


def supplier(extract: Extract, mapping: Mapping) -> str:
    """Return who supplied a file: what its rows say, else what its name says, else the mapping.

    Two forces publish the same files for the same months; what one of them has supplied says
    nothing of the other. All rows of one public file come from one force, so the first is asked.

    Args:
        extract: The file.
        mapping: How it is read; it may name the column or the part of the name to look at.
    """
    return _first_row(extract, mapping) or _from_name(extract.name, mapping) or mapping.source


def column_of_supplier(header: Sequence[str], mapping: Mapping) -> list[str]:
    """Return the column in which a file names its supplier, in its own spelling; empty if none."""
    if not mapping.source_column:
        return []
    return [name for name in header if fold_name(name) == fold_name(mapping.source_column)][:1]


def _first_row(extract: Extract, mapping: Mapping) -> str:
    names = column_of_supplier(extract.header, mapping)
    if not names or extract.form != "csv":
        return ""
    place = extract.header.index(names[0])
    with extract.path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        rows = csv.reader(lines, delimiter=extract.delimiter)
        with suppress(csv.Error):
            next(rows, None)
            first = next((row for row in rows if len(row) == len(extract.header)), [])
            return first[place].strip() if first else ""
    return ""


def _from_name(name: str, mapping: Mapping) -> str:
    own = name.replace("\\", "/").rpartition(": ")[2].rpartition("/")[2]
    found = re.match(mapping.source_name, own) if mapping.source_name else None
    return f"{mapping.source}: {found[1]}" if found else ""
