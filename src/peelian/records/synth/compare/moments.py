"""The moments that records are compared by: what each is, what real records have, why not."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from peelian.results import Form

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
# The kinds of record that are compared, each with the words that stand for it.
KINDS = {
    "crimes": "all recorded crimes",
    "violence": "violence",
    "burglary": "burglary",
    "asb": "anti-social behaviour",
}
_CRIME = {"violence": "violence-and-sexual-offences", "burglary": "burglary"}


def crime_type(kind: str) -> str:
    """Return the crime type that a kind of crime is."""
    return _CRIME[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One number by which records are compared.

    Args:
        key: Its name in the files of real moments and of reasons.
        group: The question it belongs to.
        title: What it is called on the page.
        means: Its definition, in words precise enough to work it out again.
        form: How it is written.
        at_least: How many records it takes before it says anything.
        judged: Whether it counts towards the verdict; those of a curve are shown only.
    """

    key: str
    group: str
    title: str
    means: str
    form: Form = "two"
    at_least: int = 1000
    judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """What one set of real records has.

    Args:
        source: Its key among the sources.
        whole: The moment of all of it.
        low, high: The lowest and highest over it and its parts.
        parts: What those parts are.
        n: How many records it rests on.
    """

    source: str
    whole: float
    low: float
    high: float
    parts: str
    n: int


GINI = "Gini coefficient of the counts of areas, those without any included"
BEYOND = (
    "variance of the counts of areas less their mean, over the square of the mean: how much areas "
    "differ beyond chance"
)


def moments() -> tuple[Moment, ...]:
    """Return every moment, in the order of the page."""
    return (
        *_areas(),
        *_deprivation(),
        *_season(),
        *_mix(),
        *_near_repeats(),
        *_calls(),
        *_text(),
    )


def _areas() -> tuple[Moment, ...]:
    return (
        *(
            Moment(key=f"areas.gini.{kind}", group="areas", title=f"Gini of {words}",
                   means=f"{GINI}: {words}.")
            for kind, words in KINDS.items()
        ),
        *(
            Moment(key=f"areas.beyond_chance.{kind}", group="beyond_chance",
                   title=f"Beyond chance: {words}", means=f"{words.capitalize()}: {BEYOND}.")
            for kind, words in KINDS.items()
        ),
        Moment(key="areas.busiest_tenth.crimes", group="areas",
               title="Crimes in the busiest tenth of areas",
               means="Share of recorded crimes that lie in the tenth of areas with most of them."),
    )  # fmt: skip


def _deprivation() -> tuple[Moment, ...]:
    return (
        *(
            Moment(
                key=f"deprivation.most_over_least.{kind}",
                group="deprivation",
                title=f"Most over least deprived: {words}",
                means=f"{words.capitalize()} an area of national deciles 1 and 2 has, over those "
                "an area of deciles 9 and 10 has; each end with at least ten areas.",
            )
            for kind, words in KINDS.items()
        ),
        *(
            Moment(key=f"deprivation.decile.{decile}", group="deciles", title=f"Decile {decile}",
                   means="Recorded crimes an area of this national decile of deprivation has, "
                   "over those an area has.", judged=False)
            for decile in range(1, 11)
        ),
    )  # fmt: skip


def _season() -> tuple[Moment, ...]:
    return (
        *(
            Moment(
                key=f"season.swing.{kind}",
                group="season",
                title=f"Yearly swing of {words}",
                means=f"{words.capitalize()} a day by month, fitted to a mean, one yearly wave "
                "and, from two years on, a straight trend: the wave's height over the mean.",
                at_least=10_000,
            )
            for kind, words in KINDS.items()
        ),
        *(
            Moment(key=f"season.month.{number + 1}", group="months", title=name,
                   means="Recorded crimes a day in this calendar month, over those in the mean "
                   "of the twelve.", at_least=10_000, judged=False)
            for number, name in enumerate(MONTH_NAMES)
        ),
    )  # fmt: skip


# What each public category is called here; London's own categories are matched to these by hand.
TYPES = {
    "violence-and-sexual-offences": "violence and sexual offences",
    "criminal-damage-and-arson": "criminal damage and arson",
    "public-order": "public order",
    "other-theft": "other theft",
    "shoplifting": "shoplifting",
    "vehicle-crime": "vehicle crime",
    "burglary": "burglary",
    "drugs": "drugs",
    "other-crime": "other crime",
    "robbery": "robbery",
    "theft-from-the-person": "theft from the person",
    "bicycle-theft": "bicycle theft",
    "possession-of-weapons": "possession of weapons",
}


def _mix() -> tuple[Moment, ...]:
    return tuple(
        Moment(key=f"mix.{code}", group="mix", title=words.capitalize(), form="percent",
               means=f"Share of recorded crimes that are {words}.", at_least=5000)
        for code, words in TYPES.items()
    )  # fmt: skip


NEAR = ((200, 7), (400, 14))


def _near_repeats() -> tuple[Moment, ...]:
    return tuple(
        Moment(
            key=f"near_repeats.{kind}.{metres}m_{days}d",
            group="near_repeats",
            title=f"{words}: {metres} m, {days} days",
            means=f"{words}: pairs within {metres} m and at most {days} days of one another, over "
            "those that chance would make (Knox): within each run of 91 days, pairs within that "
            "distance times the share of pairs within those days. The day is the first on which "
            "it can have happened.",
            at_least=500,
        )
        for kind, words in (("burglary", "Burglary"), ("violence", "Violence"))
        for metres, days in NEAR
    )


def _calls() -> tuple[Moment, ...]:
    return (
        Moment(key="calls.gini", group="calls", title="Gini of calls over areas",
               means=f"{GINI}: calls, whatever they are about."),
        Moment(key="calls.not_dispatched", group="calls", title="Calls no unit was sent to",
               means="Share of calls without a moment of dispatch."),
        Moment(key="calls.welfare", group="calls", title="Concern for safety",
               means="Share of calls that are concern for a person's safety."),
        Moment(key="calls.weekend", group="calls", title="Calls at the weekend",
               means="Share of calls on a Saturday or Sunday, over the share of days that are."),
    )  # fmt: skip


def _text() -> tuple[Moment, ...]:
    words = (("short", "tenth", 0.1), ("middle", "half", 0.5), ("long", "nine tenths", 0.9))
    return tuple(
        Moment(key=f"text.{key}", group="text", title=f"Words that {share} of logs do not exceed",
               means=f"The number of words that {share} of logs have at most; a word is what "
               "stands between spaces.", form="integer", at_least=200)
        for key, share, _ in words
    )  # fmt: skip


WORD_SHARES = {"text.short": 0.1, "text.middle": 0.5, "text.long": 0.9}


@cache
def real_moments() -> Mapping[str, tuple[Real, ...]]:
    """Return what the real records have, by moment: kept as numbers, each with its source."""
    raw = tomllib.loads(_text_of("real_moments.toml"))
    return {entry["key"]: tuple(Real(**real) for real in entry["real"]) for entry in raw["moments"]}


@cache
def sources() -> Mapping[str, str]:
    """Return the real records, by key: what each is, and who published it."""
    raw = tomllib.loads(_text_of("real_moments.toml"))
    return {entry["key"]: entry["title"] for entry in raw["sources"]}


@cache
def reasons() -> Mapping[tuple[str, str], str]:
    """Return why the made-up force lies outside the real range, by moment and side of it."""
    raw = tomllib.loads(_text_of("compare/reasons.toml"))
    return {(entry["moment"], entry["side"]): entry["because"] for entry in raw["why"]}


def _text_of(name: str) -> str:
    return files("peelian.records.synth").joinpath(name).read_text(encoding="utf-8")
