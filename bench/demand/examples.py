"""The studies of demand in `examples/`: run on what they are about, weighed, and drawn."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from bench.demand import northumbria_asb
from bench.door.page import time_drawn
from bench.figures import Figure
from bench.measure import Run, measure, peelian
from bench.spine import northumbria

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
KB = 600
SECONDS = 1.5  # until a new visitor sees the whole page, its charts and tables
# Three years of a small county: a season comes three times, and every part of demand is there.
FORCE = ("--areas", "80", "--incidents", "40000", "--years", "3", "--seed", "7")
DISPATCH = "data/us_calls_sacramento/sacramento_dispatch_2019-01.csv.gz"


def figures(shared: Path, work: Path) -> Iterator[Figure]:
    """Yield how heavy each study's report is, and how long Chromium takes to draw it.

    Args:
        shared: The real open records.
        work: Where stores and reports go.
    """
    stores = {
        "sacramento": _sacramento(shared, work),
        "northumbria": _northumbria(shared, work),
        "northumbria-asb": northumbria_asb.loaded(shared, work),
        "made-up-demand": _made_up(work),
    }
    for folder, store in stores.items():
        studies = [path for path in sorted((EXAMPLES / folder).glob("*.toml")) if _of_demand(path)]
        yield Figure(f"{folder}: studies of demand", len(studies), "≥", 1)
        for study in studies:
            yield from _drawn(study, store, work / f"{folder}-{study.stem}")


def _of_demand(path: Path) -> bool:
    """Say whether a file is a study that asks about demand."""
    asked = tomllib.loads(path.read_text(encoding="utf-8")).get("analyses", [])
    return any(one["id"].startswith("demand.") for one in asked)


def _drawn(study: Path, store: Path, out: Path) -> Iterator[Figure]:
    name = f"{study.parent.name}/{study.name}"
    # From the project's folder: a study may name definitions by their path.
    run = measure(peelian("run", study, "--store", store, "--out", out), cwd=ROOT)
    yield Figure(f"{name}: exit code", run.code, "=", 0, run.err[-300:] if run.code else "")
    if run.code:
        return
    page = out / "report.html"
    took = f"the study took {run.wall_s:.0f} s, {run.cpu_s:.0f} of CPU, {run.peak_mb:.0f} MB"
    yield Figure(f"{name}: report, KB", page.stat().st_size / 1000, "≤", KB, took)
    yield Figure(f"{name}: drawn in Chromium, s", time_drawn(page), "≤", SECONDS)


def _sacramento(shared: Path, work: Path) -> Path:
    store = work / "sacramento-demand"
    mapping = EXAMPLES / "sacramento" / "incidents.toml"
    place = ("--crs", "EPSG:26943", "--timezone", "America/Los_Angeles")
    if not store.is_dir():
        _must(measure(peelian("new", store, *place)))
        _must(measure(peelian("load", store, shared / DISPATCH, "--as", "incidents",
                              "--map", mapping)))  # fmt: skip
    return store


def _northumbria(shared: Path, work: Path) -> Path:
    store = work / "northumbria"
    if not store.is_dir():
        northumbria.load_all(store, shared)
    return store


def _made_up(work: Path) -> Path:
    store = work / "made-up-demand"
    if not store.is_dir():
        _must(measure(peelian("make", store, *FORCE)))
    return store


def _must(run: Run) -> None:
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.out}\n{run.err}")
