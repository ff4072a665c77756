"""Two vintages of areas over one ground: which were split, merged or redrawn, and where."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from peelian.records.synth.outlines import Floats
from peelian.records.synth.places.ground import Ground, Integers
from peelian.records.synth.places.plan import PlacesPlan

# Of the areas of 2011 that were split, how many became three: 834 made some 1,000 more areas.
_INTO_THREE = 0.2
_MOST_OF_BORDER = 0.5  # of the way between two middles: a shorter border leaves no room to redraw


class Pieces(NamedTuple):
    """The pieces of ground that both vintages are made of: an area is one piece, or a few.

    Args:
        seeds: Their centres, metres, the sea's last.
        newer: Of each piece, the newer area it lies in.
        older: Of each piece, the older area it lies in.
        change: Of each piece, how its older area became its newer one: U, S, M or X.
        share: Of each piece, its share of its newer area's people; adds up to 1 over an area.
    """

    seeds: Floats
    newer: Integers
    older: Integers
    change: NDArray[np.str_]
    share: Floats

    @property
    def number(self) -> int:
        """Return how many pieces there are, without the sea's."""
        return len(self.newer)


def cut(ground: Ground, plan: PlacesPlan, rng: np.random.Generator) -> Pieces:
    """Return the pieces that both vintages are made of.

    The newer areas stand as they are. Some older ones were unions of two or three of them (split
    since); some newer ones are unions of two older (merged); and the border between a few
    neighbours ran otherwise, a strip of ground having changed sides (irregular).

    Args:
        ground: Where the newer areas lie.
        plan: What share of the older areas changed, and how. Switched off, the pieces are cut all
            the same, so that every newer outline stays as it was.
        rng: Where the choice comes from.
    """
    areas = ground.areas
    near, order = _neighbours(ground.seeds, areas), rng.permutation(areas)
    free = np.ones(areas, dtype=bool)
    cuts = _Cuts(ground)
    for area in _merged(order, free, near, _wanted(plan.merged, areas, of=2)):
        cuts.halve(area, rng)
    for pair in _redrawn(order, free, near, ground.seeds, _wanted(plan.irregular, areas, of=2)):
        cuts.redraw(*pair, rng)
    seeds = np.concatenate([*cuts.seeds, ground.seeds[areas:]])
    unchanged = np.array(cuts.change[:areas]) == "U"
    for group in _split(seeds, unchanged, order, _wanted(plan.split, areas, of=1), rng):
        cuts.join(group)
    return Pieces(
        seeds,
        np.array(cuts.newer),
        np.unique(cuts.older, return_inverse=True)[1],
        np.array(cuts.change),
        np.array(cuts.share),
    )


class _Cuts:
    """Pieces in the making: at first each area is one piece of both vintages."""

    def __init__(self, ground: Ground) -> None:
        areas = ground.areas
        self.seeds = [seed[None] for seed in ground.seeds[:areas]]
        self.newer, self.older = list(range(areas)), list(range(areas))
        self.change, self.share = ["U"] * areas, [1.0] * areas
        self._all = ground.seeds

    def halve(self, area: int, rng: np.random.Generator) -> None:
        """Cut an area in two: each half was an older area, and they were merged."""
        # So short a step that the two halves of an area stay one another's nearest.
        gaps = np.hypot(*(self._all - self._all[area]).T)
        gaps[area] = np.inf
        angle = rng.uniform(0, np.pi)
        step = 0.24 * gaps.min() * np.array([[np.cos(angle), np.sin(angle)]])
        self._add(
            area, self.seeds[area] + step, float(rng.uniform(0.4, 0.6)), older=len(self.older)
        )
        self.seeds[area] = self.seeds[area] - step
        self._changed("M", area, -1)

    def redraw(self, one: int, other: int, rng: np.random.Generator) -> None:
        """Cut a strip between two areas that was the one's and became the other's."""
        half_way = (self.seeds[one] + self.seeds[other]) / 2
        self._add(other, half_way, float(rng.uniform(0.2, 0.4)), older=one)
        self._changed("X", one, other, -1)

    def join(self, group: tuple[int, ...]) -> None:
        """Make one older area of several newer ones, into which it was split."""
        for area in group:
            self.older[area] = group[0]
        self._changed("S", *group)

    def _add(self, area: int, seed: Floats, share: float, *, older: int) -> None:
        """Add a piece to a newer area: some of its people go with it."""
        self.seeds.append(seed)
        self.newer.append(area)
        self.older.append(older)
        self.change.append("")
        self.share.append(share)
        self.share[area] = 1 - share

    def _changed(self, how: str, *pieces: int) -> None:
        for piece in pieces:
            self.change[piece] = how


def undo(pieces: Pieces) -> Pieces:
    """Return the same pieces where nothing changed between the vintages."""
    return pieces._replace(older=pieces.newer, change=np.full(pieces.number, "U"))


def _wanted(share: float, areas: int, *, of: int) -> int:
    """Return how many groups of older areas changed: above nought, at least one group."""
    return max(1, round(share * areas / of)) if share > 0 else 0


def _neighbours(seeds: Floats, areas: int) -> list[set[int]]:
    """Return the neighbours of each area; -1 stands for the sea."""
    near: list[set[int]] = [set() for _ in range(areas)]
    starts, others = Delaunay(seeds).vertex_neighbor_vertices
    for area in range(areas):
        found = others[starts[area] : starts[area + 1]]
        near[area] = {int(n) if n < areas else -1 for n in found}
    return near


def _merged(
    order: Integers, free: NDArray[np.bool_], near: list[set[int]], wanted: int
) -> Iterator[int]:
    for area in order.tolist():
        if not wanted:
            return
        if free[area]:
            _take(free, near, area)
            wanted -= 1
            yield area


def _take(free: NDArray[np.bool_], near: list[set[int]], *areas: int) -> None:
    """Keep a changed area and its neighbours from being chosen again."""
    for area in areas:
        free[[area, *(n for n in near[area] if n >= 0)]] = False


def _redrawn(
    order: Integers, free: NDArray[np.bool_], near: list[set[int]], seeds: Floats, wanted: int
) -> Iterator[tuple[int, int]]:
    """Yield pairs of inland neighbours with no one's middle near the half-way point.

    A seed put half-way between two that are its nearest takes its strip from both.
    """
    for area in order.tolist():
        if not wanted:
            return
        for other in sorted(near[area]):
            if not (free[area] and other >= 0 and free[other]):
                continue
            half = (seeds[area] + seeds[other]) / 2
            gaps = np.hypot(*(seeds - half).T)
            reach = gaps[area]
            gaps[[area, other]] = np.inf
            if gaps.min() > (1 + _MOST_OF_BORDER) * reach:
                _take(free, near, area, other)
                wanted -= 1
                yield area, other
                break


def _split(
    seeds: Floats,
    free: NDArray[np.bool_],
    order: Integers,
    wanted: int,
    rng: np.random.Generator,
) -> Iterator[tuple[int, ...]]:
    """Yield groups of two or three areas that meet in one corner: their union has no hole."""
    corners = Delaunay(seeds).simplices
    corners = np.sort(corners[(corners < len(free)).all(axis=1)], axis=1)
    at: dict[int, list[list[int]]] = {}
    for corner in corners[np.lexsort(corners.T[::-1])].tolist():
        for area in corner:
            at.setdefault(area, []).append(corner)
    for area in order.tolist():
        if not wanted:
            return
        size = 3 if rng.uniform() < _INTO_THREE else 2
        for corner in at.get(area, []):
            group = (area, *(n for n in corner if n != area))[:size]
            if all(free[list(group)]):
                free[list(group)] = False
                wanted -= 1
                yield group
                break
