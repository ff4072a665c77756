"""Who is sent, how long they stay, and when the log is closed: a moment of the office's own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.columns import numbered, utc_instants
from peelian.records.synth.incident_kinds import GRADES, MINUTES, UNITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from peelian.records.synth.calls_plan import CallsPlan

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]
Moments = NDArray[np.datetime64]

# By grade: how often somebody is sent, median minutes until a unit is assigned and to drive there,
# and how far both vary (standard deviation of the logarithm). Ours, near forces' targets: 15 to 20
# minutes at once, one hour, a day by appointment (domain/demand.md, section 1).
_SENT = np.array([0.97, 0.88, 0.72, 0.02, 0.0])
_ASSIGN = np.array([2.5, 22.0, 420.0, 300.0, 300.0])
_ASSIGN_SPREAD = np.array([0.7, 1.0, 1.1, 1.0, 1.0])
_DRIVE = np.array([7.0, 12.0, 14.0, 14.0, 14.0])
_DRIVE_SPREAD = 0.5
_NO_ARRIVAL = 0.06  # stood down on the way
_STAND_DOWN = 0.6  # of the drive, when they are
_AFTERWARDS = 25.0  # median minutes from the last unit's clearing, or the call, to closing
_AFTERWARDS_SPREAD = 1.3
# Units of a dozen areas; a step through them that comes to each before it comes again.
_UNITS, _STEP = 40, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What was sent to the incidents of a month; times are UTC, to the second.

    Args:
        incident: The row of the incident each unit was sent to.
        unit: Each unit's number within the force.
        assigned, arrived, cleared: Of each unit; NaT where it never arrived.
        crew: Officers aboard: the truth.
        crew_known: Whether the record says so.
        units: By incident: how many were sent.
        dispatched, first: By incident: the first assignment and arrival; NaT for none.
        last: By incident: when the last unit cleared; NaT for none.
    """

    incident: Integers
    unit: Integers
    assigned: Moments
    arrived: Moments
    cleared: Moments
    crew: Integers
    crew_known: Flags
    units: Integers
    dispatched: Moments
    first: Moments
    last: Moments

    @property
    def minutes(self) -> Floats:
        """Return the minutes of each unit, from assigned to cleared."""
        return (self.cleared - self.assigned).astype(np.int64) / 60


def draw_sent(grade: Integers, rng: np.random.Generator) -> Flags:
    """Return whether somebody would be sent, by the grade given."""
    return rng.uniform(size=len(grade)) < _SENT[grade]


def draw_deployments(
    plan: "CallsPlan", kind: Integers, grade: Integers, sent: Flags, longer: Floats,
    reported: Moments, area: Integers, chance: "Callable[[str], np.random.Generator]",
) -> Deployed:  # fmt: skip
    """Draw the units sent to each incident, and their times.

    Args:
        plan: What is planted.
        kind: Of each incident.
        grade: Of each incident.
        sent: Whether anybody is.
        longer: By what the minutes on the scene are multiplied.
        reported: UTC, to the second.
        area: For the unit's number: a unit belongs to a part of the force.
        chance: The month's stream by the name of a process.
    """
    n = len(kind)
    more = np.array([1.6, 0.9, 0.25, 0.1, 0.0])[grade] * UNITS[kind]
    units = np.where(sent, 1 + chance("units").poisson(more), 0)
    of = np.repeat(np.arange(n), units)
    order = np.arange(len(of)) - np.repeat(np.cumsum(units) - units, units)
    rng = chance("deployments")
    a, d, m = rng.standard_normal((3, n))
    wait = _ASSIGN[grade] * np.exp(_ASSIGN_SPREAD[grade] * a)
    drive = _DRIVE[grade] * np.exp(_DRIVE_SPREAD * d)
    scene = longer * MINUTES[kind] * np.exp(plan.minutes_spread * m)
    rng = chance("units/each")
    turn, own, stays, two, known = rng.uniform(size=(5, len(of)))
    # Later units are called for from the scene, and stay a shorter or a longer part of the time.
    after = np.where(order > 0, -12.0 * np.log1p(-0.999 * turn), 0.0)
    assigned = wait[of] + after
    arrives = drive[of] * (0.7 + 0.6 * own)
    stay = np.where(order > 0, 0.2 + 0.9 * stays, 1.0) * scene[of]
    never = rng.uniform(size=len(of)) < _NO_ARRIVAL
    cleared = assigned + np.where(never, _STAND_DOWN * arrives, arrives + stay)
    at = _after(reported[of], assigned)
    arrived = _after(reported[of], assigned + arrives)
    arrived[never] = np.datetime64("NaT")
    gone = _after(reported[of], cleared)
    return Deployed(
        incident=of,
        unit=_UNITS * (area[of] // 12) + _units(of, order, rng),
        assigned=at,
        arrived=arrived,
        cleared=gone,
        crew=np.where(two < plan.double_crewed, 2, 1),
        crew_known=known >= plan.crew_missing,
        units=units,
        dispatched=_first(at, of, n),
        first=_first(arrived, of, n),
        last=_last(gone, of, n),
    )


def _units(of: Integers, order: Integers, rng: np.random.Generator) -> Integers:
    """Return which of its part's units each is: no unit goes twice to one incident."""
    first = rng.integers(0, _UNITS, size=len(of))[np.flatnonzero(order == 0)]
    which = np.cumsum(order == 0) - 1
    return (first[which] + _STEP * order) % _UNITS


def draw_closed(
    plan: "CallsPlan", reported: Moments, last: Moments, grade: Integers,
    chance: "Callable[[str], np.random.Generator]",
) -> Moments:  # fmt: skip
    """Return when each log was closed, UTC: soon after the last unit left, or days later.

    Args:
        plan: How many logs stay open, for how long, and how many are closed at a month's end.
        reported: UTC.
        last: When the last unit cleared; NaT where none was sent.
        grade: Those that wait for an appointment and get none are closed late.
        chance: The month's stream by the name of a process.
    """
    rng = chance("closed")
    spread, long = rng.standard_normal((2, len(reported)))
    open_, habit, hour, day = rng.uniform(size=(4, len(reported)))
    done = np.where(np.isnat(last), reported, last)
    slow = np.where(np.isnat(last) & (grade == GRADES.index("scheduled")), 20.0, 1.0)
    minutes = slow * _AFTERWARDS * np.exp(_AFTERWARDS_SPREAD * spread)
    left_open = open_ < plan.tail_share
    minutes = np.where(left_open, plan.tail_days * 1440 * np.exp(1.1 * long), minutes)
    closed = _after(done, minutes)
    # The month's last two days, in office hours, if that comes after the work was done.
    end = (closed.astype("M8[M]") + 1).astype("M8[s]")
    swept = end - (1 + (day < 0.5)).astype("m8[D]") + (9 * 3600 + 28_000 * hour).astype("m8[s]")
    sweep = left_open & (habit < plan.month_end) & (swept > done)
    return np.where(sweep, swept, closed)


def _after(start: Moments, minutes: Floats) -> Moments:
    return start + np.round(60 * minutes).astype("m8[s]")


def _first(moment: Moments, of: Integers, n: int) -> Moments:
    """Return the earliest moment of each incident's units; NaT where there is none."""
    found = np.full(n, np.iinfo(np.int64).max)
    real = ~np.isnat(moment)
    np.minimum.at(found, of[real], moment[real].astype(np.int64))
    return _moments(found, np.iinfo(np.int64).max)


def _last(moment: Moments, of: Integers, n: int) -> Moments:
    found = np.full(n, -1)
    np.maximum.at(found, of, moment.astype(np.int64))
    return _moments(found, -1)


def _moments(seconds: Integers, none: int) -> Moments:
    moments = np.where(seconds == none, 0, seconds).astype("M8[s]")
    moments[seconds == none] = np.datetime64("NaT")
    return moments


def sums(sent: Deployed, n: int) -> tuple[Floats, Floats, Flags]:
    """Return by incident unit-minutes, officer-minutes, and whether every crew is recorded."""
    unit = np.bincount(sent.incident, sent.minutes, minlength=n).astype(float)
    officer = np.bincount(sent.incident, sent.minutes * sent.crew, minlength=n).astype(float)
    unknown = np.bincount(sent.incident, ~sent.crew_known, minlength=n)
    return unit, officer, unknown == 0


def deployment_table(sent: Deployed, incident_id: pa.Array, prefix: str) -> pa.Table:
    """Return the canonical table `deployments`."""
    return pa.table(
        {
            "incident_id": incident_id.take(pa.array(sent.incident)),
            "unit_id": numbered(f"{prefix}U", sent.unit, 5),
            "assigned_at": utc_instants(sent.assigned),
            "arrived_at": utc_instants(sent.arrived),
            "cleared_at": utc_instants(sent.cleared),
            "crew_size": pa.array(sent.crew, pa.int64(), mask=~sent.crew_known),
        }
    )
