"""The profile on ten million crimes, beside the bare group-by of the same files."""

import shutil
from pathlib import Path

from bench import profile_bench
from bench.figures import Figure
from bench.measure import measure, peelian
from peelian.records.store import Store

# The ten million rows of the part `load` bear months to come, whose areas are of 2021 where these
# are of 2011; so Northumbria's own crimes are repeated here, each time some months earlier.
COPIES = 26


def figures(northumbria: Path, work: Path):
    """Yield what `places.profile` costs on ten million crimes.

    Args:
        northumbria: The store of the part `northumbria`.
        work: Where a grown copy of it may be made.
    """
    if not northumbria.is_dir():
        raise RuntimeError("run the part `northumbria` first: its store is used here")
    store = work / "grown"
    shutil.rmtree(store, ignore_errors=True)
    shutil.copytree(northumbria, store)
    profile_bench.grown(store, COPIES)
    with Store.open(store) as opened:
        yield from profile_bench.figures(opened)
    asked = ("places.profile", "--set", "denominator=population", "--json")
    shown = measure(peelian("show", store, *asked))
    yield Figure("its memory as a command, GB", shown.peak_mb / 1000, "≤", 2.0,
                 f"{shown.wall_s:.1f} s, exit {shown.code}")  # fmt: skip
