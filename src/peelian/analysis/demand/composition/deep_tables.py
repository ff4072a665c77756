"""The tables of what records hold besides their number: time, blanks, codes, grades, hours."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.composition.blanks import FIELDS, Blanks
from peelian.analysis.demand.composition.codes import DAYS, Flows, Grades, code_names
from peelian.analysis.demand.composition.counting import Kind
from peelian.analysis.demand.composition.deep import Deep
from peelian.analysis.demand.composition.work import Work, ranks_of
from peelian.results import Field, Form, ResultTable

# A category is ranked if it has this share of the incidents or of any measure of time.
_RANKED = 0.01
_HOUR = 60.0


def deep_tables(deep: Deep) -> dict[str, ResultTable]:
    """Return the tables, by name; none for what the records do not hold."""
    tables: dict[str, ResultTable] = {}
    kind = deep.incidents
    if kind is not None and deep.work:
        tables["time"] = _time(deep.work)
        tables["time_by_category"] = _time_by_category(deep.work, kind)
        tables["time_known"] = _time_known(deep.work, kind)
        tables["time_ratio"] = _time_ratio(deep.work[0], kind)
        tables["ranks"] = _ranks(deep.work, kind)
        tables["time_totals"] = _time_totals(tables["ranks"], deep.work)
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


def _figure(
    label: str, form: Form = "percent", *, unit: str = "", of: tuple[str, ...] = (), note: str = ""
) -> Field:
    return Field(role="figure", label=label, form=form, unit=unit, of=of, note=note)


def _count(label: str) -> Field:
    return Field(role="count", label=label, form="integer")


def _key(label: str) -> Field:
    return Field(role="key", label=label)


def _whole(values: Any) -> pa.Array:
    return pa.array(np.rint(np.asarray(values, float)).astype(np.int64), pa.int64())


def _numbers(values: Any) -> pa.Array:
    held = np.asarray(values, dtype=float)
    return pa.array(held, pa.float64(), mask=~np.isfinite(held))


def _hours_field(of: str) -> Field:
    """Return what hours are: an amount, held back where one incident made most of it."""
    return Field(
        role="amount",
        label="Hours",
        form="one",
        of=(of,),
        largest=("largest", "second"),
        note="Capped: no incident counts more than the cap.",
    )


def _part(values: Any, label: str) -> tuple[pa.Array, Field]:
    return _numbers(np.asarray(values, float) / _HOUR), Field(role="part", label=label)


def _time(work: tuple[Work, ...]) -> ResultTable:
    tops = [np.sort(np.concatenate([one.largest, one.second]))[::-1][:2] for one in work]
    taken = np.array([one.minutes.sum() / max(one.some.sum(), 1) for one in work])
    of = ("some",)
    return ResultTable.of(
        "What incidents took, by each measure of time",
        {
            "time": ([one.name for one in work], _key("Measure")),
            "measured": (_whole([one.measured.sum() for one in work]), _count("Known")),
            "some": (_whole([one.some.sum() for one in work]), _count("That took any")),
            "unknown": (
                _whole([(one.records - one.measured).sum() for one in work]),
                _count("Not known"),
            ),
            "hours": (
                _numbers([one.minutes.sum() / _HOUR for one in work]),
                _hours_field("some"),
            ),
            "largest": _part([top[0] for top in tops], "Largest part"),
            "second": _part([top[1] for top in tops], "Second largest part"),
            "mean": (
                _numbers(taken),
                _figure("Mean", "one", unit="minutes", of=of, note="Of those that took any."),
            ),
            "median": (
                _numbers([one.middle for one in work]),
                _figure("Median", "one", unit="minutes", of=of),
            ),
            "cap": (
                _numbers([one.cap for one in work]),
                _figure("Cap", "integer", unit="minutes"),
            ),
            "over": (_whole([one.over.sum() for one in work]), _count("Over the cap")),
            "over_share": (
                _numbers([one.over.sum() / max(one.some.sum(), 1) for one in work]),
                _figure("Share over the cap", of=("over", "some")),
            ),
            "cut": (
                _numbers([1 - one.minutes.sum() / one.uncapped.sum() for one in work]),
                _figure("Time cut off by it", of=("over", "some")),
            ),
        },
        sums_over=(),
    )


def _time_by_category(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    rows = [(one, i) for one in work for i in np.argsort(-one.share.amount, kind="stable")]
    rows = [(one, i) for one, i in rows if one.measured[i]]

    def column(get: Any) -> list[float]:
        return [get(one)[i] for one, i in rows]

    some = ("some", "hours")
    return ResultTable.of(
        "Share of the time beside share of the incidents, by category",
        {
            "time": ([one.name for one, _ in rows], _key("Measure")),
            "category": ([kind.categories[i] for _, i in rows], _key("Category code")),
            "category_name": (
                [kind.labels[i] for _, i in rows],
                Field(role="label", label="Category"),
            ),
            "some": (_whole(column(lambda one: one.some)), _took()),
            "hours": (
                _numbers([one.minutes[i] / _HOUR for one, i in rows]),
                _hours_field("some"),
            ),
            "largest": _part(column(lambda one: one.largest), "Largest part"),
            "second": _part(column(lambda one: one.second), "Second largest part"),
            "records_share": (
                _numbers(column(lambda one: one.share.records)),
                _figure("Of incidents", of=some, note="Of those whose time is known."),
            ),
            "time_share": (
                _numbers(column(lambda one: one.share.amount)),
                _figure("Of the time", of=some),
            ),
            "ratio": (
                _numbers(column(lambda one: one.share.ratio)),
                _figure("Ratio", "two", of=some, note=_RATIO),
            ),
            "low": (
                _numbers(column(lambda one: one.share.low)),
                _figure("At least", "two", of=some),
            ),
            "high": (
                _numbers(column(lambda one: one.share.high)),
                _figure("At most", "two", of=some),
            ),
            "mean": (
                _numbers(column(lambda one: one.mean)),
                _figure("Mean", "one", unit="minutes", of=some),
            ),
            "median": (
                _numbers(column(lambda one: one.median)),
                _figure("Median", "one", unit="minutes", of=some),
            ),
            "over_share": (
                _numbers([one.over[i] / max(one.some[i], 1) for one, i in rows]),
                _figure("Over the cap", of=some),
            ),
        },
        sums_over=("category",),
    )


_RATIO = "Share of the time over share of the incidents, with its 95% interval; one: as all do."


_TOOK = "took some"


def _took(one: Work | None = None) -> Field:
    """Return what a number of incidents that took time is: the same that `time_known` counts.

    So the door holds it back wherever those that took none, or whose time is not known, are few:
    they could be had by taking it from all.
    """
    of = {} if one is None else {"time": one.name}
    return Field(
        role="count",
        label="That took any" if one is None else f"That took {one.name}",
        form="integer",
        where={"measure": "incidents by the time they took", "state": _TOOK, **of},
    )


def _time_known(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    """Return how many incidents of each category took time, took none, or do not say."""
    rows = [(one, i) for one in work for i in range(len(kind.categories)) if one.records[i]]
    held = np.array([
        (one.some[i], one.measured[i] - one.some[i], one.records[i] - one.measured[i])
        for one, i in rows
    ])  # fmt: skip
    states = (_TOOK, "took none", "not known")
    return ResultTable.of(
        "Incidents that took time, took none, or do not say, by category",
        {
            "time": ([one.name for one, _ in rows for _ in states], _key("Measure")),
            "category": ([kind.categories[i] for _, i in rows for _ in states], _key("Category")),
            "state": ([state for _ in rows for state in states], _key("They")),
            "n": (
                _whole(held.ravel()),
                Field(
                    role="count",
                    label="Incidents",
                    form="integer",
                    where={"measure": "incidents by the time they took"},
                ),
            ),
        },
        sums_over=("category", "state"),
    )


def _time_ratio(one: Work, kind: Kind) -> ResultTable:
    """Return the ratios of the first measure alone, those told surely, for its picture."""
    large = np.flatnonzero((one.share.records >= _RANKED) & np.isfinite(one.share.low))
    order = large[np.argsort(-one.share.ratio[large], kind="stable")]
    of = ("some",)
    return ResultTable.of(
        f"{one.name.capitalize()}: share of the time over share of incidents, larger categories",
        {
            "category": ([kind.categories[i] for i in order], _key("Category code")),
            "category_name": (
                [kind.labels[i] for i in order],
                Field(role="label", label="Category"),
            ),
            "some": (_whole(one.some[order]), _took(one)),
            "ratio": (_numbers(one.share.ratio[order]), _figure("Ratio", "two", of=of)),
            "low": (_numbers(one.share.low[order]), _figure("At least", "two", of=of)),
            "high": (_numbers(one.share.high[order]), _figure("At most", "two", of=of)),
        },
        sums_over=("category",),
    )


def _ranks(work: tuple[Work, ...], kind: Kind) -> ResultTable:
    share = kind.by_category / kind.total
    large = np.stack([share, *(one.share.amount for one in work)]).max(axis=0) >= _RANKED
    order = np.flatnonzero(large)
    records = ranks_of(share[order])
    places = np.stack([ranks_of(one.share.amount[order]) for one in work])
    moved = np.ptp(places, axis=0)
    columns: dict[str, tuple[Any, Field]] = {
        "category": ([kind.categories[i] for i in order], _key("Category code")),
        "category_name": (
            [kind.labels[i] for i in order],
            Field(role="label", label="Category"),
        ),
        "n": (
            _whole(kind.by_category[order]),
            Field(
                role="count",
                label="Incidents",
                form="integer",
                where={"measure": "n", "records": "incidents"},
            ),
        ),
        "records_share": (_numbers(share[order]), _figure("Of incidents", of=("n",))),
        "records_rank": (_whole(records), _figure("Place by incidents", "integer", of=("n",))),
    }
    for one, ranks in zip(work, places, strict=True):
        name = one.measure
        columns |= {
            f"{name}_some": (_whole(one.some[order]), _took(one)),
            f"{name}_share": (
                _numbers(one.share.amount[order]),
                _figure(f"Of {one.name}", of=("n", f"{name}_some")),
            ),
            f"{name}_rank": (
                _whole(ranks),
                _figure(f"Place by {one.name}", "integer", of=("n", f"{name}_some")),
            ),
        }
    some = tuple(f"{one.measure}_some" for one in work)
    columns["moved"] = (
        _whole(moved),
        _figure("Places moved between measures", "integer", of=("n", *some), note=_MOVED),
    )
    return ResultTable.of(
        "Places of the larger categories, by incidents and by each measure of time",
        columns,
        sums_over=("category",),
    )


_MOVED = "From its best to its worst place among the measures of time. Nought: they agree."


def _time_totals(ranks: ResultTable, work: tuple[Work, ...]) -> ResultTable:
    moved = np.asarray(ranks.data["moved"], dtype=np.int64)
    return ResultTable.of(
        "What the measures of time agree on",
        {
            "ranked": (_whole([len(moved)]), _figure("Categories compared", "integer")),
            "moved": (
                _whole([int((moved > 0).sum())]),
                _figure("Of those, that change place between measures", "integer"),
            ),
            "measures": (_whole([len(work)]), _figure("Measures of time", "integer")),
            "even": (_numbers([1.0]), _figure("As the average incident", "integer")),
        },
    )


def furthest(ranks: ResultTable) -> int:
    """Return the row of the category that changes place the most between measures."""
    return int(np.argmax(np.asarray(ranks.data["moved"])))


def _hours(grid: np.ndarray) -> ResultTable:
    cells = [(day, hour) for day in range(7) for hour in range(24)]
    return ResultTable.of(
        "Incidents by hour of the week, when they were reported",
        {
            "weekday": ([DAYS[day] for day, _ in cells], _key("Day")),
            "hour": ([f"{hour:02}" for _, hour in cells], _key("Hour")),
            "n": (_whole([grid[cell] for cell in cells]), _count("Incidents")),
        },
        sums_over=("weekday", "hour"),
        where={"records": "incidents"},
    )


def _grades(grades: Grades) -> ResultTable:
    return ResultTable.of(
        "Incidents by grade",
        {
            "grade": (list(grades.grades), _key("Grade code")),
            "grade_name": (list(grades.labels), Field(role="label", label="Grade")),
            "n": (_whole(grades.n), _count("Incidents")),
            "share": (_numbers(grades.n / grades.n.sum()), _figure("Share", of=("n",))),
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
            "grade": ([grades.grades[i] for i, _ in rows], _key("Grade code")),
            "grade_name": (
                [grades.labels[i] for i, _ in rows],
                Field(role="label", label="Grade"),
            ),
            "sent": (["sent" if yes else "not sent" for _, yes in rows], _key("A unit was")),
            "n": (_whole(n), _count("Incidents")),
            "share": (
                _numbers([part / grades.n[i] for part, (i, _) in zip(n, rows, strict=True)]),
                _figure("Of the grade", of=("n",)),
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
            "opening": ([flows.opening[i] for i, _ in rows], _key("Opening code")),
            "opening_name": ([opened[i] for i, _ in rows], Field(role="label", label="Opened as")),
            "closing": ([flows.closing[j] for _, j in rows], _key("Closing code")),
            "closing_name": ([closed[j] for _, j in rows], Field(role="label", label="Closed as")),
            "n": (_whole([flows.n[cell] for cell in rows]), _count("Incidents")),
            "share": (
                _numbers([flows.n[i, j] / of_opening[i] for i, j in rows]),
                _figure("Of those opened so", of=("n",)),
            ),
        },
        sums_over=("opening", "closing"),
    )


def _flow_totals(flows: Flows) -> ResultTable:
    return ResultTable.of(
        "Opening and closing codes",
        {
            "both": (_whole([flows.both]), _count("Incidents with both codes")),
            "same": (_whole([flows.same]), _count("Closed as they were opened")),
            "changed_share": (
                _numbers([1 - flows.same / flows.both]),
                _figure("Share closed under another code", of=("both", "same")),
            ),
        },
    )


def _missing(every: tuple[Blanks, ...]) -> ResultTable:
    rows = [(one, i) for one in every for i in range(len(one.fields))]
    return _states(
        "What is filled in, and what is empty",
        [one.missing[i] for one, i in rows],
        [one.n for one, _ in rows],
        records=([one.records for one, _ in rows], _key("Records")),
        field=([one.fields[i] for one, i in rows], _key("Field")),
        field_name=(
            [FIELDS[one.records][one.fields[i]] for one, i in rows],
            Field(role="label", label="What it says"),
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
        records=([one.records for one, _, _ in rows], _key("Records")),
        field=([one.fields[i] for one, i, _ in rows], _key("Field")),
        category=([one.categories[j] for one, _, j in rows], _key("Category code")),
        category_name=(
            [names[one.records, one.categories[j]] for one, _, j in rows],
            Field(role="label", label="Category"),
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
            "state": (["empty", "filled"] * len(n), _key("It is")),
            "n": (_whole(held), _count("Records")),
            "share": (
                _numbers(held / np.repeat(np.asarray(n, float), 2)),
                _figure("Share", of=("n",), note=_EMPTY),
            ),
        },
        sums_over=("state",),
    )  # fmt: skip


_EMPTY = (
    "Empty is not always missing: where no unit was sent there is no moment of sending or arriving."
)
