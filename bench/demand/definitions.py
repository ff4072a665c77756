"""Twelve definitions on ten million incidents, beside one bare group-by of the same columns."""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import ibis

from bench.figures import Figure
from bench.measure import measure, peelian, python
from peelian.definitions import find, marked
from peelian.records.store import Store
from peelian.records.store.transaction import Transaction

ROOT = Path(__file__).parents[2]
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


def figures(shared: Path, work: Path) -> Iterator[Figure]:
    """Yield what twelve definitions cost beside their peer, and how our words do on written logs.

    Args:
        shared: The real open records, and the hand-written logs among them.
        work: Where a store may go; it is removed at the end.
    """
    yield from _words(shared)
    store = work / "definitions"
    try:
        grown(store, INCIDENTS)
        yield from _cost(store)
    finally:
        shutil.rmtree(store, ignore_errors=True)


def _cost(store: Path) -> Iterator[Figure]:
    """Measure the definitions and two peers, in turns, each in its own process; the best counts.

    The peer is a bare group-by of the columns that the definitions read: incidents beside their
    codes, by category, opening code, whether there is a crime, hundreds of letters in the log, and
    kind, position and code; labels, involvements and markers likewise. It looks for no word. The
    stricter one, in the note, does not set codes beside incidents either.
    """
    best: dict[str, Any] = {}
    for _ in range(TURNS):
        for what in ("bare", "apart", "marked"):
            run = measure(python("-m", "bench.demand.definitions", what, store), cwd=ROOT)
            if run.code:
                raise RuntimeError(f"exit {run.code}\n{run.err}")
            told = run.json() | {"peak_mb": run.peak_mb}
            if what not in best or told["cpu"] < best[what]["cpu"]:
                best[what] = told
    bare, apart, done = best["bare"], best["apart"], best["marked"]
    yield Figure(
        f"{len(TWELVE)} definitions on {done['incidents']:,} incidents, times a bare group-by",
        done["cpu"] / bare["cpu"],
        "≤",
        3.0,
        f"{done['cpu']:.1f} beside {bare['cpu']:.1f} CPU s ({done['seconds']:.0f} and "
        f"{bare['seconds']:.0f} s by the clock); {done['cpu'] / apart['cpu']:.1f} times group-bys "
        "of each table that set no code beside its incident",
    )
    beside = f"the whole process at its peak; the group-by {bare['peak_mb'] / 1000:.1f}"
    yield Figure("their memory, GB", done["peak_mb"] / 1000, "≤", 2.0, beside)


def _words(shared: Path) -> Iterator[Figure]:
    """Try our words on the hand-written logs, which nothing was fitted to and hold hard cases."""
    text = (shared / "data" / "gold_logs" / "logs.jsonl").read_text(encoding="utf-8")
    logs = [json.loads(line) for line in text.splitlines()]
    (one,) = find(["mental-health-words"])
    rows = ibis.memtable([{"key": log["id"], "narrative": log["narrative"]} for log in logs])
    counted = marked(rows, [one], {}).to_pyarrow().to_pylist()
    said = {row["key"]: row[one.column] for row in counted}
    found = {
        label: [said[log["id"]] for log in logs if log["labels"]["mental_ill_health"] == label]
        for label in ("yes", "no")
    }
    true, false = sum(found["yes"]), sum(found["no"])
    counts = {
        "sensitivity": (true, len(found["yes"])),
        "specificity": (len(found["no"]) - false, len(found["no"])),
        "precision": (true, true + false),
    }
    for name, (hits, of) in counts.items():
        what = f"our words about mental ill health on hand-written logs, {name}"
        # No target was promised: the figure is told, whatever it is.
        yield Figure(what, hits / of, "≥", 0.0, f"{hits} of {of}, unclear logs left out; no target")


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
    table: Any = marked(incidents, definitions, records)
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
