"""A whole made-up force: its places, what is expected of them, and every record drawn from that."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from peelian.records.synth.antisocial import make_antisocial
from peelian.records.synth.categories import ASB
from peelian.records.synth.crimes import Crimes, make_crimes
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.events import Events
from peelian.records.synth.period import Period
from peelian.records.synth.places import Places, PlacesPlan, make_places
from peelian.records.synth.plan import Plan
from peelian.records.synth.rates import Rates, make_rates, rates_plan
from peelian.records.synth.stops import Stops, make_stops
from peelian.records.synth.stops_plan import StopsPlan
from peelian.records.synth.who import Who

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """Everything that was made: what the files hold, and the truth they were drawn from.

    Args:
        plan, seed: What made it; the same two make the same force to the last byte.
        places: Its areas.
        rates: What is expected, by kind of event, anti-social behaviour first.
        calls: Incidents of anti-social behaviour.
        crimes: Recorded crimes and their outcomes.
        stops: Stops and searches.
    """

    plan: Plan = field(default_factory=Plan)
    seed: int
    places: Places
    rates: tuple[Rates, ...]
    calls: Events
    crimes: Crimes
    stops: Stops


def make_force(plan: Plan | None = None, *, seed: int = 1829) -> Force:
    """Make up a force, in memory.

    Args:
        plan: What is planted; the defaults where it is left out.
        seed: The seed of every stream of chance.
    """
    plan = plan or Plan()
    who, period = Who(seed=seed), Period(plan.first_month, plan.months)
    places = make_places(PlacesPlan(areas=plan.areas, visitors=plan.visitors), who)
    rates = asdict(rates_plan(plan))
    # A flat force has nothing to find in it, near repeats included.
    contagion = plan.heterogeneity
    crimes_plan = CrimesPlan(
        **rates, contagion=contagion, not_placed=plan.not_placed, outside=plan.outside
    )
    kinds = tuple(kind for kind in plan.categories if kind.name != ASB)
    crimes = make_crimes(crimes_plan, places, period, who, kinds=kinds)
    asb = tuple(kind for kind in plan.categories if kind.name == ASB)
    of_asb = make_rates(rates_plan(plan), asb, places, period, who)
    return Force(
        plan=plan,
        seed=seed,
        places=places,
        rates=(*of_asb, *crimes.rates),
        calls=make_antisocial(plan, places, of_asb, seed),
        crimes=crimes,
        stops=make_stops(StopsPlan(**rates, rate=plan.stop_rate), places, period, who),
    )
