"""Hexagons that cover the whole zone: each has one number for ever, whatever is looked at.

They stand on a point. Their width is from side to side, so neighbours lie that far apart. The
nearest middle of two shifted square lattices is the hexagon's (Carr, Olsen, White 1992).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bounds = tuple[float, float, float, float]

_CHUNK = 1 << 15  # points at a time, as in geo.hotspots.grid
_BITS = 26
_SPAN = 1 << _BITS  # columns to a row: numbers stay below 2^53, whole in JavaScript, too
_HALF = _SPAN // 2
_MOST = 200_000  # hexagons that a map can draw at all
_RISE = math.sqrt(3) / 2  # from one row to the next, in widths


@dataclass(frozen=True, slots=True)
class Hexes:
    """ids (n,), centres (n, 2) metres, rings (n,) shapely polygons in metres."""

    ids: Ints
    centres: Floats
    rings: NDArray[np.object_]


def hex_of(xy: Floats, width_m: float) -> Ints:
    """(n,) the number of the hexagon around each point, -1 for what is nowhere (NaN).

    The same point has the same number at any time, as long as zone and width are the same.
    """
    _check(width_m)
    found = np.empty(len(xy), dtype=np.int64)
    for start in range(0, len(xy), _CHUNK):
        with np.errstate(invalid="ignore"):  # infinity less infinity
            row, col = _row_col(xy[start : start + _CHUNK] / width_m)
        number = (row + _HALF) * _SPAN + (col + _HALF)  # exact: below 2^53
        number[~np.isfinite(number)] = -1
        found[start : start + len(number)] = number
    return found


def centres_of(ids: Ints, width_m: float) -> Floats:
    """(n, 2) the middle of each hexagon, metres."""
    row, col = (ids >> _BITS) - _HALF, (ids & (_SPAN - 1)) - _HALF
    return np.column_stack(((col + (row % 2) / 2) * width_m, row * _RISE * width_m))


def shapes_of(ids: Ints, width_m: float) -> Hexes:
    """The hexagons of these numbers, in their order."""
    centres = centres_of(ids, width_m)
    turn = np.radians(np.arange(30, 391, 60))
    corners = np.column_stack((np.cos(turn), np.sin(turn))) * (width_m / math.sqrt(3))
    corners[-1] = corners[0]
    return Hexes(ids, centres, shapely.polygons(centres[:, np.newaxis] + corners))


def hexagons(bounds: Bounds, width_m: float) -> Hexes:
    """All hexagons that touch (west, south, east, north), from the south-west on.

    Raises BadSetting where there would be more than 200,000, or the bounds hold no area.
    """
    _check(width_m)
    west, south, east, north = bounds
    if not (west < east and south < north and all(map(math.isfinite, bounds))):
        raise BadSetting("bounds", f"{bounds} hold no area; give west, south, east, north")
    reach = width_m / math.sqrt(3)  # from the middle to a corner
    if (east - west + 2 * reach) * (north - south + 2 * reach) > _MOST * width_m**2:
        raise BadSetting("width_m", f"{width_m:g} makes too many hexagons; give a greater one")
    rise = _RISE * width_m
    rows = np.arange(math.floor((south - reach) / rise), math.ceil((north + reach) / rise) + 1)
    cols = np.arange(math.floor((west - reach) / width_m), math.ceil((east + reach) / width_m) + 1)
    ids = ((rows[:, np.newaxis] + _HALF) * _SPAN + cols + _HALF).ravel()
    made = shapes_of(ids, width_m)
    near = shapely.intersects(made.rings, shapely.box(*bounds))
    return Hexes(made.ids[near], made.centres[near], made.rings[near])


def bin_hexes(xy: Floats, width_m: float, w: Floats | None = None) -> tuple[Ints, Floats]:
    """The numbers of the hexagons that hold anything, rising, and how much; NaN is left out.

    w   (n,) the share of each, else 1
    """
    found = hex_of(xy, width_m)
    return sum_by_id(found, w)


def sum_by_id(ids: Ints, w: Floats | None = None) -> tuple[Ints, Floats]:
    """Each number once, rising, with the sum of its shares; -1 is left out."""
    rows, cols = ids >> _BITS, ids & (_SPAN - 1)
    known = ids >= 0
    if not known.all():
        rows, cols, w = rows[known], cols[known], None if w is None else w[known]
    if not len(rows):
        return np.empty(0, dtype=np.int64), np.empty(0)
    south, west = rows.min(), cols.min()
    width = int(cols.max() - west) + 1
    place = (rows - south) * width + (cols - west)
    if int(place.max()) > 4 * len(place) + (1 << 20):  # far apart: a table would be mostly empty
        kept, place = np.unique(place, return_inverse=True)
        sums = np.bincount(place, weights=w)
    else:
        held = np.bincount(place)
        kept = np.flatnonzero(held)
        sums = (held if w is None else np.bincount(place, weights=w))[kept]
    return (kept // width + south) * _SPAN + kept % width + west, sums.astype(np.float64)


def _row_col(spots: Floats) -> tuple[Floats, Floats]:
    """Row and column of the nearest middle, in widths; a tie goes to the even row."""
    x, y = spots[:, 0], spots[:, 1] / (2 * _RISE)
    even_col, even_row = np.rint(x), np.rint(y)
    odd_col, odd_row = np.floor(x), np.floor(y)
    # Squared distances; a row of the shifted lattice is 2 * _RISE = sqrt(3) widths high.
    to_even = (x - even_col) ** 2 + 3 * (y - even_row) ** 2
    to_odd = (x - odd_col - 0.5) ** 2 + 3 * (y - odd_row - 0.5) ** 2
    odd = to_odd < to_even
    return np.where(odd, 2 * odd_row + 1, 2 * even_row), np.where(odd, odd_col, even_col)


def _check(width_m: float) -> None:
    if not (math.isfinite(width_m) and 1 <= width_m <= 1e6):
        raise BadSetting("width_m", f"{width_m}; give 1 to 1,000,000 metres")
