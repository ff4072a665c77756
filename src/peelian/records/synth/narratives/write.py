"""Facts in, logs out: each statement worded in its writer's manner, each identifier in view."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from peelian.records.synth.facts import Facts
from peelian.records.synth.narratives.cast import Cast
from peelian.records.synth.narratives.content import Content, Rows, Statement
from peelian.records.synth.narratives.grammar import Grammar, Symbol, lexicon
from peelian.records.synth.narratives.handlers import Handler, make_handlers
from peelian.records.synth.narratives.identifiers import KINDS, Draw, Identifiers, Scene
from peelian.records.synth.narratives.plan import NarrativesPlan
from peelian.records.synth.streams import stream
from peelian.records.synth.who import Who

SPANS = pa.schema(
    [("row", pa.int64()), ("kind", pa.string()), ("start", pa.int64()), ("end", pa.int64())]
)
_AT_ONCE = 65_536
# Words fall in behind an article or a comma whichever they are; that is put right here.
_MENDED = (*((f" a {vowel}", f" an {vowel}") for vowel in "aeiou"), (",,", ","))


@dataclass(frozen=True, slots=True)
class Narratives:
    """The logs of some incidents, and where their identifiers stand.

    Args:
        text: One log an incident, in the order of the facts.
        spans: For each identifier: `row` of its log, `kind`, and `start` and `end` in characters
            (the end is the first character after it), in order within the log.
    """

    text: pa.StringArray
    spans: pa.Table


def write_narratives(
    facts: Facts, plan: NarrativesPlan, who: Who, rng: np.random.Generator
) -> Narratives:
    """Write the log of each incident from what was true of it.

    A small grammar of propositions: the facts decide what is said, and in which order; chance
    chooses structure and words; the one who writes (one of the control room's own people, the same
    in every month) gives it their case, short forms, stamps and slips. Words that name mental ill
    health stand in a log if and only if `facts.mental_words`, whatever the state is: where the two
    differ, behaviour is told without a name, or such words stand there meaning something else.

    Args:
        facts: The truth of the incidents.
        plan: Length, slips and identifiers.
        who: The force; its handlers and its postcode area follow from its seed and slug.
        rng: The stream of these logs; the same stream writes the same logs.

    Assumes:
        Moments of the facts are local, in order, and no narrower than a minute.

    Cannot show:
        How real logs are worded: no real log was read. A method's score on these texts is a score
        against this grammar.
    """
    people = stream(who.seed, f"{who.slug}/narratives/handlers")
    handlers = make_handlers(plan, people)
    desk = _Desk(facts, plan, handlers, int(people.integers(1000)), rng)
    text, spans = desk.write()
    if not plan.tells:
        text, spans = _dealt_out(text, spans, rng)
    rows, kinds, starts, ends = zip(*spans, strict=True) if spans else ((), (), (), ())
    return Narratives(
        pa.array(text, pa.string()),
        pa.table([rows, [KINDS[kind] for kind in kinds], starts, ends], schema=SPANS),
    )


class _Desk:
    """Where the logs of one stretch of incidents are written, one after another."""

    def __init__(
        self,
        facts: Facts,
        plan: NarrativesPlan,
        handlers: tuple[Handler, ...],
        postcodes: int,
        rng: np.random.Generator,
    ) -> None:
        words = lexicon()
        count = len(facts)
        self._count = count
        self._rows = Rows.of(facts).columns
        self._writers = [handlers[k] for k in rng.integers(len(handlers), size=count).tolist()]
        self._lengths = (plan.words * np.exp(rng.normal(0, plan.words_spread, count))).tolist()
        self._identities = rng.poisson(plan.identifiers, count).tolist()
        months = facts.reported.astype("M8[M]").astype(np.int64)
        self._years = (months // 12 + 1970).tolist()
        self._months = (months % 12 + 1).tolist()
        days = facts.reported.astype("M8[D]") - facts.reported.astype("M8[M]").astype("M8[D]")
        self._days = (days.astype(np.int64) + 1).tolist()
        # The numbers behind every choice, drawn in bulk and handed out one by one.
        self._draw: Draw = chain.from_iterable(
            iter(lambda: rng.random(_AT_ONCE).tolist(), None)
        ).__next__
        self._content = Content(words, facts, rng, self._draw)
        self._cast = Cast(words, facts, self._draw)
        self._identifiers = Identifiers(words, postcodes, self._draw)

    def write(self) -> tuple[list[str], list[tuple[int, int, int, int]]]:
        texts: list[str] = []
        spans: list[tuple[int, int, int, int]] = []
        for row in range(self._count):
            texts.append(self._log(row, spans))
        return texts, spans

    def _log(self, row: int, spans: list[tuple[int, int, int, int]]) -> str:
        facts, handler = self._rows, self._writers[row]
        scene = Scene(
            female=False,
            age=0,
            caller_female=False,
            street=facts["street"][row],
            town=facts["town"][row],
            year=self._years[row],
            month=self._months[row],
            day=self._days[row],
        )
        slots = self._cast.slots(facts, row, handler, scene)
        statements = self._content.of(
            row,
            words=self._lengths[row] * handler.length,
            identities=self._identities[row],
            about_caller=self._cast.about_caller(facts, row),
        )
        out: list[str] = []
        marked: list[tuple[int, int]] = []
        self._say(statements, slots, handler, out, marked)
        return self._set(row, out, marked, handler, scene, spans)

    def _say(
        self,
        statements: list[Statement],
        slots: list[Symbol],
        handler: Handler,
        out: list[str],
        marked: list[tuple[int, int]],
    ) -> None:
        draw, walk = self._draw, Grammar.walk
        free: list[tuple[int, int]] = []
        last = -1
        for statement in statements:
            minute = statement.minute
            if minute >= 0:
                if draw() < handler.newline:
                    out[-1] = ".\n"
                if minute != last and draw() < handler.stamps:
                    out.append(handler.clocks[minute % 1440] + handler.gap)
                    last = minute
            start = len(out)
            walk(statement.says, slots, draw, out, marked)
            first = out[start]
            if handler.stop[0] == "." or out[start - 1][-1:] == "\n" or not start:
                out[start] = first[:1].upper() + first[1:]
            if not statement.guarded:
                free.append((start, len(out)))
            out.append(handler.stop)
        out[-1] = "." if draw() < 0.95 else ""
        slips = int(handler.typos + draw())
        for _ in range(slips if free else 0):
            start, end = free[int(draw() * len(free))]
            place = start + int(draw() * (end - start))
            out[place] = _slipped(out[place], draw)

    def _set(
        self,
        row: int,
        out: list[str],
        marked: list[tuple[int, int]],
        handler: Handler,
        scene: Scene,
        spans: list[tuple[int, int, int, int]],
    ) -> str:
        if not marked:
            return self._styled("".join(out), handler)
        parts: list[str] = []
        length = begun = 0
        for place, mark in marked:
            between = self._styled("".join(out[begun:place]), handler)
            name = self._identifiers.make(mark, scene)
            if handler.case == "upper":
                name = name.upper()
            start = length + len(between)
            length = start + len(name)
            spans.append((row, mark, start, length))
            parts += (between, name)
            begun = place + 1
        parts.append(self._styled("".join(out[begun:]), handler))
        return "".join(parts)

    def _styled(self, text: str, handler: Handler) -> str:
        for bare, right in _MENDED:
            text = text.replace(bare, right)
        for long, short in handler.short:
            text = text.replace(long, short)
        if handler.dropped:
            for article in (" the ", " a "):
                there = text.count(article)
                if there:
                    text = text.replace(article, " ", int(there * handler.dropped + self._draw()))
        if handler.case == "sentence":
            return text
        return text.upper() if handler.case == "upper" else text.lower()


def _slipped(piece: str, draw: Draw) -> str:
    """Return a piece of text with one slip of the keyboard, where it is long enough for one."""
    place = 1 + int(draw() * (len(piece) - 3))
    pair = piece[place : place + 2]
    if len(piece) < 5 or not (pair.isalpha() and pair.islower()):
        return piece
    chance = draw()
    if chance < 0.4:
        return piece[:place] + pair[1] + pair[0] + piece[place + 2 :]
    if chance < 0.8:
        return piece[:place] + pair[1] + piece[place + 2 :]
    return piece[:place] + pair[0] + piece[place:]


def _dealt_out(
    texts: list[str], spans: list[tuple[int, int, int, int]], rng: np.random.Generator
) -> tuple[list[str], list[tuple[int, int, int, int]]]:
    """Deal the logs out again among the incidents, each with its spans."""
    taken = rng.permutation(len(texts))
    home = np.argsort(taken).tolist()
    moved = sorted((home[row], kind, start, end) for row, kind, start, end in spans)
    moved.sort(key=lambda span: (span[0], span[2]))
    return [texts[row] for row in taken.tolist()], moved
