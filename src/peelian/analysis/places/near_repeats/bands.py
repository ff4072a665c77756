"""Bands of distance and of days: what is counted in each, and a label that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from peelian.errors import UsageError

_SAME = 1.0  # metres: nearer than this is the same place


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands that follow on one another; each holds its lower edge and not its upper.

    Args:
        edges: Rising from 0: shape (bands + 1,).
        labels: What each holds, in whole units, and at the end what lies beyond.
    """

    edges: np.ndarray
    labels: tuple[str, ...]


def bands_of(within: Sequence[int], after: Sequence[int], convention: str) -> tuple[Bands, Bands]:
    """Return the bands of distance and of days.

    Args:
        within: Upper ends in metres.
        after: Upper ends in days.
        convention: `as-labelled` counts an upper end in, `older-calculator` does not.

    Raises:
        UsageError: Upper ends do not rise, or the first is not above nought.
    """
    for name, ends in (("within_metres", within), ("after_days", after)):
        if not ends or min(ends) < 1 or list(ends) != sorted(set(ends)):
            raise UsageError(
                f"{name} are whole numbers that rise from above nought.",
                found=", ".join(map(str, ends)) or "none",
                try_=f"{name}=100,200,300" if name == "within_metres" else f"{name}=7,14,28",
                read="how-to/read-near-repeats",
            )
    more = 1 if convention == "as-labelled" else 0
    far, long = [end + more for end in within], [end + more for end in after]
    near = "Same place" if far[0] > _SAME else ""
    distance = Bands(
        np.array([0.0, _SAME, *far]) if near else np.array([0.0, *far]),
        (near, *_labels([1, *far], "m", more)) if near else _labels([0, *far], "m", more),
    )
    return distance, Bands(np.array([0.0, *long]), _labels([0, *long], "days", 1))


def _labels(edges: Sequence[int], unit: str, whole: int) -> tuple[str, ...]:
    """Name each band by the least and the most it holds, and what lies beyond the last."""
    named = [
        f"{low} to {high - 1} {unit}" if whole else f"{low} to under {high} {unit}"
        for low, high in pairwise(edges)
    ]
    last = f"over {edges[-1] - 1} {unit}" if whole else f"{edges[-1]} {unit} and over"
    return (*named, last)
