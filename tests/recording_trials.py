"""Days that were made up, asked whether need or its recording changed: the analysis, no engine."""

import numpy as np

from peelian.analysis.demand.recording.audits import Read
from peelian.analysis.demand.recording.counting import Counted
from peelian.analysis.demand.recording.measured import Asked, Found, day_of, measure
from recording_simulators import Days, read_logs


def found_in(drawn: Days, read: int, chance: np.random.Generator, *, search: bool = False) -> Found:
    """Return what the analysis finds in days that were made up, past the engine that counts them.

    Args:
        drawn: The days.
        read: Logs read of each of two kinds in each period; 0 for none.
        chance: For the reading.
        search: Whether the day is searched for rather than given.
    """
    counted = Counted(
        days=drawn.days, told=drawn.calls, calls=drawn.calls, text=drawn.text, flag=drawn.flag,
        both=drawn.both, others=(), districts=(), by_district={},
        covered=np.unique(drawn.days.astype("datetime64[M]")),
        missing=np.array([], dtype="datetime64[M]"), undated=0,
    )  # fmt: skip
    asked = Asked(
        trained_on=None if search else drawn.day, margin=0.1, text_right=(0.5, 1.0), mix=True,
        draws=499, seed=1,
    )  # fmt: skip
    day, searched = day_of(counted, asked)
    reads, so = read_logs(drawn, read, chance)
    share = np.divide(so, reads, out=np.zeros_like(so), where=reads > 0)
    return measure(counted, asked, day, searched, Read(reads, reads, share, 0, 0))
