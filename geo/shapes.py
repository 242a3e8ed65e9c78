"""Areas in memory: which of them cover a point, which is nearest, where its border runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LocalScale:
    """Metres in a degree, at one latitude of the WGS 84 ellipsoid.

    Good to 0.01 % at the latitude itself and to 0.1 % within 50 km of it.
    """

    lon_m: float
    lat_m: float

    @classmethod
    def at(cls, lat: float) -> LocalScale:
        """Series of the meridian and parallel arc lengths (Snyder 1987, eqs. 4-18 and 4-19)."""
        phi = math.radians(lat)
        return cls(
            lon_m=111_412.84 * math.cos(phi) - 93.5 * math.cos(3 * phi) + 0.118 * math.cos(5 * phi),
            lat_m=111_132.92 - 559.82 * math.cos(2 * phi) + 1.175 * math.cos(4 * phi),
        )


@dataclass(frozen=True, slots=True)
class Foot:
    """The point of a border that is nearest to where one stands."""

    lon: float
    lat: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Near:
    """The shape nearest to a point, by its place in the list."""

    which: int
    distance_m: float


@dataclass(frozen=True, slots=True)
class Shapes:
    """Areas in a fixed order, prepared, with the straight pieces of their borders.

    areas   (n,) prepared shapely shapes
    boxes   (n, 4) west, south, east, north
    pieces  (m, 4) lon, lat of the start and of the end, those of one area in a row
    starts  (n + 1,) where the pieces of each area begin
    """

    areas: NDArray[np.object_]
    boxes: Floats
    pieces: Floats
    starts: Ints

    @classmethod
    def of(cls, areas: Sequence[BaseGeometry]) -> Shapes:
        """Takes no empty area: the database holds none."""
        shapes: NDArray[np.object_] = np.array(areas, dtype=object)
        pieces, owner = border_pieces(shapes)
        _prepare(shapes)
        return cls(
            areas=shapes,
            boxes=shapely.bounds(shapes).reshape(-1, 4),
            pieces=pieces,
            starts=np.searchsorted(owner, np.arange(len(shapes) + 1)),
        )

    def covering(self, lon: float, lat: float) -> Ints:
        """Which areas cover the point, borders included, in their order."""
        west, south, east, north = self.boxes.T
        maybe = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
        covers: NDArray[np.bool_] = shapely.intersects_xy(self.areas[maybe], lon, lat)
        return maybe[covers]

    def foot(self, which: int, lon: float, lat: float) -> Foot:
        """The nearest point of the border of that area."""
        scale = LocalScale.at(lat)
        pieces = self.pieces[self.starts[which] : self.starts[which + 1]]
        east, north = _to_pieces(pieces, lon, lat, scale)
        best = int(np.argmin(east * east + north * north))
        return Foot(
            lon=lon + float(east[best]) / scale.lon_m,
            lat=lat + float(north[best]) / scale.lat_m,
            distance_m=float(np.hypot(east[best], north[best])),
        )

    def nearest(
        self, lon: float, lat: float, within_m: float, other_than: int | None = None
    ) -> Near | None:
        """The nearest area within so many metres; the first of those as near to the centimetre."""
        scale = LocalScale.at(lat)
        at_least_m = self._to_boxes_m(lon, lat, scale)
        best: tuple[float, int, float] = (np.inf, -1, np.inf)  # rounded, which, exact
        for which in np.argsort(at_least_m).tolist():
            if at_least_m[which] > min(within_m, best[0] + 0.01):
                break
            if which != other_than:
                distance_m = self._distance_m(which, lon, lat, scale)
                best = min(best, (round(distance_m, 2), which, distance_m))
        return Near(best[1], best[2]) if best[2] <= within_m else None

    def _to_boxes_m(self, lon: float, lat: float, scale: LocalScale) -> Floats:
        """Metres (n,) to the box round each area, 0 inside: no area can be nearer."""
        west, south, east, north = self.boxes.T
        aside = np.maximum(np.maximum(west - lon, lon - east), 0.0) * scale.lon_m
        along = np.maximum(np.maximum(south - lat, lat - north), 0.0) * scale.lat_m
        lengths: Floats = np.hypot(aside, along)
        return lengths

    def _distance_m(self, which: int, lon: float, lat: float, scale: LocalScale) -> float:
        if shapely.intersects_xy(self.areas[which], lon, lat):
            return 0.0
        pieces = self.pieces[self.starts[which] : self.starts[which + 1]]
        east, north = _to_pieces(pieces, lon, lat, scale)
        return float(np.sqrt(np.min(east * east + north * north)))


def border_pieces(areas: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Straight pieces (m, 4) of all rings, and which area each belongs to (m,)."""
    parts, area_of_part = shapely.get_parts(areas, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring_of_corner = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring_of_corner[:-1] == ring_of_corner[1:]
    pieces = np.hstack([corners[:-1], corners[1:]])[same_ring]
    return pieces, area_of_part[part_of_ring[ring_of_corner[:-1][same_ring]]]


def _to_pieces(pieces: Floats, lon: float, lat: float, scale: LocalScale) -> tuple[Floats, Floats]:
    """Metres east and north (m,) from the point to the nearest point of each piece."""
    east = (pieces[:, 0] - lon) * scale.lon_m
    north = (pieces[:, 1] - lat) * scale.lat_m
    run = (pieces[:, 2] - pieces[:, 0]) * scale.lon_m
    rise = (pieces[:, 3] - pieces[:, 1]) * scale.lat_m
    length2 = run * run + rise * rise
    along = -(east * run + north * rise) / np.where(length2 > 0, length2, 1.0)
    along = np.clip(along, 0.0, 1.0)
    return east + along * run, north + along * rise


def _prepare(areas: NDArray[np.object_]) -> None:
    """Makes them quick to ask.

    Each is asked once: GEOS builds its index at the first question, and two threads must not
    both be the first.
    """
    shapely.prepare(areas)
    for area in areas:
        inside = area.representative_point()
        shapely.intersects_xy(area, inside.x, inside.y)
