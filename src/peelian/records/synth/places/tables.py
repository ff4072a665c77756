"""The places as canonical tables: the very rows that `load` makes of their files."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import shapely

from peelian.records.areas import area_tables
from peelian.records.arrivals import table_of
from peelian.records.measures import descriptions
from peelian.records.synth.outlines import Floats
from peelian.records.synth.places.made import OLDER_VINTAGE, VINTAGE, Older, Places
from peelian.records.synth.places.measures import measure_map, measure_values
from peelian.records.synth.who import Who
from peelian.records.topology import rounded


class Edition(NamedTuple):
    """One vintage of the areas, and the order of its areas by code, in which they are written."""

    vintage: str
    areas: Places | Older
    order: list[int]


class Link(NamedTuple):
    """One older area and one newer that share ground, with the share of its residents."""

    older: str
    newer: str
    change: str
    weight: float


def editions(places: Places) -> Iterator[Edition]:
    """Yield the older vintage and the newer."""
    for vintage, areas in ((OLDER_VINTAGE, places.older), (VINTAGE, places)):
        order = sorted(range(len(areas.codes)), key=areas.codes.__getitem__)
        yield Edition(vintage, areas, order)


def links_of(places: Places) -> list[Link]:
    """Return the links between the vintages in the order of their codes."""
    links = places.links
    columns = (links.older, links.newer, links.change, links.weight)
    return sorted(
        Link(places.older.codes[older], places.codes[newer], change, weight)
        for older, newer, change, weight in zip(*(c.tolist() for c in columns), strict=True)
    )


def place_tables(places: Places, who: Who) -> dict[str, pa.Table]:
    """Return the places as canonical tables, without `source` and `load_id`.

    Args:
        places: What was made.
        who: For which force.

    Returns:
        `areas`, `area_arcs`, `measures` and `area_measures` of both vintages, the older first, and
        `area_links` from the older to the newer.
    """
    made = [_of_edition(edition, places, who) for edition in editions(places)]
    tables = {name: pa.concat_tables([part[name] for part in made]) for name in made[0]}
    links = links_of(places)
    tables["area_links"] = table_of(
        "area_links",
        {
            "from_vintage": [OLDER_VINTAGE] * len(links),
            "from_code": [link.older for link in links],
            "to_vintage": [VINTAGE] * len(links),
            "to_code": [link.newer for link in links],
            "change": [link.change for link in links],
            "weight": [link.weight for link in links],
        },
    )
    return tables


def _of_edition(edition: Edition, places: Places, who: Who) -> dict[str, pa.Table]:
    vintage, areas, order = edition
    codes = [areas.codes[n] for n in order]
    tables, _ = area_tables(
        vintage,
        rounded(_polygons([areas.rings[n] for n in order])),
        codes=codes,
        names=[areas.names[n] for n in order],
        parents=[areas.district_codes[n] for n in order],
        parent_names=[areas.district_names[n] for n in order],
    )
    values = measure_values(places, vintage)
    row = pa.array(np.repeat(np.arange(len(codes)), len(values)))
    by_area = np.stack([column[order].astype(float) for column in values.values()], axis=1)
    return {
        **tables,
        "measures": descriptions(measure_map(who, vintage)),
        "area_measures": table_of(
            "area_measures",
            {
                "area_code": pa.array(codes).take(row),
                "vintage": [vintage] * by_area.size,
                "measure": list(values) * len(codes),
                "value": by_area.ravel(),
            },
        ),
    }


def _polygons(rings: list[Floats]) -> np.ndarray:
    sizes = [len(ring) for ring in rings]
    lines = shapely.linearrings(
        np.concatenate(rings), indices=np.repeat(np.arange(len(rings)), sizes)
    )
    return np.asarray(shapely.polygons(lines), object)
