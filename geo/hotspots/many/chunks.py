"""Some incidents as columns of numbers, and where chunks of them come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import HotspotError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class BadChunk(HotspotError):
    """A chunk of incidents does not hold what it should."""


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """n incidents; the columns are those of dispatch.facts, and no others: no names, no words.

    Incident i is shared among villages by the rows start[i] to start[i + 1] of village and share.
    """

    day: NDArray[np.int32]  # local days since 1970-01-01
    category: NDArray[np.int16]  # which kind; -1: unknown
    xy: Floats  # (n, 2) metres in one zone; NaN: nobody knows
    spread_m: NDArray[np.float32]  # radius that holds the truth with 90 %; 0: known
    start: Ints  # (n + 1)
    village: NDArray[np.int16]  # (m) which village; -1: elsewhere
    share: NDArray[np.float32]  # (m) 0 to 1

    def __len__(self) -> int:
        return len(self.day)

    def check(self, villages: int, kinds: int) -> None:
        """Raises BadChunk, naming the column, where counting it would go wrong."""
        n, m = len(self.day), len(self.village)
        for name, shape in {
            "category": (n,),
            "xy": (n, 2),
            "spread_m": (n,),
            "start": (n + 1,),
            "share": (m,),
        }.items():
            if (have := getattr(self, name).shape) != shape:
                raise BadChunk(f"{name}: shape {have}; {shape} was to be expected")
        if self.start[0] != 0 or self.start[-1] != m or (n and np.diff(self.start).min() < 0):
            raise BadChunk(f"start: must rise from 0 to {m}, the length of village")
        _within("category", self.category, -1, kinds - 1)
        _within("village", self.village, -1, villages - 1)
        _within("share", self.share, 0, 1)
        _within("spread_m", self.spread_m, 0, np.inf)


class Source(Protocol):
    """Chunks by number. Workers get a copy of it by pickle: it should be small, and hold no secret.

    Reading the same number again must give the same incidents: a chunk whose worker died is read
    anew, and all of it counts as that chunk.
    """

    def __len__(self) -> int:
        """How many chunks there are."""
        ...

    def read(self, number: int) -> Chunk:
        """The chunk of that number, 0 to len - 1."""
        ...


def _within(name: str, values: NDArray[np.generic], low: float, high: float) -> None:
    if not len(values):
        return
    least, most = values.min(), values.max()
    # Written so that NaN fails, too.
    if not (least >= low and most <= high):
        raise BadChunk(f"{name}: from {least} to {most}; {low} to {high} was to be expected")
