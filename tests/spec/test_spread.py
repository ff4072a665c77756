"""What `places.spread` counts, what it refuses or says, and what the door lets through."""

from functools import partial

import numpy as np
import pytest

from peelian.analysis.places.spread import spread
from peelian.errors import CannotAnswer, UsageError

AREAS = """

areas
area_code | vintage | name | parent_code | parent_name | geometry | square_km
A         | V       | a    | D           | d           | -        | 4.0
B         | V       | b    | D           | d           | -        | 2.0
C         | V       | c    | D           | d           | -        | 1.0
E         | V       | e    | D           | d           | -        | 3.0

measures
measure | vintage | scale
people  | V       | count

area_measures
area_code | vintage | measure | value
A         | V       | people  | 100
B         | V       | people  | 900
C         | V       | people  | 400
E         | V       | people  | 250
"""
COVERAGE = """

coverage
source | layout | table  | month   | load_id | n
force  | p      | crimes | 2022-01 | x       | 9
force  | p      | crimes | 2022-02 | x       | 9
force  | p      | crimes | 2022-03 | x       | 9
force  | p      | crimes | 2022-05 | x       | 9
"""
HEAD = (
    "crimes\nx | y | crime_type | local_date | time_precision | location_precision | area_code"
    " | area_vintage\n"
)
DAYS = np.arange("2022-01-01", "2022-06-01", dtype="datetime64[D]")
ask = partial(spread, deals=99, runs=30)


def _row(x, y, day, precision="day", point="exact", area="A") -> str:
    return f"{x:.0f} | {y:.0f} | burglary | {day} | {precision} | {point} | {area} | V"


def _scattered(n: int, seed: int = 1, **kind) -> list[str]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 4000, (n, 2))
    return [
        _row(x, y, DAYS[rng.integers(len(DAYS))], area="ABCE"[k % 4], **kind)
        for k, (x, y) in enumerate(at)
    ]


def _followed(n: int, seed: int = 2) -> list[str]:
    """Events far apart, each with another a day or two later and some ten metres off."""
    rng, rows = np.random.default_rng(seed), []
    for k in range(n):
        x, y = 700 * (k % 15), 700 * (k // 15)
        day = rng.integers(0, len(DAYS) - 3)
        rows.append(_row(x, y, DAYS[day]))
        rows.append(_row(x + rng.integers(5, 30), y, DAYS[day + rng.integers(1, 3)]))
    return rows


def _given(rows: list[str], areas: str = AREAS) -> str:
    return HEAD + "\n".join(rows) + areas + COVERAGE


def test_events_that_are_followed_are_called_self_exciting(result_of, said):
    result = result_of(_given(_followed(150)), ask)
    assert said(result, result.answer).startswith("Self-exciting: over")
    totals = result.tables["totals"].data.to_pylist()[0]
    assert totals["low"] <= 0.5 <= totals["high"] + 0.1
    assert totals["half_time"] <= 3
    assert totals["half_metres"] < 100


def test_what_is_beyond_chance_and_below_what_would_matter_is_called_slight(result_of, said):
    result = result_of(_given(_followed(150)), partial(ask, least=0.9))
    assert said(result, result.answer).startswith("Self-exciting, but only slightly: over")


def test_scattered_events_are_not_and_what_was_used_is_told(result_of, said):
    rows = [*_scattered(400), "- | - | burglary | 2022-01-01 | day | none | - | -"]
    rows.append("1 | 0 | drugs | 2022-01-01 | day | exact | A | V")
    result = result_of(_given(rows), partial(ask, categories=("Burglary",)))
    assert not said(result, result.answer).startswith("Self-exciting")
    used = result.tables["records_used"].data.to_pylist()
    assert used == [
        {
            "records": "crimes", "used": 400, "untimed": 0, "not_placed": 1, "undated": 0,
            "left_out": 0,
            "other_category": 1,
        }
    ]  # fmt: skip


def test_pairs_by_lag_are_those_that_are_near(spec):
    """Two at most 1,000 metres and five days apart, among events far from one another."""
    far = [_row(3000 * (k % 11), 3000 * (k // 11), DAYS[k]) for k in range(1, 120)]
    spec(
        _given([*far, _row(0, 0, "2022-01-01"), _row(0, 900, "2022-01-06")]),
        partial(ask, longest=7),
        """
        by_lag
        later       | n
        Same day    | 0
        1 day       | 0
        2 to 3 days | 0
        4 days      | 0
        5 to 6 days | 1

        totals
        n   | together | months | months_missing
        121 | 0        | 4      | 1
        """,
    )


def test_a_background_by_what_is_known_of_areas_is_a_rung_of_its_own(result_of):
    result = result_of(_given(_scattered(300)), partial(ask, covariates=("people",)))
    names = result.tables["ladder"].data["background"].to_pylist()
    assert names == ["Even everywhere", "Smoothed", "Half as smooth", "by people"]


def test_one_event_recorded_twice_is_told_and_left_out_beside(result_of, said):
    twice = [row for row in _scattered(150) for _ in range(2)]
    result = result_of(_given(twice), ask)
    assert said(result, result.answer).startswith("Not identified")
    assert "only events at one place at one moment make it" in said(result, result.answer)
    (check,) = (c for c in result.diagnostics if c.name == "No event recorded twice")
    assert check.held is False
    assert result.tables["estimates"].data["n"].to_pylist() == [300, 150]


def test_the_same_seed_gives_the_same_answer(result_of):
    one, two = (result_of(_given(_followed(100)), ask).tables["totals"].data for _ in range(2))
    assert one.equals(two)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param(_scattered(200, precision="month"), "by the month only", id="months"),
        pytest.param(_scattered(2), "fewer than 100 events", id="two events"),
        pytest.param([_row(7, 7, day) for day in DAYS], "at one place", id="identical points"),
        pytest.param([_row(9 * k, 7, DAYS[3]) for k in range(150)], "of one day", id="one day"),
        pytest.param([_row(9 * k, 7, DAYS[k % 20]) for k in range(150)], "too short", id="short"),
        pytest.param(
            [_row(9 * k, -6_000_000 * (k % 2), DAYS[k % 140]) for k in range(150)],
            "than one grid reaches", id="swapped",
        ),
        pytest.param(
            [_row(9 * k + 400_000 * (k == 3), 0, DAYS[k % 140]) for k in range(150)],
            "far from one another", id="two systems",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_at_is_refused(result_of, rows, problem):
    with pytest.raises(CannotAnswer, match=problem) as caught:
        result_of(_given(rows), ask)
    assert caught.value.try_


@pytest.mark.parametrize("measure", ["peopel", "nothing"])
def test_a_measure_that_is_not_loaded_is_refused(result_of, measure):
    with pytest.raises(CannotAnswer, match="No measure"):
        result_of(_given(_scattered(150)), partial(ask, covariates=(measure,)))


@pytest.mark.parametrize(
    "setting", [{"deals": 9}, {"runs": 2}, {"furthest": 0}, {"longest": 1}, {"least": 2.0}]
)
def test_settings_out_of_range_are_refused(result_of, setting):
    with pytest.raises(UsageError, match="out of its range"):
        result_of(_given(_scattered(150)), partial(spread, **setting))
