"""The tables of the time incidents took: by measure, by category, and where measures disagree."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.counting import Kind
from peelian.analysis.demand.composition.work import Work, ranks_of
from peelian.columns import counted, figure, key, named, numbers, whole
from peelian.results import Field, ResultTable

_RANKED = 0.01
_HOUR = 60.0


def _hours_field(of: str) -> Field:
    """Return what hours are: an amount, held back where one incident made most of it."""
    return Field(
        role="amount",
        label="Hours",
        form="one",
        of=(of,),
        largest=("largest", "second"),
        note="Capped: no incident counts more than the cap.",
    )


def _part(values: Any, label: str) -> tuple[pa.Array, Field]:
    return numbers(np.asarray(values, float) / _HOUR), Field(role="part", label=label)


def time(work: tuple[Work, ...]) -> ResultTable:
    """Return each measure of time over all incidents: known, mean, median, and over the cap."""
    tops = [np.sort(np.concatenate([one.largest, one.second]))[::-1][:2] for one in work]
    taken = np.array([one.minutes.sum() / max(one.some.sum(), 1) for one in work])
    of = ("some",)
    return ResultTable.of(
        "What incidents took, by each measure of time",
        {
            "time": ([one.name for one in work], key("Measure")),
            "measured": (whole([one.measured.sum() for one in work]), counted("Known")),
            "some": (whole([one.some.sum() for one in work]), counted("That took any")),
            "unknown": (
                whole([(one.records - one.measured).sum() for one in work]),
                counted("Not known"),
            ),
            "hours": (
                numbers([one.minutes.sum() / _HOUR for one in work]),
                _hours_field("some"),
            ),
            "largest": _part([top[0] for top in tops], "Largest part"),
            "second": _part([top[1] for top in tops], "Second largest part"),
            "mean": (
                numbers(taken),
                figure("Mean", "one", unit="minutes", of=of, note="Of those that took any."),
            ),
            "median": (
                numbers([one.middle for one in work]),
                figure("Median", "one", unit="minutes", of=of),
            ),
            "cap": (
                numbers([one.cap for one in work]),
                figure("Cap", "integer", unit="minutes"),
            ),
            "over": (whole([one.over.sum() for one in work]), counted("Over the cap")),
            "over_share": (
                numbers([one.over.sum() / max(one.some.sum(), 1) for one in work]),
                figure("Share over the cap", of=("over", "some")),
            ),
            "cut": (
                numbers([1 - one.minutes.sum() / one.uncapped.sum() for one in work]),
                figure("Time cut off by it", of=("over", "some")),
            ),
        },
        sums_over=(),
    )


def time_by_category(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    """Return each category's share of the time beside its share of the incidents."""
    rows = [(one, i) for one in work for i in np.argsort(-one.share.amount, kind="stable")]
    rows = [(one, i) for one, i in rows if one.measured[i]]

    def column(get: Any) -> list[float]:
        return [get(one)[i] for one, i in rows]

    some = ("some", "hours")
    return ResultTable.of(
        "Share of the time beside share of the incidents, by category",
        {
            "time": ([one.name for one, _ in rows], key("Measure")),
            "category": ([kind.categories[i] for _, i in rows], key("Category code")),
            "category_name": (
                [kind.labels[i] for _, i in rows],
                named("Category"),
            ),
            "some": (whole(column(lambda one: one.some)), _took()),
            "hours": (
                numbers([one.minutes[i] / _HOUR for one, i in rows]),
                _hours_field("some"),
            ),
            "largest": _part(column(lambda one: one.largest), "Largest part"),
            "second": _part(column(lambda one: one.second), "Second largest part"),
            "records_share": (
                numbers(column(lambda one: one.share.records)),
                figure("Of incidents", of=some, note="Of those whose time is known."),
            ),
            "time_share": (
                numbers(column(lambda one: one.share.amount)),
                figure("Of the time", of=some),
            ),
            "ratio": (
                numbers(column(lambda one: one.share.ratio)),
                figure("Ratio", "two", of=some, note=_RATIO),
            ),
            "low": (
                numbers(column(lambda one: one.share.low)),
                figure("At least", "two", of=some),
            ),
            "high": (
                numbers(column(lambda one: one.share.high)),
                figure("At most", "two", of=some),
            ),
            "mean": (
                numbers(column(lambda one: one.mean)),
                figure("Mean", "one", unit="minutes", of=some),
            ),
            "median": (
                numbers(column(lambda one: one.median)),
                figure("Median", "one", unit="minutes", of=some),
            ),
            "over_share": (
                numbers([one.over[i] / max(one.some[i], 1) for one, i in rows]),
                figure("Over the cap", of=some),
            ),
        },
        sums_over=("category",),
    )


_RATIO = "Share of the time over share of the incidents, with its 95% interval; one: as all do."


_TOOK = "took some"


def _took(one: Work | None = None) -> Field:
    """Return what a number of incidents that took time is: the same that `time_known` counts.

    So the door holds it back wherever those that took none, or whose time is not known, are few:
    they could be had by taking it from all.
    """
    of = {} if one is None else {"time": one.name}
    return counted(
        "That took any" if one is None else f"That took {one.name}",
        where={"measure": "incidents by the time they took", "state": _TOOK, **of},
    )


def time_known(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    """Return how many incidents of each category took time, took none, or do not say."""
    rows = [(one, i) for one in work for i in range(len(kind.categories)) if one.records[i]]
    held = np.array([
        (one.some[i], one.measured[i] - one.some[i], one.records[i] - one.measured[i])
        for one, i in rows
    ])  # fmt: skip
    states = (_TOOK, "took none", "not known")
    return ResultTable.of(
        "Incidents that took time, took none, or do not say, by category",
        {
            "time": ([one.name for one, _ in rows for _ in states], key("Measure")),
            "category": ([kind.categories[i] for _, i in rows for _ in states], key("Category")),
            "state": ([state for _ in rows for state in states], key("They")),
            "n": (
                whole(held.ravel()),
                counted("Incidents", where={"measure": "incidents by the time they took"}),
            ),
        },
        sums_over=("category", "state"),
    )


def time_ratio(one: Work, kind: Kind) -> ResultTable:
    """Return the ratios of the first measure alone, those told surely, for its picture."""
    large = np.flatnonzero((one.share.records >= _RANKED) & np.isfinite(one.share.low))
    order = large[np.argsort(-one.share.ratio[large], kind="stable")]
    of = ("some",)
    return ResultTable.of(
        f"{one.name.capitalize()}: share of the time over share of incidents, larger categories",
        {
            "category": ([kind.categories[i] for i in order], key("Category code")),
            "category_name": (
                [kind.labels[i] for i in order],
                named("Category"),
            ),
            "some": (whole(one.some[order]), _took(one)),
            "ratio": (numbers(one.share.ratio[order]), figure("Ratio", "two", of=of)),
            "low": (numbers(one.share.low[order]), figure("At least", "two", of=of)),
            "high": (numbers(one.share.high[order]), figure("At most", "two", of=of)),
        },
        sums_over=("category",),
    )


def ranks(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    """Return the places of the larger categories, by incidents and by each measure."""
    share = kind.by_category / kind.total
    large = np.stack([share, *(one.share.amount for one in work)]).max(axis=0) >= _RANKED
    order = np.flatnonzero(large)
    records = ranks_of(share[order])
    places = np.stack([ranks_of(one.share.amount[order]) for one in work])
    moved = np.ptp(places, axis=0)
    columns: dict[str, tuple[Any, Field]] = {
        "category": ([kind.categories[i] for i in order], key("Category code")),
        "category_name": (
            [kind.labels[i] for i in order],
            named("Category"),
        ),
        "n": (
            whole(kind.by_category[order]),
            counted("Incidents", where={"measure": "n", "records": "incidents"}),
        ),
        "records_share": (numbers(share[order]), figure("Of incidents", of=("n",))),
        "records_rank": (whole(records), figure("Place by incidents", "integer", of=("n",))),
    }
    for one, ranks in zip(work, places, strict=True):
        name = one.measure
        columns |= {
            f"{name}_some": (whole(one.some[order]), _took(one)),
            f"{name}_share": (
                numbers(one.share.amount[order]),
                figure(f"Of {one.name}", of=("n", f"{name}_some")),
            ),
            f"{name}_rank": (
                whole(ranks),
                figure(f"Place by {one.name}", "integer", of=("n", f"{name}_some")),
            ),
        }
    some = tuple(f"{one.measure}_some" for one in work)
    columns["moved"] = (
        whole(moved),
        figure("Places moved between measures", "integer", of=("n", *some), note=_MOVED),
    )
    return ResultTable.of(
        "Places of the larger categories, by incidents and by each measure of time",
        columns,
        sums_over=("category",),
    )


_MOVED = "From its highest to its lowest rank among the measures of time. Nought: they agree."


def time_totals(ranks: ResultTable, work: tuple[Work, ...]) -> ResultTable:
    """Return how many of the larger categories change place between measures."""
    moved = np.asarray(ranks.data["moved"], dtype=np.int64)
    return ResultTable.of(
        "What the measures of time agree on",
        {
            "ranked": (whole([len(moved)]), figure("Categories compared", "integer")),
            "moved": (
                whole([int((moved > 0).sum())]),
                figure("Of those, that change place between measures", "integer"),
            ),
            "measures": (whole([len(work)]), figure("Measures of time", "integer")),
            "even": (numbers([1.0]), figure("As the average incident", "integer")),
        },
    )


def furthest(ranks: ResultTable) -> int:
    """Return the row of the category that changes place the most between measures."""
    return int(np.argmax(np.asarray(ranks.data["moved"])))
