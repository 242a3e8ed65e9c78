"""What all readers of place files share: where places may lie, who is told, what a row lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadPoint
from geo.gazetteer.place import BadPlace, middle_of, reach_m
from geo.point import INDONESIA, Box, Point, pin_at
from geo.shapes import LocalScale

POINT_SPREAD_M = 50.0  # of a point that does not say
ROAD_SPREAD_M = 15.0  # beside the line of a road


def _refuse(fault: BadPlace) -> None:
    raise fault


def _silent(done: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told while a file is read.

    fault     a row that was left out, in words; by default it is raised: strict
    progress  the share of the file that is read, 0 to 1
    """

    fault: Callable[[BadPlace], None] = _refuse
    progress: Callable[[float], None] = _silent


@dataclass(frozen=True, slots=True)
class Fence:
    """Where places may lie: a box, and within it, where given, an area."""

    box: Box = INDONESIA
    area: BaseGeometry | None = field(default=None, compare=False)

    @classmethod
    def around(cls, areas: Sequence[BaseGeometry], margin_m: float = 2_000.0) -> Fence:
        """So many metres round some areas. Raises BadPlace where there are none."""
        if not areas:
            raise BadPlace("tidak ada desa untuk membatasi wilayah: jalankan `tanggap up` dulu")
        land = shapely.union_all(areas)
        scale = LocalScale.at(land.centroid.y)
        # Degrees of longitude are shorter: a circle in the shorter ones reaches far enough.
        wide = shapely.buffer(land, margin_m / min(scale.lon_m, scale.lat_m), quad_segs=4)
        shapely.prepare(wide)
        west, south, east, north = wide.bounds
        return cls(Box(west=west, south=south, east=east, north=north), wide)

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point may be taken."""
        if not self.box.holds(lon, lat):
            return False
        return self.area is None or bool(shapely.intersects_xy(self.area, lon, lat))

    def meets(self, shape: BaseGeometry) -> bool:
        """Whether any of the shape may be taken."""
        box = self.box
        if not shape.intersects(shapely.box(box.west, box.south, box.east, box.north)):
            return False
        return self.area is None or bool(shapely.intersects(self.area, shape))


@dataclass(frozen=True, slots=True)
class Row:
    """Where one row stands in its file, for what is said of it."""

    name: str

    def refuse(self, reason: str) -> BadPlace:
        """To be raised."""
        return BadPlace(f"{self.name}: {reason}")

    def point(self, lon: object, lat: object, box: Box = INDONESIA) -> Point:
        """Raises BadPlace for what is no point in the box."""
        try:
            return pin_at(lon, lat, box)
        except BadPoint as wrong:
            if "swapped" in str(wrong):
                raise self.refuse(f"bujur {lon}, lintang {lat}: tertukar?") from wrong
            raise self.refuse(f"bujur {lon}, lintang {lat}: bukan titik di wilayah") from wrong


def reach_of(shape: BaseGeometry, beside_m: float) -> float:
    """The spread of a shape: how far it reaches from its middle, and so much beside it."""
    return reach_m(middle_of(shape), shape) + beside_m
