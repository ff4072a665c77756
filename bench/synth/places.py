"""The made-up places, measured from their outlines and numbers: ground, links, need, groups."""

import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely

from bench.figures import Figure
from peelian.records.synth.places import Places, PlacesPlan, make_places, place_tables
from peelian.records.synth.who import Who

SEEDS = range(20)
PLAN = PlacesPlan(areas=100)


def figures() -> Iterator[Figure]:
    """Yield how far the places lie from the plan over twenty forces, and what they cost."""
    planted = [make_places(PLAN, Who(seed=seed)) for seed in SEEDS]
    yield from _ground(planted)
    yield from _need(planted)
    yield from _groups(planted)
    yield from _cost()


def _ground(forces: list[Places]) -> Iterator[Figure]:
    off, unsent = 0.0, 0.0
    for places in forces:
        newer, older = _outlines(places.rings), _outlines(places.older.rings)
        land = shapely.union_all(newer)
        for outlines in (newer, older):
            off = max(off, abs(float(shapely.area(outlines).sum() / land.area) - 1))
        off = max(off, shapely.union_all(older).symmetric_difference(land).area / land.area)
        links = places.links
        sent = np.bincount(links.newer, places.older.residents[links.older] * links.weight)
        unsent = max(unsent, float(np.abs(sent - places.residents).max()))
    yield Figure("places: gaps and overlaps in either vintage, share of the land", off, "≤", 1e-12)
    yield Figure("places: residents of an area lost along the links", unsent, "≤", 1e-6)
    changes = np.concatenate([places.links.change for places in forces])
    kinds = {str(kind): int((changes == kind).sum()) for kind in np.unique(changes)}
    yield Figure("places: kinds of link that are met", len(kinds), "=", 4,
                 ", ".join(f"{n} {kind}" for kind, n in kinds.items()))  # fmt: skip


def _need(forces: list[Places]) -> Iterator[Figure]:
    gaps = {}
    for name, loading in zip(
        ("income", "employment", "education", "health", "barriers", "living"), PLAN.loadings,
        strict=True,
    ):  # fmt: skip
        found = [np.corrcoef(p.deprivation, p.domains[name].score)[0, 1] for p in forces]
        gaps[name] = abs(float(np.mean(found)) - loading)
    worst = max(gaps, key=gaps.__getitem__)
    yield Figure("places: furthest domain from its planned correlation", gaps[worst], "≤", 0.05,
                 worst)  # fmt: skip
    yield Figure("places: deprivation among neighbours, Moran's I; .51 in Northumbria",
                 _mean_moran(forces, lambda p: p.deprivation), "≥", 0.3)  # fmt: skip
    dealt = [make_places(replace(PLAN, need_clusters=False), Who(seed=s)) for s in SEEDS]
    yield Figure("places, need dealt out: Moran's I",
                 abs(_mean_moran(dealt, lambda p: p.deprivation)), "≤", 0.05)  # fmt: skip


def _groups(forces: list[Places]) -> Iterator[Figure]:
    gap = max(
        float(np.abs(p.group_residents.sum(axis=0) / p.residents.sum() - PLAN.group_shares).max())
        for p in forces
    )
    yield Figure("places: a group's share of a force, off its planned share", gap, "≤", 0.002)
    dealt = [make_places(replace(PLAN, groups_cluster=False), Who(seed=s)) for s in SEEDS]
    yield Figure("places: the third group beyond need, Moran's I",
                 _mean_moran(forces, _beyond_need), "≥", 0.4)  # fmt: skip
    yield Figure("places, groups dealt out: Moran's I",
                 abs(_mean_moran(dealt, _beyond_need)), "≤", 0.05)  # fmt: skip


def _cost() -> Iterator[Figure]:
    place_tables(make_places(PlacesPlan(areas=20), Who()), Who())  # what is loaded once
    for areas, most in ((60, 0.25), (1000, 4.0)):
        began = time.process_time()
        place_tables(make_places(PlacesPlan(areas=areas), Who()), Who())
        yield Figure(f"places: CPU s for {areas:,} areas and their tables",
                     time.process_time() - began, "≤", most)  # fmt: skip
    tracemalloc.start()
    tables = place_tables(make_places(PlacesPlan(areas=2000), Who()), Who())
    _, most_held = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    held = sum(table.nbytes for table in tables.values())
    yield Figure("places: MB held at most for 2,000 areas", most_held / 1e6, "≤", 200,
                 f"{held / 1e6:.0f} MB of tables beside them")  # fmt: skip


def _outlines(rings: tuple) -> np.ndarray:
    return np.array([shapely.Polygon(ring) for ring in rings])


def _beyond_need(places: Places) -> np.ndarray:
    people = places.group_residents + 0.5
    odds = np.log(people[:, 2] / people[:, 0])
    slope, at = np.polyfit(places.deprivation, odds, 1)
    return odds - slope * places.deprivation - at


def _mean_moran(forces: list[Places], value) -> float:
    found = []
    for places in forces:
        outlines, values = _outlines(places.rings), value(places)
        one, other = shapely.STRtree(outlines).query(outlines, predicate="touches")
        gap = values - values.mean()
        found.append(len(values) / len(one) * (gap[one] @ gap[other]) / (gap @ gap))
    return float(np.mean(found))
