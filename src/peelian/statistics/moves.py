"""Other tables that fit what is known: moves of counts that leave every known sum as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Mask = NDArray[np.bool_]
Matrix = Any  # sparse rows (scipy's own types cannot tell one sparse array from another)
Floats = NDArray[np.float64]

_STILL = 1e-3  # a cell that may move freely still costs a little, so that moves stay few
_SHORT = 3e5  # falling short of a width is dearer than anything that could be held back
_SECONDS, _PATIENCE = 60.0, 1.0  # for a linear programme, and for one in whole numbers
_WHOLE = 1e-6
_LARGE, _WIDE = 3000, 300  # columns beyond which whole numbers are not sought: one, many at once


@dataclass(frozen=True, kw_only=True)
class Sums:
    """Cells as sums over atoms, and one table of atoms that fits all that is known of them.

    Args:
        matrix: Which atoms each cell adds up: shape (cells, atoms), entries 0 or 1.
        at: A table that fits: shape (atoms,), none below nought.
        loose: How far a published cell may stray unseen on either side, because it is rounded:
            shape (cells, 2), down and up.
        whole: Whether atoms are counts, so that other tables must be of whole numbers too.
        place: Where each atom stands in a table of three or more ways that adds up in every one of
            them: shape (atoms, ways), -1 where it does not stand there. None where there is none.
    """

    matrix: Matrix
    at: Floats
    loose: Floats
    whole: bool = True
    place: NDArray[np.int64] | None = None
    single: NDArray[np.int64] = field(init=False)
    many: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        size = np.diff(self.matrix.indptr)
        single = np.full(self.matrix.shape[0], -1)
        single[size == 1] = self.matrix.indices[self.matrix.indptr[:-1][size == 1]]
        object.__setattr__(self, "single", single)
        object.__setattr__(self, "many", np.flatnonzero(size > 1))

    @property
    def values(self) -> Floats:
        """Return what each cell comes to in the table that fits: shape (cells,)."""
        return self.matrix @ self.at


def scatter(sums: Sums, shut: Mask, push: Floats, need: Floats) -> Floats | None:
    """Find one move that lifts many cells at once, each by what it needs, as weights will have it.

    Args:
        sums: The cells.
        shut: Cells whose value is known: shape (cells,).
        push: How much each cell is to be lifted for; nought for those that do not matter.
        need: How far each is to be lifted.

    Returns:
        The change of every atom; None where no move was found.
    """
    wanted = np.flatnonzero(push > 0)
    alone = sums.single[wanted]
    tracked = wanted[alone < 0]
    block = _block(sums, shut, tracked)
    place = np.full(len(sums.at), -1)
    place[block.free] = np.arange(len(block.free))
    cost = np.full(block.width, _STILL)
    at, reward, reach = [], [], []
    inside = place[alone[alone >= 0]]
    lifted = wanted[alone >= 0][inside >= 0]
    at += [*inside[inside >= 0], *(2 * len(block.free) + np.arange(len(tracked)))]
    reward += [*push[lifted], *push[tracked]]
    reach += [*need[lifted], *need[tracked]]
    if not at:
        return None
    up, gain = np.array(at, dtype=np.int64), np.array(reward)
    down = np.where(up < len(block.free), up + len(block.free), up + len(tracked))
    cost[down] += gain * 1.01  # or a cell could be lifted and lowered at once, for nothing
    # Beyond what is needed a cell may go on rising, for no reward: the same column once more.
    matrix = sparse.hstack([block.matrix, block.matrix[:, up]], format="csr")
    upper = np.concatenate([block.upper, np.minimum(np.array(reach), block.upper[up])])
    found = solve(
        np.concatenate([cost, _STILL - gain]),
        matrix,
        block.bounds,
        upper,
        whole=sums.whole,
        large=_WIDE,
    )
    if found is None:
        return None
    steps = found[: block.width].copy()
    np.add.at(steps, up, found[block.width :])
    return block.move(steps, len(sums.at))


def part(
    sums: Sums, shut: Mask, cost: Floats, targets: NDArray[np.int64], need: Floats
) -> tuple[Floats, Floats] | None:
    """Find two moves that part each target by its need, moving as little else as may be.

    Args:
        sums: The cells.
        shut: Cells that are known for good: shape (cells,).
        cost: What it costs to move each cell by one: shape (cells,); nought where it is held back.
        targets: Cells to part.
        need: How far: one width a target.

    Returns:
        The two changes of every atom; None where no two tables lie so far apart.
    """
    tracked = sums.many[(cost[sums.many] > 0) & ~shut[sums.many]]
    block = _block(sums, shut, tracked)
    price = np.full(len(sums.at), _STILL)
    alone = (sums.single >= 0) & (cost > 0)
    np.add.at(price, sums.single[alone], cost[alone])
    once = np.concatenate([np.tile(price[block.free], 2), np.tile(cost[tracked], 2)])
    reach = sums.matrix[targets][:, block.free]
    rest = sparse.csr_array((len(targets), block.width - 2 * len(block.free)))
    apart = sparse.hstack(
        [reach, -reach, rest, -reach, reach, rest, sparse.eye_array(len(targets))]
    )
    both: Matrix = sparse.block_diag([block.matrix, block.matrix])
    slack = sparse.csr_array((both.shape[0], len(targets)))
    matrix = sparse.vstack([sparse.hstack([both, slack]), apart], format="csr")
    low, high = block.bounds
    bounds = (
        np.concatenate([low, low, need]),
        np.concatenate([high, high, np.full(len(targets), np.inf)]),
    )
    upper = np.concatenate([block.upper, block.upper, np.full(len(targets), np.inf)])
    found = solve(
        # The second table is a little dearer, so that one way round serves where one will do.
        np.concatenate([once, 1.1 * once, np.full(len(targets), _SHORT)]),
        matrix,
        bounds,
        upper,
        whole=sums.whole,
    )
    if found is None or found[2 * block.width :].sum() > _WHOLE:
        return None
    first, second = found[: block.width], found[block.width : 2 * block.width]
    return block.move(first, len(sums.at)), block.move(second, len(sums.at))


def extremes(sums: Sums, shut: Mask, cell: int) -> tuple[Floats, Floats]:
    """Return the moves that take one cell as low, and as high, as what is known allows.

    A cell that can rise without end is taken as far as ten times the table.
    """
    block = _block(sums, shut, np.empty(0, np.int64))
    reach = np.zeros(len(sums.at))
    np.add.at(reach, sums.matrix[[cell]].indices, 1.0)
    once = np.concatenate([reach[block.free], -reach[block.free]])
    top = 10 * (sums.at.sum() + 10)
    upper = np.minimum(block.upper, top)
    moves = []
    for sign in (1.0, -1.0):
        found = solve(
            sign * once + _STILL * 1e-3, block.matrix, block.bounds, upper, whole=sums.whole
        )
        moves.append(np.zeros(len(sums.at)) if found is None else block.move(found, len(sums.at)))
    return moves[0], moves[1]


@dataclass(frozen=True)
class _Block:
    """Constraints on one move: columns up and down for atoms, then up and down for cells."""

    matrix: Matrix
    bounds: tuple[Floats, Floats]
    upper: Floats
    free: NDArray[np.int64]

    @property
    def width(self) -> int:
        return len(self.upper)

    def move(self, steps: Floats, atoms: int) -> Floats:
        change = np.zeros(atoms)
        n = len(self.free)
        change[self.free] = steps[:n] - steps[n : 2 * n]
        return change


def _block(sums: Sums, shut: Mask, tracked: NDArray[np.int64]) -> _Block:
    down, up = sums.at.copy(), np.full(len(sums.at), np.inf)
    alone = np.flatnonzero(shut & (sums.single >= 0))
    atoms = sums.single[alone]
    np.minimum.at(down, atoms, sums.loose[alone, 0])
    np.minimum.at(up, atoms, sums.loose[alone, 1])
    free = np.flatnonzero((down > 0) | (up > 0))
    fixed = sums.many[shut[sums.many]]
    rows = sums.matrix[fixed][:, free]
    met = np.diff(rows.indptr) > 0
    rows, fixed = rows[met], fixed[met]
    watched = sums.matrix[tracked][:, free]
    eye = sparse.eye_array(len(tracked))
    gap = sparse.csr_array((len(fixed), len(tracked)))
    matrix = sparse.vstack(
        [
            sparse.hstack([rows, -rows, gap, gap]),
            sparse.hstack([watched, -watched, -eye, eye]),
        ],
        format="csr",
    )
    nil = np.zeros(len(tracked))
    low = np.concatenate([-sums.loose[fixed, 0], nil])
    high = np.concatenate([sums.loose[fixed, 1], nil])
    endless = np.full(2 * len(tracked), np.inf)
    return _Block(matrix, (low, high), np.concatenate([up[free], down[free], endless]), free)


def solve(
    cost: Floats,
    matrix: Matrix,
    bounds: tuple[Any, Any],
    upper: Any,
    *,
    whole: bool,
    large: int = _LARGE,
) -> Floats | None:
    """Solve the linear programme; where its corner is not of whole numbers, the integer one.

    A programme too large for that keeps its fractions.
    """
    if not len(cost):
        return cost
    rows: Sequence[LinearConstraint] = ()
    if matrix.shape[0]:
        rows = (LinearConstraint(matrix, *bounds),)
    least: Any = np.zeros(len(cost))
    box = Bounds(least, upper)
    found = milp(cost, constraints=rows, bounds=box, options={"time_limit": _SECONDS})
    if found.x is None:
        return None
    x = np.clip(found.x, 0, upper)
    if not whole or np.abs(x - np.rint(x)).max() <= _WHOLE:
        return np.rint(x) if whole else x
    if len(cost) > large:
        return x
    # The corner is broken. Whole numbers are sought first among the columns it uses, then in all.
    dear = cost > 2 * _STILL
    allowed: Any
    for allowed in (np.where(dear & (x <= _WHOLE), 0.0, upper), upper):
        again = milp(
            cost,
            integrality=np.ones(len(cost)),
            constraints=rows,
            bounds=Bounds(least, allowed),
            options={"time_limit": _PATIENCE, "mip_rel_gap": 0.5},
        )
        if again.x is not None and cost @ again.x < max(4 * cost @ x, 0.5 * _SHORT):
            return np.rint(again.x)
    return x
