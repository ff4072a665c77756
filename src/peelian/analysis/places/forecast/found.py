"""How well each model found events, on one grid after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from peelian.analysis.places.events import Events
from peelian.analysis.places.forecast.targets import PAGE, Targets
from peelian.errors import CannotAnswer
from peelian.placing.period import Months
from peelian.statistics.forecast_scores import (
    Difference,
    Scores,
    Tally,
    best,
    differences,
    scores,
    taken,
    tally,
)
from peelian.statistics.rolling_places import (
    BASELINES,
    MODELS,
    Rolling,
    Surfaces,
    Windows,
    rolling,
    surfaces_of,
)
from peelian.statistics.turned_grid import Turned

NAMES = (*BASELINES, *MODELS)
PAIRS = tuple((model, baseline) for model in MODELS for baseline in BASELINES)
_TURNS = (30.0, 45.0)  # degrees: by a quarter turn a square grid is itself again
_SIZES = (0.5, 2.0)
_MOST_CELLS = 250_000
_MOST_SQUARES = 4_000_000  # of the frame round them, which surfaces are reckoned over


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of one grid.

    Args:
        side: Of a cell, in metres.
        angle: By how much it is turned, in degrees.
        grid: The cells.
        tallies: By model, what it found in each window.
        often: By model, in how many windows it took each cell at the largest budget.
        outside: Events forecast that lay in no cell.
    """

    side: int
    angle: float
    grid: Turned
    tallies: Mapping[str, Sequence[Tally]]
    often: Mapping[str, np.ndarray]
    outside: float

    @property
    def every(self) -> np.ndarray:
        """All events of each window: shape (windows,)."""
        return np.array([one.every for one in self.tallies[NAMES[0]]])

    @property
    def mean_hits(self) -> Mapping[str, np.ndarray]:
        """By model, events found on average over budgets: shape (windows,)."""
        return {
            name: np.array([one.mean_hits for one in tallies])
            for name, tallies in self.tallies.items()
        }

    @property
    def mean_rate(self) -> Mapping[str, float]:
        """By model, the share of events found on average over budgets."""
        whole = self.every.sum()
        return {name: float(found.sum() / whole) for name, found in self.mean_hits.items()}

    def scores(self, name: str) -> Scores:
        """Return the scores of one model over all windows."""
        return scores(self.tallies[name])

    def rates(self, seed: int) -> Mapping[str, Difference]:
        """Return, by model, the share found with each budget and its interval."""
        return {
            name: differences([one.hits for one in tallies], self.every, seed=seed)
            for name, tallies in self.tallies.items()
        }

    def over_baselines(self, seed: int) -> Difference:
        """Return by how much each model finds more than each baseline, in the order of `PAIRS`."""
        found = self.mean_hits
        gaps = np.column_stack([found[model] - found[baseline] for model, baseline in PAIRS])
        return differences(gaps, self.every, seed=seed)


def winner(over: Difference) -> str | None:
    """Return the model shown to find more than every baseline; of several, the furthest ahead."""
    ahead = {
        model: min(over.value[k] for k in _rows_of(model))
        for model in MODELS
        if all(over.low[k] > 0 for k in _rows_of(model))
    }
    return max(ahead, key=lambda model: ahead[model]) if ahead else None


def foremost(over: Difference) -> str:
    """Return the model whose smallest lead over a baseline is largest, shown or not."""
    return max(MODELS, key=lambda model: min(over.value[k] for k in _rows_of(model)))


def _rows_of(model: str) -> list[int]:
    return [k for k, (one, _) in enumerate(PAIRS) if one == model]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Everything the answer is drawn from.

    Args:
        held: The events.
        targets: What is forecast.
        months: The months that loads cover.
        windows: The windows.
        budgets: Shares of the area.
        surfaces: What kernels and the self-exciting process expect.
        tried: The grid asked for, then the others.
        over: By how much models find more than baselines, on each grid.
        seed: Where draws start.
    """

    held: Events
    targets: Targets
    months: Months
    windows: Windows
    budgets: tuple[float, ...]
    surfaces: Surfaces
    tried: tuple[Tried, ...]
    over: tuple[Difference, ...]
    seed: int

    @property
    def winner(self) -> str | None:
        """The model shown to beat both baselines on the grid asked for."""
        return winner(self.over[0])

    @property
    def foremost(self) -> str:
        """The model that the answer speaks of."""
        return self.winner or foremost(self.over[0])

    @property
    def alike(self) -> int:
        """On how many of the other grids the finding is the same."""
        if self.winner is None:
            return sum(winner(over) is None for over in self.over[1:])
        rows = _rows_of(self.winner)
        return sum(all(over.low[k] > 0 for k in rows) for over in self.over[1:])


def look(
    held: Events,
    targets: Targets,
    months: Months,
    windows: Windows,
    *,
    side: int,
    budgets: tuple[float, ...],
    measures: np.ndarray | None,
    seed: int,
) -> Found:
    """Forecast every window with every model on every grid, and see what was found.

    Args:
        held: The events.
        targets: What is forecast.
        months: The months that loads cover.
        windows: The windows.
        side: Of a cell, in metres.
        budgets: Shares of the area, rising.
        measures: What is known of each event's area: shape (events, columns).
        seed: Where draws start.
    """
    inside = (held.days >= windows.begin) & (held.days < windows.end)
    x, y, days = (v[inside] for v in (held.x, held.y, held.days))
    known = None if measures is None else measures[inside]
    grids = [(side, 0.0), *((side, turn) for turn in _TURNS)]
    grids += [(round(side * size), 0.0) for size in _SIZES]
    past = days < windows.origins[0]
    _refuse_many(Turned.over(x[past], y[past], side=min(width for width, _ in grids)), side)
    surfaces = surfaces_of(x, y, days, windows)
    tried = []
    for width, angle in grids:
        rolled = rolling(
            x, y, days, windows, surfaces, side=width, angle=angle, measures=known, seed=seed
        )
        tried.append(_tried(rolled, width, angle, budgets))
    _refuse_narrow(tried[0], budgets)
    return Found(
        held=held,
        targets=targets,
        months=months,
        windows=windows,
        budgets=budgets,
        surfaces=surfaces,
        tried=tuple(tried),
        over=tuple(one.over_baselines(seed) for one in tried),
        seed=seed,
    )


def _tried(rolled: Rolling, side: int, angle: float, budgets: tuple[float, ...]) -> Tried:
    area = np.full(len(rolled.grid), float(side) ** 2)
    tallies: dict[str, list[Tally]] = {name: [] for name in NAMES}
    often = {name: np.zeros(len(rolled.grid), np.int64) for name in NAMES}
    outside = 0.0
    for window in rolled:
        sure = best(window.observed, area, outside=window.outside)
        outside += window.outside
        for name in NAMES:
            chosen = taken(
                window.observed,
                window.expected[name],
                area,
                outside=window.outside,
                # what must be beaten is scored fairly, and what should beat it strictly
                ties="by chance" if name in BASELINES else "against",
            )
            tallies[name].append(tally(chosen, sure, budgets))
            often[name][chosen.order[: chosen.places(max(budgets))]] += 1
    return Tried(
        side=side, angle=angle, grid=rolled.grid, tallies=tallies, often=often, outside=outside
    )


def _refuse_many(grid: Turned, side: int) -> None:
    if len(grid) <= _MOST_CELLS and np.prod(grid.shape) <= _MOST_SQUARES:
        return
    raise CannotAnswer(
        "The cells are too many to forecast one by one.",
        found=f"{len(grid):,} cells half as wide as {side} metres, which are tried too (at most "
        f"{_MOST_CELLS:,}), in a frame of {np.prod(grid.shape):,} (at most {_MOST_SQUARES:,})",
        try_="wider cells: a larger side",
        read=PAGE,
    )


def _refuse_narrow(tried: Tried, budgets: tuple[float, ...]) -> None:
    fewest = int(np.floor(min(budgets) * len(tried.grid) + 1e-9))
    if fewest:
        return
    raise CannotAnswer(
        "Not one cell fits into the smallest budget.",
        found=f"{len(tried.grid):,} cells {tried.side} metres wide, a budget of {min(budgets):g} "
        "of them",
        try_=f"narrower cells, such as side={_fitting(tried, budgets)}; or larger budgets",
        read=PAGE,
    )


def _fitting(tried: Tried, budgets: tuple[float, ...]) -> int:
    """Return a side, in tens of metres, with which a few cells fit into the smallest budget."""
    fits = tried.side * np.sqrt(min(budgets) * len(tried.grid) / 2)
    return max(int(fits // 10) * 10, 50)
