"""Blind reading sheets: each reader's own order, the log's text, and nothing that gives it away."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from peelian.errors import CannotAnswer, UsageError, nearest
from peelian.reading.codebook import UNSURE, Codebook
from peelian.reading.rule import PAGE
from peelian.records.reading.items import SETTLES, Item, coder
from peelian.records.store import Store

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any
Form = Literal["xlsx", "csv"]
Pairs = Sequence[tuple[str, str]]
HEADER = ("item", "text", "code", "note")
_CELL = 30_000  # letters of one cell: a spreadsheet cuts longer ones off without a word
# What a spreadsheet would run as a formula, in the full-width forms some of them accept too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_DO = (
    "Read each of the {n:,} logs on the sheet {logs}, and write {values} under code. Leave it "
    "blank if you have not read it. Notes are for you, and are not taken back."
)
_ALONE = (
    "Alone, without talking about a log with the other reader, and without looking it up: how "
    "often two people agree is part of the answer."
)
_SETTLING = (
    "These are logs on which two readers differ, or of which one could not tell. Judge each afresh."
)
_CARE = (
    "These are people's words about people. Keep this file where such records may lie, send it to "
    "nobody, and delete it when it was taken back, at the latest on {day}."
)
_WIDTHS = {"item": 16, "code": 10, "note": 30}
_FIRST, _LOGS = "Read this first", "Logs"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn log, as a sheet needs it."""

    place: int
    item_id: str
    twice: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet that was written: for whom, where, of how many logs."""

    reader: int
    path: Path
    logs: int
    without_text: int
    sha256: str


def plan_of(store: Store, asked: str) -> tuple[str, dict[str, Any]]:
    """Return a plan's name, and a row of its strata; the only one if none is asked for.

    Raises:
        UsageError: There is none, or several.
    """
    rows: Expr = store.table("strata")
    rows = rows.select("plan", "codebook", "code", "source").distinct()
    found = {row["plan"]: row for row in rows.to_pyarrow().to_pylist()}
    if asked in found:
        return asked, found[asked]
    if asked or len(found) != 1:
        raise UsageError(
            "The store holds no such plan." if asked else "Which plan?",
            found=asked or f"{len(found)} plans",
            try_=nearest(asked, found) if found else "peelian draw STORE",
            read=PAGE,
        )
    return next(iter(found.items()))


def drawn_logs(store: Store, plan: str) -> list[Drawn]:
    """Return the logs of a plan with their text, in the order of their places."""
    samples: Expr = store.table("samples")
    incidents: Expr = store.table("incidents")
    mine = samples.filter(samples["plan"] == plan, samples["item_kind"] == "incident")
    mine = mine.select("item_id", "place", "twice", _source=mine["source"])
    logs = incidents.select("incident_id", "narrative", "source")
    joined = mine.join(
        logs, [mine["item_id"] == logs["incident_id"], mine["_source"] == logs["source"]]
    )
    kept = joined.select("place", "item_id", "twice", "narrative").to_pyarrow().to_pylist()
    return sorted(
        (Drawn(r["place"], r["item_id"], bool(r["twice"]), r["narrative"] or "") for r in kept),
        key=lambda log: log.place,
    )


def for_reader(logs: Sequence[Drawn], reader: int) -> list[Drawn]:
    """Return the logs that a reader reads: all that both read, and every other one of the rest."""
    alone = [log for log in logs if not log.twice]
    return [log for log in logs if log.twice] + alone[reader - 1 :: 2]


def disputed(store: Store, plan: str, told: dict[str, Any], logs: Sequence[Drawn]) -> list[Drawn]:
    """Return the logs on which the two readers differ, or of which one could not tell.

    Raises:
        CannotAnswer: The readers' labels are not there yet.
    """
    labels: Expr = store.table("labels")
    wanted = [coder(plan, reader) for reader in (1, 2)]
    mine = labels.filter(
        labels["item_kind"] == "incident",
        labels["codebook"] == told["codebook"],
        labels["code"] == told["code"],
        labels["coder"].isin(wanted),
    )
    said: dict[str, dict[str, str]] = {}
    for row in mine.select("item_id", "coder", "value").to_pyarrow().to_pylist():
        said.setdefault(row["item_id"], {})[row["coder"]] = row["value"]
    if {who for answers in said.values() for who in answers} != set(wanted):
        raise CannotAnswer(
            "What two readers disagree on is known when both have read.",
            found=f"{len(said)} logs were read, by one reader or none",
            try_="peelian take STORE SHEET, for both readers' sheets",
            read=PAGE,
        )
    apart = {
        item
        for item, answers in said.items()
        if len(answers) == len(wanted)
        and (len(set(answers.values())) > 1 or UNSURE in answers.values())
    }
    return [log for log in logs if log.item_id in apart]


def write_sheet(
    logs: Sequence[Drawn],
    *,
    plan: str,
    reader: int,
    book: Codebook,
    out: Path,
    form: Form,
    expires: date,
) -> Sheet:
    """Write one reader's sheet, in an order of the reader's own.

    Nothing on it tells whether a log was flagged, what it scored, or which stratum it is of.

    Args:
        logs: What this reader reads.
        plan: The plan.
        reader: 1 or 2, or 3 for whoever settles.
        book: The codebook.
        out: The folder.
        form: A workbook, or CSV with a text file beside it.
        expires: The day by which the sheet must be gone.

    Raises:
        UsageError: A file of that name is there, or it cannot be written.
    """
    path = out / f"{plan}-{_who(reader).replace(' ', '-')}.{form}"
    if path.exists():
        raise UsageError(
            "A sheet of that name is there already, and may hold a reader's work.",
            found=path.name,
            try_="another --out, or move it away",
            read=PAGE,
        )
    ordered = sorted(logs, key=lambda log: _digest(f"{plan}|{reader}|{log.place}"))
    rows = [(Item(plan, log.place, reader).text, _clean(log.text)) for log in ordered]
    first = list(_instructions(plan, reader, book, len(rows), expires))
    try:
        out.mkdir(parents=True, exist_ok=True)
        (_workbook if form == "xlsx" else _csv)(path, rows, first)
    except OSError as problem:
        with suppress(OSError):  # half a sheet is no sheet
            path.unlink(missing_ok=True)
        raise UsageError(
            "The sheet cannot be written.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="another --out: a folder you may write to",
            read=PAGE,
        ) from problem
    except BaseException:  # stopped half way: people's words are not left behind unlogged
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return Sheet(
        reader=reader,
        path=path,
        logs=len(rows),
        without_text=sum(not text.strip() for _, text in rows),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def expiry(keep_days: int) -> date:
    """Return the day by which a sheet must be gone.

    Raises:
        UsageError: That is no number of days.
    """
    if not 1 <= keep_days <= 3650:
        raise UsageError(
            "A sheet is kept for some days.", found=str(keep_days), try_="90", read=PAGE
        )
    return date.today() + timedelta(days=keep_days)


def _who(reader: int) -> str:
    return "settling" if reader == SETTLES else f"reader {reader}"


def _instructions(
    plan: str, reader: int, book: Codebook, n: int, expires: date
) -> Iterator[tuple[str, str]]:
    yield "Question", book.title
    yield "Answer yes when", " ".join(book.definition.split())
    for value, means in book.means.items():
        yield f"Code {value}", means
    for note in book.notes:
        yield "Bear in mind", note
    if book.source:
        yield "Definition from", book.source
    values = ", ".join(book.means)
    yield "What to do", _DO.format(n=n, logs=_LOGS, values=values)
    yield "How to read", _SETTLING if reader == SETTLES else _ALONE
    yield "Leave", "the column item as it is. Rows may be sorted."
    yield "Care", _CARE.format(day=f"{expires:%d %B %Y}")
    yield "Plan", plan
    yield "Sheet of", _who(reader)


def _workbook(path: Path, rows: Pairs, first: Pairs) -> None:
    import openpyxl  # slow to load
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book: Any = openpyxl.Workbook()
    about, logs = book.active, book.create_sheet(_LOGS)
    about.title = _FIRST
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 100
    for line, told in enumerate(first, 1):
        _fill(about, line, told, bold=line == 1)
    parts = _parts(rows)
    columns = _columns(parts)
    for number, name in enumerate(columns, 1):
        logs.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 110)
    for line, row in enumerate((columns, *_rows(rows, parts)), 1):
        _fill(logs, line, row, bold=line == 1)
    logs.freeze_panes = "A2"
    answers = [word.removeprefix("Code ") for word, _ in first if word.startswith("Code ")]
    choice = DataValidation(type="list", formula1=f'"{",".join(answers)}"', allow_blank=True)
    at = get_column_letter(columns.index("code") + 1)
    choice.add(f"{at}2:{at}{len(rows) + 1}")
    logs.add_data_validation(choice)
    book.save(path)


def _fill(sheet: Any, line: int, texts: Sequence[str], *, bold: bool) -> None:
    """Write a row of text: never a formula, whatever it begins with."""
    from openpyxl.styles import Alignment, Font

    for number, text in enumerate(texts, 1):
        if not text:
            continue
        cell = sheet.cell(line, number)
        cell.value, cell.data_type = text, "s"
        cell.quotePrefix = True
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            cell.font = Font(bold=True)


def _csv(path: Path, rows: Pairs, first: Pairs) -> None:
    parts = _parts(rows)
    # With the mark at its start, without which Excel takes UTF-8 for something else.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(_columns(parts))
        for row in _rows(rows, parts):
            writer.writerow([_inert(text) for text in row])
    told = "\n".join(f"{word}: {text}" for word, text in first)
    path.with_suffix(".txt").write_text(told + "\n", encoding="utf-8", newline="\n")


def _parts(rows: Pairs) -> int:
    return max((len(_pieces(text)) for _, text in rows), default=1)


def _columns(parts: int) -> list[str]:
    return ["item", "text", *(f"text continued {n}" for n in range(2, parts + 1)), "code", "note"]


def _rows(rows: Pairs, parts: int) -> Iterator[list[str]]:
    for item, text in rows:
        pieces = _pieces(text)
        yield [item, *pieces, *[""] * (parts - len(pieces)), "", ""]


def _pieces(text: str) -> list[str]:
    return [text[at : at + _CELL] for at in range(0, len(text), _CELL)] or [""]


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _clean(text: str) -> str:
    """Return text without signs that no workbook can hold; line ends and tabs stay."""
    return "".join(
        " " if (ord(sign) < 32 and sign not in "\t\n\r") or sign in "\ufffe\uffff" else sign
        for sign in text.encode("utf-8", "replace").decode("utf-8")
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
