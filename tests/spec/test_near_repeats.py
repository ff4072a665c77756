"""What `places.near_repeats` counts as near and soon, and what it refuses or says."""

from functools import partial

import pytest

from peelian.analysis.places.near_repeats import near_repeats
from peelian.errors import CannotAnswer, UsageError

COVERAGE = """

coverage
source | layout | table  | month   | load_id | n
force  | p      | crimes | 2022-01 | x       | 9
force  | p      | crimes | 2022-03 | x       | 9
"""
HEAD = "crimes\nx | y | crime_type | local_date | time_precision | location_precision\n"
# Far apart, so that none of them is near another.
DAYS = [f"2022-{1 + i % 2 * 2:02}-{1 + i:02}" for i in range(20)]
ALONE = "\n".join(
    f"{100_000 + 3000 * i} | {5000 * i} | burglary | {day} | day | exact"
    for i, day in enumerate(DAYS)
)
ask = partial(near_repeats, within_metres=(100,), after_days=(7, 14), permutations=99)


def _given(*rows: str) -> str:
    return HEAD + "\n".join(rows) + "\n" + ALONE + COVERAGE


def _burglary(x: int, y: int, day: str, precision: str = "day", point: str = "exact") -> str:
    return f"{x} | {y} | burglary | {day} | {precision} | {point}"


def test_days_left_out_make_no_pairs_and_are_counted(spec, result_of):
    """A day of every year, and one day; a day that is not there is refused by its own words."""
    given = _given(
        _burglary(0, 0, "2022-01-01"),
        _burglary(0, 0, "2022-01-02"),
        _burglary(0, 0, "2022-03-30"),
        _burglary(0, 0, "2022-03-31"),
        "0 | 0 | drugs | 2022-03-31 | day | exact",
    )
    spec(
        given,
        partial(ask, categories=("burglary",), leave_out=("01-02", "2022-03-31", "2021-01-01")),
        """
        pairs
        apart      | later        | n
        Same place | 0 to 7 days  | 0
        Same place | 8 to 14 days | 0
        1 to 100 m | 0 to 7 days  | 0
        1 to 100 m | 8 to 14 days | 0

        records_used
        records | used | not_placed | undated | left_out | other_category
        crimes  | 22   | 0          | 0       | 2        | 1
        """,
    )
    result = result_of(given, partial(ask, leave_out=("01-02", "2022-03-31")))
    assert "2 January of every year, 31 March 2022" in str([c.words for c in result.caveats])
    with pytest.raises(UsageError, match="no day"):
        result_of(given, partial(ask, leave_out=("02-30",)))


def test_the_same_place_and_next_door_are_bands_of_their_own(spec):
    """A hundred metres and seven days are counted in; a metre or a day more are not."""
    spec(
        _given(
            _burglary(0, 0, "2022-01-01"),
            _burglary(0, 0, "2022-01-08"),
            _burglary(40, 60, "2022-01-01"),
            _burglary(0, 201, "2022-01-01"),
            "1 | 0 | drugs | 2022-01-01 | day | exact",
            "- | - | burglary | 2022-01-01 | day | none",
        ),
        partial(ask, categories=("Burglary",)),
        """
        pairs
        apart      | later        | n
        Same place | 0 to 7 days  | 1
        Same place | 8 to 14 days | 0
        1 to 100 m | 0 to 7 days  | 2
        1 to 100 m | 8 to 14 days | 0

        records_used
        records | used | not_placed | undated | other_category
        crimes  | 24   | 1          | 0       | 1

        totals
        n  | together | months | months_missing
        24 | 0        | 2      | 1
        """,
    )


def test_the_older_calculator_leaves_the_upper_end_out_and_says_so(spec):
    """What it prints as 1 to 100 metres and 0 to 7 days is under 100 and under 7."""
    spec(
        _given(
            _burglary(0, 0, "2022-01-01"),
            _burglary(99, 0, "2022-01-08"),
            _burglary(0, 100, "2022-01-01"),
        ),
        partial(ask, bands="older-calculator"),
        """
        pairs
        apart            | later        | n
        Same place       | 0 to 6 days  | 0
        Same place       | 7 to 13 days | 0
        1 to under 100 m | 0 to 6 days  | 0
        1 to under 100 m | 7 to 13 days | 1
        """,
    )


def test_distance_may_be_straight(spec):
    rows = (_burglary(0, 0, "2022-01-01"), _burglary(60, 80, "2022-01-01"))
    for distance, n in (("manhattan", 0), ("straight", 1)):
        spec(
            _given(*rows),
            partial(ask, distance=distance, after_days=(7,)),
            f"""
            pairs
            apart      | later       | n
            Same place | 0 to 7 days | 0
            1 to 100 m | 0 to 7 days | {n}
            """,
        )


def test_bunches_are_shown_and_their_odds_told(result_of, said):
    bunches = [
        _burglary(9000 * k + 10 * i, 9000 * k, f"2022-03-{1 + k:02}")
        for k in range(12)
        for i in range(3)
    ]
    result = result_of(_given(*bunches), partial(ask, permutations=999))
    assert "1 to 100 m apart and 0 to 7 days apart in time" in said(result, result.answer)
    (check,) = (c for c in result.diagnostics if c.name == "More pairs than chance")
    assert check.held


def test_no_bunches_are_not_shown(result_of, said):
    result = result_of(HEAD + ALONE + COVERAGE, ask)
    assert said(result, result.answer).startswith("Not shown:")


def test_one_event_recorded_twice_is_said(result_of, said):
    twice = [_burglary(5, 5, "2022-01-09")] * 2
    result = result_of(_given(*twice), ask)
    (check,) = (c for c in result.diagnostics if c.name == "No event recorded twice")
    assert check.held is False
    assert "on one day: 1." in said(result, check.says)


def test_points_that_were_moved_are_said(result_of, said):
    moved = [_burglary(5, 5, "2022-01-09", point="snapped")] * 8
    result = result_of(_given(*moved), ask)
    assert any("points that the publisher moved" in said(result, c) for c in result.caveats)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param([_burglary(0, 0, "2022-01-01", "month")] * 30, "by the month", id="months"),
        pytest.param([], "fewer than 20 events", id="none"),
        pytest.param([_burglary(7, 7, f"2022-01-{i:02}") for i in range(1, 26)], "at one place",
                     id="one place"),
        pytest.param([_burglary(7 * i, 7, "2022-01-05") for i in range(25)], "of one day",
                     id="one day"),
        pytest.param([_burglary(7 * i, -6_000_000 * (i % 2), f"2022-01-{i + 1:02}")
                      for i in range(25)], "than one grid reaches", id="swapped"),
        pytest.param([_burglary(7 * i + 400_000 * (i == 3), 0, f"2022-01-{i + 1:02}")
                      for i in range(25)], "far from one another", id="two systems"),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_at_is_refused(result_of, rows, problem):
    with pytest.raises(CannotAnswer, match=problem):
        result_of(HEAD + "\n".join(rows or [_burglary(0, 0, "2022-01-01")]) + COVERAGE, ask)


@pytest.mark.parametrize(
    "setting",
    [{"within_metres": ()}, {"within_metres": (200, 100)}, {"after_days": (0, 7)},
     {"permutations": 10}, {"seed": -1}],
)  # fmt: skip
def test_settings_that_make_no_table_are_refused(result_of, setting):
    with pytest.raises(UsageError, match=r"rise|enough"):
        result_of(HEAD + ALONE + COVERAGE, partial(ask, **setting))
