"""How many records each area holds: one question to the engine, then arithmetic over areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from peelian.errors import CannotAnswer, UsageError, VintageMismatch, nearest
from peelian.placing.areas import Areas, Links, places
from peelian.placing.kinds import LISTS, Records
from peelian.schema import CodeList, code_list
from peelian.schema.codes import fold

_PAGE = "how-to/read-a-profile"
# Records of a vintage that no link brings along are left out and counted; above this share, the
# question is refused.
_MOST_UNLINKED = 0.01


def tally(records: Records) -> pa.Table:
    """Count records by area, vintage and category, and how many of them lie on a snapped point.

    An incident with no settled category is counted under what it was first said to be.
    """
    rows: Any = records.table  # pyright cannot know a column's type, which ibis learns
    return (
        rows.group_by("area_code", "area_vintage", "category")
        .agg(n=ibis.coalesce(rows.n.sum(), 0), snapped=ibis.coalesce(rows.snapped.sum(), 0))
        .to_pyarrow()
    )


def coded_by(tallied: pa.Table) -> dict[str, int]:
    """Return how many records are coded by each vintage."""
    placed = tallied.filter(pc.field("area_code").is_valid())
    sums = placed.group_by("area_vintage").aggregate([("n", "sum")])
    return {row["area_vintage"] or "": row["n_sum"] for row in sums.to_pylist()}


def chosen_categories(
    tallied: pa.Table, kind: str, categories: tuple[str, ...], group: str | None
) -> tuple[str, ...]:
    """Return the codes of the categories asked for, by code, name or group; empty for all.

    Raises:
        UsageError: A category or group is neither in the code list nor in the records.
    """
    listed = code_list(LISTS[kind])
    spellings = listed.spellings()
    found = set(tallied["category"].unique().to_pylist())
    codes = list(listed.in_group(group)) if group else []
    for word in categories:
        code = word if word in found else spellings.get(fold(word))
        if code is None:
            raise UsageError(
                f"There is no category {word!r} of {kind}.",
                found=f"{len(found)} categories in the records",
                try_=nearest(word, [c.code for c in listed.codes]),
                read="reference/codes",
            )
        codes.append(code)
    return tuple(sorted(set(codes)))


def names_of(kind: str, codes: tuple[str, ...]) -> str:
    """Return the names of categories, for people; of a whole group of them, the group's."""
    known = code_list(LISTS[kind])
    for group, title in known.groups.items():
        if len(codes) > 1 and set(codes) == set(known.in_group(group)):
            return title.split(":")[0]
    listed = {c.code: c.label for c in known.codes}
    return ", ".join(listed.get(code, code) for code in codes)


@dataclass(frozen=True)
class Placed:
    """A tally whose rows are put among the areas in use.

    Args:
        n: Records of each row.
        place: Where its area stands among those in use; -1 where it is none of them.
        has_area: Whether it has an area at all.
        own: Whether its area is of the vintage in use.
        linked: Whether it is of another vintage, and links lead from there.
        tallied: The tally.
        links: How other vintages lead to the areas in use.
        areas: How many areas are in use.
    """

    n: np.ndarray
    place: np.ndarray
    has_area: np.ndarray
    own: np.ndarray
    linked: np.ndarray
    tallied: pa.Table
    links: Mapping[str, Links]
    areas: int

    def over(self, rows: np.ndarray) -> np.ndarray:
        """Return how many records of these rows each area in use holds."""
        here = rows & (self.place >= 0)
        held = np.bincount(self.place[here], self.n[here], minlength=self.areas)
        return held + self.moved(rows)[0]

    def moved(self, rows: np.ndarray) -> tuple[np.ndarray, float]:
        """Return what each area in use gets of other vintages' records, and how many are stuck.

        A record is stuck where no link leads on, or where it does not say what share goes along it.
        """
        gained, stuck = np.zeros(self.areas), 0.0
        vintages = np.asarray(self.tallied["area_vintage"], dtype=object)
        for name, link in self.links.items():
            these = rows & self.linked & (vintages == name)
            codes = self.tallied["area_code"].filter(pa.array(these)).combine_chunks()
            here, left = link.move(codes, self.n[these])
            gained += here
            stuck += left
        return gained, stuck

    def named(self) -> np.ndarray:
        """Say of each area in use whether any row is of it, be it of nought.

        Of records one by one, an area that no row names held none. A table of counts names the
        areas it covers; what it leaves out was not counted, which is not nought.
        """
        there = np.zeros(self.areas, dtype=bool)
        there[self.place[self.place >= 0]] = True
        vintages = np.asarray(self.tallied["area_vintage"], dtype=object)
        for name, link in self.links.items():
            codes = self.tallied["area_code"].filter(pa.array(self.linked & (vintages == name)))
            there |= link.reached(codes.combine_chunks())
        return there

    def ends(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return what each area in use holds at least and at most, and how many are shared out.

        Only records of other vintages can be shared: those of areas that were split.
        """
        here = rows & (self.place >= 0)
        least = np.bincount(self.place[here], self.n[here], minlength=self.areas).astype(float)
        most, shared = least.copy(), 0.0
        vintages = np.asarray(self.tallied["area_vintage"], dtype=object)
        for name, link in self.links.items():
            these = rows & self.linked & (vintages == name)
            codes = self.tallied["area_code"].filter(pa.array(these)).combine_chunks()
            low, high, several = link.bounds(codes, self.n[these])
            least, most, shared = least + low, most + high, shared + several
        return least, most, shared


def place(tallied: pa.Table, areas: Areas, links: Mapping[str, Links]) -> Placed:
    """Put the rows of a tally among the areas in use."""
    has_area = np.asarray(tallied["area_code"].is_valid())
    vintage = np.asarray(tallied["area_vintage"].fill_null(""), dtype=object)
    own = has_area & ((vintage == areas.vintage) | (vintage == ""))
    return Placed(
        n=np.asarray(tallied["n"], dtype=float),
        place=np.where(own, areas.places(tallied["area_code"]), -1),
        has_area=has_area,
        own=own,
        linked=has_area & np.isin(vintage, list(links)),
        tallied=tallied,
        links=links,
        areas=len(areas),
    )


@dataclass(frozen=True)
class Counts:
    """Records counted by area.

    Args:
        by_area: Records of the chosen categories in each area in use.
        total: Records of the chosen categories altogether.
        not_placed: Of those, records without an area.
        outside: Of those, records in an area that is not in use.
        other_vintage: Of those, records of another vintage that no link, or none with a weight,
            brings to the areas.
        moved: Records brought here from another vintage.
        shared: Of those, records whose old area leads to several: shared out by weight.
        least: Records each area holds whatever the weights should have been.
        most: Records it may hold at most.
        snapped: Records on a snapped point.
    """

    by_area: np.ndarray
    total: int
    not_placed: int
    outside: float
    other_vintage: float
    moved: float
    shared: float
    least: np.ndarray
    most: np.ndarray
    snapped: int

    @property
    def used(self) -> float:
        """Return how many records lie in the areas in use."""
        return float(self.by_area.sum())


def counted(placed: Placed, rows: np.ndarray, vintage: str) -> Counts:
    """Count the chosen rows of a tally by area, and account for those that are in none.

    Raises:
        CannotAnswer: No record is of the chosen categories.
        VintageMismatch: Too many records are of a vintage that cannot be moved.
    """
    n, has_area, own, linked = placed.n, placed.has_area, placed.own, placed.linked
    total = int(n[rows].sum())
    if not total:
        raise CannotAnswer(
            "No record fits what was asked.",
            found=f"{int(n.sum())} records in the period, none of them of these categories",
            try_="another period or other categories",
            read=_PAGE,
        )
    gained, stuck = placed.moved(rows)
    unlinked = float(n[rows & has_area & ~own & ~linked].sum()) + stuck
    _refuse_unlinked(unlinked, int(n[rows & has_area].sum()), vintage)
    by_area = placed.over(rows)
    used = float(by_area.sum())
    least, most, shared = placed.ends(rows)
    return Counts(
        by_area=by_area,
        total=total,
        not_placed=int(n[rows & ~has_area].sum()),
        outside=float(n[rows & has_area].sum()) - unlinked - used,
        other_vintage=unlinked,
        moved=float(gained.sum()),
        shared=shared,
        least=least,
        most=most,
        snapped=int(np.asarray(placed.tallied["snapped"])[rows].sum()),
    )


def is_of(tallied: pa.Table, codes: tuple[str, ...]) -> np.ndarray:
    """Say of each row of a tally whether it is of these categories; of no codes, all are."""
    if not codes:
        return np.ones(tallied.num_rows, dtype=bool)
    return places(tallied["category"], pa.array(codes, pa.string())) >= 0


def _refuse_unlinked(unlinked: float, placed: int, vintage: str) -> None:
    if unlinked <= _MOST_UNLINKED * placed:
        return
    raise VintageMismatch(
        f"Records are coded by areas of another vintage than {vintage}.",
        found=f"{unlinked:.0f} of {placed} placed records, and no links with weights between them",
        try_="load the look-up between the vintages (--as area-links) with a weight for each split "
        "area, the other vintage's boundaries, or ask of months before or after the change",
        read="how-to/link-vintages",
    )


@dataclass(frozen=True)
class Weights:
    """A harm weight for each category that occurs.

    Args:
        codes: The categories.
        weights: The weight of each.
        version: The list's version.
        status: How far its source may be trusted.
    """

    codes: tuple[str, ...]
    weights: tuple[float, ...]
    version: str
    status: str


def harm_of(name: str, tallied: pa.Table, rows: np.ndarray, kind: str) -> Weights:
    """Return the weights of the categories that occur in these rows.

    Raises:
        CannotAnswer: A category that occurs has no weight, or the list has no weights.
    """
    listed = code_list(name)
    weight = {c.code: float(c.more["weight"]) for c in listed.codes if "weight" in c.more}
    present = tallied["category"].filter(pa.array(rows)).unique().to_pylist()
    without = [code for code in present if code not in weight]
    if without:
        raise CannotAnswer(
            f"{len(without)} of {len(present)} categories have no weight in {name}.",
            found=_named(without, code_list(LISTS[kind])),
            try_="leave them out with `categories`, or ask without `harm_weights`: no weight is "
            "made up, and none is nought",
            read=_PAGE,
        )
    codes = tuple(sorted(present))
    statuses = {str(c.more.get("status", "")) for c in listed.codes if c.code in codes}
    return Weights(
        codes, tuple(weight[c] for c in codes), listed.version, "; ".join(sorted(statuses))
    )


def _named(codes: list[str | None], listed: CodeList) -> str:
    """Name the categories that a code list knows; others stay unnamed, being records' own words."""
    known = [c.label for c in listed.codes if c.code in codes]
    others = len(codes) - len(known)
    return ", ".join([*known, *([f"{others} more not in the code list"] if others else [])])
