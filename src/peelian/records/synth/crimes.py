"""Recorded crimes, and what became of each: its outcome, and the month in which it was recorded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.events import Events, draw
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.plan import ASB, Plan
from peelian.records.synth.rates import Rates
from peelian.records.synth.streams import stream

NO_SUSPECT = "Investigation complete; no suspect identified"
NO_PROSECUTION = "Unable to prosecute suspect"
CHARGED = "Suspect charged"
OUTCOMES = (
    NO_SUSPECT,
    NO_PROSECUTION,
    CHARGED,
    "Offender given a caution",
    "Local resolution",
    "Offender given a drugs possession warning",
    "Action to be taken by another organisation",
    "Further investigation is not in the public interest",
)
# Shares of OUTCOMES by kind of crime, made up but in the order real files show: thefts end without
# a suspect, violence without a prosecution, drugs and weapons with a charge or a warning.
_USUAL = (0.55, 0.27, 0.09, 0.02, 0.04, 0.00, 0.02, 0.01)
_BY_KIND = {
    "Bicycle theft": (0.93, 0.04, 0.02, 0.00, 0.01, 0.00, 0.00, 0.00),
    "Burglary": (0.80, 0.11, 0.08, 0.00, 0.01, 0.00, 0.00, 0.00),
    "Drugs": (0.08, 0.14, 0.33, 0.10, 0.15, 0.18, 0.01, 0.01),
    "Possession of weapons": (0.14, 0.26, 0.45, 0.06, 0.06, 0.00, 0.01, 0.02),
    "Shoplifting": (0.53, 0.15, 0.24, 0.02, 0.05, 0.00, 0.00, 0.01),
    "Theft from the person": (0.94, 0.04, 0.02, 0.00, 0.00, 0.00, 0.00, 0.00),
    "Vehicle crime": (0.90, 0.06, 0.03, 0.00, 0.01, 0.00, 0.00, 0.00),
    "Violence and sexual offences": (0.20, 0.61, 0.09, 0.02, 0.03, 0.00, 0.04, 0.01),
}
# The mean wait for an outcome, in months: an investigation without a suspect ends soonest.
_WAIT = (0.5, 2.2, 2.6, 1.4, 1.2, 0.8, 1.6, 1.6)
NOT_KNOWN = -1
# A street file as published a few weeks after its month knows the outcomes of that time only.
PUBLISHED_AFTER = 2


@dataclass(frozen=True, slots=True)
class Crimes:
    """Every recorded crime: each array has one value a crime.

    Args:
        events: When and where.
        kind: Which of the plan's categories.
        crime_id: 64 hexadecimal digits, as the public files write them.
        outcome: Which of OUTCOMES it came to.
        outcome_month: In which month of the plan; at or beyond its end it is not yet known.
    """

    events: Events
    kind: Integers
    crime_id: NDArray[np.str_]
    outcome: Integers
    outcome_month: Integers

    def __len__(self) -> int:
        return len(self.events)


def make_crimes(plan: Plan, places: Places, rates: tuple[Rates, ...], seed: int) -> Crimes:
    """Return every recorded crime with its outcome, in the order of the plan's categories."""
    parts, kinds, outcomes, waits = [], [], [], []
    for number, kind in enumerate(rates):
        if kind.category.name == ASB:
            continue
        events = draw(kind, places, seed, not_placed=plan.not_placed, outside=plan.outside)
        rng = stream(seed, f"outcomes/{kind.category.name}")
        shares = np.array(_BY_KIND.get(kind.category.name, _USUAL))
        outcome = rng.choice(len(OUTCOMES), size=len(events), p=shares)
        parts.append(events)
        kinds.append(np.full(len(events), number))
        outcomes.append(outcome)
        # The first month is 0 with probability 1 / (1 + mean), so that the mean is what is said.
        waits.append(rng.geometric(1 / (1 + np.array(_WAIT)[outcome])) - 1)
    events = Events(
        np.concatenate([part.month for part in parts]),
        np.concatenate([part.area for part in parts]),
        np.concatenate([part.point for part in parts]),
    )
    return Crimes(
        events,
        np.concatenate(kinds),
        _identifiers(len(events), stream(seed, "crimes/identifiers")),
        np.concatenate(outcomes),
        events.month + np.concatenate(waits),
    )


def _identifiers(count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    digits = rng.bytes(32 * count).hex()
    return np.array([digits[at : at + 64] for at in range(0, 64 * count, 64)], dtype=np.str_)


def last_outcome(crimes: Crimes) -> NDArray[np.str_]:
    """Return what the street file says of each crime when it is published, soon after its month."""
    known = crimes.outcome_month <= crimes.events.month + PUBLISHED_AFTER
    words = np.array([*OUTCOMES, "Under investigation", "Awaiting court outcome"])
    at = np.where(known, crimes.outcome, len(OUTCOMES))
    at[known & (crimes.outcome == OUTCOMES.index(CHARGED))] = len(OUTCOMES) + 1
    return words[at]
