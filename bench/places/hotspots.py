"""Hot spots planted and not: false alarms among what is called, and how much is found."""

from collections.abc import Iterator

import numpy as np

from bench.figures import Figure
from peelian.statistics.local_autocorrelation import chances, discoveries
from peelian.statistics.weights import Neighbours

_SIDE, _MAPS, _RATE = 30, 200, 0.05
_HOT = 3  # a hot square is so many areas wide
_RISK = 2.0


def figures() -> Iterator[Figure]:
    """Yield the false discoveries of many maps, and the share of planted areas called."""
    near = _lattice()
    row, column = (at.ravel() for at in np.mgrid[:_SIDE, :_SIDE])
    nothing, false, power = [], [], []
    for seed in range(_MAPS):
        rng = np.random.default_rng([1829, seed])
        nothing.append(_called(rng.poisson(8, _SIDE**2), near, seed).any())
        top, left = rng.integers(0, _SIDE - _HOT, 2)
        hot = (np.abs(row - top - 1) <= 1) & (np.abs(column - left - 1) <= 1)
        called = _called(rng.poisson(np.where(hot, 8 * _RISK, 8)), near, seed)
        # an area that touches a hot one lies among high ones, and is no false alarm
        among = near.sums(hot.astype(float)) > 0
        false.append((called & ~among).sum() / max(called.sum(), 1))
        power.append(called[hot].mean())
    told = {
        "no hot spot": (nothing, ""),
        "a hot square of nine areas": (
            false,
            f"; of those nine, at {_RISK:g} times the risk and 8 records elsewhere, "
            f"{np.mean(power):.0%} are called",
        ),
    }
    for name, (values, more) in told.items():
        wide = 3 * float(np.std(values)) / np.sqrt(_MAPS)
        yield Figure(
            f"False discoveries where there is {name}",
            float(np.mean(values)),
            "≤",
            _RATE + wide,
            f"{_MAPS} maps of {_SIDE**2} areas; {_RATE} and 3 standard errors allowed{more}",
        )


def _called(counts: np.ndarray, near: Neighbours, seed: int) -> np.ndarray:
    found = chances(counts.astype(float), near, permutations=39_999, seed=seed)
    return discoveries(found.two_sided, _RATE)


def _lattice() -> Neighbours:
    """Return who touches whom on a square of squares, be it at a corner."""
    at = np.arange(_SIDE**2).reshape(_SIDE, _SIDE)
    ways = ((at[:, :-1], at[:, 1:]), (at[:-1], at[1:]), (at[:-1, :-1], at[1:, 1:]),
            (at[:-1, 1:], at[1:, :-1]))  # fmt: skip
    pairs = [np.stack([one.ravel(), other.ravel()], axis=1) for one, other in ways]
    return Neighbours.of_pairs(np.concatenate(pairs), _SIDE**2)
