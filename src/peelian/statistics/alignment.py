"""Moving counts from one set of areas to another through weighted links, losing none."""

from dataclasses import dataclass

import numpy as np

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Moved:
    """Counts in their new areas, and what could not be moved.

    Args:
        counts: Counts by new area; the total is that of the old ones less `left_behind`.
        unlinked: Old areas with a count that no link leads from.
        unweighted: Old areas with a count and a link that lacks its weight.
        left_behind: The counts of those two, added up.
    """

    counts: np.ndarray
    unlinked: np.ndarray
    unweighted: np.ndarray
    left_behind: float


def move(
    counts: np.ndarray, *, start: np.ndarray, end: np.ndarray, weight: np.ndarray, n_end: int
) -> Moved:
    """Share the counts of old areas among the new ones they became.

    Args:
        counts: The count of each old area, shape (n_old,).
        start: For each link, the old area's place, shape (links,).
        end: For each link, the new area's place.
        weight: For each link, the share of the old count that goes along it; nan where unknown.
        n_end: How many new areas there are.

    Raises:
        ValueError: The weights of an old area do not add up to one.

    Assumes:
        Records are spread over an old area as whatever the weights were made from (residents).
    """
    n_old = len(counts)
    links = np.bincount(start, minlength=n_old)
    unknown = np.bincount(start, np.isnan(weight), minlength=n_old) > 0
    total = np.bincount(start, np.nan_to_num(weight), minlength=n_old)
    movable = (links > 0) & ~unknown
    wrong = int((np.abs(total[movable] - 1) > _ROUNDING).sum())
    if wrong:
        raise ValueError(f"the weights of {wrong} old areas do not add up to one")
    goes = movable[start]
    share = counts[start[goes]] * weight[goes] / total[start[goes]]
    some = counts != 0
    return Moved(
        np.bincount(end[goes], share, minlength=n_end).astype(float),
        np.flatnonzero(some & (links == 0)),
        np.flatnonzero(some & unknown),
        float(counts[~movable].sum()),
    )


@dataclass(frozen=True)
class Bounds:
    """What new areas may hold whatever the shares really were.

    Args:
        least: Of each new area, counts of old areas that lie wholly in it.
        most: That, and the whole count of every old area that any of it leads from.
        shared: Counts of old areas that lead to several new ones: shared out by weight.
    """

    least: np.ndarray
    most: np.ndarray
    shared: float


def bounds(
    counts: np.ndarray, *, start: np.ndarray, end: np.ndarray, weight: np.ndarray, n_end: int
) -> Bounds:
    """Return what each new area holds at least and at most, whatever the weights should have been.

    A weight says how an old area's residents are spread; its records may be spread otherwise. What
    `move` gives always lies between these ends.

    Args:
        counts: The count of each old area, shape (n_old,); none below nought.
        start: For each link, the old area's place, shape (links,).
        end: For each link, the new area's place.
        weight: For each link, the share of the old count that goes along it; nan where unknown.
        n_end: How many new areas there are.
    """
    n_old = len(counts)
    unknown = np.bincount(start, np.isnan(weight), minlength=n_old) > 0
    goes = ~unknown[start] & (weight > 0)
    several = np.bincount(start[goes], minlength=n_old) > 1
    alone = goes & ~several[start]
    return Bounds(
        np.bincount(end[alone], counts[start[alone]], minlength=n_end).astype(float),
        np.bincount(end[goes], counts[start[goes]], minlength=n_end).astype(float),
        float(counts[several & ~unknown].sum()),
    )


def shares_of(start: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the weight of each link out of an area, by the size of the areas it leads to.

    Where an old area was split, its count goes to the parts by how many people live in each.

    Args:
        start: For each link, the old area's place, shape (links,).
        size: For each link, the size of the new area (residents), nan where unknown.

    Returns:
        The weights: of each old area they add up to one, or are nan where a size is unknown or
        all are nought.
    """
    if not len(start):
        return np.empty(0)
    total = np.bincount(start, size)[start]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, size / total, np.nan)
