"""The rule that makes strata, as data: a flag, a score in bands, a class of call."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from peelian.errors import CannotAnswer, UsageError

PAGE = "how-to/read-logs-by-hand"
ClassColumn = Literal["category", "opening_code", "grade"]
OTHER = "other"  # every class that has no stratum of its own
_MOST = 2  # signs or words: as many or more make the highest band


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine's labels: which codebook and code, and where its score is cut into bands."""

    codebook: str
    code: str
    cuts: tuple[float, ...] = (0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Cell:
    """One stratum: flagged or not, a band, and a class of call; `other` for all that have none."""

    flagged: bool
    band: int
    called: str = OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What strata are made of; at most one of `signs`, `words` and `machine` makes the bands.

    Args:
        flags: Definitions, by name or path: a log that meets any of them is flagged.
        signs: Definitions of which a log may meet none, one, or two and more.
        words: Words of which a log may hold none, one, or two and more.
        machine: A machine's score.
        column: The column that holds the class of call; None for no classes.
        cells: The strata. A log whose own cell is not among them is in its band's `other`.
        fingerprints: Of each definition, as it was when the sample was drawn.
    """

    flags: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    machine: Machine | None = None
    column: ClassColumn | None = None
    cells: tuple[Cell, ...] = ()
    fingerprints: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        told = [name for name in ("signs", "words", "machine") if getattr(self, name)]
        if len(told) > 1:
            raise UsageError(
                "The bands of a sample are made by one thing.",
                found=" and ".join(told),
                try_="signs, words or machine",
                read=PAGE,
            )
        if self.machine and list(self.machine.cuts) != sorted(set(self.machine.cuts)):
            raise UsageError(
                "The cuts of a machine's score rise, each once.", try_="0.2,0.5", read=PAGE
            )

    @property
    def bands(self) -> int:
        """How many bands there can be."""
        if self.machine:
            return len(self.machine.cuts) + 1
        return 1 + min(_MOST, len(self.signs) + len(self.words))

    @property
    def definitions(self) -> tuple[str, ...]:
        """Return every definition it looks at."""
        return tuple(dict.fromkeys((*self.flags, *self.signs)))

    def name(self, cell: Cell) -> str:
        """Return what a stratum is called, for people and as its key.

        >>> Rule(flags=("a",), signs=("b", "c")).name(Cell(False, 2))
        'not flagged, signs: two or more'
        """
        parts = [("flagged" if cell.flagged else "not flagged")] if self.flags else []
        if self.bands > 1:
            parts.append(f"{self._measure}: {self._band(cell.band)}")
        if self.column and cell.called != OTHER:
            parts.append(cell.called)
        elif self.column and any(
            (c.flagged, c.band) == (cell.flagged, cell.band) and c != cell for c in self.cells
        ):
            parts.append("other classes")
        return ", ".join(parts) or "all"

    @property
    def _measure(self) -> str:
        return "score" if self.machine else "signs" if self.signs else "words"

    def _band(self, band: int) -> str:
        if not self.machine:
            words = ("none", "one", "two or more")
            return "one" if band == 1 and self.bands == 2 else words[band]
        cuts = self.machine.cuts
        if band == 0:
            return f"under {cuts[0]:g}"
        high = f" to {cuts[band]:g}" if band < len(cuts) else " or more"
        return f"{cuts[band - 1]:g}{high}"

    def as_json(self) -> str:
        """Return it as the store keeps it."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Rule":
        """Read it as the store keeps it.

        Raises:
            CannotAnswer: It is none.
        """
        try:
            raw: dict[str, Any] = json.loads(text)
            machine = raw.pop("machine")
            cells = tuple(Cell(**cell) for cell in raw.pop("cells"))
            made: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in raw.items()
            }
            return cls(
                **made,
                cells=cells,
                machine=Machine(machine["codebook"], machine["code"], tuple(machine["cuts"]))
                if machine
                else None,
            )
        except (ValueError, TypeError, KeyError) as problem:
            raise CannotAnswer(
                "The rule that made a sample's strata cannot be read.",
                found=type(problem).__name__,
                try_="leave `rule` empty in strata that peelian did not make",
                read=PAGE,
            ) from problem


def settle_cells(
    rule: Rule, counts: Mapping[Cell, int], *, smallest: int, own_classes: int
) -> tuple[Cell, ...]:
    """Return the strata of a plan: classes large enough to stand alone, the rest together.

    Args:
        rule: The rule; its cells are not looked at.
        counts: How many logs there are in each cell, by class.
        smallest: Least logs of a class that stands alone within its flag and band.
        own_classes: Most classes that do.
    """
    groups: dict[tuple[bool, int], dict[str, int]] = {}
    for cell, n in counts.items():
        groups.setdefault((cell.flagged, cell.band), {})[cell.called] = n
    found: list[Cell] = []
    for (flagged, band), classes in sorted(groups.items()):
        large = sorted((c for c, n in classes.items() if n >= smallest and c != OTHER),
                       key=lambda c: (-classes[c], c))  # fmt: skip
        alone = large[:own_classes] if rule.column else []
        left = sum(n for c, n in classes.items() if c not in alone)
        if alone and 0 < left < smallest:  # too few to be a stratum: with the smallest class
            alone = alone[:-1]
            left = 1
        found += [Cell(flagged, band, called) for called in sorted(alone)]
        found += [Cell(flagged, band)] if left or not alone else []
    return tuple(found)


def total(counts: Mapping[Cell, int], cells: Sequence[Cell]) -> dict[Cell, int]:
    """Return how many logs each stratum holds, those without a stratum of their own in `other`."""
    held = dict.fromkeys(cells, 0)
    for cell, n in counts.items():
        held[cell if cell in held else Cell(cell.flagged, cell.band)] += n
    return held
