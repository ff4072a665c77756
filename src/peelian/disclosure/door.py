"""Letting out what may be seen of a result."""

from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.disclosure.released import KEY, Release, ReleasedTable
from peelian.errors import DisclosureError
from peelian.results import Result, ResultTable
from peelian.schema.kinds import Sensitivity

# From here on nothing is told of places smaller than a district.
_SMALL_PLACES = Sensitivity.SENSITIVE


def release(result: Result, *, sensitivity: Sensitivity) -> Release:
    """Let out what may be seen of a result.

    Counts from 1 to the threshold less one are held back, with every figure that rests on them.
    Then, in every line of a table along which counts could be added up to a known total, a single
    held-back cell would be the total less the rest: so the next smallest count of the line is held
    back too, until each line has none or at least two. Of sensitive and special records, every
    count of a table that names places smaller than a district is held back, and of a table that
    lists such places in an order, everything. A row that is a sum of rows of another table, or
    stands there too, is held back where any of those is.

    Args:
        result: A result stamped with its provenance.
        sensitivity: The most sensitive of the records it rests on.

    Raises:
        DisclosureError: The result has no provenance, so nobody could check it.

    Assumes:
        A reader knows every margin of every table, but no earlier release.

    Cannot show:
        That no two releases can be subtracted from one another; that is not checked here.
    """
    if result.provenance is None:
        raise DisclosureError(
            "A result without provenance cannot leave.",
            try_="ask through a study, which stamps it",
            read="explanation/one-door-out",
        )
    tables: dict[str, ReleasedTable] = {}
    for name in result.tables:
        _protect_in_turn(name, result, sensitivity, tables)
    return Release(
        question=result.question,
        answer=result.answer,
        tables=MappingProxyType(tables),
        drawings=result.drawings,
        diagnostics=result.diagnostics,
        caveats=result.caveats,
        definitions=result.definitions,
        provenance=result.provenance,
        sensitivity=sensitivity,
        key=KEY,
    )


def _protect_in_turn(
    name: str, result: Result, sensitivity: Sensitivity, done: dict[str, ReleasedTable]
) -> None:
    """Protect a table, and before it the table its rows are made of."""
    if name in done:
        return
    table, hidden = result.tables[name], np.zeros(result.tables[name].data.num_rows, bool)
    if table.members is not None:
        _protect_in_turn(table.members.table, result, sensitivity, done)
        hidden = _with_hidden_members(table, result, done[table.members.table])
    done[name] = _protect(table, sensitivity, hidden)


def _with_hidden_members(table: ResultTable, result: Result, above: ReleasedTable) -> np.ndarray:
    """Say of each row whether any row it is made of was held back."""
    assert table.members is not None
    theirs = result.tables[table.members.table]
    masks = [
        above.held_back[name] for name in theirs.columns_of("count") if name in above.held_back
    ]
    if not masks:
        return np.zeros(table.data.num_rows, bool)
    gone = np.logical_or.reduce(masks)
    names = theirs.data.select(list(table.members.match.values())).to_pylist()
    hidden = {tuple(row.values()) for row, held in zip(names, gone, strict=True) if held}
    mine = table.data.select(list(table.members.match)).to_pylist()
    return np.array([tuple(row.values()) in hidden for row in mine], bool)


def _protect(table: ResultTable, sensitivity: Sensitivity, hidden: np.ndarray) -> ReleasedTable:
    counts = table.columns_of("count")
    held = {name: _small(table, name, sensitivity) | hidden for name in counts}
    for name, mask in held.items():
        _complement(table, name, mask)
        if sensitivity >= _SMALL_PLACES and _below_district(table):
            mask[:] = True
    for name, meaning in table.fields.items():
        if meaning.role == "figure" and meaning.of:
            held[name] = np.logical_or.reduce([held[count] for count in meaning.of])
    if sensitivity >= _SMALL_PLACES and _lists_places(table):
        everything = np.ones(table.data.num_rows, bool)
        held = {name: everything for name in table.fields if name not in table.columns_of("key")}
    data = table.data
    for name, mask in held.items():
        if mask.any():
            at = data.column_names.index(name)
            column = data.column(name).combine_chunks()
            gone = pc.call_function(
                "if_else", [pa.array(mask), pa.scalar(None, column.type), column]
            )
            data = data.set_column(at, data.schema.field(at).with_nullable(True), gone)
    return ReleasedTable(
        caption=table.caption,
        data=data,
        fields=table.fields,
        held_back=MappingProxyType({k: m for k, m in held.items() if m.any()}),
        for_machine=table.for_machine,
    )


def _below_district(table: ResultTable) -> bool:
    return any(meaning.below_district for meaning in table.fields.values())


def _lists_places(table: ResultTable) -> bool:
    """Say whether small places stand in an order, which tells of counts even without them."""
    return any(f.below_district and f.role == "label" for f in table.fields.values())


def _counts(table: ResultTable, name: str) -> np.ndarray:
    column = table.data.column(name).cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=float)


def _small(table: ResultTable, name: str, sensitivity: Sensitivity) -> np.ndarray:
    counts = _counts(table, name)
    return (counts > 0) & (counts < sensitivity.threshold)


def _complement(table: ResultTable, name: str, held: np.ndarray) -> None:
    """Hold back more cells, in place, until no line of the table has exactly one."""
    if not held.any():
        return
    counts = _counts(table, name)
    lines = _lines(table)
    changed = True
    while changed:
        changed = False
        for line in lines:
            if held[line].sum() != 1:
                continue
            others = line[~held[line] & (counts[line] > 0)]
            if not len(others):  # every other cell is a zero: one of them must hide too
                others = line[~held[line] & (counts[line] == 0)]
            if len(others):
                held[others[np.argmin(counts[others])]] = True
                changed = True


def _lines(table: ResultTable) -> list[np.ndarray]:
    """Return, for each key that could be summed over, the rows that differ in that key alone."""
    keys = table.columns_of("key")
    over = keys if table.sums_over is None else table.sums_over
    if not table.data.num_rows:
        return []
    codes = {key: _codes(table.data.column(key)) for key in keys}
    lines: list[np.ndarray] = []
    for key in over:
        rest = [codes[other] for other in keys if other != key]
        if rest:
            _, line_of = np.unique(np.stack(rest, axis=1), axis=0, return_inverse=True)
        else:
            line_of = np.zeros(table.data.num_rows, dtype=int)
        order = np.argsort(line_of.ravel(), kind="stable")
        starts = np.flatnonzero(np.diff(line_of.ravel()[order])) + 1
        lines += np.split(order, starts)
    return lines


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    encoded = column.combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
