"""The same answers as geo.villages, from memory: village look-ups without a round trip.

A square grid lies over the regency. A cell that no border crosses holds its one answer; a cell
that a border crosses holds the villages that can be meant, in the order of their codes, and
these are tested exactly. ST_Covers in the database stays the truth (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.bulk import CellTable
from geo.errors import BadPoint, NoEdition
from geo.placement import Nearest, Placement, VillageRef
from geo.point import Point
from geo.schema import Edition, LandMass, Village
from geo.shapes import Floats, Foot, Ints, Shapes
from geo.villages import (
    LAND_WITHIN_M,
    NEAREST_WITHIN_M,
    NEIGHBOUR_GAP_M,
    edition_in_force,
    villages_of,
)

CELLS = 2048  # a side
_SURE = 1e-9  # degrees by which a border is widened: far more than rounding, far less than a cell

Candidates = tuple[tuple[BaseGeometry, VillageRef], ...]


@dataclass(frozen=True, slots=True)
class Locator:
    """The villages of one edition, ready to be asked. Never changes: swap the whole object.

    Threads may share it. About 10 MB for 195 villages, built in a third of a second; some 20 MB
    and six seconds for 8,000.
    """

    edition_id: int
    edition: str
    status: str
    _grid: Grid
    _villages: Shapes
    _refs: tuple[VillageRef, ...]
    _by_code: Mapping[str, VillageRef]
    _lands: Shapes
    _land_ids: tuple[int, ...]

    @classmethod
    def read(cls, session: Session, edition_id: int | None = None) -> Locator:
        """From the edition of that id, else from the one in force. Raises NoEdition without it."""
        edition = _edition(session, edition_id)
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
            _by_code={ref.code: ref for ref in refs},
            _lands=Shapes.of([land.area for land in lands]),
            _land_ids=tuple(land.id for land in lands),
        )

    @property
    def villages(self) -> tuple[VillageRef, ...]:
        """All of them, in the order of their codes."""
        return self._refs

    @property
    def areas(self) -> Sequence[BaseGeometry]:
        """Their shapes, prepared, in the same order."""
        return tuple(self._villages.areas)

    def refreshed(self, session: Session) -> Locator:
        """Itself while its edition is in force, else a new one. Raises NoEdition."""
        return self if edition_in_force(session).id == self.edition_id else Locator.read(session)

    def village_at(self, lon: float, lat: float) -> VillageRef | None:
        """The village that covers the point, on a shared border the lowest code; None off all.

        Raises BadPoint for NaN and infinity.
        """
        return self._grid.village_at(lon, lat)

    def villages_at(self, lons: ArrayLike, lats: ArrayLike) -> Ints:
        """As village_at for very many points: numbers (n,) into `villages`, -1 for none.

        lons, lats   (n,) degrees; NaN, infinity and masked values lie in no village
        A million points take some tenths of a second. Raises ValueError for two lengths.
        """
        return self._grid.table.villages_at(lons, lats)

    def village_of_code(self, code: str) -> VillageRef | None:
        """The village of that Kemendagri code; None where this edition has none."""
        return self._by_code.get(code)

    def land_mass_at(self, lon: float, lat: float) -> int | None:
        """Id of the land mass under the point, else of the nearest within 1 km; None at sea."""
        covering = self._lands.covering(lon, lat)
        if len(covering):
            return self._land_ids[int(covering[0])]
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


def _edition(session: Session, edition_id: int | None) -> Edition:
    if edition_id is None:
        return edition_in_force(session)
    if (edition := session.get(Edition, edition_id)) is None:
        raise NoEdition(f"no edition has the id {edition_id}")
    return edition


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
class Grid:
    """Cells over the regency, each with its answer or with the villages to be tested."""

    frame: Frame
    cells: memoryview[int]  # row by row from the south-west corner; a number into answers
    answers: Sequence[VillageRef | Candidates | None]
    table: CellTable  # the same cells, for very many points at once

    @classmethod
    def over(cls, shapes: Shapes, refs: Sequence[VillageRef]) -> Grid:
        """The outermost cells lie off every village, so that a point beyond finds nothing."""
        west, south, east, north = shapely.total_bounds(
            shapes.areas
        ).tolist()  # numpy floats are slow
        inner = CELLS - 4
        per_lon, per_lat = inner / (east - west), inner / (north - south)
        frame = Frame(west - 2 / per_lon, south - 2 / per_lat, per_lon, per_lat)
        cells, sets = _settle(frame, shapes)
        tested = [tuple((shapes.areas[one], refs[one]) for one in which) for which in sets]
        corner, per_degree = (frame.west, frame.south), (per_lon, per_lat)
        table = CellTable.of(corner, per_degree, cells, shapes.areas, sets)
        return cls(frame, memoryview(cells.data), (None, *refs, *tested), table)

    def village_at(self, lon: float, lat: float) -> VillageRef | None:
        """As Locator.village_at."""
        frame = self.frame
        try:
            column = int((lon - frame.west) * frame.per_lon)
            row = int((lat - frame.south) * frame.per_lat)
        except (ValueError, OverflowError):
            raise BadPoint(f"lon {lon}, lat {lat}: give finite degrees") from None
        if not (0 <= column < CELLS and 0 <= row < CELLS):
            return None
        found = self.answers[self.cells[row * CELLS + column]]
        if not isinstance(found, tuple):
            return found
        for area, ref in found:
            if shapely.intersects_xy(area, lon, lat):
                return ref
        return None


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the cells lie."""

    west: float
    south: float
    per_lon: float  # cells a degree
    per_lat: float

    def cells_of(self, spots: Floats) -> Ints:
        """Column and row (n, 2) of points lon, lat (n, 2)."""
        return ((spots - (self.west, self.south)) * (self.per_lon, self.per_lat)).astype(np.int64)

    def middles_of(self, cells: Ints) -> tuple[Floats, Floats]:
        """Longitudes (n,) and latitudes (n,) of the middles of cells (n,)."""
        rows, columns = np.divmod(cells, CELLS)
        return self.west + (columns + 0.5) / self.per_lon, self.south + (rows + 0.5) / self.per_lat


def _settle(frame: Frame, shapes: Shapes) -> tuple[NDArray[np.uint32], list[tuple[int, ...]]]:
    """The answer of each cell: 0 none, 1 + n the n-th village, above these the n-th set to test.

    A cell can only meet the villages whose border crosses it, and those that cover it whole;
    the latter cover its middle. Cells in a row with no crossed one between share their answer.
    """
    crossings = _crossings(frame, shapes)
    crossed = np.zeros(CELLS * CELLS, dtype=bool)
    crossed[crossings[:, 0]] = True
    run_starts = ~crossed & np.concatenate([[True], crossed[:-1]])
    run_starts[::CELLS] = True  # the first cell of a row lies off all
    asked = np.flatnonzero(crossed | run_starts)
    pairs = _distinct(np.vstack([crossings, _covered(frame, shapes, asked)]))

    cells, starts, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    several = crossed[cells]
    numbers, sets = _sets(starts[several], counts[several], pairs[:, 1])
    most = 1 + len(shapes.areas) + len(sets)
    codes = np.zeros(len(asked), dtype=np.uint16 if most < 1 << 16 else np.uint32)
    places = np.searchsorted(asked, cells)
    codes[places[~several]] = 1 + pairs[starts[~several], 1]
    codes[places[several]] = 1 + len(shapes.areas) + numbers
    return np.repeat(codes, np.diff(asked, append=CELLS * CELLS)), sets


def _sets(starts: Ints, counts: Ints, members: Ints) -> tuple[Ints, list[tuple[int, ...]]]:
    """Which set each cell has (n,), and the sets: the same villages in the same order are one.

    The members of a cell are the `counts` that follow its `starts`. All cells are told apart by
    their first member, then by the second, and so on.
    """
    span = int(members.max(initial=0)) + 2
    kinds = np.zeros(len(starts), dtype=np.int64)
    for nth in range(int(counts.max(initial=0))):
        has = nth < counts
        member = np.where(has, members[np.where(has, starts + nth, 0)] + 1, 0)
        kinds = np.unique(kinds * span + member, return_inverse=True)[1]
    firsts = np.unique(kinds, return_index=True)[1]
    ends = starts[firsts] + counts[firsts]
    slices = zip(starts[firsts].tolist(), ends.tolist(), strict=True)
    return kinds, [tuple(members[start:end].tolist()) for start, end in slices]


def _distinct(pairs: Ints) -> Ints:
    """Each pair once, sorted; as one number a pair this is ten times faster than by rows."""
    span = int(pairs[:, 1].max()) + 1
    numbers = np.sort(pairs[:, 0] * span + pairs[:, 1])  # np.unique would hash: twenty times slower
    kept = np.concatenate([[True], numbers[1:] != numbers[:-1]])
    return np.column_stack(np.divmod(numbers[kept], span))


def _crossings(frame: Frame, shapes: Shapes) -> Ints:
    """(cell, village) for every cell that may be touched by a border of that village."""
    ends = shapes.pieces.reshape(-1, 2, 2)
    cells_long = np.abs(ends[:, 1] - ends[:, 0]) * (frame.per_lon, frame.per_lat)
    cuts = np.ceil(cells_long.max(axis=1) * 2).astype(np.int64) + 1  # each below half a cell
    piece = np.repeat(np.arange(len(ends)), cuts)
    nth = np.arange(len(piece)) - np.repeat(np.cumsum(cuts) - cuts, cuts)
    share = (np.vstack([nth, nth + 1]) / cuts[piece])[..., np.newaxis]
    cut_ends = ends[piece, 0] + share * (ends[piece, 1] - ends[piece, 0])
    low = frame.cells_of(cut_ends.min(axis=0) - _SURE)
    high = frame.cells_of(cut_ends.max(axis=0) + _SURE)
    owner = np.searchsorted(shapes.starts, piece, side="right") - 1
    corners = [(low, low), (low, high), (high, low), (high, high)]  # at most two cells a side
    return np.concatenate(
        [np.column_stack([row[:, 1] * CELLS + column[:, 0], owner]) for column, row in corners]
    )


def _covered(frame: Frame, shapes: Shapes, cells: Ints) -> Ints:
    """(cell, village) for those of the cells whose middle that village covers."""
    lon, lat = frame.middles_of(cells)
    spot, which = shapely.STRtree(shapes.areas).query(shapely.points(lon, lat))
    inside = shapely.intersects_xy(shapes.areas[which], lon[spot], lat[spot])
    return np.column_stack([cells[spot[inside]], which[inside]])
