"""Measures that come again: the same values are known, other values are refused."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.errors import AlreadyLoaded
from peelian.records.arrivals import Arrival

_PAGE = "how-to/load-measures"
_MEANING = ("scale", "need_is", "circular")  # what makes two measures of one name the same measure


def without_held(arrival: Arrival, measures: pa.Table, area_measures: pa.Table) -> Arrival:
    """Return what an arrival of measures adds to what the store holds.

    Two files may hold the same measure (a domain's decile stands in several published files). What
    they agree on is kept once; rows that add nothing are duplicates.

    Args:
        arrival: What `read_measures` read.
        measures: The store's `measures`; those of other vintages may be among them.
        area_measures: The store's `area_measures`, likewise.

    Raises:
        AlreadyLoaded: The store holds one of these measures with another meaning, or with another
            value for the same area.
    """
    _refuse_other_meaning(arrival["measures"], measures)
    new, held = arrival["area_measures"], _matched(arrival["area_measures"], area_measures)
    known = ~np.isnan(held)
    values = new["value"].to_numpy()
    differ = known & (held != values)
    if differ.any():
        named = sorted(set(np.array(new["measure"].to_pylist(), object)[differ]))
        raise AlreadyLoaded(
            "The store already holds these measures with other values.",
            found=f"{', '.join(named[:8])}: {int(differ.sum())} values differ",
            try_="load them under other names with a mapping, or replace what is there with "
            "`--replace`",
            read=_PAGE,
        )
    fresh = new.filter(pa.array(~known))
    held_names = set(measures.filter(_same_vintage(measures, new))["measure"].to_pylist())
    named = [name not in held_names for name in arrival["measures"]["measure"].to_pylist()]
    adding = set(fresh["area_code"].to_pylist())
    return replace(
        arrival,
        tables={
            "measures": arrival["measures"].filter(pa.array(named, pa.bool_())),
            "area_measures": fresh,
        },
        duplicates=sum(n for area, n in arrival.rows_of.items() if area not in adding)
        if known.any()
        else 0,
    )


def _same_vintage(table: pa.Table, new: pa.Table) -> pa.ChunkedArray:
    vintages = pa.array(sorted(set(new["vintage"].to_pylist())), pa.string())
    return pc.call_function("is_in", [table["vintage"]], pc.SetLookupOptions(vintages))


def _refuse_other_meaning(new: pa.Table, held: pa.Table) -> None:
    def meanings(table: pa.Table) -> dict[tuple[str, str], tuple[str, ...]]:
        return {
            (row["vintage"], row["measure"]): tuple(row[part] for part in _MEANING)
            for row in table.to_pylist()
        }

    known = meanings(held)
    changed = sorted(k[1] for k, said in meanings(new).items() if known.get(k, said) != said)
    if changed:
        raise AlreadyLoaded(
            "The store already holds measures of these names that mean something else.",
            found=f"{', '.join(changed[:8])}: another scale, direction or circularity",
            try_="load them under other names with a mapping",
            read=_PAGE,
        )


def _matched(new: pa.Table, held: pa.Table) -> np.ndarray:
    """Return the held value for each new one, not-a-number where there is none."""
    keys = ["vintage", "area_code", "measure"]
    mine = new.select(keys).append_column("place", pa.array(np.arange(new.num_rows)))
    theirs = held.select([*keys, "value"])
    both = mine.join(theirs, keys=keys, join_type="inner")
    found = np.full(new.num_rows, np.nan)
    found[both["place"].to_numpy()] = both["value"].to_numpy()
    return found
