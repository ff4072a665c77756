"""Rows that count records by unlike keys: what one leaves of another is seen, and not told."""

import pyarrow as pa

from peelian.disclosure import release
from peelian.results import Field, Provenance, Result, ResultTable, Sentence
from peelian.schema import Sensitivity

MADE = Provenance(
    analysis="demand.share", settings={}, period="2024-01..2024-12", generation="0",
    files=(), data_as_at="2024-12", records_used={}, engine="duckdb", versions={},
    made_at="2025-01-01T00:00:00+00:00",
)  # fmt: skip
N = Field(role="count", label="Records", form="integer")
SIGNS = ("flag", "words")


def combinations(rows, n_field=N):
    """Records by every combination of two signs: (flag, words, n)."""
    flag, words, n = zip(*rows, strict=True)
    return ResultTable.of(
        "Combinations",
        {
            "flag": (pa.array(flag), Field(role="key", label="Flag", form="yes_no")),
            "words": (pa.array(words), Field(role="key", label="Words", form="yes_no")),
            "n": (pa.array(n), n_field),
        },
        sums_over=(),
    )


def each(names, n):
    """Records with a sign, a row a sign: its key names the other table's key."""
    return ResultTable.of(
        "Each",
        {
            "sign": (list(names), Field(role="key", label="Sign", picks="true")),
            "n": (pa.array(n), N),
        },
        sums_over=(),
    )


def released(**tables):
    result = Result(question="?", answer=Sentence("Counted."), tables=tables).stamped(MADE)
    return release(result, sensitivity=Sensitivity.INTERNAL).tables


def seen(**tables):
    out = released(**tables)
    return {name: table.data.column("n").to_pylist() for name, table in out.items()}


def test_a_sign_that_holds_another_and_three_records_more_is_not_told_beside_it():
    """Every flagged record has the words too; words less flag is three."""
    told = seen(
        each=each(["flag", "words", ""], [500, 503, 9000]),
        combinations=combinations([(True, True, 500), (False, True, 3), (False, False, 8497)]),
    )
    assert told["combinations"][1] is None
    assert None in told["each"][:2]  # else five hundred and three less five hundred would tell


def test_a_combination_hides_behind_others_and_every_total_stays():
    rows = [(True, True, 3), (True, False, 400), (False, True, 600), (False, False, 9000)]
    told = seen(
        each=each(["flag", "words", ""], [403, 603, 10_003]), combinations=combinations(rows)
    )
    assert told["each"] == [403, 603, 10_003]
    assert told["combinations"] == [None] * 4  # any three and the totals would tell the fourth


def test_large_counts_are_all_told():
    rows = [(True, True, 300), (True, False, 400), (False, True, 600), (False, False, 9000)]
    told = seen(
        each=each(["flag", "words", ""], [700, 900, 10_300]), combinations=combinations(rows)
    )
    assert told == {"each": [700, 900, 10_300], "combinations": [300, 400, 600, 9000]}


def test_a_count_beside_may_be_of_the_rows_without_what_its_key_names():
    """Three unflagged records of 500: how many there are in all would tell them."""
    table = ResultTable.of(
        "Each",
        {
            "sign": (["flag", "words"], Field(role="key", label="Sign", picks="true")),
            "n": ([497, 200], Field(role="count", label="With it", where={"measure": "m"})),
            "of_n": (
                [500, 500],
                Field(role="count", label="All", where={"measure": "m", "sign": ""}),
            ),
            "without": (
                [3, 300],
                Field(role="count", label="Without", where={"measure": "m", "sign": "false"}),
            ),
        },
        sums_over=(),
    )
    out = released(each=table)["each"].data.to_pylist()
    assert out[0]["without"] is None
    assert None in (out[0]["n"], out[0]["of_n"])
    assert (out[1]["n"], out[1]["without"]) == (200, 300) or out[1]["of_n"] is None


def test_hours_may_lie_along_the_key_itself():
    """Hours of two signs add up to nothing: that one is held back says nothing of the other."""
    kind = {"sign": "sign"}
    table = ResultTable.of(
        "Each",
        {
            "sign": (["flag", "words"], Field(role="key", label="Sign", picks="true")),
            "n": ([3, 200], N),
            "hours": (
                pa.array([5.0, 300.0]),
                Field(role="amount", label="Hours", of=("n",), where=kind),
            ),
        },
        sums_over=(),
    )
    met = [(True, False, 3), (False, True, 200), (False, False, 900)]
    out = released(each=table, combinations=combinations(met))["each"].data
    assert out.column("hours").to_pylist() == [None, 300.0]
    assert out.column("n").to_pylist() == [None, 200]


def test_one_count_told_in_two_systems_is_held_back_in_both():
    """The hours' table knows nothing of the words, but may not tell what the other must hide."""
    alone = ResultTable.of(
        "By itself",
        {
            "sign": (["flag", "words"], Field(role="key", label="Sign")),
            "n": (
                [500, 503],
                Field(role="count", label="n", where={"measure": "own", "alike": "sign/all"}),
            ),
        },
        sums_over=(),
    )
    beside = ResultTable.of(
        "Each",
        {
            "sign": (["flag", "words", ""], Field(role="key", label="Sign", picks="true")),
            "n": (
                [500, 503, 9000],
                Field(role="count", label="n", where={"measure": "both", "alike": "sign/all"}),
            ),
        },
        sums_over=(),
    )
    rows = [(True, True, 500), (False, True, 3), (False, False, 8497)]
    met = combinations(rows, Field(role="count", label="n", where={"measure": "both"}))
    told = seen(alone=alone, each=beside, combinations=met)
    held = [i for i in range(2) if told["each"][i] is None]
    assert held
    assert all(told["alone"][i] is None for i in held)
