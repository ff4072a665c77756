"""What each column of an unknown file seems to hold, from its first rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

import pyarrow.parquet as pq

from peelian.records.read import Extract

# Words that systems write where they have nothing to say.
NOTHING = ("NULL", "N/A", "NA", "None", "NaN", "#N/A", "nil", "-", "--", ".", "?")
# Dates that systems write where nothing happened.
NEVER = ("1900-01-01", "1899-12-30", "1899-12-31", "9999-12-31", "0001-01-01", "1753-01-01")
_NEVER = re.compile(
    rf"({'|'.join(NEVER)}|0?1/0?1/1900|30/12/1899|12/30/1899|31/12/9999|12/31/9999)"
    r"([T ]0?0:00(:00(\.0+)?)?(Z|[+-]00:?00)?)?"
)
_PATTERNS = (
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%y %H:%M", "%d/%m/%y"),
    *("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y"),
    *("%m/%d/%y %H:%M", "%m/%d/%y"),
    *("%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y"),
    *("%d-%b-%Y %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y", "%d %b %Y %H:%M", "%d %b %Y"),
    *("%d %B %Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d%H%M%S", "%Y%m%d", "%b-%y", "%m/%Y"),
)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?\s?(Z|[+-]\d{2}(:?\d{2})?)?"
)
_CLOCKS = ("%H:%M:%S", "%H:%M")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][-+]?\d+)?")
_FLAGS = {"true", "false", "t", "f", "yes", "no", "y", "n"}
_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Glance:
    """What one column seems to hold.

    Args:
        name: The column.
        kind: empty, flag, integer, number, instant, day, month, clock (a time of day), or text.
        filled: How many of the rows looked at say something.
        rows: How many rows were looked at.
        distinct: How many different values they held.
        format: The pattern of a time that is not ISO 8601, or empty.
        epoch: `seconds` or `milliseconds` where a time is a count since 1970, or empty.
        offset: Whether its times carry their offset from UTC.
        either_way: Whether day and month could be the other way round.
        null: Values that mean nothing happened, with how often each stood.
        largest: The largest size of a number.
        words: The commonest values of a column of few, with how often each stood.
    """

    name: str
    kind: str
    filled: int
    rows: int
    distinct: int
    format: str = ""
    epoch: str = ""
    offset: bool = False
    either_way: bool = False
    null: tuple[tuple[str, int], ...] = ()
    largest: float = 0.0
    words: tuple[tuple[str, int], ...] = ()

    @property
    def each_once(self) -> bool:
        """Whether no value stands twice."""
        return self.filled > 1 and self.distinct == self.filled == self.rows


def glance(extract: Extract, rows: int = 50_000) -> tuple[Glance, ...]:
    """Return what each column of a file's first rows seems to hold.

    Args:
        extract: The file.
        rows: How many rows to look at.
    """
    counters = [Counter[str]() for _ in extract.header]
    seen = 0
    for row in islice(_rows(extract), rows):
        seen += 1
        for counter, cell in zip(counters, row, strict=False):
            counter[cell.strip()] += 1
    columns = zip(extract.header, counters, strict=True)
    return tuple(_glance(name, counter, seen) for name, counter in columns)


def _rows(extract: Extract) -> Iterator[list[str]]:
    if extract.form == "parquet":
        with pq.ParquetFile(extract.path) as file:
            for batch in file.iter_batches(batch_size=4096):
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    yield ["" if cell is None else str(cell) for cell in row]
        return
    with extract.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=extract.delimiter)
        next(reader, None)
        yield from (row for row in reader if row)


def _glance(name: str, counter: Counter[str], rows: int) -> Glance:
    blank = counter.pop("", 0)
    null = [(word, counter.pop(word)) for word in NOTHING if word in counter]
    # A date that never was is one value among many, so it is looked for before the kind is.
    null += [(word, counter.pop(word)) for word in [w for w in counter if _never(w)]]
    held = rows - blank - sum(n for _, n in null)
    words = tuple(counter.most_common(40)) if len(counter) <= 40 else ()
    kind, more = _kind(counter)
    return Glance(name, kind, held, rows, len(counter), null=tuple(null), words=words, **more)


def _never(word: str) -> bool:
    if _NEVER.fullmatch(word):
        return True
    if re.fullmatch(r"-?\d{9,15}", word):
        for per_second in (1, 1000):
            try:
                moment = _EPOCH + timedelta(seconds=int(word) / per_second)
            except OverflowError:
                continue
            if moment.strftime("%Y-%m-%d") in NEVER and int(word) % (86_400 * per_second) == 0:
                return True
    return False


def _kind(counter: Iterable[str]) -> tuple[str, dict]:
    words = list(counter)
    if not words:
        return "empty", {}
    if all(word.lower() in _FLAGS for word in words):
        return "flag", {}
    for judge in (_months, _iso, _epoch, _numbers, _patterned, _clock):
        kind, more = judge(words)
        if kind:
            return kind, more
    return "text", {}


def _months(words: list[str]) -> tuple[str, dict]:
    return ("month" if all(_MONTH.fullmatch(word) for word in words) else "", {})


def _iso(words: list[str]) -> tuple[str, dict]:
    found = [_ISO.fullmatch(word) for word in words]
    if not all(found):
        return "", {}
    timed = any(re.search(r"[T ]\d{2}:\d{2}", w) and not _midnight(w) for w in words)
    return ("instant" if timed else "day"), {"offset": any(m and m.group(4) for m in found)}


def _midnight(word: str) -> bool:
    return re.search(r"[T ]00:00(:00(\.0+)?)?", word) is not None


def _epoch(words: list[str]) -> tuple[str, dict]:
    if not all(re.fullmatch(r"\d{9,13}", word) for word in words):
        return "", {}
    sizes = {len(word) for word in words}
    if max(sizes) <= 10:
        unit, per_day = "seconds", 86_400
    elif min(sizes) >= 12:
        unit, per_day = "milliseconds", _DAY_MS
    else:
        return "", {}
    midnights = all(int(word) % per_day == 0 for word in words)
    # Nine or ten digits are as likely a telephone or a reference, unless many are whole days.
    if unit == "seconds" and not midnights and len({word[:3] for word in words}) > 60:
        return "", {}
    return ("day" if midnights else "instant"), {"epoch": unit}


def _numbers(words: list[str]) -> tuple[str, dict]:
    if not all(_NUMBER.fullmatch(word) for word in words):
        return "", {}
    numbers = [float(word.replace(",", "")) for word in words]
    whole = all(number.is_integer() for number in numbers) and not any("." in w for w in words)
    # A leading nought belongs to a key: 0151 is no number.
    if whole and any(re.match(r"0\d", word) for word in words):
        return "", {}
    return ("integer" if whole else "number"), {"largest": max(abs(n) for n in numbers)}


def _patterned(words: list[str]) -> tuple[str, dict]:
    fitting = [pattern for pattern in _PATTERNS if _fits(pattern, words)]
    if not fitting:
        return "", {}
    pattern = fitting[0]
    swapped = pattern.replace("%d/%m", "%m/%d") in fitting if "%d/%m" in pattern else False
    if "%H" not in pattern and "%I" not in pattern:
        kind = "day" if "%d" in pattern else "month"
    else:
        kind = "day" if all(_midnight(f" {word.split()[-1]}") for word in words) else "instant"
    return kind, {"format": pattern, "either_way": swapped}


def _clock(words: list[str]) -> tuple[str, dict]:
    fitting = [pattern for pattern in _CLOCKS if _fits(pattern, words)]
    return ("clock", {"format": fitting[0]}) if fitting else ("", {})


def _fits(pattern: str, words: list[str]) -> bool:
    try:
        for word in words:
            datetime.strptime(word, pattern)
    except ValueError:
        return False
    return True
