"""Dimensions that stand together in tables, and the atoms that tables of one measure add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.disclosure.blocks import Block, Nest
from peelian.errors import DisclosureError
from peelian.statistics.moves import Matrix

MOST_ATOMS = 400_000
Nests = Mapping[tuple[str, str], Mapping[str, str]]  # (dimension, within) -> value -> whole


@dataclass(frozen=True)
class Clique:
    """Dimensions that are looked at jointly: every combination of values, in every stretch of time.

    Args:
        dims: The dimensions, in order.
        combos: Their values: one array a dimension, of shape (combinations,).
        cuts: The months at which a stretch begins, and one past the last: shape (stretches + 1,).
        first: The number of its first atom among all atoms.
        parent: The clique it is linked to through shared dimensions; None for the last.
    """

    dims: tuple[str, ...]
    combos: Mapping[str, NDArray[np.str_]]
    cuts: NDArray[np.int64]
    first: int
    parent: int | None

    @property
    def size(self) -> int:
        """Return the number of its combinations."""
        return len(next(iter(self.combos.values()))) if self.combos else 1

    @property
    def stretches(self) -> int:
        """Return into how many stretches its time is cut."""
        return len(self.cuts) - 1

    def atoms(self) -> int:
        """Return how many atoms it has."""
        return self.size * self.stretches


def by_pairs(nests: Sequence[Nest]) -> Nests:
    """Gather nests by the dimensions they join; a value that lies in two wholes lies in neither."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    torn: set[tuple[str, str, str]] = set()
    for nest in nests:
        values = found.setdefault((nest.dim, nest.within), {})
        if values.setdefault(nest.value, nest.whole) != nest.whole:
            torn.add((nest.dim, nest.within, nest.value))
    for dim, within, value in torn:
        found[dim, within].pop(value, None)
    return found


def signature(block: Block, nests: Nests, dims: set[str]) -> frozenset[str]:
    """Return the dimensions of a block, each coarse one by the finest that is known to make it."""
    mine = set(block.dims)
    for _ in nests:  # a ward in a district in a county: no chain is longer than all there are
        for fine, coarse in nests:
            if coarse in mine and fine in dims:
                mine = (mine - {coarse}) | {fine}
    return frozenset(mine)


def cliques_of(blocks: Sequence[Block], nests: Nests, first: int) -> list[Clique]:
    """Return the cliques of one measure's blocks, linked as a tree.

    Tables whose dimensions overlap in a ring (area by month, month by category, category by area)
    tell of their common refinement together, so the ring is made one clique (the reduction of
    Graham, 1979, and Yu and Özsoyoğlu, 1979).

    Raises:
        DisclosureError: They make more combinations than can be checked.
    """
    dims = {dim for block in blocks for dim in block.dims}
    sides = [signature(block, nests, dims) for block in blocks]
    tree = _tree(set(sides))
    cuts = _cuts(blocks, sides, tree)
    found = []
    for (names, parent), when in zip(tree, cuts, strict=True):
        order = tuple(sorted(names))
        combos = _combos(order, blocks, sides, nests)
        clique = Clique(order, combos, when, first, parent)
        first += clique.atoms()
        if first > MOST_ATOMS:
            raise DisclosureError(
                "These tables are too fine to be checked against one another.",
                found=f"more than {MOST_ATOMS} combinations of their keys",
                try_="ask for fewer ways at once, or for a shorter period",
                read="explanation/one-door-out",
            )
        found.append(clique)
    return found


def _tree(sides: set[frozenset[str]]) -> list[tuple[frozenset[str], int | None]]:
    left = [s for s in sides if not any(s < other for other in sides)]
    left.sort(key=lambda s: (len(s), sorted(s)))
    done: list[frozenset[str]] = []
    parents: list[frozenset[str] | None] = []
    while len(left) > 1:
        for side in left:
            others = [o for o in left if o is not side]
            shared = side & frozenset().union(*others)
            parent = next((o for o in others if shared <= o), None)
            if parent is not None:
                left.remove(side)
                done.append(side)
                parents.append(parent)
                break
        else:
            left = [frozenset().union(*left)]
    final = [*done, left[0]]
    parents.append(None)
    return [
        (side, None if parent is None else _holding(final, parent, after))
        for after, (side, parent) in enumerate(zip(final, parents, strict=True))
    ]


def _holding(final: list[frozenset[str]], side: frozenset[str], after: int) -> int:
    """Return where a side stands, or the ring that swallowed it."""
    return next(i for i, other in enumerate(final) if i > after and side <= other)


def home(side: frozenset[str], tree: Sequence[tuple[str, ...]]) -> int:
    """Return the smallest clique that holds all these dimensions."""
    holding = [i for i, dims in enumerate(tree) if side <= set(dims)]
    return min(holding, key=lambda i: (len(tree[i]), i))


def _cuts(
    blocks: Sequence[Block],
    sides: Sequence[frozenset[str]],
    tree: Sequence[tuple[frozenset[str], int | None]],
) -> list[NDArray[np.int64]]:
    names = [tuple(sorted(side)) for side, _ in tree]
    cuts: list[set[int]] = [set() for _ in tree]
    for block, side in zip(blocks, sides, strict=True):
        at = cuts[home(side, names)]
        at |= set(block.spans[:, 0].tolist()) | set((block.spans[:, 1] + 1).tolist())
    changed = True
    while changed:  # where cuts of linked cliques cross, each takes the other's
        changed = False
        for i, (_, parent) in enumerate(tree):
            if parent is None:
                continue
            mine, theirs = cuts[i], cuts[parent]
            if not (mine <= theirs or theirs <= mine):
                cuts[i] = mine | theirs
                cuts[parent] = mine | theirs
                changed = True
    return [np.array(sorted(at), np.int64) for at in cuts]


def _combos(
    dims: tuple[str, ...],
    blocks: Sequence[Block],
    sides: Sequence[frozenset[str]],
    nests: Nests,
) -> dict[str, NDArray[np.str_]]:
    """Return the combinations of values that occur, or that might, in the tables of a clique."""
    if not dims:
        return {}
    whole = [
        np.stack([block.dims[dim] for dim in dims], axis=1)
        for block, side in zip(blocks, sides, strict=True)
        if side == set(dims) and set(dims) <= set(block.dims)
    ]
    if whole:
        met = np.unique(np.concatenate(whole), axis=0)
        return {dim: met[:, i] for i, dim in enumerate(dims)}
    values = []
    for dim in dims:
        told = {v for block in blocks if dim in block.dims for v in block.dims[dim].tolist()}
        nested = {value for (fine, _), pairs in nests.items() if fine == dim for value in pairs}
        values.append(sorted(told | nested))
    if np.prod([len(v) for v in values], dtype=float) > MOST_ATOMS:
        raise DisclosureError(
            "These tables are too fine to be checked against one another.",
            found=f"{' by '.join(dims)}: more than {MOST_ATOMS} combinations",
            try_="ask for fewer ways at once, or for a shorter period",
            read="explanation/one-door-out",
        )
    all_ = np.array(list(product(*values)), dtype=np.str_).reshape(-1, len(dims))
    return {dim: all_[:, i] for i, dim in enumerate(dims)}


def seen_as(clique: Clique, dim: str, nests: Nests) -> NDArray[np.str_]:
    """Return what a clique's combinations are called along a dimension, its own or a coarser one.

    Empty where a combination has no such name.
    """
    return _names(clique, dim, nests, ())


def _names(clique: Clique, dim: str, nests: Nests, met: tuple[str, ...]) -> NDArray[np.str_]:
    if dim in clique.dims:
        return clique.combos[dim]
    for (fine, coarse), pairs in nests.items():
        if coarse == dim and fine not in met:
            try:
                finer = _names(clique, fine, nests, (*met, dim))
            except KeyError:
                continue
            return np.array([pairs.get(v, "") for v in finer.tolist()], np.str_)
    raise KeyError(dim)


def rows_over(
    clique: Clique,
    keys: Mapping[str, NDArray[np.str_]],
    spans: NDArray[np.int64],
    nests: Nests,
    atoms: int,
) -> Matrix:
    """Return which atoms each row of a table adds up: shape (rows, atoms)."""
    rows = len(spans)
    mine, theirs = np.zeros(rows, np.int64), np.zeros(clique.size, np.int64)
    for dim, values in keys.items():
        names = seen_as(clique, dim, nests)
        _, codes = np.unique(np.concatenate([values, names]), return_inverse=True)
        both = np.concatenate([mine, theirs]) * (codes.max() + 1) + codes.ravel()
        _, both = np.unique(both, return_inverse=True)
        mine, theirs = both.ravel()[:rows], both.ravel()[rows:]
    order = np.argsort(theirs, kind="stable")
    left = np.searchsorted(theirs[order], mine, "left")
    many = np.searchsorted(theirs[order], mine, "right") - left
    start = np.searchsorted(clique.cuts, spans[:, 0])
    long = np.searchsorted(clique.cuts, spans[:, 1] + 1) - start
    each = many * long
    row = np.repeat(np.arange(rows), each)
    step = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    combo = order[left[row] + step // long[row]]
    atom = clique.first + combo * clique.stretches + start[row] + step % long[row]
    return sparse.csr_array((np.ones(len(atom)), (row, atom)), shape=(rows, atoms))
