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
_FEW = 0.05  # a smaller share is left out where there is no room for many
_SHADES = 7
_EVERY = 3  # hours between those that are named
_BRIEF = 3  # letters of a name that a phone shows, where they tell names apart: "Mon"


def tiles(release: Release, drawing: Drawing) -> Markup:
    """Return a tile for each row and column of a grid, darker where there is more.

    `encode`: row (days of the week), column (hours) and value. Rows stand in the table's order and
    columns in their own, and what has none is left out; every third column is named where there
    are many.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    rows = list(dict.fromkeys(column_of(table, encode["row"])))
    # A row that has no column, such as incidents without an hour, has no tile: it is in the table.
    where = column_of(table, encode["column"])
    columns = sorted({column for column in where if column is not None})
    values = zip(numbers_of(table, encode["value"]), where, strict=True)
    scale = Scale.over([value for value, column in values if column is not None], most=_SHADES)
    at = _places(table, encode["row"], encode["column"])
    names = [words.write(name, table.fields[encode["row"]].form) for name in rows]
    brief = len({name[:_BRIEF] for name in names}) == len(names)
    lines = []
    for name, written in zip(rows, names, strict=True):
        cells = [at.get((name, column)) for column in columns]
        track = _tiles(table, encode, scale, cells)
        end = tag("span", written[_BRIEF:], class_="name-end" if brief else None)
        lines.append(_line([written[:_BRIEF], end], track))
    named = _named_columns(table, encode, columns)
    lines.append(_line(table.fields[encode["column"]].label, named, "tile-columns"))
    class_ = "tile-rows brief" if brief else "tile-rows"
    return join([_shades(table, encode, scale), tag("div", *lines, class_=class_)])


def _places(table: ReleasedTable, row: str, column: str) -> dict[tuple[Any, Any], int]:
    pairs = zip(column_of(table, row), column_of(table, column), strict=True)
    return {pair: i for i, pair in enumerate(pairs)}


def _line(label: object, track: Markup, class_: str = "") -> Markup:
    return tag(
        "div",
        tag("span", label, class_="tile-label"),
        tag("span", track, class_="track"),
        class_=f"tile-row {class_}".strip(),
    )


def _tiles(
    table: ReleasedTable, encode: Mapping[str, Any], scale: Scale, cells: Sequence[int | None]
) -> Markup:
    """Return a row of tiles: shades one wide and one high, stretched together to the row.

    Their size is said once for all of them, by the page's style.
    What is hatched stands beside them, since a stretched pattern would be no hatching.
    """
    numbers, wide = numbers_of(table, encode["value"]), 100 / max(len(cells), 1)
    shades, others = [], []
    for i, row in enumerate(cells):
        place = {"x": f"{i * wide:.2f}%", "width": f"{wide:.2f}%", "height": _TILE}
        held = row is not None and is_held(table, row, encode["value"])
        number = None if row is None else numbers[row]
        if row is None or (number is None and not held):
            others.append(tag("rect", class_="no-tile", **place))
            continue
        said = cell_text(table, row, encode["value"])
        names = [cell_text(table, row, encode[part]) for part in ("row", "column")]
        title = tag("title", f"{', '.join(names)}: {said}")
        if number is None:
            others.append(tag("rect", title, class_="gap", **place))
        else:
            class_ = f"s{_shade(scale, number)}"
            shades.append(tag("rect", title, class_=class_, x=i))
    box = {"viewBox": f"0 0 {len(cells)} 1", "preserveAspectRatio": "none"}
    return tag("svg", tag("svg", *shades, **box), *others, width="100%", height=_TILE)


def _shade(scale: Scale, number: float) -> int:
    """Return which shade a number has: the step of the scale that it stands in."""
    steps = len(scale.ticks) - 1
    step = min(int((number - scale.low) / scale.step + 1e-9), steps - 1)
    return round(step * (_SHADES - 1) / max(steps - 1, 1))


def _shades(table: ReleasedTable, encode: Mapping[str, Any], scale: Scale) -> Markup:
    """Return the key: each shade with the numbers it stands for."""
    field, ticks = table.fields[encode["value"]], scale.ticks
    lows = tick_labels(scale, field)
    highs = lows[1:]
    if field.form == "integer" and scale.step >= 1:  # whole numbers end before the next begins
        highs = [*(words.write(tick - 1, "integer") for tick in ticks[1:-1]), lows[-1]]
    items = [
        tag(
            "span",
            tag("span", class_=f"shade s{_shade(scale, tick)}", aria_hidden="true"),
            f" {low}" if low == high else f" {low} to {high}",
            class_="shade-item",
        )
        for tick, low, high in zip(ticks, lows, highs, strict=False)
    ]
    rows = range(table.data.num_rows)
    if any(is_held(table, row, encode["value"]) for row in rows):
        swatch = tag("span", class_="shade held", aria_hidden="true")
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

    `encode`: from, to, n, and share: the column of each row's share of its `from`, written where
    it is given; without it the counts are written. Cells are shaded by their share, or else by
    their part of what may be seen of their row. On a phone each `from` becomes a short list.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    starts, ends = (_sums(table, encode, part) for part in ("from", "to"))
    rows, columns = list(starts)[:MOST_ROWS], list(ends)[:MOST_COLUMNS]
    at = _places(table, encode["from"], encode["to"])
    body = [
        tag(
            "tr",
            tag("th", start, scope="row"),
            *(_flow(table, encode, at.get((start, end)), end, starts[start]) for end in columns),
        )
        for start in rows
    ]
    heads = [tag("th", *_corner(table, encode), scope="col")]
    heads += [tag("th", end, scope="col", class_="num") for end in columns]
    caption = tag("caption", _flow_caption(table, encode))
    grid = tag("table", caption, tag("thead", tag("tr", *heads)), tag("tbody", *body))
    few = f"Under {words.write(_FEW, 'percent')} of their row: left out on a narrow screen."
    more = len(starts) - len(rows) + len(ends) - len(columns)
    return join(
        [
            tag("div", grid, class_="flow-box"),
            tag("p", few, class_="small on-phone"),
            more_in_the_table(more, "rows and columns"),
        ]
    )


def _corner(table: ReleasedTable, encode: Mapping[str, Any]) -> tuple[object, ...]:
    down, across = table.fields[encode["from"]].label, table.fields[encode["to"]].label
    return f"{down} ↓", tag("br"), f"{across} →"


def _flow_caption(table: ReleasedTable, encode: Mapping[str, Any]) -> str:
    written = encode.get("share", encode["n"])
    return f"{table.caption}: {small_heading(table, written)}"


def _sums(table: ReleasedTable, encode: Mapping[str, Any], part: str) -> dict[str, float]:
    """Return the codes of one end with what may be seen of their records, the most first."""
    sums: dict[str, float] = {}
    numbers = numbers_of(table, encode["n"])
    for code, number in zip(column_of(table, encode[part]), numbers, strict=True):
        sums[str(code)] = sums.get(str(code), 0.0) + (number or 0.0)
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def _flow(
    table: ReleasedTable, encode: Mapping[str, Any], row: int | None, end: str, whole: float
) -> Markup:
    if row is None:
        return tag("td", "", class_="num none-flow", data_to=end)
    written = encode.get("share", encode["n"])
    number, of = numbers_of(table, written)[row], 1.0 if "share" in encode else whole
    class_ = "num"
    if is_held(table, row, written):
        class_ += " held-flow"
    elif number is not None and of:
        class_ += f" s{min(int(number / of * _SHADES), _SHADES - 1)}"
        class_ += " few" if number < _FEW * of else ""
    return tag("td", cell_text(table, row, written), class_=class_, data_to=end)
