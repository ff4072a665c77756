"""Who a log is about and who rings: what stands in the slots of the grammar, and their ages."""

from collections.abc import Callable

from peelian.records.synth.facts import CALLERS, PLACE_KINDS, Facts
from peelian.records.synth.narratives.content import (
    ABOUT_THE_CALLER,
    BORROWED,
    CARE,
    caller_rules,
    place_rules,
)
from peelian.records.synth.narratives.grammar import Grammar, Rule, Symbol
from peelian.records.synth.narratives.handlers import Handler
from peelian.records.synth.narratives.identifiers import Scene

Draw = Callable[[], float]
# What the person a log is about is to each kind of caller; where none is, a stranger.
_TO_CALLER = {
    "family": "kin",
    "friend": "friend",
    "neighbour": "neighbour",
    "shop_staff": "customer",
    "ambulance": "patient",
    "hospital": "patient",
    "mental_health_team": "patient",
    "care_home": "resident",
    "council": "resident",
    "school": "pupil",
}
# In these the caller's own tie to the person says little: the other is a stranger or an offender.
_STRANGERS = frozenset(
    (
        *("shoplifting", "public-order", "suspicious-circumstances", "road-traffic-collision"),
        *("road-related-offence", "drugs", "hoax-call", "animals", "possession-of-weapons"),
        *("highway-disruption", "rail-air-or-marine-incident", "firearms-incident"),
        *("criminal-damage-and-arson", "asb-nuisance", "industrial-accident"),
    )
)
_ON_WHEELS = frozenset(
    ("road-traffic-collision", "road-related-offence", "highway-disruption", "duplicate-log")
)
_OPEN = frozenset(("street", "road", "bridge", "car_park"))
_FEMALE = ("she", "her", "her", "herself")
_MALE = ("he", "him", "his", "himself")
_CLOSE = frozenset(("victim", "person_concerned", "anonymous", "family", "friend"))
_SELF = CALLERS.index("person_concerned")
_VICTIM = CALLERS.index("victim")


class Cast:
    """Draws the people of each log.

    Args:
        words: The grammar.
        facts: The incidents.
        draw: Gives the next random number from 0 up to 1.
    """

    def __init__(self, words: Grammar, facts: Facts, draw: Draw) -> None:
        self._draw = draw
        stories = [BORROWED.get(kind, kind) for kind in facts.kinds]
        self._own = [story in ABOUT_THE_CALLER or f"{story}.what" not in words for story in stories]
        self._stories = stories
        self._callers = (caller_rules(words, named=False), caller_rules(words, named=True))
        places = place_rules(words)
        # A collision at a till would be nonsense: indoors, it was on the road outside.
        road = words["places.road"]
        open_air = [
            rule if name in _OPEN else road for name, rule in zip(PLACE_KINDS, places, strict=True)
        ]
        self._places_of = [open_air if story in _ON_WHEELS else places for story in stories]
        self._called = {
            name.split(".", 1)[1]: words[name]
            for name in words.names()
            if name.startswith("subjects.")
        }
        self._ages = [_age(years) for years in range(100)]

    def about_caller(self, facts: dict[str, list], row: int) -> bool:
        """Return whether the log is about whoever rings, or whoever they ring for."""
        kind = facts["kind"][row]
        if self._own[kind]:
            return True
        alone = facts["mental_health"][row] or self._stories[kind] in CARE
        return facts["caller"][row] == _SELF and alone

    def slots(
        self, facts: dict[str, list], row: int, handler: Handler, scene: Scene
    ) -> list[Symbol]:
        """Return what stands in each slot, in the order of grammar.SLOTS.

        Args:
            facts: The facts as lists.
            row: The incident.
            handler: Who writes.
            scene: Whom its identifiers name: sex and age are settled here.
        """
        draw = self._draw
        kind, caller = facts["kind"][row], facts["caller"][row]
        about = self.about_caller(facts, row)
        woman_rings = draw() < 0.55
        woman = woman_rings if about else draw() < 0.45
        scene.female, scene.caller_female = woman, woman_rings
        child = facts["child"][row] and self._stories[kind] == "missing-person" and not about
        scene.age = 9 + int(draw() * 9) if child else 18 + int(62 * draw() ** 1.4)
        sex = "f" if woman else "m"
        close = CALLERS[caller] in _CLOSE
        che, chim, chis = (_FEMALE if woman_rings else _MALE)[:3]
        if about and not self._own[kind]:  # whoever else is there is then not the one who rings
            chim = "him" if woman_rings else "her"
        ago = 5 + int(draw() * 200)
        return [
            *(_FEMALE if woman else _MALE),
            ("woman" if woman else "man") if draw() < 0.5 else ("female" if woman else "male"),
            self._subject(kind, caller, sex, child=child, about=about),
            self._again(sex, about=about, close=close),
            self._ages[scene.age],
            self._places_of[kind][facts["place"][row]],
            self._callers[facts["mental_words"][row]][caller],
            che,
            chim,
            chis,
            handler.clocks[(facts["reported"][row] - ago) % 1440],
        ]

    def _subject(self, kind: int, caller: int, sex: str, *, child: bool, about: bool) -> Rule:
        called, story = self._called, self._stories[kind]
        if about:
            return called["caller"]
        if child:
            return called[f"child_{sex}"]
        if story in _STRANGERS:
            shop = CALLERS[caller] == "shop_staff"
            return called[f"customer_{sex}" if shop else f"someone_{sex}"]
        if story == "domestic-incident" and caller in (_VICTIM, _SELF):
            return called[f"partner_{sex}"]
        if story == "asb-personal":
            return called[f"neighbour_{sex}"]
        return called[f"{_TO_CALLER.get(CALLERS[caller], 'someone')}_{sex}"]

    def _again(self, sex: str, *, about: bool, close: bool) -> Rule:
        if not about:
            return self._called[f"again_{sex}"]
        return self._called[f"again_caller_{sex}" if close else "again_ip"]


def _age(years: int) -> Rule:
    """Return the ways of writing an age in years."""
    decade = "early" if years % 10 < 4 else "mid" if years % 10 < 7 else "late"
    ways: Rule = [f"{years}", f"{years}", f"{years} yrs", f"aged {years}", f"{years}yo"]
    return ways if years < 20 else [*ways, f"{decade} {years // 10 * 10}s"]
