"""The tables of the leading definition by group, and by hour of the week."""

import numpy as np

from peelian.analysis.demand.share.asked import OF
from peelian.analysis.demand.share.columns import INTERVAL, REST, counts_and_hours
from peelian.analysis.demand.share.counting import TIMES
from peelian.analysis.demand.share.found import Found
from peelian.analysis.demand.share.groups import NONE, Grouped
from peelian.analysis.demand.share.overlap import measure
from peelian.columns import counted, figure, key, named, numbers, texts, whole
from peelian.results import Form, ResultTable
from peelian.schema import code_list

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LISTS = {"category": "incident_category", "grade": "grade"}


def grouped_tables(found: Found) -> dict[str, ResultTable]:
    """Return a table for each way of grouping, and one for the hours of the week."""
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
    columns = counts_and_hours(
        shares.marked, shares.whole, timed, fixed, beside, {"within": one.by}
    )
    rest = tuple(name for name in (*REST, "hours", "of_hours") if name in columns)
    form: Form = "integer" if one.by == "hour" else "text"
    what = key(_HEADINGS[one.by], form, below_district=one.by == "area")
    held = (
        whole([None if name == NONE else int(name) for name in one.names])
        if one.by == "hour"
        else texts(one.names)
    )
    return ResultTable.of(
        f"{lead.title}: share of {OF[shares.denominator]} by {one.by}",
        {
            one.by: (held, what),
            f"{one.by}_name": (texts(names_of(found, one)), named(_NAMED[one.by])),
            **columns,
            "share": (numbers(shares.value), figure("Share", of=rest)),
            "low": (numbers(shares.low), figure("Low", of=rest, note=INTERVAL)),
            "high": (numbers(shares.high), figure("High", of=rest, note=INTERVAL)),
        },
        sums_over=(one.by,),
    )


def _of_group(found: Found, by: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is fixed of the marked and of all records of a group."""
    name = {"measure": f"{measure(found)} by {by}"}
    everyone = bool(found.counted.everyone_asked[0])
    return name | {"marked": "true"}, name if everyone else name | {"marked": "asked"}


_NO_HOUR = 24  # its place in a day, behind the hours
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
    known = dict(found.districts) if one.by == "district" else {}
    if one.by == "hour":
        known = {str(hour): f"{hour:02d}:00" for hour in range(24)}
    if one.by in _LISTS:
        known = {code.code: code.label for code in code_list(_LISTS[one.by]).codes}
    known = {NONE: f"Without {'an' if one.by in ('hour', 'area') else 'a'} {one.by}", **known}
    return [known.get(name, name) for name in one.names]


def _week(found: Found) -> ResultTable:
    """Return the leading definition's share in every hour of the week, of incidents.

    Each day has a row more where some incidents have no hour, so that all less the hours does not
    tell how few of them are marked.
    """
    held, lead = found.counted.groups["hour"], found.lead
    hours = [_NO_HOUR if hour is None else int(hour) for hour in held.keys["group"]]
    a_day = 24 + (_NO_HOUR in hours)
    weekday = (held.keys["day"].astype(int) + 3) % 7  # the epoch was a Thursday
    at, n = weekday * a_day + np.array(hours, dtype=np.int64), held.sums["incidents"]
    marked, all_ = (
        np.bincount(at, n * mask[:, 0], minlength=7 * a_day) for mask in (held.met, held.asked)
    )
    share = np.divide(marked, all_, out=np.full(7 * a_day, np.nan), where=all_ > 0)
    fixed, beside = _of_group(found, "week")
    each_hour = [None if hour == _NO_HOUR else hour for hour in range(a_day)]
    note = "Empty: without an hour." if None in each_hour else ""
    return ResultTable.of(
        f"{lead.title}: share of incidents by hour of the week",
        {
            "weekday": (texts(np.repeat(DAYS, a_day)), key("Day")),
            "hour": (whole(each_hour * 7), key("Hour", "integer", note=note)),
            "n": (whole(marked), counted("Marked", where=fixed)),
            "of_n": (whole(all_), counted("Of", where=beside)),
            "share": (numbers(share), figure("Share", of=REST)),
        },
        sums_over=("weekday", "hour"),
    )
