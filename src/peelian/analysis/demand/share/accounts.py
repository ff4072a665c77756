"""The accounts of shares: minutes missing, what others published, what is refused, and totals."""

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.counting import TIMES
from peelian.analysis.demand.share.found import Found
from peelian.analysis.demand.share.overlap import measure
from peelian.columns import counted, figure, key, named, numbers, texts, whole
from peelian.definitions import Published
from peelian.results import Field, ResultTable


def ends(one: Published | None) -> tuple[float, float]:
    """Return the least and the largest share that was published; NaN where none was."""
    if one is None:
        return np.nan, np.nan
    low = one.share if one.low is None else one.low
    high = one.share if one.high is None else one.high
    return (np.nan if low is None else low), (np.nan if high is None else high)


def minutes(found: Found) -> ResultTable:
    """Return of how many incidents a unit was sent to the minutes are missing, and how many long.

    Marked incidents and others apart: minutes that one side lacks more often bend a share of time.
    """
    done, lead = found.counted.responses, found.lead
    rows = [
        (time, side, done.asked[:, 0] & (done.met[:, 0] == side))
        for time in TIMES
        for side in (True, False)
    ]
    sums, sent = done.sums, done.keys["sent"].astype(bool)
    counts: list[tuple[float, float, float]] = []
    for time, _, mask in rows:
        name = time.split("-")[0]
        known = done.keys[time].astype(bool)
        counts.append(
            (
                float(sums["incidents"][mask & sent & known].sum()),
                float(sums["incidents"][mask & sent & ~known].sum()),
                float(sums[f"{name}_beyond"][mask].sum()),
            )
        )
    n, missing, beyond = (np.array(column) for column in zip(*counts, strict=True))
    fixed = {
        "measure": measure(found),
        "definition": lead.name,
        "sent": "true",
        "incidents": "true",
    }
    return ResultTable.of(
        "Minutes of incidents that a unit was sent to: known, missing, and long",
        {
            "time": (
                texts([time for time, *_ in rows]),
                key("Minutes of", picks="true"),
            ),
            "marked": (
                pa.array([side for _, side, _ in rows]),
                key(lead.title, "yes_no"),
            ),
            "n": (
                whole(n),
                counted("With their minutes", where=fixed),
            ),
            "missing": (
                whole(missing),
                counted("Without", where=fixed | {"time": "false"}),
            ),
            "share_missing": (
                numbers(np.divide(missing, n + missing, out=np.full(len(n), np.nan),
                                  where=n + missing > 0)),
                figure("Share without", of=("n", "missing")),
            ),
            "beyond": (
                whole(beyond),
                counted("Longer than the cap"),
            ),
        },
        sums_over=(),
    )  # fmt: skip


def published(found: Found) -> ResultTable:
    """Return what others have published under these definitions, and whether it is like ours."""
    rows = [(one, said) for one in found.asked.definitions for said in one.published]
    usable = {shares.denominator for shares in found.shares}
    limits = [ends(said) for _, said in rows]
    return ResultTable.of(
        "What others have published, for reference",
        {
            "number": (pa.array(range(1, len(rows) + 1), pa.int64()),
                       key("Number", "integer")),
            "definition_name": (texts([one.title for one, _ in rows]), named("Definition")),
            "low": (numbers([low for low, _ in limits]), named("From", form="percent")),
            "high": (numbers([high for _, high in limits]), named("To", form="percent")),
            "count": (pa.array([said.count for _, said in rows], pa.int64()),
                      named("Number published", form="integer")),
            "of": (texts([said.of or None for _, said in rows]), named("Of")),
            "where": (texts([_place(said) for _, said in rows]), named("Where and when")),
            "comparable": (texts([_comparable(said, usable) for _, said in rows]),
                           named("Set beside ours", note=_BESIDE)),
            "source": (texts([said.source for _, said in rows]), named("Source")),
            "verification": (texts([said.verification for _, said in rows]), named("Verified")),
        },
        sums_over=(),
    )  # fmt: skip


_BESIDE = (
    "Even where the denominator is the same, the codes, the words and the people who recorded "
    "were others."
)


def _place(said: Published) -> str:
    return ", ".join(part for part in (said.where, said.when) if part)


def _comparable(said: Published, usable: set[str]) -> str:
    if said.share is None and said.low is None:
        return "no: a number, and not a share"
    if said.denominator not in OF:
        return "no: a share of something else"
    if said.denominator not in usable:
        return f"no: of {OF[said.denominator]}, which were not counted here"
    return f"with care: of {OF[said.denominator]}"


def cannot(found: Found) -> ResultTable:
    """Return what was asked for and cannot be worked out here, with what would be needed."""
    rows = found.refused
    return ResultTable.of(
        "What cannot be worked out here, and what it needs",
        {
            "what": (texts([one.what for one in rows]), key("Asked for")),
            "kind": (texts([one.kind for one in rows]), named("A")),
            "found": (texts([one.found for one in rows]), named("Found")),
            "needs": (texts([one.needs for one in rows]), named("Needs")),
        },
        sums_over=(),
    )


def totals(found: Found) -> ResultTable:
    """Return what sentences draw on: how many there are of what, and how far groups lie apart."""
    sums = found.counted.days.sums
    plain = {
        "definitions": (len(found.definitions), "Definitions that could be applied"),
        "choices": (len(found.choices), "Sets of choices"),
        "refused": (len(found.refused), "Asked for and not worked out"),
        "days_a_run": (found.counted.runs.length, "Days a run"),
        "runs": (found.counted.runs.count, "Runs of days"),
        "months": (len(found.months), "Months"),
        "months_missing": (len(found.months) - len(found.covered), "Months missing"),
        "draws": (found.counted.draws, "Draws of the bootstrap"),
    }
    counts = {
        "incidents": (sums["incidents"].sum(), "Incidents"),
        "attended": (sums["attended"].sum(), "Incidents that a unit came to"),
        "sent": (sums["sent"].sum(), "Incidents that a unit was sent to"),
        "contacts": (found.counted.contacts.total, "Contacts"),
    }
    lead = found.choices[found.leading].shares if found.choices else None
    none = {one.by: one.none for one in found.groups}
    return ResultTable.of(
        "Totals",
        {
            **{name: ([value], figure(label, "integer"))
               for name, (value, label) in plain.items()},
            **{name: (whole([value]),
                      counted(label))
               for name, (value, label) in counts.items()},
            "undated": (whole([found.undated]),
                        counted("Incidents without a date")),
            **{f"no_{by}": (whole([value]), counted(f"Incidents without {by}"))
               for by, value in none.items()},
            **{f"{one.by}_apart": (numbers([one.apart]), _apart(one.by)) for one in found.groups},
            "months_apart": (numbers([found.months_apart]), _apart("month")),
            "added": (numbers([lead.added[0] if lead else np.nan]),
                      figure("Times wider for repeat callers", "two", of=("incidents",))),
        },
    )  # fmt: skip


def _apart(what: str) -> Field:
    return figure(f"Times further apart than intervals say, by {what}", "one", of=("incidents",))


def records_used(found: Found) -> ResultTable:
    """Return how many records were used, and how many could not be."""
    rows = [("incidents", found.counted.incidents, found.undated)]
    if any(shares.denominator == "contacts" for shares in found.shares):
        rows.append(("contacts", found.counted.contacts.total, 0))
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": (texts([row[0] for row in rows]), key("Records")),
            "used": (whole([row[1] for row in rows]),
                     counted("Used", where={"measure": "n"})),
            "undated": (whole([row[2] for row in rows]),
                        counted("Without a date")),
        },
        sums_over=(),
    )  # fmt: skip
