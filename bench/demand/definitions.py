"""Twelve definitions on ten million incidents, beside one bare group-by of the same columns."""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.measure import measure, peelian, python
from peelian.definitions import find, lacking, marked
from peelian.records.store import Store
from peelian.records.store.transaction import Transaction

INCIDENTS = 10_000_000
BASE = 400_000
TURNS = 3
# Mental health nine times over, and what it is confused with: a flag, codes, words with exclusions,
# a power, readers, markers, categories, what led to a crime, and unions of them.
TWELVE = (
    "national-definition",
    "mental-health-code",
    "mental-health-flag",
    "mental-health-words",
    "mental-health-words-or-flag",
    "section-136",
    "mental-health-marker",
    "mental-health-any-sign",
    "mental-health-snapshot",
    "health-wide",
    "welfare-group",
    "all-non-crime",
)
OTHERS = ("incident_codes", "labels", "involvements", "markers")
# The columns of incidents that the twelve look at, beside the words and the incident's key.
KEYS = ("category", "opening_code")


def figures(work: Path) -> Iterator[Figure]:
    """Yield what twelve definitions cost, in time beside their peer, and in memory.

    Each runs in a process of its own, in turns, and the best of each counts. The peer is the bare
    group-by of the same files: incidents by category and opening code, with the number of crimes
    and of letters in the logs; codes by kind and code; labels, involvements and markers likewise.
    It reads every column that the definitions read but joins nothing and looks for no word.

    Args:
        work: Where the store may go; it is removed at the end.
    """
    store = work / "definitions"
    grown(store, INCIDENTS)
    best: dict[str, Any] = {}
    peak = 0.0
    for _ in range(TURNS):
        for what in ("bare", "marked"):
            run = measure(python("-m", "bench.demand.definitions", what, store))
            if run.code:
                raise RuntimeError(f"exit {run.code}\n{run.err}")
            told = run.json()
            kept = best.get(what)
            best[what] = told if kept is None or told["seconds"] < kept["seconds"] else kept
            peak = max(peak, run.peak_mb) if what == "marked" else peak
    bare, done = best["bare"], best["marked"]
    yield Figure(
        f"{len(TWELVE)} definitions on {done['incidents']:,} incidents, times a bare group-by",
        done["seconds"] / bare["seconds"],
        "≤",
        3.0,
        f"{done['seconds']:.1f} s beside {bare['seconds']:.1f} s; {done['cpu']:.0f} and "
        f"{bare['cpu']:.0f} CPU s; the peer reads the same columns, words too, and joins nothing",
    )
    yield Figure("their memory, GB", peak / 1000, "≤", 2.0, "the whole process, at its peak")
    shutil.rmtree(store)


def grown(path: Path, incidents: int) -> None:
    """Make a store of so many incidents: a made-up force's, again and again under new keys.

    Every log begins with its own key, so that no two are alike and none is read once for many.

    Args:
        path: Where it goes; what is there goes first.
        incidents: How many, about.
    """
    shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(path.parent / "truth" / path.name, ignore_errors=True)
    base = min(BASE, incidents)
    sized = ("--areas", "60", "--incidents", str(base), "--years", "1", "--seed", "3")
    run = measure(peelian("make", path, "--scale", "small", *sized))
    if run.code:
        raise RuntimeError(f"exit {run.code}\n{run.err}")
    shutil.rmtree(path.parent / "truth" / path.name, ignore_errors=True)
    keys = {
        "incidents": ("incident_id",),
        "incident_codes": ("incident_id",),
        "labels": ("item_id",),
        "involvements": ("event_id", "person_id"),
        "markers": ("person_id",),
    }
    with Transaction(path) as t:
        now = {name: t.now(name) for name in keys}
        for copy in range(1, incidents // base):
            for name, columns in keys.items():
                moved = {column: now[name][column] + f"-{copy}" for column in columns}
                if name == "incidents":
                    moved["narrative"] = moved["incident_id"] + " " + now[name].narrative
                t.add(name, now[name].mutate(**moved))
        t.commit()


def bare(store: Store, *, joined: bool = True) -> int:
    """Read the columns that the definitions read, and do nothing but count by some of them."""
    incidents: Any = store.table("incidents")
    codes: Any = store.table("incident_codes")
    long = (incidents.narrative.length() / 100).floor().name("long")
    read = incidents.select(*KEYS, "incident_id", long, led=incidents.crime_id.notnull())
    if joined:
        own = codes.select("incident_id", "kind", "position", "code")
        read = read.left_join(own, read.incident_id == own.incident_id)
    keys = [name for name in read.columns if "incident_id" not in name]
    by = read.group_by(*keys).agg(n=read.incident_id.count()).to_pyarrow()
    counted = {
        "labels": (("item_kind", "codebook", "code", "value"), "item_id"),
        "involvements": (("event_kind", "role", "local_date"), "event_id"),
        "markers": (("marker", "from", "to"), "person_id"),
    }
    counted |= {} if joined else {"incident_codes": (("kind", "position", "code"), "incident_id")}
    for name, (other, key) in counted.items():
        table: Any = store.table(name)
        table.group_by(*other).agg(n=table[key].count()).to_pyarrow()
    return sum(by["n"].to_pylist())


def mark(store: Store) -> int:
    """Count the incidents that each definition counts, by category: what a share begins with."""
    incidents: Any = store.table("incidents")
    records = {name: store.table(name) for name in OTHERS}
    definitions = find(TWELVE)
    assert not lacking(incidents, definitions, records)
    table = marked(incidents, definitions, records)
    sums = {one.column: table[one.column].cast("int64").sum() for one in definitions}
    by = table.group_by("category").agg(n=table.count(), **sums).to_pyarrow()
    assert all(sum(by[name].to_pylist()) > 0 for name in sums)
    return sum(by["n"].to_pylist())


def main(what: str, path: str) -> None:
    """Run one of the two on a store, and print what it took."""
    with Store.open(path) as store:
        store.table("incidents").limit(1).to_pyarrow()  # what an engine loads, loaded before
        wall, cpu = time.perf_counter(), time.process_time()
        runs = {"bare": bare, "apart": partial(bare, joined=False), "marked": mark}
        incidents = runs[what](store)
        taken = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"incidents": incidents, **taken}))


if __name__ == "__main__":
    main(*sys.argv[1:])
