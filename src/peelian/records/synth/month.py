"""One month of one made-up force: what every process of its calls is told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.streams import stream

if TYPE_CHECKING:
    from peelian.records.synth.callers import Repeaters
    from peelian.records.synth.calls_plan import CallsPlan
    from peelian.records.synth.crimes import Crimes
    from peelian.records.synth.need_plan import NeedPlan
    from peelian.records.synth.period import Period
    from peelian.records.synth.places import Places
    from peelian.records.synth.sites import Sites
    from peelian.records.synth.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month, and all that is the same in every month of the force.

    Args:
        plan, need: What is planted.
        places, sites, repeaters, crimes: Of the force.
        period, number: The months, and which of them this is, from 0.
        who: The force.
        weights: Of the month's local hours, by rhythm; see `when.hour_weights`.
    """

    plan: "CallsPlan"
    need: "NeedPlan"
    places: "Places"
    sites: "Sites"
    repeaters: "Repeaters"
    crimes: "Crimes"
    period: "Period"
    number: int
    who: "Who"
    weights: NDArray[np.float64]

    @property
    def name(self) -> str:
        """Return the month as YYYY-MM."""
        return self.period.months[self.number]

    @property
    def start(self) -> np.datetime64:
        """Return its first moment, local time, to the second."""
        return self.period.starts[self.number]

    def chance(self, process: str) -> np.random.Generator:
        """Return the stream of one process in this month: no other draws from it."""
        return stream(self.who.seed, f"{self.who.slug}/calls/{self.name}/{process}")
