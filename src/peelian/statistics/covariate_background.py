"""How many events places lead one to expect, by what is known of them: a Poisson regression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peelian.statistics.hawkes import Events

Floats = NDArray[np.float64]
_ROUNDS, _STEADY = 50, 1e-9
_LEAST, _MOST = -30.0, 30.0  # of a logarithm, so that one odd round cannot run away


@dataclass(frozen=True, slots=True)
class CovariateBackground:
    """A background that is even within cells and log-linear in what is known of them.

    Give it each event's chance of being of the background, and it gives the density at each event
    (events a square metre and day): the weights are added up by cell, and a Poisson regression
    with the cells' areas as exposure is fitted to the sums. Sums need not be whole numbers.

    Args:
        cell: The cell of each event: shape (events,).
        area: The square metres of each cell: shape (cells,).
        known: What is known of each cell, one column each, put on one scale, with a column of
            ones: shape (cells, measures + 1).
        days: How long was looked at.
    """

    cell: NDArray[np.int64]
    area: Floats
    known: Floats
    days: float

    def __call__(self, weight: Floats) -> Floats:
        """Return the density at each event: shape (events,)."""
        return self.by_cell(weight)[self.cell]

    def by_cell(self, weight: Floats) -> Floats:
        """Return the density of each cell: shape (cells,)."""
        return np.exp(self.known @ self.coefficients(weight)) / self.days

    def coefficients(self, weight: Floats) -> Floats:
        """Return the regression's coefficients, the constant first: shape (measures + 1,)."""
        counts = np.bincount(self.cell, weight, minlength=len(self.area)).astype(float)
        return poisson_regression(counts, self.known, self.area)


def by_covariates(
    events: Events, cell: NDArray[np.int64], area: Floats, covariates: Floats
) -> CovariateBackground:
    """Return a background that follows what is known of areas, such as how many live there.

    Args:
        events: The events, in their order of time.
        cell: The cell each lies in, in that order: shape (events,).
        area: The square metres of each cell, with or without events: shape (cells,).
        covariates: What is known of each cell: shape (cells, measures). A count such as population
            works best as its logarithm a square metre.

    Raises:
        ValueError: There are no more cells than measures; a number is not finite; an event lies in
            no cell; or a measure is the same in every cell, or follows from the others.

    Assumes:
        Within a cell all places are alike, and nothing else than the measures makes cells differ:
        what they leave out may pass for excitement (Reinhart and Greenhouse, 2018).
    """
    covariates = np.asarray(covariates, float).reshape(len(area), -1)
    if not (np.isfinite(covariates).all() and (area > 0).all() and np.isfinite(area).all()):
        raise ValueError("each cell has an area and every measure")
    if len(cell) != len(events) or cell.min() < 0 or cell.max() >= len(area):
        raise ValueError("each event lies in a cell")
    spread = covariates.std(axis=0)
    if (spread == 0).any():
        raise ValueError("each measure differs between cells")
    known = np.column_stack([np.ones(len(area)), (covariates - covariates.mean(axis=0)) / spread])
    if np.linalg.matrix_rank(known) < known.shape[1]:
        raise ValueError("each measure says something that the others do not, in enough cells")
    return CovariateBackground(np.asarray(cell, np.int64), np.asarray(area, float), known,
                               events.days)  # fmt: skip


def poisson_regression(counts: Floats, known: Floats, exposure: Floats) -> Floats:
    """Fit counts by a log-linear regression, by reweighted least squares.

    Args:
        counts: What was counted, whole or not: shape (rows,).
        known: The design: shape (rows, columns), the first of ones.
        exposure: What a row's count is in proportion to.

    Returns:
        The coefficients: shape (columns,).

    Raises:
        ValueError: Nothing was counted.
    """
    if not counts.sum() > 0:
        raise ValueError("there is a count above nought")
    beta = np.zeros(known.shape[1])
    beta[0] = np.log(counts.sum() / exposure.sum())
    for _ in range(_ROUNDS):
        mean = exposure * np.exp(np.clip(known @ beta, beta[0] + _LEAST, beta[0] + _MOST))
        step = np.linalg.lstsq(
            (known * mean[:, None]).T @ known, known.T @ (counts - mean), rcond=None
        )[0]
        # a Newton step from far away may overshoot; it is held to a doubling or two
        beta = beta + step / max(1.0, np.abs(step).max() / 2)
        if np.abs(step).max() < _STEADY:
            break
    return beta
