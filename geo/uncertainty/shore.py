"""Where the villages end: at the sea, at the border with another regency, or at a mere gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.point import Point
from geo.shapes import Floats, LocalScale
from geo.uncertainty.parts import BadLocation


class Beyond(IntEnum):
    """What a point off every village lies in."""

    SEA = 0
    OUTSIDE = 1
    GAP = 2  # between villages: a fault of the drawing, or a lake


@dataclass(frozen=True, kw_only=True, slots=True)
class SeaEdge:
    """How the sea is told from other regencies.

    border_ends   the two points where the border on land meets the coast; None for an island
                  regency, whose whole edge is coast
    open_water    any point at sea, nearer to this coast than to the border on land
    """

    border_ends: tuple[Point, Point] | None = None
    open_water: Point | None = None

    def __post_init__(self) -> None:
        if (self.border_ends is None) != (self.open_water is None):
            raise BadLocation("open_water: give it together with border_ends, or neither")


ISLAND = SeaEdge()


@dataclass(frozen=True, slots=True)
class Shore:
    """The outer edge of all villages, cut into coast and border."""

    _land: BaseGeometry  # all villages in one, prepared
    _whole: BaseGeometry  # the same without gaps, prepared
    _metres: tuple[float, float]  # in a degree of longitude, of latitude
    _pieces: shapely.STRtree  # straight pieces of the edge, in metres
    _is_coast: NDArray[np.bool_]

    @classmethod
    def of(cls, areas: Sequence[BaseGeometry], sea: SeaEdge | None) -> Shore:
        """Without a sea all of the edge is border."""
        land = shapely.union_all(np.array(areas, dtype=object))
        rings = [part.exterior for part in shapely.get_parts(land)]
        scale = LocalScale.at((land.bounds[1] + land.bounds[3]) / 2)
        metres = (scale.lon_m, scale.lat_m)
        pieces: list[Floats] = []
        coasts: list[NDArray[np.bool_]] = []
        for line, is_coast in _cut(rings, sea):
            corners = shapely.get_coordinates(line) * metres
            pieces.append(np.stack([corners[:-1], corners[1:]], axis=1))
            coasts.append(np.full(len(corners) - 1, is_coast))
        whole = shapely.union_all([shapely.Polygon(ring) for ring in rings])
        shapely.prepare([land, whole])
        tree = shapely.STRtree(shapely.linestrings(np.concatenate(pieces)))
        return cls(land, whole, metres, tree, np.concatenate(coasts))

    def beyond(self, spots: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of the points (n, 2) no village covers, and what each of these lies in (Beyond)."""
        off = np.flatnonzero(~shapely.intersects_xy(self._land, spots[:, 0], spots[:, 1]))
        lies_in = self.edge_at(spots[off])
        lies_in[shapely.intersects_xy(self._whole, spots[off, 0], spots[off, 1])] = Beyond.GAP
        return off, lies_in

    def edge_at(self, spots: Floats) -> NDArray[np.intp]:
        """What lies beyond the edge nearest to each of the points (n, 2): SEA or OUTSIDE."""
        points = shapely.points(spots * self._metres)
        which, piece = self._pieces.query_nearest(points, all_matches=False)
        nearest = np.zeros(len(spots), dtype=np.intp)
        nearest[which] = piece
        return np.where(self._is_coast[nearest], int(Beyond.SEA), int(Beyond.OUTSIDE))


def _cut(rings: list[shapely.LinearRing], sea: SeaEdge | None) -> list[tuple[BaseGeometry, bool]]:
    """Lines of the edge, each with whether it is coast."""
    lines: list[tuple[BaseGeometry, bool]] = [(ring, sea is not None) for ring in rings]
    if sea is None or sea.border_ends is None or sea.open_water is None:
        return lines
    ends = [shapely.Point(end.lon, end.lat) for end in sea.border_ends]
    main = int(np.argmin([sum(ring.distance(end) for end in ends) for ring in rings]))
    first, second = sorted(rings[main].project(end) for end in ends)
    if second - first < 1e-9:
        raise BadLocation("border_ends: give two points that lie apart on the edge of the land")
    between = substring(rings[main], first, second)
    around = [
        substring(rings[main], second, rings[main].length),
        substring(rings[main], 0.0, first),
    ]
    rest = shapely.MultiLineString([line for line in around if line.length > 0])
    water = shapely.Point(sea.open_water.lon, sea.open_water.lat)
    between_is_coast = between.distance(water) < rest.distance(water)
    del lines[main]
    lines.append((between, between_is_coast))
    lines += [(line, not between_is_coast) for line in rest.geoms]
    return lines
