"""Neighbours among square cells: all within a circle, summed without a matrix.

A circle is a stack of runs of cells, and a run is a difference of two running sums: a million
cells cost milliseconds, where a matrix of their neighbours would not fit in memory.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Raster:
    """Cells within `reach` of each other, from middle to middle; places row by row.

    inside   (rows, cols) which cells are places at all
    reach    in cells: 1 the four beside, 1.5 the eight around
    """

    inside: Flags
    reach: float

    @property
    def n(self) -> int:
        return int(np.count_nonzero(self.inside))

    @property
    def kind(self) -> str:
        return f"cells within {self.reach:g}"

    @property
    def sums(self) -> Floats:
        return self.lag(np.ones(self.n))

    @property
    def squares(self) -> Floats:
        return self.sums

    @property
    def islands(self) -> Flags:
        """(n,) who has no neighbour."""
        return np.asarray(self.sums == 0)

    def lag(self, values: Floats) -> Floats:
        """(n,) or (n, steps): the sum over the neighbours of each cell."""
        if values.ndim == 1:
            return self._one(values)
        return np.column_stack([self._one(column) for column in values.T])

    def only(self, keep: Flags) -> Raster:
        inside = self.inside.copy()
        inside[self.inside] = keep
        return Raster(inside, self.reach)

    def sparse(self) -> csr_array:
        """(n, n): needs memory for every pair."""
        rows, cols = self.inside.shape
        place = np.full((rows, cols), -1, dtype=np.int64)
        place[self.inside] = np.arange(self.n)
        ones, others = [], []
        for down, along in self._steps():
            here = place[_cut(down, rows), :][:, _cut(along, cols)]
            there = place[_cut(-down, rows), :][:, _cut(-along, cols)]
            both = (here >= 0) & (there >= 0)
            ones.append(here[both])
            others.append(there[both])
        one, other = np.concatenate(ones), np.concatenate(others)
        matrix = csr_array(coo_array((np.ones(len(one)), (one, other)), shape=(self.n, self.n)))
        matrix.sort_indices()
        return matrix

    def _one(self, values: Floats) -> Floats:
        rows, cols = self.inside.shape
        cells = np.zeros((rows, cols))
        cells[self.inside] = values
        far = math.floor(self.reach)
        running = np.zeros((rows, cols + 2 * far + 1))
        np.cumsum(cells, axis=1, out=running[:, far + 1 : far + 1 + cols])
        running[:, far + 1 + cols :] = running[:, far + cols, np.newaxis]
        sums = -cells  # the circle's middle is no neighbour
        for down in range(min(far, rows - 1) + 1):
            half = self._half(down)
            run = running[:, far + half + 1 :][:, :cols] - running[:, far - half :][:, :cols]
            sums[: rows - down] += run[down:]
            if down:
                sums[down:] += run[: rows - down]
        found: Floats = sums[self.inside]
        return found

    def _half(self, down: int) -> int:
        """How far the circle reaches to either side, so many rows from its middle."""
        return math.floor(math.sqrt(self.reach**2 - down**2))

    def _steps(self) -> list[tuple[int, int]]:
        rows, cols = self.inside.shape
        far = math.floor(self.reach)
        return [
            (down, along)
            for down in range(-far, far + 1)
            for along in range(-self._half(abs(down)), self._half(abs(down)) + 1)
            if (down or along) and abs(down) < rows and abs(along) < cols
        ]


def raster(rows: int, cols: int, reach: float = 1.5, inside: Flags | None = None) -> Raster:
    """All cells, or those inside, with the ones within reach (in cells) of each."""
    if not (math.isfinite(reach) and 1 <= reach <= 1024):
        raise BadSetting("reach", f"{reach}; give 1 to 1024 cells")
    if inside is None:
        return Raster(np.ones((rows, cols), dtype=np.bool_), reach)
    if inside.shape != (rows, cols):
        raise BadSetting("inside", f"{inside.shape}; give {(rows, cols)}")
    return Raster(np.asarray(inside, dtype=np.bool_), reach)


def _cut(step: int, length: int) -> slice:
    """The cells from which one can go so many steps and stay on the raster."""
    return slice(max(0, -step), length - max(0, step))
