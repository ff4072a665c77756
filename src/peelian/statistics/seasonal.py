"""A series of counts taken apart: a slow trend, seasons of any length, and what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Scale = Literal["plain", "root", "log"]

_ROUNDS = 2  # MSTL goes over its seasons twice; so does STL's inner loop where nothing is robust
_ROBUST_ROUNDS = 15
_FILL_ROUNDS = 50
_FILLED = 1e-4  # of the spread of the series: where filled gaps move by less, they stand still


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A series taken apart, on the scale it was taken apart on. Nothing stands where it is missing.

    Args:
        trend: The slow part.
        seasons: One row for each season, in the order asked for.
        rest: What neither explains.
        scale: plain, root or log.
    """

    trend: Floats
    seasons: Floats
    rest: Floats
    scale: Scale

    @property
    def trend_counts(self) -> Floats:
        """Return the trend as counts."""
        return _back(self.trend, self.scale)

    def far_below(self, times: float) -> NDArray[np.bool_]:
        """Say which steps lie so many usual departures below trend and season, or more.

        Args:
            times: How many; a usual departure is the median one, brought to a standard deviation.
        """
        usual = np.nanmedian(np.abs(self.rest)) / 0.6745  # so that normal departures have one
        return np.nan_to_num(self.rest) < -times * usual

    @property
    def fitted_counts(self) -> Floats:
        """Return trend and seasons together, as counts."""
        return _back(self.trend + self.seasons.sum(axis=0), self.scale)


def decompose(
    values: ArrayLike,
    seasons: Sequence[int],
    *,
    scale: Scale = "root",
    windows: Sequence[int | None] = (),
    robust: bool = False,
) -> Decomposition:
    """Take a series apart by STL (Cleveland and others 1990), or by MSTL where seasons are several.

    Counts vary more where they are larger: on the root scale their spread is even, and noughts do
    no harm. Loess is worked out at every tenth of its window and drawn straight between, as the R
    reference does. Gaps are filled for the decomposition only, over and over with its own trend and
    season until they stand still; nothing is handed back for them.

    Args:
        values: The series, at even steps; nan where it is missing.
        seasons: How many steps each season has, the shortest first; the series holds two of each.
        scale: What is done to the values first: nothing, their root, or their logarithm.
        windows: The loess window of each season, odd, in cycles; None for a season that never
            changes. If not given, 7 + 4 for each season's place, as the R reference has it.
        robust: Whether what lies far out is given less weight.

    Raises:
        ValueError: The series holds fewer than two cycles of a season, or cannot be scaled.
    """
    given = np.asarray(values, dtype=float)
    held = ~np.isnan(given)
    if not seasons or held.sum() < 2 * max(seasons) or len(given) < 2 * max(seasons):
        raise ValueError("fewer than two cycles of a season")
    x = _forth(given, scale)
    spans = tuple(windows) or tuple(11 + 4 * i for i in range(len(seasons)))
    x[~held] = _first_fill(x, held, seasons[-1])
    for _ in range(_FILL_ROUNDS if not held.all() else 0):
        trend, parts = _apart(x, seasons, spans, robust=False)
        filled = (trend + parts.sum(axis=0))[~held]
        moved = np.abs(filled - x[~held]).max()
        x[~held] = filled
        if moved <= _FILLED * x.std():
            break
    trend, parts = _apart(x, seasons, spans, robust=robust)
    trend[~held], parts[:, ~held] = np.nan, np.nan
    return Decomposition(trend, parts, _forth(given, scale) - trend - parts.sum(axis=0), scale)


def _apart(
    x: Floats, seasons: Sequence[int], windows: Sequence[int | None], *, robust: bool
) -> tuple[Floats, Floats]:
    parts = np.zeros((len(seasons), len(x)))
    rest, trend = x.copy(), x
    for _ in range(_ROUNDS if len(seasons) > 1 else 1):
        for i, (season, window) in enumerate(zip(seasons, windows, strict=True)):
            rest = rest + parts[i]
            trend, parts[i] = _stl(rest, season, window, robust=robust)
            rest = rest - parts[i]
    return trend, parts


def _stl(x: Floats, season: int, window: int | None, *, robust: bool) -> tuple[Floats, Floats]:
    """Return trend and season by STL, its windows and jumps as R's `stl` sets them."""
    from statsmodels.tsa.seasonal import STL

    span = 10 * len(x) + 1 if window is None else window
    trend_window = _odd(1.5 * season / (1 - 1.5 / span))
    low_pass = _odd(season + 1e-9)
    fitted = STL(
        x,
        period=season,
        seasonal=span,
        trend=trend_window,
        low_pass=low_pass,
        seasonal_deg=0,
        robust=robust,
        seasonal_jump=ceil(span / 10),
        trend_jump=ceil(trend_window / 10),
        low_pass_jump=ceil(low_pass / 10),
    ).fit(inner_iter=_ROUNDS, outer_iter=_ROBUST_ROUNDS if robust else 0)
    found = np.array(fitted.seasonal)
    if window is None:  # a season that never changes is one value for each of its places
        place = np.arange(len(x)) % season
        found = (np.bincount(place, found) / np.bincount(place))[place]
    return np.array(fitted.trend), found


def _first_fill(x: Floats, held: NDArray[np.bool_], season: int) -> Floats:
    """Return a first guess for gaps: straight between neighbours, and the place's own offset."""
    at = np.arange(len(x))
    straight = np.interp(at, at[held], x[held])
    place = at % season
    offset = np.bincount(place[held], (x - straight)[held], season)
    return (
        straight[~held]
        + (offset / np.maximum(np.bincount(place[held], minlength=season), 1))[place[~held]]
    )


def _odd(width: float) -> int:
    whole = ceil(width)
    return whole + 1 - whole % 2


def _forth(values: Floats, scale: Scale) -> Floats:
    if scale != "plain" and (values[~np.isnan(values)] < (scale == "log") * 1e-300).any():
        raise ValueError(f"values that have no {scale}")
    return {"plain": np.copy, "root": np.sqrt, "log": np.log}[scale](values)


def _back(values: Floats, scale: Scale) -> Floats:
    return {"plain": np.copy, "root": np.square, "log": np.exp}[scale](values)
