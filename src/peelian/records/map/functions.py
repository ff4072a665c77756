"""Functions of the loading engine that Ibis has no word for, declared so that we can say them."""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.datatypes as dt

# An Ibis value: its methods are made at run time, out of a type checker's sight.
Expr = Any

_LOCAL = dt.Timestamp(scale=6)
_UTC = dt.Timestamp(timezone="UTC", scale=6)


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _LOCAL), _UTC))
def at_zone(zone, wall):
    """Return the moment when clocks in `zone` showed `wall`."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, _UTC), _LOCAL))
def wall_clock(zone, moment):
    """Return what clocks in `zone` showed at a moment."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), _LOCAL))
def try_strptime(text, pattern):
    """Return the wall-clock time that a text shows under a pattern, or nothing."""


@ibis.udf.scalar.builtin(name="make_timestamp", signature=((dt.int64,), _LOCAL))
def from_microseconds(microseconds):
    """Return the UTC wall-clock time so many microseconds after 1970 began."""


_TEXTS = dt.Array(value_type=dt.string)


@ibis.udf.scalar.builtin(name="list_position", signature=((_TEXTS, dt.string), dt.int32))
def _place(words, word):
    """Return where a word stands in a list, counted from 1; nothing where it does not."""


@ibis.udf.scalar.builtin(name="list_extract", signature=((_TEXTS, dt.int32), dt.string))
def _at(words, place):
    """Return what stands at a place of a list."""


def looked_up(word: Expr, pairs: Mapping[str, str]) -> Expr:
    """Return what a word stands for in a dictionary, or nothing.

    A CASE would work the word out anew for every entry; this works it out once.

    Args:
        word: The text to look up.
        pairs: Words, each with what it stands for.
    """
    words = ibis.literal([*pairs], "array<string>")
    return _at(ibis.literal([*pairs.values()], "array<string>"), _place(words, word))
