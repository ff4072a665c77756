"""A lattice of areas with hot ones planted, or none: for hot spots asked about many times over."""

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np

from in_memory import held
from peelian.analysis.places.hotspots import hotspots
from peelian.results import Result

SIDE = 30
AREAS = SIDE * SIDE
ROW, COLUMN = (at.ravel() for at in np.mgrid[:SIDE, :SIDE])
_CODES = [f"r{r:02}c{c:02}" for r, c in zip(ROW, COLUMN, strict=True)]
# every area with those it touches, be it at a corner: written down pair by pair
TOUCHING = [
    (i, (ROW[i] + down) * SIDE + COLUMN[i] + along)
    for i in range(AREAS)
    for down, along in ((0, 1), (1, 0), (1, 1), (1, -1))
    if ROW[i] + down < SIDE and 0 <= COLUMN[i] + along < SIDE
]


def block(rng) -> np.ndarray:
    """Say which areas are hot: ten side by side, two rows of five."""
    down = ROW - rng.integers(0, SIDE - 2)
    along = COLUMN - rng.integers(0, SIDE - 5)
    return np.isin(down, range(2)) & np.isin(along, range(5))


def apart(rng) -> np.ndarray:
    """Say which areas are hot: any ten."""
    hot = np.zeros(AREAS, dtype=bool)
    hot[rng.choice(AREAS, 10, replace=False)] = True
    return hot


def among(hot: np.ndarray) -> np.ndarray:
    """Say which areas touch a hot one: those that are rightly called among high ones."""
    found = np.zeros(AREAS, dtype=bool)
    for one, other in TOUCHING:
        found[one] |= hot[other]
        found[other] |= hot[one]
    return found


@cache
def _lattice() -> tuple:
    areas = {"area_code": _CODES, "vintage": ["V"] * AREAS, "geometry": [b"g"] * AREAS}
    many = len(TOUCHING)
    arcs = {
        "vintage": ["V"] * many,
        "arc": list(range(many)),
        "left_code": [_CODES[one] for one, _ in TOUCHING],
        "right_code": [_CODES[other] for _, other in TOUCHING],
        "line": [b"l"] * many,
    }
    coverage = {"source": ["f"], "layout": ["s"], "table": ["counts"],
                "month": [date(2023, 1, 1)], "load_id": ["x"], "n": [1]}  # fmt: skip
    return held("areas", AREAS, areas), held("area_arcs", many, arcs), held("coverage", 1, coverage)


def asked(counts: Sequence[int] | np.ndarray, **settings) -> Result:
    """Ask hot spots of counts by area, as an analysis is asked."""
    areas, arcs, coverage = _lattice()
    columns = {
        "series": ["s"] * AREAS,
        "area_code": _CODES,
        "area_vintage": ["V"] * AREAS,
        "period_start": [date(2023, 1, 1)] * AREAS,
        "period_end": [date(2023, 1, 31)] * AREAS,
        "category": ["burglary"] * AREAS,
        "n": list(counts),
    }
    return hotspots(
        held("crimes"),
        held("incidents"),
        areas,
        arcs,
        held("measures"),
        held("area_measures"),
        held("area_links"),
        coverage,
        held("counts", AREAS, columns),
        records="counts",
        **settings,
    )


def called(result: Result) -> tuple[np.ndarray, np.ndarray]:
    """Say of each area whether it is called among high ones, and among low ones."""
    areas = result.tables["areas"].data.sort_by("area_code")
    classes = np.array(areas["class"].to_pylist())
    return classes == "among high ones", classes == "among low ones"
