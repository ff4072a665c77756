"""Measures by area: what each one is, and its values, from a file known by its header or mapped."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from peelian.errors import InputError
from peelian.records.arrivals import Arrival, SetAside, quarantine_of, table_of
from peelian.records.measure_maps import Measure, MeasureMap, is_known, known_map, read_map
from peelian.records.text_table import Table, open_table
from peelian.records.vintages import by_number

_PAGE = "how-to/load-measures"
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][+-]?\d+)?$")
# What publishers write where there is no number, or one they hold back.
_NOTHING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "null", "none", "..", "*", "[x]", "[c]", "[z]"}
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the file: where it stands, its area, and its numbers by column."""

    line: int
    area: str
    numbers: Mapping[str, float | None]
    key: str = ""


def read_measures(path: Path, *, mapping: Path | None = None) -> Arrival:
    """Read a file of measures by area as `measures` (what each is) and `area_measures` (values).

    A file of the English Indices of Deprivation or the 2021 Census is known by its header. Any
    other needs a mapping, which says of each column what scale it is on: nobody can tell a rank
    from a count by looking. A blank is a value that is not there, never a nought.

    Args:
        path: CSV, Excel or Parquet, packed or not; of several sheets, the one that is known.
        mapping: A TOML file saying which column is what; see `how-to/load-measures`.

    Raises:
        InputError: The file cannot be read, is not known by its header, or holds another vintage.
        MappingError: The mapping does not fit the file or names no such scale.
    """
    given = read_map(mapping) if mapping else None
    with open_table(path, _PAGE, given.fits if given else is_known) as table:
        layout = given or known_map(table.name, table.header)
        layout.check(table.name, table.header)
        sound, set_aside, spoilt = _sorted_out(layout, table)
    if not sound:
        raise InputError(
            "No row of the file can be used.",
            found=f"{table.name}: {table.n} rows{_reasons(set_aside)}",
            try_="check which column holds the area codes, and the mapping's `area_codes`",
            read=_PAGE,
        )
    _refuse_other_vintage(table.name, layout, (row.area for row in sound))
    _refuse_other_edition(table.name, layout, sound)
    values = _long(layout, sound, spoilt) if layout.key_column else _wide(layout, sound)
    areas = {area for area, _, _ in values}
    return Arrival(
        tables={"measures": descriptions(layout), "area_measures": _values(layout, values)},
        read=table.n,
        quarantined=quarantine_of(set_aside),
        layout=layout.title,
        rows_of=Counter(row.area for row in sound),
        notes={
            "vintage": layout.vintage,
            "areas have a value": len(areas),
            "areas lack a row, and so a sum": len({row.area for row in sound} - areas),
            "values are blank": sum(
                number is None for row in sound for number in row.numbers.values()
            ),
            "columns not read": ", ".join(layout.not_read(table.header)),
            "on reading": "; ".join(table.notes),
        },
    )


def _sorted_out(layout: MeasureMap, table: Table) -> tuple[list[_Row], list[SetAside], set[str]]:
    """Part the rows into those that can be used and those set aside, each with its reason.

    Returns:
        The sound rows, those set aside, and the areas that lost a row.
    """
    sound: list[_Row] = []
    set_aside: list[SetAside] = []
    spoilt: set[str] = set()
    header = table.header
    columns = {name: header.index(column) for name, column in layout.found_in(header).items()}
    codes = re.compile(layout.area_codes) if layout.area_codes else None
    for line, row in table.rows:
        fault, parsed = table.fault(row), None
        if not fault:
            fault, parsed = _parsed(layout, columns, codes, line, row)
        if parsed is not None:
            sound.append(parsed)
            continue
        set_aside.append(SetAside(line, fault, table.as_it_came(row)))
        if len(row) > columns[layout.area_column]:
            spoilt.add((row[columns[layout.area_column]] or "").strip())
    return _without_repeats(sound, set_aside, spoilt), set_aside, spoilt


def _parsed(
    layout: MeasureMap,
    columns: Mapping[str, int],
    codes: re.Pattern[str] | None,
    line: int,
    row: Sequence[str | None],
) -> tuple[str, _Row | None]:
    area = (row[columns[layout.area_column]] or "").strip()
    if not area:
        return "the area code is blank", None
    if codes and not codes.fullmatch(area):
        return f"the area code is not one of {layout.vintage} as this layout has them", None
    numbers = {}
    for column in layout.value_columns:
        number = _number(row[columns[column]], layout.nothing)
        if number is _BAD:
            return f"not a number in the column {column}", None
        numbers[column] = number
    key = (row[columns[layout.key_column]] or "").strip() if layout.key_column else ""
    return "", _Row(line, area, numbers, key)


_BAD = float("nan")  # told apart by identity: no number that is read can be it


def _number(word: str | None, nothing: frozenset[str]) -> float | None:
    """Return the number a word stands for, None for nothing, `_BAD` for anything else.

    >>> _number("1,296", frozenset()), _number("NA", frozenset())
    (1296.0, None)
    """
    text = (word or "").strip()
    if text.lower() in _NOTHING or text in nothing:
        return None
    if not _NUMBER.match(text) or not any(c.isdigit() for c in text):
        return _BAD
    number = float(text.replace(",", ""))
    return number if abs(number) != float("inf") else _BAD


def _without_repeats(sound: list[_Row], set_aside: list[SetAside], spoilt: set[str]) -> list[_Row]:
    """Set aside rows that say again what another said, and all rows that disagree about an area."""
    said: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in sound:
        said[row.area, row.key].append(row)
    kept = []
    for (area, _), rows in said.items():
        agree = all(row.numbers == rows[0].numbers for row in rows)
        kept += rows[:1] if agree else []
        reason = "the row repeats an earlier one of the same area"
        if not agree:
            reason = "the area stands in the file more than once, with different values"
            spoilt.add(area)
        spare = rows[1:] if agree else rows
        set_aside += [SetAside(r.line, reason, {"area": area, **r.numbers}) for r in spare]
    return kept


def _refuse_other_vintage(name: str, layout: MeasureMap, areas: Iterable[str]) -> None:
    numbered = by_number(areas)
    if numbered and layout.vintage in ("LSOA11", "LSOA21") and numbered != layout.vintage:
        raise InputError(
            f"The areas of the file are of {numbered}, not of {layout.vintage}.",
            found=f"{name}: codes that {layout.vintage} does not have",
            try_=f"a mapping with `vintage = {numbered!r}`, if the values are of those areas",
            read=_PAGE,
        )


def _refuse_other_edition(name: str, layout: MeasureMap, rows: list[_Row]) -> None:
    """Refuse a file whose header fits several editions unless its one known row says which."""
    known = dict(layout.known_row)
    area = known.pop("area", None)
    if area is None:
        return
    numbers = next((row.numbers for row in rows if row.area == area), {})
    if any(numbers.get(column) != value for column, value in known.items()):
        raise InputError(
            f"The header fits {layout.title}, but other editions have the same one.",
            found=f"{name}: the row that tells them apart is missing or differs",
            try_="a mapping that says which edition this is",
            read=_PAGE,
        )


def _wide(layout: MeasureMap, rows: list[_Row]) -> list[tuple[str, str, float]]:
    return [
        (row.area, measure.name, number)
        for row in rows
        for measure in layout.measures
        if (number := row.numbers[measure.column]) is not None
    ]


def _long(layout: MeasureMap, rows: list[_Row], spoilt: set[str]) -> list[tuple[str, str, float]]:
    """Add up the rows of each area. An area that lost a row, or lacks one, has no such sum."""
    by_area: dict[str, dict[str, float | None]] = defaultdict(dict)
    for row in rows:
        by_area[row.area][row.key] = row.numbers[layout.value_column]
    return [
        (area, measure.name, number)
        for area, numbers in by_area.items()
        if area not in spoilt
        for measure in layout.measures
        if (number := _sum(measure, numbers)) is not None
    ]


def _sum(measure: Measure, numbers: Mapping[str, float | None]) -> float | None:
    above = [numbers.get(key) for key in measure.rows]
    below = [numbers.get(key) for key in measure.over]
    if None in above or None in below:
        return None
    if not measure.over:
        return sum(n for n in above if n is not None)
    whole = sum(n for n in below if n is not None)
    return sum(n for n in above if n is not None) / whole if whole else None


def descriptions(layout: MeasureMap) -> pa.Table:
    """Return what each measure of a layout is, as rows of `measures`."""
    each = layout.measures
    return table_of(
        "measures",
        {
            "measure": [m.name for m in each],
            "vintage": [layout.vintage] * len(each),
            "title": [m.title for m in each],
            "scale": [m.scale for m in each],
            "unit": [m.unit or None for m in each],
            "need_is": [m.need_is for m in each],
            "circular": [m.circular for m in each],
            "bands": [m.bands or None for m in each],
            "period": [m.period or layout.period or None for m in each],
            "citation": [layout.citation or None] * len(each),
        },
    )


def _values(layout: MeasureMap, values: list[tuple[str, str, float]]) -> pa.Table:
    return table_of(
        "area_measures",
        {
            "area_code": [area for area, _, _ in values],
            "vintage": [layout.vintage] * len(values),
            "measure": [measure for _, measure, _ in values],
            "value": [value for _, _, value in values],
        },
    )


def _reasons(set_aside: list[SetAside]) -> str:
    counted = Counter(row.reason for row in set_aside)
    return "".join(f"; {n} because {reason}" for reason, n in counted.most_common(3))
