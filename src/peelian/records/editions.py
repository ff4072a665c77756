"""Another edition of months that are held already: refused, or put in their place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from peelian.errors import AlreadyLoaded
from peelian.records.intake import Intake
from peelian.records.store import Load
from peelian.records.store.transaction import Transaction
from peelian.records.tally import ERASED, ERASED_ASIDE, REPLACED, main_months
from peelian.schema import TABLES

_PAGE = "how-to/load-records"


def was_replaced(load: Load) -> bool:
    """Say whether rows of a load were replaced by a later one, so that it is no longer all held."""
    return REPLACED in load.notes


def is_held(load: Load | None, *, replace: bool) -> bool:
    """Say whether the store holds all of a file already, so that all its rows are duplicates.

    Args:
        load: What the ledger says of that file; None where it does not know it.
        replace: Whether it may be loaded again though rows of it were erased.

    Raises:
        AlreadyLoaded: Rows of it were erased, and nobody said that they may come back.
    """
    if load is None:
        return False
    erased = sum(int(load.notes.get(words, 0)) for words in (ERASED, ERASED_ASIDE))
    if erased and not replace:
        raise AlreadyLoaded(
            "Rows of one of these files were erased from the store.",
            found=f"{load.file}: {erased:,} rows",
            try_="leave the file out; --replace if its records may be held again",
            read="how-to/audit-and-erase",
        )
    return not erased and not was_replaced(load)


def settle_overlaps(t: Transaction, intakes: Sequence[Intake], *, drop: bool) -> None:
    """Refuse, or drop, what the store holds of the months that these files cover.

    Rows without identifiers cannot be matched, so two editions of a month cannot be merged.

    Args:
        t: The load's transaction.
        intakes: What is to be loaded, staged.
        drop: Whether the files take the place of what is held.

    Raises:
        AlreadyLoaded: Something is held and may not be dropped, or two of the files are editions
            of one another.
    """
    _refuse_editions(intakes)
    for source, layout in sorted({(i.source, i.layout.layout) for i in intakes}):
        files = [
            f for i in intakes if (i.source, i.layout.layout) == (source, layout) for f in i.files
        ]
        months = {month for file in files for month in file.covers()}
        held = _held(t, source, layout)
        both = sorted(months & {month for covered in held.values() for month in covered})
        if both and not drop:
            raise AlreadyLoaded(
                f"The store already holds {layout} of {source} for months that these files cover.",
                found=f"{len(both)} months, {both[0]:%Y-%m} to {both[-1]:%Y-%m}",
                try_="--replace if these files are the better edition; --source NAME if they are "
                "of somebody else",
                read=_PAGE,
            )
        if both:
            # Other loads may hold a few rows of these months; those files are not replaced.
            _drop(t, {name for name, covered in held.items() if covered & set(both)}, set(both))


def _refuse_editions(intakes: Sequence[Intake]) -> None:
    """Refuse two files that cover the same months of the same records and differ.

    A public file holds all that a force supplied of its months, so two of them for one month are
    two editions of it. An extract of a force's own may come in parts, a district or a shift a file:
    only two of one name are taken for editions.
    """
    seen: dict[tuple[str, str, str], set[date]] = {}
    for intake in intakes:
        for file in intake.files:
            own = file.extract.name.replace("\\", "/").rpartition(": ")[2].rpartition("/")[2]
            part = "" if intake.layout.is_whole else own
            months = seen.setdefault((intake.source, intake.layout.layout, part), set())
            both = sorted(months & file.covers())
            if both:
                raise AlreadyLoaded(
                    f"Two of these files cover the same months of {intake.source} and differ.",
                    found=f"{own} and another: {len(both)} months, "
                    f"{both[0]:%Y-%m} to {both[-1]:%Y-%m}",
                    try_="load only the better edition; files of two suppliers go in two loads, "
                    "each with its --source",
                    read=_PAGE,
                )
            months |= file.covers()


def _held(t: Transaction, source: str, layout: str) -> dict[str, set[date]]:
    """Return the months that each load of a source and layout covers in the store."""
    coverage = t.store.table("coverage")
    mine = coverage.filter((coverage["source"] == source) & (coverage["layout"] == layout))
    counts: dict[str, Counter[tuple[str, date]]] = {}
    for row in t.rows(mine):
        counts.setdefault(row["load_id"], Counter())[row["table"], row["month"]] += row["n"]
    return {name: main_months(counted) for name, counted in counts.items()}


def _drop(t: Transaction, loads: set[str], months: set[date]) -> None:
    """Drop the rows of some loads in some months, and say so in the ledger."""
    ids, days = sorted(loads), sorted(months)
    known = {name: found for name in ids if (found := t.known(name)) is not None}
    for table in sorted({name for found in known.values() for name in found.tables}):
        if TABLES[table].timed:
            t.keep_only(
                table,
                lambda rows: (
                    ~(
                        rows["load_id"].isin(ids)
                        & rows["local_date"].truncate("M").isin(days).fill_null(False)
                    )
                ),
            )
    t.keep_only("coverage", lambda rows: ~(rows["load_id"].isin(ids) & rows["month"].isin(days)))
    recount(t, known.values())


def recount(t: Transaction, loads: Iterable[Load]) -> None:
    """Write into the ledger what loads still hold, after rows of theirs were dropped."""
    for load in loads:
        left = {table: _count(t, table, load.load_id) for table in load.tables}
        gone = sum(load.tables.values()) - sum(left.values())
        if gone:
            notes = {**load.notes, REPLACED: gone + int(load.notes.get(REPLACED, 0))}
            kept = {table: n for table, n in left.items() if n}
            t.ledger(replace(load, tables=kept, notes=notes))


def _count(t: Transaction, table: str, name: str) -> int:
    rows = t.now(table)
    return t.count(rows.filter(rows["load_id"] == name))
