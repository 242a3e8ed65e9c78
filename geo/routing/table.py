"""The roads of a network as arrays: what the router needs of them, without a database."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.routing.ferries import FerryLine

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
BIG = 0  # number of the largest component


def _none() -> Ints:
    return np.empty(0, dtype=np.int32)


def _no_bans() -> Ints:
    return np.empty((0, 3), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class RoadTable:
    """n roads between two junctions each, in the direction in which they were drawn.

    start, finish  (n,) numbers of junctions, 0 and up; which ones does not matter
    kind           (n,) numbers into `kinds`
    kinds          names of the classes, OSM's words: "primary"
    names          n names; "" for none
    oneway         (n,) from start to finish only
    length_m       (n,) on the ellipsoid
    speed_kmh      (n,) signed; NaN unknown
    component      (n,) 0: the largest part that is strongly connected
    coords         (m, 2) lon, lat of all courses, one after the other
    offsets        (n + 1,) where each begins in coords
    road_ids       (n,) of table road
    bans           (k, 3) from road, over junction, into road: roads by their place in the arrays
    signals        numbers of junctions with traffic lights
    """

    key: str  # of the network
    drives_on: str  # left, right
    start: Ints
    finish: Ints
    kind: Ints
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    oneway: NDArray[np.bool_]
    length_m: Floats
    speed_kmh: Floats
    component: Ints
    coords: Floats
    offsets: NDArray[np.int64]
    road_ids: NDArray[np.int64]
    bans: Ints = field(default_factory=_no_bans)
    signals: Ints = field(default_factory=_none)
    ferries: tuple[FerryLine, ...] = ()  # both directions, each a line of its own

    @property
    def count(self) -> int:
        """Number of roads."""
        return len(self.start)

    def course(self, road: int) -> Floats:
        """(k, 2) lon, lat of one road."""
        course: Floats = self.coords[self.offsets[road] : self.offsets[road + 1]]
        return course
