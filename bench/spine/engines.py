"""Two engines, one answer: the standard study on DuckDB and on Spark gives the same tables."""

import json
from pathlib import Path

from bench.figures import Figure
from bench.measure import measure, peelian

STUDY = Path(__file__).parents[2] / "examples" / "northumbria" / "study.toml"


def figures(work: Path):
    """Yield whether Northumbria's study gives the same tables on both engines."""
    store = work / "northumbria"
    if not store.is_dir():
        raise RuntimeError("run the part `northumbria` first: its store is used here")
    told = {}
    for engine in ("duckdb", "spark"):
        out = work / f"on-{engine}"
        run = measure(peelian("run", STUDY, "--store", store, "--out", out, "--engine", engine))
        if run.code:
            raise RuntimeError(run.err)
        releases = json.loads((out / "release.json").read_text(encoding="utf-8"))["releases"]
        told[engine] = [(r["answer"], r["tables"]) for r in releases]
        print(f"the study on {engine}: {run.wall_s:.1f} s")
    yield Figure("the study gives the same answers and tables on both engines",
                 _near(told["duckdb"], told["spark"]), "=", True)  # fmt: skip


def _near(one, other) -> bool:
    """Say whether two JSON values are the same, numbers to twelve significant digits."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-12 * max(1.0, abs(one), abs(other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_near(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_near, one, other))
    return one == other
