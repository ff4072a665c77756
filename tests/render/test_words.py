"""A sentence says what its cells hold, in the form their columns declare."""

from datetime import date

import pyarrow as pa
import pytest

from fixtures.made_up import composition_release, composition_result, profile_release
from peelian.disclosure import release
from peelian.render import words
from peelian.results import Cell, Sentence
from peelian.schema.kinds import Sensitivity


@pytest.mark.parametrize(
    ("value", "form", "said"),
    [
        (377822, "integer", "377,822"),
        (-3, "integer", f"{words.MINUS}3"),
        (0, "one", "0.0"),
        (0.04, "one", "<0.1"),
        (3e-9, "three", "<0.001"),
        (0.3, "integer", "<1"),
        (0.0004, "percent", "<0.1%"),
        (0.0, "percent", "0.0%"),
        (-0.04, "one", "0.0"),
        (56.66, "one", "56.7"),
        (1234.567, "two", "1,234.57"),
        (0.5, "three", "0.500"),
        (0.4731, "percent", "47.3%"),
        ("2023-02", "month", "February 2023"),
        (date(2023, 2, 1), "month", "February 2023"),
        (date(2023, 2, 3), "date", "3 February 2023"),
        (True, "yes_no", "yes"),
        ("no", "yes_no", "no"),
        ("Byker", "text", "Byker"),
    ],
)
def test_a_value_is_written_in_its_form(value, form, said):
    assert words.write(value, form) == said


def test_a_sentence_is_filled_from_cells_and_words():
    made = profile_release()
    said = words.say(made, made.answer)
    total = made.tables["totals"].data.to_pylist()[0]
    assert said.startswith(f"{total['both']} of 240 areas have both high need")
    assert f"the force average of {total['average']:.1f} per thousand" in said
    assert said.endswith("February 2022 to February 2023.")


def test_a_held_back_cell_says_so_and_shows_no_number():
    made = composition_release(Sensitivity.INTERNAL)
    table = made.tables["by_category"].data
    row = table.column("category").to_pylist().index("possession_of_weapons")
    sentence = Sentence("There were {n}.", {"n": Cell("by_category", row, "n")})
    assert words.say(made, sentence) == f"There were {words.HELD_BACK}."
    share = Sentence("It is {share}.", {"share": Cell("by_category", row, "share")})
    assert words.say(made, share) == f"It is {words.HELD_BACK}."


def test_a_cell_that_was_never_there_is_not_called_held_back():
    made = composition_release(Sensitivity.INTERNAL)
    statuses = made.tables["by_month"].data.column("status").to_pylist()
    gap = Cell("by_month", statuses.index("missing"), "n")
    assert words.write_cell(made, gap) == words.NOT_AVAILABLE


def test_what_is_not_a_number_is_not_available():
    result = composition_result()
    table = result.tables["totals"]
    data = table.data.set_column(2, "top_share", pa.array([float("nan")]))
    object.__setattr__(table, "data", data)
    made = release(result, sensitivity=Sensitivity.OPEN)
    assert words.write_cell(made, Cell("totals", 0, "top_share")) == words.NOT_AVAILABLE


def test_every_number_can_say_where_it_is_from():
    made = profile_release()
    targets = made.tables["targets"].data
    name = targets.column("area_name")[1].as_py()
    said = words.where(made, Cell("targets", 1, "rate"))
    assert "“Areas proposed, by expected excess”" in said
    assert f"row 2 ({name}" in said
    assert said.endswith("column “Rate”")


def test_parts_put_together_are_the_sentence():
    made = profile_release()
    parts = words.parts(made, made.answer)
    assert "".join(part.text for part in parts) == words.say(made, made.answer)
    assert [part.cell for part in parts if part.cell] == [
        made.answer.cells[hole] for hole in ("both", "areas", "average", "targets")
    ]
