"""The tables of a concentration: shares of places and of records, and no place by name."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.concentration.measured import PARTS, SHARES, Concentration
from peelian.results import Field, Form, ResultTable


def tables_of(found: Concentration) -> dict[str, ResultTable]:
    """Return every table of a concentration, by name."""
    return {
        "holding": _holding(found),
        "curve": _curve(found),
        "parts": _parts(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }


def _figure(label: str, form: Form = "percent", **rest: Any) -> Field:
    return Field(role="figure", label=label, form=form, **rest)


def _numbers(values: Any) -> pa.Array:
    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def _shares(values: Any) -> pa.Array:
    """Return shares to a tenth of a per cent: enough to judge by, and no count to work out."""
    return _numbers(np.round(np.asarray(values, dtype=float), 3))


def _count(values: Any, label: str) -> tuple[pa.Array, Field]:
    """Return counts as whole numbers, unless links have shared some of them among areas."""
    held = np.atleast_1d(np.asarray(values, dtype=float))
    whole = np.allclose(held, np.rint(held), rtol=0, atol=1e-9)
    form: Form = "integer" if whole else "one"
    given = np.rint(held).astype(np.int64) if whole else held
    return pa.array(given), Field(role="count", label=label, form=form)


_NULL = "Where 95 of 100 draws of equal risk fall."


def _holding(found: Concentration) -> ResultTable:
    """Return the fewest places that hold each part; rows that nest are not added up."""
    at = slice(1, 1 + len(PARTS))
    each, n = found.found, found.places
    least = each.value[at].astype(np.int64)
    held = np.cumsum(np.sort(found.counts)[::-1])[least - 1]
    of = ("n",)
    return ResultTable.of(
        "The fewest places that hold a part of the records",
        {
            "part": (_numbers(PARTS), Field(role="key", label="Part of the records",
                                            form="percent")),
            "part_name": ([f"{part:.0%} of records" for part in PARTS],
                          Field(role="label", label="Part")),
            "n": _count(held, "Records in them"),
            "places": (pa.array(least), _figure("Places", "integer", of=of)),
            "share": (_numbers(least / n), _figure("Share of places", of=of)),
            "expected": (_numbers(each.expected[at] / n), _figure("By equal risk", of=of)),
            "low": (_numbers(each.low[at] / n), _figure("Low", of=of, note=_NULL)),
            "high": (_numbers(each.high[at] / n), _figure("High", of=of, note=_NULL)),
        },
        sums_over=(),
    )  # fmt: skip


def _curve(found: Concentration) -> ResultTable:
    """Return the Lorenz curve at round shares of places, with the records of each step."""
    at = slice(1 + len(PARTS), None)
    each, shares = found.found, np.array(SHARES)
    steps = np.diff(np.concatenate([[0.0], each.value[at]])) * found.counts.sum()
    of = ("n",)
    return ResultTable.of(
        "Share of the records in the busiest places",
        {
            "places": (_numbers(shares), Field(role="key", label="Busiest places",
                                               form="percent")),
            "places_name": ([f"Busiest {share:.0%}" for share in SHARES],
                            Field(role="label", label="Of places")),
            "n": _count(np.rint(steps), "Records they add to the row before"),
            "share": (_shares(each.value[at]), _figure("Share of records", of=of)),
            "expected": (_shares(each.expected[at]), _figure("By equal risk", of=of)),
            "low": (_shares(each.low[at]), _figure("Low", of=of, note=_NULL)),
            "high": (_shares(each.high[at]), _figure("High", of=of, note=_NULL)),
        },
        sums_over=("places",),
    )  # fmt: skip


def _parts(found: Concentration) -> ResultTable:
    parts, of = found.parts, ("n",)
    kept = [part.kept for part in parts]
    return ResultTable.of(
        "Parts of the time, one after the other",
        {
            "month": (
                pa.array([str(part.months.min()) for part in parts], pa.string()),
                Field(role="key", label="From", form="month"),
            ),
            "until": (
                pa.array([str(part.months.max()) for part in parts], pa.string()),
                Field(role="label", label="To", form="month"),
            ),
            "n": _count([part.n for part in parts], "Records"),
            "gini": (
                _numbers([part.gini for part in parts]),
                _figure("Generalised Gini", "three", of=of),
            ),
            "half": (
                _numbers([part.half for part in parts]),
                _figure("Share of places that holds half", of=of),
            ),
            "same": (
                _numbers([k.same if k else None for k in kept]),
                _figure("Busiest places that stayed so", of=of, note=_SAME),
            ),
            "by_chance": (
                _numbers([k.by_chance if k else None for k in kept]),
                _figure("Were they any places", of=of),
            ),
            "later": (
                _shares([k.later if k else None for k in kept]),
                _figure("Held by the busiest of the part before", of=of, note=_LATER),
            ),
        },
        sums_over=("month",),
    )


_SAME = "Of the fewest places that held half in the part before, those that are so again."
_LATER = "Of this part's records: they held half, or a little more, of the part before."


def _totals(found: Concentration) -> ResultTable:
    held, each, of = found.held, found.found, ("n",)
    kept = found.kept
    half = 1 + PARTS.index(0.5)

    def number(label: str, value: float, of: tuple[str, ...] = ()) -> tuple[Any, Field]:
        return pa.array([round(value)], pa.int64()), _figure(label, "integer", of=of)

    def worst(values: list[float]) -> pa.Array:
        return _shares([min(values) if values else None])

    return ResultTable.of(
        "Totals",
        {
            "n": _count(found.counts.sum(), found.records[:1].upper() + found.records[1:]),
            "places": number(f"Places: {held.place_words}", found.places),
            "observed": number("Of those, places with a record", held.observed, of),
            "no_risk": number("Areas left out, whose risk is not known", held.no_risk),
            "not_covered": number("Areas that were not counted", held.not_covered),
            "half_places": number("Places that hold half", each.value[half], of),
            "half_share": (
                _numbers(each.value[half : half + 1] / found.places),
                _figure("Their share of places", of=of),
            ),
            "half_low": (
                _numbers(each.low[half : half + 1] / found.places),
                _figure("By equal risk, at least", of=of),
            ),
            "half_high": (
                _numbers(each.high[half : half + 1] / found.places),
                _figure("By equal risk, at most", of=of),
            ),
            "gini": (_numbers(each.value[:1]), _figure("Generalised Gini", "three", of=of)),
            "gini_expected": (
                _numbers(each.expected[:1]),
                _figure("By equal risk", "three", of=of),
            ),
            "excess": (
                _numbers(each.value[:1] - each.expected[:1]),
                _figure("Over equal risk", "three", of=of),
            ),
            "gini_plain": (_numbers([found.gini]), _figure("Plain Gini", "three", of=of)),
            "chance": (
                _numbers(each.p[:1]),
                _figure("How often equal risk does as much", "three", of=of),
            ),
            "parts": number("Parts compared", len(found.parts)),
            "part_months": number("Months in a part", found.months_a_part),
            "spare": number("Covered months in no part", found.spare),
            "same": (
                worst([k.same for k in kept]),
                _figure("Busiest places that stayed so, at the least", of=of),
            ),
            "by_chance": (
                worst([k.by_chance for k in kept]),
                _figure("Were they any places", of=of),
            ),
            "later": (
                worst([k.later for k in kept]),
                _figure("Held by the busiest of the part before, at the least", of=of),
            ),
            "draws": number("Draws of equal risk", found.draws),
            "months": number("Months covered", len(found.months.covered)),
            "months_missing": number("Months missing", len(found.months.missing)),
            "not_placed": _count(held.not_placed, "Records without a place"),
            "outside": _count(held.outside, "Records in other areas"),
            "other_vintage": _count(held.other_vintage, "Records of another vintage"),
            "undated": _count(found.undated, "Records without a month that is covered"),
            "moved": _count(held.moved, "Records moved from another vintage"),
            "shared": _count(held.shared, "Of those, shared out by weight"),
            "snapped_share": (
                _numbers([held.snapped / held.total]),
                _figure("Records on snapped points"),
            ),
        },
    )


def _records_used(found: Concentration) -> ResultTable:
    held = found.held
    counts = {
        "used": (found.counts.sum(), "Used"),
        "undated": (found.undated, "Without a month that is covered"),
        "not_placed": (held.not_placed, "Without a place"),
        "outside": (held.outside, "In other areas"),
        "other_vintage": (held.other_vintage, "Of another vintage"),
        "other_category": (held.others, "Of other categories"),
    }
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": ([held.records.kind], Field(role="key", label="Records")),
            **{name: _count(np.rint(value), label) for name, (value, label) in counts.items()},
        },
        sums_over=(),
    )
