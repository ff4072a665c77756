"""The windows that are forecast: the last ones on record, of one length, with enough before."""

import numpy as np

from peelian.analysis.places.events import Events
from peelian.analysis.places.forecast.targets import PAGE
from peelian.errors import CannotAnswer
from peelian.placing.period import Months
from peelian.sentences import plural
from peelian.statistics.months import names
from peelian.statistics.rolling_places import Windows

FEWEST_WINDOWS = 6
_FEWEST_BEFORE = 12
_FEWEST_EVENTS = 30  # in all windows forecast


def windows_of(held: Events, months: Months, horizon_days: int, windows: int) -> Windows:
    """Return the windows to forecast, from the first covered day to the last.

    Args:
        held: The events.
        months: The months that loads cover.
        horizon_days: Of each window.
        windows: How many are forecast.

    Raises:
        CannotAnswer: A month between is missing, too little lies before the first window, or the
            windows hold too few events.
    """
    covered = months.covered.astype("datetime64[M]")
    _refuse_gaps(covered)
    begin = covered[0].astype("datetime64[D]").astype(int)
    end = (covered[-1] + 1).astype("datetime64[D]").astype(int)
    found = Windows(float(begin), float(end), float(horizon_days), windows)
    if found.before < _FEWEST_BEFORE:
        whole = int((end - begin) // horizon_days)
        raise CannotAnswer(
            "There is too little before the first window to learn a forecast from.",
            found=f"{whole} windows of {horizon_days} days, of which {windows} to be forecast; "
            f"{_FEWEST_BEFORE} or more must come before",
            try_=f"windows={whole - _FEWEST_BEFORE}"
            if whole - _FEWEST_BEFORE >= FEWEST_WINDOWS
            else "a longer period, or a shorter horizon_days",
            read=PAGE,
        )
    tested = int((held.days >= found.origins[0]).sum())
    if tested < _FEWEST_EVENTS:
        raise CannotAnswer(
            "The windows to be forecast hold too few events to tell one forecast from another.",
            found=f"{tested:,} events in {windows} windows of {horizon_days} days",
            try_="more windows, a longer horizon_days, or more categories together",
            read=PAGE,
        )
    return found


def _refuse_gaps(covered: np.ndarray) -> None:
    steps = np.diff(covered.astype(int))
    if (steps == 1).all():
        return
    runs = np.split(covered, np.flatnonzero(steps != 1) + 1)
    longest = max(runs, key=len)
    missing = int((steps - 1).sum())
    raise CannotAnswer(
        "Months between are missing: a forecast would take what was not loaded for quiet.",
        found=f"{missing} {plural(missing, 'month')} missing between {names(covered)}",
        try_=f"load {'it' if missing == 1 else 'them'}, or ask of a period without a gap: "
        f"{longest[0]}..{longest[-1]}",
        read=PAGE,
    )
