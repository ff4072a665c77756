"""Composition: its tables recounted record by record, its intervals' coverage, and its cost."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bench.figures import Figure
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import plan_at, scale_called
from peelian.statistics.relative_shares import relative_shares
from peelian.study import Question, ask

DRAWS = 1000
CAPS = {"unit-minutes": 1440.0, "officer-minutes": 2880.0, "minutes from arrival to close": 1440.0}
TURNS = 3


def figures(work: Path) -> Iterator[Figure]:
    """Yield what the ratio's interval holds, what a recount finds, and what an answer costs."""
    yield from _coverage()
    scale = scale_called("small", areas=300, incidents=100_000, years=1)
    make_store(work / "composition", plan_at(scale, {}), scale=scale, seed=5, narratives=False)
    with Store.open(work / "composition") as store:
        result = ask(store, Question("demand.composition"))
        yield from _recount(store, result)
        yield _cost(store)


def _coverage() -> Iterator[Figure]:
    """Skewed minutes of a rare and of a common group, some incidents taking none."""
    for share, spread in ((0.01, 0.8), (0.06, 0.8), (0.06, 1.3), (0.5, 0.8)):
        held = 0
        for seed in range(DRAWS):
            rng = np.random.default_rng(seed)
            group = (rng.uniform(size=20_000) < share).astype(int)
            minutes = rng.lognormal(4 + 0.5 * group, spread) * (rng.uniform(size=20_000) < 0.6)
            sums = (np.bincount(group, w, 2) for w in (None, minutes, minutes**2))
            found = relative_shares(*sums)
            truth = np.exp(0.5) / (1 - share + share * np.exp(0.5))
            held += found.low[1] <= truth <= found.high[1]
        yield Figure(
            f"composition: ratio of shares, group of {share:.0%}, spread {spread}: holds the truth",
            held / DRAWS, "≥", 0.92, f"{DRAWS} draws of 20,000 incidents",
        )  # fmt: skip


def _recount(store: Store, result: Any) -> Iterator[Figure]:
    rows = store.table("incidents").to_pyarrow().to_pylist()
    closing = {
        row["incident_id"]: row["code"]
        for row in store.table("incident_codes").to_pyarrow().to_pylist()
        if row["kind"] == "closing" and row["position"] == 1
    }
    minutes: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        both = row["arrived_at"] and row["closed_at"]
        taken = {
            "unit-minutes": row["unit_minutes"],
            "officer-minutes": row["officer_minutes"],
            "minutes from arrival to close": both
            and (row["closed_at"] - row["arrived_at"]).total_seconds() / 60,
        }
        for measure, value in taken.items():
            if value is not None and value >= 0:
                minutes[measure, row["category"]] += min(value, CAPS[measure])
    told = result.tables["time_by_category"].data.to_pylist()
    off = max(abs(r["hours"] * 60 - minutes[r["time"], r["category"]]) for r in told)
    yield Figure("composition: minutes by category, furthest from a recount", off, "≤", 1e-4,
                 f"{len(told)} rows of {len(rows):,} incidents")  # fmt: skip
    flows = Counter((row["opening_code"], closing[row["incident_id"]]) for row in rows)
    told = {(r["opening"], r["closing"]): r["n"] for r in result.tables["flows"].data.to_pylist()}
    alone = {pair: n for pair, n in told.items() if "other-codes" not in pair}
    wrong = sum(flows[pair] != n for pair, n in alone.items()) + (sum(told.values()) != len(rows))
    yield Figure("composition: flows that differ from a recount", wrong, "=", 0,
                 f"{len(alone)} pairs of codes")  # fmt: skip
    week = Counter((row["local_weekday"], row["local_hour"]) for row in rows)
    cells = [r["n"] for r in result.tables["hour_of_week"].data.to_pylist()]
    yield Figure("composition: hours of the week that differ from a recount",
                 sum(week[divmod(i, 24)] != n for i, n in enumerate(cells)), "=", 0)  # fmt: skip


def _cost(store: Store) -> Figure:
    """Return how many times a bare group-by of the same columns an answer takes."""
    rows: Any = store.table("incidents")
    names = ("category", "opening_code", "grade", "unit_minutes", "officer_minutes", "local_date")

    def bare() -> None:
        rows.group_by("category", "opening_code", "grade").agg(
            **{f"n_{name}": rows[name].count() for name in names}
        ).to_pyarrow()

    times = []
    for question in (lambda: ask(store, Question("demand.composition")), bare):
        turns = []
        for _ in range(TURNS):
            start = perf_counter()
            question()
            turns.append(perf_counter() - start)
        times.append(min(turns))
    return Figure("composition: seconds for 100,000 incidents and their crimes", times[0], "≤", 10,
                  f"a bare group-by takes {times[1]:.3f} s")  # fmt: skip
