"""Shares month by month, with the fit that holds their step and its interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from peelian.analysis.demand.recording.measured import LEVEL, Found
from peelian.statistics.steps import fit_share, long_run, season_columns

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MonthShare:
    """One month of one share: what was counted, the fit, and the fit's interval."""

    month: np.datetime64
    of: float
    events: float
    share: float | None
    fitted: float | None
    low: float | None
    high: float | None


def by_month(found: Found, share: tuple[Floats, Floats], of: Floats) -> list[MonthShare]:
    """Return one share by month; months without records are simply not there.

    Args:
        found: What was found.
        share: Events by day, and what the fit counts them out of.
        of: What a reader counts them out of, by day.
    """
    events, exposure = share
    days = found.counted.days
    columns = np.column_stack([season_columns(days), found.after.astype(float)])
    held = exposure > 0
    fit = fit_share(events[held], exposure[held], columns[held])
    covariance, df = long_run(fit.influence)
    far = float(t.ppf(0.5 + LEVEL / 2, df))
    fitted = np.where(held, exposure * np.exp(columns @ fit.beta), 0.0)
    rows = []
    for month in np.unique(days.astype("datetime64[M]")):
        mine = days.astype("datetime64[M]") == month
        n, hits, fits = of[mine].sum(), events[mine].sum(), fitted[mine].sum()
        if not n > 0:
            rows.append(MonthShare(month, 0.0, 0.0, None, None, None, None))
            continue
        weight = fitted[mine] / fits if fits > 0 else np.full(mine.sum(), 1 / mine.sum())
        at = weight @ columns[mine]
        wide = float(np.exp(far * np.sqrt(at @ covariance @ at)))
        level = fits / n
        rows.append(MonthShare(month, n, hits, hits / n, level, level / wide, level * wide))
    return rows
