"""Records put among the areas that are loaded, and those that are in none."""

from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from peelian.analysis.demand.composition.counting import Kind


@dataclass(frozen=True)
class InAreas:
    """One kind of record by area.

    Args:
        rows: Vintage, code, name and number of records, a row an area that is loaded.
        unnamed: Rows, in the same shape, of vintages of which no areas are loaded.
        placed: Records in a loaded area.
        outside: Records in an area of a loaded vintage that is not itself loaded.
        not_placed: Records without an area.
    """

    rows: list[tuple[str, str, str, int]]
    unnamed: list[tuple[str, str, str, int]]
    placed: int
    outside: int
    not_placed: int


def loaded_areas(areas: ir.Table) -> dict[tuple[str, str], str]:
    """Return the name of every loaded area, by vintage and code."""
    rows = areas.select("vintage", "area_code", "name").to_pyarrow().to_pylist()
    named = {(r["vintage"], r["area_code"]): r["name"] or r["area_code"] for r in rows}
    return dict(sorted(named.items()))


def in_areas(kind: Kind, named: dict[tuple[str, str], str]) -> InAreas:
    """Put one kind of record among the areas: every loaded area of a vintage that it uses."""
    held = _held(kind.by_area)
    loaded, used = {vintage for vintage, _ in named}, {vintage for vintage, _ in held}
    rows = [
        (vintage, code, name, held.get((vintage, code), 0))
        for (vintage, code), name in named.items()
        if vintage in used
    ]
    elsewhere = {key: n for key, n in held.items() if key not in named and key[1]}
    unnamed = [(v, code, code, n) for (v, code), n in elsewhere.items() if v not in loaded]
    return InAreas(
        rows=rows,
        unnamed=unnamed,
        placed=sum(n for *_, n in rows),
        outside=sum(n for (vintage, _), n in elsewhere.items() if vintage in loaded),
        not_placed=sum(n for (_, code), n in held.items() if not code),
    )


def _held(by_area: pa.Table) -> dict[tuple[str, str], int]:
    return {
        (row["area_vintage"] or "", row["area_code"] or ""): row["n"] for row in by_area.to_pylist()
    }
