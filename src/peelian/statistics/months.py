"""Months on a line: which of them a run leaves out."""

import numpy as np
from numpy.typing import NDArray

Months = NDArray[np.datetime64]


def run(months: Months) -> Months:
    """Return every month from the first to the last of these, none left out.

    >>> run(np.array(["2021-12", "2022-02"], dtype="datetime64[M]")).astype(str).tolist()
    ['2021-12', '2022-01', '2022-02']
    """
    if not len(months):
        return months
    return np.arange(months.min(), months.max() + 1, dtype="datetime64[M]")


def gaps(months: Months) -> Months:
    """Return the months that lie between these and are not among them.

    >>> gaps(np.array(["2021-12", "2022-02"], dtype="datetime64[M]")).astype(str).tolist()
    ['2022-01']
    """
    return np.setdiff1d(run(months), months)
