"""The page's data made small: lists that several columns hold stand once, codes as letters.

`report.js` unpacks it as the page opens. Nothing is lost: what is unpacked is what was packed.
"""

import json
import re
import string
from collections import Counter
from collections.abc import Mapping
from typing import Any

# Characters that JSON and HTML leave as they are. The first stands for none.
LETTERS = "-" + string.ascii_letters + string.digits + "!#$%()*+,./:;=?@[]^_{|}~"
_USUAL = (("unit", ""), ("form", "text"))
_PARTS = ("d", "v", "sort")
_WORTH_IT = 24  # characters: a shorter list is not worth a place of its own


def packed(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page's tables, maps and outlines in fewer characters.

    Args:
        data: `tables`, each with its `columns`; `maps`, each with its `rows`; `outlines`.
    """
    tables = {
        name: table | {"columns": {c: _coded(column) for c, column in table["columns"].items()}}
        for name, table in data["tables"].items()
    }
    for name, table in tables.items():
        usual = {"file": f"{name}-as-shown.csv", "order": list(table["columns"])}
        for part, value in usual.items():
            if table[part] == value:
                del table[part]
    columns = [column for table in tables.values() for column in table["columns"].values()]
    times = Counter(_key(column[part]) for column in columns for part in _PARTS if part in column)
    shared = [key for key, n in times.items() if n > 1 and len(key) > _WORTH_IT]
    place = {key: i for i, key in enumerate(shared)}
    for column in columns:
        for part in _PARTS:
            if part in column:
                column[part] = place.get(_key(column[part]), column[part])
    maps = {name: spec | {"rows": _run(spec["rows"])} for name, spec in data["maps"].items()}
    lists = [json.loads(key) for key in shared]
    return dict(data) | {"tables": tables, "maps": maps, "lists": lists, "letters": LETTERS}


def _coded(column: Mapping[str, Any]) -> dict[str, Any]:
    """Write the codes of words that are held once as a letter each; leave out what is usual."""
    column = {name: value for name, value in column.items() if (name, value) not in _USUAL}
    if "d" in column and len(column["d"]) < len(LETTERS):
        column["v"] = "".join(LETTERS[code + 1] for code in column["v"])
    return column


def _key(part: object) -> str:
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def _run(rows: list[int]) -> list[int] | int:
    """Return how many rows there are where they are the table's own, in order."""
    return len(rows) if rows == list(range(len(rows))) else rows


def without_comments(script: str) -> str:
    r"""Return a script of ours without its indentation and the comments that fill lines.

    >>> without_comments("/** Add. */\nfunction add(a, b) {\n  // both\n  return a + b;\n}")
    'function add(a, b) {\nreturn a + b;\n}'
    """
    bare = re.sub(r"^\s*/\*\*.*?\*/\s*$", "", script, flags=re.DOTALL | re.MULTILINE)
    lines = (line.strip() for line in bare.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
