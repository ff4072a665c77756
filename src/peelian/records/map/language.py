"""The mapping language: what one TOML file may say about reading a source's columns into ours."""

import hashlib
import re
import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from peelian.errors import MappingError, nearest
from peelian.schema.kinds import Kind, Sensitivity
from peelian.schema.records import TABLES

_T = TypeVar("_T")
PAGE = "how-to/map-an-extract"
READINGS = ("text", "key", "code", "integer", "number", "flag", "instant", "day", "month")
UNKNOWN = ("fault", "keep", "blank")
EPOCHS = ("seconds", "milliseconds")
# Which readings can fill a column of which kind.
FITS: Dict[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.TEXT: ("text", "key", "code"),
        Kind.KEY: ("key", "text", "code"),
        Kind.CODE: ("code",),
        Kind.INTEGER: ("integer",),
        Kind.NUMBER: ("number", "integer"),
        Kind.FLAG: ("flag",),
        Kind.INSTANT: ("instant", "day", "month"),
        Kind.DAY: ("day", "month"),
    }
)
# What the loader fills itself; a mapping that claimed them could contradict it. Of these, `x` and
# `y` may be given where the mapping names the grid they are of: they become degrees, and are worked
# out anew in the store's grid.
GRID = ("x", "y")
DERIVED = ("load_id", "local_date", "local_hour", "local_weekday", "time_precision", *GRID)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column of ours is filled.

    Args:
        name: Our column.
        kind: The kind the schema gives it.
        columns: The source's columns, tried in order until one is filled; none for a constant.
        value: The constant, where there is one.
        how: One of `READINGS`.
        formats: strptime patterns, tried in order; none means ISO 8601.
        epoch: `seconds` or `milliseconds` since 1970, or empty.
        zone: The zone of times that carry none, or empty for the mapping's.
        null: Words that mean nothing here, beyond the mapping's own.
        words: The source's words with ours, before the code list is asked.
        codes: The code list, or empty.
        unknown: What a word outside the list becomes: `fault`, `keep` or `blank`.
        required: Whether an empty value is a fault.
        optional: Whether the source may lack the column altogether.
        midnight_is_day: Whether a file whose times are mostly midnight is taken to know only days.
        together: Whether the columns are parts of one value, such as a date and a time of day, and
            not the same thing said in several ways.
    """

    name: str
    kind: Kind
    columns: tuple[str, ...] = ()
    value: Any = None
    how: str = "text"
    formats: tuple[str, ...] = ()
    epoch: str = ""
    zone: str = ""
    null: tuple[str, ...] = ()
    words: Dict[str, str] = field(default_factory=dict)
    codes: str = ""
    unknown: str = "fault"
    required: bool = False
    optional: bool = False
    midnight_is_day: bool = False
    together: bool = False

    @property
    def alternatives(self) -> bool:
        """Whether any one of its columns is enough."""
        return len(self.columns) > 1 and not self.together


@dataclass(frozen=True, slots=True)
class When:
    """One condition on one column of the source; a route may ask several, and all must hold."""

    column: str
    is_: tuple[str, ...] = ()
    is_not: tuple[str, ...] = ()
    blank: bool | None = None


@dataclass(frozen=True, slots=True)
class RouteRule:
    """Which rows go to which table, and how that table's columns are filled."""

    table: str
    when: tuple[When, ...]
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A source's columns and ours, as one TOML file says it.

    Args:
        layout: Its name, kept in the ledger.
        title: What the source is, in words.
        source: Who supplies it, unless the load says otherwise; may be empty.
        source_column: The column that names the supplier of a public file, or empty.
        source_name: A pattern whose group finds the supplier in a file's name, or empty.
        sensitivity: The care its records need, or None to leave that to the load.
        timezone: The zone of its local times, or empty for the store's.
        null: Words that mean nothing in any of its columns.
        padded: Whether its words may have spaces around them, to be taken off.
        years: First and last year that a date may fall in.
        bounds: West, south, east, north that hold every place, in degrees, or None: finds swapped
            coordinates; a point outside is no place.
        crs: The grid of its eastings and northings, or empty where it gives degrees.
        header: Columns by which its files are known.
        routes: Its tables, tried in order: the first route that takes a row has it.
        sha256: Fingerprint of its text.
    """

    layout: str
    title: str
    source: str
    source_column: str
    source_name: str
    sensitivity: Sensitivity | None
    timezone: str
    null: tuple[str, ...]
    padded: bool
    years: tuple[int, int]
    bounds: tuple[float, float, float, float] | None
    crs: str
    header: tuple[str, ...]
    routes: tuple[RouteRule, ...]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "Mapping":
        """Return the mapping that a TOML file holds.

        Raises:
            MappingError: The file is missing, is not TOML, or says something the schema denies.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            raise MappingError(
                "The mapping cannot be read.",
                found=f"{path.name}: {type(problem).__name__}",
                try_="peelian map FILE --table incidents writes one to begin from",
                read=PAGE,
            ) from problem
        return cls.parse(text, path.name)

    @classmethod
    def parse(cls, text: str, name: str) -> "Mapping":
        """Return the mapping that some TOML text holds; `name` is what errors call it."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as problem:
            raise MappingError(
                f"The mapping {name} is not TOML.", found=str(problem), read=PAGE
            ) from problem
        return _mapping(raw, name, hashlib.sha256(text.encode("utf-8")).hexdigest())

    @property
    def is_whole(self) -> bool:
        """Whether one file holds all that a supplier has of its months, as public files do."""
        return bool(self.source_column or self.source_name)

    def columns(self) -> tuple[str, ...]:
        """Return every column of the source that it reads, each once, in its own spelling."""
        names: dict[str, None] = {}
        for route in self.routes:
            names.update(dict.fromkeys(when.column for when in route.when))
            for reading in route.readings:
                names.update(dict.fromkeys(reading.columns))
        return tuple(names)

    def needs(self) -> tuple[str, ...]:
        """Return the columns a file must have: all that are read and not marked optional."""
        spared = {
            fold_name(column)
            for route in self.routes
            for reading in route.readings
            if reading.optional or reading.alternatives
            for column in reading.columns
        }
        return tuple(name for name in self.columns() if fold_name(name) not in spared)


def fold_name(name: str) -> str:
    """Return a column name without the differences that tools write the same name with.

    >>> fold_name("LSOA.code ") == fold_name("lsoa_Code")
    True
    """
    return re.sub(r"[\s_.\-]+", " ", name.replace("\ufeff", "")).strip().lower()


class _Reader:
    """One table of the TOML, whose keys are taken one by one: a leftover is a misspelling."""

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, dict):
            raise MappingError(f"{where} must be a table of settings.", read=PAGE)
        self.raw, self.where, self.known = dict(raw), where, list[str]()

    def fail(self, problem: str, found: str = "", try_: str = "") -> MappingError:
        return MappingError(f"{self.where}: {problem}", found=found, try_=try_, read=PAGE)

    def take(self, key: str, kind: type[_T], default: _T) -> _T:
        self.known.append(key)
        value = self.raw.pop(key, default)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise self.fail(f"{key} must be {_CALLED[kind]}.", f"{type(value).__name__}")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        self.known.append(key)
        value = self.raw.pop(key, [])
        value = value if isinstance(value, list) else [value]
        if not all(isinstance(word, str | int | float) for word in value):
            raise self.fail(f"{key} must be a word or a list of words.")
        return tuple(str(word) for word in value)

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        value = self.take(key, str, default)
        if value not in choices and value != default:
            raise self.fail(f"{key} cannot be that.", value, nearest(value, choices))
        return value

    def done(self) -> None:
        for key in self.raw:
            raise self.fail("there is no such setting.", key, nearest(key, self.known))


_CALLED = {str: "a word", list: "a list", dict: "a table", bool: "true or false", int: "a number"}


def _mapping(raw: dict[str, Any], name: str, sha256: str) -> Mapping:
    top = _Reader(raw, f"Mapping {name}")
    layout = top.take("layout", str, Path(name).stem)
    title = top.take("title", str, "")
    source = top.take("source", str, "")
    source_column = top.take("source_column", str, "")
    source_name = top.take("source_name", str, "")
    care = top.choice("sensitivity", [level.name.lower() for level in Sensitivity], "")
    zone = _zone(top, top.take("timezone", str, ""))
    null = top.words("null")
    padded = top.take("padded", bool, True)
    years = _years(top, top.take("years", list, [1900, 2100]))
    bounds = _bounds(top, top.take("bounds", list, []))
    crs = _grid(top, top.take("crs", str, ""))
    header = top.words("header")
    routes = top.take("route", list, [])
    top.done()
    if not routes:
        raise top.fail("no [[route]] says which table its rows go to.")
    return Mapping(
        layout=layout,
        title=title,
        source=source,
        source_column=source_column,
        source_name=source_name,
        sensitivity=Sensitivity.named(care) if care else None,
        timezone=zone,
        null=null,
        padded=padded,
        years=years,
        bounds=bounds,
        crs=crs,
        header=header,
        routes=tuple(
            _route(route, f"{top.where}, route {i + 1}", crs) for i, route in enumerate(routes)
        ),
        sha256=sha256,
    )


def _zone(reader: _Reader, name: str) -> str:
    if name in ("", "UTC"):
        return name
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as problem:
        raise reader.fail(
            "there is no such time zone.", name, nearest(name, available_timezones())
        ) from problem
    return name


def _grid(reader: _Reader, name: str) -> str:
    """Return the grid that eastings and northings are of, once it is known to be one."""
    if not name:
        return name
    import pyproj  # most mappings give degrees, and need nothing of it
    from pyproj.exceptions import CRSError

    try:
        grid = pyproj.CRS.from_user_input(name)
    except CRSError as problem:
        raise reader.fail("there is no such grid.", name, 'crs = "EPSG:27700"') from problem
    if not grid.is_projected:
        raise reader.fail(
            "crs names the grid of eastings and northings, and this one is none.",
            f"{name}: {grid.name}",
            "degrees need no crs: give them as lon and lat",
        )
    return name


def _years(reader: _Reader, pair: list[Any]) -> tuple[int, int]:
    if len(pair) != 2 or not all(type(year) is int for year in pair) or pair[0] > pair[1]:
        raise reader.fail("years must be a first and a last year.", try_="years = [1990, 2030]")
    return pair[0], pair[1]


def _bounds(reader: _Reader, box: list[Any]) -> tuple[float, float, float, float] | None:
    if not box:
        return None
    numbers = [float(edge) for edge in box if isinstance(edge, int | float)]
    if len(box) != 4 or len(numbers) != 4 or numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
        raise reader.fail(
            "bounds must be west, south, east, north.", try_="bounds = [-9.0, 49.0, 2.5, 61.5]"
        )
    west, south, east, north = numbers
    return west, south, east, north


def _route(raw: object, where: str, crs: str) -> RouteRule:
    route = _Reader(raw, where)
    table = route.take("table", str, "")
    # Counts have a mapping of their own: a row of a file may hold many of them.
    open_to_mappings = [n for n, t in TABLES.items() if not t.kept_by_store and n != "counts"]
    if table not in open_to_mappings:
        raise route.fail("there is no such table.", table, nearest(table, open_to_mappings))
    whens = route.raw.pop("when", [])
    whens = whens if isinstance(whens, list) else [whens]
    columns = route.take("columns", dict, {})
    route.known.append("when")
    route.done()
    readings = tuple(_reading(table, key, spec, where, crs) for key, spec in columns.items())
    rule = RouteRule(table, tuple(_when(when, where) for when in whens), readings)
    _complete(rule, route)
    _one_place(rule, route)
    return rule


def _complete(rule: RouteRule, route: _Reader) -> None:
    """Refuse a route that leaves out what its table needs."""
    filled = {reading.name for reading in rule.readings}
    needed = TABLES[rule.table].required
    missing = [name for name in needed if name not in filled and name not in ("source", "load_id")]
    if missing:
        raise route.fail(f"{rule.table} needs columns that nothing fills.", ", ".join(missing))


def _one_place(rule: RouteRule, route: _Reader) -> None:
    """Refuse half a place, a place given twice, and one that does not say how exact it is."""
    filled = {reading.name for reading in rule.readings}
    for pair in (("lon", "lat"), GRID):
        if len(filled.intersection(pair)) == 1:
            raise route.fail(f"a place needs both {' and '.join(pair)}.")
    if {"lon", "x"} <= filled:
        raise route.fail(
            "a place is given in degrees or on a grid, and not as both.",
            "lon, lat, x, y",
            "keep lon and lat, and leave crs, x and y out",
        )
    if filled.intersection(("lon", "x")) and "location_precision" not in filled:
        raise route.fail(
            "it gives a place and does not say how exactly the place is known.",
            try_='location_precision = { value = "exact" }, or "snapped" for moved points',
        )


def _when(raw: object, where: str) -> When:
    when = _Reader(raw, f"{where}, when")
    column = when.take("column", str, "")
    is_, is_not = when.words("is"), when.words("is_not")
    blank = when.take("blank", bool, False) if "blank" in when.raw else None
    when.known.append("blank")
    when.done()
    if not column or (not is_ and not is_not and blank is None):
        raise when.fail(
            "it needs a column, and is, is_not or blank.",
            try_='when = { column = "Crime type", is = ["Burglary"] }',
        )
    return When(column, is_, is_not, blank)


def _reading(table: str, name: str, spec: object, where: str, crs: str) -> Reading:
    placed = GRID if crs and TABLES[table].placed else ()
    known = [c for c in TABLES[table].names if c not in DERIVED or c in placed]
    if name in GRID and TABLES[table].placed and not crs:
        raise MappingError(
            f"{where}: eastings and northings are read once the mapping names their grid.",
            found=f"{name}, and no crs",
            try_='crs = "EPSG:27700" above the routes, or the grid your system uses',
            read=PAGE,
        )
    if name in GRID and isinstance(spec, dict) and "value" in spec:
        raise MappingError(
            f"{where}: easting and northing are columns of the source, and no one number.",
            found=f"{name}, with a value",
            try_=f'{name} = "Easting"' if name == "x" else f'{name} = "Northing"',
            read=PAGE,
        )
    if name not in known:
        raise MappingError(
            f"{where}: {table} has no such column, or the loader fills it.",
            found=name,
            try_=nearest(name, known),
            read=PAGE,
        )
    column = TABLES[table][name]
    take = _Reader({"column": spec} if isinstance(spec, str) else spec, f"{where}, {name}")
    sources = take.words("columns") or take.words("column")
    constant = take.raw.pop("value", None)
    take.known += ["column", "value"]
    natural = FITS[column.kind][0] if column.kind in FITS else ""
    how = take.choice("as", READINGS, natural)
    words = take.take("words", dict, {})
    reading = Reading(
        name,
        column.kind,
        sources,
        constant,
        how,
        take.words("format"),
        take.choice("epoch", EPOCHS, ""),
        _zone(take, take.take("zone", str, "")),
        take.words("null"),
        {str(theirs): str(ours) for theirs, ours in words.items()},
        take.take("codes", str, column.codes),
        take.choice("unknown", UNKNOWN, "fault"),
        take.take("required", bool, column.required),
        take.take("optional", bool, False),
        take.take("midnight_is_day", bool, False),
        take.take("together", bool, False),
    )
    take.done()
    _sensible(reading, take)
    return reading


def _sensible(reading: Reading, take: _Reader) -> None:
    """Refuse a reading that contradicts itself or cannot fill its column."""
    if bool(reading.columns) == (reading.value is not None):
        raise take.fail("it needs either a column or a value.")
    if reading.value is not None:
        return
    if reading.how not in FITS.get(reading.kind, ()):
        raise take.fail(
            f"a column of kind {reading.kind} cannot be read as {reading.how or 'anything'}.",
            try_=" or ".join(FITS.get(reading.kind, ("leave it out",))),
        )
    if reading.together and len(reading.columns) < 2:
        raise take.fail(
            "together is for several columns.", try_='columns = ["Date", "Time"], together = true'
        )
    timely = reading.how in ("instant", "day", "month")
    if (reading.formats or reading.epoch or reading.zone) and not timely:
        raise take.fail("format, epoch and zone belong to an instant, a day or a month.")
    if reading.formats and reading.epoch:
        raise take.fail("it is either a format or an epoch.")
    if reading.how == "code" and not reading.codes and not reading.words:
        raise take.fail("a code needs words, or the name of a code list.", try_='codes = "outcome"')
