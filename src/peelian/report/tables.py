"""Tables of the page: the first rows as HTML, and all of them as data for its script."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from peelian.disclosure import ReleasedTable
from peelian.render import words
from peelian.render.html import Markup, tag
from peelian.render.tables import HELD_BACK, NOT_AVAILABLE, cell_text, heading, is_number, shown
from peelian.results import Form

SHORT = 30  # rows: a longer table is folded to its first rows
FIRST = 10
FEW = 4  # columns: one row of more is set down the page
WIDE = 8  # columns: a wider table is printed on its side
# How far a row can be trusted: not to be scrolled out of sight, so next to the row's name.
_BESIDE_THE_NAME = ("visitors", "rank_stability")


def display_order(table: ReleasedTable) -> tuple[str, ...]:
    """Return a table's columns as the page shows them.

    What names a row comes first, then what says how far to trust it, then the rest.
    """
    names = shown(table)
    leading = _naming(table)
    if leading:
        leading = (*leading, *(name for name in _BESIDE_THE_NAME if name in names))
    return (*leading, *(name for name in names if name not in leading))


def row_header(table: ReleasedTable) -> str:
    """Return the column that names a row: its first label where it has one key, else its key."""
    keys = [n for n in shown(table) if table.fields[n].role == "key"]
    leading = _naming(table)
    return leading[-1] if leading else (keys or shown(table))[0]


def _naming(table: ReleasedTable) -> tuple[str, ...]:
    """Return the label that names each row, after the row's place where a key is an order."""
    labels = [n for n in shown(table) if table.fields[n].role == "label"]
    keys = [n for n in shown(table) if table.fields[n].role == "key"]
    places = [n for n in keys if table.fields[n].form == "integer"]
    if not labels or (len(keys) != 1 and not places):
        return ()
    name = next((label for label in labels if label.endswith("name")), labels[0])
    return (*places[:1], name)


def table_html(table: ReleasedTable, name: str, file: str) -> Markup:
    """Return a table with its caption, its buttons, and what its columns mean.

    Args:
        table: The table.
        name: What the page calls it.
        file: The CSV beside the page that holds all of it.
    """
    columns, rows = display_order(table), table.data.num_rows
    if is_flat(table):
        return _flat_html(table, name, file)
    folded = rows > SHORT
    body = [_row(table, columns, row) for row in range(FIRST if folded else rows)]
    head = tag("tr", *(_heading(table, column, rows > 1) for column in columns))
    inner = tag(
        "table",
        _caption(table, name),
        tag("thead", head),
        tag("tbody", *body),
    )
    wide = "wide" if len(columns) > WIDE else None
    return tag(
        "div",
        _scroll(inner, name),
        _foot(table, folded, file),
        _notes(table, columns),
        id=name,
        class_=" ".join(filter(None, ("data-table", wide, "folded" if folded else None))),
        data_rows=rows,
    )


def is_flat(table: ReleasedTable) -> bool:
    """Say whether a table is one long row, which reads better down the page than across it."""
    names = shown(table)
    named = any(table.fields[name].role in {"key", "label"} for name in names)
    return table.data.num_rows == 1 and len(names) > FEW and not named


def _flat_html(table: ReleasedTable, name: str, file: str) -> Markup:
    rows = [
        tag(
            "tr",
            tag("th", field.label, scope="row"),
            tag("td", cell_text(table, 0, column), class_="num", data_column=column),
            tag("td", ". ".join(filter(None, (field.unit, field.note))), class_="note"),
        )
        for column in shown(table)
        for field in (table.fields[column],)
    ]
    heads = (
        tag("th", "What", scope="col"),
        tag("th", "Value", scope="col", class_="num"),
        tag("th", "Unit and meaning", scope="col"),
    )
    inner = tag(
        "table",
        _caption(table, name),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
    )
    return tag(
        "div", _scroll(inner, name), _foot(table, False, file), id=name, class_="data-table flat"
    )


def _caption(table: ReleasedTable, name: str) -> Markup:
    """Return a caption whose words can keep to what is in sight of a table wider than that."""
    return tag("caption", tag("span", table.caption), id=f"{name}-caption")


def _scroll(inner: Markup, name: str) -> Markup:
    """Return a table in a frame of its own that a keyboard can scroll."""
    return tag(
        "div", inner, class_="scroll", tabindex=0, role="group", aria_labelledby=f"{name}-caption"
    )


def _heading(table: ReleasedTable, column: str, sortable: bool) -> Markup:
    field = table.fields[column]
    unit = tag("span", field.unit, class_="unit") if field.unit else None
    inside: list[object] = [field.label, unit]
    if sortable:
        inside = [tag("button", *inside, type="button", class_="sort")]
    return tag(
        "th", *inside, scope="col", class_="num" if is_number(field) else None, data_column=column
    )


def _row(table: ReleasedTable, columns: tuple[str, ...], row: int) -> Markup:
    head = row_header(table)
    cells = [
        tag(
            "th" if column == head else "td",
            cell_text(table, row, column),
            scope="row" if column == head else None,
            class_="num" if is_number(table.fields[column]) else None,
        )
        for column in columns
    ]
    return tag("tr", *cells, data_row=row)


def _foot(table: ReleasedTable, folded: bool, file: str) -> Markup:
    rows = table.data.num_rows
    markers = []
    if table.cells_held_back:
        markers.append(f"{HELD_BACK} held back: {table.cells_held_back:,} cells. ")
    if any(table.data.column(n).null_count > _held(table, n) for n in shown(table)):
        markers.append(f"{NOT_AVAILABLE} not available. ")
    return tag(
        "p",
        tag("button", f"Show all {rows:,} rows", type="button", class_="all script")
        if folded
        else None,
        tag("button", "Save as shown (CSV)", type="button", class_="save script"),
        tag("span", f"The first {FIRST} of {rows:,} rows. ", class_="folded-note")
        if folded
        else None,
        tag("span", "Showing the others here needs scripts. ", class_="unscripted")
        if folded
        else None,
        *markers,
        "In full: ",
        tag("span", file, class_="file"),
        class_="table-foot",
    )


def _held(table: ReleasedTable, column: str) -> int:
    mask = table.held_back.get(column)
    return 0 if mask is None else int(mask.sum())


def _notes(table: ReleasedTable, columns: tuple[str, ...]) -> Markup | None:
    noted = [table.fields[c] for c in columns if table.fields[c].note]
    if not noted:
        return None
    pairs = [(tag("dt", heading(field)), tag("dd", field.note)) for field in noted]
    return tag(
        "details",
        tag("summary", "What the columns mean"),
        tag("dl", *(item for pair in pairs for item in pair)),
        class_="notes",
    )


def table_data(table: ReleasedTable, file: str) -> dict[str, Any]:
    """Return a table for the page's script, each number with the decimals it is shown with.

    Args:
        table: The table.
        file: The CSV beside the page, at full precision. What the page saves is rounded as it is
            shown, and so gets a name of its own.
    """
    stem = file.rsplit("/", 1)[-1].removesuffix(".csv")
    return {
        "caption": table.caption,
        "file": f"{stem}-as-shown.csv",
        "order": list(display_order(table)),
        "head": row_header(table),
        "columns": {name: _column_data(table, name) for name in shown(table)},
    }


def _column_data(table: ReleasedTable, name: str) -> dict[str, Any]:
    field, column = table.fields[name], table.data.column(name)
    data: dict[str, Any] = {"label": field.label, "unit": field.unit, "form": field.form}
    if is_number(field):
        data["v"] = [_short(value, field.form) for value in column.to_pylist()]
    else:
        data |= _text_data(column, field.form)
    if name in table.held_back:
        data["held"] = [int(row) for row in table.held_back[name].nonzero()[0]]
    return data


def _text_data(column: pa.ChunkedArray, form: Form) -> dict[str, Any]:
    """Return text as it is shown, with repeated words held once; months and days can be sorted."""
    values = [None if words.missing(v) else v for v in column.to_pylist()]
    written = [None if v is None else words.write(v, form) for v in values]
    keys = [None if v is None else str(v) for v in values] if form in {"month", "date"} else None
    if len(set(written)) * 3 > len(written) * 2:
        return {"v": written} if keys is None else {"sort": keys, "v": written}
    coded = pa.array(written, pa.string()).dictionary_encode()
    once = coded.dictionary.to_pylist()
    data: dict[str, Any] = {"d": once, "v": pc.fill_null(coded.indices, -1).to_pylist()}
    if keys is not None:  # of each of the words that are held once
        of = dict(zip(written, keys, strict=True))
        data["sort"] = [of[word] for word in once]
    return data


def _short(value: Any, form: Form) -> int | float | None:
    """Return a number rounded as it is shown, so that page and script write the same figures.

    One too small to show keeps its size, so that the script too can say that it is not nought.
    """
    if words.missing(value):
        return None
    if form == "percent":
        rounded = round(float(f"{100 * value:.1f}") / 100, 3)
    else:
        rounded = float(f"{value:.{words.DECIMALS[form]}f}")
    if value > 0 and not rounded:
        return float(f"{value:.1e}")
    return int(rounded) if rounded.is_integer() else rounded
