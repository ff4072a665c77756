"""Corrected shares: how often their intervals hold the truth, and what a planned audit saves."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bench.figures import Figure
from corrected_simulators import FORCES, Force, draw, read_by_two, strata_of
from peelian.statistics.intervals import Estimate, wilson
from peelian.statistics.misclassification import rogan_gladen
from peelian.statistics.prediction_powered import Pairs, ppi
from peelian.statistics.readers import TwoReadings, read_twice
from peelian.statistics.two_phase import Strata, allocate, simple, stratified

PREVALENCES, AUDITS = (0.01, 0.06, 0.20), (100, 300, 1000)
LEAST = 5
STRATA = 6
# What the product recommends, each where it may be used; the rest stands for comparison.
RECOMMENDED = {
    "stratified": "two-phase, mid-p over strata",
    "ppi in strata": "PPI++ in the strata of a planned audit",
    "ppi": "PPI++ with a simple random audit",
    "rogan-gladen": "Rogan-Gladen by mid-p, accuracy from as many logs as the audit's",
    "read twice": "two-phase, by two readers who err and a third who settles",
}


@dataclass
class Held:
    """How often intervals held the true share, and how wide they were."""

    held: list[bool] = field(default_factory=list)
    width: list[float] = field(default_factory=list)

    def add(self, found: Estimate, share: float) -> None:
        self.held.append(found.low <= share <= found.high)
        self.width.append(found.width)

    @property
    def coverage(self) -> float:
        return float(np.mean(self.held))


Cell = tuple[str, float, int]  # kind of force, prevalence, logs read


def measure(cell: Cell, replicates: int, *, forces: int = 25, seed: int = 1829) -> dict[str, Held]:
    """Return, for each estimator, how it did over so many audits of forces of one kind."""
    kind, prevalence, reads = cell
    rng = np.random.default_rng([seed, *FORCES_AT[kind], int(1000 * prevalence), reads])
    found: dict[str, Held] = defaultdict(Held)
    for _ in range(forces):
        force = FORCES[kind](rng, prevalence)
        for _ in range(replicates // forces):
            for name, estimate in _audit(rng, force, reads):
                found[name].add(estimate, force.share)
    return found


FORCES_AT = {kind: (at,) for at, kind in enumerate(FORCES)}


def _audit(rng: np.random.Generator, force: Force, reads: int) -> Iterator[tuple[str, Estimate]]:
    """Yield each estimate, of one planned audit and one simple one of equal size."""
    stratum, n = strata_of(force), len(force.truth)
    size = np.bincount(stratum, minlength=STRATA)
    machine = np.bincount(stratum, force.score, STRATA) / np.maximum(1, size)
    plan = allocate(size, machine, reads, LEAST)
    at = draw(rng, stratum, plan)
    truth, where = force.truth[at], stratum[at]
    count = lambda these: np.bincount(where, these, STRATA)  # noqa: E731
    yield "stratified", stratified(Strata(size, plan, count(truth)))
    yield "ppi in strata", ppi(Pairs(size, machine, force.score[at], truth, where))
    yield "read twice", read_twice(TwoReadings(size, *map(count, read_by_two(rng, truth))))
    one, _ = np.array([truth, truth]) ^ (rng.random((2, reads)) > np.where(truth, 0.85, 0.98))
    yield "read once", stratified(Strata(size, plan, count(one)))
    at = rng.choice(n, reads, replace=False, shuffle=False)
    yield "simple", simple(n, reads, int(force.truth[at].sum()))
    yield "ppi", ppi(Pairs([n], [force.score.mean()], force.score[at], force.truth[at]))
    flags = int(force.flag.sum())
    yield "flag", Estimate(flags / n, *wilson(flags, n), 0.0, "flag")
    yield from _rogan_gladen(rng, force, reads)


def _rogan_gladen(rng, force: Force, reads: int) -> Iterator[tuple[str, Estimate]]:
    """Yield the flag corrected by an accuracy learnt from true ones and others, half each."""
    true, others = np.flatnonzero(force.truth), np.flatnonzero(~force.truth)
    of_true = min(reads // 2, true.size)
    of_others = reads - of_true
    hit = force.flag[rng.choice(true, of_true, replace=False)].mean()
    left = 1 - force.flag[rng.choice(others, of_others, replace=False, shuffle=False)].mean()
    flags, n = int(force.flag.sum()), len(force.flag)
    yield (
        "rogan-gladen",
        (rogan_gladen(flags, n, hit, left, n_se=of_true, n_sp=of_others, interval="mid-p")),
    )
    yield "lang-reiczigel", rogan_gladen(flags, n, hit, left, n_se=of_true, n_sp=of_others)


def figures(replicates: int = 1000) -> Iterator[Figure]:
    """Yield how often each interval holds, cell by cell, and what planning saves."""
    cells = [(k, p, n) for k in FORCES for p in PREVALENCES for n in AUDITS]
    found = {cell: measure(cell, replicates) for cell in cells}
    yield from summed(found)
    d9 = measure(("plain", 0.06, 600), replicates, seed=9)
    for name in ("stratified", "ppi in strata"):
        yield Figure(f"D9: {name}, 600 read at 6 %", d9[name].coverage, "≥", 0.93)
        yield Figure(f"D9: {name}, no more than", d9[name].coverage, "≤", 0.97)
    yield Figure("D9: the flag's own share", d9["flag"].coverage, "≤", 0.10)


def summed(found: Mapping[Cell, Mapping[str, Held]]) -> Iterator[Figure]:
    """Yield the figures over all cells."""
    for name, said in RECOMMENDED.items():
        by_cell = {cell: held[name].coverage for cell, held in found.items()}
        note = "; ".join(f"{_named(cell)} {100 * at:.1f}" for cell, at in by_cell.items())
        yield Figure(f"held by {said}, least of {len(by_cell)} cells", min(by_cell.values()), "≥",
                     0.92, note)  # fmt: skip
        most = max(by_cell, key=lambda cell: by_cell[cell])
        yield Figure(f"held by {said}, most", by_cell[most], "≤", 0.98, _named(most))
    for name, said, how, target in (
        ("flag", "the flag's own share, most", "≤", 0.10),
        ("lang-reiczigel", "Rogan-Gladen by Lang and Reiczigel, least", "≥", 0.92),
    ):
        at = [held[name].coverage for held in found.values()]
        figure = max(at) if how == "≤" else min(at)
        yield Figure(f"held by {said}", figure, how, target, f"{min(at):.3f} to {max(at):.3f}")
    once = [held["read once"].coverage for held in found.values()]
    yield Figure("held by logs read once by one who errs, least (a warning: it is not recommended)",
                 min(once), "≤", 0.5, "sensitivity .85, specificity .98")  # fmt: skip
    for kind in FORCES:
        ratio = {cell: np.mean(held["stratified"].width) / np.mean(held["simple"].width)
                 for cell, held in found.items() if cell[0] == kind}  # fmt: skip
        if ratio:
            note = "; ".join(f"{_named(cell)} {at:.2f}" for cell, at in ratio.items())
            yield Figure(f"{kind} forces: width of a planned audit by a simple one's, median",
                         float(np.median(list(ratio.values()))), "≤", 0.7, note)  # fmt: skip


def _named(cell: Cell) -> str:
    kind, prevalence, reads = cell
    return f"{kind} {100 * prevalence:g} % of {reads}"
