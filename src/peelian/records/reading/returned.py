"""A sheet that came back, as it is: its rows judged one by one, none lost, none invented."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from peelian.errors import InputError
from peelian.reading.codebook import Codebook
from peelian.reading.rule import PAGE
from peelian.records.read import Extract
from peelian.records.reading.items import SLIPPED, Item
from peelian.schema.codes import fold

_NAMES = {
    "item": ("item", "items", "item no", "item number", "item id", "number", "log", "id"),
    "code": ("code", "codes", "answer", "answers", "label", "your code", "coded"),
}
OTHER_PLAN = "the item is of another plan"
NOT_DRAWN = "the item was never drawn, or its log was erased since"
NO_ITEM = "the row has no item"
NO_CODE = "the code is none of the codebook's"
TWO_CODES = "the item stands twice, with different codes"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer taken from a sheet."""

    place: int
    reader: int
    value: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its line, why, and what stood under item and code."""

    line: int
    reason: str
    item: str
    code: str


@dataclass(kw_only=True)
class Returned:
    """What a sheet holds. Always rows = answers + blank + repeated + refused.

    Args:
        rows: Rows that say anything.
        answers: Answers to take, one an item and reader.
        blank: Items with no code: not read.
        repeated: Rows that say once more what another says.
        refused: Rows not taken, with why.
        notes: What was noticed of the sheet.
    """

    rows: int = 0
    answers: list[Answer] = field(default_factory=list)
    blank: int = 0
    repeated: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many rows were refused for each reason."""
        return dict(Counter(row.reason for row in self.refused).most_common())


def read_sheet(
    extracts: Sequence[Extract], *, plan: str, places: Mapping[int, str], book: Codebook
) -> Returned:
    """Read a sheet that came back, and say of every row what became of it.

    Args:
        extracts: The tables of one file.
        plan: The plan.
        places: The drawn logs that are still held, by place.
        book: The codebook.

    Raises:
        InputError: No table of the file is a reading sheet, it is another plan's, or it holds no
            code.
    """
    extract, rows, columns, notes = _sheet_of(extracts, book)
    found = Returned(notes=notes)
    given: dict[tuple[int, int], list[tuple[int, str, str, str]]] = {}
    for line, row in enumerate(rows, 2):
        item, code = row[columns["item"]].strip(), row[columns["code"]].strip()
        if not any(cell.strip() for cell in row):
            continue
        found.rows += 1
        where, why = _where(item, plan, places)
        value = book.answer(code) if code else ""
        if where is None:
            found.refused.append(Refused(line, why, item, code))
        elif not code:
            found.blank += 1
        elif value is None:
            found.refused.append(Refused(line, NO_CODE, item, code))
        else:
            given.setdefault(where, []).append((line, value, item, code))
    for (place, reader), said in given.items():
        if len({value for _, value, _, _ in said}) > 1:
            found.refused += [Refused(line, TWO_CODES, i, c) for line, _, i, c in said]
        else:
            found.answers.append(Answer(place, reader, said[0][1]))
            found.repeated += len(said) - 1
    _check(found, extract)
    return found


def _where(item: str, plan: str, places: Mapping[int, str]) -> tuple[tuple[int, int] | None, str]:
    if not item:
        return None, NO_ITEM
    try:
        read = Item.read(item)
    except ValueError as problem:
        return None, str(problem)
    if read.plan != plan:
        return None, OTHER_PLAN
    if read.place not in places:
        return None, NOT_DRAWN
    return (read.place, read.reader), ""


def _check(found: Returned, extract: Extract) -> None:
    """Refuse a file of which nothing can be taken: whoever sent it meant something else."""
    if found.answers:
        return
    reasons = found.reasons
    if reasons.get(OTHER_PLAN, 0) > found.rows / 2:
        raise InputError(
            "The sheet is another plan's.",
            found=f"{extract.name}: {reasons[OTHER_PLAN]} of {found.rows} rows",
            try_="--plan, the four letters that its items begin with",
            read=PAGE,
        )
    raise InputError(
        "No answer can be taken from the sheet.",
        found=f"{extract.name}: {found.rows} rows, {found.blank} blank"
        + "".join(f"; {n} since {reason}" for reason, n in reasons.items()),
        try_="the sheet with its codes filled in, and its items as they were",
        read=PAGE,
    )


def _sheet_of(
    extracts: Sequence[Extract], book: Codebook
) -> tuple[Extract, list[list[str]], dict[str, int], tuple[str, ...]]:
    """Return the table that is a reading sheet, with where its items and codes stand."""
    for extract in extracts:
        if extract.form != "csv":
            continue
        rows = list(_rows(extract))
        columns, notes = _columns(extract.header, rows, book)
        if len(columns) == 2:
            return extract, rows, columns, (*extract.notes, *notes)
    missing = "item and code"
    if len(extracts) == 1:
        columns, _ = _columns(extracts[0].header, list(_rows(extracts[0])), book)
        missing = " and ".join(name for name in ("item", "code") if name not in columns)
    raise InputError(
        "This is no reading sheet.",
        found=f"no column for {missing} in "
        + "; ".join(", ".join(extract.header[:8]) for extract in extracts[:3]),
        try_="columns called item and code, as on the sheet that peelian wrote",
        read=PAGE,
    )


def _rows(extract: Extract) -> Iterator[list[str]]:
    width = len(extract.header)
    before = csv.field_size_limit(1 << 24)
    try:
        with extract.path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            rows = csv.reader(file, delimiter=extract.delimiter)
            next((row for row in rows if row), None)
            for row in rows:
                yield (row + [""] * width)[:width]
    except csv.Error as problem:
        raise InputError(
            "The sheet cannot be read to its end.",
            found=f"{extract.name}: a quote may be left open",
            try_="save it again, as .xlsx or as CSV UTF-8",
            read=PAGE,
        ) from problem
    finally:
        csv.field_size_limit(before)


def _columns(
    header: Sequence[str], rows: Sequence[Sequence[str]], book: Codebook
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Find the columns of items and codes: by name or, where they were renamed, by what they hold.

    No guess is made between two columns that may both be meant.
    """
    said = {
        name: [i for i, word in enumerate(header) if _plain(word) in spellings]
        for name, spellings in _NAMES.items()
    }
    holds: dict[str, Callable[[str], bool]] = {
        "item": _is_item,
        "code": lambda text: book.answer(text) is not None,
    }
    found: dict[str, int] = {}
    notes = []
    for name in ("item", "code"):
        told = said[name]
        if len(told) > 1 or not told:
            free = [i for i in range(len(header)) if i not in found.values()]
            told = [i for i in free if _mostly(rows, i, holds[name])]
            if len(told) == 1:
                notes.append(f"the column of {name}s was known by what it holds, not by its name")
        if len(told) == 1:
            found[name] = told[0]
    return found, tuple(notes)


def _plain(word: str) -> str:
    return fold(re.sub(r"[^\w]+", " ", word))


def _is_item(text: str) -> bool:
    try:
        Item.read(text)
    except ValueError as problem:
        return str(problem) == SLIPPED
    return True


def _mostly(rows: Sequence[Sequence[str]], column: int, fits: Callable[[str], bool]) -> bool:
    held = [row[column].strip() for row in rows if row[column].strip()]
    return bool(held) and sum(map(fits, held)) > 0.8 * len(held)
