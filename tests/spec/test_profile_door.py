"""What of both analyses may leave: small counts and what rests on them stay in."""

from datetime import UTC, datetime
from functools import partial

import pytest

from peelian.analysis.demand.composition import composition
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
