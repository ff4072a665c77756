"""The tables of an audit: shares, strata, accuracy, readers, agreement, bounds."""

from collections.abc import Mapping

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
from peelian.columns import counted, figure, key, named, numbers, whole
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
_READ = counted("Logs read")


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


def _share(label: str, note: str = "", of: tuple[str, ...] = ("read",)) -> Field:
    return figure(label, of=of, note=note)


def _estimates(found: Audit) -> ResultTable:
    rows = found.rows
    n = len(rows)
    plain = [row.as_settled for row in rows]
    return ResultTable.of(
        "The share of logs, by each estimator",
        {
            "way": ([name_of(found, row) for row in rows], named("Share")),
            "estimator": ([row.estimator for row in rows], key("Estimator")),
            "definition": (
                ["" if r.definition is None else found.held.definitions[r.definition].name
                 for r in rows],
                key("Definition"),
            ),
            "recommended": (
                [number == 0 for number in range(n)],
                named("Recommended", "yes_no"),
            ),
            "value": (
                numbers([row.estimate.value for row in rows]),
                _share("Share", "With readers' errors, where two read enough of the logs."),
            ),
            "low": (numbers([_end(row, "low") for row in rows]), _share("Low")),
            "high": (numbers([_end(row, "high") for row in rows]), _share("High")),
            "settled": (
                numbers([_part(one, "value") for one in plain]),
                _share("Share, as settled", "What was settled, taken as true."),
            ),
            "settled_low": (
                numbers([_part(one, "low") for one in plain]), _share("Low, as settled")),
            "settled_high": (
                numbers([_part(one, "high") for one in plain]), _share("High, as settled")),
            "group": (
                ["corrected" if r.estimator != NAIVE else "uncorrected" for r in rows],
                named("Kind"),
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
            "stratum": (list(held.strata), key("Stratum")),
            "size": (whole(held.size), counted("Logs")),
            "drawn": (whole(held.drawn), counted("Drawn")),
            "read": (whole(reads), _READ),
            "positive": (whole(so), counted("Found to be so")),
            "share": (numbers(share), _share("Share of those read", of=("read", "positive"))),
            "more": (
                whole(found.more),
                figure("To read further", "integer", of=("read",),
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
                      named("Definition")),
            "definition": ([held.definitions[r.definition].name for r in rows],
                           key("Its name")),
            "stratum": (["all logs" if r.stratum is None else held.strata[r.stratum] for r in rows],
                        key("Stratum")),
            **{
                name: (pa.array([getattr(r, name) for r in rows], pa.int64()),
                       counted(label))
                for name, label in zip(counts, labels, strict=True)
            },
            **{
                f"{name}{end}": (
                    numbers([_part(getattr(r, name), part) for r in rows]),
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
            "measure": ([_MEASURES[name] for name, _ in rows], key("Measure")),
            "value": (
                numbers([_part(one, "value") for _, one in rows]),
                figure("Agreement", "two", of=("read",)),
            ),
            "low": (numbers([_part(one, "low") for _, one in rows]),
                    figure("Low", "two", of=("read",))),
            "high": (numbers([_part(one, "high") for _, one in rows]),
                     figure("High", "two", of=("read",))),
            "read": (
                pa.array([found.twice] * len(rows), pa.int64()),
                counted("Logs both read"),
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
            columns[f"{name}{end}"] = (numbers(shown), _share(label + words))
    return ResultTable.of(
        "How often each reader is right, told from where they differ",
        {
            "reader": (["First reader", "Second reader", "Whoever settled"],
                       key("Reader")),
            "read": (whole(given), counted("Answers")),
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
                list(range(1, len(said) + 1)), key("Step", "integer")),
            "assumption": (said, named("If we assume")),
            **{
                name: (numbers([e[number] for e in ends]), _share(labels[number], notes[number]))
                for number, name in enumerate(("least", "most", "low", "high"))
            },
            "against": (contradicted, named("Readings speak against it", "yes_no")),
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
            **{name: ([n], counted(label))
               for name, (label, n) in counts.items()},
            **{name: (numbers([v]), _share(label)) for name, (label, v) in shares.items()},
            "more": ([int(found.more.sum())],
                     figure("To read further", "integer", of=("read",))),
            "strata": ([len(held.strata)], figure("Strata", "integer")),
            "alpha": (
                numbers([_part(alpha, "value")]),
                figure("Krippendorff's alpha", "two", of=("twice",)),
            ),
            "alpha_low": (numbers([_part(alpha, "low")]),
                          figure("Its low end", "two", of=("twice",))),
        },
        sums_over=(),
    )  # fmt: skip


def _records_used(found: Audit) -> ResultTable:
    held = found.held
    return ResultTable.of(
        "Records used",
        {
            "records": (["incidents", "samples", "labels"], key("Records")),
            "used": (
                [held.total, len(held.stratum), int((~np.isnan(held.answers)).sum())],
                counted("Used"),
            ),
        },
        sums_over=(),
    )
