"""Did some parts of a map grow more than others over the time looked at?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f

Floats = NDArray[np.float64]
_FEWEST = 40  # events of a part
_MOST_PARTS = 16
_QUARTERS = 4
_IN_STRETCH = 3  # events of a part in a stretch of time, about, at least


@dataclass(frozen=True, slots=True)
class Growth:
    """How events of parts of a map are spread over quarters of all events' time.

    Args:
        counts: Events by part and quarter: shape (parts, 4).
        p: How often parts alike in their growth differ as much.
    """

    counts: NDArray[np.int64]
    p: float


def uneven_growth(x: Floats, y: Floats, times: Floats) -> Growth | None:
    """Do parts of a map share one course over time, or did some grow and others not?

    The map is halved again and again at the middle event, and events are put in four quarters of
    the time that each hold a fourth of them; a chi-square test of parts by quarters follows. Events
    that come in bunches make parts differ by that alone, so the statistic is measured against how
    far parts differ between shorter stretches of one quarter (a quasi-likelihood F test).

    Args:
        x: Eastings: shape (events,).
        y: Northings.
        times: When.

    Returns:
        None where there are too few events, or too few moments, to tell.

    Assumes:
        Bunches are shorter than the stretches: a quarter is cut in 13 where there are enough
        events, which of a year are weeks.
    """
    part = _halved(np.stack([x, y], axis=1))
    parts = int(part.max(initial=0)) + 1
    stretches = int(np.clip(len(times) / (parts * _QUARTERS * _IN_STRETCH), 2, 13))
    cuts = np.quantile(times, np.arange(1, _QUARTERS * stretches) / (_QUARTERS * stretches))
    stretch = np.searchsorted(cuts, times, side="left")
    fine = np.zeros((parts, _QUARTERS * stretches), np.int64)
    np.add.at(fine, (part, stretch), 1)
    by_quarter = fine.reshape(parts, _QUARTERS, stretches)
    counts = by_quarter.sum(axis=2)
    between, freedom = _chi_square(counts)
    within = [_chi_square(by_quarter[:, quarter]) for quarter in range(_QUARTERS)]
    less = sum(freedom for _, freedom in within)
    if not freedom or not less:
        return None
    noise = max(sum(statistic for statistic, _ in within) / less, 1.0)
    return Growth(counts, float(f.sf(between / freedom / noise, freedom, less)))


def _chi_square(counts: NDArray[np.int64]) -> tuple[float, int]:
    """Return how far rows differ in their shares of columns, and the degrees of freedom."""
    held = counts[:, counts.sum(axis=0) > 0]
    held = held[held.sum(axis=1) > 0]
    if min(held.shape) < 2:
        return 0.0, 0
    expected = np.outer(held.sum(axis=1), held.sum(axis=0)) / held.sum()
    statistic = float(((held - expected) ** 2 / expected).sum())
    return statistic, (held.shape[0] - 1) * (held.shape[1] - 1)


def _halved(at: Floats) -> NDArray[np.int64]:
    """Return the part each event lies in: across, then along, while parts hold enough."""
    parts = [np.arange(len(at))]
    axis = int(np.ptp(at[:, 1]) > np.ptp(at[:, 0])) if len(at) else 0
    while len(parts) < _MOST_PARTS and min(map(len, parts)) >= 2 * _FEWEST:
        halves = []
        for part in parts:
            order = part[np.argsort(at[part, axis], kind="stable")]
            halves += [order[: len(order) // 2], order[len(order) // 2 :]]
        parts, axis = halves, 1 - axis
    numbers = np.zeros(len(at), np.int64)
    for number, part in enumerate(parts):
        numbers[part] = number
    return numbers
