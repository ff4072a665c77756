"""The tables of what records hold besides their number: codes, grades, hours and blanks."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition import work_tables
from peelian.analysis.demand.composition.blanks import FIELDS, Blanks
from peelian.analysis.demand.composition.codes import DAYS, Flows, Grades, code_names
from peelian.analysis.demand.composition.deep import Deep
from peelian.columns import counted, figure, key, named, numbers, whole
from peelian.results import Field, ResultTable


# A category is ranked if it has this share of the incidents or of any measure of time.
def deep_tables(deep: Deep) -> dict[str, ResultTable]:
    """Return the tables, by name; none for what the records do not hold."""
    tables: dict[str, ResultTable] = {}
    kind = deep.incidents
    if kind is not None and deep.work:
        tables["time"] = work_tables.time(deep.work)
        tables["time_by_category"] = work_tables.time_by_category(deep.work, kind)
        tables["time_known"] = work_tables.time_known(deep.work, kind)
        tables["time_ratio"] = work_tables.time_ratio(deep.work[0], kind)
        tables["ranks"] = work_tables.ranks(deep.work, kind)
        tables["time_totals"] = work_tables.time_totals(tables["ranks"], deep.work)
    if deep.hours is not None:
        tables["hour_of_week"] = _hours(deep.hours)
    if deep.grades is not None:
        tables["by_grade"] = _grades(deep.grades)
        if deep.grades.sent is not None:
            tables["sent_by_grade"] = _sent(deep.grades, deep.grades.sent)
    if deep.flows is not None:
        tables["flows"] = _flows(deep.flows)
        tables["flow_totals"] = _flow_totals(deep.flows)
    if deep.blanks:
        tables["missing"] = _missing(deep.blanks)
        if any(len(blanks.partly) and blanks.categories for blanks in deep.blanks):
            tables["missing_by_category"] = _missing_by_category(deep)
    return tables


def _hours(grid: np.ndarray) -> ResultTable:
    cells = [(day, hour) for day in range(7) for hour in range(24)]
    return ResultTable.of(
        "Incidents by hour of the week, when they were reported",
        {
            "weekday": ([DAYS[day] for day, _ in cells], key("Day")),
            "hour": ([f"{hour:02}" for _, hour in cells], key("Hour")),
            "n": (whole([grid[cell] for cell in cells]), counted("Incidents")),
        },
        sums_over=("weekday", "hour"),
        where={"records": "incidents"},
    )


def _grades(grades: Grades) -> ResultTable:
    return ResultTable.of(
        "Incidents by grade",
        {
            "grade": (list(grades.grades), key("Grade code")),
            "grade_name": (list(grades.labels), named("Grade")),
            "n": (whole(grades.n), counted("Incidents")),
            "share": (numbers(grades.n / grades.n.sum()), figure("Share", of=("n",))),
        },
        sums_over=("grade",),
        where={"records": "incidents"},
    )


def _sent(grades: Grades, sent: np.ndarray) -> ResultTable:
    """Return a row for those sent to and one for the others: few of either tell of the other."""
    rows = [(i, yes) for i in range(len(grades.grades)) for yes in (True, False)]
    n = np.array([sent[i] if yes else grades.n[i] - sent[i] for i, yes in rows])
    return ResultTable.of(
        "Whether a unit was sent, by grade",
        {
            "grade": ([grades.grades[i] for i, _ in rows], key("Grade code")),
            "grade_name": (
                [grades.labels[i] for i, _ in rows],
                named("Grade"),
            ),
            "sent": (["sent" if yes else "not sent" for _, yes in rows], key("A unit was")),
            "n": (whole(n), counted("Incidents")),
            "share": (
                numbers([part / grades.n[i] for part, (i, _) in zip(n, rows, strict=True)]),
                figure("Of the grade", of=("n",)),
            ),
        },
        sums_over=("grade", "sent"),
        where={"records": "incidents"},
    )


def _flows(flows: Flows) -> ResultTable:
    rows = [
        (i, j)
        for i in range(len(flows.opening))
        for j in np.argsort(-flows.n[i], kind="stable")
        if flows.n[i, j]
    ]
    opened, closed = code_names(flows.opening), code_names(flows.closing)
    of_opening = flows.n.sum(axis=1)
    return ResultTable.of(
        "From the code incidents were opened under to the one they were closed under",
        {
            "opening": ([flows.opening[i] for i, _ in rows], key("Opening code")),
            "opening_name": ([opened[i] for i, _ in rows], named("Opened as")),
            "closing": ([flows.closing[j] for _, j in rows], key("Closing code")),
            "closing_name": ([closed[j] for _, j in rows], named("Closed as")),
            "n": (whole([flows.n[cell] for cell in rows]), counted("Incidents")),
            "share": (
                numbers([flows.n[i, j] / of_opening[i] for i, j in rows]),
                figure("Of those opened so", of=("n",)),
            ),
        },
        sums_over=("opening", "closing"),
    )


def _flow_totals(flows: Flows) -> ResultTable:
    return ResultTable.of(
        "Opening and closing codes",
        {
            "both": (whole([flows.both]), counted("Incidents with both codes")),
            "same": (whole([flows.same]), counted("Closed as they were opened")),
            "changed_share": (
                numbers([1 - flows.same / flows.both]),
                figure("Share closed under another code", of=("both", "same")),
            ),
        },
    )


def _missing(every: tuple[Blanks, ...]) -> ResultTable:
    rows = [(one, i) for one in every for i in range(len(one.fields))]
    return _states(
        "What is filled in, and what is empty",
        [one.missing[i] for one, i in rows],
        [one.n for one, _ in rows],
        records=([one.records for one, _ in rows], key("Records")),
        field=([one.fields[i] for one, i in rows], key("Field")),
        field_name=(
            [FIELDS[one.records][one.fields[i]] for one, i in rows],
            named("What it says"),
        ),
    )


def _missing_by_category(deep: Deep) -> ResultTable:
    names: dict[tuple[str, str], str] = {}
    rows = []
    for one in deep.blanks:
        names |= {(one.records, code): code for code in one.categories}
        rows += [
            (one, i, j) for i in one.partly for j, n in enumerate(one.by_category) if n
        ] * bool(one.categories)  # fmt: skip
    for kind in deep.kinds:
        pairs = zip(kind.categories, kind.labels, strict=True)
        names |= {(kind.name, code): label for code, label in pairs}
    return _states(
        "What some records have and others have not, by category",
        [one.missing_by_category[i, j] for one, i, j in rows],
        [one.by_category[j] for one, _, j in rows],
        records=([one.records for one, _, _ in rows], key("Records")),
        field=([one.fields[i] for one, i, _ in rows], key("Field")),
        category=([one.categories[j] for one, _, j in rows], key("Category code")),
        category_name=(
            [names[one.records, one.categories[j]] for one, _, j in rows],
            named("Category"),
        ),
    )


def _states(
    caption: str, missing: list[Any], n: list[Any], **told: tuple[list[str], Field]
) -> ResultTable:
    """Return a row for the empty and one for the filled: few of either tell of the other."""
    held = np.stack([np.asarray(missing), np.asarray(n) - np.asarray(missing)], axis=1).ravel()
    twice = {name: (list(np.repeat(values, 2)), field) for name, (values, field) in told.items()}
    return ResultTable.of(
        caption,
        {
            **{name: (pa.array(values, pa.string()), field) for name, (values, field) in
               twice.items()},
            "state": (["empty", "filled"] * len(n), key("It is")),
            "n": (whole(held), counted("Records")),
            "share": (
                numbers(held / np.repeat(np.asarray(n, float), 2)),
                figure("Share", of=("n",), note=_EMPTY),
            ),
        },
        sums_over=("state",),
    )  # fmt: skip


_EMPTY = (
    "Empty is not always missing: where no unit was sent there is no moment of sending or arriving."
)
