"""What a log says, before any word is chosen: its propositions, in the order in which logs run."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from peelian.records.synth.facts import CALLERS, PLACE_KINDS, RESULTS, Facts
from peelian.records.synth.narratives.grammar import SLOTS, Grammar, Rule, Symbol

# What is told of each kind; a kind that stands here under no name of its own borrows another's.
BORROWED = {
    "anti-social-behaviour": "asb-nuisance",
    "crime-reported": "other-theft",
    "suspicious-package-or-object": "suspicious-circumstances",
    "public-disorder-and-weapons": "public-order",
    "violent-crime": "violence-and-sexual-offences",
}
# Of these the suspect is seldom seen: whoever rings, or whose it was, is the one the log is about.
ABOUT_THE_CALLER = frozenset(
    (
        *("bicycle-theft", "burglary", "other-theft", "robbery", "theft-from-the-person"),
        *("vehicle-crime", "other-crime", "sudden-death", "alarm", "message"),
        *(
            "lost-or-found-property",
            "complaint-against-police",
            "other-administration",
            "licensing",
        ),
        *("duplicate-log", "pre-planned-event", "protest-or-demonstration", "other"),
        *("abandoned-call", "immigration", "asb-environmental"),
    )
)
# Further statements a log may have room for, and how often each is tried beside the others. The
# number says when: 0 in the first call, 1 while waiting, 2 when officers are there.
_FURTHER = (
    *(("detail.aside", 0, 5), ("detail.quote", 0, 4), ("detail.contact", 0, 1)),
    *(("detail.history", 0, 2), ("detail.question", 0, 1), ("detail.more", 0, 2)),
    *(("more", 0, 5), ("more", 0, 3), ("denied", 0, 1)),
    *(("tale", 0, 6), ("tales.officers", 2, 5)),
    *(("frame", 0, 11), ("frame", 0, 9), ("frame", 0, 6)),
    *(("frames.officers", 2, 5), ("frames.present", 2, 6), ("tales.present", 2, 6)),
    *(("tales.settled", 2, 3), ("tales.mistaken", 2, 3), ("officers.present", 2, 4)),
    *(("control.checks", 1, 3), ("control.later", 1, 1)),
    *(("officers.find", 2, 4), ("results.closing", 2, 1)),
)
# What is asked where something happened, and nowhere else.
_OF_A_SCENE = frozenset(("detail.question", "detail.more", "detail.quote", "denied"))
# What fits only some endings: whoever is met was there, and what was settled led to no arrest.
_MET = "words_of_advice section_136 to_hospital left_with_family located_safe ambulance_attending"
_FITS = {
    "present": frozenset(_MET.split()),
    "settled": frozenset(("words_of_advice",)),
    "mistaken": frozenset(("no_offence", "no_police_role")),
}
# Lines of identifiers, and how often each is tried.
_IDENTITY = (
    *(("subject", 30), ("caller", 22), ("where", 16), ("vehicle", 14), ("staff", 9)),
    *(("reference", 10), ("email", 4), ("health", 3), ("work", 2)),
)
_TOLD = (
    *("alcohol", "drugs", "homeless", "domestic", "weapon", "injury", "child", "missing"),
    "repeat",
)
# Which longer tellings suit a kind, where it is neither of a person nor of what a caller lost.
_TALES = {
    "road": "road-traffic-collision road-related-offence highway-disruption "
    "rail-air-or-marine-incident",
    "nuisance": "asb-personal asb-nuisance asb-environmental criminal-damage-and-arson drugs "
    "animals licensing protest-or-demonstration",
    "shop": "shoplifting",
    "victim": "burglary bicycle-theft other-theft robbery theft-from-the-person vehicle-crime",
    "office": "alarm message lost-or-found-property complaint-against-police other duplicate-log "
    "other-administration pre-planned-event abandoned-call other-crime immigration hoax-call "
    "sudden-death industrial-accident firearms-incident",
}
CARE = frozenset(("concern-for-safety", "missing-person", "collapse-illness-or-injury"))
_TALE_OF = {story: tale for tale, stories in _TALES.items() for story in stories.split()}
_DENIED = ("alcohol", "drugs", "weapon", "injury", "domestic")
_ORDERS = 512
_WORDS_EACH = 6.0
Draw = Callable[[], float]


@dataclass(slots=True)
class Statement:
    """One proposition of a log.

    Args:
        says: The symbol to be worded.
        minute: When it was written, in minutes since 1970; -1 in the first call.
        guarded: Whether no slip of the keyboard may touch it: it holds words readers look for.
    """

    says: Symbol
    minute: int = -1
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """The facts as plain lists, which Python reads faster than arrays.

    Args:
        columns: Each column of the facts by name; moments in minutes, -1 where there was none.
        stories: Which kind's words tell of each kind.
    """

    columns: dict[str, list]
    stories: tuple[str, ...]

    @classmethod
    def of(cls, facts: Facts) -> "Rows":
        """Return the facts as lists."""
        columns = {
            f.name: _plain(getattr(facts, f.name)).tolist()
            for f in fields(facts)
            if f.name != "kinds"
        }
        return cls(columns, tuple(BORROWED.get(kind, kind) for kind in facts.kinds))


def _plain(values: NDArray) -> NDArray:
    if values.dtype.kind != "M":
        return values
    minutes = values.astype("M8[m]").astype(np.int64)
    return np.where(np.isnat(values), -1, minutes)


class Content:
    """Chooses the propositions of each log from its facts.

    Args:
        words: The grammar.
        facts: The incidents.
        rng: For the orders in which further statements are tried.
        draw: Gives the next random number from 0 up to 1.
    """

    def __init__(self, words: Grammar, facts: Facts, rng: np.random.Generator, draw: Draw) -> None:
        self._draw = draw
        self._rows = Rows.of(facts)
        self._words = words
        stories = self._rows.stories
        known = [story if f"{story}.what" in words else "other" for story in stories]
        self._what = [words[f"{story}.what"] for story in known]
        tales = [_TALE_OF.get(story, "person") for story in known]
        self._lines: dict[str, list[Rule]] = {
            "more": [words[f"{story}.more"] for story in known],
            "tale": [words[f"tales.{tale}"] for tale in tales],
            "frame": [
                words[f"frames.{tale}"] + (words["frames.care"] if story in CARE else [])
                for tale, story in zip(tales, known, strict=True)
            ],
        }
        self._says = words["people.says"]
        self._told = [(self._rows.columns[flag], words[f"flags.{flag}"]) for flag in _TOLD]
        self._denied = [(self._rows.columns[flag], words[f"denied.{flag}"]) for flag in _DENIED]
        self._results = [words[f"results.{result}"] for result in RESULTS]
        self._state = {name: words[f"state.{name}"] for name in _STATES}
        self._orders = _orders(_FURTHER, rng)
        self._further = [words[name] if "." in name else None for name, _, _ in _FURTHER]
        self._fits = [_FITS.get(name.rpartition(".")[2]) for name, _, _ in _FURTHER]
        self._office = [_TALE_OF.get(story) == "office" for story in known]
        self._own = [story in ABOUT_THE_CALLER for story in known]
        self._identity = [words[f"identity.{name}"] for name, _ in _IDENTITY]
        self._identity_orders = _orders(_IDENTITY, rng)
        self._arrive = words["officers.arrive"]
        self._section = RESULTS.index("section_136")
        self._section_named = words["results.section_136_named"]

    def of(self, row: int, *, words: float, identities: int, about_caller: bool) -> list[Statement]:
        """Return what the log of one incident says.

        Args:
            row: The incident.
            words: How long the log should be.
            identities: How many lines of identifiers it holds.
            about_caller: Whether the person it is about is the one who rings.
        """
        columns = self._rows.columns
        first, middle = [Statement(self._opening(row))], self._must(row)
        after: list[Statement] = []
        room = int((words - 10 - 6) / _WORDS_EACH + self._draw()) - len(middle)
        start, ready, end = self._span(row)
        attended = columns["arrived"][row] >= 0
        if attended and self._draw() < 0.5:
            after.append(Statement(self._arrive, ready))
            room -= 1
        for says in self._identities(identities, about_caller):
            middle.append(Statement(says))
            room -= 1
        if room > 0:
            self._fill(row, room, middle, after, (start, ready, end))
        after.sort(key=_minute)
        after.append(Statement(*self._ending(row, end)))
        return first + self._mixed(middle) + after

    def _opening(self, row: int) -> Symbol:
        what = self._what[self._rows.columns["kind"][row]]
        if self._draw() < 0.6:
            return what
        return (what, " ", self._says, " ", _CALLER)  # last first, as the walk wants it

    def _must(self, row: int) -> list[Statement]:
        told = [Statement(rule) for flags, rule in self._told if flags[row]]
        columns, state = self._rows.columns, self._state
        ill, named = columns["mental_health"][row], columns["mental_words"][row]
        if named and ill:
            dying = columns["suicidal"][row]
            told.append(Statement(state["named_dying" if dying else "named"], guarded=True))
            if self._draw() < 0.4:
                told.append(Statement(state["dying" if dying else "behaviour"]))
        elif ill:
            told.append(Statement(state["dying" if columns["suicidal"][row] else "behaviour"]))
            if self._draw() < 0.25:
                told.append(Statement(state["voices"]))
        elif named:
            told.append(Statement(state["misleading"], guarded=True))
        return told

    def _span(self, row: int) -> tuple[int, int, int]:
        columns = self._rows.columns
        start, there, closed = (columns[name][row] for name in ("reported", "arrived", "closed"))
        ready = there if there >= 0 else start + 2
        latest = closed if closed >= 0 else ready + 60
        return start, ready, max(min(latest, ready + 200), ready)

    def _fill(
        self,
        row: int,
        room: int,
        middle: list[Statement],
        after: list[Statement],
        span: tuple[int, int, int],
    ) -> None:
        """Add further statements while there is room: to the call, and to what came after it."""
        draw = self._draw
        start, ready, end = span
        said: dict[str, int] = {}
        first = int(draw() * 60)
        for number in self._orders[int(draw() * _ORDERS)]:
            name, when, _ = _FURTHER[number]
            turn = said.get(name, first)
            says = self._further[number] or self._line(name, row, turn)
            if says is None or not self._suits(number, row):
                continue
            said[name] = turn + 1
            if when == 0:
                middle.append(Statement(says))
            else:
                since, until = (start + 1, max(ready, start + 1)) if when == 1 else (ready, end)
                after.append(Statement(says, since + int(draw() * (until - since))))
            room -= 1
            if room <= 0:
                return

    def _suits(self, number: int, row: int) -> bool:
        columns = self._rows.columns
        name, when, _ = _FURTHER[number]
        kind = columns["kind"][row]
        if name in _OF_A_SCENE and self._office[kind]:
            return False
        if when == 2 and columns["arrived"][row] < 0:
            return False
        fits = self._fits[number]
        if fits is None:
            return True
        if self._own[kind] or RESULTS[columns["result"][row]] not in fits:
            return False
        grave = columns["mental_health"][row] or columns["injury"][row] or columns["weapon"][row]
        return not grave or fits is _FITS["present"]

    def _line(self, name: str, row: int, turn: int) -> Symbol | None:
        """Return the line of an incident's own kind whose turn it is; None where none is fit."""
        kind = self._rows.columns["kind"][row]
        if name == "denied":
            lines = [rule for flags, rule in self._denied if not flags[row]]
        else:
            lines = self._lines[name][kind]
        return lines[turn % len(lines)] if lines else None

    def _identities(self, count: int, about_caller: bool) -> list[Symbol]:
        order = self._identity_orders[int(self._draw() * _ORDERS)]
        chosen = order[:count]
        if about_caller:  # who is named is then the one who rings
            chosen = [1 if number == 0 else number for number in chosen]
        return [self._identity[number] for number in dict.fromkeys(chosen)]

    def _mixed(self, statements: list[Statement]) -> list[Statement]:
        draw, mixed = self._draw, []
        for statement in statements:
            mixed.insert(int(draw() * (len(mixed) + 1)), statement)
        return mixed

    def _ending(self, row: int, end: int) -> tuple[Symbol, int, bool]:
        columns = self._rows.columns
        result = columns["result"][row]
        if result == self._section and columns["mental_words"][row]:
            return self._section_named, end, True
        return self._results[result], end, False


_STATES = ("behaviour", "dying", "voices", "named", "named_dying", "misleading")
_CALLER = SLOTS.index("caller")


def _minute(statement: Statement) -> int:
    return statement.minute


def _orders(weighted: tuple[tuple, ...], rng: np.random.Generator) -> list[list[int]]:
    """Return many orders of numbered things, in which those of greater weight come sooner."""
    weights = np.array([row[-1] for row in weighted], float)
    waits = rng.exponential(1.0, (_ORDERS, len(weights))) / weights
    return np.argsort(waits, axis=1).tolist()


def place_rules(words: Grammar) -> list[Rule]:
    """Return, for each kind of place, the rule that says where."""
    return [words[f"places.{place}"] for place in PLACE_KINDS]


def caller_rules(words: Grammar, *, named: bool) -> list[Rule]:
    """Return, for each kind of caller, the rule of what they are called.

    Args:
        words: The grammar.
        named: Whether mental ill health may be named.
    """
    team = "mental_health_team_named" if named else "mental_health_team"
    rules = [name if name != "mental_health_team" else team for name in CALLERS]
    return [words[f"callers.{rule}"] for rule in rules]
