"""What happens in a month, and where: incidents of every kind before anybody has answered."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peelian.errors import UsageError
from peelian.records.synth.callers import NOBODY, Repeaters
from peelian.records.synth.crime_reports import kind_numbers, reported_in, reports_a_year
from peelian.records.synth.events import NO_PLACE, OUTSIDE
from peelian.records.synth.facts import CALLERS, PLACE_KINDS
from peelian.records.synth.incident_kinds import (
    ASB_SHARES,
    CALLER_SHARES,
    FEATURE_SHARES,
    FEATURES,
    FIRST_ASB,
    PLACE_SHARES,
    REPEATS,
    SITES,
    VISITORS,
    draw_rows,
)
from peelian.records.synth.sites import CARE_HOME, HOSPITAL, STATION

if TYPE_CHECKING:
    from peelian.records.synth.calls_plan import CallsPlan
    from peelian.records.synth.crimes import Crimes
    from peelian.records.synth.month import Month
    from peelian.records.synth.period import Period
    from peelian.records.synth.places import MapPoints, Places
    from peelian.records.synth.rates import Rates
    from peelian.records.synth.sites import Sites

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NO_HOUSE = 0
_HOUSES = 60
# What a map point's name says of the place.
_NAMED = {
    "Shopping Area": "shop", "Supermarket": "shop", "Nightclub": "pub", "Petrol Station": "shop",
    "Bus/Coach Station": "station", "Parking Area": "car_park",
    "Sports/Recreation Area": "park", "Park/Open Space": "park",
}  # fmt: skip
_INDOORS = tuple(PLACE_KINDS.index(word) for word in ("home", "workplace", "care_home", "hospital"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Incidents of a month: each array has one value an incident.

    Args:
        kind: What it truly is: number in incident_kinds.ALL.
        area: Where it truly is.
        point: The map point of its public record, or NO_PLACE, or OUTSIDE.
        true_point: The map point nearest to where it truly is.
        house: The number of its address at that point; NO_HOUSE for none.
        site: The number of the site it came from, or -1.
        caller: Number in CALLERS.
        repeat: The key of the person who calls often and called about it, or NOBODY.
        crime: The row of the crime it brought, or -1.
        place: Number in PLACE_KINDS.
        features: Whether each of FEATURES is true; shape (incidents, features).
        reported: Local time, to the second; NaT until it is drawn.
    """

    kind: Integers
    area: Integers
    point: Integers
    true_point: Integers
    house: Integers
    site: Integers
    caller: Integers
    repeat: Integers
    crime: Integers
    place: Integers
    features: NDArray[np.bool_]
    reported: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.kind)

    def where(self, chosen: NDArray) -> "Drawn":
        """Return the chosen incidents, in that order."""
        return Drawn(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def at(self, reported: NDArray[np.datetime64]) -> "Drawn":
        """Return the same incidents, reported at these times."""
        return replace(self, reported=reported)


def scale_of(
    plan: "CallsPlan", rates: Sequence["Rates"], asb: "Rates", crimes: "Crimes",
    places: "Places", period: "Period",
) -> float:  # fmt: skip
    """Return by how much the weights of the other kinds are multiplied to fill up to the total.

    Raises:
        UsageError: Crimes and anti-social behaviour alone are more than the plan's incidents.
    """
    years = float(period.days.sum()) / 365.25
    total = plan.incidents or plan.per_thousand / 1000 * float(places.residents.sum())
    taken = reports_a_year(crimes, period) + float(asb.expected.sum()) / years
    if taken >= total:
        raise UsageError(
            "The made-up force has fewer incidents than crimes and anti-social behaviour bring.",
            found=f"calls.incidents: {total:,.0f} a year, of which those bring {taken:,.0f}",
            try_=f"at least {1.2 * taken:,.0f} incidents a year, or fewer areas",
            read="reference/plan",
        )
    return (total - taken) / (sum(float(kind.expected.sum()) for kind in rates) / years)


def draw_incidents(month: "Month", expected: Floats, asb: Floats) -> Drawn:
    """Draw every incident of a month but its time, need, and what was done.

    Args:
        month: Which month, of which force.
        expected: Incidents expected of each fill kind in each area: (kinds, areas).
        asb: Anti-social behaviour expected in each area.
    """
    plan, places, sites, repeaters = month.plan, month.places, month.sites, month.repeaters
    crimes, number, chance = month.crimes, month.number, month.chance
    told = reported_in(crimes, month.period, number)
    lost = plan.not_placed + plan.outside
    # As many more as will be without a place, so that the placed ones are what is expected.
    kind, area = _counts(expected / (1 - lost), asb / (1 - lost), chance("counts"))
    n, known = len(kind), len(kind) + len(told)
    kind = np.concatenate([kind, kind_numbers(crimes)[crimes.kind[told]]])
    area = np.concatenate([area, crimes.area[told]])
    fill = kind < FIRST_ASB
    site = _come_from_sites(plan, kind, fill, sites, chance("sites"))
    rank, repeat = _call_again(plan, kind, fill & (site < 0), repeaters, number, chance("repeat"))
    area = np.where(site >= 0, _at(sites.area, site), area)
    holder = repeaters.holder(np.maximum(rank, 0), number)
    home = repeaters.point[np.maximum(rank, 0), holder]
    area = np.where(rank >= 0, places.points.area[home], area)
    point, house = _points(kind, area, places.points, chance("points"))
    point = np.where(site >= 0, _at(sites.point, site), np.where(rank >= 0, home, point))
    recorded = np.where(
        np.arange(known) < n,
        _lose(point, plan, chance("lost")),
        np.concatenate([point[:n], crimes.point[told]]),
    )
    place = _place_kinds(kind, point, site, rank, sites, places.points, chance("places"))
    indoors = np.isin(place, _INDOORS)
    at_home = repeaters.house[np.maximum(rank, 0), holder]
    house = np.where(indoors, np.where(rank >= 0, at_home, house), NO_HOUSE)
    caller = draw_rows(CALLER_SHARES, kind, chance("callers").uniform(size=known))
    caller = _of_sites(caller, site, sites, chance("callers/sites"))
    caller = np.where(rank >= 0, _person(chance("callers/repeat"), known), caller)
    features = chance("features").uniform(size=(known, len(FEATURES))) < FEATURE_SHARES[kind]
    reported = np.full(known, np.datetime64("NaT", "s"))
    reported[n:] = crimes.reported[told]
    crime = np.concatenate([np.full(n, -1), told])
    return Drawn(
        kind=kind, area=area, point=recorded, true_point=point, house=house, site=site,
        caller=caller, repeat=repeat, crime=crime, place=place, features=features,
        reported=reported,
    )  # fmt: skip


def _counts(expected: Floats, asb: Floats, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return a kind and an area for each incident: Poisson counts by kind and area."""
    counts = rng.poisson(expected)
    by_area = rng.poisson(asb)
    kind, area = np.nonzero(counts)
    each = counts[kind, area]
    kind, area = np.repeat(kind, each), np.repeat(area, each)
    antisocial = np.repeat(np.arange(len(by_area)), by_area)
    of = FIRST_ASB + draw_rows(
        (ASB_SHARES / ASB_SHARES.sum())[None, :],
        np.zeros(len(antisocial), dtype=np.int64),
        rng.uniform(size=len(antisocial)),
    )
    return np.concatenate([kind, of]), np.concatenate([area, antisocial])


def _come_from_sites(
    plan: "CallsPlan", kind: Integers, fill: NDArray[np.bool_], sites: "Sites",
    rng: np.random.Generator,
) -> Integers:  # fmt: skip
    """Return the site each incident came from, or -1."""
    yes, which = rng.uniform(size=(2, len(kind)))
    chosen = np.searchsorted(np.cumsum(sites.weight), which * (1 - 1e-12), side="right")
    chosen = np.minimum(chosen, len(sites) - 1)
    return np.where(fill & (yes < plan.site_share * SITES[kind]), chosen, -1)


def _call_again(
    plan: "CallsPlan", kind: Integers, may: NDArray[np.bool_], repeaters: Repeaters, number: int,
    rng: np.random.Generator,
) -> tuple[Integers, Integers]:  # fmt: skip
    """Return the rank among those who call often, and the key, of who called; -1 for others."""
    yes, who = rng.uniform(size=(2, len(kind)))
    pull = REPEATS[kind] * may
    share = plan.repeat_share * pull * may.sum() / max(float(pull.sum()), 1.0)
    rank = np.searchsorted(np.cumsum(repeaters.weight), who * (1 - 1e-12), side="right")
    rank = np.where(may & (yes < share), np.minimum(rank, len(repeaters) - 1), -1)
    return rank, np.where(rank >= 0, repeaters.key(np.maximum(rank, 0), number), NOBODY)


def _points(
    kind: Integers, area: Integers, points: "MapPoints", rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Return a map point, and the number of an address there, for each incident."""
    visited, at, house = rng.uniform(size=(3, len(kind)))
    # Points stand in the order of their areas, and each area's pulls sum to 1: one running sum
    # serves every area, whose stretch is from its number to the next.
    found = np.where(
        visited < VISITORS[kind],
        np.searchsorted(np.cumsum(points.shops), area + at, side="right"),
        np.searchsorted(np.cumsum(points.homes), area + at, side="right"),
    )
    first = np.searchsorted(points.area, area, side="left")
    last = np.searchsorted(points.area, area, side="right") - 1
    return np.clip(found, first, last), 1 + np.floor(_HOUSES * house**1.3).astype(np.int64)


def _lose(point: Integers, plan: "CallsPlan", rng: np.random.Generator) -> Integers:
    """Return the points as recorded: a few have no place, or one beyond the force."""
    chance = rng.uniform(size=len(point))
    point = np.where(chance < plan.not_placed, NO_PLACE, point)
    return np.where(chance > 1 - plan.outside, OUTSIDE, point)


def _place_kinds(
    kind: Integers, point: Integers, site: Integers, rank: Integers, sites: "Sites",
    points: "MapPoints", rng: np.random.Generator,
) -> Integers:  # fmt: skip
    """Return what kind of place each is: the site's, the map point's, or as is usual."""
    place = draw_rows(PLACE_SHARES, kind, rng.uniform(size=len(kind)))
    named = np.array(
        [PLACE_KINDS.index(_NAMED[name]) if name in _NAMED else -1 for name in points.name]
    )[point]
    place = np.where(named >= 0, named, place)
    place = np.where(rank >= 0, PLACE_KINDS.index("home"), place)
    return np.where(site >= 0, _at(sites.kind, site), place)


def _of_sites(
    caller: Integers, site: Integers, sites: "Sites", rng: np.random.Generator
) -> Integers:
    """Return who called: from a site, mostly its own people."""
    own = np.zeros(len(PLACE_KINDS), dtype=np.int64)
    own[[HOSPITAL, CARE_HOME, STATION]] = [
        CALLERS.index(word) for word in ("hospital", "care_home", "passer_by")
    ]
    theirs = (site >= 0) & (rng.uniform(size=len(caller)) < 0.8)
    return np.where(theirs, own[_at(sites.kind, site)], caller)


def _person(rng: np.random.Generator, count: int) -> Integers:
    """Return as whom those who call often call: mostly about themselves."""
    words = ("person_concerned", "victim", "neighbour", "family")
    row = np.array([[0.55, 0.25, 0.12, 0.08]])
    found = draw_rows(row, np.zeros(count, dtype=np.int64), rng.uniform(size=count))
    return np.array([CALLERS.index(word) for word in words])[found]


def _at(values: Integers, number: Integers) -> Integers:
    """Return the value at each number; of -1, whatever the first is: the caller leaves it out."""
    return values[np.maximum(number, 0)] if len(values) else np.zeros_like(number)
