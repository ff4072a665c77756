"""The tables of hot spots: every area with its class, the whole map, and other units."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.hotspots.found import Hotspots
from peelian.analysis.places.hotspots.units import ONCE, TWICE, Unit
from peelian.results import Field, Form, ResultTable

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
        "outlines": _outlines(hot.held.arcs),
        "records_used": _records_used(hot),
    }


def _figure(label: str, form: Form = "percent", **rest: Any) -> Field:
    return Field(role="figure", label=label, form=form, **rest)


def _numbers(values: Any) -> pa.Array:
    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def _texts(values: np.ndarray) -> pa.Array:
    return pa.array([v or None for v in values], pa.string())


def _count(values: Any, label: str, empty: np.ndarray | None = None) -> tuple[pa.Array, Field]:
    """Return counts as whole numbers, unless links have shared some of them among areas."""
    held = np.atleast_1d(np.asarray(values, dtype=float))
    whole = np.allclose(held, np.rint(held), rtol=0, atol=1e-9)
    form: Form = "integer" if whole else "one"
    given = np.rint(held).astype(np.int64) if whole else held
    return pa.array(given, mask=empty), Field(role="count", label=label, form=form)


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
            held.areas.codes, Field(role="key", label="Area code", below_district=True)
        ),
        "area_name": (held.areas.names, Field(role="label", label="Area")),
        "district": (
            pa.array(held.areas.districts, pa.string()), Field(role="label", label="District")
        ),
        "n": _count(
            held.counts.by_area, hot.records[:1].upper() + hot.records[1:], empty=~held.covered
        ),
    }  # fmt: skip
    if held.denominator is not None:
        measure = held.denominator
        columns |= {
            "denominator": (
                _numbers(held.per),
                _figure(
                    measure.title or measure.measure,
                    "integer",
                    unit=measure.unit,
                    note=measure.citation,
                ),
            ),
            "standard_rate": (
                _numbers(np.round(_over(hot, hot.values), 1)),
                _figure("Standardised rate", "one", of=of, note="Over the rate of all these areas, "
                        "in standard deviations of what chance and areas' own differences make."),
            ),
        }  # fmt: skip
    columns |= {
        "neighbours": (
            pa.array(neighbours, pa.int64()),
            _figure("Neighbours", "integer", note="Areas that share a border and can be counted."),
        ),
        "class": (
            _texts(hot.classes()),
            _figure("Finding", "text", of=of, note="False discoveries allowed for."),
        ),
        "corner": (
            _texts(hot.corners()),
            _figure("Itself, and its neighbours", "text", of=of,
                    note="Local Moran's corners, of areas that are called."),
        ),
        "gi": (
            pa.array([None if np.isnan(v) else round(v) for v in _over(hot, hot.gi)], pa.int64()),
            _figure("Gi*", "integer", of=of, note=_ROUNDED),
        ),
        "chance": (
            _texts(bands),
            _figure("Chance of neighbours so high or low", "text", of=of,
                    note="Two-sided, by dealing the other areas' values out."),
        ),
        "called_alone": (
            _texts(called_alone),
            _figure("Called without correction", "yes_no", of=of),
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
            "statistic": (list(names), Field(role="key", label="Statistic")),
            "areas": (pa.array(areas, pa.int64()), _figure("Areas", "integer")),
            "value": (_numbers(np.round(value, 3)), _figure("Value", "three", of=("n",))),
            "expected": (_numbers(np.round(expected, 3)), _figure("By chance", "three", of=("n",))),
            "z": (_numbers(np.round(z, 1)), _figure("Standard score", "one", of=("n",))),
            "n": _count([hot.held.counts.by_area[hot.at].sum()] * len(rows), "Records"),
        },
        sums_over=(),
    )


def _units(hot: Hotspots) -> ResultTable:
    units, of = hot.units, ("n",)

    def whole(label: str, name: str, form: Form = "integer") -> tuple[Any, Field]:
        values = [round(getattr(unit, name)) for unit in units]
        return pa.array(values, pa.int64()), _figure(label, form, of=of)

    def shares(label: str, name: str, note: str = "") -> tuple[Any, Field]:
        values = _numbers([round(getattr(unit, name), 2) for unit in units])
        return values, _figure(label, of=of, note=note)

    return ResultTable.of(
        "The same asked of other units, and how much of what is called stays called",
        {
            "unit": (pa.array([u.name for u in units], pa.string()),
                     Field(role="key", label="Units")),
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
            "n": _count([hot.held.counts.by_area[hot.at].sum()] * len(units), "Records")
            if units
            else (pa.array([], pa.int64()), Field(role="count", label="Records", form="integer")),
        },
        sums_over=(),
    )  # fmt: skip


def _totals(hot: Hotspots) -> ResultTable:
    held, of = hot.held, ("n",)
    alone, tested, once = hot.called_alone, len(hot.at), hot.unit(ONCE)

    def number(label: str, value: float, of: tuple[str, ...] = ()) -> tuple[Any, Field]:
        return pa.array([round(value)], pa.int64()), _figure(label, "integer", of=of)

    def kept(unit: Unit | None, name: str, label: str) -> tuple[Any, Field]:
        return _numbers([round(getattr(unit, name), 2) if unit else np.nan]), _figure(label, of=of)

    return ResultTable.of(
        "Totals",
        {
            "n": _count(held.counts.by_area[hot.at].sum(), hot.records[:1].upper()
                        + hot.records[1:]),
            "areas": number("Areas", len(held.areas)),
            "tested": number("Areas asked about", tested),
            "islands": number("Areas that touch no other", len(hot.islands)),
            "left_out": number("Areas without a denominator", (held.covered & ~held.usable).sum()),
            "not_covered": number("Areas that were not counted", (~held.covered).sum()),
            "high": number("Areas among high ones", hot.high.sum(), of),
            "low": number("Areas among low ones", hot.low.sum(), of),
            "high_alone": number("Among high ones, without correction", (alone & hot.up).sum(), of),
            "low_alone": number("Among low ones, without correction", (alone & ~hot.up).sum(), of),
            "by_chance": number("Of either, by chance alone, without correction", tested / 40),
            "false_discovery": (_numbers([hot.rate]), _figure("False alarms allowed")),
            "moran": (_numbers([round(hot.moran.value, 3)]), _figure("Moran's I", "three", of=of)),
            "moran_z": (
                _numbers([round(hot.moran.z, 1)]), _figure("Its standard score", "one", of=of)
            ),
            "kept_once": kept(once, "kept", "Stay called when areas are merged with a neighbour"),
            "kept_once_least": kept(once, "kept_least", "At the least"),
            "kept_twice": kept(hot.unit(TWICE), "kept", "Stay called when they are merged twice"),
            "of_all_once": kept(once, "of_all", "Of all areas, in units called"),
            "ways": number("Ways of merging", once.ways if once else 0),
            "draws": number("Permutations", hot.permutations),
            "draws_needed": number("Permutations needed to call one area alone", hot.needed),
            "fewest": number("Fewest areas that could be called", hot.fewest),
            "beside_areas": number("Areas with the second measure",
                                   hot.beside.areas if hot.beside else 0),
            "months": number("Months covered", len(held.months.covered)),
            "months_missing": number("Months missing", len(held.months.missing)),
            "outside": _count(_outside(hot), "Records in areas not asked about"),
            "not_placed": _count(held.counts.not_placed, "Records without an area"),
            "other_vintage": _count(held.counts.other_vintage, "Records of another vintage"),
            "undated": _count(held.undated, "Records without a month that is covered"),
            "moved": _count(held.counts.moved, "Records moved from another vintage"),
            "shared": _count(held.counts.shared, "Of those, shared out by weight"),
            "snapped_share": (
                _numbers([held.counts.snapped / held.counts.total]),
                _figure("Records on snapped points"),
            ),
        },
    )  # fmt: skip


def _outside(hot: Hotspots) -> float:
    """Return the records of areas that are not in use, or in use and not asked about."""
    counts = hot.held.counts
    return counts.outside + float(counts.by_area.sum() - counts.by_area[hot.at].sum())


def _outlines(arcs: pa.Table) -> ResultTable:
    return ResultTable.of(
        "Borders of the areas, each held once",
        {
            "arc": (arcs["arc"], Field(role="key", label="Arc", form="integer")),
            "left_code": (arcs["left_code"], Field(role="label", label="Area on the left")),
            "right_code": (arcs["right_code"], Field(role="label", label="Area on the right")),
            "line": (arcs["line"], Field(role="geometry", label="Line")),
        },
        for_machine=True,
    )


def _records_used(hot: Hotspots) -> ResultTable:
    held = hot.held
    counts = {
        "used": (held.counts.by_area[hot.at].sum(), "Used"),
        "undated": (held.undated, "Without a month that is covered"),
        "not_placed": (held.counts.not_placed, "Without an area"),
        "outside": (_outside(hot), "In areas not asked about"),
        "other_vintage": (held.counts.other_vintage, "Of another vintage"),
        "other_category": (held.others, "Of other categories"),
    }
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": ([held.records.kind], Field(role="key", label="Records")),
            **{name: _count(np.rint(value), label) for name, (value, label) in counts.items()},
        },
        sums_over=(),
    )
