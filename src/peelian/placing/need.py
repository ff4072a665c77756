"""Measures of areas: the denominator that is named, and need in bands that hold their meaning."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.errors import CannotAnswer, MissingDenominator, VintageMismatch, nearest
from peelian.placing.areas import Areas, Links
from peelian.schema.scales import require
from peelian.statistics.bands import deciles, need_bands

_PAGE = "how-to/read-a-profile"
_LOAD = "load population by area (--as measures)"
_IMD = re.compile(r"imd(\d{4})?_decile")
_RESIDENTS = ("population", "residents", "households", "dwellings")
_FEWEST = 10  # a tenth of fewer areas than this is nobody


@dataclass(frozen=True)
class Measure:
    """What a measure is, as the store describes it."""

    measure: str
    vintage: str
    title: str
    scale: str
    unit: str
    need_is: str
    circular: str
    bands: str
    period: str
    citation: str

    @property
    def of_residents(self) -> bool:
        """Whether it counts who or what is housed there, going by its name."""
        return self.measure.startswith(_RESIDENTS)


@dataclass(frozen=True)
class Need:
    """A measure of need over the areas in use.

    Args:
        measure: What it is.
        values: Its value or decile in each area; nan where there is none.
        bands: high, middle or low; empty where there is none.
        ranked_over: How many areas its deciles are taken over; 0 if they came as deciles or bands.
        carried: How many areas hold a value of another vintage because they did not change.
        rule: How its bands are drawn, in words.
    """

    measure: Measure
    values: np.ndarray
    bands: np.ndarray
    ranked_over: int
    carried: int
    rule: str

    @property
    def is_decile(self) -> bool:
        """Whether its values are deciles, 1 in most need."""
        return not self.measure.bands


def _likeliest(able: list[str]) -> str:
    """Return the count that most rates are taken over, of those that are loaded."""
    return next((name for name in _RESIDENTS if name in able), able[0])


class Measures:
    """The measures that are loaded, and their values over the areas in use."""

    def __init__(self, measures: ir.Table, area_measures: ir.Table, areas: Areas) -> None:
        rows = measures.select(*Measure.__dataclass_fields__).to_pyarrow().to_pylist()
        self._known = [Measure(**{k: v or "" for k, v in row.items()}) for row in rows]
        self._values = area_measures
        self._areas = areas

    def named(self, name: str, links: Mapping[str, Links]) -> Measure | None:
        """Return a measure by name: of the vintage in use, else of one that links reach."""
        order = (self._areas.vintage, *links)
        able = [m for m in self._known if m.measure == name and m.vintage in order]
        return min(able, key=lambda m: order.index(m.vintage), default=None)

    def vintages(self) -> set[str]:
        """Return the vintages that any measure is of."""
        return {m.vintage for m in self._known}

    def denominator(self, name: str | None, links: Mapping[str, Links]) -> Measure:
        """Return the denominator that was named.

        Raises:
            MissingDenominator: None was named, or no such measure is loaded.
            CannotAnswer: It is not a count.
        """
        able = sorted({m.measure for m in self._known if m.scale == "count"})
        if name is None:
            raise MissingDenominator(
                "A rate needs a denominator that is named.",
                found=f"counts that are loaded: {', '.join(able) or 'none'}",
                try_=f"denominator={_likeliest(able)}" if able else _LOAD,
                read=_PAGE,
            )
        found = self.named(name, links)
        if found is None:
            raise MissingDenominator(
                f"No measure {name!r} is loaded for areas of {self._areas.vintage}.",
                found=_where(self._known, name) or f"counts that are loaded: {', '.join(able)}",
                try_=nearest(name, able) if able else _LOAD,
                read=_PAGE,
            )
        require(found.measure, found.scale, "divide")
        return found

    def need(self, name: str, links: Mapping[str, Links]) -> Measure:
        """Return the measure of need that was named; `imd` is the latest deprivation decile.

        Raises:
            CannotAnswer: It is not loaded, is made of recorded crime, or has no end of more need.
        """
        wanted = self._latest_imd(links) if name == "imd" else name
        found = self.named(wanted, links)
        if found is None:
            able = sorted({m.measure for m in self._known if m.need_is in ("low", "high")})
            raise CannotAnswer(
                f"No measure {name!r} is loaded for areas of {self._areas.vintage}.",
                found=_where(self._known, wanted) or f"{len(able)} measures of need are loaded",
                try_=nearest(name, able) if able else "load a measure of need (--as measures)",
                read=_PAGE,
            )
        _refuse_unfit(found)
        return found

    def _latest_imd(self, links: Mapping[str, Links]) -> str:
        for vintage in (self._areas.vintage, *links):
            able = [m.measure for m in self._known if m.vintage == vintage]
            indices = [name for name in able if _IMD.fullmatch(name)]
            if indices:
                return max(indices)
        return "imd"

    def over_areas(self, wanted: Sequence[Measure]) -> Mapping[str, tuple[pa.Array, np.ndarray]]:
        """Return the values of these measures, over all areas loaded: codes and values by name."""
        table = self._values
        rows = (
            table.filter(
                table.measure.isin(sorted({m.measure for m in wanted})),  # type: ignore[arg-type]
                table.vintage.isin(sorted({m.vintage for m in wanted})),  # type: ignore[arg-type]
            )
            .select("measure", "vintage", "area_code", "value")
            .to_pyarrow()
        )
        found = {}
        for one in wanted:
            is_it = (pc.field("measure") == one.measure) & (pc.field("vintage") == one.vintage)
            mine = rows.filter(is_it)
            values = np.asarray(mine["value"].to_numpy(), dtype=float)
            found[one.measure] = (mine["area_code"].combine_chunks(), values)
        return found

    def counts_over(
        self, measure: Measure, codes: pa.Array, values: np.ndarray, links: Mapping[str, Links]
    ) -> np.ndarray:
        """Return a count for each area in use, moved through links where it is of another vintage.

        Raises:
            VintageMismatch: A link it needs has no weight.
        """
        if measure.vintage == self._areas.vintage:
            return self._placed(codes, values)
        link = links[measure.vintage]
        needed = np.isin(link.start, link.start[link.end < link.ends])
        lacking = np.unique(link.start[needed & np.isnan(link.weight)])
        if len(lacking):
            raise VintageMismatch(
                f"{measure.measure} is of {measure.vintage} and cannot be brought to "
                f"{self._areas.vintage}.",
                found=f"{len(lacking)} old areas whose links have no weight",
                try_=f"load {measure.measure} for areas of {self._areas.vintage}, or links with "
                "weights",
                read="how-to/link-vintages",
            )
        here, _ = link.move(codes, np.nan_to_num(values))
        reached = np.isin(np.arange(link.ends), link.end)
        return np.where(reached, here, np.nan)

    def need_over(
        self, measure: Measure, codes: pa.Array, values: np.ndarray, links: Mapping[str, Links]
    ) -> Need:
        """Return a measure of need over the areas in use, in bands.

        Raises:
            CannotAnswer: Its deciles cannot be worked out, or no area in use has a value.
        """
        shown, ranked_over, rule = _shown(measure, values)
        if measure.vintage == self._areas.vintage:
            here, carried = self._placed(codes, shown), 0
        else:
            here = links[measure.vintage].same(codes, shown)
            carried = int((~np.isnan(here)).sum())
        if np.isnan(here).all():
            raise CannotAnswer(
                f"No area in use has a value of {measure.measure}.",
                found=f"{len(values)} areas of {measure.vintage} have one",
                try_=f"a measure of areas of {self._areas.vintage}",
                read=_PAGE,
            )
        bands = _banded(measure, here)
        return Need(measure, here, bands, ranked_over, carried, rule)

    def _placed(self, codes: pa.Array, values: np.ndarray) -> np.ndarray:
        out = np.full(len(self._areas), np.nan)
        at = self._areas.places(codes)
        out[at[at >= 0]] = values[at >= 0]
        return out


def _where(known: Sequence[Measure], name: str) -> str:
    """Say of which vintages a measure is loaded, if it is."""
    vintages = sorted({m.vintage for m in known if m.measure == name})
    return f"{name} is loaded for areas of {', '.join(vintages)}" if vintages else ""


def _refuse_unfit(measure: Measure) -> None:
    if measure.circular == "wholly":
        raise CannotAnswer(
            f"{measure.measure} is made of recorded crime: setting it beside recorded events is "
            "circular.",
            found="the measure is marked circular",
            try_="a domain that is not: income, employment, health or education",
            read=_PAGE,
        )
    if measure.need_is not in ("low", "high"):
        raise CannotAnswer(
            f"Nothing says which end of {measure.measure} means more need.",
            found=f"need_is is {measure.need_is or 'empty'}",
            try_="a measure with a direction, or declare `need_is` in its mapping",
            read="how-to/load-measures",
        )
    if measure.scale == "count":
        raise CannotAnswer(
            f"{measure.measure} is a count: it is larger where more people live.",
            found="its scale is count",
            try_="a decile, rank, score or ratio",
            read="how-to/load-measures",
        )


def _shown(measure: Measure, values: np.ndarray) -> tuple[np.ndarray, int, str]:
    """Return what is shown of a measure: its own value, or its decile with 1 in most need."""
    if measure.bands:
        high, middle = _limits(measure)
        return values, 0, f"the measure's own limits: high from {high:g}, middle from {middle:g}"
    rule = "high: deciles 1 and 2; middle: 3 to 5; low: 6 to 10, where 1 is in most need"
    if measure.scale == "decile":
        return (values if measure.need_is == "low" else 11 - values), 0, rule
    known = int((~np.isnan(values)).sum())
    if known < _FEWEST:
        raise CannotAnswer(
            f"{measure.measure} is known for too few areas to be put in tenths.",
            found=f"{known} areas",
            try_="load the measure for the whole nation, or declare `bands` in its mapping",
            read="how-to/load-measures",
        )
    tenths = deciles(values, need_is="low" if measure.need_is == "low" else "high").astype(float)
    tenths[tenths == 0] = np.nan
    return tenths, known, f"{rule}, over the {known:,} areas for which the measure is loaded"


def _limits(measure: Measure) -> tuple[float, float]:
    """Read a measure's own limits: two numbers, high need first."""
    try:
        high, middle = (float(word) for word in measure.bands.replace(",", " ").split())
    except ValueError as problem:
        raise CannotAnswer(
            f"The bands of {measure.measure} cannot be read.",
            found=measure.bands,
            try_='two numbers, high need first, such as "30, 20"',
            read="how-to/load-measures",
        ) from problem
    return high, middle


def _banded(measure: Measure, values: np.ndarray) -> np.ndarray:
    if not measure.bands:
        return need_bands(np.nan_to_num(values))
    sign = 1.0 if measure.need_is == "high" else -1.0
    high, middle = (sign * limit for limit in _limits(measure))
    tests = [np.isnan(values), sign * values >= high, sign * values >= middle]
    return np.select(tests, ["", "high", "middle"], "low").astype(object)


@dataclass(frozen=True)
class Measured:
    """The measures that were named, over the areas in use.

    Args:
        denominator: What rates are counted against.
        per: How much of it each area has; nan where unknown.
        need: The measure of need.
        vulnerability: The second measure, if one was named.
    """

    denominator: Measure
    per: np.ndarray
    need: Need
    vulnerability: Need | None

    @property
    def in_need(self) -> np.ndarray:
        """Say of each area whether it is in the high band of every measure of need."""
        high = self.need.bands == "high"
        return high if self.vulnerability is None else high & (self.vulnerability.bands == "high")


def measured(
    known: Measures,
    links: Mapping[str, Links],
    *,
    denominator: str | None,
    need: str,
    vulnerability: str | None,
) -> Measured:
    """Return the measures that were named, over the areas in use.

    Raises:
        MissingDenominator: No denominator was named, or none of that name is loaded.
        CannotAnswer: A measure cannot play the part it is given.
        VintageMismatch: A measure is of other areas and cannot be brought to those in use.
    """
    per = known.denominator(denominator, links)
    needs = [known.need(name, links) for name in (need, vulnerability) if name is not None]
    if len(needs) > 1 and needs[0].measure == needs[1].measure:
        raise CannotAnswer(
            "Need and vulnerability are one measure, which would be counted twice.",
            found=needs[0].measure,
            try_="another measure of vulnerability, such as health2019_decile, or none",
            read=_PAGE,
        )
    values = known.over_areas([per, *needs])
    over = known.counts_over(per, *values[per.measure], links)
    if not (np.nan_to_num(over) > 0).any():
        raise MissingDenominator(
            f"No area in use has a {per.measure} above nought.",
            found=f"{len(over)} areas, {len(values[per.measure][1])} with a value elsewhere",
            try_=f"load {per.measure} for these areas",
            read=_PAGE,
        )
    bands = [known.need_over(one, *values[one.measure], links) for one in needs]
    return Measured(per, over, bands[0], bands[1] if vulnerability else None)
