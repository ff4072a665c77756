"""A release as plain values, for another program."""

from collections.abc import Mapping
from typing import Any

from peelian.disclosure import Release, ReleasedTable
from peelian.render import words
from peelian.render.tables import shown


def as_json(release: Release) -> dict[str, Any]:
    """Return a release as plain values, for another program.

    A held-back cell is null and its row stands under `held_back` of its table; a null that does not
    was never there. Outlines are left out: they go with the map's own files.
    """
    return {
        "question": release.question,
        "answer": words.say(release, release.answer),
        "sensitivity": release.sensitivity.name.lower(),
        "tables": {
            name: _table_json(table)
            for name, table in release.tables.items()
            if not table.for_machine
        },
        "drawings": [
            {"kind": d.kind, "title": words.say(release, d.title), "table": d.table}
            for d in release.drawings
        ],
        "checks": [
            {"name": c.name, "held": c.held, "says": words.say(release, c.says)}
            for c in release.diagnostics
        ],
        "caveats": [words.say(release, caveat) for caveat in release.caveats],
        "definitions": dict(release.definitions),
        "provenance": _provenance_json(release),
    }


def _table_json(table: ReleasedTable) -> dict[str, Any]:
    names = shown(table)
    columns = [[plain(v) for v in table.data.column(n).to_pylist()] for n in names]
    return {
        "caption": table.caption,
        "columns": [
            {
                "name": name,
                "label": table.fields[name].label,
                "role": table.fields[name].role,
                "unit": table.fields[name].unit,
                "form": table.fields[name].form,
                "of": list(table.fields[name].of),
                "note": table.fields[name].note,
            }
            for name in names
        ],
        "rows": [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)],
        "held_back": {
            name: [int(row) for row in mask.nonzero()[0]] for name, mask in table.held_back.items()
        },
    }


def _provenance_json(release: Release) -> dict[str, Any]:
    made = release.provenance
    return {
        "analysis": made.analysis,
        "settings": {name: plain(value) for name, value in made.settings.items()},
        "period": made.period,
        "generation": made.generation,
        "files": [
            {
                "name": file.name,
                "sha256": file.sha256,
                "source": file.source,
                "layout": file.layout,
                "loaded": file.loaded,
            }
            for file in made.files
        ],
        "data_as_at": made.data_as_at,
        "records_used": dict(made.records_used),
        "engine": made.engine,
        "versions": dict(made.versions),
        "made_at": made.made_at,
        "seed": made.seed,
        "audit": made.audit,
    }


def plain(value: Any) -> Any:
    """Return a value that strict JSON can hold: what is not a number becomes null."""
    if words.missing(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner) for inner in value]
    return value if isinstance(value, (bool, int, float, str)) else str(value)
