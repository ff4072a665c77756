"""The tables of spread: the answer, pairs by lag and distance, the ladder, what is left over."""

from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.spread.found import Found
from peelian.columns import count, figure, key, named, number, numbers, records_used, texts
from peelian.results import Field, ResultTable
from peelian.sentences import plural
from peelian.statistics.excitation import Excitation

_MOST_ROWS = 12
_CHANCE = "Where 95 of 100 counts of chance fall, over what is expected."
_NAMES = {"even": "Even everywhere", "smoothed": "Smoothed", "half as smooth": "Half as smooth"}
_HOURS, _MINUTES = 24, 1440


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of spread, by name."""
    return {
        "totals": _totals(found),
        "estimates": _estimates(found),
        "by_lag": _by_lag(found),
        "by_distance": _by_distance(found),
        "ladder": _ladder(found),
        "profile": _profile(found),
        "left_over": _left_over(found),
        "records_used": _records_used(found),
    }


def _totals(found: Found) -> ResultTable:
    all_, held, ladder = found.looked.all, found.held, found.ladder
    time, _, metres = found.half
    of = ("n",)
    grown = np.nan if found.growth is None else found.growth.p
    smoothed = next(rung for rung in ladder.rungs if rung.name == "smoothed")
    values: dict[str, tuple[Any, Field]] = {
        "n": count(len(found.clock.events), "Events looked at"),
        "theta": (numbers([all_.theta]), figure("Events that one leads to", "two", of=of)),
        "low": (numbers([all_.low]), figure("At least", "two", of=of)),
        "high": (numbers([all_.high]), figure("At most", "two", of=of)),
        "p": (numbers([all_.p]), figure("Dealings of the dates as far out", "three", of=of)),
        "half_time": (numbers([time]), figure("Half of these come within", "one", of=of)),
        "half_metres": (numbers([metres]), figure("And within metres", "integer", of=of)),
        "drift": (numbers([all_.drift]), figure("Waxing and waning", "one", of=of)),
        "least": (numbers([found.least]), figure("The least that would matter", "two")),
        "together": count(found.clock.together, "Pairs at one place at one moment"),
        "bandwidth": (numbers([ladder.bandwidth]), figure("Bandwidth, metres", "integer", of=of)),
        "smoothed_theta": (numbers([smoothed.fit.theta]), figure("Smoothed", "two", of=of)),
        "smoothed_chance": (
            numbers([smoothed.dealt_theta.mean()]),
            figure("The same by chance", "two", of=of),
        ),
        "fitted": count(ladder.used, "Events fitted"),
        "growth_p": (
            numbers([grown]),
            figure("Chance that parts which grew alike differ as much", "three"),
        ),
        "months": number(len(found.months.covered), "Months"),
        "months_missing": number(len(found.months.missing), "Months missing"),
        "untimed": count(found.clock.untimed, "Records without an hour"),
        "not_placed": count(held.not_placed, "Records without a place"),
        "left_out": count(held.left_out, "Of days left out"),
        "undated": count(held.undated, "Records without a day"),
        "snapped_share": (
            numbers([held.snapped / max(len(held.x), 1)]),
            figure("Events on snapped points", "percent"),
        ),
        "nearest": (
            numbers([found.clock.nearest]),
            figure("Metres to which places are known", "integer"),
        ),
    }
    return ResultTable.of("Totals", values)


def _estimates(found: Found) -> ResultTable:
    looked = found.looked
    rows = [("All events", looked.all, looked.judged, len(found.clock.events))]
    if looked.apart is not None:
        rows.append(
            (
                "Without those at the place and moment of another",
                looked.apart,
                looked.judged_apart,
                len(found.clock.apart().events),
            )
        )
    estimates = [row[1] for row in rows]
    of = ("n",)
    halves = np.array([one.kernel.half() for one in estimates])
    return ResultTable.of(
        "How many others one event leads to directly",
        {
            "events": ([row[0] for row in rows], key("Events")),
            "n": count([row[3] for row in rows], "Events looked at"),
            "theta": (
                numbers([one.theta for one in estimates]),
                figure("Branching ratio", "two", of=of),
            ),
            "low": (numbers([one.low for one in estimates]), figure("At least", "two", of=of)),
            "high": (numbers([one.high for one in estimates]), figure("At most", "two", of=of)),
            "p": (
                numbers([one.p for one in estimates]),
                figure("Dealings of the dates as far out", "three", of=of),
            ),
            "half_days": (
                numbers(halves[:, 0]),
                figure("Half within, days", "three", of=of),
            ),
            "half_metres": (
                numbers(halves[:, 1]),
                figure("Half within, metres", "integer", of=of),
            ),
            "verdict": (texts(row[2].verdict for row in rows), figure("Verdict", "text", of=of)),
            "why": (texts(row[2].why for row in rows), figure("Why", "text", of=of)),
        },
    )


def _measured(near: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> dict[str, Any]:
    of = ("n",)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, near / expected, np.nan)
        wide = np.where(expected > 0, 1.96 * np.sqrt(variance) / expected, np.nan)
    return {
        "n": count(near, "Pairs"),
        "expected": (numbers(expected), figure("Expected of these places", "one", of=of)),
        "ratio": (numbers(ratio), figure("Times as many", "two", of=of)),
        "low": (
            numbers(np.maximum(1 - wide, 0)),
            figure("Chance alone, at least", "two", of=of, note=_CHANCE),
        ),
        "high": (numbers(1 + wide), figure("Chance alone, at most", "two", of=of, note=_CHANCE)),
    }


def _by_lag(found: Found) -> ResultTable:
    looked = found.looked.all
    edges, starts = _fewer(looked.bands.days)
    summed = [np.add.reduceat(v.sum(axis=0), starts) for v in _parts(looked)]
    tick = found.clock.tick
    return ResultTable.of(
        "Close pairs by how long apart they are, beside what the same places have weeks later",
        {
            "later": (_spans(edges, tick, found.clock.of_days), key("Time between")),
            **_measured(*summed),
        },
        sums_over=("later",),
    )


def _by_distance(found: Found) -> ResultTable:
    looked = found.looked.all
    edges, starts = _fewer(looked.bands.metres)
    soon = looked.bands.days[1:] <= max(4 * looked.clusters.kernel.half()[0], looked.bands.days[1])
    summed = [np.add.reduceat(v[:, soon].sum(axis=1), starts) for v in _parts(looked)]
    labels = [
        f"under {high:.0f} m" if not low else f"{low:.0f} to {high:.0f} m"
        for low, high in pairwise(edges)
    ]
    days = looked.bands.days[1:][soon][-1]
    return ResultTable.of(
        f"Pairs less than {_written(float(days), found.clock.of_days)} apart, by distance",
        {"apart": (labels, key("Distance")), **_measured(*summed)},
        sums_over=("apart",),
    )


def _parts(looked: Excitation) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = looked.table
    return table.near, table.expected, table.variance


def _fewer(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return edges so few that a table can be read, and where their bins begin among all."""
    step = -(-(len(edges) - 1) // _MOST_ROWS)
    starts = np.arange(0, len(edges) - 1, step)
    return np.append(edges[starts], edges[-1]), starts


def _spans(edges: np.ndarray, tick: float, of_days: bool) -> list[str]:
    if of_days:  # lags of whole days: a bin holds its lower edge and not its upper
        pairs = [(int(low), int(high) - 1) for low, high in pairwise(edges / tick)]
        return [
            "Same day" if high == 0 else f"{low} {'day' if low == 1 else 'days'}"
            if low == high else f"{low} to {high} days"
            for low, high in pairs
        ]  # fmt: skip
    return [
        f"under {_written(float(high), of_days)}"
        if not low
        else f"{_written(float(low), of_days)} to {_written(float(high), of_days)}"
        for low, high in pairwise(edges)
    ]


def _written(days: float, of_days: bool) -> str:
    if of_days or days >= 2:
        return f"{days:.3g} {plural(days, 'day')}"
    if days * _HOURS >= 2:
        return f"{days * _HOURS:.2g} hours"
    minutes = days * _MINUTES
    return f"{minutes:.2g} minutes" if minutes >= 1.5 else f"{minutes:.2g} minute"


def _ladder(found: Found) -> ResultTable:
    rungs, of = found.ladder.rungs, ("n",)
    none: list[float] = [np.nan]
    chance = [rung.dealt_theta if len(rung.dealt_theta) else np.array(none) for rung in rungs]
    return ResultTable.of(
        "The branching ratio of a fitted process, beside one background after another",
        {
            "background": ([_NAMES.get(rung.name, rung.name) for rung in rungs], key("Background")),
            "n": count([found.ladder.used] * len(rungs), "Events fitted"),
            "bandwidth": (
                numbers([rung.bandwidth for rung in rungs]),
                figure("Bandwidth, metres", "integer", of=of),
            ),
            "theta": (
                numbers([rung.fit.theta for rung in rungs]),
                figure("Branching ratio", "two", of=of),
            ),
            "low": (
                numbers([v.min() for v in chance]),
                figure("With dates dealt out, at least", "two", of=of),
            ),
            "high": (
                numbers([v.max() for v in chance]),
                figure("With dates dealt out, at most", "two", of=of),
            ),
            "days": (
                numbers([rung.fit.mean_days for rung in rungs]),
                figure("Mean delay, days", "three", of=of),
            ),
            "metres": (
                numbers([rung.fit.spread for rung in rungs]),
                figure("Spread, metres", "integer", of=of),
            ),
            "gain": (
                numbers([rung.gain for rung in rungs]),
                figure("Gain in log-likelihood", "one", of=of),
            ),
            "p": (
                numbers([rung.p for rung in rungs]),
                figure("Dealings that gain as much", "two", of=of),
            ),
        },
    )


def _profile(found: Found) -> ResultTable:
    one = found.ladder.profile
    return ResultTable.of(
        "How much less likely the events are under other branching ratios, beside the smoothed "
        "background",
        {
            "theta": (numbers(one.theta), key("Branching ratio", "two")),
            "likelihood": (
                numbers(one.likelihood),
                figure("Log-likelihood, less that of the best", "one"),
            ),
            "within": (
                pa.array((one.likelihood >= -one.drop).tolist()),
                figure("Within the interval", "yes_no"),
            ),
        },
    )


def _left_over(found: Found) -> ResultTable:
    ladder = found.ladder
    rows = (
        ("Time between events, on the clock of what was expected", ladder.clock.p_gaps),
        ("Course of events along that clock", ladder.clock.p_course),
        ("Places of super-thinned events", ladder.places.p),
        ("Super-thinned events that are near and soon", ladder.soon.p),
    )
    return ResultTable.of(
        "What the process beside the smoothed background leaves unexplained",
        {
            "check": ([name for name, _ in rows], named("Looked at")),
            "p": (
                numbers([p for _, p in rows]),
                figure("How often a right process is as far out", "three"),
            ),
        },
    )


def _records_used(found: Found) -> ResultTable:
    held = found.held
    return records_used(
        held.kind,
        {
            "used": (len(found.clock.events), "Used"),
            "untimed": (found.clock.untimed, "Without an hour"),
            "not_placed": (held.not_placed, "Without a place"),
            "undated": (held.undated, "Without a day"),
            "left_out": (held.left_out, "Of days left out"),
            "other_category": (held.others, "Of other categories"),
        },
    )
