"""The audit log's figures: tamperings found, what logging costs, and kills that lose nothing."""

import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from bench.door import tampering
from bench.figures import Figure
from bench.kill_bench import street
from peelian.changes import erase, load
from peelian.records.erasing import Wish
from peelian.records.store import Store
from peelian.records.store.pointer import read_generations
from peelian.safeguards.audit import Event, Head, Log, Operation, verify
from peelian.safeguards.purpose import Purpose

TAMPERINGS, ERASURES, RELEASES, COSTS = 1_000, 80, 80, 7
WISH = Wish(before=date(2031, 2, 1))  # of the two months that are loaded, the first


def figures(work: Path) -> Iterator[Figure]:
    """Yield every figure of the audit log.

    Args:
        work: A folder to work in.
    """
    folder = work / "audit"
    folder.mkdir(parents=True)
    yield from tampered(folder, TAMPERINGS)
    yield cost(folder, COSTS)
    yield from killed(folder, ERASURES, RELEASES)


def tampered(folder: Path, total: int, *, seed: int = 1829) -> Iterator[Figure]:
    """Tamper with a log again and again, in every way in turn, and count what is found."""
    store = folder / "tampered"
    store.mkdir()
    (store / "audit.toml").write_text('heads = "heads.txt"\n', encoding="utf-8")
    log = Log.of(store)
    for n in range(40):
        operation = list(Operation)[n % 6]
        log.write(Event(operation=operation, object=f"object {n}", object_type="analysis",
                        purpose=Purpose("demand", f"reason {n}"), records=n))  # fmt: skip
    honest, rng = tampering.read(log.path), random.Random(seed)
    found, missed, alarms = 0, [], 0
    for n in range(total):
        way = tampering.WAYS[n % len(tampering.WAYS)]
        tampering.put(log.path, way(rng, honest))
        if verify(log).whole:
            missed.append(way.__name__)
        else:
            found += 1
        if n % 10 == 0:
            tampering.put(log.path, honest)
            alarms += not verify(log).whole
    ways = f"{len(tampering.WAYS)} ways, half of them with every hash made anew"
    yield Figure("tamperings with the audit log found", found, "=", total, ways)
    yield Figure("honest logs taken for tampered ones", alarms, "=", 0)


_SHOW = """
import sys, time
import filelock, json, sqlite3, tomllib, uuid  # the store, the door and studies need them too
import peelian.disclosure, peelian.catalogue, peelian.results
began = time.process_time()
import peelian.safeguards.looks, peelian.safeguards.audit.log
spent = time.process_time() - began
import peelian.study as study

def timed(call):
    def wrapped(*arguments, **settings):
        global spent
        start = time.process_time()
        answer = call(*arguments, **settings)
        spent += time.process_time() - start
        return answer
    return wrapped

study.log_look = timed(study.log_look)
study.Log.of = timed(study.Log.of)
study.Purpose.read = timed(study.Purpose.read)
from peelian.cli.app import app
try:
    app(["show", sys.argv[1], "demand.composition"])
except SystemExit:
    pass
print("cost", spent, time.process_time(), file=sys.stderr)
"""


def cost(folder: Path, times: int) -> Figure:
    """Measure what part of a `show` goes into logging it, on a store so small it does little else.

    What must be imported for the log alone is counted as its cost; what the store and the door need
    too is not.
    """
    store = _store(folder / "cost", 400)
    shares = []
    for _ in range(times):
        done = subprocess.run(
            [sys.executable, "-c", _SHOW, str(store)], capture_output=True, text=True, check=True
        )
        _, spent, whole = done.stderr.split()[-3:]
        shares.append(float(spent) / float(whole))
    share = statistics.median(shares)
    return Figure(
        "logging, share of a `show`", share, "≤", 0.05,
        f"CPU, median of {times}, {min(shares):.1%} to {max(shares):.1%}",
    )  # fmt: skip


def _store(folder: Path, rows: int) -> Path:
    """Make a store of two months, logged, with an outside file of heads."""
    folder.mkdir()
    store = folder / "store"
    Store.create(store).close()
    (store / "audit.toml").write_text('heads = "heads.txt"\n', encoding="utf-8")
    for month in ("2031-01", "2031-02"):
        load(store, [street(folder / f"{month}.csv", month, rows)], layout="police-uk")
    return store


# An operation that tells each head it was given, and stops for good at its n-th moment: before and
# after each line of the log, each commit, each replacement or removal of a file.
_HALTING = """
import sys, time
from datetime import date
from pathlib import Path
from peelian import changes, report
from peelian.cli import writing
from peelian.records.erasing import Wish
from peelian.records.store import Store, emptying, pointer, transaction
from peelian.safeguards.audit import log as audit_log
from peelian.study import Study

what, store, stop = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
passed = 0

def moment():
    global passed
    passed += 1
    if passed == stop:
        print("here", flush=True)
        time.sleep(600)

def halting(call):
    def wrapped(*arguments, **settings):
        moment()
        answer = call(*arguments, **settings)
        moment()
        return answer
    return wrapped

whole = audit_log.Log.write
def write(self, *events):
    moment()
    head = whole(self, *events)
    print("head", head, flush=True)
    moment()
    return head
audit_log.Log.write = write
if what == "erase":
    transaction.commit = halting(transaction.commit)
    pointer.patiently = halting(pointer.patiently)
    emptying.patiently = halting(emptying.patiently)
    changes.erase(store, Wish(before=date(2031, 2, 1)), purpose="retention")
else:
    for part in ("write_tables", "write_areas", "page"):
        setattr(report, part, halting(getattr(report, part)))
    study = Study.from_words({"title": "T", "purpose": "scrutiny", "analyses": [
        {"id": "demand.composition"}]})
    with Store.open(store) as opened:
        writing.run_and_write(study, opened, store.parent / "out")
print("moments", passed, flush=True)
"""


class Killing:
    """A store to erase from or to write a release of, and what it may look like afterwards."""

    def __init__(self, folder: Path, what: str, rows: int = 400) -> None:
        self.what = what
        self.kept = _store(folder, rows)
        self.place = folder / "trial"
        self.store = self.place / "store"
        self.reset()
        self.before = self.shown()
        began = time.perf_counter()
        self.moments = int(self._start(0).communicate(timeout=300)[0].split()[-1])
        self.takes = time.perf_counter() - began
        self.after = self.shown()

    def reset(self) -> None:
        """Put the store, its log and the outside file back to how they were."""
        shutil.rmtree(self.place, ignore_errors=True)
        with closing(sqlite3.connect(self.kept / "audit.sqlite")) as base:
            base.execute("pragma wal_checkpoint(truncate)")
        shutil.copytree(self.kept, self.store)
        shutil.copy(self.kept.parent / "heads.txt", self.place)

    def shown(self) -> tuple[str, int]:
        """Return what the store shows; opening and verifying it must not fail."""
        with Store.open(self.store) as store:
            store.verify()
            return store.fingerprint, int(store.table("crimes").count().to_pyarrow().as_py())

    def killed(self, *, moment: int = 0, after: float | None = None) -> list[str]:
        """Kill one operation; return what was lost, which should be nothing."""
        self.reset()
        child = self._start(moment)
        told = []
        assert child.stdout is not None
        if after is None:
            for line in child.stdout:
                told.append(line)
                if line.startswith("here"):
                    break
            else:
                return [f"it never came to moment {moment}"]
        else:
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=after)
        child.kill()
        told += child.stdout.read().splitlines(keepends=True)
        child.wait()
        child.stdout.close()
        heads = [line.split()[1] for line in told if line.startswith("head ") and line[-1] == "\n"]
        return [*self._lost(heads), *self._not_finished()]

    def _start(self, stop: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _HALTING, self.what, str(self.store), str(stop)]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def _lost(self, heads: list[str]) -> Iterator[str]:
        """Yield what a kill lost: rows, lines, or a release that no line speaks of."""
        state = self.shown()
        if state not in (self.before, self.after):
            yield "the store is neither as it was nor as it should be"
        hashes = [line.hash for line in Log.of(self.store).lines()]
        for text in heads:
            head = Head.read(text)
            if head.line >= len(hashes) or hashes[head.line] != head.hash:
                yield f"line {head.line} is lost"
        out = self.place / "out"
        told = [line.says.get("operation") for line in Log.of(self.store).lines()]
        written = out.is_dir() and any(out.iterdir())
        if written and Operation.DISCLOSURE not in told:
            yield "a release was written without a line"
        # The page is the last file to be written: where it is, the release is whole.
        yield from self._verdict([out] if (out / "report.html").is_file() else [])

    def _verdict(self, releases: list[Path]) -> list[str]:
        log = Log.of(self.store)
        return verify(log, releases=releases, generations=read_generations(self.store)).findings

    def _not_finished(self) -> Iterator[str]:
        """Yield what the next operation did not bring to its end."""
        if self.what != "erase":
            return
        erase(self.store, WISH, purpose="retention")
        if self.shown() != self.after:
            yield "the next erasure did not bring the store to its end"
        for path in self.store.rglob("*.parquet"):
            table = pq.read_table(path)
            if "crime_id" in table.column_names and any(
                str(key).startswith("2031-01") for key in table["crime_id"].to_pylist()
            ):
                yield f"{path.parent.name} still has an erased row"
        verdict = verify(Log.of(self.store), generations=read_generations(self.store))
        yield from verdict.findings
        if any("not seen to end" in note for note in verdict.notes):
            yield "a killed erasure was not settled"


def kills(trial: Killing, total: int, *, seed: int = 1829) -> Iterator[tuple[str, list[str]]]:
    """Kill operations, two in three at their moments in turn; yield where, and what was lost."""
    rng = random.Random(seed)
    for n in range(total):
        if n % 3 < 2:
            moment = (n * 7) % trial.moments + 1
            yield f"moment {moment} of {trial.moments}", trial.killed(moment=moment)
        else:
            after = rng.uniform(0.3, trial.takes * 1.05)
            yield f"after {after:.2f} of {trial.takes:.2f} s", trial.killed(after=after)


def killed(folder: Path, erasures: int, releases: int) -> Iterator[Figure]:
    """Kill erasures and releases, and count what was lost."""
    told: dict[str, Callable[[], Iterator[tuple[str, list[str]]]]] = {
        "erasures": lambda: kills(Killing(folder / "erase", "erase"), erasures),
        "releases": lambda: kills(Killing(folder / "release", "release"), releases),
    }
    for what, run in told.items():
        found = list(run())
        lost = [(where, words) for where, words in found if words]
        for where, words in lost:
            print(f"lost: {what} killed {where}: {'; '.join(words)}")
        yield Figure(
            f"{what} killed: rows or log lines lost", len(lost), "=", 0,
            f"{len(found)} kills; each store opened, verified and was used again",
        )  # fmt: skip


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as work:
        for figure in figures(Path(work)):
            print(figure.line(), flush=True)
