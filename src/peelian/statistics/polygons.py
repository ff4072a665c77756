"""Which polygon each of many points lies in: a raster settles most, exact lines the rest."""

import numpy as np
import shapely

from peelian.statistics import kernels_polygons as kernels

_AT_ONCE = 1 << 20  # points: so that the memory held stays small and Ctrl-C is heard
_CELLS_PER_SIDE = 4  # of the polygons' borders: finer rasters settle more points by look-up
_FEWEST_CELLS, _MOST_CELLS = 1 << 12, 1 << 22
_FINEST = 2.0**-30  # a cell's width as a share of the coordinates: below it rounding would show


class PolygonIndex:
    """Polygons made ready to be asked which of them each point lies in.

    A point belongs to the first polygon, in the order given, that it is inside or on the border of.
    So a point on a shared border belongs to one polygon only, and always the same one; so does a
    point where polygons overlap. Sides of lines are decided exactly; shapely's own predicates
    reckon with 106 bits, and can miss that a point is on a border by less.

    Args:
        polygons: Shapely polygons and multipolygons, valid, in any plane coordinates (degrees do,
            away from the date line). None and empty ones hold no point.

    Raises:
        ValueError: There is a point or a line among them.
    """

    def __init__(self, polygons: np.ndarray) -> None:
        polygons = np.asarray(polygons, object)
        self.n = len(polygons)
        kinds = shapely.get_type_id(polygons)
        if np.any((kinds >= 0) & (kinds != 3) & (kinds != 6) & ~shapely.is_empty(polygons)):
            raise ValueError("only polygons and multipolygons can hold points")
        self._built = _build(polygons, self.n)

    def locate(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the place in the list of the polygon each point lies in, -1 for none.

        Args:
            x: Eastings or longitudes, shape (n,). Not-a-number is in no polygon.
            y: Northings or latitudes, shape (n,).

        Raises:
            ValueError: The two are not of one length.
        """
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"x and y are of shapes {x.shape} and {y.shape}")
        found = np.full(x.size, -1, np.int32)
        if self._built is None:
            return found
        for begin in range(0, x.size, _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            px = np.ascontiguousarray(x[part], np.float64)
            py = np.ascontiguousarray(y[part], np.float64)
            kernels.locate(px, py, found[part], *self._built)
        return found


def _build(
    polygons: np.ndarray, n: int
) -> tuple[kernels.Grid, kernels.Borders, kernels.Cells] | None:
    parts, part_polygon = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return None
    x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    owner = part_polygon[ring_part][ring].astype(np.int32)
    joined = np.r_[ring[1:] == ring[:-1], False]
    grid = _grid(x, y)
    borders, last_row = _borders(x, y, owner, joined, grid, n)
    return grid, borders, _cells(borders, last_row, grid)


def _grid(x: np.ndarray, y: np.ndarray) -> kernels.Grid:
    x0, x1, y0, y1 = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    width, height = max(x1 - x0, 1e-300), max(y1 - y0, 1e-300)
    wanted = min(max(_CELLS_PER_SIDE * x.size, _FEWEST_CELLS), _MOST_CELLS)
    columns = int(np.clip(np.sqrt(wanted * width / height), 1, wanted))
    rows = max(wanted // columns, 1)
    columns = _coarse_enough(columns, width, max(abs(x0), abs(x1)))
    rows = _coarse_enough(rows, height, max(abs(y0), abs(y1)))
    return kernels.Grid(x0, y0, x1, y1, columns / width, rows / height, columns, rows)


def _coarse_enough(cells: int, extent: float, largest: float) -> int:
    return max(min(cells, int(extent / (_FINEST * largest))), 1) if largest else cells


def _borders(
    x: np.ndarray, y: np.ndarray, owner: np.ndarray, joined: np.ndarray, grid: kernels.Grid, n: int
) -> tuple[kernels.Borders, np.ndarray]:
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(low, owner, y)
    np.maximum.at(high, owner, y)
    here = low <= high
    first_row, last_row = np.zeros(n, np.int64), np.full(n, -1, np.int64)
    first_row[here] = _rows(low[here], grid)
    last_row[here] = _rows(high[here], grid)
    spans = last_row - first_row + 1
    slab = np.cumsum(spans) - spans
    begin = kernels.count_sides(x, y, owner, joined, grid, first_row, slab, int(spans.sum()))
    sides = kernels.list_sides(x, y, owner, joined, grid, first_row, slab, begin)
    return kernels.Borders(x, y, first_row, slab, begin, sides), last_row


def _rows(y: np.ndarray, grid: kernels.Grid) -> np.ndarray:
    return np.clip(((y - grid.y0) * grid.per_y).astype(np.int64), 0, grid.rows - 1)


def _cells(borders: kernels.Borders, last_row: np.ndarray, grid: kernels.Grid) -> kernels.Cells:
    counts = kernels.count_borders(borders, grid, last_row)
    label, covered = kernels.cover(borders, grid, last_row, counts)
    mixed = np.flatnonzero(counts)
    label[mixed] = -2 - np.arange(len(mixed), dtype=np.int32)
    begin = np.r_[0, np.cumsum((counts + covered)[mixed])].astype(np.int64)
    overlaps = bool(covered.any())
    tried = kernels.list_tried(borders, grid, last_row, label, begin, overlaps)
    return kernels.Cells(label, begin, tried)
