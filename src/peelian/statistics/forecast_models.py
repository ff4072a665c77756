"""Forecasts of places from counts in windows: the last one, the mean of all, boosted trees."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.weights import Neighbours

Floats = NDArray[np.float64]
Counts = NDArray[np.floating[Any]]
_LAGS = 4  # windows taken one by one
_LATELY = 13  # windows taken together: a quarter of a year of weeks
_LEARN_FROM = 39  # windows, the latest, of which boosting learns
_MOST_ROWS = 250_000
_WARM_UP = 4  # windows before the first that is learned from
_TREES = 60


def persistence(counts: Counts) -> Floats:
    """Return what the last window held: counts of shape (windows, units), oldest first."""
    return counts[-1].astype(float)


def long_run(counts: Counts) -> Floats:
    """Return what a window held on average: the map of all that is on record."""
    return counts.mean(axis=0).astype(float)


@dataclass(frozen=True, slots=True)
class Known:
    """What boosting knows of places besides their counts.

    Args:
        near: Who touches whom.
        fixed: What does not change, such as where they lie and measures: shape (units, columns);
            nan where it is not known.
        season: Of each window, those to forecast too, how far through the year it lies, in turns.
    """

    near: Neighbours
    fixed: Floats
    season: Floats


class Boosted:
    """Gradient boosting with a Poisson loss over lagged counts, neighbours, season and measures.

    Args:
        counts: Shape (windows, units), all of them before what is to be forecast.
        known: What else is known.
        seed: For which rows are learned from, where there are more than it takes.

    Source:
        Histogram gradient boosting as scikit-learn has it (after LightGBM, Ke and others 2017).
    """

    def __init__(self, counts: Counts, known: Known, seed: int) -> None:
        from sklearn.ensemble import HistGradientBoostingRegressor

        windows, units = counts.shape
        first = max(min(_WARM_UP, windows - 1), windows - _LEARN_FROM)
        learned = range(first, windows)
        most = max(1, _MOST_ROWS // len(learned))
        rng = np.random.default_rng(seed)
        rows = [
            np.sort(rng.choice(units, most, replace=False)) if units > most else np.arange(units)
            for _ in learned
        ]
        seen = np.concatenate(
            [features(counts[:at], known, at)[row] for at, row in zip(learned, rows, strict=True)]
        )
        held = np.concatenate([counts[at][row] for at, row in zip(learned, rows, strict=True)])
        self.known = known
        self.model = HistGradientBoostingRegressor(
            loss="poisson",
            learning_rate=0.1,
            max_iter=_TREES,
            max_leaf_nodes=12,
            min_samples_leaf=max(20, len(held) // 1000),
            l2_regularization=1.0,
            early_stopping=False,  # pyright: ignore[reportArgumentType]  (as documented)
            random_state=seed,
        ).fit(seen, held)

    def forecast(self, counts: Counts) -> Floats:
        """Return what the next window is expected to hold, from all windows before it."""
        return self.model.predict(features(counts, self.known, len(counts)))


def features(counts: Counts, known: Known, at: int) -> Floats:
    """Return what is known of each place when a window begins, from the windows before it alone.

    Args:
        counts: Shape (windows, units): those before it.
        known: What else is known.
        at: The number of the window.

    Returns:
        Shape (units, columns).
    """
    if at != len(counts) or not at:
        raise ValueError("features are of the windows before, and there are some")
    units = counts.shape[1]
    lags = [counts[-k] if k <= at else np.full(units, np.nan) for k in range(1, _LAGS + 1)]
    lately, ever = counts[-_LATELY:].mean(axis=0), counts.mean(axis=0)
    around = [known.near.sums(v) for v in (counts[-1], lately, ever)]
    turn = 2 * np.pi * known.season[at]
    when = [np.full(units, v) for v in (np.sin(turn), np.cos(turn), counts[-1].sum())]
    return np.column_stack([*lags, lately, ever, *around, *when, known.fixed])
