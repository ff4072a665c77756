"""The schema's reference pages: canonical tables and code lists, written from themselves."""

from collections.abc import Mapping
from typing import Any

from peelian.schema.codes import Code, CodeList, code_list, code_lists
from peelian.schema.kinds import Column, RecordTable
from peelian.schema.records import EVERY, PERSON, PLACED, TABLES, TIMED

_SHARED = (
    ("Every record", EVERY, "Each record of each table."),
    ("Timed records", TIMED, "Records that have a moment; worked out when they are loaded."),
    ("Placed records", PLACED, "Records that have a place; the grid and the area when loaded."),
    ("Records about a person", PERSON, "The law asks that fact, assessment and roles stay apart."),
)


def records_page() -> str:
    """Return the page of the canonical tables, in Markdown."""
    own = [table for table in TABLES.values() if not table.kept_by_store]
    kept = [table for table in TABLES.values() if table.kept_by_store]
    parts = [
        "# What a record is",
        "",
        "Every table that peelian knows, with its columns. A mapping fills them; the store keeps "
        "them; an analysis reads nothing else. Columns in **bold** are needed: a row without them "
        "is set aside. *Care* is what a value needs on its way out: open, internal, sensitive or "
        "special.",
        "",
        "| table | a row is |",
        "|---|---|",
        *[f"| [`{table.name}`](#{table.name}) | {_cell(table.row)} |" for table in TABLES.values()],
        "",
        "## Columns that tables share",
        "",
    ]
    for title, columns, means in _SHARED:
        parts += [f"### {title}", "", means, "", *_columns(columns), ""]
    parts += ["## Tables", ""]
    for table in own:
        parts += _table(table)
    parts += ["## What the store writes about itself", ""]
    for table in kept:
        parts += _table(table)
    return "\n".join(parts).rstrip() + "\n"


def codes_page() -> str:
    """Return the page of the code lists that we ship, in Markdown."""
    lists = [code_list(name) for name in code_lists()]
    used = _used_by()
    parts = [
        "# Code lists",
        "",
        "The words that coded columns may hold. A file's own words become these by any spelling "
        "that a list knows, whatever its case and spacing, or by a mapping's `words`. A force "
        "edits a list by putting its own copy, under the same name, into its store's `codes/` "
        "folder.",
        "",
        "| list | holds | columns |",
        "|---|---|---|",
        *[
            f"| [`{x.name}`](#{x.name}) | {_cell(x.title)} | {used.get(x.name, '')} |"
            for x in lists
        ],
        "",
    ]
    for codes in lists:
        parts += _codes(codes)
    return "\n".join(parts).rstrip() + "\n"


def _table(table: RecordTable) -> list[str]:
    shared = {column.name for _, columns, _ in _SHARED for column in columns}
    own = [column for column in table.columns if column.name not in shared or table.kept_by_store]
    facts = []
    if table.key:
        facts.append(f"Known by {_list(table.key)}.")
    elif not table.kept_by_store:
        facts.append("Its rows have no identity: two that are alike are two records.")
    if table.clock:
        facts.append(f"Its local date and hour come from {_list(table.clock, ', else ')}.")
    also = [title.lower() for title, columns, _ in _SHARED if set(columns) <= set(table.columns)]
    if also:
        facts.append(f"Also has the columns of: {', '.join(also)}.")
    heading = [f"### {table.name}", "", f"A row is {table.row}.", "", " ".join(facts), ""]
    return [*heading, *_columns(own), ""]


def _columns(columns: tuple[Column, ...] | list[Column]) -> list[str]:
    lines = ["| column | kind | means | care |", "|---|---|---|---|"]
    for column in columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        kind = str(column.kind)
        if column.codes:
            kind = f"code of [`{column.codes}`](codes.md#{column.codes})"
        if column.unit:
            kind += f", {column.unit}"
        care = column.sensitivity.name.lower()
        lines.append(f"| {name} | {kind} | {_cell(column.means)} | {care} |")
    return lines


def _codes(codes: CodeList) -> list[str]:
    parts = [f"## {codes.name}", "", f"{codes.title}. Version: {codes.version}.", ""]
    if codes.source:
        parts += [f"*{codes.source}*", ""]
    if codes.groups:
        parts += ["| group | is |", "|---|---|"]
        parts += [f"| `{name}` | {_cell(means)} |" for name, means in codes.groups.items()]
        parts += [""]
    columns = [name for name, filled in _filled(codes).items() if filled]
    parts += [f"| {' | '.join(['code', 'label', *columns])} |", "|---" * (2 + len(columns)) + "|"]
    for entry in codes.codes:
        cells = [f"`{entry.code}`", entry.label, *[_facts(entry)[name] for name in columns]]
        parts.append(f"| {' | '.join(map(_cell, cells))} |")
    return [*parts, ""]


def _filled(codes: CodeList) -> Mapping[str, bool]:
    names = ("groups", "other spellings", "in use", "more")
    return {name: any(_facts(entry)[name] for entry in codes.codes) for name in names}


def _facts(entry: Code) -> dict[str, str]:
    used = " to ".join(month for month in (entry.since, entry.until) if month)
    if entry.since and not entry.until:
        used = f"from {entry.since}"
    return {
        "groups": ", ".join(entry.groups),
        "other spellings": ", ".join(entry.aliases),
        "in use": used,
        "more": "; ".join(f"{_plain(name)}: {_said(v)}" for name, v in entry.more.items()),
    }


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _used_by() -> dict[str, str]:
    used: dict[str, list[str]] = {}
    for table in TABLES.values():
        for column in table.columns:
            if column.codes:
                used.setdefault(column.codes, []).append(column.name)
    return {name: ", ".join(f"`{c}`" for c in dict.fromkeys(names)) for name, names in used.items()}


def _list(names: tuple[str, ...], between: str = ", ") -> str:
    return between.join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
