"""The gates of demand, each by the tests that are named for it."""

from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.gates import passing

# Two numbers that D9 and D10 are about are no test's, but the run's own: see corrected, recording.
GATES = ("D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "T1", "T2")


def figures(work: Path) -> Iterator[Figure]:
    """Yield for each gate how many of its tests pass, of how many there are."""
    yield from passing(GATES, work)
