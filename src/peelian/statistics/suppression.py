"""Which cells of adding tables to hold back, so that no held-back one can be worked out."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.boxes import Boxes
from peelian.statistics.moves import Floats, Mask, Sums, extremes, part, scatter

_ENOUGH = 1e-6
_ROUNDS = 40  # of lifting many cells at once, before single ones are looked at
_MANY = 500  # targets, in three or more ways, that would keep the linear programme too long
_FEW = 12  # targets that are few enough to be protected one by one
_LONG = 0.1  # a sum of a larger share of the atoms has room for many targets at once


@dataclass(frozen=True, kw_only=True)
class Cells:
    """What an outsider may learn, and what must stay unsure.

    Args:
        sums: The cells as sums over atoms, with a table that fits.
        known: Cells an outsider holds already, and that can be held back no more: shape (cells,).
        held: Cells that must be held back.
        silent: Cells nobody publishes, looked at only so that none is pinned down as a small count.
        need: How wide the interval must stay in which an outsider can place a held-back cell.
        cost: What is lost by holding a cell back.
        follows: Pairs of cells: where the first is held back, so is the second. Shape (pairs, 2).
        pairs: Silent cells with two others, of which the first less the second is the silent one:
            shape (pairs, 3).
    """

    sums: Sums
    known: Mask
    held: Mask
    silent: Mask
    need: Floats
    cost: Floats
    follows: NDArray[np.int64]
    pairs: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 3), np.int64))


class Unprotectable(Exception):
    """What is known already pins down a cell that must stay unsure."""

    def __init__(self, cells: NDArray[np.int64]) -> None:
        self.cells = cells
        super().__init__(f"{len(cells)} cells cannot be kept unsure")


def protect(cells: Cells, *, seed: int = 1829) -> Mask:
    """Choose which cells to hold back so that each held-back one stays unsure by its need.

    Every held-back cell is proved safe by two tables of counts that agree with all that is
    published and lie at least its need apart in that cell. Where no two such tables exist, the
    cheapest cells to hold back are those a linear programme moves to make them, after the
    heuristic of Kelly, Golden and Assad (1992) and Fischetti and Salazar (2000), with two moves
    in place of one so that tables of small counts can be protected too.

    Args:
        cells: The cells, what is known of them and what must be held back.
        seed: For the order in which moves are tried.

    Returns:
        The cells held back, those that had to be among them: shape (cells,).

    Raises:
        Unprotectable: What is known already, with nothing more published, pins down a cell that
            must be held back.

    Assumes:
        Atoms are counts, or amounts, and never below nought; an outsider knows that and no more.

    Cannot show:
        That as few cells as possible are held back: the best choice is a problem without a quick
        method.
    """
    work = _Work(cells, np.random.default_rng(seed))
    work.hold(cells.held)
    while True:
        unsure = work.unprotected()
        if not len(unsure):
            if work.unpair():
                continue
            unsure = work.pinned()
            if not len(unsure):
                break
        if len(unsure) > _MANY and cells.sums.place is not None:
            work.lift(unsure)
        work.scatter(unsure)
        unsure = unsure[work.width[unsure] < cells.need[unsure] - _ENOUGH]
        if len(unsure):
            work.part(unsure)
    work.give_back()
    return work.held


class _Work:
    """The cells held back so far, and the tables found that an outsider could not rule out."""

    def __init__(self, cells: Cells, rng: np.random.Generator) -> None:
        self.cells, self.sums, self.rng = cells, cells.sums, rng
        self.held = np.zeros(len(cells.known), bool)
        self.targets = np.zeros(len(cells.known), bool)
        self.given = np.zeros(len(cells.known), bool)  # given up: an outsider has them anyway
        self.start = self.sums.values
        self.moves: list[Floats] = []  # the change of every cell, one array a table
        self.low = np.zeros(len(cells.known))
        self.high = np.zeros(len(cells.known))

    @property
    def width(self) -> Floats:
        return _width(self.low, self.high, whole=self.sums.whole)

    @property
    def published(self) -> Mask:
        return ~self.held & ~self.cells.silent

    def hold(self, more: Mask) -> None:
        """Hold cells back, and those that follow them."""
        self.held |= more & ~self.given
        first, second = self.cells.follows.T
        while True:
            after = second[self.held[first] & ~self.held[second] & ~self.given[second]]
            if not len(after):
                break
            self.held[after] = True
        self.targets |= self.held

    def record(self, move: Floats) -> None:
        """Keep a table that fits, and hold back the cells it moves.

        One that does not fit what is known proves nothing, and is not kept.
        """
        strays = self._strays(move)
        if strays[self.cells.known | self.given].any():
            return
        change = self.sums.matrix @ move
        self.hold(strays & self.published)
        if len(self.moves) <= _MANY:  # beyond that they are not looked through again
            self.moves.append(change)
        self.low, self.high = np.minimum(self.low, change), np.maximum(self.high, change)

    def _strays(self, move: Floats) -> Mask:
        """Say which cells a move takes further than could pass unseen."""
        change, loose = self.sums.matrix @ move, self.sums.loose
        return (change < -loose[:, 0] - _ENOUGH) | (change > loose[:, 1] + _ENOUGH)

    def unprotected(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.targets & (self.width < self.cells.need - _ENOUGH))

    def unpair(self) -> bool:
        """Hold back one of any two shown cells that leave a small count between them."""
        silent, outer, inner = self.cells.pairs.T
        shut = self.cells.known | self.given
        both = self.published[outer] & self.published[inner] & ~(shut[outer] & shut[inner])
        both &= ~self.targets[silent]
        cost = np.where(shut, np.inf, self.cells.cost)
        more = np.zeros(len(self.held), bool)
        for a, b in zip(outer[both], inner[both], strict=True):
            if not more[a] and not more[b]:
                more[a if cost[a] < cost[b] else b] = True
        self.targets[silent[both]] = True
        self.hold(more)
        return bool(more.any())

    def pinned(self) -> NDArray[np.int64]:
        """Find silent cells that an outsider can tell to be small counts; they become targets."""
        need = self.cells.need
        silent = self.cells.silent & ~self.targets & ~self.given & (need > 0)

        def open_() -> NDArray[np.int64]:
            low, high = self.start + self.low, self.start + self.high
            small = silent & (low > _ENOUGH) & (high < need - _ENOUGH)
            return np.flatnonzero(small)

        if len(open_()) > _FEW:
            self.scatter(open_())
        for cell in open_():
            low, high = self.start + self.low, self.start + self.high
            if low[cell] <= _ENOUGH or high[cell] >= need[cell] - _ENOUGH:
                continue  # one of the tables found for the cells before it shows this one too
            for move in extremes(self.sums, self.published, cell):
                self.record(move)
        found = open_()
        self.targets[found] = True
        return found

    def scatter(self, unsure: NDArray[np.int64]) -> None:
        """Look for tables that fit as things stand, many targets at once."""
        need, stalled = self.cells.need, 0
        for _ in range(_ROUNDS):
            unsure = unsure[self.width[unsure] < need[unsure] - _ENOUGH]
            if not len(unsure) or stalled == 2:
                return
            push = np.zeros(len(need))
            push[unsure] = np.exp(self.rng.normal(size=len(unsure)))
            wanted = np.maximum(self.low + need, 0.0)
            move = scatter(self.sums, self.published, push, wanted)
            if move is None:
                return
            before = self.width[unsure].sum()
            self.record(move)
            gained = self.width[unsure] >= need[unsure] - _ENOUGH
            stalled = 0 if gained.any() and self.width[unsure].sum() > before else stalled + 1

    def lift(self, unsure: NDArray[np.int64]) -> None:
        """Protect targets one by one by moves around boxes, where there are too many to solve for.

        More is held back than a linear programme would hold back.
        """
        boxes = Boxes(self.sums, self.rng)
        for cell in unsure:
            atom = self.sums.single[cell]
            if atom < 0 or self.width[cell] >= self.cells.need[cell] - _ENOUGH:
                continue
            cost = np.where(self.published, self.cells.cost, 0.0)
            need = float(self.cells.need[cell])
            move = boxes.lift(int(atom), need, self.cells.known, cost)
            if move is not None:
                self.record(move)

    def part(self, unsure: NDArray[np.int64]) -> None:
        """Hold back whatever it takes to part some of the targets."""
        cost = np.where(self.published, self.cells.cost, 0.0)
        some, shut = self._apart(unsure), self.cells.known | self.given
        need = self.cells.need
        for more in (0.0, 2.0):  # in fractions an interval is counted inwards, so it may be short
            found = part(self.sums, shut, cost, some, need[some] + more)
            if found is None and len(some) > 1:  # not all at once, perhaps, but one by one
                some = some[:1]
                found = part(self.sums, shut, cost, some, need[some] + more)
            for move in found or ():
                self.record(move)
            if (self.width[some] >= need[some] - _ENOUGH).any():
                return
        self.give_up(some[0])

    def give_up(self, cell: np.int64) -> None:
        """Publish a cell that is known whatever is held back, unless it is itself a secret.

        A silent one that is pinned down by what is known already cannot be helped any more.
        """
        if self.cells.held[cell]:
            raise Unprotectable(np.array([cell]))
        self.given[cell] = True
        self.held[cell] = self.targets[cell] = False
        self.moves = [move for move in self.moves if abs(move[cell]) <= _ENOUGH]
        nought = np.zeros((1, len(self.held)))
        self.low = np.vstack([nought, *self.moves]).min(axis=0)
        self.high = np.vstack([nought, *self.moves]).max(axis=0)

    def _apart(self, unsure: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return targets that share no short sum, so that one programme can serve them all."""
        if len(unsure) <= _FEW:
            return unsure[:1]
        matrix = self.sums.matrix
        size = np.diff(matrix.indptr)
        rows = matrix[(size > 1) & (size <= _LONG * len(self.sums.at)) & self.published].tocsc()
        used = np.zeros(rows.shape[0], bool)
        chosen = []
        for cell in self.rng.permutation(unsure):
            atoms = matrix.indices[matrix.indptr[cell] : matrix.indptr[cell + 1]]
            met = np.unique(np.concatenate(
                [rows.indices[rows.indptr[a] : rows.indptr[a + 1]] for a in atoms]
            ))  # fmt: skip
            if not used[met].any():
                used[met] = True
                chosen.append(cell)
        return np.array(chosen)

    def give_back(self) -> None:
        """Publish again what no proof needs any more, the dearest first.

        What a silent cell needs in order not to be a small count for certain is a proof, too.
        """
        if not self.moves or len(self.moves) > _MANY:
            return
        cells = self.cells
        spare = self.held & ~cells.held
        tables = np.array(self.moves)
        bound = np.zeros(len(spare), bool)
        first, second = cells.follows.T
        targets = np.flatnonzero(self.targets)
        silent = np.flatnonzero(cells.silent & ~self.targets & ~self.given & (cells.need > 0))
        silent = silent[self._open(silent, tables)]
        candidates = np.flatnonzero(spare)
        for cell in candidates[np.argsort(-cells.cost[candidates], kind="stable")]:
            bound[:] = False
            bound[second[self.held[first]]] = True
            if bound[cell]:
                continue
            still = np.abs(tables[:, cell]) <= _ENOUGH
            rest = targets[targets != cell]
            kept = tables[still][:, rest]
            low, high = kept.min(axis=0, initial=0.0), kept.max(axis=0, initial=0.0)
            wide = _width(low, high, whole=self.sums.whole)
            safe = (wide >= cells.need[rest] - _ENOUGH).all()
            if safe and self._open(silent, tables[still]).all():
                self.held[cell] = False
                targets, tables = rest, tables[still]

    def _open(self, silent: NDArray[np.int64], tables: Floats) -> Mask:
        """Say of which silent cells some table shows none, or as many as are no small count."""
        seen = self.start[silent] + tables[:, silent]
        low = seen.min(axis=0, initial=np.inf)
        high = seen.max(axis=0, initial=-np.inf)
        low, high = np.minimum(low, self.start[silent]), np.maximum(high, self.start[silent])
        return (low <= _ENOUGH) | (high >= self.cells.need[silent] - _ENOUGH)


def _width(low: Floats, high: Floats, *, whole: bool) -> Floats:
    """Return how far apart two ends are; of counts, the last whole numbers within them."""
    if whole:
        return np.floor(high + _ENOUGH) - np.ceil(low - _ENOUGH)
    return high - low
