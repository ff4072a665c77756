"""Regions of counts: lines of them with their totals, every one between cuts, and sums of rows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.disclosure.blocks import Block
from peelian.disclosure.cliques import Clique
from peelian.results import ResultTable
from peelian.statistics.moves import Matrix


def at_one_time(spans: NDArray[np.int64]) -> bool:
    """Say whether all rows count records of the same months."""
    return len(np.unique(spans, axis=0)) == 1


def lines_of(
    keys: Mapping[str, NDArray[np.str_]], spans: NDArray[np.int64] | None, rows: int
) -> NDArray[np.int64]:
    """Return the line each row stands in: rows that agree in these keys, and in time."""
    line = np.zeros(rows, np.int64)
    columns = [*keys.values(), *(() if spans is None else spans.T)]
    for column in columns:
        _, codes = np.unique(column, return_inverse=True)
        _, line = np.unique(line * (codes.max(initial=0) + 1) + codes.ravel(), return_inverse=True)
        line = line.ravel()
    return line


def total_of(
    block: Block, keys: Mapping[str, NDArray[np.str_]], lines: NDArray[np.int64], values: NDArray
) -> Block:
    """Return the totals of a block's lines as a block of their own."""
    _, first = np.unique(lines, return_index=True)
    spans = block.spans[first].copy()
    np.minimum.at(spans[:, 0], lines, block.spans[:, 0])
    np.maximum.at(spans[:, 1], lines, block.spans[:, 1])
    return Block(
        measure=block.measure,
        dims={dim: codes[first] for dim, codes in keys.items()},
        spans=spans,
        values=values,
        held=np.zeros(len(first), bool),
        need=np.zeros(len(first)),
    )


def stretches_of(cuts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first and last month of each stretch between cuts: shape (stretches, 2)."""
    return np.stack([cuts[:-1], cuts[1:] - 1], axis=1)


def every_region(
    clique: Clique, dims: Sequence[str], spans: NDArray[np.int64]
) -> tuple[dict[str, NDArray[np.str_]], NDArray[np.int64]]:
    """Return every combination of these dimensions' values in each of these spans."""
    if not dims:
        return {}, spans
    met = np.unique(np.stack([clique.combos[dim] for dim in dims], axis=1), axis=0)
    keys = {dim: np.repeat(met[:, i], len(spans)) for i, dim in enumerate(dims)}
    return keys, np.tile(spans, (len(met), 1))


def rows_made_of(table: ResultTable, theirs: ResultTable) -> Matrix:
    """Return which rows of another table each row is made of."""
    assert table.members is not None
    names = list(
        zip(*(theirs.data.column(c).to_pylist() for c in table.members.match.values()), strict=True)
    )
    mine = list(zip(*(table.data.column(c).to_pylist() for c in table.members.match), strict=True))
    where: dict[tuple[object, ...], list[int]] = {}
    for i, name in enumerate(names):
        where.setdefault(name, []).append(i)
    pairs = [(i, j) for i, name in enumerate(mine) for j in where.get(name, ())]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), (len(mine), len(names)))
