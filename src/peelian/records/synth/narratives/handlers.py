"""Those who write the logs: each with habits of case, short forms, stamps and slips."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from peelian.records.synth.narratives.plan import NarrativesPlan

# Whole words and their short forms, each with the blanks around it. None of them names anything.
_SHORT = (
    *((" and ", " & "), (" with ", " w "), (" police ", " pol "), (" approx ", " apx ")),
    *((" vehicle", " veh"), (" about ", " abt "), (" because ", " cos "), (" hospital", " hosp")),
    *((" female", " fem"), (" address", " addr"), (" minutes", " mins"), (" towards ", " twds ")),
    *((" information", " info"), (" possible", " poss"), (" through ", " thru ")),
    *((" between ", " btwn "), (" years ", " yrs "), (" before ", " b4 ")),
    *((" number", " no"), (" neighbour", " nbr"), (" street", " st"), (" road", " rd")),
    *((" advised", " adv"), (" informed", " inf"), (" negative", " neg"), (" seconds", " secs")),
    *((" tonight", " tonite"), (" officers", " offs"), (" ambulance", " ambo")),
    *((" does not ", " doesnt "), (" will not ", " wont "), (" cannot ", " cant ")),
    *((" has not ", " hasnt "), (" is not ", " isnt "), (" did not ", " didnt ")),
    *(
        (" without ", " w/o "),
        (" background", " b/g"),
        (" daughter", " dau"),
        (" has been ", " been "),
    ),
)
_STOPS = (". ",) * 12 + (" - ", ", ", "... ", " / ")
_STAMPS: tuple[tuple[Callable[[int, int], str], str], ...] = (
    (lambda hour, minute: f"{hour:02d}{minute:02d}", " "),
    (lambda hour, minute: f"{hour:02d}{minute:02d}", " "),
    (lambda hour, minute: f"{hour:02d}{minute:02d}", " "),
    (lambda hour, minute: f"{hour:02d}{minute:02d}", " - "),
    (lambda hour, minute: f"{hour:02d}{minute:02d}hrs", " "),
    (lambda hour, minute: f"{hour:02d}:{minute:02d}", " "),
    (lambda hour, minute: f"@{hour:02d}{minute:02d}", " "),
)
_CASES = ("sentence",) * 12 + ("lower",) * 4 + ("upper",) * 2


@dataclass(frozen=True, slots=True)
class Handler:
    """One person's habits.

    Args:
        case: `sentence`, `lower` or `upper`.
        stop: What stands between two statements.
        newline: Chance that an update begins a line of its own.
        stamps: Chance that an update bears its time.
        clocks: For each minute of the day, how the time is written.
        gap: What follows a stamp.
        short: Words and the short forms put in their place.
        dropped: Share of articles left out.
        typos: Slips a log, in the mean.
        length: Factor on the number of words.
    """

    case: str
    stop: str
    newline: float
    stamps: float
    clocks: tuple[str, ...]
    gap: str
    short: tuple[tuple[str, str], ...]
    dropped: float
    typos: float
    length: float


def make_handlers(plan: NarrativesPlan, rng: np.random.Generator) -> tuple[Handler, ...]:
    """Return the people of one control room.

    Args:
        plan: How many there are, and how they slip in the mean.
        rng: Their stream.
    """
    return tuple(_handler(plan, rng) for _ in range(plan.handlers))


def _handler(plan: NarrativesPlan, rng: np.random.Generator) -> Handler:
    write, gap = _STAMPS[rng.integers(len(_STAMPS))]
    keen = rng.beta(0.7, 2.5)  # a few shorten nearly everything, most very little
    return Handler(
        case=_CASES[rng.integers(len(_CASES))],
        stop=_STOPS[rng.integers(len(_STOPS))],
        newline=float(rng.choice((0.0, 0.0, 0.3, 0.9))),
        stamps=float(rng.beta(2, 3)),
        clocks=tuple(write(minute // 60, minute % 60) for minute in range(1440)),
        gap=gap,
        short=tuple(pair for pair in _SHORT if rng.random() < keen),
        dropped=plan.dropped * float(rng.beta(0.8, 0.8) * 2),
        typos=plan.typos * float(rng.gamma(1.0)),
        length=float(np.exp(rng.normal(0, 0.12))),
    )
