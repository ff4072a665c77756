"""A mapping of counts, drafted from a file's columns: which are months, which may be the rest."""

import json
import re
from collections.abc import Sequence
from datetime import datetime

from peelian.records.glance import Glance

# How tables name a column of a month: the pattern its whole name fits, and strptime's words.
_MONTHS = (
    ("[0-9]{6}", "%Y%m"),
    ("[0-9]{4}-[0-9]{2}", "%Y-%m"),
    ("[0-9]{2}/[0-9]{4}", "%m/%Y"),
    ("[A-Za-z]{3}-[0-9]{2}", "%b-%y"),
    ("[A-Za-z]{3} [0-9]{4}", "%b %Y"),
    ("[A-Za-z]+ [0-9]{4}", "%B %Y"),
)
_FEWEST = 2
_AREA = re.compile(r"lsoa|msoa|ward|area|district|borough|beat|sector|code", re.IGNORECASE)
_KIND = re.compile(r"minor|categor|offen[cs]e|crime|type|kind|group", re.IGNORECASE)
_NUMBER = re.compile(r"count|number|total|offences|^n$", re.IGNORECASE)


def draft_counts(name: str, layout: str, seen: Sequence[Glance]) -> str:
    """Return a mapping of counts in TOML, for a person to finish.

    Args:
        name: The file's name.
        layout: What to call the mapping.
        seen: What each column seems to hold.
    """
    header = [column.name for column in seen]
    months, pattern, way = _months(header)
    rest = [column for column in seen if column.name not in months]
    words = [column for column in rest if column.kind in ("text", "integer")]
    area = _first(words, _AREA)
    category = _first([column for column in words if column.name != area], _KIND)
    lines = [
        f"# Drafted by `peelian map` from {name}: its header and first rows.",
        "# It is a beginning. Every line marked CHECK holds what only a person can know.",
        f'layout = "{layout}-counts"  # CHECK: the name of its series',
        'source = ""  # CHECK: who supplied it, in a word, such as the force',
        'sensitivity = "internal"  # CHECK: open, internal, sensitive or special',
        f"area = {_quoted(area)}  # CHECK: the column, or columns, with the area's code",
        f"category = {_quoted(category)}  # CHECK: the column of what was counted",
        "",
    ]
    if months:
        lines += [
            "[wide]",
            f"months = {json.dumps(pattern)}  # {len(months)} columns, {months[0]} to {months[-1]}",
            f"format = {json.dumps(way)}",
        ]
    else:
        month = next((c.name for c in rest if c.kind in ("month", "day", "instant")), "")
        number = _first([c for c in rest if c.kind == "integer"], _NUMBER)
        lines += [
            "[long]",
            f"month = {_quoted(month)}  # CHECK: the column of the month, or of a day of it",
            f"n = {_quoted(number)}  # CHECK: the column of the number",
            "# parts = []  # CHECK: columns that one count was cut by, whose rows add up",
        ]
    lines += [
        "",
        "# [only]  # CHECK: if sheets count the same in several ways, which is meant:",
        '# sheet = ["..."]',
    ]
    return "\n".join(lines) + "\n"


def _months(header: Sequence[str]) -> tuple[list[str], str, str]:
    for pattern, way in _MONTHS:
        found = [name for name in header if _is_month(name.strip(), pattern, way)]
        if len(found) >= _FEWEST:
            return found, pattern, way
    return [], "", ""


def _is_month(name: str, pattern: str, way: str) -> bool:
    if not re.fullmatch(pattern, name):
        return False
    try:
        return 1900 <= datetime.strptime(name, way).year <= 2100
    except ValueError:
        return False


def _first(columns: Sequence[Glance], like: re.Pattern[str]) -> str:
    return next((column.name for column in columns if like.search(column.name)), "")


def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)
