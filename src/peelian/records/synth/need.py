"""Mental-health need: a true state of an incident, and six signs by which records may show it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.incident_kinds import CLASS_OF, NEED
from peelian.records.synth.need_plan import BANDS, SIGNS, TRAINED, NeedPlan

if TYPE_CHECKING:
    from peelian.records.synth.drawn import Drawn
    from peelian.records.synth.month import Month
    from peelian.records.synth.places import Places

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]

_MOST = 0.97  # however many reasons come together, need stays in doubt
_BAND_OF = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])  # by decile of deprivation, 1 to 10
_YEAR = 365.25 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Need in the incidents of a month: each array has one value an incident.

    Args:
        chance: How likely it was, before it was drawn.
        true: Whether it is there.
        suicidal: Whether it is suicidal thought, plan or act.
    """

    chance: Floats
    true: Flags
    suicidal: Flags

    def where(self, chosen: NDArray) -> "Need":
        """Return those of the chosen incidents, in that order."""
        return Need(
            chance=self.chance[chosen], true=self.true[chosen], suicidal=self.suicidal[chosen]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What each of SIGNS shows: arrays of shape (signs, incidents).

    Args:
        shown: Whether the sign shows need, rightly or not.
        sensitivity, specificity: How well it showed it in that incident's class, place and time.
    """

    shown: Flags
    sensitivity: Floats
    specificity: Floats

    def of(self, sign: str) -> Flags:
        """Return whether one sign shows need."""
        return self.shown[SIGNS.index(sign)]

    def only(self, sign: str, where: Flags) -> "Signs":
        """Return the same, but one sign shows nothing elsewhere."""
        shown = self.shown.copy()
        shown[SIGNS.index(sign)] &= where
        return Signs(shown=shown, sensitivity=self.sensitivity, specificity=self.specificity)

    def where(self, chosen: NDArray) -> "Signs":
        """Return those of the chosen incidents, in that order."""
        return Signs(
            shown=self.shown[:, chosen],
            sensitivity=self.sensitivity[:, chosen],
            specificity=self.specificity[:, chosen],
        )


def base_chance(plan: NeedPlan, by_kind: Floats, times: Floats) -> Floats:
    """Return by kind how likely need is where nothing makes it likelier.

    The kinds' weights are scaled so that the plan's share of all incidents has need.

    Args:
        plan: What is planted.
        by_kind: Incidents expected of each kind.
        times: By what areas and callers multiply that on average, in incidents of each kind.
    """
    weight = NEED if plan.by_kind else np.ones_like(NEED)
    wanted, low, high = plan.share * by_kind.sum(), 0.0, 1e4
    for _ in range(60):  # by halving: kinds that reach the most that can be leave more to others
        scale = (low + high) / 2
        reached = (by_kind * np.minimum(scale * weight * times, _MOST)).sum()
        low, high = (scale, high) if reached < wanted else (low, scale)
    return low * weight


def by_area(plan: NeedPlan, places: "Places") -> Floats:
    """Return by what each area multiplies how likely need is: 1 midway between deciles 5 and 6."""
    return plan.by_deprivation ** ((5.5 - places.decile) / 9)


def draw_need(month: "Month", base: Floats, drawn: "Drawn") -> Need:
    """Draw which incidents of a month have need.

    Args:
        month: Which month, of which force.
        base: From `base_chance`.
        drawn: The incidents.
    """
    plan, places, period = month.need, month.places, month.period
    chance, number = month.chance, month.number
    again = np.where(drawn.repeat >= 0, plan.by_repeat_caller, 1.0)
    if plan.repeat_callers_differ:
        again = again * month.repeaters.need_of(drawn.repeat)
    # Half a month in, as the middle of the month is; the first year's mean is what `share` says.
    years = (period.days[:number].sum() + period.days[number] / 2) / 365.25
    trend = plan.need_trend ** (years - 0.5)
    likely = base[drawn.kind] * by_area(plan, places)[drawn.area] * again * trend
    likely = np.minimum(likely, _MOST)
    true = chance("need").uniform(size=len(drawn)) < likely
    suicidal = chance("need/suicidal").uniform(size=len(drawn)) < plan.suicidal
    return Need(chance=likely, true=true, suicidal=true & suicidal)


def draw_signs(month: "Month", need: Need, drawn: "Drawn") -> Signs:
    """Draw what each sign shows of each incident.

    The odds that a sign shows need where it is are the plan's at its reference (class `other`, the
    middle band of deprivation, the first day), times the class's, the band's, the drift since the
    first day, and training's once it tells. Where there is no need, its odds are those of the
    plan's specificity times the class's, the band's, and training's; they do not drift.
    """
    plan, places, period, chance = month.need, month.places, month.period, month.chance
    of_class = CLASS_OF[drawn.kind]
    band = bands_of(places, drawn.area)
    seconds = (drawn.reported - period.starts[0]).astype(np.int64)
    day = plan.training_day(period)
    trained = np.zeros(len(drawn), bool) if day is None else drawn.reported >= day
    found = np.empty((len(SIGNS), len(drawn)), dtype=bool)
    right, rightly_not = np.empty(found.shape), np.empty(found.shape)
    for number, sign in enumerate(SIGNS):
        odds = _odds(getattr(plan, f"{sign}_sensitivity"))
        odds = odds * getattr(plan, f"{sign}_drift") ** (seconds / _YEAR)
        odds = odds * np.where(trained, getattr(plan, f"{sign}_training"), 1.0)
        false = np.full(len(drawn), _odds(1 - getattr(plan, f"{sign}_specificity")))
        if sign != "section_136":
            odds = odds * np.array(plan.class_odds)[of_class] * np.array(plan.band_odds)[band]
            false = false * np.array(plan.class_false_odds)[of_class]
            false = false * np.array(plan.band_false_odds)[band]
        if sign in TRAINED:
            false = false * np.where(trained, plan.training_false_odds, 1.0)
        right[number], rightly_not[number] = _share(odds), 1 - _share(false)
        shows = np.where(need.true, right[number], 1 - rightly_not[number])
        found[number] = chance(f"need/{sign}").uniform(size=len(drawn)) < shows
    return Signs(shown=found, sensitivity=right, specificity=rightly_not)


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else np.inf


def _share(odds: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(odds), 1.0, odds / (1 + odds))


def bands_of(places: "Places", area: Integers) -> Integers:
    """Return the band of deprivation (BANDS) of each area."""
    return _BAND_OF[places.decile[area] - 1]


__all__ = [
    "BANDS",
    "SIGNS",
    "Need",
    "NeedPlan",
    "Signs",
    "bands_of",
    "base_chance",
    "draw_need",
    "draw_signs",
]  # fmt: skip
