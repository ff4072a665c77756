"""The tables of a profile: every number of its sentences and pictures stands in one of them."""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.analysis.places.profile.asked import Profile
from peelian.analysis.places.profile.estimate import STEADY
from peelian.placing.areas import Areas
from peelian.placing.need import Need
from peelian.results import Field, Form, Members, ResultTable

_BANDS, _CLASSES = ("high", "middle", "low"), ("low", "middle", "high")
Columns = Mapping[str, tuple[Any, Field]]


def tables_of(asked: Profile, outlines: pa.Table) -> dict[str, ResultTable]:
    """Return every table of a profile, by name."""
    columns = _area_columns(asked)
    return {
        "areas": ResultTable.of(
            "Every area, with its rate, its need and its class", columns, where=_where(asked)
        ),
        "targets": _targets(asked, columns),
        "clusters": _clusters(asked),
        "classes": _classes(asked),
        "totals": _totals(asked),
        "outlines": _outlines(outlines),
        "records_used": _records_used(asked),
    }


def _where(asked: Profile) -> dict[str, str] | None:
    """Return what the door must know to compare these counts with those of other analyses."""
    chosen = asked.categories
    if asked.kind not in {"crimes", "incidents"} or len(chosen) > 1:
        return None
    if asked.counts.moved > 0:
        return None  # what links brought here is reckoned, not counted
    if chosen and asked.kind == "incidents":
        return None  # a composition names an incident without a settled code by its first one
    named = {"category": chosen[0]} if chosen else {}
    return {"records": asked.kind, "area_vintage": asked.areas.vintage} | named


def _figure(label: str, form: Form = "one", **rest: Any) -> Field:
    return Field(role="figure", label=label, form=form, **rest)


def _count(label: str, values: np.ndarray | float, **rest: Any) -> tuple[Any, Field]:
    """Return counts as whole numbers, unless links have shared some of them among areas."""
    held = np.atleast_1d(np.asarray(values, dtype=float))
    whole = np.allclose(held, np.rint(held), rtol=0, atol=1e-9)
    form: Form = "integer" if whole else "one"
    given = np.rint(held).astype(np.int64) if whole else held
    return pa.array(given), Field(role="count", label=label, form=form, **rest)


def _where_covered(asked: Profile, column: tuple[Any, Field]) -> tuple[Any, Field]:
    """Leave counts of areas that were not counted empty: nobody has said that they hold none."""
    values, field = column
    return pa.array(values.to_numpy(zero_copy_only=False), mask=~asked.covered), field


def _numbers(values: Any) -> pa.Array:
    return pa.array(np.asarray(values, dtype=float), from_pandas=True)


def _words(values: np.ndarray) -> pa.Array:
    return pa.array([v or None for v in values], pa.string())


def _area_columns(asked: Profile) -> Columns:
    found, per, n = asked.found, asked.rate_words, ("n",)
    rate = {"unit": per, "of": n}
    excess_unit = "days of harm" if asked.harm else asked.records
    columns: dict[str, tuple[Any, Field]] = {
        "area_code": (
            asked.areas.codes,
            Field(role="key", label="Area code", below_district=True),
        ),
        "area_name": (asked.areas.names, Field(role="label", label="Area")),
        "district": (
            pa.array(asked.areas.districts, pa.string()),
            Field(role="label", label="District"),
        ),
        "n": _where_covered(
            asked, _count(_capital(asked.records), asked.counts.by_area)
        ),
        "denominator": (
            _numbers(asked.per),
            _figure(asked.denominator.title or asked.denominator.measure, "integer",
                    unit=asked.denominator.unit, note=asked.denominator.citation),
        ),
    }  # fmt: skip
    if asked.counts.shared > 0:
        columns |= {
            name: (_numbers(values), _figure(label, of=n, note=_ENDS))
            for name, label, values in (
                ("n_least", "At least", asked.counts.least),
                ("n_most", "At most", asked.counts.most),
            )
        }
    if asked.harm:
        columns["harm"] = (
            _numbers(found.burden),
            _figure("Harm", unit="days", of=n, note=f"{asked.harm.version}; {asked.harm.status}"),
        )
    columns |= {
        "rate": (_numbers(1000 * found.crude), _figure("Rate", **rate)),
        "smoothed": (
            _numbers(1000 * found.smoothed),
            _figure("Steadied rate", **rate, note="Drawn towards the average of these areas by as "
                    "much as the count is unsure."),
        ),
        "low": (_numbers(1000 * found.low), _figure("Low", **rate, note=_INTERVAL)),
        "high": (_numbers(1000 * found.high), _figure("High", **rate, note=_INTERVAL)),
        "ratio": (
            _numbers(found.ratio),
            _figure("Ratio to the average", "two", of=n, note="Steadied rate over the average."),
        ),
        "rate_class": (
            _words(found.rate_class),
            _figure("Rate class", "text", of=n, note="low: under two thirds of the average; high: "
                    "one and a half times it or more"),
        ),
        **_need_columns(asked.need, "need", "Need"),
        **(_need_columns(asked.vulnerability, "vulnerability", "Vulnerability")
           if asked.vulnerability else {}),
        "class_stability": (
            _numbers(found.stability),
            _figure("Class stability", "percent", of=n, note="Probability of the class shown."),
        ),
        "exceeds": (
            _numbers(found.exceeds),
            _figure("Probability of a high rate", "percent", of=n,
                    note="Of a rate over one and a half times the average."),
        ),
        "expected_excess": (
            _numbers(found.excess),
            _figure("Expected excess", unit=excess_unit, of=n,
                    note="Over what the average rate would bring, in these months."),
        ),
        "visitors": (
            ["yes" if v else "no" for v in asked.visitors],
            _figure("Many visitors", "yes_no", of=n, note="Residents may not be who is there."),
        ),
    }  # fmt: skip
    return columns


_ENDS = "Whatever share of a split area's records lies here: weights are those of residents."
_INTERVAL = "End of the interval that holds the rate with probability 95%."


def _need_columns(need: Need, name: str, label: str) -> Columns:
    title = need.measure.title or need.measure.measure
    if need.is_decile:
        held = pa.array([None if np.isnan(v) else round(v) for v in need.values], pa.int64())
        figure = _figure(title, "integer", note=need.rule)
    else:
        held = _numbers(need.values)
        figure = _figure(title, unit=need.measure.unit, note=need.rule)
    return {
        name: (held, figure),
        f"{name}_band": (_words(need.bands), _figure(f"{label} band", "text", note=need.rule)),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _taken(columns: Columns, names: tuple[str, ...], at: np.ndarray) -> Columns:
    return {
        name: (pa.array(columns[name][0]).take(pa.array(at, pa.int64())), columns[name][1])
        for name in names
    }


def _targets(asked: Profile, columns: Columns) -> ResultTable:
    chosen = asked.targets
    names = ("area_code", "area_name", "district", "n", "rate", "smoothed", "low", "high", "need")
    names += ("vulnerability",) if asked.vulnerability else ()
    kept = _taken(columns, (*names, "expected_excess"), chosen.at)
    # In this order a name tells of a count, so the door may have to hold names back too.
    named = {
        name: (kept[name][0], Field(role="label", label=kept[name][1].label, below_district=True))
        for name in ("area_code", "area_name")
    }
    return ResultTable.of(
        "Areas where support could start, by expected excess",
        {
            "rank": (
                pa.array(range(1, len(chosen) + 1), pa.int64()),
                Field(role="key", label="Order", form="integer"),
            ),
            **kept,
            **named,
            "rank_stability": (
                _numbers(chosen.stability),
                _figure("Holds its place", "percent", of=("n",),
                        note="Share of draws in which it is among these areas."),
            ),
            "cluster": (
                pa.array(chosen.cluster, pa.int64()),
                Field(role="label", label="Cluster", form="integer",
                      note="Areas of one number touch one another."),
            ),
            "expected_fall": (
                _numbers(chosen.fall),
                _figure("Fall to expect anyway", of=("n",), note="With nothing done: areas chosen "
                        "for high counts come down by chance alone."),
            ),
            "visitors": _taken(columns, ("visitors",), chosen.at)["visitors"],
        },
        members=Members("areas", {"area_code": "area_code"}),
    )  # fmt: skip


def _clusters(asked: Profile) -> ResultTable:
    chosen = asked.targets
    numbers = np.unique(chosen.cluster)
    groups = [chosen.at[chosen.cluster == number] for number in numbers]
    names = ["; ".join(asked.areas.names[i] for i in group) for group in groups]
    n = np.array([asked.counts.by_area[group].sum() for group in groups])
    return ResultTable.of(
        "Areas where support could start that touch one another",
        {
            "cluster": (
                pa.array(numbers, pa.int64()),
                Field(role="key", label="Cluster", form="integer"),
            ),
            "areas": (
                pa.array(names, pa.string()),
                Field(role="label", label="Areas", below_district=True),
            ),
            "n_areas": (
                pa.array([len(group) for group in groups], pa.int64()),
                _figure("Number of areas", "integer"),
            ),
            "n": _count(_capital(asked.records), n),
        },
        members=Members("targets", {"cluster": "cluster"}),
    )


def _classes(asked: Profile) -> ResultTable:
    cells = [(band, rate) for band in _BANDS for rate in _CLASSES]
    found, bands = asked.found, asked.need.bands
    inside = [(bands == band) & (found.rate_class == rate) for band, rate in cells]
    return ResultTable.of(
        "Areas by need and by rate",
        {
            "need_band": (
                [band for band, _ in cells],
                Field(role="key", label="Need", note=asked.need.rule),
            ),
            "rate_class": (
                [rate for _, rate in cells],
                Field(role="key", label="Rate", note="low: under two thirds of the average; high: "
                      "one and a half times it or more"),
            ),
            "areas": (
                pa.array([int(one.sum()) for one in inside], pa.int64()),
                _figure("Areas", "integer", of=("n",)),
            ),
            "denominator": (
                _numbers([asked.per[one].sum() for one in inside]),
                _figure(asked.denominator.title or asked.denominator.measure, "integer",
                        of=("n",)),
            ),
            "n": _count(
                _capital(asked.records), np.array([asked.counts.by_area[o].sum() for o in inside])
            ),
        },
        members=Members("areas", {"need_band": "need_band", "rate_class": "rate_class"}),
    )  # fmt: skip


def _totals(asked: Profile) -> ResultTable:
    found, chosen, counts = asked.found, asked.targets, asked.counts
    per, rated = asked.per, found.rated
    share = ("n", "target_n")
    target_n = counts.by_area[chosen.at].sum()
    burden = found.burden[chosen.at].sum()
    whole = float(np.nansum(per))
    held = float(np.nansum(per[chosen.at]))
    stability = float(np.median(chosen.stability)) if len(chosen) else np.nan
    unit = "days of harm" if asked.harm else asked.records

    def number(label: str, value: float, of: tuple[str, ...] = ()) -> tuple[Any, Field]:
        return pa.array([int(value)], pa.int64()), _figure(label, "integer", of=of)

    return ResultTable.of(
        "Totals",
        {
            "areas": number("Areas", len(asked.areas)),
            "rated": number("Areas with a rate", rated.sum()),
            "not_rated": number("Areas without a denominator", (~rated & asked.covered).sum()),
            "not_covered": number("Areas that were not counted", (~asked.covered).sum()),
            "no_need": number("Areas without a measure of need", (asked.need.bands == "").sum()),
            "n": _count(_capital(asked.records), counts.used),
            "denominator": (
                _numbers([whole]),
                _figure(asked.denominator.title or asked.denominator.measure, "integer"),
            ),
            "average": (
                _numbers([1000 * found.average]),
                _figure("Average of these areas", unit=asked.rate_words, of=("n",)),
            ),
            "high_need": number("Areas of high need", asked.in_need.sum()),
            "both": number("High need and high rate", asked.both.sum(), ("n",)),
            "both_firm": number("Of those, areas that hold their class",
                                (asked.both & found.firm).sum(), ("n",)),
            "firm_share": (
                _numbers([round(found.firm[rated].mean(), 3)]),
                _figure("Areas that hold their class", "percent", of=("n",),
                        note=f"In {STEADY:.0%} of draws or more."),
            ),
            "targets": number("Areas where support could start", len(chosen)),
            "target_n": _count("In those areas", target_n),
            "target_share": (
                _numbers([round(burden / np.nansum(found.burden[rated]), 3)]),
                _figure("Their share", "percent", of=share),
            ),
            "target_denominator_share": (
                _numbers([round(held / whole, 3)]),
                _figure("Their share of the denominator", "percent", of=share),
            ),
            "target_excess": (
                _numbers([chosen.excess]),
                _figure("Over the average, in those areas", "integer", unit=unit, of=share),
            ),
            "target_excess_low": (
                _numbers([chosen.excess_low]), _figure("Low", "integer", unit=unit, of=share)
            ),
            "target_excess_high": (
                _numbers([chosen.excess_high]), _figure("High", "integer", unit=unit, of=share)
            ),
            "expected_fall": (
                _numbers([chosen.fall.sum()]),
                _figure("Fall to expect anyway", unit=unit, of=share),
            ),
            "rank_stability": (
                _numbers([stability]),
                _figure("Middle share of draws in which they hold their place", "percent",
                        of=share),
            ),
            "months": number("Months covered", len(asked.months.covered)),
            "months_missing": number("Months missing", len(asked.months.missing)),
            "not_placed": _count("Records without an area", counts.not_placed),
            "outside": _count("Records in other areas", counts.outside),
            "other_vintage": _count("Records of another vintage", counts.other_vintage),
            "moved": _count("Records moved from another vintage", counts.moved),
            "shared": _count("Of those, shared out by weight", counts.shared),
            "snapped_share": (
                _numbers([counts.snapped / counts.total]),
                _figure("Records on snapped points", "percent"),
            ),
            "visitors": number("Areas with many visitors", asked.visitors.sum(), ("n",)),
            "target_visitors": number("Of the listed areas, those with many visitors",
                                      asked.visitors[chosen.at].sum(), share),
            "ranked_over": number("Areas the deciles are taken over", asked.need.ranked_over),
            "carried": number("Areas whose need is of another vintage", asked.need.carried),
            "chance": (
                # Two figures are enough to judge by, and too few to work counts out from.
                _numbers([float(f"{found.p:.1e}")]),
                _figure("How often chance does as much", "three", of=("n",)),
            ),
            "draws": number("Draws", asked.draws),
        },
    )  # fmt: skip


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


def borders(arcs: pa.Table, areas: Areas) -> np.ndarray:
    """Return the positions of areas that share a border: shape (pairs, 2)."""
    sides = np.stack([areas.places(arcs["left_code"]), areas.places(arcs["right_code"])], axis=1)
    inner = (sides >= 0).all(axis=1) & (sides[:, 0] != sides[:, 1])
    return np.unique(np.sort(sides[inner], axis=1), axis=0)


def read_arcs(area_arcs: ir.Table, vintage: str) -> pa.Table:
    """Return the borders of one vintage."""
    rows = area_arcs.filter(area_arcs.vintage == vintage)
    return rows.select("arc", "left_code", "right_code", "line").to_pyarrow().sort_by("arc")


def _records_used(asked: Profile) -> ResultTable:
    counts = asked.counts
    others = asked.read - counts.total
    rows = [
        (asked.kind, counts.used, counts.not_placed, counts.outside, counts.other_vintage, others)
    ]
    if asked.crimes_read:
        rows.append(("crimes", asked.crimes_read, 0, 0, 0, 0))
    labels = {
        "used": "Used",
        "not_placed": "Without an area",
        "outside": "In other areas",
        "other_vintage": "Of another vintage",
        "other_category": "Of other categories",
    }
    columns = list(zip(*rows, strict=True))
    return ResultTable.of(
        "Records used, and records that could not be",
        {
            "records": (list(columns[0]), Field(role="key", label="Records")),
            **{
                name: _count(label, np.rint(values))
                for (name, label), values in zip(labels.items(), columns[1:], strict=True)
            },
        },
        sums_over=(),
    )
