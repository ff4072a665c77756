"""What is wrong with a row: one reason, from the schema, that names columns and never a value."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import ibis

from peelian.records.map.functions import Expr
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
    reading, words, value = piece.reading, piece.words, piece.value
    name = " or ".join(reading.columns)
    found: list[tuple[Expr, str]] = []
    if reading.required:
        found.append((words.isnull(), f"{name}: empty, and {reading.name} needs it"))
    if reading.how in _NOT_A:
        found.append((words.notnull() & value.isnull(), f"{name}: {_NOT_A[reading.how]}"))
    if reading.how == "code" and reading.unknown == "fault":
        said = (
            f"not a word of the code list {reading.codes}" if reading.codes else "not a known word"
        )
        found.append((words.notnull() & value.isnull(), f"{name}: {said}"))
    if reading.how == "number":
        found.append((~(value.abs() < _HUGE), f"{name}: not a finite number"))
    if reading.how in ("instant", "day", "month"):
        found.append((_outside(value, years), f"{name}: a year outside {years[0]} to {years[1]}"))
    return found


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
    found = []
    if bounds is not None:
        west, south, east, north = bounds
        inside = x.between(west, east) & y.between(south, north)
        turned = y.between(west, east) & x.between(south, north)
        found.append((turned & ~inside, f"{names}: longitude and latitude are swapped"))
    found.append(((x.abs() > 180) | (y.abs() > 90), f"{names}: not a place on the globe"))
    return found


def first_fault(found: Iterable[tuple[Expr, str]]) -> Expr:
    """Return the first reason that holds of a row, or null where the row is sound."""
    branches = [(condition, ibis.literal(reason)) for condition, reason in found]
    if not branches:
        return ibis.null("string")
    return ibis.cases(*branches, else_=ibis.null("string"))


def _outside(value: Expr, years: tuple[int, int]) -> Expr:
    first, last = f"{years[0]:04}-01-01", f"{years[1] + 1:04}-01-01"
    kind = value.type()
    if kind.is_date():
        return (value < ibis.literal(first, "date")) | (value >= ibis.literal(last, "date"))
    # A day's grace each side, for the years are local and the moment is not.
    low = datetime.fromisoformat(f"{first}T00:00:00+00:00") - timedelta(days=1)
    high = datetime.fromisoformat(f"{last}T00:00:00+00:00") + timedelta(days=1)
    return (value < ibis.literal(low, kind)) | (value >= ibis.literal(high, kind))
