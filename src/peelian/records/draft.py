"""A mapping drafted by looking at a file: a beginning for a person to finish, never an answer."""

import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from peelian.errors import InputError, MappingError, nearest
from peelian.records.counted.draft import draft_counts
from peelian.records.glance import Glance, glance
from peelian.records.map.language import DERIVED, GRID, PAGE
from peelian.records.read import find
from peelian.schema.codes import code_list, fold
from peelian.schema.kinds import Column, Kind, RecordTable
from peelian.schema.records import TABLES

# Which kinds of glance can fill which of our kinds.
_CAN_FILL = {
    Kind.TEXT: ("text", "integer", "number", "flag", "day", "month", "instant", "clock"),
    Kind.KEY: ("text", "integer"),
    Kind.CODE: ("text", "integer", "flag"),
    Kind.INTEGER: ("integer",),
    Kind.NUMBER: ("integer", "number"),
    Kind.FLAG: ("flag",),
    Kind.INSTANT: ("instant", "day", "month"),
    Kind.DAY: ("day", "month", "instant"),
}
_ASKED = {"location_precision", "area_vintage", "expires_on", "repeats_row", "source", *DERIVED}
_DEGREES = {"lon": 180.0, "lat": 90.0}
_ROUND = 360.0  # degrees that there are: a larger number is of a grid
_WORDY = 200  # more distinct texts than this are narratives or names, not codes


@dataclass(frozen=True, slots=True)
class Match:
    """One of our columns with the file's column that seems to fill it."""

    ours: Column
    theirs: Glance
    likeness: int


def draft(path: Path, table: str) -> str:
    """Return a mapping in TOML, drafted from a file's header and first rows, with its doubts.

    Lines marked CHECK hold what only a person can know: zones, who supplied it, what words mean.

    Args:
        path: One CSV, Excel or Parquet file, packed or not.
        table: The canonical table its rows should become.

    Raises:
        InputError: The file cannot be read, or holds several tables.
        MappingError: There is no such table.
    """
    known = [name for name, t in TABLES.items() if not t.kept_by_store]
    if table not in known:
        raise MappingError(
            "There is no such table.", found=table, try_=nearest(table, known), read=PAGE
        )
    with tempfile.TemporaryDirectory() as work:
        extracts = find([path], workdir=Path(work)).extracts
        if len(extracts) != 1:
            raise InputError(
                f"{path.name} holds {len(extracts)} tables, and a mapping is drafted from one.",
                found="; ".join(extract.name for extract in extracts[:10]),
                try_="give one file, or one sheet saved on its own",
                read=PAGE,
            )
        seen = glance(extracts[0])
    if table == "counts":
        return draft_counts(path.name, _layout(path.name), seen)
    return _toml(path.name, TABLES[table], seen)


def _layout(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.partition(".")[0].lower()).strip("-")


def _toml(name: str, table: RecordTable, seen: Sequence[Glance]) -> str:
    hints = tomllib.loads(
        files("peelian.records").joinpath("draft_hints.toml").read_text(encoding="utf-8")
    )
    matches = _matched(table, seen, hints)
    grid = {} if "lon" in matches or not table.placed else _on_a_grid(seen, hints)
    clock = _clock_beside(matches, seen)
    rows = seen[0].rows if seen else 0
    lines = [
        f"# Drafted by `peelian map` from {name}: its header and first {rows:,} rows.",
        "# It is a beginning. Every line marked CHECK holds what only a person can know.",
        f'layout = "{_layout(name)}-{table.name}"',
        'source = ""  # CHECK: who supplied it, in a word, such as the force',
        'sensitivity = "internal"  # CHECK: open, internal, sensitive or special',
        *_zone_line(matches),
        *_null_line(seen),
        *_grid_line(grid),
        "",
        "[[route]]",
        f'table = "{table.name}"',
        "",
        "[route.columns]",
        *[line for match in matches.values() for line in _lines(match, table, clock)],
        *_place_lines(table, matches, grid),
        *_missing_lines(table, matches),
        "",
        *_unread_lines(seen, matches, [*grid.values(), *([clock] if clock else [])]),
    ]
    return "\n".join(lines) + "\n"


def _matched(
    table: RecordTable, seen: Sequence[Glance], hints: Mapping[str, Sequence[str]]
) -> dict[str, Match]:
    """Return our columns, in the schema's order, each with its match; no column serves twice."""
    wanted = [column for column in table.columns if column.name not in _ASKED]
    possible = [
        Match(ours, theirs, likeness)
        for ours in wanted
        for theirs in seen
        if (likeness := _likeness(ours, theirs, hints.get(ours.name, [])))
    ]
    possible.sort(key=lambda match: -match.likeness)
    chosen: dict[str, Match] = {}
    taken: set[str] = set()
    for match in possible:
        if match.ours.name not in chosen and match.theirs.name not in taken:
            chosen[match.ours.name] = match
            taken.add(match.theirs.name)
    if ("lon" in chosen) != ("lat" in chosen):
        chosen.pop("lon", None)
        chosen.pop("lat", None)
    return {column.name: chosen[column.name] for column in wanted if column.name in chosen}


def _likeness(ours: Column, theirs: Glance, hints: Sequence[str]) -> int:
    """Return how like a column's name is to what ours is called, 0 where it cannot be it."""
    if not _could_be(ours, theirs):
        return 0
    name = _tokens(theirs.name)
    names = [ours.name.replace("_", " "), *hints]
    exact = [1000 - place for place, hint in enumerate(names) if _tokens(hint) == name]
    within = [
        500 - 10 * len(name) - place
        for place, hint in enumerate(names)
        if set(_tokens(hint)) <= set(name)
    ]
    return max([*exact, *within], default=0)


def _could_be(ours: Column, theirs: Glance) -> bool:
    """Whether what a column holds is what ours could hold, whatever it is called."""
    if theirs.kind == "empty":
        return True
    if ours.name in _DEGREES and theirs.largest > _DEGREES[ours.name]:
        return False
    # A narrative differs from row to row, and a code does not.
    few = theirs.distinct <= _WORDY
    if (ours.name == "narrative" and few) or (ours.kind == Kind.CODE and not few):
        return False
    return theirs.kind in _CAN_FILL.get(ours.kind, ())


def _tokens(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[a-z0-9]+", spaced.lower())


def _on_a_grid(seen: Sequence[Glance], hints: Mapping[str, Sequence[str]]) -> dict[str, Glance]:
    """Return the columns that seem to be eastings and northings: both, or none."""
    found = {}
    for ours in GRID:
        known = {tuple(_tokens(hint)) for hint in hints[ours]}
        for one in seen:
            numbers = one.kind in ("integer", "number") and one.largest > _ROUND
            if numbers and tuple(_tokens(one.name)) in known:
                found[ours] = one
    return found if len(found) == len(GRID) else {}


def _clock_beside(matches: Mapping[str, Match], seen: Sequence[Glance]) -> Glance | None:
    """Return the one column that holds times of day, where a time was matched to a date alone."""
    dates = [m for m in matches.values() if m.ours.kind == Kind.INSTANT and m.theirs.kind == "day"]
    clocks = [one for one in seen if one.kind == "clock"]
    return clocks[0] if len(dates) == len(clocks) == 1 else None


def _lines(match: Match, table: RecordTable, clock: Glance | None) -> list[str]:
    """Return the TOML of one match, with its doubts beside it, or above it where they are long."""
    ours, theirs = match.ours, match.theirs
    if clock and ours.kind == Kind.INSTANT and theirs.kind == "day":
        return _date_and_clock(ours, theirs, clock)
    parts, notes = [f"column = {_quoted(theirs.name)}"], []
    if ours.kind in (Kind.INSTANT, Kind.DAY):
        more, notes = _time_parts(ours, theirs)
        parts += more
    elif ours.kind == Kind.CODE:
        more, notes = _code_parts(ours, theirs)
        parts += more
    elif theirs.kind == "empty" or (ours.kind == Kind.TEXT and theirs.kind != "text"):
        notes = [f"it holds {_held(theirs)}"]
    elif ours.kind == Kind.KEY:
        notes = _key_notes(theirs, is_key=(ours.name,) == table.key)
    if match.likeness < 900:
        notes = ["CHECK: the name is only somewhat like", *notes]
    line = f"{ours.name} = {{ {', '.join(parts)} }}"
    beside = f"{line}  # {'; '.join(notes)}"
    if notes and len(beside) > 100:
        return [*[f"# {note}" for note in notes], line]
    return [beside if notes else line]


def _key_notes(theirs: Glance, *, is_key: bool) -> list[str]:
    if theirs.each_once:
        return ["each value stands once"]
    again = theirs.filled - theirs.distinct
    if not is_key or not again:
        return []
    return [
        f"CHECK: {again:,} rows have a key that an earlier row has: those that say the same in",
        "every column read here become one record with it, and the others are set aside",
    ]


def _date_and_clock(ours: Column, theirs: Glance, clock: Glance) -> list[str]:
    columns = f"{_quoted(theirs.name)}, {_quoted(clock.name)}"
    pattern = f"{theirs.format or '%Y-%m-%d'} {clock.format}"
    notes = ["# CHECK: a date and a time of day, read together"]
    if theirs.either_way:
        notes.append("# CHECK: day and month could be the other way round")
    line = f'{ours.name} = {{ columns = [{columns}], together = true, format = "{pattern}" }}'
    return [*notes, line]


def _time_parts(ours: Column, theirs: Glance) -> tuple[list[str], list[str]]:
    natural = "instant" if ours.kind == Kind.INSTANT else "day"
    parts, notes = [], []
    reads = natural if ours.kind == Kind.DAY and theirs.kind == "instant" else theirs.kind
    if reads not in (natural, "empty"):
        parts.append(f'as = "{reads}"')
    if theirs.format:
        parts.append(f'format = "{theirs.format}"')
    if theirs.epoch:
        parts.append(f'epoch = "{theirs.epoch}"')
    never = [word for word, _ in theirs.null if word.strip("-")[:1].isdigit()]
    if never:
        parts.append(f"null = [{', '.join(map(_quoted, never))}]")
        count = sum(n for word, n in theirs.null if word in never)
        notes.append(f"in {count:,} rows a date that means it did not happen")
    if theirs.kind == "day" and ours.kind == Kind.INSTANT:
        notes.append("CHECK: every time is midnight, so only its date is taken")
    if theirs.kind == "instant" and theirs.epoch:
        notes.append("CHECK: a count since 1970 is in UTC; give zone where it follows local clocks")
    if theirs.either_way:
        notes.append("CHECK: day and month could be the other way round")
    return parts, notes


def _code_parts(ours: Column, theirs: Glance) -> tuple[list[str], list[str]]:
    if not theirs.words:
        return ['unknown = "blank"'], ["CHECK: more words than can be listed; map those you need"]
    known = code_list(ours.codes).spellings()
    strange = [word for word, _ in theirs.words if fold(word) not in known]
    if not strange:
        return [], []
    pairs = ", ".join(f'{_quoted(word)} = ""' for word in strange)
    note = f"CHECK: say which word of {ours.codes} each of these {len(strange)} is, and uncomment:"
    return ['unknown = "blank"'], [f"{note} words = {{ {pairs} }}"]


def _zone_line(matches: dict[str, Match]) -> list[str]:
    clocks = [m.theirs for m in matches.values() if m.ours.kind == Kind.INSTANT]
    if not clocks:
        return []
    if any(clock.kind == "instant" and not clock.epoch and not clock.offset for clock in clocks):
        why = "its times carry no zone, so they are read by this one's clocks"
    else:
        why = "where it happened: local dates and hours follow it"
    return [f'timezone = "Europe/London"  # CHECK: {why}']


def _null_line(seen: Sequence[Glance]) -> list[str]:
    counts: dict[str, int] = {}
    for column in seen:
        for word, n in column.null:
            if not word.strip("-")[:1].isdigit():
                counts[word] = counts.get(word, 0) + n
    if not counts:
        return []
    words = ", ".join(_quoted(word) for word in counts)
    return [
        f"null = [{words}]  # words that stand where nothing is known: {sum(counts.values()):,}"
    ]


def _grid_line(grid: Mapping[str, Glance]) -> list[str]:
    if not grid:
        return []
    return [
        "# CHECK: which grid its eastings and northings are of; then uncomment this, and x, y and",
        "# location_precision below",
        '# crs = "EPSG:27700"',
    ]


def _place_lines(
    table: RecordTable, matches: dict[str, Match], grid: Mapping[str, Glance]
) -> list[str]:
    lines = [f"# {ours} = {{ column = {_quoted(one.name)} }}" for ours, one in grid.items()]
    if grid:
        lines.append('# location_precision = { value = "exact" }  # or "snapped", if moved')
    if "lon" in matches:
        lines.append('location_precision = { value = "exact" }  # CHECK: or "snapped", if moved')
    if "area_code" in matches and table.placed:
        lines.append('# area_vintage = { value = "" }  # CHECK: which areas: LSOA21, or your beats')
    return lines


def _missing_lines(table: RecordTable, matches: dict[str, Match]) -> list[str]:
    lines = []
    for column in table.columns:
        if column.name in matches or column.name in _ASKED:
            continue
        if column.required:
            lines.append(f'# {column.name} = {{ column = "" }}  # CHECK: needed. {column.means}')
    rest = [
        column.name
        for column in table.columns
        if column.name not in matches and column.name not in _ASKED and not column.required
    ]
    if rest:
        lines.append(f"# Nothing seems to fill: {', '.join(rest)}.")
    return lines


def _unread_lines(
    seen: Sequence[Glance], matches: dict[str, Match], others: Sequence[Glance]
) -> list[str]:
    read = {match.theirs.name for match in matches.values()}
    read |= {one.name for one in others}
    left = [column for column in seen if column.name not in read]
    if not left:
        return ["# Every column of the file is read."]
    lines = ["# Columns of the file that are not read, and what they seem to hold:"]
    return lines + [f"#   {column.name}: {_held(column)}" for column in left]


_HELD = {
    "empty": "nothing",
    "flag": "yes or no",
    "integer": "whole numbers",
    "number": "numbers",
    "instant": "dates and times",
    "day": "dates",
    "month": "months",
    "clock": "times of day",
    "text": "words",
}


def _held(column: Glance) -> str:
    said = _HELD[column.kind]
    if column.kind == "empty":
        return said
    if column.kind in ("integer", "number") and column.largest > 180 and not column.each_once:
        said += " beyond 180, so no degrees"
    filled = column.filled / max(1, column.rows)
    spread = "each once" if column.each_once else f"{column.distinct:,} different"
    return f"{said}, {spread}, in {filled:.0%} of the rows"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
