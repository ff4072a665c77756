"""The canonical tables: declared once, and everything else agrees with them."""

import ibis.expr.datatypes as dt
import pytest

from peelian.schema import TABLES, Kind, code_lists
from peelian.schema.reference import codes_page, records_page


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_table_holds_together(table):
    assert len(set(table.names)) == len(table.names)
    assert set(table.clock) <= set(table.names)
    assert set(table.key) <= set(table.names)
    assert all(table[name].kind == Kind.INSTANT for name in table.clock)
    for column in table.columns:
        assert column.means.endswith((".", "?"))
        assert dt.dtype(column.kind.ibis)
        assert bool(column.codes) == (column.kind == Kind.CODE)
    if not table.kept_by_store:
        assert table.names[-2:] == ("source", "load_id")


def test_the_reference_page_holds_every_table_and_every_column():
    page = records_page()
    for table in TABLES.values():
        section = page.split(f"### {table.name}\n")[1].split("\n### ")[0]
        shared = page.split("## Tables")[0]
        for name in table.names:
            assert f"`{name}`" in section or f"`{name}`" in shared
    assert page.count("\n### ") == len(TABLES) + 4


def test_the_reference_page_holds_every_code_list_and_code():
    from peelian.schema import code_list

    page = codes_page()
    for name in code_lists():
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        for entry in code_list(name).codes:
            assert f"| `{entry.code}` | {entry.label}" in section
    assert "secondary source, research only" in page


@pytest.mark.parametrize("page", [records_page, codes_page])
def test_every_row_of_a_reference_table_has_as_many_cells_as_its_heading(page):
    wide = 0
    for line in page().splitlines():
        cells = line.replace("\\|", "").count("|")
        if line.startswith("|---"):
            wide = cells
        elif line.startswith("|") and wide:
            assert cells == wide
        else:
            wide = 0
