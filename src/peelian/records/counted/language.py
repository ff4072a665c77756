"""What a file of counts holds: which column is the area, the category, the month and the number."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peelian.errors import MappingError, nearest
from peelian.records.map.language import fold_name
from peelian.schema import Sensitivity
from peelian.schema.codes import code_list, code_lists
from peelian.toml_text import read_toml

PAGE = "how-to/load-counts"
_KNOWN = (
    "layout", "title", "source", "sensitivity", "vintage", "area", "category", "codes", "words",
    "null", "wide", "long", "only",
)  # fmt: skip
_TRY = "the format is in how-to/load-counts, with an example of each form"


@dataclass(frozen=True, slots=True)
class Words:
    """Where a row's area or category is read: from columns, joined, or one word for every row."""

    columns: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Wide:
    """A file with a column a month.

    Args:
        months: A pattern that the whole name of each such column fits.
        format: How those names write a month, in strptime's words.
        parts: Columns by which a count was cut into several rows, which are added up again.
    """

    months: str
    format: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Long:
    """A file with a row a number.

    Args:
        month: The column with the month, or with a day of it.
        n: The column with the number.
        format: How the month is written; ISO 8601 if empty.
        parts: Columns by which a count was cut into several rows, which are added up again.
    """

    month: str
    n: str
    format: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsMap:
    """A mapping of counts, as one TOML file says it.

    Args:
        layout: Its name, which is also the series that its counts stand in.
        source: Who supplies the file, unless the load says; may be empty.
        sensitivity: The care its counts need, or None to leave that to the load.
        vintage: Of which vintage its areas are; found from their codes if empty.
        area: Where the area's code is read.
        category: Where what was counted is read.
        codes: The code list that its categories are words of, or empty.
        words: The source's words for categories, with the list's.
        null: Words that mean nothing in any column.
        form: A column a month, or a row a number.
        only: For a column, the words whose rows are taken: others count the same again.
        sha256: Fingerprint of its text.
    """

    layout: str
    source: str
    sensitivity: Sensitivity | None
    vintage: str
    area: Words
    category: Words
    codes: str
    words: Mapping[str, str] = field(default_factory=dict)
    null: tuple[str, ...] = ()
    form: Wide | Long
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "CountsMap":
        """Return the mapping that a TOML file holds.

        Raises:
            MappingError: It is missing, is not TOML, or says what no mapping of counts can.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
            raw = read_toml(text)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise MappingError(
                "The mapping of counts cannot be read.",
                found=f"{path.name}: {type(problem).__name__}",
                try_=_TRY,
                read=PAGE,
            ) from problem
        return _mapping(raw, path.name, hashlib.sha256(text.encode("utf-8")).hexdigest())

    def months_of(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a wide file that each hold a month, in the file's order."""
        if isinstance(self.form, Long):
            return ()
        return tuple(name for name in header if re.fullmatch(self.form.months, name.strip()))

    def needs(self) -> tuple[str, ...]:
        """Return every column the file must have, beside the months of a wide one."""
        more = () if isinstance(self.form, Wide) else (self.form.month, self.form.n)
        named = (*self.area.columns, *self.category.columns, *self.only, *more, *self.form.parts)
        return tuple(dict.fromkeys(named))

    def found_in(self, name: str, header: Sequence[str]) -> dict[str, str]:
        """Return how the header spells each column that is needed.

        Raises:
            MappingError: One is missing, or a wide file has no column of a month.
        """
        there = {fold_name(column): column for column in reversed(header)}
        missing = [column for column in self.needs() if fold_name(column) not in there]
        if missing:
            raise MappingError(
                f"The file lacks {', '.join(missing)}, which the mapping reads.",
                found=f"{name}: {', '.join(header[:40])}",
                try_=nearest(missing[0], header),
                read=PAGE,
            )
        if isinstance(self.form, Wide) and not self.months_of(header):
            raise MappingError(
                "No column of the file is named as the mapping says its months are.",
                found=f"{name}: {', '.join(header[:40])}; months = {self.form.months!r}",
                try_="a pattern that each such column's whole name fits, such as '[0-9]{6}'",
                read=PAGE,
            )
        return {column: there[fold_name(column)] for column in self.needs()}


def _mapping(raw: dict[str, Any], name: str, sha256: str) -> CountsMap:
    for key in raw:
        if key == "route":
            raise _wrong(name, "[[route]] is for records one by one; counts have [wide] or [long]")
        if key not in _KNOWN:
            raise _wrong(name, f"there is no setting {key!r}", nearest(key, _KNOWN))
    forms = [key for key in ("wide", "long") if key in raw]
    if len(forms) != 1:
        raise _wrong(name, "it needs either [wide] or [long], and not both")
    form = _table(name, raw, forms[0])
    care = _text(name, raw, "sensitivity")
    levels = [level.name.lower() for level in Sensitivity]
    if care and care not in levels:
        raise _wrong(name, f"sensitivity cannot be {care!r}", nearest(care, levels))
    codes = _text(name, raw, "codes")
    only = _table(name, raw, "only")
    words = {str(theirs): str(ours) for theirs, ours in _table(name, raw, "words").items()}
    if codes:
        _check_codes(name, codes, words)
    return CountsMap(
        layout=_text(name, raw, "layout") or Path(name).stem,
        source=_text(name, raw, "source"),
        sensitivity=Sensitivity.named(care) if care else None,
        vintage=_text(name, raw, "vintage"),
        area=_words(name, raw, "area"),
        category=_words(name, raw, "category"),
        codes=codes,
        words=words,
        null=_list(name, raw, "null"),
        form=_wide(name, form) if forms == ["wide"] else _long(name, form),
        only={column: _list(name, only, column) for column in only},
        sha256=sha256,
    )


def _wide(name: str, form: dict[str, Any]) -> Wide:
    _only_known(name, "wide", form, ("months", "format", "parts"))
    months, pattern = _text(name, form, "months"), _text(name, form, "format")
    if not months or not pattern:
        raise _wrong(name, "[wide] needs months (a pattern) and format", _TRY)
    try:
        re.compile(months)
    except re.error as problem:
        raise _wrong(name, f"months is no pattern: {problem}") from problem
    return Wide(months, pattern, _list(name, form, "parts"))


def _long(name: str, form: dict[str, Any]) -> Long:
    _only_known(name, "long", form, ("month", "n", "format", "parts"))
    month, n = _text(name, form, "month"), _text(name, form, "n")
    if not month or not n:
        raise _wrong(name, "[long] needs month and n, each the name of a column", _TRY)
    return Long(month, n, _text(name, form, "format"), _list(name, form, "parts"))


def _only_known(name: str, part: str, raw: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in raw:
        if key not in known:
            raise _wrong(name, f"[{part}] has no setting {key!r}", nearest(key, known))


def _words(name: str, raw: Mapping[str, Any], key: str) -> Words:
    said = raw.get(key)
    if isinstance(said, dict):
        _only_known(name, key, said, ("value",))
        value = _text(name, said, "value")
        if value:
            return Words(value=value)
    elif columns := _list(name, raw, key):
        return Words(columns)
    raise _wrong(name, f"{key} must be a column, several, or {{ value = '...' }}", _TRY)


def _check_codes(name: str, codes: str, words: Mapping[str, str]) -> None:
    if codes not in code_lists():
        raise _wrong(name, f"there is no code list {codes!r}", nearest(codes, code_lists()))
    listed = code_list(codes)
    for ours in words.values():
        if ours not in listed:
            known = [code.code for code in listed.codes]
            raise _wrong(name, f"the list {codes} has no code {ours!r}", nearest(ours, known))


def _text(name: str, raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise _wrong(name, f"{key} must be a word in quotes")
    return value


def _list(name: str, raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = raw.get(key, [])
    each = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in each):
        raise _wrong(name, f"{key} must be a word, or a list of words")
    return tuple(each)


def _table(name: str, raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key, {})
    if not isinstance(value, dict):
        raise _wrong(name, f"{key} must be a table of settings")
    return value


def _wrong(name: str, problem: str, try_: str = "") -> MappingError:
    return MappingError(f"Mapping {name}: {problem}.", try_=try_ or _TRY, read=PAGE)
