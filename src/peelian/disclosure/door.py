"""Letting out what may be seen of a result."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peelian.disclosure.blocks import Block, Nest, blocks_of, nests_of
from peelian.disclosure.primary import held_at_once, hides_order
from peelian.disclosure.register import Register
from peelian.disclosure.released import KEY, Release, ReleasedTable
from peelian.errors import DisclosureError
from peelian.results import Result, ResultTable
from peelian.schema.kinds import Sensitivity

if TYPE_CHECKING:
    from peelian.disclosure.frame import Frame

Masks = Mapping[tuple[str, str], NDArray[np.bool_]]


def release(
    result: Result, *, sensitivity: Sensitivity, register: Register | None = None
) -> Release:
    """Let out what may be seen of a result.

    Counts from 1 to the threshold less one are held back, with every figure that rests on them. Of
    sensitive and special records, every count of a table that names places smaller than a district
    is held back, and of a table that lists such places in an order, everything. A row that is a sum
    of rows of another table, or stands there too, is held back where any of those is. Then further
    counts are held back until an outsider who adds up and takes away everything that is shown, and
    everything earlier releases showed, can place no held-back count more narrowly than by the
    threshold.

    Args:
        result: A result stamped with its provenance.
        sensitivity: The most sensitive of the records it rests on.
        register: The store's earlier releases, where this one is then written down too.

    Raises:
        DisclosureError: The result has no provenance, so nobody could check it; or earlier releases
            already tell what would have to be held back.

    Assumes:
        An outsider knows every table of this release, every release in the register, every total
        along a line of a table, and that counts are whole and never below nought.

    Cannot show:
        What an outsider knows from elsewhere: the person who made a call knows of one record.
    """
    if result.provenance is None:
        raise DisclosureError(
            "A result without provenance cannot leave.",
            try_="ask through a study, which stamps it",
            read="explanation/one-door-out",
        )
    if sensitivity.threshold == 0:
        return _let_out(result, sensitivity, {})
    must = held_at_once(result, sensitivity)
    blocks = list(blocks_of(result, must, float(sensitivity.threshold)))
    nests = list(nests_of(result))
    if register is None:
        held, _ = _held_back(result, blocks, (), nests, must, sensitivity)
        return _let_out(result, sensitivity, held)
    with register.held() as desk:
        told, known_nests = desk.told({block.measure for block in blocks})
        held, totals = _held_back(result, blocks, told, [*nests, *known_nests], must, sensitivity)
        out = _let_out(result, sensitivity, held)
        seen = [block.after(held[block.table, block.column][block.rows]) for block in blocks]
        desk.write(result, [*seen, *totals], nests, sensitivity)
    return out


def _held_back(
    result: Result,
    blocks: Sequence[Block],
    earlier: Sequence[Block],
    nests: Sequence[Nest],
    must: Masks,
    sensitivity: Sensitivity,
) -> tuple[dict[tuple[str, str], NDArray[np.bool_]], list[Block]]:
    """Choose what is held back of every column of counts; return the totals assumed known too."""
    # Open records pass without any of this, so it is not loaded for them.
    from peelian.disclosure.frame import frame
    from peelian.statistics.suppression import Unprotectable, protect

    if not blocks:
        return dict(must), []
    system = frame(result, blocks, earlier, nests, must, float(sensitivity.threshold))
    cells = system.cells
    while True:
        try:
            held = protect(cells)
        except Unprotectable as problem:
            raise DisclosureError(
                "Earlier releases already tell what this one would have to hold back.",
                found=f"{len(problem.cells)} counts below {sensitivity.threshold}, or beside one, "
                f"that no further holding back could keep unsure; {len(earlier)} earlier tables",
                try_="the period and the areas of an earlier release, or longer and larger ones",
                read="explanation/one-door-out",
            ) from problem
        more = _beside(system, held)
        if not more.any():
            break
        cells.held[:] |= more
    held[system.passed] = True
    totals = [
        replace(total, values=np.where(held[at], np.nan, total.values))
        for total, at in system.totals
    ]
    masks = {key: must[key] | np.where(at >= 0, held[at], False) for key, at in system.at.items()}
    return masks, totals


def _beside(system: "Frame", held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Hold back a second count of each line that has one alone, as its total may be known."""
    values, known = system.cells.sums.values, system.cells.known
    now, more = held.copy(), np.zeros(len(held), bool)
    changed = True
    while changed:
        changed = False
        for line in system.lines:
            if now[line].sum() != 1:
                continue
            others = line[~now[line] & ~known[line]]
            some = others[values[others] > 0]
            others = some if len(some) else others
            if len(others):
                chosen = others[np.argmin(values[others])]
                now[chosen] = more[chosen] = changed = True
    return more


def _let_out(result: Result, sensitivity: Sensitivity, held: Masks) -> Release:
    assert result.provenance is not None
    return Release(
        question=result.question,
        answer=result.answer,
        tables=MappingProxyType(
            {
                name: _seen(table, sensitivity, {c: m for (t, c), m in held.items() if t == name})
                for name, table in result.tables.items()
            }
        ),
        drawings=result.drawings,
        diagnostics=result.diagnostics,
        caveats=result.caveats,
        definitions=result.definitions,
        provenance=result.provenance,
        sensitivity=sensitivity,
        key=KEY,
    )


def _seen(
    table: ResultTable, sensitivity: Sensitivity, counts: Mapping[str, NDArray[np.bool_]]
) -> ReleasedTable:
    """Take the held-back counts out of a table, and the figures that rest on them."""
    held = dict(counts)
    for name, meaning in table.fields.items():
        if meaning.role == "figure" and meaning.of and counts:
            held[name] = np.logical_or.reduce([counts[count] for count in meaning.of])
    if hides_order(table, sensitivity):
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
