"""The tables of repeat demand: sums over many sources, never one source's own number."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.repeat.measured import Repeats
from peelian.columns import counted, figure, key, numbers, whole
from peelian.results import Field, ResultTable

SINGLE = {"callers": "caller", "addresses": "address", "people": "person"}
WITH_ONE = {"callers": "a caller", "addresses": "an address", "people": "a person"}
_OF = ("sources", "incidents")
_MOST_STEPS = 4


def tables_of(found: Repeats) -> dict[str, ResultTable]:
    """Return every table of repeat demand, by name."""
    tables = {
        "busiest": _busiest(found),
        "by_number": _by_number(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }
    if found.held.half:
        tables["halves"] = _halves(found)
    if found.after is not None:
        tables["after"] = _after(found)
    if found.bouts is not None:
        tables["bouts"] = _bouts(found)
    return tables


def group_name(found: Repeats, at: int) -> str:
    """Return what a group of the busiest is called."""
    group, of = found.groups[at], found.held.chosen.of
    return f"the busiest {group.at:,}" if group.at else f"the busiest {group.words} of {of}"


def _sources(found: Repeats, values: Any) -> tuple[pa.Array, Field]:
    label = found.held.chosen.of.capitalize()
    return whole(values), counted(label)


def _amount(found: Repeats, values: Any, label: str = "Incidents") -> tuple[pa.Array, Field]:
    """Return incidents that sources brought: held back where one brought most of them."""
    return whole(values), Field(
        role="amount", label=label, form="integer", of=("sources",), largest=("largest", "second")
    )


def _part(values: Any, label: str) -> tuple[pa.Array, Field]:
    return pa.array(np.asarray(values, float)), Field(role="part", label=label)


def _busiest(found: Repeats) -> ResultTable:
    names = [group_name(found, i) for i in range(len(found.groups))]
    return ResultTable.of(
        f"What the busiest {found.held.chosen.of} bring, beside equal rates",
        {
            "group": (names, key("Group")),
            "sources": _sources(found, [g.sources for g in found.groups]),
            "incidents": _amount(found, [g.events for g in found.groups]),
            "largest": _part([g.largest for g in found.groups], "Largest part"),
            "second": _part([g.second for g in found.groups], "Second largest part"),
            "share": (
                numbers(found.shares.value),
                figure("Share of incidents", of=_OF, note="Of incidents with a source."),
            ),
            "expected": (numbers(found.shares.expected), figure("By equal rates", of=_OF)),
            "low": (numbers(found.shares.low), figure("At least", of=_OF)),
            "high": (numbers(found.shares.high), figure("At most", of=_OF, note=_RANGE)),
            "smooth": (numbers(found.smooth.expected), figure("By gamma rates", of=_OF)),
            "smooth_high": (
                numbers(found.smooth.high),
                figure("By gamma rates, at most", of=_OF, note=_SMOOTH),
            ),
        },
        # Each group holds the one before: they are no parts of a sum. Those that would tell of few
        # when taken from one another were never made.
        sums_over=(),
    )


_SMOOTH = "If rates differ by a gamma law fitted to them: beyond it, a few stand out."
_RANGE = "95 in 100 draws in which all have one rate lie between."


def _by_number(found: Repeats) -> ResultTable:
    starts = found.starts
    at = np.searchsorted(starts, found.sources.events, side="right") - 1
    rows = range(len(starts))
    first, second = zip(*(_two_largest(found, at == i) for i in rows), strict=True)
    number, events = found.sources.sources, found.sources.events
    return ResultTable.of(
        f"{found.held.chosen.of.capitalize()} by how many incidents they brought",
        {
            "number": ([_band(starts, i) for i in rows], key("Incidents each")),
            "sources": _sources(found, [number[at == i].sum() for i in rows]),
            "incidents": _amount(found, [(number * events)[at == i].sum() for i in rows]),
            "largest": _part(first, "Largest part"),
            "second": _part(second, "Second largest part"),
            "share": (
                numbers([(number * events)[at == i].sum() / found.sources.total for i in rows]),
                figure("Share of incidents", of=_OF),
            ),
        },
        sums_over=("number",),
    )


def _two_largest(found: Repeats, mine: np.ndarray) -> tuple[float, float]:
    events, number = found.sources.events[mine], found.sources.sources[mine]
    if number[0] >= 2:
        return float(events[0]), float(events[0])
    return float(events[0]), float(events[1]) if len(events) > 1 else 0.0


def _band(starts: tuple[int, ...], at: int) -> str:
    """Return what a band of numbers is called.

    >>> [_band((0, 1, 2, 5), i) for i in range(4)]
    ['0', '1', '2 to 4', '5 or more']
    """
    if at == len(starts) - 1:
        return f"{starts[at]} or more"
    last = starts[at + 1] - 1
    return str(last) if last == starts[at] else f"{starts[at]} to {last}"


def _halves(found: Repeats) -> ResultTable:
    """Return numbers of sources by both halves; the last band is of those who came often."""
    sizes, steps = found.held.sizes, (0, 1, *range(2, found.often), found.often)
    steps = steps if len(steps) <= _MOST_STEPS else (0, 1, 2, found.often)
    first, later, number = (np.asarray(sizes[c], float) for c in ("first", "later", "sources"))
    grid = np.zeros((len(steps), len(steps)))
    at = [np.searchsorted(steps, n, side="right") - 1 for n in (first, later)]
    np.add.at(grid, tuple(at), number)
    rows = [(i, j) for i in range(len(steps)) for j in range(len(steps)) if i or j]
    label = f"Incidents in {{}} {found.held.half} months"
    return ResultTable.of(
        f"{found.held.chosen.of.capitalize()} in one half of the time and in the next",
        {
            "first": (
                [_band(steps, i) for i, _ in rows],
                key(label.format("the first")),
            ),
            "later": (
                [_band(steps, j) for _, j in rows],
                key(label.format("the later")),
            ),
            "sources": _sources(found, [grid[cell] for cell in rows]),
        },
        sums_over=("first", "later"),
    )


def _after(found: Repeats) -> ResultTable:
    after = found.after
    assert after is not None
    sizes = found.held.sizes
    chosen = np.asarray(sizes["first"], float) >= found.often
    told = np.isfinite(after.kept)
    return ResultTable.of(
        f"What became of {found.held.chosen.of} that came often",
        {
            "often": ([found.often], figure("Often: at least", "integer")),
            "sources": _sources(found, [after.sources]),
            "then": (
                whole([after.then]),
                _in_part("Incidents in the first half", "largest_then", "second_then"),
            ),
            "later": (
                whole([after.later]),
                _in_part("Incidents in the later half", "largest_later", "second_later"),
            ),
            **_parts_of(found, chosen, "first", "then"),
            **_parts_of(found, chosen, "later", "later"),
            "lasting": (
                numbers([after.lasting]),
                figure("Later, if rates last", "integer", of=_AFTER, note=_LASTING),
            ),
            "alike": (
                numbers([after.alike]),
                figure("Later, if like any others", "integer", of=_AFTER, note=_ALIKE),
            ),
            "kept": (
                numbers([after.kept if told else np.nan]),
                figure("Kept", of=_AFTER, note=_KEPT),
            ),
            "low": (numbers([after.low]), figure("At least", of=_AFTER)),
            "high": (numbers([after.high]), figure("At most", of=_AFTER)),
        },
        sums_over=(),
    )


_AFTER = ("sources", "then", "later")
_ALIKE = (
    "How many others there are is taken as few as can be where it is not said (Chao 1984), so that "
    "what was kept is, if anything, too low."
)
_LASTING = (
    "What they brought first, less the luck they were chosen for (regression to the mean), times "
    "the change in all incidents."
)
_KEPT = (
    "Of what lasting rates would bring beyond any others, the part that came: all where rates "
    "last, none where they were like any others."
)


def _in_part(label: str, largest: str, second: str) -> Field:
    return Field(
        role="amount", label=label, form="integer", of=("sources",), largest=(largest, second)
    )


def _parts_of(
    found: Repeats, chosen: np.ndarray, column: str, name: str
) -> dict[str, tuple[Any, Field]]:
    sizes = found.held.sizes
    events = np.asarray(sizes[column], float)[chosen]
    number = np.asarray(sizes["sources"], np.int64)[chosen]
    order = np.argsort(-events, kind="stable")
    top = np.repeat(events[order], np.minimum(number[order], 2))[:2]
    first, second = (*top.tolist(), 0.0, 0.0)[:2]
    return {
        f"largest_{name}": _part([first], "Largest part"),
        f"second_{name}": _part([second], "Second largest part"),
    }


def _bouts(found: Repeats) -> ResultTable:
    pairs = found.bouts
    assert pairs is not None
    of = ("pairs",)
    return ResultTable.of(
        f"Pairs of incidents of one {SINGLE[found.held.chosen.of]} in one month, close in time",
        {
            "within": ([found.within], figure("Days apart, at most", "integer")),
            "pairs": (
                whole([pairs.pairs]),
                counted("Pairs"),
            ),
            "expected": (
                numbers([pairs.expected]),
                figure("By own rates", "one", of=of, note=_OWN),
            ),
            "low": (numbers([pairs.low]), figure("At least", "one", of=of)),
            "high": (numbers([pairs.high]), figure("At most", "one", of=of)),
            "ratio": (numbers([pairs.ratio]), figure("Times as many", "two", of=of)),
            "detectable": (
                numbers([pairs.detectable]),
                figure("Found four times in five", "two", of=of, note=_POWER),
            ),
        },
        sums_over=(),
    )


_OWN = (
    "If each kept a rate of its own through each month: the days of a month's incidents dealt out "
    "again among them."
)
_POWER = "How many times as many pairs it would have taken to be found four times in five."


def _totals(found: Repeats) -> ResultTable:
    held, of = found.held, _OF
    twice, by_twice = found.sources.from_at_least(2)

    def number(label: str, value: float) -> tuple[Any, Field]:
        return whole([value]), figure(label, "integer")

    at = found.headline
    return ResultTable.of(
        "Totals",
        {
            "incidents": (
                whole([found.sources.total]),
                counted("Incidents with a source"),
            ),
            "sources": _sources(found, [found.sources.seen]),
            "again": (
                whole([twice]),
                counted("Of those, more than once"),
            ),
            "again_share": (
                numbers([by_twice / found.sources.total]),
                figure("Share of incidents from those", of=(*of, "again")),
            ),
            "gini": (numbers(found.gini.value), figure("Generalised Gini", "three", of=of)),
            "gini_expected": (
                numbers(found.gini.expected),
                figure("By equal rates", "three", of=of),
            ),
            "excess": (
                numbers([found.shares.value[at] - found.shares.expected[at]]),
                figure("Share of the busiest over equal rates", of=of),
            ),
            "chance": (
                numbers([found.shares.p[at]]),
                figure("How often equal rates do as much", "three", of=of),
            ),
            "chance_smooth": (
                numbers([found.smooth.p[at]]),
                figure("How often gamma rates do as much", "three", of=of),
            ),
            "detectable": (
                numbers([found.shares.detectable[at]]),
                figure("Share that would be found four times in five", of=of),
            ),
            "detectable_few": (
                numbers([found.smooth.detectable[at]]),
                figure("Share of a few who stand out, found four times in five", of=of),
            ),
            "often": number("Often: at least", found.often),
            "half": number("Months in a half", held.half),
            "spare": number("Covered months in neither half", held.spare),
            "months": number("Months covered", len(held.covered)),
            "months_missing": number("Months missing", len(held.missing)),
            "draws": number("Draws", found.draws),
            "within": number("Days apart, at most", found.within),
            **{
                name: (whole([value]), counted(label))
                for name, (value, label) in _left(found).items()
            },
        },
    )


def _left(found: Repeats) -> dict[str, tuple[float, str]]:
    held = found.held
    return {
        "keyless": (held.keyless, f"Incidents without {_WITHOUT[held.chosen.of]}"),
        "left_out": (held.left_out, "Incidents left out by channel"),
        "undated": (held.undated, "Incidents without a covered month"),
    }


_WITHOUT = {
    "callers": "a caller's key",
    "addresses": "an exact point",
    "people": "a person named in them",
}


def _records_used(found: Repeats) -> ResultTable:
    held = found.held
    counts = {"used": (held.events - held.keyless - held.left_out, "Used"), **_left(found)}
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": (["incidents"], key("Records")),
            **{name: (whole([value]), counted(label)) for name, (value, label) in counts.items()},
        },
        sums_over=(),
    )
