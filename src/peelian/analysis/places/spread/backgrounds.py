"""What a fitted self-exciting process says beside one background after another."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.places.events import Events as Held
from peelian.analysis.places.spread.clock import Clock
from peelian.analysis.places.spread.found import Ladder, Looked
from peelian.errors import CannotAnswer, nearest
from peelian.statistics.covariate_background import by_covariates
from peelian.statistics.hawkes import Background, Events, smooth
from peelian.statistics.ladder import best_bandwidth, profile, rungs
from peelian.statistics.residuals import near_one_another, rescale, smoothly_at, super_thin

_MOST = 20_000  # events fitted: of more, the latest, which then tell as much
_DEALS = 9
_RUNS = 99
_SOON = 3  # of the kernel's half-lives: what is soon
_PAGE = "how-to/read-spread"
SMOOTHED = "smoothed"

Tables = tuple[ir.Table, ir.Table, ir.Table]


def along_the_ladder(
    held: Held,
    clock: Clock,
    looked: Looked,
    tables: Tables,
    covariates: tuple[str, ...],
    seed: int,
) -> Ladder:
    """Fit a process beside an even, a smoothed and a half as smooth background, and by covariates.

    Args:
        held: The events as they were read.
        clock: The same on one clock.
        looked: What pairs say, to start from.
        tables: The canonical areas, measures and area_measures.
        covariates: Names of measures; none for no such background.
        seed: For the deals, and for the moments within a day or minute.
    """
    rng = np.random.default_rng(seed)
    used, events = _spread_out(clock, rng)
    bands, kernel = looked.all.bands, looked.all.kernel
    start = (
        float(np.clip(looked.all.theta, 0.02, 0.9)),
        max(kernel.days, clock.tick / 2, 1e-4),
        max(kernel.metres, clock.nearest / 2, 5.0),
    )
    bandwidth = best_bandwidth(events)
    made, inside = _by_areas(held, used, tables, covariates) if covariates else ({}, 0)
    fitted = rungs(
        events,
        bandwidth,
        covariates=made,
        start=start,
        longest=bands.longest,
        deals=_DEALS,
        seed=seed,
    )
    (smoothed,) = (rung for rung in fitted if rung.name == SMOOTHED)
    thinned = super_thin(events, smoothed.fit, smoothly_at(events, smoothed.fit, bandwidth), rng)
    metres = bands.metres[1:][:: max(len(bands.metres) // 6, 1)]
    soon = max(_SOON * kernel.half()[0], 1.0)
    return Ladder(
        rungs=fitted,
        bandwidth=bandwidth,
        profile=profile(
            events, smooth(events, bandwidth), smoothed.fit, smoothed.dealt_gain,
            longest=bands.longest,
        ),
        clock=rescale(events, smoothed.fit),
        places=near_one_another(thinned, events, metres, rng, runs=_RUNS),
        soon=near_one_another(thinned, events, metres, rng, within_days=soon, runs=_RUNS),
        used=len(events),
        in_cells=inside,
    )  # fmt: skip


def _spread_out(clock: Clock, rng: np.random.Generator) -> tuple[np.ndarray, Events]:
    """Return the latest events in order, each at a moment drawn within its day or minute.

    Where many share their points, each is put at a place drawn near its point: events at one and
    the same point would excite one another without end.
    """
    one = clock.events
    first = max(len(one) - _MOST, 0)
    begin = np.floor(one.t[first]) if first else 0.0
    t = one.t[first:] - begin
    if clock.tick:
        t = np.minimum(t + rng.uniform(0, clock.tick, len(t)), one.days - begin)
    order = np.argsort(t, kind="stable")
    left, bottom, right, top = one.box
    beside = rng.uniform(-clock.nearest / 2, clock.nearest / 2, (2, len(t)))
    x = np.clip(one.x[first:] + beside[0], left, right)[order]
    y = np.clip(one.y[first:] + beside[1], bottom, top)[order]
    return clock.used[first:][order], Events(x, y, t[order], one.days - begin, one.box)


def _by_areas(
    held: Held, used: np.ndarray, tables: Tables, covariates: tuple[str, ...]
) -> tuple[Mapping[str, Callable[[Events], Background]], int]:
    """Return a background that follows measures of areas, and how many events lie in such areas.

    Raises:
        CannotAnswer: Records are not coded by areas, or a measure is not loaded for these.
    """
    areas, measures, area_measures = tables
    sizes: Any = areas["square_km"]  # pyright cannot know a column's type, which ibis learns
    vintage, codes = _coded(held, used)
    size = areas.filter((areas["vintage"] == vintage) & (sizes > 0))
    known = dict(_columns(size.select("area_code", "square_km").to_pyarrow()))
    scales = dict(
        _columns(
            measures.filter(measures["vintage"] == vintage).select("measure", "scale").to_pyarrow()
        )
    )
    values = []
    for name in covariates:
        if name not in scales:
            raise CannotAnswer(
                f"No measure {name!r} is loaded for areas of {vintage}.",
                found=f"{len(scales)} measures of {vintage}",
                try_=nearest(name, sorted(scales)) if scales else "load one (--as measures)",
                read=_PAGE,
            )
        rows = area_measures.filter(
            (area_measures["measure"] == name)
            & (area_measures["vintage"] == vintage)
            & area_measures["value"].notnull()
        )
        values.append(dict(_columns(rows.select("area_code", "value").to_pyarrow())))
    cells = sorted(code for code in known if all(code in value for value in values))
    number = {code: k for k, code in enumerate(cells)}
    at = np.array([number.get(code, -1) for code in codes])
    if len(cells) <= len(covariates) + 1 or (at < 0).any():
        raise CannotAnswer(
            "A background by covariates needs each event in an area with a size and the measures.",
            found=f"{int((at < 0).sum()):,} of {len(at):,} events in none; {len(cells):,} areas",
            try_="load areas and measures of the vintage that records are coded by, or leave "
            "covariates out",
            read=_PAGE,
        )
    area = np.array([known[code] for code in cells]) * 1e6
    columns = [
        np.log1p(_of(value, cells) / area * 1e6) if scales[name] == "count" else _of(value, cells)
        for name, value in zip(covariates, values, strict=True)
    ]
    return {f"by {', '.join(covariates)}": _Built(at, area, np.column_stack(columns))}, len(at)


class _Built:
    """Makes the background for events, whichever dates these are dealt."""

    def __init__(self, cell: np.ndarray, area: np.ndarray, known: np.ndarray) -> None:
        self.cell, self.area, self.known = cell, area, known
        self.at: dict[tuple[float, float], int] = {}

    def __call__(self, events: Events) -> Background:
        points = list(zip(events.x.tolist(), events.y.tolist(), strict=True))
        if not self.at:  # the first events are those as they are
            self.at = dict(zip(points, self.cell.tolist(), strict=True))
        cell = np.array([self.at[point] for point in points])
        return by_covariates(events, cell, self.area, self.known)


def _coded(held: Held, used: np.ndarray) -> tuple[str, list[str]]:
    vintages = held.area_vintages[used]
    named, many = np.unique(vintages[vintages != ""], return_counts=True)
    if not len(named):
        raise CannotAnswer(
            "A background by covariates needs records that are coded by areas.",
            found=f"{len(used):,} events, none with an area",
            try_="load areas, or leave covariates out",
            read=_PAGE,
        )
    vintage = str(named[np.argmax(many)])
    codes = np.where(vintages == vintage, held.area_codes[used], "")
    return vintage, codes.tolist()


def _columns(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _of(value: Mapping[str, float], cells: list[str]) -> np.ndarray:
    return np.array([value[code] for code in cells], float)
