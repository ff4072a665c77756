"""The parts of made-up forces, made in this process or in several, and handed on in one order."""

import pickle
import signal
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TypeVar

import numpy as np

from peelian.records.synth.partitions import (
    Frame,
    Part,
    force_of,
    month_part,
    places_part,
    services_part,
)
from peelian.records.synth.scales import Job
from peelian.records.synth.whole import Force

T = TypeVar("T")
Tell = Callable[[str, int, int], None]
_MOST_WORKERS = 61  # Windows waits for no more than that
# Set in a worker that should stop: a month is the longest it goes on after that.
_stop: Event | None = None


class Stopped(Exception):
    """The work was called off."""


def parts_of(
    jobs: Sequence[Job], frame: Frame, workers: int, tell: Tell
) -> Generator[Part, None, None]:
    """Yield every part of every force, in the order of the forces and of their months.

    Args:
        jobs: The forces.
        frame: What every part is written with.
        workers: How many processes; 1 for this one alone. Forces go to workers whole, and a force
            that is alone goes month by month.
        tell: Told how many months are done.
    """
    total = sum(len(job.plan.months.months) for job in jobs)
    done = 0
    tell("making up records", done, total)
    for part in _parts(jobs, frame, workers):
        yield part
        if part.moved is not None:
            done += 1
            tell(f"making up {part.source}", done, total)


def _parts(jobs: Sequence[Job], frame: Frame, workers: int) -> Iterator[Part]:
    if workers <= 1:
        for job in jobs:
            yield from _whole_force(job, frame)
    elif len(jobs) == 1:
        yield from _month_by_month(jobs[0], frame, workers)
    else:
        for parts in _in_processes(_all_of_force, [(job, frame) for job in jobs], workers):
            yield from parts


def _whole_force(job: Job, frame: Frame) -> Iterator[Part]:
    force = force_of(job)
    yield places_part(job, force, frame)
    moved = []
    for month in job.plan.months.months:
        if _stop is not None and _stop.is_set():
            raise Stopped
        part = month_part(job, force, month, frame)
        moved.append(part.moved)
        yield part
    yield services_part(job, force, np.stack(moved, axis=1), frame)


def _month_by_month(job: Job, frame: Frame, workers: int) -> Iterator[Part]:
    force = force_of(job)
    yield places_part(job, force, frame)
    # What the months share is made once and read by every worker.
    shared = frame.tables / "force.pickle"
    shared.parent.mkdir(parents=True, exist_ok=True)
    shared.write_bytes(pickle.dumps(force, protocol=pickle.HIGHEST_PROTOCOL))
    asked = [(job, shared, month, frame) for month in job.plan.months.months]
    moved = []
    for part in _in_processes(_one_month, asked, workers):
        moved.append(part.moved)
        yield part
    shared.unlink()
    yield services_part(job, force, np.stack(moved, axis=1), frame)


def _in_processes(work: Callable[..., T], asked: Sequence[tuple], workers: int) -> Iterator[T]:
    """Yield what each piece of work comes to, in the order asked, whichever is done first."""
    context = get_context("spawn")
    stop = context.Event()
    workers = max(1, min(workers, len(asked), _MOST_WORKERS))
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(stop,))
    futures: list[Future[T]] = []
    try:
        futures = [pool.submit(work, *words) for words in asked]
        for future in futures:
            yield future.result()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(stop: Event) -> None:
    """Make a worker ready: Ctrl-C is its parent's to hear."""
    global _stop  # noqa: PLW0603  (a worker serves one pool)
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _all_of_force(job: Job, frame: Frame) -> list[Part]:
    return list(_whole_force(job, frame))


def _one_month(job: Job, shared: Path, month: str, frame: Frame) -> Part:
    if _stop is not None and _stop.is_set():
        raise Stopped
    return month_part(job, _read_force(shared), month, frame)


@lru_cache(maxsize=1)
def _read_force(shared: Path) -> Force:
    """Read the force of a worker's months, once: this very program wrote it a moment ago."""
    return pickle.loads(shared.read_bytes())
