"""Need told from recording: how often each is called what it is, at a step of 15 %."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.figures import Figure
from recording_forces import PLANS, asked_of
from recording_simulators import MISSPECIFIED, Days, Planted, days_of
from recording_trials import found_in

RUNS = 1000
SEARCHES = 40
SEEDS = range(1, 4)
FORCE = 60_000  # incidents a year, for two years
READ = 100  # logs of each of two kinds, in each period: 400 in all
STEP = 1.15
WORLDS: dict[str, dict[str, Any]] = {"": {}, ", misspecified": MISSPECIFIED}


def figures(work: Path, runs: int = RUNS) -> Iterator[Figure]:
    """Yield how often each planted change is called what it is, and called the other.

    Args:
        work: Where made-up forces may be put.
        runs: Made-up years of each kind.
    """
    for world, settings in WORLDS.items():
        yield from _told(world, settings, READ, runs)
        yield from _told(world, settings, 0, runs // 5)
    yield from _sizes(runs // 4)
    yield from _searched()
    yield from _forces(work)


def _told(world: str, settings: dict[str, Any], read: int, runs: int) -> Iterator[Figure]:
    how = f", {4 * read} logs read" if read else ", no log read"
    planted = {"recording": {"flag": STEP}, "need": {"need": STEP}, "neither shown": {}}
    for truth, what in planted.items():
        called, volume = _called({**settings, **what}, read, runs)
        share = {verdict: n / runs for verdict, n in called.items()}
        note = (
            f"undecided {share.get('undecided', 0):.1%}; {runs} runs of {volume}; {_list(called)}"
        )
        other = {"need": "recording", "recording": "need"}.get(truth)
        told, name = share.get(truth, 0.0), f"{truth}{world}{how}"
        if truth == "need" and not read:
            # Need is only told without reading by an assumption, and none is made.
            told += share.get("undecided", 0.0)
            yield Figure(f"{name}: called so, or undecided", told, "≥", 0.93, note)
        else:
            yield Figure(f"{name}: called so", told, "≥", 0.90 if other else 0.93, note)
        if other:
            yield Figure(f"{name}: called {other}", share.get(other, 0.0), "≤", 0.07)
    called, _ = _called({**settings, "text": 0.85}, read, runs // 2)
    wrong = (called["need"] + called["recording"] + called["both"]) / (runs // 2)
    yield Figure(f"words written otherwise{world}{how}: called need, recording or both",
                 wrong, "≤", 0.07, _list(called))  # fmt: skip


def _called(settings: dict[str, Any], read: int, runs: int) -> tuple[Counter[str], str]:
    called: Counter[str] = Counter()
    volume = ""
    for seed in range(runs):
        chance = np.random.default_rng([read, seed])
        drawn = days_of(Planted(**settings), chance)
        called[found_in(drawn, read, chance).verdict] += 1
        volume = _volume(drawn)
    return called, volume


def _volume(drawn: Days) -> str:
    later = drawn.days >= drawn.day
    return (
        f"{drawn.calls[~later].sum():,.0f} incidents before and {drawn.calls[later].sum():,.0f} "
        f"after, {drawn.text.sum():,.0f} with words, {drawn.flag.sum():,.0f} flagged"
    )


def _list(called: Counter[str]) -> str:
    return ", ".join(f"{verdict} {n}" for verdict, n in called.most_common())


def _sizes(runs: int) -> Iterator[Figure]:
    """Yield at which size four in five are called right, with the logs read."""
    for truth, what in (("recording", {"flag": STEP}), ("need", {"need": STEP})):
        told = []
        for hourly in (5.0, 7.5, 10.0, 15.0, 20.0):
            called, _ = _called({**what, "hourly": hourly}, READ, runs)
            told.append((round(hourly * 24 * 365), called[truth] / runs))
        enough = [size for size, share in told if share >= 0.8]
        note = "; ".join(f"{size:,} a year: {share:.0%}" for size, share in told)
        yield Figure(f"{truth}: incidents a year at which 80 % are called so",
                     min(enough, default=None), "≤", 200_000, note)  # fmt: skip


def _searched() -> Iterator[Figure]:
    """Yield what searching for the day does."""
    held, called, none = 0, Counter[str](), Counter[str]()
    wide = []
    for seed in range(SEARCHES):
        chance = np.random.default_rng([9, seed])
        drawn = days_of(Planted(flag=STEP), chance)
        found = found_in(drawn, READ, chance, search=True)
        called[found.verdict] += 1
        searched = found.searched
        assert searched is not None
        held += searched.low <= drawn.day <= searched.high
        wide.append((searched.high - searched.low).astype(int) + 1)
        drawn = days_of(Planted(), chance)
        none[found_in(drawn, READ, chance, search=True).verdict] += 1
    yield Figure("recording, day searched for: called so", called["recording"] / SEARCHES, "≥",
                 0.8, _list(called))  # fmt: skip
    yield Figure("recording, day searched for: interval holds the day", held / SEARCHES, "≥", 0.9,
                 f"{np.median(wide):.0f} days wide in the median")  # fmt: skip
    yield Figure("nothing planted, day searched for: not shown", none["neither shown"] / SEARCHES,
                 "≥", 0.93, _list(none))  # fmt: skip


def _forces(work: Path) -> Iterator[Figure]:
    """Yield what is said of made-up forces, through the store, with logs read by their truth."""
    other = {"need": "recording", "recording": "need"}
    right, wrong, said = 0, 0, []
    for truth in PLANS:
        called = Counter[str]()
        for seed in SEEDS:
            folder = work / f"recording-{truth.replace(' ', '-')}-{seed}"
            folder.mkdir()
            result = asked_of(folder, truth, seed, incidents=FORCE, read=READ)
            called[result.tables["totals"].data["verdict"][0].as_py()] += 1
        right += called[truth]
        wrong += called[other.get(truth, "")]
        said.append(f"{truth}: {_list(called)}")
    forces = len(PLANS) * len(SEEDS)
    note = f"{FORCE:,} incidents a year; {'; '.join(said)}"
    yield Figure("made-up forces, through the store: called what was planted",
                 right / forces, "≥", 0.75, note)  # fmt: skip
    yield Figure("made-up forces, through the store: need called recording, or the other way",
                 wrong / forces, "≤", 0.07)  # fmt: skip
