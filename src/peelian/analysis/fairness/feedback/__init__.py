"""Would a rule that sends patrol where records are feed on what patrol finds there?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.fairness.feedback.counting import held_by
from peelian.analysis.fairness.feedback.found import Asked, looped
from peelian.analysis.fairness.feedback.tables import tables_of
from peelian.analysis.fairness.feedback.words import (
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

__all__ = ["feedback"]

_QUESTION = "Would a rule that sends patrol where records are feed on itself?"
_PAGE = "how-to/read-a-feedback-audit"


def feedback(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
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
    vintage: str | None = None,
    rule: Literal["share", "busiest", "trailing"] = "trailing",
    places: float = 0.05,
    memory: int = 26,
    reported: float = 0.5,
    detection: float = 0.2,
    explore: float = 0.0,
    people: str | None = None,
    burdened: str | None = None,
    weeks: int = 156,
    runs: int = 60,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Would a rule that sends patrol where records are feed on itself?

    Lets a rule run for years over the force's own areas, in a made-up city whose rates are those
    that are on record: events fall at random, some are reported, and patrol finds some of the rest
    where it is sent. Records of both decide where patrol goes next. Beside it run the same rule
    with finds weighed by how much patrol there was, with reports alone, and with patrol that finds
    everywhere alike: what differs from that is what the records did to themselves.

    Args:
        records: What is on record: crimes, incidents, or counts that arrived already counted.
        series: Of counts, which series; needed where the store holds several.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as drugs.
        vintage: The vintage of areas; if not given, the one most records are coded by.
        rule: `share` gives each area patrol in proportion to its records; `busiest` sends it to
            the areas with most, by all records; `trailing` to those with most in the weeks
            remembered, which is what self-exciting forecasts by cell came down to on Oakland's drug
            records.
        places: With `busiest` and `trailing`, the share of areas that patrol is sent to.
        memory: With `trailing`, how many weeks are remembered.
        reported: The share of events that is taken to be reported, wherever patrol is.
        detection: Of the others, the share that an even patrol would find.
        explore: The share of patrol that is spread evenly, whatever is on record.
        people: A measure that is a count of people, such as population, for the burden.
        burdened: A measure that counts people of a group, for how much patrol they live with.
        weeks: How long the rule runs.
        runs: How often.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in.

    Raises:
        CannotAnswer: No record fits, or there are too few areas or records.
        MissingDenominator: `burdened` is asked for without `people`, or either is not loaded.
        VintageMismatch: Records are of areas that nothing links to those in use.

    Assumes:
        What is on record is in proportion to what happens, and patrol does not change what happens:
        only what is recorded.

    Cannot show:
        Where crime truly is, or whether a patrol prevents it; whether officers record otherwise
        than the settings have it.
    """
    asked = Asked(
        rule=rule,
        places=places,
        memory=memory,
        reported=reported,
        detection=detection,
        explore=explore,
        weeks=weeks,
        runs=runs,
        seed=seed,
    )
    _refuse_settings(asked)
    asked_of = records_of(records, crimes, incidents, counts, series)
    months = months_covered(coverage, records, period, asked_of.series)
    held = held_by(
        asked_of,
        areas,
        area_links,
        (measures, area_measures),
        months,
        categories=categories,
        group=group,
        vintage=vintage,
        people=people,
        burdened=burdened,
    )
    found = looped(held, asked)
    return Result(
        question=_QUESTION,
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions(found),
    )


def _refuse_settings(asked: Asked) -> None:
    wrong = (
        not 0 < asked.places <= 0.5
        or asked.memory < 1
        or not 0 <= asked.reported <= 1
        or not 0 <= asked.detection <= 1
        or not 0 <= asked.explore < 1
        or asked.weeks < 26
        or asked.runs < 20
        or asked.seed < 0
    )
    if wrong:
        raise UsageError(
            "A setting is out of its range.",
            found=f"places={asked.places}, memory={asked.memory}, reported={asked.reported}, "
            f"detection={asked.detection}, explore={asked.explore}, weeks={asked.weeks}, "
            f"runs={asked.runs}, seed={asked.seed}",
            try_="places=.05 (over 0 to .5), memory=26 (weeks), reported=.5 and detection=.2 (0 to "
            "1), explore=0 (under 1), weeks=156 (26 or more), runs=60 (20 or more), seed=1829",
            read=_PAGE,
        )
