"""Where a place meets the roads: the nearest point of the nearest road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from geo.point import EARTH_RADIUS_M, Point
from geo.routing.table import BIG, Floats, Ints, RoadTable

_MEND_M = 50.0  # so much farther a road of the big part may lie than one that is cut off from it


@dataclass(frozen=True, slots=True)
class Join:
    """A point of a road, and how far from it the place lies."""

    road: int
    share: float  # 0 to 1 along the road, in the direction in which it was drawn
    off_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Joiner:
    """Finds the joins of places. Threads may share it."""

    _metres: tuple[float, float]  # in a degree of longitude, of latitude
    _lines: NDArray[np.object_]  # courses, in metres
    _length: Floats
    _component: Ints
    _tree: shapely.STRtree
    _big: shapely.STRtree | None  # of the big part only; None where there is no other
    _big_roads: NDArray[np.intp]
    _most_m: float

    @classmethod
    def of(cls, table: RoadTable, most_m: float) -> Joiner:
        """`most_m`: what lies farther from every road has no join."""
        lat_m = EARTH_RADIUS_M * np.pi / 180
        middle = 0.0 if not table.count else float(table.coords[:, 1].mean())
        metres = (lat_m * float(np.cos(np.radians(middle))), lat_m)
        which = np.repeat(np.arange(table.count), np.diff(table.offsets))
        lines = shapely.linestrings(table.coords * metres, indices=which)
        big = np.flatnonzero(table.component == BIG)
        trees = [shapely.STRtree(lines)]
        if len(big) < table.count:
            trees.append(shapely.STRtree(lines[big]))
        for tree in trees:
            # GEOS builds its indexes at the first question: two threads must not both ask it.
            tree.query(shapely.Point(0, 0))
        return cls(
            metres,
            lines,
            shapely.length(lines),
            table.component,
            trees[0],
            trees[1] if len(trees) > 1 else None,
            big,
            most_m,
        )

    def joins(self, places: Sequence[Point]) -> list[tuple[Join, ...]]:
        """Of each place the nearest road's, () where none is near enough.

        Beside a piece of road that is cut off (a fault of the map, more often than not) the nearest
        of the big part comes second, where it is hardly farther away.
        """
        flat = np.array([(p.lon, p.lat) for p in places]).reshape(-1, 2) * self._metres
        spots = shapely.points(flat)
        nearest = self._nearest(self._tree, None, spots, self._most_m)
        found: list[tuple[Join, ...]] = [() if join is None else (join,) for join in nearest]
        if self._big is None:
            return found
        cut_off = [
            n for n, join in enumerate(nearest) if join and self._component[join.road] != BIG
        ]
        others = self._nearest(self._big, self._big_roads, spots[cut_off], self._most_m)
        for n, other in zip(cut_off, others, strict=True):
            if other is not None and other.off_m <= found[n][0].off_m + _MEND_M:
                found[n] = (*found[n], other)
        return found

    def foot(self, join: Join) -> tuple[float, float]:
        """lon, lat of the point of the road."""
        spot = self._lines[join.road].interpolate(join.share, normalized=True)
        return spot.x / self._metres[0], spot.y / self._metres[1]

    def stretch(self, road: int, begin: float, end: float) -> list[tuple[float, float]]:
        """lon, lat along a road between two shares of it."""
        piece = substring(self._lines[road], begin, end, normalized=True)
        return [(x / self._metres[0], y / self._metres[1]) for x, y in piece.coords]

    def _nearest(
        self,
        tree: shapely.STRtree,
        names: NDArray[np.intp] | None,
        spots: NDArray[np.object_],
        most_m: float,
    ) -> list[Join | None]:
        joins: list[Join | None] = [None] * len(spots)
        if not len(spots):
            return joins
        (which, hits), off_m = tree.query_nearest(
            spots, max_distance=most_m, all_matches=False, return_distance=True
        )
        roads = hits if names is None else names[hits]
        along = shapely.line_locate_point(self._lines[roads], spots[which])
        length = self._length[roads]
        share = np.divide(along, length, out=np.zeros(len(roads)), where=length > 0)
        for n, road, at, off in zip(
            which.tolist(), roads.tolist(), share.tolist(), off_m.tolist(), strict=True
        ):
            joins[n] = Join(road, min(1.0, at), off)
        return joins
