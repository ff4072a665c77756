"""What of both analyses may leave: small counts and what rests on them stay in."""

from datetime import UTC, datetime
from functools import partial

import pytest

from peelian.analysis.demand.composition import composition
from peelian.analysis.places.concentration import concentration
from peelian.analysis.places.profile import profile
from peelian.disclosure import release
from peelian.results import Provenance
from peelian.schema.kinds import Sensitivity

GIVEN = """
crimes
area_code | area_vintage | crime_type | local_date | times
a         | V1           | burglary   | 2022-01    | 80
b         | V1           | burglary   | 2022-01    | 3
c         | V1           | burglary   | 2022-01    | 20
d         | V1           | burglary   | 2022-01    | 30

areas
area_code | vintage | name | parent_name | geometry
a         | V1      | A    | North       | g
b         | V1      | B    | North       | g
c         | V1      | C    | South       | g
d         | V1      | D    | South       | g

"""
MEASURES = """
measures
measure    | vintage | scale  | unit   | need_is
population | V1      | count  | people | -
imd_decile | V1      | decile | -      | low

area_measures
vintage | area_code | measure    | value
V1      | a         | population | 1000
V1      | b         | population | 1000
V1      | c         | population | 1000
V1      | d         | population | 1000
V1      | a         | imd_decile | 1
V1      | b         | imd_decile | 1
V1      | c         | imd_decile | 3
V1      | d         | imd_decile | 9

"""
COVERAGE = """
coverage
source | layout | table  | month   | load_id | n
s      | p      | crimes | 2022-01 | x       | 9
"""


@pytest.fixture
def let_out(result_of):
    def run(sensitivity, given, question):
        result = result_of(given, question)
        stamp = Provenance(
            analysis="x", settings={}, period="all", generation="g", files=(), data_as_at="2022-01",
            records_used={}, engine="duckdb", versions={}, made_at=str(datetime.now(UTC)),
        )  # fmt: skip
        return release(result.stamped(stamp), sensitivity=sensitivity)

    return run


per_head = partial(profile, denominator="population")


def test_a_small_count_takes_its_rate_its_class_and_its_mark_with_it(let_out):
    out = let_out(Sensitivity.INTERNAL, GIVEN + MEASURES + COVERAGE, per_head)
    row = out.tables["areas"].data.to_pylist()[1]
    assert row["area_code"] == "b"
    told = {name for name, value in row.items() if value is not None}
    assert told == {"area_code", "area_name", "district", "denominator", "need", "need_band"}


def test_open_records_hold_nothing_back(let_out):
    out = let_out(Sensitivity.OPEN, GIVEN + MEASURES + COVERAGE, per_head)
    assert not any(table.cells_held_back for table in out.tables.values())


def test_of_sensitive_records_no_small_area_is_counted_or_listed_by_name(let_out):
    out = let_out(Sensitivity.SENSITIVE, GIVEN + MEASURES + COVERAGE, per_head)
    assert set(out.tables["areas"].data["n"].to_pylist()) == {None}
    assert set(out.tables["areas"].data["smoothed"].to_pylist()) == {None}
    for column in ("area_code", "area_name"):
        assert set(out.tables["targets"].data[column].to_pylist()) == {None}
    assert set(out.tables["clusters"].data["areas"].to_pylist()) == {None}
    composed = let_out(Sensitivity.SENSITIVE, GIVEN + COVERAGE, composition)
    assert set(composed.tables["by_area"].data["n"].to_pylist()) == {None}
    assert composed.tables["by_category"].data["n"].to_pylist() == [133]


COUNTED = """
counts
series | area_code | area_vintage | period_start | period_end | category | n
one    | a         | V1           | 2022-01-01   | 2022-01-31 | arson    | 80
one    | b         | V1           | 2022-01-01   | 2022-01-31 | arson    | 3
one    | c         | V1           | 2022-01-01   | 2022-01-31 | arson    | 20

areas
area_code | vintage | name | parent_name | geometry
a         | V1      | A    | North       | g
b         | V1      | B    | North       | g
c         | V1      | C    | South       | g
d         | V1      | D    | South       | g

"""
COUNTED_COVERAGE = COVERAGE.replace("p      | crimes", "one    | counts")


@pytest.mark.parametrize("care", [Sensitivity.OPEN, Sensitivity.INTERNAL, Sensitivity.SENSITIVE])
def test_counts_that_came_counted_pass_the_same_door(let_out, care):
    """b is small; d is an area that the counts do not name, and nobody could work anything out."""
    given = COUNTED + MEASURES + COUNTED_COVERAGE
    out = let_out(care, given, partial(per_head, records="counts"))
    told = {row["area_code"]: row["n"] for row in out.tables["areas"].data.to_pylist()}
    assert told["d"] is None
    assert (told["b"] == 3) is (care is Sensitivity.OPEN)
    composed = let_out(care, COUNTED + COUNTED_COVERAGE, partial(composition, records=("counts",)))
    rows = composed.tables["by_area"].data.to_pylist()
    assert (3 in [row["n"] for row in rows]) is (care is Sensitivity.OPEN)


def test_a_concentration_leaves_with_its_small_steps_held_back(let_out):
    """Of ten areas, eight hold nothing or little: what the last steps of the curve add stays in."""
    codes = "abcdefghij"
    counts = dict(zip(codes, (80, 60, 40, 20, 3, 2, 0, 0, 0, 0), strict=True))
    rows = "\n".join(
        f"one | {code} | V1 | 2022-01-01 | 2022-01-31 | arson | {n}" for code, n in counts.items()
    )
    areas = "\n".join(f"{code} | V1 | - | North | g" for code in codes)
    given = (
        "counts\nseries | area_code | area_vintage | period_start | period_end | category | n\n"
        f"{rows}\n\nareas\narea_code | vintage | name | parent_name | geometry\n{areas}\n\n"
        + COUNTED_COVERAGE.strip("\n")
    )
    asked = partial(concentration, records="counts", months_a_part=1)
    free = let_out(Sensitivity.OPEN, given, asked)
    kept = let_out(Sensitivity.INTERNAL, given, asked)
    small = [row["n"] for row in free.tables["curve"].data.to_pylist()]
    shown = [row["n"] for row in kept.tables["curve"].data.to_pylist()]
    assert any(0 < n < 5 for n in small)
    assert all(n is None or n == 0 or n >= 5 for n in shown)
