"""Which forecast of places finds more events than last week's map and the long-run mean?"""

from datetime import date
from typing import Literal

import ibis.expr.types as ir

from peelian.analysis.places.events import Asks, events_of
from peelian.analysis.places.forecast.found import look
from peelian.analysis.places.forecast.measures import measures_of
from peelian.analysis.places.forecast.tables import tables_of
from peelian.analysis.places.forecast.targets import PAGE, targets_of
from peelian.analysis.places.forecast.windows import FEWEST_WINDOWS, windows_of
from peelian.analysis.places.forecast.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.errors import UsageError
from peelian.placing.period import months_covered
from peelian.results import Result

__all__ = ["forecast"]

_QUESTION = "Which forecast of places finds more events than last week's map and the long-run mean?"
_ASKS = Asks("Forecasts of places", PAGE, fewest=200)
_NARROWEST = 50
_LARGEST = 0.5


def forecast(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
    crimes: ir.Table,
    incidents: ir.Table,
    measures: ir.Table,
    area_measures: ir.Table,
    coverage: ir.Table,
    *,
    records: Literal["crimes", "incidents"] = "crimes",
    categories: tuple[str, ...] = (),
    group: str | None = None,
    every_category: bool = False,
    horizon_days: int = 7,
    windows: int = 13,
    side: int = 250,
    budgets: tuple[float, ...] = (0.005, 0.01, 0.02, 0.05),
    covariates: tuple[str, ...] = (),
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Which forecast of places finds more events than last week's map and the long-run mean?

    Holds the last windows out and forecasts each from what came before it alone: with kernel
    density, a self-exciting process and boosted trees, and with the two that these must beat.
    Cells of a grid are taken in the order of what is expected, up to a budget of area, and the
    events found in them are counted, over budgets and on grids that are turned, narrower and wider.
    It tries forecasts; it makes none for tomorrow, and is not for deployment without an equality
    assessment.

    Args:
        records: What is forecast: crimes or incidents.
        categories: Only these categories, by code or by name; all if not given.
        group: Only the categories of this group of the code list, such as acquisitive.
        every_category: Whether to take what is left out unless asked for: what is recorded mostly
            because police looked, such as drugs, and anti-social behaviour.
        horizon_days: How many days each window has.
        windows: How many windows are held out and forecast; at least six.
        side: How wide a cell is, in metres; at least fifty.
        budgets: Shares of the area that a forecast may take, such as .005,.01,.02,.05.
        covariates: Measures of areas, such as population, that trees may learn from.
        seed: For trees, and for the windows drawn anew.
        period: First and last day of the months asked for, which the study fills in.

    Raises:
        CannotAnswer: Dates are known by the month only, or places are not; there are too few
            events or windows; a month between is missing; or cells are too many or too wide.
        UsageError: A setting is out of its range; or a category is named that is left out.

    Assumes:
        Windows further apart than a few weeks are as good as independent.

    Cannot show:
        That a place is dangerous, or that a patrol there prevents anything; how a forecast would do
        once police act on it, which changes what is recorded.
    """
    asked = tuple(sorted(set(budgets)))
    _refuse_settings(horizon_days, windows, side, asked, seed)
    table = crimes if records == "crimes" else incidents
    targets = targets_of(table, records, categories, group, every_category=every_category)
    held = events_of(table, records, targets.codes, None, asks=_ASKS)
    months = months_covered(coverage, records, period)
    found = look(
        held,
        targets,
        months,
        windows_of(held, months, horizon_days, windows),
        side=side,
        budgets=asked,
        measures=measures_of(held, measures, area_measures, covariates),
        seed=seed,
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


def _refuse_settings(
    horizon_days: int, windows: int, side: int, budgets: tuple[float, ...], seed: int
) -> None:
    wrong = (
        horizon_days < 1
        or windows < FEWEST_WINDOWS
        or side < _NARROWEST
        or not budgets
        or not all(0 < budget <= _LARGEST for budget in budgets)
        or seed < 0
    )
    if wrong:
        raise UsageError(
            "A setting is out of its range.",
            found=f"horizon_days={horizon_days}, windows={windows}, side={side}, "
            f"budgets={','.join(f'{b:g}' for b in budgets)}, seed={seed}",
            try_=f"horizon_days=7, windows=13 ({FEWEST_WINDOWS} or more), side=250 ({_NARROWEST} "
            f"metres or more), budgets=.005,.01,.02,.05 (shares, at most {_LARGEST:g}), seed=1829",
            read=PAGE,
        )
