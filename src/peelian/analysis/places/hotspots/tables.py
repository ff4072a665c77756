"""The tables of hot spots: every area with its class, the whole map, and other units."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.hotspots.found import Hotspots
from peelian.analysis.places.hotspots.units import ONCE, TWICE, Unit
from peelian.columns import count, counted, figure, key, named, number, numbers, records_used, texts
from peelian.placing.borders import outlines
from peelian.results import Field, Form, ResultTable
from peelian.sentences import capital

# Sums over neighbours, said finely, would tell of a count that is held back next door.
_ROUNDED = "In whole standard scores: finer, sums over neighbours would tell of counts held back."
_CHANCES = ((0.001, "under 0.001"), (0.01, "under 0.01"), (0.05, "under 0.05"))


def tables_of(hot: Hotspots) -> dict[str, ResultTable]:
    """Return every table of hot spots, by name."""
    return {
        "areas": _areas(hot),
        "resemblance": _resemblance(hot),
        "units": _units(hot),
        "totals": _totals(hot),
        "outlines": outlines(hot.held.arcs),
        "records_used": _records_used(hot),
    }


def _over(hot: Hotspots, values: np.ndarray) -> np.ndarray:
    """Return values of the areas asked about, over all in use; nan for the others."""
    out = np.full(len(hot.held.areas), np.nan)
    out[hot.at] = values
    return out


def _where(hot: Hotspots) -> dict[str, str] | None:
    """Return what the door must know to compare these counts with those of other analyses."""
    held, chosen = hot.held, hot.held.categories
    kind = held.records.kind
    if kind not in {"crimes", "incidents"} or len(chosen) > 1 or held.undated:
        return None
    if held.counts.moved > 0:
        return None  # what links brought here is reckoned, not counted
    if chosen and kind == "incidents":
        return None  # a composition names an incident without a settled code by its first one
    named = {"category": chosen[0]} if chosen else {}
    return {"records": kind, "area_vintage": held.areas.vintage} | named


def _areas(hot: Hotspots) -> ResultTable:
    held, of = hot.held, ("n",)
    called_alone = np.full(len(held.areas), "", dtype=object)
    called_alone[hot.at] = np.where(hot.called_alone, "yes", "no")
    p = _over(hot, hot.chances.two_sided)
    bands = np.select([p < end for end, _ in _CHANCES], [words for _, words in _CHANCES],
                      "0.05 or more").astype(object)  # fmt: skip
    bands[np.isnan(p)] = ""
    neighbours = np.zeros(len(held.areas), np.int64)
    neighbours[hot.at] = hot.near.many
    columns: dict[str, tuple[Any, Field]] = {
        "area_code": (
            held.areas.codes, key("Area code", below_district=True)
        ),
        "area_name": (held.areas.names, named("Area")),
        "district": (
            pa.array(held.areas.districts, pa.string()), named("District")
        ),
        "n": count(
            held.counts.by_area, capital(hot.records), empty=~held.covered
        ),
    }  # fmt: skip
    if held.denominator is not None:
        measure = held.denominator
        columns |= {
            "denominator": (
                numbers(held.per),
                figure(
                    measure.title or measure.measure,
                    "integer",
                    unit=measure.unit,
                    note=measure.citation,
                ),
            ),
            "standard_rate": (
                numbers(np.round(_over(hot, hot.values), 1)),
                figure("Standardised rate", "one", of=of, note="Over the rate of all these areas, "
                        "in standard deviations of what chance and areas' own differences make."),
            ),
        }  # fmt: skip
    columns |= {
        "neighbours": (
            pa.array(neighbours, pa.int64()),
            figure("Neighbours", "integer", note="Areas that share a border and can be counted."),
        ),
        "class": (
            texts(hot.classes(), none=""),
            figure("Finding", "text", of=of, note="False discoveries allowed for."),
        ),
        "corner": (
            texts(hot.corners(), none=""),
            figure("Itself, and its neighbours", "text", of=of,
                    note="Local Moran's corners, of areas that are called."),
        ),
        "gi": (
            pa.array([None if np.isnan(v) else round(v) for v in _over(hot, hot.gi)], pa.int64()),
            figure("Gi*", "integer", of=of, note=_ROUNDED),
        ),
        "chance": (
            texts(bands, none=""),
            figure("Chance of neighbours so high or low", "text", of=of,
                    note="Two-sided, by dealing the other areas' values out."),
        ),
        "called_alone": (
            texts(called_alone, none=""),
            figure("Called without correction", "yes_no", of=of),
        ),
    }  # fmt: skip
    return ResultTable.of(
        "Every area, and whether it lies among high or low ones", columns, where=_where(hot)
    )


def _resemblance(hot: Hotspots) -> ResultTable:
    """Return the statistics of the whole map; rows are of the same records."""
    beside = hot.beside
    rows = [("Moran's I", len(hot.at), hot.moran.value, hot.moran.expected, hot.moran.z)]
    if beside is not None:
        rows += [
            (name, beside.areas, value, np.nan, np.nan)
            for name, value in (
                ("Bivariate Moran: with the neighbours' second measure", beside.bivariate),
                ("Lee's L: both smoothed over neighbours", beside.lee),
                ("Correlation: each area with itself", beside.in_place),
            )
        ]
    names, areas, value, expected, z = zip(*rows, strict=True)
    return ResultTable.of(
        "How far neighbours are alike, over the whole map",
        {
            "statistic": (list(names), key("Statistic")),
            "areas": (pa.array(areas, pa.int64()), figure("Areas", "integer")),
            "value": (numbers(np.round(value, 3)), figure("Value", "three", of=("n",))),
            "expected": (numbers(np.round(expected, 3)), figure("By chance", "three", of=("n",))),
            "z": (numbers(np.round(z, 1)), figure("Standard score", "one", of=("n",))),
            "n": count([hot.held.counts.by_area[hot.at].sum()] * len(rows), "Records"),
        },
        sums_over=(),
    )


def _units(hot: Hotspots) -> ResultTable:
    units, of = hot.units, ("n",)

    def whole(label: str, name: str, form: Form = "integer") -> tuple[Any, Field]:
        values = [round(getattr(unit, name)) for unit in units]
        return pa.array(values, pa.int64()), figure(label, form, of=of)

    def shares(label: str, name: str, note: str = "") -> tuple[Any, Field]:
        values = numbers([round(getattr(unit, name), 2) for unit in units])
        return values, figure(label, of=of, note=note)

    return ResultTable.of(
        "The same asked of other units, and how much of what is called stays called",
        {
            "unit": (pa.array([u.name for u in units], pa.string()),
                     key("Units")),
            "ways": whole("Ways of drawing them", "ways"),
            "groups": whole("Units", "groups"),
            "high": whole("Among high ones", "high"),
            "kept": shares(
                "Of areas called, in such units",
                "kept",
                "The middle of the ways; of cells, of the records in areas called.",
            ),
            "kept_least": shares("At the least", "kept_least"),
            "of_all": shares("Of all areas, in such units", "of_all"),
            "n": count([hot.held.counts.by_area[hot.at].sum()] * len(units), "Records")
            if units
            else (pa.array([], pa.int64()), counted("Records")),
        },
        sums_over=(),
    )  # fmt: skip


def _totals(hot: Hotspots) -> ResultTable:
    held, of = hot.held, ("n",)
    alone, tested, once = hot.called_alone, len(hot.at), hot.unit(ONCE)

    def kept(unit: Unit | None, name: str, label: str) -> tuple[Any, Field]:
        return numbers([round(getattr(unit, name), 2) if unit else np.nan]), figure(label, of=of)

    return ResultTable.of(
        "Totals",
        {
            "n": count(held.counts.by_area[hot.at].sum(), hot.records[:1].upper()
                        + hot.records[1:]),
            "areas": number(len(held.areas), "Areas"),
            "tested": number(tested, "Areas asked about"),
            "islands": number(len(hot.islands), "Areas that touch no other"),
            "left_out": number((held.covered & ~held.usable).sum(), "Areas without a denominator"),
            "not_covered": number((~held.covered).sum(), "Areas that were not counted"),
            "high": number(hot.high.sum(), "Areas among high ones", of),
            "low": number(hot.low.sum(), "Areas among low ones", of),
            "high_alone": number((alone & hot.up).sum(), "Among high ones, without correction", of),
            "low_alone": number((alone & ~hot.up).sum(), "Among low ones, without correction", of),
            "by_chance": number(tested / 40, "Of either, by chance alone, without correction"),
            "false_discovery": (numbers([hot.rate]), figure("False alarms allowed")),
            "moran": (numbers([round(hot.moran.value, 3)]), figure("Moran's I", "three", of=of)),
            "moran_z": (
                numbers([round(hot.moran.z, 1)]), figure("Its standard score", "one", of=of)
            ),
            "kept_once": kept(once, "kept", "Stay called when areas are merged with a neighbour"),
            "kept_once_least": kept(once, "kept_least", "At the least"),
            "kept_twice": kept(hot.unit(TWICE), "kept", "Stay called when they are merged twice"),
            "of_all_once": kept(once, "of_all", "Of all areas, in units called"),
            "ways": number(once.ways if once else 0, "Ways of merging"),
            "draws": number(hot.permutations, "Permutations"),
            "draws_needed": number(hot.needed, "Permutations needed to call one area alone"),
            "fewest": number(hot.fewest, "Fewest areas that could be called"),
            "beside_areas": number(hot.beside.areas if hot.beside else 0,
                                   "Areas with the second measure"),
            "months": number(len(held.months.covered), "Months covered"),
            "months_missing": number(len(held.months.missing), "Months missing"),
            "outside": count(_outside(hot), "Records in areas not asked about"),
            "not_placed": count(held.counts.not_placed, "Records without an area"),
            "other_vintage": count(held.counts.other_vintage, "Records of another vintage"),
            "undated": count(held.undated, "Records without a month that is covered"),
            "moved": count(held.counts.moved, "Records moved from another vintage"),
            "shared": count(held.counts.shared, "Of those, shared out by weight"),
            "snapped_share": (
                numbers([held.counts.snapped / held.counts.total]),
                figure("Records on snapped points"),
            ),
        },
    )  # fmt: skip


def _outside(hot: Hotspots) -> float:
    """Return the records of areas that are not in use, or in use and not asked about."""
    counts = hot.held.counts
    return counts.outside + float(counts.by_area.sum() - counts.by_area[hot.at].sum())


def _records_used(hot: Hotspots) -> ResultTable:
    held = hot.held
    return records_used(
        held.records.kind,
        {
            "used": (held.counts.by_area[hot.at].sum(), "Used"),
            "undated": (held.undated, "Without a month that is covered"),
            "not_placed": (held.counts.not_placed, "Without an area"),
            "outside": (_outside(hot), "In areas not asked about"),
            "other_vintage": (held.counts.other_vintage, "Of another vintage"),
            "other_category": (held.others, "Of other categories"),
        },
    )
