"""Do recorded events follow events nearby, more than the same places and dates would have it?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.places.events import Asks, events_of
from peelian.analysis.places.near_repeats.bands import bands_of
from peelian.analysis.places.near_repeats.found import Found
from peelian.analysis.places.near_repeats.tables import tables_of
from peelian.analysis.places.near_repeats.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.errors import UsageError
from peelian.placing.period import months_covered
from peelian.results import Result
from peelian.statistics.growth import uneven_growth
from peelian.statistics.knox import knox

__all__ = ["near_repeats"]

_QUESTION = "Do recorded events follow events nearby, more than chance would have it?"
_FEWEST_SHUFFLES = 99
_ASKS = Asks("Near repeats", "how-to/read-near-repeats", fewest=20)


def near_repeats(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
    crimes: ir.Table,
    incidents: ir.Table,
    coverage: ir.Table,
    *,
    records: Literal["crimes", "incidents"] = "crimes",
    categories: tuple[str, ...] = (),
    group: str | None = None,
    leave_out: tuple[str, ...] = (),
    within_metres: tuple[int, ...] = (100, 200, 300, 400),
    after_days: tuple[int, ...] = (7, 14, 28),
    bands: Literal["as-labelled", "older-calculator"] = "as-labelled",
    distance: Literal["manhattan", "straight"] = "manhattan",
    permutations: int = 999,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Do recorded events follow events nearby, more than chance would have it?

    Counts pairs of events by how near they are and how many days lie between them (Knox 1964), and
    counts again with the dates dealt out to the places at random, many times. Hot spots and busy
    seasons stay as they are in every deal, so neither makes an answer. No place is named.

    Args:
        records: What is counted: crimes or incidents.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        leave_out: Days whose records are left out, such as 12-31 (of every year) or 2012-07-04.
        within_metres: The upper ends of the bands of distance; the same place is a band of its own.
        after_days: The upper ends of the bands of days.
        bands: `as-labelled` counts 100 metres and 7 days in the first band, as the package
            NearRepeat does when asked to honour its labels; `older-calculator` counts what Temple's
            Near Repeat Calculator counts under those labels: up to, and not at, the upper end.
        distance: Along a grid of streets, as both of these do, or straight.
        permutations: How often dates are dealt out; at least 99.
        seed: For the deals.
        period: First and last day of the months asked for, which the study fills in.

    Raises:
        CannotAnswer: Dates are known by the month only, or places are not; or there are too few
            events, places or days.

    Assumes:
        Dates are when it happened, or as near as records say; all parts of the map grew alike,
        which is looked at.

    Cannot show:
        That one event led to another, or that one person did both. A burglar who comes back, a
        neighbour who reports after hearing of it, and one event recorded twice look the same.
    """
    within, after = bands_of(within_metres, after_days, bands)
    if permutations < _FEWEST_SHUFFLES or seed < 0:
        raise UsageError(
            "Chance needs enough deals, and a seed is not negative.",
            found=f"permutations={permutations}, seed={seed}",
            try_=f"permutations=999 (at least {_FEWEST_SHUFFLES}), seed=1829",
            read="how-to/read-near-repeats",
        )
    table = crimes if records == "crimes" else incidents
    held = events_of(table, records, categories, group, asks=_ASKS, leave_out=leave_out)
    months = months_covered(coverage, records, period)
    counted = knox(
        held.x,
        held.y,
        held.days,
        within=within.edges,
        after=after.edges,
        permutations=permutations,
        seed=seed,
        manhattan=distance == "manhattan",
    )
    found = Found(
        held=held,
        months=months,
        within=within,
        after=after,
        manhattan=distance == "manhattan",
        knox=counted,
        growth=uneven_growth(held.x, held.y, held.days),
    )
    return Result(
        question=_QUESTION,
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions(found),
    )
