"""Very many points to villages at once: the cells of the locator's grid as plain numbers.

A point is looked up in its cell. Points in cells that a border crosses are tested exactly against
the villages of their cell, in the order of codes, as geo.locator does one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

CHUNK = 1 << 18  # points at a time, some 20 MB; fewer would test each village's few points apart

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class CellTable:
    """The answer of each cell, and what is to be tested where there is none.

    west, south        corner of the first cell
    per_lon, per_lat   cells a degree
    side               cells a side; the outermost lie off every village
    cells              (side * side,) 0 none, 1 + n the n-th village, above these the n-th set
    areas              (n,) prepared shapes, in the order of codes
    starts, members    the villages of each set, in that order
    """

    west: float
    south: float
    per_lon: float
    per_lat: float
    side: int
    cells: NDArray[Any]  # unsigned, 2 or 4 bytes
    areas: NDArray[np.object_]
    starts: Numbers
    members: Numbers

    @classmethod
    def of(
        cls,
        corner: tuple[float, float],
        per_degree: tuple[float, float],
        cells: NDArray[Any],
        areas: NDArray[np.object_],
        sets: Sequence[tuple[int, ...]],
    ) -> CellTable:
        """The table over a square of cells, row by row from its south-west corner."""
        sizes = np.array([len(one) for one in sets], dtype=np.intp)
        members = [which for one in sets for which in one]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
        side = int(np.sqrt(len(cells)))
        return cls(
            *corner, *per_degree, side, cells, areas, starts, np.array(members, dtype=np.intp)
        )

    def villages_at(self, lons: ArrayLike, lats: ArrayLike) -> Numbers:
        """Number of the village that covers each point (n,); -1 for none, NaN and infinity.

        lons, lats   (n,) degrees; masked values count as NaN
        On a shared border the lowest code. Needs 8 bytes a point, and 20 MB.
        Raises ValueError where the two are not of one length.
        """
        lon, lat = _degrees(lons), _degrees(lats)
        if lon.shape != lat.shape or lon.ndim != 1:
            raise ValueError(f"lons {lon.shape}, lats {lat.shape}: give two lists of one length")
        found = np.empty(len(lon), dtype=np.intp)
        for start in range(0, len(lon), CHUNK):
            chunk = slice(start, start + CHUNK)
            found[chunk] = self._chunk(lon[chunk], lat[chunk])
        return found

    def _chunk(self, lon: Floats, lat: Floats) -> Numbers:
        codes = self.cells.take(self._cells_of(lon, lat)).astype(np.intp)
        answers: Numbers = codes - 1
        crossed = np.flatnonzero(codes > len(self.areas))
        if len(crossed):
            sets = codes[crossed] - len(self.areas) - 1
            answers[crossed] = self._tested(sets, lon[crossed], lat[crossed])
        return answers

    def _cells_of(self, lon: Floats, lat: Floats) -> Numbers:
        """Cell of each point; the first, which is empty, for those beyond the grid."""
        with np.errstate(over="ignore", invalid="ignore"):
            column = (lon - self.west) * self.per_lon
            row = (lat - self.south) * self.per_lat
            inside = (column >= 0) & (column < self.side) & (row >= 0) & (row < self.side)
        column[~inside] = 0.0
        row[~inside] = 0.0
        return row.astype(np.intp) * self.side + column.astype(np.intp)

    def _tested(self, sets: Numbers, lon: Floats, lat: Floats) -> Numbers:
        """For points in crossed cells: the first village of their set that covers them, else -1."""
        found = np.full(len(sets), -1, dtype=np.intp)
        at, end = self.starts[sets], self.starts[sets + 1]
        left = np.arange(len(sets))
        while len(left):
            which = self.members[at[left]]
            # One shape after the other: its index stays in the processor's cache.
            order = np.argsort(which, kind="stable")
            left, which = left[order], which[order]
            covers = shapely.intersects_xy(self.areas[which], lon[left], lat[left])
            found[left[covers]] = which[covers]
            left = left[~covers]
            at[left] += 1
            left = left[at[left] < end[left]]
        return found


def _degrees(values: ArrayLike) -> Floats:
    if isinstance(values, np.ma.MaskedArray):
        return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    return np.asarray(values, dtype=np.float64)
