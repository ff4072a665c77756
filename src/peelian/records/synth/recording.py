"""What becomes a record: who reports, and what police find by looking."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.outlines import Floats
from peelian.records.synth.period import Period
from peelian.records.synth.places import GROUPS, Places
from peelian.records.synth.rates import number_for_each

_SURVEY = (
    "general knowledge of the Crime Survey for England and Wales, in round numbers; "
    "not read for this default"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPlan:
    """What the police come to know of, and what they find because they look.

    The rates of a plan are those of recorded crime, with every switch on; what truly happened
    follows from them and the chances below. A switch changes the record, never what happened.
    """

    under_reporting: bool = key(
        True, "Whether some offences go unreported. Off: every offence is recorded.", "ours"
    )
    uneven_reporting: bool = key(
        True,
        "Whether the chance of a report differs by area and group. Off: it is the same for all.",
        "methods/fairness.md, under-reporting: the chance differs by type of area",
    )
    enforcement_bias: bool = key(
        True,
        "Whether police find more where they look more. Off: they look the same everywhere.",
        "methods/fairness.md, Lum & Isaac 2016: records of drugs follow policing, not use",
    )
    report_burglary: float = key(0.75, "Chance that a burglary is reported.", _SURVEY)
    report_vehicle: float = key(0.60, "Chance that a vehicle crime is reported.", _SURVEY)
    report_violence: float = key(
        0.50,
        "Chance that a violent or sexual offence is reported.",
        _SURVEY + "; of rapes about 16 % (domain/outcomes_soteria.md)",
    )
    report_robbery: float = key(0.55, "Chance that a robbery is reported.", _SURVEY)
    report_theft: float = key(
        0.45, "Chance that a theft of another kind, or of a bicycle, is reported.", _SURVEY
    )
    report_shoplifting: float = key(0.35, "Chance that a theft from a shop is reported.", _SURVEY)
    report_damage: float = key(0.42, "Chance that damage or arson is reported.", _SURVEY)
    report_order: float = key(0.40, "Chance that an offence of public order is reported.", "ours")
    report_drugs: float = key(0.02, "Chance that an offence of drugs is reported.", "ours")
    report_weapons: float = key(0.20, "Chance that possession of a weapon is reported.", "ours")
    report_other: float = key(0.50, "Chance that any other crime is reported.", "ours")
    found_drugs: float = key(0.10, "Mean chance that police find an offence of drugs.", "ours")
    found_weapons: float = key(0.25, "Mean chance that police find a weapon not reported.", "ours")
    found_order: float = key(
        0.12, "Mean chance that police find an unreported offence of public order.", "ours"
    )
    reporting_by_deprivation: float = key(
        0.7,
        "Odds of a report in decile 1 (most deprived) over those in decile 10.",
        "ours: methods/fairness.md asks for a band of chances by type of area",
    )
    reporting_by_group: tuple[float, ...] = key(
        (1.0, 0.85, 0.75, 0.9, 0.85),
        f"Odds of a report by the victim's group over those of the first: {', '.join(GROUPS)}.",
        "ours",
    )
    looking_by_deprivation: float = key(
        2.6,
        "How much police look in decile 1 over decile 10.",
        "the gradient of stops and searches, near Northumbria's public files",
    )
    looking_by_group: float = key(
        2.0,
        "How much police look where nobody is of the first group, over where everybody is.",
        "methods/fairness.md, Lum & Isaac 2016: about twice (marked to verify there)",
    )

    def problems(self, period: Period) -> Iterator[Problem]:
        """Return why this part cannot be carried out."""
        chances = [n for n in self.__slots__ if n.startswith(("report_", "found_"))]
        for name in chances:
            least = 0.0 if name.startswith("found_") else 0.001
            if not least <= getattr(self, name) <= 0.95:
                yield Problem(f"{name} = {getattr(self, name)}", f"a chance from {least} to 0.95")
        for name in ("reporting_by_deprivation", "looking_by_deprivation", "looking_by_group"):
            if not 0.05 <= getattr(self, name) <= 20:
                yield Problem(f"{name} = {getattr(self, name)}", "a ratio from 0.05 to 20")
        odds = self.reporting_by_group
        if not number_for_each(odds, GROUPS) or min(odds) <= 0:
            yield Problem(
                f"reporting_by_group = {list(odds)}",
                f"{len(GROUPS)} odds ratios above 0, one for each of {', '.join(GROUPS)}",
            )

    def off(self) -> Self:
        """Return the same offences, reported and found without regard to area or group."""
        return replace(self, uneven_reporting=False, enforcement_bias=False)

    def on(self) -> Self:
        """Return the same strengths with every switch on: the record that rates are rates of."""
        return replace(self, under_reporting=True, uneven_reporting=True, enforcement_bias=True)


_REPORT = {
    "Bicycle theft": "report_theft",
    "Burglary": "report_burglary",
    "Criminal damage and arson": "report_damage",
    "Drugs": "report_drugs",
    "Other theft": "report_theft",
    "Possession of weapons": "report_weapons",
    "Public order": "report_order",
    "Robbery": "report_robbery",
    "Shoplifting": "report_shoplifting",
    "Theft from the person": "report_theft",
    "Vehicle crime": "report_vehicle",
    "Violence and sexual offences": "report_violence",
}
_FOUND = {
    "Drugs": "found_drugs",
    "Possession of weapons": "found_weapons",
    "Public order": "found_order",
}


class Chances(NamedTuple):
    """The chance that an offence of one kind is known to the police.

    Args:
        reported: By area and victim's group; shape (areas, groups).
        found: By area: that police find it, where it is not reported; shape (areas,).
    """

    reported: Floats
    found: Floats

    def recorded(self, shares: Floats) -> Floats:
        """Return each area's chance of a record, its groups as likely victims as residents."""
        known = self.reported + (1 - self.reported) * self.found[:, None]
        return (known * shares).sum(axis=1)


def chances(plan: RecordingPlan, kind: str, places: Places) -> Chances:
    """Return the chance of a record of one kind of offence, by area and group."""
    shares = places.group_shares
    report = getattr(plan, _REPORT.get(kind, "report_other"))
    if not plan.under_reporting:
        return Chances(np.ones_like(shares), np.zeros(len(shares)))
    odds = np.full(shares.shape, report / (1 - report))
    if plan.uneven_reporting:
        by_area = plan.reporting_by_deprivation ** ((5.5 - places.decile) / 9)
        odds = odds * by_area[:, None] * np.array(plan.reporting_by_group)
    mean = getattr(plan, _FOUND[kind]) if kind in _FOUND else 0.0
    look = attention(plan, places) if plan.enforcement_bias else np.ones(len(shares))
    return Chances(odds / (1 + odds), np.minimum(mean * look, 0.95))


def attention(plan: RecordingPlan, places: Places) -> Floats:
    """Return how much police look in each area: mean 1 over residents."""
    others = 1 - places.group_shares[:, 0]
    look = plan.looking_by_deprivation ** ((5.5 - places.decile) / 9)
    look = look * plan.looking_by_group**others
    return look / np.average(look, weights=places.residents)
