"""What is wrong with a row: one reason, from the schema, that names columns and never a value."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import ibis

from peelian.records.map.functions import Expr
from peelian.records.map.language import Reading
from peelian.records.map.readings import Piece

_NOT_A = {
    "integer": "not a whole number",
    "number": "not a number",
    "flag": "not a yes or no",
    "instant": "not a date and time",
    "day": "not a date",
    "month": "not a month",
}
# Wider than any quantity a police record holds; infinity and not-a-number lie beyond it.
_HUGE = 1e300


def faults(piece: Piece, years: tuple[int, int]) -> list[tuple[Expr, str]]:
    """Return what can be wrong with one column: each a condition and its reason.

    Args:
        piece: The column as it was read.
        years: First and last year that a date may fall in.
    """
    if piece.words is None:
        return []
    reading, words = piece.reading, piece.words
    read = piece.value if piece.wall is None else piece.wall
    name = " or ".join(reading.columns)
    found: list[tuple[Expr, str]] = []
    if reading.required:
        found.append((words.isnull(), f"{name}: empty, and {reading.name} needs it"))
    if wrong := _cannot_be(reading):
        found.append((words.notnull() & read.isnull(), f"{name}: {wrong}"))
    if reading.how == "number" and reading.name not in ("lon", "lat"):
        found.append((~(read.abs() < _HUGE), f"{name}: not a finite number"))
    if reading.how in ("instant", "day", "month"):
        found.append((_outside(read, years), f"{name}: a year outside {years[0]} to {years[1]}"))
    return found


def _cannot_be(reading: Reading) -> str:
    """Return what is wrong with words that no value could be read from; empty where any may."""
    if reading.how == "code" and reading.unknown == "fault":
        return f"not a word of the code list {reading.codes}" if reading.codes else "no known word"
    return _NOT_A.get(reading.how, "")


def place_faults(
    lon: Piece, lat: Piece, bounds: tuple[float, float, float, float] | None
) -> list[tuple[Expr, str]]:
    """Return what can be wrong with a place: beyond the globe, or longitude and latitude swapped.

    Args:
        lon: The longitude as it was read.
        lat: The latitude as it was read.
        bounds: West, south, east, north that hold every place of the source, if that is known.
    """
    x, y = lon.value, lat.value
    names = f"{', '.join(lat.reading.columns)} and {', '.join(lon.reading.columns)}"
    beyond = (x.abs() > 180) | (y.abs() > 90)  # not-a-number and infinity are, too
    if bounds is None:
        return [(beyond, f"{names}: not a place on the globe")]
    west, south, east, north = bounds
    # Nearly every row lies inside, and so asks nothing more.
    outside = ~(x.between(west, east) & y.between(south, north))
    turned = y.between(west, east) & x.between(south, north)
    return [
        (outside & turned, f"{names}: longitude and latitude are swapped"),
        (outside & beyond, f"{names}: not a place on the globe"),
    ]


def first_fault(found: Iterable[tuple[Expr, str]]) -> Expr:
    """Return the first reason that holds of a row, or null where the row is sound."""
    branches = [(condition, ibis.literal(reason)) for condition, reason in found]
    if not branches:
        return ibis.null("string")
    return ibis.cases(*branches, else_=ibis.null("string"))


def _outside(read: Expr, years: tuple[int, int]) -> Expr:
    kind = read.type()
    zone = UTC if kind.timezone else None
    first = datetime(years[0], 1, 1, tzinfo=zone)
    last = datetime(years[1], 12, 31, 23, 59, 59, 999999, tzinfo=zone)
    if zone:  # a day's grace, for the years are local and the moment is not
        first, last = first - timedelta(days=1), last + timedelta(days=1)
    return ~read.between(ibis.literal(first, kind), ibis.literal(last, kind))
