"""How concentrated is demand in callers, addresses and people, and is it more than chance?"""

from datetime import date
from typing import Any, Literal

import ibis.expr.types as ir

from peelian.analysis.demand.composition.counting import months_covered
from peelian.analysis.demand.repeat.counting import Chosen, count
from peelian.analysis.demand.repeat.measured import measure
from peelian.analysis.demand.repeat.tables import tables_of
from peelian.analysis.demand.repeat.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.definitions import Definition, find, marked
from peelian.errors import UsageError
from peelian.results import Result

__all__ = ["repeat"]

_FEWEST_DRAWS = 99
_FEWEST_MOST = 5
AGENCY_CHANNELS = ("partner", "officer", "alarm")


def repeat(  # noqa: PLR0913, D417  (its tables are records; its settings are given by name)
    incidents: ir.Table,
    contacts: ir.Table,
    involvements: ir.Table,
    incident_codes: ir.Table,
    labels: ir.Table,
    markers: ir.Table,
    coverage: ir.Table,
    *,
    of: Literal["callers", "addresses", "people"] = "callers",
    leave_out: tuple[str, ...] = AGENCY_CHANNELS,
    roles: tuple[str, ...] = (),
    definition: str | None = None,
    in_all: int | None = None,
    most: tuple[int, ...] = (10, 100),
    often: int = 3,
    within_days: int = 7,
    draws: int = 199,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """How concentrated is demand in callers, addresses and people, and is it more than chance?

    Says how much the busiest few bring, beside what they would if all had one rate; whether those
    who brought much in one half of the time do so in the next, with regression to the mean set
    apart (Robbins 1956); and whether one source's incidents come in bouts, beyond a rate of its own
    (Knox's statistic within callers: Barton and David 1966). Nobody is named and no one's number is
    shown.

    Args:
        of: Who or where is counted: callers (by their key), addresses (by exact points, to the
            metre), or people named in incidents.
        leave_out: Of callers, channels whose incidents are left out, since a desk of an agency is
            no caller; none of them if empty.
        roles: Of people, only those in these parts, such as victim; all if empty.
        definition: Only incidents that a definition counts, by its name or the path of a reader's
            own file; all if not given.
        in_all: How many callers, addresses or people there are, silent ones too; if not given,
            those that were seen are compared among themselves.
        most: How many of the busiest to tell of, beside the busiest hundredth, twentieth, tenth and
            fifth; each at least 5.
        often: How many in the first half of the time make one that comes often; at least 2.
        within_days: How many days apart two of one source are close.
        draws: Draws of equal rates, and of the bootstrap; at least 99.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: The definition asks for what is not held, no keys, only points that the
            publisher moved, or too few sources to tell.
        UsageError: A setting is out of its range, or of no use here.

    Assumes:
        A key is one caller, a point is one address, and a person has one key.

    Cannot show:
        Who they are, why they come again, or that they will; those who give no name, use another
        telephone, or are known under several keys.
    """
    _check(in_all, most, often, within_days, draws, seed)
    covered = months_covered(coverage, ("incidents",), period)
    what = None if definition is None else _one(definition)
    chosen = Chosen(of, leave_out, roles, what)
    if what is not None:
        records = {"incident_codes": incident_codes, "labels": labels, "contacts": contacts,
                   "involvements": involvements, "markers": markers}  # fmt: skip
        counted: Any = marked(incidents, (what,), records)
        incidents = counted.filter(counted[what.column])
    held = count(incidents, contacts, involvements, covered, chosen, within_days)
    found = measure(
        held, in_all=in_all, most=most, often=often, within=within_days, draws=draws, seed=seed
    )
    return Result(
        question="How concentrated is it in callers, addresses and people, beyond chance?",
        answer=answer(found),
        tables=tables_of(found),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found),
        definitions=definitions(found),
    )


def _one(name: str) -> Definition:
    """Return the definition that is meant.

    Raises:
        UsageError: There is none of that name, or several.
    """
    found = find((name,))
    if len(found) == 1:
        return found[0]
    raise UsageError(
        "Repeat demand is told under one definition at a time.",
        found=f"definition={name}, which is {len(found)} of them",
        try_=f"definition={found[0].name}" if found else "one by its name",
        read="how-to/read-repeat-demand",
    )


def _check(
    in_all: int | None,
    most: tuple[int, ...],
    often: int,
    within_days: int,
    draws: int,
    seed: int,
) -> None:
    sound = (
        often >= 2
        and 0 <= within_days <= 27
        and draws >= _FEWEST_DRAWS
        and seed >= 0
        and all(number >= _FEWEST_MOST for number in most)
        and (in_all is None or in_all > 0)
    )
    if sound:
        return
    raise UsageError(
        "A setting is out of its range.",
        found=f"in_all={in_all}, most={','.join(map(str, most)) or 'none'}, often={often}, "
        f"within_days={within_days}, draws={draws}, seed={seed}",
        try_=f"often from 2, within_days from 0 to 27, most from {_FEWEST_MOST}, draws from "
        f"{_FEWEST_DRAWS}, in_all above 0, seed from 0",
        read="how-to/read-repeat-demand",
    )
