"""The whole path of an audit on made-up forces: drawn, read by the truth with slips, corrected.

`python -m bench.demand.audit [SEEDS]` makes so many forces, each read in three ways: as planned, by
people who slip on their own; by people who slip on the same hard logs, which no method can tell
from agreement; and as many logs drawn at random among all, by people who slip on their own.
"""

import csv
import multiprocessing
import random
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from bench.figures import Figure, report
from peelian.cli.make import Asked, make
from peelian.hand_reading import draw, take_sheets, write_sheets
from peelian.reading.codebook import codebook
from peelian.reading.rule import Rule
from peelian.records.reading.plan import Wanted
from peelian.records.store import Store
from peelian.records.synth.scales import scale_called
from peelian.study import Question, ask

SEEDS, READ = 100, 400
WHY = "training: an audit of made-up records"
# Logs' words take three quarters of the making, and whoever reads here reads the truth.
RULE = Rule(flags=("mental-health-flag",), signs=("mental-health-code", "mental-health-marker"))
SLIPS = 0.05  # on average, in both ways of reading
HARD, HARD_SLIPS = 1 / 7, 0.25
EASY_SLIPS = (SLIPS - HARD * HARD_SLIPS) / (1 - HARD)


def figures(seeds: int = SEEDS) -> Iterator[Figure]:
    """Yield how often the interval holds the true share, and how wide it is."""
    found = run(seeds)
    alone = [one["alone"] for one in found]
    alike = [one["alike"] for one in found]
    simple = [one["simple"] for one in found]
    share = mean(one["true"] for one in alone)
    yield Figure(
        f"audit, {seeds} made-up forces, readers slip on their own: true share inside the interval",
        _held(alone), "≥", 0.92,
        f"slips 5 %, {READ} logs read, true share {share:.1%} on average",
    )  # fmt: skip
    yield Figure(
        "audit: the flag's own share inside the same interval",
        mean(one["low"] <= one["naive"] <= one["high"] for one in alone), "≤", 0.10,
    )  # fmt: skip
    yield Figure(
        "audit: width of the interval over that of a simple random audit as large, slips and all",
        mean(one["width"] for one in alone) / mean(one["width"] for one in simple), "≤", 0.7,
        f"{mean(one['width'] for one in alone):.2%} from end to end; the simple one holds the "
        f"share in {_held(simple):.0%}",
    )  # fmt: skip
    yield Figure(
        "audit, readers slip on the same hard logs (one in seven): true share inside the interval",
        _held(alike), "≥", 0.80,
        "misspecified: no method can tell shared slips from agreement; "
        f"off by {mean(one['value'] - one['true'] for one in alike):+.2%} on average",
    )  # fmt: skip
    yield Figure(
        "audit: what was settled, taken as true, holds the true share (for comparison)",
        mean(one["settled_low"] <= one["true"] <= one["settled_high"] for one in alone), "≥", 0.0,
    )  # fmt: skip


def _held(found: list[dict[str, float]]) -> float:
    return mean(one["low"] <= one["true"] <= one["high"] for one in found)


def run(seeds: int) -> list[dict[str, dict[str, float]]]:
    """Return what became of each force, in order of its seed; two are made at a time."""
    spawned = multiprocessing.get_context("spawn")  # as on Windows
    with ProcessPoolExecutor(2, mp_context=spawned) as pool:
        return list(pool.map(audit_of, range(1, seeds + 1)))


def audit_of(
    seed: int, ways: tuple[str, ...] = ("alone", "alike", "simple")
) -> dict[str, dict[str, float]]:
    """Make one force, draw its logs, read them in some ways, and return every answer."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        store = root / "store"
        with redirect_stdout(StringIO()):
            make(store, Asked(scale=scale_called("small"), seed=seed, narratives=False), _silent)
        told = pq.read_table(root / "truth" / "store" / "incidents").to_pydict()
        truth = dict(zip(told["incident_id"], told["mental_health"], strict=True))
        book = codebook("mental-health")
        found = {}
        for way in ways:
            here = Path(shutil.copytree(store, root / way))
            rule = Rule() if way == "simple" else RULE
            draw(here, Wanted(codebook=book, rule=rule, read=READ, seed=seed), purpose=WHY)
            found[way] = _read(here, truth, seed, together=way == "alike")
        return found


def _read(store: Path, truth: dict[str, bool], seed: int, *, together: bool) -> dict[str, float]:
    """Read the sheets of a store as people would, take them back, and ask for the share."""
    book, sheets = codebook("mental-health"), store.parent / f"sheets-{store.name}"
    with Store.open(store) as opened:
        rows = opened.table("samples").select("place", "item_id").to_pyarrow().to_pylist()
    so = {row["place"]: truth[row["item_id"]] for row in rows}
    hard = random.Random(f"{seed} hard")
    slips = {
        place: (HARD_SLIPS if hard.random() < HARD else EASY_SLIPS) if together else SLIPS
        for place in sorted(so)
    }
    for settle in (False, True):
        written = write_sheets(store, sheets, book=book, settle=settle, form="csv", purpose=WHY)
        for sheet in written:
            _fill_in(sheet.path, so, slips, random.Random(f"{seed} {sheet.reader}"))
            take_sheets(store, [sheet.path], book=book, purpose=WHY)
    with Store.open(store) as opened:
        found = ask(opened, Question("demand.audit"), purpose=WHY)
    totals = found.tables["totals"].data.to_pylist()[0]
    best = found.tables["estimates"].data.to_pylist()[0]
    return {
        "true": sum(truth.values()) / len(truth),
        **{name: totals[name] for name in ("value", "low", "high", "naive", "width")},
        **{name: best[name] for name in ("settled_low", "settled_high")},
    }


def _fill_in(
    path: Path, so: dict[int, bool], slips: dict[int, float], chance: random.Random
) -> None:
    """Write an answer beside each item: the truth, but for slips."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    code = header.index("code")
    for row in rows:
        place = int(re.findall(r"-0*(\d+)-", row[0])[0])
        row[code] = "yes" if so[place] != (chance.random() < slips[place]) else "no"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _silent(*_: object) -> None:
    """Say nothing."""


if __name__ == "__main__":
    taken = []
    for figure in figures(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS):
        print(figure.line(), flush=True)
        taken.append(figure)
    sys.exit(report(taken))
