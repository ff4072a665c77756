"""A planted branching ratio is found beside the right background, and a wrong one makes it up."""

import numpy as np
import pytest

from peelian.statistics.hawkes import Events, by_cells, even, fit, smooth
from peelian.statistics.kernels_hawkes import Grid, expect

SIDE, DAYS = 6000.0, 300.0
BOX = (0.0, 0.0, SIDE, SIDE)


def _family(rng, x, y, t, theta: float, delay: float, spread: float) -> Events:
    """Let each event bring others, and those again, a Poisson number each."""
    found = [(x, y, t)]
    while len(x):
        many = rng.poisson(theta, len(x))
        x = np.repeat(x, many) + spread * rng.standard_normal(many.sum())
        y = np.repeat(y, many) + spread * rng.standard_normal(many.sum())
        t = np.repeat(t, many) - delay * np.log(rng.random(many.sum()))
        kept = (t < DAYS) & (x > 0) & (x < SIDE) & (y > 0) & (y < SIDE)
        x, y, t = x[kept], y[kept], t[kept]
        found.append((x, y, t))
    return Events.of(*(np.concatenate(part) for part in zip(*found, strict=True)), DAYS, BOX)


def _even_city(rng, n: int) -> tuple[np.ndarray, ...]:
    return rng.uniform(0, SIDE, n), rng.uniform(0, SIDE, n), rng.uniform(0, DAYS, n)


def test_expectations_are_those_of_all_pairs():
    rng = np.random.default_rng(1)
    n, theta, rate, spread = 300, 0.4, 0.2, 250.0
    x, y, t = _even_city(rng, n)
    t[:40] = np.floor(t[:40] / 10) * 10  # moments that several events share excite nobody
    events = Events.of(x, y, t, DAYS, BOX)
    background = rng.random(n) * 1e-8
    far = 4.5 * spread
    column, row = (events.x // far).astype(int), (events.y // far).astype(int)
    columns = rows = int(SIDE // far) + 1
    order = np.lexsort((events.t, row * columns + column))
    begin = np.searchsorted((row * columns + column)[order], np.arange(columns * rows + 1))
    grid = Grid(events.x[order], events.y[order], events.t[order], begin, column[order],
                row[order], columns, rows)  # fmt: skip
    excited = np.empty(n)
    sums = expect(
        grid, background[order], theta, rate, spread, 7 / rate, far**2, excited
    )  # fmt: skip
    gap = events.t[:, None] - events.t
    d2 = (events.x[:, None] - events.x) ** 2 + (events.y[:, None] - events.y) ** 2
    kernel = np.where(
        (gap > 0) & (gap <= 7 / rate) & (d2 <= far**2),
        rate * np.exp(-rate * gap) * np.exp(-d2 / (2 * spread**2)) / (2 * np.pi * spread**2),
        0.0,
    )
    chance = theta * kernel / (background + theta * kernel.sum(axis=1))[:, None]
    assert excited == pytest.approx(chance.sum(axis=1)[order])
    assert sums[0] == pytest.approx(chance.sum())
    assert sums[1] == pytest.approx((chance * gap).sum())
    assert sums[2] == pytest.approx((chance * d2).sum())
    assert sums[3] == pytest.approx(np.log(background + theta * kernel.sum(axis=1)).sum())


@pytest.mark.parametrize("theta", [0.15, 0.5])
def test_a_planted_process_is_found_on_an_even_city(theta):
    found = []
    for seed in range(12):
        rng = np.random.default_rng([2, seed])
        events = _family(rng, *_even_city(rng, int(1200 * (1 - theta))), theta, 4.0, 90.0)
        fitted = fit(events, even(events))
        found.append((fitted.theta, fitted.mean_days, fitted.spread))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(12)
    # the mean delay of few is skewed, so each is allowed a little beside its chance error
    assert (np.abs(mean / [theta, 4.0, 90.0] - 1) < 3 * error / [theta, 4.0, 90.0] + 0.03).all()


def test_where_nothing_was_planted_next_to_nothing_is_found():
    found = []
    for seed in range(8):
        events = Events.of(*_even_city(np.random.default_rng([3, seed]), 1200), DAYS, BOX)
        found.append(fit(events, even(events)).theta)
    assert np.median(found) < 0.03


def test_gate_k12_a_background_too_smooth_makes_excitement_up():
    """Places that differ lastingly, and nobody excited: only who knows the places sees that."""
    flat, known = [], []
    for seed in range(4):
        rng = np.random.default_rng([4, seed])
        weight = rng.gamma(0.4, 1, 144)
        cell = rng.choice(144, 1500, p=weight / weight.sum())
        x, y = (
            (cell % 12 + rng.random(1500)) * SIDE / 12,
            (cell // 12 + rng.random(1500)) * SIDE / 12,
        )
        events = Events.of(x, y, rng.uniform(0, DAYS, 1500), DAYS, BOX)
        there = (events.y * 12 // SIDE).astype(int) * 12 + (events.x * 12 // SIDE).astype(int)
        area = np.full(144, (SIDE / 12) ** 2)
        flat.append(fit(events, even(events)).theta)
        known.append(fit(events, by_cells(events, there, area), longest=30).theta)
    assert min(flat) > 0.3
    assert np.mean(known) < 0.05


def test_a_smooth_background_counts_no_event_for_itself():
    rng = np.random.default_rng(5)
    events = Events.of(*_even_city(rng, 400), DAYS, BOX)
    weight = rng.random(400)
    d2 = (events.x[:, None] - events.x) ** 2 + (events.y[:, None] - events.y) ** 2
    kernel = np.exp(-d2 / (2 * 300**2)) / (2 * np.pi * 300**2)
    np.fill_diagonal(kernel, 0)
    exact = kernel @ weight / DAYS
    assert smooth(events, 300.0)(weight) == pytest.approx(exact, rel=0.02, abs=exact.max() / 500)


@pytest.mark.parametrize(
    ("x", "t"), [([1.0], [1.0]), ([1.0, np.nan], [1.0, 2.0]), ([1.0, 2.0], [1.0, 400.0])]
)
def test_events_that_are_none_are_refused(x, t):
    with pytest.raises(ValueError, match="event"):
        Events.of(np.array(x), np.zeros(len(x)), np.array(t), DAYS)
