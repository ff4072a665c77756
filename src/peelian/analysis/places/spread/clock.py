"""The clock that events are put on: moments where these are known, whole days where not."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import KDTree

from peelian.analysis.places.events import Events as Held
from peelian.errors import CannotAnswer
from peelian.statistics.hawkes import Events
from peelian.statistics.lags import Bands

_KNOWN = 0.95  # of events with a moment: the others are left out, rather than all put on days
_MINUTES = 1440
_SHARED = 0.05  # of events at a point of another: then places are known to blocks, or are snapped
_NEXT = 8  # bands of distance are at least so many


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Events on one clock.

    Args:
        events: In order of time.
        used: Which of the events that were held these are: shape (events,).
        tick: The days to which times are known: 1, a minute's part of a day, or 0.
        nearest: The metres to which places are known; 0 where each event has a point of its own.
        untimed: Events left out since their hour is not known, where most are.
        together: Pairs at one point at one moment.
    """

    events: Events
    used: np.ndarray
    tick: float
    nearest: float
    untimed: int
    together: int

    @property
    def of_days(self) -> bool:
        """Whether only days are known."""
        return self.tick == 1

    def apart(self) -> "Clock":
        """Return the events without those at the point and moment of another."""
        at = np.stack([self.events.x, self.events.y, self.events.t], axis=1)
        _, first = np.unique(at, axis=0, return_index=True)
        kept = np.sort(first)
        one = self.events
        events = replace(one, x=one.x[kept], y=one.y[kept], t=one.t[kept])
        return replace(self, events=events, used=self.used[kept], together=0)


def timed(held: Held, *, longest: int, page: str) -> Clock:
    """Put events on one clock.

    Args:
        held: The events.
        longest: The longest lag looked at, in days.
        page: The page to read.

    Raises:
        CannotAnswer: The time looked at is too short for such lags.
    """
    known = np.isfinite(held.moments)
    by_moment = known.mean() >= _KNOWN
    used = np.flatnonzero(known) if by_moment else np.arange(len(held.days))
    t = (held.moments if by_moment else held.days)[used]
    t = t - np.floor(t.min())
    minutes = t * _MINUTES
    exact = by_moment and np.abs(minutes - np.rint(minutes)).max() > 1e-3
    tick = 1.0 if not by_moment else 0.0 if exact else 1 / _MINUTES
    if tick:
        t = np.rint(t / tick) * tick
    x, y = held.x[used], held.y[used]
    days = float(np.floor(t.max()) + 1)
    needed = Bands.of(1.0, longest, tick).until
    if days < needed:
        raise CannotAnswer(
            "The time looked at is too short to set near days against weeks further off.",
            found=f"{days:.0f} days; {longest} days of lags and the weeks beside them take "
            f"{needed:.0f}",
            try_=f"a longer period, or longest={max(int(days - needed + longest), 4)}"
            if days - needed + longest >= 4
            else "a longer period: sixty days or more",
            read=page,
        )
    order = np.argsort(t, kind="stable")
    return Clock(
        events=Events.of(x, y, t, days),
        used=used[order],
        tick=tick,
        nearest=_nearest(x, y),
        untimed=len(held.days) - len(used),
        together=_together(x, y, t),
    )


def _nearest(x: np.ndarray, y: np.ndarray) -> float:
    """Return the metres to which places are known, where many events share a point."""
    points, events = np.unique(np.stack([x, y], axis=1), axis=0, return_counts=True)
    if len(points) < 2 or events[events > 1].sum() < _SHARED * len(x):
        return 0.0
    away, _ = KDTree(points).query(points, k=2)
    return float(np.median(away[:, 1]))


def _together(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> int:
    _, times = np.unique(np.stack([x, y, t], axis=1), axis=0, return_counts=True)
    return int((times * (times - 1) // 2).sum())


def bands_for(clock: Clock, furthest: int, longest: int) -> Bands:
    """Return the bands that fit what places and times are known to."""
    return Bands.of(
        float(furthest), float(longest), clock.tick, min(clock.nearest, furthest / _NEXT)
    )
