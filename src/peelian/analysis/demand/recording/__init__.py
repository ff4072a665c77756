"""Did need change, or how it is recorded?"""

from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir
import numpy as np

from peelian.analysis.demand.recording.audits import read_logs
from peelian.analysis.demand.recording.counting import PAGE, count, covered_months
from peelian.analysis.demand.recording.districts import between_districts
from peelian.analysis.demand.recording.measured import Asked, day_of, measure
from peelian.analysis.demand.recording.tables import tables_of
from peelian.analysis.demand.recording.words import (
    answer,
    caveats,
    checks,
    definitions,
    drawings,
)
from peelian.definitions import Definition, find, lacking
from peelian.errors import UsageError
from peelian.results import Result

__all__ = ["recording"]

_FEWEST_DRAWS = 199


def recording(  # noqa: PLR0913, PLR0917, D417  (its tables are records; settings go by name)
    incidents: ir.Table,
    incident_codes: ir.Table,
    labels: ir.Table,
    involvements: ir.Table,
    markers: ir.Table,
    strata: ir.Table,
    samples: ir.Table,
    areas: ir.Table,
    coverage: ir.Table,
    *,
    flag: str = "mental-health-flag",
    text: str = "mental-health-words",
    others: tuple[str, ...] = ("mental-health-code", "section-136", "national-definition"),
    trained_on: date | None = None,
    margin: float = 0.1,
    text_right: tuple[float, ...] = (0.5, 1.0),
    same_mix: bool = True,
    codebook: str | None = None,
    draws: int = 999,
    seed: int = 1829,
    period: tuple[date, date] | None = None,
) -> Result:
    """Did need change, or how it is recorded?

    Two signs of one thing are counted day by day: a flag that people set, and words in the log.
    If need changes, both rise together, and the flag keeps its share of the logs with the words. If
    recording changes, the flag rises and the words stay. Each part has an interval, and a claim
    that a part held steady is one too: smaller than `margin`, not merely "no difference seen".

    Args:
        flag: The definition whose recording is in question, by name or as a TOML file.
        text: The definition that finds the same thing by words, whoever flagged it.
        others: More signs to show beside them; those that the records lack are left out.
        trained_on: The day from which recording or need may differ: a training, a policy, a new
            system. If not given, the day is searched for, and the intervals pay for it.
        margin: The smallest relative change that matters, such as 0.1 for a tenth.
        text_right: The least and the most of the logs with the words that may truly be so, where
            nobody has read enough of them; one number where it is known.
        same_mix: Whether kinds of call are held as they were, so that a shift among kinds that are
            flagged unlike one another is no change of recording.
        codebook: Which codebook's readings anchor it; needed where there are several.
        draws: Draws of records without a step, where the day is searched for; at least 199.
        seed: Where the draws start.
        period: First and last day of the months asked for, which the study fills in: those that
            nothing covers are missing.

    Raises:
        CannotAnswer: The records lack what is named, or too few months or events lie to a side.
        UsageError: A setting is not what it can be.

    Assumes:
        The words are written, and are wrong, as before in logs of either period; whether that holds
        is tested on flagged logs, and on logs that people read. The season is alike each year.

    Cannot show:
        Why anything changed; need that neither flag nor words tell of; calls that were not logged.
        Where the text is itself written otherwise, need and recording cannot be told apart without
        reading logs of both periods.
    """
    asked = _checked(trained_on, margin, text_right, same_mix, draws, seed)
    records = {
        "incidents": incidents, "incident_codes": incident_codes, "labels": labels,
        "involvements": involvements, "markers": markers, "strata": strata, "samples": samples,
    }  # fmt: skip
    chosen = _definitions(flag, text, others, incidents, records)
    counted = count(incidents, areas, chosen, records, covered_months(coverage, period))
    day, searched = day_of(counted, asked)
    read = read_logs(records, (chosen[0], chosen[1]), day, codebook)
    found = measure(counted, asked, day, searched, read)
    between = between_districts(counted, seed)
    return Result(
        question="Did need change, or how it is recorded?",
        answer=answer(found),
        tables=tables_of(found, between),
        drawings=drawings(found),
        diagnostics=checks(found),
        caveats=caveats(found, between),
        definitions=definitions(found, chosen),
    )


def _definitions(
    flag: str,
    text: str,
    others: tuple[str, ...],
    incidents: ir.Table,
    records: Mapping[str, ir.Table],
) -> tuple[Definition, ...]:
    """Return the flag's, the text's, and those other definitions that the records can bear."""
    two = find((flag, text))
    if len(two) != 2:
        raise UsageError(
            "The flag and the text are one definition each, and not the same.",
            found=f"flag={flag}, text={text}",
            try_="flag=mental-health-flag, text=mental-health-words",
            read=PAGE,
        )
    refused = lacking(incidents, two, records)
    for refusal in refused.values():
        raise refusal
    more = [one for one in find(others) if one not in two] if others else []
    unable = lacking(incidents, more, records)
    return (*two, *(one for one in more if one.name not in unable))


def _checked(
    trained_on: date | None,
    margin: float,
    text_right: tuple[float, ...],
    same_mix: bool,
    draws: int,
    seed: int,
) -> Asked:
    fair = (
        0.01 <= margin <= 1
        and 1 <= len(text_right) <= 2
        and all(0.05 <= share <= 1 for share in text_right)
        and draws >= _FEWEST_DRAWS
        and seed >= 0
    )
    if not fair:
        raise UsageError(
            "The margin, how many of the words may be right, the draws and the seed have limits.",
            found=f"margin={margin}, text_right={','.join(map(str, text_right))}, draws={draws}, "
            f"seed={seed}",
            try_=f"margin=0.1 (0.01 to 1), text_right=0.5,1 (one or two shares from 0.05 to 1), "
            f"draws=999 (at least {_FEWEST_DRAWS}), seed=1829",
            read=PAGE,
        )
    return Asked(
        trained_on=None if trained_on is None else np.datetime64(trained_on, "D"),
        margin=margin,
        text_right=(min(text_right), max(text_right)),
        mix=same_mix,
        draws=draws,
        seed=seed,
    )
