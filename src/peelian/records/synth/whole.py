"""A whole made-up force: its places, what is expected of them, and every record drawn from that."""

from collections.abc import Callable
from dataclasses import dataclass, field

from peelian.records.synth.antisocial import make_antisocial
from peelian.records.synth.crimes import Crimes, make_crimes
from peelian.records.synth.events import Events
from peelian.records.synth.period import Period
from peelian.records.synth.places import Places, PlacesPlan, make_places
from peelian.records.synth.plan import Plan
from peelian.records.synth.rates import Rates, make_rates, rates_plan
from peelian.records.synth.stops import Stops, make_stops
from peelian.records.synth.who import Who

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """Everything that was made: what the files hold, and the truth they were drawn from.

    Args:
        plan, seed: What made it; the same two make the same force to the last byte.
        places: Its areas.
        rates: What is expected, by kind of event, in the order of the plan.
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
    who = Who(seed=seed)
    where = PlacesPlan(areas=plan.areas, visitors=plan.visitors)
    places = make_places(where, who)
    rates = make_rates(
        rates_plan(plan), plan.categories, places, Period(plan.first_month, plan.months), who
    )
    return Force(
        plan=plan,
        seed=seed,
        places=places,
        rates=rates,
        calls=make_antisocial(plan, places, rates, seed),
        crimes=make_crimes(plan, places, rates, seed),
        stops=make_stops(plan, places, seed),
    )
