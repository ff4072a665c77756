"""A series through time with its fit: points, interval, marked points, gaps, dates that matter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render import words
from peelian.render.charts_parts import (
    FLOOR,
    TOP,
    column_of,
    group_title,
    groups_of,
    height_of,
    is_held,
    is_yes,
    level_labels,
    levels,
    month_labels,
    numbers_of,
    small_heading,
    stretched,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.results import Drawing

_TALLER = 48  # pixels above the height of a plain line's panel
_HIGH, _FLOOR = FLOOR + _TALLER + 28, FLOOR + _TALLER


def bands(release: Release, drawing: Drawing) -> Markup:
    """Return a panel for each group: points as recorded, the fit, and its interval as a ribbon.

    `encode`: x (months or days); y; fitted, low and high where there is a fit; group; mark: a
    yes-or-no column, yes for points to be ringed; rules: pairs of a date, written as x is, and
    what happened then; and spread: the words for the ribbon, where it is not a 95% interval.
    Panels share the time they span and have each their own scale, from zero. A month or day that
    has no row is missing, like one whose row has no number.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    span = _Span(table, encode)
    groups = groups_of(table, encode.get("group"))
    panels = [_panel(table, encode, span, group, rows) for group, rows in groups]
    alone = "panels alone" if len(groups) == 1 else "panels"
    key = _key(table, encode, panels=len(groups))
    return join([key, tag("div", *panels, class_=alone), *_rule_notes(encode)])


class _Span:
    """The time that all panels span, and where a moment stands in it."""

    def __init__(self, table: ReleasedTable, encode: Mapping[str, Any]) -> None:
        self.monthly = table.fields[encode["x"]].form == "month"
        places = sorted({self.place(x) for x in column_of(table, encode["x"])}) or [0]
        self.step = min((b - a for a, b in pairwise(places)), default=1)
        self.first = places[0]
        self.count = (places[-1] - self.first) // self.step + 1

    @property
    def places(self) -> range:
        """Return every place of the span, those without a row too."""
        return range(self.first, self.first + self.count * self.step, self.step)

    def place(self, moment: object) -> int:
        """Return a moment as a number: of months, or of days."""
        year, month, *day = (int(part) for part in str(moment)[:10].split("-"))
        return 12 * year + month - 1 if self.monthly else date(year, month, *day or [1]).toordinal()

    def moment(self, place: int) -> str:
        """Return what a place is the number of."""
        if self.monthly:
            return f"{place // 12}-{place % 12 + 1:02}"
        return date.fromordinal(place).isoformat()

    def at(self, place: int) -> float:
        """Return where a place stands, in per cent."""
        return 100 * ((place - self.first) / self.step + 0.5) / self.count


def _panel(
    table: ReleasedTable, encode: Mapping[str, Any], span: _Span, group: str, rows: Sequence[int]
) -> Markup:
    times = column_of(table, encode["x"])
    at_place = {span.place(times[row]): row for row in rows}
    there = [at_place.get(place) for place in span.places]  # a row, or nothing at all
    parts = [part for part in ("y", "fitted", "low", "high") if part in encode]
    columns = {part: numbers_of(table, encode[part]) for part in parts}
    scale = Scale.over([column[row] for column in columns.values() for row in rows], most=5)
    middles = [span.at(place) for place in span.places]

    def points(part: str) -> list[tuple[float, float | None]]:
        column = columns.get(part)
        numbers = [column[row] if column and row is not None else None for row in there]
        return [(x, _height(scale, n)) for x, n in zip(middles, numbers, strict=True)]

    plot = tag(
        "svg",
        *levels(scale, floor=_FLOOR),
        *_gaps(points("y"), 100 / span.count),
        *_rules(encode, span),
        stretched(_ribbon(points("low"), points("high")), "ribbon", high=_HIGH),
        stretched(_path(points("fitted")), "fit", high=_HIGH),
        stretched(_dots(points("y")), "points", high=_HIGH),
        *_marks(table, encode, there, points("y")),
        *month_labels([span.moment(place) for place in span.places], middles, floor=_FLOOR),
        class_="plot",
        width="100%",
        height=_HIGH,
        aria_hidden="true",
    )
    labels = level_labels(scale, table.fields[encode["y"]], floor=_FLOOR)
    axis = tag("svg", *labels, class_="y-axis", width=56, height=_HIGH, aria_hidden="true")
    return tag(
        "div",
        tag("h4", group_title(group)) if group else None,
        tag(
            "div", tag("div", axis, plot, class_="panel"), *_named_gaps(table, encode, span, there)
        ),
    )


def _height(scale: Scale, number: float | None) -> float | None:
    return None if number is None else height_of(scale, number, floor=_FLOOR)


def _runs(points: Sequence[tuple[float, float | None]]) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches without a gap."""
    run: list[tuple[float, float]] = []
    for x, y in points:
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    return "".join(
        "M" + "L".join(f"{x:.5g} {y:.1f}" for x, y in (run if len(run) > 1 else run * 2))
        for run in _runs(points)
    )


def _ribbon(
    low: Sequence[tuple[float, float | None]], high: Sequence[tuple[float, float | None]]
) -> str:
    both = [(x, None if b is None else a) for (x, a), (_, b) in zip(low, high, strict=True)]
    tops = {x: y for x, y in high if y is not None}
    shapes = []
    for run in _runs(both):
        there = [f"{x:.5g} {y:.1f}" for x, y in run]
        back = [f"{x:.5g} {tops[x]:.1f}" for x, _ in reversed(run)]
        shapes.append(f"M{'L'.join([*there, *back])}z")
    return "".join(shapes)


def _dots(points: Sequence[tuple[float, float | None]]) -> str:
    return "".join(f"M{x:.5g} {y:.1f}h0" for x, y in points if y is not None)


def _gaps(points: Sequence[tuple[float, float | None]], step: float) -> Iterator[Markup]:
    for x, y in points:
        if y is None:
            place = {"x": f"{x - step / 2:.2f}%", "width": f"{step:.2f}%"}
            yield tag("rect", class_="gap", y=TOP, height=_FLOOR - TOP, **place)


def _rules(encode: Mapping[str, Any], span: _Span) -> Iterator[Markup]:
    for moment, _ in encode.get("rules", ()):
        at = span.at(span.place(moment))
        if 0 <= at <= 100:
            x = f"{at:.2f}%"
            yield tag("line", class_="reference", x1=x, x2=x, y1=TOP, y2=_FLOOR)


def _marks(
    table: ReleasedTable,
    encode: Mapping[str, Any],
    rows: Sequence[int | None],
    points: Sequence[tuple[float, float | None]],
) -> Iterator[Markup]:
    if "mark" not in encode:
        return
    for row, (x, y) in zip(rows, points, strict=True):
        if row is not None and y is not None and is_yes(table, row, encode["mark"]):
            yield tag("circle", class_="ring", cx=f"{x:.2f}%", cy=f"{y:.1f}", r=6)


def _key(table: ReleasedTable, encode: Mapping[str, Any], *, panels: int) -> Markup:
    parts = [("key-point", small_heading(table, encode["y"]))]
    if "fitted" in encode:
        parts.append(("key-fit", small_heading(table, encode["fitted"])))
    if "low" in encode:
        parts.append(("key-ribbon", encode.get("spread", "its 95% interval")))
    if "mark" in encode and _any_marked(table, encode):
        parts.append(("key-ring", small_heading(table, encode["mark"])))
    items = [
        tag("span", tag("span", class_=class_, aria_hidden="true"), f" {said}")
        for class_, said in parts
    ]
    own = " Each panel has its own scale, from zero." if panels > 1 else ""
    return tag("p", tag("span", f"{table.caption}.{own}"), *items, class_="key-line key-items")


def _any_marked(table: ReleasedTable, encode: Mapping[str, Any]) -> bool:
    return any(is_yes(table, row, encode["mark"]) for row in range(table.data.num_rows))


def _rule_notes(encode: Mapping[str, Any]) -> Iterator[Markup]:
    for moment, said in encode.get("rules", ()):
        rule = tag("span", class_="key-rule", aria_hidden="true")
        yield tag("p", rule, f" {_written(str(moment))}: {said}", class_="rule-note")


def _written(moment: str) -> str:
    return words.write(moment, "date" if moment.count("-") > 1 else "month")


def _named_gaps(
    table: ReleasedTable, encode: Mapping[str, Any], span: _Span, there: Sequence[int | None]
) -> Iterator[Markup]:
    """Name what is missing and what is held back, months that follow one another as one stretch."""
    numbers = numbers_of(table, encode["y"])
    missing: list[list[int]] = []
    held: list[list[int]] = []
    for place, row in zip(span.places, there, strict=True):
        if row is not None and numbers[row] is not None:
            continue
        kind = held if row is not None and is_held(table, row, encode["y"]) else missing
        if kind and kind[-1][-1] == place - span.step:
            kind[-1].append(place)
        else:
            kind.append([place])
    for stretches, said in ((missing, "No records for"), (held, "Held back for")):
        named = [
            " to ".join(_written(span.moment(place)) for place in dict.fromkeys((s[0], s[-1])))
            for s in stretches
        ]
        if named:
            yield tag("p", f"{said}: {', '.join(named)}.", class_="gap-note")
