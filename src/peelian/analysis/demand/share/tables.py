"""The tables of shares: definitions by denominators, choices, groups, time, and what is refused."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.counting import TIMES
from peelian.analysis.demand.share.found import Choice, Found
from peelian.analysis.demand.share.groups import Grouped
from peelian.analysis.demand.share.measured import RULES, Sums
from peelian.analysis.demand.share.overlap import cells, combinations, measure, pairs, steps
from peelian.definitions import Published
from peelian.results import Field, Form, ResultTable
from peelian.schema import code_list

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LISTS = {"category": "incident_category", "grade": "grade"}
_INTERVAL = (
    "Where the share of the process lies in 95 of 100 such periods: runs of days, and callers, as "
    "if drawn again."
)
_REST = ("n", "of_n")
Columns = dict[str, tuple[Any, Field]]


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of shares, by name."""
    return {
        "shares": _shares(found),
        "choices": _choices(found),
        "combinations": combinations(found),
        "pairs": pairs(found),
        **({"steps": steps(found)} if found.target is not None else {}),
        **_grouped_tables(found),
        "minutes": _minutes(found),
        "published": _published(found),
        "cannot": _cannot(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
        "cells": cells(found),
    }


def text(values: Sequence[object]) -> pa.Array:
    """Return words as Arrow, none of them where there is none."""
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def numbers(values: Any) -> pa.Array:
    """Return figures as Arrow, NaN as none."""
    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def whole(values: Any) -> pa.Array:
    """Return counts as whole numbers."""
    return pa.array(np.rint(np.asarray(values, dtype=float)).astype(np.int64))


def _figure(label: str, form: Form = "percent", of: Sequence[str] = _REST, **rest: Any) -> Field:
    return Field(role="figure", label=label, form=form, of=tuple(of), **rest)


def _shares(found: Found) -> ResultTable:
    """Return the definition table: every definition in every denominator, others' beside it."""
    rows = found.plain
    near = [found.definitions[c.at].anchor(c.shares.denominator) for c in rows]
    low, high = zip(*(_ends(one) for one in near), strict=True) if rows else ((), ())
    return ResultTable.of(
        "Share of the work, by definition and denominator",
        {
            **_keys(found, rows),
            **_measured(found, rows),
            "published_low": (numbers(low), _label("Published from", form="percent")),
            "published_high": (numbers(high), _label("Published to", form="percent")),
            "published_by": (text([one and _whose(one) for one in near]), _label("Published by")),
        },
        sums_over=(),
    )


def _label(label: str, **rest: Any) -> Field:
    return Field(role="label", label=label, **rest)


def _ends(one: Published | None) -> tuple[float, float]:
    if one is None:
        return np.nan, np.nan
    low = one.share if one.low is None else one.low
    high = one.share if one.high is None else one.high
    return (np.nan if low is None else low), (np.nan if high is None else high)


def _whose(one: Published) -> str:
    return ", ".join(part for part in (one.source, one.where, one.when) if part)


def _keys(found: Found, rows: Sequence[Choice]) -> Columns:
    names = [found.definitions[choice.at] for choice in rows]
    of = [choice.shares.denominator for choice in rows]
    return {
        "definition": (
            text([one.name for one in names]),
            Field(role="key", label="Definition, by name"),
        ),
        "definition_name": (text([one.title for one in names]), _label("Definition")),
        "denominator": (text(of), Field(role="key", label="Denominator, by name", picks="true")),
        "denominator_name": (text([f"Of {OF[name]}" for name in of]), _label("Denominator")),
    }


def _measured(found: Found, rows: Sequence[Choice], **fixed: str) -> Columns:
    """Return counts, hours, shares and intervals, a row a choice."""
    at = [(choice.shares, choice.at) for choice in rows]
    timed = np.array([shares.denominator in TIMES for shares, _ in at], dtype=bool)
    marked = _gathered([(shares.marked, i) for shares, i in at])
    all_ = _gathered([(shares.whole, i) for shares, i in at])
    fixed = {"measure": measure(found), **fixed}
    # Hours of unlike denominators add up to nothing, so each is a matter of its own.
    own = {"denominator": "denominator", "rule": "rule"}
    own |= {} if "rule" in fixed else {"rule": ""}
    columns = _counts_and_hours(
        marked,
        all_,
        timed,
        # What the overlap must hide of a definition's total, this may not tell.
        fixed | {"marked": "true", "alike": "definition/denominator"},
        fixed,
        own,
    )
    rest = tuple(name for name in (*_REST, "hours", "of_hours") if name in columns)
    for name, label in (("value", "Share"), ("low", "Low"), ("high", "High")):
        held = [getattr(shares, name)[i] for shares, i in at]
        note = _INTERVAL if name != "value" else "Of the records that anybody could tell of."
        columns["share" if name == "value" else name] = (
            numbers(held),
            _figure(label, of=rest, note=note),
        )
    if found.counted.draws:
        for end, name in enumerate(("Low", "High")):
            held = [shares.drawn[end][i] if shares.drawn else np.nan for shares, i in at]
            label = f"{name}, by bootstrap"
            columns[f"drawn_{name.lower()}"] = (numbers(held), _figure(label, of=rest))
    return columns


def _gathered(parts: Sequence[tuple[Sums, int]]) -> Sums:
    columns = [
        np.array([getattr(sums, name)[i] for sums, i in parts], dtype=float)
        for name in ("n", "amount", "largest")
    ]
    return Sums(*columns)


def _counts_and_hours(
    marked: Sums,
    all_: Sums,
    timed: np.ndarray,
    fixed: Mapping[str, str],
    beside: Mapping[str, str],
    own: Mapping[str, str],
) -> Columns:
    """Return how many are marked, of how many; and where any row is of time, their hours."""
    columns: Columns = {
        "n": (
            whole(marked.n),
            Field(role="count", label="Marked", form="integer", where=fixed, note=_N),
        ),
        "of_n": (
            whole(all_.n),
            Field(role="count", label="Of", form="integer", where=beside, note=_N),
        ),
    }
    if not timed.any():
        return columns
    for name, of, sums, label in (
        ("hours", "n", marked, "Hours marked"),
        ("of_hours", "of_n", all_, "Of hours"),
    ):
        # The second largest part is not known: at most the largest, and at most what is left.
        second = np.minimum(sums.largest, np.maximum(sums.amount - sums.largest, 0.0))
        parts = (f"{name}_largest", f"{name}_second")
        columns[name] = (
            numbers(np.where(timed, sums.amount, np.nan)),
            Field(role="amount", label=label, form="integer", of=(of,), largest=parts, where=own),
        )  # fmt: skip
        for part, values in zip(parts, (sums.largest, second), strict=True):
            held = numbers(np.where(timed, values, np.nan))
            columns[part] = (held, Field(role="part", label="One incident's part"))
    return columns


_N = "Incidents, or contacts; of hours, incidents whose minutes are known."


def _choices(found: Found) -> ResultTable:
    """Return every share that could have been told, with the choices that make it."""
    rows = found.choices
    own = [i == found.leading for i in range(len(rows))]
    rules = [choice.shares.rule for choice in rows]
    said = [
        _rule_words(found, rule) if choice.shares.denominator in TIMES else "No minutes counted"
        for choice, rule in zip(rows, rules, strict=True)
    ]
    return ResultTable.of(
        "Share under each set of choices",
        {
            **_keys(found, rows),
            "rule": (text(rules), Field(role="key", label="Rule, by name", picks="true")),
            "rule_name": (text(said), _label("Minutes")),
            **_measured(found, rows, rule=""),  # a rule for minutes counts no other incidents
            "own": (pa.array(own, pa.bool_()), _label("Asked first", form="yes_no")),
        },
        sums_over=(),
    )


def _rule_words(found: Found, rule: str) -> str:
    if rule == "capped":
        return f"Capped at {found.wanted.cap_hours * 60:,.0f} an incident"
    return RULES[rule].capitalize()


def _grouped_tables(found: Found) -> dict[str, ResultTable]:
    tables = {f"by_{one.by}": _by_group(found, one) for one in found.groups}
    if any(one.by == "hour" for one in found.groups):
        tables["week"] = _week(found)
    return tables


def _by_group(found: Found, one: Grouped) -> ResultTable:
    """Return the leading definition's share within each group."""
    shares, lead = one.shares, found.lead
    timed = np.full(len(one.names), shares.denominator in TIMES)
    # A measure of its own, whose totals along the groups are taken to be known from elsewhere.
    fixed, beside = _of_group(found, one.by)
    columns = _counts_and_hours(
        shares.marked, shares.whole, timed, fixed, beside, {"within": one.by}
    )
    rest = tuple(name for name in (*_REST, "hours", "of_hours") if name in columns)
    key = Field(role="key", label=_HEADINGS[one.by], below_district=one.by == "area",
                form="integer" if one.by == "hour" else "text")  # fmt: skip
    held = pa.array([int(name) for name in one.names]) if one.by == "hour" else text(one.names)
    return ResultTable.of(
        f"{lead.title}: share of {OF[shares.denominator]} by {one.by}",
        {
            one.by: (held, key),
            f"{one.by}_name": (text(names_of(found, one)), _label(_NAMED[one.by])),
            **columns,
            "share": (numbers(shares.value), _figure("Share", of=rest)),
            "low": (numbers(shares.low), _figure("Low", of=rest, note=_INTERVAL)),
            "high": (numbers(shares.high), _figure("High", of=rest, note=_INTERVAL)),
        },
        sums_over=(one.by,),
    )


def _of_group(found: Found, by: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is fixed of the marked and of all records of a group."""
    name = {"measure": f"{measure(found)} by {by}"}
    everyone = bool(found.counted.everyone_asked[0])
    return name | {"marked": "true"}, name if everyone else name | {"marked": "asked"}


_HEADINGS = {
    "district": "District code",
    "category": "Category code",
    "grade": "Grade code",
    "hour": "Hour",
    "area": "Area code",
}
_NAMED = {
    "district": "District",
    "category": "Category",
    "grade": "Grade",
    "hour": "From",
    "area": "Area",
}


def names_of(found: Found, one: Grouped) -> list[str]:
    """Return what groups are called, in order."""
    if one.by == "hour":
        return [f"{int(name):02d}:00" for name in one.names]
    known = dict(found.districts) if one.by == "district" else {}
    if one.by in _LISTS:
        known = {code.code: code.label for code in code_list(_LISTS[one.by]).codes}
    return [known.get(name, name) for name in one.names]


def _week(found: Found) -> ResultTable:
    """Return the leading definition's share in every hour of the week, of incidents."""
    held, lead = found.counted.groups["hour"], found.lead
    inside = np.array([hour is not None for hour in held.keys["group"]])
    days = held.keys["day"][inside].astype(int)
    weekday = (days + 3) % 7  # the epoch was a Thursday
    hour = np.array(held.keys["group"][inside], dtype=np.int64)
    at, n = weekday * 24 + hour, held.sums["incidents"][inside]
    marked, all_ = (
        np.bincount(at, n * mask[inside, 0], minlength=7 * 24) for mask in (held.met, held.asked)
    )
    share = np.divide(marked, all_, out=np.full(7 * 24, np.nan), where=all_ > 0)
    fixed, beside = _of_group(found, "week")
    return ResultTable.of(
        f"{lead.title}: share of incidents by hour of the week",
        {
            "weekday": (text(np.repeat(DAYS, 24).tolist()), Field(role="key", label="Day")),
            "hour": (
                pa.array(np.tile(np.arange(24), 7)),
                Field(role="key", label="Hour", form="integer"),
            ),
            "n": (
                whole(marked),
                Field(role="count", label="Marked", form="integer", where=fixed),
            ),
            "of_n": (
                whole(all_),
                Field(role="count", label="Of", form="integer", where=beside),
            ),
            "share": (numbers(share), _figure("Share")),
        },
        sums_over=("weekday", "hour"),
    )  # fmt: skip


def _minutes(found: Found) -> ResultTable:
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
                text([time for time, *_ in rows]),
                Field(role="key", label="Minutes of", picks="true"),
            ),
            "marked": (
                pa.array([side for _, side, _ in rows]),
                Field(role="key", label=lead.title, form="yes_no"),
            ),
            "n": (
                whole(n),
                Field(role="count", label="With their minutes", form="integer", where=fixed),
            ),
            "missing": (
                whole(missing),
                Field(role="count", label="Without", form="integer",
                      where=fixed | {"time": "false"}),
            ),
            "share_missing": (
                numbers(np.divide(missing, n + missing, out=np.full(len(n), np.nan),
                                  where=n + missing > 0)),
                _figure("Share without", of=("n", "missing")),
            ),
            "beyond": (
                whole(beyond),
                Field(role="count", label="Longer than the cap", form="integer"),
            ),
        },
        sums_over=(),
    )  # fmt: skip


def _published(found: Found) -> ResultTable:
    """Return what others have published under these definitions, and whether it is like ours."""
    rows = [(one, said) for one in found.asked.definitions for said in one.published]
    usable = {shares.denominator for shares in found.shares}
    ends = [_ends(said) for _, said in rows]
    return ResultTable.of(
        "What others have published, for reference",
        {
            "number": (pa.array(range(1, len(rows) + 1), pa.int64()),
                       Field(role="key", label="Number", form="integer")),
            "definition_name": (text([one.title for one, _ in rows]), _label("Definition")),
            "low": (numbers([low for low, _ in ends]), _label("From", form="percent")),
            "high": (numbers([high for _, high in ends]), _label("To", form="percent")),
            "count": (pa.array([said.count for _, said in rows], pa.int64()),
                      _label("Number published", form="integer")),
            "of": (text([said.of or None for _, said in rows]), _label("Of")),
            "where": (text([_place(said) for _, said in rows]), _label("Where and when")),
            "comparable": (text([_comparable(said, usable) for _, said in rows]),
                           _label("Set beside ours", note=_BESIDE)),
            "source": (text([said.source for _, said in rows]), _label("Source")),
            "verification": (text([said.verification for _, said in rows]), _label("Verified")),
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


def _cannot(found: Found) -> ResultTable:
    """Return what was asked for and cannot be worked out here, with what would be needed."""
    rows = found.refused
    return ResultTable.of(
        "What cannot be worked out here, and what it needs",
        {
            "what": (text([one.what for one in rows]), Field(role="key", label="Asked for")),
            "kind": (text([one.kind for one in rows]), _label("A")),
            "found": (text([one.found for one in rows]), _label("Found")),
            "needs": (text([one.needs for one in rows]), _label("Needs")),
        },
        sums_over=(),
    )


def _totals(found: Found) -> ResultTable:
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
            **{name: ([value], Field(role="figure", label=label, form="integer"))
               for name, (value, label) in plain.items()},
            **{name: (whole([value]),
                      Field(role="count", label=label, form="integer"))
               for name, (value, label) in counts.items()},
            "undated": (whole([found.undated]),
                        Field(role="count", label="Incidents without a date", form="integer")),
            **{f"no_{by}": (whole([value]), Field(role="count", form="integer",
                                                  label=f"Incidents without {by}"))
               for by, value in none.items()},
            **{f"{one.by}_apart": (numbers([one.apart]), _apart(one.by)) for one in found.groups},
            "months_apart": (numbers([found.months_apart]), _apart("month")),
            "added": (numbers([lead.added[0] if lead else np.nan]),
                      _figure("Times wider for repeat callers", "two", of=("incidents",))),
        },
    )  # fmt: skip


def _apart(what: str) -> Field:
    return _figure(f"Times further apart than intervals say, by {what}", "one", of=("incidents",))


def _records_used(found: Found) -> ResultTable:
    rows = [("incidents", found.counted.incidents, found.undated)]
    if any(shares.denominator == "contacts" for shares in found.shares):
        rows.append(("contacts", found.counted.contacts.total, 0))
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": (text([row[0] for row in rows]), Field(role="key", label="Records")),
            "used": (whole([row[1] for row in rows]),
                     Field(role="count", label="Used", form="integer", where={"measure": "n"})),
            "undated": (whole([row[2] for row in rows]),
                        Field(role="count", label="Without a date", form="integer")),
        },
        sums_over=(),
    )  # fmt: skip
