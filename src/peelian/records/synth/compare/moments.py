"""The moments that records are compared by: what each is, what real records have, why not."""

import tomllib
from collections.abc import Iterator, Mapping
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
        group: The picture it stands in.
        family: What is worked out, as the page calls it.
        title: What it is worked out of: what it is called within its picture.
        means: The family's definition, in words precise enough to work it out again.
        form: How it is written.
        at_least: How many records it takes before it says anything.
        judged: Whether it counts towards the verdict; those of a curve are shown only.
    """

    key: str
    group: str
    family: str
    title: str
    means: str
    form: Form = "two"
    at_least: int = 1000
    judged: bool = True

    @property
    def name(self) -> str:
        """Return what it is called where it stands alone."""
        return self.title if self.family in self.title else f"{self.family}: {self.title.lower()}"


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


GINI = (
    "Gini coefficient of the counts of areas, those without any included: 0 where all have as "
    "many, near 1 where one has all."
)
BEYOND = (
    "Variance of the counts of areas less their mean, over the square of the mean: how much areas "
    "differ beyond chance."
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


def _of_kinds(
    key: str, group: str, family: str, means: str, at_least: int = 5000, form: Form = "two"
) -> Iterator[Moment]:
    for kind, words in KINDS.items():
        yield Moment(
            key=f"{key}.{kind}",
            group=group,
            family=family,
            title=words.capitalize(),
            means=means,
            at_least=at_least,
            form=form,
        )


def _areas() -> tuple[Moment, ...]:
    tenth = Moment(
        key="areas.busiest_tenth.crimes",
        group="areas",
        family="Crimes in the busiest tenth",
        title="Crimes in the busiest tenth of areas",
        means="Share of recorded crimes that lie in the tenth of areas with most of them.",
        at_least=5000,
    )
    return (
        *_of_kinds("areas.gini", "areas", "Gini coefficient", GINI),
        tenth,
        *_of_kinds("areas.beyond_chance", "beyond_chance", "Beyond chance", BEYOND),
    )


def _deprivation() -> tuple[Moment, ...]:
    ends = (
        "Records an area of national deciles 1 and 2 has, over those an area of deciles 9 and 10 "
        "has; each end with at least ten areas."
    )
    return (
        *_of_kinds("deprivation.most_over_least", "deprivation", "Most over least deprived", ends),
        *(
            Moment(
                key=f"deprivation.decile.{decile}",
                group="deciles",
                family="By decile",
                title=f"Decile {decile}",
                means="Recorded crimes an area of this national decile of deprivation has, over "
                "those an area has; 1 is most deprived.",
                at_least=5000,
                judged=False,
            )
            for decile in range(1, 11)
        ),
    )


def _season() -> tuple[Moment, ...]:
    wave = (
        "Records a day by month, fitted to a mean, one yearly wave and, from two years on, a "
        "straight trend: the wave's height over the mean."
    )
    return (
        *_of_kinds("season.swing", "season", "Yearly swing", wave, 10_000, "percent"),
        *(
            Moment(
                key=f"season.month.{number + 1}",
                group="months",
                family="By calendar month",
                title=name,
                means="Recorded crimes a day in this calendar month less those in the mean of the "
                "twelve, over that mean.",
                form="percent",
                at_least=10_000,
                judged=False,
            )
            for number, name in enumerate(MONTH_NAMES)
        ),
    )


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
        Moment(
            key=f"mix.{code}",
            group="mix",
            family="Share of recorded crime",
            title=words.capitalize(),
            means="Share of recorded crimes of the public categories that are of this one.",
            form="percent",
            at_least=5000,
        )
        for code, words in TYPES.items()
    )


NEAR = ((200, 7), (400, 14))


def _near_repeats() -> tuple[Moment, ...]:
    return tuple(
        Moment(
            key=f"near_repeats.{kind}.{metres}m_{days}d",
            group="near_repeats",
            family="Near repeats",
            title=f"{words}: {metres} m, {days} days",
            means="Pairs within that distance and at most so many days of one another, over those "
            "that chance would make (Knox): within each run of 91 days, pairs within the distance "
            "times the share of pairs within the days. The day is the first on which it can have "
            "happened.",
            at_least=500,
        )
        for kind, words in (("burglary", "Burglary"), ("violence", "Violence"))
        for metres, days in NEAR
    )


def _calls() -> tuple[Moment, ...]:
    each = (
        ("gini", "Gini coefficient of all calls", GINI),
        ("not_dispatched", "No unit was sent", "Share of calls without a moment of dispatch."),
        ("welfare", "Concern for safety", "Share of calls that are concern for a person's safety."),
        ("weekend", "At the weekend",
         "Share of calls on a Saturday or Sunday, over the share of days that are."),
    )  # fmt: skip
    return tuple(
        Moment(
            key=f"calls.{key}",
            group="calls",
            family=title,
            title=title,
            means=means,
            at_least=5000,
        )
        for key, title, means in each
    )


def _text() -> tuple[Moment, ...]:
    return tuple(
        Moment(
            key=f"text.{key}",
            group="text",
            family="Words in a log",
            title=title,
            means="The number of words that a tenth, half or nine tenths of logs have at most; a "
            "word is what stands between spaces.",
            form="integer",
            at_least=200,
        )
        for key, title in (
            ("short", "A tenth have at most"),
            ("middle", "Half have at most"),
            ("long", "Nine tenths have at most"),
        )
    )


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
