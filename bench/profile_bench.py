"""`places.profile` beside the bare group-by of the same counts on the same files."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import ibis
import numpy as np

from bench.figures import Figure
from peelian.catalogue import entry
from peelian.records.store import Store
from peelian.records.store.transaction import Transaction
from peelian.statistics.ranking import share_in_top
from peelian.statistics.rates import posterior
from peelian.study import Question, ask

TARGET = 3.0
QUESTION = Question("places.profile", {"denominator": "population"})


def measure(store: Store, *, repeats: int = 3) -> dict[str, float]:
    """Return what a profile and its bare group-by cost on an open store, the best of some runs.

    The peer is one `GROUP BY area_code, area_vintage, crime_type` with a count, over the same files
    in the same process: what nobody who wants these counts can do without.

    Args:
        store: A store with crimes, areas, population and a measure of need.
        repeats: How often each is run; the two take turns, so that a busy machine slows both.
    """
    entry(QUESTION.analysis).function  # noqa: B018  (imported before the clock starts)
    crimes = store.table("crimes")
    keys = ("area_code", "area_vintage", "crime_type")
    bare = crimes.group_by(*keys).agg(n=crimes.count())
    runs = {
        "bare_s": partial(bare.to_pyarrow),
        "profile_s": partial(ask, store, QUESTION),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(repeats):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    rows = int(crimes.count().to_pyarrow().as_py())
    return {"rows": rows, **best, "ratio": best["profile_s"] / best["bare_s"]}


def figures(store: Store) -> Iterator[Figure]:
    """Yield the figure of the profile's cost on an open store."""
    yield Figure("1,000 draws of 1,000 areas' rates, ordered (s)", draws_s(), "≤", 0.2)
    found = measure(store)
    yield Figure(
        f"places.profile on {found['rows']:,} crimes, times its bare group-by",
        found["ratio"],
        "≤",
        TARGET,
        f"{found['profile_s']:.2f} s beside {found['bare_s']:.2f} s",
    )


def draws_s(areas: int = 1000, draws: int = 1000) -> float:
    """Return what so many draws of so many areas' rates, and the order in each, take; best of 5."""
    rng = np.random.default_rng(1)
    people = rng.uniform(800, 2400, areas)
    known = posterior(rng.poisson(0.1 * rng.gamma(4, 0.25, areas) * people), people)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        share_in_top(known.blocks(rng, draws, np.arange(areas)), 20)
        best = min(best, time.perf_counter() - start)
    return best


def grown(path: Path, copies: int) -> None:
    """Put more crimes into a store: its own, again and again, each time a run of months earlier.

    Args:
        path: The store; it is changed.
        copies: How many times its crimes are repeated.
    """
    with Transaction(path) as t:
        crimes, coverage = t.now("crimes"), t.now("coverage").filter(ibis._["table"] == "crimes")
        months = int(coverage.month.nunique().to_pyarrow().as_py()) + 1
        for copy in range(1, copies + 1):
            back = ibis.interval(months=months * copy)
            moved = crimes.mutate(
                local_date=(crimes.local_date - back).cast("date"),
                crime_id=crimes.crime_id + f"-{copy}",
            )
            t.add("crimes", moved)
            t.coverage(coverage.mutate(month=(coverage.month - back).cast("date")))
        t.commit()
