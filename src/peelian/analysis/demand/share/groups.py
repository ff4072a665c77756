"""The leading definition's share within each group: districts, categories, hours; and by month."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.demand.share.counting import TIMES, Bools, Cells, Floats
from peelian.analysis.demand.share.measured import (
    Counted,
    Shares,
    Sums,
    added,
    by_run,
    columns_of,
    shares,
)
from peelian.statistics.ratios import degrees, interval, ratio, variance

NONE = "none"


@dataclass(frozen=True)
class Grouped:
    """The leading definition's share within each group.

    Args:
        by: How incidents are told apart.
        names: The groups; `NONE` last, where incidents stand in no group.
        shares: Their shares.
        none: Incidents that stand in no group.
        apart: How much further groups lie apart than their intervals would have them: about 1 where
            they differ by chance alone.
    """

    by: str
    names: tuple[str, ...]
    shares: Shares
    none: float
    apart: float


def grouped(counted: Counted, by: str, denominator: str, keys: Sequence[object]) -> Grouped:
    """Return the leading definition's share within each group.

    Args:
        counted: What was counted.
        by: How incidents are told apart.
        denominator: What it is a share of.
        keys: The groups, in the order they are shown.
    """
    cells = counted.groups[by]
    place = {key: i for i, key in enumerate(keys)}
    group = np.array([place.get(key, -1) for key in cells.keys["group"]], dtype=np.int64)
    none = float(cells.sums["incidents"][group < 0].sum())
    kinds = len(keys)
    if none:
        # A row of their own: else all less the groups would tell how few of them are marked.
        group, keys = np.where(group < 0, kinds, group), [*keys, NONE]
    masks = cells.met[:, 0], cells.asked[:, 0]
    name, n, _ = columns_of(denominator, "")
    part, whole = (_by_run_and_group(counted, cells, group, len(keys), name, m) for m in masks)
    found = ratio(part, whole)
    # What repeat callers add is taken to be in each group what it is in all.
    wider = _wider(counted, denominator)
    spread = variance(found.residual) * wider
    marked, of = (
        Sums(
            _by_run_and_group(counted, cells, group, len(keys), n, mask).sum(axis=0),
            sums.sum(axis=0),
            _largest_of_group(cells, group, len(keys), denominator, mask),
        )
        for sums, mask in zip((part, whole), masks, strict=True)
    )
    low, high = interval(found.value, spread, of.n, degrees(found.residual))
    found_in = Shares(
        denominator=denominator,
        rule="",
        marked=marked,
        whole=of,
        value=found.value,
        se=np.sqrt(spread),
        low=low,
        high=high,
        added=np.full(len(keys), np.sqrt(wider)),
    )
    apart = _apart(found.value[:kinds], spread[:kinds])
    return Grouped(by, tuple(map(str, keys)), found_in, none, apart)


def _by_run_and_group(
    counted: Counted,
    cells: Cells,
    group: NDArray[np.int64],
    groups: int,
    name: str,
    mask: Bools,
) -> Floats:
    inside, runs = group >= 0, counted.runs
    run = (cells.keys["day"] - runs.first).astype(int) // runs.length
    values = (cells.sums[name] * mask)[inside]
    at = (run * groups + group)[inside]
    flat = np.bincount(at, values, minlength=runs.count * groups)
    return np.asarray(flat, dtype=float).reshape(runs.count, groups)


def _largest_of_group(
    cells: Cells, group: NDArray[np.int64], groups: int, denominator: str, mask: Bools
) -> Floats:
    if denominator not in TIMES:
        return np.ones(groups)
    largest, inside = np.zeros(groups), group >= 0
    values = cells.sums[f"{columns_of(denominator, '')[0]}_most"] * mask
    np.maximum.at(largest, group[inside], values[inside])
    return largest


def _wider(counted: Counted, denominator: str) -> float:
    factor = float(shares(counted, denominator, "").added[0]) ** 2
    return factor if np.isfinite(factor) else 1.0


def _apart(value: Floats, spread: Floats) -> float:
    """Return how far groups lie from their weighted mean, in their own standard errors."""
    known = np.isfinite(value) & np.isfinite(spread) & (spread > 0)
    if known.sum() < 2:
        return float("nan")
    weight = 1 / spread[known]
    mean = (weight * value[known]).sum() / weight.sum()
    return float(np.sqrt((weight * (value[known] - mean) ** 2).sum() / (known.sum() - 1)))


def months_apart(counted: Counted, denominator: str) -> float:
    """Return how much more the leading share differs between months than its runs of days say.

    A ratio of standard errors, taken from months and from runs: about 1 where months are alike.
    NaN for fewer than six months.

    Args:
        counted: What was counted.
        denominator: What it is a share of.
    """
    cells, amount = counted.days, columns_of(denominator, "")[0]
    months = cells.keys["day"].astype("datetime64[M]")
    names, at = np.unique(months, return_inverse=True)
    if len(names) < 6:
        return float("nan")
    part, whole = (
        added(at, len(names), mask[:, :1] * cells.sums[amount][:, None])
        for mask in (cells.met, cells.asked)
    )
    runs = [by_run(counted, cells, amount, mask[:, :1]) for mask in (cells.met, cells.asked)]
    by_month, by_runs = (variance(ratio(*of).residual)[0] for of in ((part, whole), runs))
    return float(np.sqrt(by_month / by_runs)) if by_runs > 0 else float("nan")
