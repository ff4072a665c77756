"""Self-exciting, just clustered, or not identified: the verdict, and why."""

from dataclasses import dataclass
from typing import Literal

from peelian.statistics.excitation import Excitation

Verdict = Literal["self-exciting", "just clustered", "not identified"]
Why = Literal[
    "pairs beyond chance",
    "hardly any pairs beyond chance",
    "too few events to tell",
    "places wax and wane by themselves",
    "pairs beyond chance do not end within the lags looked at",
]
_P = 0.01  # of dealt-out dates that may be as far out
_DRIFTS = 3.0  # standard deviations
_SLOW = 0.25  # of the longest lag: half of the pairs beyond chance come sooner, or they do not end


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and why it is that."""

    verdict: Verdict
    why: Why


def judge(found: Excitation, least: float = 0.1) -> Judged:
    """Say what an estimate shows.

    Args:
        found: The estimate.
        least: The smallest branching ratio that would matter: where the interval ends below it,
            events are called just clustered.
    """
    if found.p > _P or found.low <= 0:
        if found.high < least:
            return Judged("just clustered", "hardly any pairs beyond chance")
        return Judged("not identified", "too few events to tell")
    if found.drift > _DRIFTS and found.undrifted <= found.theta - found.low:
        return Judged("not identified", "places wax and wane by themselves")
    if found.clusters.kernel.half()[0] > _SLOW * found.bands.longest:
        return Judged("not identified", "pairs beyond chance do not end within the lags looked at")
    return Judged("self-exciting", "pairs beyond chance")
