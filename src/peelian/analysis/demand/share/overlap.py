"""Where definitions meet: every combination, every pair, and the way from one to another."""

import numpy as np
import pyarrow as pa

from peelian.analysis.demand.share.found import Found
from peelian.columns import counted, figure, key, named, whole
from peelian.definitions import Definition
from peelian.definitions.rules import AnyOf, Refers, Rule
from peelian.results import Field, ResultTable


def measure(found: Found) -> str:
    """Return the name under which the door knows what all these tables count.

    Answers asked with other definitions or minutes count other things.
    """
    names = ",".join(one.name for one in found.definitions)
    wanted = found.wanted
    return f"demand.share {names} {wanted.minutes} {wanted.cap_hours * 60:g}"


def _count(found: Found, **where: str) -> Field:
    """Return what a count of incidents is that lies along the definitions themselves."""
    fixed = {"measure": f"{measure(found)} together"} | where
    return counted("Incidents", where=fixed)


def _sets(found: Found, met: np.ndarray) -> dict[str, tuple[pa.Array, Field]]:
    return {
        one.name: (
            pa.array(met[:, i].astype(bool), pa.bool_()),
            key(one.title, "yes_no"),
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
                named("Combination"),
            ),
            "n": (whole(n), _count(found)),
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
                key("Of what this marks, by name", picks="true"),
            ),
            "definition_name": (
                pa.array([titles[i] for i, _ in rows], pa.string()),
                named("Of what this marks"),
            ),
            "other": (
                pa.array([names[j] for _, j in rows], pa.string()),
                key("This marks too, by name", picks="true"),
            ),
            "other_name": (
                pa.array([titles[j] for _, j in rows], pa.string()),
                named("This marks too"),
            ),
            "n": (whole(n), _count(found)),
            "of_n": (whole(of_n), _count(found, other="", alike="definition/incidents")),
            "share": (
                pa.array(share, from_pandas=True),
                figure("Share", of=("n", "of_n")),
            ),
        },
        sums_over=(),
    )


def holds(one: Definition, other: Definition) -> bool:
    """Return whether a definition holds another by its rule: whatever meets the other, meets it."""
    return _ways(other.rule) <= _ways(one.rule)


def _ways(rule: Rule) -> frozenset[Rule]:
    """Return the parts of a rule any of which would do."""
    if isinstance(rule, Refers):
        return _ways(rule.rule)
    if isinstance(rule, AnyOf):
        return frozenset().union(*(_ways(part) for part in rule.parts))
    return frozenset({rule})


def steps(found: Found) -> ResultTable:
    """Return the way from the leading definition to another: what moves out, and what moves in."""
    assert found.target is not None
    days, to = found.counted.days, found.definitions[found.target]
    n, one, other = days.sums["incidents"], days.met[:, 0], days.met[:, found.target]
    counts = [float(n[mask].sum()) for mask in (one, one & ~other, other & ~one, other)]
    first, out, into, last = counts
    lead = found.lead
    # What no incident can be, by the rules themselves, everybody knows to be none: it is no count
    # that others could hide behind.
    empty = (False, holds(to, lead), holds(lead, to), False)
    told = [None if none else n for n, none in zip(counts, empty, strict=True)]
    return ResultTable.of(
        f"From “{lead.title}” to “{to.title}”",
        {
            "marked": (
                pa.array([lead.name, lead.name, to.name, to.name]),
                key("Marked by", picks="true"),
            ),
            "not_marked": (
                pa.array(["", to.name, lead.name, ""]),
                key("And not by", picks="false"),
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
                named("Step"),
            ),
            "n": (pa.array(told).cast(pa.int64()), _count(found)),
            "change": (
                pa.array([None, -out, into, None], pa.float64()),
                figure("Change", "integer", of=("n",)),
            ),
            "total": (
                pa.array([first, first - out, last, last], pa.float64()),
                figure("Incidents then", "integer", of=("n",)),
            ),
        },
        sums_over=(),
    )


_DONE = ("attended", "sent", "unit-hours", "officer-hours")


def cells(found: Found) -> ResultTable:
    """Return the finest counts of each definition, of which its shares are sums: for the door.

    Incidents that anybody could tell of, marked or not, by what was done; and contacts by what the
    incident they led to meets, where those of no incident meet nothing.
    """
    held = found.counted.responses
    rows = []
    for at, one in enumerate(found.definitions):
        done = np.stack([held.met[:, at], *(held.keys[name].astype(bool) for name in _DONE)], 1)
        kinds, of = np.unique(done, axis=0, return_inverse=True)
        n = np.bincount(of.ravel(), held.sums["incidents"] * held.asked[:, at])
        rows += [
            (one.name, *kind, True, False, float(each))
            for kind, each in zip(kinds.tolist(), n, strict=True)
        ]
        if any(c.at == at and c.shares.denominator == "contacts" for c in found.plain):
            marked = float(held.sums["contacts"][held.met[:, at]].sum())
            others = found.counted.contacts.total - marked
            none = [False] * len(_DONE)
            rows += [(one.name, True, *none, False, True, marked)]
            rows += [(one.name, False, *none, False, True, others)]
    name, *flags, n = zip(*rows, strict=True)
    marks = ("marked", *_DONE, "incidents", "contacts")
    return ResultTable.of(
        "Incidents and contacts of each definition, in the finest counts its shares add up",
        {
            "definition": (pa.array(name), key("Definition")),
            **{
                flag: (pa.array(values, pa.bool_()), key(flag))
                for flag, values in zip(marks, flags, strict=True)
            },
            "n": (
                whole(n),
                counted("Number", where={"measure": measure(found)}),
            ),
        },
        sums_over=(),
        for_machine=True,
    )  # fmt: skip
