"""Stops and searches: where police look, at a set disparity by residents and a set bar by group."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

from peelian.records.synth.categories import Category
from peelian.records.synth.columns import instants, numbered, words
from peelian.records.synth.events import NO_PLACE, points_of
from peelian.records.synth.hours import draw_moments
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import GROUPS, Integers, Places
from peelian.records.synth.rates import make_rates
from peelian.records.synth.stops_plan import StopsPlan
from peelian.records.synth.streams import stream
from peelian.records.synth.streets import Streets
from peelian.records.synth.who import Who

Words = NDArray[np.str_]
Flags = NDArray[np.bool_]

_PACE = "Police and Criminal Evidence Act 1984 (section 1)"
_REASONS = (
    (0.52, "Misuse of Drugs Act 1971 (section 23)", "Controlled drugs"),
    (0.23, _PACE, "Offensive weapons"),
    (0.16, _PACE, "Stolen goods"),
    (0.09, _PACE, "Articles for use in criminal damage"),
)
# What people of each of GROUPS say, in the words of the public files, and what officers write.
SAID = (
    "White - English/Welsh/Scottish/Northern Irish/British",
    "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background",
    "Asian/Asian British - Any other Asian background",
    "Black/African/Caribbean/Black British - African",
    "Other ethnic group - Any other ethnic group",
)
OBSERVED = tuple(name.title() for name in GROUPS)
NOTHING = "A no further action disposal"
_FOUND = ((0.62, "Arrest"), (0.23, "Community resolution"), (0.15, "Summons / charged by post"))
_AGES = ((0.19, "10-17"), (0.26, "18-24"), (0.26, "25-34"), (0.29, "over 34"))
# As the public files say it, and as the code list does.
KINDS = (("Person search", "person"), ("Person and Vehicle search", "person-and-vehicle"))
_DATE_ONLY = 0.02  # written down without the time of day, as midnight
# Where stops are: near the gradient and the spread of Northumbria's.
_WHERE = Category("Stop and search", 3.2, 2.6, 0.5, 5.0, 0.05, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """Every stop and search, in order of time: one value a stop each.

    Args:
        period: The months.
        month: In which month of the period.
        area: Where, in truth.
        lon, lat: Where exactly.
        point: The map point of public files, or NO_PLACE where the record has no place.
        moment: Local time to the second, as recorded.
        group: Number in GROUPS of what the person is, and says if asked.
        said: Whether the record has that.
        observed: Number in GROUPS of what the officer saw; -1 where nothing was written.
        chance: The chance of a find, as the officer had reason to believe: at or above the bar.
        found: Whether something was found: the hit of an outcome test.
        kind: Number in KINDS.
        gender, age, legislation, searched_for, outcome: The public files' own words.
        linked: Whether the outcome was about the object of search; only where `found`.
        clothing: Whether more than outer clothing was removed.
    """

    period: Period
    month: Integers
    area: Integers
    lon: Floats
    lat: Floats
    point: Integers
    moment: NDArray[np.datetime64]
    group: Integers
    said: Flags
    observed: Integers
    chance: Floats
    found: Flags
    kind: Integers
    gender: Words
    age: Words
    legislation: Words
    searched_for: Words
    outcome: Words
    linked: Flags
    clothing: Flags

    def __len__(self) -> int:
        return len(self.month)

    def month_rows(self, number: int) -> Integers:
        """Return the rows of a month of the period, in order of time."""
        return np.flatnonzero(self.month == number)


def make_stops(plan: StopsPlan, places: Places, period: Period, who: Who) -> Stops:
    """Return every stop and search of a force in a period.

    An area's stops are Poisson about its rate, whoever lives there. Within the area a stop is of
    group g with chance in proportion to residents of g times the group's rate ratio: the residents
    are the benchmark, and at it the disparity is what the plan says, in each area alike. Over the
    force it differs from that, since groups live in areas stopped more or less.

    Args:
        plan: What is planted.
        places: Where.
        period: When.
        who: The force.

    Cannot show:
        Who is out in the street: residents are a benchmark, not the people an officer could stop.
    """
    where = replace(_WHERE, rate=plan.rate)
    (rates,) = make_rates(plan, (where,), places, period, who)
    rng = stream(who.seed, f"{who.slug}/stops/where")
    counts = rng.poisson(rates.expected)
    area, month = np.nonzero(counts)
    each = counts[area, month]
    area, month = np.repeat(area, each), np.repeat(month, each)
    point = points_of(area, places, where, rng)
    lon, lat = Streets(places, who).along(point, rng)
    seconds = draw_moments(month, where.name, period, 0, rng)
    seconds = 300 * np.floor(seconds / 300)  # officers write five minutes, not seconds
    dated = rng.uniform(size=len(area)) < _DATE_ONLY
    seconds[dated] = 86_400 * np.floor(seconds[dated] / 86_400)
    point[rng.uniform(size=len(area)) < plan.not_placed] = NO_PLACE
    order = np.argsort(seconds, kind="stable")
    area = area[order]
    whom = _whom(plan, area, places, stream(who.seed, f"{who.slug}/stops/whom"))
    return Stops(
        period=period,
        month=month[order],
        area=area,
        lon=lon[order],
        lat=lat[order],
        point=point[order],
        moment=seconds[order].astype("M8[s]"),
        **whom,
        **_what(len(area), stream(who.seed, f"{who.slug}/stops/what")),
        **_finds(plan, whom["group"], stream(who.seed, f"{who.slug}/stops/finds")),
    )


def _whom(
    plan: StopsPlan, area: Integers, places: Places, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return who was stopped, and what was written of them."""
    pull = places.group_shares * plan.ratios
    group = _pick(pull[area], rng)
    observed = _pick(plan.seen[group], rng)
    observed[rng.uniform(size=len(area)) < plan.observed_missing] = -1
    return {
        "group": group,
        "said": rng.uniform(size=len(area)) >= plan.self_missing,
        "observed": observed,
        "gender": _word(((0.89, "Male"), (0.11, "Female")), len(area), rng),
        "age": _word(_AGES, len(area), rng),
    }


def _what(count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return what was searched for, under which power, and how."""
    reason = rng.choice(len(_REASONS), size=count, p=[share for share, *_ in _REASONS])
    return {
        "kind": (rng.uniform(size=count) < 0.07).astype(np.int64),
        "legislation": np.array([law for _, law, _ in _REASONS])[reason],
        "searched_for": np.array([thing for *_, thing in _REASONS])[reason],
        "clothing": rng.uniform(size=count) < 0.05,
    }


def _finds(plan: StopsPlan, group: Integers, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return what each search found: the risk model of the threshold test.

    Officers see a chance of a find, beta-distributed over the people of a group, and search from
    the group's bar on; the find then comes with just that chance (Simoiu and others 2017).
    """
    carrying = np.array(plan.carrying)[group]
    a, b = plan.certainty * carrying, plan.certainty * (1 - carrying)
    below = betainc(a, b, plan.bars_in_force[group])
    chance = betaincinv(a, b, below + rng.uniform(size=len(group)) * (1 - below))
    found = rng.uniform(size=len(group)) < chance
    outcome = np.where(found, _word(_FOUND, len(group), rng), NOTHING)
    linked = found & (rng.uniform(size=len(group)) < 0.85)
    return {"chance": chance, "found": found, "outcome": outcome, "linked": linked}


def _pick(pull: Floats, rng: np.random.Generator) -> Integers:
    """Return a column for each row, with chance in proportion to the row's numbers."""
    reached = np.cumsum(pull, axis=1)
    target = rng.uniform(size=len(pull)) * reached[:, -1]
    return (target[:, None] >= reached[:, :-1]).sum(axis=1)


def _word(choices: tuple[tuple[float, str], ...], count: int, rng: np.random.Generator) -> Words:
    shares, said = zip(*choices, strict=True)
    return np.array(said)[rng.choice(len(said), size=count, p=shares)]


def stop_tables(
    stops: Stops, places: Places, period: Period, number: int, who: Who
) -> dict[str, pa.Table]:
    """Return one month's stops as the canonical table, without what the store works out.

    Args:
        stops: All of them.
        places: The areas and map points.
        period: The months.
        number: Which month.
        who: The force, whose name begins each identifier.
    """
    rows = stops.month_rows(number)
    lost = stops.point[rows] < 0
    point = np.maximum(stops.point[rows], 0)
    found = stops.found[rows]
    table = {
        "stop_id": numbered(f"{who.slug}-s-{period.months[number]}-", np.arange(len(rows)), 6),
        "stopped_at": instants(stops.moment[rows]),
        "kind": words([code for _, code in KINDS], stops.kind[rows]),
        "object": pa.array(stops.searched_for[rows]),
        "legislation": pa.array(stops.legislation[rows]),
        "outcome": pa.array(stops.outcome[rows]),
        "outcome_linked": pa.array(stops.linked[rows], mask=~found),
        "clothing_removed": pa.array(stops.clothing[rows]),
        "ethnicity_self": words(SAID, stops.group[rows], missing=~stops.said[rows]),
        "ethnicity_observed": words(
            OBSERVED, np.maximum(stops.observed[rows], 0), missing=stops.observed[rows] < 0
        ),
        "age_band": pa.array(stops.age[rows]),
        "sex": pa.array(stops.gender[rows]),
        "lon": pa.array(stops.lon[rows], mask=lost),
        "lat": pa.array(stops.lat[rows], mask=lost),
        "location_text": words(places.points.name, point, missing=lost),
        "area_code": words(places.codes, stops.area[rows], missing=lost),
    }
    return {"stops": pa.table(table)}
