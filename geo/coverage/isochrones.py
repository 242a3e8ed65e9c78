"""How far one comes in so many minutes: shapes on the map, from a grid of plots over the land.

A plot belongs to an isochrone when its middle is reached in time, by the very rule by which the
router answers: by road to the nearest point of the nearest road, then on foot, no farther than the
router would send anybody. Where no road network is known the router's own times are asked plot by
plot. The shapes are drawn from the plots, so they are exact to about half a side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coverage.demand import Floats, Ints
from geo.coverage.reach import Reached
from geo.errors import GeoError
from geo.point import EARTH_RADIUS_M, Point
from geo.routing import Router, Start

_LAT_M = EARTH_RADIUS_M * np.pi / 180
MOST_PLOTS = 4_000_000  # in the whole box; most of a coast's are sea
_BLOCK = 4_096  # plots that the router is asked for at once


class TooFine(GeoError):
    """The plots are too small for so large an area."""


@dataclass(frozen=True, slots=True, eq=False)
class Plots:
    """A square grid; k of its squares count.

    corner  lon, lat of the south-west corner
    degrees of longitude, of latitude along a side
    number  (k,) rising: row * columns + column, row 0 in the south
    """

    side_m: float
    corner: tuple[float, float]
    degrees: tuple[float, float]
    columns: int
    number: Ints

    @classmethod
    def over(cls, area: BaseGeometry, side_m: float, within: BaseGeometry | None = None) -> Plots:
        """Squares over the bounds of an area in degrees; only those whose middle lies `within`.

        Raises TooFine, or ValueError for a side that is none or an area that is empty.
        """
        if side_m <= 0 or area.is_empty:
            raise ValueError(f"side_m {side_m:g}: give metres above 0, and an area")
        west, south, east, north = area.bounds
        shrink = float(np.cos(np.radians((south + north) / 2)))
        degrees = side_m / (_LAT_M * shrink), side_m / _LAT_M
        columns = int((east - west) / degrees[0]) + 1
        rows = int((north - south) / degrees[1]) + 1
        if columns * rows > MOST_PLOTS:
            raise TooFine(f"side_m {side_m:g}: {columns * rows:,} plots; at most {MOST_PLOTS:,}")
        every = cls(side_m, (west, south), degrees, columns, np.arange(columns * rows))
        if within is None:
            return every
        shapely.prepare(within)
        inside = shapely.contains_xy(within, *every.spots().T)
        return cls(side_m, every.corner, degrees, columns, np.flatnonzero(inside))

    def spots(self) -> Floats:
        """(k, 2) lon, lat of the middles."""
        row, column = np.divmod(self.number, self.columns)
        middles: Floats = np.stack([column, row], axis=1) + 0.5
        return middles * self.degrees + self.corner

    def points(self) -> list[Point]:
        """The middles as places to go to."""
        return [Point(lon=lon, lat=lat) for lon, lat in self.spots().tolist()]

    def shapes(self, sets: Sequence[Ints]) -> NDArray[np.object_]:
        """A shape in degrees for each set of places of the k; an empty one for none."""
        from geo.coverage.outline import outlines

        drawn = outlines([self.number[some] for some in sets], self.columns)
        scale, corner = np.array(self.degrees), np.array(self.corner)
        found: NDArray[np.object_] = shapely.transform(drawn, lambda at: at * scale + corner)
        return found


def isochrones(plots: Plots, reached: Reached, limits_s: Sequence[float]) -> NDArray[np.object_]:
    """(starts, limits) shapes in degrees of what each start reaches; empty where it is nothing.

    reached  of the plots, at least as far as the longest limit
    """
    sets = [reached.within(n, limit) for n in range(reached.starts) for limit in limits_s]
    return plots.shapes(sets).reshape(reached.starts, len(limits_s))


def together(plots: Plots, reached: Reached, limits_s: Sequence[float]) -> NDArray[np.object_]:
    """(limits,) shapes of what anybody reaches."""
    first_s = reached.soonest()
    return plots.shapes([np.flatnonzero(first_s <= limit) for limit in limits_s])


def by_router(
    router: Router,
    starts: Sequence[Start],
    places: Sequence[Point],
    limit_s: float | Sequence[float],
    when: datetime | None = None,
) -> Reached:
    """As reach.reached, of any router: roads or none, ferries and boats as it knows them."""
    limits = np.broadcast_to(np.asarray(limit_s, dtype=np.float64), len(starts))
    found: list[list[tuple[Ints, Floats]]] = [[] for _ in starts]
    for first in range(0, len(places), _BLOCK):
        times_s = router.times(starts, places[first : first + _BLOCK], when)
        for n, row in enumerate(times_s):
            with np.errstate(invalid="ignore"):
                near = np.flatnonzero(row <= limits[n])
            found[n].append((near + first, row[near]))
    return Reached.of(len(places), [_joined(blocks) for blocks in found])


def _joined(blocks: Sequence[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    none: tuple[Ints, Floats] = np.empty(0, dtype=np.int64), np.empty(0)
    places, seconds = zip(none, *blocks, strict=True)
    return np.concatenate(places), np.concatenate(seconds)
