"""Letting out what may be seen of a result."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from peelian.disclosure.blocks import Block, Must, Nest, blocks_of, counts_of, nests_of, rounded
from peelian.disclosure.primary import HEALTH, hides_order, must_hold
from peelian.disclosure.register import Register
from peelian.disclosure.released import KEY, Release, ReleasedTable
from peelian.errors import DisclosureError
from peelian.results import Result, ResultTable, Role, Sentence
from peelian.schema.kinds import Sensitivity
from peelian.sentences import plural

if TYPE_CHECKING:
    from peelian.disclosure.frame import Frame

_MOST_NAMED = 3  # earlier releases that a refusal names

Masks = Mapping[tuple[str, str], NDArray[np.bool_]]


def release(
    result: Result,
    *,
    sensitivity: Sensitivity,
    register: Register | None = None,
    health: bool = False,
) -> Release:
    """Let out what may be seen of a result.

    Counts from 1 to the threshold less one are held back, with every figure that rests on them. Of
    sensitive and special records, every count of a table that names places smaller than a district
    is held back, and of a table that lists such places in an order, everything. A row that is a sum
    of rows of another table, or stands there too, is held back where any of those is. Then further
    counts are held back until an outsider who adds up and takes away everything that is shown, and
    everything earlier releases showed, can place no held-back count more narrowly than by the
    threshold. Amounts (minutes) are held back with their counts, and where one record makes up most
    of one (the p% rule), and are protected in the same way.

    Args:
        result: A result stamped with its provenance.
        sensitivity: The most sensitive of the records it rests on.
        register: The store's earlier releases, where this one is then written down too.
        health: Whether counts are shown to the nearest five and held back from one to seven, as
            health partners ask. Figures and amounts that rest on counts are then held back, since
            the exact count could be worked out from them.

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
    base = HEALTH if health else 0
    if sensitivity.threshold == 0 and not health:
        return _let_out(result, sensitivity, {}, base)
    must = must_hold(result, sensitivity, base)
    counts = list(blocks_of(result, must))
    amounts = [] if health else list(blocks_of(result, must, role="amount"))
    nests = list(nests_of(result))
    if register is None or sensitivity.threshold == 0:
        held, _ = _held_back(result, counts, (), nests, must, base=base)
        more, _ = _held_back(result, amounts, (), nests, must, role="amount")
        return _let_out(result, sensitivity, held | more, base)
    with register.held() as desk:
        told, known_nests = desk.told({block.measure for block in (*counts, *amounts)})
        nests_known = [*nests, *known_nests]
        held, totals = _held_back(result, counts, told, nests_known, must, base=base)
        more, sums = _held_back(result, amounts, told, nests_known, must, role="amount")
        held |= more
        out = _let_out(result, sensitivity, held, base)
        seen = [
            block.after(held[block.table, block.column][block.rows], base)
            for block in (*counts, *amounts)
        ]
        desk.write(result, [*seen, *totals, *sums], nests, sensitivity)
    return out


def _beside_what(system: "Frame", cells: NDArray[np.int64]) -> str:
    """Name the earlier releases in the way, by question, period and day: never by a value."""
    told = system.in_the_way(cells)
    more = f"; and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    return f", beside {'; '.join(told[:_MOST_NAMED])}{more}" if told else ""


def _held_back(
    result: Result,
    blocks: Sequence[Block],
    earlier: Sequence[Block],
    nests: Sequence[Nest],
    must: Must,
    *,
    role: Role = "count",
    base: int = 0,
) -> tuple[dict[tuple[str, str], NDArray[np.bool_]], list[Block]]:
    """Choose what is held back of every column of a role; return the totals assumed known too."""
    # Open records pass without any of this, so it is not loaded for them.
    from peelian.disclosure.frame import frame
    from peelian.statistics.suppression import Unprotectable, protect

    columns = [key for key in must.held if result.tables[key[0]].fields[key[1]].role == role]
    if not blocks:
        return {key: must.held[key] for key in columns}, []
    system = frame(result, blocks, earlier, nests, must, role=role, base=base)
    cells = system.cells
    while True:
        try:
            held = protect(cells)
        except Unprotectable as problem:
            few = len(problem.cells)
            raise DisclosureError(
                "Earlier releases already tell what this one would have to hold back.",
                found=f"{few} {plural(few, role)} too small to show, or beside one, that no "
                f"further holding back could keep unsure{_beside_what(system, problem.cells)}",
                try_="the period and the areas of that release, or longer and larger ones",
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
    masks = {key: must.held[key] for key in columns}
    for key, at in system.at.items():
        masks[key] = masks[key] | np.where(at >= 0, held[at], False)
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


_ROUNDED = Sentence(
    "Counts are shown to the nearest five, those from one to seven are held back, and so is every "
    "figure that rests on counts."
)


def _let_out(result: Result, sensitivity: Sensitivity, held: Masks, base: int) -> Release:
    assert result.provenance is not None
    return Release(
        question=result.question,
        answer=result.answer,
        tables=MappingProxyType(
            {
                name: _seen(
                    table, sensitivity, {c: m for (t, c), m in held.items() if t == name}, base
                )
                for name, table in result.tables.items()
            }
        ),
        drawings=result.drawings,
        diagnostics=result.diagnostics,
        caveats=(_ROUNDED, *result.caveats) if base else result.caveats,
        definitions=result.definitions,
        provenance=result.provenance,
        sensitivity=sensitivity,
        key=KEY,
    )


def _seen(
    table: ResultTable,
    sensitivity: Sensitivity,
    counts: Mapping[str, NDArray[np.bool_]],
    base: int,
) -> ReleasedTable:
    """Take the held-back counts out of a table, and the figures that rest on them."""
    held = dict(counts)
    for name, meaning in table.fields.items():
        if meaning.role in {"figure", "amount"} and meaning.of and (counts or base):
            rests = [held[of] for of in meaning.of if of in held]
            rests += [np.ones(table.data.num_rows, bool)] * bool(base)
            held[name] = np.logical_or.reduce([*rests, held.get(name, rests[0])])
    if hides_order(table, sensitivity):
        everything = np.ones(table.data.num_rows, bool)
        held = {name: everything for name in table.fields if name not in table.columns_of("key")}
    parts = table.columns_of("part")
    data = table.data.drop_columns(list(parts))
    for name in table.columns_of("count") if base else ():
        kind = data.schema.field(name).type
        near = pa.array(rounded(counts_of(table, name), base), pa.float64(), from_pandas=True)
        data = data.set_column(data.column_names.index(name), name, near.cast(kind))
    for name, mask in held.items():
        if mask.any() and name not in parts:
            at = data.column_names.index(name)
            column = data.column(name).combine_chunks()
            gone = pc.call_function(
                "if_else", [pa.array(mask), pa.scalar(None, column.type), column]
            )
            data = data.set_column(at, data.schema.field(at).with_nullable(True), gone)
    return ReleasedTable(
        caption=table.caption,
        data=data,
        fields={name: meaning for name, meaning in table.fields.items() if name not in parts},
        held_back=MappingProxyType({k: m for k, m in held.items() if m.any() and k not in parts}),
        for_machine=table.for_machine,
    )
