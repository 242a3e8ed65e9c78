"""Incidents drawn by a seed, a chunk at a time: for proofs that need more than there are.

They mean nothing: places crowd about the middles of villages, a tenth of them is in doubt between
two villages, one in forty has no pin, as in the archives that the benches fill.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.grid import Bounds
from geo.hotspots.many.chunks import Chunk

Floats = NDArray[np.float64]
_ABOUT_M = 900.0
_DOUBTFUL, _PINLESS, _UNKNOWN = 0.1, 0.025, 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A Source: the same chunk wherever and however often it is read (with one release of numpy).

    days   first day and the day after the last, since 1970-01-01
    """

    chunks: int
    rows: int
    seed: int = 1
    villages: int = 195
    kinds: int = 20
    days: tuple[int, int] = (19_723, 20_454)
    bounds: Bounds = (0.0, 0.0, 60_000.0, 60_000.0)

    def __len__(self) -> int:
        return self.chunks

    def read(self, number: int) -> Chunk:
        """Drawn by the seed and the number alone."""
        if not 0 <= number < self.chunks:
            raise IndexError(f"chunk {number} of {self.chunks}")
        chance = np.random.default_rng((self.seed, number))
        n = self.rows
        village = (chance.random(n) * chance.random(n) * self.villages).astype(np.int16)
        category = (chance.random(n) ** 2 * self.kinds).astype(np.int16)
        category[chance.random(n, dtype=np.float32) < _UNKNOWN] = -1
        day = chance.integers(*self.days, n, dtype=np.int32)
        xy = self._about(chance, village)
        return Chunk(day, category, xy, *self._shared(chance, village))

    def _about(self, chance: np.random.Generator, village: NDArray[np.int16]) -> Floats:
        xy = chance.standard_normal((len(village), 2))
        xy *= _ABOUT_M
        xy += self._middles()[village]
        xy[chance.random(len(village), dtype=np.float32) < _PINLESS] = np.nan
        return xy

    def _middles(self) -> Floats:
        west, south, east, north = self.bounds
        spread = np.random.default_rng(self.seed).random((self.villages, 2))
        return np.array((west, south)) + spread * (east - west, north - south)

    def _shared(
        self, chance: np.random.Generator, village: NDArray[np.int16]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int16], NDArray[np.float32]]:
        """spread_m, start, village, share: the doubtful go to the next village for a part."""
        n = len(village)
        doubtful = chance.random(n, dtype=np.float32) < _DOUBTFUL
        first = np.where(doubtful, 0.5 + 0.4 * chance.random(n, dtype=np.float32), 1)
        start = np.concatenate(([0], np.cumsum(1 + doubtful, dtype=np.int64)))
        of, share = np.repeat(village, 1 + doubtful), np.empty(start[-1], dtype=np.float32)
        share[start[:-1]] = first
        second = start[:-1][doubtful] + 1
        share[second] = 1 - first[doubtful]
        beside = of[second] + 1
        # Some villages have none beside them: the sea, or another regency.
        of[second] = np.where((beside % 16 > 0) & (beside < self.villages), beside, -1)
        spread_m = np.where(doubtful, 200 + 2000 * chance.random(n, dtype=np.float32), 0)
        return spread_m.astype(np.float32), start, of, share
