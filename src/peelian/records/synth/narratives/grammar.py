"""A small grammar: lines of words with choices in them, and the walk that draws one wording."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

# What a line may say beside plain words:
#   <a|b|>        one of these, drawn anew each time; an empty one says nothing
#   {rule}        one line of that rule, written table.key, or key within its own table
#   {he}          a slot: what stands in it depends on the incident (SLOTS)
#   {@phone}      an identifier, made up on the spot and kept with its place in the text (MARKS)
# A line that begins with *3 counts three times.
SLOTS = (
    *("he", "him", "his", "himself", "man", "subject", "again", "age", "where"),
    *("caller", "che", "chim", "chis", "past"),
)
MARKS = (
    *("subject", "subject_surname", "subject_first", "caller", "other", "surname", "first"),
    *("address", "street", "town", "pub", "shop", "school", "firm", "plate", "phone", "collar"),
    *("reference", "log", "born", "postcode", "email", "nhs", "ni"),
)
_PARTS = re.compile(r"<([^<>]*)>|\{(@?[\w.-]+)\}")
_TIMES = re.compile(r"\*(\d+) ")


class Mark:
    """A place in a line where an identifier of some kind stands."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


# A symbol is a str (words), an int (a slot), a Mark, a tuple (symbols in order, last first, ready
# for a stack) or a list (a rule: one of its symbols is drawn).
Symbol = Any
Rule = list[Symbol]


class Grammar:
    """Rules by name, their lines made ready to walk.

    >>> words = Grammar({"call": {"what": "{who} is <here|gone>", "who": "a dog"}})
    >>> out, marked = [], []
    >>> words.walk(words["call.what"], [], iter([0.0, 0.0, 0.9]).__next__, out, marked)
    >>> "".join(out)
    'a dog is gone'

    Args:
        tables: For each table, for each rule, its lines.
    """

    def __init__(self, tables: Mapping[str, Mapping[str, str]]) -> None:
        self._rules: dict[str, Rule] = {
            f"{table}.{rule}": [] for table, rules in tables.items() for rule in rules
        }
        self._slots = {name: number for number, name in enumerate(SLOTS)}
        self._marks = {name: Mark(number) for number, name in enumerate(MARKS)}
        for table, rules in tables.items():
            for rule, lines in rules.items():
                self._rules[f"{table}.{rule}"].extend(self._lines(lines, table))

    def __getitem__(self, name: str) -> Rule:
        return self._rules[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rules

    def names(self) -> tuple[str, ...]:
        """Return the name of every rule."""
        return tuple(self._rules)

    @staticmethod
    def walk(
        start: Symbol,
        slots: Sequence[Symbol],
        draw: Callable[[], float],
        out: list[str],
        marked: list[tuple[int, int]],
    ) -> None:
        """Draw one wording of a symbol and add its pieces to `out`.

        Args:
            start: What to say.
            slots: What stands in each slot, in the order of SLOTS.
            draw: Gives the next random number from 0 up to 1.
            out: Pieces of text so far. A mark adds an empty piece, to be filled by the caller.
            marked: For each mark, its place in `out` and its number in MARKS.
        """
        stack = [start]
        pop, push, extend, say = stack.pop, stack.append, stack.extend, out.append
        while stack:
            symbol = pop()
            while symbol.__class__ is list:
                symbol = symbol[int(draw() * len(symbol))]
            kind = symbol.__class__
            if kind is str:
                say(symbol)
            elif kind is tuple:
                extend(symbol)
            elif kind is int:
                push(slots[symbol])
            else:
                marked.append((len(out), symbol.number))
                say("")

    def _lines(self, lines: str, table: str) -> Iterable[Symbol]:
        for line in lines.strip("\n").split("\n"):
            counted = _TIMES.match(line)
            times = int(counted[1]) if counted else 1
            words = (line[counted.end() :] if counted else line).rstrip()
            yield from [self._line(words, table)] * times

    def _line(self, line: str, table: str) -> Symbol:
        symbols: list[Symbol] = []
        at = 0
        for part in _PARTS.finditer(line):
            before = line[at : part.start()]
            at = part.end()
            if part[2] is None:
                choices = part[1].split("|")
                if "" in choices and before.endswith(" "):  # what says nothing leaves no blank
                    before = before[:-1]
                    choices = [choice and " " + choice for choice in choices]
                symbol: Symbol = [self._line(choice, table) for choice in choices]
            else:
                symbol = self._named(part[2], table)
            symbols += [before, symbol] if before else [symbol]
        if at < len(line) or not symbols:
            symbols.append(line[at:])
        return symbols[0] if len(symbols) == 1 else tuple(reversed(symbols))

    def _named(self, name: str, table: str) -> Symbol:
        if name.startswith("@"):
            return self._marks[name[1:]]
        if name in self._slots:
            return self._slots[name]
        return self._rules[name if "." in name else f"{table}.{name}"]


@cache
def lexicon() -> Grammar:
    """Return the grammar of the logs, from the lexicon's files."""
    tables: dict[str, Mapping[str, str]] = {}
    folder = files("peelian.records.synth.narratives") / "lexicon"
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".toml"):
            tables |= tomllib.loads(path.read_text(encoding="utf-8"))
    return Grammar(tables)
