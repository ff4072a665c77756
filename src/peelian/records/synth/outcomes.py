"""What became of each recorded crime, and when: five pathways that compete, with waits in days."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.places import Integers

NO_SUSPECT = "Investigation complete; no suspect identified"
NO_PROSECUTION = "Unable to prosecute suspect"
CHARGED = "Suspect charged"


class Ending(NamedTuple):
    """One way a crime can end.

    Args:
        code: In the Home Office's framework.
        public: The words of the public files, in which several codes fall together.
        pathway: Which of the pathways it belongs to.
        days: Median wait from recording to outcome.
    """

    code: str
    public: str
    pathway: str
    days: float


ENDINGS = (
    Ending("18", NO_SUSPECT, "no suspect", 8.0),
    Ending("15", NO_PROSECUTION, "evidential", 45.0),
    Ending("16", NO_PROSECUTION, "victim does not support", 26.0),
    Ending("14", NO_PROSECUTION, "victim does not support", 14.0),
    Ending("1", CHARGED, "charge", 42.0),
    Ending("3", "Offender given a caution", "out of court", 22.0),
    Ending("8", "Local resolution", "out of court", 18.0),
    Ending("7", "Offender given a drugs possession warning", "out of court", 11.0),
    Ending("20", "Action to be taken by another organisation", "other", 24.0),
    Ending("21", "Further investigation is not in the public interest", "other", 24.0),
)
# Shares of the public words by kind of crime, made up but in the order real files show: thefts end
# without a suspect, violence without a prosecution, drugs and weapons with a charge or a warning.
# No suspect, no prosecution, charge, caution, local resolution, warning, passed on, no interest.
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
# How types 15, 16 and 14 share those who cannot be prosecuted. Violence: most for want of the
# victim's support; no victim stands behind drugs or weapons.
_EVIDENTIAL = (0.55, 0.30, 0.15)
_EVIDENTIAL_BY_KIND = {
    "Violence and sexual offences": (0.35, 0.50, 0.15),
    "Drugs": (1.0, 0.0, 0.0),
    "Possession of weapons": (1.0, 0.0, 0.0),
}
UNDER_INVESTIGATION, AWAITING_COURT = len(ENDINGS), len(ENDINGS) + 1
# Numbers of ENDINGS and these two, as canonical codes and in the words of the public files.
CODES = (*(ending.code for ending in ENDINGS), "under-investigation", "awaiting-court-outcome")
PUBLIC_WORDS = (
    *(ending.public for ending in ENDINGS),
    "Under investigation",
    "Awaiting court outcome",
)
_DAY = 86_400


class Pathways(NamedTuple):
    """What a plan changes in how crimes end.

    Args:
        charge: Times the odds of a charge, over those of the shares by kind.
        withdrawal: Times the odds that the victim does not support further action.
        waits: Times every median wait.
        spread: Standard deviation of the log of a wait.
    """

    charge: float
    withdrawal: float
    waits: float
    spread: float


def shares_of(kind: str, pathways: Pathways) -> NDArray[np.float64]:
    """Return the share of each of ENDINGS in the end, once nothing is under investigation."""
    none, cannot, *rest = _BY_KIND.get(kind, _USUAL)
    split = np.array(_EVIDENTIAL_BY_KIND.get(kind, _EVIDENTIAL))
    weights = np.array([none, *(cannot * split), *rest])
    for pathway, times in (
        ("charge", pathways.charge),
        ("victim does not support", pathways.withdrawal),
    ):
        weights[[ending.pathway == pathway for ending in ENDINGS]] *= times
    return weights / weights.sum()


def draw_outcomes(
    kind: str, recorded: NDArray[np.datetime64], pathways: Pathways, rng: np.random.Generator
) -> tuple[Integers, NDArray[np.datetime64]]:
    """Return how each crime ends (a number in ENDINGS) and when, local time to the second.

    The pathway is drawn first and the wait given the pathway: a competing-risks model written by
    its sub-distributions. A wait is log-normal; one that passes the end of the period is a crime
    under investigation.
    """
    ending = rng.choice(len(ENDINGS), size=len(recorded), p=shares_of(kind, pathways))
    median = pathways.waits * np.array([each.days for each in ENDINGS])[ending]
    wait = median * np.exp(pathways.spread * rng.normal(size=len(recorded)))
    return ending, recorded + np.ceil(_DAY * wait).astype("m8[s]")
