"""Cities whose events are led to by others, or by nobody: two, made apart from what is tested.

The first keeps to the form that is fitted (an exponential of time, a Gaussian of place) over a
background in clusters of a width. The second keeps to none: delays have a heavy tail (Lomax, as
Omori's law for aftershocks), distances fall as an exponential of the radius, and the background
lies along streets. The branching ratio is counted over all time and the whole plane: a city is let
run before its clock starts and beyond its edges, and only then is the rectangle cut out.
"""

from typing import Literal

import numpy as np

SIDE, DAYS = 10_000.0, 365.0
BOX = (0.0, 0.0, SIDE, SIDE)
MEAN_DAYS, SPREAD = 5.0, 100.0  # of what one event leads to; spread along each axis
_SCATTERED = 0.2  # of the background, in no cluster
_CLUSTERS_AT = {300.0: 90, 600.0: 60, 1500.0: 30}  # clusters in the rectangle, about
_TAIL = 1.5  # of Lomax: delays have a mean and no variance


def city(
    theta: float,
    width: float,
    seed: int,
    *,
    n: int = 2000,
    kernel: Literal["exponential", "power-law"] = "exponential",
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, tuple[float, float, float, float]]:
    """Return a year of events of a square city of 10 km, in order of time.

    Args:
        theta: The branching ratio, from 0 to under 1: how many events one leads to directly,
            wherever and whenever these are.
        width: The standard deviation of a background cluster, in metres.
        seed: The same seed gives the same city.
        n: How many events are expected in the rectangle and the year, those led to by others
            among them. How many there are depends on where clusters fall.
        kernel: `exponential` for the first city (delays of 5 days on average, 100 metres along
            each axis); `power-law` for the second (delays with a median of 1.5 days and a mean of
            5, distances of 100 metres on average; streets).

    Returns:
        x, y in metres, t in days from the beginning, how many days, and the rectangle
        (left, bottom, right, top).
    """
    if not 0 <= theta < 1:
        raise ValueError("a branching ratio under one: a city that does not explode")
    rng = np.random.default_rng([int(1000 * theta), int(width), seed, len(kernel)])
    early = 12 * MEAN_DAYS if kernel == "exponential" else DAYS
    margin = 3 * width + 8 * SPREAD
    low, high = -margin, SIDE + margin
    share = ((high - low) / SIDE) ** 2 * (DAYS + early) / DAYS
    many = rng.poisson(n * (1 - theta) * share)
    places = _in_clusters if kernel == "exponential" else _along_streets
    x, y = places(rng, many, width, low, high)
    t = rng.uniform(-early, DAYS, many)
    led = _exponential if kernel == "exponential" else _power_law
    x, y, t = _with_descendants(rng, x, y, t, theta, led)
    seen = (t >= 0) & (t < DAYS) & (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
    order = np.argsort(t[seen], kind="stable")
    return x[seen][order], y[seen][order], t[seen][order], DAYS, BOX


def _with_descendants(rng, x, y, t, theta, led):
    """Let each event lead to a Poisson number of others, and these again, until none is left."""
    born = [(x, y, t)]
    while len(t):
        parent = np.repeat(np.arange(len(t)), rng.poisson(theta, len(t)))
        later, east, north = led(rng, len(parent))
        x, y, t = x[parent] + east, y[parent] + north, t[parent] + later
        soon = t < DAYS
        x, y, t = x[soon], y[soon], t[soon]
        born.append((x, y, t))
    return tuple(np.concatenate(part) for part in zip(*born, strict=True))


def _exponential(rng, n):
    return rng.exponential(MEAN_DAYS, n), rng.normal(0, SPREAD, n), rng.normal(0, SPREAD, n)


def _power_law(rng, n):
    later = MEAN_DAYS * (_TAIL - 1) * rng.pareto(_TAIL, n)
    radius, angle = rng.exponential(SPREAD, n), rng.uniform(0, 2 * np.pi, n)
    return later, radius * np.cos(angle), radius * np.sin(angle)


def _centres(rng, width, low, high):
    """Return the middles of clusters over the city and beyond, and how busy each is."""
    near = min(_CLUSTERS_AT, key=lambda known: abs(known - width))
    many = max(round(_CLUSTERS_AT[near] * ((high - low) / SIDE) ** 2), 1)
    busy = rng.gamma(2.0, 1.0, many)
    return rng.uniform(low, high, (many, 2)), busy / busy.sum()


def _in_clusters(rng, n, width, low, high):
    centre, busy = _centres(rng, width, low, high)
    at = centre[rng.choice(len(centre), n, p=busy)] + rng.normal(0, width, (n, 2))
    scattered = rng.random(n) < _SCATTERED
    at[scattered] = rng.uniform(low, high, (int(scattered.sum()), 2))
    return at[:, 0], at[:, 1]


def _along_streets(rng, n, width, low, high):
    """Lay streets about the middles of clusters, each cluster with a grid turned its own way."""
    centre, busy = _centres(rng, width, low, high)
    a_cluster = max(int(width / 15), 20)
    cluster = np.repeat(np.arange(len(centre)), a_cluster)
    streets = len(cluster)
    middle = centre[cluster] + rng.normal(0, width, (streets, 2))
    turned = rng.uniform(0, np.pi / 2, len(centre))[cluster]
    turned = turned + np.pi / 2 * rng.integers(0, 2, streets)
    length = rng.uniform(150, 500, streets)
    used = busy[cluster] * length * rng.gamma(1.5, 1.0, streets)
    street = rng.choice(streets, n, p=used / used.sum())
    along = length[street] * rng.uniform(-0.5, 0.5, n)
    across = rng.normal(0, 12, n)
    cos, sin = np.cos(turned[street]), np.sin(turned[street])
    x = middle[street, 0] + along * cos - across * sin
    y = middle[street, 1] + along * sin + across * cos
    scattered = rng.random(n) < _SCATTERED
    x[scattered], y[scattered] = rng.uniform(low, high, (2, int(scattered.sum())))
    return x, y
