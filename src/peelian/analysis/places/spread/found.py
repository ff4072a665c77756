"""What a search for events that lead to others found, gathered for its tables and sentences."""

from dataclasses import dataclass

from peelian.analysis.places.events import Events as Held
from peelian.analysis.places.spread.clock import Clock, bands_for
from peelian.placing.period import Months
from peelian.statistics.excitation import Excitation, excitation
from peelian.statistics.growth import Growth
from peelian.statistics.ladder import Profile, Rung
from peelian.statistics.residuals import Closeness, Rescaled
from peelian.statistics.self_excitation import Judged, judge

SURE = 0.05
_HOURS, _MINUTES = 24, 1440
_FEWEST = 100  # events left without those recorded together


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What pairs say, of all events and without those at one point at one moment.

    Args:
        all: Of all events.
        apart: Without those at the point and moment of another; None where there are none such.
        judged: The verdict on all.
        judged_apart: The verdict without them.
    """

    all: Excitation
    apart: Excitation | None
    judged: Judged
    judged_apart: Judged

    @property
    def verdict(self) -> str:
        """The verdict; not identified where events recorded together decide it."""
        if self.judged.verdict == "self-exciting" != self.judged_apart.verdict:
            return "not identified"
        return self.judged.verdict

    @property
    def why(self) -> str:
        """Why it is that."""
        if self.judged.verdict == "self-exciting" != self.judged_apart.verdict:
            return "only events at one place at one moment make it"
        return self.judged.why


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """What a fitted process says beside one background after another.

    Args:
        rungs: The fits.
        bandwidth: Of the smoothed background, in metres.
        profile: How likely each branching ratio is beside it.
        clock: Events on the clock of what was expected.
        places: Super-thinned events by how near they are to one another, whenever.
        soon: The same of those a few days apart.
        used: Events that were fitted: the latest, where there are very many.
        in_cells: Events in areas of which the covariates are known; 0 where none were asked for.
    """

    rungs: tuple[Rung, ...]
    bandwidth: float
    profile: Profile
    clock: Rescaled
    places: Closeness
    soon: Closeness
    used: int
    in_cells: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was counted and fitted.

    Args:
        held: The events.
        months: The months that loads cover.
        clock: The events on one clock.
        looked: What pairs say.
        ladder: What fitted processes say.
        growth: How evenly the parts of the map grew; None where it cannot be told.
        least: The least branching ratio that would matter.
    """

    held: Held
    months: Months
    clock: Clock
    looked: Looked
    ladder: Ladder
    growth: Growth | None
    least: float

    @property
    def half(self) -> tuple[float, str, float]:
        """Within how long and how far half of what one event leads to lies; the time's unit."""
        days, metres = self.looked.all.kernel.half()
        if self.clock.of_days or days >= 2:
            return max(days, self.clock.tick), "days", metres
        if days * _HOURS >= 2:
            return days * _HOURS, "hours", metres
        return max(days, self.clock.tick) * _MINUTES, "minutes", metres


def looked_for(
    clock: Clock, *, furthest: int, longest: int, least: float, deals: int, runs: int, seed: int
) -> Looked:
    """Estimate from pairs, of all events and without those at one point at one moment.

    Args:
        clock: The events.
        furthest: Metres.
        longest: Days.
        least: The least branching ratio that would matter.
        deals: How often dates are dealt out.
        runs: How many cities are simulated.
        seed: For both.
    """
    bands = bands_for(clock, furthest, longest)
    everything = excitation(clock.events, bands, deals=deals, runs=runs, seed=seed)
    judged = judge(everything, least)
    if not clock.together:
        return Looked(all=everything, apart=None, judged=judged, judged_apart=judged)
    single = clock.apart().events
    if len(single) < _FEWEST or single.days < bands.until:
        few = Judged("not identified", "too few events to tell")
        return Looked(all=everything, apart=None, judged=judged, judged_apart=few)
    apart = excitation(single, bands, deals=deals, runs=runs, seed=seed)
    return Looked(all=everything, apart=apart, judged=judged, judged_apart=judge(apart, least))
