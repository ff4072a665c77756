"""Ten million points in five thousand polygons: ours against geopandas, on the same inputs."""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import shapely
from scipy.spatial import Voronoi

from bench.figures import Figure
from bench.measure import Run, measure, python

CITY = 20_000.0  # metres
POLYGONS, POINTS = 5_000, 10_000_000
STEPS = 16  # of each border: about 96 vertices an outline, as small areas have


def points(n: int, seed: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Return made-up events: six in ten gather about 200 centres, the rest lie anywhere."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0, CITY, (200, 2))
    near = rng.choice(200, int(n * 0.6), p=rng.dirichlet(np.full(200, 0.7)))
    gathered = (centres[near] + rng.normal(0, 600, (len(near), 2))) % CITY
    xy = np.vstack([gathered, rng.uniform(0, CITY, (n - len(near), 2))])
    rng.shuffle(xy)
    return xy[:, 0].copy(), xy[:, 1].copy()


def polygons(n: int = POLYGONS, seed: int = 12) -> np.ndarray:
    """Return made-up small areas: the Voronoi cells of a city, their shared borders bent.

    The plane is bent as a whole, gently enough that no two places meet, so no two areas overlap.
    """
    rng = np.random.default_rng(seed)
    seeds = rng.uniform(0, CITY, (n, 2))
    mirrored = [seeds, seeds * [-1, 1], seeds * [1, -1]]
    mirrored += [[2 * CITY, 0] + seeds * [-1, 1], [0, 2 * CITY] + seeds * [1, -1]]
    cells = Voronoi(np.vstack(mirrored))
    corners = _bent(cells.vertices)
    borders: dict[tuple[int, int], np.ndarray] = {}

    def border(a: int, b: int) -> np.ndarray:
        key = (min(a, b), max(a, b))
        if key not in borders:
            share = np.linspace(0, 1, STEPS + 1)[:, None]
            line = _bent(cells.vertices[key[0]] * (1 - share) + cells.vertices[key[1]] * share)
            line[0], line[-1] = corners[list(key)]  # the same bits for every border that meets here
            borders[key] = line
        return borders[key] if a < b else borders[key][::-1]

    outlines = []
    for place in range(n):
        ring = cells.regions[cells.point_region[place]]
        steps = [border(a, b)[:-1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]
        outlines.append(shapely.Polygon(np.vstack(steps)))
    return np.array(outlines, object)


def _bent(xy: np.ndarray) -> np.ndarray:
    """Return places moved by waves of 60 to 500 metres, the steepest of them by 1 in 10."""
    moved = xy.copy()
    for number, length in enumerate((60.0, 110.0, 240.0, 500.0)):
        turn = 0.7 + number  # radians: the waves run every way
        along = xy @ [np.cos(turn), np.sin(turn)] * 2 * np.pi / length
        height = 0.1 * length / (2 * np.pi)
        moved += height * np.column_stack([np.sin(along), np.sin(along + number + 1)])
    return moved


def ours(outlines: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return how many points each polygon holds, by our index."""
    from peelian.statistics.polygons import PolygonIndex

    found = PolygonIndex(outlines).locate(x, y)
    return np.bincount(found[found >= 0], minlength=len(outlines))


def geopandas(outlines: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the same by geopandas, which asks shapely's own tree and predicates."""
    import geopandas as gpd

    areas = gpd.GeoDataFrame({"area": np.arange(len(outlines))}, geometry=list(outlines))
    events = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    joined = gpd.sjoin(events, areas, predicate="within", how="inner")
    return np.bincount(joined["area"].to_numpy(), minlength=len(outlines))


PEERS = {"ours": ours, "geopandas": geopandas}


def child(peer: str, n: int, out: Path) -> None:
    """Run one peer in this process; print its CPU and what memory the inputs took."""
    outlines, (x, y) = polygons(), points(n)
    if peer == "ours":
        started = time.process_time()
        ours(outlines[:2], x[:2], y[:2])  # imports, and compiles unless that is kept on disk
        compiled = time.process_time() - started
    else:
        import geopandas  # noqa: F401 - its import is not its work

        compiled = 0.0
    before = psutil.Process().memory_info().rss / 1e6
    started = time.process_time()
    counts = PEERS[peer](outlines, x, y)
    cpu = time.process_time() - started
    np.save(out, counts)
    print(json.dumps({"cpu": cpu, "compiled": compiled, "before_mb": before}))


def _run(peer: str, n: int, folder: Path, **env: str) -> tuple[Run, dict, np.ndarray]:
    out = folder / f"{peer}.npy"
    command = python("-m", "bench.polygons_bench", "--child", peer, "--points", n, "--out", out)
    run = measure(command, env={**os.environ, **env})
    if run.code:
        raise RuntimeError(f"{peer} failed:\n{run.err}")
    return run, run.json(), np.load(out)


def polygon_join(n: int = POINTS) -> dict[str, float]:
    """Return what both cost, each in a process of its own, and how far their counts differ."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        kept = {"NUMBA_CACHE_DIR": str(folder / "kernels")}
        _, cold, _ = _run("ours", n, folder, **kept)
        run, warm, counts = _run("ours", n, folder, **kept)
        their_run, theirs, their_counts = _run("geopandas", n, folder)
    return {
        "points": n,
        "polygons": len(counts),
        "ours_cpu_s": warm["cpu"],
        "ours_first_ever_cpu_s": cold["compiled"] + cold["cpu"],
        "ours_start_cpu_s": warm["compiled"],
        "ours_over_inputs_mb": run.peak_mb - warm["before_mb"],
        "geopandas_cpu_s": theirs["cpu"],
        "geopandas_over_inputs_mb": their_run.peak_mb - theirs["before_mb"],
        "cpu_ratio": warm["cpu"] / theirs["cpu"],
        "polygons_with_another_count": int((counts != their_counts).sum()),
        "points_inside": int(counts.sum()),
    }


def figures(n: int = POINTS) -> Iterator[Figure]:
    """Yield the figures of the spine about points in polygons."""
    found = polygon_join(n)
    yield Figure(
        f"{n:,} points in {found['polygons']:,} polygons: CPU, ours to geopandas'",
        found["cpu_ratio"],
        "≤",
        0.2,
        f"{found['ours_cpu_s']:.2f} s to {found['geopandas_cpu_s']:.1f} s; the first run ever, "
        f"compiling, {found['ours_first_ever_cpu_s']:.1f} s",
    )
    yield Figure(
        "polygons whose count differs from shapely's",
        found["polygons_with_another_count"],
        "=",
        0,
        f"{found['points_inside']:,} points inside one",
    )
    yield Figure(
        "memory over the inputs, MB",
        found["ours_over_inputs_mb"],
        "≤",
        1_000,
        f"geopandas {found['geopandas_over_inputs_mb']:,.0f} MB",
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", choices=PEERS)
    parser.add_argument("--points", type=int, default=POINTS)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child, asked.points, asked.out)
    else:
        for figure in figures(asked.points):
            print(figure.line(), flush=True)
