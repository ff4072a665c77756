"""Readers' answers into the store: every row of a sheet accounted for, all of it or nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from peelian import __version__
from peelian.errors import AlreadyLoaded, InputError
from peelian.reading.codebook import Codebook
from peelian.reading.rule import PAGE
from peelian.records.read import find
from peelian.records.read.tables import fingerprint
from peelian.records.reading.items import coder
from peelian.records.reading.plan import care_of
from peelian.records.reading.returned import Answer, Returned, read_sheet
from peelian.records.reading.sheet import plan_of
from peelian.records.store import Load
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.records.tally import REPLACED, load_id

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
LAYOUT = "reading-sheet"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a sheet's rows. Always rows = taken + known + blank + repeated + refused.

    Args:
        plan: The plan.
        file: The sheet's own name.
        sha256: Its fingerprint.
        rows: Rows that say anything.
        taken: Labels that are new.
        known: Answers that the store held already.
        replaced: Of those taken, how many stand in the place of another answer.
        blank: Items without a code.
        repeated: Rows that say once more what another says.
        refused: Rows that were not taken, by reason.
        readers: Answers of each reader.
        notes: What was noticed.
        load_id: Its row in the ledger.
    """

    plan: str
    file: str
    sha256: str
    rows: int
    taken: int
    known: int
    replaced: int
    blank: int
    repeated: int
    refused: Mapping[str, int]
    readers: Mapping[str, int]
    notes: tuple[str, ...]
    load_id: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it for machines."""
        return {**vars(self), "refused": dict(self.refused), "readers": dict(self.readers)}


def take(
    store: str | Path, sheet: Path, *, plan: str = "", book: Codebook, replace_answers: bool = False
) -> Taken:
    """Take one reader's sheet back: its answers become labels.

    Args:
        store: The store's folder.
        sheet: The sheet, as a workbook or as CSV, however it was sorted, renamed or saved.
        plan: The plan; the only one of the store if not given.
        book: The codebook it was read by.
        replace_answers: Whether an answer may stand in the place of another of the same reader.

    Raises:
        InputError: It is no reading sheet, another plan's, or holds no answer.
        AlreadyLoaded: A reader's answers are held already, and differ.
        UsageError: There is no such plan, or it is read by another codebook.
    """
    with Transaction(store) as t:
        name, told = plan_of(t.store, plan)
        if (told["codebook"], told["code"]) != (book.name, book.code):
            raise InputError(
                "The plan is read by another codebook.",
                found=f"--codebook {book.name}, and the plan's is {told['codebook']}",
                try_="the codebook that the plan was made with",
                read=PAGE,
            )
        found = find([sheet], workdir=t.work / "read")
        if not found.extracts:
            raise InputError(
                "The sheet cannot be read.",
                found="; ".join(f"{n}: {why}" for n, why in found.not_read) or sheet.name,
                try_="save it again, as .xlsx or as CSV UTF-8",
                read=PAGE,
            )
        places = _places(t, name)
        back = read_sheet(found.extracts, plan=name, places=places, book=book)
        return _kept(t, name, told, back, places, _File.of(sheet), replace_answers)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    sha256: str

    @classmethod
    def of(cls, sheet: Path) -> "_File":
        return cls(sheet.name, fingerprint(sheet))


def _places(t: Transaction, plan: str) -> dict[int, str]:
    samples: Expr = t.now("samples")
    mine = samples.filter(samples["plan"] == plan).select("place", "item_id")
    return {row["place"]: row["item_id"] for row in t.rows(mine)}


def _kept(
    t: Transaction,
    plan: str,
    told: Mapping[str, Any],
    back: Returned,
    places: Mapping[int, str],
    file: _File,
    may_replace: bool,
) -> Taken:
    held = _held(t, plan, told)
    fresh, known, other = [], 0, []
    for answer in back.answers:
        before = held.get((places[answer.place], coder(plan, answer.reader)))
        if before == answer.value:
            known += 1
        else:
            fresh.append(answer)
            if before is not None:
                other.append(answer)
    if other and not may_replace:
        raise AlreadyLoaded(
            "The store holds other answers of this reader, so nothing was taken.",
            found=f"{len(other)} logs have another answer than before; {known} have the same",
            try_="--replace, if this sheet is right and the earlier one was not",
            read=PAGE,
        )
    own = load_id(file.sha256, f"{LAYOUT}/{plan}", str(told["source"]))
    made = Taken(
        plan=plan,
        file=file.name,
        sha256=file.sha256,
        rows=back.rows,
        taken=len(fresh),
        known=known,
        replaced=len(other),
        blank=back.blank,
        repeated=back.repeated,
        refused=back.reasons,
        readers=dict(sorted(Counter(coder(plan, a.reader) for a in back.answers).items())),
        notes=back.notes,
        load_id=own,
    )
    if not fresh:  # nothing new: the store stays as it is
        return made
    own = _free(t, own)
    if other:
        _drop(t, told, {(places[a.place], coder(plan, a.reader)) for a in other})
    t.add("labels", _labels(t, plan, told, fresh, places, own))
    if back.refused:
        t.quarantine(_aside(back, own))
    t.ledger(_ledger(t, made, told, len(back.refused), own))
    t.commit()
    return replace(made, load_id=own)


def _free(t: Transaction, own: str) -> str:
    """Return a name for the ledger: a sheet may come again when its answers were replaced."""
    name, again = own, 0
    while t.known(name) is not None:
        again += 1
        name = load_id(own, str(again), "")
    return name


def _held(t: Transaction, plan: str, told: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    labels: Expr = t.now("labels")
    mine = labels.filter(
        labels["codebook"] == told["codebook"],
        labels["code"] == told["code"],
        labels["coder"].startswith(f"{plan}:"),
    )
    rows = t.rows(mine.select("item_id", "coder", "value"))
    return {(row["item_id"], row["coder"]): row["value"] for row in rows}


def _labels(
    t: Transaction,
    plan: str,
    told: Mapping[str, Any],
    fresh: Iterable[Answer],
    places: Mapping[int, str],
    own: str,
) -> pa.Table:
    now = datetime.now(UTC)
    here = now.astimezone(ZoneInfo(t.store.timezone))
    rows = [
        {
            "item_kind": "incident",
            "item_id": places[answer.place],
            "codebook": told["codebook"],
            "code": told["code"],
            "value": answer.value,
            "coder": coder(plan, answer.reader),
            "coded_at": now,
            "local_date": here.date(),
            "local_hour": here.hour,
            "local_weekday": here.weekday(),
            "time_precision": "instant",
            "source": told["source"],
            "load_id": own,
        }
        for answer in fresh
    ]
    return pa.Table.from_pylist(rows, schema=arrow_schema("labels"))


def _aside(back: Returned, own: str) -> pa.Table:
    rows = [
        {"load_id": own, "line": row.line, "reason": row.reason,
         "row": f"item: {row.item}; code: {row.code}"}
        for row in back.refused
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=arrow_schema("quarantine"))


def _ledger(t: Transaction, made: Taken, told: Mapping[str, Any], refused: int, own: str) -> Load:
    """Return the sheet's row: its blank rows say nothing, and are noted and not counted as read."""
    notes = {
        "rows have no code: not read yet": made.blank,
        "answers stand in the place of others": made.replaced,
    } | dict.fromkeys(made.notes, True)
    return Load(
        load_id=own,
        source=str(told["source"]),
        file=made.file,
        sha256=made.sha256,
        layout=LAYOUT,
        sensitivity=care_of(t.loads(), ("incidents",)),
        read=made.rows - made.blank,
        loaded=made.taken,
        quarantined=refused,
        duplicates=made.known + made.repeated,
        tables={"labels": made.taken},
        first_month=None,
        last_month=None,
        notes={words: n for words, n in notes.items() if n},
        loaded_at=None,
        peelian=__version__,
    )


def _drop(t: Transaction, told: Mapping[str, Any], gone: set[tuple[str, str]]) -> None:
    """Take labels out that others stand in the place of, and say so in their loads' rows."""
    items = t.lookup(
        pa.table({"_item": [item for item, _ in gone], "_coder": [who for _, who in gone]})
    )
    labels: Expr = t.now("labels")
    theirs = labels.join(
        items, [labels["item_id"] == items["_item"], labels["coder"] == items["_coder"]]
    )
    theirs = theirs.filter(theirs["codebook"] == told["codebook"], theirs["code"] == told["code"])
    counted = theirs.group_by("load_id").aggregate(n=theirs.count())
    lost = {row["load_id"]: int(row["n"]) for row in t.rows(counted)}
    pairs = [f"{item}\x1f{who}" for item, who in sorted(gone)]

    def keep(rows: Expr) -> Expr:
        named = rows["item_id"].concat("\x1f", rows["coder"]).isin(pairs)
        mine = (rows["codebook"] == told["codebook"]) & (rows["code"] == told["code"])
        return ~(named & mine).fill_null(False)

    t.keep_only("labels", keep)
    for name, n in lost.items():
        load = t.known(name)
        if load is not None:
            left = load.tables["labels"] - n
            tables = {**load.tables, "labels": left}
            notes = {**load.notes, REPLACED: n + int(load.notes.get(REPLACED, 0))}
            t.ledger(replace(load, tables={k: v for k, v in tables.items() if v}, notes=notes))
