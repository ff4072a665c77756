"""An outsider with a linear programme, who shares no code with the door and reads only releases."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

_CLOSE = 1e-6


@dataclass
class Attacker:
    """Everything one outsider has read, and what can be worked out from it.

    Args:
        atoms: How many finest cells there are; each is a whole number, never below nought.
    """

    atoms: int
    published: dict[tuple[int, ...], float] = field(default_factory=dict)
    rounded: dict[tuple[int, ...], tuple[float, float]] = field(default_factory=dict)
    held: set[tuple[int, ...]] = field(default_factory=set)

    def read(self, members: Iterable[int], value: float | None, *, blur: float = 0) -> None:
        """Read one cell of a release: the atoms it adds up, and its value unless held back.

        Args:
            members: The atoms.
            value: The value shown.
            blur: How far the true value may lie from it, where values are rounded.
        """
        region = tuple(sorted(members))
        if value is None:
            self.held.add(region)
        elif blur and value:
            low, high = self.rounded.get(region, (0.0, np.inf))
            self.rounded[region] = (max(low, value - blur), min(high, value + blur))
        else:
            self.published[region] = float(value)

    def narrowed(self, enough: float) -> list[tuple[int, ...]]:
        """Return the held-back counts that can be placed more narrowly than `enough`.

        A table that fits all that was published shows every count at once, so a count that two such
        tables show far enough apart is not looked at again.
        """
        regions = sorted(self.held)
        member = self._rows(regions)
        low, high = np.full(len(regions), 1e300), np.full(len(regions), -1e300)
        found = []
        for i, region in enumerate(regions):
            for sign in (-1.0, 1.0):
                if high[i] - low[i] >= enough - _CLOSE:
                    break
                table, end = self._furthest(region, sign)
                if table is not None:
                    seen = member @ table
                    low, high = np.minimum(low, seen), np.maximum(high, seen)
                else:
                    low[i], high[i] = min(low[i], end), max(high[i], end)
            if high[i] - low[i] < enough - _CLOSE:
                found.append(region)
        return found

    def interval(self, region: Iterable[int]) -> tuple[float, float]:
        """Return the interval in which a count can be placed."""
        ends = [self._furthest(tuple(sorted(region)), sign)[1] for sign in (1.0, -1.0)]
        return ends[0], ends[1]

    def _furthest(self, region: tuple[int, ...], sign: float) -> tuple[np.ndarray | None, float]:
        cost = np.zeros(self.atoms)
        cost[list(region)] = sign
        known = sorted(self.published)
        given: dict[str, Any] = {}
        if known:
            given = {
                "A_eq": self._rows(known),
                "b_eq": np.array([self.published[one] for one in known]),
            }
        if self.rounded:
            near = self._rows(list(self.rounded))
            low, high = np.array(list(self.rounded.values())).T
            given |= {"A_ub": vstack([near, -near]), "b_ub": np.concatenate([high, -low])}
        found = linprog(cost, bounds=(0, None), method="highs", **given)
        if found.status == 3 or (found.status == 4 and sign < 0):
            return None, np.inf
        if found.status != 0:
            raise RuntimeError(f"what was published contradicts itself: {found.message}")
        return found.x, sign * found.fun

    def _rows(self, regions: list[tuple[int, ...]]) -> csr_matrix:
        row = np.repeat(np.arange(len(regions)), [len(one) for one in regions])
        column = np.array([atom for one in regions for atom in one], dtype=int)
        return csr_matrix((np.ones(len(row)), (row, column)), (len(regions), self.atoms))

    def small_differences(self, below: float) -> list[tuple[int, ...]]:
        """Return regions left between two published ones whose count is above 0 and small."""
        sets = {region: frozenset(region) for region in self.published}
        found = []
        for outer, whole in sets.items():
            for inner, part in sets.items():
                if part < whole:
                    left = self.published[outer] - self.published[inner]
                    if 0 < left < below:
                        found.append(tuple(sorted(whole - part)))
        return found
