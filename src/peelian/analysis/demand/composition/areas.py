"""Records put among the areas that are loaded, and those that are in none."""

from collections import Counter
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.counting import Kind
from peelian.errors import VintageMismatch, nearest
from peelian.statistics.alignment import bounds, move


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

    rows: list[tuple[str, str, str, float]]
    unnamed: list[tuple[str, str, str, float]]
    placed: float
    outside: float
    not_placed: float


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


def onto(kind: Kind, area_links: ir.Table, named: dict[tuple[str, str], str], vintage: str) -> Kind:
    """Bring the records of other vintages to the areas of one, through links; none is lost.

    A record that no link leads on, or whose links say no share, stays where it is coded.

    Args:
        kind: One kind of record.
        area_links: The canonical table.
        named: The areas that are loaded, by vintage and code.
        vintage: The vintage wanted.

    Raises:
        VintageMismatch: No areas of that vintage are loaded, or weights do not conserve counts.
    """
    loaded = sorted({name for name, _ in named})
    if vintage not in loaded:
        raise VintageMismatch(
            f"No areas of the vintage {vintage} are loaded.",
            found=f"areas of {', '.join(loaded) or 'none'}",
            try_=nearest(vintage, loaded),
            read="how-to/link-vintages",
        )
    links = area_links.filter(area_links.to_vintage == vintage).to_pyarrow()
    held, there = _held(kind.by_area), Counter[tuple[str, str]]()
    brought, shared = 0.0, 0.0
    for other in sorted({name for name, _ in held} - {vintage, ""}):
        mine = {code: n for (name, code), n in held.items() if name == other}
        given, left, several = _moved(mine, links, other)
        there.update({(vintage, code): n for code, n in given.items() if n})
        there.update({(other, code): n for code, n in left.items() if n})
        brought, shared = brought + sum(given.values()), shared + several
    there.update({key: n for key, n in held.items() if key[0] in (vintage, "")})
    by_area = pa.table(
        {
            "area_vintage": [name or None for name, _ in there],
            "area_code": [code or None for _, code in there],
            "n": pa.array(list(there.values()), pa.float64()),
        }
    )
    return replace(kind, by_area=by_area, moved=brought, shared=shared)


def _moved(
    held: dict[str, float], links: pa.Table, vintage: str
) -> tuple[dict[str, float], dict[str, float], float]:
    """Return what new areas get of one vintage's records, what stays, and what is shared out."""
    mine = [row for row in links.to_pylist() if row["from_vintage"] == vintage]
    codes = {code: i for i, code in enumerate(dict.fromkeys(row["from_code"] for row in mine))}
    ends = {code: i for i, code in enumerate(dict.fromkeys(row["to_code"] for row in mine))}
    start = np.array([codes[row["from_code"]] for row in mine], dtype=np.int64)
    end = np.array([ends[row["to_code"]] for row in mine], dtype=np.int64)
    weight = np.array([row["weight"] for row in mine], dtype=float)
    weight = np.where(np.bincount(start, minlength=len(codes))[start] == 1, 1.0, weight)
    counts = np.array([held.get(code, 0.0) for code in codes], dtype=float)
    link = {"start": start, "end": end, "weight": weight, "n_end": len(ends)}
    try:
        moved = move(counts, **link)
    except ValueError as problem:
        raise VintageMismatch(
            "The links between vintages do not conserve counts.",
            found=str(problem),
            try_="load the links again, with weights that add up to one for each old area",
            read="how-to/link-vintages",
        ) from problem
    stuck = set(moved.unweighted.tolist())
    left = {code: n for code, n in held.items() if code not in codes or codes[code] in stuck}
    given = dict(zip(ends, moved.counts.tolist(), strict=True))
    return given, left, bounds(counts, **link).shared


def _held(by_area: pa.Table) -> dict[tuple[str, str], float]:
    return {
        (row["area_vintage"] or "", row["area_code"] or ""): row["n"] for row in by_area.to_pylist()
    }
