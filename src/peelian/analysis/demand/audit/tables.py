"""The tables of an audit: shares, strata, accuracy, readers, agreement, bounds."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.audit.measured import (
    DIFFERENCE,
    NAIVE,
    PPI,
    ROGAN_GLADEN,
    STRATIFIED,
    Audit,
    Row,
)
from peelian.results import Field, ResultTable
from peelian.statistics.intervals import Estimate

ESTIMATORS: Mapping[str, str] = {
    STRATIFIED: "Readings, weighted by strata",
    DIFFERENCE: "Difference",
    PPI: "PPI++",
    ROGAN_GLADEN: "Rogan and Gladen",
    NAIVE: "As marked",
}
_MEASURES = {
    "krippendorff": "Krippendorff's alpha",
    "cohen": "Cohen's kappa",
    "gwet": "Gwet's AC1",
    "percent": "Share of logs they agree on",
}
_READ = Field(role="count", label="Logs read", form="integer")


def tables_of(found: Audit) -> dict[str, ResultTable]:
    """Return every table of an audit, by name."""
    return {
        "estimates": _estimates(found),
        "strata": _strata(found),
        "accuracy": _accuracy(found),
        "agreement": _agreement(found),
        "readers": _readers(found),
        **({"ladder": _ladder(found)} if found.rungs else {}),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }


def name_of(found: Audit, row: Row) -> str:
    """Return what a share is called where it is shown."""
    told = ESTIMATORS[row.estimator]
    return told if row.definition is None else f"{told}: {title(found, row.definition)}"


def title(found: Audit, definition: int) -> str:
    """Return a definition's title."""
    return found.held.definitions[definition].title


def finite(values: Any) -> pa.Array:
    """Return numbers, with null for what is none."""
    told = np.array([np.nan if value is None else value for value in values], dtype=float)
    return pa.array(told, mask=~np.isfinite(told))


def _share(label: str, note: str = "", of: tuple[str, ...] = ("read",)) -> Field:
    return Field(role="figure", label=label, form="percent", of=of, note=note)


def _estimates(found: Audit) -> ResultTable:
    rows = found.rows
    n = len(rows)
    plain = [row.as_settled for row in rows]
    return ResultTable.of(
        "The share of logs, by each estimator",
        {
            "way": ([name_of(found, row) for row in rows], Field(role="label", label="Share")),
            "estimator": ([row.estimator for row in rows], Field(role="key", label="Estimator")),
            "definition": (
                ["" if r.definition is None else found.held.definitions[r.definition].name
                 for r in rows],
                Field(role="key", label="Definition"),
            ),
            "recommended": (
                [number == 0 for number in range(n)],
                Field(role="label", label="Recommended", form="yes_no"),
            ),
            "value": (
                finite(row.estimate.value for row in rows),
                _share("Share", "With readers' errors, where two read enough of the logs."),
            ),
            "low": (finite(_end(row, "low") for row in rows), _share("Low")),
            "high": (finite(_end(row, "high") for row in rows), _share("High")),
            "settled": (
                finite(_part(one, "value") for one in plain),
                _share("Share, as settled", "What was settled, taken as true."),
            ),
            "settled_low": (
                finite(_part(one, "low") for one in plain), _share("Low, as settled")),
            "settled_high": (
                finite(_part(one, "high") for one in plain), _share("High, as settled")),
            "group": (
                ["corrected" if r.estimator != NAIVE else "uncorrected" for r in rows],
                Field(role="label", label="Kind"),
            ),
            "read": (pa.array([len(found.truth)] * n, pa.int64()), _READ),
        },
        sums_over=(),
    )  # fmt: skip


def _end(row: Row, name: str) -> float | None:
    """Return an end of an interval; what is marked is counted, and has none."""
    return None if row.estimator == NAIVE else getattr(row.estimate, name)


def _part(estimate: Estimate | None, name: str) -> float | None:
    return None if estimate is None else getattr(estimate, name)


def _strata(found: Audit) -> ResultTable:
    held, reads, so = found.held, found.reads, found.found
    share = np.divide(so, reads, out=np.full(len(reads), np.nan), where=reads > 0)
    return ResultTable.of(
        "The strata: what was drawn, read and found of each, and what to read further",
        {
            "stratum": (list(held.strata), Field(role="key", label="Stratum")),
            "size": (_whole(held.size), Field(role="count", label="Logs", form="integer")),
            "drawn": (_whole(held.drawn), Field(role="count", label="Drawn", form="integer")),
            "read": (_whole(reads), _READ),
            "positive": (_whole(so), Field(role="count", label="Found to be so", form="integer")),
            "share": (finite(share), _share("Share of those read", of=("read", "positive"))),
            "more": (
                _whole(found.more),
                Field(role="figure", label="To read further", form="integer", of=("read",),
                      note="For an interval of the width that was asked for."),
            ),
        },
        sums_over=("stratum",),
    )  # fmt: skip


def _accuracy(found: Audit) -> ResultTable:
    rows, held = found.accuracy, found.held
    counts = ("read", "positive", "hits", "false_alarms")
    labels = ("Logs read", "Found to be so", "Of those, marked", "Marked, and not so")
    rest = {"sensitivity": ("positive", "hits"), "specificity": ("read", "positive")}
    return ResultTable.of(
        "How well each definition finds what readers find",
        {
            "title": ([title(found, r.definition) for r in rows],
                      Field(role="label", label="Definition")),
            "definition": ([held.definitions[r.definition].name for r in rows],
                           Field(role="key", label="Its name")),
            "stratum": (["all logs" if r.stratum is None else held.strata[r.stratum] for r in rows],
                        Field(role="key", label="Stratum")),
            **{
                name: (pa.array([getattr(r, name) for r in rows], pa.int64()),
                       Field(role="count", label=label, form="integer"))
                for name, label in zip(counts, labels, strict=True)
            },
            **{
                f"{name}{end}": (
                    finite(_part(getattr(r, name), part) for r in rows),
                    _share(f"{name.capitalize()}{words}", note, of=(*of, "false_alarms")),
                )
                for name, of in rest.items()
                for end, part, words, note in (
                    ("", "value", "", "Over all logs: weighted as they were drawn."),
                    ("_low", "low", ", low", ""), ("_high", "high", ", high", ""),
                )
            },
        },
        sums_over=("stratum",),
    )  # fmt: skip


def _agreement(found: Audit) -> ResultTable:
    rows = found.agreement
    return ResultTable.of(
        "How well the two readers agree, on logs that both read",
        {
            "measure": ([_MEASURES[name] for name, _ in rows], Field(role="key", label="Measure")),
            "value": (
                finite(_part(one, "value") for _, one in rows),
                Field(role="figure", label="Agreement", form="two", of=("read",)),
            ),
            "low": (finite(_part(one, "low") for _, one in rows),
                    Field(role="figure", label="Low", form="two", of=("read",))),
            "high": (finite(_part(one, "high") for _, one in rows),
                     Field(role="figure", label="High", form="two", of=("read",))),
            "read": (
                pa.array([found.twice] * len(rows), pa.int64()),
                Field(role="count", label="Logs both read", form="integer"),
            ),
        },
        sums_over=(),
    )  # fmt: skip


def _readers(found: Audit) -> ResultTable:
    given = (~np.isnan(found.held.answers)).sum(axis=1)
    told, columns = found.doubt.told, {}
    for name, label in (("sensitivity", "Right where it is so"), ("specificity", "Where not")):
        drawn = getattr(found.doubt, name)
        ends = np.quantile(drawn, [0.025, 0.975], axis=0)
        parts = {"": drawn.mean(axis=0), "_low": ends[0], "_high": ends[1]}
        for end, values in parts.items():
            shown = [v if told and n else np.nan for v, n in zip(values, given, strict=True)]
            words = {"": "", "_low": ", low", "_high": ", high"}[end]
            columns[f"{name}{end}"] = (finite(shown), _share(label + words))
    return ResultTable.of(
        "How often each reader is right, told from where they differ",
        {
            "reader": (["First reader", "Second reader", "Whoever settled"],
                       Field(role="key", label="Reader")),
            "read": (_whole(given), Field(role="count", label="Answers", form="integer")),
            **columns,
        },
        sums_over=(),
    )  # fmt: skip


def _ladder(found: Audit) -> ResultTable:
    rungs, best = found.rungs, found.best
    said = [rung.assumption for rung in rungs]
    ends = [(r.low, r.high, r.lower, r.upper) for r in rungs]
    contradicted = [bool(rung.against) for rung in rungs]
    if found.doubt.told:
        said.append("and readers err on their own")
        ends.append((best.value, best.value, best.low, best.high))
        contradicted.append(False)
    labels = ("Least it can be", "Most it can be", "Low", "High")
    notes = ("", "", "With luck in what was read.", "")
    return ResultTable.of(
        "What the share must lie between, one assumption at a time",
        {
            "rung": (
                list(range(1, len(said) + 1)), Field(role="key", label="Step", form="integer")),
            "assumption": (said, Field(role="label", label="If we assume")),
            **{
                name: (finite(e[number] for e in ends), _share(labels[number], notes[number]))
                for number, name in enumerate(("least", "most", "low", "high"))
            },
            "against": (contradicted, Field(role="label", label="Readings speak against it",
                                            form="yes_no")),
            "read": (pa.array([len(found.truth)] * len(said), pa.int64()), _READ),
        },
        sums_over=(),
    )  # fmt: skip


def _totals(found: Audit) -> ResultTable:
    held, best = found.held, found.best
    naive = next((r for r in found.rows if r.estimator == NAIVE), None)
    alpha = dict(found.agreement)["krippendorff"]
    counts = {
        "logs": ("Logs", held.total),
        "drawn": ("Drawn", int(held.drawn.sum())),
        "read": ("Read", len(found.truth)),
        "positive": ("Found to be so", int(found.truth.sum())),
        "twice": ("Read by both", found.twice),
        "apart": ("Readers differ", found.apart),
        "open": ("Not settled", found.open),
        "unread": ("Drawn, not read", int((~found.read).sum())),
        "unsure": ("Answers that could not tell", held.unsure),
        "strange": ("Labels for logs never drawn", held.strange),
        "changed": ("Logs not where they were", held.changed),
    }
    shares = {
        "value": ("Share", best.value),
        "low": ("Low", best.low),
        "high": ("High", best.high),
        "naive": ("As marked", None if naive is None else naive.estimate.value),
        "width": ("Width of the interval", best.high - best.low),
        "simple_width": ("Width of a simple random audit's", found.simple_width),
        "target": ("Width asked for", found.target),
    }
    return ResultTable.of(
        "In one row",
        {
            **{name: ([n], Field(role="count", label=label, form="integer"))
               for name, (label, n) in counts.items()},
            **{name: (finite([v]), _share(label)) for name, (label, v) in shares.items()},
            "more": ([int(found.more.sum())],
                     Field(role="figure", label="To read further", form="integer", of=("read",))),
            "strata": ([len(held.strata)], Field(role="figure", label="Strata", form="integer")),
            "alpha": (
                finite([_part(alpha, "value")]),
                Field(role="figure", label="Krippendorff's alpha", form="two", of=("twice",)),
            ),
            "alpha_low": (finite([_part(alpha, "low")]),
                          Field(role="figure", label="Its low end", form="two", of=("twice",))),
        },
        sums_over=(),
    )  # fmt: skip


def _records_used(found: Audit) -> ResultTable:
    held = found.held
    return ResultTable.of(
        "Records used",
        {
            "records": (["incidents", "samples", "labels"], Field(role="key", label="Records")),
            "used": (
                [held.total, len(held.stratum), int((~np.isnan(held.answers)).sum())],
                Field(role="count", label="Used", form="integer"),
            ),
        },
        sums_over=(),
    )


def _whole(values: Any) -> pa.Array:
    return pa.array([int(value) for value in values], pa.int64())
