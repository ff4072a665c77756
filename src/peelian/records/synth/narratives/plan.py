"""How the logs are written: what a plan may set of their length, slips and identifiers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from peelian.records.synth.keys import Problem, key
from peelian.records.synth.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrativesPlan:
    """The part [narratives] of a plan.

    Whether a log names mental ill health is not set here but by the incident's own
    `mental_words`: this part only carries it out.
    """

    tells: bool = key(
        True,
        "Whether a log tells of its own incident. Off: the same logs, dealt out again among the "
        "incidents, so that text of the same kind says nothing of what was true.",
        "ours: the negative control of any reader of text",
    )
    words: int = key(
        55,
        "The median number of words aimed at in a log; facts that must be told come first.",
        "220 hand-written logs, data/gold_logs/README.md: median 55.5",
        unit="words",
    )
    words_spread: float = key(
        0.3,
        "Standard deviation of the log of that number.",
        "220 hand-written logs: tenths from 35 to 83 words",
    )
    handlers: int = key(
        60,
        "How many people write the logs, each with habits of case, short forms and times.",
        "ours: a control room's few shifts",
    )
    typos: float = key(
        0.35,
        "Slips of the keyboard a log, in the mean over handlers.",
        "ours: hand-written logs have few, real ones are likely to have more",
    )
    dropped: float = key(
        0.3,
        "Share of articles that a handler leaves out, in the mean over handlers.",
        "ours: control-room register",
    )
    identifiers: float = key(
        1.0,
        "Mean number of lines in a log that hold names, addresses, phones, plates or references. "
        "0: none but the officer's who rings.",
        "220 hand-written logs: 60 % have an identifier, 1.6 each",
    )

    def problems(self, period: Period) -> Iterator[Problem]:
        """Yield why this part cannot be carried out."""
        del period  # nothing here has a date
        checks = (
            (not 20 <= self.words <= 120, f"words = {self.words}", "from 20 to 120 words"),
            (
                not 0 <= self.words_spread <= 0.6,
                f"words_spread = {self.words_spread}",
                "from 0 (all alike) to 0.6",
            ),
            (not 1 <= self.handlers <= 1000, f"handlers = {self.handlers}", "from 1 to 1,000"),
            (not 0 <= self.typos <= 5, f"typos = {self.typos}", "from 0 to 5 a log"),
            (not 0 <= self.dropped <= 1, f"dropped = {self.dropped}", "a share from 0 to 1"),
            (
                not 0 <= self.identifiers <= 5,
                f"identifiers = {self.identifiers}",
                "from 0 to 5 lines a log",
            ),
        )
        for wrong, found, try_ in checks:
            if wrong:
                yield Problem(found, try_)

    def off(self) -> Self:
        """Return the negative control: the same logs, saying nothing of their own incidents."""
        return replace(self, tells=False)
