"""The waterfall: from one total to another, what is added and what is taken away on the way."""

from collections.abc import Mapping
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render.charts_parts import (
    ROW,
    axis_row,
    column_of,
    gridlines,
    numbers_of,
    small_heading,
    track_row,
)
from peelian.render.html import Markup, join, tag
from peelian.render.scales import Scale
from peelian.render.tables import cell_text
from peelian.results import Drawing

_INSET = 5  # pixels from a row's edge to its bar


def waterfall(release: Release, drawing: Drawing) -> Markup:
    """Return a row for each step from the first total to the last.

    `encode`: label; total (what there is after the step); change (what the step adds, less than
    nought where it takes away). A row that has no change is a total of its own, drawn from zero.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    labels = column_of(table, encode["label"])
    totals, changes = (numbers_of(table, encode[part]) for part in ("total", "change"))
    befores = [
        None if total is None or change is None else total - change
        for total, change in zip(totals, changes, strict=True)
    ]
    scale = Scale.over([*totals, *befores])
    rows = []
    for row, label in enumerate(labels):
        shapes = [gridlines(scale), *_joins(scale, totals, row)]
        shapes += _bar(scale, befores[row], totals[row], is_total=_is_total(table, encode, row))
        said, kind = _said(table, encode, row, changes[row]), _kind(table, encode, row)
        rows.append(track_row(str(label), shapes, said, class_=kind))
    key = tag("p", f"{table.caption}: {small_heading(table, encode['total'])}", class_="key-line")
    axis = axis_row(scale, table.fields[encode["total"]])
    return join([key, tag("div", *rows, axis, class_="rows bars steps")])


def _is_total(table: ReleasedTable, encode: Mapping[str, Any], row: int) -> bool:
    """Say whether a row stands by itself: one whose change is held back does not."""
    mask = table.held_back.get(encode["change"])
    held = mask is not None and bool(mask[row])
    return numbers_of(table, encode["change"])[row] is None and not held


def _kind(table: ReleasedTable, encode: Mapping[str, Any], row: int) -> str:
    return "step-total" if _is_total(table, encode, row) else ""


def _said(table: ReleasedTable, encode: Mapping[str, Any], row: int, change: float | None) -> str:
    if _is_total(table, encode, row):
        return cell_text(table, row, encode["total"])
    plus = "+" if change is not None and change > 0 else ""
    return f"{plus}{cell_text(table, row, encode['change'])}"


def _bar(
    scale: Scale, before: float | None, total: float | None, *, is_total: bool
) -> list[Markup]:
    if total is None or (before is None and not is_total):
        return []
    start = 0.0 if before is None else before
    low, high = min(start, total), max(start, total)
    class_ = "bar" if is_total else "moved-in" if total >= start else "moved-out"
    wide = f"{100 * (scale.share(high) - scale.share(low)):.2f}%"
    return [
        tag("rect", class_=class_, x=scale.at(low), y=_INSET, width=wide, height=ROW - 2 * _INSET)
    ]


def _joins(scale: Scale, totals: list[float | None], row: int) -> list[Markup]:
    """Return the thin lines that lead the level before down to a row, and its own to the next.

    They reach beyond the row, so as to meet where a label takes two lines.
    """
    lines = []
    before = totals[row - 1] if row else None
    if before is not None:
        lines.append(_join(scale.at(before), -_INSET, _INSET))
    after = totals[row]
    if after is not None and row + 1 < len(totals):
        lines.append(_join(scale.at(after), ROW - _INSET, ROW + _INSET))
    return lines


def _join(at: str, top: float, bottom: float) -> Markup:
    return tag("line", class_="step-join", x1=at, x2=at, y1=top, y2=bottom)
