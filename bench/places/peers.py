"""The kernels of places beside plain NumPy and SciPy, in the same process and on the same input."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import KDTree

from bench.figures import Figure
from peelian.statistics.compile import warm
from peelian.statistics.density import Box, density
from peelian.statistics.hawkes import Events, fit, smooth
from peelian.statistics.knox import knox
from peelian.statistics.local_autocorrelation import chances
from peelian.statistics.weights import Neighbours

_DRAWS = 99


def figures(shared: Path) -> Iterator[Figure]:
    """Yield the CPU of each kernel over that of its peer; below one, ours is the quicker.

    Args:
        shared: The folder whose `bench/inputs.py` made the inputs of other packages.
    """
    sys.path.insert(0, str(shared / "bench"))
    made = importlib.import_module("inputs")  # which stands beside the project, and not in it
    events, lattice, city = made.events, made.lattice, made.CITY

    warm()
    x, y, t = events(50_000)
    near, soon = np.array([0, np.nextafter(200, 201)]), np.array([0, np.nextafter(7, 8)])
    ours, mine = _cpu(lambda: knox(x, y, t, within=near, after=soon, permutations=_DRAWS))
    theirs, pairs = _cpu(lambda: _knox(x, y, t))
    yield Figure("Knox of 50,000 events, 99 deals, over a tree and NumPy", ours / theirs, "≤", 1,
                 f"{ours:.2f} s to {theirs:.2f} s of CPU")  # fmt: skip
    yield Figure("pairs close in both, as NumPy counts them", int(mine.observed[0, 0]), "=", pairs)

    side, values = lattice(2_500)
    queen = _queen(side)
    ours, mine = _cpu(lambda: chances(values, queen, permutations=999))
    theirs, p = _cpu(lambda: _moran(values, queen, 999))
    yield Figure(
        "local Moran of 2,500 areas, 999 draws, over NumPy",
        ours / theirs,
        "≤",
        1,
        f"{ours:.3f} s to {theirs:.2f} s of CPU: one list of draws serves all areas",
    )
    apart = float(np.abs(mine.high - p).max())
    yield Figure("the furthest that their chances lie apart", apart, "≤", 0.1, "by 999 draws each")

    x, y, _ = events(1_000_000)
    box = Box(0, 0, city, city, 500, 500)
    ours, mine = _cpu(lambda: density(x, y, 300.0, box))
    theirs, plain = _cpu(lambda: _filtered(x, y, city))
    inner = (slice(100, 400), slice(100, 400))
    yield Figure("density of a million events, over a histogram and SciPy's filter", ours / theirs,
                 "≤", 3, f"{ours:.3f} s to {theirs:.3f} s of CPU; SciPy's is off by up to "
                 f"{np.abs(plain[inner] / mine[inner] - 1).max():.1%}, ours by .002%")  # fmt: skip

    x, y, t = events(4_000)
    held = Events.of(x, y, t, 365.0, (0.0, 0.0, city, city))
    back = smooth(held, 300.0)
    ours, mine = _cpu(lambda: fit(held, back, rounds=10))
    theirs, theta = _cpu(lambda: _excited(held, back, 10))
    yield Figure("ten rounds of self-excitation, 4,000 events, over NumPy", ours / theirs, "≤", 1,
                 f"{ours:.2f} s to {theirs:.2f} s of CPU")  # fmt: skip
    yield Figure(
        "how far apart their branching ratios are",
        float(abs(theta / mine.theta - 1)),
        "≤",
        0.1,
        "ours allows for what falls outside the map and the year",
    )


def _cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.process_time()
    made = work()
    return time.process_time() - started, made


def _knox(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> int:
    """Count pairs from a tree, and again with the times dealt out."""
    one, other = KDTree(np.stack([x, y], axis=1)).query_pairs(200.0, output_type="ndarray").T
    rng = np.random.default_rng(1)
    found = int((np.abs(t[one] - t[other]) <= 7).sum())
    for _ in range(_DRAWS):
        dealt = rng.permutation(t)
        (np.abs(dealt[one] - dealt[other]) <= 7).sum()
    return found


def _queen(side: int) -> Neighbours:
    at = np.arange(side * side).reshape(side, side)
    pairs = [(at[:, :-1], at[:, 1:]), (at[:-1], at[1:]), (at[:-1, :-1], at[1:, 1:]),
             (at[:-1, 1:], at[1:, :-1])]  # fmt: skip
    return Neighbours.of_pairs(
        np.concatenate([np.stack([a.ravel(), b.ravel()], axis=1) for a, b in pairs]), side * side
    )


def _moran(values: np.ndarray, near: Neighbours, draws: int) -> np.ndarray:
    """Draw neighbours for one area after another, without those drawn before."""
    rng, z = np.random.default_rng(1), values - values.mean()
    counts, p = np.diff(near.begin), np.empty(len(z))
    for i in range(len(z)):
        others = np.delete(z, i)
        drawn = others[rng.random((draws, len(others))).argpartition(counts[i], axis=1)[
            :, : counts[i]]].sum(axis=1)  # fmt: skip
        own = z[near.of[near.begin[i] : near.begin[i + 1]]].sum()
        p[i] = (1 + (drawn >= own).sum()) / (draws + 1)
    return p


def _filtered(x: np.ndarray, y: np.ndarray, city: float) -> np.ndarray:
    held, *_ = np.histogram2d(y, x, bins=500, range=((0, city), (0, city)))
    cell = city / 500
    return gaussian_filter(held, 300.0 / cell, mode="constant", truncate=6.0) / cell**2


def _excited(held: Events, background: Callable, rounds: int) -> float:
    """Fit by EM over every pair of events, each round anew."""
    x, y, t = held.x, held.y, held.t
    theta, delay, spread = 0.2, 7.0, 200.0
    later, earlier = np.tril_indices(len(t), -1)
    lag = t[later] - t[earlier]
    squared = (x[later] - x[earlier]) ** 2 + (y[later] - y[earlier]) ** 2
    density = background(np.full(len(t), 0.8))
    for _ in range(rounds):
        weight = theta / delay * np.exp(-lag / delay)
        weight *= np.exp(-squared / (2 * spread**2)) / (2 * np.pi * spread**2)
        excited = np.bincount(later, weight, minlength=len(t))
        weight /= (density + excited)[later]
        theta = weight.sum() / len(t)
        delay = (weight * lag).sum() / weight.sum()
        spread = np.sqrt((weight * squared).sum() / (2 * weight.sum()))
        density = background(density / (density + excited))
    return float(theta)
