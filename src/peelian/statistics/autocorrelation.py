"""Do neighbours resemble one another: Moran, Geary, Getis and Ord, two measures, and rates."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.weights import Neighbours

Floats = NDArray[np.float64]
Style = Literal["row", "binary"]


@dataclass(frozen=True, slots=True)
class Moran:
    """Moran's I with what it would be if values were dealt out to areas at random."""

    value: float
    expected: float
    variance: float

    @property
    def z(self) -> float:
        """How many standard deviations it lies above what chance gives."""
        return (self.value - self.expected) / np.sqrt(self.variance)


def moran(values: Floats, near: Neighbours, style: Style = "row") -> Moran:
    """Do high values neighbour high ones and low ones low ones, over the whole map?

    Args:
        values: One number an area.
        near: Who neighbours whom.
        style: `row` gives each area's neighbours a weight of one together, `binary` one each.

    Raises:
        ValueError: There are fewer than four areas, or all have one value, or none has a neighbour.

    Assumes:
        Values are alike in their variance. Rates of unequal populations are not: `rates_moran`.

    The variance is that under randomisation (Cliff and Ord, 1981).
    """
    z, n = _centred(values), len(values)
    weight = _weights(near, style)
    s0 = weight.sum()
    if s0 == 0:
        raise ValueError("no area has a neighbour")
    value = n / s0 * (z @ _lag(z, near, style)) / (z @ z)
    one = np.repeat(np.arange(n), near.many)
    # of w_ij + w_ji: neighbours are mutual, so both stand in the list
    both = weight + weight_back(near, weight)
    s1 = (both**2).sum() / 2
    rows = np.bincount(one, weight, minlength=n)
    columns = np.bincount(near.of, weight, minlength=n)
    s2 = ((rows + columns) ** 2).sum()
    kurtosis = n * (z**4).sum() / (z @ z) ** 2
    expected = -1 / (n - 1)
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * (n * (n - 1) * s1 - 2 * n * s2 + 6 * s0**2)
    squared = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2)
    return Moran(float(value), expected, float(squared - expected**2))


def geary(values: Floats, near: Neighbours, style: Style = "row") -> float:
    """Return Geary's C: how far neighbours differ; one where they differ as any two areas do."""
    z, n = _centred(values), len(values)
    weight = _weights(near, style)
    apart = (np.repeat(z, near.many) - z[near.of]) ** 2
    return float((n - 1) / (2 * weight.sum()) * (weight @ apart) / (z @ z))


def getis_ord(values: Floats, near: Neighbours) -> tuple[float, float]:
    """Return the general G of Getis and Ord (1992), and what it would be by chance.

    Raises:
        ValueError: A value is below nought, for which G says nothing.
    """
    x, n = np.asarray(values, float), len(values)
    if (x < 0).any():
        raise ValueError("G is of values of nought or more")
    whole = x.sum() ** 2 - (x**2).sum()
    return float(x @ near.sums(x) / whole), len(near.of) / (n * (n - 1))


def bivariate_moran(one: Floats, other: Floats, near: Neighbours) -> float:
    """Return how far one measure goes with its neighbours' other measure, areas' rows standardised.

    Cannot show:
        That the two go together in the same place: it leaves that out. `lees_l` does not.
    """
    x, y = _standard(one), _standard(other)
    return float(x @ near.means(y) / len(x))


def lees_l(one: Floats, other: Floats, near: Neighbours) -> float:
    """Return Lee's L (2001): how far two measures go together, each smoothed over its neighbours.

    Smoothing is over neighbours, each row standardised, without the area itself.
    """
    x, y = near.means(_centred(one)), near.means(_centred(other))
    rows = (near.many > 0).sum()  # each row's weights add up to one
    spread = np.sqrt((_centred(one) ** 2).sum() * (_centred(other) ** 2).sum())
    return float(len(x) / rows * (x @ y) / spread)


def rates_moran(counts: Floats, people: Floats, near: Neighbours, style: Style = "row") -> Moran:
    """Do high rates neighbour high ones, where populations are unequal?

    Rates are set in standard deviations of what chance makes of them (Assunção and Reis, 1999).
    """
    return moran(standard_rates(counts, people), near, style)


def standard_rates(counts: Floats, people: Floats) -> Floats:
    """Return each area's rate less the overall one, in its own standard deviations.

    Raises:
        ValueError: An area has no people.
    """
    counts, people = np.asarray(counts, float), np.asarray(people, float)
    if (people <= 0).any():
        raise ValueError("each area has people")
    rate, whole = counts / people, counts.sum() / people.sum()
    spread = people @ (rate - whole) ** 2 / people.sum()
    between = spread - whole / people.mean()
    variance = between + whole / people
    # where that is nought or less, chance alone is more than the rates vary by: between is nought
    return (rate - whole) / np.sqrt(np.where(variance > 0, variance, whole / people))


def weight_back(near: Neighbours, weight: Floats) -> Floats:
    """Return, for each link, the weight of the link that leads back."""
    n = len(near)
    one = np.repeat(np.arange(n), near.many)
    back = near.of * n + one  # links stand in order of (from, to), so these are found by search
    return weight[np.searchsorted(one * n + near.of, back)]


def _weights(near: Neighbours, style: Style) -> Floats:
    if style == "binary":
        return np.ones(len(near.of))
    return np.repeat(1 / np.maximum(near.many, 1), near.many)


def _lag(z: Floats, near: Neighbours, style: Style) -> Floats:
    return near.sums(z) if style == "binary" else near.means(z)


def _centred(values: Floats) -> Floats:
    x = np.asarray(values, float)
    if len(x) < 4 or not np.isfinite(x).all() or np.ptp(x) == 0:
        raise ValueError("there are four areas or more, and their values are not all one")
    return x - x.mean()


def _standard(values: Floats) -> Floats:
    z = _centred(values)
    return z / np.sqrt((z**2).mean())
