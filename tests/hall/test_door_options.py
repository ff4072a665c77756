"""Amounts that one record makes up, and counts to the nearest five as health partners ask."""

import numpy as np
import pyarrow as pa
import pytest

from peelian.disclosure import Register, release
from peelian.results import Field, Provenance, Result, ResultTable, Sentence
from peelian.schema import Sensitivity

MADE = Provenance(
    analysis="demand.composition", settings={}, period="2024-01..2024-12", generation="0",
    files=(), data_as_at="2024-12", records_used={}, engine="duckdb", versions={},
    made_at="2025-01-01T00:00:00+00:00",
)  # fmt: skip
KEY = Field(role="key", label="Kind")
N = Field(role="count", label="Records", form="integer")


def let_out(table, *, level=Sensitivity.INTERNAL, **how):
    result = Result(question="?", answer=Sentence("Counted."), tables={"t": table})
    return release(result.stamped(MADE), sensitivity=level, **how)


def minutes(n, amount, first, second):
    """Minutes by kind, with the largest and second largest part of each."""
    return ResultTable.of(
        "Minutes",
        {
            "kind": ([f"k{i}" for i in range(len(n))], KEY),
            "n": (n, N),
            "minutes": (
                pa.array(amount, pa.float64()),
                Field(role="amount", label="Minutes", of=("n",), largest=("first", "second")),
            ),
            "first": (pa.array(first, pa.float64()), Field(role="part", label="Largest")),
            "second": (pa.array(second, pa.float64()), Field(role="part", label="Second")),
            "mean": (
                np.array(amount) / np.array(n),
                Field(role="figure", label="Mean", of=("n", "minutes")),
            ),
        },
        sums_over=(),
    )


def test_an_amount_that_one_record_makes_up_is_held_back_though_its_count_is_not():
    table = minutes([40, 40], [500.0, 2000.0], [20.0, 1950.0], [19.0, 30.0])
    seen = let_out(table).tables["t"]
    assert seen.data.column("n").to_pylist() == [40, 40]
    assert seen.data.column("minutes").to_pylist() == [500.0, None]
    assert seen.data.column("mean").to_pylist() == [12.5, None]


def test_an_amount_goes_with_its_small_count():
    seen = let_out(minutes([3, 40], [50.0, 500.0], [20.0, 20.0], [15.0, 19.0])).tables["t"]
    assert seen.data.column("minutes").to_pylist() == [None, 500.0]


@pytest.mark.parametrize("level", [Sensitivity.OPEN, Sensitivity.INTERNAL])
def test_one_records_part_of_an_amount_never_leaves(level):
    seen = let_out(minutes([40], [500.0], [20.0], [19.0]), level=level).tables["t"]
    assert seen.data.column_names == ["kind", "n", "minutes", "mean"]
    assert list(seen.fields) == seen.data.column_names


def test_a_total_does_not_give_a_dominated_amount_away():
    parts = minutes([40, 40, 40], [500.0, 2000.0, 900.0], [20.0, 1950.0, 30.0], [19.0, 30.0, 29.0])
    alone = ResultTable(caption="Minutes", data=parts.data, fields=parts.fields)
    seen = let_out(alone).tables["t"].data.column("minutes").to_pylist()
    assert seen[1] is None
    assert seen.count(None) == 2  # a total may be known, so a second amount hides with it


def counts(n, *, rate=False):
    columns = {"kind": ([f"k{i}" for i in range(len(n))], KEY), "n": (pa.array(n, pa.int64()), N)}
    if rate:
        columns["rate"] = (np.array(n) / 7, Field(role="figure", label="Rate", of=("n",)))
    return ResultTable.of("Counts", columns, sums_over=())


def test_health_counts_are_to_the_nearest_five_and_small_ones_are_held_back():
    seen = let_out(counts([0, 1, 7, 8, 12, 13, 1002]), health=True).tables["t"]
    assert seen.data.column("n").to_pylist() == [0, None, None, 10, 10, 15, 1000]


def test_health_rounding_is_said_first():
    said = let_out(counts([20]), health=True).caveats[0].template
    assert "nearest five" in said


def test_a_figure_would_tell_the_exact_count_so_it_is_held_back():
    seen = let_out(counts([20, 30], rate=True), health=True).tables["t"]
    assert seen.data.column("rate").null_count == 2


def test_open_records_can_be_rounded_too():
    seen = let_out(counts([3, 12]), level=Sensitivity.OPEN, health=True).tables["t"]
    assert seen.data.column("n").to_pylist() == [None, 10]


def test_the_same_count_is_rounded_to_the_same_number_in_every_table_and_release(tmp_path):
    table = ResultTable.of("Counts", {"kind": (["a", "b"], KEY), "n": ([12, 33], N)}, sums_over=())
    total = ResultTable.of("Total", {"n": ([45], N)}, where={})
    again = ResultTable.of("Once more", {"n": ([45], N)}, where={})
    result = Result(
        question="?", answer=Sentence("."), tables={"t": table, "total": total, "again": again}
    ).stamped(MADE)
    register = Register(tmp_path / "releases.sqlite")
    seen = [
        release(result, sensitivity=Sensitivity.INTERNAL, register=register, health=True)
        for _ in range(2)
    ]
    told = [one.tables[name].data.column("n").to_pylist() for one in seen for name in one.tables]
    assert told == [[10, 35], [45], [45]] * 2
