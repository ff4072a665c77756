"""Records that came before their areas: placed when the areas come, as if they had been there."""

from collections.abc import Iterator

import ibis
import pyarrow as pa

from peelian.records.map.functions import Expr
from peelian.records.points import AreaMap, Places
from peelian.records.store.tables import arrow_schema
from peelian.records.store.transaction import Transaction
from peelian.schema import TABLES


def place_held(t: Transaction, vintages: list[str]) -> int:
    """Give areas of vintages that a load brings to the records the store holds without one.

    A record with a point and no area is looked for in the outlines; one with a code of no known
    vintage has its code looked up. What a store holds is then the same whichever came first.

    Args:
        t: The load's transaction; the areas are in it.
        vintages: The vintages that are new.

    Returns:
        How many records were given an area or its vintage.
    """
    areas = t.now("areas")
    areas = t.fetch(areas.filter(areas["vintage"].isin(vintages)).drop("source", "load_id"))
    codes = t.lookup(_codes(areas))
    maps: list[AreaMap] = []
    given = 0
    for name, table in TABLES.items():
        if not table.placed or not t.files(name):
            continue
        waiting = t.now(name).filter(_waits)
        if not t.count(waiting):
            continue
        maps = maps or [AreaMap.of(vintage, areas) for vintage in vintages]
        points = waiting.filter(waiting["area_code"].isnull()).select("lon", "lat").distinct()
        found = t.lookup_batches(Places(t.store.crs, maps).rows(t.batches(points)), Places.schema)
        # Kept beside the store before they are dropped from it, for they are read from its files.
        kept: Expr = t.lookup_batches(
            _typed(t, _placed(waiting, found, codes), name), arrow_schema(name)
        )
        still = t.count(kept.filter(_waits))
        if t.count(kept) > still:
            given += t.count(kept) - still
            t.keep_only(name, lambda rows: ~_waits(rows))
            t.add(name, kept)
    return given


def _waits(rows: Expr) -> Expr:
    """Say of each record whether it has a point without an area, or a code without its vintage."""
    pointed = rows["lon"].notnull() & rows["area_code"].isnull()
    return pointed | (rows["area_code"].notnull() & rows["area_vintage"].isnull())


def _placed(waiting: Expr, found: Expr, codes: Expr) -> Expr:
    found = found.select("lon", "lat", "point_area", "point_vintage")
    rows = waiting.left_join(found, ["lon", "lat"]).drop("lon_right", "lat_right")
    rows = rows.left_join(codes, rows["area_code"] == codes["known_code"])
    coded = rows["area_code"].notnull()
    return rows.mutate(
        area_vintage=ibis.ifelse(coded, rows["known_vintage"], rows["point_vintage"]),
        area_code=ibis.coalesce(rows["area_code"], rows["point_area"]),
    )


def _codes(areas: pa.Table) -> pa.Table:
    """Return each code with the first of the vintages that has it."""
    first: dict[str, str] = {}
    for row in areas.select(["area_code", "vintage"]).to_pylist():
        first.setdefault(row["area_code"], row["vintage"])
    return pa.table(
        {
            "known_code": pa.array(list(first), pa.string()),
            "known_vintage": pa.array(list(first.values()), pa.string()),
        }
    )


def _typed(t: Transaction, rows: Expr, name: str) -> Iterator[pa.RecordBatch]:
    schema = arrow_schema(name)
    for batch in t.batches(rows.select(*schema.names)):
        yield batch.cast(schema)
