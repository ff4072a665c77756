"""Anti-social behaviour as the public files hold it: by month, snapped, and without identifiers."""

from peelian.records.synth.events import Events, draw
from peelian.records.synth.places import Places
from peelian.records.synth.plan import ASB, Plan
from peelian.records.synth.rates import Rates


def make_antisocial(plan: Plan, places: Places, rates: tuple[Rates, ...], seed: int) -> Events:
    """Return the incidents of anti-social behaviour, which public files hold without an id."""
    asb = next(kind for kind in rates if kind.category.name == ASB)
    return draw(asb, places, seed, not_placed=plan.not_placed, outside=plan.outside)
