"""Tables that leave as CSV, JSON or terminal text show what may be seen, and run nothing."""

import csv
import io
import json

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.made_up import composition_release, profile_release
from peelian.disclosure import ReleasedTable
from peelian.render import as_json, as_text
from peelian.render.tables import HELD_BACK, NOT_AVAILABLE, as_csv, cell_text, dictionary, inert
from peelian.results import Field
from peelian.schema.kinds import Sensitivity


def _table(values: list, **field) -> ReleasedTable:
    return ReleasedTable(
        caption="One column",
        data=pa.table({"c": values}),
        fields={"c": Field(role="label", label="C", **field)},
        held_back={},
    )


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff20", " ="])
def test_text_that_begins_like_a_formula_is_made_inert(start):
    hostile = f'{start}cmd|" /C calc"!A0'
    assert _rows(as_csv(_table([hostile])))[1] == [f"'{hostile}"]


@given(st.text(min_size=1))
def test_no_text_cell_of_a_csv_is_a_formula(text):
    written = inert(text)
    assert not written.lstrip(" ").startswith(tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
    assert written.removeprefix("'") == text.removeprefix("'")


def test_negative_numbers_stay_numbers():
    assert _rows(as_csv(_table([-1.5, 2.0], form="one")))[1:] == [["-1.5"], ["2.0"]]


def test_csv_marks_held_back_apart_from_absent():
    table = composition_release(Sensitivity.INTERNAL).tables["by_category"]
    rows = {row[1]: row for row in _rows(as_csv(table))[1:]}
    assert rows["possession_of_weapons"][3:] == [HELD_BACK, HELD_BACK]
    assert rows["burglary"][3:] == [HELD_BACK, HELD_BACK]  # it would have given the other away
    assert rows["shoplifting"][3] == "52000"
    gaps = _rows(as_csv(composition_release().tables["by_month"]))
    assert [row[2] for row in gaps if row[3] == "missing"] == [NOT_AVAILABLE] * 2


def test_csv_has_full_precision():
    made = profile_release().tables["areas"]
    rows = _rows(as_csv(made))
    at = rows[0].index("rate")
    assert float(rows[1][at]) == made.data.column("rate")[0].as_py()


def test_the_dictionary_says_what_each_column_of_each_file_is():
    tables = {"areas.csv": profile_release().tables["areas"]}
    rows = _rows(dictionary(tables))
    assert [row[2] for row in rows[1:-2]] == list(tables["areas.csv"].fields)
    assert {row[2] for row in rows[-2:]} == {HELD_BACK, NOT_AVAILABLE}


def test_json_is_strict_and_marks_held_back_cells():
    made = profile_release(240, Sensitivity.INTERNAL)
    told = json.loads(json.dumps(as_json(made), allow_nan=False))
    table = told["tables"]["areas"]
    held = made.tables["areas"].held_back["n"].nonzero()[0].tolist()
    assert held
    assert table["held_back"]["n"] == held
    assert all(table["rows"][row]["n"] is None for row in held)
    assert "outlines" not in told["tables"]
    assert told["provenance"]["generation"] == made.provenance.generation
    assert told["provenance"]["files"][0]["sha256"] == "ab" * 32


def test_json_writes_what_is_not_a_number_as_null():
    table = _table([float("nan"), float("inf"), 1.0], form="one")
    assert [cell_text(table, row, "c") for row in range(3)] == [NOT_AVAILABLE] * 2 + ["1.0"]
    assert [row[0] for row in _rows(as_csv(table))[1:]] == [NOT_AVAILABLE, NOT_AVAILABLE, "1.0"]


def test_terminal_text_leads_with_the_answer_and_says_what_it_left_out():
    made = profile_release(240, Sensitivity.INTERNAL)
    text = as_text(made)
    assert text.index("of 240 areas") < text.index("does not hold") < text.index("Read with care")
    assert "more rows" in text
    assert "more columns" in text
    assert f"{HELD_BACK} held back" in text
    tables = text[text.index("Every area") :]
    assert max(map(len, tables.splitlines())) <= 102
    assert "E01000001" not in [line.split()[-1:] for line in text.splitlines()]  # outlines unshown
