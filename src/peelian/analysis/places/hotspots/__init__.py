"""Which areas lie among high ones, beyond what chance would put around them?"""

from datetime import date

import ibis.expr.types as ir

from peelian.analysis.places.hotspots.counting import held_by
from peelian.analysis.places.hotspots.found import find
from peelian.analysis.places.hotspots.tables import tables_of
from peelian.analysis.places.hotspots.words import answer, caveats, checks, definitions, drawings
from peelian.errors import UsageError
from peelian.placing.kinds import Kind, records_of
from peelian.placing.period import months_covered
from peelian.results import Result

__all__ = ["hotspots"]

_QUESTION = "Which hot spots are real: which areas lie among high ones, beyond chance?"
_FEWEST_DRAWS = 99
_MOST_FALSE = 0.5


def hotspots(  # noqa: PLR0913, PLR0917, D417  (its tables are records; settings go by name)
    crimes: ir.Table,
    incidents: ir.Table,
    areas: ir.Table,
    area_arcs: ir.Table,
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
    denominator: str | None = None,
    beside: str | None = None,
    vintage: str | None = None,
    false_discovery: float = 0.05,
    permutations: int = 0,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Which hot spots are real: which areas lie among high ones, beyond chance?

    Asks of each area whether its neighbours are higher or lower than dealing all the values out
    would make them (Getis and Ord's Gi*, local Moran), two-sided, with false discoveries allowed
    for; of rates, if a denominator is named, standardised for unequal areas. Asks the same of areas
    merged with their neighbours, and of cells of a grid where points are exact, and says how much
    of what is called stays called.

    Args:
        records: What is counted: crimes, incidents, or counts that arrived already counted.
        series: Of counts, which series; needed where the store holds several.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        denominator: A measure that is a count, such as population: rates over it are compared,
            standardised. If not given, counts are.
        beside: A second measure set beside it, such as imd: bivariate Moran and Lee's L.
        vintage: The vintage of areas, such as LSOA21; if not given, the one most records are
            coded by.
        false_discovery: The share of false alarms allowed among the areas called, on average.
        permutations: How often values are dealt out; 0 for as many as it takes to call a single
            area, up to 199,999.
        seed: Where the deals start.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: Nobody knows which areas touch, there are too few, or all are alike.
        MissingDenominator: The denominator that was named is not loaded.
        VintageMismatch: Records or measures are of areas that nothing links to those in use.

    Assumes:
        If nothing but chance were at work, any area's value could as well lie in any other; months
        that a load covers are complete.

    Cannot show:
        Why an area is high, or that it will be again; a hot spot smaller than an area; that a place
        is riskier, where what was recorded follows where police looked.
    """
    _check(false_discovery, permutations, seed)
    asked_of = records_of(records, crimes, incidents, counts, series)
    months = months_covered(coverage, records, period, asked_of.series)
    held = held_by(
        asked_of,
        areas,
        area_arcs,
        area_links,
        (measures, area_measures),
        months,
        categories=categories,
        group=group,
        denominator=denominator,
        beside=beside,
        vintage=vintage,
    )
    hot = find(held, rate=false_discovery, permutations=permutations, seed=seed)
    return Result(
        question=_QUESTION,
        answer=answer(hot),
        tables=tables_of(hot),
        drawings=drawings(hot),
        diagnostics=checks(hot),
        caveats=caveats(hot),
        definitions=definitions(hot),
    )


def _check(false_discovery: float, permutations: int, seed: int) -> None:
    enough = permutations == 0 or permutations >= _FEWEST_DRAWS
    if 0 < false_discovery <= _MOST_FALSE and enough and seed >= 0:
        return
    raise UsageError(
        "Some false alarms must be allowed, and fewer than half; permutations must be enough, and "
        "a seed is not negative.",
        found=f"false_discovery={false_discovery}, permutations={permutations}, seed={seed}",
        try_=f"false_discovery=0.05, permutations=0 (as many as needed) or at least "
        f"{_FEWEST_DRAWS}, seed=1829",
        read="how-to/read-hotspots",
    )
