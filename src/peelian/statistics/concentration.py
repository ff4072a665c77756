"""How concentrated counts are over places: Lorenz, Gini, and what equal risk alone would give."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
_BLOCK = 2_000_000  # counts drawn at a time, so that many places and draws stay small in memory


def gini(counts: ArrayLike) -> float:
    """Return the Gini coefficient of counts over places: 0 if all hold alike, near 1 if one does.

    >>> round(gini([3, 1, 1, 0, 0, 0, 0, 0, 0, 0]), 2)
    0.78

    Args:
        counts: The count of each place, shape (places,); some place holds something.
    """
    held = np.sort(np.asarray(counts, dtype=float))
    n = len(held)
    order = np.arange(1, n + 1)
    return float(2 * (order * held).sum() / (n * held.sum()) - (n + 1) / n)


def generalised_gini(counts: ArrayLike, *, unbiased: bool = False) -> float:
    """Return the Gini coefficient against counts spread as evenly as whole numbers allow.

    Where there are fewer records than places, most places must hold none, and the plain
    coefficient is high though nothing is concentrated (Bernasco and Steenbeek 2017).

    >>> sparse = [3, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    >>> round(generalised_gini(sparse), 2), round(generalised_gini(sparse, unbiased=True), 2)
    (0.56, 0.7)

    Args:
        counts: The count of each place, shape (places,).
        unbiased: Whether to multiply by m/(m-1), m being the smaller of places and records.
    """
    held = np.asarray(counts, dtype=float)
    return _generalised(gini(held), len(held), float(held.sum()), unbiased=unbiased)


def _generalised(plain: float, places: int, records: float, *, unbiased: bool) -> float:
    value = max(1.0, places / records) * (plain - 1) + 1
    least = min(float(places), records)
    return value * least / (least - 1) if unbiased and least > 1 else value


def places_holding(counts: ArrayLike, part: float) -> int:
    """Return the least number of places that together hold this part of all records.

    >>> places_holding([6, 3, 1, 0], 0.5), places_holding([6, 3, 1, 0], 0.8)
    (1, 2)

    Args:
        counts: The count of each place, shape (places,).
        part: A share of all records, above 0 and at most 1.
    """
    held = np.cumsum(np.sort(np.asarray(counts, dtype=float))[::-1])
    # A part that is reached to within rounding is reached.
    return int(np.searchsorted(held, part * held[-1] * (1 - 1e-12)) + 1)


def busiest(counts: ArrayLike, part: float) -> NDArray[np.bool_]:
    """Say of each place whether it is of the fewest that hold this part; ties by their order."""
    held = np.asarray(counts, dtype=float)
    among = np.zeros(len(held), dtype=bool)
    among[np.argsort(-held, kind="stable")[: places_holding(held, part)]] = True
    return among


def lorenz(counts: ArrayLike, at: ArrayLike) -> Floats:
    """Return the share of records in the busiest places, those first that hold most.

    Between two places the curve is a straight line, as Lorenz drew it.

    >>> lorenz([6, 3, 1, 0], [0.25, 0.5, 1.0]).tolist()
    [0.6, 0.9, 1.0]

    Args:
        counts: The count of each place, shape (places,).
        at: Shares of places, from 0 to 1.
    """
    held = np.cumsum(np.sort(np.asarray(counts, dtype=float))[::-1])
    places = np.arange(len(held) + 1) / len(held)
    return np.interp(np.asarray(at, dtype=float), places, np.concatenate([[0.0], held / held[-1]]))


@dataclass(frozen=True)
class Figure:
    """One figure of the places' counts beside what equal risk alone gives.

    Args:
        value: What was counted.
        expected: Its mean over draws of equal risk.
        low: Lower end of the middle 95% of them.
        high: Upper end.
        p: How often equal risk gives as much or more (Davison and Hinkley's r+1 over R+1).
    """

    value: Floats
    expected: Floats
    low: Floats
    high: Floats
    p: Floats


def beside_equal_risk(
    counts: ArrayLike,
    figures: Callable[[Floats], ArrayLike],
    *,
    risk: ArrayLike | None = None,
    draws: int,
    seed: int,
) -> Figure:
    """Set figures of counts beside those that records falling at random would have.

    Each draw lets as many records fall, one by one, each on a place with its share of the risk: a
    multinomial. What such draws have too is no concentration of risk but luck.

    Args:
        counts: The count of each place, shape (places,).
        figures: What is worked out of counts; returns one number or several.
        risk: What the risk of each place is in proportion to, shape (places,); alike if None.
        draws: How many times the records fall.
        seed: Where the draws start.

    Assumes:
        Records are independent of one another. Repeats and series concentrate counts too, without
        any lasting risk of the place.
    """
    held = np.asarray(counts, dtype=float)
    risks = np.ones(len(held)) if risk is None else np.asarray(risk, dtype=float)
    rng = np.random.default_rng(seed)
    records, share = round(held.sum()), risks / risks.sum()
    block = max(1, _BLOCK // len(held))
    found = []
    for start in range(0, draws, block):
        fallen = rng.multinomial(records, share, size=min(block, draws - start))
        found += [np.atleast_1d(figures(row.astype(float))) for row in fallen]
    drawn, value = np.stack(found), np.atleast_1d(np.asarray(figures(held), dtype=float))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    as_much = (drawn >= value - 1e-12).sum(axis=0)
    return Figure(value, drawn.mean(axis=0), low, high, (as_much + 1) / (draws + 1))


@dataclass(frozen=True)
class Kept:
    """How far the busiest places of one part of time stay the busiest in the next.

    Args:
        same: Share of the earlier part's busiest places that are among the later part's.
        by_chance: What that share would be if the later ones were any places.
        then: Share of the earlier part's records that its busiest places hold.
        later: Share of the later part's records that those same places hold.
    """

    same: float
    by_chance: float
    then: float
    later: float


def kept(earlier: ArrayLike, later: ArrayLike, part: float) -> Kept:
    """Say how far the fewest places that hold a part of the records stay the same.

    Args:
        earlier: The count of each place in the earlier part of time, shape (places,).
        later: The count of each in the later part.
        part: The share of records that makes places the busiest.
    """
    before, after = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    top, next_top = busiest(before, part), busiest(after, part)
    return Kept(
        float((top & next_top).sum() / top.sum()),
        float(next_top.mean()),
        float(before[top].sum() / before.sum()),
        float(after[top].sum() / after.sum()),
    )
