"""What a plan of a reading was asked for, and what it came to."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peelian.errors import UsageError
from peelian.reading.codebook import Codebook
from peelian.reading.rule import PAGE, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a plan was asked for.

    Args:
        codebook: What the logs are read for.
        rule: What makes the strata; definitions by name, family or path.
        read: How many logs are to be read.
        first, last: The days that logs are drawn from; None for no limit.
        source: Whose logs, where the store holds several sources' of them.
        least: Least logs read of a stratum that has as many.
        least_low: Least logs read of the lowest, where most logs are and few are looked for.
        guess_flagged: The share that is thought to be so among flagged logs.
        guess_rest: Among those that are neither flagged nor show any sign.
        own_classes: Most classes of call that are strata of their own, within flag and band.
        smallest: Least logs of such a class; one in fifty of all where that is more.
        twice: The share of the logs that both readers read.
        seed: Where chance begins.
    """

    codebook: Codebook
    rule: Rule
    read: int = 400
    first: date | None = None
    last: date | None = None
    source: str = ""
    least: int = 20
    least_low: int = 100
    guess_flagged: float = 0.8
    guess_rest: float = 0.01
    own_classes: int = 3
    smallest: int = 200
    twice: float = 1.0
    seed: int = 1829

    def __post_init__(self) -> None:
        fits = (
            self.read >= 1
            and 1 <= self.least <= self.least_low
            and self.smallest >= 1
            and self.own_classes >= 0
            and 0 <= self.twice <= 1
            and 0 < self.guess_rest < 1
            and 0 < self.guess_flagged < 1
            and 0 <= self.seed < 2**63
        )
        if not fits:
            raise UsageError(
                "A reading reads some logs, and its shares are between nought and one.",
                found=f"read={self.read}, least={self.least}, least_low={self.least_low}, "
                f"smallest={self.smallest}, own_classes={self.own_classes}, twice={self.twice}, "
                f"guess_flagged={self.guess_flagged}, guess_rest={self.guess_rest}, "
                f"seed={self.seed}",
                try_="read=400, least=20, least_low=100, twice=1, guess_rest=0.01",
                read=PAGE,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One stratum of a plan: how many logs it holds, how many are read, what share is guessed."""

    name: str
    size: int
    drawn: int
    guess: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which logs are read, and how sure the share will be if the guesses are right.

    Args:
        name: The plan's name.
        strata: Its strata.
        without_text: Drawn logs that have no text to be read.
        width: How wide the interval should come out, from end to end.
        width_simple: How wide that of as many logs drawn at random among all would.
        low: How many are read of those strata where least is looked for.
        low_size: How many logs they hold.
        bound: The highest share there that finding none would leave likely.
        held: Whether the store held this very plan already.
        load_id: Its row of the ledger; empty where nothing was written.
    """

    name: str
    strata: tuple[Stratum, ...]
    without_text: int
    width: float
    width_simple: float
    low: int
    low_size: int
    bound: float
    held: bool = False
    load_id: str = ""

    @property
    def read(self) -> int:
        """How many logs are read."""
        return sum(one.drawn for one in self.strata)

    @property
    def size(self) -> int:
        """How many logs there are."""
        return sum(one.size for one in self.strata)

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it for machines."""
        return {
            "plan": self.name,
            "read": self.read,
            "of": self.size,
            "strata": [
                {"stratum": s.name, "size": s.size, "read": s.drawn, "guess": s.guess}
                for s in self.strata
            ],
            "without_text": self.without_text,
            "width": self.width,
            "width_simple": self.width_simple,
            "rule_of_three": {"read": self.low, "of": self.low_size, "bound": self.bound},
            "held": self.held,
            "load_id": self.load_id,
        }
