"""What is worked out once, as records come in: the local date, hour and weekday."""

from collections.abc import Mapping

import ibis
import ibis.expr.operations as ops

from peelian.records.map.functions import Expr, at_zone, wall_clock
from peelian.schema import TABLES

_NEVER = ibis.null("timestamp(6)")


def local_clock(table: str, columns: Mapping[str, Expr], zone: str) -> Expr | None:
    """Return what local clocks showed when records happened; None where the table has no time.

    The clock is the first of the table's clock columns that is filled.

    Args:
        table: A canonical table.
        columns: What fills it.
        zone: The zone of local dates.
    """
    clocks = [columns[name] for name in TABLES[table].clock if name in columns]
    if not clocks:
        return None
    walls = [_wall(moment, zone) for moment in clocks]
    return ibis.coalesce(*walls) if len(walls) > 1 else walls[0]


def _wall(moment: Expr, zone: str) -> Expr:
    """Return the local clock at a moment; where it was read from that clock, as it was read."""
    node = moment.op()
    if isinstance(node, type(at_zone(ibis.literal(zone), _NEVER).op())):
        place, wall = node.args
        if isinstance(place, ops.Literal) and place.value == zone:
            return wall.to_expr()
    return wall_clock(ibis.literal(zone), moment)


def local_time(wall: Expr, known: Expr) -> dict[str, Expr]:
    """Return `local_date`, `local_hour` and `local_weekday` of records.

    An hour is given only where the time is known, a weekday where at least the day is: a month's
    first day is not when it was.

    Args:
        wall: The local clock.
        known: The time's precision.
    """
    hour: Expr = ibis.null("int64")
    weekday: Expr = hour
    if _may_be(known, {"instant"}):
        hour = ibis.ifelse(known == "instant", wall.hour().cast("int64"), None)
    if _may_be(known, {"instant", "day"}):
        finer = known.isin(["instant", "day"])
        weekday = ibis.ifelse(finer, wall.day_of_week.index().cast("int64"), None)
    return {"local_date": wall.date(), "local_hour": hour, "local_weekday": weekday}


def _may_be(known: Expr, words: set[str]) -> bool:
    """Say whether a precision can be one of some words; that of a column of months never can."""
    case = known.op()
    if not isinstance(case, ops.SearchedCase):
        return True
    told = [*case.results, case.default]
    return any(not isinstance(one, ops.Literal) or one.value in words for one in told)


def at_midnight(wall: Expr, known: Expr) -> Expr:
    """Return whether a time that should be known to the second is exactly local midnight.

    Many of them mean that some times were not known and were written as the start of the day.
    """
    if not _may_be(known, {"instant"}):
        return ibis.literal(False)
    return ibis.ifelse(known == "instant", wall == wall.truncate("D"), False)
