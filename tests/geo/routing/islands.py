"""A mainland with a headland, an island, and a far one; in degrees round 110.7, -6.5.

mainland  10 km wide and high; a spit of 6 km by 1 km runs out of its middle to the east
island    3 km by 3 km, 10 km east of the mainland
far       2 km by 2 km, 10 km east of the island
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shapely.geometry import box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from geo.point import EARTH_RADIUS_M, Point
from geo.routing.chart import Chart
from geo.routing.crow import CrowRouter
from geo.routing.ferries import FerryLine
from geo.routing.house import HouseRouter
from geo.routing.land import Lands
from geo.routing.overland import Overland
from geo.routing.rides import Rides
from geo.routing.roads import RoadRouter
from geo.routing.rules import SeaRules
from geo.routing.sea import SeaRouter

WIB = ZoneInfo("Asia/Jakarta")
KM = 1000 / (EARTH_RADIUS_M * 3.141592653589793 / 180)  # degrees, near the equator


def at(east_km: float, north_km: float) -> Point:
    """Kilometres from the middle of the mainland's east coast."""
    return Point(lon=110.7 + east_km * KM, lat=north_km * KM)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of a week that begins on Monday 5 January 2026, by the clocks of the regency."""
    return datetime(2026, 1, 5 + day, hour, minute, tzinfo=WIB).astimezone(UTC)


def _land(west: float, south: float, east: float, north: float) -> BaseGeometry:
    one, other = at(west, south), at(east, north)
    return box(one.lon, one.lat, other.lon, other.lat)


MAINLAND = unary_union([_land(-10, -5, 0, 5), _land(-0.5, -0.5, 6, 0.5)])
ISLAND = _land(10, -1.5, 13, 1.5)
FAR = _land(23, -1, 25, 1)
LANDS = Lands.of([MAINLAND, ISLAND, FAR], shore_m=100)

CROW = CrowRouter(speed_kmh=36, detour=1.0)  # 10 m/s, straight


def house(
    *lines: FerryLine,
    closed: Mapping[str, str] | None = None,
    roads: RoadRouter | None = None,
    sea: SeaRules | None = None,
    sea_closed: str | None = None,
) -> HouseRouter:
    """The router of these islands."""
    chart = Chart.of(LANDS, (sea or SeaRules()).cell_m) if sea else None
    return HouseRouter(
        Overland(LANDS, CROW, roads),
        Rides.of([*lines, *(line.back() for line in lines)], closed or {}, WIB),
        SeaRouter(chart, sea, sea_closed) if chart and sea else None,
    )
