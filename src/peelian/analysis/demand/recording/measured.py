"""The figures: steps of the signs, what they say of need and of its recording, and what decides."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peelian.analysis.demand.recording.audits import Read
from peelian.analysis.demand.recording.counting import PAGE, Counted
from peelian.errors import CannotAnswer
from peelian.statistics.intervals import Estimate
from peelian.statistics.months import name as month_name
from peelian.statistics.steps import Searched, Steps, search, steps_at
from peelian.statistics.two_signs import (
    Part,
    Right,
    Signs,
    Verdict,
    one_part,
    parts_of,
    verdict_of,
)

Floats = NDArray[np.float64]

LEVEL = 0.95
FEWEST_MONTHS = 6  # to either side: half a year's season at the least
FEWEST_EVENTS = 30  # logs with both signs, to either side
_WEEK = 7
_HELD = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_READS = (25, 50, 100, 200, 400, 800, 1600, 3200)
_GUESS = {"flag_only": 0.5, "neither": 0.01}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked: settings, checked."""

    trained_on: np.datetime64 | None
    margin: float
    text_right: tuple[float, float]
    mix: bool
    draws: int
    seed: int


@dataclass(frozen=True)
class Direct:
    """What the audits say by themselves: a period each, and the step between them."""

    share: tuple[Estimate, Estimate]
    sensitivity: tuple[Estimate, Estimate]
    need: Part
    agrees: bool


@dataclass(frozen=True)
class Decides:
    """What would decide it: how many logs to read in each period, or months in all; None: cannot.

    Args:
        text_only: Logs with the words and no flag.
        every: Logs of every kind, for need to be seen without resting on the text.
        months: Months to either side, as busy as these.
    """

    text_only: int | None
    every: int
    months: int | None


@dataclass(frozen=True)
class Holds:
    """What would be said, were a share of the logs with the words right; None where none can be."""

    right: float
    need: Part | None
    recording: Part | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Found:
    """All that was found.

    Args:
        day: The first day after.
        steps: Of the text's share, of the flag's share of those, of the text's share of flagged.
        over_trend: The same beyond a straight trend; None where it cannot be told from one.
        right: What is known of how many are right, or the ends of what is assumed.
        audited: Whether reading says so.
        holds: The parts and the verdict at each share of right text that might be.
    """

    counted: Counted
    asked: Asked
    day: np.datetime64
    searched: Searched | None
    signs: Signs
    over_trend: Steps | None
    right: tuple[Right, ...]
    audited: bool
    read: Read
    need: Part
    recording: Part
    text: Part
    verdict: Verdict
    direct: Direct | None
    holds: tuple[Holds, ...]
    decides: Decides

    @property
    def after(self) -> NDArray[np.bool_]:
        """Return which days lie after."""
        return self.counted.days >= self.day


def shares_of(counted: Counted, *, mix: bool) -> tuple[tuple[Floats, Floats], ...]:
    """Return events and what they are counted out of, by day, of the three shares that matter.

    With `mix`, flags and words are counted out of what the day's kinds of call would bring at
    their own shares over all days: a shift among kinds is then no change.

    Args:
        counted: The counts.
        mix: Whether kinds of call may have shifted among one another.
    """
    both = counted.total("both")
    bases = []
    for base in (counted.text, counted.flag):
        of_kind = base.sum(axis=0)
        rate = np.divide(counted.both.sum(axis=0), of_kind, out=np.zeros_like(of_kind),
                         where=of_kind > 0)  # fmt: skip
        bases.append(base @ rate if mix else base.sum(axis=1))
    return (counted.total("text"), counted.total("told")), (both, bases[0]), (both, bases[1])


def day_of(counted: Counted, asked: Asked) -> tuple[np.datetime64, Searched | None]:
    """Return the first day after, as it was given or as it was searched for.

    Raises:
        CannotAnswer: There are too few months to either side.
    """
    months = np.unique(counted.days.astype("datetime64[M]"))
    if asked.trained_on is not None:
        before, after = _months_beside(counted, asked.trained_on)
        if min(before, after) < FEWEST_MONTHS:
            raise CannotAnswer(
                "There are too few months before or after that day to tell a change from a season.",
                found=f"{before} months before, {after} months from then on",
                try_=f"at least {FEWEST_MONTHS} whole months to either side: "
                f"{max(FEWEST_MONTHS - before, 0)} more before, "
                f"{max(FEWEST_MONTHS - after, 0)} more after",
                read=PAGE,
            )
        return asked.trained_on, None
    candidates = [
        day
        for day in counted.days[::_WEEK]
        if min(_months_beside(counted, day)) >= FEWEST_MONTHS and _events_beside(counted, day)
    ]
    if len(months) < 2 * FEWEST_MONTHS + 1 or not candidates:
        raise CannotAnswer(
            "There are too few months or records to search for a day.",
            found=f"{len(months)} months with incidents, "
            f"{_told(counted.both.sum())} logs that both the flag and the text point at",
            try_=f"at least {2 * FEWEST_MONTHS + 1} months and {FEWEST_EVENTS} such logs to either "
            "side of some day; or name the day: trained_on=2023-06-01",
            read=PAGE,
        )
    found = search(
        shares_of(counted, mix=asked.mix)[:2], counted.days, np.array(candidates),
        level=LEVEL, draws=asked.draws, seed=asked.seed,
    )  # fmt: skip
    return found.day, found


def _months_beside(counted: Counted, day: np.datetime64) -> tuple[int, int]:
    """Return how many covered months lie wholly before a day, and from it on."""
    before = counted.days[counted.days < day].astype("datetime64[M]")
    after = counted.days[counted.days >= day].astype("datetime64[M]")
    cut = day.astype("datetime64[M]")
    if day > cut.astype("datetime64[D]"):
        before, after = before[before < cut], after[after > cut]
    return len(np.unique(before)), len(np.unique(after))


def _events_beside(counted: Counted, day: np.datetime64) -> bool:
    both, after = counted.total("both"), counted.days >= day
    return min(both[after].sum(), both[~after].sum()) >= FEWEST_EVENTS


def measure(
    counted: Counted,
    asked: Asked,
    day: np.datetime64,
    searched: Searched | None,
    read: Read,
) -> Found:
    """Work out the figures.

    Args:
        counted: The counts by day.
        asked: What was asked.
        day: The first day after.
        searched: How it was found; None where it was given.
        read: What people read.

    Raises:
        CannotAnswer: Too few logs have both signs to either side of that day.
    """
    _refuse_few(counted, day)
    after = counted.days >= day
    shares = shares_of(counted, mix=asked.mix)
    steps = steps_at(shares, counted.days, day)
    told, text, both = (counted.total(name) for name in ("told", "text", "both"))
    signs = Signs(steps, float(both.sum() / text.sum()), float(told[after].sum() / told.sum()))
    known = read.right()
    right = (known,) if known else _assumed(asked.text_right, signs.flagged)
    beyond = (searched.beyond, searched.beyond_less) if searched else None
    rule: dict[str, Any] = {"margin": asked.margin, "level": LEVEL}
    text_part = one_part(float(steps.value[2]), float(steps.se[2]), steps.df, **rule)
    need, recording = _parts(signs, right, beyond, rule)
    direct = _direct(counted, after, read, need, rule)
    verdict = verdict_of(need, recording, text_part)
    if direct and not direct.agrees:
        verdict = "undecided"
    found = Found(
        counted=counted, asked=asked, day=day, searched=searched, signs=signs,
        over_trend=_over_trend(shares, counted, day), right=right, audited=known is not None,
        read=read, need=need, recording=recording, text=text_part, verdict=verdict,
        direct=direct, holds=_holds(signs, right, beyond, rule, text_part),
        decides=Decides(None, 0, None),
    )  # fmt: skip
    return replace(found, decides=_decides(found, beyond, rule))


def _parts(
    signs: Signs, right: tuple[Right, ...], beyond: tuple[float, float] | None, rule: dict[str, Any]
) -> tuple[Part, Part]:
    try:
        return parts_of(signs, right, beyond=beyond, **rule)
    except ValueError as problem:
        raise CannotAnswer(
            "So few of the logs with these words are right that what they show cannot be told "
            "from what is wrong.",
            found=f"at the least {min(one.text_only for one in right):.0%} right of those without "
            "a flag",
            try_="a text rule with fewer false hits",
            read=PAGE,
        ) from problem


def _refuse_few(counted: Counted, day: np.datetime64) -> None:
    if _events_beside(counted, day):
        return
    both, after = counted.total("both"), counted.days >= day
    raise CannotAnswer(
        "Too few logs are both flagged and found by the text, before or after, to see a change.",
        found=f"{_told(both[~after].sum())} before, {_told(both[after].sum())} from "
        f"{month_name(day.astype('datetime64[M]'))} on",
        try_=f"at least {FEWEST_EVENTS} to either side: more months, or a wider definition",
        read=PAGE,
    )


def _told(logs: float) -> str:
    """Return how many logs, for an error: few of them are never counted out."""
    return f"fewer than {FEWEST_EVENTS}" if logs < FEWEST_EVENTS else f"{int(logs):,}"


def _assumed(text_right: tuple[float, float], flagged: float) -> tuple[Right, ...]:
    """Return the ends of what is assumed, as shares of the logs that the text alone points at."""
    return tuple(
        Right(1.0, max(0.0, (share - flagged) / (1 - flagged))) for share in sorted(set(text_right))
    )


def _over_trend(
    shares: tuple[tuple[Floats, Floats], ...], counted: Counted, day: np.datetime64
) -> Steps | None:
    try:
        return steps_at(shares, counted.days, day, trend=True)
    except ValueError:
        return None


def cells_of(counted: Counted, chosen: NDArray[np.bool_]) -> Floats:
    """Return incidents of some days by what flag and text say: both, text, flag, neither."""
    calls, text, flag, both = (
        counted.total(name)[chosen].sum() for name in ("calls", "text", "flag", "both")
    )
    return np.array([both, text - both, flag - both, calls - text - flag + both])


def _direct(
    counted: Counted, after: NDArray[np.bool_], read: Read, need: Part, rule: dict[str, Any]
) -> Direct | None:
    """Return what the audits say by themselves, where they read some of every cell in both."""
    if not read.any:
        return None
    first = read.corrected(0, cells_of(counted, ~after))
    second = read.corrected(1, cells_of(counted, after))
    if first is None or second is None:
        return None
    (before, se_before), (later, se_later) = first, second
    if not min(before.low, later.low) > 0:
        return None
    value = float(np.log(later.value / before.value))
    se = float(np.hypot(*(np.log(e.high / e.low) / (2 * 1.96) for e in (before, later))))
    part = one_part(value, se, 10_000, **rule)
    agrees = part.low <= need.high and need.low <= part.high
    return Direct((before, later), (se_before, se_later), part, agrees)


def _holds(
    signs: Signs,
    right: tuple[Right, ...],
    beyond: tuple[float, float] | None,
    rule: dict[str, Any],
    text: Part,
) -> tuple[Holds, ...]:
    """Return what would be said at each share of right text, known without doubt."""
    both = right[0].both
    rows = []
    for share in _HELD:
        only = (share - signs.flagged * both) / (1 - signs.flagged)
        known = [Right(both, float(np.clip(only, 0, 1)))]
        try:
            need, recording = parts_of(signs, known, beyond=beyond, **rule)
        except ValueError:
            rows.append(Holds(share, None, None, None))
        else:
            verdict = verdict_of(need, recording, text)
            rows.append(Holds(share, need, recording, verdict))
    return tuple(rows)


def _decides(found: Found, beyond: tuple[float, float] | None, rule: dict[str, Any]) -> Decides:
    return Decides(
        text_only=_reads(found, beyond, rule),
        every=_reads_of_every(found),
        months=_months(found),
    )


def _reads(found: Found, beyond: tuple[float, float] | None, rule: dict[str, Any]) -> int | None:
    """Return the fewest logs with words and no flag, in each period, that would decide it.

    If reading found what the records make likeliest, the middle of what is possible, in each cell.
    """
    middle = float(np.mean([one.text_only for one in found.right]))
    both = found.right[0].both
    for each in _READS:
        se = [float(np.sqrt(share * (1 - share) / (2 * each))) for share in (both, middle)]
        try:
            parts = parts_of(found.signs, [Right(both, middle, *se)], beyond=beyond, **rule)
        except ValueError:
            continue
        if verdict_of(*parts, found.text) != "undecided":
            return each
    return None


def _reads_of_every(found: Found) -> int:
    """Return how many logs of each period show a change of need as small as the margin, by Neyman.

    Shares of cells nobody has read are guesses: half where the flag stands alone, one in a hundred
    where there is no sign.
    """
    sizes = np.stack([cells_of(found.counted, found.after == bool(p)) for p in (0, 1)]).sum(axis=0)
    guess = np.array([
        min(found.right[0].both, 0.98),
        float(np.mean([one.text_only for one in found.right])),
        _GUESS["flag_only"],
        _GUESS["neither"],
    ])  # fmt: skip
    seen = found.read.worth.sum(axis=0)
    read = np.where(found.read.worth > 0, found.read.worth * found.read.share, 0).sum(axis=0)
    guess = np.where(seen >= 20, (read + 0.5) / (seen + 1), guess)
    weight = sizes / sizes.sum()
    spread = float(weight @ np.sqrt(guess * (1 - guess)) / (weight @ guess))
    return int(np.ceil(2 * (1.96 * spread / np.log1p(found.asked.margin)) ** 2))


def _months(found: Found) -> int | None:
    """Return the months to either side at which open parts would be told steady or changed."""
    doubts = [part.se for part in (found.need, found.recording) if part.state == "open"]
    if not doubts or found.text.state == "changed" or len(found.right) > 1:
        return None
    reach = np.log1p(found.asked.margin) / (1.645 + 1.645)
    now = min(_months_beside(found.counted, found.day))
    return int(np.ceil(now * max(1.0, (max(doubts) / reach) ** 2)))
