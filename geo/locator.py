"""The same answers as geo.villages, from memory: village look-ups without a round trip.

A square grid lies over the regency. A cell that no border crosses holds its one answer; a cell
that a border crosses holds the villages that can be meant, in the order of their codes, and
these are tested exactly. ST_Covers in the database stays the truth (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import BadPoint
from geo.placement import Nearest, Placement, VillageRef
from geo.point import Point
from geo.schema import LandMass, Village
from geo.villages import (
    LAND_WITHIN_M,
    NEAREST_WITHIN_M,
    NEIGHBOUR_GAP_M,
    LocalScale,
    edition_in_force,
    villages_of,
)

CELLS = 512  # a side
_SURE = 1e-9  # degrees by which a border is widened: far more than rounding, far less than a cell

Candidates = tuple[tuple[BaseGeometry, VillageRef], ...]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Locator:
    """The villages of one edition, ready to be asked. Never changes: swap the whole object.

    Threads may share it. About 4 MB for 195 villages, built in well under a second.
    """

    edition_id: int
    edition: str
    status: str
    _grid: Grid
    _villages: Shapes
    _refs: tuple[VillageRef, ...]
    _lands: Shapes
    _land_ids: tuple[int, ...]

    @classmethod
    def read(cls, session: Session) -> Locator:
        """From the edition in force. Raises NoEdition where there is none."""
        edition = edition_in_force(session)
        villages = villages_of(session, edition.id)
        lands = session.scalars(
            select(LandMass).where(LandMass.edition_id == edition.id).order_by(LandMass.id)
        ).all()
        shapes = Shapes.of([village.area for village in villages])
        refs = tuple(_ref(village) for village in villages)
        return cls(
            edition_id=edition.id,
            edition=edition.key,
            status=edition.status,
            _grid=Grid.over(shapes, refs),
            _villages=shapes,
            _refs=refs,
            _lands=Shapes.of([land.area for land in lands]),
            _land_ids=tuple(land.id for land in lands),
        )

    def refreshed(self, session: Session) -> Locator:
        """This one while its edition is in force, else a new one. Raises NoEdition."""
        return self if edition_in_force(session).id == self.edition_id else Locator.read(session)

    def village_at(self, lon: float, lat: float) -> VillageRef | None:
        """The village that covers the point, on a shared border the lowest code; None off all.

        Raises BadPoint for NaN and infinity.
        """
        return self._grid.village_at(lon, lat)

    def land_mass_at(self, lon: float, lat: float) -> int | None:
        """Id of the land mass under the point, else of the nearest within 1 km; None at sea."""
        covering = self._lands.covering(lon, lat)
        if len(covering):
            return self._land_ids[covering[0]]
        near = self._lands.nearest(lon, lat, LAND_WITHIN_M)
        return None if near is None else self._land_ids[near.which]

    def placement_at(self, point: Point) -> Placement:
        """As geo.villages.placement_at for this edition, without the database."""
        covering = self._villages.covering(point.lon, point.lat)
        home = int(covering[0]) if len(covering) else None
        foot = None if home is None else self._villages.foot(home, point.lon, point.lat)
        return Placement(
            village=None if home is None else self._refs[home],
            border_m=None if foot is None else foot.distance_m,
            neighbour=None if home is None or foot is None else self._beyond(home, foot),
            nearest=self._nearest(point) if home is None else None,
            land_mass_id=self.land_mass_at(point.lon, point.lat),
            edition_id=self.edition_id,
            edition=self.edition,
            status=self.status,
        )

    def _beyond(self, home: int, foot: Foot) -> VillageRef | None:
        near = self._villages.nearest(foot.lon, foot.lat, NEIGHBOUR_GAP_M, other_than=home)
        return None if near is None else self._refs[near.which]

    def _nearest(self, point: Point) -> Nearest | None:
        near = self._villages.nearest(point.lon, point.lat, NEAREST_WITHIN_M)
        return None if near is None else Nearest(self._refs[near.which], near.distance_m)


def _ref(village: Village) -> VillageRef:
    return VillageRef(
        id=village.id,
        code=village.code,
        name=village.name,
        kind=village.kind,
        district_code=village.district_code,
        district=village.district,
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
        maybe = self._near_boxes(lon, lat, 0.0, 0.0)
        return maybe[shapely.intersects_xy(self.areas[maybe], lon, lat)]

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
        maybe = self._near_boxes(lon, lat, within_m / scale.lon_m, within_m / scale.lat_m)
        maybe = maybe[maybe != other_than] if other_than is not None else maybe
        if not len(maybe):
            return None
        distances = np.array([self._distance_m(int(which), lon, lat, scale) for which in maybe])
        best = int(np.argmin(np.round(distances, 2)))
        if distances[best] > within_m:
            return None
        return Near(int(maybe[best]), float(distances[best]))

    def _near_boxes(self, lon: float, lat: float, east: float, north: float) -> Ints:
        boxes = self.boxes
        return np.flatnonzero(
            (boxes[:, 0] - east <= lon)
            & (lon <= boxes[:, 2] + east)
            & (boxes[:, 1] - north <= lat)
            & (lat <= boxes[:, 3] + north)
        )

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


def _to_pieces(
    pieces: Floats, lon: float, lat: float, scale: LocalScale
) -> tuple[Floats, Floats]:
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
    """Prepares the shapes and asks each once: GEOS builds its index at the first question, and
    two threads must not both be the first."""
    shapely.prepare(areas)
    for area in areas:
        inside = area.representative_point()
        shapely.intersects_xy(area, inside.x, inside.y)


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells over the regency, each with its answer or with the villages to be tested."""

    west: float
    south: float
    per_lon: float  # cells a degree
    per_lat: float
    cells: list[VillageRef | Candidates | None]  # row by row from the south-west corner

    @classmethod
    def over(cls, shapes: Shapes, refs: Sequence[VillageRef]) -> Grid:
        """The outermost cells lie off every village, so that a point beyond finds nothing."""
        west, south, east, north = shapely.total_bounds(shapes.areas)
        inner = CELLS - 4
        per_lon, per_lat = inner / (east - west), inner / (north - south)
        frame = cls(west - 2 / per_lon, south - 2 / per_lat, per_lon, per_lat, [])
        return cls(frame.west, frame.south, per_lon, per_lat, _fill(frame, shapes, refs))

    def village_at(self, lon: float, lat: float) -> VillageRef | None:
        """As Locator.village_at."""
        try:
            column = int((lon - self.west) * self.per_lon)
            row = int((lat - self.south) * self.per_lat)
        except (ValueError, OverflowError):
            raise BadPoint(f"lon {lon}, lat {lat}: give finite degrees") from None
        if not (0 <= column < CELLS and 0 <= row < CELLS):
            return None
        found = self.cells[row * CELLS + column]
        if found.__class__ is not tuple:
            return found  # type: ignore[return-value]  # the check above in words mypy knows costs 50 ns
        for area, ref in found:  # type: ignore[union-attr]
            if shapely.intersects_xy(area, lon, lat):
                return ref
        return None


def _fill(
    frame: Grid, shapes: Shapes, refs: Sequence[VillageRef]
) -> list[VillageRef | Candidates | None]:
    """The answers of all cells.

    A cell can only meet the villages whose border crosses it, and those that cover it whole;
    the latter cover its middle.
    """
    crossed = _crossed(frame, shapes)
    pairs = np.unique(np.vstack([crossed, _middles(frame, shapes)]), axis=0)
    cells: list[Any] = [None] * (CELLS * CELLS)
    is_crossed = np.zeros(CELLS * CELLS, dtype=bool)
    is_crossed[crossed[:, 0]] = True
    firsts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1))
    known: dict[tuple[int, ...], Candidates] = {}
    for group in np.split(pairs, firsts[1:]):
        cell, which = int(group[0, 0]), tuple(group[:, 1].tolist())
        if not is_crossed[cell]:
            cells[cell] = refs[which[0]]
            continue
        if which not in known:
            known[which] = tuple((shapes.areas[one], refs[one]) for one in which)
        cells[cell] = known[which]
    return cells


def _crossed(frame: Grid, shapes: Shapes) -> Ints:
    """(cell, village) for every cell that may be touched by a border of that village."""
    lines = shapely.segmentize(
        shapely.boundary(shapes.areas), min(1 / frame.per_lon, 1 / frame.per_lat) / 2
    )
    corners, owner = shapely.get_coordinates(lines, return_index=True)
    return corners, owner


def _middles(frame: Grid, shapes: Shapes) -> Ints:
    """(cell, village) for every cell whose middle that village covers."""
