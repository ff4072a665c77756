"""The files beside the page: every table as CSV, and areas for a geographic program."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from peelian.disclosure import Release, ReleasedTable
from peelian.render.machine import plain
from peelian.render.outlines import Outlines
from peelian.render.tables import as_csv, dictionary, inert
from peelian.report.names import release_names
from peelian.results import Drawing


def write_tables(releases: Sequence[Release], folder: Path) -> list[str]:
    """Write every table as CSV, with one more that says what each column is.

    Returns:
        The files' names, as the page links to them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, ReleasedTable] = {}
    for name, release in zip(release_names(releases), releases, strict=True):
        for table_name, table in release.tables.items():
            if not table.for_machine:
                written[f"{name}-{table_name.replace('_', '-')}.csv"] = table
    for file, table in written.items():
        _write_csv(folder / file, as_csv(table))
    _write_csv(folder / "columns.csv", dictionary(written))
    return [f"tables/{file}" for file in (*written, "columns.csv")]


def _write_csv(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8-sig", newline="")


def write_areas(releases: Sequence[Release], out: Path) -> list[str]:
    """Write the areas of every map, with their figures, as GeoPackage and GeoJSON.

    The GeoPackage has a layer for each map and GeoJSON a file; the first is called for its table,
    any other for its release too. A held-back cell is empty and named in the column `held_back`.

    Returns:
        The files' names, as the page links to them.
    """
    maps = [
        (name, release, drawing)
        for name, release in zip(release_names(releases), releases, strict=True)
        for drawing in release.drawings
        if drawing.kind == "area_map"
    ]
    package = out / "areas.gpkg"
    package.unlink(missing_ok=True)  # a layer of an earlier report must not stay in it
    files = []
    seen: Counter[str] = Counter()
    for name, release, drawing in maps:
        table = release.tables[drawing.table]
        shapes = _shapes(release, drawing)
        layer = f"{name}-{drawing.table}" if files else drawing.table
        seen[layer] += 1
        layer = f"{layer}-{seen[layer]}" if seen[layer] > 1 else layer
        _write_layer(package, layer, table, shapes)
        file = f"{layer}.geojson"
        _write_geojson(out / file, table, shapes)
        files.append(file)
    return ["areas.gpkg", *files] if maps else []


def _shapes(release: Release, drawing: Drawing) -> np.ndarray:
    """Return the outline of each row's area; None for an area that has none."""
    outlines = Outlines.read(release.tables[drawing.outlines])
    by_code = dict(zip(outlines.codes, outlines.polygons(), strict=True))
    codes = release.tables[drawing.table].data.column(drawing.encode["area"]).to_pylist()
    return np.array([by_code.get(code) for code in codes], dtype=object)


def _columns(table: ReleasedTable) -> dict[str, list[Any]]:
    """Return a table's columns as plain values, with one more that names held-back cells."""
    columns = {
        name: [
            inert(v) if isinstance(v, str) else plain(v)
            for v in table.data.column(name).to_pylist()
        ]
        for name, field in table.fields.items()
        if field.role != "geometry"
    }
    held = [
        ", ".join(name for name, mask in table.held_back.items() if mask[row])
        for row in range(table.data.num_rows)
    ]
    return {**columns, "held_back": held}


def _write_layer(path: Path, layer: str, table: ReleasedTable, shapes: np.ndarray) -> None:
    import pyogrio.raw

    columns = _columns(table)
    arrays, masks = [], []
    for values in columns.values():
        array = pa.array(values)
        masks.append(np.array(array.is_null()))
        arrays.append(_filled(array))
    pyogrio.raw.write(
        path,
        geometry=np.asarray(shapely.to_wkb([_as_multi(shape) for shape in shapes]), dtype=object),
        field_data=arrays,
        field_mask=masks,
        fields=list(columns),
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
        layer=layer,
        driver="GPKG",
    )


def _filled(array: pa.Array) -> np.ndarray:
    """Return Arrow values as NumPy; what stands at a null does not matter, for it is masked."""
    if pa.types.is_string(array.type) or pa.types.is_null(array.type):
        return np.array([v or "" for v in array.to_pylist()], dtype=object)
    filled = array.fill_null(pa.scalar(0).cast(array.type))
    return np.asarray(filled.to_numpy(zero_copy_only=False))


def _as_multi(shape: Any) -> Any:
    """Return a shape as a layer of many-part shapes holds it; null where there is none."""
    if shape is None or shape.is_empty:
        return None
    return shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _write_geojson(path: Path, table: ReleasedTable, shapes: np.ndarray) -> None:
    columns = _columns(table)
    rows = zip(*columns.values(), strict=True)
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(columns, row, strict=True)),
            "geometry": _geometry_json(shape),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    text = ",\n".join(
        json.dumps(f, allow_nan=False, ensure_ascii=False, separators=(",", ":")) for f in features
    )
    path.write_text(
        f'{{"type":"FeatureCollection","features":[\n{text}\n]}}\n', encoding="utf-8", newline="\n"
    )


def _geometry_json(shape: Any) -> Any:
    """Return a shape as GeoJSON asks: outer rings anticlockwise, a decimetre at the finest."""
    if shape is None or shape.is_empty:
        return None
    rounded = shapely.transform(shape, lambda points: np.round(points, 6))
    return json.loads(shapely.to_geojson(shapely.reverse(shapely.normalize(rounded))))
