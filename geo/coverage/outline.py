"""Sets of plots as shapes: their edges walked round once, corners cut, compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import label

from geo.coverage.demand import Floats, Ints

# Of a plot: corners nearer than this to the line are left out. Two edges lie at least 0.707 apart
# (their corners are cut), so that lines this near to them never cross.
_SLACK = 0.35
_SIDES = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])  # what shares one is together
_HOLE = 4.0  # plots: what is smaller inside is filled


def _edge(filled: NDArray[Any], x: int, y: int, heading: int) -> bool:
    """Whether an edge of the set leaves that corner to the east, north, west or south (0 to 3).

    The set is on its left; nothing of it lies on the window's rim.
    """
    if heading == 0:
        return bool(filled[y, x] and not filled[y - 1, x])
    if heading == 1:
        return bool(filled[y, x - 1] and not filled[y, x])
    if heading == 2:
        return bool(filled[y - 1, x - 1] and not filled[y, x - 1])
    return bool(filled[y - 1, x] and not filled[y - 1, x - 1])


edge: Callable[..., bool] = numba.njit(cache=True, nogil=True)(_edge)


def _walk(
    filled: NDArray[Any], begin_x: int, begin_y: int, seen: NDArray[Any], corners: NDArray[Any]
) -> tuple[int, float]:
    """Round one edge of the set, from a corner eastwards. Returns how many corners, and its area.

    Plots that touch at a corner only stay apart; an inner edge has a negative area.
    """
    x, y, heading, came = begin_x, begin_y, 0, -1
    count, area = 0, 0.0
    while True:
        if heading == 0:
            seen[y, x] = True
        to_x = x + (heading == 0) - (heading == 2)
        to_y = y + (heading == 1) - (heading == 3)
        area += x * to_y - to_x * y
        after = (heading + 1) % 4  # left first, then straight on, then right
        while not edge(filled, to_x, to_y, after):
            after = (after + 3) % 4
        # Where the edge bends, its middle is a corner of the shape; the bend itself is cut off.
        if came != heading or after != heading:
            corners[count, 0], corners[count, 1] = (x + to_x) / 2, (y + to_y) / 2
            count += 1
        came = heading
        x, y, heading = to_x, to_y, after
        if x == begin_x and y == begin_y and heading == 0:
            return count, area / 2


walk: Callable[..., tuple[int, float]] = numba.njit(cache=True, nogil=True)(_walk)


def _trace(
    filled: NDArray[Any],
    labels: NDArray[Any],
    corners: NDArray[Any],
    counts: NDArray[Any],
    areas: NDArray[Any],
    parts: NDArray[Any],
) -> int:
    """All edges of a set, one after the other. Returns how many."""
    rings, used = 0, 0
    seen = np.zeros(filled.shape, dtype=np.bool_)
    for y in range(1, filled.shape[0]):
        for x in range(1, filled.shape[1]):
            if filled[y, x] and not filled[y - 1, x] and not seen[y, x]:
                count, area = walk(filled, x, y, seen, corners[used:])
                counts[rings], areas[rings], parts[rings] = count, area, labels[y, x]
                rings += 1
                used += count
    return rings


trace: Callable[..., int] = numba.njit(cache=True, nogil=True)(_trace)


def outlines(sets: Sequence[Ints], columns: int) -> NDArray[np.object_]:
    """One shape for each set of plots, in plots from the first one's corner; empty for none.

    sets  numbers of plots: row * columns + column
    Plots that share a side lie in one polygon; their corners are cut and small holes filled.
    """
    rings = [_rings(some, columns) for some in sets]
    whose = np.repeat(np.arange(len(sets)), [len(counts) for _, counts, _ in rings])
    shapes = np.full(len(sets), shapely.MultiPolygon(), dtype=object)
    if not len(whose):
        return shapes
    counts = np.concatenate([counts for _, counts, _ in rings])
    corners = np.concatenate([corners for corners, _, _ in rings])
    firsts = np.concatenate([first for _, _, first in rings])
    lines = shapely.linearrings(corners, indices=np.repeat(np.arange(len(counts)), counts))
    # Ring by ring: keeping the topology of whole shapes costs thirty times as much.
    thin = shapely.simplify(lines, _SLACK, preserve_topology=False)
    drawn = np.unique(whose)
    shapes[drawn] = _put_together(thin, firsts, whose)
    crossed = np.flatnonzero(~shapely.is_valid(shapes))
    if len(crossed):  # not met so far: as it was walked it is valid in any case
        own = np.isin(whose, crossed)
        again = np.searchsorted(crossed, whose[own])
        shapes[crossed] = _put_together(lines[own], firsts[own], again)
    return shapes


def _put_together(
    lines: NDArray[np.object_], firsts: NDArray[np.bool_], whose: NDArray[np.intp]
) -> NDArray[np.object_]:
    """Rings to shapes. Those of one polygon follow one another, the outer one first."""
    polygons = shapely.polygons(lines, indices=np.cumsum(firsts) - 1)
    _, shape = np.unique(whose[firsts], return_inverse=True)
    found: NDArray[np.object_] = shapely.multipolygons(polygons, indices=shape)
    return found


def _rings(some: Ints, columns: int) -> tuple[Floats, Ints, NDArray[np.bool_]]:
    """Corners, how many of each ring, and which rings are the first of a polygon."""
    if not len(some):
        return np.empty((0, 2)), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)
    row, column = np.divmod(some, columns)
    south, west = int(row.min()) - 1, int(column.min()) - 1
    filled = np.zeros((int(row.max()) - south + 2, int(column.max()) - west + 2), dtype=bool)
    filled[row - south, column - west] = True
    labels, _ = label(filled, _SIDES)
    most = 4 * len(some)
    corners, counts = np.empty((most, 2)), np.empty(most, dtype=np.int64)
    areas, parts = np.empty(most), np.empty(most, dtype=np.int64)
    found = trace(filled, labels, corners, counts, areas, parts)
    counts, areas, parts = counts[:found], areas[:found], parts[:found]
    keep = (areas > 0) | (areas <= -_HOLE)
    order = np.lexsort((areas < 0, parts))
    order = order[keep[order]]
    begin, sizes = (np.cumsum(counts) - counts)[order], counts[order]
    rows = np.repeat(begin - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    return corners[rows] + (west, south), sizes, areas[order] > 0
