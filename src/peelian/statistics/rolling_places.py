"""Forecasts of places made at one origin after another, each from what came before it alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.forecast_models import Boosted, Known, long_run, persistence
from peelian.statistics.forecast_surfaces import (
    Excited,
    Layer,
    bandwidth_of,
    density_layers,
    excited_layers,
    over,
)
from peelian.statistics.turned_grid import Turned

Floats = NDArray[np.float64]
Counts = NDArray[np.float32]  # of many cells over many windows: half the memory, and exact
PERSISTENCE, LONG_RUN = "persistence", "long-run mean"
DENSITY, EXCITED, BOOSTED = "kernel density", "self-excitation", "boosted trees"
BASELINES = (PERSISTENCE, LONG_RUN)
MODELS = (DENSITY, EXCITED, BOOSTED)
_YEAR = 365.25
_REFITTED = 13  # windows after which trees are grown anew: a quarter of a year of weeks


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of one length: those of the past, and those to be forecast, each from its origin.

    Args:
        begin: The day on which records begin, since 1970.
        end: The day after the last one.
        horizon: The days of each window.
        tested: How many are forecast: the last ones.
    """

    begin: float
    end: float
    horizon: float
    tested: int

    @property
    def before(self) -> int:
        """How many whole windows there are before the first that is forecast."""
        return int((self.end - self.begin) // self.horizon) - self.tested

    @property
    def origins(self) -> Floats:
        """The day on which each forecast is made: shape (tested,)."""
        return np.asarray(self.end - np.arange(self.tested, 0, -1) * self.horizon, float)

    @property
    def first(self) -> float:
        """The day on which the first whole window of the past begins."""
        return self.end - (self.before + self.tested) * self.horizon

    def number(self, days: Floats) -> NDArray[np.int64]:
        """Return the window of each day; below nought for those before the first."""
        return np.floor((days - self.first) / self.horizon).astype(np.int64)

    @property
    def season(self) -> Floats:
        """How far through the year the middle of each window lies, in turns."""
        middle = self.first + (np.arange(self.before + self.tested) + 0.5) * self.horizon
        return np.asarray(middle / _YEAR % 1.0, float)


@dataclass(frozen=True, slots=True)
class Surfaces:
    """What kernels and a self-exciting process expect after each origin, whatever the grid.

    Args:
        bandwidth: In metres, chosen before the first origin.
        density: Layers at each origin.
        excited: Layers at each origin.
        fitted: The process at each origin.
    """

    bandwidth: float
    density: tuple[tuple[Layer, ...], ...]
    excited: tuple[tuple[Layer, ...], ...]
    fitted: tuple[Excited, ...]


def surfaces_of(x: Floats, y: Floats, days: Floats, windows: Windows) -> Surfaces:
    """Return what kernels and a self-exciting process expect after each origin.

    Args:
        x: Eastings in metres.
        y: Northings in metres.
        days: Of each event, since 1970.
        windows: The windows to forecast.
    """
    order = np.argsort(days, kind="stable")
    x, y, since = x[order], y[order], days[order] - windows.begin
    origins = windows.origins - windows.begin
    past = since < origins[0]
    bandwidth = bandwidth_of(x[past], y[past], since[past])
    fitted, excited = zip(
        *excited_layers(x, y, since, origins, windows.horizon, bandwidth), strict=True
    )
    density = density_layers(x, y, since, origins, windows.horizon, bandwidth)
    return Surfaces(bandwidth, tuple(density), excited, fitted)


@dataclass(frozen=True, slots=True)
class Window:
    """What each cell held in one window, and what each model expected of it.

    Args:
        observed: Events: shape (units,).
        outside: Events in no cell.
        expected: By model, events expected: shape (units,).
    """

    observed: Counts
    outside: float
    expected: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Rolling:
    """Events on one grid, which can be forecast window by window.

    Args:
        grid: The cells.
        windows: The windows.
        surfaces: What kernels and the self-exciting process expect.
        counts: Events: shape (windows of the past and those forecast, units).
        outside: Events of each window in no cell.
        known: What boosting knows besides.
        seed: For the trees.
    """

    grid: Turned
    windows: Windows
    surfaces: Surfaces
    counts: Counts
    outside: Floats
    known: Known
    seed: int

    def __iter__(self) -> Iterator[Window]:
        """Forecast each window with every model, from what came before it alone."""
        before, trees = self.windows.before, None
        for k in range(self.windows.tested):
            so_far = self.counts[: before + k]
            if trees is None or k % _REFITTED == 0:
                trees = Boosted(so_far, self.known, self.seed)
            yield Window(
                observed=self.counts[before + k],
                outside=float(self.outside[before + k]),
                expected={
                    PERSISTENCE: persistence(so_far),
                    LONG_RUN: long_run(so_far),
                    DENSITY: over(self.surfaces.density[k], self.grid),
                    EXCITED: over(self.surfaces.excited[k], self.grid),
                    BOOSTED: trees.forecast(so_far),
                },
            )


def rolling(  # noqa: PLR0913  (each is a part of what is forecast)
    x: Floats,
    y: Floats,
    days: Floats,
    windows: Windows,
    surfaces: Surfaces,
    *,
    side: float,
    angle: float = 0.0,
    measures: Floats | None = None,
    seed: int = 1829,
) -> Rolling:
    """Put events on one grid, to be forecast window by window.

    The grid is laid over the events before the first origin, so that where later ones will be is
    known to none; those that fall in no cell are counted as not found.

    Args:
        x: Eastings in metres.
        y: Northings in metres.
        days: Of each event, since 1970.
        windows: The windows to forecast.
        surfaces: What kernels and the self-exciting process expect.
        side: Of a cell, in metres.
        angle: By how much the grid is turned, in degrees.
        measures: What is known of each event's surroundings: shape (events, columns); a cell has
            the mean of the events that it held before the first origin.
        seed: For the trees.
    """
    past = days < windows.origins[0]
    grid = Turned.over(x[past], y[past], side=side, angle=angle)
    unit, number = grid.unit(x, y), windows.number(days)
    counts, outside = _counted(unit, number, windows, len(grid))
    known = Known(
        near=grid.near,
        fixed=np.column_stack([grid.middles, *_means(unit[past], measures, past, len(grid))]),
        season=windows.season,
    )
    return Rolling(grid, windows, surfaces, counts, outside, known, seed)


def _counted(
    unit: NDArray[np.int64], number: NDArray[np.int64], windows: Windows, units: int
) -> tuple[Counts, Floats]:
    """Return events by window and cell, and those of each window in none."""
    whole = windows.before + windows.tested
    inside = (number >= 0) & (number < whole)
    held = inside & (unit >= 0)
    counts = np.bincount(number[held] * units + unit[held], minlength=whole * units)
    outside = np.bincount(number[inside & (unit < 0)], minlength=whole)
    return counts.reshape(whole, units).astype(np.float32), outside.astype(float)


def _means(
    unit: NDArray[np.int64], measures: Floats | None, past: NDArray[np.bool_], units: int
) -> list[Floats]:
    """Return the mean of each measure over what each cell held; not a number where it held none."""
    if measures is None:
        return []
    found = []
    for column in measures[past].T:
        known = (unit >= 0) & np.isfinite(column)
        many = np.bincount(unit[known], minlength=units)
        total = np.bincount(unit[known], column[known], minlength=units)
        with np.errstate(invalid="ignore"):
            found.append(np.where(many > 0, total / many, np.nan))
    return found
