"""Which definitions meet: sets as rows of dots, and how many records each combination has."""

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render.charts_parts import (
    is_held,
    is_yes,
    more_in_the_table,
    numbers_of,
    set_row,
    small_heading,
)
from peelian.render.html import Markup, join, tag
from peelian.render.tables import cell_text
from peelian.results import Drawing

MOST_COMBINATIONS = 16
_TALLEST, _ABOVE, _ABOVE_TURNED = 96, 22, 52  # pixels: the tallest bar, and room for its number
_LEAST = 0.12  # of the tallest: what is drawn where a number is held back
_BAR, _WIDEST = 0.62, 8.0  # a bar's part of its column, and per cent of the whole at most
# Pixels that all columns have together, at the chart's widest and on a phone; and that one figure
# takes. Where numbers have no room side by side they are turned.
_ROOM, _NARROW_ROOM, _FIGURE = 540, 200, 8.5


def upset(release: Release, drawing: Drawing) -> Markup:
    """Return the combinations from the most records to the fewest: a bar, and dots below it.

    `encode`: n, and sets: the yes-or-no column of each set, whose label names its row. The table
    has a row for each combination. The one of no set at all is told, not drawn: it would dwarf
    the others.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    sets: Sequence[str] = encode["sets"]
    rows = [r for r in range(table.data.num_rows) if any(is_yes(table, r, s) for s in sets)]
    none = [r for r in range(table.data.num_rows) if r not in set(rows)]
    numbers = numbers_of(table, encode["n"])
    rows.sort(key=lambda row: -1.0 if (n := numbers[row]) is None else n, reverse=True)
    shown = rows[:MOST_COMBINATIONS]
    lines = [_bars(table, encode, shown, numbers)]
    lines += [_dots(table, sets, name, shown) for name in sets]
    return join(
        [
            _key(table, encode, none),
            tag("div", *lines, class_="upset"),
            more_in_the_table(len(rows) - len(shown), "combinations"),
        ]
    )


def _key(table: ReleasedTable, encode: Mapping[str, Any], none: Sequence[int]) -> Markup:
    said = f"{table.caption}: {small_heading(table, encode['n'])}, most first. "
    said += "Joined dots are met together, and by no other row."
    if none:
        said += f" Not drawn: {cell_text(table, none[0], encode['n'])} in none of these."
    return tag("p", said, class_="key-line")


def _middle(i: int, of: int) -> float:
    return 100 * (i + 0.5) / of


def _bars(
    table: ReleasedTable,
    encode: Mapping[str, Any],
    rows: Sequence[int],
    numbers: Sequence[float | None],
) -> Markup:
    most = max([number for row in rows if (number := numbers[row])], default=1.0)
    said = [cell_text(table, row, encode["n"]) for row in rows]
    figure = max(map(len, said), default=0) * _FIGURE * len(rows)  # what all take, side by side
    turned = " turned" if figure > _ROOM else " narrow" if figure > _NARROW_ROOM else ""
    wide = min(100 * _BAR / max(len(rows), 1), _WIDEST)
    high, shapes = _TALLEST + (_ABOVE_TURNED if turned else _ABOVE), []
    for i, row in enumerate(rows):
        number, held = numbers[row], is_held(table, row, encode["n"])
        tall = _TALLEST * (_LEAST if number is None else number / most)
        bar = {"x": f"{_middle(i, len(rows)) - wide / 2:.2f}%", "y": f"{high - tall:.1f}"}
        if number is not None or held:
            class_ = "gap" if held else "bar"
            size = {"width": f"{wide:.2f}%", "height": f"{tall:.1f}"}
            shapes.append(tag("rect", class_=class_, **bar, **size))
        # A drawing of its own, so that its words can turn about where they stand.
        text = tag("text", said[i], class_=f"set-count{turned}")
        shapes.append(tag("svg", text, x=f"{_middle(i, len(rows)):.2f}%", y=bar["y"]))
    track = tag("svg", *shapes, width="100%", height=high, aria_hidden="true")
    return set_row("", track, class_="set-bars")


def _dots(table: ReleasedTable, sets: Sequence[str], name: str, rows: Sequence[int]) -> Markup:
    """Return one set's row of dots, with its piece of the lines that join a combination."""
    at, shapes = list(sets).index(name), []
    for i, row in enumerate(rows):
        met = [j for j, other in enumerate(sets) if is_yes(table, row, other)]
        x = f"{_middle(i, len(rows)):.2f}%"
        if met[0] <= at <= met[-1] and len(met) > 1:
            top, end = ("50%" if at == met[0] else 0), ("50%" if at == met[-1] else "100%")
            shapes.append(tag("line", class_="set-join", x1=x, x2=x, y1=top, y2=end))
        shapes.append(tag("circle", class_="dot" if at in met else "no-dot", cx=x, cy="50%", r=5))
    track = tag("svg", *shapes, width="100%", height="100%", aria_hidden="true")
    return set_row(table.fields[name].label, track)
