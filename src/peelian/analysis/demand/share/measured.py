"""The shares: each definition in each denominator, under each rule for minutes, with intervals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from peelian.analysis.demand.share.counting import TIMES, Bools, Cells, Contacts, Floats
from peelian.definitions import Definition
from peelian.statistics.ratios import (
    Linear,
    Minutes,
    added_by_repeats,
    both,
    degrees,
    drawn_again,
    filled,
    from_records,
    interval,
    ratio,
    run_length,
    variance,
)

# What a share can be a share of, and for minutes under which rules.
RULES = {"": "as recorded", "capped": "capped", "filled": "missing ones filled"}
# Of what in the cells each denominator is the sum, how many it rests on, and its squares.
SUMS = {
    "incidents": ("incidents", "incidents", "incidents"),
    "attended": ("attended", "attended", "attended"),
    "contacts": ("contacts", "contacts", "contacts_squared"),
    "unit-hours": ("unit", "unit_n", "unit_squared"),
    "officer-hours": ("officer", "officer_n", "officer_squared"),
}


@dataclass(frozen=True)
class Sums:
    """What one side of a share comes to, a value for each definition (or each group).

    Args:
        n: How many records or contacts it rests on.
        amount: Their hours, or the same as `n`.
        largest: The largest amount of one incident.
    """

    n: Floats
    amount: Floats
    largest: Floats


@dataclass(frozen=True)
class Shares:
    """Shares of one denominator under one rule, a value for each definition (or each group).

    Args:
        denominator: What they are shares of.
        rule: How minutes are counted; empty where they are as recorded, or no minutes.
        marked: What is marked.
        whole: What there is, as far as anybody could tell.
        value: The share.
        se: Its standard error.
        low: Lower end of its interval.
        high: Upper end.
        added: By how much repeat callers widen it: over the standard error without them.
        drawn: Ends of the interval by bootstrap, where it was asked for.
    """

    denominator: str
    rule: str
    marked: Sums
    whole: Sums
    value: Floats
    se: Floats
    low: Floats
    high: Floats
    added: Floats
    drawn: tuple[Floats, Floats] | None = None


@dataclass(frozen=True)
class Counted:
    """What the engine counted of marked incidents, and what was asked of it.

    Args:
        definitions: The definitions that are applied, the leading one first.
        days: Cells by day.
        callers: Cells by groups of callers; None where callers are not known and no bootstrap is.
        repeats: Whether callers are known, so that what they add is taken in.
        responses: Cells by what was done.
        groups: Cells of the leading definition, by group and day, for each way of grouping.
        contacts: All contacts.
        draws: How many draws of the bootstrap; nought for none.
        seed: Where its chance comes from.
    """

    definitions: tuple[Definition, ...]
    days: Cells
    callers: Cells | None
    repeats: bool
    responses: Cells
    groups: Mapping[str, Cells]
    contacts: Contacts
    draws: int = 0
    seed: int = 0

    @cached_property
    def runs(self) -> "Clusters":
        """The runs of days that are clusters."""
        return Clusters.of_days(np.concatenate([self.days.keys["day"], self.contacts.days]))

    @cached_property
    def everyone_asked(self) -> Bools:
        """Whether anybody could tell of every incident: shape (definitions,)."""
        return np.asarray(self.days.asked.all(axis=0))

    @property
    def incidents(self) -> float:
        """How many incidents there are."""
        return float(self.days.sums["incidents"].sum())


@dataclass(frozen=True)
class Clusters:
    """Runs of days in a row, each a cluster.

    Args:
        first: The first day.
        length: How many days a run has.
        count: How many runs there are.
    """

    first: np.datetime64
    length: int
    count: int

    @classmethod
    def of_days(cls, days: NDArray[np.datetime64]) -> "Clusters":
        """Return runs of as many days as the cube root of their number."""
        first, last = days.min(), days.max()
        length = run_length(len(np.unique(days)))
        return cls(first, length, int((last - first).astype(int)) // length + 1)

    def sums(self, days: NDArray[np.datetime64], values: Floats) -> Floats:
        """Return values of days added up by run: shape (runs, columns)."""
        at = (days - self.first).astype(int) // self.length
        return added(at, self.count, values)


def added(at: NDArray[np.integer], clusters: int, values: Floats) -> Floats:
    """Return rows added up by cluster: shape (clusters, columns)."""
    rows = np.arange(len(at))
    which = sparse.csr_array((np.ones(len(at)), (at, rows)), (clusters, len(at)))
    return np.asarray(which @ values)


def every_share(counted: Counted, denominators: Sequence[str]) -> Iterator[Shares]:
    """Yield the shares of all definitions in each denominator, under each rule for minutes."""
    for denominator in denominators:
        for rule in RULES if denominator in TIMES else ("",):
            yield shares(counted, denominator, rule)


def columns_of(denominator: str, rule: str) -> tuple[str, str, str]:
    """Return the names of the sums of a denominator: how much, how many, and the squares."""
    amount, n, squared = SUMS[denominator]
    if rule == "capped":
        return f"{amount}_capped", n, f"{amount}_capped_squared"
    return amount, n, squared


def shares(counted: Counted, denominator: str, rule: str) -> Shares:
    """Return the shares of all definitions in one denominator.

    Args:
        counted: What was counted.
        denominator: What they are shares of.
        rule: How minutes are counted, one of `RULES`.
    """
    cells, name = counted.days, columns_of(denominator, rule)[0]
    n = [_total(cells, columns_of(denominator, rule)[1], mask) for mask in (cells.met, cells.asked)]
    if rule == "filled":
        found = filled(*_sides(counted, denominator))
        whole = _filled_up(counted, denominator)
        amounts = [found.value * whole, whole]
    else:
        part, of = (by_run(counted, cells, name, mask) for mask in (cells.met, cells.asked))
        if denominator == "contacts":  # those of no incident here: nobody's, but contacts
            every = counted.contacts
            linked = by_run(counted, cells, name, np.ones_like(cells.met))
            of = of + counted.runs.sums(every.days, every.n[:, None]) - linked
        found, amounts = ratio(part, of), [part.sum(axis=0), of.sum(axis=0)]
    if denominator == "contacts":
        n = amounts
    spread, free = variance(found.residual), degrees(found.residual)
    more, free_more = _added(counted, found, denominator, "" if rule == "filled" else rule)
    low, high = interval(found.value, spread + more, n[1], both(spread, more, free, free_more))
    marked, whole_ = (
        Sums(count, amount, _largest(cells, denominator, mask))
        for count, amount, mask in zip(n, amounts, (cells.met, cells.asked), strict=True)
    )
    return Shares(
        denominator=denominator,
        rule=rule,
        marked=marked,
        whole=whole_,
        value=found.value,
        se=np.sqrt(spread + more),
        low=low,
        high=high,
        added=np.sqrt((spread + more) / np.where(spread > 0, spread, np.nan)),
        drawn=_drawn(counted, denominator, rule),
    )


def by_run(counted: Counted, cells: Cells, name: str, mask: Bools) -> Floats:
    """Return a sum of the cells that are marked, by run of days: shape (runs, definitions)."""
    return counted.runs.sums(cells.keys["day"], mask * cells.sums[name][:, None])


def _total(cells: Cells, name: str, mask: Bools) -> Floats:
    return mask.T @ cells.sums[name]


def _largest(cells: Cells, denominator: str, mask: Bools) -> Floats:
    if denominator not in TIMES:
        return np.ones(mask.shape[1])
    most = cells.sums[f"{SUMS[denominator][0]}_most"][:, None]
    return (mask * most).max(axis=0, initial=0.0)


def _sides(counted: Counted, denominator: str) -> tuple[Minutes, Minutes]:
    cells, (amount, n, _) = counted.days, SUMS[denominator]
    masks = cells.met, cells.asked & ~cells.met
    marked, others = (
        Minutes(*(by_run(counted, cells, name, mask) for name in (amount, n, "sent")))
        for mask in masks
    )
    return marked, others


def _filled_up(counted: Counted, denominator: str) -> Floats:
    """Return all hours with the missing ones as their own side's mean."""
    return np.sum([
        np.divide(known * sent, n, out=np.zeros_like(known), where=n > 0)
        for known, n, sent in (
            (side.known.sum(axis=0), side.with_minutes.sum(axis=0), side.sent.sum(axis=0))
            for side in _sides(counted, denominator)
        )
    ], axis=0)  # fmt: skip


def _added(counted: Counted, found: Linear, denominator: str, rule: str) -> tuple[Floats, Floats]:
    """Return what callers who call again add to the variance, and how surely that is known."""
    nothing = np.zeros_like(found.value)
    if counted.callers is None or not counted.repeats:
        return nothing, np.ones_like(nothing)
    part, whole, squares, all_squares = _by_caller(counted.callers, denominator, rule)
    total = whole.sum(axis=0)
    if denominator == "contacts":
        total = total + counted.contacts.total - counted.callers.sums["contacts"].sum()
    total = np.where(total > 0, total, np.nan)
    residual = (part - found.value * whole) / total
    alone = from_records(found.value, squares, all_squares, total)
    return np.nan_to_num(added_by_repeats(residual, alone)), degrees(np.nan_to_num(residual))


def _by_caller(cells: Cells, denominator: str, rule: str) -> tuple[Floats, Floats, Floats, Floats]:
    amount, _, squared = columns_of(denominator, rule)
    names, at = np.unique(cells.keys["who"].astype(str), return_inverse=True)
    part, whole = (
        added(at, len(names), mask * cells.sums[amount][:, None])
        for mask in (cells.met, cells.asked)
    )
    return part, whole, _total(cells, squared, cells.met), _total(cells, squared, cells.asked)


def _drawn(counted: Counted, denominator: str, rule: str) -> tuple[Floats, Floats] | None:
    if not counted.draws or counted.callers is None or rule == "filled":
        return None
    part, whole, *_ = _by_caller(counted.callers, denominator, rule)
    if denominator == "contacts":
        # Contacts of no incident are dealt evenly: each is alone, and they are many.
        others = counted.contacts.total - counted.callers.sums["contacts"].sum()
        whole = whole + others / len(whole)
    rng = np.random.default_rng(counted.seed)  # the same draws for every denominator
    return drawn_again(part, whole, draws=counted.draws, rng=rng)
