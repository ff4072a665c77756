"""Loads that are killed: the store must open, unchanged or complete, every time."""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.figures import Figure
from peelian.records.load import load
from peelian.records.store import Store

KILLS, AT_THE_SWAP = 50, 20
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
# A load that stops for good at the n-th moment of its commit and says so, to be killed there. The
# moments: before and after each Delta commit, each replacement of a file, and the commit's end.
_HALTING = """
import sys, time
from peelian.records.load import load
from peelian.records.store import pointer, transaction

store, file, stop = sys.argv[1], sys.argv[2], int(sys.argv[3])
passed, committing = 0, False

def moment():
    global passed
    passed += committing
    if committing and passed == stop:
        print("here", flush=True)
        time.sleep(600)

def halting(call):
    def wrapped(*arguments, **settings):
        moment()
        answer = call(*arguments, **settings)
        moment()
        return answer
    return wrapped

whole = transaction.Transaction.commit
def commit(self):
    global committing
    committing = True
    return halting(whole)(self)

transaction.Transaction.commit = commit
transaction.commit = halting(transaction.commit)
pointer.patiently = halting(pointer.patiently)
load(store, [file], layout="police-uk")
print("moments", passed, flush=True)
"""
_PLAIN = "import sys; from peelian.records.load import load; "
_PLAIN += "load(sys.argv[1], [sys.argv[2]], layout='police-uk'); print('done')"


def street(path: Path, month: str, rows: int) -> Path:
    """Write made-up street rows of one month, a quarter of them anti-social behaviour."""
    kinds = ("Drugs", "Burglary", "Robbery", "Anti-social behaviour")
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(HEADER + "\n")
        for i in range(rows):
            crime = "" if i % 4 == 3 else f"{month}{i:057}"
            place = f"{-1.6 + i % 997 / 9_000:.6f},{54.9 + i % 991 / 9_000:.6f}"
            out.write(
                f"{crime},{month},Nowhere Police,Nowhere Police,{place},On or near Made Up Road,"
                f"E01{i % 300:06},Nowhere 001A,{kinds[i % 4]},,\n"
            )
    return path


class Trial:
    """A store with one month loaded, a second month to load, and what either state looks like."""

    def __init__(self, work: Path, rows: int) -> None:
        self.kept, self.store = work / "kept", work / "store"
        Store.create(self.kept).close()
        load(self.kept, [street(work / "first.csv", "2031-01", rows)], layout="police-uk")
        self.file = street(work / "second.csv", "2031-02", rows)
        self.before = self._state(self.kept)
        self.reset()
        start = time.perf_counter()
        self.moments = int(self._run(_HALTING, "0").split()[-1])
        self.takes = time.perf_counter() - start
        self.after = self._state(self.store)
        self.reset()

    def reset(self) -> None:
        """Put the store back to its first month."""
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(self.kept, self.store)

    def killed_at(self, moment: int) -> bool:
        """Kill a load at a moment of its commit; say whether the store held."""
        child = self._start(_HALTING, str(moment))
        assert child.stdout is not None
        if child.stdout.readline().strip() != "here":
            child.kill()
            child.wait()
            raise RuntimeError(f"the load never came to moment {moment}")
        return self._held(child)

    def killed_after(self, seconds: float) -> bool:
        """Kill a load so many seconds after it began; say whether the store held."""
        child = self._start(_PLAIN)
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=seconds)
        return self._held(child)

    def _held(self, child: subprocess.Popen) -> bool:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
        state = self._state(self.store)
        held = state in (self.before, self.after)
        # The next loader clears up and brings the store to where the killed one was going.
        load(self.store, [self.file], layout="police-uk")
        held = held and self._state(self.store) == self.after
        self.reset()
        return held

    def _state(self, path: Path) -> tuple:
        """Return what a store shows; opening and verifying it must not fail."""
        with Store.open(path) as store:
            store.verify()
            tables = ("crimes", "incidents", "loads", "coverage", "quarantine")
            counts = [store.table(name).count().to_pyarrow().as_py() for name in tables]
            return store.fingerprint, tuple(counts)

    def _start(self, code: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", code, str(self.store), str(self.file), *arguments]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def _run(self, code: str, *arguments: str) -> str:
        out, _ = self._start(code, *arguments).communicate(timeout=300)
        return out


def kills(
    work: Path,
    *,
    total: int = KILLS,
    at_the_swap: int = AT_THE_SWAP,
    rows: int = 200_000,
    seed: int = 1829,
) -> Iterator[tuple[str, bool]]:
    """Kill loads; yield where each was killed, and whether the store held.

    Args:
        work: A folder to work in.
        total: How many loads.
        at_the_swap: How many of them at moments of the commit, taken in turn.
        rows: Rows of each file.
        seed: Where the random moments start.
    """  # fmt: skip
    trial, rng = Trial(work, rows), random.Random(seed)
    for n in range(at_the_swap):
        moment = n % trial.moments + 1
        yield f"moment {moment} of {trial.moments} of the commit", trial.killed_at(moment)
    for _ in range(total - at_the_swap):
        seconds = rng.uniform(0.2, trial.takes * 1.05)
        yield f"after {seconds:.2f} of {trial.takes:.2f} s", trial.killed_after(seconds)


def figures(work: Path) -> Iterator[Figure]:
    """Yield how many of the killed loads left the store unchanged or complete."""
    folder = work / "kills"
    folder.mkdir(parents=True)
    found = list(kills(folder))
    for where, held in found:
        if not held:
            print(f"not held: killed {where}")
    held = sum(held for _, held in found)
    yield Figure(
        f"loads killed, {AT_THE_SWAP} of them around the swap: stores that held",
        held, "=", len(found), "each opened, verified, and loaded into again",
    )  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    with tempfile.TemporaryDirectory() as folder:
        for where, held in kills(Path(folder), total=parser.parse_args().kills):
            print("held" if held else "NOT HELD", where, flush=True)
