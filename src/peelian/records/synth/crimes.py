"""Crimes of a whole period: what truly happened, what became a record, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.categories import ASB, CATEGORIES, Category
from peelian.records.synth.columns import instants, words
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.events import NO_PLACE, OUTSIDE
from peelian.records.synth.happening import happen
from peelian.records.synth.near_repeats import Chain
from peelian.records.synth.outcomes import (
    AWAITING_COURT,
    CODES,
    ENDINGS,
    UNDER_INVESTIGATION,
    draw_outcomes,
)
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.rates import Rates, make_rates
from peelian.records.synth.recorded_times import write_down
from peelian.records.synth.recording import RecordingPlan, chances
from peelian.records.synth.streams import stream
from peelian.records.synth.streets import Streets
from peelian.records.synth.who import Who

Moments = NDArray[np.datetime64]
KINDS = tuple(kind for kind in CATEGORIES if kind.name != ASB)
# A street file is published after its month, and knows the outcomes of so many more.
PUBLISHED_AFTER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Offences:
    """What truly happened: each array has one value an offence, recorded or not.

    Args:
        kind: Number in the force's categories.
        area: The area it happened in.
        occurred: When, local time to the second.
        lon, lat: Where.
        parent: The row of the offence that it follows; NONE where it follows none, BEFORE where
            that offence happened too early to stand here.
        group: Number in GROUPS of its victim; of a crime without one, a resident's.
        report_chance: The chance that it was reported.
        found_chance: The chance that police found it, had it not been reported.
    """

    kind: Integers
    area: Integers
    occurred: Moments
    lon: Floats
    lat: Floats
    parent: Integers
    group: Integers
    report_chance: Floats
    found_chance: Floats

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crimes:
    """Recorded crimes, in order of when they were recorded: one value a record each.

    Args:
        kinds: The categories that `kind` numbers.
        period: The months of the records.
        offences: What truly happened.
        rates: What was expected of each kind.
        offence: The row of `offences` that each record is about.
        kind, area: Of that offence.
        lon, lat: Where it truly happened.
        point: The map point it is snapped to in public files; NO_PLACE where the record has no
            place; OUTSIDE where it is placed, wrongly, beyond the force.
        by_public: Whether the public reported it; police found the others.
        occurred_from, occurred_to: What the record says of when it happened, local time.
        reported: When police learnt of it, local time.
        recorded: When it was recorded, local time; within the period.
        crime_id: 64 hexadecimal digits, as the public files write them.
        ending: Number in outcomes.ENDINGS: how it ends, sooner or later.
        ended: When, local time; after the period where it is still under investigation.
    """

    kinds: tuple[Category, ...]
    period: Period
    offences: Offences
    rates: tuple[Rates, ...]
    offence: Integers
    kind: Integers
    area: Integers
    lon: Floats
    lat: Floats
    point: Integers
    by_public: NDArray[np.bool_]
    occurred_from: Moments
    occurred_to: Moments
    reported: Moments
    recorded: Moments
    crime_id: pa.StringArray
    ending: Integers
    ended: Moments

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def recorded_in(self) -> Integers:
        """Return the number, in the period, of the month in which each was recorded."""
        return np.searchsorted(_edges(self.period), self.recorded, side="right") - 1

    def month(self, number: int) -> Integers:
        """Return the rows recorded in a month of the period, in order of time."""
        edges = _edges(self.period)[[number, number + 1]]
        return np.arange(*np.searchsorted(self.recorded, edges))

    def ended_in(self, number: int) -> Integers:
        """Return the rows whose outcome came in a month of the period, in order of time."""
        start, stop = _edges(self.period)[[number, number + 1]]
        chosen = np.flatnonzero((self.ended >= start) & (self.ended < stop))
        return chosen[np.argsort(self.ended[chosen], kind="stable")]


class _Made(NamedTuple):
    """One kind's offences, and the records of some of them."""

    offences: dict[str, np.ndarray]
    records: dict[str, np.ndarray]


def make_crimes(
    plan: CrimesPlan,
    places: Places,
    period: Period,
    who: Who,
    *,
    recording: RecordingPlan | None = None,
    kinds: Sequence[Category] = KINDS,
) -> Crimes:
    """Return every crime of a force in a period, with the truth it was drawn from.

    Each kind is drawn from streams of its own name, so that leaving one out changes no other.
    What the rates expect of an area is what is recorded there when all of `recording` is on and
    nothing is cut off at a border: near repeats move a little of it to neighbouring areas.

    Args:
        plan: What is planted in crimes.
        places: Where.
        period: When: the months of the records.
        who: The force.
        recording: What is planted in recording; the defaults where it is left out.
        kinds: The categories of crime.
    """
    recording = recording or RecordingPlan()
    streets = Streets(places, who)
    rates = make_rates(plan, kinds, places, period, who)
    made = [
        _one_kind(number, rate, plan, recording, streets, places, period, who)
        for number, rate in enumerate(rates)
    ]
    return _together(made, tuple(kinds), rates, period, who)


def _one_kind(
    number: int,
    rates: Rates,
    plan: CrimesPlan,
    recording: RecordingPlan,
    streets: Streets,
    places: Places,
    period: Period,
    who: Who,
) -> _Made:
    name = rates.category.name
    shares = places.group_shares
    lost = plan.not_placed + plan.outside
    # Rates are of records; what truly happened is more, by the chance of a record.
    truly = (
        rates.expected
        / (1 - lost)
        / chances(recording.on(), name, places).recorded(shares)[:, None]
    )
    chain, first_points = happen(truly, rates.category, plan, streets, places, period, who)
    rng = stream(who.seed, f"{who.slug}/crimes/{name}/recording")
    known = chances(recording, name, places)
    group = _victims(chain.area, shares, rng)
    report, found = known.reported[chain.area, group], known.found[chain.area]
    by_public = rng.uniform(size=len(group)) < report
    known_to_police = by_public | (rng.uniform(size=len(group)) < found)
    row = np.flatnonzero(known_to_police)
    moment = chain.moment.astype(np.int64)
    record = write_down(moment[row], name, by_public[row], rng)
    edges = _edges(period)
    held = (record.recorded >= edges[0]) & (record.recorded < edges[-1])
    row = row[held]
    kept = moment >= edges[0].astype(np.int64)
    kept[row] = True
    records = dict(zip(record._fields, (part[held] for part in record), strict=True))
    luck = stream(who.seed, f"{who.slug}/outcomes/{name}")
    ending, ended = draw_outcomes(name, records["recorded"], plan.pathways, luck)
    records |= {
        "offence": (np.cumsum(kept) - 1)[row],
        "point": _recorded_points(chain, first_points, row, plan, streets, rng),
        "by_public": by_public[row],
        "ending": ending,
        "ended": ended,
        "digits": np.frombuffer(rng.bytes(32 * len(row)), np.uint8).reshape(-1, 32),
    }
    chain = chain.where(kept)
    offences = {
        "kind": np.full(len(chain.area), number),
        "area": chain.area,
        "occurred": chain.moment.astype("M8[s]"),
        "lon": chain.lon,
        "lat": chain.lat,
        "parent": chain.parent,
        "group": group[kept],
        "report_chance": report[kept],
        "found_chance": found[kept],
    }
    return _Made(offences, records)


def _victims(area: Integers, shares: Floats, rng: np.random.Generator) -> Integers:
    """Return a group for each event, as likely as its share of the area's residents."""
    reached = np.cumsum(shares, axis=1)
    reached = (reached / reached[:, -1:] + np.arange(len(shares))[:, None]).ravel()
    found = np.searchsorted(reached, area + rng.uniform(size=len(area)), side="right")
    groups = shares.shape[1]
    return np.clip(found - area * groups, 0, groups - 1)


def _recorded_points(
    chain: Chain,
    first_points: Integers,
    row: Integers,
    plan: CrimesPlan,
    streets: Streets,
    rng: np.random.Generator,
) -> Integers:
    """Return where each record is put: on its street, at the nearest point, nowhere, or beyond."""
    point = np.empty(len(row), dtype=np.int64)
    itself = row < len(first_points)
    point[itself] = first_points[row[itself]]
    follows = row[~itself]
    point[~itself] = streets.nearest_point(
        chain.area[follows], chain.lon[follows], chain.lat[follows]
    )
    lost = rng.uniform(size=len(row))
    point[lost < plan.not_placed + plan.outside] = OUTSIDE
    point[lost < plan.not_placed] = NO_PLACE
    return point


def _together(
    made: list[_Made],
    kinds: tuple[Category, ...],
    rates: tuple[Rates, ...],
    period: Period,
    who: Who,
) -> Crimes:
    """Return all kinds as one: offences kind by kind, records in order of time."""
    starts = np.cumsum([0, *(len(each.offences["kind"]) for each in made)])
    for each, start in zip(made, starts[:-1].tolist(), strict=True):
        parent = each.offences["parent"]
        parent[parent >= 0] += start
        each.records["offence"] += start
    offences = Offences(**_concatenated([each.offences for each in made]))
    records = _concatenated([each.records for each in made])
    order = np.argsort(records["recorded"], kind="stable")
    records = {name: part[order] for name, part in records.items()}
    digits = records.pop("digits")
    at = records["offence"]
    return Crimes(
        kinds=kinds,
        period=period,
        offences=offences,
        rates=rates,
        kind=offences.kind[at],
        area=offences.area[at],
        lon=offences.lon[at],
        lat=offences.lat[at],
        crime_id=_in_hexadecimal(digits),
        **records,
    )


def _concatenated(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _in_hexadecimal(digits: NDArray[np.uint8]) -> pa.StringArray:
    """Return each row of 32 bytes as 64 hexadecimal digits."""
    offsets = 64 * np.arange(len(digits) + 1, dtype=np.int32)
    words = digits.tobytes().hex().encode()
    return pa.StringArray.from_buffers(len(digits), pa.py_buffer(offsets), pa.py_buffer(words))


def _edges(period: Period) -> Moments:
    """Return the first moment of every month, and the end of the last."""
    return np.append(period.starts, period.end)


def last_outcomes(crimes: Crimes, rows: Integers) -> Integers:
    """Return what a file says of crimes, soon after their month: numbers of CODES, PUBLIC_WORDS.

    Those charged wait for a court; those without an outcome yet are under investigation.
    """
    file = crimes.recorded[rows].astype("M8[M]") + 1 + PUBLISHED_AFTER
    charged = [ending.pathway for ending in ENDINGS].index("charge")
    said = np.where(crimes.ending[rows] == charged, AWAITING_COURT, crimes.ending[rows])
    return np.where(crimes.ended[rows] < file, said, UNDER_INVESTIGATION)


def crime_tables(
    crimes: Crimes, places: Places, period: Period, number: int
) -> dict[str, pa.Table]:
    """Return one month's crimes and outcomes as canonical tables, without what the store works out.

    Both are of the records: a crime stands where it truly happened, or nowhere. The few that the
    public files place beyond the force have no place here.

    Args:
        crimes: All of them.
        places: The areas and map points.
        period: The months.
        number: Which month: of a crime's recording, and of an outcome.
    """
    rows, ended = crimes.month(number), crimes.ended_in(number)
    kinds = [kind.name.lower().replace(" ", "-") for kind in crimes.kinds]
    table = {
        "crime_id": crimes.crime_id.take(pa.array(rows)),
        "occurred_from": instants(crimes.occurred_from[rows]),
        "occurred_to": instants(crimes.occurred_to[rows]),
        "recorded_at": instants(crimes.recorded[rows]),
        "crime_type": words(kinds, crimes.kind[rows]),
        "last_outcome_code": words(CODES, last_outcomes(crimes, rows)),
        **_placed(crimes, places, rows),
    }
    outcomes = {
        "crime_id": crimes.crime_id.take(pa.array(ended)),
        "outcome_code": words(CODES, crimes.ending[ended]),
        "outcome_at": instants(crimes.ended[ended]),
        **_placed(crimes, places, ended),
    }
    return {"crimes": pa.table(table), "outcomes": pa.table(outcomes)}


def _placed(crimes: Crimes, places: Places, rows: Integers) -> dict[str, pa.Array]:
    lost = crimes.point[rows] < 0
    point = np.maximum(crimes.point[rows], 0)
    return {
        "lon": pa.array(crimes.lon[rows], mask=lost),
        "lat": pa.array(crimes.lat[rows], mask=lost),
        "location_text": words(places.points.name, point, missing=lost),
        "area_code": words(places.codes, crimes.area[rows], missing=lost),
    }
