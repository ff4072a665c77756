"""Which of the analyses that places promise can be asked."""

from collections.abc import Iterator

from bench.figures import Figure
from peelian.catalogue import CATALOGUE

PROMISED = (
    "places.hotspots",
    "places.near_repeats",
    "places.spread",
    "places.forecast",
    "fairness.feedback",
)


def figures() -> Iterator[Figure]:
    """Yield for each whether the catalogue has it."""
    held = {entry.id for entry in CATALOGUE}
    for name in PROMISED:
        yield Figure(f"{name} can be asked", name in held, "=", True)
