"""A release for a terminal: the answer first, then what to know, then its tables."""

from collections.abc import Iterable
from textwrap import wrap

from peelian.disclosure import Release, ReleasedTable
from peelian.render import words
from peelian.render.tables import HELD_BACK, cell_text, heading, is_number, shown
from peelian.results import Field

_WIDEST = 44  # characters of a column of words
_VERDICT = {True: "holds", False: "does not hold", None: "cannot tell"}


def as_text(release: Release, *, rows: int = 12, width: int = 100) -> str:
    """Return a release for a terminal.

    Args:
        release: The release.
        rows: The most rows to show of each table.
        width: The characters of a line.
    """
    made = release.provenance
    lines = [release.question, "", *wrap(words.say(release, release.answer), width), ""]
    for check in release.diagnostics:
        said = f"{_VERDICT[check.held]}: {check.name}. {words.say(release, check.says)}"
        lines += _item(said, width)
    for caveat in release.caveats:
        lines += _item(f"Read with care: {words.say(release, caveat)}", width)
    for table in release.tables.values():
        if not table.for_machine:
            lines += ["", table_text(table, rows=rows, width=width)]
    lines += [
        "",
        f"{made.analysis} · {made.period} · data as at {made.data_as_at or 'not known'} · "
        f"records {made.generation[:12]} · {release.sensitivity.name.lower()}",
    ]
    return "\n".join(lines)


def _item(text: str, width: int) -> list[str]:
    return wrap(text, width, initial_indent="  ", subsequent_indent="    ")


def table_text(table: ReleasedTable, *, rows: int = 20, width: int = 100) -> str:
    """Return a table for a terminal: its caption, as many columns as fit, and its first rows.

    Args:
        table: The table.
        rows: The most rows to show; what is left out is said.
        width: The characters of a line.
    """
    if table.data.num_rows == 1:
        return "\n".join([table.caption, *_down(table)])
    seen = range(min(rows, table.data.num_rows))
    columns = [
        _text_column(table.fields[n], [cell_text(table, row, n) for row in seen])
        for n in shown(table)
    ]
    fitting = _fitting(columns, width)
    lines = [table.caption, *("  ".join(cells).rstrip() for cells in zip(*fitting, strict=True))]
    lines += _left_out(table, len(seen), len(columns) - len(fitting))
    return "\n".join(lines)


def _down(table: ReleasedTable) -> list[str]:
    """Return the one row of a table down the page: a line for each column."""
    names = shown(table)
    wide = max(len(heading(table.fields[name])) for name in names)
    return [f"{heading(table.fields[name]):<{wide}}  {cell_text(table, 0, name)}" for name in names]


def _text_column(field: Field, cells: list[str]) -> list[str]:
    cells = [cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 1]}…" for cell in cells]
    wide = max(map(len, [field.label, *cells]))
    align = str.rjust if is_number(field) else str.ljust
    return [align(field.label, wide), "─" * wide, *(align(cell, wide) for cell in cells)]


def _fitting(columns: list[list[str]], width: int) -> list[list[str]]:
    used, fitting = 0, []
    for column in columns:
        used += len(column[0]) + 2
        if fitting and used > width + 2:
            break
        fitting.append(column)
    return fitting


def _left_out(table: ReleasedTable, rows: int, columns: int) -> Iterable[str]:
    if table.data.num_rows > rows:
        yield f"… {table.data.num_rows - rows:,} more rows"
    if columns:
        yield f"… {columns} more columns"
    if table.cells_held_back:
        yield f"{HELD_BACK} held back: {table.cells_held_back:,} cells"
