"""People named in logs, and the markers held on them: keys only, until people have a wing."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.columns import numbered, utc_instants, words
from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.month import Month
    from peelian.records.synth.period import Period
    from peelian.records.synth.places import Places
    from peelian.records.synth.who import Who

Integers = NDArray[np.int64]

MARKER = "mental-health"
# To each area, people with a marker and without one who may be named in its incidents.
_MARKED, _OTHERS = 24, 64
_EACH = _MARKED + _OTHERS
_KEPT_DAYS = 2190  # six years, after which police review what they hold on people
ROLES = ("suspect", "victim", "witness", "other")
_REGIME = "law-enforcement"


def draw_involvements(
    month: "Month", row: Integers, marked: NDArray[np.bool_], area: Integers,
    crime: NDArray[np.bool_], at: NDArray[np.datetime64], incident_id: pa.Array,
) -> pa.Table:  # fmt: skip
    """Return who was named in incidents: one person each, of the incident's own area.

    Args:
        month: Which month, of which force.
        row: The rows of the incidents in which somebody is named.
        marked: Of those, in which the person has a marker of mental ill health.
        area: Of those.
        crime: Of those, which were crimes: the person is a victim or a suspect.
        at: Of those, when, UTC.
        incident_id: Of all incidents.
    """
    who, part = month.chance("involvements").uniform(size=(2, len(row)))
    # A few people of an area are named again and again.
    within = np.where(marked, _MARKED * who**2, _MARKED + _OTHERS * who**2).astype(np.int64)
    role = np.where(crime, np.where(part < 0.4, 0, 1), np.where(part < 0.2, 1, 3))
    return pa.table(
        {
            "person_id": numbered(f"{month.who.prefix}N", _EACH * area + within, 7),
            "event_id": incident_id.take(pa.array(row)),
            "event_kind": words(("incident",), np.zeros(len(row), dtype=np.int64)),
            "role": words(ROLES, role),
            "at": utc_instants(at),
            "subject_category": words(ROLES, role),
            **_held(len(row), "fact", month.period),
        }
    )


def people_tables(places: "Places", period: "Period", who: "Who") -> dict[str, pa.Table]:
    """Return `people` and `markers`: everybody who may be named, given once, in the first month."""
    count = _EACH * len(places.codes)
    number = np.arange(count)
    rng = stream(who.seed, f"{who.slug}/calls/people")
    age, sex, since = rng.uniform(size=(3, count))
    start = period.starts[0].astype("M8[D]")
    born = start - (365.25 * (14 + 66 * age**1.5)).astype(np.int64)
    marked = np.flatnonzero(number % _EACH < _MARKED)
    person = numbered(f"{who.prefix}N", number, 7)
    people = {
        "person_id": person,
        "born_on": pa.array(born),
        "sex": words(("female", "male"), (sex < 0.6).astype(np.int64)),
        "subject_category": words(("other",), np.zeros(count, dtype=np.int64)),
        **_held(count, "fact", period),
    }
    markers = {
        "person_id": person.take(pa.array(marked)),
        "marker": words((MARKER,), np.zeros(len(marked), dtype=np.int64)),
        "from": pa.array(start - (30 + 3000 * since[marked]).astype(np.int64)),
        "subject_category": words(("other",), np.zeros(len(marked), dtype=np.int64)),
        **_held(len(marked), "assessment", period),
    }
    return {"people": pa.table(people), "markers": pa.table(markers)}


def _held(count: int, basis: str, period: "Period") -> dict[str, pa.Array]:
    """Return on what ground, under which law, and until when something is held on a person."""
    none = np.zeros(count, dtype=np.int64)
    until = period.end.astype("M8[D]") + _KEPT_DAYS
    return {
        "basis": words((basis,), none),
        "source_regime": words((_REGIME,), none),
        "expires_on": pa.array(np.full(count, until)),
    }
