"""The rows of a file of counts, read: cells that count, rows at fault, rows that count again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from peelian.errors import MappingError
from peelian.records.counted.language import PAGE, CountsMap, Long, Wide, Words
from peelian.schema.codes import code_list, fold

pc: Any = pyarrow.compute  # many of its functions are made as it is imported
_NUMBER = r"^\+?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4})(\.0+)?$"
_BETWEEN = ": "  # between the words of an area or category that several columns name
_THIN = 0.2  # of the fullest month
_NO_MONTH = np.datetime64("NaT", "M")


@dataclass
class Cells:
    """What one file says, before the store puts its source on it.

    Args:
        area: The codes of areas, each once.
        category: The categories, each once.
        months: The months, each once.
        at: For each count, where its area, category and month stand: shape (counts, 3).
        n: How many, shape (counts,).
        faults: For each row of the file, why it cannot be taken; empty where it can.
        again: For each row, whether it counts once more what other rows count.
        blank: Cells that say nothing: neither a count nor nought.
        added: Rows that were added to others, being parts of one count.
    """

    area: pa.Array
    category: pa.Array
    months: np.ndarray
    at: np.ndarray
    n: np.ndarray
    faults: np.ndarray
    again: np.ndarray
    blank: int
    added: int

    def thin_months(self) -> np.ndarray:
        """Return the months with so few counted that the file may not hold the whole of them."""
        sums = np.bincount(self.at[:, 2], self.n, minlength=len(self.months))
        return self.months[sums < _THIN * sums.max(initial=0)]

    def by_month(self) -> Iterator[tuple[date, np.ndarray]]:
        """Yield each month with the places of its counts."""
        order = np.argsort(self.at[:, 2], kind="stable")
        ends = np.searchsorted(self.at[order, 2], np.arange(len(self.months) + 1))
        for i, month in enumerate(self.months):
            if ends[i + 1] > ends[i]:
                yield month.astype(object), order[ends[i] : ends[i + 1]]


def read_cells(rows: pa.Table, layout: CountsMap, columns: Mapping[str, str]) -> Cells:
    """Read the rows of one file by a mapping.

    Args:
        rows: The rows as they came, all text, with the file's own column names.
        layout: What they mean.
        columns: How the file spells each column that is needed.

    Raises:
        MappingError: Some rows count again what others count, and nothing says which are meant.
    """
    text = _Text(rows, layout.null)
    faults = np.full(rows.num_rows, "", dtype=object)
    taken = np.ones(rows.num_rows, dtype=bool)
    for column, words in layout.only.items():
        taken &= np.isin(text.of(columns[column]).fill_null("").to_numpy(False), list(words))
    area = _named(text, layout.area, columns, faults)
    category = _named(text, layout.category, columns, faults)
    category = _coded(category, layout)
    if isinstance(layout.form, Wide):
        month, n = _of_columns(text, rows, layout, layout.form, faults)
    else:
        month, n = _of_rows(text, layout.form, columns, faults)
    again = _settle_others(rows, layout, taken, month, n, faults)
    if isinstance(layout.form, Long):
        _refuse_again(rows, layout, columns, taken & (faults == ""), month[:, 0], n[:, 0])
    return _cells(text, layout, columns, (area, category, month, n), faults, again)


class _Text:
    """The columns of a file as words: trimmed, null where they say nothing."""

    def __init__(self, rows: pa.Table, null: Sequence[str]) -> None:
        self.rows, self.nothing = rows, pa.array(["", *null], pa.string())
        self._read: dict[str, pa.Array] = {}

    def of(self, column: str) -> pa.Array:
        if column not in self._read:
            words = pc.utf8_trim_whitespace(self.rows[column].combine_chunks().cast(pa.string()))
            empty = pc.is_in(words, value_set=self.nothing)
            self._read[column] = pc.if_else(empty, pa.scalar(None, pa.string()), words)
        return self._read[column]


def _fault(faults: np.ndarray, where: np.ndarray, why: str) -> None:
    faults[where & (faults == "")] = why


def _named(
    text: _Text, words: Words, columns: Mapping[str, str], faults: np.ndarray
) -> pa.DictionaryArray:
    if words.value:
        same = pa.array([words.value] * text.rows.num_rows, pa.string())
        return same.dictionary_encode()
    each = [text.of(columns[column]) for column in words.columns]
    for column, one in zip(words.columns, each, strict=True):
        _fault(faults, np.asarray(one.is_null()), f"{column}: blank")
    joined = each[0] if len(each) == 1 else pc.binary_join_element_wise(*each, _BETWEEN)
    return joined.dictionary_encode()


def _coded(category: pa.DictionaryArray, layout: CountsMap) -> pa.DictionaryArray:
    """Put the code list's codes in place of words that it knows; others stand as they are."""
    spelt = dict(code_list(layout.codes).spellings()) if layout.codes else {}
    spelt |= {fold(theirs): ours for theirs, ours in layout.words.items()}
    words = [spelt.get(fold(word), word) for word in category.dictionary.to_pylist()]
    renamed = pa.array(words, pa.string()).take(category.indices)
    return renamed.dictionary_encode()


def _of_columns(
    text: _Text, rows: pa.Table, layout: CountsMap, form: Wide, faults: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the month and number of each cell of a wide file; nan where it says nothing."""
    names = layout.months_of(rows.column_names)
    months = [_month(name.strip(), form.format) for name in names]
    bad = [name for name, month in zip(names, months, strict=True) if month is None]
    if bad or len(set(months)) < len(months):
        raise MappingError(
            "A column's name is no month, or two columns are one month.",
            found=f"{bad[0]!r} read by {form.format!r}" if bad else f"{len(names)} columns",
            try_='format = "%Y%m" for 202402, "%b-%y" for Feb-24',
            read=PAGE,
        )
    numbers = np.stack(
        [_numbers(text.of(name), f"{name}: not a whole number", faults) for name in names], axis=1
    )
    return np.broadcast_to(np.array(months, "datetime64[M]"), numbers.shape), numbers


def _of_rows(
    text: _Text, form: Long, columns: Mapping[str, str], faults: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    words = text.of(columns[form.month]).dictionary_encode()
    known = [_month(word, form.format) for word in words.dictionary.to_pylist()]
    months = np.array([*(m or _NO_MONTH for m in known), _NO_MONTH], "datetime64[M]")
    where = np.asarray(words.indices.fill_null(len(known)), dtype=np.int64)
    month = months[where]
    _fault(faults, np.isnat(month), f"{form.month}: not a month")
    column = columns[form.n]
    numbers = _numbers(text.of(column), f"{form.n}: not a whole number", faults)
    _fault(faults, np.isnan(numbers), f"{form.n}: blank")
    return month[:, None], numbers[:, None]


def _month(word: str, pattern: str) -> np.datetime64 | None:
    try:
        if pattern:
            moment = datetime.strptime(word, pattern)
        elif len(word) == 7:
            moment = datetime.fromisoformat(f"{word}-01")
        else:
            moment = datetime.fromisoformat(word)
    except ValueError:
        return None
    return np.datetime64(f"{moment:%Y-%m}", "M")


def _numbers(words: pa.Array, why: str, faults: np.ndarray) -> np.ndarray:
    """Return whole numbers, nan where nothing is said; anything else is a fault of its row."""
    whole = pc.match_substring_regex(words, _NUMBER)
    _fault(faults, np.asarray(pc.invert(whole).fill_null(False)), why)
    plain = pc.replace_substring(pc.if_else(whole, words, pa.scalar(None, pa.string())), ",", "")
    return np.asarray(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)


def _settle_others(
    rows: pa.Table,
    layout: CountsMap,
    taken: np.ndarray,
    month: np.ndarray,
    n: np.ndarray,
    faults: np.ndarray,
) -> np.ndarray:
    """Return which of the rows that `only` leaves out count the same again.

    That they do is seen from their totals, month by month. Rows left out that do not are set aside
    with that reason: nobody has said what they are.
    """
    others = ~taken
    again = np.zeros(len(taken), dtype=bool)
    if not others.any():
        return again
    columns = ", ".join(layout.only)
    mine, theirs = _totals(month, n, taken), _totals(month, n, others)
    if mine and mine == theirs:
        again |= others
        faults[others] = ""
    else:
        faults[others] = f"left out by the mapping, which takes only some rows by {columns}"
    return again


def _totals(month: np.ndarray, n: np.ndarray, rows: np.ndarray) -> dict[str, float]:
    if not rows.any():
        return {}
    months, which = np.unique(month[rows].astype(str), return_inverse=True)
    sums = np.bincount(which.ravel(), np.nan_to_num(n[rows]).ravel())
    return dict(zip(months.tolist(), sums.tolist(), strict=True))


_MOST_WORDS, _FEWEST_MONTHS = 8, 3


def _refuse_again(
    rows: pa.Table,
    layout: CountsMap,
    columns: Mapping[str, str],
    taken: np.ndarray,
    month: np.ndarray,
    n: np.ndarray,
) -> None:
    """Refuse a file in which each word of some column has the very same total in every month.

    So a workbook's sheets look when they are put end to end and count the same events in different
    ways: to add them is to count each event several times.
    """
    read = set(columns.values())
    for column in rows.column_names:
        if column in read or column.startswith("_"):
            continue
        words = rows[column].combine_chunks().cast(pa.string()).fill_null("").dictionary_encode()
        if not 2 <= len(words.dictionary) <= _MOST_WORDS:
            continue
        which = np.asarray(words.indices)
        each = [_totals(month, n, taken & (which == k)) for k in range(len(words.dictionary))]
        if len(each[0]) >= _FEWEST_MONTHS and all(one == each[0] for one in each[1:]):
            raise MappingError(
                f"The file counts the same things {len(each)} times, once for each word of "
                f"{column!r}: their totals are equal in every month. They must not be added.",
                found=f"{len(each[0])} months; {int(sum(each[0].values())):,} in each",
                try_=f'[only] {column} = ["the one that is meant"]',
                read=PAGE,
            )


def _cells(
    text: _Text,
    layout: CountsMap,
    columns: Mapping[str, str],
    read: tuple[pa.DictionaryArray, pa.DictionaryArray, np.ndarray, np.ndarray],
    faults: np.ndarray,
    again: np.ndarray,
) -> Cells:
    area, category, month, n = read
    codes = [np.asarray(one.indices.fill_null(-1), dtype=np.int64) for one in (area, category)]
    _set_repeats_aside(text, layout, columns, (codes[0], codes[1], month), faults, again)
    sound = (faults == "") & ~again
    months, which = np.unique(month[sound], return_inverse=True)
    width = n.shape[1]
    at = np.stack(
        [np.repeat(codes[0][sound], width), np.repeat(codes[1][sound], width), which.ravel()],
        axis=1,
    )
    held = n[sound].ravel()
    told = ~np.isnan(held)
    spread = (len(category.dictionary), len(months))
    key = (at[told, 0] * spread[0] + at[told, 1]) * max(spread[1], 1) + at[told, 2]
    keys, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return Cells(
        area=area.dictionary,
        category=category.dictionary,
        months=months,
        at=at[told][first],
        n=np.bincount(inverse.ravel(), held[told], minlength=len(keys)).astype(np.int64),
        faults=faults,
        again=again,
        blank=int((~told).sum()),
        added=int(told.sum()) - len(keys),
    )


def _set_repeats_aside(
    text: _Text,
    layout: CountsMap,
    columns: Mapping[str, str],
    read: tuple[np.ndarray, np.ndarray, np.ndarray],
    faults: np.ndarray,
    again: np.ndarray,
) -> None:
    """Set aside rows that count one thing twice, where the mapping does not say they add up."""
    area, category, month = read
    sound = np.flatnonzero((faults == "") & ~again)
    same = [area, category]
    if isinstance(layout.form, Long):
        same.append(month[:, 0].astype(np.int64))
    for part in layout.form.parts:
        words = text.of(columns[part]).dictionary_encode()
        same.append(np.asarray(words.indices.fill_null(-1), dtype=np.int64))
    stacked = np.stack([one[sound] for one in same], axis=1)
    _, which, times = np.unique(stacked, axis=0, return_inverse=True, return_counts=True)
    faults[sound[times[which.ravel()] > 1]] = _TWICE


_TWICE = "several rows count the same area, category and month, and nothing says they add up"


def as_json(rows: pa.Table, which: np.ndarray) -> list[str]:
    """Return rows as they came, for the quarantine."""
    return [json.dumps(row, ensure_ascii=False) for row in rows.take(pa.array(which)).to_pylist()]
