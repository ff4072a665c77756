"""The gates of places, each by the tests that are named for it."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.gates import passing

GATES = (
    *(f"P{n}" for n in (1, 2, 3, 4, 5, 6, 9, 10, 12, 14)),
    *(f"K{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13)),
    *(f"F{n}" for n in range(1, 10)),
)


def figures(work: Path) -> Iterator[Figure]:
    """Yield for each gate how many of its tests pass; one that no test is named for is missed."""
    yield from passing(GATES, work)
