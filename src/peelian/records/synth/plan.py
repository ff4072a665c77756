"""What is planted in a made-up force: every part of the plan, checked together."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from peelian.errors import UsageError
from peelian.records.synth.calls_plan import CallsPlan
from peelian.records.synth.crimes_plan import CrimesPlan
from peelian.records.synth.keys import PAGE, Problem, as_toml_value, key
from peelian.records.synth.narratives.plan import NarrativesPlan
from peelian.records.synth.need_plan import NeedPlan
from peelian.records.synth.period import Period
from peelian.records.synth.places.plan import PlacesPlan
from peelian.records.synth.policy import PolicyPlan
from peelian.records.synth.recording import RecordingPlan
from peelian.records.synth.stops_plan import StopsPlan

_MOST_MONTHS = 240
_LARGEST = 1_000_000_000
# Clocks change as they do today since 1996; crimes of 2000 may follow some of years before.
_FIRST, _LAST = "2000-01", "2099-12"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPlan:
    """`[period]`: the months a force has records of."""

    first_month: str = key(
        "2022-01", "The first month with records, as YYYY-MM", "ours: after the Covid rules ended"
    )
    months: int = key(
        36, "How many months, counting a missing one", "three whole years: three of each season"
    )
    missing_month: str = key(
        "",
        'A month whose records were never handed over, as YYYY-MM; "" for none',
        "ours; the public files of real forces lack some months",
    )

    def problems(self, period: Period | None = None) -> Iterator[Problem]:
        """Say why there are no such months."""
        try:
            np.datetime64(self.first_month, "M")
            sound = len(self.first_month) == 7
        except ValueError:
            sound = False
        if not sound:
            yield Problem(f"first_month = {self.first_month!r}", 'a month as "YYYY-MM"')
        elif not 1 <= self.months <= _MOST_MONTHS:
            yield Problem(f"months = {self.months}", f"from 1 to {_MOST_MONTHS}")
        elif self.first_month < _FIRST or self.as_period().end > np.datetime64(_LAST, "M") + 1:
            yield Problem(
                f"first_month = {self.first_month!r} and months = {self.months}",
                f"months from {_FIRST} to {_LAST}: clocks may change otherwise before and after",
            )
        elif self.missing_month and self.months == 1:
            yield Problem(
                f"missing_month = {self.missing_month!r} of one month", 'more months, or ""'
            )
        elif self.missing_month and self.as_period().number(self.missing_month) < 0:
            last = self.as_period().months[-1]
            yield Problem(
                f"missing_month = {self.missing_month!r}",
                f'a month from {self.first_month} to {last}, or "" for none',
            )

    def as_period(self) -> Period:
        """Return the months, the missing one among them."""
        return Period(self.first_month, self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a made-up force is made of, part by part; see the reference page of the plan.

    Raises:
        UsageError: It cannot be carried out; the message says what to change.
    """

    period: PeriodPlan = field(default_factory=PeriodPlan)
    places: PlacesPlan = field(default_factory=PlacesPlan)
    crimes: CrimesPlan = field(default_factory=CrimesPlan)
    recording: RecordingPlan = field(default_factory=RecordingPlan)
    stops: StopsPlan = field(default_factory=StopsPlan)
    calls: CallsPlan = field(default_factory=CallsPlan)
    need: NeedPlan = field(default_factory=NeedPlan)
    narratives: NarrativesPlan = field(default_factory=NarrativesPlan)
    policy: PolicyPlan = field(default_factory=PolicyPlan)

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if not problems:
            return
        part, first = problems[0]
        found = first.found if first.found.startswith(part) else f"{part}.{first.found}"
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise UsageError(
            "That plan cannot be carried out.", found=found + more, try_=first.try_, read=PAGE
        )

    def _problems(self) -> Iterator[tuple[str, Problem]]:
        for problem in self.period.problems():
            yield "period", problem
            return  # the other parts' dates cannot be checked
        wild = [(name, problem) for name in PARTS for problem in _wild(getattr(self, name))]
        if wild:
            yield from wild
            return  # nor can what is no number
        months = self.period.as_period()
        for name in PARTS:
            if name != "period":
                for problem in getattr(self, name).problems(months):
                    yield name, problem

    @property
    def months(self) -> Period:
        """Return the months of the plan, the missing one among them."""
        return self.period.as_period()

    @property
    def present(self) -> tuple[str, ...]:
        """Return the months of which there are records."""
        return tuple(month for month in self.months.months if month != self.period.missing_month)

    def off(self, *parts: str) -> Self:
        """Return the plan with parts switched off: the control that keeps the confounder.

        Args:
            parts: Which; every part that can be, if none is named.
        """
        named = parts or tuple(name for name in PARTS if hasattr(getattr(self, name), "off"))
        return replace(self, **{name: getattr(self, name).off() for name in named})

    def flat(self) -> Self:
        """Return the same force with nothing to find in it: every area has the same rates."""
        same = {"gradient": False, "heterogeneity": False}
        return replace(
            self,
            places=replace(self.places, visitors=False),
            crimes=replace(self.crimes, contagion=False, **same),
            stops=replace(self.stops, **same).off(),
            calls=replace(self.calls, site_share=0.0).off(),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the whole plan as plain words and numbers."""
        return asdict(self)


def _wild(part: Any) -> Iterator[Problem]:
    """Say which numbers of a part are none, or beyond all measure."""
    for field_, value in asdict(part).items():
        values = value if isinstance(value, tuple) else (value,)
        numbers = [v for v in values if isinstance(v, int | float)]
        if not all(abs(number) <= _LARGEST for number in numbers):
            yield Problem(
                f"{field_} = {as_toml_value(value)}", f"numbers, and none beyond {_LARGEST:,}"
            )


PARTS: Mapping[str, type] = MappingProxyType(
    {
        "period": PeriodPlan,
        "places": PlacesPlan,
        "crimes": CrimesPlan,
        "recording": RecordingPlan,
        "stops": StopsPlan,
        "calls": CallsPlan,
        "need": NeedPlan,
        "narratives": NarrativesPlan,
        "policy": PolicyPlan,
    }
)
