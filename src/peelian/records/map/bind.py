"""A mapping bound to raw rows: which are at fault, and which table takes the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from pathlib import Path

import ibis
import ibis.expr.types as ir

from peelian.errors import MappingError, nearest
from peelian.records.map.faults import faults, first_fault, place_faults
from peelian.records.map.functions import Expr, wall_clock
from peelian.records.map.grid import TURNED, from_grid, grid_faults
from peelian.records.map.language import GRID, PAGE, Mapping, RouteRule, When, fold_name
from peelian.records.map.readings import Piece, Setting, clean, read
from peelian.schema.records import TABLES


@dataclass(frozen=True, slots=True)
class Context:
    """What a mapping does not know of the store it is bound for.

    Args:
        timezone: The store's zone, for mappings that name none.
        codes: The store's folder of its own code lists, or None.
    """

    timezone: str = "Europe/London"
    codes: Path | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Rows for one table: the condition that takes them, and the table's columns they fill."""

    table: str
    when: Expr
    columns: dict[str, Expr]


@dataclass(frozen=True, slots=True)
class Bound:
    """A mapping over raw rows. Every row has a fault or exactly one route.

    Args:
        fault: Null where the row is sound, else why it is not, in words that quote no value.
        routes: The tables, with the rows each takes; no two take the same row.
        reads: The raw columns that any of this looks at.
        timezone: The zone of local dates and hours.
    """

    fault: Expr
    routes: tuple[Route, ...]
    reads: tuple[str, ...]
    timezone: str


def bind(mapping: Mapping, raw: ir.Table, context: Context) -> Bound:
    """Return a mapping as expressions over a table of raw rows.

    Args:
        mapping: What the columns mean.
        raw: The rows as they came, with the source's column names; `_file` numbers their file. Of a
            mapping with a grid, they come from `records.gridded`, which adds degrees.
        context: The store's zone and code lists.

    Raises:
        MappingError: The rows lack a column that the mapping reads.
    """
    spelled = spellings(mapping, raw.columns)
    zone = mapping.timezone or context.timezone
    setting = Setting(zone, mapping.null, mapping.padded, context.codes)
    taken: list[Expr] = []
    routes: list[Route] = []
    branches: list[tuple[Expr, Expr]] = []
    for rule in mapping.routes:
        asked = _asked(rule, raw, spelled, setting)
        when = reduce(and_, [asked, *(~earlier for earlier in taken)])
        pieces = _pieces(rule, raw, spelled, setting)
        pieces = _whole(from_grid(pieces, raw, len(routes)), rule)
        branches.append((when, _fault(pieces, mapping)))
        routes.append(Route(rule.table, when, _columns(rule, pieces, raw, zone, mapping.bounds)))
        taken.append(asked)
    stray = ibis.literal("no route of the mapping takes this row")
    return Bound(
        fault=ibis.cases(*branches, else_=stray) if mapping.routes[-1].when else _only(branches),
        routes=tuple(routes),
        reads=tuple(dict.fromkeys(spelled.values())),
        timezone=zone,
    )


def spellings(mapping: Mapping, header: Sequence[str]) -> dict[str, str]:
    """Return the columns a mapping reads, folded, with the spelling that the file has.

    Raises:
        MappingError: A column that is needed is not in the header.
    """
    there = {fold_name(name): name for name in reversed(header)}
    missing = [name for name in mapping.needs() if fold_name(name) not in there]
    missing += [
        " or ".join(reading.columns)
        for rule in mapping.routes
        for reading in rule.readings
        if reading.alternatives
        and not reading.optional
        and not any(fold_name(name) in there for name in reading.columns)
    ]
    if missing:
        named = ", ".join(missing)
        raise MappingError(
            f"The mapping {mapping.layout} reads columns that the file does not have: {named}.",
            found=", ".join(header[:40]),
            try_=nearest(missing[0], header) if len(header) <= 40 else "peelian map FILE",
            read=PAGE,
        )
    return {fold_name(n): there[fold_name(n)] for n in mapping.columns() if fold_name(n) in there}


def _only(branches: list[tuple[Expr, Expr]]) -> Expr:
    """Return the fault where the last route takes whatever the others left."""
    *some, (_, last) = branches
    return ibis.cases(*some, else_=last) if some else last


def _asked(rule: RouteRule, raw: ir.Table, spelled: dict[str, str], setting: Setting) -> Expr:
    if not rule.when:
        return ibis.literal(True)
    return reduce(
        and_, [_holds(when, raw[spelled[fold_name(when.column)]], setting) for when in rule.when]
    )


def _holds(when: When, column: Expr, setting: Setting) -> Expr:
    words = clean(column, {"", *setting.null}, padded=setting.padded)
    tests: list[Expr] = []
    if when.is_:
        tests.append(words.isin(_as_written(when.is_)))
    if when.is_not:
        tests.append(~words.isin(_as_written(when.is_not)) | words.isnull())
    if when.blank is not None:
        tests.append(words.isnull() if when.blank else words.notnull())
    return ibis.coalesce(reduce(and_, tests), False)


def _as_written(words: Sequence[str]) -> list[str]:
    """Return words in the cases that files write them in: routes are asked of every row."""
    ways = (str, str.lower, str.upper, str.title, str.capitalize)
    return sorted({way(word) for word in words for way in ways})


def _pieces(
    rule: RouteRule, raw: ir.Table, spelled: dict[str, str], setting: Setting
) -> dict[str, Piece]:
    pieces = {}
    for reading in rule.readings:
        names = [spelled[fold_name(n)] for n in reading.columns if fold_name(n) in spelled]
        # Of a value in parts, one part alone is none.
        some = len(names) == len(reading.columns) if reading.together else names
        if some or reading.value is not None:
            pieces[reading.name] = read(reading, [raw[name] for name in names], setting)
    return pieces


def _whole(pieces: dict[str, Piece], rule: RouteRule) -> dict[str, Piece]:
    """Return the pieces without a place of which the source lacks one half, or both."""
    asked = {reading.name for reading in rule.readings} & {"lon", "x"}
    if not asked or {"lon", "lat"} <= set(pieces):
        return pieces
    return {n: p for n, p in pieces.items() if n not in ("lon", "lat", "location_precision")}


def _fault(pieces: dict[str, Piece], mapping: Mapping) -> Expr:
    found = [fault for piece in pieces.values() for fault in faults(piece, mapping.years)]
    if "x" in pieces:
        found += grid_faults(pieces, mapping.crs, mapping.bounds)
    elif "lon" in pieces:
        found += place_faults(pieces["lon"], pieces["lat"], mapping.bounds)
    return first_fault(found)


def _columns(
    rule: RouteRule,
    pieces: dict[str, Piece],
    raw: ir.Table,
    zone: str,
    bounds: tuple[float, float, float, float] | None,
) -> dict[str, Expr]:
    columns = _filled(pieces)
    if "lon" in pieces:
        columns |= _place(pieces, bounds)
    elif TABLES[rule.table].placed and "location_precision" not in columns:
        columns["location_precision"] = _without_point(columns)
    clocks = [pieces[name] for name in TABLES[rule.table].clock if name in pieces]
    if clocks:
        columns["time_precision"] = _precision(clocks, raw, zone)
    return columns


def _filled(pieces: dict[str, Piece]) -> dict[str, Expr]:
    """Return the values of a table's columns; those of the source's grid are none of them."""
    return {name: p.value for name, p in pieces.items() if name not in (*GRID, TURNED)}


def _place(
    pieces: dict[str, Piece], bounds: tuple[float, float, float, float] | None
) -> dict[str, Expr]:
    """Return a place that is whole or absent.

    Half a point is no place, nor is 0, 0, nor a point outside the bounds that hold every place.
    """
    lon, lat = pieces["lon"].value, pieces["lat"].value
    whole = lon.notnull() & lat.notnull() & ~((lon == 0) & (lat == 0))
    if bounds is not None:
        west, south, east, north = bounds
        whole &= lon.between(west, east) & lat.between(south, north)
    columns = _filled(pieces)
    exactness = ibis.ifelse(whole, columns["location_precision"], _without_point(columns))
    return {
        "lon": ibis.ifelse(whole, lon, None),
        "lat": ibis.ifelse(whole, lat, None),
        "location_precision": exactness,
    }


def _without_point(columns: dict[str, Expr]) -> Expr:
    area = columns.get("area_code")
    if area is None:
        return ibis.literal("none")
    return ibis.ifelse(area.notnull(), "area", "none")


def _precision(clocks: list[Piece], raw: ir.Table, zone: str) -> Expr:
    """Return how exactly the time is known, from how the first filled clock column was read."""
    known = [
        (
            piece.value.notnull() if piece.words is None else piece.words.notnull(),
            _pile_up(piece.value, raw, zone) if piece.reading.midnight_is_day else piece.precision,
        )
        for piece in clocks
    ]
    return ibis.cases(*known, else_=ibis.null("string"))


def _pile_up(moment: Expr, raw: ir.Table, zone: str) -> Expr:
    """Return `day` for the midnights of a file that is mostly midnights, and `instant` otherwise.

    Some forces publish the date alone, written as midnight in UTC or by local clocks. A file with
    a few midnights is left alone: something did happen then.
    """
    file = ibis.window(group_by=raw["_file"])

    def piles(clock: Expr) -> Expr:
        midnight: Expr = ibis.coalesce(clock == clock.truncate("D"), False)
        share: Expr = midnight.cast("int64").mean()
        return midnight & (share.over(file) > 0.5)

    clocks = [wall_clock(ibis.literal(place), moment) for place in ("UTC", zone)]
    return ibis.ifelse(reduce(or_, map(piles, clocks)), "day", "instant")
