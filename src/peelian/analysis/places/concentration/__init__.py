"""How concentrated are records over places, and is it more than equal risk would make it?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.places.concentration.counting import of_areas, of_points
from peelian.analysis.places.concentration.measured import measure
from peelian.analysis.places.concentration.tables import tables_of
from peelian.analysis.places.concentration.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.errors import UsageError
from peelian.placing.kinds import Kind, records_of
from peelian.placing.period import months_covered
from peelian.results import Result

__all__ = ["concentration"]

_QUESTION = "How concentrated are records over places, and is it more than chance?"
_FEWEST_DRAWS = 99


def concentration(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
    crimes: ir.Table,
    incidents: ir.Table,
    areas: ir.Table,
    measures: ir.Table,
    area_measures: ir.Table,
    area_links: ir.Table,
    coverage: ir.Table,
    counts: ir.Table,
    *,
    records: Kind = "crimes",
    series: str | None = None,
    categories: tuple[str, ...] = (),
    group: str | None = None,
    unit: Literal["areas", "points"] = "areas",
    cell_metres: int = 50,
    places_in_all: int | None = None,
    risk: str | None = None,
    vintage: str | None = None,
    months_a_part: int = 6,
    draws: int = 199,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """How concentrated are records over places, and is it more than chance?

    Says how few places hold a quarter, a half and four fifths of all records, and the generalised
    Gini coefficient (Bernasco and Steenbeek 2017), each beside what it would be if every place had
    the same risk; and how far the busiest places of one part of the time stay the busiest in the
    next. No place is named.

    Args:
        records: What is counted: crimes, incidents, or counts that arrived already counted.
        series: Of counts, which series; needed where the store holds several.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        unit: What a place is: the areas that are loaded, or points, put in cells of `cell_metres`.
        cell_metres: Of points, how wide the cells are, in metres.
        places_in_all: Of points, how many cells (streets, premises) there are in all, used or not:
            a share of places is a share of these.
        risk: A measure that is a count, such as population or households: equal risk is then equal
            for each of its people or homes. If not given, it is equal for each place.
        vintage: The vintage of areas, such as LSOA21; if not given, the one most records are
            coded by.
        months_a_part: How many covered months make a part of the time, of those compared.
        draws: Draws of equal risk; at least 99.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: The records cannot answer it: points that the publisher moved, for one.
        MissingDenominator: A share of points was asked for, and not how many there are in all.
        VintageMismatch: Records are of areas that nothing links to those in use.

    Assumes:
        Records are independent of one another; months that a load covers are complete.

    Cannot show:
        Which places those are, why they hold so much, or that they will hold it again; how few
        places hold what nobody recorded.
    """
    _check(cell_metres, months_a_part, draws, seed)
    asked_of = records_of(records, crimes, incidents, counts, series)
    if unit == "areas":
        held = of_areas(
            asked_of,
            areas,
            area_links,
            (measures, area_measures),
            categories=categories,
            group=group,
            risk=risk,
            vintage=vintage,
        )
    else:
        held = of_points(
            asked_of,
            categories=categories,
            group=group,
            cell_metres=cell_metres,
            places_in_all=places_in_all,
            risk=risk,
        )
    months = months_covered(coverage, records, period, asked_of.series)
    found = measure(held, months, months_a_part=months_a_part, draws=draws, seed=seed)
    return Result(
        question=_QUESTION,
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions(found),
    )


def _check(cell_metres: int, months_a_part: int, draws: int, seed: int) -> None:
    if cell_metres >= 1 and months_a_part >= 1 and draws >= _FEWEST_DRAWS and seed >= 0:
        return
    raise UsageError(
        "Cells and parts have a size, equal risk needs enough draws, and a seed is not negative.",
        found=f"cell_metres={cell_metres}, months_a_part={months_a_part}, draws={draws}, "
        f"seed={seed}",
        try_=f"cell_metres=50, months_a_part=6, draws=199 (at least {_FEWEST_DRAWS}), seed=1829",
        read="how-to/read-a-concentration",
    )
