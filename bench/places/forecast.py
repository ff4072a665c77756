"""Forecasts of places: made-up cities, a quarter of burglary held out, and what a year costs."""

import csv
import gzip
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from bench.figures import Figure
from forecast_simulators import asked, best_of, even, led_to, moving, uneven
from peelian.results import Result

_CITIES = 100
_CHICAGO = "data/burglary_chicago_nearrepeat/chicago_be.csv.gz"
_EVENTS = 20_000


def figures(shared: Path) -> Iterator[Figure]:
    """Yield false alarms and power, what is found of a real city, and the cost of a year."""
    for name, city in (("alike everywhere", even), ("of uneven blocks that stay", uneven)):
        yield Figure(
            f"cities {name}: of {_CITIES}, a forecast is shown to beat both",
            _shown(city, 3000, 13) / _CITIES,
            "≤",
            0.05,
            "3,000 events a year, thirteen weeks held out",
        )
    # Cells as wide as the hot spots: on wider ones the last week's map is less noisy, and the lead
    # over it smaller. How often that is still shown is told.
    wide = _shown(moving, 2500, 26)
    yield Figure(
        f"cities whose hot spots move on: of {_CITIES}, one is shown to beat both",
        _shown(moving, 2500, 26, side=150) / _CITIES,
        "≥",
        0.8,
        "60 hot spots that stay fourteen weeks; 2,500 events a year, twenty-six weeks held out, "
        f"cells of 150 metres; of 250 metres: {wide} of {_CITIES}",
    )
    yield from _chicago(shared / _CHICAGO)
    yield _cost()


def _shown(
    city: Callable[..., tuple[np.ndarray, ...]], n: int, windows: int, side: int = 250
) -> int:
    return sum(
        bool(
            best_of(asked(*city(np.random.default_rng([907, seed]), n), windows=windows, side=side))
        )
        for seed in range(_CITIES)
    )


def _chicago(path: Path) -> Iterator[Figure]:
    """Yield curves of the last quarter of 2016: every forecast, every budget, with counts."""
    first = date(2016, 1, 1)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["date"][:4] == "2016"]
    x, y = (np.array([float(row[name]) for row in rows]) for name in "XY")
    day = np.array([(date.fromisoformat(row["date"][:10]) - first).days for row in rows])
    result = asked(x, y, day, windows=13, first_day=first)
    curves = result.tables["curves"].data.to_pylist()
    for model in dict.fromkeys(row["model"] for row in curves):
        mine = [row for row in curves if row["model"] == model]
        told = "; ".join(
            f"{row['budget']:.1%}: {row['hits']:.0f} of {row['events']:.0f}, PAI {row['pai']:.1f}, "
            f"PEI {row['pei']:.2f}"
            for row in mine
        )
        yield Figure(f"Chicago, {model}: budgets told", len(mine), "=", 4, told)
    yield Figure("Chicago: leads with an interval", _intervals(result), "=", 6, _said(result))


def _intervals(result: Result) -> int:
    rows = result.tables["leads"].data.to_pylist()
    return sum(row["low"] < row["lead"] < row["high"] for row in rows)


def _said(result: Result) -> str:
    cells = result.answer.cells.items()
    told = {hole: result.value(cell) for hole, cell in cells}
    shown = {hole: f"{v:.3f}" if isinstance(v, float) else str(v) for hole, v in told.items()}
    return result.answer.template.format(**shown, **result.answer.words)


def _cost() -> Figure:
    """Return the wall seconds of a year of weekly forecasts, by every model on every grid."""
    x, y, day = led_to(np.random.default_rng(6), 2 * _EVENTS)
    started, cpu = time.perf_counter(), time.process_time()
    result = asked(x, y, 2 * day, years=2, windows=52, side=100)
    wall = time.perf_counter() - started
    totals = result.tables["totals"].data.to_pylist()[0]
    return Figure(
        "a year of weekly forecasts, seconds",
        wall,
        "≤",
        60,
        f"{totals['n']:,} events, of which {totals['events']:,} are forecast, {totals['cells']:,} "
        f"cells; five models on five grids, {time.process_time() - cpu:.0f} s of CPU",
    )
