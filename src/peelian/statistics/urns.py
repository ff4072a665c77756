"""Urns that feed on themselves: patrol goes where balls are, and adds the balls it finds there."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Correction = Literal["none", "rejection", "weighting"]
_BLOCK = 1_000_000  # balls drawn at a time
_SAME = 1e-9


def limit(replacement: ArrayLike) -> Floats | None:
    """Return the shares an urn tends to, or None where chance alone decides them.

    The left eigenvector of the largest eigenvalue (Athreya and Karlin 1968); of two regions it is
    the root in [0, 1] of (c + d - a - b) x² + (a - 2c - d) x + c for the matrix [[a, b], [c, d]]
    (Ensign and others 2018). Without reports the matrix has only its diagonal, and the region where
    most is found ends up with everything.

    >>> limit([[3, 1], [2, 2]]).round(4).tolist()
    [0.6667, 0.3333]
    >>> limit([[3, 0], [0, 2]]).tolist()
    [1.0, 0.0]
    >>> limit([[2, 0], [0, 2]]) is None
    True

    Args:
        replacement: Mean balls of each region added when a region is drawn: shape (regions,
            regions), a row for each region drawn.
    """
    found = np.linalg.eig(np.asarray(replacement, dtype=float).T)
    values, vectors = np.real(found.eigenvalues), np.real(found.eigenvectors)
    order = np.argsort(-values)
    first, second = values[order[:2]]
    if abs(first - second) <= _SAME * max(abs(first), 1.0):
        return None
    leading = np.abs(vectors[:, order[0]])
    return leading / leading.sum()


def urn(  # noqa: PLR0913  (each is a part of the urn)
    start: ArrayLike,
    found: ArrayLike,
    *,
    reported: ArrayLike | None = None,
    steps: Sequence[int],
    runs: int,
    seed: int,
    correction: Correction = "none",
    chance: bool = True,
    decay: float = 0.0,
) -> Floats:
    """Return the shares of each region in many runs of an urn that feeds on what it finds.

    At every step one region is drawn, each with its share of the balls: patrol goes there. What is
    found there is added to that region; what the public reports is added everywhere (Ensign,
    Friedler, Neville, Scheidegger and Venkatasubramanian 2018, a generalised Pólya urn).

    Args:
        start: Balls of each region before the first step, such as past records: shape (regions,).
        found: Mean of what patrol finds in each region in a step, if it is there.
        reported: Mean of what is reported of each region in a step; nothing if None.
        steps: After which steps the shares are told, rising.
        runs: How many urns.
        seed: Where the draws start.
        correction: What is done to what was found. `rejection`: it is added with a chance in
            inverse proportion to the chance that patrol went there, the least patrolled region's
            always; `weighting`: all of it is added, times that chance.
        chance: Whether what is found and reported are Poisson counts, or exactly their means.
        decay: The chance that a ball is lost in a step; none of the regions goes below one ball.

    Returns:
        Shares: shape (steps told, runs, regions).

    Raises:
        ValueError: Fewer than two regions, a start that is not above zero, or a negative rate.
    """
    begin, mean = np.asarray(start, dtype=float), np.asarray(found, dtype=float)
    told = np.zeros(len(begin)) if reported is None else np.asarray(reported, dtype=float)
    if len(begin) < 2 or not (begin > 0).all() or (mean < 0).any() or (told < 0).any():
        raise ValueError("an urn has two regions or more, each with balls, and no negative rates")
    rng = np.random.default_rng(seed)
    state = np.tile(begin, (runs, 1))
    each, wanted, out = np.arange(runs), {step: i for i, step in enumerate(steps)}, []
    last, block = max(steps), max(1, _BLOCK // (runs * len(begin)))
    for first in range(0, last, block):
        size = min(block, last - first)
        where = rng.random((size, runs))
        gains = _drawn(rng, mean, (size, runs, len(begin)), chance)
        accepts = rng.random((size, runs)) if correction == "rejection" else None
        reports = _drawn(rng, told, (size, runs, len(begin)), chance) if told.any() else None
        for step in range(size):
            total = np.cumsum(state, axis=1)
            at = (total[:, :-1] <= (where[step] * total[:, -1])[:, None]).sum(axis=1)
            gain = gains[step, each, at]
            if correction != "none":
                seldom = state.min(axis=1) / state[each, at]
                gain = gain * (seldom if accepts is None else accepts[step] < seldom)
            state[each, at] += gain
            if reports is not None:
                state += reports[step]
            if decay:
                state = np.maximum(state - rng.binomial(state.astype(np.int64), decay), 1.0)
            if first + step + 1 in wanted:
                out.append(state / state.sum(axis=1, keepdims=True))
    return np.stack(out)


def _drawn(
    rng: np.random.Generator, mean: Floats, shape: tuple[int, int, int], chance: bool
) -> Floats:
    if not chance:
        return np.broadcast_to(mean, shape)
    return np.stack([rng.poisson(m, shape[:2]) for m in mean], axis=2).astype(float)
