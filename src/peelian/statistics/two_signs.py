"""Two signs of one state: what their steps say of the state, and of how well a sign shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.steps import Steps

Floats = NDArray[np.float64]
State = Literal["changed", "steady", "open"]
Verdict = Literal["need", "recording", "both", "neither shown", "undecided"]

_SMALL = 1e-5


@dataclass(frozen=True, slots=True)
class Right:
    """How many of the records that a sign points at are truly so, and how surely that is known.

    Args:
        both: Of records that both signs point at.
        text_only: Of records that only the text points at.
        both_se, text_only_se: Standard errors; nought for an assumption.
    """

    both: float
    text_only: float
    both_se: float = 0.0
    text_only_se: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """How much one part changed, as the logarithm of after over before.

    Args:
        value, se: The estimate and its standard error.
        low, high: At the level that was asked.
        near_low, near_high: The interval of a claim of no change: two one-sided tests.
        state: changed, steady (smaller than what matters), or open.
    """

    value: float
    se: float
    low: float
    high: float
    near_low: float
    near_high: float
    state: State


@dataclass(frozen=True, slots=True)
class Signs:
    """The two periods, as far as the parts rest on them.

    Args:
        steps: Steps of the text's share of records, of the flag's share of those the text points
            at, and of the text's share of flagged records, in that order.
        flagged: Share of the records the text points at that are flagged, over both periods.
        after: Share of all records that lie after.
    """

    steps: Steps
    flagged: float
    after: float


def parts_of(
    signs: Signs, right: Sequence[Right], *, margin: float, level: float = 0.95,
    beyond: tuple[float, float] | None = None,
) -> tuple[Part, Part]:  # fmt: skip
    """Return how much the state (need) changed, and how much the flag's recording of it.

    The text finds the state and, at a rate that stays, records without it: its share of records is
    then true + false, and the true part moves with need. Records that are flagged and found by the
    text move with need times the flag's sensitivity. Where how many are right is not known,
    `right` holds the ends of what is possible: the interval is the union over both.

    Args:
        signs: The steps.
        right: What is known of how many are right: one value, or the ends of a range.
        margin: The smallest relative change that matters, such as .1.
        level: Of the intervals.
        beyond: Standard errors to either side, for the interval and for the claim of no change,
            where a day was searched for; t's if not given.

    Raises:
        ValueError: With so few right, the text's share is less than its own false part.

    Assumes:
        The text's own sensitivity, and the rates at which text and flag are wrong, stay.
    """
    ends = [_at(signs, each) for each in right]
    far, near = beyond or _quantiles(signs.steps.df, level)
    return tuple(_part([end[which] for end in ends], far, near, margin) for which in (0, 1))  # type: ignore[return-value]


def one_part(value: float, se: float, df: int, *, margin: float, level: float = 0.95) -> Part:
    """Return a single step as a part, its state judged by the same rule.

    Args:
        value: The step, as the logarithm of after over before.
        se: Its standard error.
        df: Degrees of freedom.
        margin: The smallest relative change that matters.
        level: Of the interval.
    """
    return _part([(value, se)], *_quantiles(df, level), margin)


def verdict_of(need: Part, recording: Part, text: Part) -> Verdict:
    """Return what the parts say together.

    Need or recording is said only where one changed and the other is shown to be steady; where the
    text itself seems to be written otherwise (its share of flagged records changed), nothing that
    rests on the text is decided.

    Args:
        need: From `parts_of`.
        recording: From `parts_of`.
        text: How the text's share of flagged records changed.
    """
    changed = [part.state == "changed" for part in (need, recording)]
    if text.state == "changed":
        return "undecided"
    if all(changed):
        return "both"
    if not any(changed):
        return "neither shown"
    if changed[0]:
        return "need" if recording.state == "steady" else "undecided"
    return "recording" if need.state == "steady" else "undecided"


def _quantiles(df: int, level: float) -> tuple[float, float]:
    from scipy.stats import t

    return float(t.ppf(0.5 + level / 2, df)), float(t.ppf(level, df))


def _at(signs: Signs, right: Right) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return (value, se) of need and of recording, by the delta method."""
    at = np.array([*signs.steps.value[:2], right.both, right.text_only])
    covariance = np.zeros((4, 4))
    covariance[:2, :2] = signs.steps.covariance[:2, :2]
    covariance[2, 2], covariance[3, 3] = right.both_se**2, right.text_only_se**2
    value = _parts(at, signs)
    slope = np.empty((2, 4))
    for column in range(4):
        up, down = at.copy(), at.copy()
        up[column] += _SMALL
        down[column] -= _SMALL
        slope[:, column] = (_parts(up, signs) - _parts(down, signs)) / (2 * _SMALL)
    se = np.sqrt(np.einsum("pi,ij,pj->p", slope, covariance, slope))
    return (float(value[0]), float(se[0])), (float(value[1]), float(se[1]))


def _parts(at: Floats, signs: Signs) -> Floats:
    text, kept, both, text_only = at
    true_text = signs.flagged * both + (1 - signs.flagged) * text_only
    need = _true_step(text, true_text, signs.after)
    return np.array([need, _true_step(text + kept, both, signs.after) - need])


def _true_step(step: float, right: float, after: float) -> float:
    """Return the step of the true part of a share whose false part stays.

    `right` is the true part's share over both periods, so that the false part is as large before
    as after: (1 - right) of their mean.
    """
    mean = (1 - after) + after * np.exp(step)
    before, later = 1 / mean - (1 - right), np.exp(step) / mean - (1 - right)
    if min(before, later) <= 0:
        raise ValueError("a sign's share is less than its false part")
    return float(np.log(later / before))


def _part(ends: Sequence[tuple[float, float]], far: float, near: float, margin: float) -> Part:
    low, high = min(v - far * s for v, s in ends), max(v + far * s for v, s in ends)
    near_low, near_high = min(v - near * s for v, s in ends), max(v + near * s for v, s in ends)
    limit = float(np.log1p(margin))
    state: State = "open"
    if -limit < near_low and near_high < limit:
        state = "steady"
    elif low > 0 or high < 0:
        state = "changed"
    value = float(np.mean([v for v, _ in ends]))
    return Part(value, max(s for _, s in ends), low, high, near_low, near_high, state)
