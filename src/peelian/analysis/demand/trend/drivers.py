"""What may drive it: what partners counted month by month, put beside each step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.trend.calendar import Dates, Floats
from peelian.errors import CannotAnswer, UsageError, nearest

_PAGE = "how-to/read-a-trend"
_MOST = 4


@dataclass(frozen=True)
class Driver:
    """One series of a partner.

    Args:
        name: As it was asked for.
        logs: The logarithm of its monthly value at each step; nan where there is none.
        partial: Months that fewer areas reported than usual, taken as missing.
    """

    name: str
    logs: Floats
    partial: int


def drivers_of(services: ir.Table, asked: Sequence[str], begun: Dates) -> tuple[Driver, ...]:
    """Return each driver asked for, at each step.

    Args:
        services: The canonical table.
        asked: Each a service, or `service: measure` where it has several.
        begun: The first day of every step.

    Raises:
        UsageError: No such service is held, or it has several measures and none was named.
        CannotAnswer: No service is loaded, or a value is nought or below and has no percentage.
    """
    if not asked:
        return ()
    if len(set(asked)) < len(asked) or len(asked) > _MOST:
        raise UsageError(
            "Drivers are named once each, and no more of them than the months can bear.",
            found=f"{len(asked)} drivers",
            try_=f"at most {_MOST}",
            read=_PAGE,
        )
    table: Any = services
    rows = (
        table.group_by("service", "measure", month=table.period_start.truncate("M"))
        .agg(value=table.value.sum(), areas=table.area_code.nunique())
        .to_pyarrow()
        .to_pylist()
    )
    if not rows:
        raise CannotAnswer(
            "No partner's counts are loaded, so nothing can be set beside these records.",
            found="an empty table of services",
            try_="load a file of months with `--as services` and a mapping",
            read=_PAGE,
        )
    return tuple(_driver(rows, name, begun) for name in asked)


def _driver(rows: list[dict[str, Any]], name: str, begun: Dates) -> Driver:
    service, _, measure = (part.strip() for part in name.partition(":"))
    of_service = [row for row in rows if row["service"] == service]
    measures = sorted({row["measure"] for row in of_service})
    if not of_service or (measure and measure not in measures):
        known = sorted({row["service"] for row in rows})
        raise UsageError(
            f"The store holds no {name!r} of any partner.",
            found=f"{len(known)} services, {len(measures)} measures of that one",
            try_=nearest(measure, measures) if of_service else nearest(service, known),
            read=_PAGE,
        )
    if not measure and len(measures) > 1:
        raise UsageError(
            f"The service {service!r} has several measures.",
            found=f"{len(measures)} measures",
            try_=f"drivers={service}:{measures[0]}",
            read=_PAGE,
        )
    mine = [row for row in of_service if not measure or row["measure"] == measure]
    usual = max(row["areas"] for row in mine)
    whole = {
        np.datetime64(row["month"], "M"): row["value"] for row in mine if row["areas"] == usual
    }
    values = np.array([whole.get(m, np.nan) for m in begun.astype("M8[M]")], dtype=float)
    if (values <= 0).any():
        raise CannotAnswer(
            f"{name} is nought or below in some months, so that there is no percentage of it.",
            found=f"{int((values <= 0).sum())} steps",
            try_="a measure that is always above nought",
            read=_PAGE,
        )
    return Driver(name, np.log(values), len(mine) - len(whole))
