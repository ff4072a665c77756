"""What is forecast: all that was asked for, less what is on record mostly because police looked."""

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from peelian.errors import UsageError
from peelian.placing.counts import chosen_categories, names_of
from peelian.placing.kinds import LISTS
from peelian.schema import code_list

PAGE = "how-to/read-a-forecast"
# Counts of the one follow patrol, and counts of the other who complains of whom.
_LEFT_OUT = ("police-generated", "anti-social-behaviour")


@dataclass(frozen=True, slots=True)
class Targets:
    """Categories to forecast.

    Args:
        codes: Their codes; none for all.
        left_out: Records left out unless asked for.
        doubtful: Names of categories that are forecast though they would be left out.
    """

    codes: tuple[str, ...]
    left_out: int
    doubtful: str


def targets_of(
    table: ir.Table,
    kind: str,
    categories: tuple[str, ...],
    group: str | None,
    *,
    every_category: bool,
) -> Targets:
    """Return the categories to forecast.

    Args:
        table: Crimes or incidents.
        kind: Which of them.
        categories: Only these, by code or name.
        group: Only those of this group.
        every_category: Whether to take those that are left out unless asked for.

    Raises:
        UsageError: A category is named that is left out; or it is not known.
    """
    of: Any = table  # pyright cannot know a column's type, which ibis learns
    code = of.crime_type if kind == "crimes" else ibis.coalesce(of.category, of.opening_code)
    kinds = of.select(category=code).group_by("category").agg(n=ibis._.count()).to_pyarrow()
    held = dict(zip(kinds["category"].to_pylist(), kinds["n"].to_pylist(), strict=True))
    chosen = chosen_categories(kinds, kind, categories, group)
    listed = code_list(LISTS[kind])
    doubtful = {
        code for name in _LEFT_OUT if name in listed.groups for code in listed.in_group(name)
    }
    asked = sorted(doubtful.intersection(chosen or held))
    if every_category or not asked:
        return Targets(chosen, 0, names_of(kind, tuple(asked)))
    if chosen:
        raise UsageError(
            "What is on record mostly because police looked is not forecast unless insisted on.",
            found=names_of(kind, tuple(asked)),
            try_="other categories; or every_category=true, to see a forecast of where police look",
            read=PAGE,
        )
    others = tuple(sorted(str(code) for code in held if code is not None and code not in doubtful))
    left_out = int(np.sum([held[code] for code in asked]))
    if not others:
        raise UsageError(
            "All of these records are of categories that are left out of forecasts.",
            found=f"{left_out:,} records: {names_of(kind, tuple(asked))}",
            try_="other records; or every_category=true, to see a forecast of where police look",
            read=PAGE,
        )
    return Targets(others, left_out, "")
