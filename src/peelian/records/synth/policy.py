"""A step-back from health calls: when it is announced, when it bites, and where calls go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from peelian.records.synth.keys import Problem, day_of, key
from peelian.records.synth.period import Period
from peelian.records.synth.who import Who
from peelian.schema.codes import code_list

# What becomes of a health-related call. The police go, or it moves: to a service, or to nobody.
FATES = ("attended", "ambulance", "emergency_department", "crisis_line", "unattended")
ATTENDED = 0
NOT_HEALTH = -1  # a call the step-back says nothing about

_OURS = "ours: no force has published it"
_RCRP = "domain/demand.md, section 4 (Right Care, Right Person)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPlan:
    """`[policy]`: a step-back from health calls, phased over forces, kinds of call and months."""

    moves: bool = key(
        True,
        "Whether calls move. Off, the step-back is announced and begun in name, services keep "
        "their trend, and every call is attended: trending but unaffected.",
        "ours: the control",
    )
    starts_in: str = key(
        "",
        'The month (YYYY-MM) in which the first wave of forces begins; "" for the month that '
        "six tenths of the period come before.",
        "ours; of January 2022 to December 2024 that is November 2023, when the Metropolitan "
        f"Police began ({_RCRP})",
    )
    announced_on: str = key(
        "",
        'The day (YYYY-MM-DD) it is announced to all forces; "" for the first day of the fifth '
        "month before the start, or of the period.",
        f"announced on 24 May 2023 and begun about 1 November ({_RCRP})",
    )
    stagger: tuple[int, ...] = key(
        (0, 3, 6),
        "How many months after the first wave each wave of forces begins. A force of a wave that "
        "is not listed never begins: it has the announcement only.",
        "ours; North Yorkshire began in January 2023, the Metropolitan Police in November "
        f"({_RCRP})",
        unit="months",
    )
    call_types: tuple[str, ...] = key(
        (
            "concern-for-safety",
            "absconder-absent-without-leave-or-wanted",
            "missing-person",
            "collapse-illness-or-injury",
        ),
        "The incident categories that are stepped back from, in the order they are taken up. "
        "Health-related calls of other categories are attended as before.",
        "concern for welfare, walk-outs from health care, patients absent without leave, medical "
        f"and transport ({_RCRP})",
    )
    type_after: tuple[int, ...] = key(
        (0, 3, 3, 6),
        "How many months after its force begins each of `call_types` is taken up.",
        f"Humberside took four phases over 2020-21 ({_RCRP}); the months between them are ours",
        unit="months",
    )
    ramp_months: int = key(
        2,
        "How many months pass, once a type is taken up, before the effect is full: it grows by "
        "equal steps. 0 for a sharp step.",
        "ours: the Metropolitan Police phased its start, over months it has not published",
        unit="months",
    )
    effect: float = key(
        0.33,
        "Share of the health-related calls of a type that would have had an officer sent, and "
        "have none at full strength.",
        "Humberside sent officers to 1,566 such calls a month and saved about 1,100 hours a month "
        f"({_RCRP}): about a third of them, at two to three officer hours each, which is ours",
    )
    anticipation: float = key(
        0.15,
        "Share of the effect that is there already in the months before a type is taken up.",
        f"{_OURS}; the announcement ran five months ahead of the start ({_RCRP})",
    )
    anticipation_months: int = key(
        2,
        "How many months before a type is taken up its calls are declined ahead of the policy; "
        "never before the first whole month after the announcement.",
        _OURS,
        unit="months",
    )
    unlogged: float = key(
        0.1,
        "Share of declined calls that are not logged at all: the recording change.",
        f"{_OURS}; the call prompt changes recording as well as demand ({_RCRP})",
    )
    to_ambulance: float = key(
        0.35,
        "Share of declined calls that the ambulance service takes on.",
        f"{_OURS}: there is no outcome evaluation for health services ({_RCRP})",
    )
    to_emergency_department: float = key(
        0.15, "Share of declined calls that end in an emergency department.", _OURS
    )
    to_crisis_line: float = key(0.2, "Share of declined calls that a crisis line takes on.", _OURS)
    to_unattended: float = key(
        0.3,
        "Share of declined calls that nobody takes on. With the other three it makes 1.",
        _OURS,
    )
    service_rates: tuple[float, ...] = key(
        (1.3, 0.8, 3.5),
        "What each service (ambulance, emergency department, crisis line) would have without "
        "the step-back, in the first month, a month per 1,000 residents.",
        "ambulance: London, 385 calls a day linked to a mental-health crisis "
        "(domain/mental_health_definitions.csv, london_ambulance_mh) among 8.8 million people; "
        "the others are ours",
        unit="a month per 1,000 residents",
    )
    service_trends: tuple[float, ...] = key(
        (1.03, 1.02, 1.1),
        "The factor by which each service's own demand changes in a year: the confounder.",
        "ours: growth that has nothing to do with the police",
    )
    service_swings: tuple[float, ...] = key(
        (0.04, 0.06, 0.03),
        "How far each service's busiest month stands above its mean, as a share of it.",
        _OURS,
    )
    service_peaks: tuple[int, ...] = key(
        (6, 5, 1), "The busiest month of each service, 1 to 12.", _OURS
    )

    @property
    def split(self) -> NDArray[np.float64]:
        """Return where declined calls go, in the order of FATES after `attended`."""
        return np.array(
            [
                self.to_ambulance,
                self.to_emergency_department,
                self.to_crisis_line,
                self.to_unattended,
            ]
        )

    def off(self) -> Self:
        """Return the control: the same trend, season, announcement and dates, and nothing moves."""
        return replace(self, moves=False)

    def first_start(self, period: Period) -> int:
        """Return the number of the month in which the first wave begins."""
        if self.starts_in:
            return period.number(self.starts_in)
        return min(-(-6 * period.length // 10), period.length - 1)

    def announcement(self, period: Period) -> np.datetime64:
        """Return the day of the announcement."""
        if self.announced_on:
            return np.datetime64(self.announced_on, "D")
        return period.starts[max(self.first_start(period) - 5, 0)].astype("M8[D]")

    def start(self, period: Period, wave: int) -> int | None:
        """Return the month in which a force of this wave begins; None if it never does.

        The number counts from the first month of the period, and may lie after the last.
        """
        if not 0 <= wave < len(self.stagger):
            return None
        return self.first_start(period) + self.stagger[wave]

    def problems(self, period: Period) -> Iterator[Problem]:
        """Yield why this cannot be carried out over these months."""
        yield from _problems_of_dates(self, period)
        yield from _problems_of_types(self)
        yield from _problems_of_shares(self)
        yield from _problems_of_services(self)


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of calls: each array has one value a call, in their order.

    Args:
        fate: Number in FATES, or NOT_HEALTH.
        logged: Whether there is a log of it at all; always true of a call that is not declined.
    """

    fate: NDArray[np.int64]
    logged: NDArray[np.bool_]

    @property
    def declined(self) -> NDArray[np.bool_]:
        """Return which calls had an officer before and have none now."""
        return self.fate > ATTENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The step-back of one force, month by month.

    Args:
        force: The force's slug.
        months: Each month of the period, as YYYY-MM.
        call_types: The categories stepped back from.
        begun: For each of them, the number of the month it is taken up in; -1 for never.
        declined: Expected share of calls declined; shape (months, call types).
        split: Where declined calls go, in the order of FATES after `attended`.
        unlogged: Share of declined calls that are not logged.
    """

    force: str
    months: tuple[str, ...]
    call_types: tuple[str, ...]
    begun: tuple[int, ...]
    declined: NDArray[np.float64]
    split: NDArray[np.float64]
    unlogged: float

    def decide(
        self,
        number: int,
        health: NDArray[np.bool_],
        kind: NDArray[np.str_],
        rng: np.random.Generator,
    ) -> Fates:
        """Decide what becomes of every call of a month.

        The same numbers are drawn whatever the plan says, three for each call, so that a call that
        is attended here is what it would have been without any step-back.

        Args:
            number: The month, from 0.
            health: Whether a call is health-related and would have had an officer sent.
            kind: Its incident category.
            rng: The stream to draw from.
        """
        chance, where, written = rng.random((3, len(health)))
        share = np.zeros(len(health))
        for column, word in enumerate(self.call_types):
            share[kind == word] = self.declined[number, column]
        declined = health & (chance < share)
        to = 1 + np.searchsorted(np.cumsum(self.split)[:-1], where, side="right")
        fate = np.where(declined, to, np.where(health, ATTENDED, NOT_HEALTH))
        return Fates(fate.astype(np.int64), ~(declined & (written < self.unlogged)))

    def expected(self) -> pa.Table:
        """Return the truth by month and type: the shares of calls that the plan sends where."""
        months, types = len(self.months), len(self.call_types)
        declined = self.declined.ravel()
        columns = {
            "force": [self.force] * (months * types),
            "month": np.repeat(self.months, types).tolist(),
            "category": list(self.call_types) * months,
            "attended": 1 - declined,
        }
        for name, share in zip(FATES[1:], self.split, strict=True):
            columns[name] = declined * share
        columns["not_logged"] = declined * self.unlogged
        return pa.table(columns)


def make_steps(plan: PolicyPlan, period: Period, who: Who, *, phase: int) -> Steps:
    """Return the step-back of one force.

    Args:
        plan: What is planted.
        period: The months.
        who: The force.
        phase: The wave it belongs to, from 0; one beyond the plan's `stagger` never begins.
    """
    start = plan.start(period, phase)
    begun = tuple(-1 if start is None else start + after for after in plan.type_after)
    shares = np.zeros((period.length, len(begun)))
    if plan.moves:
        earliest = _first_whole_month(plan.announcement(period), period)
        for column, month in enumerate(begun):
            if month >= 0:
                shares[:, column] = plan.effect * _strength(plan, period.length, month, earliest)
    return Steps(
        force=who.slug,
        months=period.months,
        call_types=plan.call_types,
        begun=begun,
        declined=shares,
        split=plan.split,
        unlogged=plan.unlogged,
    )


def count_fates(fates: Fates, area: NDArray[np.int64], areas: int) -> NDArray[np.int64]:
    """Count a month's health-related calls by area and fate.

    Args:
        fates: What became of every call.
        area: The area each truly came from.
        areas: How many areas there are.

    Returns:
        Counts, of shape (areas, fates), in the order of FATES.
    """
    health = fates.fate != NOT_HEALTH
    cell = area[health] * len(FATES) + fates.fate[health]
    return np.bincount(cell, minlength=areas * len(FATES)).reshape(areas, len(FATES))


def _strength(plan: PolicyPlan, length: int, begun: int, earliest: int) -> NDArray[np.float64]:
    """Return by month the share of the full effect a type has that is taken up in month `begun`."""
    month = np.arange(length)
    ramp = np.clip((month - begun + 1) / (plan.ramp_months + 1), 0, 1)
    foreseen = (month >= max(begun - plan.anticipation_months, earliest)) & (month < begun)
    # A force that declines calls ahead of the policy does not attend them again when it begins.
    least = np.where(foreseen | ((month >= begun) & foreseen.any()), plan.anticipation, 0.0)
    return np.maximum(ramp, least)


def _first_whole_month(day: np.datetime64, period: Period) -> int:
    """Return the number of the first month that lies wholly on or after a day."""
    return int(np.searchsorted(period.starts.astype("M8[D]"), day, side="left"))


def _problems_of_dates(plan: PolicyPlan, period: Period) -> Iterator[Problem]:
    months = f"from {period.months[0]} to {period.months[-1]}"
    if plan.starts_in and period.number(plan.starts_in) < 0:
        yield Problem(
            f"policy.starts_in = {plan.starts_in!r}",
            f'a month of the period, {months}, as YYYY-MM, or ""',
        )
        return
    if plan.announced_on:
        day = day_of(plan.announced_on)
        first, start = period.starts[0], period.starts[plan.first_start(period)]
        if day is None or not first <= day <= start:
            yield Problem(
                f"policy.announced_on = {plan.announced_on!r}",
                f"a day as YYYY-MM-DD from {period.months[0]}-01 to the start, "
                f'{str(start)[:10]}, or ""',
            )
    if not plan.stagger or not all(_whole(n) for n in plan.stagger):
        yield Problem(f"policy.stagger = {list(plan.stagger)}", "months, such as [0, 3, 6]")
    for name in ("ramp_months", "anticipation_months"):
        if getattr(plan, name) < 0:
            yield Problem(f"policy.{name} = {getattr(plan, name)}", "0 or more months")


def _problems_of_types(plan: PolicyPlan) -> Iterator[Problem]:
    known = code_list("incident_category")
    strange = [word for word in plan.call_types if word not in known]
    if strange or not plan.call_types or len(set(plan.call_types)) < len(plan.call_types):
        yield Problem(
            f"policy.call_types = {list(plan.call_types)}",
            "incident categories, each once, as the code list incident_category writes them",
        )
    if len(plan.type_after) != len(plan.call_types) or not all(_whole(n) for n in plan.type_after):
        yield Problem(
            f"policy.type_after = {list(plan.type_after)} for {len(plan.call_types)} call types",
            "a number of months, 0 or more, for each of call_types",
        )


def _problems_of_shares(plan: PolicyPlan) -> Iterator[Problem]:
    for name in ("effect", "anticipation", "unlogged"):
        if not 0 <= getattr(plan, name) <= 1:
            yield Problem(f"policy.{name} = {getattr(plan, name)}", "a share from 0 to 1")
    if (plan.split < 0).any() or not np.isclose(plan.split.sum(), 1.0, rtol=0, atol=1e-9):
        yield Problem(
            "policy.to_ambulance + to_emergency_department + to_crisis_line + to_unattended = "
            f"{plan.split.sum():g}",
            "four shares, none below 0, that make 1: a call that moves goes somewhere",
        )


def _problems_of_services(plan: PolicyPlan) -> Iterator[Problem]:
    wanted = (
        ("service_rates", lambda value: 0 <= value <= 1000, "from 0 to 1,000"),
        ("service_trends", lambda value: 0 < value <= 3, "above 0, up to 3"),
        ("service_swings", lambda value: 0 <= value < 1, "from 0 to below 1"),
        ("service_peaks", lambda value: value in range(1, 13), "a month from 1 to 12"),
    )
    for name, fits, words in wanted:
        values: Sequence[object] = getattr(plan, name)
        numbers = [v for v in values if isinstance(v, int | float)]
        if len(values) != 3 or len(numbers) != 3 or not all(fits(v) for v in numbers):
            yield Problem(
                f"policy.{name} = {list(values)}",
                f"three numbers, {words}: of ambulance, emergency department and crisis line",
            )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
