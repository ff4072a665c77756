"""Which records an erasure is about, before anything that follows from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

import ibis

from peelian.errors import UsageError, nearest
from peelian.records.erasing.retention import PAGE, Retention
from peelian.records.store import Load
from peelian.schema import TABLES

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
Choice = Callable[[Expr], Expr]
LEDGER = ("loads", "coverage")  # they are set right, never chosen from


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be erased: records for which everything that is said holds.

    Args:
        sources: Of these suppliers.
        loads: Of these loads, by the beginning of their name in the ledger.
        before: That happened before this day.
        expired: Whose day of expiry has come, or that are kept longer than `retention.toml` says.
    """

    sources: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    before: date | None = None
    expired: bool = False

    def __post_init__(self) -> None:
        if not (self.sources or self.loads or self.before or self.expired):
            raise UsageError(
                "Nothing says what to erase.",
                try_="--source, --load, --before or --expired",
                read=PAGE,
            )

    def among(self, ledger: Sequence[Load]) -> tuple[Load, ...]:
        """Return the loads that it is about.

        Raises:
            UsageError: A source or a load is not in the ledger, or a load's name is not plain.
        """
        known = {load.source for load in ledger}
        for source in self.sources:
            if source not in known:
                raise UsageError(
                    "The ledger knows no such source.",
                    found=source,
                    try_=nearest(source, known),
                    read=PAGE,
                )
        for start in self.loads:
            fits = [load.load_id for load in ledger if load.load_id.startswith(start)]
            if len(fits) != 1 or not start:
                raise UsageError(
                    "That names no single load of the ledger.",
                    found=f"{len(fits)} loads begin so",
                    try_="more of its load_id, as `peelian ledger STORE --json` shows it",
                    read=PAGE,
                )
        return tuple(
            load
            for load in ledger
            if (not self.sources or load.source in self.sources)
            and (not self.loads or load.load_id.startswith(self.loads))
        )


def choices(
    wish: Wish, ledger: Sequence[Load], retention: Retention, today: date
) -> dict[str, Choice]:
    """Return, for each table that may hold chosen rows, whether a row of it is one.

    Args:
        wish: What is to be erased.
        ledger: Every load.
        retention: How long records are kept; only asked where the wish is for what has expired.
        today: The day on which it is asked.
    """
    loads = wish.among(ledger)
    found = {}
    for table in TABLES:
        if table in LEDGER or not loads:
            continue
        conditions = _conditions(wish, table, loads, retention, today)
        if conditions is not None:
            found[table] = conditions
    return found


def _conditions(
    wish: Wish, table: str, loads: Sequence[Load], retention: Retention, today: date
) -> Choice | None:
    parts: list[Choice] = []
    if wish.before is not None:
        parts.append(_older({wish.before: loads}, table, None))
    if wish.expired:
        parts.append(_expired(table, loads, retention, today))
    if not parts:
        return _of(loads)
    return lambda rows: reduce(lambda a, b: a & b, [part(rows) for part in parts])


def _of(loads: Sequence[Load]) -> Choice:
    names = sorted(load.load_id for load in loads)
    return lambda rows: rows["load_id"].isin(names)


def _expired(table: str, loads: Sequence[Load], retention: Retention, today: date) -> Choice:
    cuts: dict[date, list[Load]] = {}
    for load in loads:
        cut = retention.cut(table, load.sensitivity, today)
        if cut is not None:
            cuts.setdefault(cut, []).append(load)
    kept_too_long = _older(cuts, table, lambda load: load.loaded_at)

    def expired(rows: Expr) -> Expr:
        told = kept_too_long(rows)
        if "expires_on" not in TABLES[table]:
            return told
        mine = _of(loads)(rows)
        return told | (mine & (rows["expires_on"] <= ibis.literal(today)).fill_null(False))

    return expired


def _older(
    cuts: Mapping[date, Sequence[Load]], table: str, since: Callable[[Load], Any] | None
) -> Choice:
    """Return whether a row is of before the day that its load is cut at.

    Args:
        cuts: For each such day, the loads it is of.
        table: The table.
        since: When a load came: the age of rows that have no date of their own. Without it they
            are of no age, and not chosen.
    """

    def older(rows: Expr) -> Expr:
        some = [ibis.literal(False)]
        for cut, loads in cuts.items():
            dated = happened_before(rows, table, cut)
            if dated is not None:
                some.append(_of(loads)(rows) & dated.fill_null(False))
            late = [load for load in loads if _came_before(load, cut, table, since)]
            if late:
                undated = ibis.literal(True) if dated is None else dated.isnull()
                some.append(_of(late)(rows) & undated)
        return reduce(or_, some)

    return older


def _came_before(load: Load, cut: date, table: str, since: Callable[[Load], Any] | None) -> bool:
    """Say whether rows of a load that have no date are of before a day."""
    if table == "quarantine" and load.last_month is not None:
        following = (load.last_month.replace(day=1) + timedelta(days=31)).replace(day=1)
        return following <= cut  # rows set aside are as old as the file's months
    came = since(load) if since is not None else None
    return came is not None and came.date() < cut


def happened_before(rows: Expr, table: str, cut: date) -> Expr | None:
    """Return whether rows are of before a day, null where they have no date; None if none can.

    What is known to the month only is of before it when its whole month is.
    """
    kind = TABLES[table]
    if kind.timed:
        day = rows["local_date"]
        month = day < ibis.literal(cut.replace(day=1))
        whole = (rows["time_precision"] == "month").fill_null(False)
        return ibis.ifelse(whole, month, day < ibis.literal(cut))
    for column in ("period_end", "period_start", "month"):
        if column in kind:
            of_a_month = column != "period_end"
            return rows[column] < ibis.literal(cut.replace(day=1) if of_a_month else cut)
    return None


def month_of(rows: Expr, table: str) -> Expr:
    """Return the month under which coverage counts a row; null where it has none."""
    kind = TABLES[table]
    for column in ("local_date", "period_start", "month"):
        if column in kind:
            return rows[column].truncate("M").cast("date")
    return ibis.null("date")
