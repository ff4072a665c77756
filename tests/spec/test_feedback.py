"""What `fairness.feedback` starts from, what it calls feeding on itself, and what it refuses."""

from functools import partial

import numpy as np
import pytest

from peelian.analysis.fairness.feedback import feedback
from peelian.analysis.fairness.feedback.found import feeds_on
from peelian.errors import CannotAnswer, MissingDenominator, UsageError
from peelian.statistics.feedback import City, loop

COVERAGE = """

coverage
source | layout | table  | month   | load_id | n
force  | p      | crimes | 2022-01 | x       | 9
force  | p      | crimes | 2022-03 | x       | 9
"""
MEASURES = """

measures
measure | vintage | title     | scale
people  | V       | Residents | count
group   | V       | A group   | count

area_measures
area_code | vintage | measure | value
"""
RATES = [14, 13, 12, 9, 8, 8, 7, 6, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2] * 2
CODES = [f"A{k:02}" for k in range(len(RATES))]
ask = partial(feedback, runs=30, weeks=80)


def _given(rates=tuple(RATES)) -> str:
    codes = CODES[: len(rates)]
    areas = "\n".join(f"{code} | V | {code} | g" for code in codes)
    crimes = "\n".join(
        f"{code} | V | drugs | 2022-0{1 + 2 * (k % 2)}-03 | exact"
        for code, rate in zip(codes, rates, strict=True)
        for k in range(rate)
    )
    values = "\n".join(
        f"{code} | V | people | 100\n{code} | V | group | {80 if k < 8 else 10}"
        for k, code in enumerate(codes)
    )
    return (
        f"areas\narea_code | vintage | name | geometry\n{areas}\n\n"
        "crimes\narea_code | area_vintage | crime_type | local_date | location_precision\n"
        f"{crimes}\n- | - | drugs | 2022-01-03 | none\n"
        f"A00 | V | burglary | 2022-01-03 | exact{COVERAGE}{MEASURES}{values}\n"
    )


def test_what_it_starts_from_is_told(spec):
    spec(
        _given(),
        partial(ask, categories=("drugs",)),
        f"""
        records_used
        records | used         | not_placed | outside | other_vintage | other_category
        crimes  | {sum(RATES)} | 1          | 0       | 0             | 1

        totals
        areas | weeks | runs | months | months_missing | assumptions
        40    | 80    | 30   | 2      | 1              | 9
        """,
    )


def test_where_patrol_finds_nothing_no_rule_feeds_on_itself(result_of, said):
    for rule in ("share", "busiest", "trailing"):
        result = result_of(_given(), partial(ask, rule=rule, detection=0.0))
        assert said(result, result.answer).startswith("Not shown to feed on itself")


def test_where_all_is_reported_no_rule_feeds_on_itself(result_of, said):
    result = result_of(_given(), partial(ask, reported=1.0))
    assert said(result, result.answer).startswith("Not shown to feed on itself")


def test_a_trailing_count_of_what_patrol_finds_feeds_on_itself(result_of, said):
    result = result_of(_given(), partial(ask, reported=0.1, detection=0.6, memory=8))
    assert said(result, result.answer).startswith("It feeds on itself")
    kept = result.tables["variants"].data["kept"].to_pylist()
    assert kept[0] > max(kept[1:]) + 0.02


def test_a_share_spent_everywhere_weakens_the_loop(result_of):
    strong = partial(ask, reported=0.1, detection=0.6, memory=8)
    more = [
        result_of(_given(), partial(strong, explore=explore)).tables["totals"].data["more"][0]
        for explore in (0.0, 0.5)
    ]
    assert more[1].as_py() < more[0].as_py()


def test_burden_is_told_where_people_are_named(result_of):
    who = {"people": "people", "burdened": "group"}
    result = result_of(_given(), partial(ask, categories=("drugs",), **who))
    burden = dict(zip(*(result.tables["burden"].data[c].to_pylist() for c in ("variant", "burden")),
                      strict=True))  # fmt: skip
    by_events = burden["Patrol by what happens"]
    group = np.where(np.arange(40) < 8, 80, 10)
    expected = (np.array(RATES) * group).sum() / sum(RATES) / (group.sum() / 40)
    assert by_events == pytest.approx(expected, rel=1e-6)
    assert set(burden) > {"As it is", "Reports alone"}


def test_the_same_seed_gives_the_same_tables(result_of):
    one, two = (result_of(_given(), ask) for _ in range(2))
    assert all(one.tables[name].data.equals(two.tables[name].data) for name in one.tables)


@pytest.mark.parametrize(
    ("rates", "settings", "problem", "kind"),
    [
        ((50, 40), {}, "Too little is on record", CannotAnswer),
        ((1,) * 30, {}, "Too little is on record", CannotAnswer),
        (tuple(RATES), {"people": "people"}, "Burden needs both", MissingDenominator),
        (tuple(RATES), {"places": 0.0}, "out of its range", UsageError),
        (tuple(RATES), {"reported": 2.0}, "out of its range", UsageError),
        (tuple(RATES), {"runs": 1}, "out of its range", UsageError),
        (tuple(RATES), {"categories": ("drgus",)}, "There is no category", UsageError),
    ],
)
def test_what_cannot_be_looked_at_is_refused(result_of, rates, settings, problem, kind):
    with pytest.raises(kind, match=problem) as caught:
        result_of(_given(rates), partial(feedback, **{"runs": 30, "weeks": 80, **settings}))
    assert caught.value.try_


def test_loops_without_feedback_are_seldom_called_and_strong_ones_nearly_always():
    """Two runs of patrol that finds everywhere alike differ by chance alone, whatever the seed."""
    false = hit = 0
    for seed in range(40):
        rates = np.random.default_rng([3, seed]).lognormal(0.5, 0.7, 40)
        city = City.of(rates, 0.1, 0.4)
        still, again, plain = (
            loop(city, variant=v, periods=60, runs=30, seed=s, rule="busiest", memory=8, places=4)
            for v, s in (("no-feedback", seed), ("no-feedback", seed + 999), ("plain", seed))
        )
        false += feeds_on(again, still)
        hit += feeds_on(plain, still)
    assert false <= 2
    assert hit >= 32
