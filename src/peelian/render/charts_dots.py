"""The definition table as a chart: dot, interval, and what others published."""

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render.charts_parts import (
    ROW,
    axis_row,
    column_of,
    gridlines,
    group_title,
    groups_of,
    interval_shapes,
    interval_words,
    numbers_of,
    track_row,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.render.tables import cell_text, heading
from peelian.results import Drawing

_PUBLISHED = ("published_low", "published_high")


def dots(release: Release, drawing: Drawing) -> Markup:
    """Return a dot and its interval a row, in a panel for each group, all on one scale.

    `encode`: label, value, low, high; group where there are panels (one for each denominator);
    published_low and published_high where others have published a range, shown pale behind; and
    spread: the words for what lies from low to high, where that is not a 95% interval. Rows that
    follow one another in a group stand in the table's order. Bounds have no value, but ends alone,
    and a range of their own behind: `behind` says what that is.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    parts = [part for part in ("value", "low", "high", *_PUBLISHED) if part in encode]
    numbers = {part: numbers_of(table, encode[part]) for part in parts}
    scale = Scale.over([n for column in numbers.values() for n in column])
    labels = column_of(table, encode["label"])
    panels = []
    for group, rows in groups_of(table, encode.get("group")):
        shown = [_row(table, encode, numbers, scale, row, str(labels[row])) for row in rows]
        panels.append(tag("h4", group_title(group)) if group else None)
        axis = axis_row(scale, table.fields[encode.get("value", encode["low"])])
        panels.append(tag("div", _lines_behind(scale), *shown, axis, class_="dot-rows"))
    key = _key(table, encode, any(_is_published(numbers, row) for row in range(len(labels))))
    return join([key, tag("div", *panels, class_="rows intervals")])


def _key(table: ReleasedTable, encode: Mapping[str, Any], published: bool) -> Markup:
    bar = tag("span", class_="key-published", aria_hidden="true")
    value, spread = encode.get("value"), encode.get("spread", "with its 95% interval")
    dot = tag("span", class_="key-dot" if value else "key-fit", aria_hidden="true")
    said = f" {heading(table.fields[value])} {spread}" if value else f" {spread}"
    behind = f" {encode.get('behind', 'what others have published')}"
    return tag(
        "p",
        tag("span", dot, said),
        tag("span", bar, behind) if published else None,
        class_="key-line key-items",
    )


def _is_published(numbers: Mapping[str, Sequence[float | None]], row: int) -> bool:
    return any(numbers[part][row] is not None for part in _PUBLISHED if part in numbers)


def _lines_behind(scale: Scale) -> Markup:
    """Return the scale's lines once for all rows of a panel: there may be dozens."""
    lines = tag("svg", gridlines(scale), width="100%", height="100%")
    return tag(
        "div", tag("span", lines, class_="track"), class_="row lines-behind", aria_hidden="true"
    )


def _row(
    table: ReleasedTable,
    encode: Mapping[str, Any],
    numbers: Mapping[str, Sequence[float | None]],
    scale: Scale,
    row: int,
    label: str,
) -> Markup:
    shapes: list[Markup] = []
    if _is_published(numbers, row):
        ends = [numbers[part][row] for part in _PUBLISHED if part in numbers]
        shapes += _published(scale, [end for end in ends if end is not None])
    value = numbers["value"][row] if "value" in numbers else None
    shapes += interval_shapes(scale, numbers["low"][row], value, numbers["high"][row])
    if "value" in encode:
        said = interval_words(table, row, encode["value"], encode["low"], encode["high"])
    else:
        said = " to ".join(cell_text(table, row, encode[end]) for end in ("low", "high"))
    return track_row(label, shapes, said)


def _published(scale: Scale, ends: Sequence[float]) -> list[Markup]:
    """Return a published range as a pale bar, and one published figure as a thick pale rule."""
    low, high = min(ends), max(ends)
    bar = {"y": 4, "height": ROW - 8}
    if high > low:
        wide = f"{100 * (scale.share(high) - scale.share(low)):.2f}%"
        return [tag("rect", class_="published", x=scale.at(low), width=wide, **bar)]
    at = {"x1": scale.at(low), "x2": scale.at(low)}
    return [tag("line", class_="published-one", y1=4, y2=ROW - 4, **at)]
