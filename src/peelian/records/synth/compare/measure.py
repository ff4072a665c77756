"""The moments of a store's records: a few questions to the engine, then arithmetic on counts."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from peelian.records.synth.compare import arithmetic as how
from peelian.records.synth.compare.moments import (
    KINDS,
    NEAR,
    TYPES,
    WORD_SHARES,
    Moment,
    crime_type,
    moments,
)
from peelian.schema.codes import code_list

_FEWEST_AREAS = 20
# From a share of a known total a reader could work out the count: none of one that must be hidden.
_FEWEST = 10
_MOSTLY = 0.5
_WELFARE = "concern-for-safety"

_TOO_FEW = "there are fewer than ten, though some"
_NO_AREAS = "records are not put in areas here"
_NO_DECILES = "no decile of deprivation is held for these areas"
_NO_YEAR = "fewer than twelve months are held"
_SNAPPED = "places are moved to map points, where neighbours share one"
_NO_DAY = "the day on which they happened is not held"
_NO_DISPATCH = "no dispatch is held"
_ONLY_ASB = "of calls, only anti-social behaviour is held"
_NO_TEXT = "no log text is held"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a store's records say of one moment.

    Args:
        value: The moment; None where they cannot tell.
        n: How many records it rests on.
        why_not: Why they cannot tell.
    """

    value: float | None
    n: int
    why_not: str = ""


Found = Iterator[tuple[str, Measured]]


def measure(
    crimes: ir.Table,
    incidents: ir.Table,
    areas: ir.Table,
    measures: ir.Table,
    area_measures: ir.Table,
) -> dict[str, Measured]:
    """Work out every moment of a store's records, by the definitions of `moments`.

    Args:
        crimes: Recorded crimes.
        incidents: Calls.
        areas: Of the vintage that most records name, all count, with records or without.
        measures: Which measures there are; the deciles of deprivation are those called `imd…`.
        area_measures: What they are in each area.
    """
    found: dict[str, Measured] = {}
    for part in (
        _of_areas(crimes, incidents, _Ground(areas, measures, area_measures)),
        _of_months(crimes, incidents),
        _of_mix(crimes),
        _of_pairs(crimes),
        _of_calls(incidents),
        _of_text(incidents),
    ):
        found.update(part)
    return {m.key: _enough(m, found[m.key]) for m in moments()}


def _enough(moment: Moment, found: Measured) -> Measured:
    """Return a moment only where enough records stand behind it."""
    if found.value is not None and found.n < moment.at_least:
        return Measured(None, found.n, f"fewer than {moment.at_least:,} records")
    if found.value is not None and not np.isfinite(found.value):
        return Measured(None, found.n, found.why_not or "too few areas or records to tell")
    return found


class _Ground:
    """The areas of each vintage, and the decile of each."""

    def __init__(self, areas: Any, measures: Any, area_measures: Any) -> None:
        rows = areas.select("vintage", "area_code").to_pyarrow().to_pylist()
        self.codes: dict[str, list[str]] = {}
        for row in rows:
            self.codes.setdefault(row["vintage"], []).append(row["area_code"])
        deciles = measures.filter(
            (measures.scale == "decile") & measures.measure.startswith("imd")
        ).select("vintage", "measure")
        held = area_measures.join(deciles, ["vintage", "measure"]).select(
            "vintage", "area_code", "value"
        )
        self.decile = {
            (row["vintage"], row["area_code"]): int(row["value"])
            for row in held.to_pyarrow().to_pylist()
        }

    def vintage(self, rows: pa.Table) -> str:
        """Return the vintage that most of these records name, of those whose areas are held."""
        tally: Counter[str] = Counter()
        for row in rows.to_pylist():
            if row["area_vintage"] in self.codes:
                tally[row["area_vintage"]] += row["n"]
        return tally.most_common(1)[0][0] if tally else ""


def _of_areas(crimes: Any, incidents: Any, ground: _Ground) -> Found:
    where = ["area_vintage", "area_code"]
    rows = crimes.group_by(*where, kind="crime_type").agg(n=ibis._.count()).to_pyarrow()
    calls = incidents.group_by(*where, kind="category").agg(n=ibis._.count()).to_pyarrow()
    asb = _asb_codes()
    counted: dict[str, tuple[np.ndarray, str]] = {}
    for name in (*KINDS, "calls"):
        table = rows if name in {"crimes", "violence", "burglary"} else calls
        counted[name] = _counts(table, _wanted(name, asb), ground)
    for name in KINDS:
        n, vintage = counted[name]
        total = int(n.sum())
        if len(n) < _FEWEST_AREAS or not total:
            for key in ("areas.gini", "areas.beyond_chance", "deprivation.most_over_least"):
                yield f"{key}.{name}", Measured(None, total, _NO_AREAS)
            continue
        decile = _deciles(ground, vintage)
        yield f"areas.gini.{name}", Measured(how.gini(n), total)
        yield f"areas.beyond_chance.{name}", Measured(how.beyond_chance(n), total)
        yield f"deprivation.most_over_least.{name}", _by_decile(how.most_over_least, n, decile)
    n, vintage = counted["crimes"]
    told = len(n) >= _FEWEST_AREAS and n.sum() > 0
    yield (
        "areas.busiest_tenth.crimes",
        Measured(how.of_busiest_tenth(n), int(n.sum())) if told else Measured(None, 0, _NO_AREAS),
    )
    decile = _deciles(ground, vintage)
    for number in range(10):
        yield (
            f"deprivation.decile.{number + 1}",
            _by_decile(lambda a, d, at=number: float(how.per_area_by_decile(a, d)[at]), n, decile)
            if told
            else Measured(None, 0, _NO_AREAS),
        )
    n, _ = counted["calls"]
    yield (
        "calls.gini",
        Measured(how.gini(n), int(n.sum()))
        if len(n) >= _FEWEST_AREAS and n.sum()
        else Measured(None, int(n.sum()), _NO_AREAS),
    )


def _by_decile(
    work: Callable[[np.ndarray, np.ndarray], float], n: np.ndarray, decile: np.ndarray
) -> Measured:
    known = decile > 0
    total = int(n[known].sum())
    if not total:
        return Measured(None, total, _NO_DECILES)
    return Measured(work(n[known], decile[known]), total, "too few areas at an end of the scale")


def _asb_codes() -> frozenset[str]:
    return frozenset(code_list("incident_category").in_group("anti-social-behaviour"))


def _wanted(name: str, asb: frozenset[str]) -> Callable[[str | None], bool]:
    if name in {"violence", "burglary"}:
        return lambda kind: kind == crime_type(name)
    return (lambda kind: kind in asb) if name == "asb" else (lambda kind: True)


def _counts(
    rows: pa.Table, wanted: Callable[[str | None], bool], ground: _Ground
) -> tuple[np.ndarray, str]:
    """Return how many each area of the vintage in use has, and that vintage."""
    vintage = ground.vintage(rows)
    codes = {code: number for number, code in enumerate(ground.codes.get(vintage, ()))}
    n = np.zeros(len(codes), dtype=np.int64)
    for row in rows.to_pylist():
        if row["area_vintage"] == vintage and row["area_code"] in codes and wanted(row["kind"]):
            n[codes[row["area_code"]]] += row["n"]
    return n, vintage


def _deciles(ground: _Ground, vintage: str) -> np.ndarray:
    """Return the decile of each area of a vintage; 0 where none is held."""
    return np.array(
        [ground.decile.get((vintage, code), 0) for code in ground.codes.get(vintage, ())],
        dtype=np.int64,
    )


def _of_months(crimes: Any, incidents: Any) -> Found:
    asb = _asb_codes()
    rows = {"crimes": _monthly(crimes, "crime_type"), "calls": _monthly(incidents, "category")}
    for name in KINDS:
        table, wanted = rows["calls" if name == "asb" else "crimes"], _wanted(name, asb)
        months: Counter[str] = Counter()
        for row in table:
            if wanted(row["kind"]):
                months[f"{row['month']:%Y-%m}"] += row["n"]
        total = months.total()
        swing = how.swing(months) if len(months) >= 12 else None
        yield f"season.swing.{name}", Measured(swing, total, "" if swing else _NO_YEAR)
        if name == "crimes":
            shape = how.by_calendar_month(months) if len(months) >= 12 else [None] * 12
            for number, value in enumerate(shape):
                told = None if value is None else float(value)
                yield f"season.month.{number + 1}", Measured(told, total, _NO_YEAR)


def _monthly(records: Any, kind: str) -> list[dict]:
    dated = records.filter(records.local_date.notnull())
    month = dated.local_date.truncate("M")
    grouped = dated.group_by(month=month, kind=dated[kind]).agg(n=ibis._.count())
    return grouped.to_pyarrow().to_pylist()


def _of_mix(crimes: Any) -> Found:
    rows = crimes.group_by("crime_type").agg(n=ibis._.count()).to_pyarrow().to_pylist()
    n = {row["crime_type"]: row["n"] for row in rows}
    total = sum(n.get(code, 0) for code in TYPES)
    for code in TYPES:
        if total:
            yield f"mix.{code}", _share(n.get(code, 0), total)
        else:
            yield f"mix.{code}", Measured(None, 0, "no crimes are held")


def _share(n: int, total: int) -> Measured:
    """Return a share, unless the count behind it, or behind the rest, is one to be hidden."""
    if 0 < n < _FEWEST or 0 < total - n < _FEWEST:
        return Measured(None, total, _TOO_FEW)
    return Measured(n / total, total)


def _of_pairs(crimes: Any) -> Found:
    for kind in ("burglary", "violence"):
        some = crimes.filter(crimes.crime_type == crime_type(kind))
        tally = (
            some.agg(
                n=some.count(),
                dated=some.occurred_from.count(),
                exact=(some.location_precision == "exact").sum().fill_null(0),
            )
            .to_pyarrow()
            .to_pylist()[0]
        )
        why_not = ""
        if tally["dated"] < _MOSTLY * tally["n"] or not tally["n"]:
            why_not = _NO_DAY
        elif tally["exact"] < _MOSTLY * tally["n"]:
            why_not = _SNAPPED
        placed = None
        if not why_not:
            kept = some.filter(
                some.occurred_from.notnull() & (some.location_precision == "exact")
                & some.x.notnull()
            )  # fmt: skip
            rows = kept.select("x", "y", day=kept.occurred_from.date()).to_pyarrow()
            placed = [rows[name].to_numpy() for name in ("x", "y", "day")]
            placed[2] = placed[2].astype("M8[D]").astype(np.int64)
        for metres, days in NEAR:
            key = f"near_repeats.{kind}.{metres}m_{days}d"
            if placed is None or len(placed[0]) < 2:
                yield key, Measured(None, tally["n"], why_not or _NO_DAY)
            else:
                x, y, day = placed
                ratio = how.near_repeat(x, y, day, metres=metres, days=days)
                yield key, Measured(ratio, len(x), "no pair is near enough to be counted")


def _of_calls(incidents: Any) -> Found:
    tally = (
        incidents.agg(
            n=incidents.count(),
            sent=incidents.dispatched_at.count(),
            welfare=(incidents.category == _WELFARE).sum().fill_null(0),
            asb=incidents.category.isin(sorted(_asb_codes())).sum().fill_null(0),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    n = tally["n"]
    only_asb = not n or tally["asb"] == n
    yield (
        "calls.not_dispatched",
        _share(n - tally["sent"], n) if tally["sent"] else Measured(None, n, _NO_DISPATCH),
    )
    yield (
        "calls.welfare",
        Measured(None, n, _ONLY_ASB) if only_asb else _share(tally["welfare"], n),
    )
    days = (
        incidents.filter(incidents.local_weekday.notnull())
        .group_by("local_date", "local_weekday")
        .agg(n=ibis._.count())
        .to_pyarrow()
        .to_pylist()
    )
    late = [row["n"] for row in days if row["local_weekday"] >= 5]
    total = sum(row["n"] for row in days)
    told = sum(late) / total / (len(late) / len(days)) if late else None
    yield "calls.weekend", Measured(told, total, "the day of the week is not held")


def _of_text(incidents: Any) -> Found:
    logs = incidents.filter(incidents.narrative.notnull())
    # Words stand between runs of spaces: blanks are put together, and then counted.
    tidy = logs.narrative.strip().re_replace(r"\s+", " ")
    words = tidy.length() - tidy.replace(" ", "").length() + 1
    rows = logs.group_by(words=words).agg(n=ibis._.count()).to_pyarrow().to_pylist()
    histogram: Mapping[int, int] = {row["words"]: row["n"] for row in rows}
    total = sum(histogram.values())
    for key, share in WORD_SHARES.items():
        told = how.at_share(histogram, share) if total else None
        yield key, Measured(told, total, "" if total else _NO_TEXT)
