"""How sure an order is, when what is ordered is known only through draws."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def share_in_top(blocks: Iterable[NDArray[np.floating]], top: int) -> NDArray[np.float64]:
    """Return, for each column, the share of draws in which it is among the largest `top`.

    >>> share_in_top([np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0]])], 2).tolist()
    [1.0, 0.5, 0.5]

    Args:
        blocks: Draws of what is ordered, in blocks of shape (draws, columns); at least one draw.
        top: How many are chosen.
    """
    tops = [_in_top(block, top) for block in blocks]
    if not tops:
        raise ValueError("an order needs at least one draw")
    draws = sum(drawn for drawn, _ in tops)
    return np.sum([among for _, among in tops], axis=0) / draws


def _in_top(block: NDArray[np.floating], top: int) -> tuple[int, NDArray[np.int64]]:
    """Return how many draws a block has, and in how many of them each column is chosen."""
    draws, columns = block.shape
    if top >= columns:
        return draws, np.full(columns, draws)
    best = np.argpartition(block, columns - top, axis=1)[:, columns - top :]
    return draws, np.bincount(best.ravel(), minlength=columns)
