"""The kernel of excitation in time alone: one walk over events, each step from the last."""

import numpy as np

from peelian.statistics.compile import compiled


@compiled
def sums_before(t, weight, rate, total, with_gap):
    """Add up, at each event, what is left of those before it: weights that fall off with time.

    Events of the same moment do not count for one another.

    Args:
        t: When, in order: shape (events,).
        weight: What each counts when it happens.
        rate: By how much a day it falls.
        total: Written: the sum of weight * exp(-rate * gap) over earlier events.
        with_gap: Written: the same, each times its gap.
    """
    left = left_gap = waiting = 0.0
    last = t[0]
    for i in range(len(t)):
        gap = t[i] - last
        if gap > 0:
            fall = np.exp(-rate * gap)
            left += waiting
            left_gap = fall * (left_gap + gap * left)
            left *= fall
            waiting, last = 0.0, t[i]
        total[i] = left
        with_gap[i] = left_gap
        waiting += weight[i]


def warm() -> None:
    """Run every kernel on a tiny input."""
    two = np.array([0.0, 1.0])
    sums_before(two, np.ones(2), 0.1, np.empty(2), np.empty(2))
