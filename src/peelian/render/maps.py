"""Maps: areas in classes, of two measures or of one column, packed for the page's own drawing."""

from collections.abc import Mapping, Sequence
from typing import Any

from peelian.disclosure import Release
from peelian.render import words
from peelian.render.charts import LOW_TO_HIGH
from peelian.render.html import Markup, join, tag
from peelian.render.outlines import Outlines, pack
from peelian.results import Drawing, Field

STEADY = 0.8  # an area whose class fewer draws than this keep is drawn striped


def map_data(release: Release, drawing: Drawing, table_ids: dict[str, str]) -> dict[str, Any]:
    """Return what the page's script needs to draw an `area_map`.

    `encode`: area, name, row, column, stable, targets (a table of chosen areas, with `area_code`
    and, where they have them, `cluster` and `rank`), detail (columns shown for one area) and
    district (a column; `district` where there is one). Instead of row and column it may have
    class (a column) and classes (each value of it, with which of the map's nine colours, in the
    order of the key).

    Args:
        release: The release.
        drawing: One of its maps.
        table_ids: What the page calls each table.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    outlines = Outlines.read(release.tables[drawing.outlines])
    packed = pack(outlines)
    row_of = {code: i for i, code in enumerate(table.data.column(encode["area"]).to_pylist())}
    district = encode.get("district", "district")
    targets = encode.get("targets")
    return {
        "table": table_ids[drawing.table],
        "outline": {
            "bytes": packed.bytes,
            "arcs": packed.arcs,
            "origin": packed.origin,
            "step": packed.step,
        },
        "rows": [row_of.get(code, -1) for code in outlines.codes],
        "code": encode["area"],
        "name": encode["name"],
        "row": encode.get("row"),
        "column": encode.get("column"),
        "class": encode.get("class"),
        "classes": encode.get("classes"),
        "order": LOW_TO_HIGH,
        "stable": encode.get("stable"),
        "steady": STEADY,
        "district": district if district in table.fields else None,
        "detail": list(encode.get("detail", ())),
        "targets": table_ids.get(targets) if targets else None,
    }


def area_map(release: Release, drawing: Drawing, name: str, files: Mapping[str, str]) -> Markup:
    """Return the map's frame: its controls, its key, and where it is drawn.

    Without scripts there is no map: its frame stays away, and words say where its figures lie.

    Args:
        release: The release.
        drawing: One of its maps.
        name: What the page calls this map.
        files: The CSV beside the page that holds each table.
    """
    table, encode = release.tables[drawing.table], drawing.encode
    said = f"Map: {words.say(release, drawing.title)}. {words.say(release, drawing.alt)}"
    chosen = release.tables.get(encode.get("targets", ""))
    listed = chosen.caption if chosen else None
    help_id = f"{name}-help"
    stage = tag(
        "div",
        tag("canvas", role="img", aria_label=said),
        tag("div", class_="float", hidden=True, aria_hidden="true"),
        class_="stage",
        tabindex=0,
        role="application",
        aria_label="Map of areas",
        aria_describedby=help_id,
    )
    shown = [table.fields[encode[part]] for part in _parts(encode)]
    hint = tag("p", class_="wheel-hint", hidden=True)
    left = tag(
        "div",
        tag("div", stage, _buttons(), hint, class_="frame"),
        *(_note(field) for field in shown if field.note),
        tag("p", _HELP, id=help_id, class_="small map-help"),
    )
    nothing_yet = tag("p", "Point at an area, or choose one, to see its figures.", class_="small")
    side = tag(
        "div",
        _key(
            _listed_classes(shown[0].label, encode["classes"])
            if "class" in encode
            else _squares(*(field.label for field in shown)),
            bool(encode.get("stable")),
            listed,
        ),
        tag("div", nothing_yet, class_="detail", aria_live="polite"),
        class_="side",
    )
    return tag(
        "div",
        _find(name),
        tag("div", left, side, class_="map-main script"),
        _without_scripts([drawing.table, *([encode["targets"]] if chosen else [])], files),
        class_="map",
        data_map=name,
    )


def _parts(encode: Mapping[str, Any]) -> tuple[str, ...]:
    """Return which parts of a map's encoding give an area its colour."""
    return ("class",) if "class" in encode else ("row", "column")


def _without_scripts(tables: Sequence[str], files: Mapping[str, str]) -> Markup:
    """Say that there is no map here, and which files hold what it and its tables would show."""
    named = [tag("span", files[table], class_="file") for table in tables]
    return tag(
        "p",
        "The map and the full tables of this page need scripts, which are off or blocked here. "
        "The same figures lie beside this page, in ",
        join(named, " and "),
        ".",
        class_="unscripted",
    )


def _note(field: Field) -> Markup:
    return tag("p", tag("strong", f"{field.label}. "), field.note, class_="key-note")


_HELP = (
    "Drag to move, pinch to zoom; the buttons do both, and the wheel zooms once the map is chosen. "
    "By keyboard: arrows go from area to area, plus and minus zoom, 0 shows everything, and Shift "
    "with an arrow moves the map."
)


def _find(name: str) -> Markup:
    return tag(
        "div",
        tag(
            "label",
            tag("span", "Find an area"),
            tag(
                "input",
                type="search",
                list=f"{name}-areas",
                class_="find",
                autocomplete="off",
                placeholder="Name or code",
            ),
        ),
        tag("datalist", id=f"{name}-areas"),
        tag(
            "label",
            tag("span", "Go to"),
            tag("select", tag("option", "Everywhere", value=""), class_="go"),
        ),
        tag("button", "Save as picture", type="button", class_="save-image script"),
        class_="map-bar script",
    )


def _buttons() -> Markup:
    """Return real buttons for what dragging and the wheel do."""
    kinds = (
        ("in", "+", "Zoom in"),
        ("out", words.MINUS, "Zoom out"),
        ("all", "⤢", "Show the whole map"),
        ("left", "←", "Move left"),
        ("up", "↑", "Move up"),
        ("down", "↓", "Move down"),
        ("right", "→", "Move right"),
    )
    made = [
        tag(
            "button",
            tag("span", sign, aria_hidden="true"),
            type="button",
            data_do=do,
            aria_label=said,
            title=said,
        )
        for do, sign, said in kinds
    ]
    return tag("div", *made, class_="map-buttons")


def _key(classes: Sequence[Markup], stable: bool, targets: str | None) -> Markup:
    return tag(
        "div",
        tag("p", "Key", class_="key-title"),
        *classes,
        _key_line(
            "swatch striped",
            f"Striped, or paler where small: under {STEADY:.0%} of draws keep this class",
        )
        if stable
        else None,
        _key_line("swatch outlined", f"Outlined: {targets}") if targets else None,
        _key_line("swatch none", "No figure, or held back"),
        class_="key",
    )


def _squares(down: str, across: str) -> list[Markup]:
    """Return the key of two measures: three by three squares, with their axes."""
    squares = [
        tag(
            "div",
            tag("span", row, class_="key-row"),
            *(tag("span", class_=f"swatch c{3 * r + c}") for c in range(3)),
            class_="key-squares",
        )
        for r, row in reversed(list(enumerate(LOW_TO_HIGH)))
    ]
    foot = tag(
        "div",
        tag("span", class_="key-row"),
        *(tag("span", word, class_="key-column") for word in LOW_TO_HIGH),
        class_="key-squares",
    )
    return [
        tag("p", f"{down} ↑", class_="key-axis"),
        *squares,
        foot,
        tag("p", f"{across} →", class_="key-axis key-across"),
    ]


def _listed_classes(label: str, classes: Mapping[str, int]) -> list[Markup]:
    """Return the key of one column: a line for each class."""
    lines = [_key_line(f"swatch c{colour}", value) for value, colour in classes.items()]
    return [tag("p", label, class_="key-axis"), *lines]


def _key_line(kind: str, said: str) -> Markup:
    return tag("p", tag("span", class_=kind), tag("span", said), class_="key-item")
