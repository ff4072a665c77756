"""Calls for service, a month at a time: contacts, incidents, deployments, and what was true."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.callers import make_repeaters
from peelian.records.synth.calls_plan import CallsPlan
from peelian.records.synth.categories import CATEGORIES as PUBLIC
from peelian.records.synth.crime_reports import kind_numbers
from peelian.records.synth.deployments import draw_sent
from peelian.records.synth.drawn import Drawn, draw_incidents, scale_of
from peelian.records.synth.incident_kinds import (
    ALL,
    ASB_NAME,
    ASB_SHARES,
    CATEGORIES,
    FIRST_ASB,
    FIRST_CRIME,
    GRADE_SHARES,
    NAMES,
    REPEATS,
    RHYTHMS,
    SITES,
    TAKEN_FOR,
    draw_rows,
)
from peelian.records.synth.logs import Logged, write_logs
from peelian.records.synth.month import Month
from peelian.records.synth.need import Need, NeedPlan, base_chance, by_area, draw_need, draw_signs
from peelian.records.synth.policy import NOT_HEALTH, Fates, count_fates
from peelian.records.synth.rates import RatesPlan, make_rates
from peelian.records.synth.sites import make_sites
from peelian.records.synth.when import Rhythm, draw_hours, hour_weights

if TYPE_CHECKING:
    import pyarrow as pa

    from peelian.records.synth.crimes import Crimes
    from peelian.records.synth.facts import Facts
    from peelian.records.synth.period import Period
    from peelian.records.synth.places import Places
    from peelian.records.synth.policy import Steps
    from peelian.records.synth.who import Who

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_HEALTH = np.array([kind.style in ("welfare", "missing") for kind in ALL])


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """One month of calls.

    Args:
        tables: Canonical tables, without what the store works out and without narratives:
            contacts, incidents, incident_codes, deployments, labels, involvements, and in the
            first month of a period people and markers.
        facts: What was true of each row of `incidents`, in that order.
        area, point: Of each row of `incidents`: where it truly was, and the map point of its
            public record (or NO_PLACE, or OUTSIDE).
        antisocial: Which rows the public files hold, as anti-social behaviour.
        moved: Health-related calls by area and fate (`policy.FATES`), those not logged among them.
        truth: Tables of the truth: `incidents` by record, and `unlogged`: those without one.
    """

    tables: dict[str, "pa.Table"]
    facts: "Facts"
    area: Integers
    point: Integers
    antisocial: Flags
    moved: Integers
    truth: dict[str, "pa.Table"]


class _Expected(NamedTuple):
    """What a month may expect: fill kinds and anti-social behaviour by area, and need by kind."""

    fill: Floats
    asb: Floats
    need: Floats


def make_calls(  # noqa: PLR0913
    plan: CallsPlan, need: NeedPlan, places: "Places", period: "Period", number: int, who: "Who",
    *, crimes: "Crimes", policy: "Steps | None" = None, rates: RatesPlan | None = None,
) -> Calls:  # fmt: skip
    """Return the calls of one month. Any month can be made alone.

    Args:
        plan: What is planted in the calls.
        need: What is planted in need and its signs.
        places: Areas, map points and sites.
        period: The months.
        number: Which of them, from 0.
        who: The force.
        crimes: Those the public reported bring an incident each.
        policy: The step-back from health calls; None for none.
        rates: What makes areas and months differ, as the crimes have it; the defaults for None.

    Raises:
        UsageError: Crimes and anti-social behaviour alone are more than the plan's incidents.

    Cannot show:
        That demand makes people wait: a unit is never busy elsewhere, and waits depend on the
        grade alone. People named in logs have no names, and need no course of its own: it is drawn
        anew in every incident, likelier for some callers than for others.
    """
    month = Month(
        plan=plan, need=need, places=places, sites=make_sites(places, who),
        repeaters=make_repeaters(plan, places, who), crimes=crimes, period=period, number=number,
        who=who, weights=hour_weights(period.months[number], holidays=plan.holidays),
    )  # fmt: skip
    expected = _expect(month, rates or RatesPlan())
    drawn = draw_incidents(month, expected.fill, expected.asb)
    true = draw_need(month, expected.need, drawn)
    drawn, true = _in_time(month, drawn, true)
    logs = _answer(month, drawn, true, policy)
    moved = count_fates(logs.fates, drawn.area, len(places.codes))
    kept = logs.fates.logged
    tables, facts, truth = write_logs(month, logs.where(kept), logs.where(~kept))
    logged = drawn.where(kept)
    return Calls(
        tables=tables,
        facts=facts,
        area=logged.area,
        point=logged.point,
        antisocial=(logged.kind >= FIRST_ASB) & (logged.kind < FIRST_CRIME),
        moved=moved,
        truth=truth,
    )


def _expect(month: Month, rates: RatesPlan) -> _Expected:
    """Return what the month may expect, scaled so that a year comes to the plan's incidents."""
    asb_kind = next(kind for kind in PUBLIC if kind.name == ASB_NAME)
    *fill, asb = make_rates(rates, (*CATEGORIES, asb_kind), month.places, month.period, month.who)
    scale = scale_of(month.plan, fill, asb, month.crimes, month.places, month.period)
    by_kind = np.zeros((len(ALL), len(month.places.codes)))
    by_kind[:FIRST_ASB] = [scale * kind.expected.sum(axis=1) for kind in fill]
    by_kind[FIRST_ASB:FIRST_CRIME] = ASB_SHARES[:, None] * asb.expected.sum(axis=1)
    told = np.flatnonzero(month.crimes.by_public)
    of_crime = kind_numbers(month.crimes)[month.crimes.kind[told]]
    cell = of_crime * by_kind.shape[1] + month.crimes.area[told]
    by_kind += np.bincount(cell, minlength=by_kind.size).reshape(by_kind.shape)
    return _Expected(
        fill=scale * np.stack([kind.expected[:, month.number] for kind in fill]),
        asb=asb.expected[:, month.number],
        need=base_chance(month.need, by_kind.sum(axis=1), _times(month, by_kind)),
    )


def _times(month: Month, by_kind: Floats) -> Floats:
    """Return by what areas and callers multiply need, on average over incidents of each kind.

    Args:
        month: For sites, people who call often, and what is planted.
        by_kind: Incidents expected of each kind in each area, over the period, before some of
            them are found to come from a site or from somebody who calls often.
    """
    plan, area = month.plan, by_area(month.need, month.places)
    usual = (by_kind @ area) / np.maximum(by_kind.sum(axis=1), 1e-12)
    total, fill = by_kind.sum(axis=1), np.arange(len(ALL)) < FIRST_ASB
    from_site = np.where(fill, plan.site_share * SITES, 0.0) if len(month.sites) else 0.0 * total
    pull = np.where(fill, REPEATS, 0.0)
    left = np.where(fill, total * (1 - from_site), 0.0)
    again = np.minimum(plan.repeat_share * pull * left.sum() / (left * pull).sum(), 1.0)
    homes = month.places.points.area[month.repeaters.point[:, 0]]
    own = month.repeaters.need[:, 0] if month.need.repeat_callers_differ else 1.0
    at_home = float(month.repeaters.weight @ (own * area[homes])) * month.need.by_repeat_caller
    at_site = float(month.sites.weight @ area[month.sites.area]) if len(month.sites) else 1.0
    return from_site * at_site + (1 - from_site) * (again * at_home + (1 - again) * usual)


def _in_time(month: Month, drawn: Drawn, true: Need) -> tuple[Drawn, Need]:
    """Return incidents with their times, in order of them; a crime's report has its own."""
    own, hour, second = month.chance("when").uniform(size=(3, len(drawn)))
    rhythm = np.where(
        true.true & (own < month.need.own_rhythm), int(Rhythm.NEED), RHYTHMS[drawn.kind]
    )
    seconds = 3600 * draw_hours(month.weights, rhythm, hour)
    seconds = seconds + np.floor(3600 * second).astype(np.int64)
    at = month.start + seconds.astype("m8[s]")
    at = np.where(np.isnat(drawn.reported), at, drawn.reported)
    order = np.argsort(at, kind="stable")
    return drawn.at(at).where(order), true.where(order)


def _answer(month: Month, drawn: Drawn, true: Need, policy: "Steps | None") -> Logged:
    """Return what the control room makes of each: what it is said to be, its grade, who is sent."""
    wrong, which = month.chance("said").uniform(size=(2, len(drawn)))
    other = TAKEN_FOR[drawn.kind, np.floor(which * TAKEN_FOR.shape[1]).astype(np.int64)]
    said = np.where(wrong < month.plan.opening_wrong, other, drawn.kind)
    usual, urgent = month.chance("grade").uniform(size=(2, len(drawn)))
    grade = draw_rows(GRADE_SHARES, said, usual)
    # Fear for a life is graded up.
    grade = np.where(true.suicidal & (urgent < 0.8), np.minimum(grade, 1), grade)
    sent = draw_sent(grade, month.chance("sent"))
    if policy is None:
        fates = Fates(np.full(len(drawn), NOT_HEALTH), np.ones(len(drawn), dtype=bool))
    else:
        health = sent & (drawn.kind < FIRST_ASB) & (_HEALTH[drawn.kind] | true.true)
        kinds = np.array(NAMES)[drawn.kind]
        fates = policy.decide(month.number, health, kinds, month.chance("policy"))
    return Logged(
        drawn=drawn,
        need=true,
        signs=draw_signs(month, true, drawn),
        said=said,
        grade=grade,
        sent=sent & ~fates.declined,
        fates=fates,
    )


__all__ = ["Calls", "CallsPlan", "NeedPlan", "make_calls"]
