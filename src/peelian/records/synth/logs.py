"""From what the control room decided to logs: what was done, the tables, the facts, the truth."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.addresses import coordinates, written
from peelian.records.synth.callers import caller_ids, caller_keys
from peelian.records.synth.columns import numbered, utc_instants, words
from peelian.records.synth.contacts import draw_contacts
from peelian.records.synth.deployments import (
    Deployed,
    deployment_table,
    draw_closed,
    draw_deployments,
    sums,
)
from peelian.records.synth.drawn import Drawn
from peelian.records.synth.endings import code_table, draw_results
from peelian.records.synth.facts import Facts
from peelian.records.synth.incident_kinds import (
    CATEGORY,
    CLASS_OF,
    CLASSES,
    FEATURES,
    FIRST_CRIME,
    GRADES,
    NAMES,
)
from peelian.records.synth.month import Month
from peelian.records.synth.need import BANDS, SIGNS, Need, Signs, bands_of
from peelian.records.synth.nominals import draw_involvements, people_tables
from peelian.records.synth.policy import FATES, NOT_HEALTH, Fates
from peelian.records.synth.when import to_local, to_utc

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Moments = NDArray[np.datetime64]
Tables = dict[str, pa.Table]

CODEBOOK, LABEL = "officer-judgement", "mental-health"
_NEVER = np.datetime64("NaT", "s")
_REFERRED = GRADES.index("referred")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Incidents as the control room has them: each array has one value an incident.

    Args:
        drawn, need, signs, fates: Of the incidents.
        said: What each is first said to be: number in incident_kinds.ALL.
        grade: Number in GRADES.
        sent: Whether anybody is sent.
    """

    drawn: Drawn
    need: Need
    signs: Signs
    said: Integers
    grade: Integers
    sent: Flags
    fates: Fates

    def __len__(self) -> int:
        return len(self.drawn)

    def where(self, chosen: NDArray) -> "Logged":
        """Return the chosen incidents, in that order."""
        return Logged(
            drawn=self.drawn.where(chosen),
            need=self.need.where(chosen),
            signs=self.signs.where(chosen),
            said=self.said[chosen],
            grade=self.grade[chosen],
            sent=self.sent[chosen],
            fates=Fates(self.fates.fate[chosen], self.fates.logged[chosen]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was done about each: times are UTC."""

    reported: Moments
    sent: Deployed
    closed: Moments
    result: Integers
    judged: Flags
    declined: Flags
    grade: Integers


def write_logs(month: Month, logs: Logged, unlogged: Logged) -> tuple[Tables, Facts, Tables]:
    """Return a month's canonical tables, its facts, and its truth.

    Args:
        month: Which month, of which force.
        logs: The incidents that have a log, in order of time.
        unlogged: Those that have none.
    """
    logs, done = _work(month, logs)
    drawn, n, who = logs.drawn, len(logs), month.who
    name = f"{who.prefix}{month.name[2:4]}{month.name[5:7]}-"
    incident_id = numbered(name, np.arange(1, n + 1), 7)
    keys = caller_keys(month, drawn)
    incidents = _incidents(month, logs, done, incident_id, caller_ids(who, keys))
    contacts, of = draw_contacts(
        month, done.reported, drawn.caller, done.grade, drawn.repeat >= 0, incident_id, unlogged
    )
    joined = pa.array(of, mask=of < 0)
    for column in ("lon", "lat", "location_text", "area_code"):
        contacts = contacts.append_column(column, incidents[column].take(joined))
    tables = {
        "contacts": contacts,
        "incidents": incidents,
        "incident_codes": code_table(
            month.plan, month.need, drawn, logs.signs, incident_id, month.chance("codes")
        ),
        "deployments": deployment_table(done.sent, incident_id, who.prefix),
        "labels": _labels(month, logs, done, incident_id),
        "involvements": _involved(month, logs, done, incident_id),
    }
    if month.number == 0:
        tables |= people_tables(month.places, month.period, who)
    truth = {
        "incidents": _truth(month, logs, done, incident_id),
        "unlogged": _without_log(month, unlogged),
    }
    return tables, _facts(month, logs, done), truth


def _work(month: Month, logs: Logged) -> tuple[Logged, _Done]:
    """Return what was done about each incident, and the logs with what only officers can find."""
    drawn, plan, n = logs.drawn, month.plan, len(logs)
    reported = to_utc(drawn.reported)
    longer = np.where(logs.need.true, month.need.minutes, 1.0)
    sent = draw_deployments(
        plan, drawn.kind, logs.grade, logs.sent, longer, reported, drawn.area, month.chance
    )
    came = ~np.isnat(sent.first)
    asked = month.chance("need/asked").uniform(size=n) < month.need.officer_asked
    signs = logs.signs.only("section_136", came).only("officer", came & asked)
    declined = logs.fates.declined
    grade = np.where(declined, _REFERRED, logs.grade)
    result = draw_results(
        drawn, logs.need, came, declined, signs.of("section_136"), month.chance("results")
    )
    done = _Done(
        reported=reported,
        sent=sent,
        closed=draw_closed(plan, reported, sent.last, grade, month.chance),
        result=result,
        judged=came & asked,
        declined=declined,
        grade=grade,
    )
    return Logged(
        drawn=drawn, need=logs.need, signs=signs, said=logs.said, grade=grade, sent=logs.sent,
        fates=logs.fates,
    ), done  # fmt: skip


def _incidents(
    month: Month, logs: Logged, done: _Done, incident_id: pa.Array, callers: pa.Array
) -> pa.Table:
    """Return the canonical table `incidents`, without narratives."""
    drawn, places, crimes = logs.drawn, month.places, month.crimes
    unit, officer, known = sums(done.sent, len(logs))
    lon, lat = coordinates(drawn, places, month.sites, crimes, month.chance("addresses"))
    lost = drawn.point < 0
    # The records end where the period does: what is still open then has no closing time.
    closed = np.where(done.closed < to_utc(np.array([month.period.end]))[0], done.closed, _NEVER)
    crime = pa.array(drawn.crime, mask=drawn.crime < 0)
    text = written(drawn, places, month.sites)
    return pa.table(
        {
            "incident_id": incident_id,
            "reported_at": utc_instants(done.reported),
            "dispatched_at": utc_instants(done.sent.dispatched),
            "arrived_at": utc_instants(done.sent.first),
            "closed_at": utc_instants(closed),
            "grade": words(GRADES, done.grade),
            "category": words(CATEGORY, drawn.kind),
            "opening_code": words(NAMES, logs.said),
            "caller_id": callers,
            "unit_minutes": pa.array(np.round(unit, 2)),
            "officer_minutes": pa.array(np.round(officer, 2), mask=~known),
            "crime_id": pa.array(crimes.crime_id).take(crime),
            "lon": pa.array(lon, mask=lost),
            "lat": pa.array(lat, mask=lost),
            "location_text": text.take(pa.array(np.arange(len(logs)), mask=lost)),
            "area_code": words(places.codes, drawn.area, missing=lost),
        }
    )


def _labels(month: Month, logs: Logged, done: _Done, incident_id: pa.Array) -> pa.Table:
    """Return officers' judgements: the canonical table `labels`."""
    rows = np.flatnonzero(done.judged)
    none = np.zeros(len(rows), dtype=np.int64)
    first = np.zeros(len(logs), dtype=np.int64)
    first[done.sent.incident[::-1]] = done.sent.unit[::-1]
    return pa.table(
        {
            "item_kind": words(("incident",), none),
            "item_id": incident_id.take(pa.array(rows)),
            "codebook": words((CODEBOOK,), none),
            "code": words((LABEL,), none),
            "value": words(("no", "yes"), logs.signs.of("officer")[rows].astype(np.int64)),
            "coder": numbered(f"{month.who.prefix}U", first[rows], 5),
            "coded_at": utc_instants(done.sent.last[rows]),
        }
    )


def _involved(month: Month, logs: Logged, done: _Done, incident_id: pa.Array) -> pa.Table:
    """Return who was named: somebody with a marker where that sign shows, and some others."""
    marked = logs.signs.of("marker")
    came = ~np.isnat(done.sent.first)
    others = month.chance("involved").uniform(size=len(logs)) < month.plan.involved
    rows = np.flatnonzero(marked | (came & others))
    return draw_involvements(
        month, rows, marked[rows], logs.drawn.area[rows], logs.drawn.kind[rows] >= FIRST_CRIME,
        done.reported[rows], incident_id,
    )  # fmt: skip


def _facts(month: Month, logs: Logged, done: _Done) -> Facts:
    drawn, places = logs.drawn, month.places
    true = {name: drawn.features[:, number] for number, name in enumerate(FEATURES)}
    return Facts(
        kinds=NAMES,
        kind=drawn.kind,
        said=logs.said,
        grade=done.grade,
        caller=drawn.caller,
        place=drawn.place,
        result=done.result,
        reported=drawn.reported,
        dispatched=to_local(done.sent.dispatched),
        arrived=to_local(done.sent.first),
        closed=to_local(done.closed),
        units=done.sent.units,
        mental_health=logs.need.true,
        suicidal=logs.need.suicidal,
        **true,
        repeat=drawn.repeat >= 0,
        mental_words=logs.signs.of("keyword"),
        street=np.array(places.points.name)[drawn.true_point],
        town=np.array(places.district_names)[drawn.area],
    )


def _truth(month: Month, logs: Logged, done: _Done, incident_id: pa.Array) -> pa.Table:
    """Return the truth of every incident with a log, and what each sign showed of it."""
    signs, fate = logs.signs, logs.fates.fate
    columns = {
        "incident_id": incident_id,
        **_states(month, logs),
        "officer_minutes": pa.array(np.round(sums(done.sent, len(logs))[1], 2)),
        "fate": words(FATES, np.maximum(fate, 0), missing=fate == NOT_HEALTH),
    }
    came = ~np.isnat(done.sent.first)
    seen = {"section_136": came, "officer": done.judged}
    for number, sign in enumerate(SIGNS):
        shown = signs.shown[number]
        columns[sign] = pa.array(shown, mask=~seen[sign] if sign in seen else None)
        columns[f"{sign}_sensitivity"] = pa.array(signs.sensitivity[number].astype(np.float32))
        columns[f"{sign}_specificity"] = pa.array(signs.specificity[number].astype(np.float32))
    return pa.table(columns)


def _without_log(month: Month, logs: Logged) -> pa.Table:
    """Return the truth of what was never logged."""
    return pa.table(
        {
            "reported_at": utc_instants(to_utc(logs.drawn.reported)),
            **_states(month, logs),
            "fate": words(FATES, np.maximum(logs.fates.fate, 0)),
        }
    )


def _states(month: Month, logs: Logged) -> dict[str, pa.Array]:
    drawn, places = logs.drawn, month.places
    return {
        "kind": words(NAMES, drawn.kind),
        "area_code": words(places.codes, drawn.area),
        "recording_class": words(CLASSES, CLASS_OF[drawn.kind]),
        "deprivation_band": words(BANDS, bands_of(places, drawn.area)),
        "repeat_caller": pa.array(drawn.repeat >= 0),
        "from_site": pa.array(drawn.site >= 0),
        "mental_health": pa.array(logs.need.true),
        "suicidal": pa.array(logs.need.suicidal),
        "chance": pa.array(logs.need.chance.astype(np.float32)),
    }
