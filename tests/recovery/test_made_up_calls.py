"""The made-up calls do what their plan says, to the record, and nothing where it is switched off.

Expectations are worked out here by other code: counts in dictionaries, `zoneinfo` for the clock,
and the plan's own words. Chance is judged over twenty seeds.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from scipy import stats

from made_up_calls import all_of, column, ground, moments, month_of, numbers
from peelian.errors import UsageError
from peelian.records.synth.calls import CallsPlan, NeedPlan
from peelian.records.synth.categories import CATEGORIES
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.facts import CALLERS
from peelian.records.synth.places import PlacesPlan, make_places
from peelian.records.synth.policy import PolicyPlan, make_steps
from peelian.schema import TABLES
from peelian.schema.codes import code_list

SEEDS = range(500, 520)
FLAT = CrimesPlan(heterogeneity=False, seasons=False, trends=False)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def forces():
    return [all_of(ground(seed)) for seed in SEEDS]


@pytest.fixture(scope="module")
def force(forces):
    return forces[0]


@pytest.fixture(scope="module")
def unrepeated():
    return [all_of(ground(seed), CallsPlan().off()) for seed in SEEDS]


def within(found, of, share, sigmas=4.0):
    """Whether a count is within binomial error of a share."""
    return abs(found - of * share) <= sigmas * np.sqrt(of * share * (1 - share)) + 1


# --- what is conserved


def test_each_crime_the_public_reported_has_one_incident_with_its_key(forces):
    for force in forces[:5]:
        on, incidents = force.on, force.tables["incidents"]
        brought = Counter(c for c in column(incidents, "crime_id") if c is not None)
        start, end = on.period.starts[0], on.period.end
        told = on.crimes.by_public & (on.crimes.reported >= start) & (on.crimes.reported < end)
        ids = on.crimes.crime_id.to_pylist()
        assert brought == Counter(ids[row] for row in np.flatnonzero(told))
        assert 0 < told.sum() < len(on.crimes)


def test_an_incident_of_a_crime_is_called_one_and_stands_where_and_when_it_was_reported(force):
    incidents, crimes = force.tables["incidents"], force.on.crimes
    row = {c: n for n, c in enumerate(crimes.crime_id.to_pylist())}
    rows = zip(*(column(incidents, c) for c in ("crime_id", "category", "lon", "lat", "area_code")),
               column(incidents, "reported_at"), strict=True)  # fmt: skip
    for crime, category, lon, lat, area, at in rows:
        assert (crime is not None) == (category == "crime-reported")
        if crime is None:
            continue
        told = datetime.fromisoformat(str(crimes.reported[row[crime]])).replace(tzinfo=LONDON)
        assert told.astimezone(UTC) == at
        if lon is not None:
            assert (lon, lat) == (crimes.lon[row[crime]], crimes.lat[row[crime]])
            assert area == force.on.places.codes[crimes.area[row[crime]]]


def test_a_year_has_the_incidents_the_plan_asks_for():
    """Crimes and anti-social behaviour are among them: the other kinds fill up to the total."""
    got, wanted = 0, 0.0
    for seed in SEEDS:
        on = ground(seed, areas=20, months=2)
        for number in range(2):
            got += len(month_of(on, number, CallsPlan(incidents=14_000)).facts)
        wanted += 14_000 * 59 / 365.25
    # Crimes cluster, and months have their season: a wider band than Poisson's.
    assert abs(got / wanted - 1) < 0.02


def test_a_force_with_fewer_incidents_than_its_crimes_bring_is_refused():
    on = ground(1, areas=20, months=1)
    with pytest.raises(UsageError, match="fewer incidents than") as refused:
        month_of(on, 0, CallsPlan(incidents=500))
    assert "at least" in refused.value.try_


def test_anti_social_behaviour_is_poisson_about_what_its_public_rate_gives_each_area():
    """Chi-square over all areas of twenty forces; a wrong gradient is caught."""
    public = next(kind for kind in CATEGORIES if kind.name.startswith("Anti"))
    right = wrong = freedom = 0.0
    for seed in SEEDS:
        on = ground(seed, areas=40, months=2, crimes=FLAT)
        made = all_of(on)
        placed = made.antisocial & (made.point >= 0)
        count = np.bincount(made.area[placed], minlength=40)
        people = on.places.residents + public.visitors * on.places.visitors
        years = 59 / 365.25
        for gradient in (3.0, 1.5):
            step = np.log(gradient) / 9
            expected = 22 / 1000 * people * np.exp(step * (5.5 - on.places.decile)) * years
            square = ((count - expected) ** 2 / expected).sum()
            right, wrong = (right + square, wrong) if gradient == 3 else (right, wrong + square)
        freedom += 40
    assert 0.0005 < stats.chi2.sf(right, freedom) < 0.9995
    assert stats.chi2.sf(wrong, freedom) < 1e-9


def test_what_the_records_say_of_units_adds_up(force):
    deployments, incidents = force.tables["deployments"], force.tables["incidents"]
    unit, officer = defaultdict(float), defaultdict(float)
    first, arrived, unknown = {}, {}, set()
    rows = zip(*(column(deployments, c) for c in ("incident_id", "assigned_at", "arrived_at",
               "cleared_at", "crew_size")), strict=True)  # fmt: skip
    for incident, assigned, came, cleared, crew in rows:
        minutes = (cleared - assigned).total_seconds() / 60
        assert minutes >= 0
        assert came is None or assigned <= came <= cleared
        unit[incident] += minutes
        officer[incident] += minutes * (crew or 0)
        first[incident] = min(first.get(incident, assigned), assigned)
        if came is not None:
            arrived[incident] = min(arrived.get(incident, came), came)
        if crew is None:
            unknown.add(incident)
    names = ("incident_id", "unit_minutes", "officer_minutes", "dispatched_at", "arrived_at")
    names += ("reported_at", "closed_at")
    rows = zip(*(column(incidents, name) for name in names), strict=True)
    for incident, units, officers, sent, came, reported, closed in rows:
        assert units == pytest.approx(unit[incident], abs=0.011)
        assert (officers is None) == (incident in unknown)
        if officers is not None:
            assert officers == pytest.approx(officer[incident], abs=0.011)
        assert sent == first.get(incident)
        assert came == arrived.get(incident)
        assert closed is None or closed >= reported


def test_contacts_belong_to_incidents_of_the_same_place(force):
    incidents, contacts = force.tables["incidents"], force.tables["contacts"]
    area = dict(zip(column(incidents, "incident_id"), column(incidents, "area_code"), strict=True))
    joined = [c for c in column(contacts, "incident_id") if c is not None]
    assert set(joined) == set(area)
    assert len(set(column(contacts, "contact_id"))) == len(contacts)
    for incident, code in zip(*(column(contacts, c) for c in ("incident_id", "area_code")),
                              strict=True):  # fmt: skip
        assert code == area.get(incident)


def test_places_lie_in_their_areas_and_one_address_is_one_place(force):
    places, incidents = force.on.places, force.tables["incidents"]
    outline = dict(zip(places.codes, map(shapely.Polygon, places.rings), strict=True))
    crime = column(incidents, "crime_id")
    lon, lat = numbers(incidents, "lon"), numbers(incidents, "lat")
    codes, where = column(incidents, "area_code"), column(incidents, "location_text")
    address = defaultdict(set)
    for n, code in enumerate(codes):
        assert (code is None) == np.isnan(lon[n]) == (where[n] is None)
        if code is not None:
            assert outline[code].contains(shapely.Point(lon[n], lat[n]))
            if where[n][0].isdigit() and crime[n] is None:
                address[code, where[n]].add((lon[n], lat[n]))
    # Two streets of one area may bear one name; an address of one of them is one place.
    assert np.mean([len(found) == 1 for found in address.values()]) > 0.98
    assert sum(len(found) for found in address.values()) > 500


def test_tables_are_canonical(force):
    """Columns, required ones, code lists and keys are those of the schema."""
    assert set(force.tables) == {
        *("contacts", "incidents", "incident_codes", "deployments", "labels", "involvements"),
        *("people", "markers"),
    }  # fmt: skip
    for name, table in force.tables.items():
        schema = TABLES[name]
        for column_name in table.column_names:
            meant = schema[column_name]
            if meant.required:
                assert table[column_name].null_count == 0
            if meant.codes:
                known = {code.code for code in code_list(meant.codes).codes}
                assert set(table[column_name].drop_null().unique().to_pylist()) <= known
        if schema.key:
            keys = list(zip(*(column(table, key) for key in schema.key), strict=True))
            assert len(set(keys)) == len(keys)
    codes = force.tables["incident_codes"]
    pairs = zip(*(column(codes, c) for c in ("incident_id", "kind", "position")), strict=True)
    last = defaultdict(int)
    for incident, kind, position in sorted(pairs):
        last[incident, kind] += 1
        assert position == last[incident, kind]


# --- when


def local_hours(made):
    return [at.astimezone(LONDON) for at in column(made.tables["incidents"], "reported_at")]


def test_facts_tell_the_time_of_londons_clocks(force):
    summer = all_of(ground(77, areas=20, months=2, first="2023-03"))
    told = summer.fact("reported")
    utc = column(summer.tables["incidents"], "reported_at")
    for at, local in zip(utc, told.tolist(), strict=True):
        assert at.astimezone(LONDON).replace(tzinfo=None) == local
    assert {at.astimezone(LONDON).utcoffset().seconds for at in utc} == {0, 3600}


def test_disorder_follows_nights_out_and_roads_the_working_day(forces):
    hours = defaultdict(Counter)
    for made in forces:
        for kind, at in zip(made.kind, local_hours(made), strict=True):
            hours[kind][at.weekday(), at.hour] += 1
    late = hours["asb-nuisance"]
    night = sum(late[day, hour] for day in (5, 6) for hour in (0, 1))
    midweek = sum(late[day, hour] for day in (1, 2) for hour in (0, 1))
    assert night > 3 * midweek
    roads = hours["road-traffic-collision"]
    by_hour = [sum(roads[day, hour] for day in range(5)) for hour in range(24)]
    assert 16 <= int(np.argmax(by_hour)) <= 18
    assert sum(by_hour[1:5]) < 0.4 * sum(by_hour[15:19])


@pytest.mark.parametrize("holidays", [True, False])
def test_christmas_is_kept_or_not(holidays):
    """Calls by day, of kinds that follow office hours, on 25 December against other Mondays."""
    kept = usual = 0
    for seed in SEEDS:
        made = all_of(ground(seed, areas=30, months=1, first="2023-12"),
                      CallsPlan(holidays=holidays))  # fmt: skip
        by_day = np.isin(made.kind, ["message", "lost-or-found-property", "animals"])
        days = Counter(at.date() for at, one in zip(local_hours(made), by_day, strict=True) if one)
        kept += days[date(2023, 12, 25)]
        usual += sum(days[date(2023, 12, day)] for day in (4, 11, 18)) / 3
    ratio, error = kept / usual, np.sqrt(1 / kept + 1 / (3 * usual))
    assert ratio < 0.45 if holidays else abs(np.log(ratio)) < 3.5 * error


# --- who calls


def public_counts(made):
    """Count the incidents of each caller who is a person."""
    keys = column(made.tables["incidents"], "caller_id")
    return Counter(key for key in keys if key is not None and not key[2:].startswith("8"))


def test_a_few_callers_make_many_of_the_calls_as_planned(forces):
    fill = repeats = 0
    top = []
    for made in forces:
        other = ~made.antisocial & (np.array(column(made.tables["incidents"], "crime_id")) == None)  # noqa: E711
        again = made.fact("repeat")
        assert not (again & ~other).any()
        fill, repeats = fill + other.sum(), repeats + again.sum()
        counts = sorted(public_counts(made).values(), reverse=True)
        top.append(counts[0] / again.sum())
    # What comes from sites comes from no person: of the rest, so much as the plan says.
    assert 0.85 * 0.10 < repeats / fill < 0.10
    # Rank 1 of some 190 people, by hand: 1/3^1.05 over the sum of 1/(r + 2)^1.05.
    ranks = round(0.004 * forces[0].on.places.residents.sum())
    planned = 3**-1.05 / sum((r + 2) ** -1.05 for r in range(1, ranks + 1))
    assert abs(np.mean(top) / planned - 1) < 0.12


def test_a_callers_key_does_not_tell_who_calls_often_and_is_one_person_in_every_month(forces):
    """A model given the digits learns nothing: neither their size nor any single digit tells."""
    often, others = set(), set()
    for made in forces[:6]:
        keys = column(made.tables["incidents"], "caller_id")
        for key, again in zip(keys, made.fact("repeat"), strict=True):
            if key is not None and not key[2:].startswith("8"):
                (often if again else others).add(key)
    assert len(often) > 300
    numbers_of = [np.array([int(key[2:]) for key in sorted(keys)]) for keys in (often, others)]
    assert stats.ks_2samp(*numbers_of).pvalue > 1e-3
    for place in range(9):
        digits = [np.bincount(n // 10**place % 10, minlength=10) for n in numbers_of]
        seen = np.array(digits)[:, np.sum(digits, axis=0) > 0]
        assert stats.chi2_contingency(seen).pvalue > 1e-4
    # One key, one person: as many keys of people who call often as there are such people.
    for made in forces[:6]:
        keys = np.array(column(made.tables["incidents"], "caller_id"), dtype=object)
        again = made.fact("repeat")
        at = np.array(column(made.tables["incidents"], "location_text"), dtype=object)
        homes = defaultdict(set)
        for key, home in zip(keys[again], at[again], strict=True):
            if home is not None:
                homes[key].add(home)
        assert max(len(home) for home in homes.values()) == 1


def test_no_unit_goes_twice_to_one_incident(forces):
    for made in forces[:6]:
        sent = made.tables["deployments"]
        pairs = Counter(zip(column(sent, "incident_id"), column(sent, "unit_id"), strict=True))
        assert len(pairs) > 500
        assert max(pairs.values()) == 1


def test_switched_off_nobody_calls_but_by_chance(unrepeated, forces):
    """Each of an area's callers then calls as often as any other: counts are as dice fall."""
    most_on = [max(public_counts(made).values()) for made in forces]
    most_off = []
    for made in unrepeated:
        assert not made.fact("repeat").any()
        most_off.append(max(public_counts(made).values()))
    assert max(most_off) <= 8 < 12 < min(most_on)
    assert np.mean(most_on) > 4 * np.mean(most_off)


def test_switched_off_busy_places_remain(unrepeated):
    """The control keeps the confounder: sites still bring more than homes do."""
    for made in unrepeated[:5]:
        text = Counter(t for t in column(made.tables["incidents"], "location_text") if t)
        names = {name for kind in made.on.places.sites.values() for name in kind.name}
        site = [n for words, n in text.items() if words.rsplit(", ", 1)[0] in names]
        home = [n for words, n in text.items() if words[0].isdigit()]
        assert sum(site) / len(site) > 4 * sum(home) / len(home)


def test_what_comes_from_sites_is_switched_off_with_them():
    made = all_of(ground(3, areas=20, months=1), CallsPlan(site_share=0.0))
    assert not numbers(made.truth["incidents"], "from_site").any()
    assert numbers(all_of(ground(3, areas=20, months=1)).truth["incidents"], "from_site").any()


# --- what it was first said to be, and what was done


@pytest.mark.parametrize("wrong", [0.2, 0.0])
def test_what_is_first_said_is_wrong_as_often_as_planned(wrong):
    differ = n = 0
    for seed in SEEDS:
        made = all_of(ground(seed, areas=20, months=1), CallsPlan(opening_wrong=wrong))
        assert column(made.tables["incidents"], "opening_code") == made.said.tolist()
        differ, n = differ + (made.said != made.kind).sum(), n + len(made.kind)
    assert within(differ, n, wrong)


def test_crew_sizes_are_missing_and_doubled_as_planned(forces):
    crews = np.concatenate([numbers(made.tables["deployments"], "crew_size") for made in forces])
    known = crews[~np.isnan(crews)]
    assert within(np.isnan(crews).sum(), len(crews), 0.12)
    assert within((known == 2).sum(), len(known), 0.45)
    made = all_of(ground(1, areas=20, months=1), CallsPlan(crew_missing=0.0))
    assert made.tables["deployments"]["crew_size"].null_count == 0
    assert made.tables["incidents"]["officer_minutes"].null_count == 0


def test_minutes_on_the_scene_are_as_skewed_as_planned(forces):
    """The log of the first unit's stay has the plan's standard deviation within a kind."""
    stays = defaultdict(list)
    for made in forces:
        kind = dict(zip(column(made.tables["incidents"], "incident_id"), made.kind, strict=True))
        need = dict(zip(kind, made.fact("mental_health"), strict=True))
        seen = set()
        rows = zip(*(column(made.tables["deployments"], c) for c in ("incident_id", "arrived_at",
                   "cleared_at")), strict=True)  # fmt: skip
        for incident, came, cleared in rows:
            if incident not in seen and came is not None and not need[incident]:
                stays[kind[incident]].append((cleared - came).total_seconds() / 60)
            seen.add(incident)
    for kind, median in (("concern-for-safety", 62), ("road-traffic-collision", 60)):
        minutes = np.array(stays[kind])
        assert abs(np.std(np.log(minutes)) / 0.75 - 1) < 0.06
        assert abs(np.log(np.median(minutes) / median)) < 0.06
        assert minutes.mean() > 1.2 * np.median(minutes)
        assert np.quantile(minutes, 0.99) > 4 * np.median(minutes)


def left_open(made):
    """Return the days each log stayed open after the last unit cleared, or after the call."""
    last = {}
    rows = zip(*(column(made.tables["deployments"], c) for c in ("incident_id", "cleared_at")),
               strict=True)  # fmt: skip
    for incident, cleared in rows:
        last[incident] = max(last.get(incident, cleared), cleared)
    ids = column(made.tables["incidents"], "incident_id")
    done = [
        last.get(incident, at)
        for incident, at in zip(ids, column(made.tables["incidents"], "reported_at"), strict=True)
    ]
    closed = column(made.tables["incidents"], "closed_at")
    return [
        (end - start).total_seconds() / 86_400 if end else np.nan
        for start, end in zip(done, closed, strict=True)
    ], closed


def test_some_logs_stay_open_for_days_and_none_where_that_is_switched_off():
    planned, none = CallsPlan(tail_share=0.5, month_end=0.0), CallsPlan(tail_share=0.0)
    # By hand: of half the logs, those over two days when the log of days is normal about log 4.
    share = 0.5 * stats.norm.sf(np.log(2 / 4) / 1.1)
    long = n = off = of = 0
    for seed in SEEDS:
        on = ground(seed, areas=20, months=3)
        days = np.array(left_open(all_of(on, planned))[0])[:800]  # early ones are all closed
        long, n = long + (days > 2).sum(), n + len(days)
        days = np.array(left_open(all_of(on, none))[0])
        off, of = off + (days > 3).sum(), of + len(days)
    assert within(long, n, share, 5)
    assert off / of < 0.004  # appointments that nobody kept


@pytest.mark.parametrize("habit", [0.35, 0.0])
def test_logs_left_open_are_closed_together_at_the_months_end(habit):
    """Of those the habit does not take, about one in fifteen ends in two days of thirty."""
    last_two = n = 0
    for seed in SEEDS:
        made = all_of(ground(seed, areas=20, months=3), CallsPlan(tail_share=0.6, month_end=habit))
        days, closed = left_open(made)
        for waited, at in list(zip(days, closed, strict=True))[:700]:
            if at is not None and waited > 2:
                local = at.astimezone(LONDON)
                last_two += _days_left(local) < 2
                n += 1
    share = last_two / n
    assert share > 0.3 if habit else share < 0.12


def _days_left(at):
    after = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return (after - at.date()).days - 1


# --- any month alone, and the step-back


def test_any_month_can_be_made_alone_and_again(force):
    alone = month_of(ground(SEEDS[0]), 4)
    for name, table in alone.tables.items():
        assert table.equals(force.months[4].tables[name])
    assert alone.truth["incidents"].equals(force.months[4].truth["incidents"])


def test_another_seed_is_another_force(force):
    other = month_of(ground(SEEDS[1]), 4)
    assert not other.tables["incidents"].equals(force.months[4].tables["incidents"])


def stepped(on, plan):
    return all_of(on, policy=make_steps(plan, on.period, on.who, phase=0))


def test_calls_that_move_are_conserved_and_have_no_unit():
    strong = PolicyPlan(effect=0.8, unlogged=0.3, starts_in="2023-03", ramp_months=0)
    for seed in SEEDS[:6]:
        on = ground(seed)
        before, after = all_of(on), stepped(on, strong)
        logged, lost = after.tables["incidents"], after.truth["unlogged"]
        assert len(logged) + len(lost) == len(before.tables["incidents"])
        assert len(lost) > 10
        # Somebody answered them all the same: their contact has no incident.
        alone = [run.tables["contacts"]["incident_id"].null_count for run in (before, after)]
        assert abs(alone[1] - alone[0] - len(lost)) < 5 * np.sqrt(2 * alone[0])
        early = moments(lost, "reported_at") - np.timedelta64(60, "s")
        rows = after.tables["contacts"].filter(after.tables["contacts"]["incident_id"].is_null())
        assert set(early.tolist()) <= set(moments(rows, "answered_at").tolist())
        fate = column(after.truth["incidents"], "fate")
        moved = Counter(f for f in fate + column(lost, "fate") if f is not None)
        assert sum(moved.values()) == after.moved.sum()
        assert [moved[f] for f in ("attended", "ambulance")] == after.moved.sum(axis=0)[:2].tolist()
        for word, grade, unit in zip(fate, column(logged, "grade"),
                                     column(logged, "dispatched_at"), strict=True):  # fmt: skip
            if word not in (None, "attended"):
                assert grade == "referred"
                assert unit is None


def test_a_step_back_that_is_switched_off_changes_no_record():
    on = ground(4, areas=20, months=3)
    still, none = stepped(on, PolicyPlan().off()), all_of(on)
    for name, table in none.tables.items():
        assert table.equals(still.tables[name])
    assert still.moved.sum() > 0 == none.moved.sum()


# --- plans that cannot be carried out


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (CallsPlan(repeat_share=1.2), "calls.repeat_share"),
        (CallsPlan(not_placed=0.4, outside=0.2), "not_placed + outside"),
        (CallsPlan(per_thousand=0.0), "per_thousand"),
        (CallsPlan(extra_contacts=0.99), "extra_contacts"),
        (CallsPlan(incidents=-1), "incidents"),
        (NeedPlan(share=0.7), "need.share"),
        (NeedPlan(flag_sensitivity=1.1), "flag_sensitivity"),
        (NeedPlan(training_on="2030-01-01"), "training_on"),
        (NeedPlan(training_on="next week"), "training_on"),
        (NeedPlan(class_odds=(1.0, 2.0)), "class_odds"),
        (NeedPlan(flag_drift=0.0), "flag_drift"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_told_what_to_change(force, plan, words):
    problems = list(plan.problems(force.on.period))
    assert [words in problem.found for problem in problems] == [True]
    assert all(problem.try_ for problem in problems)


def test_the_defaults_and_their_controls_can_be_carried_out(force):
    period = force.on.period
    for plan in (CallsPlan(), CallsPlan().off(), NeedPlan(), NeedPlan().off(),
                 NeedPlan().recording_still(), NeedPlan().recording_still().off(),
                 replace(NeedPlan(), training_on="2023-06-30")):  # fmt: skip
        assert list(plan.problems(period)) == []


@pytest.mark.parametrize("unnamed", [0.06, 0.5])
def test_callers_are_unnamed_as_often_as_planned(unnamed):
    """Of residents who call, some leave no key; those who call often are known by theirs."""
    none = n = 0
    people = ["victim", "person_concerned", "family", "friend", "neighbour", "passer_by"]
    for seed in SEEDS[:5]:
        made = all_of(ground(seed, areas=20, months=1), CallsPlan(anonymous=unnamed))
        keys = np.array(column(made.tables["incidents"], "caller_id"), dtype=object)
        resident = np.isin(np.array(CALLERS)[made.fact("caller")], people)
        resident &= ~made.fact("repeat")
        none, n = none + (keys[resident] == None).sum(), n + resident.sum()  # noqa: E711
        assert (keys[made.fact("repeat")] != None).all()  # noqa: E711
    assert within(none, n, unnamed)


@pytest.mark.parametrize(
    ("calls", "need"),
    [
        (CallsPlan(extra_contacts=0.0, contacts_alone=0.0, anonymous=1.0), NeedPlan(share=0.0)),
        (CallsPlan(repeat_share=1.0, site_share=1.0, repeat_people=0.01), NeedPlan(share=0.25)),
        (CallsPlan(opening_wrong=1.0, crew_missing=1.0, double_crewed=1.0), NeedPlan().off()),
        (CallsPlan(tail_share=1.0, month_end=1.0, minutes_spread=0.0),
         NeedPlan(flag_sensitivity=1.0, flag_specificity=1.0, keyword_sensitivity=0.0)),
        (CallsPlan(not_placed=0.5, outside=0.0, involved=0.0), NeedPlan(training_on="")),
    ],
)  # fmt: skip
def test_plans_at_their_edges_can_be_carried_out(calls, need):
    on = ground(6, areas=20, months=1)
    assert not list(calls.problems(on.period)) + list(need.problems(on.period))
    made = all_of(on, calls, need)
    assert len(made.tables["incidents"]) > 300
    flag, true = (numbers(made.truth["incidents"], name) == 1 for name in ("flag", "mental_health"))
    if need.flag_sensitivity == 1.0:
        assert (flag == true).all()
    if need.share == 0.0:
        assert not true.any()


def test_a_force_without_partners_sites_has_calls_all_the_same():
    on = ground(6, areas=20, months=1)
    on.places = make_places(PlacesPlan(areas=20, partners=False), on.who)
    assert not any(len(sites) for sites in on.places.sites.values())
    assert len(all_of(on).tables["incidents"]) > 300
