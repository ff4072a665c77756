"""What making costs, from the command line: a small force, a million incidents, a nation."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.measure import Run, measure, peelian

# A million incidents of one force: the areas that go with them, over three years.
MILLION = ("--scale", "force", "--areas", "834", "--incidents", "333334", "--years", "3")
NATION = ("--scale", "nation", "--areas", "25000", "--incidents", "10000000", "--years", "1")


def figures(work: Path) -> Iterator[Figure]:
    """Yield time and memory; each store is removed when it has been counted.

    Args:
        work: Where stores may go.
    """
    yield from _small(work)
    yield from _million(work)
    yield from _nation(work)


def _small(work: Path) -> Iterator[Figure]:
    runs = [_make(work, "--scale", "small") for _ in range(6)]
    best = sorted(run.wall_s for run, _ in runs[1:])
    cpu = sorted(run.cpu_s for run, _ in runs[1:])[2]
    yield Figure("make --scale small (s)", best[2], "≤", 3.0,
                 f"the whole command, logs and all; {cpu:.1f} CPU s; median of five")  # fmt: skip


def _million(work: Path) -> Iterator[Figure]:
    for words, seconds in (((), 120.0), (("--no-narratives",), 30.0)):
        run, made = _make(work, *MILLION, *words)
        incidents = made["tables"]["incidents"]
        what = "without narratives" if words else "with narratives"
        note = f"{incidents:,} incidents, {made['records']:,} records, {run.cpu_s:.0f} CPU s"
        yield Figure(f"a million incidents {what} (CPU s)", run.cpu_s * 1e6 / incidents, "≤",
                     seconds, f"{note}, {run.wall_s:.0f} s on {os.cpu_count()} cores")  # fmt: skip
        yield Figure(f"a million incidents {what}, memory (MB)", run.peak_mb, "≤", 3_000.0)


def _nation(work: Path) -> Iterator[Figure]:
    run, made = _make(work, *NATION, "--no-narratives")
    incidents = made["tables"]["incidents"]
    note = f"{made['forces']} forces, {made['records']:,} records, {run.wall_s:.0f} s"
    yield Figure("a nation, incidents", incidents, "≥", 9_700_000, note)
    yield Figure("a nation, incidents a second", incidents / run.wall_s, "≥", 0.0,
                 f"{run.cpu_s * 1e6 / incidents:.0f} CPU s a million")  # fmt: skip
    yield Figure("a nation, memory (MB)", run.peak_mb, "≤", 3_000.0,
                 "all processes together")  # fmt: skip


def _make(work: Path, *words: str) -> tuple[Run, dict]:
    """Make a store in a process of its own; return what it cost, and what was made."""
    store = work / "made"
    run = measure(peelian("make", store, *words, "--json"))
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.err}")
    shutil.rmtree(store)
    shutil.rmtree(work / "truth")
    return run, run.json()
