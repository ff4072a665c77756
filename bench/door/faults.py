"""What a store bears: a full disk at every write, lost permissions, clocks, crowds, and kills."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.kill_bench import kills, street
from peelian.errors import PeelianError, StoreBusy
from peelian.records.load import load
from peelian.records.store import Store

KILLS, AT_THE_SWAP = 200, 60
# A load in which the n-th moment that the disk is written to fails, as on a full disk. The moments
# are counted by Python's own eye on what it opens, makes, renames, and on what it asks the engine.
_FAILING = """
import errno, json, sys
from pathlib import Path

store, file, stop, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
from peelian.errors import PeelianError
from peelian.records.load import load
from peelian.records.store import engines, pointer, tables, transaction

number = {"full": errno.ENOSPC, "denied": errno.EACCES, "input": errno.EIO}[kind]
passed = 0

def moment(path):
    global passed
    passed += 1
    if passed == stop:
        raise OSError(number, "no", str(path))

def eye(event, arguments):
    name = arguments[0] if arguments else None
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        if not isinstance(name, str) or not name.startswith(store):
            return
        if (isinstance(mode, str) and mode[0] in "wxa+") or (flags or 0) & 3:
            moment(name)
    elif event in ("os.mkdir", "os.rename") and str(name).startswith(store):
        moment(name)

def failing(call, what):
    def wrapped(*arguments, **settings):
        moment(what)
        return call(*arguments, **settings)
    return wrapped

run = engines.DuckDB.run
def watched(self, sql):
    if "COPY" in sql or "CREATE TABLE" in sql:
        moment(store)
    return run(self, sql)

engines.DuckDB.run = watched
transaction.commit = failing(transaction.commit, store)
pointer.os.fsync = failing(pointer.os.fsync, store)
sys.addaudithook(eye)
try:
    load(store, [file], layout="police-uk")
    print("loaded", passed)
except PeelianError as refusal:
    print("refused", passed, type(refusal).__name__, bool(refusal.try_))
"""


class Faults:
    """A store with one month in it, a second month to load, and what either state looks like."""

    def __init__(self, work: Path) -> None:
        self.kept, self.store = work / "kept", work / "store"
        Store.create(self.kept).close()
        load(self.kept, [street(work / "first.csv", "2031-01", 60)], layout="police-uk")
        self.file = street(work / "second.csv", "2031-02", 60)
        self.third = street(work / "third.csv", "2031-03", 60)
        self.before = state(self.kept)
        self.reset()
        load(self.store, [self.file], layout="police-uk")
        self.after = state(self.store)
        self.reset()

    def reset(self) -> None:
        """Put the store back to its first month."""
        shutil.rmtree(self.store, ignore_errors=True)
        shutil.copytree(self.kept, self.store)

    def failing(self, stop: int, kind: str) -> tuple[str, int, str]:
        """Load with the n-th write failing; return how it ended, the moments, and what is wrong."""
        command = [sys.executable, "-c", _FAILING, str(self.store), str(self.file), str(stop), kind]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        words = ran.stdout.split()
        wrong = "" if words else f"crashed: {ran.stderr.strip().splitlines()[-1:]}"
        ended, moments = (words[0], int(words[1])) if words else ("crashed", 0)
        if ended == "refused" and words[3] != "True":
            wrong = "refused without help"
        if not wrong:
            wrong = self._held(ended)
        self.reset()
        return ended, moments, wrong

    def _held(self, ended: str) -> str:
        """Return what is wrong with the store after a load that ended so, or nothing."""
        found = state(self.store)
        if found not in (self.before, self.after) or (ended == "loaded" and found != self.after):
            return "the store is neither as it was nor as it should be"
        left = [p.name for p in self.store.rglob("*") if p.name.startswith(".current")]
        load(self.store, [self.file], layout="police-uk")
        if state(self.store) != self.after:
            return "the next load did not bring it to where it should be"
        return f"left {left} behind" if left else ""


def state(path: Path) -> tuple[str, tuple[int, ...]]:
    """Return what a store shows; to open and verify it must not fail."""
    with Store.open(path) as store:
        store.verify()
        tables = ("crimes", "incidents", "loads", "coverage", "quarantine")
        counts = [store.table(name).count().to_pyarrow().as_py() for name in tables]
        return store.fingerprint, tuple(counts)


def every_write(faults: Faults, kind: str, step: int = 1) -> Iterator[tuple[int, str, str]]:
    """Fail each write of a load in turn; yield which, how it ended, and what is wrong."""
    _, moments, wrong = faults.failing(0, kind)
    yield 0, "loaded", wrong or ("" if moments > 20 else "hardly a write was seen")
    for stop in range(1, moments + 1, step):
        ended, _, wrong = faults.failing(stop, kind)
        yield stop, ended, wrong


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """Give a disk of so many megabytes, or None where this account may not make one."""
    made = False
    folder.mkdir()
    if sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount"):
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield folder if made else None
    finally:
        if made:
            subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def full_disk(faults: Faults, disk: Path) -> str:
    """Load into a store on a disk that fills up; return what is wrong, or nothing."""
    store = disk / "store"
    shutil.copytree(faults.kept, store)
    free = shutil.disk_usage(disk).free
    (disk / "ballast").write_bytes(bytes(max(0, free - (12 << 10))))
    try:
        load(store, [faults.file], layout="police-uk")
    except PeelianError as refusal:
        if "full" not in refusal.text():
            return refusal.text()
    else:
        return "the disk was not full"
    if state(store) != faults.before:
        return "the store is not as it was"
    (disk / "ballast").unlink()
    load(store, [faults.file], layout="police-uk")
    return "" if state(store) == faults.after else "the next load did not mend it"


def bound_by_modes(command: list[Any]) -> list[str] | None:
    """Return a command for a process that modes bind; None where root cannot start one."""
    if os.name == "nt":
        return None
    plain = [str(part) for part in command]
    if os.geteuid() != 0:
        return plain
    if not shutil.which("setpriv"):
        return None
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *plain]


def made_read_only(folder: Path, *, undo: bool = False) -> None:
    """Take from everybody, or give back to the owner, the right to write in a folder."""
    for path in [folder, *folder.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if undo else mode & ~0o222)


def _load_in(talk: Any, store: str, file: str) -> None:
    try:
        load(store, [file], layout="police-uk")
        talk.send("loaded")
    except StoreBusy:
        talk.send("busy")


def two_at_once(faults: Faults, rounds: int = 4) -> list[str]:
    """Start two loads of one store together; return what is wrong."""
    context, wrong = multiprocessing.get_context("spawn"), []
    for _ in range(rounds):
        pairs = []
        for file in (faults.file, faults.third):
            ours, theirs = context.Pipe()
            child = context.Process(target=_load_in, args=(theirs, str(faults.store), str(file)))
            child.start()
            theirs.close()
            pairs.append((child, ours))
        ended = []
        for child, ours in pairs:
            with suppress(EOFError):
                ended.append(ours.recv())
            child.join()
        if len(ended) != 2 or "loaded" not in ended:
            wrong.append(f"ended as {ended}")
        _, counts = state(faults.store)
        if counts[0] + counts[1] != 60 * (1 + ended.count("loaded")):
            wrong.append(f"{counts} rows after {ended}")
        faults.reset()
    return wrong


def reader_meanwhile(faults: Faults, rounds: int = 3) -> list[str]:
    """Read a store again and again while it is loaded into; return what is wrong."""
    context, wrong, looks = multiprocessing.get_context("spawn"), [], 0
    for _ in range(rounds):
        with Store.open(faults.store) as opened:
            ours, theirs = context.Pipe()
            arguments = (theirs, str(faults.store), str(faults.file))
            child = context.Process(target=_load_in, args=arguments)
            child.start()
            while child.is_alive():
                looks += 1
                if state(faults.store) not in (faults.before, faults.after):
                    wrong.append("a reader saw half a load")
                if opened.table("crimes").count().to_pyarrow().as_py() != faults.before[1][0]:
                    wrong.append("an open store changed under its reader")
            ours.close()
        if state(faults.store) != faults.after:
            wrong.append("the load did not come through")
        faults.reset()
    return wrong if looks > rounds else [*wrong, "nobody looked"]


def clock_back(faults: Faults, patch: Callable[[Callable[[], float]], Any]) -> str:
    """Load with a clock that moved back a year since the first load; return what is wrong."""
    with patch(lambda: time.time_ns() / 1e9 - 365 * 86_400):
        load(faults.store, [faults.file], layout="police-uk")
    wrong = "" if state(faults.store) == faults.after else "the load did not come through"
    load(faults.store, [faults.third], layout="police-uk")
    if sum(state(faults.store)[1][:2]) != 180:
        wrong = wrong or "a later load lost rows"
    faults.reset()
    return wrong


@contextmanager
def told_time(clock: Callable[[], float]) -> Iterator[None]:
    """Have the store look at another clock."""
    from peelian.records.store import transaction

    class Clock:
        time = staticmethod(clock)

    kept = transaction.time
    transaction.time = Clock  # type: ignore[assignment]
    try:
        yield
    finally:
        transaction.time = kept


def read_only(faults: Faults) -> str | None:
    """Show a store whose folder may only be read; return what is wrong, None if that cannot be."""
    peelian = Path(sys.executable).with_name("peelian")
    shown = bound_by_modes([peelian, "show", faults.store, "demand.composition"])
    loaded = bound_by_modes([peelian, "load", faults.store, faults.file, "--as", "police-uk"])
    if shown is None or loaded is None:
        return None
    made_read_only(faults.store)
    try:
        ran = subprocess.run(shown, capture_output=True, text=True, check=False)
        refused = subprocess.run(loaded, capture_output=True, text=True, check=False)
    finally:
        made_read_only(faults.store, undo=True)
        faults.reset()
    if ran.returncode:
        return f"show ended with {ran.returncode}: {ran.stderr.strip()[-600:]}"
    return "" if refused.returncode == 5 else f"a load ended with {refused.returncode}"


def figures(work: Path, *, total: int = KILLS) -> Iterator[Figure]:
    """Yield what each fault did to a store."""
    folder = work / "faults"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    faults = Faults(folder)
    for kind, words in (("full", "full disk"), ("denied", "permission lost")):
        tried = list(every_write(faults, kind))
        for stop, how, wrong in tried:
            if wrong:
                print(f"{words} at write {stop}: {how}, {wrong}")
        held = sum(not wrong for _, _, wrong in tried)
        refused = sum(how == "refused" for _, how, _ in tried)
        name = f"{words} at each write of a load in turn: stores that held"
        yield Figure(name, held, "=", len(tried), f"{refused} refused")
    with small_disk(folder / "disk", 4) as disk:
        if disk is None:
            print("SKIPPED a disk that is really full: this account may not make one")
        else:
            ended = full_disk(faults, disk) or "held"
            yield Figure("a disk that is really full", ended, "=", "held")
    yield Figure("two loads at once: faults", len(_printed(two_at_once(faults))), "=", 0)
    yield Figure("a reader during a load: faults", len(_printed(reader_meanwhile(faults))), "=", 0)
    yield Figure("a clock moved back a year", clock_back(faults, told_time) or "held", "=", "held")
    shown = read_only(faults)
    if shown is None:
        print("SKIPPED a store that may only be read: no account here that modes bind")
    else:
        yield Figure("a store that may only be read is shown", shown or "held", "=", "held")
    kill_folder = folder / "kills"
    kill_folder.mkdir()
    found = list(kills(kill_folder, total=total, at_the_swap=AT_THE_SWAP, rows=20_000, seed=4))
    for where, held_on in _printed([pair for pair in found if not pair[1]]):
        print(f"not held: killed {where} ({held_on})")
    yield Figure("loads killed: stores that held", sum(held for _, held in found), "=", len(found),
                 f"{AT_THE_SWAP} of them around the swap")  # fmt: skip


def _printed(wrong: list[Any]) -> list[Any]:
    for what in wrong:
        print(f"wrong: {what}")
    return wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        Path(temporary).chmod(0o755)
        for figure in figures(Path(temporary)):
            print(figure.line(), flush=True)
