"""The map cannot drift from the house: ARCHITECTURE's inventory is the code's own."""

import ast
import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
START, END = "<!-- inventory -->", "<!-- /inventory -->"


def inventory() -> str:
    """Every module with the label on its door, room by room."""
    source = ROOT / "src" / "peelian"
    lines = []
    for path in sorted(source.rglob("*.py")):
        label = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        name = path.relative_to(source).as_posix()
        lines.append(f"- `{name}`: {label.splitlines()[0] if label else '(no label)'}")
    return "\n".join(lines)


def test_the_inventory_is_the_codes_own():
    """To bring the page up to date, run the tests once with PEELIAN_WRITE_INVENTORY=1."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(START)
    _, after = rest.split(END)
    current = f"{before}{START}\n{inventory()}\n{END}{after}"
    if os.environ.get("PEELIAN_WRITE_INVENTORY") == "1":
        PAGE.write_text(current, encoding="utf-8", newline="\n")
        text = current
    assert text == current


def test_every_door_has_a_label():
    assert "(no label)" not in inventory()
