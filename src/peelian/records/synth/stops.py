"""Stops and searches: where people are, with no disparity planted; that comes with its wing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.events import Events, draw
from peelian.records.synth.period import Period
from peelian.records.synth.places import Integers, Places
from peelian.records.synth.plan import Category, Plan
from peelian.records.synth.rates import make_rates, rates_plan
from peelian.records.synth.streams import stream
from peelian.records.synth.who import Who

Words = NDArray[np.str_]

_DRUGS = ("Misuse of Drugs Act 1971 (section 23)", "Controlled drugs")
_WEAPONS = ("Police and Criminal Evidence Act 1984 (section 1)", "Offensive weapons")
_STOLEN = ("Police and Criminal Evidence Act 1984 (section 1)", "Stolen goods")
_DAMAGE = (
    "Police and Criminal Evidence Act 1984 (section 1)",
    "Articles for use in criminal damage",
)
_REASONS = (_DRUGS, _WEAPONS, _STOLEN, _DAMAGE)
_GROUPS = (
    ("White", "White - English/Welsh/Scottish/Northern Irish/British", 0.86),
    ("Asian", "Asian/Asian British - Any other Asian background", 0.07),
    ("Black", "Black/African/Caribbean/Black British - African", 0.04),
    ("Other", "Other ethnic group - Any other ethnic group", 0.02),
    ("Mixed", "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background", 0.01),
)
_NOTHING, _ARREST = "A no further action disposal", "Arrest"
_OUTCOMES = (_NOTHING, _ARREST, "Community resolution", "Summons / charged by post")


@dataclass(frozen=True, slots=True)
class Stops:
    """Every stop and search: each array has one value a stop, in the public files' own words."""

    events: Events
    moment: NDArray[np.datetime64]
    kind: Words
    gender: Words
    age: Words
    self_defined: Words
    observed: Words
    legislation: Words
    searched_for: Words
    outcome: Words
    linked: Words
    clothing: Words


def make_stops(plan: Plan, places: Places, seed: int) -> Stops:
    """Return every stop and search of the plan.

    Cannot show:
        Disparity: groups are searched in one proportion everywhere, and nothing else is planted.
    """
    stop = Category("Stop and search", plan.stop_rate, 2.6, 0.5, 5.0, 0.05, 6)
    period = Period(plan.first_month, plan.months)
    (rates,) = make_rates(rates_plan(plan), (stop,), places, period, Who(seed=seed))
    events = draw(rates, places, seed, not_placed=0.04)
    rng = stream(seed, "stops")
    n = len(events)
    reason = rng.choice(len(_REASONS), size=n, p=(0.52, 0.23, 0.16, 0.09))
    group = rng.choice(len(_GROUPS), size=n, p=[share for *_, share in _GROUPS])
    outcome = rng.choice(len(_OUTCOMES), size=n, p=(0.74, 0.16, 0.06, 0.04))
    untold = rng.uniform(size=n) < 0.045
    linked = np.where(rng.uniform(size=n) < 0.85, "True", "False")
    return Stops(
        events=events,
        moment=_moments(plan, events.month, rng),
        kind=rng.choice(("Person search", "Person and Vehicle search"), size=n, p=(0.93, 0.07)),
        gender=rng.choice(("Male", "Female"), size=n, p=(0.89, 0.11)),
        age=rng.choice(("10-17", "18-24", "25-34", "over 34"), size=n, p=(0.19, 0.26, 0.26, 0.29)),
        self_defined=np.where(untold, "", np.array([words for _, words, _ in _GROUPS])[group]),
        observed=np.array([word for word, *_ in _GROUPS])[group],
        legislation=np.array([law for law, _ in _REASONS])[reason],
        searched_for=np.array([thing for _, thing in _REASONS])[reason],
        outcome=np.array(_OUTCOMES)[outcome],
        linked=np.where(outcome == 0, "", linked),
        clothing=np.where(rng.uniform(size=n) < 0.05, "True", "False"),
    )


def _moments(plan: Plan, month: Integers, rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Return a day of the month, and an hour that favours afternoons and nights.

    A few come at midnight exactly, as where a force writes down the date alone.
    """
    first = np.datetime64(plan.first_month, "M") + month
    days = ((first + 1).astype("M8[D]") - first.astype("M8[D]")).astype(np.int64)
    day = np.floor(rng.uniform(size=len(month)) * days).astype(np.int64)
    hour = np.floor(rng.normal(18, 5, size=len(month))).astype(np.int64) % 24
    minute = 5 * rng.integers(12, size=len(month))
    minutes = np.where(rng.uniform(size=len(month)) < 0.02, 0, 60 * hour + minute)
    midnight = (first.astype("M8[D]") + day).astype("M8[m]")
    return midnight + minutes.astype("m8[m]")
