"""All that an outsider could add up: this result's counts and earlier releases', as one system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.disclosure.blocks import Block, Must, Nest, counts_of, rounded
from peelian.disclosure.cliques import (
    Clique,
    Nests,
    by_pairs,
    cliques_of,
    home,
    rows_over,
    signature,
)
from peelian.disclosure.regions import (
    at_one_time,
    every_region,
    lines_of,
    rows_made_of,
    stretches_of,
    total_of,
)
from peelian.disclosure.rows import Rows, merged, wide
from peelian.disclosure.watched import watched
from peelian.results import Result, Role
from peelian.statistics.fitting import fit
from peelian.statistics.moves import Matrix, Sums
from peelian.statistics.suppression import Cells

Mask = NDArray[np.bool_]
_ASSUMED = 300.0  # an assumed total is given up only where nothing that is shown would do
_COARSER = 4.0  # a total is worth this many times the cells it adds up
_SAME = 1e-6
_Told = dict[tuple[int, frozenset[str]], set[tuple[int, int]]]


@dataclass(frozen=True)
class Frame:
    """The system, and where each count of the result stands in it.

    Args:
        cells: The cells, for `statistics.suppression`.
        at: For each table and column of counts, the cell of every row; -1 where nothing is.
        lines: Sets of cells that add up to a total nobody shows: one held back needs another.
        passed: Cells that must be held back though an earlier release told them.
        changed: How many earlier figures can no longer be true of the records.
        totals: The totals along lines, which may be known elsewhere, and the cell of each.
        earlier: The blocks that earlier releases told, and the cell of each of their rows.
    """

    cells: Cells
    at: Mapping[tuple[str, str], NDArray[np.int64]]
    lines: tuple[NDArray[np.int64], ...]
    passed: NDArray[np.int64]
    changed: int
    totals: tuple[tuple[Block, NDArray[np.int64]], ...]
    earlier: tuple[tuple[Block, NDArray[np.int64]], ...]

    def in_the_way(self, of: NDArray[np.int64]) -> list[str]:
        """Return the earlier releases that told of records in these cells: the narrowest first."""
        matrix = self.cells.sums.matrix
        inside = (abs(matrix[of]).sum(axis=0) > 0).astype(np.float64)
        narrowest: dict[str, float] = {}
        for block, cells in self.earlier:
            rows = abs(matrix[cells])
            meets = rows @ inside > 0
            if meets.any():
                width = float(rows.sum(axis=1)[meets].min())
                narrowest[block.told_by] = min(width, narrowest.get(block.told_by, np.inf))
        return sorted(narrowest, key=lambda told_by: (narrowest[told_by], told_by))


def frame(
    result: Result,
    blocks: Sequence[Block],
    earlier: Sequence[Block],
    nests: Sequence[Nest],
    must: Must,
    *,
    role: Role = "count",
    base: int = 0,
) -> Frame:
    """Put a result beside everything an outsider holds already.

    Args:
        result: The result.
        blocks: Its columns of counts.
        earlier: Those of earlier releases.
        nests: What lies in what.
        must: What must be held back of the result.
        role: Whether these are counts or amounts.
        base: What shown counts will be rounded to; nought where they are not.
    """
    work = _Work(result, by_pairs(nests), must, role, base)
    for measure in dict.fromkeys(block.measure for block in blocks):
        work.measure(
            [b for b in blocks if b.measure == measure],
            [b for b in earlier if b.measure == measure],
        )
    for name in result.tables:
        work.made_of(name)
    return work.finish()


class _Work:
    def __init__(self, result: Result, nests: Nests, must: Must, role: Role, base: int) -> None:
        self.result, self.nests, self.must, self.base = result, nests, must, base
        self.role: Role = role
        needs = [
            float(need.max(initial=0.0))
            for (table, column), need in must.need.items()
            if result.tables[table].fields[column].role == role
        ]
        self.need = max(needs, default=0.0)
        self.rows = Rows()
        self.atoms = 0
        self.at: dict[tuple[str, str], NDArray[np.int64]] = {}
        self.over: dict[tuple[str, str], sparse.csr_array] = {}
        self.lines: list[NDArray[np.int64]] = []
        self.follows: list[NDArray[np.int64]] = []
        self.alike: dict[str, list[int]] = {}
        self.silent: list[Matrix] = []
        self.totals: list[tuple[Block, NDArray[np.int64]]] = []
        self.earlier: list[tuple[Block, NDArray[np.int64]]] = []
        self.links: list[NDArray[np.int64]] = []
        self.cliques: list[Clique] = []

    def measure(self, blocks: Sequence[Block], earlier: Sequence[Block]) -> None:
        both = [*blocks, *earlier]
        cliques = cliques_of(both, self.nests, self.atoms)
        names = [clique.dims for clique in cliques]
        dims = {dim for block in both for dim in block.dims}
        self.atoms = cliques[-1].first + cliques[-1].atoms()
        told: _Told = {}
        for number, block in enumerate(both):
            side = signature(block, self.nests, dims)
            place = home(side, names)
            clique = cliques[place]
            matrix = rows_over(clique, block.dims, block.spans, self.nests, self.atoms)
            matrix = self._none_empty(matrix)
            coarser = (
                len(clique.dims) - len(side) + (clique.stretches > 1 and at_one_time(block.spans))
            )
            cost = _COARSER ** min(coarser, 4) * (1 + np.log1p(np.nan_to_num(block.values)) / 20)
            told.setdefault((place, side), set()).update(
                map(tuple, np.unique(block.spans, axis=0).tolist())
            )
            if number < len(blocks):
                self._new(block, matrix, cost)
            else:
                numbers = self.rows.add(
                    matrix,
                    old=block.values,
                    was_held=block.held,
                    need=block.need,
                    cost=cost,
                    blur=np.where(block.values > 0, block.blur, 0.0),
                )
                self.earlier.append((block, numbers))
        self.cliques += cliques
        self._linked(cliques, told)
        for place, side in told:
            self._watch(cliques[place], side)

    def _none_empty(self, matrix: Matrix) -> Matrix:
        """Give each count that adds up nothing known an atom of its own, linked to no other."""
        lost = np.flatnonzero(np.diff(matrix.indptr) == 0)
        if not len(lost):
            return matrix
        first = self.atoms
        self.atoms += len(lost)
        alone = (np.ones(len(lost)), (lost, first + np.arange(len(lost))))
        matrix.resize((matrix.shape[0], self.atoms))
        return sparse.csr_array(matrix + sparse.csr_array(alone, matrix.shape))

    def _new(self, block: Block, matrix: Matrix, cost: NDArray) -> None:
        numbers = self.rows.add(
            matrix, new=block.values, must=block.held, shown=True, need=block.need, cost=cost
        )
        key = (block.table, block.column)
        none = np.full(self.result.tables[block.table].data.num_rows, -1)
        at = self.at.setdefault(key, none)
        at[block.rows] = numbers
        for name, number in zip(block.alike, numbers.tolist(), strict=False):
            self.alike.setdefault(name, []).append(number)
        spread = sparse.csr_array(
            (np.ones(len(block)), (block.rows, np.arange(len(block)))), (len(at), len(block))
        )
        adds = sparse.csr_array(spread @ matrix)
        if key in self.over:  # a column whose rows lie along unlike dimensions comes in parts
            self.over[key].resize(adds.shape)
            adds = sparse.csr_array(adds + self.over[key])
        self.over[key] = adds
        for over in block.sums_over:
            keys = {dim: v for dim, v in block.dims.items() if dim != over}
            spans = None if over == "month" else block.spans
            lines = lines_of(keys, spans, len(block))
            which = sparse.csr_array(
                (np.ones(len(block)), (lines, np.arange(len(block)))),
                (int(lines.max(initial=-1)) + 1, len(block)),
            )
            totals = sparse.csr_array(which @ matrix)
            totals.data[:] = 1.0
            summed = which @ block.values
            numbered = self.rows.add(
                totals, new=summed, assumed=True, need=self.need, cost=_ASSUMED
            )
            order = np.argsort(lines, kind="stable")
            self.totals.append((total_of(block, keys, lines, summed), numbered))
            split = np.split(numbers[order], np.flatnonzero(np.diff(lines[order])) + 1)
            self.lines += [
                np.concatenate([[total], line]) for total, line in zip(numbered, split, strict=True)
            ]

    def _linked(self, cliques: Sequence[Clique], told: _Told) -> None:
        """Say that the same records, counted along other dimensions, are as many.

        Or, where some are in no table of one side (records that lie in no area), as many less a
        number that is known for the periods that were released, and not for the stretches between.
        """
        met = [
            {span for (place, _), spans in told.items() if place == i for span in spans}
            for i in range(len(cliques))
        ]
        for i, clique in enumerate(cliques):
            if clique.parent is None:
                continue
            other = cliques[clique.parent]
            shared = [dim for dim in clique.dims if dim in other.dims]
            cuts = np.intersect1d(clique.cuts, other.cuts)
            self.links.append(self._link(clique, other, shared, stretches_of(cuts)))
            both = sorted(met[i] & met[clique.parent])
            if both:
                self._link(clique, other, shared, np.array(both, np.int64))

    def _link(
        self,
        clique: Clique,
        other: Clique,
        shared: Sequence[str],
        when: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        keys, spans = every_region(clique, shared, when)
        mine = rows_over(clique, keys, spans, self.nests, self.atoms)
        theirs = rows_over(other, keys, spans, self.nests, self.atoms)
        return self.rows.add(sparse.csr_array(mine - theirs), link=True)

    def _watch(self, clique: Clique, side: frozenset[str]) -> None:
        """Look at every region between the cuts, whether or not anybody asked for it."""
        dims = [dim for dim in clique.dims if dim in side]
        if self.role != "count":
            return  # no amount is small in itself
        keys, each = every_region(clique, dims, stretches_of(clique.cuts))
        self.silent.append(rows_over(clique, keys, each, self.nests, self.atoms))

    def made_of(self, name: str) -> None:
        """Add a table whose rows are sums of another's rows, or stand there too."""
        table = self.result.tables[name]
        counts = table.columns_of(self.role)
        if table.members is None or all((name, column) in self.at for column in counts):
            return
        self.made_of(table.members.table)
        theirs = self.result.tables[table.members.table]
        match = rows_made_of(table, theirs)
        above = [self.at[theirs_at] for theirs_at in self.at if theirs_at[0] == table.members.table]
        for column in counts:
            values = counts_of(table, column)
            there = np.flatnonzero(~np.isnan(values))
            matrix = self._sum_of(name, column, match, values, there)
            numbers = self.rows.add(
                matrix,
                new=values[there],
                must=self.must.held[name, column][there],
                shown=True,
                need=self.must.need[name, column][there],
                cost=_COARSER,
            )
            at = np.full(len(values), -1)
            at[there] = numbers
            self.at[name, column] = at
            row, member = match.nonzero()
            for cells in above:
                pairs = np.stack([cells[member], at[row]], axis=1)
                self.follows.append(pairs[(pairs >= 0).all(axis=1)])

    def _sum_of(
        self,
        name: str,
        column: str,
        match: Matrix,
        values: NDArray,
        there: NDArray[np.int64],
    ) -> Matrix:
        members = self.result.tables[name].members
        assert members is not None
        source = (members.table, column)
        if source in self.over:
            whole = np.nan_to_num(counts_of(self.result.tables[members.table], column))
            if np.allclose((match @ whole)[there], values[there], rtol=0, atol=_SAME):
                over = sparse.csr_array(match @ self.over[source])
                self.over[name, column] = over
                return over[there]
        first = self.atoms  # a count of something else: it is a matter of its own
        self.atoms += len(there)
        alone = (np.ones(len(there)), (np.arange(len(there)), first + np.arange(len(there))))
        return sparse.csr_array(alone, (len(there), self.atoms))

    def finish(self) -> Frame:
        rows, atoms = self.rows, self.atoms
        matrix = wide(rows.matrix, atoms)
        new, old, link = rows["new"], rows["old"], rows["link"]
        value = np.where(np.isnan(new), old, new)
        value[link] = 0.0
        told = ~np.isnan(value)
        whole = bool(np.allclose(value[told], np.rint(value[told]), rtol=0, atol=_SAME))
        weight = np.where(np.isnan(new), 1.0, 10.0)
        blur = rows["blur"]
        weight = np.where(link, 0.3, np.where(rows["assumed"], 0.1, weight))
        at = fit(matrix[told], value[told], weight[told], blur=blur[told], whole=whole)
        for rows_of in self.links:  # some records are in no table of one side
            if np.abs(matrix[rows_of] @ at).max(initial=0.0) > _SAME:
                link[rows_of] = False
        matrix, cell_of = merged(matrix)
        count = matrix.shape[0]

        def any_(mask: Mask) -> Mask:
            return np.bincount(cell_of, mask, minlength=count) > 0

        said = np.full(count, np.nan)
        said[cell_of[~np.isnan(new)]] = new[~np.isnan(new)]
        now = np.where(np.isnan(said[cell_of]), matrix[cell_of] @ at, said[cell_of])
        off = np.abs(now - old)
        known = any_(((off <= _SAME) & (blur == 0)) | link)
        blurred = any_((off <= blur + _SAME) & (blur > 0)) & ~known
        changed = int((~np.isnan(old) & (off > blur + _SAME)).sum())
        loose = np.zeros((count, 2))
        told_near = ~np.isnan(old) & (blur > 0) & blurred[cell_of]
        loose[cell_of[told_near]] = np.stack(
            [(now - old + blur)[told_near], (old + blur - now)[told_near]], axis=1
        )
        shown, assumed = any_(rows["shown"]), any_(rows["assumed"])
        must = any_(rows["must"] | rows["was_held"])
        need, cost = np.zeros(count), np.full(count, np.inf)
        np.maximum.at(need, cell_of, np.where(rows["was_held"] | rows["shown"], rows["need"], 0))
        np.minimum.at(cost, cell_of, rows["cost"])
        cost[shown] = np.minimum(cost[shown], 200.0)
        need[known | ~(shown | any_(rows["was_held"]))] = 0
        passed = np.flatnonzero((known | blurred) & any_(rows["must"]))
        if self.base:
            true = matrix @ at
            near = shown & ~known & ~blurred & (true > 0)
            gap = rounded(true, self.base) - true
            loose[near] = np.stack([self.base // 2 - gap, self.base // 2 + gap], axis=1)[near]
        known |= blurred
        need[known] = 0
        exact = ~any_(link) & ~blurred & (known | shown | assumed) & (not self.base)
        regions, pairs = watched(self.silent, matrix, at, np.flatnonzero(exact), self.need)
        extra = regions.shape[0]
        needs = np.full(extra, self.need)
        silent = np.concatenate([~(known | shown | assumed | must), np.ones(extra, bool)])
        sums = Sums(
            matrix=sparse.csr_array(sparse.vstack([matrix, regions], format="csr")),
            at=at,
            loose=np.vstack([np.clip(loose, 0, None), np.zeros((extra, 2))]),
            whole=whole,
            place=_place(self.cliques, self.atoms),
        )
        for same in self.alike.values():
            self.follows.append(np.array(list(permutations(same, 2)), np.int64).reshape(-1, 2))
        follows = (
            cell_of[np.concatenate(self.follows)] if self.follows else np.empty((0, 2), np.int64)
        )
        none = np.zeros(extra, bool)
        return Frame(
            Cells(
                sums=sums,
                known=np.concatenate([known, none]),
                held=np.concatenate([must & ~known, none]),
                silent=silent,
                need=np.concatenate([need, needs]),
                cost=np.concatenate([cost, np.ones(extra)]),
                follows=follows,
                pairs=pairs,
            ),
            {key: np.where(cells >= 0, cell_of[cells], -1) for key, cells in self.at.items()},
            tuple(cell_of[line[1:]] for line in self.lines if not shown[cell_of[line[0]]]),
            passed,
            changed,
            tuple((total, cell_of[numbers]) for total, numbers in self.totals),
            tuple((block, cell_of[numbers]) for block, numbers in self.earlier),
        )


def _place(cliques: Sequence[Clique], atoms: int) -> NDArray[np.int64] | None:
    """Return where the atoms of the largest clique stand in it, if it has three ways or more."""
    clique = max(cliques, key=Clique.atoms)
    ways = [np.unique(values, return_inverse=True)[1].ravel() for values in clique.combos.values()]
    ways = [np.repeat(way, clique.stretches) for way in ways if way.max(initial=0) > 0]
    if clique.stretches > 1:
        ways.append(np.tile(np.arange(clique.stretches), clique.size))
    if len(ways) < 3:
        return None
    place = np.full((atoms, len(ways)), -1)
    place[clique.first : clique.first + clique.atoms()] = np.stack(ways, axis=1)
    return place
