"""What `places.forecast` tries, what it leaves out, refuses or says, and what the door lets out."""

from functools import partial

import numpy as np
import pytest

from peelian.analysis.places.forecast import forecast
from peelian.errors import CannotAnswer, UsageError

COVERED = [f"2022-{month:02d}" for month in range(1, 13)]
HEAD = (
    "crimes\nx | y | crime_type | local_date | time_precision | location_precision | area_code"
    " | area_vintage\n"
)
MEASURES = """

measures
measure | vintage | scale
people  | V       | count

area_measures
area_code | vintage | measure | value
A         | V       | people  | 100
B         | V       | people  | 900
"""
DAYS = np.arange("2022-01-01", "2023-01-01", dtype="datetime64[D]")
ask = partial(forecast, windows=26)


def _row(x, y, day, kind="burglary", precision="day", area="A") -> str:
    return f"{x:.0f} | {y:.0f} | {kind} | {day} | {precision} | exact | {area} | V"


def _even(n: int, seed: int = 1, **kind) -> list[str]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 5000, (n, 2))
    return [
        _row(x, y, DAYS[rng.integers(len(DAYS))], area="AB"[k % 2], **kind)
        for k, (x, y) in enumerate(at)
    ]


def _moving(n: int, seed: int = 2) -> list[str]:
    """Sixty small hot spots that are elsewhere after a hundred days, among events anywhere."""
    rng, rows = np.random.default_rng(seed), _even(n // 4, seed)
    spots = rng.uniform(200, 4800, (60, 5, 2))
    for k in range(n):
        day = rng.integers(len(DAYS))
        at = spots[k % 60, (day + k % 60 * 5 // 3) // 100] + rng.uniform(-70, 70, 2)
        rows.append(_row(*at, DAYS[day]))
    return rows


def _given(rows: list[str], months=COVERED, extra: str = "") -> str:
    covered = "\n".join(f"force | p | crimes | {month} | x | 9" for month in months)
    header = "\n\ncoverage\nsource | layout | table | month | load_id | n\n"
    return HEAD + "\n".join(rows) + MEASURES + extra + header + covered


def test_where_hot_spots_move_on_a_forecast_beats_both_baselines(result_of, said):
    result = result_of(_given(_moving(1500)), ask)
    words = said(result, result.answer)
    leads = result.tables["leads"].data.to_pylist()
    assert {row["shown"] for row in leads if row["model"] in words} == {"yes"}
    assert "more than the last window's map" in words
    assert not words.startswith("Not shown")


def test_in_an_even_city_none_is_shown(result_of, said):
    result = result_of(_given(_even(1200)), ask)
    assert said(result, result.answer).startswith("Not shown: over January 2022 to December 2022")
    (first, *_) = result.diagnostics
    assert first.held is False


def test_every_answer_says_what_it_is_not_for_and_so_does_the_first_caveat(result_of, said):
    for rows in (_moving(1500), _even(900)):
        result = result_of(_given(rows), ask)
        wanted = "Not for deployment without an equality assessment"
        assert wanted in said(result, result.answer)
        assert said(result, result.caveats[0]).startswith(wanted)


def test_what_is_found_and_what_chance_finds_are_told_by_budget(result_of):
    result = result_of(_given(_even(1200)), partial(ask, budgets=(0.05, 0.02, 0.5)))
    curves = result.tables["curves"].data.to_pylist()
    assert [row["budget"] for row in curves[:3]] == [0.02, 0.05, 0.5]
    events = sum(int(row.split(" | ")[3] >= "2022-07-03") for row in _even(1200))
    for row in curves:
        assert row["events"] == events
        assert row["hit_rate"] == pytest.approx(row["hits"] / events, abs=0.5 / events)
        assert row["pai"] == pytest.approx(row["hit_rate"] / row["covered"])
        assert row["low"] <= row["hit_rate"] <= row["high"]
        assert row["hit_rate"] > 0.4 or row["budget"] < 0.5


def test_other_grids_are_tried_and_told(result_of):
    result = result_of(_given(_even(900)), partial(ask, side=300))
    grids = list(dict.fromkeys(result.tables["grids"].data["grid"].to_pylist()))
    assert grids == [
        "300 metres",
        "300 metres, turned by 30 degrees",
        "300 metres, turned by 45 degrees",
        "150 metres",
        "600 metres",
    ]


def test_drugs_are_left_out_unless_asked_for(result_of, said):
    rows = [*_even(900), *_even(300, seed=7, kind="drugs")]
    result = result_of(_given(rows), ask)
    used = result.tables["records_used"].data.to_pylist()[0]
    assert (used["used"], used["left_out"], used["other_category"]) == (900, 300, 0)
    assert "300 records of disorder" in said(result, result.caveats[1])
    all_of_it = result_of(_given(rows), partial(ask, every_category=True))
    assert all_of_it.tables["records_used"].data.to_pylist()[0]["used"] == 1200
    assert "mostly because police looked" in said(all_of_it, all_of_it.caveats[1])
    assert "Drugs" in said(all_of_it, all_of_it.caveats[1])


@pytest.mark.parametrize("rows", [_even(600, kind="drugs"), _even(600) + _even(90, kind="drugs")])
def test_drugs_by_name_are_refused_unless_insisted_on(result_of, rows):
    with pytest.raises(UsageError, match="mostly because police looked") as caught:
        result_of(_given(rows), partial(ask, categories=("drugs",)))
    assert "every_category=true" in str(caught.value)


def test_only_what_is_left_out_is_refused(result_of):
    with pytest.raises(UsageError, match="left out of forecasts"):
        result_of(_given(_even(600, kind="drugs")), ask)


def test_disorder_among_incidents_is_left_out(result_of):
    rng = np.random.default_rng(3)
    lines = [
        f"{x:.0f} | {y:.0f} | {kind} | {DAYS[rng.integers(len(DAYS))]} | day | exact"
        for kind, n in (("asb-nuisance", 200), ("missing-person", 500))
        for x, y in rng.uniform(0, 5000, (n, 2))
    ]
    head = "incidents\nx | y | category | local_date | time_precision | location_precision\n"
    covered = "\n".join(f"force | p | incidents | {month} | x | 9" for month in COVERED)
    given = (
        head + "\n".join(lines) + MEASURES
        + "\n\ncoverage\nsource | layout | table | month | load_id | n\n" + covered
    )  # fmt: skip
    used = result_of(given, partial(ask, records="incidents")).tables["records_used"]
    assert used.data.to_pylist()[0]["left_out"] == 200


def test_trees_learn_from_covariates_that_are_loaded(result_of):
    result = result_of(_given(_even(900)), partial(ask, covariates=("people",)))
    without = result_of(_given(_even(900)), ask)
    rates = [
        {row["model"]: row["mean_rate"] for row in one.tables["models"].data.to_pylist()}
        for one in (result, without)
    ]
    assert rates[0]["boosted trees"] != rates[1]["boosted trees"]
    assert rates[0]["kernel density"] == rates[1]["kernel density"]


def test_the_same_seed_gives_the_same_answer(result_of):
    one, two = (result_of(_given(_even(600)), ask).tables for _ in range(2))
    assert all(one[name].data.equals(two[name].data) for name in one)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param(_even(300, precision="month"), "by the month only", id="months"),
        pytest.param(_even(2), "fewer than 200 events", id="two events"),
        pytest.param([_row(7, 7, day) for day in DAYS], "at one place", id="identical points"),
        pytest.param([_row(9 * k, 7, DAYS[3]) for k in range(300)], "of one day", id="one day"),
        pytest.param(
            [*_even(300), _row(51.5, -0.12, DAYS[9]), *(_row(4e5, 5e5, d) for d in DAYS[:9])],
            "parts very far from one another",
            id="mixed systems",
        ),
        pytest.param(
            [_row(9 * k, 7 * k % 4000, DAYS[k % 150]) for k in range(600)],
            "too few events",
            id="nothing lately",
        ),
    ],
)
def test_what_cannot_be_forecast_is_refused(result_of, rows, problem):
    with pytest.raises(CannotAnswer, match=problem) as caught:
        result_of(_given(rows), ask)
    assert "try" in str(caught.value).lower()


def test_missing_months_are_refused_and_a_run_without_a_gap_named(result_of):
    months = [month for month in COVERED if month != "2022-03"]
    with pytest.raises(CannotAnswer, match="Months between are missing") as caught:
        result_of(_given(_even(600), months), ask)
    assert "2022-04..2022-12" in str(caught.value)


def test_too_short_a_time_is_refused_with_windows_that_would_do(result_of):
    with pytest.raises(CannotAnswer, match="too little before") as caught:
        result_of(_given(_even(900), COVERED[:5]), partial(ask, windows=13))
    assert "windows=9" in str(caught.value)


def test_cells_too_wide_for_the_budget_and_too_many_are_refused(result_of):
    with pytest.raises(CannotAnswer, match="Not one cell fits"):
        result_of(_given(_even(600)), partial(ask, side=2500))
    far = [_row(150_000 * (k % 2), 170_000 * (k % 3), day) for k, day in enumerate(DAYS)]
    with pytest.raises(CannotAnswer, match="too many to forecast"):
        result_of(_given(far), partial(ask, side=50))


def test_a_measure_that_is_not_loaded_is_refused(result_of):
    with pytest.raises(CannotAnswer, match="No measure 'peeple'") as caught:
        result_of(_given(_even(600)), partial(ask, covariates=("peeple",)))
    assert "people" in str(caught.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"horizon_days": 0},
        {"windows": 5},
        {"side": 10},
        {"budgets": ()},
        {"budgets": (0.7,)},
        {"budgets": (0.0, 0.1)},
        {"seed": -1},
    ],
)
def test_settings_out_of_range_are_refused(result_of, setting):
    with pytest.raises(UsageError, match="out of its range"):
        result_of(_given(_even(250)), partial(forecast, **setting))
