"""Trends of counts: intervals, power, false alarms and forecasts, and what real series show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.demand.northumbria_asb import current, releases
from bench.figures import Figure
from bench.measure import measure, peelian
from peelian.disclosure import Release
from peelian.records.store import Store
from peelian.render.words import say
from peelian.statistics.alarms import Watch, cusum, height_for, limits, run_length
from peelian.statistics.count_trend import fit, harmonics, simulate
from peelian.statistics.forecasts import gain, level, line, mean_of, naive, origins, score
from peelian.study import Question, answer
from trend_simulators import series

RUNS = 1000
TRIED = 40
WEEK = 365.25 / 7
# Drawn otherwise than the regression assumes: the mean wanders, and the season is a triangle.
WORLDS: dict[str, dict[str, Any]] = {
    "five years, first-order memory .5": {"steps": 60},
    "five years, no memory": {"steps": 60, "memory": 0.0},
    "three years, memory .3, a month missing": {"steps": 36, "memory": 0.3, "missing": (20,)},
    "ten years, memory .5": {"steps": 120},
    "misspecified: moving mean of four, gaps": {
        "steps": 60, "shape": "moving mean", "missing": (11, 30, 31),
    },
    "misspecified: second order": {"steps": 60, "shape": "second order"},
    "misspecified: heavy tails": {"steps": 60, "shape": "heavy tails"},
    "misspecified: twenty a month, no gamma": {
        "steps": 60, "level": 20.0, "noise": 0.0, "spread": 0.1,
    },
    "three years of weeks, memory .5": {"steps": 156, "year": WEEK, "level": 90.0},
}  # fmt: skip
METHODS = {"naive": naive, "both": mean_of(level, line)}


def figures(shared: Path, work: Path) -> Iterator[Figure]:
    """Yield how well trends are told on made-up series, and what real ones show.

    Args:
        shared: The real open records.
        work: Where stores go.
    """
    yield from _trends()
    yield from _alarms()
    yield from _forecasts()
    yield from _northumbria(shared, work)
    yield from _made_up(work)


def _columns(steps: int, year: float = 12.0, *, trend: bool = True) -> Any:
    t = np.arange(steps)
    slope = [(t - steps / 2) / year] if trend else []
    return np.column_stack([np.ones(steps), *slope, harmonics(t / year, 2)])


def _estimates(growth: float, *, steps: int, missing: tuple[int, ...] = (), **world: Any) -> Any:
    x = _columns(steps, world.get("year", 12.0))
    for seed in range(RUNS):
        y = series(np.random.default_rng([11, seed]), steps=steps, growth=growth, **world)
        y[list(missing)] = np.nan
        yield fit(y, x).estimate(np.eye(x.shape[1])[1])


def _trends() -> Iterator[Figure]:
    for name, world in WORLDS.items():
        found = list(_estimates(0.08, **world))
        held = float(np.mean([e.low <= 0.08 <= e.high for e in found]))
        wide = float(np.median([e.high - e.low for e in found]))
        note = f"{RUNS} series; the median interval is {wide:.3f} wide"
        yield Figure(f"trend, {name}: intervals hold the truth, least", held, "≥", 0.92, note)
        yield Figure(f"trend, {name}: most", held, "≤", 0.98)
    still = float(np.mean([e.p < 0.05 for e in _estimates(0.0, steps=60)]))
    yield Figure("trend, none planted: one is shown", still, "≤", 0.08)
    for rise in (1.03, 1.04, 1.05, 1.06):
        seen = float(np.mean([e.p < 0.05 for e in _estimates(np.log(rise), steps=60)]))
        least = 0.8 if rise == 1.06 else 0.0
        yield Figure(f"trend of {rise - 1:.0%} a year, five years: shown", seen, "≥", least,
                     "months vary by 8 % beyond chance, with a memory of .5")  # fmt: skip


def _alarms() -> Iterator[Figure]:
    watch = Watch(year=WEEK, years_back=3, half_window=3, parts=10, skip=26, alpha=0.01)
    y = np.stack([
        series(np.random.default_rng([1, seed]), steps=212, year=WEEK, level=60, growth=-0.1,
               spread=0.05, memory=0.3)
        for seed in range(150)
    ])  # fmt: skip
    above = (y > limits(y, watch, last=52).limit)[:, -52:]
    quiet = run_length(above)
    yield Figure("Farrington: weeks above the limit where nothing happens, of 1 in 100 meant",
                 float(above.mean()), "≤", 0.02,
                 f"a false alarm every {quiet.steps / WEEK:.1f} years")  # fmt: skip
    burst = y.copy()
    burst[:, -1] = np.round(1.7 * burst[:, -1])
    seen = burst[:, -1] > limits(burst, watch, last=1).limit[:, -1]
    yield Figure("Farrington: a week of 70 % more is seen", float(seen.mean()), "≥", 0.8,
                 "60 a week in the mean")  # fmt: skip
    x = _columns(60)
    fitted = fit(series(np.random.default_rng(2), steps=60), x)
    still = simulate(fitted, 1200, np.random.default_rng(3)).astype(float)
    sums = np.stack([
        cusum(row, one.fitted, one.dispersion, 1.2) for row in still for one in [fit(row, x)]
    ])  # fmt: skip
    run = run_length(sums[600:] > height_for(sums[:600], 60, 360))
    yield Figure("CUSUM: in-control run length, of 30 years meant, least", run.steps / 12, "≥", 20,
                 f"{run.alarms} false alarms in {run.watched:,} months")  # fmt: skip
    yield Figure("CUSUM: most", run.steps / 12, "≤", 45)


def _tried(seed: int, **world: Any) -> tuple[float, float, bool]:
    y = series(np.random.default_rng([5, seed]), steps=60, **world)
    cuts = sorted(origins(60, 24, 3, 1))
    found = score(METHODS, y, np.ones(60), _columns(60, trend=False), cuts, ahead=3, cycle=12,
                  longest=120)  # fmt: skip
    both = found["both"]
    return both.covered, both.mase / found["naive"].mase, gain(both.gained, 3).low > 0


def _forecasts() -> Iterator[Figure]:
    for shape in ("first order", "moving mean", "heavy tails"):
        found = [_tried(seed, shape=shape) for seed in range(TRIED)]
        covered, error, better = (float(np.mean(part)) for part in zip(*found, strict=True))
        note = f"its error is {error:.2f} of the naive's; it beats it in {better:.0%} of series"
        yield Figure(
            f"forecast, {shape}: inside its 80 % interval, least", covered, "≥", 0.74, note
        )
        yield Figure(f"forecast, {shape}: most", covered, "≤", 0.88)


def _northumbria(shared: Path, work: Path) -> Iterator[Figure]:
    released = releases(shared, work)
    yield Figure("Northumbria's README tells what is found now", current(released), "=", True)
    whole, _, split = (one.tables["totals"].data.to_pylist()[0] for one in released)
    yield Figure("Northumbria, anti-social behaviour: months missing", whole["missing"], "=", 1)
    yield Figure("Northumbria: change a year over all months", whole["change"], "≤", 0.0,
                 f"interval {whole['low']:.1%} to {whole['high']:.1%}: the end of the Covid "
                 "restrictions")  # fmt: skip
    shown = split["low"] > 0 or split["high"] < 0
    yield Figure("Northumbria, after July 2021: a trend is shown", shown, "=", False,
                 f"{split['change']:.1%} ({split['low']:.1%} to {split['high']:.1%})")  # fmt: skip
    yield _verdict("Northumbria, anti-social behaviour", released[0])


def _verdict(name: str, released: Release) -> Figure:
    """Return whether the answer says of the forecast what its interval beside the naive says."""
    totals = released.tables["totals"].data.to_pylist()[0]
    low, high = totals["gain_low"], totals["gain_high"]
    found = "beats" if low > 0 else "is beaten by" if high < 0 else "is not shown to beat"
    words = {
        "beats": "; the forecast beats repeating",
        "is beaten by": "repeating last year's counts beats the forecast",
        "is not shown to beat": "not shown that the forecast beats repeating",
    }
    note = (
        f"it {found} the seasonal naive: error {totals['mase']:.2f} against "
        f"{totals['mase_naive']:.2f}, nearer by {totals['gain']:.1f} records a step "
        f"({low:.1f} to {high:.1f}), {totals['origins']} origins, "
        f"{totals['covered']:.0%} in its 80 % interval"
    )
    return Figure(f"forecast, {name}: beats the naive, or says it does not",
                  words[found] in say(released, released.answer), "=", True,
                  note)  # fmt: skip


def _made_up(work: Path) -> Iterator[Figure]:
    store = work / "made-up-trend"
    made = measure(peelian("make", store, "--areas", "80", "--incidents", "40000", "--years", "3",
                           "--seed", "7", "--no-narratives"))  # fmt: skip
    if made.code:
        raise RuntimeError(made.err)
    with Store.open(store) as held:
        for by in ("month", "week"):
            said = answer(held, Question("demand.trend", {"by": by}))
            yield _verdict(f"a made-up force by {by}", said)
    run = measure(peelian("show", store, "demand.trend", "--set", "by=day"))
    yield Figure("a made-up force by day: seconds of CPU", run.cpu_s, "≤", 15,
                 f"{run.peak_mb:.0f} MB")  # fmt: skip
