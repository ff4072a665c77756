"""Cities for forecasts of places: even ones, uneven ones that stay, ones where events lead to more.

Events are drawn here one by one, with numpy alone; nothing is taken from the made-up force or from
the models that forecast. What leads to more does so evenly over a disc and some days.
"""

from datetime import date, timedelta

import numpy as np

from in_memory import held
from peelian.analysis.places.forecast import forecast
from peelian.results import Result

WIDE, YEAR = 5000.0, 364  # metres, days
FIRST_DAY = date(2023, 1, 1)


def even(rng, n: int) -> tuple[np.ndarray, ...]:
    """Draw a city where any place and day is like any other."""
    return rng.uniform(0, WIDE, n), rng.uniform(0, WIDE, n), rng.integers(0, YEAR, n)


def uneven(rng, n: int) -> tuple[np.ndarray, ...]:
    """Draw a city of blocks, each with a rate of its own that stays and is like no neighbour's."""
    blocks = int(WIDE / 250)
    rate = rng.gamma(0.7, 1, blocks**2)
    which = rng.choice(blocks**2, n, p=rate / rate.sum())
    row, column = np.divmod(which, blocks)
    x, y = ((at + rng.uniform(0, 1, n)) * 250 for at in (column, row))
    return x, y, rng.integers(0, YEAR, n)


def led_to(rng, n: int, children: float = 0.5) -> tuple[np.ndarray, ...]:
    """Draw an even city where events lead to others: on a disc of 150 metres, within ten days."""
    first = int(n * (1 - children))
    at = np.stack([rng.uniform(0, WIDE, first), rng.uniform(0, WIDE, first),
                   rng.uniform(0, YEAR, first)])  # fmt: skip
    every = [at]
    while at.shape[1]:
        parent = np.repeat(at, rng.poisson(children, at.shape[1]), axis=1)
        many = parent.shape[1]
        far, turn = 150 * np.sqrt(rng.random(many)), rng.uniform(0, 2 * np.pi, many)
        at = parent + np.stack([far * np.cos(turn), far * np.sin(turn), rng.uniform(0, 10, many)])
        at = at[:, (at[2] < YEAR) & (at[:2] >= 0).all(axis=0) & (at[:2] < WIDE).all(axis=0)]
        every.append(at)
    x, y, t = np.concatenate(every, axis=1)
    return x, y, np.floor(t).astype(int)


def moving(rng, n: int) -> tuple[np.ndarray, ...]:
    """Draw a city of sixty small hot spots, each elsewhere after fourteen weeks."""
    x, y, day = even(rng, n)
    stays, spots = 98, 60
    places = rng.uniform(0, WIDE, (spots, YEAR // stays + 2, 2))
    shift = rng.integers(0, stays, spots)
    hot = rng.random(n) < 0.8
    which = rng.integers(0, spots, n)
    near = places[which, (day + shift[which]) // stays] + rng.uniform(-80, 80, (n, 2))
    return np.where(hot, near[:, 0], x), np.where(hot, near[:, 1], y), day


def asked(x, y, day, *, first_day: date = FIRST_DAY, years: int = 1, **settings) -> Result:
    """Ask the analysis of events of calendar years, by their days since the first."""
    n = len(x)
    crimes = held(
        "crimes",
        n,
        {
            "x": x,
            "y": y,
            "local_date": [first_day + timedelta(int(d)) for d in day],
            "crime_type": ["burglary"] * n,
            "time_precision": ["day"] * n,
            "location_precision": ["exact"] * n,
        },
    )
    months = [date(first_day.year + k // 12, k % 12 + 1, 1) for k in range(12 * years)]
    coverage = held(
        "coverage",
        len(months),
        {"source": ["f"] * len(months), "layout": ["p"] * len(months), "month": months,
         "table": ["crimes"] * len(months), "load_id": ["x"] * len(months),
         "n": [1] * len(months)},
    )  # fmt: skip
    nothing = held("measures"), held("area_measures")
    return forecast(crimes, held("incidents"), *nothing, coverage, **settings)


def best_of(result: Result) -> str:
    """Return which forecast is shown to beat both baselines on the grid asked for; '' for none."""
    rows = result.tables["grids"].data.to_pylist()
    first = rows[0]["grid"]
    return next((r["model"] for r in rows if r["grid"] == first and r["best"] == "yes"), "")
