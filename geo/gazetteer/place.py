"""A place about to be written into the gazetteer, and what makes it unfit."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.naming import normalise
from geo.point import INDONESIA, Point

LONGEST_NAME = 200
MOST_NAMES = 20  # other names of one place
MOST_SPREAD_M = 200_000.0
PARTED = "\x1f"  # between names in one text; never in a name
_SHAPES = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})


class BadPlace(GeoError):
    """A row is not a named place in the country."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlace:
    """A named place that is to be written.

    point     None where only a shape or the villages are known
    spread_m  radius within which the named thing lies
    context   where it is, in words; "" to have it filled from the villages
    villages  Kemendagri codes; () to have them found by point or shape
    aka       other names, as written
    shape     line or area, longitude and latitude; None for a point
    row       where in the file it stood, for messages: "baris 12"
    """

    name: str
    kind: str
    point: Point | None
    spread_m: float
    context: str = ""
    villages: tuple[str, ...] = ()
    aka: tuple[str, ...] = ()
    shape: BaseGeometry | None = None
    row: str = ""


def check_place(place: NewPlace) -> None:
    """Raises BadPlace with the row and the field that cannot be used."""
    if (wrong := _fault(place)) is not None:
        field, reason = wrong
        row = f"{place.row}: " if place.row else ""
        raise BadPlace(f"{row}{place.name[:60]!r}: {field}: {reason}")


def _fault(place: NewPlace) -> tuple[str, str] | None:
    """The first field that is wrong, and why; None for a good place."""
    names = (place.name, *place.aka)
    if not normalise(place.name):
        return "name", "tidak ada huruf atau angka"
    if any(len(name) > LONGEST_NAME or not name.isprintable() for name in names):
        return "name", f"lebih dari {LONGEST_NAME} huruf, atau ada tanda kendali"
    if not 0 < len(place.kind) <= 40 or not (place.kind + place.context).isprintable():
        return "kind", "kosong, terlalu panjang, atau ada tanda kendali"
    if not (math.isfinite(place.spread_m) and 0 <= place.spread_m <= MOST_SPREAD_M):
        return "spread_m", f"{place.spread_m}: beri 0 sampai {MOST_SPREAD_M:g} meter"
    if place.point is not None and not INDONESIA.holds(place.point.lon, place.point.lat):
        return "point", f"lon {place.point.lon}, lat {place.point.lat}: di luar negeri"
    if place.shape is not None and (reason := _shape_fault(place.shape)):
        return "shape", reason
    if place.point is None and place.shape is None and not place.villages:
        return "point", "tidak ada titik, bentuk, atau desa"
    return None


def _shape_fault(shape: BaseGeometry) -> str | None:
    if shape.geom_type not in _SHAPES or shape.is_empty:
        return f"{shape.geom_type}: beri garis atau bidang yang berisi"
    west, south, east, north = shape.bounds
    if not (INDONESIA.holds(west, south) and INDONESIA.holds(east, north)):
        return "di luar negeri"
    return None if shape.is_valid else "bentuk tidak sah (berpotongan sendiri)"


def middle_of(shape: BaseGeometry) -> Point:
    """A point on the shape: half way along its longest line, or well inside the largest area."""
    parts = shapely.get_parts(shape)
    sizes = shapely.area(parts) if shape.geom_type.endswith("Polygon") else shapely.length(parts)
    largest: BaseGeometry = parts[int(sizes.argmax())]
    if largest.geom_type == "LineString":
        middle = shapely.line_interpolate_point(largest, 0.5, normalized=True)
    else:
        middle = shapely.point_on_surface(largest)
    return Point(lon=middle.x, lat=middle.y)


def reach_m(middle: Point, shape: BaseGeometry) -> float:
    """Metres from a point to the farthest corner of a shape."""
    corners = shapely.get_coordinates(shapely.convex_hull(shape)).tolist()
    return max(middle.distance_m(Point(lon=lon, lat=lat)) for lon, lat in corners)
