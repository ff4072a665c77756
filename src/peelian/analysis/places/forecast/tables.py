"""The tables of a forecast's trial: curves over budgets, leads over baselines, other grids."""

from typing import Any

import numpy as np
import pyarrow as pa

from peelian.analysis.places.forecast.found import NAMES, PAIRS, Found, Tried, winner
from peelian.columns import count, figure, key, named, number, numbers, records_used, texts
from peelian.results import Field, ResultTable
from peelian.statistics.rolling_places import BASELINES, BOOSTED, DENSITY, EXCITED, MODELS

_EVENTS = ("events",)
_ENDS = {"over": "More than", "low": "At least, over", "high": "At most, over"}
_TOGETHER = "All comparisons of the table hold at once."


def tables_of(found: Found) -> dict[str, ResultTable]:
    """Return every table of a forecast's trial, by name."""
    return {
        "curves": _curves(found),
        "leads": _leads(found),
        "grids": _grids(found),
        "models": _models(found),
        "totals": _totals(found),
        "records_used": _records_used(found),
    }


def _curves(found: Found) -> ResultTable:
    """Return every model with every budget; budgets lie in one another, so nothing adds up."""
    first, rows, of = found.tried[0], [], ("hits", "events")
    rates = first.rates(found.seed)
    for name in NAMES:
        scores, rate = first.scores(name), rates[name]
        for k, budget in enumerate(found.budgets):
            rows.append(
                (
                    name,
                    budget,
                    round(scores.hits[k]),
                    scores.every,
                    scores.hit_rate[k],
                    rate.alone_low[k],
                    rate.alone_high[k],
                    scores.covered[k],
                    scores.pai[k],
                    scores.pei[k],
                    scores.pei_star[k],
                )
            )
    by_chance = "What chance would find is one."
    known = "Over what one who knew where events would be could have found"
    fields: dict[str, Field] = {
        "model": key("Forecast"),
        "budget": key("Share of the area allowed", "percent"),
        "hits": Field(role="count", label="Events found", form="integer"),
        "events": Field(role="count", label="All events", form="integer"),
        "hit_rate": figure("Found", of=of),
        "low": figure("At least", of=of, note="Windows drawn anew, those in a row together."),
        "high": figure("At most", of=of),
        "covered": figure("Share of the area taken"),
        "pai": figure("PAI", "one", of, note=f"Share found over share of the area. {by_chance}"),
        "pei": figure("PEI", "two", of, note=f"{known} in as much area."),
        "pei_star": figure("PEI*", "two", of, note=f"{known} in all the area allowed."),
    }
    return _of_rows(
        "Events found, by forecast and by the share of the area it may take", fields, rows
    )


def _leads(found: Found) -> ResultTable:
    over, rows = found.over[0], []
    for k, (model, baseline) in enumerate(PAIRS):
        shown = "yes" if over.low[k] > 0 else "no"
        words = f"{model} over {baseline}"
        rows.append(
            (words, model, baseline, found.tried[0].every.sum(), over.value[k], over.low[k],
             over.high[k], shown)
        )  # fmt: skip
    fields = {
        "comparison": key("Comparison"),
        "model": named("Forecast"),
        "baseline": named("Over"),
        "events": Field(role="count", label="All events", form="integer"),
        "lead": figure("Found more, of all events", of=_EVENTS, note="Mean over all budgets."),
        "low": figure("At least", of=_EVENTS, note=_TOGETHER),
        "high": figure("At most", of=_EVENTS, note=_TOGETHER),
        "shown": figure("Shown", "yes_no", _EVENTS),
    }
    return _of_rows("How much more each forecast finds than the two it must beat", fields, rows)


def words_of_grid(tried: Tried) -> str:
    """Return what a grid is called."""
    turned = f", turned by {tried.angle:g} degrees" if tried.angle else ""
    return f"{tried.side:,} metres{turned}"


def _grids(found: Found) -> ResultTable:
    rows = []
    for tried, over in zip(found.tried, found.over, strict=True):
        best = winner(over)
        for model in MODELS:
            here = [k for k, (name, _) in enumerate(PAIRS) if name == model]
            ends = [value for k in here for value in (over.value[k], over.low[k], over.high[k])]
            rows.append(
                (words_of_grid(tried), model, len(tried.grid), tried.every.sum(),
                 tried.mean_rate[model], *ends, "yes" if model == best else "no")
            )  # fmt: skip
    leads = {
        f"{name}_{short}": figure(f"{label} {baseline}", of=_EVENTS)
        for short, baseline in zip(("persistence", "long_run"), BASELINES, strict=True)
        for name, label in _ENDS.items()
    }
    fields = {
        "grid": key("Cells"),
        "model": key("Forecast"),
        "cells": figure("Cells asked about", "integer"),
        "events": Field(role="count", label="All events", form="integer"),
        "mean_rate": figure("Found, mean over budgets", of=_EVENTS),
        **leads,
        "best": figure("Shown to beat both, and furthest", "yes_no", _EVENTS),
    }
    return _of_rows("The same on grids that are turned, narrower and wider", fields, rows)


def _models(found: Found) -> ResultTable:
    """Return what each model was fitted to be."""
    first, last, nan = found.surfaces.fitted[0], found.surfaces.fitted[-1], np.nan
    rate = found.tried[0].mean_rate
    fitted = {
        DENSITY: (found.surfaces.bandwidth, nan, nan, nan, nan),
        EXCITED: (found.surfaces.bandwidth, first.theta, last.theta, last.delay, last.spread),
    }
    told = {
        "persistence": "What the last window held.",
        "long-run mean": "What a window held on average.",
        DENSITY: "All events so far, each spread out alike.",
        EXCITED: "The same, and for a while more near each event.",
        BOOSTED: "Grown on the last windows, neighbours, season, place and covariates.",
    }
    every = found.tried[0].every.sum()
    rows = [(name, told[name], every, rate[name], *fitted.get(name, (nan,) * 5)) for name in NAMES]
    fields = {
        "model": key("Forecast"),
        "made": named("From"),
        "events": Field(role="count", label="All events", form="integer"),
        "mean_rate": figure("Found, mean over budgets", of=_EVENTS),
        "bandwidth": figure("Bandwidth", "integer", unit="metres", note="By held-out likelihood."),
        "theta_first": figure("Branching ratio, first window", "two"),
        "theta_last": figure("Branching ratio, last window", "two"),
        "delay": figure("Mean delay", "one", unit="days"),
        "spread": figure("Spread", "integer", unit="metres"),
    }
    return _of_rows("What each forecast is made of", fields, rows)


def _of_rows(caption: str, fields: dict[str, Field], rows: list[tuple[Any, ...]]) -> ResultTable:
    """Return a table of rows, none of which adds up with others."""
    columns = zip(*rows, strict=True)
    return ResultTable.of(
        caption,
        {
            name: (_values(values, meaning), meaning)
            for (name, meaning), values in zip(fields.items(), columns, strict=True)
        },
        sums_over=(),
    )


def _values(values: tuple[Any, ...], meaning: Field) -> pa.Array:
    if isinstance(values[0], str):
        return texts(values)
    if meaning.form == "integer" and meaning.role == "count":
        return count(values, meaning.label)[0]
    return numbers(values)


def _totals(found: Found) -> ResultTable:
    held, first, over = found.held, found.tried[0], found.over[0]
    model, of, budgets = found.foremost, _EVENTS, found.budgets
    scores = first.scores(model)
    leads = {}
    for short, baseline in zip(("persistence", "long_run"), BASELINES, strict=True):
        k = PAIRS.index((model, baseline))
        leads |= {
            f"over_{short}": (numbers([over.value[k]]), figure(f"Over {baseline}", of=of)),
            f"low_{short}": (numbers([over.low[k]]), figure(f"Over {baseline}, at least", of=of)),
            f"high_{short}": (numbers([over.high[k]]), figure(f"Over {baseline}, at most", of=of)),
        }
    return ResultTable.of(
        "Totals",
        {
            "n": count(len(held.x), "Events with a place and a day"),
            "events": count(first.every.sum(), "Events in the windows forecast"),
            "hits": count(round(scores.hits[-1]), "Events found with the largest budget"),
            "hits_least": count(round(scores.hits[0]), "Events found with the smallest budget"),
            "mean_rate": (
                numbers([first.mean_rate[model]]),
                figure("Found, mean over budgets", of=of),
            ),
            **leads,
            "pai": (numbers([scores.pai[-1]]), figure("PAI, largest budget", "one", ("hits",))),
            "budget": (numbers([budgets[-1]]), figure("Largest budget")),
            "budget_least": (numbers([budgets[0]]), figure("Smallest budget")),
            "windows": number(found.windows.tested, "Windows forecast"),
            "before": number(found.windows.before, "Windows before the first of them"),
            "horizon": number(found.windows.horizon, "Days of a window"),
            "block": number(over.block, "Windows drawn together"),
            "side": number(first.side, "Side of a cell, in metres"),
            "cells": number(len(first.grid), "Cells"),
            "grids": number(len(found.tried) - 1, "Other grids"),
            "grids_alike": number(found.alike, "Other grids that say the same", of),
            "outside": count(first.outside, "Events forecast that lay in no cell"),
            "left_out": count(found.targets.left_out, "Records left out of the target"),
            "months": number(len(found.months.covered), "Months"),
            "months_missing": number(len(found.months.missing), "Months missing"),
            "not_placed": count(held.not_placed, "Records without a place"),
            "undated": count(held.undated, "Records without a day"),
            "snapped_share": (
                numbers([held.snapped / max(len(held.x), 1)]),
                figure("Events on snapped points"),
            ),
        },
        sums_over=(),
    )


def _records_used(found: Found) -> ResultTable:
    held, left_out = found.held, found.targets.left_out
    return records_used(
        held.kind,
        {
            "used": (len(held.x), "Used"),
            "not_placed": (held.not_placed, "Without a place"),
            "undated": (held.undated, "Without a day"),
            "left_out": (left_out, "Left out: recorded mostly because police looked, or disorder"),
            "other_category": (held.others - left_out, "Of other categories"),
        },
    )
