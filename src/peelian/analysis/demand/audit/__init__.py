"""What share of logs is it really, by what people read of them, and how sure is that?"""

from collections.abc import Sequence
from datetime import date

import ibis.expr.types as ir

from peelian.analysis.demand.audit.gathering import PAGE, Asked, gather
from peelian.analysis.demand.audit.measured import measure
from peelian.analysis.demand.audit.tables import tables_of
from peelian.analysis.demand.audit.words import answer, caveats, checks, definitions_of, drawings
from peelian.errors import UsageError
from peelian.results import Result

__all__ = ["audit"]

_QUESTION = "What is the share really, by what people read of the logs?"


def audit(  # noqa: PLR0913, D417  (its tables are records; settings go by name)
    incidents: ir.Table,
    incident_codes: ir.Table,
    involvements: ir.Table,
    markers: ir.Table,
    labels: ir.Table,
    strata: ir.Table,
    samples: ir.Table,
    *,
    plan: str = "",
    definitions: Sequence[str] = (),
    readers: Sequence[str] = (),
    settler: str = "",
    width: float | None = None,
    level: float = 0.95,
    draws: int = 80,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """What is the share really, by what people read of the logs?

    Logs were drawn at random within strata (`peelian draw`), read by two people without knowing of
    one another, and their differences settled. From that it works out the share of all logs, by
    several estimators beside one another with one of them recommended; how well each definition
    finds what readers find; how well readers agree; what can be said with fewer assumptions; and
    how many more logs would make it surer. The readers' own errors are inside the intervals.

    Args:
        plan: The plan; needed where the store holds several.
        definitions: Definitions to set beside the readings, by name, family or path; if not given,
            those that made the strata. The first is the flag of the ladder of bounds.
        readers: The two readers, as labels call them, where they are not the plan's own.
        settler: Whoever settled their differences, where that is not the plan's own.
        width: How wide the interval should be, as a share such as 0.02: says how many more logs to
            read for that. If not given, half as wide as it is.
        level: How often an interval shall hold the share.
        draws: How many draws of what may be true of each log; at least 20.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in: the logs of
            the plan that lie in them are then taken for a sample of those months.

    Raises:
        CannotAnswer: Nothing was drawn or read; logs were picked and not drawn; of some stratum so
            little was read that it may hold anything; the logs are no longer those drawn from.
        UsageError: There are several plans, or more than two readers, and none is named.

    Assumes:
        Logs drawn and not read are like those read in their stratum; readers err on their own, and
        as often in one stratum as in another.

    Cannot show:
        Anything of calls that left no log, or that the log says nothing of; errors that all
        readers make alike; which of two definitions is the right one.
    """
    if not 0.5 <= level < 1 or draws < 20 or seed < 0 or not (width is None or 0 < width < 1):
        raise UsageError(
            "An interval holds the share at a level below one, has a width, and takes some draws.",
            found=f"level={level}, width={width}, draws={draws}, seed={seed}",
            try_="level=0.95, width=0.02, draws=80, seed=1829",
            read=PAGE,
        )
    records = {
        "incident_codes": incident_codes,
        "involvements": involvements,
        "markers": markers,
        "labels": labels,
    }
    asked = Asked(
        plan=plan,
        definitions=tuple(definitions),
        readers=tuple(readers),
        settler=settler,
        period=period,
    )
    found = measure(
        gather(incidents, samples, strata, records, asked=asked),
        width=width,
        level=level,
        draws=draws,
        seed=seed,
    )
    return Result(
        question=_QUESTION,
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions_of(found, level),
    )
