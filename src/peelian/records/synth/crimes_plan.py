"""What is planted in crimes: how many, and how far some of them bring others of their kind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.near_repeats import DELAYS, DISTANCES, Kernel
from peelian.records.synth.outcomes import Pathways
from peelian.records.synth.period import Period
from peelian.records.synth.rates import RatesPlan

_NOTE = "methods/near_repeat_and_hawkes.md"
_SHARE = f"ours: the one share in {_NOTE} is about .13, for gunshots (marked to verify there)"
_CHICAGO = (
    "ours: recorded burglaries then have Knox ratios within a week near those of Chicago's 2016 "
    "(data/burglary_chicago_nearrepeat: 1.8 within 100 m, 1.3 from 100 to 200 m)"
)
_SHAPE = f"{_NOTE}: exponential is the usual choice; the others test what rests on it"
_BANDS = f"ours: {_NOTE}, within the bands of 100 to 400 m and 7 to 28 days usually looked at"

# The kinds that can be contagious, and how the keys of a plan begin for each.
KEYS_OF = {
    "Burglary": "burglary",
    "Vehicle crime": "vehicle",
    "Violence and sexual offences": "violence",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrimesPlan(RatesPlan):
    """How much crime there is, where and when, and how much of it follows other crime."""

    contagion: bool = key(
        True,
        "Whether crimes bring crimes. Off: as clustered by place, season and trend, but with no "
        "event that follows another.",
        "ours: the control that keeps the confounder",
    )
    burglary_branching: float = key(
        0.18, "Mean number of burglaries a burglary brings; below 1.", _CHICAGO
    )
    burglary_delay: str = key(
        "exponential", f"Shape of the delay between burglaries: {', '.join(DELAYS)}.", _SHAPE
    )
    burglary_days: float = key(
        10.0, "Mean delay between burglaries; for a step, the longest.", _BANDS, unit="days"
    )
    burglary_distance: str = key(
        "gaussian", f"Shape of the distance between burglaries: {', '.join(DISTANCES)}.", _SHAPE
    )
    burglary_metres: float = key(
        120.0,
        "Standard deviation on either axis; for a step, the radius.",
        _BANDS,
        unit="metres",
    )
    vehicle_branching: float = key(
        0.15, "Mean number of vehicle crimes a vehicle crime brings; below 1.", _SHARE
    )
    vehicle_delay: str = key("power-law", "As for burglary.", _SHAPE)
    vehicle_days: float = key(7.0, "As for burglary.", _BANDS, unit="days")
    vehicle_distance: str = key("gaussian", "As for burglary.", _SHAPE)
    vehicle_metres: float = key(200.0, "As for burglary.", _BANDS, unit="metres")
    violence_branching: float = key(
        0.10, "Mean number of violent offences one brings; below 1.", _SHARE
    )
    violence_delay: str = key("exponential", "As for burglary.", _SHAPE)
    violence_days: float = key(
        4.0,
        "As for burglary.",
        "ours: between minutes (gunshots) and months (methods/violence_networks.md)",
        unit="days",
    )
    violence_distance: str = key("step", "As for burglary.", _SHAPE)
    violence_metres: float = key(
        200.0,
        "As for burglary.",
        f"{_NOTE}: about 126 m for gunshots (marked to verify)",
        unit="metres",
    )
    tail: float = key(
        2.5, "Shape of every power law; smaller has the longer tail; above 1.", "ours"
    )
    same_place: float = key(
        0.15,
        "Share of offspring at the very place of their parent: repeats rather than near repeats.",
        f"ours: {_NOTE}, gate K4, has its highest ratio at the same place",
    )
    charge_odds: float = key(
        1.0,
        "Times the odds of a charge, over those of each kind's usual shares of outcomes.",
        "the usual shares are made up, in the order that Northumbria's public files show",
    )
    withdrawal_odds: float = key(
        1.0,
        "Times the odds that a case ends because its victim does not support it.",
        "ours: of violence four in ten by default, as in domain/outcomes_soteria.md for rape",
    )
    waits: float = key(
        1.0,
        "Times each outcome's median wait, which is 8 days without a suspect, 42 before a charge.",
        "ours: near the months between crime and outcome in Northumbria's public files",
    )
    wait_spread: float = key(
        1.1,
        "Standard deviation of the log of a wait; 0 for waits all alike.",
        "ours: the mean is then 1.8 medians",
    )
    not_placed: float = key(
        0.0013, "Share of records without a place.", "Northumbria's public files"
    )
    outside: float = key(
        0.001,
        "Share of records placed beyond the force.",
        "Northumbria's public files, where it is .002",
    )

    def kernel(self, kind: str) -> Kernel | None:
        """Return how events of a kind bring events, or None where they do not."""
        name = KEYS_OF.get(kind)
        if name is None or not self.contagion:
            return None
        said = {
            key_: getattr(self, f"{name}_{key_}")
            for key_ in ("branching", "delay", "days", "distance", "metres")
        }
        return Kernel(**said, tail=self.tail, same=self.same_place)

    @property
    def pathways(self) -> Pathways:
        """Return what the plan changes in how crimes end."""
        return Pathways(self.charge_odds, self.withdrawal_odds, self.waits, self.wait_spread)

    def problems(self, period: Period) -> Iterator[Problem]:
        """Return why this part cannot be carried out."""
        yield from RatesPlan.problems(self, period)
        for name, least in (("charge_odds", 0), ("withdrawal_odds", 0), ("waits", 0.01)):
            if not least <= getattr(self, name) <= 100:
                yield Problem(f"{name} = {getattr(self, name)}", f"a factor from {least} to 100")
        if not 0 <= self.wait_spread <= 3:
            yield Problem(f"wait_spread = {self.wait_spread}", "from 0 to 3")
        for name in KEYS_OF.values():
            yield from self._kernel_problems(name, period)
        if not 1 < self.tail < 1000:
            yield Problem(f"tail = {self.tail}", "above 1: at 1 and below a delay has no mean")
        if not 0 <= self.same_place <= 1:
            yield Problem(f"same_place = {self.same_place}", "a share from 0 to 1")
        lost = self.not_placed + self.outside
        if not (self.not_placed >= 0 and self.outside >= 0 and lost <= 0.5):
            yield Problem(
                f"not_placed + outside = {lost}",
                "shares of records that together leave at least half of them placed",
            )

    def _kernel_problems(self, name: str, period: Period) -> Iterator[Problem]:
        branching, days = getattr(self, f"{name}_branching"), getattr(self, f"{name}_days")
        if not 0 <= branching < 1:
            yield Problem(
                f"{name}_branching = {branching}",
                "from 0 to below 1: at 1 events would never end; 0.2 is strong for burglary",
            )
        for part, shapes in (("delay", DELAYS), ("distance", DISTANCES)):
            shape = getattr(self, f"{name}_{part}")
            if shape not in shapes:
                yield Problem(f"{name}_{part} = {shape!r}", f"one of {', '.join(shapes)}")
        if not 0 < days <= period.days.sum():
            yield Problem(
                f"{name}_days = {days}",
                f"above 0, and no longer than the period's {period.days.sum()} days",
            )
        if not 0 < getattr(self, f"{name}_metres") <= 5_000:
            yield Problem(
                f"{name}_metres = {getattr(self, f'{name}_metres')}", "above 0, up to 5,000"
            )

    def off(self) -> Self:
        """Return the same crimes, as clustered in space and time, but not contagious."""
        return replace(self, contagion=False)
