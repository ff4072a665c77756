"""Where records lie: the vintage of their area codes, and the grid and area of their points."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import ibis

from peelian.records.map.functions import Expr
from peelian.records.points import AreaMap, Places
from peelian.records.store.staging import Staged, Way
from peelian.records.store.transaction import Transaction
from peelian.records.tally import FileTally
from peelian.records.vintages import vintage_of

# The public files went over to the areas of 2021 with this month.
NEW_AREAS = date(2023, 6, 1)
_UNDECIDED = "rows have an area code of a vintage that cannot be told"
_OUTSIDE = "rows lie outside the areas the store holds"
_AGAINST = "the area codes are of another vintage than the month would have"


# The codes of a file's rows, before and after the new areas, with how many rows have each.
AreaCodes = dict[tuple[int, bool], Counter[str]]


def decide_vintages(
    t: Transaction, codes: AreaCodes, files: Sequence[FileTally], layout: str
) -> None:
    """Say of which vintage the area codes of each file are, before and after the new areas.

    Args:
        t: The load's transaction.
        codes: The area codes, by the place of their file and whether they are of the new areas.
        files: The files, in order; what is decided is written on them.
        layout: The mapping's name: only of the public files does the month tell the vintage.
    """
    known = _known_codes(t) if codes else {}
    for (number, new), counted in codes.items():
        _decide_vintage(files[number], new, counted, known, layout)


def _decide_vintage(
    file: FileTally,
    new: bool,
    codes: Counter[str],
    known: Mapping[str, set[str]],
    layout: str,
) -> None:
    months = [month for _, month in file.months if (month >= NEW_AREAS) == new]
    public = layout.startswith("police-uk")
    month = f"{min(months):%Y-%m}" if public and months else ""
    found = vintage_of(codes, month=month, known=known)
    file.vintages[new] = found.name
    if not found.name:
        file.note(_UNDECIDED, file.notes.get(_UNDECIDED, 0) + codes.total())
    if found.against_month:
        file.note(_AGAINST, found.name)
    if found.name in known:
        outside = sum(n for code, n in codes.items() if code not in known[found.name])
        file.note(_OUTSIDE, file.notes.get(_OUTSIDE, 0) + outside)


def _known_codes(t: Transaction) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for name in ("areas", "area_measures"):
        table = t.now(name)
        for row in t.rows(table.select("vintage", "area_code").distinct()):
            known.setdefault(row["vintage"], set()).add(row["area_code"])
    return known


def find_places(t: Transaction, staged: Staged) -> Expr | None:
    """Work out the grid coordinates, and where asked the area, of every distinct point."""
    placed = [
        staged.of(number).filter(lambda t: t.lon.notnull())
        for number, way in enumerate(staged.ways)
        if "lon" in way.columns
    ]
    points = staged.points(t.name("points"))
    if points is None:
        return None
    places = Places(t.store.crs, _maps(t, placed))
    return t.lookup_batches(places.rows(t.batches(points)), Places.schema)


def _maps(t: Transaction, placed: Sequence[Expr]) -> list[AreaMap]:
    """Return the vintages in which points without an area are looked for."""
    lacking = [
        rows if "area_code" not in rows.columns else rows.filter(rows["area_code"].isnull())
        for rows in placed
    ]
    if not any(t.count(rows.limit(1)) for rows in lacking):
        return []
    areas = t.fetch(t.now("areas").select("vintage", "area_code", "geometry"))
    vintages = Counter(areas["vintage"].to_pylist())
    # The finest areas first: the vintage with the most of them.
    return [AreaMap.of(vintage, areas) for vintage, _ in vintages.most_common()]


def of_new_areas(rows: Expr) -> Expr:
    """Return whether a record is of a month in which the public files use the new areas."""
    if "local_date" not in rows.columns:
        return ibis.literal(False)
    return (rows["local_date"] >= NEW_AREAS).fill_null(False)


def area_columns(rows: Expr, way: Way) -> dict[str, Expr]:
    """Return the area a record gives, else the one its point lies in, with its vintage."""
    if "area_code" not in way.columns:
        return {"area_code": rows["point_area"], "area_vintage": rows["point_vintage"]}
    given = rows["area_code"]
    vintage = rows["area_vintage"] if "area_vintage" in way.columns else rows["file_vintage"]
    return {
        "area_code": ibis.coalesce(given, rows["point_area"]),
        "area_vintage": ibis.ifelse(given.notnull(), vintage, rows["point_vintage"]),
    }
