"""What is counted of many incidents, said once and sent to all who count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting
from geo.hotspots.grid import Bounds, Grid
from geo.hotspots.hexagons import hexagons

Ints = NDArray[np.int64]

CLASSES = 12  # of doubt, each twice as wide as the one before
MOST_BYTES = 400 << 20  # of all tables: a worker holds them once, and a chunk beside them


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Which tables are made. Raises BadSetting, naming what would be right.

    edges     first day of each step, and the day after the last: rising days since 1970-01-01
    villages  how many there are; a chunk names them 0, 1 ... and -1 for elsewhere
    kinds     how many kinds there are; a chunk names them 0, 1 ... and -1 for unknown
    only      kinds that are meant; None: all
    finely    kinds that may be counted by hexagon and by cell; None: all that are meant
    bounds    west, south, east, north in metres of one zone: what hexagons and cells lie over
    hex_m     width of the hexagons; None: not counted by hexagon
    cells     cells along the longer side of the bounds, for density; None: no cells
    """

    edges: tuple[int, ...]
    villages: int
    kinds: int
    only: tuple[int, ...] | None = None
    finely: tuple[int, ...] | None = None
    bounds: Bounds | None = None
    hex_m: float | None = None
    cells: int | None = None

    def __post_init__(self) -> None:
        if len(self.edges) < 2 or any(np.diff(self.edges) <= 0):
            raise BadSetting("edges", f"{self.edges[:3]}; give two or more days, each later")
        for name, most in (("villages", 1 << 15), ("kinds", 1 << 15)):
            if not 1 <= getattr(self, name) <= most:
                raise BadSetting(name, f"{getattr(self, name)}; give 1 to {most}")
        for name in ("only", "finely"):
            chosen = getattr(self, name) or ()
            if any(not 0 <= kind < self.kinds for kind in chosen):
                raise BadSetting(name, f"{chosen}; give kinds from 0 to {self.kinds - 1}")
        if self.bounds is None and not (self.hex_m is None and self.cells is None):
            raise BadSetting("bounds", "hexagons and cells need west, south, east, north in metres")
        if self.nbytes > MOST_BYTES:
            raise BadSetting(
                "tables",
                f"{self.nbytes >> 20} MB; at most {MOST_BYTES >> 20}: take wider hexagons,"
                " fewer steps or fewer kinds",
            )

    @property
    def steps(self) -> int:
        return len(self.edges) - 1

    @property
    def hex_ids(self) -> Ints:
        """(hexagons,) their numbers, rising; none where they are not asked for."""
        if self.bounds is None or self.hex_m is None:
            return np.empty(0, dtype=np.int64)
        return _hex_ids(self.bounds, self.hex_m)

    @property
    def grid(self) -> Grid | None:
        if self.bounds is None or self.cells is None:
            return None
        return Grid.over(self.bounds, self.cells)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of each table of Sums."""
        grid = self.grid
        classes = (CLASSES, *grid.shape) if grid is not None else (0, 0, 0)
        return {
            "seen": (4,),
            "meant": (self.kinds + 1,),
            "village": (self.villages, self.steps, self.kinds),
            "hexagon": (len(self.hex_ids), self.steps, self.kinds),
            "cell": classes,
            "doubt": classes[:1],
        }

    @property
    def nbytes(self) -> int:
        """Memory of all tables."""
        return 8 * sum(int(np.prod(shape)) for shape in self.shapes.values())

    def step_of(self, day: NDArray[np.integer]) -> NDArray[np.int32]:
        """(n) in which step each day lies; -1 outside all."""
        step = np.append(np.repeat(np.arange(self.steps), np.diff(self.edges)), -1)
        # Widened first: the day of a date long ago must not come round to one of now.
        at = day.astype(np.int64) - self.edges[0]
        at[(at < 0) | (at >= len(step) - 1)] = -1
        return step.astype(np.int32)[at]

    def wants(self, kind: NDArray[np.integer], *, finely: bool = False) -> NDArray[np.bool_]:
        """(n) whether cases of that kind are counted at all, or finely. An unknown kind: see only.

        Where certain kinds are meant, a case of an unknown kind is none of them.
        """
        chosen = np.full(self.kinds + 1, self.only is None)
        chosen[list(self.only or ())] = True
        if finely and self.finely is not None:
            allowed = np.zeros(self.kinds + 1, dtype=np.bool_)
            allowed[list(self.finely)] = True
            chosen &= allowed
        return cast(NDArray[np.bool_], chosen[kind])


@lru_cache(maxsize=4)
def _hex_ids(bounds: Bounds, hex_m: float) -> Ints:
    ids = hexagons(bounds, hex_m).ids
    ids.flags.writeable = False
    return ids
