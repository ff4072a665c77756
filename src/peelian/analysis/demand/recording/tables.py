"""The tables of need and recording: parts, signs, months, audits, and what would decide."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.recording.districts import Districts, Spread
from peelian.analysis.demand.recording.measured import LEVEL, Found, cells_of, shares_of
from peelian.analysis.demand.recording.monthly import by_month
from peelian.columns import count, figure, key, named, numbers
from peelian.results import Field, Form, ResultTable
from peelian.statistics.steps import steps_at
from peelian.statistics.two_signs import Part, one_part

STATES = {"changed": "changed", "steady": "steady", "open": "cannot tell"}
_INTERVAL = "95 of 100 such intervals hold the change."
_NEAR = "Holds the change in 90 of 100 cases; where it lies within the margin, the part is steady."
PANELS = (
    "Need, as the text tells it: logs with the words, of all logs",
    "Recording: logs flagged, of those with the words",
)


_NOWHERE = "In none of these"


def tables_of(found: Found, between: Districts | None) -> dict[str, ResultTable]:
    """Return every table, by name."""
    held = {
        "parts": _parts(found),
        "signs": _signs(found),
        "months": _months(found),
        "over_trend": _over_trend(found),
        "audits": _audits(found),
        "holds": _holds(found),
        "decides": _decides(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }
    if between:
        held["districts"], held["between"] = _districts(between), _between(between)
    return held


def _key(values: Sequence[Any], label: str, form: Form = "text") -> tuple[Any, Field]:
    return pa.array(list(values)), key(label, form)


def _label(values: Sequence[Any], label: str, form: Form = "text") -> tuple[Any, Field]:
    return pa.array(list(values), pa.string()), named(label, form)


def _changes(parts: Sequence[Part | None], of: tuple[str, ...]) -> dict[str, tuple[Any, Field]]:
    """Return changes and their intervals, after less before as a share of before."""

    def each(name: str) -> pa.Array:
        return numbers([None if p is None else np.expm1(getattr(p, name)) for p in parts])

    return {
        "change": (each("value"), figure("Change", of=of)),
        "low": (each("low"), figure("Low", of=of, note=_INTERVAL)),
        "high": (each("high"), figure("High", of=of, note=_INTERVAL)),
    }


def _parts(found: Found) -> ResultTable:
    parts = (found.need, found.recording, found.text)
    counted = found.counted
    of = ("n",)
    events = [counted.text.sum(), counted.both.sum(), counted.both.sum()]
    near = {
        name: numbers([np.expm1(getattr(p, name)) for p in parts])
        for name in ("near_low", "near_high")
    }
    return ResultTable.of(
        "What changed, from before to after",
        {
            "part": _key(("need", "recording", "text"), "Part"),
            "part_name": _label(
                ("Need", "Its being flagged", "The words in flagged logs"), "What it is"
            ),
            "n": count(events, "Logs it rests on"),
            **_changes(parts, of),
            "near_low": (near["near_low"], figure("Low, for no change", of=of, note=_NEAR)),
            "near_high": (near["near_high"], figure("High, for no change", of=of, note=_NEAR)),
            "state": _label([STATES[p.state] for p in parts], "Judged"),
        },
        sums_over=(),
    )


def _signs(found: Found) -> ResultTable:
    counted, after = found.counted, found.after
    rows: list[tuple[str, str, Any, Any]] = [
        ("text", "The words in the log", counted.total("told"), counted.total("text")),
        ("flag", "The flag", counted.total("calls"), counted.total("flag")),
        ("both", "Both, of all logs", counted.total("calls"), counted.total("both")),
        *((sign.name, sign.title, sign.told, sign.shown) for sign in counted.others),
    ]
    changes = [_own_step(found, hits, of) for *_, of, hits in rows]

    told, shown = [row[2] for row in rows], [row[3] for row in rows]

    def sums(days: list[Any], chosen: Any) -> list[float]:
        return [float(each[chosen].sum()) for each in days]

    def share(chosen: Any) -> pa.Array:
        pairs = zip(sums(shown, chosen), sums(told, chosen), strict=True)
        return numbers([hits / of if of else None for hits, of in pairs])

    return ResultTable.of(
        "Each sign before and after",
        {
            "sign": _key([row[0] for row in rows], "Sign"),
            "sign_name": _label([row[1] for row in rows], "What it is"),
            "told_before": count(sums(told, ~after), "Logs it could show in, before"),
            "before": count(sums(shown, ~after), "Shown before"),
            "share_before": (share(~after), figure("Share before", of=("before",))),
            "told_after": count(sums(told, after), "Logs it could show in, after"),
            "after": count(sums(shown, after), "Shown after"),
            "share_after": (share(after), figure("Share after", of=("after",))),
            **_changes(changes, ("before", "after")),
        },
        sums_over=(),
    )


def _own_step(found: Found, shown: Any, told: Any) -> Part | None:
    try:
        steps = steps_at([(shown, told)], found.counted.days, found.day)
    except ValueError:  # hardly ever shown, or never on one side
        return None
    return one_part(
        float(steps.value[0]), float(steps.se[0]), steps.df,
        margin=found.asked.margin, level=LEVEL,
    )  # fmt: skip


def _months(found: Found) -> ResultTable:
    shares = shares_of(found.counted, mix=found.asked.mix)[:2]
    plain = (found.counted.total("told"), found.counted.total("text"))
    panels = [
        by_month(found, share, of) for share, of in zip(shares, plain, strict=True)
    ]  # fmt: skip
    rows = [(name, row) for name, panel in zip(PANELS, panels, strict=True) for row in panel]
    of = ("n",)
    return ResultTable.of(
        "Month by month: the share, and the fit with its step",
        {
            "panel": _key([name for name, _ in rows], "Panel"),
            "month": _key([str(row.month) for _, row in rows], "Month", "month"),
            "of": count([row.of for _, row in rows], "Out of"),
            "n": count([row.events for _, row in rows], "Logs"),
            "share": (numbers([row.share for _, row in rows]), figure("Share", of=of)),
            "fitted": (numbers([row.fitted for _, row in rows]), figure("Fitted", of=of)),
            "low": (numbers([row.low for _, row in rows]), figure("Low", of=of)),
            "high": (numbers([row.high for _, row in rows]), figure("High", of=of)),
        },
        sums_over=("month",),
    )


def _over_trend(found: Found) -> ResultTable:
    names = ("The words, of all logs", "The flag, of logs with the words")
    steps, parts = found.over_trend, [None, None]
    if steps is not None:
        parts = [
            one_part(float(steps.value[k]), float(steps.se[k]), steps.df,
                     margin=found.asked.margin, level=LEVEL)
            for k in (0, 1)
        ]  # fmt: skip
    return ResultTable.of(
        "The jump at that day beyond a straight trend through all days",
        {
            "share": _key(("text", "flag_of_text"), "Share"),
            "share_name": _label(names, "What it is"),
            "n": count([found.counted.text.sum(), found.counted.both.sum()], "Logs"),
            **_changes(parts, ("n",)),
        },
        sums_over=(),
    )


def _audits(found: Found) -> ResultTable:
    direct, read = found.direct, found.read
    shares = direct.share if direct else (None, None)
    flagged = direct.sensitivity if direct else (None, None)

    def each(estimates: Any, part: str) -> pa.Array:
        return numbers([None if e is None else getattr(e, part) for e in estimates])

    calls = [cells_of(found.counted, found.after == bool(p)).sum() for p in (0, 1)]
    of = ("read",)
    columns: dict[str, tuple[Any, Field]] = {
        "when": _key(("before", "after"), "Period"),
        "n": count(calls, "Logs"),
        "read": count(read.read.sum(axis=1), "Of those, read by people"),
    }
    for name, label, estimates in (
        ("share", "Share that is so", shares),
        ("flagged", "Of those, flagged", flagged),
    ):
        for part, suffix, word in (("value", "", ""), ("low", "_low", "low"),
                                   ("high", "_high", "high")):  # fmt: skip
            heading = f"{label}, {word}" if word else label
            columns[name + suffix] = (each(estimates, part), figure(heading, of=of))
    return ResultTable.of("What reading logs says by itself", columns, sums_over=())


def _holds(found: Found) -> ResultTable:
    rows, of = found.holds, ("n",)
    n = np.full(len(rows), found.counted.both.sum())
    changes = {
        f"{name}_{column}": value
        for name in ("need", "recording")
        for column, value in _changes([getattr(row, name) for row in rows], of).items()
    }
    return ResultTable.of(
        "What would be said, were this share of the logs with the words right",
        {
            "right": (numbers([row.right for row in rows]),
                      key("Right, of logs with the words", "percent")),
            "n": count(n, "Logs with both signs"),
            **{
                name: (value, figure(f"{name.split('_')[0].capitalize()}: "
                                    f"{meaning.label.lower()}", of=of, note=meaning.note))
                for name, (value, meaning) in changes.items()
            },
            "verdict": _label([row.verdict or "cannot be" for row in rows], "Verdict"),
        },
        sums_over=(),
    )  # fmt: skip


def _decides(found: Found) -> ResultTable:
    d = found.decides
    return ResultTable.of(
        "What would decide it, if what is likeliest now is so",
        {
            "what": _key(("text_only", "every", "months"), "Way"),
            "what_name": _label(
                (
                    "Logs with the words and no flag to read in each period, and as many with both",
                    "Logs of every kind to read in each period, to see need without the words",
                    "Months to either side",
                ),
                "What",
            ),
            "number": (numbers([d.text_only, d.every, d.months]), figure("Number", "integer")),
        },
        sums_over=(),
    )


def _totals(found: Found) -> ResultTable:
    counted, after, s = found.counted, found.after, found.searched
    right = [found.signs.flagged * r.both + (1 - found.signs.flagged) * r.text_only
             for r in found.right]  # fmt: skip
    of = ("n",)
    columns: dict[str, tuple[Any, Field]] = {
        "n": count(counted.calls.sum(), "Incidents"),
        "text_n": count(counted.text.sum(), "With the words"),
        "flag_n": count(counted.flag.sum(), "Flagged"),
        "both_n": count(counted.both.sum(), "Both"),
        "untold": count((counted.calls - counted.told).sum(), "Incidents whose log has no words"),
        "read_n": count(found.read.read.sum(), "Logs read by people"),
        "unsure": count(found.read.unsure, "Logs that readers were unsure of"),
        "split": count(found.read.split, "Logs on which readers differ"),
        "day": _label([str(found.day)], "The first day after", "date"),
        "day_low": _label([str(s.low) if s else None], "From", "date"),
        "day_high": _label([str(s.high) if s else None], "To", "date"),
        "chance": (numbers([s.chance if s else None]),
                   figure("How often there would be as clear a step by chance", "three", of=of)),
        **_audit_change(found),
        "margin": (numbers([found.asked.margin]), figure("Margin")),
        "right_low": (numbers([min(right)]), figure("Right, of logs with the words", of=of)),
        "right_middle": (numbers([np.mean(right)]), figure("In the middle", of=of)),
        "right_high": (numbers([max(right)]), figure("At most", of=of)),
        "reads": (numbers([found.decides.text_only]), figure("Logs to read", "integer")),
        "reads_every": (numbers([found.decides.every]), figure("Logs to read", "integer")),
        "more_months": (numbers([found.decides.months]), figure("Months", "integer")),
        "months": (numbers([len(counted.covered)]), figure("Months covered", "integer")),
        "missing": (numbers([len(counted.missing)]), figure("Months missing", "integer")),
        "seasons": (numbers([found.signs.steps.seasons_told]),
                    figure("How much of the step the season leaves")),
        "days_after": (numbers([after.sum()]), figure("Days after", "integer")),
        "verdict": _label([found.verdict], "Verdict"),
    }  # fmt: skip
    return ResultTable.of("Totals", columns, sums_over=())


def _audit_change(found: Found) -> dict[str, tuple[Any, Field]]:
    """Return by how much need changed, by what people read alone."""
    part = found.direct.need if found.direct else None
    renamed = {"change": "audit", "low": "audit_low", "high": "audit_high"}
    changes = _changes([part], ("read_n",))
    return {renamed[name]: column for name, column in changes.items()}


def _records_used(found: Found) -> ResultTable:
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": _key(("incidents",), "Records"),
            "used": count(found.counted.calls.sum(), "Used"),
            "undated": count(found.counted.undated, "Without a day in a covered month"),
        },
        sums_over=(),
    )


def _districts(between: Districts) -> ResultTable:
    """Return each district, and the logs in none: without these, the total would tell them."""
    of, rest = ("n",), between.rest
    rest = rest if any(rest) else ()
    none = [None] * bool(rest)

    def of_each(values: Any) -> pa.Array:
        return numbers([*np.asarray(values, dtype=float), *none])

    def held(values: Any, at: int, label: str) -> tuple[pa.Array, Field]:
        return count([*np.asarray(values, dtype=float), *rest[at : at + 1]], label)

    return ResultTable.of(
        "Districts by name: flagged, of logs with the words, drawn to the mean by their own doubt",
        {
            "district": _key([*between.names, *([_NOWHERE] if rest else [])], "District"),
            "told": held(between.told, 0, "Logs"),
            "text": held(between.text, 1, "With the words"),
            "n": held(between.both, 2, "Of those, flagged"),
            "share": (of_each(between.share), figure("Share flagged, steadied", of=of)),
            "low": (of_each(between.low), figure("Low", of=of)),
            "high": (of_each(between.high), figure("High", of=of)),
            "rank_low": (of_each(between.rank_low), figure("Place, from", "integer", of=of)),
            "rank_high": (of_each(between.rank_high), figure("Place, to", "integer", of=of)),
        },
    )


def _between(between: Districts) -> ResultTable:
    spreads: tuple[Spread, ...] = (between.as_text_tells, between.recording)
    of = ("n",)
    ratios = np.array([spread.ratios for spread in spreads])
    return ResultTable.of(
        "How far districts differ, beyond luck: median odds ratios",
        {
            "part": _key(("text", "recording"), "Part"),
            "part_name": _label(
                ("In how often the words are there: need, and how it is written down",
                 "In how often such logs are flagged: recording"),
                "In what",
            ),
            "n": count(
                [between.text.sum() + between.rest[1], between.both.sum() + between.rest[2]],
                "Logs, those in no district too",
            ),
            "ratio": (numbers(ratios[:, 0]), figure("Median odds ratio", "two", of=of)),
            "low": (numbers(ratios[:, 1]), figure("Low", "two", of=of)),
            "high": (numbers(ratios[:, 2]), figure("High", "two", of=of)),
            "variance": (numbers([s.sd**2 for s in spreads]),
                         figure("Variance of log odds", "three", of=of)),
            "luck": (numbers([s.luck for s in spreads]),
                     figure("That luck would add", "three", of=of)),
        },
        sums_over=(),
    )  # fmt: skip
