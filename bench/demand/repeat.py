"""Repeat demand: false alarms and power of each verdict, and the planted callers found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.figures import Figure
from peelian.records.store import Store
from peelian.records.synth.making import make_store
from peelian.records.synth.scales import plan_at, scale_called
from peelian.statistics.bouts import Stretch, bouts
from peelian.statistics.recurrence import (
    Sources,
    beside_equal_rate,
    beside_gamma_rates,
    persistence,
)
from peelian.study import Question, ask
from repeat_simulators import (
    CHANGES,
    SOURCES,
    close,
    equal,
    few,
    months,
    smooth,
    two_halves,
)

SEEDS, FORCES = 400, 12
# What is planted: people who call often stay thirty months on average. Calls of the two halves of a
# year lie six months apart, and those who came often were mostly there to the first half's end.
STAY = float(np.exp(-6 / 30)), float(np.exp(-3 / 30))


def figures(work: Path) -> Iterator[Figure]:
    """Yield how often each verdict errs, what its intervals hold, and what made-up forces show."""
    yield from _laws()
    yield from _kept()
    yield from _bouts()
    yield from _forces(work)


def _laws() -> Iterator[Figure]:
    cases = (
        ("equal rates, where rates are equal", beside_equal_rate, equal, "≤", 0.07),
        ("gamma rates, where they are a gamma law's", beside_gamma_rates, smooth, "≤", 0.07),
        ("equal rates, where rates differ smoothly", beside_equal_rate, smooth, "≥", 0.90),
        ("gamma rates, where 15 of 4,000 stand out", beside_gamma_rates, few, "≥", 0.90),
    )
    for name, law, rates, how, target in cases:
        said = []
        for seed in range(SEEDS // 2):
            rng = np.random.default_rng(10_000 + seed)
            found = law(_sources(rng.poisson(rates(rng))), _hundredth, draws=99, seed=seed)
            said.append(found.p[0] <= 0.05)
        yield Figure(
            f"repeat: more than {name}: called so",
            float(np.mean(said)),
            how,
            target,
            f"{len(said)} draws",
        )


def _hundredth(sources: Sources) -> np.ndarray:
    return sources.of_first(np.ceil(0.01 * sources.seen)) / sources.total


def _sources(counts: np.ndarray) -> Sources:
    counts = counts[counts > 0]
    return Sources.of(counts, np.ones(len(counts)))


def _kept() -> Iterator[Figure]:
    for name, (change, truth) in CHANGES.items():
        found = []
        for seed in range(SEEDS):
            cells = two_halves(np.random.default_rng(20_000 + seed), change)
            found.append(persistence(*cells, often=4, draws=199, seed=seed, in_all=float(SOURCES)))
        held = float(np.mean([one.low <= truth <= one.high for one in found]))
        mean = float(np.mean([one.kept for one in found]))
        plain = float(np.mean([one.later / one.then for one in found]))
        yield Figure(
            f"repeat: kept, {name}: interval holds the truth",
            held,
            "≥",
            0.91,
            f"kept {mean:.3f} where {truth} is true; later over first {plain:.2f}",
        )


def _bouts() -> Iterator[Figure]:
    for again, how, target in ((0.0, "≤", 0.08), (0.25, "≥", 0.90)):
        found = []
        for seed in range(SEEDS if not again else SEEDS // 4):
            every = list(months(np.random.default_rng(30_000 + seed), again))
            pairs = sum(close(who, day, 5) for who, day in every)
            found.append(bouts([_stretch(who, day) for who, day in every], pairs, within=5))
        ratio = float(np.mean([one.ratio for one in found]))
        told = float(np.mean([one.detectable for one in found]))
        yield Figure(
            f"repeat: bouts, where {again:.0%} of events bring another: called so",
            float(np.mean([one.shown for one in found])),
            how,
            target,
            f"{len(found)} draws; pairs {ratio:.2f} times, detectable {told:.2f}",
        )


def _stretch(who: np.ndarray, day: np.ndarray) -> Stretch:
    days, events = np.unique(day, return_counts=True)
    return Stretch(_sources(np.bincount(who)), days, events.astype(float))


def _forces(work: Path) -> Iterator[Figure]:
    names = ("A few stand out", "The same go on", "In bouts, beyond rates of their own")
    for off in (False, True):
        every = [_force(work / f"repeat-{seed}-{off}", seed, off=off) for seed in range(FORCES)]
        said = {name: sum(held[name] is True for held, _ in every) for name in names}
        what = "nobody but by chance" if off else "callers planted"
        for name in names:
            finds = not off and name != names[2]
            yield Figure(
                f"repeat: made-up forces, {what}: {name.lower()}",
                said[name],
                "≥" if finds else "≤",
                FORCES - 1 if finds else 1,
                f"of {FORCES}",
            )
        if not off:
            held = sum(after["low"] <= STAY[1] and STAY[0] <= after["high"] for _, after in every)
            mean = float(np.mean([after["kept"] for _, after in every]))
            yield Figure(
                "repeat: made-up forces, what stays is in the interval",
                held,
                "≥",
                FORCES - 2,
                f"of {FORCES}; {STAY[0]:.2f} to {STAY[1]:.2f} planted, {mean:.2f} on average",
            )


def _force(store: Path, seed: int, *, off: bool) -> tuple[dict, dict]:
    scale = scale_called("small", areas=60, years=1)
    plan = plan_at(scale, {})
    make_store(store, plan.off("calls") if off else plan, scale=scale, seed=seed, narratives=False)
    with Store.open(store) as opened:
        result = ask(opened, Question("demand.repeat"))
    held = {check.name: check.held for check in result.diagnostics}
    return held, result.tables["after"].data.to_pylist()[0]
