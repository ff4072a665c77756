"""Areas where support could start: high need, and more than the average rate would bring."""

from dataclasses import dataclass

import numpy as np

from peelian.analysis.places.profile.estimate import Estimates
from peelian.statistics.neighbours import clusters
from peelian.statistics.ranking import share_in_top


@dataclass(frozen=True)
class Targets:
    """The chosen areas, in order.

    Args:
        at: Their positions among all areas.
        stability: For each, the share of draws in which it is among the chosen.
        cluster: For each, which group of chosen areas that touch it is in, counted from 1.
        fall: For each, what the count would fall by with nothing done, by chance alone.
        excess: What they hold over the average rate, together.
        excess_low: Lower end of its 95% interval.
        excess_high: Upper end.
    """

    at: np.ndarray
    stability: np.ndarray
    cluster: np.ndarray
    fall: np.ndarray
    excess: float
    excess_low: float
    excess_high: float

    def __len__(self) -> int:
        return len(self.at)


def choose(
    found: Estimates,
    in_need: np.ndarray,
    borders: np.ndarray,
    *,
    most: int,
    draws: int,
    seed: int,
) -> Targets:
    """Choose areas of high need in order of their expected excess over the average.

    Where areas differ no more than chance would make them, none are chosen: nothing would tell the
    chosen from the others.

    Args:
        found: The rates.
        in_need: Whether each area is of high need.
        borders: Positions of areas that touch: shape (pairs, 2).
        most: How many to choose at most.
        draws: Draws behind the stability and the interval.
        seed: Where they start.
    """
    pool = np.flatnonzero(in_need & found.rated) if found.differ else np.zeros(0, dtype=np.intp)
    able = pool[found.smoothed[pool] > found.average]
    at = able[np.argsort(-found.excess[able], kind="stable")][:most]
    if not len(at):
        nothing = np.zeros(0)
        return Targets(at, nothing, nothing.astype(np.int64), nothing, 0.0, 0.0, 0.0)
    places, exposure = found.at(pool), found.exposure[pool]
    rng = np.random.default_rng(seed)
    blocks = found.posterior.blocks(rng, draws, places)
    over = [((drawn - found.average) * exposure).astype(np.float32) for drawn in blocks]
    chosen = np.searchsorted(pool, at)
    together = np.concatenate([block[:, chosen].sum(axis=1, dtype=float) for block in over])
    low, high = np.quantile(together, [0.025, 0.975])
    expected = (found.smoothed[at] - found.average) * found.exposure[at]
    return Targets(
        at=at,
        stability=share_in_top(over, len(at))[chosen],
        cluster=clusters(at, borders),
        fall=found.burden[at] - found.smoothed[at] * found.exposure[at],
        excess=float(expected.sum()),
        excess_low=float(low),
        excess_high=float(high),
    )
