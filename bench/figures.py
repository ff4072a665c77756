"""A figure beside its target: what an acceptance run prints, and whether it was met."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, target: found == target,
    "≤": lambda found, target: found <= target,
    "≥": lambda found, target: found >= target,
}


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Args:
        name: What was measured.
        found: What it came to.
        how: `=`, `≤` or `≥`.
        target: What was promised.
        note: The parts it is made of.
    """

    name: str
    found: Any
    how: str
    target: Any
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the promise was kept; a figure that could not be taken is a miss."""
        return self.found is not None and _COMPARE[self.how](self.found, self.target)

    def line(self) -> str:
        """Return the figure as a line of the acceptance run."""
        mark = "met   " if self.met else "MISSED"
        note = f"  ({self.note})" if self.note else ""
        return f"{mark} {self.name}: {_write(self.found)} {self.how} {_write(self.target)}{note}"


def _write(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def report(figures: list[Figure]) -> int:
    """Print the tally and return an exit code: 1 where any figure was missed."""
    missed = [figure for figure in figures if not figure.met]
    print(f"\n{len(figures) - len(missed)} of {len(figures)} figures met")
    for figure in missed:
        print(figure.line())
    return 1 if missed else 0
