"""The door: what it holds back, what it lets through, and that nothing goes round it."""

import ast
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peelian.disclosure import Release, release
from peelian.errors import DisclosureError
from peelian.results import Cell, Field, Members, Provenance, Result, ResultTable, Sentence
from peelian.schema import Sensitivity

SRC = Path(__file__).parents[2] / "src" / "peelian"
PROVENANCE = Provenance(
    analysis="demand.composition",
    settings={},
    period="all",
    generation="0" * 64,
    files=(),
    data_as_at="2024-01",
    records_used={},
    engine="duckdb",
    versions={},
    made_at="2024-02-01T00:00:00+00:00",
)


def two_way(counts, *, rates=False):
    counts = np.asarray(counts)
    rows, columns = counts.shape
    data = {
        "area": np.repeat([f"a{i}" for i in range(rows)], columns),
        "kind": np.tile([f"k{j}" for j in range(columns)], rows),
        "n": counts.ravel(),
    }
    fields = {
        "area": Field(role="key", label="Area"),
        "kind": Field(role="key", label="Kind"),
        "n": Field(role="count", label="Records", form="integer"),
    }
    if rates:
        data["rate"] = counts.ravel() / 10
        fields["rate"] = Field(role="figure", label="Rate", of=("n",))
    return ResultTable(caption="Counts", data=pa.table(data), fields=fields)


def result(table):
    return Result(
        question="How many?",
        answer=Sentence("{n} in the first cell.", {"n": Cell("t", 0, "n")}),
        tables={"t": table},
    ).stamped(PROVENANCE)


def held(table, sensitivity=Sensitivity.INTERNAL):
    out = release(result(table), sensitivity=sensitivity).tables["t"]
    return out.held_back.get("n", np.zeros(out.data.num_rows, bool)), out


def test_open_records_pass_untouched():
    mask, out = held(two_way([[1, 2], [3, 4]]), Sensitivity.OPEN)
    assert not mask.any()
    assert out.data.column("n").to_pylist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("level", "threshold"), [("INTERNAL", 5), ("SENSITIVE", 10)])
def test_a_count_below_its_threshold_is_held_back_with_the_figures_that_rest_on_it(
    level, threshold
):
    counts = [[threshold - 1, 50, 60], [70, threshold - 1, 80], [90, 20, threshold]]
    mask, out = held(two_way(counts, rates=True), Sensitivity[level])
    assert mask[0]
    assert mask[4]
    assert (out.held_back["rate"] == mask).all()
    assert out.data.column("rate")[0].as_py() is None


def test_a_zero_is_not_a_small_count():
    mask, _ = held(two_way([[0, 50], [60, 70]]))
    assert not mask.any()


def test_one_held_back_cell_of_a_line_takes_a_second_with_it():
    """Else the total less the rest would give it away: its row, its column, and their crossing."""
    mask, _ = held(two_way([[2, 30, 40], [50, 60, 70], [80, 90, 99]]))
    square = mask.reshape(3, 3)
    assert square[0, 0]
    assert square.sum() == 4


@pytest.mark.parametrize(("level", "all_held"), [("INTERNAL", False), ("SENSITIVE", True)])
def test_sensitive_records_are_not_counted_by_places_below_district(level, all_held):
    table = two_way([[50, 60], [70, 80]], rates=True)
    fields = dict(table.fields) | {
        "area": Field(role="key", label="Area", below_district=True),
    }
    small = ResultTable(caption="Counts", data=table.data, fields=fields)
    mask, out = held(small, Sensitivity[level])
    assert mask.all() == all_held
    assert (out.data.column("rate").null_count == 4) == all_held


def test_an_order_of_small_places_is_not_told_of_sensitive_records():
    ranked = ResultTable(
        caption="First areas",
        data=pa.table(
            {"rank": [1, 2], "name": ["Harrowmere 003B", "Tollenby 001A"], "n": [90, 80]}
        ),
        fields={
            "rank": Field(role="key", label="Order"),
            "name": Field(role="label", label="Area", below_district=True),
            "n": Field(role="count", label="Records"),
        },
    )
    _, out = held(ranked, Sensitivity.SENSITIVE)
    assert out.data.column("name").null_count == 2
    _, open_ = held(ranked, Sensitivity.INTERNAL)
    assert open_.data.column("name").null_count == 0


def counted(names, n, *, key="area", members=None):
    return ResultTable(
        caption="Counts",
        data=pa.table({key: names, "group": list("aabbcc")[: len(names)], "n": n}),
        fields={
            key: Field(role="key", label="Row"),
            "group": Field(role="label", label="Group"),
            "n": Field(role="count", label="Records"),
        },
        members=members,
    )


def test_a_sum_is_held_back_with_any_of_its_members():
    """Published beside the table of its members, a sum less those that are shown is the rest."""
    areas = counted(["a1", "a2", "b1", "b2", "c1", "c2"], [3, 40, 50, 60, 70, 80])
    groups = ResultTable(
        caption="Groups",
        data=pa.table({"group": ["a", "b", "c"], "n": [43, 110, 150], "areas": [2, 2, 2]}),
        fields={
            "group": Field(role="key", label="Group"),
            "n": Field(role="count", label="Records"),
            "areas": Field(role="figure", label="Areas", of=("n",)),
        },
        members=Members("t", {"group": "group"}),
    )
    whole = Result(
        question="How many?",
        answer=Sentence("{n} in the first cell.", {"n": Cell("t", 0, "n")}),
        tables={"groups": groups, "t": areas},  # whichever comes first
    ).stamped(PROVENANCE)
    out = release(whole, sensitivity=Sensitivity.INTERNAL).tables
    hidden_groups = {
        name[0]
        for name, mask in zip(
            ["a1", "a2", "b1", "b2", "c1", "c2"], out["t"].held_back["n"], strict=True
        )
        if mask
    }
    held_groups = dict(zip("abc", out["groups"].held_back["n"], strict=True))
    assert "a" in hidden_groups
    assert all(held_groups[group] for group in hidden_groups)
    assert (out["groups"].held_back["areas"] == out["groups"].held_back["n"]).all()


def test_a_row_that_stands_in_two_tables_is_held_back_in_both():
    """The second cell of a line is held for the first one's sake, though it is no small count."""
    areas = counted(["a1", "a2", "b1"], [3, 40, 50])
    listed = counted(["a2", "b1"], [40, 50], members=Members("t", {"area": "area"}))
    both = Result(
        question="?", answer=Sentence("Nothing."), tables={"t": areas, "listed": listed}
    ).stamped(PROVENANCE)
    out = release(both, sensitivity=Sensitivity.INTERNAL).tables
    assert out["t"].held_back["n"].tolist() == [True, True, False]
    assert out["listed"].held_back["n"][0]


def test_members_that_are_not_there_are_found_at_once():
    with pytest.raises(KeyError, match="no columns"):
        Result(
            question="?",
            answer=Sentence("Nothing."),
            tables={
                "t": counted(["a1"], [3]),
                "u": counted(["a1"], [3], members=Members("t", {"area": "elsewhere"})),
            },
        )


def test_a_single_small_count_among_zeros_hides_a_zero_too():
    mask, _ = held(two_way([[3, 0], [0, 0]]))
    assert mask.reshape(2, 2)[0].sum() == 2
    assert mask.reshape(2, 2)[:, 0].sum() == 2


@settings(deadline=None)  # a linear programme takes as long as the machine's other work lets it
@given(
    st.integers(2, 6).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 40), min_size=columns, max_size=columns),
            min_size=2,
            max_size=6,
        )
    )
)
def test_no_line_of_any_two_way_table_ever_has_exactly_one_cell_held_back(counts):
    mask, _ = held(two_way(counts))
    square = mask.reshape(len(counts), -1)
    small = (np.asarray(counts) > 0) & (np.asarray(counts) < 5)
    assert (square | ~small).all()
    assert not (square.sum(axis=0) == 1).any()
    assert not (square.sum(axis=1) == 1).any()


def test_a_missing_month_stays_missing_and_is_not_called_held_back():
    table = ResultTable(
        caption="Months",
        data=pa.table({"month": ["2024-01", "2024-02", "2024-03"], "n": [40, None, 50]}),
        fields={
            "month": Field(role="key", label="Month"),
            "n": Field(role="count", label="Records"),
        },
    )
    mask, out = held(table)
    assert not mask.any()
    assert out.data.column("n")[1].as_py() is None


def test_a_release_can_only_be_made_at_the_door():
    good = release(result(two_way([[9, 9], [9, 9]])), sensitivity=Sensitivity.OPEN)
    with pytest.raises(DisclosureError, match="only be made at the door"):
        Release(
            question=good.question,
            answer=good.answer,
            tables=good.tables,
            drawings=(),
            diagnostics=(),
            caveats=(),
            definitions={},
            provenance=PROVENANCE,
            sensitivity=Sensitivity.OPEN,
            key=object(),
        )


def test_a_result_without_provenance_cannot_leave():
    bare = Result(question="?", answer=Sentence("Nothing."), tables={})
    with pytest.raises(DisclosureError, match="without provenance"):
        release(bare, sensitivity=Sensitivity.OPEN)


def test_nobody_else_in_the_house_makes_a_release():
    makers = []
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Release":
                makers.append(path.name)
    assert makers == ["door.py"]


def test_render_and_report_never_see_a_result():
    for room in ("render", "report", "cli"):
        for path in (SRC / room).rglob("*.py"):
            names = {
                alias.name
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.ImportFrom) and node.module == "peelian.results"
                for alias in node.names
            }
            assert "Result" not in names, path


def test_a_sentence_cannot_carry_a_number_of_its_own():
    with pytest.raises(ValueError, match="must come from a cell"):
        Sentence("There were 12 of them.")


def test_a_sentence_that_points_nowhere_is_found_at_once():
    with pytest.raises(KeyError):
        Result(
            question="?",
            answer=Sentence("{n}", {"n": Cell("t", 99, "n")}),
            tables={"t": two_way([[1, 2], [3, 4]])},
        )
