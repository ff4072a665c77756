"""A store's records beside real ones, as answers: each moment with its verdict, and why not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from peelian.records.synth.compare.measure import Measured
from peelian.records.synth.compare.moments import (
    Moment,
    Real,
    moments,
    real_moments,
    reasons,
    sources,
)
from peelian.results import Cell, Check, Drawing, Field, Form, Result, ResultTable, Sentence

WITHIN, OUTSIDE, CANNOT_TELL = "within", "outside", "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One moment of a store beside the real ones.

    Args:
        moment: Which.
        found: What the store's records say.
        real: What the real ones have.
        verdict: Within their range, outside it, or not to be told.
        why: Why it lies outside or cannot be told; "" where it lies within, or nobody has said.
    """

    moment: Moment
    found: Measured
    real: tuple[Real, ...]
    verdict: str
    why: str

    @property
    def low(self) -> float:
        """Return the lowest of the real ones."""
        return min(real.low for real in self.real)

    @property
    def high(self) -> float:
        """Return the highest of the real ones."""
        return max(real.high for real in self.real)


@dataclass(frozen=True, slots=True)
class _Part:
    """One section of the page: its question, and the pictures of its groups of moments."""

    question: str
    pictures: Mapping[str, str]  # group: caption


_PARTS = (
    _Part(
        "How unevenly do records lie over areas?",
        {
            "areas": "How unevenly records lie over areas",
            "beyond_chance": "How much areas differ beyond chance",
        },
    ),
    _Part(
        "How do records rise with deprivation?",
        {
            "deprivation": "Records an area of the most deprived fifth has, over the least",
            "deciles": "Recorded crimes an area has, by national decile, over the mean",
        },
    ),
    _Part(
        "How do records follow the year?",
        {
            "season": "How high the yearly wave stands",
            "months": "Recorded crimes a day by calendar month, beside the mean month",
        },
    ),
    _Part("What is recorded crime made of?", {"mix": "Shares of recorded crime"}),
    _Part(
        "Do crimes follow one another in space and time?",
        {"near_repeats": "Pairs near in space and time, over what chance would make"},
    ),
    _Part("What do calls look like?", {"calls": "Shares and ratios of calls"}),
    _Part("How long are the logs?", {"text": "Words in a log"}),
)


def beside(found: Mapping[str, Measured], *, made_up: bool) -> tuple[Beside, ...]:
    """Set every moment of a store beside the real ones.

    Args:
        found: What the store's records say, by moment.
        made_up: Whether they are made up: only then are the reasons kept for that theirs.
    """
    return tuple(
        _judge(moment, found[moment.key], real_moments()[moment.key], made_up)
        for moment in moments()
    )


def _judge(moment: Moment, found: Measured, real: tuple[Real, ...], made_up: bool) -> Beside:
    low, high = min(r.low for r in real), max(r.high for r in real)
    if found.value is None:
        verdict, why = CANNOT_TELL, found.why_not
    elif low <= float(f"{found.value:.5g}") <= high:  # the real ones are kept to five digits
        verdict, why = WITHIN, ""
    else:
        side = "below" if found.value < low else "above"
        verdict = OUTSIDE
        why = reasons().get((moment.key, side), "") if made_up else ""
    return Beside(moment=moment, found=found, real=real, verdict=verdict, why=why)


def answers(all_beside: Sequence[Beside], *, made_up: bool) -> tuple[Result, ...]:
    """Return the page's answers: the verdicts first, then each question with its pictures.

    Args:
        all_beside: Every moment beside the real ones.
        made_up: Whether the store's records are made up.
    """
    return (_overall(all_beside, made_up), *(_section(part, all_beside) for part in _PARTS))


def _overall(all_beside: Sequence[Beside], made_up: bool) -> Result:
    judged = [b for b in all_beside if b.moment.judged]
    # What calls for reading comes first.
    order = {OUTSIDE: 0, CANNOT_TELL: 1, WITHIN: 2}
    rows = sorted(judged, key=lambda b: order[b.verdict])
    table = ResultTable.of(
        "Every moment, and whether it lies in the range of the real records",
        {
            "moment": ([b.moment.name for b in rows], Field(role="key", label="Moment")),
            "verdict": ([b.verdict for b in rows], _VERDICT),
            "why": ([b.why for b in rows], _text("Why")),
        },
        sums_over=(),
    )
    checks = [_explained(judged)] if made_up else []
    return Result(
        question="Do these records look like real ones?",
        answer=_tally(judged, "moments"),
        tables={
            "verdicts": table,
            "totals": _totals(judged),
            "sources": _sources(),
            "records_used": _used({b.moment.key: b.found for b in all_beside}),
        },
        diagnostics=tuple(checks),
        caveats=(
            *_outside(judged, made_up),
            *(Sentence(said) for said in (*([] if made_up else [_ITSELF]), *_CAVEATS)),
        ),
        definitions={
            "moment": "One number by which records are compared, worked out by one definition for "
            "all of them.",
            "real range": "From the lowest to the highest over real records and their parts: a "
            "force's districts, a year's quarters.",
        },
    )


_ITSELF = (
    "Where this store holds the very records that are kept as real ones, it lies within their "
    "range because it is part of it."
)
_CAVEATS = (
    "The real records are few, and their publishers moved places and left kinds of call out: their "
    "range is what was met with, not all that there is.",
    "A moment within the range does not make records real: nothing learned from made-up records "
    "is a finding about any place.",
    "A moment is one number of a whole store; records can agree in it and differ in all else.",
)


def _explained(judged: Iterable[Beside]) -> Check:
    silent = [b.moment.name for b in judged if b.verdict == OUTSIDE and not b.why]
    if not silent:
        said = Sentence("Outside the range: {outside}; each says why.", _cells("outside"))
    else:
        said = Sentence(
            "Outside the range without a stated reason: {which}.",
            words={"which": "; ".join(silent)},
        )
    return Check(name="What lies outside the real range says why", held=not silent, says=said)


def _outside(judged: Iterable[Beside], made_up: bool) -> Iterator[Sentence]:
    """Yield what lies outside the real range, and of made-up records why."""
    for b in judged:
        if b.verdict == OUTSIDE:
            side = "below" if (b.found.value or 0) < b.low else "above"
            said = f"“{{moment}}” lies {side} the range of the real records"
            words = {"moment": b.moment.name}
            if made_up:
                said, words = f"{said}: {{why}}", words | {"why": b.why or "nobody has said why"}
            yield Sentence(f"{said}.", {}, words)


def _section(part: _Part, all_beside: Sequence[Beside]) -> Result:
    here = [b for b in all_beside if b.moment.group in part.pictures]
    judged = [b for b in here if b.moment.judged]
    tables: dict[str, ResultTable] = {}
    for group, caption in part.pictures.items():
        rows = [b for b in here if b.moment.group == group]
        tables[group] = _beside_table(rows, caption)
        tables[f"real_{group}"] = _real_table(rows, caption)
    tables |= {
        "totals": _totals(judged),
        "records_used": _used({b.moment.key: b.found for b in all_beside}),
    }
    drawings = tuple(
        Drawing(
            kind="intervals",
            title=Sentence(caption),
            table=group,
            encode={
                "label": "moment",
                "value": "value",
                "low": "low",
                "high": "high",
                "spread": "beside the range of the real records",
                "open": False,
            },
            alt=Sentence(
                f"{caption}: a dot for this store, a line for the range of the real records."
            ),
        )
        for group, caption in part.pictures.items()
    )
    return Result(
        question=part.question,
        answer=_tally(judged, "moments"),
        tables=tables,
        drawings=drawings,
        definitions={b.moment.family: b.moment.means for b in here},
    )


def _tally(judged: Sequence[Beside], what: str) -> Sentence:
    """Return how many lie where; what there is none of is not said."""
    n = Counter(b.verdict for b in judged)
    if not n[WITHIN] + n[OUTSIDE]:
        whys = "; ".join(dict.fromkeys(b.why for b in judged))
        return Sentence("These records cannot tell: {why}.", words={"why": whys})
    if n[OUTSIDE] + n[WITHIN] == 1:
        where = "within" if n[WITHIN] else "outside"
        said = f"The one of the {what} that can be told lies {where} the range of the real records"
    elif n[OUTSIDE]:
        said = f"Of {{told}} {what} that can be told, {{within}} lie within the range of the real "
        said += "records and {outside} outside it"
    else:
        said = f"All {{told}} {what} that can be told lie within "
        said += "the range of the real records"
    if n[CANNOT_TELL]:
        said += "; {untold} cannot be told"
    holes = [name for name in ("told", "within", "outside", "untold") if f"{{{name}}}" in said]
    return Sentence(f"{said}.", _cells(*holes))


def _cells(*names: str) -> dict[str, Cell]:
    return {name: Cell("totals", 0, name) for name in names}


def _totals(judged: Sequence[Beside]) -> ResultTable:
    n = Counter(b.verdict for b in judged)
    counts = {
        "told": ("Moments that can be told", n[WITHIN] + n[OUTSIDE]),
        "within": ("Within the real range", n[WITHIN]),
        "outside": ("Outside it", n[OUTSIDE]),
        "explained": ("Outside, with the reason", sum(
            b.verdict == OUTSIDE and bool(b.why) for b in judged
        )),
        "untold": ("That cannot be told", n[CANNOT_TELL]),
    }  # fmt: skip
    return ResultTable.of(
        "How many moments lie where",
        {name: ([value], _figure(label, "integer")) for name, (label, value) in counts.items()},
    )


def _beside_table(rows: Sequence[Beside], caption: str) -> ResultTable:
    form = rows[0].moment.form
    return ResultTable.of(
        caption,
        {
            "moment": ([b.moment.title for b in rows], Field(role="key", label="Moment")),
            "value": (
                pa.array([_about(b.found.value, 4) for b in rows], pa.float64()),
                _figure("This store", form),
            ),
            "low": ([b.low for b in rows], _figure("Lowest of real records", form)),
            "high": ([b.high for b in rows], _figure("Highest of real records", form)),
            "verdict": ([b.verdict for b in rows], _VERDICT),
            "why": ([b.why for b in rows], _text("Why")),
            # Of hundreds at the least, and to two figures: no difference of two tells of a few.
            "n": (
                pa.array(
                    [_about(b.found.n if b.found.value is not None else None, 2) for b in rows],
                    pa.float64(),
                ),
                _figure("Records of this store, about", "integer"),
            ),
        },
        sums_over=(),
    )


def _real_table(rows: Sequence[Beside], caption: str) -> ResultTable:
    form = rows[0].moment.form
    each = [(b.moment, real) for b in rows for real in b.real]
    return ResultTable.of(
        f"{caption}: what each set of real records has",
        {
            "moment": ([m.title for m, _ in each], Field(role="key", label="Moment")),
            "source": ([_SHORT[r.source] for _, r in each], Field(role="key", label="Records")),
            "whole": ([r.whole for _, r in each], _figure("All of them", form)),
            "low": ([r.low for _, r in each], _figure("Lowest part", form)),
            "high": ([r.high for _, r in each], _figure("Highest part", form)),
            "parts": ([r.parts for _, r in each], _text("Parts")),
            "rests_on": ([r.n for _, r in each], _figure("How many", "integer")),
        },
        sums_over=(),
    )


_SHORT = {
    "uk_northumbria": "Northumbria",
    "uk_london": "London",
    "us_calls_sacramento": "Sacramento calls",
    "burglary_chicago": "Chicago burglary",
    "shootings_nyc": "New York shootings",
    "gold_logs": "Hand-written logs",
}


def _sources() -> ResultTable:
    titles = sources()
    return ResultTable.of(
        "The real records",
        {
            "source": ([_SHORT[key] for key in titles], Field(role="key", label="Records")),
            "what": (list(titles.values()), _text("What they are, and who published them")),
        },
        sums_over=(),
    )


def _used(found: Mapping[str, Measured]) -> ResultTable:
    """Return how many records were read: the crimes, the calls, and the logs' texts."""
    behind = {"crimes": "mix.burglary", "incidents": "calls.weekend", "logs": "text.middle"}
    return ResultTable.of(
        "Records used",
        {
            "records": (list(behind), Field(role="key", label="Records")),
            "used": (
                [found[key].n for key in behind.values()],
                Field(role="count", label="Number", form="integer"),
            ),
        },
        sums_over=(),
    )


def _about(value: float | None, digits: int) -> float | None:
    """Return a number to so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")


def _figure(label: str, form: Form) -> Field:
    return Field(role="figure", label=label, form=form)


_VERDICT = Field(
    role="figure",
    label="Verdict",
    form="text",
    note="within: in the range of the real records and their parts; outside: not in it; cannot "
    "tell: the store does not hold what it takes.",
)


def _text(label: str) -> Field:
    # Not what names a row, which is its moment: what is said of it.
    return Field(role="figure", label=label, form="text")
