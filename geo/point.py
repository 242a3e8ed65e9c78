"""Points in WGS 84 degrees, the box they must lie in, and distance between points."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.errors import BadPoint

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A range of longitudes and latitudes, borders included."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """False for NaN too: every comparison with NaN fails."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


# The country's land and seas. The database has the same range as a CHECK (dispatch.schema).
INDONESIA = Box(west=94.0, south=-12.0, east=142.0, north=7.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A place on earth. Keywords only: nobody can swap lon and lat by accident.

    Raises BadPoint unless both are finite numbers on earth.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        for name, value, most in (("lon", self.lon, 180.0), ("lat", self.lat, 90.0)):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadPoint(f"{name} {value!r}: give a number of degrees")
            if not -most <= value <= most:  # NaN and infinity fail here too
                raise BadPoint(f"{name} {value}: give degrees from {-most:g} to {most:g}")

    def distance_m(self, other: Point) -> float:
        """Great-circle metres (haversine); within 0.6 % of the ellipsoid."""
        north = math.radians(other.lat - self.lat)
        east = math.radians(other.lon - self.lon)
        half_chord = (
            math.sin(north / 2) ** 2
            + math.cos(math.radians(self.lat))
            * math.cos(math.radians(other.lat))
            * math.sin(east / 2) ** 2
        )
        return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half_chord)))


def pin_at(lon: object, lat: object, within: Box = INDONESIA) -> Point:
    """A point that somebody can have meant: finite, and inside the box.

    Raises BadPoint with the field and what would be right; swapped axes are named
    as such and never turned round in silence.
    """
    if _swapped(lon, lat, within):
        raise BadPoint(
            f"lon {lon}, lat {lat}: longitude and latitude look swapped; "
            f"did you mean lon {lat}, lat {lon}?"
        )
    point = Point(lon=lon, lat=lat)  # type: ignore[arg-type]  # checked inside
    if within.holds(point.lon, point.lat):
        return point
    raise BadPoint(
        f"lon {lon}, lat {lat}: outside the country; give lon {within.west:g} to "
        f"{within.east:g} and lat {within.south:g} to {within.north:g}"
    )


def _swapped(lon: object, lat: object, within: Box) -> bool:
    """Whether the two make sense only the other way round."""
    if not (isinstance(lon, int | float) and isinstance(lat, int | float)):
        return False
    return within.holds(lat, lon) and not within.holds(lon, lat)
