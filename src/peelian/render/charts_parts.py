"""What charts share: rows of a label, a track and a figure; axes; months written under a panel."""

from collections.abc import Iterator, Sequence
from typing import Any

from peelian.disclosure import ReleasedTable
from peelian.render import words
from peelian.render.html import Markup, tag
from peelian.render.scales import Scale
from peelian.render.tables import HELD_BACK, cell_text, heading
from peelian.results import Field

ROW = 26  # pixels
PANEL, TOP, FLOOR = 150, 10, 122  # of a panel through time: its height, and where its scale ends
_FEW_TICKS = 4  # steps of a scale whose numbers a phone has room for
_MONTH_ROOM = 20  # per cent of a panel's width that "Feb 2022" needs where panels are narrowest


def column_of(table: ReleasedTable, name: str) -> list[Any]:
    """Return a column's values; None where nothing may be seen."""
    return table.data.column(name).to_pylist()


def numbers_of(table: ReleasedTable, name: str) -> list[float | None]:
    """Return a column's numbers; None where none may be seen."""
    return [None if words.missing(v) else float(v) for v in column_of(table, name)]


def groups_of(table: ReleasedTable, name: str | None) -> list[tuple[str, list[int]]]:
    """Return the rows of each group, in the order the groups come; one without a name, if none."""
    if name is None:
        return [("", list(range(table.data.num_rows)))]
    groups: dict[str, list[int]] = {}
    for row, group in enumerate(column_of(table, name)):
        groups.setdefault(str(group), []).append(row)
    return list(groups.items())


def small_heading(table: ReleasedTable, name: str) -> str:
    """Return a column's heading as it stands within a sentence; one in capitals stays so."""
    said = heading(table.fields[name])
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]


def group_title(group: str) -> str:
    """Return a group's name as a heading."""
    return group[:1].upper() + group[1:]


def is_held(table: ReleasedTable, row: int, name: str) -> bool:
    """Say whether a cell was held back, and so is drawn as held back."""
    return cell_text(table, row, name) == HELD_BACK


def is_yes(table: ReleasedTable, row: int, name: str) -> bool:
    """Say whether a cell of a yes-or-no column may be seen to say yes."""
    return cell_text(table, row, name) == "yes"


def track_row(label: str, shapes: Sequence[Markup], said: str, *, class_: str = "") -> Markup:
    """Return a row: its label, what is drawn, and its figure in words."""
    track = tag("svg", *shapes, width="100%", height=ROW, aria_hidden="true")
    return tag(
        "div",
        tag("span", label, class_="row-label"),
        tag("span", track, class_="track"),
        tag("span", said, class_="row-value"),
        class_=f"row {class_}".strip(),
    )


def set_row(label: object, track: Markup, *, class_: str = "") -> Markup:
    """Return a row of a matrix: its label, and what is drawn under the columns above."""
    return tag(
        "div",
        tag("span", label, class_="set-label"),
        tag("span", track, class_="track"),
        class_=f"set-row {class_}".strip(),
    )


def gridlines(scale: Scale) -> Markup:
    """Return all lines of a scale across a row, as one shape: light where rows are many.

    They reach a little beyond it, so as to meet the next row's where a label takes two lines.
    """
    path = "".join(f"M{100 * scale.share(t):.4g} -.2v1.4" for t in scale.ticks)
    return stretched(path, "gridline")


def stretched(path: str, class_: str, *, wide: float = 100, high: float = 1) -> Markup:
    """Return one path that fills whatever holds it, while its strokes keep their width.

    Args:
        path: The path's data, from 0 to `wide` across and from 0 to `high` down.
        class_: Of the path.
        wide: What is drawn as the whole width.
        high: What is drawn as the whole height.
    """
    shape = tag("path", class_=class_, d=path)
    box = f"0 0 {wide:g} {high:g}"
    return tag("svg", shape, class_="stretched", viewBox=box, preserveAspectRatio="none")


def interval_shapes(
    scale: Scale, low: float | None, value: float | None, high: float | None
) -> list[Markup]:
    """Return a dot on its interval, for a row; whatever of it is known."""
    shapes = []
    if low is not None and high is not None:
        ends = {"x1": scale.at(low), "x2": scale.at(high)}
        shapes.append(tag("line", class_="interval", y1=ROW / 2, y2=ROW / 2, **ends))
    if value is not None:
        shapes.append(tag("circle", class_="dot", cx=scale.at(value), cy=ROW / 2, r=4.5))
    return shapes


def interval_words(table: ReleasedTable, row: int, value: str, low: str, high: str) -> str:
    """Return a figure in words with its interval, where that may be seen."""
    said, *ends = (cell_text(table, row, name) for name in (value, low, high))
    if any(words.missing(table.data.column(name)[row].as_py()) for name in (low, high)):
        return said
    return f"{said} ({ends[0]} to {ends[1]})"


def more_in_the_table(rows: int, of: str = "") -> Markup | None:
    """Return how many rows are not drawn, where any are not."""
    said = f"{rows:,} more {of}".rstrip()
    return tag("p", f"{said} are in the table.", class_="small") if rows > 0 else None


def tick_labels(scale: Scale, field: Field) -> list[str]:
    """Return a scale's numbers, as the field writes its own: a share as per cent."""
    if field.form == "percent":
        shown = Scale(*(100 * n for n in (scale.low, scale.high, scale.step)))
        return [f"{shown.label(100 * tick)}%" for tick in scale.ticks]
    return [scale.label(tick) for tick in scale.ticks]


def axis_row(scale: Scale, field: Field) -> Markup:
    """Return a row with a scale's numbers; a phone shows every other one of many, nought always."""
    last = len(scale.ticks) - 1
    many, nought = last > _FEW_TICKS, round(-scale.low / scale.step)
    texts = [
        tag(
            "text",
            label,
            x=scale.at(tick),
            y=14,
            text_anchor="start" if i == 0 else "end" if i == last else "middle",
            class_="every-other" if many and (i - nought) % 2 else None,
        )
        for i, (tick, label) in enumerate(zip(scale.ticks, tick_labels(scale, field), strict=True))
    ]
    return track_row("", [tag("g", *texts, class_="axis")], "")


def height_of(scale: Scale, number: float, *, top: float = TOP, floor: float = FLOOR) -> float:
    """Return how far down a panel a number stands, in pixels."""
    return floor - (floor - top) * scale.share(number)


def levels(scale: Scale, *, top: float = TOP, floor: float = FLOOR) -> Iterator[Markup]:
    """Yield a scale's lines across a panel."""
    for tick in scale.ticks:
        y = f"{height_of(scale, tick, top=top, floor=floor):.1f}"
        yield tag("line", class_="gridline", x1=0, x2="100%", y1=y, y2=y)


def level_labels(
    scale: Scale, field: Field, *, top: float = TOP, floor: float = FLOOR
) -> Iterator[Markup]:
    """Yield a scale's numbers beside a panel."""
    for tick, label in zip(scale.ticks, tick_labels(scale, field), strict=True):
        y = f"{height_of(scale, tick, top=top, floor=floor) + 4:.1f}"
        yield tag("text", label, x=50, y=y, text_anchor="end")


def month_labels(
    months: Sequence[Any], middles: Sequence[float], *, floor: float = FLOOR
) -> Iterator[Markup]:
    """Write the first month, the last, and between them what a narrow panel has room for."""
    last = len(months) - 1
    for i in sorted({0, last, *_months_between(months, middles)} if months else ()):
        anchor = "start" if i == 0 else "end" if i == last else "middle"
        word, year = words.write(months[i], "month").split()
        at = 0 if i == 0 else 100 if i == last else middles[i]
        yield tag(
            "text",
            f"{word[:3]} {year}",
            x=f"{at:.2f}%",
            y=floor + 18,
            text_anchor=anchor,
            class_="between" if 0 < i < last else None,
        )


def _months_between(months: Sequence[Any], middles: Sequence[float]) -> list[int]:
    """Return the Januaries that have room, or else the month in the middle if that has."""
    free, end = _MONTH_ROOM * 1.55, 100 - _MONTH_ROOM * 1.55  # clear of the first and last
    chosen: list[int] = []
    for i, at in enumerate(middles):
        if str(months[i])[5:7] == "01" and free <= at <= end:
            chosen.append(i)
            free = at + _MONTH_ROOM * 1.1
    middle = len(months) // 2
    if not chosen and free <= middles[middle] <= end:
        chosen.append(middle)
    return chosen
