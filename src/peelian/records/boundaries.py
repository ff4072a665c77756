"""Opening a file of boundaries: GeoJSON, GeoPackage or shapefile, and nothing hidden in one."""

import gzip
import hashlib
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from peelian.errors import InputError

_PAGE = "how-to/load-areas"
_MOST_BYTES = 4 << 30  # unpacked: every small area of Britain in full detail is a fifth of this
_CHUNK = 1 << 20
# How each kind of file begins. The reading library would open whatever it recognises, and some
# formats only point at other files or addresses, so a file must be what its name says.
_BEGINS = {
    ".geojson": b"{",
    ".json": b"{",
    ".gpkg": b"SQLite format 3\x00",
    ".shp": b"\x00\x00\x27\x0a",
}
_BESIDE_A_SHAPEFILE = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".shp.xml", ".qmd")
ENDINGS = (".geojson", ".json", ".geojson.gz", ".json.gz", ".gpkg", ".shp")


@dataclass(frozen=True)
class Layer:
    """Outlines as a file holds them.

    Args:
        name: The file's own name.
        attributes: Its columns, an outline a row.
        geometry: The outlines in the file's coordinates; None where there is none.
        mended: Where an outline could only be read by closing or completing its rings.
        crs: The coordinates' system, as the file (or the caller) names it.
    """

    name: str
    attributes: pa.Table
    geometry: np.ndarray
    mended: np.ndarray
    crs: str

    def row(self, number: int) -> dict[str, object]:
        """Return the columns of one outline."""
        return {
            name: self.attributes[name][number].as_py() for name in self.attributes.column_names
        }


def find_boundaries(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return the files of boundaries among files and folders, and what was not read, with why.

    The parts of a shapefile are read with their .shp and are not listed.
    """
    files, not_read = [], []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            if file.name.lower().endswith(ENDINGS):
                files.append(file)
            elif not file.name.lower().endswith(_BESIDE_A_SHAPEFILE) or not _has_shapes(file):
                packed = file.suffix.lower() in (".zip", ".7z", ".tar", ".tgz")
                why = "an archive: unpack it first" if packed else "not a file of boundaries"
                not_read.append((file.name, why))
    return files, not_read


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file of boundaries; of a shapefile, of all its parts in order."""
    digest = hashlib.sha256()
    parts = [path]
    if path.suffix.lower() == ".shp":
        parts += [p for e in (".dbf", ".prj", ".cpg") if (p := path.with_suffix(e)).is_file()]
    for part in parts:
        with part.open("rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
    return digest.hexdigest()


def open_layer(path: Path, *, crs: str | None = None, layer: str | None = None) -> Layer:
    """Read the outlines and columns of a file of boundaries.

    Args:
        path: GeoJSON (plain or .gz), GeoPackage, or the .shp of a shapefile.
        crs: The coordinates' system, over what the file says.
        layer: Which layer, where there are several.

    Raises:
        InputError: It is not such a file, is damaged, or does not say its coordinate system.
    """
    with tempfile.TemporaryDirectory(prefix="peelian-") as folder:
        plain = _plain(path, Path(folder))
        _refuse_another_kind(path, plain)
        meta, table = _read(path, plain, layer)
    column = meta["geometry_name"] or "wkb_geometry"
    if column not in table.column_names:
        raise InputError("The file has no outlines.", found=path.name, read=_PAGE)
    known = crs or meta["crs"]
    if not known:
        raise InputError(
            "The file does not say what its coordinates are.",
            found=f"{path.name}: no .prj beside it or no coordinate system inside",
            try_="a mapping with `crs = ...`, such as EPSG:27700 for British eastings",
            read=_PAGE,
        )
    wkb = np.array(table[column].to_pylist(), object)
    geometry, mended = _outlines(wkb)
    return Layer(path.name, table.drop_columns([column]), geometry, mended, known)


def _has_shapes(part: Path) -> bool:
    stem = part.name[: part.name.index(".")]
    return any((part.parent / f"{stem}{ending}").is_file() for ending in (".shp", ".SHP"))


def _plain(path: Path, folder: Path) -> Path:
    """Return the file, unpacked if it was packed."""
    if not path.is_file():
        raise InputError("There is no such file.", found=path.name, read=_PAGE)
    if path.suffix.lower() != ".gz":
        return path
    target = folder / path.with_suffix("").name
    written = 0
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as out:
            while piece := packed.read(_CHUNK):
                written += out.write(piece)
                if written > _MOST_BYTES:
                    raise InputError(
                        "The packed file is too large when unpacked.",
                        found=f"{path.name}: more than {_MOST_BYTES >> 30} GiB",
                        try_="unpack it yourself if you trust it, or take fewer areas",
                        read=_PAGE,
                    )
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise InputError(
            "The packed file is damaged or was cut short.",
            found=f"{path.name}: readable up to {written} bytes",
            try_="fetch or copy it again",
            read=_PAGE,
        ) from problem
    return target


def _refuse_another_kind(path: Path, plain: Path) -> None:
    ending = plain.suffix.lower()
    if ending not in _BEGINS:
        raise InputError(
            "This kind of file is not read as boundaries.",
            found=path.name,
            try_="GeoJSON (.geojson, .geojson.gz), GeoPackage (.gpkg) or a shapefile (.shp)",
            read=_PAGE,
        )
    with plain.open("rb") as file:
        head = file.read(1 << 16)
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip() if ending.endswith("json") else head
    if not begins.startswith(_BEGINS[ending]) or b"gdal_streamed_alg" in head:
        raise InputError(
            f"The file is not the {ending} its name says.",
            found=f"{path.name}: {len(head) or 'no'} bytes looked at, and they begin otherwise",
            try_="fetch it again: a page saved in place of a file begins like this",
            read=_PAGE,
        )


def _read(path: Path, plain: Path, layer: str | None) -> tuple[dict, pa.Table]:
    import pyogrio
    import pyogrio.raw
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(plain) if kind]
        unsaid = layer is None and len(layers) > 1
        if unsaid or (layer is not None and layer not in layers):
            raise InputError(
                "The file holds several layers, and which to read was not said."
                if unsaid
                else "The file has no such layer.",
                found=f"{path.name}: {', '.join(layers)}",
                try_="a mapping with `layer = ...`",
                read=_PAGE,
            )
        about, table = pyogrio.raw.read_arrow(plain, layer=layer)
        table.validate(full=True)  # words of bytes that are no letters pass the library by
        return about, table
    except (DataSourceError, DataLayerError, OSError, RuntimeError, ValueError) as problem:
        # the library's own words can hold a piece of the file, so they are not passed on
        raise InputError(
            "The file of boundaries cannot be read.",
            found=f"{path.name}: {type(problem).__name__}",
            try_="open it in a map viewer; if it opens there, save it as a GeoPackage",
            read=_PAGE,
        ) from problem


def _outlines(wkb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    geometry = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = shapely.is_missing(geometry) & np.array([w is not None for w in wkb], bool)
    if lost.any():
        geometry[lost] = shapely.from_wkb(wkb[lost], on_invalid="fix")
    return shapely.force_2d(geometry), lost & ~shapely.is_missing(geometry)
