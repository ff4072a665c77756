"""Moves around the corners of a box: quick to find in large tables of many ways."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.moves import Floats, Mask, Sums

_TRIED = 1000  # opposite corners tried for each target


class Boxes:
    """Finds moves that lift one atom and leave every total of a table as it was.

    From an atom and a corner opposite to it in every dimension, every second corner of the box
    between them rises and the others fall by as much, so that every line of the table, and so every
    total, stays (the hypercube method of Repsilber, 1994).

    Args:
        sums: The cells, with the place of each atom.
        rng: For the corners that are tried.
    """

    def __init__(self, sums: Sums, rng: np.random.Generator) -> None:
        if sums.place is None:
            raise ValueError("boxes need to know where atoms stand")
        self.sums, self.rng, self.place = sums, rng, sums.place
        self.shape = tuple(self.place.max(axis=0) + 1)
        self.at = np.full(int(np.prod(self.shape)), -1)
        inside = np.flatnonzero((self.place >= 0).all(axis=1))
        self.at[np.ravel_multi_index(tuple(self.place[inside].T), self.shape)] = inside
        self.masks = np.array(list(product((0, 1), repeat=len(self.shape))))
        self.falls = self.masks.sum(axis=1) % 2 == 1

    def lift(self, atom: int, by: float, shut: Mask, cost: Floats) -> Floats | None:
        """Find the cheapest of some boxes around an atom.

        Args:
            atom: The atom to lift.
            by: How far.
            shut: Cells that are known for good: shape (cells,).
            cost: What it costs to move each cell; nought where it is held back already.

        Returns:
            The change of every atom; None where no box that was tried can move.
        """
        here = self.place[atom]
        if (here < 0).any() or min(self.shape) < 2:
            return None
        steps = self.rng.integers(1, self.shape, (_TRIED, len(self.shape)))
        there = (here + steps) % self.shape
        corners = np.where(self.masks[None, :, :] == 1, there[:, None, :], here)
        atoms = self.at[np.ravel_multi_index(tuple(np.moveaxis(corners, -1, 0)), self.shape)]
        price = self._price(shut, cost)
        whole = (atoms >= 0).all(axis=1)
        full = (self.sums.at[atoms[:, self.falls]] >= by).all(axis=1)
        total = np.where(whole & full, price[atoms].sum(axis=1), np.inf)
        best = int(np.argmin(total))
        if not np.isfinite(total[best]):
            return None
        move = np.zeros(len(self.sums.at))
        move[atoms[best]] = np.where(self.falls, -by, by)
        return move

    def _price(self, shut: Mask, cost: Floats) -> Floats:
        price = np.zeros(len(self.sums.at))
        alone: NDArray[np.int64] = np.flatnonzero(self.sums.single >= 0)
        np.add.at(price, self.sums.single[alone], np.where(shut[alone], np.inf, cost[alone]))
        return price
