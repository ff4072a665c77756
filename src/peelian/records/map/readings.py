"""One reading made an expression: the source's words cleaned, and the value they stand for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import ibis

from peelian.errors import MappingError, nearest
from peelian.records.map.functions import (
    Expr,
    at_zone,
    from_microseconds,
    looked_up,
    try_strptime,
    wall_clock,
)
from peelian.records.map.language import PAGE, Reading
from peelian.schema.codes import CodeList, code_list, fold
from peelian.schema.kinds import Kind

INSTANT = "timestamp('UTC', 6)"
WALL = "timestamp(6)"
YES, NO = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
# A count of seconds or milliseconds beyond the years 1 to 9999 is no date, and would overflow.
_EPOCH_LIMITS = (-62_000_000_000, 253_000_000_000)
_THOUSANDS = r"^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_PER_SECOND = {"seconds": 1, "milliseconds": 1_000}


@dataclass(frozen=True, slots=True)
class Piece:
    """One column of ours as the source gives it.

    Args:
        reading: How it was read.
        words: The source's cleaned words, null where it says nothing; None for a constant.
        value: What they stand for, of the schema's type; null where they do not parse.
        precision: How exactly a time is known: a word of `time_precision`; None if not a time.
        wall: Of a day or a month, its start by the clocks it was written by: what faults are
            looked for in, since turning it into a moment costs more than all the rest.
    """

    reading: Reading
    words: Expr | None
    value: Expr
    precision: Expr | None = None
    wall: Expr | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reading needs to know beyond itself.

    Args:
        zone: The zone of local times.
        null: Words that mean nothing in any column.
        padded: Whether words may have spaces around them.
        codes: Where a force keeps its own code lists, or None.
    """

    zone: str
    null: tuple[str, ...] = ()
    padded: bool = True
    codes: Path | None = None


def read(reading: Reading, columns: Iterable[Expr], setting: Setting) -> Piece:
    """Return one reading as expressions over the columns it names.

    Args:
        reading: What to do.
        columns: The raw columns, in the reading's order; those the file lacks are left out.
        setting: The mapping's and the store's part.
    """
    if reading.value is not None:
        return Piece(reading, None, constant(reading, setting))
    nothing = {"", *setting.null, *reading.null}
    cleaned = [clean(column, nothing, padded=setting.padded) for column in columns]
    words = _joined(cleaned) if reading.together else _first(cleaned)
    if reading.how in ("instant", "day", "month"):
        return _time(reading, words, setting)
    value: Expr = _PLAIN[reading.how](reading, words, setting)
    return Piece(reading, words, value.cast(reading.kind.ibis))


def _joined(parts: list[Expr]) -> Expr:
    """Return the parts that say something with a space between; nothing where the first is blank.

    A date without its time of day stays a date, which a pattern for both does not read.
    """
    first, *others = parts
    return reduce(
        lambda text, part: text + ibis.coalesce(ibis.literal(" ") + part, ""), others, first
    )


def constant(reading: Reading, setting: Setting) -> Expr:
    """Return the reading's constant as the schema's type.

    Raises:
        MappingError: It is not of the column's kind, or not in its code list.
    """
    if reading.codes:
        _known(code_list(reading.codes, setting.codes), str(reading.value), reading)
    try:
        if reading.kind == Kind.FLAG and not isinstance(reading.value, bool):
            raise TypeError
        return ibis.literal(reading.value, reading.kind.ibis)
    except (TypeError, ValueError) as problem:
        raise MappingError(
            f"The value given for {reading.name} is not of its kind, {reading.kind}.", read=PAGE
        ) from problem


def clean(column: Expr, nothing: Iterable[str], *, padded: bool) -> Expr:
    """Return a raw column as text without outer spaces, null where it says nothing.

    Trimming copies every string, so it is asked only of the rows that need it, and not at all of
    a source that is known to write none.
    """
    text = column if column.type().is_string() else column.cast("string")
    words = sorted(nothing)
    return _unless(_trimmed(text) if padded else text, words)


def _trimmed(text: Expr) -> Expr:
    return ibis.ifelse(text.startswith(" ") | text.endswith(" "), text.strip(), text)


def _unless(text: Expr, words: list[str]) -> Expr:
    if len(words) == 1:
        return text.nullif(words[0])
    return ibis.ifelse(text.isin(words), None, text)


def _text(reading: Reading, words: Expr, _: Setting) -> Expr:
    if not reading.words:
        return words
    return ibis.coalesce(looked_up(words, reading.words), words)


def _code(reading: Reading, words: Expr, setting: Setting) -> Expr:
    unknown = [words] if reading.unknown == "keep" else []
    if not reading.codes:
        return ibis.coalesce(looked_up(words, reading.words), *unknown)
    known = code_list(reading.codes, setting.codes)
    exact = {
        word: entry.code
        for entry in known.codes
        for word in (entry.label, *entry.aliases, entry.code)
    }
    folded = dict(known.spellings())
    for theirs, ours in reading.words.items():
        exact[theirs], folded[fold(theirs)] = _known(known, ours, reading), ours
    # Folding rebuilds a string, so only words that are not written as we know them come to it.
    plain = words.lower().re_replace(r"\s+", " ").strip()
    return ibis.coalesce(looked_up(words, exact), looked_up(plain, folded), *unknown)


def _known(codes: CodeList, word: str, reading: Reading) -> str:
    """Return a word that the mapping gives as a code, if it is one."""
    if word not in codes:
        raise MappingError(
            f"The mapping gives {reading.name} a code that the list {codes.name} does not have.",
            found=word,
            try_=nearest(word, [entry.code for entry in codes.codes]),
            read=PAGE,
        )
    return word


def _number(_: Reading, words: Expr, __: Setting) -> Expr:
    grouped = ibis.ifelse(words.re_search(_THOUSANDS), words.replace(",", ""), None)
    return ibis.coalesce(words.try_cast("float64"), grouped.try_cast("float64"))


def _integer(reading: Reading, words: Expr, setting: Setting) -> Expr:
    number = _number(reading, words, setting)
    whole = number.try_cast("int64")
    # The engine rounds 5.6 to 6; a count that is not whole is a fault, not a count.
    return ibis.ifelse(whole.cast("float64") == number, whole, None)


def _flag(reading: Reading, words: Expr, _: Setting) -> Expr:
    pairs = dict.fromkeys(YES, "true") | dict.fromkeys(NO, "false")
    pairs |= {fold(t): "true" if o.lower() in YES else "false" for t, o in reading.words.items()}
    return looked_up(words.lower(), pairs).cast("boolean")


_PLAIN: dict[str, Callable[[Reading, Expr, Setting], Expr]] = {
    "text": _text,
    "key": _text,
    "code": _code,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
}


def _time(reading: Reading, words: Expr, setting: Setting) -> Piece:
    zone = reading.zone or ("UTC" if reading.epoch else setting.zone)
    if reading.how == "instant":
        moment = _moment(reading, words, zone)
        return Piece(reading, words, moment, ibis.literal("instant"))
    wall = _month(reading, words) if reading.how == "month" else _day(reading, words, zone)
    if reading.kind == Kind.DAY:
        return Piece(reading, words, wall.date(), wall=wall)
    moment = at_zone(ibis.literal(setting.zone), wall)
    return Piece(reading, words, moment, ibis.literal(reading.how), wall)


def _moment(reading: Reading, words: Expr, zone: str) -> Expr:
    """Return the instant: by its own offset where it carries one, else by the zone's clocks."""
    place = ibis.literal(zone)
    if reading.epoch:
        return at_zone(place, _epoch(reading, words))
    if reading.formats:
        return _first(_by_format(words, pattern, place) for pattern in reading.formats)
    with_offset = ibis.ifelse(_has_offset(words), words, None)
    without = ibis.ifelse(_has_offset(words), None, words)
    return ibis.coalesce(with_offset.try_cast(INSTANT), at_zone(place, without.try_cast(WALL)))


def _day(reading: Reading, words: Expr, zone: str) -> Expr:
    """Return the start of the day as a wall clock: the date as written, or as `zone` has it."""
    wall: Expr
    if reading.epoch:
        wall = _epoch(reading, words)
        if zone != "UTC":
            wall = wall_clock(ibis.literal(zone), at_zone(ibis.literal("UTC"), wall))
    elif reading.formats:
        wall = _first(try_strptime(words, pattern) for pattern in reading.formats)
    else:
        wall = words.try_cast(WALL)
        if reading.zone:
            moved = words.try_cast(INSTANT)
            wall = ibis.ifelse(_has_offset(words), wall_clock(ibis.literal(zone), moved), wall)
    return wall.truncate("D").cast(WALL)


def _month(reading: Reading, words: Expr) -> Expr:
    """Return the start of the month as a wall clock."""
    wall: Expr
    if reading.epoch:
        wall = _epoch(reading, words)
    elif reading.formats:
        wall = _first(try_strptime(words, pattern) for pattern in reading.formats)
    else:
        year_and_month: Expr = ibis.ifelse(words.length() == 7, words, None)
        return (year_and_month + "-01").try_cast(WALL)
    return wall.truncate("M").cast(WALL)


def _by_format(words: Expr, pattern: str, zone: Expr) -> Expr:
    wall: Expr = try_strptime(words, pattern)
    # A pattern that reads an offset makes the engine hand back a moment, not a wall clock.
    return wall.cast(INSTANT) if "%z" in pattern else at_zone(zone, wall)


def _has_offset(words: Expr) -> Expr:
    """Whether a time ends in Z or an offset such as +01:00, +0100 or +00."""
    return words.endswith("Z") | words.re_search(r"[0-9:][ ]?[-+][0-9]{2}(:?[0-9]{2})?$") & (
        words.length() > 13
    )


def _epoch(reading: Reading, words: Expr) -> Expr:
    count = words.try_cast("int64")
    per_second = _PER_SECOND[reading.epoch]
    low, high = (limit * per_second for limit in _EPOCH_LIMITS)
    sane: Expr = ibis.ifelse(count.between(low, high), count, None)
    return from_microseconds(sane * (1_000_000 // per_second))


def _first(values: Iterable[Expr]) -> Expr:
    """Return the first value that is there."""
    return reduce(ibis.coalesce, values)
