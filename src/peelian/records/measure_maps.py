"""What the columns of a file of measures are: the layouts known by header, and a reader's own."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from peelian.errors import InputError, MappingError, nearest
from peelian.schema.codes import code_list, fold
from peelian.schema.scales import SCALES
from peelian.toml_text import read_toml

_PAGE = "how-to/load-measures"
_TRY = "the format is in how-to/load-measures, with an example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure in a file.

    Args:
        name: Its name in settings, such as `imd2019_decile`.
        scale: count, ratio, score, rank or decile: what arithmetic it bears.
        title: Its name for people.
        column: Its column, in a file with a row for each area.
        rows: In a file with several rows for each area, the keys of the rows to add up.
        over: The keys of the rows whose sum that is divided by.
        unit: What it counts.
        need_is: Which end means more need: low, high or neither.
        circular: Whether recorded crime is inside it: no, part or wholly.
        bands: Its own class limits, high need first, if it declares any.
        period: When it speaks of, if not when its file does.
    """

    name: str
    scale: str
    title: str = ""
    column: str = ""
    rows: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    unit: str = ""
    need_is: str = "neither"
    circular: str = "no"
    bands: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureMap:
    """What a file of measures is: which areas, and what each column or row holds.

    Args:
        vintage: Of which areas, such as LSOA11.
        area_column: The column with the areas' codes.
        measures: What is read from it.
        title: Its name for people.
        also_has: A column that must be there too, to tell this file from a like one.
        area_codes: The pattern every code has; other rows are set aside.
        national_areas: How many areas the whole country has, if the file covers it.
        known_row: Values of one area that tell this edition from others with the same header.
        key_column: In a file with several rows for each area, the column that tells them apart.
        value_column: In such a file, the column with the number.
        nothing: Words that stand for no value, beyond the usual ones.
        period: When the measures speak of.
        citation: Who published them, and where.
    """

    vintage: str
    area_column: str
    measures: tuple[Measure, ...]
    title: str = "measures"
    also_has: str = ""
    area_codes: str = ""
    national_areas: int = 0
    known_row: Mapping[str, Any] = field(default_factory=dict)
    key_column: str = ""
    value_column: str = ""
    nothing: frozenset[str] = frozenset()
    period: str = ""
    citation: str = ""

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Return the columns that hold numbers."""
        if self.key_column:
            return (self.value_column,)
        return tuple(dict.fromkeys(measure.column for measure in self.measures))

    @property
    def needed(self) -> tuple[str, ...]:
        """Return every column the file must have."""
        more = (self.also_has, self.key_column)
        return (self.area_column, *self.value_columns, *(column for column in more if column))

    def found_in(self, header: Sequence[str]) -> dict[str, str]:
        """Return, for each column needed, how the header spells it; those missing are left out."""
        spelt: dict[str, str] = {}
        for column in header:
            spelt.setdefault(fold_header(column), column)
        return {c: spelt[fold_header(c)] for c in self.needed if fold_header(c) in spelt}

    def fits(self, header: Sequence[str]) -> bool:
        """Say whether a header has every column needed."""
        return len(self.found_in(header)) == len(self.needed)

    def check(self, name: str, header: Sequence[str]) -> None:
        """Refuse a file that lacks a column needed, or has one twice.

        Raises:
            MappingError: So it is.
        """
        found = self.found_in(header)
        missing = [column for column in self.needed if column not in found]
        if missing:
            raise MappingError(
                f"The file lacks {_listed(missing)}, which the mapping reads.",
                found=f"{name}: {_listed(header)}",
                try_=nearest(missing[0], header),
                read=_PAGE,
            )
        folded = [fold_header(column) for column in header]
        twice = [column for column in found if folded.count(fold_header(column)) > 1]
        if twice:
            raise MappingError(
                "The file has two columns of one name, and the mapping reads it.",
                found=f"{name}: {_listed(twice)} stands there more than once",
                try_="rename or drop one of them",
                read=_PAGE,
            )

    def not_read(self, header: Sequence[str]) -> list[str]:
        """Return the columns of the file that nothing is read from."""
        used = set(self.found_in(header).values())
        return [column for column in header if column not in used]


def fold_header(word: str) -> str:
    """Return a column's name without differences of case, spacing and byte-order marks."""
    return fold(word.replace("\ufeff", ""))


@cache
def known_maps() -> tuple[MeasureMap, ...]:
    """Return the layouts we know by their header."""
    folder = files("peelian.records") / "known_measures"
    shipped = sorted(p.name for p in folder.iterdir() if p.name.endswith(".toml"))
    return tuple(_parse(name, (folder / name).read_text(encoding="utf-8")) for name in shipped)


def is_known(header: Sequence[str]) -> bool:
    """Say whether some layout that we know fits a header."""
    return any(layout.fits(header) for layout in known_maps())


def known_map(name: str, header: Sequence[str]) -> MeasureMap:
    """Return the layout whose every column this header has; of several, the one that reads most.

    Raises:
        InputError: No layout that we know fits; the nearest is named.
    """
    known = known_maps()
    fits = [layout for layout in known if layout.fits(header)]
    if fits:
        return max(fits, key=lambda layout: len(layout.needed))
    near = max(known, key=lambda layout: len(layout.found_in(header)))
    shared = len(near.found_in(header))
    almost = f"; nearest is {near.title} ({shared} of {len(near.needed)} columns)" if shared else ""
    raise InputError(
        "The file is not known by its header, so it needs a mapping that says what each column is.",
        found=f"{name}: {_listed(header)}{almost}",
        try_="write a mapping (ten lines of TOML) and give it with `--map`",
        read=_PAGE,
    )


def read_map(path: Path) -> MeasureMap:
    """Read a mapping of measures.

    Raises:
        MappingError: It cannot be read, or says what no measure can be.
    """
    try:
        return _parse(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise MappingError(
            "The mapping cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_=_TRY,
            read=_PAGE,
        ) from problem


def _parse(name: str, text: str) -> MeasureMap:
    try:
        raw = read_toml(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingError(
            "The mapping cannot be read as TOML.", found=f"{name}: {problem}", try_=_TRY, read=_PAGE
        ) from problem
    each = raw.pop("measures", None)
    if not isinstance(each, list) or not each:
        raise MappingError(
            "The mapping names no measure.", found=name, try_="add [[measures]]", read=_PAGE
        )
    raw["nothing"] = frozenset(str(word) for word in raw.get("nothing", ()))
    _only_known(name, raw, MeasureMap, needed=("vintage", "area_column"))
    layout = MeasureMap(**raw, measures=tuple(_measure(name, entry) for entry in each))
    _refuse_unclear(name, layout)
    return layout


def _measure(name: str, entry: dict[str, Any]) -> Measure:
    for part in ("rows", "over"):
        if part in entry:
            entry[part] = tuple(str(key) for key in entry[part])
    _only_known(name, entry, Measure, needed=("name", "scale"))
    measure = Measure(**{"title": entry["name"], **entry})
    choices = {
        "scale": list(SCALES),
        "need_is": [code.code for code in code_list("need_direction").codes],
        "circular": [code.code for code in code_list("circularity").codes],
    }
    for part, allowed in choices.items():
        word = getattr(measure, part)
        if word not in allowed:
            raise MappingError(
                f"The mapping gives {measure.name} a {part} that there is not.",
                found=f"{name}: {part} = {word!r}",
                try_=nearest(word, allowed),
                read=_PAGE,
            )
    return measure


def _only_known(name: str, raw: Mapping[str, Any], meant: type, *, needed: tuple[str, ...]) -> None:
    words = {part.name for part in fields(meant)} - {"measures"}
    unknown = [key for key in raw if key not in words]
    missing = [key for key in needed if not raw.get(key)]
    if unknown or missing:
        raise MappingError(
            f"The mapping says {_listed(unknown)}, which means nothing here."
            if unknown
            else f"The mapping does not say {_listed(missing)}.",
            found=name,
            try_=nearest(unknown[0], words) if unknown else _TRY,
            read=_PAGE,
        )


def _refuse_unclear(name: str, layout: MeasureMap) -> None:
    names = [measure.name for measure in layout.measures]
    unread = [
        measure.name
        for measure in layout.measures
        if not (measure.rows if layout.key_column else measure.column)
    ]
    problem = ""
    if len(set(names)) < len(names):
        problem = "The mapping gives two measures one name."
    elif bool(layout.key_column) != bool(layout.value_column):
        problem = "The mapping gives only one of key_column and value_column."
    elif unread:
        what = "rows" if layout.key_column else "column"
        problem = f"The mapping does not say which {what} {_listed(unread)} is read from."
    if problem:
        raise MappingError(problem, found=name, try_=_TRY, read=_PAGE)


def _listed(words: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown
