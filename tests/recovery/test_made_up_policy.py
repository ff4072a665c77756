"""The step-back does what its plan says, to the unit, and nothing where it is switched off.

The shares, starts and services' own demand are worked out here by other code, over many seeds.
"""

import csv
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy import stats

from peelian.cli.make import Asked, make
from peelian.records.store import Store
from peelian.records.synth.period import Period
from peelian.records.synth.policy import PolicyPlan, count_fates, make_steps
from peelian.records.synth.scales import scale_called
from peelian.records.synth.services import service_tables, service_truth
from peelian.records.synth.who import Who

SEEDS = range(300, 320)
THREE_YEARS = Period("2022-01", 36)
CONCERN, ABSENT, COLLAPSE = (
    "concern-for-safety",
    "absconder-absent-without-leave-or-wanted",
    "collapse-illness-or-injury",
)
KINDS = np.array([CONCERN, ABSENT, "missing-person", COLLAPSE, "domestic-incident"])
SERVICES = ("ambulance", "emergency_department", "crisis_line")
# Two districts of uneven size, out of order, as real look-ups are.
PLACES = SimpleNamespace(
    district_codes=("D2", "D1", "D2", "D2", "D1"), residents=np.array([900, 1500, 2000, 1100, 700])
)
# What the defaults come to over 2022-24, by hand: the start is November 2023, month 22 from 0; the
# effect of 0.33 comes in thirds; 0.15 of it stands there for two months before.
CONCERN_SHARES = {19: 0.0, 20: 0.0495, 21: 0.0495, 22: 0.11, 23: 0.22, 24: 0.33, 35: 0.33}
ABSENT_SHARES = {21: 0.0, 22: 0.0, 23: 0.0495, 24: 0.0495, 25: 0.11, 26: 0.22, 27: 0.33}
COLLAPSE_SHARES = {25: 0.0, 26: 0.0495, 27: 0.0495, 28: 0.11, 29: 0.22, 30: 0.33}


def calls_of(seed, number, n=700):
    """Draw a month's calls: which are about health, of which kind, and where they came from."""
    rng = np.random.default_rng([seed, number])
    return rng.random(n) < 0.6, KINDS[rng.integers(len(KINDS), size=n)], rng.integers(5, size=n)


def decided(plan, seed, *, phase=0, period=THREE_YEARS):
    """Yield, by month, the calls with what became of each: the word, not its number."""
    steps = make_steps(plan, period, Who(seed=seed), phase=phase)
    words = np.array(["attended", *SERVICES, "unattended", "not asked"])
    for number in range(period.length):
        health, kind, area = calls_of(seed, number)
        fates = steps.decide(number, health, kind, np.random.default_rng([7, seed, number]))
        yield number, health, kind, area, words[fates.fate], fates.logged


def moved_of(plan, seed, period=THREE_YEARS):
    steps = make_steps(plan, period, Who(seed=seed), phase=0)
    months = []
    for number in range(period.length):
        health, kind, area = calls_of(seed, number)
        fates = steps.decide(number, health, kind, np.random.default_rng([7, seed, number]))
        months.append(count_fates(fates, area, 5))
    return steps, np.stack(months, axis=1)


def declined_in(plan, word, **where):
    """Return (declined, asked) by month over all seeds, for health calls of one kind."""
    found = np.zeros((THREE_YEARS.length, 2), dtype=int)
    for seed in SEEDS:
        for number, health, kind, _, fate, _ in decided(plan, seed, **where):
            asked = health & (kind == word)
            found[number] += ((fate[asked] != "attended").sum(), asked.sum())
    return found


def within_chance(found, asked, share):
    """Say whether a count is within four standard errors of the share that was planted."""
    return abs(found - asked * share) <= 4 * np.sqrt(asked * share * (1 - share))


def test_every_health_call_has_one_fate_and_no_other_call_has_any():
    for seed in SEEDS:
        for _, health, kind, _, fate, logged in decided(PolicyPlan(effect=0.9), seed):
            assert set(fate[~health]) <= {"not asked"}
            assert set(fate[health]) <= {"attended", *SERVICES, "unattended"}
            assert set(fate[health & (kind == "domestic-incident")]) <= {"attended"}
            assert logged[(fate == "attended") | (fate == "not asked")].all()


@pytest.mark.parametrize(
    ("word", "planted"),
    [(CONCERN, CONCERN_SHARES), (ABSENT, ABSENT_SHARES), (COLLAPSE, COLLAPSE_SHARES)],
)
def test_each_kind_of_call_is_declined_as_its_phase_says(word, planted):
    found = declined_in(PolicyPlan(), word)
    for month, share in planted.items():
        declined, asked = found[month]
        assert within_chance(declined, asked, share), f"month {month}: {declined / asked:.3f}"
    assert found[:20, 0].sum() == 0


def test_declined_calls_go_where_the_plan_says_and_some_are_not_logged():
    plan = PolicyPlan(
        to_ambulance=0.1, to_emergency_department=0.2, to_crisis_line=0.3, to_unattended=0.4,
        unlogged=0.25,
    )  # fmt: skip
    to, unlogged = Counter(), 0
    for seed in SEEDS:
        for *_, fate, logged in decided(plan, seed):
            gone = ~np.isin(fate, ("attended", "not asked"))
            to.update(fate[gone].tolist())
            unlogged += (~logged).sum()
    declined = to.total()
    assert declined > 5_000
    found = [to[word] for word in (*SERVICES, "unattended")]
    assert stats.chisquare(found, declined * np.array([0.1, 0.2, 0.3, 0.4])).pvalue > 1e-3
    assert stats.chisquare(found, declined * np.array([0.2, 0.1, 0.3, 0.4])).pvalue < 1e-9
    assert within_chance(unlogged, declined, 0.25)


def test_forces_begin_in_turn_and_one_of_no_wave_never_does():
    sharp = PolicyPlan(effect=1.0, anticipation=0.0, ramp_months=0, stagger=(0, 4, 9))
    for phase, start in ((0, 22), (1, 26), (2, 31), (3, None)):
        found = declined_in(sharp, CONCERN, phase=phase)
        share = found[:, 0] / found[:, 1]
        first = THREE_YEARS.length if start is None else start
        assert (share[:first] == 0).all()
        assert (share[first:] == 1).all()


@pytest.mark.parametrize(
    ("announced", "months"),
    [("2023-05-24", 5), ("2023-08-01", 3), ("2023-08-02", 2), ("2023-10-15", 0), ("2023-11-01", 0)],
)
def test_nothing_is_foreseen_before_the_first_whole_month_after_the_announcement(announced, months):
    plan = PolicyPlan(
        starts_in="2023-11", announced_on=announced, anticipation_months=5, anticipation=0.5
    )
    found = declined_in(plan, CONCERN)
    assert (found[22 - months : 22, 0] > 0).all()
    assert found[: 22 - months, 0].sum() == 0
    none = declined_in(replace(plan, anticipation=0.0), CONCERN)
    assert none[:22, 0].sum() == 0
    assert (none[22:, 0] > 0).all()


def test_what_police_put_down_is_taken_up_to_the_unit():
    """Attended and moved make the calls there were; services hold what moved and their own."""
    plan, period = PolicyPlan(effect=0.8), THREE_YEARS
    for seed in SEEDS:
        steps, moved = moved_of(plan, seed)
        off_steps, unmoved = moved_of(plan.off(), seed)
        who = Who(seed=seed)
        on = service_tables(plan, PLACES, period, who, moved, steps=steps)["services"]
        off = service_tables(plan.off(), PLACES, period, who, unmoved, steps=off_steps)["services"]
        keys = ["service", "area_code", "period_start", "measure"]
        assert on.select(keys).equals(off.select(keys))
        gained = Counter()
        for row, before in zip(on.to_pylist(), off.to_pylist(), strict=True):
            month = row["period_start"].strftime("%Y-%m")
            gained[row["service"], row["area_code"], month] += row["value"] - before["value"]
        gone, asked = Counter(), Counter()
        for number, health, _, area, fate, _ in decided(plan, seed):
            for word, where in zip(fate[health], area[health], strict=True):
                at = PLACES.district_codes[where], THREE_YEARS.months[number]
                asked[at] += 1
                gone[word, *at] += 1
        assert {at: n for at, n in gained.items() if n} == {
            at: n for at, n in gone.items() if at[0] in SERVICES
        }
        ledger = service_truth(plan, PLACES, period, who, moved)["ledger"].to_pylist()
        for row in ledger:
            at = row["district_code"], row["month"]
            assert row["health_calls"] == asked[at]
            fates = {word: row[word] for word in ("attended", *SERVICES, "unattended")}
            assert fates == {word: gone[word, *at] for word in fates}
            assert sum(fates.values()) == row["health_calls"]
        assert gained.total() > 1000


def by_hand(plan, period, people):
    """Work out what each service expects of its own in a district, from the plan's words alone."""
    expected = []
    for rate, trend, swing, peak in zip(
        plan.service_rates, plan.service_trends, plan.service_swings, plan.service_peaks,
        strict=True,
    ):  # fmt: skip
        for number, month in enumerate(period.months):
            year, calendar = map(int, month.split("-"))
            end = datetime(year + calendar // 12, calendar % 12 + 1, 1, tzinfo=UTC)
            days = (end - datetime(year, calendar, 1, tzinfo=UTC)).days
            season = 1 + swing * np.cos(np.pi / 6 * (calendar - peak))
            expected.append(people / 1000 * rate * season * trend ** (number / 12) * days / 30.4375)
    return np.array(expected)


def test_services_have_their_own_trend_and_season_and_with_the_policy_off_nothing_else():
    """Poisson about the hand-worked expectation; a world without trend does not fit it."""
    plan = PolicyPlan(service_rates=(12.0, 9.0, 30.0), service_trends=(1.2, 0.9, 1.3)).off()
    right = wrong = freedom = 0.0
    for seed in SEEDS:
        steps, moved = moved_of(plan, seed)
        table = service_tables(plan, PLACES, THREE_YEARS, Who(seed=seed), moved, steps=steps)
        rows = table["services"].to_pylist()
        for code, people in (("D1", 2200), ("D2", 4000)):
            n = np.array([row["value"] for row in rows if row["area_code"] == code])
            expected = by_hand(plan, THREE_YEARS, people)
            flat = by_hand(replace(plan, service_trends=(1.0, 1.0, 1.0)), THREE_YEARS, people)
            right += ((n - expected) ** 2 / expected).sum()
            wrong += ((n - flat) ** 2 / flat).sum()
            freedom += len(n)
    assert 5e-4 < stats.chi2.sf(right, freedom) < 1 - 5e-4
    assert stats.chi2.sf(wrong, freedom) < 1e-9


def test_switched_off_nothing_moves_and_everything_else_stays():
    plan = PolicyPlan(effect=1.0, unlogged=1.0)
    for seed in SEEDS:
        for _, health, _, _, fate, logged in decided(plan.off(), seed):
            assert set(fate[health]) == {"attended"}
            assert logged.all()
    on, off = (make_steps(p, THREE_YEARS, Who(), phase=0) for p in (plan, plan.off()))
    none = np.zeros((5, 36, 5), dtype=int)
    dates = [
        service_tables(plan, PLACES, THREE_YEARS, Who(), none, steps=s)["interventions"]
        for s in (on, off)
    ]
    assert dates[0].num_rows == 8
    assert dates[0].equals(dates[1])
    assert off.expected().column("attended").to_pylist() == [1.0] * 36 * 4


def test_a_call_that_is_attended_is_what_it_would_have_been_without_a_step_back():
    """The policy draws as many numbers as it draws when it is off, so later chance is the same."""
    health, kind, _ = calls_of(1, 30)
    after = []
    for plan in (PolicyPlan(effect=0.9), PolicyPlan().off()):
        rng = np.random.default_rng(3)
        make_steps(plan, THREE_YEARS, Who(), phase=0).decide(30, health, kind, rng)
        after.append(rng.random(5).tolist())
    assert after[0] == after[1]


def test_the_truth_by_month_is_what_is_drawn_from():
    plan = PolicyPlan(effect=0.6, unlogged=0.2)
    steps = make_steps(plan, THREE_YEARS, Who(slug="here"), phase=1)
    truth = {(row["month"], row["category"]): row for row in steps.expected().to_pylist()}
    # The second wave begins in February 2024; the first month has a third of the effect.
    row = truth["2024-02", CONCERN]
    assert row["force"] == "here"
    assert row["attended"] == pytest.approx(0.8)
    assert [row[word] for word in (*SERVICES, "unattended")] == pytest.approx(
        [0.07, 0.03, 0.04, 0.06]
    )
    assert row["not_logged"] == pytest.approx(0.04)
    assert truth["2023-11", CONCERN]["attended"] == 1


def test_the_force_states_its_dates_and_never_how_much_was_declined():
    steps = make_steps(PolicyPlan(starts_in="2023-06"), THREE_YEARS, Who(), phase=0)
    none = np.zeros((5, 36, 5), dtype=int)
    plan = PolicyPlan(starts_in="2023-06", announced_on="2023-02-01")
    table = service_tables(plan, PLACES, THREE_YEARS, Who(), none, steps=steps)["interventions"]
    first = table.to_pylist()[0]
    assert first["name"] == f"step-back: {CONCERN}"
    # Local midnight, an hour before midnight in UTC once summer time has come.
    assert first["started_at"] == datetime(2023, 5, 31, 23, tzinfo=UTC)
    assert first["announced_at"] == datetime(2023, 2, 1, tzinfo=UTC)
    assert table.column("dose").null_count == table.num_rows
    never = make_steps(PolicyPlan(), THREE_YEARS, Who(), phase=5)
    empty = service_tables(plan, PLACES, THREE_YEARS, Who(), none, steps=never)["interventions"]
    assert empty.num_rows == 0
    assert empty.schema == table.schema


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"to_ambulance": 0.5}, "= 1.15"),
        ({"to_ambulance": -0.05, "to_unattended": 0.7}, "none below 0"),
        ({"effect": 1.2}, "policy.effect"),
        ({"unlogged": -0.1}, "policy.unlogged"),
        ({"anticipation": 2.0}, "policy.anticipation"),
        ({"starts_in": "2025-01"}, "from 2022-01 to 2024-12"),
        ({"starts_in": "2023-1"}, "policy.starts_in"),
        ({"announced_on": "2023-13-01"}, "policy.announced_on"),
        ({"announced_on": "2021-12-31"}, "from 2022-01-01 to the start"),
        ({"announced_on": "2024-01-01"}, "2023-11-01"),
        ({"stagger": ()}, "policy.stagger"),
        ({"stagger": (0, -3)}, "policy.stagger"),
        ({"stagger": (0, "3")}, "policy.stagger"),
        ({"ramp_months": -1}, "policy.ramp_months"),
        ({"anticipation_months": -1}, "policy.anticipation_months"),
        ({"call_types": ("concern", ABSENT, "alarm", "animals")}, "policy.call_types"),
        ({"call_types": (), "type_after": ()}, "policy.call_types"),
        ({"type_after": (0, 3)}, "for 4 call types"),
        ({"service_rates": (1.0, 2.0)}, "policy.service_rates"),
        ({"service_trends": (1.0, 0.0, 1.0)}, "policy.service_trends"),
        ({"service_swings": (0.1, 1.0, 0.1)}, "policy.service_swings"),
        ({"service_peaks": (1, 13, 6)}, "policy.service_peaks"),
        ({"service_peaks": ("May", 1, 6)}, "policy.service_peaks"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_what_to_change(wrong, said):
    problems = list(replace(PolicyPlan(), **wrong).problems(THREE_YEARS))
    assert len(problems) == 1
    assert said in problems[0].found + problems[0].try_


@pytest.mark.parametrize("length", [1, 2, 3, 12, 36, 120])
def test_the_defaults_can_be_carried_out_over_any_period(length):
    period = Period("2022-11", length)
    assert not list(PolicyPlan().problems(period))
    start = PolicyPlan().first_start(period)
    assert 0 <= start < length
    assert period.starts[0] <= PolicyPlan().announcement(period) <= period.starts[start]
    assert make_steps(PolicyPlan(), period, Who(), phase=0).declined.shape == (length, 4)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A made-up store with a strong step-back, as `peelian make` makes one, and its truth."""
    folder = tmp_path_factory.mktemp("made")
    plant = folder / "plan.toml"
    plant.write_text('[policy]\nstarts_in = "2022-01"\neffect = 0.9\nramp_months = 0\n', "utf-8")
    asked = Asked(
        scale=scale_called("small", areas=60, incidents=30_000, years=None),
        seed=5,
        plant=plant,
        narratives=False,
    )
    make(folder / "store", asked, lambda *_: None)
    return folder / "store", folder / "truth" / "store"


def table_of(truth, name):
    """Read one table of the truth, whatever its files are."""
    rows = []
    for file in sorted((truth / name).iterdir()):
        if file.suffix == ".parquet":
            rows += pq.read_table(file).to_pylist()
        else:
            with file.open(encoding="utf-8", newline="") as text:
                rows += list(csv.DictReader(text))
    return rows


def test_in_a_made_store_each_call_that_was_declined_is_in_the_ledger_and_had_no_unit(made):
    """From single calls up: the ledger, what services hold, and who was sent."""
    store, truth = made
    logged, unlogged = table_of(truth, "incidents"), table_of(truth, "unlogged")
    fates = Counter(row["fate"] for row in (*logged, *unlogged) if row["fate"])
    ledger = table_of(truth, "ledger")
    for word in ("attended", *SERVICES, "unattended"):
        assert sum(int(row[word]) for row in ledger) == fates[word] > 0
    declined = {row["incident_id"] for row in logged if row["fate"] in {*SERVICES, "unattended"}}
    services = table_of(truth, "services")
    for word in SERVICES:
        assert sum(int(r["moved"]) for r in services if r["service"] == word) == fates[word]
    with Store.open(store) as opened:
        held = opened.table("services").value.sum().to_pyarrow().as_py()
        sent = opened.table("deployments").incident_id.to_pyarrow().to_pylist()
        there = opened.table("incidents").count().to_pyarrow().as_py()
    assert held == sum(int(r["own"]) + int(r["moved"]) for r in services)
    assert there == len(logged)
    assert not declined & set(sent)
    # A tenth of the declined calls have no log at all.
    gone = len(declined) + len(unlogged)
    assert within_chance(len(unlogged), gone, 0.1)
    assert gone > 100
