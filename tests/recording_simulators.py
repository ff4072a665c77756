"""Made-up days of calls in which need, or its recording, steps: written apart from the method.

Everything is drawn hour by hour from tables of numbers: no waves of the year, no logarithms of
shares, no day's count has a formula in it. `Days` is what a reader of the store would count.
"""

from dataclasses import dataclass

import numpy as np

WEEK = np.array([  # calls an hour, by weekday (rows) and hour, before anything else
    [9, 7, 6, 5, 5, 6, 9, 14, 19, 22, 24, 25, 26, 26, 27, 29, 31, 31, 29, 27, 25, 22, 18, 13],
    [9, 7, 6, 5, 5, 6, 9, 14, 19, 22, 24, 25, 25, 26, 27, 29, 31, 31, 29, 27, 25, 22, 18, 13],
    [9, 7, 6, 5, 5, 6, 9, 14, 19, 22, 25, 26, 27, 27, 28, 30, 31, 31, 29, 27, 25, 22, 18, 13],
    [9, 7, 6, 5, 5, 6, 9, 14, 19, 22, 24, 25, 26, 26, 27, 29, 31, 31, 30, 28, 26, 23, 19, 14],
    [10, 8, 6, 6, 5, 6, 9, 14, 19, 22, 24, 25, 26, 27, 28, 30, 32, 33, 33, 32, 31, 30, 28, 25],
    [22, 19, 16, 13, 10, 8, 9, 12, 16, 20, 22, 24, 25, 26, 26, 27, 28, 29, 30, 31, 31, 31, 30, 28],
    [25, 22, 18, 14, 11, 8, 8, 11, 14, 17, 20, 21, 22, 23, 23, 24, 25, 25, 24, 23, 21, 19, 16, 12],
]) / 20.3  # fmt: skip
AFTERNOON = np.array([.6, .5, .5, .4, .4, .5, .6, .8, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.5, 1.5, 1.4,
                      1.3, 1.2, 1.1, 1, .9, .8, .7]) / .967  # fmt: skip
MONTHS = {  # how the year goes, for all calls and for need: two unlike tables
    "calls": [.93, .92, .97, .99, 1.04, 1.07, 1.10, 1.08, 1.02, 1.01, .95, .92],
    "need": [1.04, 1.02, 1.03, .99, 1.02, .98, .95, .94, .99, 1.01, 1.02, 1.01],
}  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """What is planted, and how the signs work.

    Args:
        need, flag, text: By what need, the flag's sensitivity and the text's are multiplied from
            the day on.
        hourly: Calls an hour, on average.
        share: Share of calls with need, by kind of call.
        mix: Share of calls of each kind, before; `mix_after` from the day on.
        flag_of_need, flag_of_none: Chance of a flag, by kind of call.
        text_of_need, text_of_none: Chance of words, by kind of call.
        lumps: Shape of the gamma by which every hour differs; small is lumpy.
        memory, wander: Of a daily wandering of need's level: how much is kept, how wide it is.
        drift: By what the flag's sensitivity is multiplied in a year.
        years: How long before and after, in days.
    """

    need: float = 1.0
    flag: float = 1.0
    text: float = 1.0
    hourly: float = 30.0
    share: tuple[float, ...] = (0.06,)
    mix: tuple[float, ...] = (1.0,)
    mix_after: tuple[float, ...] = (1.0,)
    flag_of_need: tuple[float, ...] = (0.30,)
    flag_of_none: tuple[float, ...] = (0.002,)
    text_of_need: tuple[float, ...] = (0.85,)
    text_of_none: tuple[float, ...] = (0.01,)
    lumps: float = 8.0
    memory: float = 0.0
    wander: float = 0.0
    drift: float = 1.0
    before: int = 730
    after: int = 365


# Words that are wrong four times in ten; kinds of call with unlike signs, whose mix shifts so that
# flags would fall with neither need nor recording changed; need that wanders; a flag that drifts.
MISSPECIFIED = {
    "share": (0.16, 0.05, 0.045), "mix": (0.20, 0.35, 0.45), "mix_after": (0.205, 0.29, 0.505),
    "flag_of_need": (0.40, 0.24, 0.15), "flag_of_none": (0.006, 0.003, 0.001),
    "text_of_need": (0.88, 0.80, 0.72), "text_of_none": (0.07, 0.035, 0.02),
    "lumps": 5.0, "memory": 0.8, "wander": 0.06, "drift": 1.02,
}  # fmt: skip


@dataclass(frozen=True)
class Days:
    """Counts by day and kind of call, and what reading logs would show.

    Args:
        days: The days.
        day: The first day after.
        calls, text, flag, both: By day and kind: (days, kinds).
        true_both, true_text_only: Of the logs with both signs, and with words alone: share with
            need, in each period (before, after).
    """

    days: np.ndarray
    day: np.datetime64
    calls: np.ndarray
    text: np.ndarray
    flag: np.ndarray
    both: np.ndarray
    true_both: np.ndarray
    true_text_only: np.ndarray


def days_of(planted: Planted, chance: np.random.Generator) -> Days:
    """Draw all days."""
    many = planted.before + planted.after
    days = np.datetime64("2021-03-01") + np.arange(many)
    weekday = (days - np.datetime64("2021-03-01")).astype(int) % 7  # it was a Monday
    month = days.astype("datetime64[M]").astype(int) % 12
    later = np.arange(many) >= planted.before
    level = _wandering(planted, many, chance)
    grid = WEEK[weekday] * planted.hourly * np.array(MONTHS["calls"])[month][:, None]
    calls = chance.poisson(grid * chance.gamma(planted.lumps, 1 / planted.lumps, grid.shape))
    counts = {
        name: np.zeros((many, len(planted.mix))) for name in ("calls", "text", "flag", "both")
    }
    true = {name: np.zeros(many) for name in ("both", "text")}
    of_none = {name: np.zeros(many) for name in ("both", "text")}
    left, rest = calls, np.ones(many)
    for kind, share in enumerate(planted.share):
        now = np.where(later, planted.mix_after[kind], planted.mix[kind])
        mine = chance.binomial(left, np.clip(now / rest, 0, 1)[:, None])
        left, rest = left - mine, np.maximum(rest - now, 1e-12)
        likely = (
            share
            * AFTERNOON
            * (np.array(MONTHS["need"])[month] * level * np.where(later, planted.need, 1.0))[
                :, None
            ]
        )
        lump = chance.gamma(3 * planted.lumps, 1 / (3 * planted.lumps), likely.shape)
        needy = chance.binomial(mine, np.minimum(likely * lump, 0.95)).sum(axis=1)
        none = mine.sum(axis=1) - needy
        years = np.arange(many) / 365
        flags = planted.flag_of_need[kind] * np.where(later, planted.flag, 1.0)
        flags = np.minimum(flags * planted.drift**years, 1)
        words = np.minimum(planted.text_of_need[kind] * np.where(later, planted.text, 1.0), 1)
        for people, flagged, worded, kept in (
            (needy, flags, words, true),
            (none, planted.flag_of_none[kind], planted.text_of_none[kind], of_none),
        ):
            worded_n = chance.binomial(people, worded)
            both = chance.binomial(worded_n, flagged)
            flag_only = chance.binomial(people - worded_n, flagged)
            counts["text"][:, kind] += worded_n
            counts["both"][:, kind] += both
            counts["flag"][:, kind] += both + flag_only
            kept["both"] += both
            kept["text"] += worded_n
        counts["calls"][:, kind] = mine.sum(axis=1)

    def share_true(name):
        return np.array([
            true[name][part].sum() / (true[name][part].sum() + of_none[name][part].sum())
            for part in (~later, later)
        ])  # fmt: skip

    for kept in (true, of_none):
        kept["text"] = kept["text"] - kept["both"]
    return Days(
        days=days,
        day=days[planted.before],
        **counts,
        true_both=share_true("both"),
        true_text_only=share_true("text"),
    )


def _wandering(planted, many, chance):
    steps = chance.normal(0, planted.wander * np.sqrt(1 - planted.memory**2), many)
    level, here = np.empty(many), chance.normal(0, planted.wander)
    for number in range(many):
        here = planted.memory * here + steps[number]
        level[number] = 1 + here
    return np.clip(level, 0.2, None)


def read_logs(drawn: Days, each: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Read so many logs of both signs, and of words alone, in each period.

    Returns:
        How many were read and how many were so: by period (before, after) and by both signs, words
        alone, flag alone, neither: (2, 4) each.
    """
    read, so = np.zeros((2, 4)), np.zeros((2, 4))
    read[:, :2] = each
    for cell, share in enumerate((drawn.true_both, drawn.true_text_only)):
        so[:, cell] = chance.binomial(each, share)
    return read, so
