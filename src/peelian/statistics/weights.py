"""Who neighbours whom, all neighbours alike: lists end to end, and sums over them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.pairs import Near

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The neighbours of every area: those of area i are `of[begin[i]:begin[i + 1]]`.

    Args:
        begin: Where each area's neighbours begin: shape (areas + 1,).
        of: Positions of neighbours: shape (links,); each pair of neighbours is two links.
    """

    begin: Ints
    of: Ints

    @classmethod
    def of_pairs(cls, pairs: NDArray[np.integer], areas: int) -> "Neighbours":
        """Return the neighbours that pairs of areas make, each pair once or twice.

        Args:
            pairs: Positions of areas that touch: shape (pairs, 2).
            areas: How many areas there are.

        Raises:
            ValueError: An area is no position, or neighbours itself.
        """
        pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
        if pairs.size and (pairs.min() < 0 or pairs.max() >= areas):
            raise ValueError("a neighbour is the position of an area")
        if (pairs[:, 0] == pairs[:, 1]).any():
            raise ValueError("no area neighbours itself")
        keys = np.unique(np.concatenate([pairs, pairs[:, ::-1]]) @ np.array([areas, 1]))
        begin = np.searchsorted(keys, np.arange(areas + 1) * areas)
        return cls(begin, keys % areas)

    @classmethod
    def within(cls, x: Floats, y: Floats, metres: float) -> "Neighbours":
        """Return the neighbours that lie at most so far from one another.

        Args:
            x: Eastings of the areas' middles, in metres.
            y: Northings.
            metres: The furthest a neighbour lies.
        """
        near = Near(x, y, np.array([0.0, np.nextafter(metres, np.inf)]))
        pairs = [np.stack([near.order[p.one], near.order[p.other]], axis=1) for p in near.chunks()]
        none = np.empty((0, 2), np.int64)
        return cls.of_pairs(np.concatenate([none, *pairs]), len(x))

    def __len__(self) -> int:
        return len(self.begin) - 1

    @property
    def many(self) -> Ints:
        """How many neighbours each area has."""
        return np.diff(self.begin)

    @property
    def islands(self) -> Ints:
        """The positions of areas with no neighbour."""
        return np.flatnonzero(self.many == 0)

    def sums(self, values: Floats) -> Floats:
        """Add up what an area's neighbours have: shape (areas,).

        Each area's sum runs in the order of its list, so that whole numbers are added exactly.
        """
        told = np.concatenate([np.asarray(values)[self.of], [0]])
        sums = np.add.reduceat(told, self.begin[:-1])
        return np.where(self.many > 0, sums, 0)

    def means(self, values: Floats) -> Floats:
        """Return the mean of an area's neighbours; nought for an island."""
        return self.sums(values) / np.maximum(self.many, 1)
