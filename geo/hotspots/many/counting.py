"""One chunk of incidents into the tables of whole numbers."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.grid import Grid
from geo.hotspots.hexagons import hex_of
from geo.hotspots.many.asking import CLASSES
from geo.hotspots.many.chunks import Chunk
from geo.hotspots.many.sums import OFF_CELLS, OFF_HEXAGONS, PINLESS, READ, UNIT, Sums

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_AT_ONCE = 1 << 18  # incidents: what is reckoned on the way stays at a few megabytes
_TO_SIGMA = math.sqrt(2 * math.log(10))  # as in geo.hotspots.density
_WIDEST_M = 100_000.0  # of a doubt: wider ones say no more, and their squares would not fit


def count(chunk: Chunk, into: Sums) -> None:
    """Add the chunk to the sums. Raises BadChunk before anything of it is counted."""
    chunk.check(into.ask.villages, into.ask.kinds)
    for first in range(0, len(chunk), _AT_ONCE):
        _count(_part(chunk, first, first + _AT_ONCE), into)


def _count(chunk: Chunk, into: Sums) -> None:
    ask = into.ask
    step = ask.step_of(chunk.day)
    inside = step >= 0
    meant = inside & ask.wants(chunk.category)
    into.seen[READ] += len(chunk)
    into.meant[:] += np.bincount(
        np.where(chunk.category < 0, ask.kinds, chunk.category)[meant], minlength=ask.kinds + 1
    )
    known = meant & (chunk.category >= 0)
    row = np.where(known, step.astype(np.int64) * ask.kinds + chunk.category, -1)
    _villages(chunk, row, into)
    if ask.bounds is not None:
        fine = known & ask.wants(chunk.category, finely=True)
        _finely(chunk, row, fine, into)


def _villages(chunk: Chunk, row: Ints, into: Sums) -> None:
    """Shares by village; row: place of each incident's step and kind, -1: not counted."""
    rows = np.repeat(row, np.diff(chunk.start))
    used = (rows >= 0) & (chunk.village >= 0)
    size = into.ask.steps * into.ask.kinds
    flat = chunk.village[used].astype(np.int64) * size + rows[used]
    units = np.rint(chunk.share[used].astype(np.float64) * UNIT).astype(np.int64)
    np.add.at(into.village.reshape(-1), flat, units)


def _finely(chunk: Chunk, row: Ints, fine: NDArray[np.bool_], into: Sums) -> None:
    pinned = fine & np.isfinite(chunk.xy).all(axis=1)
    into.seen[PINLESS] += np.count_nonzero(fine) - np.count_nonzero(pinned)
    xy, row = chunk.xy[pinned], row[pinned]
    if into.ask.hex_m is not None:
        _hexagons(xy, row, into)
    if (grid := into.ask.grid) is not None:
        _cells(grid, xy, chunk.spread_m[pinned], into)


def _hexagons(xy: Floats, row: Ints, into: Sums) -> None:
    ids = into.ask.hex_ids
    found = hex_of(_near(xy, into), into.ask.hex_m or 0)
    place = np.searchsorted(ids, found).clip(max=len(ids) - 1)
    there = ids[place] == found
    into.seen[OFF_HEXAGONS] += len(xy) - np.count_nonzero(there)
    flat = place[there] * (into.ask.steps * into.ask.kinds) + row[there]
    np.add.at(into.hexagon.reshape(-1), flat, 1)


def _near(xy: Floats, into: Sums) -> Floats:
    """NaN for what is too far off for a hexagon of the map, or for a number at all."""
    west, south, east, north = into.ask.bounds or (0, 0, 0, 0)
    reach = 2 * (into.ask.hex_m or 0)
    x, y = xy[:, 0], xy[:, 1]
    near = (x >= west - reach) & (x <= east + reach) & (y >= south - reach) & (y <= north + reach)
    return np.where(near[:, np.newaxis], xy, np.nan)


def _cells(grid: Grid, xy: Floats, spread_m: NDArray[np.float32], into: Sums) -> None:
    cell = grid.cells_of(xy)
    there = cell >= 0
    into.seen[OFF_CELLS] += len(xy) - np.count_nonzero(there)
    spread = np.minimum(spread_m[there].astype(np.float64), _WIDEST_M)
    kind = _class_of(grid, spread)
    np.add.at(into.cell.reshape(-1), kind * (grid.rows * grid.cols) + cell[there], 1)
    np.add.at(into.doubt, kind, np.rint(spread * spread).astype(np.int64))


def _class_of(grid: Grid, spread_m: Floats) -> Ints:
    """Class of doubt, as geo.hotspots.density has them: each begins at twice the one before."""
    least = grid.cell_m / 2 * _TO_SIGMA
    # frexp is exact where a logarithm may fall to either side of a class's edge.
    exponent = np.frexp(spread_m / least)[1].astype(np.int64)
    return exponent.clip(0, CLASSES - 1)


def _part(chunk: Chunk, first: int, end: int) -> Chunk:
    """Some of its incidents, without a copy of them."""
    if first == 0 and end >= len(chunk):
        return chunk
    start = chunk.start[first : end + 1]
    rows = slice(int(start[0]), int(start[-1]))
    own = slice(first, end)
    return Chunk(
        chunk.day[own],
        chunk.category[own],
        chunk.xy[own],
        chunk.spread_m[own],
        start - start[0],
        chunk.village[rows],
        chunk.share[rows],
    )
