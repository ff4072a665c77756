"""The tables of a feedback audit: each variant, its course, other assumptions, and burden."""

import numpy as np
import pyarrow as pa

from peelian.analysis.fairness.feedback.found import VARIANTS, Found
from peelian.columns import count, figure, key, number, numbers, records_used
from peelian.results import ResultTable

NAMES = {
    "plain": "As it is",
    "corrected": "Finds weighed by patrol",
    "reports-only": "Reports alone",
    "no-feedback": "Patrol finds alike everywhere",
}
_POINTS = 26  # of a course
_LAST = "Over the last quarter of the weeks, mean of runs."


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of the audit, by name."""
    tables = {
        "variants": _variants(found),
        "course": _course(found),
        "assumptions": _assumptions(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }
    if found.burdens:
        tables["burden"] = _burden(found)
    return tables


def _end(values: np.ndarray) -> np.ndarray:
    return values[-max(len(values) // 4, 1) :].mean(axis=0)


def _variants(found: Found) -> ResultTable:
    loops = [found.loops[name] for name in VARIANTS]
    tops = np.array([_end(one.top) for one in loops])
    return ResultTable.of(
        "Where patrol ends up, by what is done with what it finds",
        {
            "variant": ([NAMES[name] for name in VARIANTS], key("Finds")),
            "first": (
                numbers([one.top[0].mean() for one in loops]),
                figure("Patrol in the areas most patrolled at first, in the first week"),
            ),
            "kept": (
                numbers(tops.mean(axis=1)),
                figure("The same at the end", note=_LAST),
            ),
            "low": (numbers(np.quantile(tops, 0.025, axis=1)), figure("Of runs, at least")),
            "high": (numbers(np.quantile(tops, 0.975, axis=1)), figure("Of runs, at most")),
            "away": (
                numbers([_end(one.away).mean() for one in loops]),
                figure("Patrol that is not where events are", note=_LAST),
            ),
            "gini": (
                numbers([_end(one.gini).mean() for one in loops]),
                figure("How unevenly (Gini)", "two", note=_LAST),
            ),
            "found": (
                numbers([one.found.mean() for one in loops]),
                figure("Records that patrol made, last week"),
            ),
        },
    )


def _course(found: Found) -> ResultTable:
    weeks = np.unique(np.linspace(0, found.asked.weeks - 1, _POINTS).astype(int))
    rows = [(name, week) for name in VARIANTS for week in weeks]
    tops = np.array([found.loops[name].top[week] for name, week in rows])
    return ResultTable.of(
        "Patrol in the areas most patrolled at first, week by week",
        {
            "variant": ([NAMES[name] for name, _ in rows], key("Finds")),
            "week": (pa.array([int(week) + 1 for _, week in rows]), key("Week", "integer")),
            "share": (numbers(tops.mean(axis=1)), figure("Share of patrol")),
            "low": (numbers(np.quantile(tops, 0.025, axis=1)), figure("Of runs, at least")),
            "high": (numbers(np.quantile(tops, 0.975, axis=1)), figure("Of runs, at most")),
        },
    )


def _assumptions(found: Found) -> ResultTable:
    rows = found.assumptions
    return ResultTable.of(
        "The rule as it is, under other assumptions",
        {
            "reported": ([f"{one.reported:.0%} reported" for one in rows], key("Reported")),
            "detection": (
                [f"{one.detection:.0%} found" for one in rows],
                key("Of the others, found by an even patrol"),
            ),
            "more": (
                numbers([one.kept for one in rows]),
                figure("Patrol kept by its own finds"),
            ),
            "feeds": (
                pa.array([one.feeds for one in rows]),
                figure("Feeds on itself", "yes_no"),
            ),
        },
    )


def _burden(found: Found) -> ResultTable:
    names = [*(NAMES[name] for name in VARIANTS), "Patrol by what happens"]
    values = [*(found.burdens[name] for name in VARIANTS), found.even_burden]
    return ResultTable.of(
        f"Patrol that people of the group live with ({found.held.burdened_name}), over everybody's",
        {
            "variant": (names, key("Finds")),
            "burden": (numbers(values), figure("Times everybody's", "two")),
        },
    )


def _totals(found: Found) -> ResultTable:
    plain, still = found.loops["plain"], found.loops["no-feedback"]
    kept, months = found.kept, found.held.months
    feeding = sum(one.feeds for one in found.assumptions)
    return ResultTable.of(
        "Totals",
        {
            "n": count(found.held.counts.used, "Records in areas"),
            "areas": number(len(found.held.areas), "Areas"),
            "weeks": number(found.asked.weeks, "Weeks"),
            "runs": number(found.asked.runs, "Runs"),
            "first": (
                numbers([plain.top[0].mean()]),
                figure("Patrol in the areas most patrolled at first"),
            ),
            "kept": (numbers([_end(plain.top).mean()]), figure("The same at the end")),
            "still": (
                numbers([_end(still.top).mean()]),
                figure("The same if patrol found alike everywhere"),
            ),
            "more": (numbers([kept.mean()]), figure("Kept by its own finds")),
            "more_low": (numbers([np.quantile(kept, 0.025)]), figure("Of runs, at least")),
            "more_high": (numbers([np.quantile(kept, 0.975)]), figure("Of runs, at most")),
            "corrected": (
                numbers([_end(found.loops["corrected"].top).mean()]),
                figure("With finds weighed by patrol"),
            ),
            "reports": (
                numbers([_end(found.loops["reports-only"].top).mean()]),
                figure("With reports alone"),
            ),
            "reported": (numbers([found.asked.reported]), figure("Taken to be reported")),
            "detection": (
                numbers([found.asked.detection]),
                figure("Of the others, found by an even patrol"),
            ),
            "assumptions": number(len(found.assumptions), "Other assumptions tried"),
            "feeding": number(feeding, "Of these, rule feeds on itself"),
            "months": number(len(months.covered), "Months"),
            "months_missing": number(len(months.missing), "Months missing"),
            "not_placed": count(found.held.counts.not_placed, "Records without an area"),
        },
    )


def _records_used(found: Found) -> ResultTable:
    counts = found.held.counts
    return records_used(
        found.held.kind,
        {
            "used": (counts.used, "Used"),
            "not_placed": (counts.not_placed, "Without an area"),
            "outside": (counts.outside, "In an area that is not in use"),
            "other_vintage": (counts.other_vintage, "Of another vintage"),
            "other_category": (found.held.others, "Of other categories"),
        },
    )
