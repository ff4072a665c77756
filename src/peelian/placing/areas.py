"""The areas in use: of one vintage, in order of their codes, and how others lead to them."""

from collections.abc import Iterable
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.errors import CannotAnswer, VintageMismatch, nearest
from peelian.statistics.alignment import bounds, move

_PAGE = "how-to/read-a-profile"


@dataclass(frozen=True)
class Areas:
    """The areas that are shown, in order of their codes.

    Args:
        vintage: Which edition of areas they are.
        codes: Their codes.
        names: Their names; the code where there is none.
        districts: The names of the areas they nest in; None where unknown.
    """

    vintage: str
    codes: pa.StringArray
    names: list[str]
    districts: list[str | None]

    def __len__(self) -> int:
        return len(self.codes)

    def places(self, codes: pa.Array | pa.ChunkedArray) -> np.ndarray:
        """Return where each code stands among the areas, -1 where it is none of them."""
        return places(codes, self.codes)


def places(codes: pa.Array | pa.ChunkedArray, among: pa.Array) -> np.ndarray:
    """Return where each code stands among others, -1 where it is none of them."""
    found = pc.call_function("index_in", [codes], pc.SetLookupOptions(among))
    return np.asarray(found.fill_null(-1), dtype=np.int64)


def areas_in_use(areas: ir.Table, coded: dict[str, int], vintage: str | None) -> Areas:
    """Return the areas of one vintage: the one asked for, or the one most records are coded by.

    Args:
        areas: The canonical table.
        coded: How many records are coded by each vintage.
        vintage: The vintage asked for; None to choose.

    Raises:
        CannotAnswer: No areas are loaded.
        VintageMismatch: None of that vintage are.
    """
    rows = areas.select("area_code", "vintage", "name", "parent_name").to_pyarrow()
    loaded = sorted(set(rows["vintage"].to_pylist()))
    if not loaded:
        raise CannotAnswer(
            "The question is of areas, and none are loaded.",
            try_="peelian load STORE BOUNDARIES --as areas",
            read="how-to/load-areas",
        )
    if vintage is not None and vintage not in loaded:
        raise VintageMismatch(
            f"No areas of the vintage {vintage} are loaded.",
            found=f"areas of {', '.join(loaded)}",
            try_=nearest(vintage, loaded),
            read=_PAGE,
        )
    chosen = vintage or max(loaded, key=lambda v: coded.get(v, 0))
    rows = rows.filter(pc.field("vintage") == chosen).sort_by("area_code")
    codes, named = rows["area_code"].combine_chunks(), rows["name"].to_pylist()
    names = [name or code for name, code in zip(named, codes.to_pylist(), strict=True)]
    return Areas(chosen, codes, names, rows["parent_name"].to_pylist())


@dataclass(frozen=True)
class Links:
    """How the areas of one other vintage lead to those in use.

    Args:
        codes: The other vintage's codes, each once.
        start: For each link, where its old code stands in `codes`.
        end: For each link, where it leads; one past the last area where outside those in use.
        weight: The share of the old area's count that goes along it; nan where unknown.
        unchanged: For each link, whether the area is the same in both vintages.
        ends: How many areas are in use.
    """

    codes: pa.StringArray
    start: np.ndarray
    end: np.ndarray
    weight: np.ndarray
    unchanged: np.ndarray
    ends: int

    def move(self, codes: pa.Array, values: np.ndarray) -> tuple[np.ndarray, float]:
        """Share values of the other vintage's areas among the areas in use.

        Returns:
            The value of each area in use, and how much could not be moved: from codes that no link
            leads on from, or along links without a weight.

        Raises:
            VintageMismatch: The weights of an old area do not add up to one.
        """
        held, known = self._held(codes, values)
        try:
            moved = move(
                held, start=self.start, end=self.end, weight=self.weight, n_end=self.ends + 1
            )
        except ValueError as problem:
            raise VintageMismatch(
                "The links between vintages do not conserve counts.",
                found=str(problem),
                try_="load the links again, with weights that add up to one for each old area",
                read="how-to/link-vintages",
            ) from problem
        return moved.counts[: self.ends], moved.left_behind + float(values[~known].sum())

    def bounds(self, codes: pa.Array, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return what each area in use gets at least and at most, and how much is shared out.

        A weight says how residents are spread over the parts of an old area; records may be spread
        otherwise, and these are the ends of what they can be.
        """
        held, _ = self._held(codes, values)
        found = bounds(
            held, start=self.start, end=self.end, weight=self.weight, n_end=self.ends + 1
        )
        return found.least[: self.ends], found.most[: self.ends], found.shared

    def reached(self, codes: pa.Array) -> np.ndarray:
        """Say of each area in use whether a link leads there from any of these areas."""
        among = np.zeros(len(self.codes), dtype=bool)
        at = places(codes, self.codes)
        among[at[at >= 0]] = True
        there = np.zeros(self.ends + 1, dtype=bool)
        there[self.end[among[self.start]]] = True
        return there[: self.ends]

    def _held(self, codes: pa.Array, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the value of each old area, and which of the values belong to any."""
        at = places(codes, self.codes)
        known = at >= 0
        held = np.bincount(at[known], values[known], minlength=len(self.codes))
        return held.astype(float), known

    def same(self, codes: pa.Array, values: np.ndarray) -> np.ndarray:
        """Return the values of areas that are the same in both vintages; nan for the others."""
        out = np.full(self.ends, np.nan)
        at = places(self.codes, codes)
        kept = self.unchanged & (self.end < self.ends) & (at[self.start] >= 0)
        out[self.end[kept]] = values[at[self.start[kept]]]
        return out


def links_into(area_links: ir.Table, vintages: Iterable[str], areas: Areas) -> dict[str, Links]:
    """Return, for each of these vintages that links reach, how it leads to the areas in use."""
    wanted = sorted(set(vintages) - {areas.vintage})
    if not wanted:
        return {}
    rows = area_links.filter(
        (area_links.to_vintage == areas.vintage) | (area_links.from_vintage == areas.vintage)
    ).to_pyarrow()
    found = {}
    for vintage in wanted:
        ahead = rows.filter(pc.field("from_vintage") == vintage)
        behind = rows.filter(pc.field("to_vintage") == vintage)
        if ahead.num_rows:
            found[vintage] = _links(ahead, "from_code", "to_code", areas)
        elif behind.num_rows:
            # Weights run forward only; a newer area that lies in one older area needs none.
            found[vintage] = _links(behind, "to_code", "from_code", areas)
    return found


def _links(rows: pa.Table, start: str, end: str, areas: Areas) -> Links:
    coded = rows[start].combine_chunks().dictionary_encode()
    starts = np.asarray(coded.indices, dtype=np.int64)
    ends = areas.places(rows[end])
    ends[ends < 0] = len(areas)
    alone = np.bincount(starts)[starts] == 1
    weight = np.asarray(rows["weight"].to_numpy(), dtype=float)
    if start == "to_code":
        weight = np.full(len(starts), np.nan)
    unchanged = np.array([change == "U" for change in rows["change"].to_pylist()], dtype=bool)
    return Links(
        coded.dictionary, starts, ends, np.where(alone, 1.0, weight), unchanged, len(areas)
    )
