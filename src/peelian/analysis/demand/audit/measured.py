"""The figures of an audit: shares by each estimator, accuracy, agreement, bounds, more to read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.demand.audit.gathering import PAGE, Held
from peelian.errors import CannotAnswer
from peelian.statistics import agreement, two_phase
from peelian.statistics.bounds import Rung, ladder
from peelian.statistics.drawn_truths import Doubt, doubt, over_draws, settled, settled_or_likely
from peelian.statistics.intervals import Estimate, wilson
from peelian.statistics.misclassification import rogan_gladen
from peelian.statistics.prediction_powered import Pairs, difference, ppi
from peelian.statistics.two_phase import Strata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FEWEST = 5  # logs read of a stratum, beneath which it says nothing
STRATIFIED, DIFFERENCE, PPI, ROGAN_GLADEN, NAIVE = (
    "stratified", "difference", "ppi", "rogan-gladen", "marked",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One share: by which estimator, with which definition, and without readers' errors beside."""

    estimator: str
    definition: int | None
    estimate: Estimate
    as_settled: Estimate | None = None
    refused: str = ""


@dataclass(frozen=True)
class Accuracy:
    """How well a definition finds what readers find, in one stratum or in all (None)."""

    definition: int
    stratum: int | None
    read: int
    positive: int
    hits: int
    false_alarms: int
    sensitivity: Estimate | None
    specificity: Estimate | None


@dataclass(frozen=True, eq=False)
class Audit:
    """All figures of an audit.

    Args:
        held: What it rests on.
        read: Which drawn logs were read: shape (logs,).
        truth: What was settled of those read, or is likeliest: shape (read,).
        open: Logs on which readers differ, and that nobody settled.
        apart: Logs on which the two readers differ.
        twice: Logs that both read.
        doubt: What may be true of the logs read.
        rows: Shares, the recommended one first.
        reason: Why it is recommended.
        accuracy: By definition, over all and by stratum.
        agreement: By measure; None where it cannot be told.
        rungs: The ladder of bounds; none where nothing flags.
        target: The width that `more` is for.
        more: Further logs to read of each stratum: shape (strata,).
        simple_width: The interval's width, had as many logs been drawn at random among all.
    """

    held: Held
    read: Bools
    truth: Bools
    open: int
    apart: int
    twice: int
    doubt: Doubt
    rows: tuple[Row, ...]
    reason: str
    accuracy: tuple[Accuracy, ...]
    agreement: tuple[tuple[str, Estimate | None], ...]
    rungs: tuple[Rung, ...]
    target: float
    more: NDArray[np.int64]
    simple_width: float

    @property
    def best(self) -> Estimate:
        """Return the recommended share."""
        return self.rows[0].estimate

    @property
    def stratum(self) -> NDArray[np.intp]:
        """Return the stratum of each log read."""
        return self.held.stratum[self.read]

    @property
    def reads(self) -> Floats:
        """Return how many logs were read of each stratum."""
        return _per_stratum(self.held, self.read)

    @property
    def found(self) -> Floats:
        """Return how many of them were found to be so."""
        n = len(self.held.strata)
        return np.bincount(self.stratum, self.truth, minlength=n).astype(float)


def measure(held: Held, *, width: float | None, level: float, draws: int, seed: int) -> Audit:
    """Return every figure of an audit.

    Raises:
        CannotAnswer: A stratum is unread, or so little of it was that nothing can be said.
    """
    answers = held.answers
    read: Bools = np.asarray((~np.isnan(answers)).any(axis=0))
    _refuse_unread(held, _per_stratum(held, read), width, level)
    said, at = answers[:, read], held.stratum[read]
    truth = settled_or_likely(said)
    open_ = np.isnan(settled(said))
    both = (~np.isnan(said[:2])).all(axis=0)
    held_doubt = doubt(said, at, draws=draws, seed=seed)
    rows = tuple(_rows(held, read, at, truth, held_doubt, level))
    first, reason = _recommended(held, rows)
    reads = _per_stratum(held, read)
    strata = Strata(held.size, reads, np.bincount(at, truth, minlength=len(held.strata)))
    best = rows[first].estimate
    target = width or (best.high - best.low) / 2
    return Audit(
        held=held,
        read=read,
        truth=truth,
        open=int(open_.sum()),
        apart=int((said[0] != said[1])[both].sum()),
        twice=int(both.sum()),
        doubt=held_doubt,
        rows=(rows[first], *(row for n, row in enumerate(rows) if n != first)),
        reason=reason,
        accuracy=tuple(_accuracy(held, read, at, truth, level)),
        agreement=tuple(_agreement(said[:2, both], level, seed)),
        rungs=_rungs(held, read, truth, strata, level),
        target=target,
        more=two_phase.needed(strata, target, level),
        simple_width=two_phase.expected_width(
            [held.size.sum()], [reads.sum()], [best.value], level
        ),
    )


def _per_stratum(held: Held, read: Bools) -> Floats:
    return np.bincount(held.stratum, read, minlength=len(held.strata)).astype(float)


def _refuse_unread(held: Held, reads: Floats, width: float | None, level: float) -> None:
    least = np.minimum(held.size, FEWEST)
    few = reads < least
    if not few.any():
        return
    share = np.full(len(reads), 0.5)
    wanted = (least - reads)[few].sum()
    unread = int((reads[few] == 0).sum())
    reached = ""
    if width:
        drawn = np.maximum(reads, least)
        more = two_phase.needed(Strata(held.size, drawn, np.floor(drawn * share)), width, level)
        reached = f"; {int(more.sum() + wanted):,} for an interval of {100 * width:g} points"
    raise CannotAnswer(
        "Of some strata so little was read that they may hold anything.",
        found=f"{int(few.sum())} of {len(reads)} strata with fewer than {FEWEST} logs read "
        f"({unread} of them unread), {int(held.size[few].sum()):,} logs in all",
        try_=f"reading {int(wanted):,} more logs of them{reached}",
        read=PAGE,
    )


def _rows(
    held: Held, read: Bools, at: NDArray[np.intp], truth: Bools, doubted: Doubt, level: float
) -> Iterator[Row]:
    reads = _per_stratum(held, read)

    def by_strata(true: Bools) -> Estimate:
        found = np.bincount(at, true, minlength=len(reads))
        return two_phase.stratified(Strata(held.size, reads, found), level)

    yield _row(STRATIFIED, None, by_strata, truth, doubted, level)
    for number in range(len(held.definitions)):
        marks = held.marks[number][read]
        if held.by_stratum is not None:
            machine = held.by_stratum[number] / np.maximum(1, held.size)
            with_scores = partial(_pairs, held.size, machine, marks, at)
            for name, method in ((DIFFERENCE, difference), (PPI, ppi)):

                def assisted(true: Bools, method=method, pairs=with_scores) -> Estimate:
                    return method(pairs(true), level)

                yield _row(name, number, assisted, truth, doubted, level)
        weight = (held.size / np.maximum(1, reads))[at]
        behind = partial(_behind, int(held.marked[number]), held.total, marks, weight, level)
        try:
            yield _row(ROGAN_GLADEN, number, behind, truth, doubted, level)
        except CannotAnswer as refusal:
            none = Estimate(np.nan, np.nan, np.nan, np.nan, "")
            yield Row(ROGAN_GLADEN, number, none, refused=refusal.problem)
        share = held.marked[number] / held.total
        yield Row(NAIVE, number, Estimate(share, share, share, 0.0, "as marked"))


def _row(
    name: str,
    definition: int | None,
    estimate: Callable[[Bools], Estimate],
    truth: Bools,
    doubted: Doubt,
    level: float,
) -> Row:
    plain = estimate(truth)
    return Row(name, definition, over_draws(doubted, estimate, level), plain)


def _pairs(size: Floats, machine: Floats, marks: Bools, at: NDArray[np.intp], true: Bools) -> Pairs:
    return Pairs(size, machine, marks, true, at)


def _behind(
    positive: int, n: int, marks: Bools, weight: Floats, level: float, true: Bools
) -> Estimate:
    """Return the share behind a mark, by what its sensitivity and specificity prove to be."""
    (sensitivity, n_se), (specificity, n_sp) = (
        _weighed(marks, true, weight),
        _weighed(~marks, ~true, weight),
    )
    if not n_se or not n_sp:
        raise CannotAnswer("Nothing that was read is so, or nothing is not.", read=PAGE)
    return rogan_gladen(positive, n, sensitivity, specificity, n_se=n_se, n_sp=n_sp, level=level)


def _weighed(hit: Bools, of: Bools, weight: Floats) -> tuple[float, int]:
    """Return a weighted share, and how many logs of one weight would be worth as much (Kish)."""
    held = weight[of]
    if not held.size:
        return float("nan"), 0
    return min(1.0, float(held @ hit[of] / held.sum())), max(
        1, int(held.sum() ** 2 / (held**2).sum())
    )


def _recommended(held: Held, rows: Sequence[Row]) -> tuple[int, str]:
    """Return which share is recommended, and why: decided by the design, not by what came out."""
    if len(held.strata) == 1:
        for number, row in enumerate(rows):
            if row.estimator == PPI:
                return number, (
                    "The logs were drawn at random among all, so what a definition tells of each "
                    "log is used by nothing else; it is weighed by what it proves to be worth."
                )
    return 0, (
        "It rests on nothing but chance and what people read. The strata already use what the "
        "definitions tell, and its interval holds where few or none are found."
    )


def _accuracy(
    held: Held, read: Bools, at: NDArray[np.intp], truth: Bools, level: float
) -> Iterator[Accuracy]:
    reads = _per_stratum(held, read)
    weight = (held.size / np.maximum(1, reads))[at]
    for number in range(len(held.definitions)):
        marks = held.marks[number][read]
        for stratum in (None, *range(len(held.strata))):
            here = np.ones(len(at), dtype=bool) if stratum is None else at == stratum
            yield Accuracy(
                number,
                stratum,
                int(here.sum()),
                int(truth[here].sum()),
                int((marks & truth)[here].sum()),
                int((marks & ~truth)[here].sum()),
                _rate(marks[here], truth[here], weight[here], level),
                _rate(~marks[here], ~truth[here], weight[here], level),
            )


def _rate(hit: Bools, of: Bools, weight: Floats, level: float) -> Estimate | None:
    share, n = _weighed(hit, of, weight)
    if not n:
        return None
    low, high = wilson(share * n, n, level)
    return Estimate(share, min(low, share), max(high, share), float("nan"), "weighted, Wilson")


def _agreement(said: Floats, level: float, seed: int) -> Iterator[tuple[str, Estimate | None]]:
    measures = (
        ("krippendorff", agreement.krippendorff), ("cohen", agreement.cohen),
        ("gwet", agreement.gwet), ("percent", agreement.percent),
    )  # fmt: skip
    for name, measured in measures:
        try:
            yield (
                name,
                agreement.with_interval(measured, said, level=level, resamples=400, seed=seed),
            )
        except CannotAnswer:
            yield name, None


def _rungs(held: Held, read: Bools, truth: Bools, strata: Strata, level: float) -> tuple[Rung, ...]:
    """Return the ladder, by the first definition as the flag."""
    if not held.definitions:
        return ()
    marks = held.marks[0][read]
    rungs = ladder(
        int(held.marked[0]),
        held.total,
        [int(marks.sum()), int((~marks).sum())],
        [int((marks & truth).sum()), int((~marks & truth).sum())],
        strata=strata,
        level=level,
    )
    if len(held.strata) > 2 and marks.any() and not marks.all():
        # Logs were not drawn at one chance among the flagged and among the others: the rung that
        # takes them for a draw of their kind would rest on what the plan itself denies.
        return (*rungs[:-2], rungs[-1])
    return rungs
