"""Cities in which no event leads to another, though what is near in place is near in time."""

import numpy as np

SIDE, DAYS = 9_000.0, 400.0
BOX = (0.0, 0.0, SIDE, SIDE)


def by_the_week(seed: int, n: int = 2500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places with hours and weekdays of their own: bars at weekend nights, shops by day.

    Returns:
        x, y in metres and t in days, exact.
    """
    rng = np.random.default_rng([31, seed])
    places = rng.uniform(0, SIDE, (40, 2))
    place = rng.choice(40, n, p=rng.dirichlet(np.full(40, 0.8)))
    xy = np.clip(places[place] + rng.laplace(0, 180, (n, 2)), 0, SIDE)
    night = place < 20
    week = rng.integers(0, int(DAYS // 7), n)
    weekday = np.where(night, rng.choice([4, 5], n), rng.choice([0, 1, 2, 3], n))
    hour = np.where(night, rng.triangular(22, 24, 27, n), rng.triangular(9, 14, 18, n))
    t = week * 7 + weekday + hour / 24
    return xy[:, 0], xy[:, 1], t


def one_district_grows(seed: int, n: int = 2500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A city steady but for one corner, where nothing happens at first and ever more later."""
    rng = np.random.default_rng([32, seed])
    new = rng.random(n) < 0.25
    xy = rng.beta(1.5, 1.5, (n, 2)) * SIDE
    xy[new] = rng.beta(2, 2, (int(new.sum()), 2)) * SIDE / 3
    t = np.where(new, DAYS * np.sqrt(rng.random(n)), DAYS * rng.random(n))
    return xy[:, 0], xy[:, 1], t


def seasons(seed: int, n: int = 2500) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A seaside busy in summer and a centre busy in winter, each with busy spots of its own."""
    rng = np.random.default_rng([33, seed])
    sea = rng.random(n) < 0.5
    spots = rng.uniform(0, SIDE, (60, 2)) * (1, 0.5)
    spots[:30, 1] += SIDE / 2
    spot = np.where(sea, rng.integers(0, 30, n), rng.integers(30, 60, n))
    xy = np.clip(spots[spot] + rng.normal(0, 250, (n, 2)), 0, SIDE)
    t = []
    for at_sea in sea:
        while True:
            day = rng.uniform(0, DAYS)
            if rng.random() < 0.5 + 0.4 * np.cos(2 * np.pi * (day / 365 - (0.5 if at_sea else 0))):
                break
        t.append(day)
    return xy[:, 0], xy[:, 1], np.array(t)
