"""How the areas of one vintage became those of the next, from a look-up table."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from peelian.errors import InputError, MappingError, nearest
from peelian.records.arrivals import Arrival, SetAside, quarantine_of, table_of
from peelian.records.text_table import Table, open_table
from peelian.schema.codes import code_list, fold

_PAGE = "how-to/link-vintages"
# What a mapping of links may say: the settings of `read_area_links`, for `read_settings`.
SETTINGS = ("older", "newer", "from_vintage", "to_vintage")
_CODE = re.compile(r"([A-Z]+)(\d{2})(?:CD|_CODE)$")
_CHANGE, _WEIGHT = ("CHGIND", "CHANGE"), ("WEIGHT", "SHARE")


@dataclass(frozen=True, slots=True)
class _Link:
    """One row of the look-up."""

    older: str
    newer: str
    change: str
    weight: float | None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column is what, and the vintages of the two codes."""

    older: int
    newer: int
    change: int | None
    weight: int | None
    from_vintage: str
    to_vintage: str


def read_area_links(
    path: Path,
    *,
    older: str | None = None,
    newer: str | None = None,
    from_vintage: str | None = None,
    to_vintage: str | None = None,
) -> Arrival:
    """Read a look-up between two vintages of areas as `area_links`.

    The exact-fit look-up of the statistical office is known by its columns (`LSOA11CD`,
    `LSOA21CD`, `CHGIND`); others need the columns named. An unchanged or merged area sends its
    whole count to its one successor (weight 1). One that was split, or changed otherwise, needs a
    `weight` column; without one its weight is empty, and counts cannot be moved along it until
    `peelian.statistics.alignment.shares_of` has made weights from who lives where. Where the file
    does not say how areas changed, that is worked out from how its links meet.

    Args:
        path: CSV, Excel or Parquet, a link a row.
        older: The column with the older codes.
        newer: The column with the newer codes.
        from_vintage: The older vintage, if its column does not say.
        to_vintage: The newer vintage, likewise.

    Raises:
        InputError: The file cannot be read, or its columns are not known.
        MappingError: A column that was named is not in the file.
    """
    with open_table(path, _PAGE) as table:
        columns = _columns(table.name, table.header, (older, newer), (from_vintage, to_vintage))
        links, set_aside = _links(table, columns)
    if not links:
        raise InputError(
            "No row of the file is a link.",
            found=f"{table.name}: {table.n} rows",
            try_="see whether both code columns are filled, and the change is U, S, M or X",
            read=_PAGE,
        )
    changes = [link.change or change for link, change in zip(links, _meeting(links), strict=True)]
    weights = [_weight(link, change) for link, change in zip(links, changes, strict=True)]
    rows = table_of(
        "area_links",
        {
            "from_vintage": [columns.from_vintage] * len(links),
            "from_code": [link.older for link in links],
            "to_vintage": [columns.to_vintage] * len(links),
            "to_code": [link.newer for link in links],
            "change": changes,
            "weight": weights,
        },
    )
    return Arrival(
        tables={"area_links": rows},
        read=table.n,
        quarantined=quarantine_of(set_aside),
        layout="area-links",
        notes={
            "from": columns.from_vintage,
            "to": columns.to_vintage,
            "changes": ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(changes).items())),
            "links have no weight": weights.count(None),
        },
    )


def _columns(
    name: str,
    header: tuple[str, ...],
    named: tuple[str | None, str | None],
    vintages: tuple[str | None, str | None],
) -> _Columns:
    for column in named:
        if column and column not in header:
            raise MappingError(
                "A column that was named is not in the look-up.",
                found=f"{name}: {', '.join(header)}",
                try_=nearest(column, header),
                read=_PAGE,
            )
    pair = named if all(named) else _known_pair(header)
    said = [vintages[n] or _vintage(column) for n, column in enumerate(pair) if column]
    if len(said) != 2 or not all(said):
        raise InputError(
            "The look-up does not say which codes are the older and which the newer.",
            found=f"{name}: {', '.join(header)}",
            try_="name the two columns and their vintages",
            read=_PAGE,
        )
    places = [header.index(str(column)) for column in pair]
    return _Columns(
        places[0], places[1], _first(header, _CHANGE), _first(header, _WEIGHT), said[0], said[1]
    )


def _known_pair(header: Sequence[str]) -> tuple[str | None, str | None]:
    """Find two code columns of one kind of area and two years."""
    found: dict[str, dict[str, str]] = {}
    for column in header:
        if match := _CODE.match(column.upper().strip("\ufeff ")):
            found.setdefault(match[1], {})[match[2]] = column
    for years in found.values():
        if len(years) == 2:
            return years[min(years)], years[max(years)]
    return None, None


def _vintage(column: str) -> str:
    match = _CODE.match(column.upper())
    return f"{match[1]}{match[2]}" if match else ""


def _first(header: Sequence[str], words: Sequence[str]) -> int | None:
    return next((n for n, column in enumerate(header) if column.strip().upper() in words), None)


def _links(table: Table, columns: _Columns) -> tuple[list[_Link], list[SetAside]]:
    spellings = code_list("area_change").spellings()
    links: dict[tuple[str, str], _Link] = {}
    set_aside: list[SetAside] = []
    for line, row in table.rows:
        fault, link = table.fault(row), None
        if not fault:
            link, fault = _parsed(row, columns, spellings)
        if link is not None and (link.older, link.newer) in links:
            fault = "the row repeats an earlier link"
        if link is None or fault:
            set_aside.append(SetAside(line, fault, table.as_it_came(row)))
        else:
            links[link.older, link.newer] = link
    return list(links.values()), set_aside


def _parsed(
    row: Sequence[str | None], columns: _Columns, spellings: Mapping[str, str]
) -> tuple[_Link | None, str]:
    words = [(word or "").strip() for word in row]
    older, newer = words[columns.older], words[columns.newer]
    if not older or not newer:
        return None, "the older or the newer code is blank"
    change = ""
    if columns.change is not None:
        change = spellings.get(fold(words[columns.change]), "")
        if not change:
            return None, "the change is not one of U, S, M and X"
    weight = None
    if columns.weight is not None and words[columns.weight]:
        try:
            weight = float(words[columns.weight])
        except ValueError:
            return None, "the weight is not a number"
        if not 0 <= weight <= 1:
            return None, "the weight is not between 0 and 1"
    return _Link(older, newer, change, weight), ""


def _meeting(links: list[_Link]) -> list[str]:
    """Work out how each link's areas changed from how many links meet at its two ends."""
    out = Counter(link.older for link in links)
    into = Counter(link.newer for link in links)
    return [_kind(out[link.older], into[link.newer]) for link in links]


def _kind(out: int, into: int) -> str:
    if out == 1:
        return "U" if into == 1 else "M"
    return "S" if into == 1 else "X"


def _weight(link: _Link, change: str) -> float | None:
    return 1.0 if link.weight is None and change in ("U", "M") else link.weight
