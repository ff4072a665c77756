"""Cities without contagion, for near repeats: hot spots, seasons, growth, no event by another.

Events are drawn one by one from a density of place times a density of day, written down here; in a
city where a district grows, the two districts have a density of day each. Nothing is taken from
the made-up force.
"""

from datetime import date, timedelta

import ibis
import numpy as np

from peelian.analysis.places.near_repeats import near_repeats
from peelian.results import Result

WIDE, YEAR = 5000.0, 365  # metres, days
HOT_SPOTS = 60
FIRST_DAY = date(2023, 1, 1)


def places(rng, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw addresses: three in ten anywhere, others about hot spots of unlike size and width."""
    centre = rng.uniform(0, WIDE, (HOT_SPOTS, 2))
    weight = rng.gamma(0.5, 1, HOT_SPOTS)
    width = np.exp(rng.uniform(np.log(40), np.log(400), HOT_SPOTS))
    which = rng.choice(HOT_SPOTS, n, p=weight / weight.sum())
    at = centre[which] + rng.laplace(0, 1, (n, 2)) * width[which, None]
    anywhere = rng.random(n) < 0.3
    at[anywhere] = rng.uniform(0, WIDE, (anywhere.sum(), 2))
    x, y = np.round(at % WIDE / 10).T * 10  # ten metres from door to door, so some are the same
    return x, y


def days(rng, n: int, times: float) -> np.ndarray:
    """Draw days of a year whose end has so many `times` the events of its start, with a summer."""
    day = np.arange(YEAR)
    weight = times ** (day / YEAR) * (1 + 0.3 * np.sin(2 * np.pi * day / YEAR))
    weight *= np.where(day % 7 >= 5, 1.4, 1.0)
    return rng.choice(day, n, p=weight / weight.sum())


def alike(rng, n: int) -> tuple[np.ndarray, ...]:
    """Draw a city that doubles over the year, everywhere alike."""
    return *places(rng, n), days(rng, n, 2.0)


def one_grows(rng, n: int, times: float) -> tuple[np.ndarray, ...]:
    """Draw a city of which one quarter has so many `times` the events at the end."""
    x, y = places(rng, n)
    there = (x < WIDE / 2) & (y < WIDE / 2)
    return x, y, np.where(there, days(rng, n, times), days(rng, n, 1.0))


def asked(x, y, day, **settings) -> Result:
    """Ask near repeats of events, as an analysis is asked."""
    when = [FIRST_DAY + timedelta(int(d)) for d in day]
    kinds = {"crime_type": "string", "time_precision": "string", "location_precision": "string",
             "x": "float64", "y": "float64", "local_date": "date"}  # fmt: skip
    crimes = ibis.memtable(
        {"x": x, "y": y, "local_date": when, "crime_type": ["burglary"] * len(x),
         "time_precision": ["day"] * len(x), "location_precision": ["exact"] * len(x)},
        schema=kinds,
    )  # fmt: skip
    months = [date(2023, month, 1) for month in range(1, 13)]
    coverage = ibis.memtable(
        {"source": ["f"] * 12, "table": ["crimes"] * 12, "month": months, "load_id": ["x"] * 12,
         "layout": ["p"] * 12, "n": [1] * 12}
    )  # fmt: skip
    return near_repeats(crimes, crimes, coverage, **settings)


def told(result: Result) -> tuple[bool, bool]:
    """Say whether any cell was shown to hold more than chance, and whether growth was warned of."""
    totals = result.tables["totals"].data.to_pylist()[0]
    growth = next(c for c in result.diagnostics if c.name == "All parts of the map grew alike")
    return totals["cells_shown"] > 0, growth.held is False
