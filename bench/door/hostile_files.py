"""Thousands of hostile files: none may crash, hang, lose a row, quote a value or leave a trace."""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from bench.door.hostile_trial import MOST_S, Outcome, Trial
from bench.figures import Figure

FILES, WORKERS = 10_000, 2
_SEEDS = 48  # that a worker is given at a time


def _work(talk: Connection, folder: str) -> None:
    """Try the files of whatever seeds come, saying of each delivery when it begins."""
    trial = Trial(Path(folder))
    trial.begins = lambda seeds: talk.send(("begins", seeds))
    while (seeds := talk.recv()) is not None:
        talk.send(("done", trial.run(seeds)))


@dataclass
class _Worker:
    """A process that tries files, and what is known of it."""

    process: Any
    talk: Connection
    given: list[int]
    since: float  # when it was last heard of
    at: list[int]  # the files it is at


class Pool:
    """Workers that are watched: one that says nothing for too long is ended, and another begun.

    Args:
        work: A folder to work in.
        workers: How many processes.
    """

    def __init__(self, work: Path, workers: int = WORKERS) -> None:
        self.work, self.workers = work, workers
        self._begun = 0
        self._context = multiprocessing.get_context("spawn")

    def run(self, seeds: range) -> Iterator[Outcome]:
        """Try the files of some seeds; yield what became of them as it is known."""
        waiting = deque(list(seeds[n : n + _SEEDS]) for n in range(0, len(seeds), _SEEDS))
        busy: list[_Worker] = []
        while waiting or busy:
            while waiting and len(busy) < self.workers:
                busy.append(self._begin(waiting.popleft()))
            heard = wait([worker.talk for worker in busy], timeout=1)
            for worker in list(busy):
                if worker.talk in heard:
                    yield from self._hear(worker, busy, waiting)
                elif time.monotonic() - worker.since > 3 * MOST_S:
                    yield self._give_up(worker, busy, waiting, "hung")

    def _begin(self, seeds: list[int]) -> _Worker:
        self._begun += 1
        ours, theirs = self._context.Pipe()
        folder = str(self.work / f"worker-{self._begun}")
        process = self._context.Process(target=_work, args=(theirs, folder), daemon=True)
        process.start()
        theirs.close()
        ours.send(seeds)
        return _Worker(process, ours, seeds, time.monotonic() + 60, [])

    def _hear(
        self, worker: _Worker, busy: list[_Worker], waiting: deque[list[int]]
    ) -> Iterator[Outcome]:
        try:
            kind, said = worker.talk.recv()
        except (EOFError, OSError):
            yield self._give_up(worker, busy, waiting, "took its process down")
            return
        worker.since = time.monotonic()
        if kind == "begins":
            worker.at = said
            return
        yield said
        if waiting:
            worker.given = waiting.popleft()
            worker.talk.send(worker.given)
        else:
            worker.talk.send(None)
            worker.process.join()
            busy.remove(worker)

    def _give_up(
        self, worker: _Worker, busy: list[_Worker], waiting: deque[list[int]], why: str
    ) -> Outcome:
        """End a worker; whatever else it was given is tried again."""
        worker.process.kill()
        worker.process.join()
        busy.remove(worker)
        if len(worker.at) != 1:  # which of them it was is found out one by one
            waiting.extend([seed] for seed in worker.given)
            return Outcome()
        waiting.append([seed for seed in worker.given if seed not in worker.at])
        return Outcome(files=1, wrong=[(worker.at[0], "", why)])


def tried(work: Path, seeds: range, workers: int = WORKERS) -> Outcome:
    """Try the files of some seeds, and return what became of all of them."""
    total, started = Outcome(), time.monotonic()
    told = 0
    for outcome in Pool(work, workers).run(seeds):
        total.add(outcome)
        for seed, what, why in outcome.wrong:
            print(f"WRONG {seed} {what}: {why}", flush=True)
        if total.files >= told + 1_000:
            told = total.files
            print(f"{total.files:,} files in {time.monotonic() - started:,.0f} s", flush=True)
    return total


def figures(work: Path, *, files: int = FILES, first: int = 0) -> Iterator[Figure]:
    """Try hostile files; yield what went wrong with any."""
    folder = work / "hostile-files"
    folder.mkdir(parents=True)
    total = tried(folder, range(first, first + files))
    kinds = Counter(_kind(why) for _, _, why in total.wrong)
    parts = f"{total.loaded:,} loaded, {total.refused:,} refused, {total.rows:,} rows"
    yield Figure("hostile files tried", total.files, "≥", files, parts)
    yield Figure("hostile files that crashed the reader", kinds.pop("crashed", 0), "=", 0)
    slow = kinds.pop("hung", 0)
    yield Figure(f"hostile files that took over {MOST_S:.0f} s", slow, "=", 0,
                 f"the slowest delivery took {total.slowest:.1f} s")  # fmt: skip
    yield Figure("hostile files with rows unaccounted for", kinds.pop("rows", 0), "=", 0)
    yield Figure("hostile files whose values were quoted", kinds.pop("quoted", 0), "=", 0)
    yield Figure("hostile files that left something behind", kinds.pop("left", 0), "=", 0)
    yield Figure("hostile files refused without help, or wrongly", kinds.total(), "=", 0)


def _kind(why: str) -> str:
    if why.startswith(("crashed", "took its process down")):
        return "crashed"
    if why.startswith(("hung", "took")):
        return "hung"
    if "quoted" in why:
        return "quoted"
    if "behind" in why:
        return "left"
    return "help" if why.startswith(("refused", "was loaded")) else "rows"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        results = list(figures(Path(temporary), files=asked.files, first=asked.first))
    for result in results:
        print(result.line())
    sys.exit(any(not result.met for result in results))
