"""Where the villages end: at the sea, at the border with another regency, or at a mere gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.point import Point
from geo.shapes import Floats, LocalScale
from geo.uncertainty.parts import BadLocation

_RUN_M = 500.0  # along which an edge is followed to see where it runs
_SAME_M = 1e-3


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
_MIXED = -1
_CELLS = 96  # a side
_ROUND_DEG = 0.1  # how far beyond the bounds the map reaches; farther off the edge is asked


@dataclass(frozen=True, slots=True)
class Meeting:
    """A point where coast and border meet, with the way that each runs off from it; in metres."""

    spot: Floats  # (2,)
    along_coast: Floats  # (2,) of length 1
    along_border: Floats

    @classmethod
    def of(cls, coast: BaseGeometry, border: BaseGeometry) -> Meeting:
        """Both lines start there."""
        spot = shapely.get_coordinates(coast)[0]
        ways = [shapely.get_coordinates(line.interpolate(_RUN_M))[0] for line in (coast, border)]
        along_coast, along_border = [(way - spot) / np.hypot(*(way - spot)) for way in ways]
        return cls(spot, along_coast, along_border)


@dataclass(frozen=True, slots=True)
class Shore:
    """The outer edge of all villages, cut into coast and border."""

    _land: BaseGeometry  # all villages in one, prepared
    _whole: BaseGeometry  # the same without gaps, prepared
    _metres: tuple[float, float]  # in a degree of longitude, of latitude
    _pieces: shapely.STRtree  # straight pieces of the edge, in metres
    _is_coast: NDArray[np.bool_]
    _meetings: tuple[Meeting, ...]
    _map: _EdgeMap | None = None  # None only while it is being made

    @classmethod
    def of(cls, areas: Sequence[BaseGeometry], sea: SeaEdge | None) -> Shore:
        """Without a sea all of the edge is border."""
        land = shapely.union_all(np.array(areas, dtype=object))
        whole = shapely.union_all([shapely.Polygon(part.exterior) for part in _parts(land)])
        scale = LocalScale.at((land.bounds[1] + land.bounds[3]) / 2)
        metres = (scale.lon_m, scale.lat_m)
        flat = shapely.transform(whole, lambda corners: corners * metres)
        coasts, borders, meetings = _cut([part.exterior for part in _parts(flat)], sea, metres)
        pieces = [_straight(line) for line in (*coasts, *borders)]
        is_coast = [True] * len(coasts) + [False] * len(borders)
        shapely.prepare([land, whole])
        shore = cls(
            land,
            whole,
            metres,
            shapely.STRtree(shapely.linestrings(np.concatenate(pieces))),
            np.repeat(is_coast, [len(each) for each in pieces]),
            meetings,
        )
        # GEOS builds its indexes at the first question: two threads must not both ask it.
        shore.beyond(np.array([land.bounds[:2]]))
        return replace(shore, _map=_EdgeMap.of(land.bounds, shore._edge_at))

    def beyond(self, spots: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of the points (n, 2) no village covers, and what each of these lies in (Beyond)."""
        off = np.flatnonzero(~shapely.intersects_xy(self._land, spots[:, 0], spots[:, 1]))
        lies_in = self.edge_at(spots[off])
        lies_in[shapely.intersects_xy(self._whole, spots[off, 0], spots[off, 1])] = Beyond.GAP
        return off, lies_in

    def edge_at(self, spots: Floats) -> NDArray[np.intp]:
        """What lies beyond the edge nearest to each of the points (n, 2): SEA or OUTSIDE."""
        if self._map is None:
            return self._edge_at(spots)
        lies_in = self._map.at(spots)
        doubtful = lies_in == _MIXED
        lies_in[doubtful] = self._edge_at(spots[doubtful])
        return lies_in

    def _edge_at(self, spots: Floats) -> NDArray[np.intp]:
        """The same, from the edge itself: some microseconds a point."""
        flat = spots * self._metres
        (which, piece), away_m = self._pieces.query_nearest(
            shapely.points(flat), all_matches=False, return_distance=True
        )
        at_sea = np.zeros(len(spots), dtype=bool)
        at_sea[which] = self._is_coast[piece]
        nearest_m = np.full(len(spots), np.inf)
        nearest_m[which] = away_m
        for meeting in self._meetings:
            # Off a corner both edges are as near: the one that runs off less far away wins.
            apart = flat - meeting.spot
            both = np.hypot(apart[:, 0], apart[:, 1]) <= nearest_m + _SAME_M
            coastward = apart @ (meeting.along_coast - meeting.along_border) > 0
            at_sea[both] = coastward[both]
        return np.where(at_sea, int(Beyond.SEA), int(Beyond.OUTSIDE))


@dataclass(frozen=True, slots=True)
class _EdgeMap:
    """What lies beyond the nearest edge, by square cells; _MIXED where the corners differ.

    A place round which the sea runs out lies in thousands of circles, and its cells never change.
    """

    west: float
    south: float
    cell_deg: float
    cells: NDArray[np.intp]  # (rows, columns) from the south-west

    @classmethod
    def of(
        cls,
        bounds: tuple[float, float, float, float],
        edge_at: Callable[[Floats], NDArray[np.intp]],
    ) -> _EdgeMap:
        """Over the bounds and what lies round them."""
        west, south = bounds[0] - _ROUND_DEG, bounds[1] - _ROUND_DEG
        wide = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) + 2 * _ROUND_DEG
        steps = np.arange(_CELLS + 1) * (wide / _CELLS)
        lon, lat = np.meshgrid(west + steps, south + steps)
        corners = edge_at(np.column_stack([lon.ravel(), lat.ravel()])).reshape(lon.shape)
        four = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, :-1], corners[1:, 1:]])
        same = (four == four[0]).all(axis=0)
        return cls(west, south, wide / _CELLS, np.where(same, four[0], _MIXED))

    def at(self, spots: Floats) -> NDArray[np.intp]:
        """(n,) SEA, OUTSIDE, or _MIXED where the edge itself must be asked."""
        column, row = np.floor((spots - (self.west, self.south)) / self.cell_deg).astype(np.intp).T
        inside = (column >= 0) & (row >= 0) & (column < _CELLS) & (row < _CELLS)
        lies_in = np.full(len(spots), _MIXED, dtype=np.intp)
        lies_in[inside] = self.cells[row[inside], column[inside]]
        return lies_in


def _parts(land: BaseGeometry) -> list[BaseGeometry]:
    parts: list[BaseGeometry] = shapely.get_parts(land).tolist()
    return parts


def _straight(line: BaseGeometry) -> Floats:
    """Its pieces (n, 2, 2)."""
    corners = shapely.get_coordinates(line)
    pieces: Floats = np.stack([corners[:-1], corners[1:]], axis=1)
    return pieces


def _cut(
    rings: list[BaseGeometry], sea: SeaEdge | None, metres: tuple[float, float]
) -> tuple[list[BaseGeometry], list[BaseGeometry], tuple[Meeting, ...]]:
    """Lines of the edge: those of the coast, those of the border, and where they meet."""
    if sea is None:
        return [], rings, ()
    if sea.border_ends is None or sea.open_water is None:
        return rings, [], ()
    first, second, water = [
        shapely.Point(point.lon * metres[0], point.lat * metres[1])
        for point in (*sea.border_ends, sea.open_water)
    ]
    main = min(rings, key=lambda ring: ring.distance(first) + ring.distance(second))
    coast, border = sorted(_arcs(main, first, second), key=lambda line: line.distance(water))
    meetings = (
        Meeting.of(coast, border.reverse()),
        Meeting.of(coast.reverse(), border),
    )
    return [coast, *(ring for ring in rings if ring is not main)], [border], meetings


def _arcs(ring: BaseGeometry, first: BaseGeometry, second: BaseGeometry) -> list[BaseGeometry]:
    """The ring in two, cut beside the points; the second line begins where the first one ends."""
    start, end = sorted(ring.project(point) for point in (first, second))
    if end - start < 1:
        raise BadLocation("border_ends: give two points that lie apart on the edge of the land")
    tail, head = substring(ring, end, ring.length), substring(ring, 0.0, start)
    around = [*tail.coords, *head.coords[1:]] if start > 0 else list(tail.coords)
    return [substring(ring, start, end), shapely.LineString(around)]
