"""Shares: how often their intervals hold, and what a whole answer costs beside its marking."""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.demand.definitions import OTHERS, TWELVE, grown
from bench.figures import Figure
from bench.measure import measure, python
from peelian.analysis.demand.share import share
from peelian.definitions import find, marked
from peelian.records.store import Store

ROOT = Path(__file__).parents[2]
INCIDENTS = 2_000_000
PERIODS = 1_000
PROCESSES = {
    "records alone": {},
    "days differ": {"shock": 0.3},
    "callers call again": {"callers": 0.2},
    "days remember (not assumed)": {"shock": 0.5, "ar": 0.7},
    "a handful of callers (not assumed)": {"callers": 0.2, "calls_each": 10},
}


def figures(work: Path) -> Iterator[Figure]:
    """Yield coverage by process, and the cost of an answer.

    Args:
        work: Where a store may go; it is removed at the end.
    """
    yield from _coverage()
    store = work / "share"
    try:
        grown(store, INCIDENTS)
        yield from _cost(store)
    finally:
        shutil.rmtree(store, ignore_errors=True)


def _coverage() -> Iterator[Figure]:
    from share_simulators import draw, held_in, in_time, intervals

    for name, process in PROCESSES.items():
        held = []
        for true in (0.01, 0.06, 0.20):
            drawn = draw(np.random.default_rng(1829), PERIODS, true, **process)
            held.append(held_in(true, *intervals(drawn, 1.0)[1:]))
            held.append(held_in(in_time(true), *intervals(drawn, drawn.minutes)[1:]))
        said = ", ".join(f"{one:.3f}" for one in held)
        least = 0.86 if "not assumed" in name else 0.92
        yield Figure(
            f"intervals of shares hold, the least of six: {name}",
            min(held), "≥", least, f"of records and of minutes, at 1, 6 and 20 %: {said}",
        )  # fmt: skip


def _cost(store: Path) -> Iterator[Figure]:
    told: dict[str, Any] = {}
    for what in ("marked", "share"):
        run = measure(python("-m", "bench.demand.share", what, store), cwd=ROOT)
        if run.code:
            raise RuntimeError(f"exit {run.code}\n{run.err}")
        told[what] = run.json() | {"peak_mb": run.peak_mb}
    whole, marking = told["share"], told["marked"]
    yield Figure(
        f"a whole share of {len(TWELVE)} definitions on {whole['incidents']:,.0f} incidents, times "
        "marking them alone",
        whole["cpu"] / marking["cpu"], "≤", 2.5,
        f"{whole['cpu']:.1f} beside {marking['cpu']:.1f} CPU s ({whole['seconds']:.0f} and "
        f"{marking['seconds']:.0f} s by the clock)",
    )  # fmt: skip
    yield Figure("its memory, GB", whole["peak_mb"] / 1000, "≤", 2.0, "the whole process, at peak")


def main(what: str, path: str) -> None:
    """Mark the incidents of a store, or ask for every share, and print what it took."""
    with Store.open(path) as store:
        store.table("incidents").limit(1).to_pyarrow()  # what an engine loads, loaded before
        wall, cpu = time.perf_counter(), time.process_time()
        incidents = _marked(store) if what == "marked" else _shared(store)
        taken = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"incidents": incidents, **taken}))


def _marked(store: Store) -> int:
    incidents: Any = store.table("incidents")
    definitions = find(TWELVE)
    table: Any = marked(
        incidents, definitions, {name: store.table(name) for name in OTHERS}, asked=True
    )
    sums = {one.column: table[one.column].cast("int64").sum() for one in definitions}
    return int(table.agg(n=table.count(), **sums).to_pyarrow()["n"][0].as_py())


def _shared(store: Store) -> int:
    names = ("incidents", "contacts", "incident_codes", "labels", "involvements", "markers",
             "deployments", "areas", "coverage")  # fmt: skip
    found = share(*(store.table(name) for name in names), definitions=TWELVE)
    return int(found.tables["totals"].data["incidents"][0].as_py())


if __name__ == "__main__":
    main(*sys.argv[1:])
