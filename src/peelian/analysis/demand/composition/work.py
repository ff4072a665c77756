"""What incidents took: minutes of units, of officers, and until they were closed, each capped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.statistics.relative_shares import Relative, relative_shares

# In the order they are told of; each with its name for people.
MEASURES: Mapping[str, str] = {
    "unit": "unit-minutes",
    "officer": "officer-minutes",
    "open": "minutes from arrival to close",
}


@dataclass(frozen=True)
class Work:
    """One measure of time, by category. Arrays have one value a category, in the kind's order.

    Args:
        measure: unit, officer or open.
        cap: Minutes beyond which no incident counts more.
        records: Incidents.
        measured: Of those, incidents whose minutes are known; nought is known too.
        some: Of those, incidents that took any.
        over: Of those, incidents that took more than the cap.
        minutes: Minutes, capped.
        uncapped: Minutes, as they are.
        largest, second: The largest two parts of the capped minutes.
        mean, median: Minutes, capped, of incidents that took any; NaN where there are none.
        middle: The median over all categories.
        top: The largest two parts of all.
        share: Each category's share of the minutes beside its share of the measured incidents.
    """

    measure: str
    cap: float
    records: np.ndarray
    measured: np.ndarray
    some: np.ndarray
    over: np.ndarray
    minutes: np.ndarray
    uncapped: np.ndarray
    largest: np.ndarray
    second: np.ndarray
    mean: np.ndarray
    median: np.ndarray
    middle: float
    share: Relative

    @property
    def name(self) -> str:
        """Return what the measure is called."""
        return MEASURES[self.measure]

    @property
    def ranks(self) -> np.ndarray:
        """Return the place of each category by its share of the minutes, from 1."""
        return ranks_of(self.share.amount)


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Return places from 1, the largest first; equal values share the better one.

    >>> ranks_of(np.array([5.0, 9.0, 5.0])).tolist()
    [2, 1, 2]
    """
    return 1 + (values[None, :] > values[:, None]).sum(axis=1)


def work_of(
    incidents: ir.Table,
    deployments: ir.Table,
    category: Any,
    categories: tuple[str, ...],
    caps: Mapping[str, float],
) -> tuple[Work, ...]:
    """Measure the time that incidents took; a measure that no incident has is left out.

    Minutes are the incident's own, or where it has none, those of its deployments, if every one of
    them is known. An incident to which nobody was sent took none.

    Args:
        incidents: Those to measure.
        deployments: The canonical table.
        category: What tells them apart: an expression over `incidents`.
        categories: The categories, in order.
        caps: For each measure, minutes beyond which no incident counts more.
    """
    rows = with_minutes(incidents.mutate(_category=category), deployments)
    found = (_measure(rows, name, categories, caps[name]) for name in MEASURES)
    return tuple(one for one in found if one is not None)


def with_minutes(incidents: Any, deployments: Any) -> Any:
    """Return incidents with the minutes of every measure: `_unit`, `_officer` and `_open`."""
    rows = incidents
    of_units = ibis.null("float64"), ibis.null("float64")
    if deployments.count().to_pyarrow().as_py():
        rows = rows.left_join(_by_incident(deployments), "incident_id").drop("incident_id_right")
        of_units = rows._of_units, rows._of_officers
    exact = rows.time_precision == "instant"
    open_s = rows.closed_at.epoch_seconds() - rows.arrived_at.epoch_seconds()
    return rows.mutate(
        _unit=ibis.coalesce(rows.unit_minutes, of_units[0]),
        _officer=ibis.coalesce(rows.officer_minutes, of_units[1]),
        # Days apart are no minutes, and closed before arrival is a slip of the pen.
        _open=(exact & (open_s >= 0)).ifelse(open_s / 60.0, ibis.null("float64")),
    )


def _by_incident(deployments: Any) -> Any:
    """Return the minutes of each incident's units and officers; null where one is not known."""
    seconds = deployments.cleared_at.epoch_seconds() - deployments.assigned_at.epoch_seconds()
    minutes = (seconds >= 0).ifelse(seconds / 60.0, ibis.null("float64"))
    each = deployments.mutate(_minutes=minutes)
    by_officers = each._minutes * each.crew_size
    summed = each.group_by("incident_id").agg(
        _units=each.count(),
        _known=each._minutes.count(),
        _crewed=by_officers.count(),
        _sum=each._minutes.sum(),
        _officers=by_officers.sum(),
    )
    return summed.select(
        "incident_id",
        _of_units=(summed._known == summed._units).ifelse(summed._sum, ibis.null("float64")),
        _of_officers=(summed._crewed == summed._units).ifelse(
            summed._officers, ibis.null("float64")
        ),
    )


def _measure(rows: Any, measure: str, categories: tuple[str, ...], cap: float) -> Work | None:
    minutes = rows[f"_{measure}"]
    # Not `least`: of a missing number of minutes it would make the cap.
    capped = (minutes > cap).ifelse(ibis.literal(float(cap)), minutes)
    each = rows.select(_category=rows._category, _minutes=minutes, _capped=capped)
    place = ibis.row_number().over(
        ibis.window(group_by="_category", order_by=[ibis.desc(each._capped.fill_null(-1.0))])
    )
    # Not `median(where=...)`, which Spark cannot say.
    taken = (each._minutes > 0).ifelse(each._capped, ibis.null("float64"))
    each = each.mutate(_place=place, _taken=taken)
    by_category = each.group_by("_category").agg(
        records=each.count(),
        measured=each._minutes.count(),
        some=each._taken.count(),
        over=each._minutes.count(where=each._minutes > cap),
        minutes=ibis.coalesce(each._capped.sum(), 0.0),
        uncapped=ibis.coalesce(each._minutes.sum(), 0.0),
        squares=ibis.coalesce((each._capped * each._capped).sum(), 0.0),
        largest=each._capped.max(where=each._place == 0),
        second=each._capped.max(where=each._place == 1),
        mean=each._taken.mean(),
        median=each._taken.median(),
    )
    found = by_category.to_pyarrow()
    if not sum(found["some"].to_pylist()):
        return None
    middle = each.agg(middle=each._taken.median()).to_pyarrow()["middle"][0].as_py()
    held = {name: _in_order(found, name, categories) for name in found.column_names[1:]}
    squares = held.pop("squares")
    counts = {name: np.nan_to_num(held[name]) for name in ("records", "measured", "some", "over")}
    sums = {name: np.nan_to_num(held[name]) for name in ("minutes", "uncapped")}
    parts = {name: np.nan_to_num(held[name]) for name in ("largest", "second")}
    return Work(
        measure=measure,
        cap=cap,
        **counts,
        **sums,
        **parts,
        mean=held["mean"],
        median=held["median"],
        middle=float(middle),
        share=relative_shares(counts["measured"], sums["minutes"], np.nan_to_num(squares)),
    )


def _in_order(found: pa.Table, name: str, categories: tuple[str, ...]) -> np.ndarray:
    """Return a column's values in the order of the categories; NaN for one that is not there."""
    values = dict(zip(found["_category"].to_pylist(), found[name].to_pylist(), strict=True))
    held = [values.get(code) for code in categories]
    return np.array([np.nan if value is None else value for value in held], dtype=float)
