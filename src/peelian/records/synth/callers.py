"""Who calls: a few who call again and again, everybody else, and the sites that ring for others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.columns import numbered
from peelian.records.synth.facts import CALLERS
from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.calls_plan import CallsPlan
    from peelian.records.synth.drawn import Drawn
    from peelian.records.synth.month import Month
    from peelian.records.synth.places import Places
    from peelian.records.synth.who import Who

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Keys of callers: residents from 0, people who call often from _REPEAT, agencies from _SITE. As
# text, those of people are mixed up, so that a key does not tell who calls often.
_REPEAT, _SITE = 1 << 28, 800_000_000
_PER_AREA = 100_000  # more residents than an area has
NOBODY = -1
# Keys of people have so many bits; they are mixed within them, each to one of its own: multiplying
# by an odd number and folding high bits onto low ones can both be undone.
_BITS = 29
_MASK = (1 << _BITS) - 1
_ODD = (0x1B873593, 0x05EBCA6B, 0x02B2AE35)
AGENCIES = ("ambulance", "hospital", "mental_health_team", "care_home", "council", "school")
AGENCIES = (*AGENCIES, "fire_service", "alarm_company")
_IS_AGENCY = np.array([caller in AGENCIES for caller in CALLERS])
_OFFICER, _ANONYMOUS = CALLERS.index("officer"), CALLERS.index("anonymous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeaters:
    """The people who call often. Each place in the ranking is held by one of three in turn.

    Args:
        weight: How often each rank calls, of all calls by such people; sums to 1.
        until: When the first and the second holder stop, months since the period began: (ranks, 2).
        point: The map point nearest each holder's home: (ranks, 3).
        house: The number of the home's address at that point: (ranks, 3).
        need: By what each holder's need differs from the others', mean 1 over calls: (ranks, 3).
    """

    weight: Floats
    until: Floats
    point: Integers
    house: Integers
    need: Floats

    def __len__(self) -> int:
        return len(self.weight)

    def holder(self, rank: Integers, month: float) -> Integers:
        """Return which of the three holds each rank in a month."""
        return (self.until[rank] <= month).sum(axis=1)

    def key(self, rank: Integers, month: float) -> Integers:
        """Return the key of who holds each rank in a month."""
        return _REPEAT + 3 * rank + self.holder(rank, month)

    def need_of(self, key: Integers) -> Floats:
        """Return by what the need of who has each key differs; 1 for NOBODY."""
        return np.where(key == NOBODY, 1.0, self.need.ravel()[np.maximum(key - _REPEAT, 0)])


def make_repeaters(plan: "CallsPlan", places: "Places", who: "Who") -> Repeaters:
    """Return the people of a force who call often: the same in every month."""
    rng = stream(who.seed, f"{who.slug}/calls/repeaters")
    ranks = max(5, round(plan.repeat_people / 1000 * int(places.residents.sum())))
    weight = (np.arange(ranks) + 3.0) ** -plan.repeat_exponent
    # Where deprivation is high more people live so: half again for each standard deviation.
    home = np.cumsum(places.residents * 1.5**places.deprivation)
    area = np.searchsorted(home, rng.uniform(0, home[-1], size=(ranks, 3)), side="right")
    first = np.searchsorted(places.points.area, area, side="left")
    last = np.searchsorted(places.points.area, area, side="right")
    point = first + np.floor(rng.uniform(size=area.shape) * (last - first)).astype(np.int64)
    stays = rng.exponential(plan.repeat_months, size=(ranks, 2))
    weight = weight / weight.sum()
    need = rng.gamma(1.0, size=(ranks, 3))
    return Repeaters(
        weight=weight,
        until=np.cumsum(stays, axis=1),
        point=point,
        house=rng.integers(1, 60, size=(ranks, 3)),
        need=need / (weight @ need),
    )


def caller_keys(month: "Month", drawn: "Drawn") -> Integers:
    """Return a key for who called about each incident, NOBODY where none is kept.

    A resident's key is drawn among seven in ten of the area's; a site has one key, and an agency
    that rings for no site of its own is one desk for the whole force.

    Args:
        month: Which month, of which force.
        drawn: The incidents.
    """
    chance, unnamed = month.chance("keys").uniform(size=(2, len(drawn)))
    among = 0.7 * month.places.residents[drawn.area]
    resident = drawn.area * _PER_AREA + np.floor(chance * among).astype(np.int64)
    resident = np.where(unnamed < month.plan.anonymous, NOBODY, resident)
    agency = _SITE + np.where(drawn.site >= 0, 100 + drawn.site, drawn.caller)
    found = np.where(_IS_AGENCY[drawn.caller], agency, resident)
    nameless = (drawn.caller == _OFFICER) | (drawn.caller == _ANONYMOUS)
    return np.where(drawn.repeat != NOBODY, drawn.repeat, np.where(nameless, NOBODY, found))


def caller_ids(who: "Who", keys: Integers) -> pa.Array:
    """Return callers' keys as text; null where none is kept.

    Agencies' begin with 8, as desks that a control room knows. Of people the text tells nothing:
    who calls often is for analyses to find.
    """
    text = np.where(keys < _SITE, _mixed(who, np.maximum(keys, 0)), keys)
    return numbered(f"{who.prefix}C", text, 9, missing=keys == NOBODY)


def _mixed(who: "Who", keys: Integers) -> Integers:
    """Return another key for each, the same in every month of a force, and no two alike."""
    start = int(stream(who.seed, f"{who.slug}/calls/caller-keys").integers(1 << _BITS))
    keys = (keys & _MASK) ^ start
    for odd in _ODD:
        keys = (keys * odd) & _MASK
        keys ^= keys >> (_BITS // 2)
    return keys
