"""Sentences of a result: holes filled from cells and words, and nouns that fit their number."""

import re
from collections.abc import Mapping

from peelian.results import Cell, Sentence

_HOLE = re.compile(r"\{(\w+)\}")


def say(
    template: str,
    words: Mapping[str, str] | None = None,
    cells: Mapping[str, Cell] | None = None,
) -> Sentence:
    """Return a sentence whose holes are filled from words, from cells, or else from the totals.

    >>> say("{n} {records}.", {"records": "crimes", "unused": "none"}).cells
    {'n': Cell(table='totals', row=0, column='n')}

    Args:
        template: The words, with `{name}` for each hole.
        words: Names and settings, some of which it may have holes for.
        cells: Cells of other tables than the totals, some of which it may have holes for.
    """
    holes = list(dict.fromkeys(_HOLE.findall(template)))
    given = {hole: words[hole] for hole in holes if words and hole in words}
    own = cells or {}
    return Sentence(
        template,
        {hole: own.get(hole, Cell("totals", 0, hole)) for hole in holes if hole not in given},
        given,
    )


def plural(number: float, one: str, many: str = "") -> str:
    """Return the noun that stands behind a number.

    >>> plural(1, "month"), plural(0, "month"), plural(2, "category", "categories")
    ('month', 'months', 'categories')

    Args:
        number: How many.
        one: The noun for one.
        many: The noun for more, or for none; if empty, with an s.
    """
    return one if number == 1 else many or f"{one}s"


def capital(words: str) -> str:
    """Return words as they begin a sentence; the others keep their case.

    >>> capital("recorded crimes in Leeds")
    'Recorded crimes in Leeds'
    """
    return words[:1].upper() + words[1:]
