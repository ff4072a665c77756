"""Identifiers made up on the spot, of kinds that no living person has."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from peelian.records.synth.narratives.grammar import MARKS, Grammar

KINDS = (
    *("person", "person", "person", "person", "person", "person", "person"),
    *("address", "place", "place", "place", "place", "place", "place"),
    *("vehicle", "phone", "collar_number", "crime_reference", "crime_reference", "date_of_birth"),
    *("postcode", "email", "nhs_number", "ni_number"),
)
# Ofcom keeps these for drama; no subscriber has them.
_PHONES = ("07700 900", "07700900", "07700-900-", "+44 7700 900", "01632 960", "01632960")
# Without M and P, so that no plate spells MHA or CPN: a reader of words would stop there.
_LETTERS = "ABCDEFGHJKLNORSTUVWXYZ"
# No postcode area of the United Kingdom begins so.
_POSTCODE_AREAS = ("XA", "QD", "JF", "VJ", "UQ", "ZX", "QV", "JX", "XW", "VQ", "UZ", "JQ")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Last words of a street's name.
_STREETS = frozenset(
    (
        *("Street", "Road", "Avenue", "Close", "Drive", "Lane", "Grove", "Way", "Crescent"),
        *("Court", "Gardens", "Rise", "Terrace", "Walk", "Row", "Place", "Hill", "Bank"),
        *("Yard", "Square", "Mews", "View", "Green"),
    )
)
_EMAIL_HOMES = ("example.com", "example.org", "example.net", "mail.example", "post.example")
Draw = Callable[[], float]


@dataclass(slots=True)
class Scene:
    """What the identifiers of one log hang on.

    Args:
        female: Whether the person the log is about is a woman or girl; their age in years.
        caller_female: Whether the caller is.
        street, town: Where it was; "" where not known.
        year, month, day: When it was reported.
    """

    female: bool
    age: int
    caller_female: bool
    street: str
    town: str
    year: int
    month: int
    day: int
    subject: tuple[str, str] | None = None
    caller: tuple[str, str] | None = None


@cache
def communities() -> tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int], ...]:
    """Return, for each community, women's and men's first names, surnames, and its hundredths."""
    path = files("peelian.records.synth.narratives") / "names.toml"
    return tuple(
        (
            tuple(row["women"].split()),
            tuple(row["men"].split()),
            tuple(row["surnames"].split()),
            row["share"],
        )
        for row in tomllib.loads(path.read_text(encoding="utf-8")).values()
    )


class Identifiers:
    """Makes identifiers of each kind for one force.

    Args:
        words: The grammar, for names of pubs, shops, schools and firms.
        postcodes: Which of the postcode areas that do not exist is this force's.
        draw: Gives the next random number from 0 up to 1.
    """

    def __init__(self, words: Grammar, postcodes: int, draw: Draw) -> None:
        self._words = words
        self._draw = draw
        self._area = _POSTCODE_AREAS[postcodes % len(_POSTCODE_AREAS)]
        # The draw knows nothing of the incident, so that no name stands for a part in it.
        self._people = tuple(row for row in communities() for _ in range(row[3]))
        self._makers: tuple[Callable[[Scene], str], ...] = tuple(
            getattr(self, f"_{name}") for name in MARKS
        )

    def make(self, mark: int, scene: Scene) -> str:
        """Return the identifier that stands at a mark of this number."""
        return self._makers[mark](scene)

    def _any(self, options):
        return options[int(self._draw() * len(options))]

    def _below(self, number: int) -> int:
        return int(self._draw() * number)

    def _person(self, female: bool) -> tuple[str, str]:
        women, men, surnames, _ = self._any(self._people)
        return self._any(women if female else men), self._any(surnames)

    def _subject(self, scene: Scene) -> str:
        return " ".join(self._known(scene))

    def _subject_surname(self, scene: Scene) -> str:
        return self._known(scene)[1]

    def _subject_first(self, scene: Scene) -> str:
        return self._known(scene)[0]

    def _known(self, scene: Scene) -> tuple[str, str]:
        if scene.subject is None:
            scene.subject = self._person(scene.female)
        return scene.subject

    def _caller(self, scene: Scene) -> str:
        if scene.caller is None:
            scene.caller = self._person(scene.caller_female)
        return " ".join(scene.caller)

    def _other(self, scene: Scene) -> str:
        del scene
        return " ".join(self._person(self._draw() < 0.5))

    def _surname(self, scene: Scene) -> str:
        del scene
        return self._person(True)[1]

    def _first(self, scene: Scene) -> str:
        del scene
        return self._person(self._draw() < 0.5)[0]

    def _address(self, scene: Scene) -> str:
        number = 1 + self._below(135 if self._draw() < 0.9 else 30)
        street = scene.street
        if street.rpartition(" ")[2] not in _STREETS:  # a map point may be a park or a station
            street = self._said("names.street")
        chance = self._draw()
        if chance < 0.12:
            return f"Flat {1 + self._below(24)}, {number} {street}"
        if chance < 0.2:
            return f"{number}{self._any('abAB')} {street}"
        return f"{number} {street}"

    def _street(self, scene: Scene) -> str:
        return scene.street or self._said("names.street")

    def _town(self, scene: Scene) -> str:
        return scene.town or self._said("names.town")

    def _pub(self, scene: Scene) -> str:
        del scene
        return self._said("names.pub")

    def _shop(self, scene: Scene) -> str:
        del scene
        return self._said("names.shop")

    def _school(self, scene: Scene) -> str:
        del scene
        return self._said("names.school")

    def _firm(self, scene: Scene) -> str:
        del scene
        return self._said("names.firm")

    def _plate(self, scene: Scene) -> str:
        letters = "".join(self._any(_LETTERS) for _ in range(5))
        age = 2 + self._below(max(1, scene.year - 2002)) + (50 if self._draw() < 0.5 else 0)
        gap = " " if self._draw() < 0.8 else ""
        return f"{letters[:2]}{age % 100:02d}{gap}{letters[2:]}"

    def _phone(self, scene: Scene) -> str:
        del scene
        number = self._below(1000)
        number += number == 136  # a reader of words would take it for the section
        return f"{self._any(_PHONES)}{number:03d}"

    def _collar(self, scene: Scene) -> str:
        del scene
        number = 1000 + self._below(8999)
        return f"{number}" if self._draw() < 0.8 else f"{self._any('ABDFHN')}{number // 10}"

    def _reference(self, scene: Scene) -> str:
        number, year = 10000 + self._below(989999), scene.year % 100
        chance = self._draw()
        if chance < 0.4:
            return f"{number}/{year:02d}"
        if chance < 0.75:
            return f"{13 + self._below(60)}{self._any('ABCDEK')}{number // 10}-{year:02d}"
        return f"NC{year:02d}{number:07d}"

    def _log(self, scene: Scene) -> str:
        number = 137 + self._below(1400)
        return f"{number} of {self._date(scene.day, scene.month)}"

    def _date(self, day: int, month: int) -> str:
        return f"{day}/{month}" if self._draw() < 0.5 else f"{day} {_MONTHS[month - 1]}"

    def _born(self, scene: Scene) -> str:
        year = scene.year - scene.age
        day, month = 1 + self._below(28), 1 + self._below(12)
        if (month, day) > (scene.month, scene.day):
            year -= 1  # whose birthday is still to come this year
        chance = self._draw()
        if chance < 0.6:
            return f"{day:02d}/{month:02d}/{year}"
        if chance < 0.8:
            return f"{day:02d}.{month:02d}.{year % 100:02d}"
        return f"{day} {_MONTHS[month - 1]} {year}"

    def _postcode(self, scene: Scene) -> str:
        del scene
        inward = f"{1 + self._below(9)}{self._any('ABDEFGHJLNPQRSTUWXYZ')}{self._any('ABDEFGHJ')}"
        return f"{self._area}{1 + self._below(28)} {inward}"

    def _email(self, scene: Scene) -> str:
        first, surname = self._known(scene) if self._draw() < 0.6 else self._person(True)
        surname = surname.lower().replace("'", "")
        name = self._any((f"{first[0].lower()}.{surname}", f"{surname}{1 + self._below(99)}"))
        if self._draw() < 0.4:
            name = f"{first.lower()}{self._any(('.', '_', ''))}{surname}"
        return f"{name}@{self._any(_EMAIL_HOMES)}"

    def _nhs(self, scene: Scene) -> str:
        del scene
        while True:
            digits = [9, 9, 9, *(self._below(10) for _ in range(6))]
            check = (11 - sum(n * (10 - at) for at, n in enumerate(digits)) % 11) % 11
            if check < 10:  # ten has no digit: such a number is never given out
                number = "".join(map(str, (*digits, check)))
                if number[3:6] != "136":  # a reader of words would take it for the section
                    return f"{number[:3]} {number[3:6]} {number[6:]}"

    def _ni(self, scene: Scene) -> str:
        del scene
        pairs = " ".join(f"{self._below(100):02d}" for _ in range(3))
        return f"QQ {pairs} {self._any('ABCD')}"  # no one's: numbers never begin so

    def _said(self, rule: str) -> str:
        out: list[str] = []
        self._words.walk(self._words[rule], (), self._draw, out, [])
        return "".join(out)
