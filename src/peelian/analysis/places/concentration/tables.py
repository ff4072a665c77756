"""The tables of a concentration: shares of places and of records, and no place by name."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.concentration.measured import PARTS, SHARES, Concentration
from peelian.columns import count, figure, key, named, number, numbers, records_used
from peelian.results import ResultTable
from peelian.sentences import capital


def tables_of(found: Concentration) -> dict[str, ResultTable]:
    """Return every table of a concentration, by name."""
    return {
        "holding": _holding(found),
        "curve": _curve(found),
        "parts": _parts(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }


def _shares(values: Any) -> pa.Array:
    """Return shares to a tenth of a per cent: enough to judge by, and no count to work out."""
    return numbers(np.round(np.asarray(values, dtype=float), 3))


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
            "part": (numbers(PARTS), key("Part of the records", "percent")),
            "part_name": ([f"{part:.0%} of records" for part in PARTS],
                          named("Part")),
            "n": count(held, "Records in them"),
            "places": (pa.array(least), figure("Places", "integer", of=of)),
            "share": (numbers(least / n), figure("Share of places", of=of)),
            "expected": (numbers(each.expected[at] / n), figure("By equal risk", of=of)),
            "low": (numbers(each.low[at] / n), figure("Low", of=of, note=_NULL)),
            "high": (numbers(each.high[at] / n), figure("High", of=of, note=_NULL)),
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
            "places": (numbers(shares), key("Busiest places", "percent")),
            "places_name": ([f"Busiest {share:.0%}" for share in SHARES],
                            named("Of places")),
            "n": count(np.rint(steps), "Records they add to the row before"),
            "share": (_shares(each.value[at]), figure("Share of records", of=of)),
            "expected": (_shares(each.expected[at]), figure("By equal risk", of=of)),
            "low": (_shares(each.low[at]), figure("Low", of=of, note=_NULL)),
            "high": (_shares(each.high[at]), figure("High", of=of, note=_NULL)),
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
                key("From", "month"),
            ),
            "until": (
                pa.array([str(part.months.max()) for part in parts], pa.string()),
                named("To", "month"),
            ),
            "n": count([part.n for part in parts], "Records"),
            "gini": (
                numbers([part.gini for part in parts]),
                figure("Generalised Gini", "three", of=of),
            ),
            "half": (
                numbers([part.half for part in parts]),
                figure("Share of places that holds half", of=of),
            ),
            "same": (
                numbers([k.same if k else None for k in kept]),
                figure("Busiest places that stayed so", of=of, note=_SAME),
            ),
            "by_chance": (
                numbers([k.by_chance if k else None for k in kept]),
                figure("Were they any places", of=of),
            ),
            "later": (
                _shares([k.later if k else None for k in kept]),
                figure("Held by the busiest of the part before", of=of, note=_LATER),
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

    def worst(values: list[float]) -> pa.Array:
        return _shares([min(values) if values else None])

    return ResultTable.of(
        "Totals",
        {
            "n": count(found.counts.sum(), capital(found.records)),
            "places": number(found.places, f"Places: {held.place_words}"),
            "observed": number(held.observed, "Of those, places with a record", of),
            "no_risk": number(held.no_risk, "Areas left out, whose risk is not known"),
            "not_covered": number(held.not_covered, "Areas that were not counted"),
            "half_places": number(each.value[half], "Places that hold half", of),
            "half_share": (
                numbers(each.value[half : half + 1] / found.places),
                figure("Their share of places", of=of),
            ),
            "half_low": (
                numbers(each.low[half : half + 1] / found.places),
                figure("By equal risk, at least", of=of),
            ),
            "half_high": (
                numbers(each.high[half : half + 1] / found.places),
                figure("By equal risk, at most", of=of),
            ),
            "gini": (numbers(each.value[:1]), figure("Generalised Gini", "three", of=of)),
            "gini_expected": (
                numbers(each.expected[:1]),
                figure("By equal risk", "three", of=of),
            ),
            "excess": (
                numbers(each.value[:1] - each.expected[:1]),
                figure("Over equal risk", "three", of=of),
            ),
            "gini_plain": (numbers([found.gini]), figure("Plain Gini", "three", of=of)),
            "chance": (
                numbers(each.p[:1]),
                figure("How often equal risk does as much", "three", of=of),
            ),
            "parts": number(len(found.parts), "Parts compared"),
            "part_months": number(found.months_a_part, "Months in a part"),
            "spare": number(found.spare, "Covered months in no part"),
            "same": (
                worst([k.same for k in kept]),
                figure("Busiest places that stayed so, at the least", of=of),
            ),
            "by_chance": (
                worst([k.by_chance for k in kept]),
                figure("Were they any places", of=of),
            ),
            "later": (
                worst([k.later for k in kept]),
                figure("Held by the busiest of the part before, at the least", of=of),
            ),
            "draws": number(found.draws, "Draws of equal risk"),
            "months": number(len(found.months.covered), "Months covered"),
            "months_missing": number(len(found.months.missing), "Months missing"),
            "not_placed": count(held.not_placed, "Records without a place"),
            "outside": count(held.outside, "Records in other areas"),
            "other_vintage": count(held.other_vintage, "Records of another vintage"),
            "undated": count(found.undated, "Records without a month that is covered"),
            "moved": count(held.moved, "Records moved from another vintage"),
            "shared": count(held.shared, "Of those, shared out by weight"),
            "snapped_share": (
                numbers([held.snapped / held.total]),
                figure("Records on snapped points"),
            ),
        },
    )


def _records_used(found: Concentration) -> ResultTable:
    held = found.held
    return records_used(
        held.records.kind,
        {
            "used": (found.counts.sum(), "Used"),
            "undated": (found.undated, "Without a month that is covered"),
            "not_placed": (held.not_placed, "Without a place"),
            "outside": (held.outside, "In other areas"),
            "other_vintage": (held.other_vintage, "Of another vintage"),
            "other_category": (held.others, "Of other categories"),
        },
    )
