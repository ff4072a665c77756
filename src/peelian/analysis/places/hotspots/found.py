"""Which areas lie among high or low ones, beyond what dealing the values out would give."""

from dataclasses import dataclass, replace

import numpy as np

from peelian.analysis.places.hotspots.counting import Held
from peelian.analysis.places.hotspots.grids import grids
from peelian.analysis.places.hotspots.units import Unit, Values, other_units
from peelian.errors import CannotAnswer
from peelian.placing.counts import names_of
from peelian.placing.kinds import noun_of
from peelian.statistics.autocorrelation import Moran, bivariate_moran, lees_l, moran
from peelian.statistics.local_autocorrelation import (
    Chances,
    chances,
    discoveries,
    draws_needed,
    gi_star,
)
from peelian.statistics.weights import Neighbours

HIGH, LOW = "among high ones", "among low ones"
NEITHER, ISLAND = "not shown", "no neighbour"
UNCORRECTED = 0.05  # what a map without a correction takes for a hot spot
FEWEST = 10
_LEAST_DRAWS, _MOST_DRAWS = 9_999, 199_999
_MOST_NUMBERS = (
    50_000_000  # held at once where an area has so many neighbours that all are shuffled
)
_PAGE = "how-to/read-hotspots"


@dataclass(frozen=True, slots=True)
class Beside:
    """How a second measure goes with what was counted.

    Args:
        areas: Areas that have both.
        bivariate: Bivariate Moran: with the neighbours' second measure.
        lee: Lee's L: both smoothed over neighbours.
        in_place: The plain correlation, each area with itself.
    """

    areas: int
    bivariate: float
    lee: float
    in_place: float


@dataclass(frozen=True, kw_only=True)
class Hotspots:
    """Everything the answer is drawn from.

    Args:
        held: What each area holds.
        at: Where the areas asked about stand among those in use: those with a neighbour.
        islands: Where those stand that have none.
        values: What is compared.
        near: Who neighbours whom, of those asked about.
        gi: Gi* of each, a standard score.
        chances: How often chance does as much.
        called: Whether each is called, false discoveries allowed for.
        called_alone: Whether it would be called without that.
        moran: Moran's I over the whole map.
        beside: How the second measure goes with it; None if none was named.
        units: The same asked of other units.
        rate: The share of false alarms allowed.
        permutations: Draws made.
        needed: Draws it takes before a single area could be called.
    """

    held: Held
    at: np.ndarray
    islands: np.ndarray
    values: np.ndarray
    near: Neighbours
    gi: np.ndarray
    chances: Chances
    called: np.ndarray
    called_alone: np.ndarray
    moran: Moran
    beside: Beside | None
    units: tuple[Unit, ...]
    rate: float
    permutations: int
    needed: int

    @property
    def up(self) -> np.ndarray:
        """Whether each area's neighbours are high, going by the draws."""
        return self.chances.high < self.chances.low

    @property
    def high(self) -> np.ndarray:
        """Whether each is called among high ones."""
        return self.called & self.up

    @property
    def low(self) -> np.ndarray:
        """Whether each is called among low ones."""
        return self.called & ~self.up

    @property
    def fewest(self) -> int:
        """As few areas as the draws could call at all."""
        least = 2 / (self.chances.draws.min() + 1)
        return max(1, int(np.ceil(len(self.at) * least / self.rate - 1e-9)))

    @property
    def records(self) -> str:
        """Return what is counted, in words."""
        noun = noun_of(self.held.records.kind)
        if not self.held.categories:
            return noun
        return f"{noun} ({names_of(self.held.records.kind, self.held.categories)})"

    def unit(self, name: str) -> Unit | None:
        """Return what came of one kind of unit; None where it could not be asked of."""
        return next((unit for unit in self.units if unit.name == name), None)

    def classes(self) -> np.ndarray:
        """Return the class of every area in use; empty where it was not asked about."""
        found = np.full(len(self.held.areas), "", dtype=object)
        found[self.islands] = ISLAND
        found[self.at] = np.select([self.high, self.low], [HIGH, LOW], NEITHER)
        return found

    def corners(self) -> np.ndarray:
        """Return, of every area called, how it and its neighbours lie: local Moran's corners."""
        own = np.where(self.values > self.values.mean(), "high", "low").astype(object)
        around = np.where(self.up, f" {HIGH}", f" {LOW}").astype(object)
        found = np.full(len(self.held.areas), "", dtype=object)
        found[self.at[self.called]] = (own + around)[self.called]
        return found


def find(held: Held, *, rate: float, permutations: int, seed: int) -> Hotspots:
    """Find which areas lie among high or low ones.

    Args:
        held: What each area holds.
        rate: The share of false alarms allowed among the areas called.
        permutations: Draws to make; 0 for as many as it takes.
        seed: Where the draws start.

    Raises:
        CannotAnswer: There are too few areas, or their values are all alike.
    """
    near, at, islands = _linked(held)
    _refuse_few(len(at), len(islands))
    every = Values(
        counts=held.counts.by_area[at], people=None if held.per is None else held.per[at]
    )
    _refuse_alike(every.counts)
    values = every.compared()
    _refuse_alike(values)
    most = int(near.many.max())
    _refuse_hub(most, len(at))
    needed = _needed(len(at), most, rate)
    draws = permutations or _draws(needed, most, len(at))
    found = chances(values, near, permutations=draws, seed=seed)
    hot = Hotspots(
        held=held,
        at=at,
        islands=islands,
        values=values,
        near=near,
        gi=gi_star(values, near),
        chances=found,
        called=discoveries(found.two_sided, rate),
        called_alone=found.two_sided <= UNCORRECTED,
        moran=moran(values, near),
        beside=_beside(held, values, near, at),
        units=(),
        rate=rate,
        permutations=draws,
        needed=needed,
    )
    units = other_units(every, near, hot.high, held.areas, at, rate=rate, seed=seed)
    if held.points is not None:
        high = np.zeros(len(held.areas), dtype=bool)
        high[at] = hot.high
        units += grids(held.points, high, rate=rate, seed=seed)
    return replace(hot, units=units)


def _linked(held: Held) -> tuple[Neighbours, np.ndarray, np.ndarray]:
    """Return who neighbours whom of the areas that can be asked about, and those left alone."""
    usable = held.usable
    inner = held.pairs[usable[held.pairs].all(axis=1)]
    touched = np.zeros(len(held.areas), dtype=bool)
    touched[inner.ravel()] = True
    at = np.flatnonzero(touched)
    number = np.cumsum(touched) - 1
    return Neighbours.of_pairs(number[inner], len(at)), at, np.flatnonzero(usable & ~touched)


def _needed(tests: int, most: int, rate: float) -> int:
    """Return the draws before one area alone could be called, two-sided.

    Twice those of one side, and as many more as hold the area itself, which are none of its draws.
    """
    two_sided = 2 * (draws_needed(tests, 1, rate) + 1)
    return int(np.ceil(1.05 * two_sided / (1 - most / tests))) - 1


def _draws(needed: int, most: int, areas: int) -> int:
    limit = _MOST_DRAWS
    if most**2 > 4 * areas:
        limit = min(limit, max(_LEAST_DRAWS, _MOST_NUMBERS // areas))
    return min(max(needed, _LEAST_DRAWS), limit)


def _beside(held: Held, values: np.ndarray, near: Neighbours, at: np.ndarray) -> Beside | None:
    """Return how the second measure goes with the values, higher where there is more need."""
    if held.beside is None:
        return None
    need, one = held.beside, held.beside.values[at]
    known = ~np.isnan(one)
    more = -one if need.is_decile or need.measure.need_is == "low" else one
    pairs = np.stack([np.repeat(np.arange(len(at)), near.many), near.of], axis=1)
    number = np.cumsum(known) - 1
    pairs = number[pairs[known[pairs].all(axis=1)]]
    if known.sum() < FEWEST or not len(pairs) or np.ptp(more[known]) == 0:
        raise CannotAnswer(
            f"{need.measure.measure} cannot be set beside: too few areas that touch have it, or "
            "all have it alike.",
            found=f"{int(known.sum())} of {len(at)} areas have it",
            try_="another measure, or leave `beside` out",
            read=_PAGE,
        )
    both = Neighbours.of_pairs(pairs, int(known.sum()))
    mine, theirs = values[known], more[known]
    _refuse_alike(mine)
    return Beside(
        int(known.sum()),
        bivariate_moran(mine, theirs, both),
        lees_l(mine, theirs, both),
        float(np.corrcoef(mine, theirs)[0, 1]),
    )


def _refuse_few(areas: int, islands: int) -> None:
    if areas >= FEWEST:
        return
    raise CannotAnswer(
        "There are too few areas to say which lie among high ones.",
        found=f"{areas} areas that touch another and can be counted, {islands} that touch none",
        try_=f"the boundaries of the whole force, {FEWEST} areas or more; or smaller areas",
        read=_PAGE,
    )


def _refuse_alike(values: np.ndarray) -> None:
    if np.ptp(values) > 0:
        return
    raise CannotAnswer(
        "All areas hold alike, so none lies among higher ones than others do.",
        found=f"{len(values)} areas with one value",
        try_="more months, or more categories",
        read=_PAGE,
    )


def _refuse_hub(most: int, areas: int) -> None:
    if most < areas - 1:
        return
    raise CannotAnswer(
        "One area touches all the others, so that there is nothing to deal out around it.",
        found=f"{areas} areas",
        try_="the boundaries of a larger part of the force, or smaller areas",
        read=_PAGE,
    )
