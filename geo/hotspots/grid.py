"""Square cells over a piece of land, in metres, and how much lies in each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bounds = tuple[float, float, float, float]

_CHUNK = 1 << 15  # points at a time: what is reckoned on the way stays in the processor's cache
_LINES = 8  # lines through each row of cells, along which the share inside is measured exactly


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells, row 0 in the south, column 0 in the west.

    west, south   the corner, metres in one projected zone
    cell_m        the side of a cell
    """

    west: float
    south: float
    cell_m: float
    rows: int
    cols: int

    @classmethod
    def over(cls, bounds: Bounds, cells: int = 512) -> Grid:
        """So many cells along the longer side of (west, south, east, north), metres.

        Raises BadSetting where the bounds hold no area or the cells are not 1 to 8192.
        """
        west, south, east, north = bounds
        longest = max(east - west, north - south)
        if not (math.isfinite(longest) and longest > 0):
            raise BadSetting("bounds", f"{bounds} hold no area; give west, south, east, north")
        if not 1 <= cells <= 8192:
            raise BadSetting("cells", f"{cells}; give 1 to 8192")
        # A hair wider, so that the point furthest east or north still has a cell.
        cell_m = longest * (1 + 1e-9) / cells
        rows, cols = ((span / cell_m) for span in (north - south, east - west))
        return cls(west, south, cell_m, max(1, math.ceil(rows)), max(1, math.ceil(cols)))

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.cols

    @property
    def cell_km2(self) -> float:
        return self.cell_m**2 / 1e6

    def centres(self) -> tuple[Floats, Floats]:
        """East of each column (cols,), north of each row (rows,)."""
        east = np.arange(self.cols, dtype=np.float64) + 0.5
        north = np.arange(self.rows, dtype=np.float64) + 0.5
        return self.west + east * self.cell_m, self.south + north * self.cell_m

    def cells_of(self, xy: Floats) -> Ints:
        """(n,) row * cols + col of each point, -1 outside and for NaN."""
        found = np.empty(len(xy), dtype=np.int64)
        for start in range(0, len(xy), _CHUNK):
            part = xy[start : start + _CHUNK]
            col, outside_col = _nth(part[:, 0], self.west, self.cell_m, self.cols)
            row, outside_row = _nth(part[:, 1], self.south, self.cell_m, self.rows)
            row *= self.cols
            row += col
            for outside in (outside_col, outside_row):
                if outside is not None:
                    row[outside] = -1
            found[start : start + len(row)] = row
        return found


def zone_of(lon: float, lat: float) -> CRS:
    """The UTM zone of a place: metres, true to 1 in 1,000 within some 250 km of its middle.

    Raises BadSetting where UTM does not reach (beyond 84° north, 80° south).
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise BadSetting("place", f"lon {lon}, lat {lat}; UTM reaches from 80° south to 84° north")
    number = min(60, int((lon + 180) // 6) + 1)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + number)


def project(lonlat: Floats, zone: CRS) -> Floats:
    """(n, 2) longitude, latitude to east, north in metres; NaN stays NaN."""
    return _moved(lonlat, Transformer.from_crs(4326, zone, always_xy=True))


def unproject(xy: Floats, zone: CRS) -> Floats:
    """(n, 2) east, north in metres to longitude, latitude; NaN stays NaN."""
    return _moved(xy, Transformer.from_crs(zone, 4326, always_xy=True))


def project_shape(area: BaseGeometry, zone: CRS) -> BaseGeometry:
    """A shape in degrees as one in metres."""
    return cast(BaseGeometry, shapely.transform(area, lambda spots: project(spots, zone)))


def unproject_shape(area: BaseGeometry, zone: CRS) -> BaseGeometry:
    """A shape in metres as one in degrees."""
    return cast(BaseGeometry, shapely.transform(area, lambda spots: unproject(spots, zone)))


def bin_points(grid: Grid, xy: Floats, w: Floats | None = None) -> Floats:
    """(rows, cols) how much lies in each cell; NaN and what lies outside is left out.

    xy   (n, 2) metres in the grid's zone
    w    (n,) the share of each, else 1
    """
    cells = grid.cells_of(xy)
    if cells.min(initial=0) < 0:
        inside = cells >= 0
        cells, w = cells[inside], None if w is None else w[inside]
    sums = np.bincount(cells, weights=w, minlength=grid.rows * grid.cols)
    return sums.astype(np.float64).reshape(grid.shape)


def bin_places(place: NDArray[np.integer], places: int, w: Floats | None = None) -> Floats:
    """(places,) how much lies in each village by its number; -1 (elsewhere) is left out."""
    sums = np.bincount(place + 1, weights=w, minlength=places + 1)
    return sums[1:].astype(np.float64)


def bin_steps(
    place: NDArray[np.integer],
    step: NDArray[np.integer],
    shape: tuple[int, int],
    w: Floats | None = None,
) -> Floats:
    """(places, steps) how much lies in each village in each week; -1 of either is left out.

    shape   how many places, how many steps
    """
    places, steps = shape
    known = (place >= 0) & (step >= 0)
    number = place.astype(np.int64) * steps + step
    sums = np.bincount(
        number[known], weights=None if w is None else w[known], minlength=places * steps
    )
    return sums.astype(np.float64).reshape(places, steps)


def inside_share(grid: Grid, area: BaseGeometry) -> Floats:
    """(rows, cols) the share of each cell that lies in the area, 0 to 1.

    Exact from west to east along eight lines a row; holes are left out.
    """
    lines = grid.rows * _LINES
    north = (np.arange(lines) + 0.5) / _LINES
    line, east = _crossings(grid, area, north)
    order = np.lexsort((east, line))
    line, east = line[order], np.clip(east[order], 0, grid.cols)
    # Along a line the area is entered and left in turn: every second crossing leaves it.
    first = np.searchsorted(line, line)
    sign = np.where((np.arange(len(line)) - first) % 2 == 0, -1.0, 1.0)
    return _filled(grid, line // _LINES, east, sign) / _LINES


def _nth(
    values: Floats, first: float, cell_m: float, cells: int
) -> tuple[Floats, NDArray[np.bool_] | None]:
    """The number of each value's cell along one axis, and which have none (None: all have)."""
    nth = values - first
    nth *= 1 / cell_m
    np.floor(nth, out=nth)
    # NaN makes either comparison fail.
    if nth.min(initial=0) >= 0 and nth.max(initial=0) < cells:
        return nth, None
    return nth, ~((nth >= 0) & (nth < cells))


def _filled(grid: Grid, row: Ints, east: Floats, sign: Floats) -> Floats:
    """Adds up the stretches west of each crossing, cell by cell, with their signs."""
    width = grid.cols + 2
    col = np.floor(east).astype(np.int64)
    part = east - col
    # As differences between a cell and the one west of it, summed up afterwards.
    turns = np.bincount(row * width + col, weights=sign * (part - 1), minlength=grid.rows * width)
    turns += np.bincount(row * width + col + 1, weights=-sign * part, minlength=grid.rows * width)
    shares = turns.reshape(grid.rows, width).cumsum(axis=1)[:, : grid.cols]
    return cast(Floats, np.clip(shares, 0, _LINES))


def _crossings(grid: Grid, area: BaseGeometry, north: Floats) -> tuple[Ints, Floats]:
    """Which lines the edges of an area cross, and where, in cells from the west."""
    starts, ends = _edges(area)
    starts, ends = ((spots - (grid.west, grid.south)) / grid.cell_m for spots in (starts, ends))
    low, high = np.minimum(starts[:, 1], ends[:, 1]), np.maximum(starts[:, 1], ends[:, 1])
    # From and including the lower end to below the upper: a corner on a line counts once.
    first, last = np.searchsorted(north, low), np.searchsorted(north, high)
    count = last - first
    edge = np.repeat(np.arange(len(count)), count)
    line = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count) + first[edge]
    (x0, y0), (x1, y1) = starts[edge].T, ends[edge].T
    return line, x0 + (north[line] - y0) / (y1 - y0) * (x1 - x0)


def _edges(area: BaseGeometry) -> tuple[Floats, Floats]:
    """Both ends of every edge of every ring."""
    rings = shapely.get_rings(shapely.get_parts(area))
    spots, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return spots[:-1][same], spots[1:][same]


def _moved(pairs: Floats, way: Transformer) -> Floats:
    first, second = way.transform(pairs[:, 0], pairs[:, 1])
    moved = np.column_stack((first, second))
    moved[~np.isfinite(moved)] = np.nan
    return moved
