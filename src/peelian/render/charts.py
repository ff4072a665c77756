"""Charts: small pictures over a release's tables, drawn once in SVG and HTML, with no script.

Lengths along a chart are in per cent, so that it fits any width while its words keep their size.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render import words
from peelian.render.charts_parts import (
    FLOOR,
    PANEL,
    ROW,
    TOP,
    axis_row,
    column_of,
    gridlines,
    group_title,
    groups_of,
    interval_shapes,
    interval_words,
    level_labels,
    levels,
    month_labels,
    more_in_the_table,
    numbers_of,
    small_heading,
    track_row,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.render.tables import HELD_BACK, NOT_AVAILABLE, cell_text, heading
from peelian.results import Cell, Drawing, Field

LOW_TO_HIGH = ("low", "middle", "high")
MOST_BARS, MOST_INTERVALS = 20, 40
_MARK = "†"


def class_grid(release: Release, drawing: Drawing) -> Markup:
    """Return two measures' classes as a coloured table: rows from high, columns from low.

    `encode`: row, column, value, and the columns of detail shown small.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    at = {
        (row, column): i
        for i, (row, column) in enumerate(
            zip(
                column_of(table, encode["row"]),
                column_of(table, encode["column"]),
                strict=True,
            )
        )
    }
    body = [
        tag(
            "tr",
            tag("th", row, scope="row"),
            *(
                _grid_cell(table, encode, at.get((row, column)), class_number(row, column))
                for column in LOW_TO_HIGH
            ),
        )
        for row in reversed(LOW_TO_HIGH)
    ]
    down, across = table.fields[encode["row"]].label, table.fields[encode["column"]].label
    head = tag("tr", tag("td"), *(tag("th", column, scope="col") for column in LOW_TO_HIGH))
    counted = table.fields[encode["value"]].label
    caption = tag("caption", f"{counted}, by {down} (down) and {across} (across)")
    return tag(
        "div",
        tag("table", caption, tag("thead", head), tag("tbody", *body), class_="grid"),
        class_="grid-box",
    )


def class_number(row: str, column: str) -> int:
    """Return which of the nine colours a class has: 0 is low and low, 8 is high and high."""
    return 3 * LOW_TO_HIGH.index(row) + LOW_TO_HIGH.index(column)


def _grid_cell(
    table: ReleasedTable, encode: Mapping[str, Any], row: int | None, colour: int
) -> Markup:
    if row is None:
        return tag("td", "0", class_=f"c{colour}")
    small = [
        tag("span", f"{cell_text(table, row, n)} {table.fields[n].label.lower()}", class_="small")
        for n in encode.get("detail", ())
    ]
    value = tag("strong", cell_text(table, row, encode["value"]))
    return tag("td", value, *small, class_=f"c{colour}")


def intervals(release: Release, drawing: Drawing) -> Markup:
    """Return a dot and its interval a row, beside a line of reference.

    `encode`: label, value, low, high, reference (a cell, or a column of the table), and spread:
    the words for what lies from low to high, where that is not a 95% interval. The page shows its
    table unfolded, unless `open` is False. Rows beyond the first forty are in the table alone. A
    row whose table says in its column `visitors` that it has many is marked after its label.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    drawn = [numbers_of(table, encode[part])[:MOST_INTERVALS] for part in ("value", "low", "high")]
    reference = _reference(release, table, encode.get("reference"))
    scale = Scale.over([*(number for column in drawn for number in column), reference])
    marked = _marked(table)
    rows = [
        _interval_row(table, encode, scale, i, _label(label, i in marked), reference)
        for i, label in enumerate(column_of(table, encode["label"])[:MOST_INTERVALS])
    ]
    field = table.fields[encode["value"]]
    key = tag(
        "p",
        tag("span", class_="key-dot", aria_hidden="true"),
        f" {heading(field)} {encode.get('spread', 'with its 95% interval')}",
        *_reference_key(release, encode.get("reference"), field, reference),
        _mark_key(table) if marked else None,
        class_="key-line",
    )
    more = more_in_the_table(table.data.num_rows - len(rows))
    return join([key, tag("div", *rows, axis_row(scale, field), class_="rows intervals"), more])


def _marked(table: ReleasedTable) -> frozenset[int]:
    """Return the rows whose figures visitors may make: those that may be shown to have many."""
    if "visitors" not in table.fields:
        return frozenset()
    rows = range(table.data.num_rows)
    return frozenset(row for row in rows if cell_text(table, row, "visitors") == "yes")


def _label(label: object, marked: bool) -> str:
    return f"{label} {_MARK}" if marked else str(label)


def _mark_key(table: ReleasedTable) -> Markup:
    field = table.fields["visitors"]
    said = f"{field.label}: {field.note[:1].lower()}{field.note[1:]}" if field.note else field.label
    return tag("span", f"{_MARK} {said}", class_="key-mark")


def _reference_key(
    release: Release, of: object, field: Field, reference: float | None
) -> list[object]:
    if reference is None:
        return []
    if isinstance(of, Cell):
        field = release.tables[of.table].fields[of.column]
    rule = tag("span", class_="key-rule", aria_hidden="true")
    said = f" {field.label}, {words.write(reference, field.form)}"
    return [tag("span", rule, said, class_="key-part")]


def _reference(release: Release, table: ReleasedTable, reference: object) -> float | None:
    if isinstance(reference, Cell):
        value = release.value(reference)
    elif isinstance(reference, str) and table.data.num_rows:
        value = table.data.column(reference)[0].as_py()
    else:
        value = None
    return None if words.missing(value) else float(value)  # type: ignore[arg-type]


def _interval_row(
    table: ReleasedTable,
    encode: Mapping[str, Any],
    scale: Scale,
    row: int,
    label: str,
    reference: float | None,
) -> Markup:
    low, value, high = (numbers_of(table, encode[part])[row] for part in ("low", "value", "high"))
    shapes: list[Markup] = [gridlines(scale)]
    if reference is not None:
        at = scale.at(reference)
        shapes.append(tag("line", class_="reference", x1=at, x2=at, y1=0, y2=ROW))
    shapes += interval_shapes(scale, low, value, high)
    said = interval_words(table, row, encode["value"], encode["low"], encode["high"])
    return track_row(label, shapes, said)


def bars(release: Release, drawing: Drawing) -> Markup:
    """Return bars in one scale from zero, under a heading for each group.

    `encode`: label, value, and group where there is more than one kind of thing.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    scale = Scale.over([0.0, *numbers_of(table, encode["value"])])
    panels = [
        [tag("h4", group_title(group)) if group else None, *_bar_rows(table, encode, scale, rows)]
        for group, rows in groups_of(table, encode.get("group"))
    ]
    key = tag("p", f"{table.caption}: {small_heading(table, encode['value'])}", class_="key-line")
    axis = axis_row(scale, table.fields[encode["value"]])
    return join([key, tag("div", *panels, axis, class_="rows bars")])


def _bar_rows(
    table: ReleasedTable, encode: Mapping[str, Any], scale: Scale, rows: Sequence[int]
) -> Iterator[Markup]:
    labels, numbers = column_of(table, encode["label"]), numbers_of(table, encode["value"])
    for row in rows[:MOST_BARS]:
        shapes: list[Markup] = [gridlines(scale)]
        number = numbers[row]
        if number is not None:
            shapes.append(
                tag("rect", class_="bar", x=0, y=5, width=scale.at(number), height=ROW - 10)
            )
        yield track_row(str(labels[row]), shapes, cell_text(table, row, encode["value"]))
    more = more_in_the_table(len(rows) - MOST_BARS)
    if more is not None:
        yield more


def lines(release: Release, drawing: Drawing) -> Markup:
    """Return a line through time for each group, each from zero, broken where months are missing.

    `encode`: x (a month), y, group, and status ("recorded" or "missing").
    """
    table, encode = release.tables[drawing.table], drawing.encode
    groups = groups_of(table, encode.get("group"))
    panels = [_panel(table, encode, group, rows) for group, rows in groups]
    scales = " Each panel has its own scale, from zero." if len(groups) > 1 else ""
    key = tag(
        "p", f"{table.caption}: {small_heading(table, encode['y'])}.{scales}", class_="key-line"
    )
    return join([key, tag("div", *panels, class_="panels")])


def _panel(
    table: ReleasedTable, encode: Mapping[str, Any], group: str, rows: Sequence[int]
) -> Markup:
    months = column_of(table, encode["x"])
    rows = sorted(rows, key=lambda row: str(months[row]))
    numbers = numbers_of(table, encode["y"])
    scale = Scale.over([0.0, *(numbers[row] for row in rows)], most=4)
    step = 100 / max(len(rows), 1)
    middles = [step * (i + 0.5) for i in range(len(rows))]
    points = [
        (
            x,
            None if (n := numbers[row]) is None else FLOOR - (FLOOR - TOP) * scale.share(n),
        )
        for x, row in zip(middles, rows, strict=True)
    ]
    plot = tag(
        "svg",
        *levels(scale),
        *_gaps(points, step),
        *_strokes(points),
        *month_labels([months[row] for row in rows], middles),
        class_="plot",
        width="100%",
        height=PANEL,
        aria_hidden="true",
    )
    axis = tag(
        "svg",
        *level_labels(scale, table.fields[encode["y"]]),
        class_="y-axis",
        width=56,
        height=PANEL,
        aria_hidden="true",
    )
    title = tag("h4", group_title(group)) if group else None
    return tag(
        "div", title, tag("div", axis, plot, class_="panel"), *_named_gaps(table, encode, rows)
    )


def _gaps(points: Sequence[tuple[float, float | None]], step: float) -> Iterator[Markup]:
    for x, y in points:
        if y is None:
            yield tag(
                "rect",
                class_="gap",
                x=f"{x - step / 2:.2f}%",
                y=TOP,
                width=f"{step:.2f}%",
                height=FLOOR - TOP,
            )


def _strokes(points: Sequence[tuple[float, float | None]]) -> Iterator[Markup]:
    for (x1, y1), (x2, y2) in pairwise(points):
        if y1 is not None and y2 is not None:
            ends = {"x1": f"{x1:.2f}%", "x2": f"{x2:.2f}%", "y1": f"{y1:.1f}", "y2": f"{y2:.1f}"}
            yield tag("line", class_="stroke", **ends)
    for x, y in points:
        if y is not None:
            yield tag("circle", class_="dot", cx=f"{x:.2f}%", cy=f"{y:.1f}", r=2.5)


def _named_gaps(
    table: ReleasedTable, encode: Mapping[str, Any], rows: Sequence[int]
) -> Iterator[Markup]:
    months, y = column_of(table, encode["x"]), encode["y"]
    for marker, said in ((NOT_AVAILABLE, "No records for"), (HELD_BACK, "Held back for")):
        named = [
            words.write(months[row], "month") for row in rows if cell_text(table, row, y) == marker
        ]
        if named:
            yield tag("p", f"{said}: {', '.join(named)}.", class_="gap-note")
