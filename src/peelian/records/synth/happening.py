"""What truly happens of one kind of crime: what comes of itself, and what follows that."""

from dataclasses import replace

import numpy as np

from peelian.records.synth.categories import Category
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.events import points_of
from peelian.records.synth.hours import draw_moments
from peelian.records.synth.near_repeats import NONE, Chain, unfold
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.streams import stream
from peelian.records.synth.streets import Streets
from peelian.records.synth.who import Who

# Days before the first month in which crimes happen too, so that the first month has its share of
# late reports and of crimes that follow earlier ones: at least so many, and three times what a
# chain of offspring takes in the mean, but no more than some years of them.
_RUN_IN, _CHAINS, _LONGEST = 90, 3, 1_000


def happen(
    truly: Floats,
    kind: Category,
    plan: CrimesPlan,
    streets: Streets,
    places: Places,
    period: Period,
    who: Who,
) -> tuple[Chain, Integers]:
    """Return one kind's events with their offspring, and the map points of those without a parent.

    Args:
        truly: Events expected by area and month, offspring among them.
        kind: The category.
        plan: What is planted in crimes.
        streets: The ground.
        places: The areas.
        period: The months.
        who: The force.
    """
    rng = stream(who.seed, f"{who.slug}/crimes/{kind.name}")
    kernel = plan.kernel(kind.name)
    before = _run_in(plan, kind)
    run_in = truly[:, :1] * before / period.days[0]
    counts = rng.poisson(np.concatenate([run_in, truly], axis=1))
    area, month = np.nonzero(counts)
    each = counts[area, month]
    area, month = np.repeat(area, each), np.repeat(month, each) - 1
    point = points_of(area, places, kind, rng)
    lon, lat = streets.along(point, rng)
    moment = draw_moments(month, kind.name, period, before, rng)
    first = Chain(moment, lon, lat, area, np.full(len(area), NONE))
    if kernel is None:
        return first, point
    follow = stream(who.seed, f"{who.slug}/crimes/{kind.name}/offspring")
    # Some make room for offspring, so that an area keeps its total; those that stay are just as
    # they are where nothing is contagious.
    stays = follow.uniform(size=len(area)) >= kernel.branching
    first, point = first.where(stays), point[stays]
    end = float(period.end.astype(np.int64))
    return unfold(first, kernel, streets, end, follow), point


def _run_in(plan: CrimesPlan, kind: Category) -> int:
    """Return how many days before the first month begin: as many whether or not crimes spread."""
    kernel = replace(plan, contagion=True).kernel(kind.name)
    if kernel is None:
        return _RUN_IN
    chain = kernel.days / (1 - kernel.branching)
    return int(min(max(_RUN_IN, _CHAINS * chain), _LONGEST))
