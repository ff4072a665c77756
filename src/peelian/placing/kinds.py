"""What is counted over places: crimes and incidents one by one, or counts already counted."""

from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from peelian.errors import CannotAnswer, UsageError, nearest

Kind = Literal["crimes", "incidents", "counts"]
# The code list of each kind's categories; words outside it stand as they are.
LISTS = {"crimes": "crime_type", "incidents": "incident_category", "counts": "offence_subgroup"}
_PAGE = "how-to/load-counts"


@dataclass(frozen=True)
class Records:
    """Records of one kind, in one shape whatever the kind.

    Args:
        kind: Which kind.
        series: Of counts, which series; empty for others.
        table: Columns `area_code`, `area_vintage`, `category`, `month`, `n` (records in the row),
            `snapped` (of those, on a snapped point), and of records one by one `x` and `y`.
    """

    kind: str
    series: str
    table: ir.Table

    @property
    def noun(self) -> str:
        """Return what they are, in words."""
        return noun_of(self.kind)


def noun_of(kind: str) -> str:
    """Return what records of a kind are, in words."""
    return "counted events" if kind == "counts" else f"recorded {kind}"


def records_of(
    kind: Kind,
    crimes: ir.Table,
    incidents: ir.Table,
    counts: ir.Table,
    series: str | None,
) -> Records:
    """Return the records of one kind.

    Raises:
        CannotAnswer: Counts of several series are held, which may count the same things.
        UsageError: There is no such series, or one is named of records that have none.
    """
    if kind == "counts":
        return _counts(counts, series)
    if series is not None:
        raise UsageError(
            f"A series is of counts; {kind} have none.",
            found=f"records={kind}, series={series}",
            try_=f"records=counts,series={series}",
            read=_PAGE,
        )
    of = crimes if kind == "crimes" else incidents
    category = of.crime_type if kind == "crimes" else ibis.coalesce(of.category, of.opening_code)
    # pyright cannot know a column's type, which ibis learns from the table
    snapped = (of.location_precision == "snapped").cast("int64")  # type: ignore[attr-defined]
    table = of.select(
        "area_code",
        "area_vintage",
        "x",
        "y",
        category=category,
        month=of.local_date.truncate("M"),  # type: ignore[attr-defined]
        n=ibis.literal(1, "int64"),
        snapped=ibis.coalesce(snapped, 0),
    )
    return Records(kind, "", table)


def _counts(counts: ir.Table, series: str | None) -> Records:
    held = sorted(counts.select("series").distinct().to_pyarrow()["series"].to_pylist(), key=str)
    if series is None and len(held) > 1:
        raise CannotAnswer(
            "The store holds several series of counts, which may count the same things and are "
            "never added up.",
            found=", ".join(str(name) for name in held),
            try_=f"series={held[0]}",
            read=_PAGE,
        )
    if series is not None and series not in held:
        raise UsageError(
            f"No counts of the series {series!r} are loaded for these months.",
            found=", ".join(str(name) for name in held) or "no counts",
            try_=nearest(series, [str(name) for name in held]),
            read=_PAGE,
        )
    name = series or (held[0] if held else None)
    mine = counts if name is None else counts.filter(counts.series == name)
    table = mine.select(
        "area_code",
        "area_vintage",
        "category",
        # pyright cannot know a column's type, which ibis learns from the table
        month=mine.period_start.truncate("M"),  # type: ignore[attr-defined]
        n=mine.n.cast("int64"),
        snapped=ibis.literal(0, "int64"),
    )
    return Records("counts", name or "", table)
