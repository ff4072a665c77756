"""The tables of a profile: every number of its sentences and pictures stands in one of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.profile.asked import Profile
from peelian.analysis.places.profile.estimate import STEADY
from peelian.columns import count, figure, key, named, number, numbers, records_used, texts
from peelian.placing.borders import outlines
from peelian.placing.need import Need
from peelian.results import Field, Members, ResultTable
from peelian.sentences import capital

_BANDS, _CLASSES = ("high", "middle", "low"), ("low", "middle", "high")
Columns = Mapping[str, tuple[Any, Field]]


def tables_of(asked: Profile, arcs: pa.Table) -> dict[str, ResultTable]:
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
        "outlines": outlines(arcs),
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


def _where_covered(asked: Profile, column: tuple[Any, Field]) -> tuple[Any, Field]:
    """Leave counts of areas that were not counted empty: nobody has said that they hold none."""
    values, field = column
    return pa.array(values.to_numpy(zero_copy_only=False), mask=~asked.covered), field


def _area_columns(asked: Profile) -> Columns:
    found, per, n = asked.found, asked.rate_words, ("n",)
    rate = {"unit": per, "of": n}
    excess_unit = "days of harm" if asked.harm else asked.records
    columns: dict[str, tuple[Any, Field]] = {
        "area_code": (
            asked.areas.codes,
            key("Area code", below_district=True),
        ),
        "area_name": (asked.areas.names, named("Area")),
        "district": (
            pa.array(asked.areas.districts, pa.string()),
            named("District"),
        ),
        "n": _where_covered(
            asked, count(asked.counts.by_area, capital(asked.records))
        ),
        "denominator": (
            numbers(asked.per),
            figure(asked.denominator.title or asked.denominator.measure, "integer",
                   unit=asked.denominator.unit, note=asked.denominator.citation),
        ),
    }  # fmt: skip
    if asked.counts.shared > 0:
        columns |= {
            name: (numbers(values), figure(label, "one", of=n, note=_ENDS))
            for name, label, values in (
                ("n_least", "At least", asked.counts.least),
                ("n_most", "At most", asked.counts.most),
            )
        }
    if asked.harm:
        columns["harm"] = (
            numbers(found.burden),
            figure(
                "Harm", "one", unit="days", of=n, note=f"{asked.harm.version}; {asked.harm.status}"
            ),
        )
    columns |= {
        "rate": (numbers(1000 * found.crude), figure("Rate", "one", **rate)),
        "smoothed": (
            numbers(1000 * found.smoothed),
            figure("Steadied rate", "one", **rate, note="Drawn towards the average of these areas "
                   "by as much as the count is unsure."),
        ),
        "low": (numbers(1000 * found.low), figure("Low", "one", **rate, note=_INTERVAL)),
        "high": (numbers(1000 * found.high), figure("High", "one", **rate, note=_INTERVAL)),
        "ratio": (
            numbers(found.ratio),
            figure("Ratio to the average", "two", of=n, note="Steadied rate over the average."),
        ),
        "rate_class": (
            texts(found.rate_class, none=""),
            figure("Rate class", "text", of=n, note="low: under two thirds of the average; high: "
                   "one and a half times it or more"),
        ),
        **_need_columns(asked.need, "need", "Need"),
        **(_need_columns(asked.vulnerability, "vulnerability", "Vulnerability")
           if asked.vulnerability else {}),
        "class_stability": (
            numbers(found.stability),
            figure("Class stability", "percent", of=n, note="Probability of the class shown."),
        ),
        "exceeds": (
            numbers(found.exceeds),
            figure("Probability of a high rate", "percent", of=n,
                   note="Of a rate over one and a half times the average."),
        ),
        "expected_excess": (
            numbers(found.excess),
            figure("Expected excess", "one", unit=excess_unit, of=n,
                   note="Over what the average rate would bring, in these months."),
        ),
        "visitors": (
            ["yes" if v else "no" for v in asked.visitors],
            figure("Many visitors", "yes_no", of=n, note="Residents may not be who is there."),
        ),
    }  # fmt: skip
    return columns


_ENDS = "Whatever share of a split area's records lies here: weights are those of residents."
_INTERVAL = "End of the interval that holds the rate with probability 95%."


def _need_columns(need: Need, name: str, label: str) -> Columns:
    title = need.measure.title or need.measure.measure
    if need.is_decile:
        held = pa.array([None if np.isnan(v) else round(v) for v in need.values], pa.int64())
        field = figure(title, "integer", note=need.rule)
    else:
        held = numbers(need.values)
        field = figure(title, "one", unit=need.measure.unit, note=need.rule)
    return {
        name: (held, field),
        f"{name}_band": (
            texts(need.bands, none=""),
            figure(f"{label} band", "text", note=need.rule),
        ),
    }


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
    names_held_back = {
        name: (kept[name][0], named(kept[name][1].label, below_district=True))
        for name in ("area_code", "area_name")
    }
    return ResultTable.of(
        "Areas where support could start, by expected excess",
        {
            "rank": (
                pa.array(range(1, len(chosen) + 1), pa.int64()),
                key("Order", "integer"),
            ),
            **kept,
            **names_held_back,
            "rank_stability": (
                numbers(chosen.stability),
                figure("Holds its place", "percent", of=("n",),
                       note="Share of draws in which it is among these areas."),
            ),
            "cluster": (
                pa.array(chosen.cluster, pa.int64()),
                named("Cluster", "integer", note="Areas of one number touch one another."),
            ),
            "expected_fall": (
                numbers(chosen.fall),
                figure("Fall to expect anyway", "one", of=("n",), note="With nothing done: areas "
                       "chosen for high counts come down by chance alone."),
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
                key("Cluster", "integer"),
            ),
            "areas": (
                pa.array(names, pa.string()),
                named("Areas", below_district=True),
            ),
            "n_areas": (
                pa.array([len(group) for group in groups], pa.int64()),
                figure("Number of areas", "integer"),
            ),
            "n": count(n, capital(asked.records)),
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
                key("Need", note=asked.need.rule),
            ),
            "rate_class": (
                [rate for _, rate in cells],
                key("Rate", note="low: under two thirds of the average; high: "
                      "one and a half times it or more"),
            ),
            "areas": (
                pa.array([int(one.sum()) for one in inside], pa.int64()),
                figure("Areas", "integer", of=("n",)),
            ),
            "denominator": (
                numbers([asked.per[one].sum() for one in inside]),
                figure(asked.denominator.title or asked.denominator.measure, "integer",
                       of=("n",)),
            ),
            "n": count(
                np.array([asked.counts.by_area[o].sum() for o in inside]), capital(asked.records)
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

    return ResultTable.of(
        "Totals",
        {
            "areas": number(len(asked.areas), "Areas"),
            "rated": number(rated.sum(), "Areas with a rate"),
            "not_rated": number((~rated & asked.covered).sum(), "Areas without a denominator"),
            "not_covered": number((~asked.covered).sum(), "Areas that were not counted"),
            "no_need": number((asked.need.bands == "").sum(), "Areas without a measure of need"),
            "n": count(counts.used, capital(asked.records)),
            "denominator": (
                numbers([whole]),
                figure(asked.denominator.title or asked.denominator.measure, "integer"),
            ),
            "average": (
                numbers([1000 * found.average]),
                figure("Average of these areas", "one", unit=asked.rate_words, of=("n",)),
            ),
            "high_need": number(asked.in_need.sum(), "Areas of high need"),
            "both": number(asked.both.sum(), "High need and high rate", ("n",)),
            "both_firm": number((asked.both & found.firm).sum(),
                                "Of those, areas that hold their class", ("n",)),
            "firm_share": (
                numbers([round(found.firm[rated].mean(), 3)]),
                figure("Areas that hold their class", "percent", of=("n",),
                       note=f"In {STEADY:.0%} of draws or more."),
            ),
            "targets": number(len(chosen), "Areas where support could start"),
            "target_n": count(target_n, "In those areas"),
            "target_share": (
                numbers([round(burden / np.nansum(found.burden[rated]), 3)]),
                figure("Their share", "percent", of=share),
            ),
            "target_denominator_share": (
                numbers([round(held / whole, 3)]),
                figure("Their share of the denominator", "percent", of=share),
            ),
            "target_excess": (
                numbers([chosen.excess]),
                figure("Over the average, in those areas", "integer", unit=unit, of=share),
            ),
            "target_excess_low": (
                numbers([chosen.excess_low]), figure("Low", "integer", unit=unit, of=share)
            ),
            "target_excess_high": (
                numbers([chosen.excess_high]), figure("High", "integer", unit=unit, of=share)
            ),
            "expected_fall": (
                numbers([chosen.fall.sum()]),
                figure("Fall to expect anyway", "one", unit=unit, of=share),
            ),
            "rank_stability": (
                numbers([stability]),
                figure("Middle share of draws in which they hold their place", "percent",
                       of=share),
            ),
            "months": number(len(asked.months.covered), "Months covered"),
            "months_missing": number(len(asked.months.missing), "Months missing"),
            "not_placed": count(counts.not_placed, "Records without an area"),
            "outside": count(counts.outside, "Records in other areas"),
            "other_vintage": count(counts.other_vintage, "Records of another vintage"),
            "moved": count(counts.moved, "Records moved from another vintage"),
            "shared": count(counts.shared, "Of those, shared out by weight"),
            "snapped_share": (
                numbers([counts.snapped / counts.total]),
                figure("Records on snapped points", "percent"),
            ),
            "visitors": number(asked.visitors.sum(), "Areas with many visitors", ("n",)),
            "target_visitors": number(asked.visitors[chosen.at].sum(),
                                      "Of the listed areas, those with many visitors", share),
            "ranked_over": number(asked.need.ranked_over, "Areas the deciles are taken over"),
            "carried": number(asked.need.carried, "Areas whose need is of another vintage"),
            "chance": (
                # Two figures are enough to judge by, and too few to work counts out from.
                numbers([float(f"{found.p:.1e}")]),
                figure("How often chance does as much", "three", of=("n",)),
            ),
            "draws": number(asked.draws, "Draws"),
        },
    )  # fmt: skip


def _records_used(asked: Profile) -> ResultTable:
    counts = asked.counts
    others = asked.read - counts.total
    # Crimes that were read only to see where many people come are told in a row of their own.
    kinds, beside = (
        ([asked.kind, "crimes"], [asked.crimes_read]) if asked.crimes_read else ([asked.kind], [])
    )
    none = [0] * len(beside)
    return records_used(
        kinds,
        {
            "used": ([counts.used, *beside], "Used"),
            "not_placed": ([counts.not_placed, *none], "Without an area"),
            "outside": ([counts.outside, *none], "In other areas"),
            "other_vintage": ([counts.other_vintage, *none], "Of another vintage"),
            "other_category": ([others, *none], "Of other categories"),
        },
    )
