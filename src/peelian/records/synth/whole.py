"""A whole made-up force: what is shared by all its months, and each month's records and truth."""

from dataclasses import dataclass

import pyarrow as pa

from peelian.records.synth.calls import Calls, make_calls
from peelian.records.synth.categories import ASB, CATEGORIES
from peelian.records.synth.crimes import Crimes, crime_tables, make_crimes
from peelian.records.synth.force import one_force
from peelian.records.synth.nominals import people_tables
from peelian.records.synth.period import Period
from peelian.records.synth.places import Places, make_places
from peelian.records.synth.plan import Plan
from peelian.records.synth.policy import Steps, make_steps
from peelian.records.synth.rates import Rates, make_rates
from peelian.records.synth.record_truth import crime_truth, force_truth, span_truth, stop_truth
from peelian.records.synth.services import Counts
from peelian.records.synth.stops import Stops, make_stops, stop_tables
from peelian.records.synth.streams import stream
from peelian.records.synth.who import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of a force.

    Args:
        tables: Canonical tables, without what is worked out as records come in.
        truth: What was true of their rows.
        calls: The calls behind them.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    calls: Calls

    @property
    def moved(self) -> Counts:
        """Return health-related calls by area and fate."""
        return self.calls.moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """A made-up force, with all of it that its months share.

    Args:
        who: Which.
        plan: What is planted; the same plan and seed make the same force to the last byte.
        places: Its areas.
        crimes: Every crime of the period.
        stops: Every stop and search of the period.
        steps: Its step-back from health calls.
    """

    who: Who
    plan: Plan
    places: Places
    crimes: Crimes
    stops: Stops
    steps: Steps

    @property
    def period(self) -> Period:
        """Return its months."""
        return self.plan.months

    @property
    def rates(self) -> tuple[Rates, ...]:
        """Return what was expected of anti-social behaviour, and of every kind of crime."""
        asb = [kind for kind in CATEGORIES if kind.name == ASB]
        told = make_rates(self.plan.crimes, asb, self.places, self.period, self.who)
        return (*told, *self.crimes.rates)

    def calls(self, month: str) -> Calls:
        """Make one month's calls: contacts, incidents, and what was true of them.

        Args:
            month: As YYYY-MM.
        """
        return make_calls(
            self.plan.calls,
            self.plan.need,
            self.places,
            self.period,
            self.period.number(month),
            self.who,
            crimes=self.crimes,
            policy=self.steps,
            rates=self.plan.crimes,
        )

    def month(self, month: str, *, narratives: bool = True) -> Month:
        """Make one month's records.

        Args:
            month: As YYYY-MM.
            narratives: Whether incidents have a log's words.
        """
        number = self.period.number(month)
        calls = self.calls(month)
        tables = dict(calls.tables)
        tables |= crime_tables(self.crimes, self.places, self.period, number)
        tables |= stop_tables(self.stops, self.places, self.period, number, self.who)
        if number and month == self.plan.present[0]:
            # The first month, which brings everybody who may be named, was never handed over.
            tables |= people_tables(self.places, self.period, self.who)
        truth = dict(calls.truth) | {
            "crimes": crime_truth(self.crimes, self.places, number),
            "stops": stop_truth(self.stops, self.places, tables["stops"]["stop_id"], number),
        }
        if narratives:
            tables["incidents"], truth["spans"] = self._tell(tables["incidents"], calls, month)
        return Month(tables=tables, truth=truth, calls=calls)

    def _tell(self, incidents: pa.Table, calls: Calls, month: str) -> tuple[pa.Table, pa.Table]:
        """Write the logs of a month: its incidents with their words, and where names stand."""
        from peelian.records.synth.narratives import write_narratives

        rng = stream(self.who.seed, f"{self.who.slug}/narratives/{month}")
        told = write_narratives(calls.facts, self.plan.narratives, self.who, rng)
        spans = span_truth(told.spans, incidents["incident_id"])
        return incidents.append_column("narrative", told.text), spans

    def truth(self) -> dict[str, pa.Table]:
        """Return what was planted in the force as a whole: areas, rates, and offences."""
        return force_truth(self.places, self.crimes, self.rates)


def make_force(
    plan: Plan | None = None, *, seed: int = 1829, who: Who | None = None, wave: int = 0
) -> Force:
    """Make up a force: all of it that its months share.

    Args:
        plan: What is planted; the defaults where it is left out.
        seed: The seed of every stream of chance, where `who` does not bring one.
        who: The force; the one that stands alone where it is left out.
        wave: With which wave it takes up the step-back, from 0.
    """
    plan, who = plan or Plan(), who or one_force(seed)
    places = make_places(plan.places, who)
    return Force(
        who=who,
        plan=plan,
        places=places,
        crimes=make_crimes(plan.crimes, places, plan.months, who, recording=plan.recording),
        stops=make_stops(plan.stops, places, plan.months, who),
        steps=make_steps(plan.policy, plan.months, who, phase=wave),
    )
