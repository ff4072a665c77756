"""Where do recorded events, deprivation and vulnerability meet, and where could support start?"""

from dataclasses import replace
from datetime import date

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.places.profile.asked import Profile
from peelian.analysis.places.profile.drawings import drawings
from peelian.analysis.places.profile.estimate import estimate, kinds_of
from peelian.analysis.places.profile.tables import tables_of
from peelian.analysis.places.profile.targets import choose
from peelian.analysis.places.profile.visitors import can_judge, visited, visitor_kinds
from peelian.analysis.places.profile.words import answer, caveats, checks, definitions
from peelian.errors import UsageError
from peelian.placing.areas import areas_in_use, links_into
from peelian.placing.borders import pairs_that_touch, read_arcs
from peelian.placing.counts import (
    chosen_categories,
    coded_by,
    counted,
    harm_of,
    is_of,
    place,
    tally,
)
from peelian.placing.kinds import Kind, records_of
from peelian.placing.need import Measures, measured
from peelian.placing.period import months_covered
from peelian.results import Result

__all__ = ["profile"]

_QUESTION = "Where do recorded events, deprivation and vulnerability meet?"
_FEWEST_DRAWS = 100


def profile(  # noqa: PLR0913, PLR0917, D417  (its tables are records; its settings are given by name)
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
    denominator: str | None = None,
    need: str = "imd",
    vulnerability: str | None = None,
    records: Kind = "crimes",
    series: str | None = None,
    categories: tuple[str, ...] = (),
    group: str | None = None,
    harm_weights: str | None = None,
    targets: int = 20,
    vintage: str | None = None,
    draws: int = 1000,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Where do recorded events, deprivation and vulnerability meet?

    Counts records by area over a denominator that must be named, steadies the rates by what all
    areas share, classes them against their average, and sets them beside need in bands that hold
    their meaning. Of the areas of high need it lists those expected to hold most over the average,
    with how sure that is.

    Args:
        denominator: The measure that rates are counted against, such as population; a count.
        need: The measure of need; imd is the latest deprivation decile of the areas in use.
        vulnerability: A second measure, such as health2019_decile; listed areas are high on both.
        records: What is counted: crimes, incidents, or counts that arrived already counted; never
            two together.
        series: Of counts, which series; needed where the store holds several.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        harm_weights: A code list with a weight for each category (harm_weights), to count harm.
        targets: How many areas to list at most.
        vintage: The vintage of areas, such as LSOA21; if not given, the one most records are
            coded by.
        draws: Draws behind the stability of the list and of weighted rates; at least 100.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        MissingDenominator: No denominator was named, or none of that name is loaded.
        VintageMismatch: Records or measures are of areas that nothing links to those in use.
        CannotAnswer: The records or measures cannot answer it; the message says why.

    Assumes:
        Events are independent given an area's rate; months that a load covers are complete.

    Cannot show:
        Why a rate is high, who is responsible, or what would bring it down; crime that was not
        recorded; anything about a person.
    """
    _check(targets, draws, seed)
    asked_of = records_of(records, crimes, incidents, counts, series)
    tallied = tally(asked_of)
    here = areas_in_use(areas, coded_by(tallied), vintage)
    known = Measures(measures, area_measures, here)
    links = links_into(area_links, {*coded_by(tallied), *known.vintages()}, here)
    of_areas = measured(
        known, links, denominator=denominator, need=need, vulnerability=vulnerability
    )
    months = months_covered(coverage, records, period, asked_of.series)
    chosen = chosen_categories(tallied, records, categories, group)
    rows, placed = is_of(tallied, chosen), place(tallied, here, links)
    held = counted(placed, rows, here.vintage)
    covered = placed.named() if records == "counts" else np.ones(len(here), dtype=bool)
    of_areas = replace(of_areas, per=np.where(covered, of_areas.per, np.nan))
    harm = harm_of(harm_weights, tallied, rows, records) if harm_weights else None
    found = estimate(
        kinds_of(placed, held, rows, harm), of_areas.per * months.years, draws=draws, seed=seed
    )
    arcs = read_arcs(area_arcs, here.vintage)
    of_crime, kinds = placed, visitor_kinds(records)
    if not of_areas.denominator.of_residents:
        of_crime = None
    elif records == "incidents":
        kinds = visitor_kinds("crimes")
        of_crime = place(tally(records_of("crimes", crimes, incidents, counts, None)), here, links)
    asked = Profile(
        kind=records,
        series=asked_of.series,
        categories=chosen,
        read=int(placed.n.sum()),
        areas=here,
        counts=held,
        covered=covered,
        months=months,
        harm=harm,
        measured=of_areas,
        visitors=visited(of_crime, found, kinds),
        visitors_judged=can_judge(of_crime, records, kinds),
        crimes_read=int(of_crime.n.sum()) if records == "incidents" and of_crime else 0,
        found=found,
        targets=choose(
            found,
            of_areas.in_need,
            pairs_that_touch(arcs, here),
            most=targets,
            draws=draws,
            seed=seed,
        ),
        draws=draws,
    )
    return Result(
        question=_QUESTION,
        answer=answer(asked),
        tables=tables_of(asked, arcs),
        drawings=drawings(asked, outlined=bool(arcs.num_rows)),
        diagnostics=checks(asked),
        caveats=caveats(asked),
        definitions=definitions(asked),
    )


def _check(targets: int, draws: int, seed: int) -> None:
    if targets >= 1 and draws >= _FEWEST_DRAWS and seed >= 0:
        return
    raise UsageError(
        "A list needs at least one area, its stability enough draws, and a seed is not negative.",
        found=f"targets={targets}, draws={draws}, seed={seed}",
        try_=f"targets=20, draws=1000 (at least {_FEWEST_DRAWS}), seed=1829",
        read="how-to/read-a-profile",
    )
