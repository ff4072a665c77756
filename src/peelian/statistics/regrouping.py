"""Areas merged with their neighbours, in one way of many: would other borders tell the same?"""

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.weights import Neighbours

Ints = NDArray[np.int64]


def merged(near: Neighbours, rng: np.random.Generator) -> Ints:
    """Merge each area with a neighbour, in random order; return the group of each: shape (areas,).

    An area takes a neighbour that is in no group yet; one that finds none joins a neighbour's
    group, so that groups are of two areas and now and then three or more. An area without a
    neighbour is a group of its own. Every group hangs together.

    Random regroupings are how Openshaw (1984) showed that what is found of areas can be of their
    borders.

    Args:
        near: Who neighbours whom.
        rng: Where the order comes from.
    """
    begin, of = near.begin.tolist(), near.of.tolist()
    group = [-1] * len(near)
    groups = 0
    for area in rng.permutation(len(near)).tolist():
        if group[area] >= 0:
            continue
        mine = of[begin[area] : begin[area + 1]]
        free = [other for other in mine if group[other] < 0]
        if free or not mine:
            group[area] = groups
            if free:
                group[free[int(rng.integers(len(free)))]] = groups
            groups += 1
        else:
            group[area] = group[mine[int(rng.integers(len(mine)))]]
    return np.array(group, np.int64)


def between(near: Neighbours, group: Ints) -> Neighbours:
    """Return which groups neighbour which: those that hold areas that do.

    Args:
        near: Who neighbours whom, of areas.
        group: The group of each area, from nought; -1 for none.
    """
    one, other = np.repeat(group, near.many), group[near.of]
    apart = (one != other) & (one >= 0) & (other >= 0)
    pairs = np.stack([one[apart], other[apart]], axis=1)
    return Neighbours.of_pairs(pairs, int(group.max(initial=-1)) + 1)
