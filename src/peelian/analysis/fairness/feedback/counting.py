"""What a closed loop starts from: records a week in each area, and who lives there."""

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np

from peelian.errors import CannotAnswer, MissingDenominator
from peelian.placing.areas import Areas, areas_in_use, links_into
from peelian.placing.counts import (
    Counts,
    chosen_categories,
    coded_by,
    counted,
    is_of,
    names_of,
    place,
    tally,
)
from peelian.placing.kinds import Records, noun_of
from peelian.placing.need import Measures
from peelian.placing.period import Months

_FEWEST_AREAS, _FEWEST_RECORDS = 10, 200
_WEEKS_A_MONTH = 365.25 / 12 / 7
_PAGE = "how-to/read-a-feedback-audit"


@dataclass(frozen=True, kw_only=True)
class Held:
    """Records by area, and people.

    Args:
        kind: What is counted.
        records: The same in words.
        areas: The areas in use.
        counts: Records by area.
        months: The months that loads cover.
        others: Records of other categories.
        people: Who lives in each area; None where not asked for.
        burdened: Of these, people of a group.
        burdened_name: The measure's title.
    """

    kind: str
    records: str
    areas: Areas
    counts: Counts
    months: Months
    others: int
    people: np.ndarray | None
    burdened: np.ndarray | None
    burdened_name: str

    @property
    def a_week(self) -> np.ndarray:
        """Records a week in each area."""
        return self.counts.by_area / (len(self.months.covered) * _WEEKS_A_MONTH)


def held_by(  # noqa: PLR0913  (each is a part of what is asked)
    records: Records,
    areas: ir.Table,
    area_links: ir.Table,
    measured: tuple[ir.Table, ir.Table],
    months: Months,
    *,
    categories: tuple[str, ...],
    group: str | None,
    vintage: str | None,
    people: str | None,
    burdened: str | None,
) -> Held:
    """Count records by area, and people where these are asked for.

    Args:
        records: What is counted.
        areas: The canonical table.
        area_links: The canonical table.
        measured: The canonical tables `measures` and `area_measures`.
        months: The months that loads cover.
        categories: The categories asked for.
        group: The group of categories asked for.
        vintage: The vintage of areas asked for.
        people: A measure that counts people.
        burdened: A measure that counts people of a group.

    Raises:
        CannotAnswer: No record fits, or there are too few areas or records.
        MissingDenominator: One of the measures is named without the other, or is not loaded.
        VintageMismatch: Records are of areas that nothing links to those in use.
    """
    tallied = tally(records)
    chosen = chosen_categories(tallied, records.kind, categories, group)
    here = areas_in_use(areas, coded_by(tallied), vintage)
    known = Measures(*measured, here)
    links = links_into(area_links, {*coded_by(tallied), *known.vintages()}, here)
    placed = place(tallied, here, links)
    mine = is_of(tallied, chosen)
    counts = counted(placed, mine, here.vintage)
    if len(here) < _FEWEST_AREAS or counts.used < _FEWEST_RECORDS:
        raise CannotAnswer(
            "Too little is on record to let a rule run on it.",
            found=f"{counts.used:.0f} records in {len(here)} areas",
            try_=f"{_FEWEST_RECORDS} records in {_FEWEST_AREAS} areas or more: a longer period, "
            "more categories together, or smaller areas",
            read=_PAGE,
        )
    if (people is None) != (burdened is None):
        raise MissingDenominator(
            "Burden needs both a count of people and a count of people of the group.",
            found=f"people={people}, burdened={burdened}",
            try_="people=population and burdened=a measure that counts the group",
            read=_PAGE,
        )
    values, title = [], ""
    for name in (people, burdened):
        if name is not None:
            measure = known.denominator(name, links)
            codes, of_codes = known.over_areas([measure])[measure.measure]
            values.append(np.nan_to_num(known.counts_over(measure, codes, of_codes, links)))
            title = measure.title or measure.measure
    named = names_of(records.kind, chosen)
    noun = noun_of(records.kind)
    return Held(
        kind=records.kind,
        records=f"{noun} ({named})" if named else noun,
        areas=here,
        counts=counts,
        months=months,
        others=int(placed.n[~mine].sum()),
        people=values[0] if values else None,
        burdened=values[1] if values else None,
        burdened_name=title,
    )
