"""Making forces up, straight into a store: month by month, on several cores, all or nothing."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from peelian import __version__
from peelian.errors import StoreError, UsageError, nearest
from peelian.records.store import Load, make_empty
from peelian.records.store.filling import Filling
from peelian.records.store.pointer import ABOUT, read_about
from peelian.records.synth.partitions import LAYOUT, PLACES, SERVICES, Frame, Part, part_of
from peelian.records.synth.plan import Plan
from peelian.records.synth.scales import Scale, jobs_of, plan_at
from peelian.records.synth.truth_beside import truth_beside, truth_of
from peelian.records.synth.workers import parts_of

Tell = Callable[[str, int, int], None]
_PAGE = "how-to/make-up-a-force"
TIMEZONE = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made.

    Args:
        store, truth: Where it lies.
        forces: How many.
        tables: Rows by table.
    """

    store: Path
    truth: Path
    forces: int
    tables: dict[str, int]


def make_store(
    store: str | Path,
    plan: Plan | None = None,
    *,
    scale: Scale,
    seed: int,
    narratives: bool = True,
    workers: int = 1,
    tell: Tell = lambda *_: None,
) -> Made:
    """Make up forces, and write their records straight into a store.

    The same plan, scale and seed make the same files to the byte, on any number of workers. What
    was planted is written to `truth/<the store's name>/` beside the store, where no analysis can
    open it. If anything goes wrong nothing is left, as a load would leave it.

    Args:
        store: A folder that is not there yet, or an empty store.
        plan: What is planted; the defaults where it is left out.
        scale: How large.
        seed: The seed of every stream of chance.
        narratives: Whether incidents have a log's words.
        workers: How many processes make it; 1 works in this one.
        tell: Told what is going on, how much is done, and of how much.

    Raises:
        StoreError: Something else lies there, or the store holds records already.
        UsageError: The plan cannot be carried out at that scale.
    """
    path, jobs = Path(store), jobs_of(scale, plan or plan_at(scale), seed)
    fresh = _open_empty(path, scale.crs)
    try:
        with Filling(path) as filling, truth_beside(path, jobs, scale, seed) as truth:
            frame = Frame(
                crs=filling.about.crs,
                timezone=filling.about.timezone,
                narratives=narratives,
                tables=filling.work / "made",
                truth=truth,
            )
            # Closed before anything is taken away: its workers write until they are told to stop.
            with closing(parts_of(jobs, frame, workers, tell)) as parts:
                tables = _fill(filling, parts)
    except BaseException:
        if fresh:
            shutil.rmtree(path, ignore_errors=True)
        raise
    return Made(
        store=path, truth=truth_of(path), forces=len(jobs), tables=dict(sorted(tables.items()))
    )


def make_part(
    folder: Path,
    plan: Plan | None = None,
    *,
    only: str,
    scale: Scale,
    seed: int,
    narratives: bool = True,
) -> tuple[Path, ...]:
    """Make one month of one force, alone: the very files the whole store has of it.

    Args:
        folder: Where its Parquet files go, in a folder for each table; not there yet, or empty.
        plan: What is planted, as for the whole.
        only: The force and month, such as `Merrowshire Police/2024-03`, or `…/places` for its
            areas and measures, or `…/services` for what partners counted.
        scale: As for the whole.
        seed: As for the whole.
        narratives: As for the whole.

    Raises:
        UsageError: There is no such force or month, or the folder is not empty.
    """
    name, _, what = only.rpartition("/")
    jobs = {job.who.name: job for job in jobs_of(scale, plan or plan_at(scale), seed)}
    if name not in jobs:
        example = f"{next(iter(jobs))}/{plan_at(scale).present[0]}"
        raise UsageError(
            "There is no such force at this scale.",
            found=name or only,
            try_=f"{nearest(name or only, jobs)} And then its month, as in {example}",
            read=_PAGE,
        )
    job = jobs[name]
    months = job.plan.present
    if what not in (*months, PLACES, SERVICES):
        raise UsageError(
            "The force has no such month.",
            found=what,
            try_=f"a month from {months[0]} to {months[-1]}, {PLACES} or {SERVICES}",
            read=_PAGE,
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "There is something else where the files should go.",
            found=folder.name,
            try_="another folder, or an empty one",
            read=_PAGE,
        )
    frame = Frame(crs=scale.crs, timezone=TIMEZONE, narratives=narratives, tables=folder)
    try:
        part = part_of(job, what, frame)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return tuple(one.path for one in part.written)


def _open_empty(path: Path, crs: str) -> bool:
    """Make an empty store, or see that the one that is there will do; say whether it was made."""
    if not (path / ABOUT).is_file():
        make_empty(path, crs=crs, timezone=TIMEZONE)
        return True
    zone = read_about(path).timezone
    if zone != TIMEZONE:
        raise StoreError(
            "The store cannot take a made-up force.",
            found=f"its zone is {zone}",
            try_=f"a new folder, or a store of {TIMEZONE}",
            read=_PAGE,
        )
    return False


def _fill(filling: Filling, parts: Iterable[Part]) -> Counter[str]:
    """Take every part into the store in its order, with its ledger row and what it covers."""
    tables: Counter[str] = Counter()
    loads: list[Load] = []
    covered: list[dict[str, object]] = []
    for part in parts:
        if not part.written:  # a month that was never handed over
            continue
        rows: Counter[str] = Counter()
        for one in part.written:
            rows[one.table] += filling.adopt(one.table, one.path)
            covered += [
                {"source": part.source, "layout": LAYOUT, "table": one.table, "month": month,
                 "load_id": part.load_id, "n": n}
                for month, n in one.months.items()
            ]  # fmt: skip
        loads.append(_load(part, rows))
        tables += rows
    filling.commit(loads, covered)
    return tables


def _load(part: Part, rows: Counter[str]) -> Load:
    """Return the ledger's row of a part: all that was made of it was taken in."""
    months = {month for one in part.written for month in one.months}
    return Load(
        load_id=part.load_id,
        source=part.source,
        file=part.name,
        sha256=part.recipe,
        layout=LAYOUT,
        sensitivity=part.sensitivity.name.lower(),
        read=rows.total(),
        loaded=rows.total(),
        quarantined=0,
        duplicates=0,
        tables=dict(sorted(rows.items())),
        first_month=min(months, default=None),
        last_month=max(months, default=None),
        notes={},
        loaded_at=None,
        peelian=__version__,
    )
