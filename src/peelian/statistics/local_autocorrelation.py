"""Which areas lie among high or low ones: local Moran, Getis and Ord, and what chance gives."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.weights import Neighbours

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ROUNDING = 1e-11  # of the largest sum: sums made in another order are the same sum


def local_moran(values: Floats, near: Neighbours, divisor: Literal["n", "n-1"] = "n") -> Floats:
    """Return each area's part in Moran's I, neighbours' rows standardised.

    Args:
        values: One number an area.
        near: Who neighbours whom.
        divisor: What the variance is divided by. The R package spdep takes n, so that the mean over
            areas is Moran's I; the Python package esda takes n - 1.
    """
    z = values - np.mean(values)
    n = len(z)
    spread = (z @ z) / (n if divisor == "n" else n - 1)
    return z * near.means(z) / spread


def gi_star(values: Floats, near: Neighbours, *, star: bool = True) -> Floats:
    """Return each area's Gi* as a standard score: is what lies in and round it high or low?

    Every neighbour weighs one. Ord and Getis (1995), their formula 14; without the star the area
    itself is left out, of the mean and the variance too.

    Args:
        values: One number an area.
        near: Who neighbours whom.
        star: Whether an area is its own neighbour.
    """
    x, n = np.asarray(values, float), len(values)
    many = near.many.astype(float)
    if star:
        total, many = near.sums(x) + x, many + 1
        mean, spread, others = x.mean(), x.var(), n
    else:
        total = near.sums(x)
        mean = (x.sum() - x) / (n - 1)
        spread = ((x**2).sum() - x**2) / (n - 1) - mean**2
        others = n - 1
    variance = spread * (others * many - many**2) / (others - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance > 0, (total - mean * many) / np.sqrt(variance), 0.0)


@dataclass(frozen=True, slots=True)
class Chances:
    """How often chance puts neighbours as high as an area's, or as low.

    Args:
        high: (As high + 1) / (draws + 1): shape (areas,); 1 for an island.
        low: Likewise as low.
        draws: Draws each area was set against.
    """

    high: Floats
    low: Floats
    draws: Ints

    @property
    def two_sided(self) -> Floats:
        """Twice the smaller of the two, at most 1."""
        return np.minimum(2 * np.minimum(self.high, self.low), 1.0)


def chances(
    values: Floats, near: Neighbours, *, permutations: int = 9999, seed: int = 1829
) -> Chances:
    """Hold each area as it is, deal the other values out to its neighbours, and see how high it is.

    The conditional permutation of Anselin (1995). All neighbours weigh alike, so the same draws
    serve local Moran and Gi*, both of which rise with the sum of an area's neighbours. One list of
    draws serves all areas: each draw is a set of areas without repetition, an area is set against
    the first k of every draw that does not hold it, and those are fair draws from the others. So
    the work is draws times neighbours, however many areas there are.

    Args:
        values: One number an area.
        near: Who neighbours whom.
        permutations: How many draws.
        seed: For the draws.

    Raises:
        ValueError: Some area has all others for neighbours, so that there is nothing to deal out.

    Assumes:
        Values could as well lie elsewhere. Where neighbouring areas resemble one another anyway,
        many will be called out of the ordinary, and rightly so by this yardstick.
    """
    x, n, many = np.asarray(values, float), len(values), near.many
    most = int(many.max(initial=0))
    if most >= n - 1:
        raise ValueError("an area has all others for neighbours")
    drawn = _draws(n, most, permutations, np.random.default_rng(seed))
    sums = np.cumsum(x[drawn], axis=1)
    here = near.sums(x)
    slack = _ROUNDING * float(np.abs(x).max(initial=0)) * max(most, 1)
    high, low = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for k in np.unique(many[many > 0]):
        some = np.flatnonzero(many == k)
        order = np.sort(sums[:, k - 1])
        high[some] = permutations - np.searchsorted(order, here[some] - slack, side="left")
        low[some] = np.searchsorted(order, here[some] + slack, side="right")
    # a draw that holds the area itself among its first k is none of its draws
    draw, place = np.nonzero(np.arange(most) < many[drawn])
    area = drawn[draw, place]
    total = sums[draw, many[area] - 1]
    high -= np.bincount(area, total >= here[area] - slack, minlength=n).astype(np.int64)
    low -= np.bincount(area, total <= here[area] + slack, minlength=n).astype(np.int64)
    draws = permutations - np.bincount(area, minlength=n)
    none = many == 0
    return Chances(
        np.where(none, 1.0, (high + 1) / (draws + 1)),
        np.where(none, 1.0, (low + 1) / (draws + 1)),
        np.where(none, 0, draws),
    )


def _draws(areas: int, size: int, many: int, rng: np.random.Generator) -> Ints:
    """Draw sets of areas in random order, none twice in a set: shape (many, size)."""
    if size * size > 4 * areas:  # sets without a repeat would be rare
        return np.argsort(rng.random((many, areas)), axis=1)[:, :size]
    drawn = rng.integers(0, areas, (many, size))
    while True:
        ordered = np.sort(drawn, axis=1)
        twice = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
        if not len(twice):
            return drawn
        drawn[twice] = rng.integers(0, areas, (len(twice), size))


def discoveries(p: Floats, rate: float = 0.05) -> NDArray[np.bool_]:
    """Say which of many tests to believe, so that at most such a share of those are false alarms.

    Benjamini and Hochberg (1995); Caldas de Castro and Singer (2006) for maps.

    Args:
        p: Chances: shape (tests,).
        rate: The share of false alarms among discoveries, on average.

    Assumes:
        Tests are independent, or high together; neighbouring areas' are.
    """
    order = np.sort(p)
    below = np.flatnonzero(order <= rate * np.arange(1, len(p) + 1) / max(len(p), 1))
    return p <= order[below[-1]] if len(below) else np.zeros(len(p), bool)


def draws_needed(areas: int, hot: int, rate: float = 0.05) -> int:
    """Return how many permutations it takes before so few areas could be called at all.

    The least chance that draws can show is 1 / (draws + 1), and the first of `hot` discoveries
    among `areas` needs one of rate * hot / areas.

    >>> draws_needed(5000, 10)
    9999
    """
    return int(np.ceil(areas / (rate * max(hot, 1)) - 1e-9)) - 1
