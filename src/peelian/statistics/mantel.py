"""Mantel's test: do events further apart in space lie further apart in time, over all pairs?"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.kernels_mantel import add_products, add_squares

Floats = NDArray[np.float64]
_SHUFFLES = 64  # at once
_MOST_EVENTS = 5_000  # twelve million pairs, each looked at in every shuffle


@dataclass(frozen=True, slots=True)
class Mantel:
    """How far distances and gaps in time go together.

    Args:
        r: Their correlation over all pairs.
        shuffled: The same for each shuffle of the times: shape (shuffles,).
    """

    r: float
    shuffled: Floats

    @property
    def p(self) -> float:
        """How often chance gives as much: (as many + 1) / (shuffles + 1)."""
        return float(((self.shuffled >= self.r).sum() + 1) / (len(self.shuffled) + 1))


def mantel(
    x: Floats,
    y: Floats,
    times: Floats,
    *,
    permutations: int = 999,
    seed: int = 1829,
    manhattan: bool = False,
    reciprocal: float = 0.0,
) -> Mantel:
    """Return the correlation, over all pairs, of distance with gap in time (Mantel 1967).

    Pairs are worked out row by row and none is kept, so memory grows with events, not with pairs.

    Args:
        x: Eastings in metres: shape (events,).
        y: Northings in metres.
        times: When, in days.
        permutations: How often times are shuffled among the places.
        seed: For the shuffles.
        manhattan: Whether distance is along a grid of streets.
        reciprocal: Where above nought, it is added to distances and gaps, and one over each is
            taken, so that near pairs weigh most: Mantel's own advice, and it makes the answer
            depend on the number added and on the units.

    Raises:
        ValueError: There are fewer than three events or more than 5,000, a number is not finite,
            or all distances or all gaps are the same.

    Assumes:
        Each event's time belongs to it alone, and growth is the same everywhere.

    Cannot show:
        Short-range interaction, in practice: of a thousand events half a million pairs are far
        apart, and they make up the correlation. A small r that is likely by chance says nothing
        about near repeats; `knox` asks of the pairs that are near.
    """
    x, y, times = (np.ascontiguousarray(v, float) for v in (x, y, times))
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(times).all()):
        raise ValueError("coordinates and times are finite numbers")
    if not 3 <= len(times) <= _MOST_EVENTS:
        raise ValueError(f"Mantel's sum over all pairs is taken of 3 to {_MOST_EVENTS:,} events")
    far = add_squares(x, y, manhattan, reciprocal)
    gap = add_squares(times, np.zeros(len(times)), False, reciprocal)
    pairs = len(times) * (len(times) - 1) / 2
    spread = np.sqrt(_variance(far, pairs) * _variance(gap, pairs))
    if not spread > 0:
        raise ValueError("distances are not all the same, and neither are gaps in time")

    def correlations(shuffles: Floats) -> Floats:
        products = np.zeros(shuffles.shape[1])
        add_products(x, y, shuffles, manhattan, reciprocal, products)
        return (products / pairs - far[0] / pairs * gap[0] / pairs) / spread

    batches = [min(_SHUFFLES, permutations - i) for i in range(0, permutations, _SHUFFLES)]
    streams = np.random.default_rng(seed).spawn(len(batches))
    with ThreadPoolExecutor(max(1, min(os.cpu_count() or 1, 4))) as pool:
        done = pool.map(
            lambda job: correlations(_shuffled(times, *job)), zip(batches, streams, strict=True)
        )
        shuffled = np.concatenate([np.empty(0), *done])
    return Mantel(float(correlations(times[:, None])[0]), shuffled)


def _shuffled(times: Floats, size: int, rng: np.random.Generator) -> Floats:
    return np.ascontiguousarray(np.stack([rng.permutation(times) for _ in range(size)], axis=1))


def _variance(sums: tuple[float, float], pairs: float) -> float:
    """Return the variance over pairs; nought where it is not above what rounding leaves."""
    mean, square = sums[0] / pairs, sums[1] / pairs
    variance = square - mean * mean
    return variance if variance > 1e-12 * square else 0.0
