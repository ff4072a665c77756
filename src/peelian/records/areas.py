"""Areas from a file of boundaries: outlines, codes, names, and the areas they nest in."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyproj
import shapely
from pyproj.exceptions import CRSError

from peelian.errors import InputError, MappingError, nearest
from peelian.records.arrivals import Arrival, SetAside, quarantine_of, table_of
from peelian.records.boundaries import Layer, open_layer
from peelian.records.topology import Arcs, arcs_of, rounded

_PAGE = "how-to/load-areas"
# What a mapping of areas may say: the settings of `read_areas`, for `read_settings`.
SETTINGS = ("vintage", "code", "name", "parent", "crs", "layer")
# Statistical areas of Britain, finest first: the first that a file names is what its outlines are.
_LEVELS = ("OA", "LSOA", "MSOA", "DZ", "SDZ", "IZ", "WD", "LAD", "CTYUA", "CSP", "PFA", "RGN")
_CODE = re.compile(r"([A-Z]+?)(\d{2})(CD|_CODE)$")
_DISTRICT_COLUMN = re.compile(r"(LAD|LTLA|UTLA|DISTRICT)\d{0,2}_?(CD|CODE)$")
_DISTRICT_CODE = re.compile(r"([EW]0[6-9]|S12|N09)\d{6}$")
_SMALL_AREA_NUMBER = re.compile(
    r"^(.+?) \d{3}[A-Z]?$"
)  # "North Tyneside 030E" lies in North Tyneside


def read_areas(
    path: Path,
    *,
    vintage: str | None = None,
    code: str | None = None,
    name: str | None = None,
    parent: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
) -> Arrival:
    """Read a file of boundaries as `areas` and their shared borders as `area_arcs`.

    Outlines come in longitude and latitude (WGS 84), rounded to 11 mm so that borders meet; those
    that cross themselves are repaired and counted. An outline without a code or without extent is
    set aside. What is not given is known by the names statistical offices use: `LSOA11CD` holds
    codes of the vintage LSOA11, `LSOA11NM` names them, `LAD17CD` says which district they are in.

    Args:
        path: GeoJSON (plain or .gz), GeoPackage, or the .shp of a shapefile.
        vintage: Which edition of which areas these are, such as LSOA21 or beats-2024.
        code: The column with each area's code.
        name: The column with its name.
        parent: The column with the code of the area it nests in.
        crs: The coordinates' system, such as EPSG:27700, if the file does not say.
        layer: Which layer of a GeoPackage with several.

    Raises:
        InputError: The file cannot be read, has no codes we know, or holds a code twice.
        MappingError: A column that was named is not in the file.
    """
    outlines = open_layer(path, crs=crs, layer=layer)
    chosen = _Columns(outlines, vintage=vintage, code=code, name=name, parent=parent)
    codes = _words(outlines, chosen.code)
    geometry, repaired = _in_degrees(outlines)
    faults = [_fault(c, g) for c, g in zip(codes, geometry, strict=True)]
    sound = np.array([fault is None for fault in faults], bool)
    kept = [c for c in codes if c]
    _refuse_repeats(path, [c for c, ok in zip(codes, sound, strict=True) if ok and c])
    if not sound.any():
        raise InputError(
            "The file has no outline that can be used.",
            found=f"{path.name}: {len(codes)} outlines, {len(kept)} with a code",
            try_="open it in a map viewer and see which column holds the codes",
            read=_PAGE,
        )
    set_aside = [
        SetAside(None, fault, {"outline": number + 1, **outlines.row(number)})
        for number, fault in enumerate(faults)
        if fault
    ]
    tables, notes = _tables(outlines, chosen, codes, geometry, sound)
    return Arrival(
        tables=tables,
        read=len(codes),
        quarantined=quarantine_of(set_aside),
        layout="areas",
        notes={
            "vintage": chosen.vintage,
            "outlines crossed themselves and were repaired": repaired,
            **notes,
        },
    )


class _Columns:
    """Which columns of a file of boundaries hold code, name, parent and parent's name."""

    def __init__(
        self,
        layer: Layer,
        *,
        vintage: str | None,
        code: str | None,
        name: str | None,
        parent: str | None,
    ) -> None:
        columns = layer.attributes.column_names
        self._upper = {column.upper(): column for column in columns}
        for given in (code, name, parent):
            if given and given not in columns:
                raise MappingError(
                    "A column that was named is not in the file of boundaries.",
                    found=f"{layer.name}: {', '.join(columns) or 'no columns'}",
                    try_=nearest(given, columns),
                    read=_PAGE,
                )
        self.code = code or self._finest(layer)
        known = _CODE.search(self.code.upper())
        if not vintage and not known:
            raise InputError(
                "The file does not say which vintage its areas are.",
                found=f"{layer.name}: codes in the column {self.code}",
                try_='a mapping with `vintage = "..."`, such as LSOA21 or beats-2024',
                read=_PAGE,
            )
        self.vintage = vintage or f"{known[1]}{known[2]}"  # type: ignore[index]
        self.name = name or self._named_beside(self.code)
        self.parent = parent or self._district(layer)
        self.parent_name = self._named_beside(self.parent) if self.parent else None

    def _finest(self, layer: Layer) -> str:
        found = [
            (_level(match[1]), column)
            for upper, column in self._upper.items()
            if (match := _CODE.match(upper))
        ]
        if not found:
            raise InputError(
                "No column of the file is known to hold the codes of areas.",
                found=f"{layer.name}: {', '.join(self._upper.values()) or 'no columns'}",
                try_="a mapping with `code = ...` and `vintage = ...`",
                read=_PAGE,
            )
        return min(found)[1]

    def _named_beside(self, code: str) -> str | None:
        upper = code.upper()
        tails = (("_CODE", "_NAME"), ("CODE", "NAME"), ("CD", "NM"))
        for tail, other in tails:
            if upper.endswith(tail):
                return self._upper.get(upper[: -len(tail)] + other)
        return None

    def _district(self, layer: Layer) -> str | None:
        """Find the district's column by its name, else by what it holds."""
        others = [c for c in layer.attributes.column_names if c != self.code]
        named = [c for c in others if _DISTRICT_COLUMN.match(c.upper())]
        return next(iter(named + [c for c in others if _all_districts(layer, c)]), None)


def _level(word: str) -> int:
    return _LEVELS.index(word) if word in _LEVELS else len(_LEVELS)


def _all_districts(layer: Layer, column: str) -> bool:
    values = layer.attributes[column].to_pylist()
    return bool(values) and all(isinstance(v, str) and _DISTRICT_CODE.match(v) for v in values)


def _words(layer: Layer, column: str) -> list[str | None]:
    return [_word(value) for value in layer.attributes[column].to_pylist()]


def _word(value: object) -> str | None:
    if isinstance(value, float):  # a beat's number that became a decimal on its way
        value = int(value) if value.is_integer() else value
    return str(value).strip() or None if value is not None else None


def _in_degrees(layer: Layer) -> tuple[np.ndarray, int]:
    """Return outlines in WGS 84, sound and rounded (None without extent), and how many mended."""
    geometry = layer.geometry
    try:
        move = pyproj.Transformer.from_crs(layer.crs, "EPSG:4326", always_xy=True)
    except CRSError as problem:
        raise InputError(
            "The coordinate system of the file is not known.",
            found=layer.name,
            try_="a mapping with `crs = ...`, such as EPSG:27700",
            read=_PAGE,
        ) from problem
    here = np.flatnonzero(~shapely.is_missing(geometry) & ~shapely.is_empty(geometry))
    points = shapely.get_coordinates(geometry[here])
    lon, lat = move.transform(points[:, 0], points[:, 1])
    if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90)):
        raise InputError(
            "The outlines do not lie on the earth in the coordinate system the file names.",
            found=f"{layer.name}: {layer.crs[:40]}",
            try_="a mapping with the true `crs = ...`, such as EPSG:27700 for British eastings",
            read=_PAGE,
        )
    moved = shapely.set_coordinates(geometry[here], np.column_stack([lon, lat]))
    broken = ~shapely.is_valid(moved)
    moved = rounded(moved)
    moved[~shapely.is_valid(moved)] = _mended(moved[~shapely.is_valid(moved)])
    placed = np.full(len(geometry), None, object)
    placed[here] = moved
    return placed, int((broken | layer.mended[here]).sum())


def _mended(outlines: np.ndarray) -> np.ndarray:
    """Return crossing outlines as sound ones on the grid; None where nothing has extent."""
    whole = shapely.set_precision(shapely.make_valid(outlines), 1e-7)
    parts, owner = shapely.get_parts(whole, return_index=True)
    for _ in range(2):  # a collection may hold multipolygons
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    flat = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    mended = np.full(len(outlines), None, object)
    for number in np.unique(owner[flat]):
        mended[number] = shapely.union_all(parts[flat & (owner == number)], grid_size=1e-7)
    return mended


def _fault(code: str | None, outline: Any) -> str | None:
    if not code:
        return "the area has no code"
    if outline is None:
        return "the area has no outline, or one with no extent"
    if outline.geom_type not in ("Polygon", "MultiPolygon"):
        return "the outline is a point or a line, not an area"
    return None


def _refuse_repeats(path: Path, codes: list[str]) -> None:
    repeated = sum(1 for times in Counter(codes).values() if times > 1)
    if repeated:
        raise InputError(
            "The same area stands in the file more than once.",
            found=f"{path.name}: {repeated} codes repeated among {len(codes)} outlines",
            try_="join the parts of each area into one outline (a `dissolve`), or name another "
            "column with `code = ...`",
            read=_PAGE,
        )


def _tables(
    layer: Layer,
    chosen: _Columns,
    codes: Sequence[str | None],
    geometry: np.ndarray,
    sound: np.ndarray,
) -> tuple[dict[str, pa.Table], dict[str, object]]:
    here = np.flatnonzero(sound).tolist()
    names = _taken(layer, chosen.name, here)
    tables, arcs = area_tables(
        chosen.vintage,
        geometry[sound],
        codes=[str(codes[n]) for n in here],
        names=names,
        parents=_taken(layer, chosen.parent, here),
        parent_names=_districts(_taken(layer, chosen.parent_name, here), names),
    )
    notes = {
        "columns": ", ".join(
            f"{part} from {column}"
            for part in ("code", "name", "parent", "parent_name")
            if (column := getattr(chosen, part))
        ),
        "vertices of a neighbour's border were added": arcs.vertices_added,
        "sides of borders are claimed by two areas: outlines overlap": arcs.crowded,
    }
    return tables, notes


def area_tables(
    vintage: str,
    outlines: np.ndarray,
    *,
    codes: Sequence[str],
    names: Sequence[str | None],
    parents: Sequence[str | None],
    parent_names: Sequence[str | None],
) -> tuple[dict[str, pa.Table], Arcs]:
    """Return `areas` and `area_arcs` of one vintage, and the arcs with what was noticed of them.

    Args:
        vintage: Which edition of which areas these are.
        outlines: Sound polygons and multipolygons in longitude and latitude, `rounded`.
        codes: Of the areas.
        names: Of the areas, for people.
        parents: Codes of the areas they nest in.
        parent_names: Names of those.
    """
    centres = shapely.get_coordinates(shapely.point_on_surface(outlines))
    areas = table_of(
        "areas",
        {
            "area_code": codes,
            "vintage": [vintage] * len(codes),
            "name": names,
            "parent_code": parents,
            "parent_name": parent_names,
            "geometry": shapely.to_wkb(outlines),
            "centre_lon": centres[:, 0],
            "centre_lat": centres[:, 1],
            "square_km": square_km(outlines),
        },
    )
    arcs = arcs_of(outlines)
    named = np.array([*codes, None], object)  # right is -1 on the outside: the last, nothing
    borders = table_of(
        "area_arcs",
        {
            "vintage": [vintage] * len(arcs.left),
            "arc": np.arange(len(arcs.left)),
            "left_code": named[arcs.left],
            "right_code": named[arcs.right],
            "line": shapely.to_wkb(arcs.lines),
            "metres": arcs.metres,
        },
    )
    return {"areas": areas, "area_arcs": borders}, arcs


def _taken(layer: Layer, column: str | None, here: list[int]) -> list[str | None]:
    if column is None:
        return [None] * len(here)
    words = _words(layer, column)
    return [words[n] for n in here]


def _districts(given: list[str | None], names: list[str | None]) -> list[str | None]:
    """Return the parents' names; where there are none, what the small areas' own names say."""
    if any(given):
        return given
    found = [_SMALL_AREA_NUMBER.match(name or "") for name in names]
    return [match[1] if match else None for match in found]


def square_km(outlines: np.ndarray) -> np.ndarray:
    """Return the size of outlines given in degrees, on an equal-area plane laid at their middle."""
    west, south, east, north = shapely.total_bounds(outlines)
    plane = f"+proj=laea +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +datum=WGS84"
    move = pyproj.Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    x, y = move.transform(*shapely.get_coordinates(outlines).T)
    flat = shapely.set_coordinates(outlines.copy(), np.column_stack([x, y]))
    return shapely.area(flat) / 1e6
