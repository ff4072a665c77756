"""`[calls]` of the plan: how many incidents, who calls, how they are attended and closed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.period import Period

_DEMAND = "domain/demand.md"
_SHARES = (
    *("repeat_share", "anonymous", "site_share", "opening_wrong", "crew_missing", "double_crewed"),
    *("tail_share", "month_end", "qualifiers_recorded", "extra_contacts", "contacts_alone"),
    *("not_placed", "outside", "involved"),
)
# Beyond these moments have no date, and everybody calls often.
_MOST = {"minutes_spread": 3, "tail_days": 365, "repeat_people": 500, "repeat_exponent": 20}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsPlan:
    """`[calls]`: contacts, incidents and deployments."""

    incidents: int = key(
        0,
        "Incidents a year, crimes reported and anti-social behaviour among them: the other kinds "
        "fill up to it. 0 for `per_thousand`.",
        "the scale of the force, so that the size asked for on the command line has a place",
        unit="a year",
    )
    per_thousand: float = key(
        250.0,
        "Incidents a year per 1,000 residents, where `incidents` is 0.",
        "ours: 400,000 incidents a year for the 1.6 million residents of 1,000 areas",
        unit="a year per 1,000 residents",
    )
    holidays: bool = key(
        True,
        "Whether bank holidays, Christmas and the new year have a rhythm of their own.",
        "ours: the switch",
    )
    site_share: float = key(
        1.0,
        "How much of what comes from hospitals, care homes and stations does so, of the share "
        "each kind of incident has: 0 switches the sources off.",
        f"ours; agencies make three in four of Humberside's welfare calls ({_DEMAND}, section 4)",
    )
    repeat_share: float = key(
        0.10,
        "Share of incidents, but for crimes and anti-social behaviour, from people who call often. "
        "0 switches them off: everybody then calls by chance alone.",
        "ours: there is no published share",
    )
    repeat_people: float = key(
        4.0,
        "How many people who call often there are at a time, per 1,000 residents.",
        "ours",
        unit="per 1,000 residents",
    )
    repeat_exponent: float = key(
        1.05,
        "How unequal they are: the one of rank r calls in proportion to (r + 2) to this power, "
        "inverted.",
        f"ours; 5 callers made 8,655 calls to the Metropolitan Police in 2017 ({_DEMAND}, "
        "section 2): a few call thousands of times",
    )
    repeat_months: float = key(
        30.0,
        "How long such a person goes on, on average, before another takes the place.",
        "ours",
        unit="months",
    )
    anonymous: float = key(
        0.06,
        "Share of residents' calls of which no caller's key is kept, anonymous ones apart.",
        "ours",
    )
    extra_contacts: float = key(
        0.25,
        "Chance that one more contact joins an incident, and after it another: several people "
        "ring about one thing, or one person chases.",
        f"one incident can have many contacts ({_DEMAND}, section 1); the share is ours",
    )
    contacts_alone: float = key(
        0.28,
        "Share of all contacts that become no incident: questions, and calls passed on.",
        "ours",
    )
    opening_wrong: float = key(
        0.20,
        "Share of incidents that are first said to be another kind than they turn out to be.",
        "about a fifth of Philadelphia's medical and public-health work could not be foreseen "
        f"from the first call type (Ratcliffe 2021, in {_DEMAND}, section 2)",
    )
    qualifiers_recorded: float = key(
        0.6,
        "Share of incidents with drink, drugs, domestic abuse or a young person whose qualifier "
        "says so.",
        "ours",
    )
    involved: float = key(
        0.30,
        "Share of attended incidents in which a person without a mental-health marker is named.",
        "ours; those with a marker are `need.marker_sensitivity` and its specificity",
    )
    double_crewed: float = key(0.45, "Share of units with two officers; the others one.", "ours")
    crew_missing: float = key(
        0.12,
        "Share of deployments whose crew size is not recorded; 0 for none.",
        f"crew size is often missing ({_DEMAND}, section 1); the share is ours",
    )
    minutes_spread: float = key(
        0.75,
        "How skewed the minutes on the scene are: the standard deviation of their logarithm.",
        "ours; time on task is right-skewed (methods/demand.md, section 6)",
    )
    tail_share: float = key(
        0.07,
        "Share of logs that stay open for days after the last unit has gone; 0 for none.",
        f"closing is administrative, with long tails open for days ({_DEMAND}, section 1); the "
        "share is ours",
    )
    tail_days: float = key(4.0, "How long such a log stays open: the median.", "ours", unit="days")
    month_end: float = key(
        0.35,
        "Share of logs left open that are closed together in the last two days of a month; 0 for "
        "none.",
        "ours: a habit of offices that count by the month",
    )
    not_placed: float = key(
        0.0013,
        "Share of incidents without a place.",
        "street rows of Northumbria Police, 2020-05 to 2023-02",
    )
    outside: float = key(
        0.001,
        "Share of incidents placed beyond the force.",
        "half of the share in street rows of Northumbria Police, 2020-05 to 2023-02",
    )

    def off(self) -> Self:
        """Return the control: nobody calls often but by chance; busy places and hours remain."""
        return replace(self, repeat_share=0.0)

    def problems(self, period: Period) -> Iterator[Problem]:
        """Yield why this cannot be carried out over these months."""
        del period  # nothing here has a date
        yield from _problems_of_shares(self)
        for name in ("incidents", "minutes_spread", "repeat_exponent"):
            if getattr(self, name) < 0:
                yield Problem(f"calls.{name} = {getattr(self, name)}", "0 or more")
        for name in ("per_thousand", "repeat_people", "repeat_months", "tail_days"):
            if getattr(self, name) <= 0:
                yield Problem(f"calls.{name} = {getattr(self, name)}", "a number above 0")
        for name, most in _MOST.items():
            if getattr(self, name) > most:
                yield Problem(f"calls.{name} = {getattr(self, name)}", f"at most {most:,}")


def _problems_of_shares(plan: CallsPlan) -> Iterator[Problem]:
    for name in _SHARES:
        if not 0 <= getattr(plan, name) <= 1:
            yield Problem(f"calls.{name} = {getattr(plan, name)}", "a share from 0 to 1")
    for name in ("extra_contacts", "contacts_alone"):
        if getattr(plan, name) > 0.95:
            yield Problem(f"calls.{name} = {getattr(plan, name)}", "a share of at most 0.95")
    if plan.not_placed + plan.outside > 0.5:
        yield Problem(
            f"calls.not_placed + outside = {plan.not_placed + plan.outside}",
            "shares that together leave at least half of the incidents placed",
        )
