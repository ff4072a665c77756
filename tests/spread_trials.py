"""Made-up cities judged one after another, and what became of the truth planted in them."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context

import numpy as np

from peelian.statistics.excitation import excitation
from peelian.statistics.hawkes import Events
from peelian.statistics.lags import Bands
from peelian.statistics.self_excitation import judge
from spread_simulators import city

TRUTHS, WIDTHS = (0.0, 0.1, 0.3, 0.5), (300.0, 600.0, 1500.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of the cities of one truth and one width of clusters.

    Args:
        truth: The branching ratio planted.
        width: Of the background's clusters, in metres.
        called: Cities by verdict.
        covered: Of those identified, how many intervals hold the truth.
        theta: The mean estimate.
        wide: The mean width of intervals.
    """

    truth: float
    width: float
    called: dict[str, int]
    covered: int
    theta: float
    wide: float

    @property
    def cities(self) -> int:
        """How many were judged."""
        return sum(self.called.values())

    @property
    def identified(self) -> int:
        """How many were called one or the other."""
        return self.cities - self.called["not identified"]


def cells(
    seeds: int,
    *,
    truths: tuple[float, ...] = TRUTHS,
    widths: tuple[float, ...] = WIDTHS,
    kernel: str = "exponential",
    whole_days: bool = False,
    workers: int = 2,
) -> list[Cell]:
    """Judge `seeds` cities of every truth and width."""
    asked = [
        (truth, width, seed, kernel, whole_days)
        for truth, width in product(truths, widths)
        for seed in range(5000, 5000 + seeds)
    ]
    if workers == 1:
        judged = [one(*city_) for city_ in asked]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            judged = list(pool.map(one, *zip(*asked, strict=True), chunksize=5))
    found = []
    for k, (truth, width) in enumerate(product(truths, widths)):
        mine = judged[k * seeds : (k + 1) * seeds]
        called = {
            name: sum(verdict == name for verdict, *_ in mine)
            for name in ("self-exciting", "just clustered", "not identified")
        }
        told = [row for row in mine if row[0] != "not identified"]
        covered = sum(low <= truth <= high for _, _, low, high in told)
        theta, low, high = np.mean([row[1:] for row in mine], axis=0)
        found.append(Cell(truth, width, called, covered, float(theta), float(high - low)))
    return found


def one(
    truth: float, width: float, seed: int, kernel: str, whole_days: bool
) -> tuple[str, float, float, float]:
    """Return the verdict on one city, the estimate and its interval."""
    x, y, t, days, box = city(truth, width, seed, kernel=kernel)  # pyright: ignore[reportArgumentType]
    events = Events.of(x, y, np.floor(t) if whole_days else t, days, box)
    bands = Bands.of(1000.0, 30.0, float(whole_days))
    told = excitation(events, bands, deals=99, runs=60, seed=seed)
    return judge(told).verdict, told.theta, told.low, told.high
