"""Eastings and northings of a source's own grid: read as numbers, asked about, and made degrees."""

from collections.abc import Mapping as Dict
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.types as ir

from peelian.records.map.functions import Expr
from peelian.records.map.language import GRID, Mapping, fold_name
from peelian.records.map.readings import Piece, Setting, read

# On no grid does a record lie so near its origin, and every place in degrees does.
_DEGREES = 360.0
# A piece that is carried beside a place for its faults alone, and fills no column.
TURNED = "_turned"


def names_of(route: int) -> tuple[str, str, str]:
    """Return what the columns of raw rows are called that hold a route's degrees.

    Args:
        route: The route's place among the mapping's.

    Returns:
        Longitude; latitude; and whether the place lies in the bounds only when turned round.
    """
    return f"_lon{route}", f"_lat{route}", f"_turned{route}"


def eastings(
    mapping: Mapping, raw: ir.Table, timezone: str, codes: Path | None = None
) -> dict[int, tuple[Expr, Expr]]:
    """Return easting and northing, as expressions over raw rows, of each route that gives them.

    Args:
        mapping: What the columns mean.
        raw: The rows as they came.
        timezone: The store's zone, which readings ask for and numbers have no use for.
        codes: The store's own code lists, likewise.
    """
    setting = Setting(mapping.timezone or timezone, mapping.null, mapping.padded, codes)
    there = {fold_name(name): name for name in reversed(raw.columns)}
    found = {}
    for number, rule in enumerate(mapping.routes):
        pair = [
            read(one, [raw[there[fold_name(c)]] for c in one.columns if fold_name(c) in there],
                 setting).value
            for name in GRID
            for one in rule.readings
            if one.name == name and any(fold_name(c) in there for c in one.columns)
        ]  # fmt: skip
        if len(pair) == len(GRID):
            found[number] = (pair[0], pair[1])
    return found


def from_grid(pieces: Dict[str, Piece], raw: ir.Table, route: int) -> dict[str, Piece]:
    """Return a route's pieces with longitude and latitude, which raw rows hold already.

    Where the source lacks easting or northing, neither is left, and there is no place.

    Args:
        pieces: The route's pieces.
        raw: The rows, with the columns of `names_of` if the route gives places on a grid.
        route: The route's place.
    """
    lon, lat, turned = names_of(route)
    if lon not in raw.columns:
        return {name: piece for name, piece in pieces.items() if name not in GRID}
    in_degrees = {
        "lon": Piece(replace(pieces["x"].reading, name="lon"), None, raw[lon]),
        "lat": Piece(replace(pieces["y"].reading, name="lat"), None, raw[lat]),
        TURNED: Piece(replace(pieces["x"].reading, name=TURNED), None, raw[turned]),
    }
    return {**pieces, **in_degrees}


def grid_faults(
    pieces: Dict[str, Piece], crs: str, bounds: tuple[float, float, float, float] | None
) -> list[tuple[Expr, str]]:
    """Return what can be wrong with a place on a grid.

    Args:
        pieces: A route's pieces, from `from_grid`.
        crs: The grid.
        bounds: West, south, east, north that hold every place, in degrees, if that is known.
    """
    x, y = pieces["x"].value, pieces["y"].value
    lon, lat = pieces["lon"].value, pieces["lat"].value
    names = f"{', '.join(pieces['x'].reading.columns)} and {', '.join(pieces['y'].reading.columns)}"
    told = x.notnull() & y.notnull() & ~((x == 0) & (y == 0))
    small = (x.abs() <= _DEGREES) & (y.abs() <= _DEGREES)
    found = [
        (told & small, f"{names}: degrees, where the mapping says a grid"),
        (told & lon.isnull(), f"{names}: not a place of the grid {crs}"),
    ]
    if bounds is not None:
        west, south, east, north = bounds
        outside = ~(lon.between(west, east) & lat.between(south, north))
        turned = outside & pieces[TURNED].value
        found.append((turned, f"{names}: easting and northing are swapped"))
    return found


def no_place(x: Expr, y: Expr) -> Expr:
    """Return whether coordinates stand for no place: one is missing, or both are nought."""
    missing: Expr = ibis.coalesce((x == 0) & (y == 0), False)
    return x.isnull() | y.isnull() | missing
