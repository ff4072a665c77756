"""Grids: the hours of a week as tiles, and what was opened as one code and closed as another."""

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render import words
from peelian.render.charts_parts import (
    column_of,
    is_held,
    more_in_the_table,
    numbers_of,
    small_heading,
    tick_labels,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.render.tables import cell_text
from peelian.results import Drawing

MOST_ROWS, MOST_COLUMNS = 12, 8
_TILE = 24  # pixels
_SHADES = 7
_EVERY = 3  # hours between those that are named


def tiles(release: Release, drawing: Drawing) -> Markup:
    """Return a tile for each row and column of a grid, darker where there is more.

    `encode`: row (days of the week), column (hours) and value. Rows stand in the table's order and
    columns in their own; every third column is named where there are many.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    rows = list(dict.fromkeys(column_of(table, encode["row"])))
    columns = sorted(set(column_of(table, encode["column"])))
    scale = Scale.over(numbers_of(table, encode["value"]), most=_SHADES)
    at = _places(table, encode["row"], encode["column"])
    lines = []
    for name in rows:
        cells = [at.get((name, column)) for column in columns]
        track = tag("svg", *_tiles(table, encode, scale, cells), width="100%", height=_TILE)
        lines.append(_line(words.write(name, table.fields[encode["row"]].form), track))
    lines.append(_line("", _named_columns(table, encode, columns)))
    return join([_shades(table, encode, scale), tag("div", *lines, class_="tile-rows")])


def _places(table: ReleasedTable, row: str, column: str) -> dict[tuple[Any, Any], int]:
    pairs = zip(column_of(table, row), column_of(table, column), strict=True)
    return {pair: i for i, pair in enumerate(pairs)}


def _line(label: str, track: Markup) -> Markup:
    return tag(
        "div",
        tag("span", label, class_="tile-label"),
        tag("span", track, class_="track"),
        class_="tile-row",
    )


def _tiles(
    table: ReleasedTable, encode: Mapping[str, Any], scale: Scale, cells: Sequence[int | None]
) -> list[Markup]:
    numbers, wide = numbers_of(table, encode["value"]), 100 / max(len(cells), 1)
    made = []
    for i, row in enumerate(cells):
        place = {"x": f"{i * wide:.2f}%", "width": f"{wide:.2f}%", "height": _TILE}
        if row is None or (numbers[row] is None and not is_held(table, row, encode["value"])):
            made.append(tag("rect", class_="no-tile", **place))
            continue
        number = numbers[row]
        class_ = "gap" if number is None else f"s{_shade(scale, number)}"
        said = cell_text(table, row, encode["value"])
        names = [cell_text(table, row, encode[part]) for part in ("row", "column")]
        title = tag("title", f"{', '.join(names)}: {said}")
        made.append(tag("rect", title, class_=class_, **place))
    return made


def _shade(scale: Scale, number: float) -> int:
    """Return which shade a number has: the step of the scale that it stands in."""
    steps = len(scale.ticks) - 1
    step = min(int((number - scale.low) / scale.step + 1e-9), steps - 1)
    return round(step * (_SHADES - 1) / max(steps - 1, 1))


def _shades(table: ReleasedTable, encode: Mapping[str, Any], scale: Scale) -> Markup:
    """Return the key: each shade with the numbers it stands for."""
    labels = tick_labels(scale, table.fields[encode["value"]])
    shades = [_shade(scale, tick) for tick in scale.ticks[:-1]]
    items = [
        tag(
            "span",
            tag("span", class_=f"shade s{shade}", aria_hidden="true"),
            f" {low} to {high}",
            class_="shade-item",
        )
        for shade, low, high in zip(shades, labels, labels[1:], strict=False)
    ]
    rows = range(table.data.num_rows)
    if any(is_held(table, row, encode["value"]) for row in rows):
        swatch = tag("span", class_="shade striped", aria_hidden="true")
        items.append(tag("span", swatch, " held back", class_="shade-item"))
    said = f"{table.caption}: {small_heading(table, encode['value'])}"
    return join([tag("p", said, class_="key-line"), tag("p", *items, class_="shades")])


def _named_columns(
    table: ReleasedTable, encode: Mapping[str, Any], columns: Sequence[Any]
) -> Markup:
    form = table.fields[encode["column"]].form
    every = _EVERY if len(columns) > MOST_ROWS else 1
    texts = [
        tag(
            "text",
            words.write(column, form),
            x=f"{100 * (i + 0.5) / len(columns):.2f}%",
            y=16,
            text_anchor="middle",
        )
        for i, column in enumerate(columns)
        if i % every == 0
    ]
    return tag("svg", *texts, width="100%", height=_TILE, aria_hidden="true")


def flows(release: Release, drawing: Drawing) -> Markup:
    """Return a table of where each code led: rows for the codes it opened with, the most first.

    `encode`: from, to, n, and share: the column of each row's share of its `from`, written and
    shaded where it is given; without it the counts are written. On a phone each `from` becomes a
    short list.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    starts, ends = (_largest(table, encode, part) for part in ("from", "to"))
    shown = starts[:MOST_ROWS], ends[:MOST_COLUMNS]
    at = _places(table, encode["from"], encode["to"])
    body = [
        tag(
            "tr",
            tag("th", start, scope="row"),
            *(_flow(table, encode, at.get((start, end)), end) for end in shown[1]),
        )
        for start in shown[0]
    ]
    heads = [tag("th", _corner(table, encode), scope="col")]
    heads += [tag("th", end, scope="col", class_="num") for end in shown[1]]
    caption = tag("caption", _flow_caption(table, encode))
    grid = tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *body))
    more = len(starts) - len(shown[0]) + len(ends) - len(shown[1])
    return join([tag("div", grid, class_="flow-box"), more_in_the_table(more, "rows and columns")])


def _corner(table: ReleasedTable, encode: Mapping[str, Any]) -> str:
    return f"{table.fields[encode['from']].label} ↓ {table.fields[encode['to']].label} →"


def _flow_caption(table: ReleasedTable, encode: Mapping[str, Any]) -> str:
    written = encode.get("share", encode["n"])
    return f"{table.caption}: {small_heading(table, written)}"


def _largest(table: ReleasedTable, encode: Mapping[str, Any], part: str) -> list[str]:
    """Return the codes of one end by their records, the most first."""
    sums: dict[str, float] = {}
    numbers = numbers_of(table, encode["n"])
    for code, number in zip(column_of(table, encode[part]), numbers, strict=True):
        sums[str(code)] = sums.get(str(code), 0.0) + (number or 0.0)
    return sorted(sums, key=lambda code: -sums[code])


def _flow(table: ReleasedTable, encode: Mapping[str, Any], row: int | None, end: str) -> Markup:
    if row is None:
        return tag("td", "", class_="num none-flow", data_to=end)
    written = encode.get("share", encode["n"])
    share = numbers_of(table, encode["share"])[row] if "share" in encode else None
    shade = "" if share is None else f" s{min(int(share * _SHADES), _SHADES - 1)}"
    held = " held-flow" if is_held(table, row, written) else ""
    said = cell_text(table, row, written)
    return tag("td", said, class_=f"num{shade}{held}", data_to=end)
