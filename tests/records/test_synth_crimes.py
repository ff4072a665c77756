"""Made-up crimes and stops: what a plan may say, and what every record of them keeps to."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from peelian.records.synth.crimes import KINDS, crime_tables, last_outcomes, make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.outcomes import CODES, ENDINGS, PUBLIC_WORDS
from peelian.records.synth.period import Period
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.recording import RecordingPlan
from peelian.records.synth.stops import make_stops, stop_tables
from peelian.records.synth.stops_plan import StopsPlan
from peelian.records.synth.store_writer import Finish
from peelian.records.synth.who import Who
from peelian.schema.codes import code_list

WHO = Who(seed=7)
PERIOD = Period("2022-11", 14)


@pytest.fixture(scope="module")
def places():
    return make_places(PlacesPlan(areas=60), WHO)


@pytest.fixture(scope="module")
def crimes(places):
    return make_crimes(CrimesPlan(), places, PERIOD, WHO)


@pytest.fixture(scope="module")
def stops(places):
    return make_stops(StopsPlan(), places, PERIOD, WHO)


@pytest.mark.parametrize(
    ("part", "said", "names", "advises"),
    [
        (CrimesPlan, {"burglary_branching": 1.0}, "burglary_branching = 1.0", "below 1"),
        (CrimesPlan, {"violence_branching": -0.1}, "violence_branching", "from 0"),
        (CrimesPlan, {"vehicle_delay": "gamma"}, "vehicle_delay = 'gamma'", "exponential"),
        (CrimesPlan, {"burglary_distance": "power-law"}, "burglary_distance", "gaussian, step"),
        (CrimesPlan, {"burglary_days": 500.0}, "burglary_days = 500.0", "period"),
        (CrimesPlan, {"vehicle_metres": 0.0}, "vehicle_metres = 0.0", "above 0"),
        (CrimesPlan, {"tail": 1.0}, "tail = 1.0", "above 1"),
        (CrimesPlan, {"same_place": 1.5}, "same_place", "from 0 to 1"),
        (CrimesPlan, {"not_placed": 0.4, "outside": 0.2}, "not_placed + outside", "half"),
        (CrimesPlan, {"area_spread": float("nan")}, "area_spread = nan", "above 0"),
        (CrimesPlan, {"charge_odds": -1.0}, "charge_odds = -1.0", "from 0"),
        (CrimesPlan, {"waits": 0.0}, "waits = 0.0", "0.01 to 100"),
        (CrimesPlan, {"wait_spread": 9.0}, "wait_spread = 9.0", "from 0 to 3"),
        (CrimesPlan, {"uneven_growth": 1e6}, "uneven_growth", "hundredfold"),
        (RecordingPlan, {"report_burglary": 1.0}, "report_burglary = 1.0", "0.95"),
        (RecordingPlan, {"report_drugs": 0.0}, "report_drugs = 0.0", "0.001"),
        (RecordingPlan, {"reporting_by_group": (1.0, 0.8)}, "reporting_by_group", "5 odds"),
        (RecordingPlan, {"looking_by_group": 0.0}, "looking_by_group", "0.05 to 20"),
        (StopsPlan, {"rate_ratios": (1, 2, "3", 4, 5)}, "rate_ratios", "5 numbers"),
        (StopsPlan, {"rate_ratios": (2.0, 2, 2, 2, 2)}, "rate_ratios begins with 2.0", "1.0 first"),
        (
            StopsPlan,
            {"seen_black": (0.2,) * 4 + (0.1,)},
            "seen_black adds up to 0.9",
            "add up to 1",
        ),
        (StopsPlan, {"bars": (0.95,) * 5}, "bars", "0.9"),
        (StopsPlan, {"carrying": (0.0,) * 5}, "carrying", "between 0 and 1"),
        (StopsPlan, {"self_missing": 1.0}, "self_missing = 1.0", "0.95"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_what_to_change(part, said, names, advises):
    (problem,) = part(**said).problems(PERIOD)
    assert names in problem.found
    assert advises in problem.try_


@pytest.mark.parametrize("part", [CrimesPlan, RecordingPlan, StopsPlan])
def test_the_defaults_and_the_control_can_be_carried_out(part):
    assert not list(part().problems(PERIOD))
    assert not list(part().off().problems(PERIOD))
    assert part().off() != part()


def test_the_same_seed_makes_the_same_crimes_and_another_makes_others(places, crimes):
    again = make_crimes(CrimesPlan(), places, PERIOD, WHO)
    assert again.crime_id.equals(crimes.crime_id)
    for field in ("occurred_from", "recorded", "lon", "point", "ending", "ended"):
        assert np.array_equal(getattr(again, field), getattr(crimes, field), equal_nan=True)
    other = make_crimes(CrimesPlan(), places, PERIOD, replace(WHO, seed=8))
    assert not set(other.crime_id.to_pylist()) & set(crimes.crime_id.to_pylist())


def test_every_record_falls_in_one_month_of_the_period(crimes):
    rows = np.concatenate([crimes.month(number) for number in range(PERIOD.length)])
    assert (rows == np.arange(len(crimes))).all()
    assert (np.diff(crimes.recorded) >= np.timedelta64(0)).all()
    assert len(set(crimes.crime_id.to_pylist())) == len(crimes)


def test_times_come_in_their_order(crimes):
    truth = crimes.offences.occurred[crimes.offence]
    assert (crimes.occurred_from <= crimes.occurred_to).all()
    assert (crimes.occurred_to <= crimes.reported).all()
    assert (truth <= crimes.reported).all()
    assert (crimes.reported < crimes.recorded).all()
    assert (crimes.recorded < crimes.ended).all()


def test_a_window_holds_the_true_moment_and_a_known_moment_is_near_it(crimes):
    truth = crimes.offences.occurred[crimes.offence]
    window = crimes.occurred_from < crimes.occurred_to
    assert (crimes.occurred_from[window] <= truth[window]).all()
    assert (truth[window] <= crimes.occurred_to[window]).all()
    off = np.abs((crimes.occurred_from - truth)[~window]) / np.timedelta64(60, "s")
    assert off.max() <= 30
    burglary = crimes.kind == [kind.name for kind in KINDS].index("Burglary")
    assert 0.75 < window[burglary].mean() < 0.95


def test_clocks_show_the_habits_of_those_who_write(crimes):
    minute = crimes.occurred_from.astype(np.int64) % 3600 // 60
    assert (minute % 5 == 0).mean() > 0.99
    assert 0.3 < (minute == 0).mean() < 0.5
    midnight = crimes.recorded.astype(np.int64) % 86_400 == 0
    assert 0.01 < midnight.mean() < 0.04


def test_hours_differ_by_kind(crimes):
    hour = crimes.offences.occurred.astype(np.int64) // 3600 % 24
    day = (crimes.offences.occurred.astype(np.int64) // 86_400 + 3) % 7
    names = [kind.name for kind in KINDS]
    shops = crimes.offences.kind == names.index("Shoplifting")
    cars = crimes.offences.kind == names.index("Vehicle crime")
    violence = crimes.offences.kind == names.index("Violence and sexual offences")
    night = (hour >= 22) | (hour < 6)
    assert night[shops].mean() < 0.1
    assert night[cars].mean() > 0.4
    out = ((day == 4) | (day == 5)) & (hour >= 20)
    assert out[violence].mean() > 1.5 * 8 / 168


def crossings(ring, x, y):
    """Count how often a ray from each point to the east crosses a ring: odd is inside."""
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    straddles = (y1[:, None] > y) != (y2[:, None] > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x1[:, None] + (y - y1[:, None]) * ((x2 - x1) / (y2 - y1))[:, None]
    return (straddles & (at > x)).sum(axis=0)


def test_places_lie_in_their_areas(places, crimes):
    """Counted by rays, as no code of ours does."""
    offences = crimes.offences
    for area in range(0, 60, 7):
        here = offences.area == area
        crossed = crossings(places.rings[area], offences.lon[here], offences.lat[here])
        assert (crossed % 2 == 1).all()
    point = crimes.point >= 0
    assert (places.points.area[crimes.point[point]] == crimes.area[point]).all()


def test_parents_come_before_their_offspring_and_are_of_their_kind(crimes):
    offences = crimes.offences
    child = np.flatnonzero(offences.parent >= 0)
    parent = offences.parent[child]
    assert len(child) > 100
    assert (offences.occurred[parent] <= offences.occurred[child]).all()
    assert (offences.kind[parent] == offences.kind[child]).all()
    assert ((offences.parent >= -2) & (offences.parent < len(offences))).all()


def test_the_tables_are_canonical(places, crimes, stops):
    finish = Finish("made-up", "L1", "MADEUP21", "EPSG:32631")
    tables = crime_tables(crimes, places, PERIOD, 5) | stop_tables(stops, places, PERIOD, 5, WHO)
    for name, rows in tables.items():
        whole = finish.table(name, rows)
        assert whole.num_rows == rows.num_rows > 20
    known = {row.code for row in code_list("outcome").codes}
    for table, column in (("crimes", "last_outcome_code"), ("outcomes", "outcome_code")):
        assert set(tables[table][column].to_pylist()) <= known
    kinds = {row.code for row in code_list("crime_type").codes}
    assert set(tables["crimes"]["crime_type"].to_pylist()) <= kinds
    start, end = (pa.scalar(moment, pa.timestamp("us", "UTC")) for moment in _month_in_utc(5))
    at = tables["crimes"]["recorded_at"]
    assert pc.all(pc.and_(pc.greater_equal(at, start), pc.less(at, end))).as_py()


def _month_in_utc(number):
    from datetime import datetime
    from zoneinfo import ZoneInfo

    year, month = (int(part) for part in PERIOD.months[number].split("-"))
    zone = ZoneInfo("Europe/London")
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    return datetime(year, month, 1, tzinfo=zone), after


def test_a_file_knows_the_outcomes_of_its_own_time_only(crimes):
    rows = crimes.month(3)
    said = np.array(CODES)[last_outcomes(crimes, rows)]
    horizon = np.datetime64("2023-05-01")  # February's file knows March and April
    early = crimes.ended[rows] < horizon
    assert (said[~early] == "under-investigation").all()
    assert not (said[early] == "under-investigation").any()
    ending = np.array([end.code for end in ENDINGS])[crimes.ending[rows]]
    assert (said[early & (ending == "1")] == "awaiting-court-outcome").all()
    rest = early & (ending != "1")
    assert (said[rest] == ending[rest]).all()
    assert len(PUBLIC_WORDS) == len(CODES)


def test_a_stop_belongs_to_the_month_it_was_made_in(stops):
    rows = np.concatenate([stops.month_rows(number) for number in range(PERIOD.length)])
    assert sorted(rows.tolist()) == list(range(len(stops)))
    named = stops.moment.astype("M8[M]").astype(str)
    assert (named == np.array(PERIOD.months)[stops.month]).all()
    assert (np.diff(stops.moment) >= np.timedelta64(0)).all()


def test_an_outcome_of_a_stop_is_linked_only_where_something_was_found(places, stops):
    table = stop_tables(stops, places, PERIOD, 2, WHO)["stops"]
    nothing = pc.equal(table["outcome"], "A no further action disposal")
    assert table["outcome_linked"].is_null().combine_chunks().equals(nothing.combine_chunks())
    missing = table["ethnicity_self"].is_null().to_numpy()
    assert 0 < missing.mean() < 0.5


def test_nothing_expected_makes_nothing(places):
    month = Period("2024-02", 1)
    none = [replace(kind, rate=0.0) for kind in KINDS]
    tables = crime_tables(
        make_crimes(CrimesPlan(), places, month, WHO, kinds=none), places, month, 0
    )
    tables |= stop_tables(
        make_stops(StopsPlan(rate=0.0), places, month, WHO), places, month, 0, WHO
    )
    assert [rows.num_rows for rows in tables.values()] == [0, 0, 0]


def test_a_long_chain_of_offspring_has_grown_by_the_first_month(places):
    """Nine in ten follow another: clusters last a hundred days, and no month is short of them."""
    plan = CrimesPlan(burglary_branching=0.9, burglary_metres=40.0)
    burglary = [kind for kind in KINDS if kind.name == "Burglary"]
    found = np.zeros(PERIOD.length)
    expected = np.zeros(PERIOD.length)
    for seed in range(40):
        made = make_crimes(plan, places, PERIOD, Who(seed=seed), kinds=burglary)
        found += np.bincount(made.recorded_in, minlength=PERIOD.length)
        expected += made.rates[0].expected.sum(axis=0)
    assert found[:4].sum() / expected[:4].sum() == pytest.approx(1, abs=0.12)
