"""Contacts: what rings, writes or walks in; several to an incident, and some that become none."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.callers import AGENCIES
from peelian.records.synth.columns import numbered, utc_instants, words
from peelian.records.synth.facts import CALLERS
from peelian.records.synth.incident_kinds import draw_rows
from peelian.records.synth.when import Rhythm, draw_hours, to_utc

if TYPE_CHECKING:
    from peelian.records.synth.logs import Logged
    from peelian.records.synth.month import Month

Integers = NDArray[np.int64]
Moments = NDArray[np.datetime64]

CHANNELS = ("999", "101", "online", "front-desk", "officer", "partner", "alarm", "other")
# How the public come, by the grade their incident is given; and those whose contact becomes none.
_BY_GRADE = np.array(
    [
        [0.90, 0.09, 0.01, 0.00],
        [0.55, 0.38, 0.06, 0.01],
        [0.15, 0.55, 0.27, 0.03],
        [0.12, 0.55, 0.29, 0.04],
        [0.10, 0.60, 0.27, 0.03],
        [0.10, 0.66, 0.20, 0.04],
    ]
)
_ALONE = 5


def _of_callers() -> Integers:
    """Return the channel of each of CALLERS; -1 for the public."""
    channel = dict.fromkeys(AGENCIES, "partner")
    channel |= {"alarm_company": "alarm", "officer": "officer"}
    return np.array([CHANNELS.index(channel[c]) if c in channel else -1 for c in CALLERS])


_OF_CALLERS = _of_callers()
_MOST = 40  # contacts to one incident


def draw_contacts(
    month: "Month", reported: Moments, caller: Integers, grade: Integers, again: NDArray,
    incident_id: pa.Array, unlogged: "Logged",
) -> tuple[pa.Table, Integers]:  # fmt: skip
    """Draw a month's contacts.

    Args:
        month: Which month, of which force; how many to an incident, and how many alone.
        reported: When each incident was, UTC.
        caller: Of each incident.
        grade: Of each incident.
        again: Whether somebody who calls often called: they ring again more readily.
        incident_id: Of each incident.
        unlogged: Incidents that were declined and never logged: somebody answered all the same.

    Returns:
        The canonical table `contacts` in order of time but for its places, and for each contact
        the row of its incident, or -1.
    """
    n, plan, name = len(reported), month.plan, month.name
    rng = month.chance("contacts")
    more = np.where(again, np.minimum(2 * plan.extra_contacts, 0.9), plan.extra_contacts)
    # One more with that chance, and after it another: geometric.
    with np.errstate(divide="ignore"):
        extra = np.floor(np.log(1 - rng.uniform(size=n)) / np.log(more)) if n else np.empty(0)
    count = 1 + np.minimum(extra, _MOST - 1).astype(np.int64)
    of = np.repeat(np.arange(n), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]]) if n else np.empty(0, dtype=np.int64)
    later = np.ones(len(of), dtype=bool)
    later[first] = False
    gap, pick = rng.uniform(size=(2, len(of)))
    seconds = np.where(later, -2400 * np.log1p(-gap), -30 - 150 * gap)
    answered = reported[of] + np.round(seconds).astype("m8[s]")
    channel = draw_rows(_BY_GRADE, grade[of], pick)
    # Chasers are of the public, whoever called first.
    own = np.where(later, -1, _OF_CALLERS[caller[of]])
    channel = np.where(own >= 0, own, channel)
    count, when, how = _alone(month, len(of))
    lost = to_utc(unlogged.drawn.reported) - np.timedelta64(60, "s")
    answered = np.concatenate([answered, when, lost])
    channel = np.concatenate([channel, how, _of_lost(month, unlogged)])
    alone = count + len(unlogged)
    order = np.argsort(answered, kind="stable")
    of = np.concatenate([of, np.full(alone, -1)])[order]
    table = pa.table(
        {
            "contact_id": numbered(
                f"{month.who.prefix}K{name[2:4]}{name[5:7]}-", np.arange(len(order)), 8
            ),
            "channel": words(CHANNELS, channel[order]),
            "answered_at": utc_instants(answered[order]),
            "incident_id": incident_id.take(pa.array(of, mask=of < 0)),
        }
    )
    return table, of


def _of_lost(month: "Month", unlogged: "Logged") -> Integers:
    """Return how those came whose incident was never logged."""
    chance = month.chance("contacts/unlogged").uniform(size=len(unlogged))
    own = _OF_CALLERS[unlogged.drawn.caller]
    return np.where(own >= 0, own, draw_rows(_BY_GRADE, unlogged.grade, chance))


def _alone(month: "Month", joined: int) -> tuple[int, Moments, Integers]:
    """Return how many contacts become no incident, when they were answered, and how they came."""
    rng, share = month.chance("contacts/alone"), month.plan.contacts_alone
    count = int(rng.poisson(joined * share / (1 - share)))
    when, second, how = rng.uniform(size=(3, count))
    hour = draw_hours(month.weights, np.full(count, int(Rhythm.DAY)), when)
    seconds = 3600 * hour + np.floor(3600 * second).astype(np.int64)
    answered = to_utc(month.start + seconds.astype("m8[s]"))
    return count, answered, draw_rows(_BY_GRADE, np.full(count, _ALONE), how)
