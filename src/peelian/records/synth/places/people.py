"""Who lives in the areas, in how many homes, of which group, and who is there by day and night."""

from typing import NamedTuple

import numpy as np

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places.ground import Ground, Integers
from peelian.records.synth.places.need import field, standard
from peelian.records.synth.places.plan import GROUPS, PlacesPlan

_SPREAD = 0.17  # of the log of residents: areas are drawn to be near one size
_IN_CENTRES = 0.65  # residents of a town centre's area over those of others
# Statistical areas are drawn to hold 1,000 to 3,000 people in 400 to 1,200 homes
# (domain/places.md): here as shares of a usual area's 1,670 and 696.
_LEAST, _MOST = 0.60, 1.79
_LEAST_HOMES, _MOST_HOMES = 0.575, 1.724
# The widths of the hills that groups live on: wider than deprivation's, since a community reaches
# over several neighbourhoods.
_WIDTHS = (1200.0, 3300.0)
_ROUNDS = 200


class Presence(NamedTuple):
    """Who is in each area, living there or not.

    Args:
        visitors: People in a town centre by day who live elsewhere; none outside centres.
        daytime: Everyone there on a usual working day.
        night: Everyone there late on a usual evening.
    """

    visitors: Integers
    daytime: Integers
    night: Integers


def draw_residents(ground: Ground, plan: PlacesPlan, rng: np.random.Generator) -> Integers:
    """Return residents: near the sizes statistical areas are made to, fewer in town centres."""
    wish = plan.residents * np.exp(rng.normal(scale=_SPREAD, size=ground.areas))
    wish = np.where(ground.middle >= 0, _IN_CENTRES * wish, wish)
    wish = np.clip(wish, _LEAST * plan.residents, _MOST * plan.residents)
    return np.round(wish).astype(np.int64)


def draw_households(residents: Integers, plan: PlacesPlan, rng: np.random.Generator) -> Integers:
    """Return homes: some areas hold families, some people who live alone."""
    size = plan.household_size * rng.uniform(0.83, 1.17, size=len(residents))
    usual = plan.residents / plan.household_size
    wish = np.clip(residents / size, _LEAST_HOMES * usual, _MOST_HOMES * usual)
    return np.round(wish).astype(np.int64)


def draw_presence(
    residents: Integers, ground: Ground, plan: PlacesPlan, rng: np.random.Generator
) -> Presence:
    """Return who is where by day and late in the evening; nobody enters or leaves the force.

    Args:
        residents: Who lives there.
        ground: Where the towns' centres are.
        plan: Which shares are away, and where.
        rng: Where the workplaces outside centres come from.
    """
    # A few business parks and hospitals hold much of the work outside centres.
    work = residents * rng.gamma(0.35, size=len(residents))
    if not plan.visitors:
        return Presence(np.zeros_like(residents), residents, residents)
    centres = _pull_of_centres(residents, ground)
    away = np.round(plan.away_by_day * residents).astype(np.int64)
    to_centres = round(plan.to_centres * int(away.sum()))
    visitors = apportion(to_centres, centres)
    workers = apportion(int(away.sum()) - to_centres, work)
    out = np.round(plan.out_at_night * residents).astype(np.int64)
    return Presence(
        visitors,
        residents - away + visitors + workers,
        residents - out + apportion(int(out.sum()), centres),
    )


def _pull_of_centres(residents: Integers, ground: Ground) -> Floats:
    """Return what draws visitors to each area: its town's residents, shared by its centre."""
    pull = np.zeros(ground.areas)
    for number in range(len(ground.towns)):
        here = ground.middle == number
        # Larger towns draw more than their share: people come from the smaller ones.
        pull[here] = residents[ground.district == number].sum() ** 1.1 / here.sum()
    return pull


def draw_groups(
    residents: Integers,
    need: Floats,
    ground: Ground,
    plan: PlacesPlan,
    rng: np.random.Generator,
) -> Integers:
    """Return residents by group, (areas, groups): clustered, and adding up to the planned shares.

    The log odds of each smaller group beside the largest are a smooth field of its own, in part
    deprivation, in part one field that all share and in part the towns, raised or lowered until
    the force as a whole has the plan's shares (iterative proportional fitting; Deming and
    Stephan, 1940).

    Args:
        residents: Of each area.
        need: Deprivation, by area.
        ground: Where the areas lie.
        plan: Shares, spread, and the switches.
        rng: Where the fields come from.
    """
    areas = ground.areas
    whole = standard(need)
    urban = (ground.district < len(ground.towns)).astype(float)
    together = field(ground, _WIDTHS, rng)
    odds = np.zeros((areas, len(GROUPS)))
    for number in range(1, len(GROUPS)):
        own = field(ground, _WIDTHS, rng)
        place = standard(0.6 * together + 0.6 * own + urban)
        # Beyond deprivation: what is left is the plan's correlation, in this very force.
        place = standard(place - whole * (whole * place).mean())
        dealt = rng.permutation(areas)
        if not plan.groups_cluster:
            place = place[dealt]
            place = standard(place - whole * (whole * place).mean())
        mixed = plan.groups_by_need * whole + np.sqrt(1 - plan.groups_by_need**2) * place
        odds[:, number] = plan.group_spread * mixed
    table = fit(np.exp(odds), residents, np.array(plan.group_shares) * residents.sum())
    return _whole_people(table, residents)


def fit(table: Floats, rows: Integers, columns: Floats) -> Floats:
    """Return a table scaled until its rows and columns have the sums that are wanted."""
    for _ in range(_ROUNDS):
        table = table * (columns / table.sum(axis=0))
        table = table * (rows / table.sum(axis=1))[:, None]
        if np.abs(table.sum(axis=0) / columns - 1).max() < 1e-9:
            break
    return table


def _whole_people(table: Floats, rows: Integers) -> Integers:
    """Return whole numbers whose rows still add up: the largest fractions are rounded up."""
    whole = np.floor(table).astype(np.int64)
    lacking = rows - whole.sum(axis=1)
    order = np.argsort(np.argsort(whole - table, axis=1, kind="stable"), axis=1, kind="stable")
    return whole + (order < lacking[:, None])


def apportion(total: int, weights: Floats) -> Integers:
    """Return whole numbers in proportion to weights that add up to a total, exactly."""
    if total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    reached = np.round(total * np.cumsum(weights) / weights.sum()).astype(np.int64)
    return np.diff(reached, prepend=0)
