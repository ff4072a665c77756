"""Curves over a number: a panel for each, with its interval, and the others pale behind it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render.charts_parts import (
    FLOOR,
    group_title,
    groups_of,
    height_of,
    level_labels,
    levels,
    numbers_of,
    small_heading,
    stretched,
    tick_labels,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.results import Drawing

_TALLER = 30  # pixels above the height of a plain line's panel
_FLOOR = FLOOR + _TALLER
_HIGH = _FLOOR + 44
_FEW = 4  # steps across a panel that a phone has room for

Curve = list[tuple[float, float]]  # per cent across, pixels down


def curves(release: Release, drawing: Drawing) -> Markup:
    """Return a panel for each group, all on the same two scales, with the other groups behind.

    `encode`: x and y, both numbers; group; low and high, where y has an interval; spread, the words
    for it where it is not a 95% interval. What may not be seen is not drawn: the curve stops there.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    groups = groups_of(table, encode.get("group"))
    sheet = _Sheet(table, encode)
    panels = [_panel(sheet, title, rows, groups) for title, rows in groups]
    alone = "panels alone" if len(groups) == 1 else "panels"
    return join([_key(table, encode, many=len(groups) > 1), tag("div", *panels, class_=alone)])


class _Sheet:
    """A table's columns, and where on every panel its numbers stand."""

    def __init__(self, table: ReleasedTable, encode: Mapping[str, Any]) -> None:
        self.table, self.encode = table, encode
        self.x = numbers_of(table, encode["x"])
        parts = [part for part in ("y", "low", "high") if part in encode]
        self.columns = {part: numbers_of(table, encode[part]) for part in parts}
        self.across = Scale.over(self.x, most=_FEW)
        self.down = Scale.over([n for column in self.columns.values() for n in column], most=5)

    def runs(self, part: str, rows: Sequence[int]) -> list[Curve]:
        """Return a curve's stretches from left to right, broken where nothing may be seen."""
        column, runs = self.columns[part], [[]]
        for row in sorted(rows, key=lambda row: (self.x[row] is None, self.x[row] or 0.0)):
            x, y = self.x[row], column[row]
            if x is not None and y is not None:
                at = height_of(self.down, y, floor=_FLOOR)
                runs[-1].append((100 * self.across.share(x), at))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]


def _panel(
    sheet: _Sheet, title: str, rows: Sequence[int], groups: Sequence[tuple[str, Sequence[int]]]
) -> Markup:
    others = "".join(_path(sheet.runs("y", theirs)) for name, theirs in groups if name != title)
    own = sheet.runs("y", rows)
    plot = tag(
        "svg",
        *levels(sheet.down, floor=_FLOOR),
        stretched(_ribbon(sheet, rows), "ribbon", high=_HIGH) if "low" in sheet.columns else None,
        stretched(others, "others", high=_HIGH) if others else None,
        stretched(_path(own), "fit", high=_HIGH),
        *_dots(own),
        *_numbers(sheet),
        class_="plot",
        width="100%",
        height=_HIGH,
        aria_hidden="true",
    )
    field = sheet.table.fields[sheet.encode["y"]]
    labels = level_labels(sheet.down, field, floor=_FLOOR)
    axis = tag("svg", *labels, class_="y-axis", width=56, height=_HIGH, aria_hidden="true")
    heading = tag("h4", group_title(title)) if title else None
    return tag("div", heading, tag("div", axis, plot, class_="panel"))


def _path(runs: Sequence[Curve]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.5g} {y:.1f}" for x, y in (run if len(run) > 1 else run * 2))
        for run in runs
    )


def _ribbon(sheet: _Sheet, rows: Sequence[int]) -> str:
    known = [
        row for row in rows if all(sheet.columns[end][row] is not None for end in ("low", "high"))
    ]
    lows, highs = (sheet.runs(end, known) for end in ("low", "high"))
    return "".join(
        "M" + "L".join(f"{x:.5g} {y:.1f}" for x, y in [*low, *reversed(high)]) + "z"
        for low, high in zip(lows, highs, strict=True)
    )


def _dots(runs: Sequence[Curve]) -> Iterator[Markup]:
    """Yield a dot for each number, unless they are so many as to be a line of their own."""
    points = [point for run in runs for point in run]
    if len(points) <= 12:
        for x, y in points:
            yield tag("circle", class_="dot", cx=f"{x:.2f}%", cy=f"{y:.1f}", r=3.5)


def _numbers(sheet: _Sheet) -> Iterator[Markup]:
    """Yield the numbers under a panel, and what they are."""
    ticks = sheet.across.ticks
    last = len(ticks) - 1
    labels = tick_labels(sheet.across, sheet.table.fields[sheet.encode["x"]])
    for i, (tick, label) in enumerate(zip(ticks, labels, strict=True)):
        anchor = "start" if i == 0 else "end" if i == last else "middle"
        yield tag("text", label, x=sheet.across.at(tick), y=_FLOOR + 18, text_anchor=anchor)
    said = sheet.table.fields[sheet.encode["x"]].label
    yield tag("text", said, x="50%", y=_FLOOR + 36, text_anchor="middle")


def _key(table: ReleasedTable, encode: Mapping[str, Any], *, many: bool) -> Markup:
    parts = [("key-fit", small_heading(table, encode["y"]))]
    if "low" in encode:
        parts.append(("key-ribbon", encode.get("spread", "its 95% interval")))
    if many:
        parts.append(("key-others", "the others"))
    items = [
        tag("span", tag("span", class_=class_, aria_hidden="true"), f" {said}")
        for class_, said in parts
    ]
    same = " All panels have the same scales." if many else ""
    return tag("p", tag("span", f"{table.caption}.{same}"), *items, class_="key-line key-items")
