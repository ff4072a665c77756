"""Where definitions meet: every combination, every pair, and the way from one to another."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.found import Found
from peelian.results import Field, ResultTable


def measure(found: Found) -> str:
    """Return the name under which the door knows what all these tables count.

    Answers asked with other definitions or minutes count other things.
    """
    names = ",".join(one.name for one in found.definitions)
    wanted = found.wanted
    return f"demand.share {names} {wanted.minutes} {wanted.cap_hours * 60:g}"


def _count(found: Found, **where: str) -> Field:
    fixed = {"measure": measure(found), "incidents": "true"} | where
    return Field(role="count", label="Incidents", form="integer", where=fixed)


def _numbers(values: Sequence[float] | np.ndarray) -> pa.Array:
    return pa.array(np.rint(np.asarray(values, dtype=float)).astype(np.int64), pa.int64())


def _sets(found: Found, met: np.ndarray) -> dict[str, tuple[pa.Array, Field]]:
    return {
        one.name: (
            pa.array(met[:, i].astype(bool), pa.bool_()),
            Field(role="key", label=one.title, form="yes_no"),
        )
        for i, one in enumerate(found.definitions)
    }


def combinations(found: Found) -> ResultTable:
    """Return how many incidents each combination of definitions marks: the rows of an UpSet."""
    met, at = np.unique(found.counted.days.met, axis=0, return_inverse=True)
    n = np.bincount(at.ravel(), found.counted.days.sums["incidents"])
    titles = [one.title for one in found.definitions]
    names = [" & ".join(t for t, yes in zip(titles, row, strict=True) if yes) for row in met]
    return ResultTable.of(
        "Incidents by the definitions they meet",
        {
            **_sets(found, met),
            "combination": (
                pa.array([name or "none of them" for name in names]),
                Field(role="label", label="Combination"),
            ),
            "n": (_numbers(n), _count(found)),
        },
        sums_over=(),
    )


def pairs(found: Found) -> ResultTable:
    """Return of what each definition marks, how much every other marks too."""
    days = found.counted.days
    both = (days.met * days.sums["incidents"][:, None]).T @ days.met.astype(float)
    rows = [pair for j in range(1, len(both)) for pair in ((0, j), (j, 0))]
    n = np.array([both[i, j] for i, j in rows])
    of_n = np.array([both[i, i] for i, _ in rows])
    share = np.divide(n, of_n, out=np.full(len(n), np.nan), where=of_n > 0)
    names = [one.name for one in found.definitions]
    titles = [one.title for one in found.definitions]
    return ResultTable.of(
        "Of what one definition marks, how much another marks too",
        {
            "definition": (
                pa.array([names[i] for i, _ in rows], pa.string()),
                Field(role="key", label="Of what this marks, by name", picks="true"),
            ),
            "definition_name": (
                pa.array([titles[i] for i, _ in rows], pa.string()),
                Field(role="label", label="Of what this marks"),
            ),
            "other": (
                pa.array([names[j] for _, j in rows], pa.string()),
                Field(role="key", label="This marks too, by name", picks="true"),
            ),
            "other_name": (
                pa.array([titles[j] for _, j in rows], pa.string()),
                Field(role="label", label="This marks too"),
            ),
            "n": (_numbers(n), _count(found)),
            "of_n": (_numbers(of_n), _count(found, other="")),
            "share": (
                pa.array(share, from_pandas=True),
                Field(role="figure", label="Share", form="percent", of=("n", "of_n")),
            ),
        },
        sums_over=(),
    )


def steps(found: Found) -> ResultTable:
    """Return the way from the leading definition to another: what moves out, and what moves in."""
    assert found.target is not None
    days, to = found.counted.days, found.definitions[found.target]
    n, one, other = days.sums["incidents"], days.met[:, 0], days.met[:, found.target]
    counts = [float(n[mask].sum()) for mask in (one, one & ~other, other & ~one, other)]
    first, out, into, last = counts
    lead = found.lead
    return ResultTable.of(
        f"From “{lead.title}” to “{to.title}”",
        {
            "marked": (
                pa.array([lead.name, lead.name, to.name, to.name]),
                Field(role="key", label="Marked by", picks="true"),
            ),
            "not_marked": (
                pa.array(["", to.name, lead.name, ""]),
                Field(role="key", label="And not by", picks="false"),
            ),
            "step": (
                pa.array(
                    [
                        lead.title,
                        f"Moves out: not “{to.title}”",
                        f"Moves in: not “{lead.title}”",
                        to.title,
                    ]
                ),
                Field(role="label", label="Step"),
            ),
            "n": (_numbers(counts), _count(found)),
            "change": (
                pa.array([None, -out, into, None], pa.float64()),
                Field(role="figure", label="Change", form="integer", of=("n",)),
            ),
            "total": (
                pa.array([first, first - out, last, last], pa.float64()),
                Field(role="figure", label="Incidents then", form="integer", of=("n",)),
            ),
        },
        sums_over=(),
    )


_DONE = ("attended", "sent", "unit-hours", "officer-hours")


def cells(found: Found) -> ResultTable:
    """Return the finest counts, of which every other table's are sums: what the door reads.

    Incidents by every combination of definitions and by what was done, and contacts by what the
    incident they led to meets; those of no incident meet nothing.
    """
    held = found.counted.responses
    kinds = np.hstack([held.met, *(held.keys[name].astype(bool)[:, None] for name in _DONE)])
    rows, at = np.unique(kinds, axis=0, return_inverse=True)
    n = np.bincount(at.ravel(), held.sums["incidents"])
    size, many = len(rows), len(found.definitions)
    incidents = np.ones(size, dtype=bool)
    if any(shares.denominator == "contacts" for shares in found.shares):
        met, of = np.unique(held.met, axis=0, return_inverse=True)
        theirs = np.bincount(of.ravel(), held.sums["contacts"])
        none = np.flatnonzero(~met.any(axis=1))
        others = found.counted.contacts.total - theirs.sum()
        if len(none):
            theirs[none[0]] += others
        else:
            met, theirs = np.vstack([met, np.zeros((1, many), bool)]), np.append(theirs, others)
        rows = np.vstack([rows, np.hstack([met, np.zeros((len(met), len(_DONE)), bool)])])
        n, incidents = np.append(n, theirs), np.append(incidents, np.zeros(len(met), bool))
    done = {
        name: (pa.array(rows[:, many + i].astype(bool)), Field(role="key", label=name))
        for i, name in enumerate(_DONE)
    }
    return ResultTable.of(
        "Incidents and contacts, in the finest counts that the others add up",
        {
            **_sets(found, rows[:, :many]),
            "incidents": (pa.array(incidents), Field(role="key", label="Incidents")),
            "contacts": (pa.array(~incidents), Field(role="key", label="Contacts")),
            **done,
            "n": (
                _numbers(n),
                Field(role="count", label="Number", form="integer",
                      where={"measure": measure(found)}),
            ),
        },
        sums_over=(),
        for_machine=True,
    )  # fmt: skip
