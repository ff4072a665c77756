"""The specification curve: one number under every choice, in order, with the choices beneath."""

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render.charts_parts import (
    column_of,
    height_of,
    interval_words,
    is_held,
    is_yes,
    level_labels,
    levels,
    numbers_of,
    set_row,
    stretched,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.render.tables import heading
from peelian.results import Drawing

_HIGH, _TOP, _FLOOR = 190, 10, 182  # pixels: of the curve, and where its scale ends
_THIN, _MIDDLING = 120, 40  # specifications above which strokes are thin, or not thick


def specification(release: Release, drawing: Drawing) -> Markup:
    """Return every specification's dot and interval from the least to the most.

    `encode`: value, low, high; choices: the columns that tell specifications apart, each a block
    of the grid beneath; and mark: a yes-or-no column, yes for the reader's own choice.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    numbers = {part: numbers_of(table, encode[part]) for part in ("value", "low", "high")}
    values = numbers["value"]
    known = [row for row, value in enumerate(values) if value is not None]
    rows = sorted(known, key=lambda row: values[row] or 0.0)
    own = _own(table, encode, rows)
    lines = [_curve(table, encode, numbers, rows, own)]
    for name in encode["choices"]:
        lines.append(tag("h4", table.fields[name].label))
        lines += _choices(table, name, rows, own)
    return join(
        [
            _key(table, encode, rows, own),
            tag("div", *lines, class_=f"curve {_weight(len(rows))}"),
            _left_out(table, encode),
        ]
    )


def _weight(count: int) -> str:
    return "thin" if count > _THIN else "middling" if count > _MIDDLING else "thick"


def _own(table: ReleasedTable, encode: Mapping[str, Any], rows: Sequence[int]) -> list[int]:
    """Return the places along the curve of the reader's own choice."""
    if "mark" not in encode:
        return []
    return [i for i, row in enumerate(rows) if is_yes(table, row, encode["mark"])]


def _x(i: int, of: int) -> float:
    return 100 * (i + 0.5) / of


def _curve(
    table: ReleasedTable,
    encode: Mapping[str, Any],
    numbers: Mapping[str, Sequence[float | None]],
    rows: Sequence[int],
    own: Sequence[int],
) -> Markup:
    scale = Scale.over([numbers[part][row] for part in numbers for row in rows], most=5)

    def y(number: float) -> float:
        return height_of(scale, number, top=_TOP, floor=_FLOOR)

    spans, points = [], []
    for i, row in enumerate(rows):
        low, value, high = (numbers[part][row] for part in ("low", "value", "high"))
        x = f"{_x(i, len(rows)):.4g}"
        if low is not None and high is not None:
            spans.append(f"M{x} {y(low):.1f}V{y(high):.1f}")
        if value is not None:
            points.append(f"M{x} {y(value):.1f}h0")
    shapes = [
        *levels(scale, top=_TOP, floor=_FLOOR),
        *_rules(own, len(rows)),
        stretched("".join(spans), "spans", high=_HIGH),
        stretched("".join(points), "points", high=_HIGH),
    ]
    for i in own:
        value = numbers["value"][rows[i]] or 0.0
        at = {"cx": f"{_x(i, len(rows)):.2f}%", "cy": f"{y(value):.1f}"}
        shapes.append(tag("circle", class_="own", r=6, **at))
    axis = tag(
        "svg",
        *level_labels(scale, table.fields[encode["value"]], top=_TOP, floor=_FLOOR),
        class_="y-axis",
        width=56,
        height=_HIGH,
    )
    curve = tag("svg", *shapes, width="100%", height=_HIGH, aria_hidden="true")
    return set_row(axis, curve, class_="set-bars")


def _choices(
    table: ReleasedTable, name: str, rows: Sequence[int], own: Sequence[int]
) -> list[Markup]:
    """Return a row of strokes for each way of choosing, in the table's order."""
    chosen = [str(value) for value in column_of(table, name)]
    lines = []
    for way in dict.fromkeys(chosen):
        strokes = [
            f"M{_x(i, len(rows)):.4g} .2v.6" for i, row in enumerate(rows) if chosen[row] == way
        ]
        shapes = [*_rules(own, len(rows)), stretched("".join(strokes), "strokes")]
        lines.append(set_row(way, tag("svg", *shapes, width="100%", height="100%")))
    return lines


def _rules(own: Sequence[int], of: int) -> list[Markup]:
    ats = [f"{_x(i, of):.2f}%" for i in own]
    return [tag("line", class_="own-rule", x1=at, x2=at, y1=0, y2="100%") for at in ats]


def _key(
    table: ReleasedTable, encode: Mapping[str, Any], rows: Sequence[int], own: Sequence[int]
) -> Markup:
    said = [
        tag("span", class_="key-own", aria_hidden="true"),
        " your choice: ",
        " and ".join(
            interval_words(table, rows[i], encode["value"], encode["low"], encode["high"])
            for i in own
        ),
    ]
    dot = tag("span", class_="key-dot", aria_hidden="true")
    curve = f" {heading(table.fields[encode['value']])} with its 95% interval, under each of "
    return tag(
        "p",
        tag("span", dot, curve, f"{len(rows):,} sets of choices"),
        tag("span", *said) if own else None,
        class_="key-line key-items",
    )


def _left_out(table: ReleasedTable, encode: Mapping[str, Any]) -> Markup | None:
    """Return how many specifications are not drawn, and why."""
    rows = range(table.data.num_rows)
    absent = [row for row in rows if numbers_of(table, encode["value"])[row] is None]
    held = sum(is_held(table, row, encode["value"]) for row in absent)
    said = [
        f"{count:,} {words}"
        for count, words in ((held, "held back"), (len(absent) - held, "without a figure"))
        if count
    ]
    return tag("p", f"Not drawn: {', '.join(said)}.", class_="gap-note") if said else None
