"""What an attacker learns from what the door lets out, and how much the door still lets out."""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.door.worlds import Outcome, play
from bench.figures import Figure
from peelian.disclosure import release
from peelian.results import Field, Provenance, Result, ResultTable, Sentence
from peelian.schema.kinds import Sensitivity

WORLDS = 2000


def figures(*, first: int = 0, worlds: int = WORLDS, workers: int = 2) -> Iterator[Figure]:
    """Play random worlds against the attacker, then time the door on large tables."""
    total = Counter[str]()
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        seeds = range(first, first + worlds)
        outcomes = pool.map(partial(_play, folder), seeds, chunksize=20)
        for outcome in outcomes:
            total.update(vars(outcome) | {f"{outcome.ways}-way": 1, "worlds": 1})
    ways = ", ".join(f"{total[f'{n}-way']} of {n} ways" for n in (2, 3, 4))
    yield Figure("worlds attacked", total["worlds"], "≥", worlds, ways)
    yield Figure(
        "held-back counts narrowed below the threshold",
        total["narrowed"],
        "=",
        0,
        f"of {total['held']} in {total['releases']} releases; {total['refused']} refused",
    )
    yield Figure("small counts left between two published ones", total["differences"], "=", 0)
    yield Figure(
        "share of cells published",
        total["shown"] / total["cells"],
        "≥",
        total["naive"] / total["cells"],
        f"naive {total['naive'] / total['cells']:.3f}: no margins, nothing under 10",
    )
    for shape in ((100, 100), (20, 25, 20)):
        yield _timed(shape)


def _play(folder: str, seed: int) -> Outcome:
    return play(seed, Path(folder))


def _timed(shape: tuple[int, ...]) -> Figure:
    """Time one release of a table of about ten thousand cells, a quarter of them small."""
    rng = np.random.default_rng(7)
    mean = np.exp(2.5 + 1.2 * rng.normal(size=shape))
    counts = rng.poisson(mean * rng.gamma(1, 1, shape))
    positions = np.indices(shape).reshape(len(shape), -1)
    columns = {
        f"k{i}": ([f"v{v}" for v in place], Field(role="key", label=f"k{i}"))
        for i, place in enumerate(positions)
    }
    columns["n"] = (pa.array(counts.ravel()), Field(role="count", label="Records"))
    table = ResultTable.of("Large", columns)
    result = Result(question="?", answer=Sentence("Counted."), tables={"t": table}).stamped(_made())
    release(result, sensitivity=Sensitivity.OPEN)
    start = time.perf_counter()
    out = release(result, sensitivity=Sensitivity.INTERNAL)
    seconds = time.perf_counter() - start
    held = out.tables["t"].cells_held_back
    small = int(((counts > 0) & (counts < Sensitivity.INTERNAL.threshold)).sum())
    name = " by ".join(str(n) for n in shape)
    return Figure(
        f"a table of {name} (s)", seconds, "≤", 10, f"{held} held back, {small} of them small"
    )


def _made() -> Provenance:
    return Provenance(
        analysis="x", settings={}, period="2024-01..2024-12", generation="0", files=(),
        data_as_at="2024-12", records_used={}, engine="duckdb", versions={}, made_at="2025-01-01",
    )  # fmt: skip


if __name__ == "__main__":
    for figure in figures(first=int(sys.argv[1]), worlds=int(sys.argv[2])):
        print(figure.line(), flush=True)
